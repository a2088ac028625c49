"""审批: the move waits for consent; the table is asked again when it is performed."""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng import clock
from minsheng.commands import amending, answering, approvals, dispatch, handling
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.approval import Approval
from minsheng.models.deadline import Deadline
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]
BACK = {"reason": "不归我们管。", "proposed": "songtao"}


def status(code: str) -> list[tuple[str, str]]:
    """(move, status) of every request; the row and the journal agree."""
    rows = list(Approval.objects.filter(case__code=code).order_by("number"))
    facts = rows[0].case.facts["approvals"] if rows else {}
    assert [facts[str(r.number)]["status"] for r in rows] == [r.status for r in rows]
    return [(r.move, r.status) for r in rows]


def test_granting_performs_the_move_in_the_askers_name(world: Make) -> None:
    """The journal has both: who consented, and whose move it was."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    assert city.deadline(code, "approval").subject == 1
    city.do(approvals.grant, code, number=1, by="supervisor1", seen=city.case(code).version)
    assert status(code) == [("send_back", "granted")]
    assert event(code, "approval_granted").actor == city.who("supervisor1").tag
    made = event(code, "send_back")
    assert (made.actor, made.unit, made.data["granted"]) == (city.who(CLERK).tag, UNIT, 1)
    assert city.deadline(code, "approval").met_at == clock.now()
    row = Approval.objects.get()
    assert (row.decided_by, row.decided_at) == (city.who("supervisor1").tag, clock.now())
    with unchanged(), pytest.raises(WrongState):
        city.do(approvals.grant, code, number=1, by="supervisor1")
    city.holds()


def test_a_word_beside_the_consent_is_kept(world: Make) -> None:
    """With a reason or without one; the words stand outside the journal."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    city.do(approvals.grant, code, number=1, reason="下次先看清单。", by="dispatch1")
    assert city.case(code).texts.get(digest=event(code, "approval_granted").data["text"]).body == "下次先看清单。"
    city.holds()


def test_refusing_keeps_everything_where_it_is(world: Make) -> None:
    """With a reason; the order, the state and the clocks are untouched."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    with unchanged(), pytest.raises(BadInput):
        city.do(approvals.refuse, code, number=1, reason="", by="dispatch1")
    due = city.case(code).due_at
    city.do(approvals.refuse, code, number=1, reason="灯在你们清单里。", by="dispatch1")
    assert status(code) == [("send_back", "refused")]
    assert (city.state(code), city.case(code).unit, city.case(code).facts["refusals"]) == ("handling", UNIT, [])
    assert city.deadline(code, "approval").met_at == clock.now() and (city.case(code).due_at or due) >= (due or clock.now())
    city.holds()


@pytest.mark.parametrize("username", [CLERK, "desk2", "songtao", "yinxing", "checker1", "leader1", "deputy1", "qinghe-centre", "citizen"])
def test_who_may_not_decide(world: Make, username: str) -> None:
    """The asker, colleagues of other units, readers and citizens; the centre's desk may."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    if username == "desk2":
        city.do(approvals.grant, code, number=1, by=username)
        return
    for command, values in ((approvals.grant, {}), (approvals.refuse, {"reason": "不行。"})):
        with unchanged(), pytest.raises((NotAllowed, NotFound)):
            city.do(command, code, number=1, by=username, **values)


def test_nobody_consents_to_their_own_request(world: Make) -> None:
    """Not even somebody who would decide everybody else's."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.reassign, code, by="dispatch1", lead="city.centre", reason="中心自己办。")
    city.do(handling.claim, code, by="dispatch1")
    city.do(dispatch.send_back, code, by="dispatch1", **BACK)
    with unchanged(), pytest.raises(NotAllowed) as refused:
        city.do(approvals.grant, code, number=1, by="dispatch1")
    assert "自己" in refused.value.zh
    city.do(approvals.grant, code, number=1, by="desk1")
    assert city.state(code) == "registered"


@pytest.mark.parametrize("number", [0, 2, 32000])
def test_an_unknown_request(world: Make, number: int) -> None:
    """Not found, in words."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    with unchanged(), pytest.raises(NotFound):
        city.do(approvals.grant, code, number=number, by="dispatch1")


@pytest.mark.parametrize(
    "end",
    [
        lambda city, code: city.do(dispatch.reassign, code, by="dispatch1", lead="songtao", reason="改派。"),
        lambda city, code: city.do(dispatch.rule, code, by="dispatch1", lead="songtao", basis="裁定。"),
        lambda city, code: city.do(dispatch.escalate, code, by=CLERK, tried="试过了。"),
        lambda city, code: city.do(amending.withdraw, code, by="citizen", reason="不用了。"),
        lambda city, code: city.do(dispatch.refer, code, by="desk1", to="police", reason="报警。", record="1 号"),
        lambda city, code: amending.merge([code], into=scenes.handled(city), by=city.who("desk1")),
    ],
)
def test_a_request_lapses_when_its_order_ends(world: Make, end: Callable[[World, str], None]) -> None:
    """Reassigned, ruled, escalated, withdrawn, referred, merged: nothing is left to consent to."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="缺货。")
    end(city, code)
    assert status(code) == [("send_back", "lapsed"), ("extend", "lapsed")]
    assert not Deadline.objects.filter(case__code=code, kind="approval", ended_at=None).exists()
    with unchanged(), pytest.raises(WrongState):
        city.do(approvals.grant, code, number=1, by="dispatch1")
    city.holds()


def test_one_granted_request_lapses_the_other(world: Make) -> None:
    """Sent back with consent: the extension that waited for the same order has lost its object."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="缺货。")
    city.do(approvals.grant, code, number=1, by="dispatch1")
    assert status(code) == [("send_back", "granted"), ("extend", "lapsed")]
    city.holds()


def test_the_table_is_asked_again(world: Make) -> None:
    """Answered in the meantime: 退单 starts from handling only, so the consent comes too late and nothing is written."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, **BACK)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=scenes.GOOD)
    with unchanged(), pytest.raises(WrongState) as refused:
        city.do(approvals.grant, code, number=1, by="dispatch1")
    assert "已答复" in refused.value.zh
    city.do(approvals.refuse, code, number=1, reason="已经答复。", by="dispatch1")
    assert status(code) == [("send_back", "refused")]
    city.holds()


def test_next_level_is_the_parent_unit(world: Make) -> None:
    """baiyin: the community asks its street; the street's own people decide, and so may the desk of an area above."""
    city = world("baiyin")
    for number, username in enumerate(["silonglu", "silonglu-street-heads", "baiyinqu-centre", "dispatch1"]):
        code = city.file(body="楼下棋牌室半夜很吵。", place="hongweicun-b3", phone=f"1380000010{number}")
        assert city.case(code).unit == "hongweicun"
        city.do(dispatch.send_back, code, by="hongweicun", reason="超出权限。", proposed="silonglu.urban_management")
        assert Approval.objects.get(case__code=code).approver_unit == "silonglu"
        for other in ("hongweicun-grid", "pingchuan-centre", "yinhu"):
            with unchanged(), pytest.raises((NotAllowed, NotFound)):
                city.do(approvals.grant, code, number=1, by=other)
        city.do(approvals.grant, code, number=1, by=username)
        assert city.state(code) == "registered"
    city.holds()


def test_parking_with_consent_keeps_its_plan(world: Make) -> None:
    """What was asked is what is performed: plan, owner and review date."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.park, code, by=CLERK, plan="等货。", owner="songtao", review_on=date(2026, 4, 1))
    city.wait("3 hours")
    city.do(approvals.grant, code, number=1, by="dispatch1")
    assert city.case(code).facts["parking"] == {k: event(code, "park").data[k] for k in ("plan", "owner", "review_at")}
    assert city.case(code).facts["parking"]["owner"] == "songtao"
    city.holds()

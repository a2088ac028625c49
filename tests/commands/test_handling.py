"""认领、联系、协办、进展、阶段答复、延期、挂账: what a unit does with its order, and what its clocks say."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import amending, answering, approvals, dispatch, handling
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.models.approval import Approval
from minsheng.models.case import Attachment, CaseText, WorkOrder
from minsheng.models.deadline import Deadline
from minsheng.models.people import User
from minsheng.models.read import HallRow, TallyDelta
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, UNIT, event, granted, unchanged
from tests.world import World

Make = Callable[..., World]


def order(code: str, number: int = 1) -> WorkOrder:
    """The order with this number."""
    return WorkOrder.objects.get(case__code=code, number=number)


def test_claiming_names_the_handler_and_meets_the_clock(world: Make) -> None:
    """In time it is counted as kept, for the unit that kept it."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.wait("1 hour")
    city.do(handling.claim, code, by=CLERK)
    user = User.objects.get(username=CLERK)
    assert (order(code).claimed_at, order(code).assignee) == (clock.now(), user.pk)
    assert city.deadline(code, "claim").met_at == clock.now()
    assert TallyDelta.objects.filter(metric="claim_kept", unit=UNIT).count() == 1
    city.holds()


def test_a_late_claim_is_missed_once(world: Make) -> None:
    """The sweep has counted it; the claim afterwards does not count it again."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.wait("25 hours")
    city.do(handling.claim, code, by=CLERK)
    assert list(TallyDelta.objects.filter(metric__startswith="claim_").values_list("metric", "n", "unit")) == [("claim_missed", 1, UNIT)]
    city.holds()


def test_contact_implies_the_claim(world: Make) -> None:
    """Reaching the person takes the case on; both clocks are met."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    for method in ("", "smoke", "\x00"):
        with unchanged(), pytest.raises(BadInput) as refused:
            city.do(handling.contact, code, by=CLERK, method=method)
        assert "电话" in refused.value.zh
    city.do(handling.contact, code, by=CLERK, method="phone", note="下午上门。")
    assert city.state(code) == "handling"
    assert order(code).claimed_at == order(code).contacted_at == clock.now()
    assert all(city.deadline(code, kind).met_at == clock.now() for kind in ("claim", "contact"))
    city.holds()


def test_a_failed_attempt_is_recorded_and_meets_nothing(world: Make) -> None:
    """没人接 is written down; the clock runs on."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput):
        city.do(handling.try_contact, code, by=CLERK, result="asleep")
    city.do(handling.try_contact, code, by=CLERK, result="no_answer", note="两次没人接。")
    assert city.deadline(code, "contact").met_at is None
    assert city.case(code).facts["contact_attempts"] == 1
    with unchanged(), pytest.raises(NotAllowed):
        city.do(handling.try_contact, code, by="dispatch1", result="no_answer")
    city.holds()


def test_a_co_handler_cannot_claim_for_the_lead(world: Make) -> None:
    """Its call before the lead has claimed would take the case on without an owner: it waits or is refused."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.do(dispatch.reassign, code, by="dispatch1", lead=UNIT, co=["songtao"], reason="请街道协办。")
    with unchanged(), pytest.raises(WrongState):
        city.do(handling.contact, code, by="songtao", method="phone")
    city.do(handling.claim, code, by=CLERK)
    city.do(handling.contact, code, by="songtao", method="phone")
    assert city.deadline(code, "contact").met_at is None, "the lead's own contact is what was promised"
    city.holds()


def test_the_order_goes_to_a_colleague(world: Make) -> None:
    """分派到人: within the unit only."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput):
        city.do(handling.assign, code, by=CLERK, to=User.objects.get(username="songtao").pk)
    with unchanged(), pytest.raises(NotAllowed):
        city.do(handling.assign, code, by="desk1", to=User.objects.get(username=CLERK).pk)
    city.do(handling.assign, code, by=CLERK, to=User.objects.get(username=CLERK).pk)
    assert order(code).assignee == User.objects.get(username=CLERK).pk


def test_co_handling_has_its_own_clock_and_ends_alone(world: Make) -> None:
    """Asked, an opinion given, one refuses: only its own order changes."""
    city = world("yunchuan")
    code = scenes.handled(city)
    for units in ([], [UNIT], ["nobody"], ["songtao", "nobody"]):
        with unchanged(), pytest.raises(BadInput):
            city.do(handling.co_handle, code, by=CLERK, units=units, request="请协助。")
    city.do(handling.co_handle, code, by=CLERK, units=["songtao", "yinxing", "songtao"], request="请协助。")
    assert {d.order for d in Deadline.objects.filter(case__code=code, kind="co_handle")} == {2, 3}
    assert order(code, 2).due_at == city.deadline(code, "co_handle").due_at
    city.do(handling.contribute, code, by="songtao", opinion="电缆在街道一侧。")
    assert order(code, 2).answered_at == clock.now() and order(code, 2).ended_at is None
    assert Deadline.objects.get(case__code=code, kind="co_handle", order=2).met_at == clock.now()
    city.do(handling.leave, code, by="yinxing", reason="没有我们的事。")
    assert (order(code, 3).ended_at, order(code, 3).end_reason) == (clock.now(), "refused")
    assert Deadline.objects.get(case__code=code, kind="co_handle", order=3).ended_at == clock.now()
    assert (city.state(code), city.case(code).unit, order(code).ended_at) == ("handling", UNIT, None)
    with unchanged(), pytest.raises(NotAllowed):
        city.do(handling.leave, code, by=CLERK, reason="我是主办。")
    city.holds()


def test_progress_and_evidence(world: Make) -> None:
    """Photos are bound once; a missing one refuses the entry whole."""
    city = world("yunchuan")
    code = scenes.handled(city)
    Attachment.objects.create(digest="d" * 64, media_type="image/jpeg", size=1, at=clock.now(), ticket="t-1")
    for tickets in (["t-1", "t-2"], ["\x00"]):
        with unchanged(), pytest.raises(BadInput):
            city.do(handling.progress, code, by=CLERK, text="换了灯头。", evidence=tickets)
    city.do(handling.progress, code, by=CLERK, text="换了灯头。", evidence=["t-1"])
    assert event(code, "progress").data["evidence"] == ["d" * 64]
    assert Attachment.objects.get().purpose == "evidence"
    assert not CaseText.objects.get(case__code=code, kind="progress").public
    city.holds()


def test_a_reply_meets_the_answer_clock_and_its_promise_is_watched(world: Make) -> None:
    """阶段答复 is public; the promised date is a clock; a new promise replaces the old one."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(handling.reply, code, by=CLERK, text="今天去看。", promised_on=date(2026, 3, 1))
    assert refused.value.field == "promised_on"
    city.do(handling.reply, code, by=CLERK, text="五天内修好。", promised_on=date(2026, 3, 6))
    assert city.deadline(code, "answer").met_at == clock.now()
    assert city.deadline(code, "promise").due_at == end_of(date(2026, 3, 6))
    assert CaseText.objects.get(case__code=code, kind="reply").public
    city.wait("1 hour")
    city.do(handling.reply, code, by=CLERK, text="电缆要周末才到。", promised_on=date(2026, 3, 8))
    rows = Deadline.objects.filter(case__code=code, kind="promise").order_by("id")
    assert [(r.ended_at is None, r.due_at) for r in rows] == [(False, end_of(date(2026, 3, 6))), (True, end_of(date(2026, 3, 8)))]
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    assert city.deadline(code, "promise").met_at == clock.now()
    city.holds()


# --- extension ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"by_how_much": "a while"}, "by_how_much"),
        ({"by_how_much": ""}, "by_how_much"),
        ({"by_how_much": "0 days"}, "by_how_much"),
        ({"by_how_much": "same day"}, "by_how_much"),
        ({"by_how_much": "11 working days"}, "by_how_much"),
        ({"by_how_much": "99999999999999 days"}, "by_how_much"),
        ({"by_how_much": "999999999 working days"}, "by_how_much"),
        ({"reason": " "}, "reason"),
        ({"clock": "confirm"}, "clock"),
        ({"clock": "nothing"}, "clock"),
    ],
)
def test_an_extension_has_limits(world: Make, values: dict[str, str], field: str) -> None:
    """How long, why, and of which clock: each wrong value is named."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(handling.extend, code, by=CLERK, **{"by_how_much": "2 working days", "reason": "缺货。", **values})
    assert refused.value.field == field


def test_a_consented_extension_moves_the_promise_once(world: Make) -> None:
    """Later by what was asked, explained; a second one is beyond what the profile allows."""
    city = world("yunchuan")
    code = scenes.handled(city)
    before = city.deadline(code, "answer").due_at
    city.do(handling.extend, code, by=CLERK, by_how_much="2 working days", reason="缺货。")
    assert city.deadline(code, "answer").due_at == before, "nothing moves before the consent"
    granted(city, code)
    after = city.deadline(code, "answer")
    assert after.due_at == end_of(date(2026, 3, 9)) and before == end_of(date(2026, 3, 5))
    assert after.explanation["extensions"][0]["by"] == "2 working days"
    assert HallRow.objects.get(code=code).due_at == after.due_at
    with unchanged(), pytest.raises(WrongState) as refused:
        city.do(handling.extend, code, by=CLERK, by_how_much="1 day", reason="还缺货。")
    assert "1 次" in refused.value.zh
    city.holds()


def test_an_extension_survives_a_change_of_urgency(world: Make) -> None:
    """更正 counts the promise again from its start; what was consented to is added on top."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.extend, code, by=CLERK, by_how_much="2 days", reason="缺货。")
    granted(city, code)
    extended = city.deadline(code, "answer").due_at
    city.do(amending.amend, code, by="desk1", urgency="urgent", reason="有人摔倒。")
    shorter = city.deadline(code, "answer")
    assert shorter.duration == "1 working day"
    assert shorter.due_at == end_of(date(2026, 3, 5)) < extended
    assert shorter.explanation["extensions"]
    city.holds()


# --- parking --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field"),
    [({"plan": ""}, "plan"), ({"owner": "nobody"}, "owner"), ({"review_on": date(2026, 3, 1)}, "review_on"), ({"review_on": date(2027, 3, 1)}, "review_on")],
)
def test_parking_needs_a_plan_an_owner_and_a_date(world: Make, values: dict[str, Any], field: str) -> None:
    """一点一方案: each part is asked for."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(handling.park, code, by=CLERK, **{"plan": "等货。", "owner": UNIT, "review_on": date(2026, 4, 1), **values})
    assert refused.value.field == field


def test_parking_stops_the_clocks_and_unparking_lets_them_go_on(world: Make) -> None:
    """The remaining time is kept, however long it took; nothing escalates at once; the review date is watched."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.contact, code, by=CLERK, method="visit")
    city.do(handling.park, code, by=CLERK, plan="等电缆到货。", owner=UNIT, review_on=date(2026, 3, 20))
    granted(city, code)
    close = city.deadline(code, "close")
    left = close.due_at - clock.now()
    assert close.paused_at == clock.now() and close.next_at is None
    assert city.deadline(code, "review").due_at == end_of(date(2026, 3, 20))
    city.until("2026-03-19T09:00+08:00")
    assert city.measures(code) == []
    city.until("2026-03-21T09:00+08:00")
    assert city.measures(code) == [("reminder", "挂账复查提醒", UNIT, "opened")]
    city.do(handling.unpark, code, by=CLERK, note="货到了。")
    again = city.deadline(code, "close")
    assert again.due_at == clock.now() + left and again.paused_at is None
    assert again.explanation["pauses"][0]["to"] == clock.now().isoformat()
    assert city.deadline(code, "review").met_at == clock.now()
    city.wait("1 hour")
    assert len(city.measures(code)) == 1, "nothing escalates at once"
    city.holds()


def test_every_request_waits_only_once(world: Make) -> None:
    """The same request twice is one; another kind may wait beside it; refusing keeps the state and allows asking again."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="缺货。")
    with unchanged(), pytest.raises(WrongState):
        city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="缺货。")
    city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    city.do(approvals.refuse, code, number=1, reason="抓紧。", by="dispatch1")
    assert city.state(code) == "handling"
    city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="真的缺货。")
    assert list(Approval.objects.order_by("number").values_list("move", "status")) == [("extend", "refused"), ("send_back", "asked"), ("extend", "asked")]
    assert city.deadline(code, "answer").due_at - clock.now() < timedelta(days=5)
    city.holds()

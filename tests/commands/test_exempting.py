"""剔除: asked under a published basis, decided by a second person of another unit; recorded, and nothing else changes."""

from collections.abc import Callable

import pytest

from minsheng.commands import dispatch, exempting, handling
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.approval import Exemption
from minsheng.models.case import CaseText
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]
ASK = {"basis": "《考核办法》第十二条：极端天气期间不计", "reason": "连续三天暴雨，高空作业停了。", "clock": "answer"}


def test_asked_and_granted_by_two_persons(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    before = (city.state(code), city.running(code), city.case(code).due_at, city.case(code).version)
    city.do(exempting.ask_exemption, code, by=CLERK, **ASK)
    row = Exemption.objects.get()
    assert (row.number, row.clock, row.status, row.asked_by, row.asked_unit) == (1, "answer", "asked", city.who(CLERK).tag, UNIT)
    text = CaseText.objects.get(digest=row.text)
    assert (text.title, text.body, text.public) == (ASK["basis"], ASK["reason"], False)
    city.do(exempting.grant_exemption, code, number=1, by="supervisor1")
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("granted", city.who("supervisor1").tag)
    assert city.case(code).facts["exemptions"] == {"1": {"clock": "answer", "status": "granted", "by": city.who(CLERK).tag}}
    assert before == (city.state(code), city.running(code), city.case(code).due_at, city.case(code).version), "the case itself goes on as before"
    assert city.actions(code)[-2:] == ["exemption_asked", "exempted"]
    with unchanged(), pytest.raises(WrongState):
        city.do(exempting.refuse_exemption, code, number=1, reason="晚了", by="dispatch1")
    city.holds()


def test_refused_with_a_reason_and_asked_again(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(exempting.ask_exemption, code, by=CLERK, **ASK)
    with unchanged(), pytest.raises(WrongState):
        city.do(exempting.ask_exemption, code, by=CLERK, **ASK)
    with unchanged(), pytest.raises(BadInput):
        city.do(exempting.refuse_exemption, code, number=1, reason="", by="supervisor1")
    city.do(exempting.refuse_exemption, code, number=1, reason="那几天没有停工。", by="supervisor1")
    assert event(code, "exemption_refused").data["text"]
    city.do(exempting.ask_exemption, code, by=CLERK, **ASK)
    assert [row.status for row in Exemption.objects.order_by("number")] == ["refused", "asked"]


@pytest.mark.parametrize("username", ["supervisor1", CLERK, "yinxing", "desk1", "checker1", "leader1", "admin1"])
def test_nobody_decides_alone(world: Make, username: str) -> None:
    """Not the supervisor who asked; not the unit whose case it is; nobody else without the right."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(exempting.ask_exemption, code, by="supervisor1", **{**ASK, "clock": ""})
    for command, values in ((exempting.grant_exemption, {}), (exempting.refuse_exemption, {"reason": "不行。"})):
        with unchanged(), pytest.raises((NotAllowed, NotFound)):
            city.do(command, code, number=1, by=username, **values)
    city.do(exempting.grant_exemption, code, number=1, by="dispatch1")


def test_the_unit_itself_does_not_decide_though_its_desk_could(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.reassign, code, by="dispatch1", lead="city.centre", reason="中心自己办。")
    city.do(handling.claim, code, by="dispatch1")
    city.do(exempting.ask_exemption, code, by="supervisor1", **ASK)
    with unchanged(), pytest.raises(NotAllowed) as refused:
        city.do(exempting.grant_exemption, code, number=1, by="dispatch1")
    assert "别的单位" in refused.value.zh


@pytest.mark.parametrize(
    ("by", "changed", "error"),
    [
        ("yinxing", {}, (NotAllowed, NotFound)),
        ("desk1", {}, NotAllowed),
        (CLERK, {"basis": " "}, BadInput),
        (CLERK, {"reason": " "}, BadInput),
        (CLERK, {"clock": "confirm"}, BadInput),
        (CLERK, {"clock": "lunch"}, BadInput),
    ],
)
def test_who_asks_and_what_it_takes(world: Make, by: str, changed: dict[str, str], error: type[Exception] | tuple[type[Exception], ...]) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(error):
        city.do(exempting.ask_exemption, code, by=by, **{**ASK, **changed})


def test_an_unknown_request(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(NotFound):
        city.do(exempting.grant_exemption, code, number=1, by="supervisor1")

"""派单、改派、转办、上交、退单、裁定、转出: in whose hands the case is, and which clocks follow it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from minsheng import clock
from minsheng.commands import amending, approvals, dispatch, handling, intake
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.case import CaseText, WorkOrder
from minsheng.models.deadline import Deadline
from minsheng.models.read import HallRow, TallyDelta
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP, UNIT, event, sent_back, unchanged
from tests.world import World

Make = Callable[..., World]


def orders(code: str) -> list[tuple[int, str, str, str]]:
    """(number, unit, role, why it ended) of every order."""
    return list(WorkOrder.objects.filter(case__code=code).order_by("number").values_list("number", "unit", "role", "end_reason"))


def running(code: str) -> set[str]:
    """Kinds of the clocks that run."""
    return set(Deadline.objects.filter(case__code=code, met_at=None, ended_at=None, paused_at=None).values_list("kind", flat=True))


def metrics(code: str) -> list[tuple[str, str, int]]:
    """What was counted, in order."""
    return list(TallyDelta.objects.order_by("id").values_list("metric", "unit", "n"))


def test_dispatch_follows_the_rules_unless_a_person_says_otherwise(world: Make) -> None:
    """Without a unit: the one that the rules name, with its basis; with one: that, and the basis is no longer the rule's."""
    city = world("maanshan")
    told = {"title": "路灯不亮", "body": "小区门口的路灯坏了，晚上看不见路。", "place": "yanghu-b12"}
    by_rule, by_hand = city.file(**told), city.file(**told)
    for code in (by_rule, by_hand):
        city.do(intake.register, code, by="desk1", category="020201")
        assert city.state(code) == "registered"
    city.do(dispatch.dispatch, by_rule, by="dispatch1")
    city.do(dispatch.dispatch, by_hand, by="dispatch1", lead="yanghu", co=["yushan", "yanghu", "yushan"])
    named = event(by_rule, "dispatch").data
    assert named["basis"] and city.case(by_rule).unit == named["lead"]
    assert orders(by_hand) == [(1, "yanghu", "lead", ""), (2, "yushan", "co", "")]
    assert event(by_hand, "dispatch").data["basis"] != named["basis"]
    assert event(by_hand, "dispatch").decision["because"]  # type: ignore[index]
    assert running(by_hand) == {"claim", "co_handle", "answer", "close"}
    assert city.deadline(by_hand, "dispatch").met_at == clock.now()
    city.holds()


@pytest.mark.parametrize("command", [dispatch.reassign, dispatch.forward])
def test_handing_on_ends_the_order_and_its_clocks_but_not_the_citizens(world: Make, command: Callable[..., object]) -> None:
    """The new unit has a claim clock of its own; the promise to the citizen runs on from the day it was filed."""
    city = world("yunchuan")
    code = scenes.handled(city)
    promised = city.deadline(code, "answer").due_at
    city.wait("2 hours")
    city.do(command, code, by="dispatch1", lead="songtao", co=["yinxing"], reason="路在街道辖区。")
    action = command.__name__
    assert orders(code) == [(1, UNIT, "lead", action), (2, "songtao", "lead", ""), (3, "yinxing", "co", "")]
    assert (city.state(code), city.case(code).unit) == ("dispatched", "songtao")
    assert city.deadline(code, "answer").due_at == promised
    claim = city.deadline(code, "claim")
    assert (claim.order, claim.started_at) == (2, clock.now())
    assert Deadline.objects.get(case__code=code, kind="contact", order=1).ended_at == clock.now()
    assert HallRow.objects.get(code=code).unit == "songtao"
    city.do(handling.claim, code, by="songtao")
    assert city.deadline(code, "claim").met_at == clock.now()
    city.holds()


def test_a_co_handler_may_become_the_lead(world: Make) -> None:
    """Its order as co-handler ends; nobody has two orders at once."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.co_handle, code, by=CLERK, units=["songtao"], request="请街道协助。")
    city.do(dispatch.reassign, code, by="dispatch1", lead="songtao", reason="改由街道主办。")
    assert orders(code) == [(1, UNIT, "lead", "reassign"), (2, "songtao", "co", "reassign"), (3, "songtao", "lead", "")]
    city.holds()


@pytest.mark.parametrize("unit", ["nobody", "", "city.food_drug", "\x00"])
def test_units_that_do_not_exist_today_are_refused(world: Make, unit: str) -> None:
    """Unknown, empty or abolished: said in words, nothing written."""
    city = world("yunchuan")
    code = scenes.handled(city)
    for values in ({"lead": unit}, {"lead": "songtao", "co": [unit]}):
        with unchanged(), pytest.raises(BadInput) as refused:
            city.do(dispatch.reassign, code, by="dispatch1", reason="改派。", **values)
        assert refused.value.field in ("lead", "co")


def test_an_accused_unit_never_gets_the_case(world: Make) -> None:
    """Neither by rule nor by hand, nor anything below it; its people find nothing."""
    city = world("yunchuan")
    code = city.file(**LAMP, kind="report", accused=("songtao",))
    assert city.state(code) == "received"
    city.do(intake.register, code, by="desk1", category="020201")
    assert city.state(code) == "registered", "the rules name a unit below the accused: a person must place it"
    for unit in ("songtao", UNIT, "yinxing"):
        with unchanged(), pytest.raises(BadInput):
            city.do(dispatch.dispatch, code, by="dispatch1", lead=unit)
    for username in ("songtao", CLERK, "yinxing", "songtao-street-heads", "songtao-centre"):
        with pytest.raises(NotFound):
            city.do(handling.claim, code, by=username)
    city.do(dispatch.dispatch, code, by="dispatch1", lead="city.urban_management", co=["city.discipline"])
    with unchanged(), pytest.raises(BadInput):
        city.do(dispatch.reassign, code, by="dispatch1", lead="city.housing", co=["songtao"], reason="改派。")
    city.holds()


def test_escalating_goes_one_level_up_with_what_was_tried(world: Make) -> None:
    """The street's body → the street's centre, its order ends with the reason; the words are kept outside the journal."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput):
        city.do(dispatch.escalate, code, by=CLERK, tried=" ")
    city.do(dispatch.escalate, code, by=CLERK, tried="看过现场，要动主电缆。")
    assert city.case(code).unit == "songtao.centre"
    city.do(handling.claim, code, by="songtao-centre")
    city.do(dispatch.escalate, code, by="songtao-centre", tried="街道没有这个权限。")
    assert city.case(code).unit == "qinghe.centre"
    city.do(dispatch.reassign, code, by="dispatch1", lead="city", reason="由市里来。")
    city.do(handling.claim, code, by="leader1")
    with unchanged(), pytest.raises(WrongState):
        city.do(dispatch.escalate, code, by="leader1", tried="再往上。")
    assert [o[3] for o in orders(code)] == ["escalate", "escalate", "reassign", ""]
    assert CaseText.objects.filter(case__code=code, kind="escalate").count() == 2
    city.holds()


def test_sending_back_names_another_owner_and_needs_consent(world: Make) -> None:
    """Asked, granted, back with the dispatcher; the proposed owner and the reason are remembered."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.co_handle, code, by=CLERK, units=["yinxing"], request="请社区带路。")
    for values in ({"proposed": UNIT}, {"proposed": "nobody"}, {"proposed": "songtao", "reason": ""}):
        with unchanged(), pytest.raises(BadInput):
            city.do(dispatch.send_back, code, by=CLERK, **{"reason": "不归我们管。", **values})
    with unchanged(), pytest.raises(NotAllowed):
        city.do(dispatch.send_back, code, by="yinxing", reason="不归我们管。", proposed="songtao")
    city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    assert city.state(code) == "handling" and running(code) >= {"approval", "answer"}
    with unchanged(), pytest.raises(WrongState):
        city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    city.do(approvals.grant, code, number=1, by="dispatch1")
    assert city.state(code) == "registered"
    assert {o[3] for o in orders(code)} == {"send_back"}
    assert [(r["unit"], r["proposed"]) for r in city.case(code).facts["refusals"]] == [(UNIT, "songtao")]
    assert running(code) == {"dispatch", "answer", "close"}, "one refusal starts no ruling"
    city.holds()


def test_two_refusals_start_the_clock_of_a_ruling(world: Make) -> None:
    """Two units say no: within a working day somebody rules, or names an interim owner until a date."""
    city = world("yunchuan")
    code = scenes.registered(city)
    city.do(dispatch.dispatch, code, by="dispatch1", lead="songtao")
    city.do(handling.claim, code, by="songtao")
    sent_back(city, code, by="songtao", proposed=UNIT)
    ruling = city.deadline(code, "ruling")
    assert (ruling.due_at, ruling.met_at) == (end_of(date(2026, 3, 3)), None)

    for wrong in (date(2026, 3, 1), date(2027, 3, 1)):
        with unchanged(), pytest.raises(BadInput) as refused:
            city.do(dispatch.rule, code, by="supervisor1", lead="songtao", basis="先管着。", interim_until=wrong)
        assert refused.value.field == "interim_until"
    city.wait("3 hours")
    city.do(dispatch.rule, code, by="supervisor1", lead="songtao", basis="路在街道辖区，先由街道管着。", interim_until=date(2026, 6, 30))
    assert city.state(code) == "dispatched" and city.case(code).unit == "songtao"
    assert city.deadline(code, "ruling").met_at == clock.now()
    assert city.deadline(code, "interim").due_at == end_of(date(2026, 6, 30))
    assert city.case(code).facts["interim_until"] == end_of(date(2026, 6, 30)).isoformat()
    city.holds()

    city.wait("1 day")
    city.do(dispatch.rule, code, by="supervisor1", lead="songtao", basis="再管一阵。", interim_until=date(2026, 7, 31))
    assert list(Deadline.objects.filter(case__code=code, kind="interim", ended_at=None, met_at=None).values_list("due_at", flat=True)) == [
        end_of(date(2026, 7, 31))
    ]
    city.do(dispatch.rule, code, by="supervisor1", lead=UNIT, basis="查明是城管的灯。")
    assert not Deadline.objects.filter(case__code=code, kind="interim", ended_at=None, met_at=None).exists()
    assert city.case(code).facts["interim_until"] is None
    city.holds()


def test_referring_outside_says_where_and_why(world: Make) -> None:
    """转出: every clock and order ends; the record's number is kept with the words for the person."""
    city = world("yunchuan")
    code = scenes.handled(city)
    good = {"to": "police", "reason": "涉嫌盗窃电缆。", "record": "接警 20260302001"}
    for field, value in (("to", "mars"), ("reason", ""), ("record", " "), ("record", "1" * 201)):
        with unchanged(), pytest.raises(BadInput) as refused:
            city.do(dispatch.refer, code, by="desk1", **{**good, field: value})
        assert refused.value.field == field
    city.do(dispatch.refer, code, by="desk1", **good)
    assert city.state(code) == "referred" and running(code) == set()
    assert [o[3] for o in orders(code)] == ["refer"]
    assert CaseText.objects.get(case__code=code, kind="refer").public
    assert ("refer", UNIT, 1) in metrics(code)
    city.holds()


def test_reassigning_a_parked_case_sets_its_clocks_going_again(world: Make) -> None:
    """挂账 had stopped the citizen's clocks; in new hands they count on with what was left, and nobody reviews the old plan."""
    city = world("yunchuan")
    code = scenes.parked(city)
    left = city.deadline(code, "answer").due_at - clock.now()
    assert city.deadline(code, "answer").paused_at is not None
    city.wait("6 hours")
    city.do(dispatch.reassign, code, by="dispatch1", lead="songtao", reason="改由街道来办。")
    answer = city.deadline(code, "answer")
    assert answer.paused_at is None and answer.due_at >= clock.now() + left - timedelta(days=1)
    assert "review" not in running(code) and running(code) >= {"answer", "close", "claim"}
    assert city.case(code).facts["parking"] is None
    city.holds()


def test_a_unit_that_is_handed_the_same_case_twice(world: Make) -> None:
    """Back to the first unit: a new order with a new claim; the old one stays ended."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(dispatch.reassign, code, by="dispatch1", lead="songtao", reason="改派。")
    city.do(dispatch.reassign, code, by="dispatch1", lead=UNIT, reason="还是城管。")
    assert [(o[1], o[3]) for o in orders(code)] == [(UNIT, "reassign"), ("songtao", "reassign"), (UNIT, "")]
    city.do(handling.claim, code, by=CLERK)
    assert city.deadline(code, "claim").order == 3
    with unchanged(), pytest.raises(BadInput):
        city.do(amending.amend, code, by="desk1", urgency=city.case(code).urgency, reason="没有变化。")
    city.holds()

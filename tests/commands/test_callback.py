"""回访、评价、办结、重办: the citizen judges; silence is not satisfaction."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import answering, callback, dispatch, handling, intake
from minsheng.domain.errors import BadInput, WrongState
from minsheng.models.case import CaseText
from minsheng.models.deadline import Deadline
from minsheng.models.read import HallRow, TallyDelta
from minsheng.models.rules import RulesVersion
from minsheng.policy import decide
from minsheng.policy.schema import LadderStep
from minsheng.queries import rules as rulebook
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]


def rates() -> dict[str, int]:
    """The figures of the three questions."""
    found: dict[str, int] = {}
    for row in TallyDelta.objects.filter(metric__regex="(_asked|_yes|_unreached)$"):
        found[row.metric] = found.get(row.metric, 0) + row.n
    return {k: n for k, n in found.items() if n}


def test_a_good_callback_closes(world: Make) -> None:
    """Contacted, solved, satisfied: closed in the same transaction, counted once."""
    city = world("yunchuan")
    code = scenes.checked(city)
    with unchanged(), pytest.raises(BadInput):
        city.do(callback.call_back, code, by="callback1", reached=True)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True, note="很满意。")
    row = city.case(code)
    assert (row.state, row.closed_at) == ("closed", clock.now())
    assert event(code, "close").data["because"] == "callback" and event(code, "close").actor == "system"
    assert row.orders.get().end_reason == "close"
    assert city.deadline(code, "callback").met_at == city.deadline(code, "close").met_at == clock.now()
    assert rates() == {f"{q}_{k}": 1 for q in ("contacted", "solved", "satisfied") for k in ("asked", "yes")}
    assert HallRow.objects.get(code=code).state == "closed"
    city.holds()


@pytest.mark.parametrize("said", [{"solved": False}, {"satisfied": False}, {"solved": False, "satisfied": False}])
def test_a_bad_callback_reopens(world: Make, said: dict[str, bool]) -> None:
    """A new round for the same unit with new clocks; the old verdict stays in the figures."""
    city = world("yunchuan")
    code = scenes.checked(city)
    city.do(callback.call_back, code, by="callback1", reached=True, **{"contacted": True, "solved": True, "satisfied": True, **said})
    row = city.case(code)
    assert (row.state, row.round, row.unit, row.answered_at) == ("handling", 2, UNIT, None)
    assert [(o.number, o.round, o.end_reason) for o in row.orders.order_by("number")] == [(1, 1, "reopen"), (2, 2, "")]
    answer = city.deadline(code, "answer")
    assert (answer.round, answer.started_at, answer.met_at) == (2, clock.now(), None)
    assert not Deadline.objects.filter(case=row, round=1, met_at=None, ended_at=None).exists()
    assert all(rates().get(f"{question}_yes", 0) == (0 if value is False else 1) for question, value in {"solved": True, "satisfied": True, **said}.items())
    assert HallRow.objects.get(code=code).answer == ""
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.do(answering.pass_check, code, by="checker1")
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(code) == "closed"
    city.holds()


def test_nobody_reached_is_nobody_satisfied(world: Make) -> None:
    """Counted as not reached; the state stays; a later answer counts."""
    city = world("yunchuan")
    code = scenes.checked(city)
    city.do(callback.call_back, code, by="callback1", reached=False)
    assert city.state(code) == "answered" and rates() == {"callback_unreached": 1}
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True)
    assert city.state(code) == "answered", "satisfied was not said"
    assert rates() == {"callback_unreached": 1, "contacted_asked": 1, "contacted_yes": 1}
    city.holds()


def test_a_later_verdict_replaces_the_earlier(world: Make) -> None:
    """Rated bad, then called back good: the figures hold the last word only."""
    city = world("yunchuan")
    code = scenes.checked(city)
    city.do(callback.rate, code, by="citizen", level=1, reasons="还没亮。")
    assert rates() == {"satisfied_asked": 1}
    assert city.deadline(code, "callback").met_at is None
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert rates() == {f"{q}_{k}": 1 for q in ("contacted", "solved", "satisfied") for k in ("asked", "yes")}
    city.holds()


@pytest.mark.parametrize("level", [0, 6, -1, 99])
def test_five_levels(world: Make, level: int) -> None:
    """Anything else is refused, with the five named."""
    city = world("yunchuan")
    code = scenes.checked(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(callback.rate, code, by="citizen", level=level)
    assert "非常满意" in refused.value.zh


def _answered_in_maanshan(city: World, *, called: bool) -> str:
    """A case whose answer is public, and that is (not) drawn for a callback."""
    while True:
        code = city.file(body="路灯坏了。", place="yanghu-b12")
        drawn = decide.sampled(0.2, f"callback:{code}:1"), decide.sampled(0.1, f"quality:{code}:1")
        if drawn == (called, False):
            break
    city.do(intake.register, code, by="desk1", category="020201")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="yanghu")
    city.do(handling.claim, code, by="yanghu")
    city.do(answering.answer, code, by="yanghu", outcome="solved", text=GOOD)
    assert city.case(code).facts["checked"]
    assert city.case(code).deadlines.filter(kind="callback").exists() == called
    return code


def test_a_good_rating_closes_where_nobody_calls(world: Make) -> None:
    """Drawn for a callback it waits for the call; otherwise the citizen's word closes it."""
    city = world("maanshan")
    waits, closes = _answered_in_maanshan(city, called=True), _answered_in_maanshan(city, called=False)
    for code in (waits, closes):
        city.do(callback.rate, code, by="citizen", level=5)
    assert (city.state(waits), city.state(closes)) == ("answered", "closed")
    assert event(closes, "close").data["because"] == "rating"
    city.holds()


def test_a_bad_rating_is_called_back(world: Make) -> None:
    """Everybody who is not content is called, also after the closing; the call reopens."""
    city = world("maanshan")
    code = _answered_in_maanshan(city, called=False)
    city.do(callback.close, code, by="desk1")
    city.do(callback.rate, code, by="citizen", level=1, reasons="还没亮。")
    assert city.state(code) == "closed"
    assert city.deadline(code, "callback").met_at is None
    assert CaseText.objects.get(case__code=code, kind="rating").body == "还没亮。"
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)
    assert (city.state(code), city.case(code).round) == ("handling", 2)
    city.holds()


def test_silence_closes_and_counts_nowhere_as_satisfied(world: Make) -> None:
    """Seven days without a word: closed because of silence; no question was asked, none was answered."""
    city = world("maanshan")
    code = _answered_in_maanshan(city, called=False)
    city.wait("6 days")
    assert city.state(code) == "answered"
    city.wait("2 days")
    assert city.state(code) == "closed"
    assert (event(code, "close").data["because"], event(code, "close").actor) == ("silence", "system")
    assert rates() == {} and city.case(code).facts["verdict"] is None
    city.holds()


@pytest.mark.parametrize("reason", ["", " ", "路" * 1001, "\x00"])
def test_reopening_needs_a_reason(world: Make, reason: str) -> None:
    """In words."""
    city = world("yunchuan")
    code = scenes.closed(city)
    with unchanged(), pytest.raises(BadInput):
        city.do(callback.reopen, code, by="citizen", reason=reason)


def test_reopening_has_rounds_and_a_window(world: Make) -> None:
    """Three rounds within thirty days for the citizen; the desk may look beyond both."""
    city = world("yunchuan")
    code = scenes.closed(city)
    for number in (2, 3):
        city.do(callback.reopen, code, by="citizen", reason="又灭了。")
        assert city.case(code).round == number
        city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
        city.do(answering.pass_check, code, by="checker1")
        city.do(callback.close, code, by="desk1")
    with unchanged(), pytest.raises(WrongState) as refused:
        city.do(callback.reopen, code, by="citizen", reason="又灭了。")
    assert "3 轮" in refused.value.zh and "12345" in refused.value.zh
    city.do(callback.reopen, code, by="supervisor1", reason="核实过，确实没修好。")
    assert city.case(code).round == 4
    city.holds()

    late = scenes.closed(city, phone="13800000002")
    clock.advance(timedelta(days=32))
    with unchanged(), pytest.raises(WrongState):
        city.do(callback.reopen, late, by="citizen", reason="又灭了。")
    city.do(callback.reopen, late, by="desk1", reason="核实过。")
    assert city.state(late) == "handling"
    city.holds()


def test_a_declined_case_goes_back_to_be_placed(world: Make) -> None:
    """No unit ever had it."""
    city = world("yunchuan")
    code = scenes.received(city)
    city.do(intake.decline, code, by="desk1", reason="不归这里管。", basis="条例。", appeal="打热线。")
    city.do(callback.reopen, code, by="citizen", reason="我不同意。")
    assert (city.state(code), city.case(code).round) == ("registered", 2)
    assert {"answer", "dispatch"} <= set(Deadline.objects.filter(case__code=code, round=2).values_list("kind", flat=True))
    city.holds()


def test_everything_in_one_go(world: Make) -> None:
    """评价 as the citizen's page sends it: level, questions, and once more; refused, nothing of it is kept."""
    city = world("yunchuan")
    code = scenes.checked(city)
    values: dict[str, Any] = {"level": 1, "contacted": True, "solved": False}
    with unchanged(), pytest.raises(BadInput):
        city.do(callback.judge, code, by="citizen", again="路" * 1001, **{**values, "solved": None, "contacted": None})
    city.do(callback.judge, code, by="citizen", **values)
    assert (city.state(code), city.case(code).round) == ("handling", 2)
    city.holds()


def test_nobody_judges_what_cannot_be_read_yet(world: Make) -> None:
    """While the answer waits for its check it is neither rated nor called back, and the words say why."""
    city = world("yunchuan")
    code = scenes.answered(city)
    for command, who, values in ((callback.rate, "citizen", {"level": 5}), (callback.call_back, "callback1", {"reached": True, "satisfied": True})):
        with unchanged(), pytest.raises(WrongState, match="质检"):
            city.do(command, code, by=who, **values)


def test_bad_ratings_climb_their_ladder(world: Make) -> None:
    """Where a city has a ladder over bad ratings, the n-th one reaches its step; good ones climb nothing."""
    city = world("yunchuan")
    step = LadderStep.model_validate({"count": 1, "measure": "supervision", "to": "lead", "level": "差评督办", "because": "评了不满意"})
    profile = city.rules.profile.model_copy(update={"ladder": {**city.rules.profile.ladder, "bad_ratings": (step,)}})
    row = RulesVersion.objects.get(hash=city.rules.hash)
    row.body = profile.model_dump(mode="json")
    row.save()
    rulebook.forget()
    good, bad = scenes.checked(city), scenes.checked(city)
    city.do(callback.rate, good, by="citizen", level=4)
    city.do(callback.rate, bad, by="citizen", level=1)
    assert ("supervision", "差评督办", scenes.UNIT, "opened") in city.measures(bad)
    assert city.measures(good) == []
    city.holds()


# --- tries: nobody answers --------------------------------------------------------------------------------------------------------


def test_the_third_try_in_vain_is_not_reached_and_meets_the_clock(world: Make) -> None:
    """Two tries leave everything as it was; the third counts as one person not reached. Silence is not yes."""
    city = world("yunchuan")
    code = scenes.checked(city)
    for result, tries in (("no_answer", 1), ("busy", 2)):
        city.do(callback.try_call, code, by="callback1", result=result)
        assert city.case(code).facts["calls"]["tries"] == tries
        assert "callback" in city.running(code) and rates() == {}
    city.do(callback.try_call, code, by="callback1", result="no_answer", note="换了时间打的。")
    assert "callback" not in city.running(code)
    assert (city.state(code), rates(), city.case(code).facts["calls"]) == ("answered", {"callback_unreached": 1}, None)
    assert event(code, "call_back").data["tries"] == 3
    city.holds()


@pytest.mark.parametrize("result", ["wrong_number", "refused"])
def test_where_calling_again_would_not_help(world: Make, result: str) -> None:
    city = world("yunchuan")
    code = scenes.checked(city)
    city.do(callback.try_call, code, by="callback1", result=result)
    assert city.actions(code)[-1] == "call_back" and rates() == {"callback_unreached": 1}


def test_called_again_at_an_agreed_time(world: Make) -> None:
    """约好再打 is no try in vain; it takes a time, and only it."""
    city = world("yunchuan")
    code = scenes.checked(city)
    again = clock.now() + timedelta(hours=5)
    for _ in range(4):
        city.do(callback.try_call, code, by="callback1", result="later", again_at=again)
    assert city.case(code).facts["calls"] == {"tries": 0, "result": "later", "at": clock.now().isoformat(), "again": again.isoformat()}
    assert "callback" in city.running(code)
    wrong = [("later", None), ("busy", again), ("later", clock.now()), ("later", clock.now() + timedelta(days=15)), ("asleep", None)]
    for result, at in wrong:
        with unchanged(), pytest.raises(BadInput):
            city.do(callback.try_call, code, by="callback1", result=result, again_at=at)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(code) == "closed" and city.case(code).facts["calls"] is None
    city.holds()


@pytest.mark.parametrize("said", [{"solved": True, "satisfied": True}, {"solved": False, "satisfied": False}])
def test_the_outlook_is_what_comes(world: Make, said: dict[str, bool]) -> None:
    """What is shown before sending is what happens after it."""
    city = world("yunchuan")
    code = scenes.checked(city)
    with unchanged():
        found = callback.outlook(code, by=city.who("callback1"))
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, **said)
    wanted = found.good if said["solved"] else found.bad
    assert (wanted, city.state(code)) == (("close", "closed") if said["solved"] else ("reopen", "handling"))


def test_the_outlook_names_the_measure_that_a_new_round_opens(world: Make) -> None:
    """Where a city has a ladder over rounds: what is named is what is opened; where it has none, nothing is named."""
    city = world("yunchuan")
    assert callback.outlook(scenes.checked(city), by=city.who("callback1")).ladder == ""
    step = LadderStep.model_validate({"count": 2, "measure": "supervision", "to": "lead", "level": "重办督办", "because": "又办一轮"})
    profile = city.rules.profile.model_copy(update={"ladder": {**city.rules.profile.ladder, "rounds": (step,)}})
    row = RulesVersion.objects.get(hash=city.rules.hash)
    row.body = profile.model_dump(mode="json")
    row.save()
    rulebook.forget()
    code = scenes.checked(city, body="另一处路灯也坏了，夜里看不见路。", phone="13800000099")
    found = callback.outlook(code, by=city.who("callback1"))
    assert (found.bad, found.ladder, found.proposed) == ("reopen", "重办督办", False)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)
    assert ("supervision", "重办督办", scenes.UNIT, "opened") in city.measures(code)

"""答复、质检、当场答复: what the citizen is told, and whether it says anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import answering, callback, dispatch, handling, intake
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.case import Attachment, CaseText
from minsheng.models.read import HallRow, TallyDelta
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, HOLLOW, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]


def counted(*metrics: str) -> dict[str, int]:
    """Sums of these figures over all days and units."""
    found = dict.fromkeys(metrics, 0)
    for row in TallyDelta.objects.filter(metric__in=metrics):
        found[row.metric] += row.n
    return found


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "路" * 4001}, "text"),
        ({"text": "路\x00"}, "text"),
        ({"outcome": "fine"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"evidence": ["t-9"]}, "evidence"),
    ],
)
def test_a_wrong_answer_is_refused(world: Make, values: dict[str, Any], field: str) -> None:
    """Each field is named."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(answering.answer, code, by=CLERK, **{"outcome": "solved", "text": GOOD, **values})
    assert refused.value.field == field


def test_an_answer_in_time_is_kept_and_waits_for_its_check(world: Make) -> None:
    """Outcome, evidence, clocks, order and tallies in one transaction."""
    city = world("yunchuan")
    code = scenes.handled(city)
    Attachment.objects.create(digest="d" * 64, media_type="image/jpeg", size=1, at=clock.now(), ticket="t-1")
    city.wait("5 hours")
    city.do(answering.answer, code, by=CLERK, outcome="partly", text=GOOD, evidence=["t-1"])
    row = city.case(code)
    assert (row.state, row.answered_at, row.facts["outcome"], row.facts["checked"]) == ("answered", clock.now(), "partly", False)
    assert event(code, "answer").data["evidence"] == ["d" * 64]
    assert row.orders.get().answered_at == clock.now()
    assert city.deadline(code, "answer").met_at == clock.now()
    assert city.deadline(code, "quality").due_at == end_of(date(2026, 3, 3))
    assert counted("answer_kept", "answer_missed") == {"answer_kept": 1, "answer_missed": 0}
    city.do(answering.pass_check, code, by="checker1")
    assert city.deadline(code, "quality").met_at == clock.now()
    assert HallRow.objects.get(code=code).outcome == "partly"
    with unchanged(), pytest.raises(WrongState):
        city.do(answering.pass_check, code, by="checker1")
    city.holds()


def test_a_hollow_answer_comes_back_by_rule(world: Make) -> None:
    """套话: returned in the same transaction with the findings; the answer clock was never met, the promise not kept."""
    city = world("yunchuan")
    code = scenes.handled(city)
    due = city.deadline(code, "answer").due_at
    city.do(answering.answer, code, by=CLERK, outcome="explained", text=HOLLOW)
    assert city.actions(code)[-3:] == ["answer", "return_answer", "measure_opened"]
    returned = event(code, "return_answer")
    assert returned.actor == "system" and returned.data["findings"] and returned.data["unmet"] == ["answer"]
    assert CaseText.objects.get(case__code=code, kind="remarks").body
    answer = city.deadline(code, "answer")
    assert (answer.met_at, answer.due_at) == (None, due)
    assert counted("answer_kept", "return_answer") == {"answer_kept": 0, "return_answer": 1}
    assert (city.state(code), city.case(code).round, city.case(code).facts["quality_failures"]) == ("handling", 1, 1)
    assert city.measures(code) == [("supervision", "热线督办", UNIT, "opened")]
    city.holds()


def test_a_returned_answer_is_missed_once_however_it_went(world: Make) -> None:
    """Answered late before the sweep saw it, returned, swept, answered again: one miss."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.contact, code, by=CLERK, method="phone")
    clock.advance(city.deadline(code, "answer").due_at - clock.now() + timedelta(seconds=20))
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.do(answering.return_answer, code, by="checker1", remarks="没有写哪天亮。")
    city.wait("2 hours")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    assert counted("answer_kept", "answer_missed") == {"answer_kept": 0, "answer_missed": 1}
    city.holds()


def test_a_returned_answer_that_was_in_time_is_taken_back_from_the_figures(world: Make) -> None:
    """Kept, then returned: no longer kept; answered again in time: kept, once."""
    city = world("yunchuan")
    code = scenes.answered(city)
    assert counted("answer_kept")["answer_kept"] == 1
    city.wait("1 hour")
    city.do(answering.return_answer, code, by="checker1", remarks="没有写哪天亮。")
    assert counted("answer_kept")["answer_kept"] == 0
    assert city.case(code).answered_at is None and city.case(code).orders.get().answered_at is None
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    assert counted("answer_kept")["answer_kept"] == 1
    city.holds()


def test_where_only_a_sample_is_checked_the_rest_is_passed_by_rule(world: Make) -> None:
    """maanshan: a tenth; the same case always falls on the same side, and the event says that it was not drawn."""
    city = world("maanshan")
    sides = set()
    for number in range(12):
        code = city.file(body="路灯坏了。", place="yanghu-b12", phone=f"1380000011{number % 10}")
        city.do(intake.register, code, by="desk1", category="020201")
        city.do(dispatch.dispatch, code, by="dispatch1", lead="yanghu")
        city.do(handling.claim, code, by="yanghu")
        city.do(answering.answer, code, by="yanghu", outcome="solved", text=GOOD)
        passed = city.actions(code)[-1] == "pass_check"
        assert passed == city.case(code).facts["checked"]
        if passed:
            assert event(code, "pass_check").data["sampled"] is False
        sides.add(passed)
    assert True in sides
    city.holds()


def test_answered_in_the_call(world: Make) -> None:
    """当场答复: no unit, no order; content, it is closed; not content, a person must place it."""
    city = world("qufu")
    code = city.file(body="请问医保怎么转到外地？", kind="enquiry", channel="phone")
    if city.state(code) not in ("received", "registered"):
        pytest.fail("an enquiry without a place is not sure")
    with unchanged(), pytest.raises(BadInput):
        city.do(answering.answer_at_once, code, by="desk1", text="")
    with unchanged(), pytest.raises(BadInput):
        city.do(answering.answer_at_once, code, by="desk1", text=GOOD, category="nothing")
    city.do(answering.answer_at_once, code, by="desk1", text="带身份证到任一医保窗口，或在手机上办，当天转出。", category="0703")
    row = city.case(code)
    assert (row.state, row.category, row.unit, row.facts["outcome"]) == ("answered", "0703", None, "explained")
    assert not row.orders.exists()
    assert city.deadline(code, "answer").met_at == clock.now() and city.deadline(code, "dispatch").ended_at == clock.now()
    city.do(callback.close, code, by="desk1")
    assert city.state(code) == "closed"
    city.do(callback.reopen, code, by="citizen", reason="窗口说不行。")
    assert city.state(code) == "registered", "no unit ever had it: a dispatcher places it"
    city.do(dispatch.dispatch, code, by="dispatch1", lead="city.medical_insurance")
    assert city.state(code) == "handling"
    city.holds()


def test_the_first_reply_is_not_undone_by_what_comes_later(world: Make) -> None:
    """阶段答复 met the clock in time; the final answer, returned and late, makes it count as never met."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.reply, code, by=CLERK, text="今天去看。")
    assert counted("answer_kept")["answer_kept"] == 1
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.do(answering.return_answer, code, by="checker1", remarks="没有写哪天亮。")
    assert counted("answer_kept")["answer_kept"] == 0
    assert city.deadline(code, "answer").met_at is None
    city.holds()


def test_what_was_answered_at_once_is_released_once(world: Make) -> None:
    """Public in the call; a checker who passes it later finds it public already."""
    city = world("yunchuan")
    code = scenes.received(city)
    city.do(answering.answer_at_once, code, by="desk1", text=GOOD)
    assert "更换了" in HallRow.objects.get(code=code).answer
    city.do(answering.pass_check, code, by="checker1")
    assert city.actions(code).count("released") == 2 and city.case(code).facts["checked"]
    city.holds()


# --- score cards --------------------------------------------------------------------------------------------------------------------

FULL = {"cause": 2, "done": 2, "next": 2, "points": 2, "plain": 2, "evidence": 2, "in_time": 2}


def test_points_stand_in_the_journal_as_numbers(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.answered(city)
    city.do(answering.return_answer, code, by="checker1", remarks="没有说原因。", scores={**FULL, "cause": 0, "plain": 1})
    data = event(code, "return_answer").data
    assert (data["scores"], data["total"], data["passes"]) == ({**FULL, "cause": 0, "plain": 1}, 79, True)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.do(answering.pass_check, code, by="checker1", scores=FULL)
    assert event(code, "pass_check").data["total"] == 100
    city.holds()


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({**FULL, "done": 0}, "说了做了什么"),
        ({**FULL, "points": 0}, "每一点都答了"),
        (dict.fromkeys(FULL, 1), "50"),
        ({**FULL, "cause": 3}, "说了原因"),
        ({"cause": 2}, "0、1 或 2"),
        ({**FULL, "charm": 2}, "charm"),
        ({}, "0、1 或 2"),
    ],
)
def test_too_few_points_never_pass(world: Make, scores: dict[str, int], said: str) -> None:
    city = world("yunchuan")
    code = scenes.answered(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(answering.pass_check, code, by="checker1", scores=scores)
    assert said in refused.value.zh


def test_a_spot_check_changes_nothing_but_the_figures(world: Make) -> None:
    """For what passed without being read, also when it is closed; by those who check answers only."""
    city = world("yunchuan")
    with unchanged_after(city, scenes.closed(city)) as code:
        for username in (CLERK, "desk1", "callback1", "dispatch1"):
            with unchanged(), pytest.raises((NotAllowed, NotFound)):
                city.do(answering.spot_check, code, by=username, scores=FULL)
        city.do(answering.spot_check, code, by="checker1", scores={**FULL, "done": 0}, remarks="没写谁去的。")
    assert event(code, "spot_checked").data["passes"] is False
    waiting = scenes.handled(city, phone="13800000066", body="另一处的路灯也不亮，路口看不见，请来修。")
    with unchanged(), pytest.raises(WrongState):
        city.do(answering.spot_check, waiting, by="checker1", scores=FULL)
    city.holds()


@contextmanager
def unchanged_after(city: World, code: str) -> Iterator[str]:
    """State, version and clocks of the case are the same afterwards."""
    before = (city.state(code), city.case(code).version, city.running(code))
    yield code
    assert (city.state(code), city.case(code).version, city.running(code)) == before

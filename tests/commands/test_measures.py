"""监督措施: opened by rule or by a named person, addressed to somebody who can answer, closed when the answer is accepted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import amending, answering, handling, measures
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.measure import Measure
from minsheng.models.read import TallyDelta
from tests.commands import scenes
from tests.commands.scenes import CLERK, HOLLOW, LAMP, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]


def status(code: str) -> list[tuple[str, str]]:
    """(kind, status) of every measure; the row and the journal agree."""
    rows = list(Measure.objects.filter(case__code=code).order_by("number"))
    facts = rows[0].case.facts["measures"] if rows else {}
    assert [facts[str(r.number)]["status"] for r in rows] == [r.status for r in rows]
    return [(r.kind, r.status) for r in rows]


def test_an_instruction_has_a_unit_and_a_day(world: Make) -> None:
    """批示: watched, with a clock of its own; the unit that is named can read the case and answer."""
    city = world("yunchuan")
    code = scenes.handled(city)
    for wrong in ({"unit": "nobody"}, {"text": " "}, {"answer_on": date(2026, 3, 1)}):
        with unchanged(), pytest.raises(BadInput):
            city.do(measures.instruct, code, by="leader1", **{"unit": "city.housing", "text": "请住建局配合。", **wrong})
    city.do(measures.instruct, code, by="leader1", unit="city.housing", text="请住建局配合。", answer_on=date(2026, 3, 4))
    assert status(code) == [("instruction", "opened")]
    assert city.case(code).watched
    assert (city.deadline(code, "measure").subject, city.deadline(code, "measure").due_at) == (1, end_of(date(2026, 3, 4)))
    with unchanged(), pytest.raises(NotAllowed):
        city.do(measures.answer, code, number=1, text="我们没有责任。", by=CLERK)
    city.do(measures.answer, code, number=1, text="已经安排人去看。", by="zhujian")
    assert city.deadline(code, "measure").met_at == clock.now()
    assert status(code) == [("instruction", "answered")] and not city.case(code).watched
    with unchanged(), pytest.raises((WrongState, NotFound)):  # asked no longer: the case is not theirs to read
        city.do(measures.answer, code, number=1, text="再答一次。", by="zhujian")
    city.do(measures.close, code, number=1, by="supervisor1")
    assert status(code) == [("instruction", "closed")]
    with unchanged(), pytest.raises((WrongState, NotAllowed)):
        city.do(measures.withdraw, code, number=1, reason="不用了。", by="supervisor1")
    city.holds()


def test_by_hand_once_and_by_the_right_people(world: Make) -> None:
    """督办单 of the supervisor; no second one of the same kind while it is open."""
    city = world("yunchuan")
    code = scenes.handled(city)
    values: dict[str, Any] = {"kind": "supervision", "unit": UNIT, "reason": "群众多次反映。", "answer_on": date(2026, 3, 4)}
    for username in (CLERK, "desk1", "checker1", "deputy1", "citizen"):
        with unchanged(), pytest.raises((NotAllowed, NotFound)):
            city.do(measures.open_measure, code, by=username, **values)
    for wrong in ({"kind": "prison"}, {"unit": "nobody"}, {"reason": ""}, {"reason": "因" * 201}, {"answer_on": date(2026, 3, 1)}):
        with unchanged(), pytest.raises(BadInput):
            city.do(measures.open_measure, code, by="supervisor1", **{**values, **wrong})
    city.do(measures.open_measure, code, by="supervisor1", **values)
    with unchanged(), pytest.raises(WrongState):
        city.do(measures.open_measure, code, by="supervisor1", **values)
    city.do(measures.withdraw, code, number=1, reason="已经解决。", by="supervisor1")
    city.do(measures.open_measure, code, by="supervisor1", **values)
    assert status(code) == [("supervision", "withdrawn"), ("supervision", "opened")]
    assert city.case(code).watched
    city.holds()


@pytest.mark.parametrize("command", ["instruct", "open_measure"])
def test_the_accused_get_no_measure(world: Make, command: str) -> None:
    """Telling them would tell them of the 举报."""
    city = world("yunchuan")
    code = city.file(**LAMP, accused=("songtao",), kind="complaint")
    values = {"instruct": {"text": "请抓紧。"}, "open_measure": {"kind": "supervision", "reason": "督办。"}}[command]
    with unchanged(), pytest.raises(BadInput):
        city.do(getattr(measures, command), code, by="city-city-political-legal", unit=UNIT, **values)


def test_what_the_rules_only_propose_a_person_opens(world: Make) -> None:
    """yunchuan: the second failed answer proposes 媒体督办; opened days later, it has its whole time from then on."""
    city = world("yunchuan")
    code = scenes.handled(city)
    for _ in range(2):
        city.do(answering.answer, code, by=CLERK, outcome="explained", text=HOLLOW)
    assert status(code) == [("supervision", "opened"), ("exposure", "proposed")]
    assert not city.case(code).deadlines.filter(kind="measure", subject=2).exists()
    city.until("2026-03-06T10:00+08:00")
    with unchanged(), pytest.raises((NotAllowed, NotFound)):
        city.do(measures.confirm, code, number=2, by=CLERK)
    city.do(measures.confirm, code, number=2, by="supervisor1")
    assert Measure.objects.get(number=2).opened_by == city.who("supervisor1").tag
    due = city.case(code).deadlines.get(kind="measure", subject=2).due_at
    assert due == end_of(date(2026, 3, 10)) == Measure.objects.get(number=2).answer_by
    with unchanged(), pytest.raises(WrongState):
        city.do(measures.confirm, code, number=2, by="supervisor1")
    with unchanged(), pytest.raises(NotFound):
        city.do(measures.confirm, code, number=9, by="supervisor1")
    city.holds()


def test_proposals_fall_away_with_the_case_and_open_measures_stay(world: Make) -> None:
    """Withdrawn by the citizen: nobody exposes anything any more; the 督办单 is still to be answered."""
    city = world("yunchuan")
    code = scenes.handled(city)
    for _ in range(2):
        city.do(answering.answer, code, by=CLERK, outcome="explained", text=HOLLOW)
    city.do(amending.withdraw, code, by="citizen", reason="不用了。")
    assert status(code) == [("supervision", "opened"), ("exposure", "withdrawn")]
    city.do(measures.answer, code, number=1, text="已经整改。", by=CLERK)
    city.do(measures.close, code, number=1, by="supervisor1")
    city.holds()


def test_an_unanswered_measure_is_late_once(world: Make) -> None:
    """Its clock is counted for the measure, with a reminder."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.contact, code, by=CLERK, method="phone")
    city.do(handling.reply, code, by=CLERK, text="今天去看。")
    city.do(measures.open_measure, code, by="supervisor1", kind="supervision", unit=UNIT, reason="督办。", answer_on=date(2026, 3, 3))
    city.until("2026-03-05T00:30+08:00")
    assert TallyDelta.objects.filter(metric="measure_missed").count() == 1
    assert ("reminder", "opened") in status(code)
    city.do(measures.answer, code, number=1, text="已经整改。", by=CLERK)
    assert TallyDelta.objects.filter(metric__startswith="measure_").count() == 1
    assert event(code, "measure_answered").data["met"][0]["late"]
    assert clock.now() - city.deadline(code, "measure").due_at < timedelta(days=2)
    city.holds()


def test_a_stricter_measure_absorbs_the_weaker(world: Make) -> None:
    """不重复督办: one of a kind whatever its level, and what is weaker ends in the journal by which; a card does not answer for a 督办单."""
    city = world("yunchuan")
    code = scenes.handled(city)
    values: dict[str, Any] = {"unit": UNIT, "reason": "群众多次反映。", "by": "supervisor1"}
    city.do(measures.open_measure, code, kind="supervision", **values)
    city.do(measures.open_measure, code, kind="orange_card", **values)
    with unchanged(), pytest.raises(WrongState):
        city.do(measures.open_measure, code, kind="yellow_card", **values)
    city.do(measures.open_measure, code, kind="interview", **values)
    assert status(code) == [("supervision", "closed"), ("orange_card", "opened"), ("interview", "opened")]
    closed = event(code, "measure_closed").data
    assert (closed["measure"], closed["because"], closed["into"]) == (1, "absorbed", 3)
    for weaker in ("supervision", "exposure", "interview"):
        with unchanged(), pytest.raises(WrongState):
            city.do(measures.open_measure, code, kind=weaker, **values)
    city.do(measures.instruct, code, by="leader1", unit=UNIT, text="请抓紧。")
    city.do(answering.answer, code, by=CLERK, outcome="explained", text=HOLLOW)  # a rule would open a 督办单
    assert status(code)[2:] == [("interview", "opened"), ("instruction", "opened")]
    city.holds()


def test_a_proposal_falls_away_when_something_stricter_opens(world: Make) -> None:
    """Proposed 媒体督办, but the 约谈 was opened first: nobody exposes beside it."""
    city = world("yunchuan")
    code = scenes.handled(city)
    for _ in range(2):
        city.do(answering.answer, code, by=CLERK, outcome="explained", text=HOLLOW)
    city.do(measures.open_measure, code, kind="interview", unit=UNIT, reason="屡次套话。", by="supervisor1")
    assert status(code) == [("supervision", "closed"), ("exposure", "withdrawn"), ("interview", "opened")]
    city.holds()


def test_an_answer_that_does_not_do_comes_back_with_a_new_day(world: Make) -> None:
    """退回重答: with the reason and a clock of its own; lateness before stays, and the unit is told."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(measures.open_measure, code, kind="supervision", unit=UNIT, reason="督办。", answer_on=date(2026, 3, 4), by="supervisor1")
    returned: dict[str, Any] = {"number": 1, "reason": "没有写原因。", "answer_on": date(2026, 3, 6), "by": "supervisor1"}
    with unchanged(), pytest.raises(WrongState):
        city.do(measures.return_, code, **returned)
    city.do(measures.answer, code, number=1, text="已经整改。", by=CLERK)
    for wrong in ({"reason": " "}, {"answer_on": date(2026, 3, 1)}):
        with unchanged(), pytest.raises(BadInput):
            city.do(measures.return_, code, **{**returned, **wrong})
    with unchanged(), pytest.raises(NotAllowed):
        city.do(measures.return_, code, **{**returned, "by": CLERK})
    city.do(measures.return_, code, **returned)
    row = Measure.objects.get(case__code=code)
    assert (row.status, row.answer_by, row.answered_at) == ("opened", end_of(date(2026, 3, 6)), None)
    assert [d.due_at for d in city.case(code).deadlines.filter(kind="measure", met_at=None)] == [end_of(date(2026, 3, 6))]
    city.send()
    assert "measure_returned" in city.told(UNIT)
    city.do(measures.answer, code, number=1, text="线路老化，已换 12 米。", by=CLERK)
    city.do(measures.close, code, number=1, by="supervisor1")
    assert status(code) == [("supervision", "closed")]
    city.holds()


def test_supervision_orders_are_numbered_by_the_year(world: Make) -> None:
    """督办单 carry a number, given when they open, without gaps; cards carry none."""
    city = world("yunchuan")
    first, second = scenes.handled(city), scenes.handled(city)
    values: dict[str, Any] = {"unit": UNIT, "reason": "督办。", "by": "supervisor1"}
    city.do(measures.open_measure, first, kind="supervision", **values)
    with unchanged(), pytest.raises(WrongState):
        city.do(measures.open_measure, first, kind="supervision", **values)
    city.do(measures.open_measure, second, kind="yellow_card", **values)
    city.do(measures.open_measure, second, kind="supervision", **values)
    assert list(Measure.objects.filter(kind="supervision").order_by("id").values_list("serial", flat=True)) == [1, 2]
    assert Measure.objects.get(kind="yellow_card").serial is None

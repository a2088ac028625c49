"""The hall under conditions: what fits and nothing else, never nearer than a grid, promises as they stand, one question a page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import answering, callback, handling
from minsheng.queries import hall
from minsheng.queries.hall import Filters
from tests.commands.scenes import CLERK, GOOD, answered, checked, closed, dispatched, handled
from tests.world import World

START = "2026-03-02T09:00+08:00"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at=START)


def codes(**filters: object) -> set[str]:
    return {row.code for row in hall.entries(Filters(**filters), limit=100).rows}  # type: ignore[arg-type]


def test_conditions_one_by_one(city: World) -> None:
    lamp = dispatched(city)
    lake = city.file(body="湖边的护栏松了，孩子靠上去很危险。", title="护栏松了", district="minghu", kind="help")
    city.wait("2 days")
    done = closed(city)
    everything = {lamp, lake, done}
    assert codes() == everything
    assert codes(district="qinghe") == codes(place="qinghe") == {lamp, done}
    assert codes(place="songtao") == codes(place="yinxing") == codes(place="yinxing-g1") == {lamp, done}
    assert codes(place="minghu") == {lake}
    assert codes(state="closed") == {done}
    assert codes(kind="help") == {lake}
    assert codes(q="护栏") == {lake}
    assert codes(q="护栏", place="songtao") == set()
    category = city.case(lamp).category or ""
    assert codes(category=category) == codes(category=category[:4]) == {lamp, done}
    assert lamp in codes(category=category[:2])
    day = clock.now() - timedelta(days=1)
    assert codes(since=day) == {done}
    assert codes(until=day) == {lamp, lake}
    assert codes(since=day, until=clock.now() + timedelta(days=1), place="qinghe", q="路灯", state="closed") == {done}


def test_nobody_looks_into_a_building(city: World) -> None:
    """A case in a building is found by its grid; asked for by the building, or by a place that does not exist, there is nothing."""
    code = dispatched(city, place="yinxing-b1")
    row = hall.entries(Filters()).rows[0]
    assert (row.code, row.place) == (code, "yinxing-g1")
    assert codes(place="yinxing-b1") == codes(place="mars") == set()
    assert codes(q="d:yinxing-b1") == set()


def test_overdue_is_what_has_passed_its_promise(city: World) -> None:
    late = dispatched(city)
    city.wait("10 days")
    soon = dispatched(city)
    assert codes(overdue=True) == {late}
    assert codes() == {late, soon}


def test_promises_of_a_row(city: World) -> None:
    """Which clock counts, and whether the answer came in time: the first here in time, the second late."""
    open_, early, replied = dispatched(city), answered(city), handled(city)
    city.do(handling.reply, replied, by=CLERK, text="今天上午去看过，灯头坏了，明天换。")
    late = handled(city)
    due = city.deadline(late, "answer").due_at
    city.until(due + timedelta(minutes=26))
    city.do(answering.answer, late, by=CLERK, outcome="solved", text=GOOD)
    rows = {row.code: row for row in hall.entries(Filters()).rows}
    with CaptureQueriesContext(connection) as queries:
        promised = hall.promises([row.case_id for row in rows.values()])
    assert len(queries) == 1
    said = {code: promised[row.case_id] for code, row in rows.items()}
    assert said[open_].running == "answer"
    assert said[open_].answer_met is None
    assert said[early].answer_met is not None
    assert said[early].answer_due is not None
    assert said[early].answer_met <= said[early].answer_due
    assert said[early].running is None
    assert said[replied].running == "close"
    assert said[late].answer_met is not None
    assert said[late].answer_met - due == timedelta(minutes=26)


def test_a_second_round_counts_its_own_answer(city: World) -> None:
    """Reopened, the promise runs anew; answered again, the later answer is judged."""
    code = checked(city)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)
    row = hall.entries(Filters()).rows[0]
    assert city.case(code).round == 2
    assert hall.promises([row.case_id])[row.case_id].running == "answer"
    due = city.deadline(code, "answer").due_at
    city.until(due + timedelta(hours=2))
    city.do(handling.claim, code, by=CLERK) if city.state(code) == "dispatched" else None
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    promised = hall.promises([row.case_id])[row.case_id]
    assert promised.answer_due == due
    assert promised.answer_met == clock.now()


def test_nobody_asked_costs_nothing(city: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert hall.promises([]) == {}
    assert len(queries) == 0


def test_pages_of_a_place_hold_everything_once(city: World) -> None:
    """Keyset under a condition: nothing twice, nothing left out, one query a page."""
    made = [dispatched(city, title=f"路灯不亮 {n}", body=f"路灯不亮，第 {n} 次说了。") for n in range(7)]
    city.file(body="湖边的护栏松了。", title="护栏松了", district="minghu")
    seen: list[str] = []
    cursor = ""
    while True:
        with CaptureQueriesContext(connection) as queries:
            page = hall.entries(Filters(place="yinxing", q="路灯"), cursor=cursor, limit=3)
        assert len(queries) == 1
        seen += [row.code for row in page.rows]
        cursor = page.next
        if not cursor:
            break
    assert seen == list(reversed(made))


def test_a_row_is_the_same_value_until_something_about_it_changes(city: World) -> None:
    """A page knows by it whether it has drawn the very same row before."""
    code = dispatched(city)
    first, again = hall.entries(Filters()).rows[0], hall.entries(Filters()).rows[0]
    assert first == again
    assert hash(first) == hash(again)
    city.do(handling.claim, code, by=CLERK)
    assert hall.entries(Filters()).rows[0] != first


def test_the_moment_a_row_was_received_is_kept_whole(city: World) -> None:
    dispatched(city)
    assert hall.entries(Filters()).rows[0].received_at == datetime.fromisoformat(START)

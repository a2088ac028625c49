"""What lists and pages read: right rows, fixed numbers of queries, nothing that somebody may not see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import dispatch, intake
from minsheng.domain.errors import NotFound
from minsheng.queries import cases, hall, inbox, statistics
from tests.world import World


def filled(world: Callable[..., World], n: int) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    for number in range(n):
        city.file(body=f"小区门口的路灯坏了，晚上看不见路，这是第 {number} 次说。", title="路灯不亮", place="yinxing-b1")
    return city


def test_hall_reads_released_text_a_page_at_a_time(world: Callable[..., World]) -> None:
    """Newest first, no row twice, none left out, one query a page."""
    filled(world, 7)
    seen: list[str] = []
    cursor = ""
    while True:
        with CaptureQueriesContext(connection) as queries:
            page = hall.hall(hall.Filters(q="路灯"), cursor=cursor, limit=3)
        assert len(queries) == 1
        seen += [item.code for item in page.rows]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 7
    assert seen == sorted(seen, reverse=True)
    assert hall.hall(hall.Filters(q="暖气")).rows == []


def test_queues_count_with_one_query(world: Callable[..., World]) -> None:
    """However many cases, one query for all counts and one for a page."""
    city = filled(world, 4)
    actor = city.who("dispatch1")
    with CaptureQueriesContext(connection) as queries:
        counted = {q.key: q.count for q in inbox.queues(actor)}
        page = inbox.inbox(actor, queue="dispatched", limit=3)
        more = inbox.inbox(actor, queue="dispatched", cursor=page.next, limit=3)
    assert len(queries) == 3
    assert counted["dispatched"] + counted["received"] + counted["registered"] == 4
    assert len(page.rows) + len(more.rows) == counted["dispatched"]


def test_private_and_unknown_codes_answer_alike(world: Callable[..., World]) -> None:
    """Nobody learns from the answer that a private case exists."""
    city = filled(world, 1)
    code = city.file(body="邻居家里的事，请不要公开。", wish="private", place="yinxing-b1")
    for asked in (code, "YC260000000"):
        with pytest.raises(NotFound) as refused:
            cases.public(asked)
        assert str(refused.value) == str(NotFound())


def test_desk_view_has_a_fixed_number_of_queries(world: Callable[..., World]) -> None:
    """A longer journal costs no more queries."""
    city = filled(world, 1)
    code = city.file(body="井盖松了，车一过就响。", title="井盖响", place="yinxing-b1")
    actor = city.who("dispatch1")
    with CaptureQueriesContext(connection) as first:
        cases.desk(code, actor)
    unit = "city.urban_management"
    for _ in range(3):
        if city.state(code) == "received":
            city.do(intake.register, code, by="desk1", category="0101")
        city.do(
            dispatch.reassign if city.state(code) != "registered" else dispatch.dispatch,
            code,
            by="dispatch1",
            lead=unit,
            **({"reason": "职责更近"} if city.state(code) != "registered" else {}),
        )
        unit = "city.sanitation" if unit == "city.urban_management" else "city.urban_management"
    with CaptureQueriesContext(connection) as later:
        view = cases.desk(code, actor)
    assert len(later) <= len(first) + 1
    assert any(choice.allowed for choice in view.choices)
    assert all(choice.why_not_zh for choice in view.choices if not choice.allowed)


def test_figures_carry_numerator_and_denominator(world: Callable[..., World]) -> None:
    """Nothing asked is no rate, not nought."""
    filled(world, 2)
    today = clock.local(clock.now()).date()
    found = statistics.figures(start=today, end=today)
    assert found.volumes["receive"] == 2
    rates = {rate.key: rate for rate in found.rates}
    assert rates["satisfaction"].rate is None
    assert rates["closing"].denominator == 2

"""The question that every desk asks every two seconds goes over indexes, however many calls there have been; figures of a day; what a list holds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from minsheng import clock
from minsheng.commands import calls as commands
from minsheng.commands import seating
from minsheng.domain.errors import BadInput
from minsheng.models.calls import Call
from minsheng.queries import calls
from tests.commands.calling import call, told
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    seating.sit("8001", by=city.who("desk1"))
    return city


def test_the_poll_reads_no_table_from_end_to_end(city: World) -> None:
    now, desk = clock.now(), city.who("desk1")
    rows = (
        Call(
            external=f"old-{n}",
            status="ended",
            extension=f"80{n % 40:02d}",
            user_id=desk.id if n % 40 == 1 else None,
            at=now - timedelta(minutes=n),
            answered_at=now,
            ended_at=now,
            wrap_up="other",
        )
        for n in range(4_000)
    )
    Call.objects.bulk_create(rows, batch_size=1_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ms_call")
        cursor.execute(f"EXPLAIN {calls._SCREEN}", {"me": desk.id, "live": now - calls.LONGEST, "last": now - calls.WAITS})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on ms_call" not in plan, plan
    assert "call_live" in plan and "call_user" in plan, plan


def test_who_speaks_goes_first_then_what_waits_for_its_wrap_up_then_what_rings(city: World) -> None:
    desk = city.who("desk1")
    told("ringing", "a")
    told("answered", "a", after=1)
    told("ended", "a", after=20)
    told("ringing", "b", after=30)
    first = calls.screen(desk)
    assert (first.call.id, first.other.id) == (call("a").pk, call("b").pk)  # type: ignore[union-attr]
    told("answered", "b", after=33)
    second = calls.screen(desk)
    assert second.call.id == call("b").pk  # type: ignore[union-attr]
    assert first.mark != second.mark


def test_a_call_that_the_exchange_forgot_leaves_the_screen(city: World) -> None:
    told("ringing")
    city.wait("5 hours")
    assert calls.screen(city.who("desk1")).call is None


def test_figures_of_the_day(city: World) -> None:
    desk = city.who("desk1")
    for n, spoken in enumerate((60, 120)):
        told("ringing", f"a{n}")
        told("answered", f"a{n}")
        told("ended", f"a{n}", after=spoken)
    told("ringing", "missed")
    told("missed", "missed", after=9)
    commands.wrap_up(call("a0").pk, result="other", by=desk)
    (row,) = calls.figures()
    assert (row.name, row.offered, row.answered, row.open, row.spoken) == (desk.name, 3, 2, 1, timedelta(seconds=90))
    assert calls.figures(user=desk.id) == [row]
    city.wait("1 days")
    assert calls.figures() == []


def test_missed_calls_that_waited_longest_come_first_page_by_page(city: World) -> None:
    for n in range(5):
        told("ringing", f"a{n}", after=n, number=f"1380000000{n}")
        told("missed", f"a{n}", after=60)
    desk = city.who("desk1")
    first = calls.listed(desk, which="missed", limit=3)
    second = calls.listed(desk, which="missed", cursor=first.next, limit=3)
    assert [row.id for row in (*first.rows, *second.rows)] == [call(f"a{n}").pk for n in range(5)]
    assert second.next == ""
    newest = calls.listed(desk, which="today", limit=2)
    assert [row.id for row in newest.rows] == [call("a4").pk, call("a3").pk]
    with pytest.raises(BadInput):
        calls.listed(desk, which="lost")


def test_counts_stop(city: World) -> None:
    told("ringing", "now")
    Call.objects.bulk_create(Call(external=f"m{n}", status="missed", at=clock.now(), ended_at=clock.now()) for n in range(150))
    found = calls.waiting(city.who("desk1"))
    assert (found.ringing, found.missed, found.open) == (1, calls.COUNTED_TO, 0)

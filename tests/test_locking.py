"""Two at one case: the second waits, and then sees what the first has done, clocks included."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from minsheng import clock
from minsheng.casework import casework
from minsheng.domain.access import Actor
from minsheng.queries import rules as rulebook
from tests.world import World


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_the_lock_sees_the_new_clocks() -> None:
    city = World("yunchuan", at="2026-03-02T09:00+08:00")
    try:
        case = city.file(title="路灯不亮", body="学府路的路灯坏了三天，晚上看不清路。")
        unit = city.case(case).unit
        assert unit is not None and city.state(case) == "dispatched"
        staff, now, holds = city.who(_username(unit)), clock.now(), threading.Event()

        def first(by: Actor) -> None:
            with clock.moved(now), casework(case, by=by) as work:
                work.move("claim", data={"order": 1, "assignee": by.id})
                holds.set()
                time.sleep(0.5)
            connection.close()

        thread = threading.Thread(target=first, args=(staff,))
        thread.start()
        assert holds.wait(10)
        began = time.monotonic()
        with casework(case, by=staff) as work:
            waited = time.monotonic() - began
            claim = next(timer for timer in work.timers if timer.kind == "claim")
            assert work.facts.state == "handling"
            assert claim.met_at == now
        thread.join()
        assert waited > 0.2
    finally:
        city.leave()
        rulebook.forget()


def _username(unit: str) -> str:
    from minsheng.models.people import Member

    return str(Member.objects.filter(unit=unit, roles__contains=["staff"]).values_list("user__username", flat=True)[0])


def test_clocks_come_alike_both_ways(world: Callable[..., World]) -> None:
    """Beside the locked case as JSON, or as rows of their own."""
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    case = city.file(title="路灯不亮", body="学府路的路灯坏了三天，晚上看不清路。")
    with casework(case, by=city.who("dispatch1")) as work:
        beside = work.timers
        assert len(beside) >= 3
        work._timers = None
        assert work.timers == beside

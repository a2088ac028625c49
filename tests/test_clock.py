"""The clock moves for the code inside the `with`, stands still there, and comes back."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from minsheng import clock

NAIVE = datetime.fromisoformat("2026-01-01T00:00:00")
EVE = datetime(2026, 9, 30, 16, 0, tzinfo=clock.BEIJING)


def wall_clock() -> float:
    return time.clock_gettime(time.CLOCK_REALTIME)


def test_now_is_aware_utc_and_runs() -> None:
    before = datetime.fromtimestamp(wall_clock(), UTC)
    seen = clock.now()
    assert seen.tzinfo is UTC
    assert before <= seen <= datetime.fromtimestamp(wall_clock(), UTC)


def test_moved_stands_still_and_advances() -> None:
    with clock.moved(EVE):
        assert clock.now() == EVE
        assert clock.now().tzinfo is UTC
        assert clock.advance(timedelta(hours=72)) == EVE + timedelta(hours=72)
        assert clock.now() == EVE + timedelta(hours=72)
    assert clock.now() != EVE + timedelta(hours=72)


def test_moves_nest_and_come_back() -> None:
    with clock.moved(EVE):
        with clock.moved(EVE + timedelta(days=1)):
            clock.advance(timedelta(minutes=3))
        assert clock.now() == EVE


def test_comes_back_after_an_error() -> None:
    with pytest.raises(KeyError), clock.moved(EVE):
        raise KeyError
    assert abs(clock.now() - datetime.fromtimestamp(wall_clock(), UTC)) < timedelta(minutes=1)


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.moved(datetime(1999, 1, 1, tzinfo=UTC)):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0].year > 1999


def test_local_is_beijing() -> None:
    assert clock.local(datetime(2026, 9, 30, 16, 30, tzinfo=UTC)).isoformat() == "2026-10-01T00:30:00+08:00"


@pytest.mark.parametrize("call", [lambda: clock.local(NAIVE), lambda: clock.moved(NAIVE).__enter__()])
def test_naive_times_are_refused(call) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="no time zone"):
        call()


def test_advance_needs_a_moved_clock_and_goes_forward_only() -> None:
    with pytest.raises(RuntimeError):
        clock.advance(timedelta(1))
    with clock.moved(EVE), pytest.raises(ValueError):
        clock.advance(timedelta(seconds=-1))

"""The only reader of the wall clock: everything that happens, happens at `clock.now()`.

Times are aware and in UTC inside the program; `local` shows them as Beijing time. Tests and imports of old cases move the clock with
`moved` (which then stands still) and `advance` (which pushes it on), so that a command runs "at" the time of what it files.
The move lives in a context variable: it holds for the code inside the `with`, never for another thread or request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")

_moved_to: ContextVar[datetime | None] = ContextVar("minsheng_clock_moved_to", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC. A command reads it once."""
    return _moved_to.get() or datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment on a Beijing clock. A naive time is refused, because nobody knows which clock it was read from."""
    return _aware(moment).astimezone(BEIJING)


@contextmanager
def moved(to: datetime) -> Iterator[None]:
    """Stop the clock at `to` inside the `with`; it stands there until `advance` pushes it on."""
    token = _moved_to.set(_aware(to).astimezone(UTC))
    try:
        yield
    finally:
        _moved_to.reset(token)


def advance(by: timedelta) -> datetime:
    """Push a moved clock on and return the new time. The real clock is nobody's to push: outside `moved` this is an error."""
    standing = _moved_to.get()
    if standing is None:
        raise RuntimeError("the clock runs by itself: call clock.advance(…) inside `with clock.moved(…)`")
    if by < timedelta(0):
        raise ValueError(f"time only goes on: cannot advance by {by}")
    later = standing + by
    _moved_to.set(later)
    return later


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} says no time zone: use an aware time, such as datetime(…, tzinfo=BEIJING)")
    return moment

"""记住的: what a process keeps in memory for a while, so that a page asked for by thousands is worked out once. Bounded, and never a person's own.

Time is the clock of the trade, so that a story that moves the clock sees what a reader at that hour would see. Threads may share it: a value
that two of them miss at once is worked out twice, which harms nobody.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")

_all: list["Kept[object]"] = []


class Kept(Generic[V]):
    """Values by key, each until a moment; at most `most` of them, the oldest go first."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._values: dict[Hashable, tuple[V, datetime, datetime]] = {}
        _all.append(self)  # type: ignore[arg-type]

    def get(self, key: Hashable, now: datetime) -> V | None:
        """The value, if it still holds at `now` (a clock set back finds nothing either)."""
        found = self._values.get(key)
        return found[0] if found is not None and found[1] <= now < found[2] else None

    def put(self, key: Hashable, value: V, now: datetime, until: datetime) -> None:
        """Keep a value made at `now` until a moment."""
        while len(self._values) >= self._most:
            try:
                del self._values[next(iter(self._values))]
            except (KeyError, StopIteration, RuntimeError):  # another thread was at it
                break
        self._values[key] = (value, now, until)

    def for_a_while(self, key: Hashable, make: Callable[[], V], now: datetime, seconds: float) -> V:
        """The value, made anew when the one that is kept is older than so many seconds."""
        found = self._values.get(key)
        if found is not None and found[1] <= now < found[2]:
            return found[0]
        value = make()
        self.put(key, value, now, now + timedelta(seconds=seconds))
        return value

    def clear(self) -> None:
        """Keep nothing."""
        self._values.clear()

    def __len__(self) -> int:
        return len(self._values)


def forget() -> None:
    """Everything that any part keeps in this process (between tests)."""
    for kept in _all:
        kept.clear()

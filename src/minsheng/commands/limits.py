"""限频: how often one address may do something, counted in the memory of this process; no row is written to say no.

N server processes allow up to N times as much. Sign-in and text messages are counted in rows instead, because there that would matter.
The counters are bounded: under a flood of addresses the longest unused ones are forgotten first.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from django.conf import settings

from minsheng.domain.errors import TooMany

KEPT = 20_000  # counters per limit; some 200 bytes each


@dataclass(slots=True)
class Limit:
    """At most `times` within `seconds` for each key, in windows that begin with the first use."""

    times: int
    seconds: int
    _used: "OrderedDict[str, tuple[float, int]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str) -> None:
        """Count one use, or raise `TooMany` with the seconds to wait. A refused use is not counted."""
        self.check(key)
        self.count(key)

    def check(self, key: str) -> None:
        """Raise `TooMany` when nothing is left."""
        if not on():
            return
        with self._lock:
            began, used = self._window(key)
        if used >= self.times:
            wait = max(1, round(began + self.seconds - time.monotonic()))
            raise TooMany(retry_after=wait, zh=f"操作太频繁了，请过{_words(wait)}再试。", en=f"Too many attempts. Please try again in {wait} seconds.")

    def count(self, key: str) -> None:
        """Count one use without asking."""
        with self._lock:
            began, used = self._window(key)
            self._used[key] = (began, used + 1)
            self._used.move_to_end(key)
            while len(self._used) > KEPT:
                self._used.popitem(last=False)

    def forget(self) -> None:
        """Start anew (tests)."""
        with self._lock:
            self._used.clear()

    def _window(self, key: str) -> tuple[float, int]:
        now = time.monotonic()
        began, used = self._used.get(key, (now, 0))
        return (now, 0) if now - began >= self.seconds else (began, used)


FILING = (Limit(10, 60), Limit(60, 3600))
"""收件, per address."""
SUPPORTING = (Limit(10, 60), Limit(60, 3600))
"""我也遇到, per address."""
UPLOADS = (Limit(60, 60), Limit(300, 3600))
"""照片、视频、录音, per address: a form may hold thirteen, and many phones share one address."""
TRANSCRIBING = (Limit(6, 60), Limit(60, 3600))
"""录音转文字, per address."""
JUDGING = (Limit(30, 3600),)
"""有用 / 没用, per address."""
SUGGESTIONS = (Limit(60, 60), Limit(600, 3600))
"""提示 while somebody writes, per address: one each time the typing stops."""
GUESSES = (Limit(10, 600),)
"""Wrong secrets, per case and address."""
GUESSES_AT_ALL = (Limit(60, 600),)
"""Wrong secrets, per address, whatever the case."""
MISSES = (Limit(20, 600), Limit(60, 3600))
"""没搜到, per address."""
MISSES_AT_ALL = (Limit(2_000, 3600),)
"""没搜到, from everybody together: the list cannot be flooded."""
PRINTING = (Limit(10, 600), Limit(60, 12 * 3600))
"""印牌子, per person."""
SHEETS = (Limit(60, 600), Limit(600, 12 * 3600))
"""打印办理单、批办单, files per person."""

ALL = (
    *FILING,
    *SUPPORTING,
    *UPLOADS,
    *TRANSCRIBING,
    *JUDGING,
    *SUGGESTIONS,
    *GUESSES,
    *GUESSES_AT_ALL,
    *MISSES,
    *MISSES_AT_ALL,
    *PRINTING,
    *SHEETS,
)


def on() -> bool:
    """Are limits counted? A bench switches them off: it comes from one address."""
    return bool(settings.MINSHENG_LIMITS)


def take(limits: tuple[Limit, ...], key: str) -> None:
    """Count one use in each of these limits, or raise `TooMany` and count it in none."""
    for limit in limits:
        limit.check(key)
    for limit in limits:
        limit.count(key)


def _words(seconds: int) -> str:
    return f" {seconds} 秒" if seconds < 90 else f" {-(-seconds // 60)} 分钟"

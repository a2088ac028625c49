"""走访、巡查: what a grid worker writes down on a phone, often without a network, and what a phone says about the sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from minsheng.domain.calendar import BEIJING

#: 问题属实吗: what was found on the spot.
TRUTH = {"true": "属实", "partly": "部分属实", "untrue": "不属实", "absent": "没见到人，没看成"}
#: 接下来: what becomes of the case after a visit; the moves of the table.
NEXT = {"progress": "还要再来，先记进展", "answer": "办好了，发出答复", "escalate": "我们办不了，交给上一级"}
#: 巡查结果: what a look at a spot found.
RESULTS = {"fine": "没问题", "fixed": "当场弄好了", "filed": "报了一件"}

#: How long something may have lain on a phone before its time counts for nothing, and by how much a phone's clock may be fast.
OLDEST, FAST = timedelta(hours=48), timedelta(minutes=2)
#: What comes in within this time was sent at once.
AT_ONCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a phone says about one thing it sends. key: its own name for it, so that it is recorded once however often it comes.

    done_at: when it was done, by the phone's clock; None from a page without scripts.
    """

    key: str
    done_at: datetime | None = None

    def believed(self, now: datetime) -> datetime | None:
        """The phone's time, where it can be true: not in the future, not older than two days."""
        if self.done_at is None or not now - OLDEST <= self.done_at <= now + FAST:
            return None
        return min(self.done_at, now)

    def said(self, now: datetime) -> str:
        """What is added to the text of the entry; empty for what was sent at once. Deadlines go by the time at which it came in, whatever a phone says."""
        if self.done_at is None:
            return ""
        believed = self.believed(now)
        if believed is None:
            return f"（手机说是 {_words(self.done_at)} 做的，差得太多，以收到的时间为准）"
        return "" if now - believed < AT_ONCE else f"（{_words(believed)} 做的，后来才有网络）"


def _words(moment: datetime) -> str:
    local = moment.astimezone(BEIJING)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"

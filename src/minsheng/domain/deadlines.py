"""Clocks 时限: one table of what starts, meets, pauses and ends each of them, and one Timer that counts.

Lateness comes from timestamps, never from when the sweep ran.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from minsheng.domain.calendar import Calendar, DayOff, beijing_day, due_day, end_of

Unit = Literal["minutes", "days", "working_days", "duty_minutes"]
_UNITS: dict[str, tuple[Unit, int]] = {
    "minute": ("minutes", 1),
    "hour": ("minutes", 60),
    "day": ("days", 1),
    "week": ("days", 7),
    "working day": ("working_days", 1),
    "duty minute": ("duty_minutes", 1),
    "duty hour": ("duty_minutes", 60),
}
_UNITS_ZH = {
    "minute": "分钟",
    "hour": "小时",
    "day": "天",
    "week": "周",
    "working day": "个工作日",
    "duty minute": "分钟（上班时间）",
    "duty hour": "小时（上班时间）",
}
_DURATION = re.compile(r"(\d+) (working day|duty minute|duty hour|minute|hour|day|week)s?$")


@dataclass(frozen=True, slots=True)
class Duration:
    """How long: "30 minutes", "72 hours", "7 days", "5 working days", "4 duty hours", or "same day"."""

    text: str
    unit: Unit
    amount: int

    @classmethod
    @lru_cache(maxsize=512)
    def parse(cls, text: str) -> "Duration":
        """Read the words of a profile. ValueError says what is allowed."""
        if text == "same day":
            return cls(text, "days", 0)
        match = _DURATION.fullmatch(text)
        if match is None:
            raise ValueError(f"“{text}” is no duration: write 30 minutes, 72 hours, 7 days, 1 week, 5 working days, 4 duty hours or same day")
        unit, factor = _UNITS[match[2]]
        return cls(text, unit, int(match[1]) * factor)

    @property
    def zh(self) -> str:
        """In Chinese, for screens."""
        if self.text == "same day":
            return "当天"
        number, word = self.text.split(" ", 1)
        return f"{number} {_UNITS_ZH[word.removesuffix('s')]}"

    @property
    def whole_days(self) -> bool:
        """Whether countable time means whole working days rather than duty hours."""
        return self.unit == "working_days"


@dataclass(frozen=True, slots=True)
class Count:
    """Where a duration leads: the due moment, the days that did not count, the years counted provisionally."""

    due: datetime
    skipped: tuple[DayOff, ...] = ()
    provisional: tuple[int, ...] = ()


def count(start: datetime, duration: Duration, calendar: Calendar) -> Count:
    """When `duration` from `start` is over.

    Minutes and hours are exact. Days and working days fall due at 24:00 Beijing time of the n-th day after the start date
    (the legal habit: the start day never counts, whatever the hour).
    """
    if duration.unit == "minutes":
        return Count(start + timedelta(minutes=duration.amount))
    if duration.unit == "days":
        return Count(end_of(beijing_day(start) + timedelta(days=duration.amount)))
    if duration.unit == "working_days":
        if duration.amount == 0:
            return Count(end_of(beijing_day(start)))
        day, skipped = calendar.nth_working_day(beijing_day(start), duration.amount)
        return Count(end_of(day), skipped, _unpublished(start, end_of(day), calendar))
    due, skipped = calendar.after(start, timedelta(minutes=duration.amount), whole_days=False)
    return Count(due, skipped, _unpublished(start, due, calendar))


def _unpublished(start: datetime, due: datetime, calendar: Calendar) -> tuple[int, ...]:
    years = range(beijing_day(start).year, due_day(due).year + 1)
    return tuple(year for year in years if not calendar.is_published(beijing_day(start).replace(year=year, day=1)))


def remaining(moment: datetime, due: datetime, duration: Duration, calendar: Calendar) -> timedelta:
    """Time left at `moment`, in the clock's own countable time; never negative."""
    if moment >= due:
        return timedelta()
    if duration.unit in ("minutes", "days"):
        return due - moment
    return calendar.time_between(moment, due, whole_days=duration.whole_days)


def resumed(moment: datetime, left: timedelta, duration: Duration, calendar: Calendar) -> datetime:
    """The due moment when `left` goes on from `moment`. Working days end at 24:00 of their day: rounded up, never down."""
    if duration.unit in ("minutes", "days"):
        return moment + left
    due, _ = calendar.after(moment, left, whole_days=duration.whole_days)
    if duration.whole_days:
        due = end_of(due_day(due))
    return due


@dataclass(frozen=True, slots=True)
class Clock:
    """One row of the table of clocks.

    per: "case" (the citizen's promise, never restarts on dispatch or send-back), "order" (one unit's duty) or "subject"
    (an approval or a measure). `due_key`: the due moment is not counted but given in the event's data under this key.
    `desk`: the duty of the centre, not of the unit that holds the case.
    """

    kind: str
    zh: str
    per: Literal["case", "lead", "co", "subject"]
    start: frozenset[str]
    met_by: frozenset[str]
    unmet_by: frozenset[str] = frozenset()
    paused_by: frozenset[str] = frozenset()
    resumed_by: frozenset[str] = frozenset()
    ended_by: frozenset[str] = frozenset()
    due_key: str = ""
    public: bool = False
    desk: bool = False


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: A merged case rests: its clocks are paused, and go on when it is taken apart again (reactions.after).
_OUT = "decline refer withdraw"
_NEW_ORDER = "dispatch rule reassign forward escalate reopen"

# fmt: off
_CLOCKS = (
    Clock("dispatch",  "派单",     "case",    _set("receive send_back reopen"), _set("dispatch rule"),
          ended_by=_set(_OUT + " answer_at_once close"), desk=True),
    Clock("claim",     "认领",     "lead",    _set(_NEW_ORDER),           _set("claim contact")),
    Clock("contact",   "首次联系", "lead",    _set(_NEW_ORDER),           _set("contact"), public=True),
    Clock("co_handle", "协办",     "co",      _set("co_handle " + _NEW_ORDER), _set("contribute")),
    Clock("answer",    "答复",     "case",    _set("receive reopen"),     _set("reply answer answer_at_once"), unmet_by=_set("return_answer"),
          paused_by=_set("park"), resumed_by=_set("unpark reassign"), ended_by=_set(_OUT + " close"), public=True),
    Clock("close",     "办结",     "case",    _set("receive reopen"),     _set("close"), paused_by=_set("park answer answer_at_once"),
          resumed_by=_set("unpark reassign return_answer"),
          ended_by=_set(_OUT), public=True),
    Clock("quality",   "质检",     "case",    _set("answer"),             _set("pass_check return_answer"),
          ended_by=_set(_OUT + " close reopen park"), desk=True),
    Clock("callback",  "回访",     "case",    _set("pass_check answer_at_once rate"), _set("call_back"),
          ended_by=_set(_OUT + " reopen return_answer park"), desk=True),
    Clock("confirm",   "办结确认", "case",    _set("pass_check answer_at_once"), _set("close"), ended_by=_set(_OUT + " reopen return_answer park")),
    Clock("ruling",    "裁定",     "case",    _set("send_back"),          _set("rule dispatch"),
          ended_by=_set(_OUT + " answer_at_once"), desk=True),
    Clock("interim",   "代管期",   "case",    _set("rule"),               _set("close"),
          ended_by=_set(_OUT + " rule reassign forward escalate send_back"), due_key="interim_until", desk=True),
    Clock("review",    "挂账复查", "case",    _set("park"),               _set("unpark"), ended_by=_set(_OUT + " reassign"), due_key="review_at"),
    Clock("promise",   "承诺",     "case",    _set("reply"),              _set("answer"), unmet_by=_set("return_answer"),
          ended_by=_set(_OUT + " send_back park"), due_key="promised_at", public=True),
    Clock("approval",  "审批",     "subject", _set("approval_asked"),     _set("approval_granted approval_refused"), ended_by=_set("approval_lapsed")),
    Clock("measure",   "措施答复", "subject", _set("measure_opened measure_returned"), _set("measure_answered"),
          ended_by=_set("measure_closed measure_withdrawn"), due_key="answer_by"),
)
# fmt: on

CLOCKS = {clock.kind: clock for clock in _CLOCKS}

#: Clocks that are promises: passing them counts as missed. The others only say when something happens by itself.
PROMISES = frozenset(CLOCKS) - {"confirm", "interim", "review"}

#: A request is called late (已超时) in the hall and on its page when one of these has passed. The others stand on its page, each by itself.
LATE_BY = ("answer", "close", "promise")


@dataclass(slots=True)
class Timer:
    """One running clock of one case. Mutable; the row of the database mirrors its fields.

    steps: what happens when, in order of time: [{"at": datetime, "name": …, …}], fired once each.
    explanation: why it is due when it is due, ready for JSON.
    """

    kind: str
    started_at: datetime
    due_at: datetime
    duration: str
    round: int
    order: int | None = None
    subject: int | None = None
    met_at: datetime | None = None
    ended_at: datetime | None = None
    paused_at: datetime | None = None
    steps: list[dict[str, Any]] = field(default_factory=list)
    explanation: dict[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Counting now: neither met nor ended nor paused."""
        return self.met_at is None and self.ended_at is None and self.paused_at is None

    @property
    def next_at(self) -> datetime | None:
        """When the sweep must look at it next; None when nothing is left to fire."""
        return self.steps[0]["at"] if self.running and self.steps else None

    def late(self, now: datetime) -> bool:
        """Was it (or is it by now) missed? A due time is kept when met at or before it."""
        # What was paused when it was met stands at the moment of the pause: time that waits for others is not the unit's.
        end = self.paused_at or self.met_at or self.ended_at or now
        return end > self.due_at

    def meet(self, now: datetime) -> None:
        """The promise was kept or broken; either way the clock stands."""
        self.met_at = now

    def unmeet(self) -> None:
        """A failed answer never met its clock: it runs on as if it had not been met."""
        self.met_at = None

    def end(self, now: datetime, *, why: str) -> None:
        """The clock has lost its object (withdrawn, referred, other unit)."""
        self.ended_at = now
        self.explanation["ended"] = why

    def pause(self, now: datetime, *, why: str, calendar: Calendar) -> None:
        """Stop counting; the remaining time is kept."""
        left = remaining(now, self.due_at, Duration.parse(self.duration), calendar)
        self.paused_at = now
        self.explanation.setdefault("pauses", []).append({"from": now.isoformat(), "why": why, "remaining_minutes": int(left.total_seconds() // 60)})

    def resume(self, now: datetime, *, calendar: Calendar) -> None:
        """Go on with the remaining time. What was overdue stays as overdue as it was; nothing escalates at once."""
        if self.paused_at is None:
            return
        paused, duration = self.paused_at, Duration.parse(self.duration)
        if paused >= self.due_at:
            due = self.due_at + (now - paused)
        else:
            due = resumed(now, remaining(paused, self.due_at, duration, calendar), duration, calendar)
        self.explanation["pauses"][-1]["to"] = now.isoformat()
        self.paused_at = None
        self._move_due(due)

    def extend(self, by: Duration, *, why: str, calendar: Calendar) -> None:
        """Later by `by`, with consent. Counted from the old due time."""
        base = self.due_at if by.unit in ("minutes", "duty_minutes") else self.due_at - timedelta(microseconds=1)
        due = count(base, by, calendar).due
        self.explanation.setdefault("extensions", []).append({"by": by.text, "why": why, "from": self.due_at.isoformat(), "to": due.isoformat()})
        self._move_due(due)

    def excuse(self, start: datetime, end: datetime) -> bool:
        """Time in which the platform itself was down is not the unit's: what was left when it went down is left when it is back. True when it moved."""
        span = end - max(start, self.started_at)
        if start >= self.due_at or span <= timedelta():
            return False
        self.explanation.setdefault("excused", []).append({"from": start.isoformat(), "to": end.isoformat(), "minutes": int(span.total_seconds() // 60)})
        self._move_due(self.due_at + span)
        return True

    def replace(self, fresh: "Timer", *, why: str, now: datetime, calendar: Calendar) -> None:
        """Another rule fits now: counted anew from the same start. What was consented to, paused or excused stays granted; a miss stays a miss."""
        granted = self.due_at - count(self.started_at, Duration.parse(self.duration), calendar).due
        fresh._move_due(fresh.due_at + granted)
        kept: dict[str, Any] = {name: self.explanation[name] for name in ("missed", "extensions", "pauses", "excused") if name in self.explanation}
        changed = {"from": self.due_at.isoformat(), "to": fresh.due_at.isoformat(), "by": why}
        self.explanation = {**fresh.explanation, **kept, "changed": [*self.explanation.get("changed", ()), changed]}
        self.due_at, self.duration = fresh.due_at, fresh.duration
        if self.due_at <= now and "missed" not in kept:
            # Overdue by the change itself: late it is, but nobody could act on it before now, so the ladder begins at its foot.
            self.steps = [{**step, "at": step["at"] + (now - self.due_at)} for step in fresh.steps if step["at"] >= self.due_at]
        else:
            self.steps = [step for step in fresh.steps if step["at"] > now]

    def recompute(self, calendar: Calendar) -> bool:
        """Count again from the start (a calendar was published). True when the due time changed. Extended or paused clocks keep theirs."""
        if self.met_at or self.ended_at or self.explanation.keys() & {"pauses", "extensions", "excused"}:
            return False
        fresh = count(self.started_at, Duration.parse(self.duration), calendar)
        self.explanation.update(describe(fresh))
        if not fresh.provisional:
            self.explanation.pop("provisional", None)
        if fresh.due == self.due_at:
            return False
        self._move_due(fresh.due)
        return True

    def reached(self, now: datetime) -> list[dict[str, Any]]:
        """Take the steps whose time has come. Only the last of them is to be acted on; the others were overtaken."""
        taken = [step for step in self.steps if step["at"] <= now]
        self.steps = self.steps[len(taken) :]
        return taken

    def _move_due(self, due: datetime) -> None:
        shift = due - self.due_at
        self.due_at = due
        self.explanation["due"] = due.isoformat()
        for step in self.steps:
            step["at"] += shift


_OFFSET = re.compile(r"([+-]) ?(.+)$")
_PERCENT = re.compile(r"(\d{1,2})%$")


def offset(text: str, *, start: datetime, due: datetime, calendar: Calendar) -> datetime:
    """The moment of a step: "80%" of the time gone, "-4 hours" before due, "+0", "+24 hours", "+1 working day" after. ValueError if unreadable."""
    percent = _PERCENT.fullmatch(text)
    if percent:
        return start + (due - start) * int(percent[1]) / 100
    signed = _OFFSET.fullmatch(text)
    if signed is None:
        raise ValueError(f"“{text}” is no offset: write 80%, -4 hours, +0, +24 hours or +1 working day")
    if signed[2] == "0":
        return due
    span = Duration.parse(signed[2])
    if signed[1] == "-":
        if span.unit not in ("minutes", "days"):
            raise ValueError(f"“{text}”: before the due time only minutes, hours, days or a percentage can be named")
        return due - (timedelta(minutes=span.amount) if span.unit == "minutes" else timedelta(days=span.amount))
    base = due if span.unit in ("minutes", "duty_minutes") else due - timedelta(microseconds=1)
    return count(base, span, calendar).due


def describe(counted: Count) -> dict[str, Any]:
    """The part of an explanation that comes from counting."""
    found: dict[str, Any] = {
        "due": counted.due.astimezone(UTC).isoformat(),
        "skipped": [{"day": off.day.isoformat(), "why": off.why} for off in counted.skipped],
    }
    if counted.provisional:
        found["provisional"] = list(counted.provisional)
    return found

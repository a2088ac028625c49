"""Working days, 调休 and opening hours, behind one small face. All days are Beijing days.

The seed is the kept library `holidays` (CN, with make-up workdays). A year whose 调休 the State Council has not announced is
`not published yet`: days of it are still counted (weekends and fixed holidays), but the result says that it is provisional.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from minsheng.domain.errors import NotPublished

BEIJING = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
WEEKDAYS = "一二三四五六日"

Period = tuple[time, time]


@lru_cache(maxsize=64)
def _seed(year: int) -> tuple[Mapping[date, str], frozenset[date]]:
    """(holidays with their names, make-up workdays) of one year."""
    found = holidays.country_holidays("CN", years=year, language="zh_CN")
    return {day: str(name) for day, name in found.items() if day.year == year}, frozenset(d for d in found.weekend_workdays if d.year == year)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day that was not counted, and why."""

    day: date
    why: str


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which days and hours count.

    published: years whose 调休 is announced. overrides: day → (works?, reason), wins over the seed.
    duty: periods of a working day, Beijing time, in order, not overlapping.
    """

    published: frozenset[int]
    overrides: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    duty: tuple[Period, ...] = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))

    def is_published(self, day: date) -> bool:
        """Is the year's 调休 announced?"""
        return day.year in self.published or day in self.overrides

    def demand_published(self, day: date) -> None:
        """Raise NotPublished for a day of a year that is not announced."""
        if not self.is_published(day):
            raise NotPublished(day.year)

    def why_off(self, day: date) -> str | None:
        """The reason why `day` is no working day; None on a working day."""
        if day in self.overrides:
            works, reason = self.overrides[day]
            return None if works else reason
        days, makeup = _seed(day.year)
        if day in makeup:
            return None
        if day in days:
            return days[day]
        return f"周{WEEKDAYS[day.weekday()]}" if day.weekday() >= 5 else None

    def works(self, day: date) -> bool:
        """Is `day` a working day?"""
        return self.why_off(day) is None

    def nth_working_day(self, day: date, n: int) -> tuple[date, tuple[DayOff, ...]]:
        """The n-th working day after `day` (n ≥ 1; `day` itself never counts) and the days skipped on the way."""
        skipped: list[DayOff] = []
        while n > 0:
            day += DAY
            why = self.why_off(day)
            if why is None:
                n -= 1
            else:
                skipped.append(DayOff(day, why))
        return day, tuple(skipped)

    def periods(self, day: date, *, whole_days: bool) -> Iterator[tuple[datetime, datetime]]:
        """Countable stretches of one day as aware datetimes: the whole day, or the duty periods; none on a day off."""
        if not self.works(day):
            return
        if whole_days:
            yield midnight(day), midnight(day + DAY)
            return
        for start, end in self.duty:
            yield datetime.combine(day, start, BEIJING), datetime.combine(day, end, BEIJING)

    def time_between(self, start: datetime, end: datetime, *, whole_days: bool) -> timedelta:
        """Countable time in [start, end)."""
        total = timedelta()
        day = start.astimezone(BEIJING).date()
        while midnight(day) < end:
            for opens, closes in self.periods(day, whole_days=whole_days):
                total += max(timedelta(), min(closes, end) - max(opens, start))
            day += DAY
        return total

    def after(self, start: datetime, span: timedelta, *, whole_days: bool) -> tuple[datetime, tuple[DayOff, ...]]:
        """The moment when `span` of countable time has passed since `start`, and the days skipped on the way."""
        skipped: list[DayOff] = []
        day = start.astimezone(BEIJING).date()
        left = span
        for _ in range(4000):
            why = self.why_off(day)
            if why is not None:
                skipped.append(DayOff(day, why))
            for opens, closes in self.periods(day, whole_days=whole_days):
                usable = closes - max(opens, start)
                if usable <= timedelta():
                    continue
                if left <= usable:
                    return (max(opens, start) + left).astimezone(UTC), tuple(skipped)
                left -= usable
            day += DAY
        raise ValueError("no working time within ten years: check the duty hours")


def midnight(day: date) -> datetime:
    """00:00 Beijing time at the beginning of `day`."""
    return datetime.combine(day, time(0), BEIJING)


def end_of(day: date) -> datetime:
    """24:00 Beijing time of `day`, in UTC (the same instant as 00:00 of the next day)."""
    return midnight(day + DAY).astimezone(UTC)


def beijing_day(moment: datetime) -> date:
    """The Beijing date on which `moment` lies."""
    return moment.astimezone(BEIJING).date()


def due_day(due: datetime) -> date:
    """The Beijing date that people name for a due time: 24:00 belongs to the day that ends."""
    return beijing_day(due - timedelta(microseconds=1))


def parse_hours(text: str) -> tuple[Period, ...]:
    """Parse "08:30-12:00,14:00-17:30" into periods. ValueError says what is wrong."""
    periods: list[Period] = []
    for part in text.replace(" ", "").split(","):
        opens, dash, closes = part.partition("-")
        if not dash:
            raise ValueError(f"“{part}” is not a period like 08:30-12:00")
        start, end = time.fromisoformat(opens), time.fromisoformat(closes)
        if start >= end or (periods and start < periods[-1][1]):
            raise ValueError(f"“{part}” ends before it begins or overlaps the period before")
        periods.append((start, end))
    return tuple(periods)

"""日历调整: days that administrators have set, and the running clocks that a day touches."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from minsheng.domain.calendar import Calendar, end_of, midnight
from minsheng.models.deadline import Deadline
from minsheng.models.places import CalendarDay
from minsheng.queries import rules as rulebook

#: Clocks that are counted one by one before a day is saved; beyond that the page says "at least".
COUNTED = 5000


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change of a day would do now: clocks that move, whether there are more than were counted, clocks that keep theirs, cases to be looked at."""

    moving: int
    more: bool
    staying: int
    cases: int


def listed() -> list[CalendarDay]:
    """Every day that was set, the latest first."""
    return list(CalendarDay.objects.order_by("-day")[:200])


def one(day: date) -> CalendarDay | None:
    """How a day was set, if it was."""
    return CalendarDay.objects.filter(pk=day).first()


def calendar_with(day: date, *, works: bool | None, because: str) -> Calendar:
    """Today's calendar, with this day set so; works None: as the published calendar has it."""
    days = rulebook.today().days
    overrides = {known: value for known, value in days.overrides.items() if known != day} if works is None else {**days.overrides, day: (works, because)}
    if works is None and day in rulebook.days().overrides:
        overrides[day] = rulebook.days().overrides[day]
    return Calendar(published=days.published, overrides=overrides, duty=rulebook.today().profile.calendar.periods)


def touched(day: date, calendar: Calendar) -> Touched:
    """How many running clocks would move under this calendar. At most COUNTED are looked at."""
    rows = list(_over(day).order_by("id")[: COUNTED + 1])
    moving = staying = 0
    for row in rows[:COUNTED]:
        timer = row.timer()
        before = timer.due_at
        if timer.recompute(calendar) and timer.due_at != before:
            moving += 1
        elif timer.explanation.keys() & {"pauses", "extensions", "excused"}:
            staying += 1
    cases = _over(day).aggregate(n=Count("case", distinct=True))["n"] if len(rows) > COUNTED else len({row.case_id for row in rows})
    return Touched(moving, len(rows) > COUNTED, staying, cases)


def cases_over(day: date, *, after: int, limit: int) -> list[int]:
    """Cases with a running clock that spans the day, by their keys."""
    found = _over(day).filter(case__gt=after).order_by("case").values_list("case", flat=True).distinct()
    return list(found[:limit])


def _over(day: date) -> "QuerySet[Deadline, Deadline]":
    """Clocks in working time that run, began before the day was over, and are due on it or later."""
    working = Q(duration__contains="working") | Q(duration__contains="duty")
    return Deadline.objects.filter(working, met_at=None, ended_at=None, paused_at=None, started_at__lt=end_of(day), due_at__gt=midnight(day))


def holidays(calendar: Calendar, *, first: date, days: int) -> list[tuple[date, bool, str | None]]:
    """(day, works?, why not) of a stretch of days."""
    return [(day, calendar.works(day), calendar.why_off(day)) for day in (first + timedelta(days=n) for n in range(days))]

"""日历调整: a day works or does not, against the published calendar, by a notice that is named. Running deadlines are counted again by the worker."""

from datetime import date, timedelta

from minsheng import clock
from minsheng.commands.acts import record
from minsheng.commands.administering import carrying
from minsheng.commands.administering.ground import BadRow, changing, demand_seen
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound, WrongState
from minsheng.domain.text import line
from minsheng.models.places import CalendarDay
from minsheng.models.staff import Act
from minsheng.models.work import BulkJob
from minsheng.queries import calendar_days

PREFIX = "day:"
#: A notice may come late, and may come early.
BACK, AHEAD = timedelta(days=60), timedelta(days=800)
Cells = dict[str, str]


def set_day(day: date, *, works: bool, because: str, seen: int | None, by: Actor) -> int | None:
    """定一天: it works, or it does not. Returns the job that counts running deadlines again; None where none is touched."""
    today = clock.local(clock.now()).date()
    if not today - BACK <= day <= today + AHEAD:
        raise BadRow({"day": (f"日子要在 {today - BACK} 到 {today + AHEAD} 之间。", f"The day must lie between {today - BACK} and {today + AHEAD}.")})
    because = line(because, limit=120, name="because")
    with changing(by=by) as bench:
        bench.demand(None)
        before = cells(day)
        demand_seen(before, seen)
        if calendar_days.calendar_with(day, works=None, because="").works(day) is works:
            already = ("本来就是工作日", "is a working day already") if works else ("本来就不上班", "is a day off already")
            raise BadRow(
                {"works": (f"这一天{already[0]}，不用调整；原来的调整可以直接去掉。", f"This day {already[1]}; an earlier override can be taken away.")}
            )
        CalendarDay.objects.update_or_create(day=day, defaults={"works": works, "because": because, "by": by.tag, "at": clock.now()})
        after = cells(day)
        if after == before:
            raise BadRow({"": ("没有改动任何一项，所以没有保存。", "Nothing was changed, so nothing was saved.")})
        record("calendar", by=by, subject=f"{PREFIX}{day}", before=before, after=after)
        return _recount(day, by)


def clear_day(day: date, *, seen: int | None, by: Actor) -> int | None:
    """去掉调整: the day is again what the published calendar says."""
    with changing(by=by) as bench:
        bench.demand(None)
        before = cells(day)
        if before is None:
            raise NotFound("这一天没有调整过。", "This day was not set.")
        demand_seen(before, seen)
        CalendarDay.objects.filter(pk=day).delete()
        record("calendar", by=by, subject=f"{PREFIX}{day}", before=before, after=None)
        return _recount(day, by)


def put_day_back(act: int, *, by: Actor) -> int | None:
    """改回去: the day as it was before this change, as a new change."""
    found = Act.objects.filter(pk=act, kind="calendar", subject__startswith=PREFIX).first()
    if found is None:
        raise NotFound("没有这条记录。", "There is no such record.")
    day = date.fromisoformat(found.subject.removeprefix(PREFIX))
    with changing(by=by) as bench:
        bench.demand(None)
        now = cells(day)
        if now != found.after:
            raise WrongState("这一天后来又改过，请从最近一次改动开始，一步一步改回去。", "This was changed again later: undo the latest change first.")
        if found.before is None:
            CalendarDay.objects.filter(pk=day).delete()
        else:
            values = {"works": found.before["works"] == "yes", "because": found.before["because"], "by": by.tag, "at": clock.now()}
            CalendarDay.objects.update_or_create(day=day, defaults=values)
        record("calendar", by=by, subject=f"{PREFIX}{day}", before=now, after=cells(day))
        return _recount(day, by)


def cells(day: date) -> Cells | None:
    """A day as an act of the record holds it."""
    row = calendar_days.one(day)
    return {"works": "yes" if row.works else "no", "because": row.because} if row is not None else None


def day_of(job: BulkJob) -> date:
    """Which day a job of counting again is about."""
    return date.fromisoformat(str(job.data["day"]))


def _recount(day: date, by: Actor) -> int | None:
    """The worker counts again; nothing to do where no running clock spans the day."""
    if not calendar_days.cases_over(day, after=0, limit=1):
        return None
    touched = calendar_days.cases_over(day, after=0, limit=calendar_days.COUNTED)
    return carrying.begin("adm_recount", codes=[], data={"day": day.isoformat()}, total=len(touched), by=by)

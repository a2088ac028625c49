"""日历调整: days that were set, a day to be set with what that would move, and the way back."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import clock
from minsheng.commands.administering import days
from minsheng.commands.administering.ground import mark
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.queries import calendar_days, directory_history
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.web import frame
from minsheng.web.desk.admin.frame import administrators, day, errors, page, within
from minsheng.web.formats import WEEKDAYS

_WORKS = {"yes": "上班", "no": "不上班"}
#: Weeks shown in the little calendar.
WEEKS = 9


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def show(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The days. Sent with `save`, the day is set; sent with `look`, the page says first what would move."""
    typed = {name: (request.POST if request.method == "POST" else request.GET).get(name, "").strip() for name in ("day", "works", "because")}
    if request.method != "POST":
        return _page(request, actor, typed, {})
    try:
        wanted, works = day(typed["day"], "day"), {"yes": True, "no": False}.get(typed["works"])
        if wanted is None:
            raise BadInput(field="day", zh="请写是哪一天。", en="Say which day.")
        if works is None:
            raise BadInput(field="works", zh="请选这一天上班还是不上班。", en="Choose whether it works.")
        if "save" not in request.POST:
            calendar = calendar_days.calendar_with(wanted, works=works, because=typed["because"])
            return _page(request, actor, typed, {}, told=calendar_days.touched(wanted, calendar))
        seen = request.POST.get("seen", "")
        job = days.set_day(wanted, works=works, because=typed["because"], seen=int(seen) if seen.isdecimal() else None, by=actor)
    except Stale as problem:
        return _page(request, actor, typed, {}, conflict=frame.words(problem), status=409)
    except BadInput as problem:
        return _page(request, actor, typed, errors(problem), status=422)
    except MinshengError as problem:
        return _page(request, actor, typed, {"": frame.words(problem)}, status=problem.status)
    return _saved(request, job)


@require_POST
@administrators
def clear(request: HttpRequest, day: str, *, actor: Actor) -> HttpResponse:
    """去掉调整."""
    try:
        which = date.fromisoformat(day)
    except ValueError:
        return HttpResponseRedirect(reverse("admin-calendar"))
    return _saved(request, days.clear_day(which, seen=None, by=actor))


@require_POST
@administrators
def undo(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """改回去."""
    return _saved(request, days.put_day_back(number, by=actor))


def _saved(request: HttpRequest, job: int | None) -> HttpResponse:
    if job is None:
        frame.tell(request, _("记下了。没有正在走的时限跨过这一天，不用重算。"))
        return HttpResponseRedirect(reverse("admin-calendar"))
    frame.tell(request, _("记下了，正在按新的日历重算时限。"))
    return HttpResponseRedirect(reverse("admin-job", args=(job,)))


def _page(
    request: HttpRequest, actor: Actor, typed: Mapping[str, str], wrong: dict[str, str],
    *, told: calendar_days.Touched | None = None, conflict: str | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    general = wrong.pop("", None)
    known = {row.day: row for row in calendar_days.listed()}
    chosen = date.fromisoformat(typed["day"]) if told is not None else None
    rows = [
        Row(day=row.day, weekday=_weekday(row.day), works=_(_WORKS["yes" if row.works else "no"]), tone="sent" if row.works else "done", because=row.because)
        for row in known.values()
    ]
    published = rulebook.days().published
    context = {
        "form": Row(values=dict(typed), errors=wrong),
        "choices": [(value, _(zh), "") for value, zh in _WORKS.items()],
        "told": told,
        "chosen": Row(day=chosen, now=_now(chosen), seen=mark(days.cells(chosen))) if chosen is not None else None,
        "rows": rows,
        "weeks": _weeks(known),
        "published": f"{min(published)}–{max(published)}" if published else "",
        "mine": within(actor, directories.current(), None),
        "history": _history(),
        "conflict": conflict,
        "problem": general,
    }
    return page(request, "calendar", actor, "calendar", context, status=status)


def _now(day: date) -> str:
    """What the day is without a change."""
    why = rulebook.today().calendar.why_off(day)
    return _("现在是工作日") if why is None else _("现在不上班：%(why)s") % {"why": why}


def _weekday(day: date) -> str:
    return str(WEEKDAYS[day.weekday()]) if frame.chinese() else f"{day:%a}"


def _weeks(known: Mapping[date, object]) -> list[list[Row]]:
    """Nine weeks from the Monday of this one: works or not, and what was set."""
    today = clock.local(clock.now()).date()
    monday = today - timedelta(days=today.weekday())
    found = calendar_days.holidays(rulebook.today().calendar, first=monday, days=7 * WEEKS)
    cells = [Row(day=one, works=works, why=why or "", set=one in known, today=one == today) for one, works, why in found]
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _history() -> list[Row]:
    def words(cells: dict[str, str] | None) -> str:
        return f"{_(_WORKS[cells['works']])}，{cells['because']}" if cells else ""

    return [
        Row(number=one.number, at=one.at, by=one.name, from_day=None, note="", undoable=one.newest, what=one.subject.removeprefix("day:"),
            lines=[Row(label=_("安排"), before=words(one.before), after=words(one.after))])
        for one in directory_history.latest(("calendar",), limit=20)
    ]  # fmt: skip

"""数字后面: the cases behind a figure, the units of an area, one unit with its months, cards and open cases."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.states import Role
from minsheng.policy.directory import Directory
from minsheng.queries import cockpit, places, watched
from minsheng.queries import directory as directories
from minsheng.queries.cockpit import UnitLine
from minsheng.queries.pages import Page
from minsheng.queries.ranking import Part
from minsheng.queries.reach import Reach
from minsheng.queries.watched import Seen
from minsheng.web import environment, formats, frame, shown, words
from minsheng.web.desk.entering import badge
from minsheng.web.formats import Due
from minsheng.web.rates import RATES, rate
from minsheng.web.watch import asking
from minsheng.web.watch.asking import Asked, looking
from minsheng.web.watch.board import _running

PAGE = 30
WHAT = {
    "received": "收到的",
    "open": "正在办的",
    "overdue": "超时没办完的",
    "soon": "4 小时内要超时的",
    "watched": "督办的",
    "missed": "没按时答复的",
    "unsatisfied": "居民不满意的",
    "topic": "最近 7 天说到的",
}
#: Counted by days: these follow the span.
_BY_DAYS = ("received", "missed", "unsatisfied")
#: Tabs above a list; a topic is no tab.
_TABS = ("received", "open", "overdue", "soon", "watched", "missed", "unsatisfied")
_BY = ("overdue", "answer_on_time", "satisfaction")
_SORTS = {"overdue": "按超时", "answer_on_time": "按时答复率从低到高", "satisfaction": "满意率从低到高"}


@require_safe
@looking("lead")
def cases(request: HttpRequest, *, actor: Actor, asked: Asked) -> HttpResponse:
    """The list behind a figure, a page at a time."""
    tree = directories.current()
    what = request.GET.get("what", "open")
    if what not in WHAT:
        raise NotFound()
    reach, more, said = _narrowed(request, asked, tree)
    if what == "topic":
        more["topic"] = request.GET.get("topic", "")[:12]
        said = [words.category(tree, more["topic"]), *said]
    start = asked.start("week") if what == "topic" else asked.start()
    cursor = request.GET.get("cursor", "")
    if what in watched.EVENTS:
        page = watched.behind(reach, actor, what=what, start=start, cursor=cursor, limit=PAGE)
    else:
        page = watched.cases(reach, actor, what=what, start=start, topic=more.get("topic", ""), cursor=cursor, limit=PAGE)
    place = {name: value for name, value in more.items() if name != "topic"}
    context = {
        "staff": badge(actor),
        "q": "",
        "notes": asked.notes,
        "title": _(WHAT[what]),
        "here": " · ".join(part for part in [asking.here(asked, tree), *said] if part),
        "up": asked.link("lead"),
        "by_unit": asked.link("lead-units", by={"missed": "answer_on_time", "unsatisfied": "satisfaction"}[what]) if what in watched.EVENTS else None,
        "spans": asking.spans(asked, "lead-cases", what=what, **place) if what in _BY_DAYS else [],
        "tabs": [Row(label=_(WHAT[key]), url=asked.link("lead-cases", what=key, **place), current=key == what, count=None) for key in _TABS],
        **_rows(page, tree, actor, asked, request),
        "next": asked.link("lead-cases", what=what, cursor=page.next, **more) if page.next else None,
        "done": frame.told(request),
    }
    return frame.page(request, "watch/cases.html", context, status=422 if asked.notes else 200)


def _narrowed(request: HttpRequest, asked: Asked, tree: Directory) -> tuple[Reach, dict[str, str], list[str]]:
    """The reach with the unit and place of the address; what links carry on, and both in words. Unknown ones are left out and said."""
    more, said, reach = dict[str, str](), list[str](), asked.reach
    for name, known in (("unit", tree.units), ("place", tree.places)):
        code = request.GET.get(name, "").strip()[:60]
        if code in known:
            more[name] = code
            said.append(tree.units[code].short_name if name == "unit" else places.short(tree, code))
        elif code:
            asked.notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": code})
    return Reach(reach.views, reach.categories, more.get("unit", ""), more.get("place", "")), more, said


def _rows(page: Page[Seen], tree: Directory, actor: Actor, asked: Asked, request: HttpRequest) -> dict[str, Any]:
    now = clock.now()
    return {
        "rows": [_row(one, tree, now) for one in page.rows],
        "instructs": actor.has(Role.LEADER),
        "back": request.get_full_path(),
    }


def _row(one: Seen, tree: Directory, now: Any) -> Row:
    late = one.due_at is not None and one.due_at < now
    return Row(
        code=one.code,
        title=one.title or _("（已抹除）"),
        tag=shown.tag(one.state, overdue=late, round_=one.round, watched=one.watched),
        category=words.category(tree, one.category) or _("未分类"),
        unit=tree.units[one.unit].short_name if one.unit in tree.units else "",
        unit_url=environment.url("lead-unit", one.unit) if one.unit in tree.units else None,
        place=places.short(tree, one.place) if one.place in tree.places else "",
        at=one.received_at,
        due=Due(start=one.received_at, due=one.due_at) if one.due_at else None,
    )


# --- units ------------------------------------------------------------------------------------------------------------------------


@require_safe
@looking("lead")
def units(request: HttpRequest, *, actor: Actor, asked: Asked) -> HttpResponse:
    """承办单位 of the area in the span: what is open, what is late, what was answered in time; each leads to its page."""
    tree = directories.current()
    by = request.GET.get("by", "overdue")
    by = by if by in _BY else "overdue"
    lines, cutoff = cockpit.units(asked.reach, start=asked.start(), end=clock.local(clock.now()).date())
    if by != "overdue":
        lines.sort(key=lambda line: (line.parts[by].rate is None, line.parts[by].rate, -line.parts[by].denominator, line.unit))
    context = {
        "staff": badge(actor),
        "q": "",
        "notes": asked.notes,
        "here": asking.here(asked, tree),
        "up": asked.link("lead"),
        "spans": asking.spans(asked, "lead-units", by=by),
        "sorts": [Row(label=_(_SORTS[key]), url=asked.link("lead-units", by=key), current=key == by, count=None) for key in _BY],
        "by": by,
        "lines": [_line(line, tree, asked, cutoff) for line in lines],
        "cutoff": cutoff,
        "names": [_(RATES[key][0]) for key in ("answer_on_time", "satisfaction")],
    }
    return frame.page(request, "watch/units.html", context, status=422 if asked.notes else 200)


def _line(line: UnitLine, tree: Directory, asked: Asked, cutoff: Any) -> Row:
    known = line.unit in tree.units
    return Row(
        name=tree.units[line.unit].name if known else line.unit,
        url=asked.link("lead-unit", line.unit) if known else None,
        open=line.open,
        open_url=asked.link("lead-cases", what="open", unit=line.unit),
        overdue=line.overdue,
        overdue_url=asked.link("lead-cases", what="overdue", unit=line.unit),
        answered=line.answered,
        rates=[_rate(key, line.parts[key], cutoff) for key in ("answer_on_time", "satisfaction")],
    )


def _rate(key: str, part: Part, cutoff: Any) -> Row:
    return rate(key, part.numerator, part.denominator, cutoff)


@require_safe
@looking("lead")
def unit(request: HttpRequest, code: str, *, actor: Actor, asked: Asked) -> HttpResponse:
    """一个单位: its months, its cards and measures, its overdue and open cases as far as this person may see them."""
    tree = directories.current()
    found = tree.units.get(code)
    if found is None:
        raise NotFound()
    what = "open" if request.GET.get("what") == "open" else "overdue"
    reach = Reach(asked.reach.views, asked.reach.categories, code)
    page = watched.cases(reach, actor, what=what, cursor=request.GET.get("cursor", ""), limit=PAGE)
    now = clock.now()
    context = {
        "staff": badge(actor),
        "q": "",
        "notes": asked.notes,
        "unit": Row(code=code, name=found.name, phone=found.phone, below=len(tree.subtree(code)) - 1),
        "line": " › ".join(tree.units[above].short_name for above in reversed(tree.ancestors(code)[1:])),
        "up": asked.link("lead-units"),
        "months": [
            Row(month=_month(month.month), answered=month.answered,
                rates=[_rate(key, month.parts[key], now) for key in ("answer_on_time", "resolution", "satisfaction")])
            for month in cockpit.months(code)
        ],
        "names": [_(RATES[key][0]) for key in ("answer_on_time", "resolution", "satisfaction")],
        "cards": [_running(one, tree) for one in cockpit.measures(asked.reach, actor, unit=code, most=12)],
        "tabs": [Row(label=_(WHAT[key]), url=asked.link("lead-unit", code, what=key), current=key == what, count=None) for key in ("overdue", "open")],
        **_rows(page, tree, actor, asked, request),
        "next": asked.link("lead-unit", code, what=what, cursor=page.next) if page.next else None,
        "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "watch/unit.html", context, status=422 if asked.notes else 200)


def _month(month: Any) -> str:
    return _("%(year)s 年 %(month)s 月") % {"year": month.year, "month": month.month, "month_en": formats.MONTHS_EN[month.month - 1]}

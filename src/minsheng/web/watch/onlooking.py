"""代表、观察员: the cases and figures of their area, in words that everybody may read, and suggestions that the unit must answer."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import suggesting
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.states import KIND_ZH, STATE_ZH, Kind, MeasureKind, State
from minsheng.policy.directory import Directory
from minsheng.queries import asked_units, cockpit, looking_on, places
from minsheng.queries import directory as directories
from minsheng.queries.looking_on import Seen
from minsheng.queries.reach import Reach
from minsheng.web import environment, formats, frame, shown, words
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due
from minsheng.web.rates import rate
from minsheng.web.watch import asking, followed, instructing
from minsheng.web.watch.asking import Asked, looking

PAGE = 20
LISTS = {"": "全部", "open": "正在办的", "overdue": "超时没办完的", "answered": "已答复的"}


@require_safe
@looking("look_on")
def index(request: HttpRequest, *, actor: Actor, asked: Asked) -> HttpResponse:
    """看本区: figures of the area in the month, its cases by kind of matter."""
    tree = directories.current()
    state, category = request.GET.get("state", ""), request.GET.get("category", "").strip()[:12]
    if category and category not in tree.categories:
        asked.notes.append(_("没有「%(value)s」这类事，没有按它筛选。") % {"value": category})
        category = ""
    if state not in LISTS:
        asked.notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": state})
        state = ""
    reach = Reach(asked.reach.views, (category,) if category else asked.reach.categories)
    page = looking_on.cases(reach, actor, state=state, cursor=request.GET.get("cursor", ""), limit=PAGE)
    found = cockpit.board(asked.reach, span="month", topics=3)
    more = {"category": category, "state": state}
    context = {
        "staff": badge(actor),
        "q": "",
        "notes": asked.notes,
        "here": asking.here(asked, tree),
        "figures": [
            Row(label=_("本月收到"), value=formats.figure(found.received), unit=_("件"), bad=False),
            Row(label=_("正在办"), value=formats.figure(found.open), unit=_("件"), bad=False),
            Row(label=_("超时没办完"), value=formats.figure(found.overdue), unit=_("件"), bad=found.overdue > 0),
        ],
        "rates": [rate(key, part.numerator, part.denominator, found.cutoff) for key, part in found.rates.items() if key != "resolution"],
        "cutoff": found.cutoff,
        "tabs": [Row(label=_(zh), url=asked.link("look-on", **{**more, "state": key}), current=key == state, count=None) for key, zh in LISTS.items()],
        "categories": _categories(tree, category),
        "category": category,
        "state": state,
        "area": asked.values["area"],
        "rows": [_row(one, tree) for one in page.rows],
        "next": asked.link("look-on", **more, cursor=page.next) if page.next else None,
        "suggestions": _counts(actor),
        "done": frame.told(request),
    }
    return frame.page(request, "watch/look_on.html", context, status=422 if asked.notes else 200)


def _categories(tree: Directory, chosen: str) -> list[tuple[str, str]]:
    """Kinds of matters of the first two levels; the second under the first."""
    rows = [(c.code, ("\u3000" if c.level == 2 else "") + words.category(tree, c.code)) for c in tree.categories.values() if c.level <= 2]
    return rows + ([(chosen, words.category(tree, chosen))] if chosen and chosen not in dict(rows) else [])


def _counts(actor: Actor) -> Row:
    counts = asked_units.counts(actor, MeasureKind.SUGGESTION)
    return Row(url=environment.url("look-on-suggestions"), answered=counts["answered"], waiting=counts["waiting"])


def _row(one: Seen, tree: Directory) -> Row:
    late = one.due_at is not None and one.due_at < clock.now()
    matter = words.category(tree, one.category) or _("未分类")
    return Row(
        code=one.code,
        public=one.public,
        title=(one.title or shown.text.headline(one.body)) if one.public else matter,
        body=one.body,
        answer=one.answer,
        tag=shown.tag(one.state, overdue=late, round_=one.round),
        state=_(STATE_ZH[State(one.state)]),
        category=matter,
        kind=_(KIND_ZH[Kind(one.kind)]),
        place=places.words(tree, one.place) if one.place in tree.places else "",
        unit=tree.units[one.unit].name if one.unit in tree.units else "",
        at=one.received_at,
        due=Due(start=one.received_at, due=one.due_at) if one.due_at else None,
        suggested=one.suggested,
    )


# --- one case, and what is suggested ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def case(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """一件: released words, how far it is, and one's own suggestions with what the unit said."""
    if request.method != "POST":
        return _case(request, code, actor, Row(values={}, errors={}))
    typed = {name: request.POST.get(name, "") for name in ("text", "unit")}
    try:
        unit = drawn.code_of(typed["unit"], "unit", directories.current()) if typed["unit"].strip() else None
        suggesting.suggest(code, text=typed["text"], unit=unit, by=actor)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        field = problem.field if isinstance(problem, BadInput) and problem.field in typed else "text"
        return _case(request, code, actor, Row(values=typed, errors={field: frame.words(problem)}), status=problem.status)
    frame.tell(request, _("建议发出去了，单位要书面答复您。"), draft=f"suggest-{code}")
    return HttpResponseRedirect(reverse("look-on-case", args=(code,)))


def _case(request: HttpRequest, code: str, actor: Actor, form: Row, *, status: int = 200) -> HttpResponse:
    found, tree = looking_on.case(code, actor), directories.current()
    form.values = form.values or {"unit": instructing.called(found.unit, tree)}
    context: dict[str, Any] = {
        "staff": badge(actor),
        "q": "",
        "case": _row(found, tree),
        "asked": [followed.row(one, tree, released=True) for one in asked_units.of_case(actor, MeasureKind.SUGGESTION, code)],
        "may": not found.suggested and found.state not in ("declined", "referred", "withdrawn", "merged"),
        "form": form,
        "units": drawn.lists(tree, near=tree.place_ancestors(found.place)[-1] if found.place in tree.places else None)["unit"],
        "done": frame.told(request),
    }
    return frame.page(request, "watch/look_on_case.html", context, status=status)


@require_safe
@looking("look_on")
def suggestions(request: HttpRequest, *, actor: Actor, asked: Asked) -> HttpResponse:
    """我的建议, by what has become of them."""
    return _suggestions(request, actor, Row(key="", values={}, errors={}))


def _suggestions(request: HttpRequest, actor: Actor, form: Row, *, status: int = 200) -> HttpResponse:
    return followed.page(request, actor, followed.suggestions(), form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def follow(request: HttpRequest, code: str, number: int, *, actor: Actor) -> HttpResponse:
    """认可答复, or 不满意，再提一次."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("look-on-suggestions"))
    text = request.POST.get("text", "")
    try:
        if request.POST.get("what") == "accept":
            suggesting.accept(code, number, by=actor)
            frame.tell(request, _("认可了，这条建议了结。"))
        else:
            suggesting.ask_again(code, number, text=text, by=actor)
            frame.tell(request, _("又提了一次，单位要再答复您。"), draft=f"again-{code}-{number}")
    except MinshengError as problem:
        if problem.status == 404:
            raise
        form = Row(key=f"{code}-{number}", values={"text": text}, errors={"text": frame.words(problem)})
        return _suggestions(request, actor, form, status=problem.status)
    return HttpResponseRedirect(frame.back(request, default=reverse("look-on-suggestions")))

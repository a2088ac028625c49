"""筛选: choosing, and the choices that are kept under a name, one's own or the unit's."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng.commands import filters as keeping
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.domain.states import CHANNEL_ZH, KIND_ZH, URGENCY_ZH
from minsheng.queries import directory as directories
from minsheng.queries import filters as kept
from minsheng.queries import wanted as choosing
from minsheng.queries.inbox import QUEUES
from minsheng.queries.wanted import NAMES, Wanted
from minsheng.web import frame
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff
from minsheng.web.desk.worklist_rows import address
from minsheng.web.words import category

#: Fields of the panel that are looked up in a list: name of the field, list.
_LOOKED_UP = ("category", "place", "unit")
_LABELS = {
    "category": "类别",
    "place": "地方",
    "unit": "单位",
    "channel": "渠道",
    "kind": "类型",
    "urgency": "紧急程度",
    "words": "标题里有",
    "received_from": "收件从",
    "received_to": "收件到",
    "due_to": "到期不晚于",
    "again": "第 2 轮以上",
    "supporters": "同诉人数至少",
}
_CHOICES = {"channel": CHANNEL_ZH, "kind": KIND_ZH, "urgency": URGENCY_ZH}


def coded(raw: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, with names of the lists turned into codes."""
    tree = directories.current()
    found = {name: str(raw.get(name) or "")[:100] for name in NAMES}
    return found | {name: drawn.code_of(found[name], name, tree) for name in _LOOKED_UP if found[name].strip()}


def said(wanted: Wanted, here: Mapping[str, str]) -> list[Row]:
    """Each filter in words, with the address of the list without it."""
    found = []
    for name, value in wanted.query().items():
        if name != "sort":
            rest = {key: word for key, word in here.items() if key != name}
            words = _(_LABELS[name]) if name == "again" else _("%(label)s：%(value)s") % {"label": _(_LABELS[name]), "value": _value(name, value)}
            found.append(Row(label=words, url=address(rest)))
    return found


def _value(name: str, value: str) -> str:
    tree = directories.current()
    if name == "category":
        return category(tree, value)
    if name in ("place", "unit"):
        known: Mapping[str, Any] = {"place": tree.places, "unit": tree.units}[name]
        return str(known[value].name)
    return _(str(_CHOICES[name][value])) if name in _CHOICES else value  # type: ignore[index]


def own_units(actor: Actor) -> list[tuple[str, str]]:
    """The units with which this person may share a filter."""
    tree = directories.current()
    return [(unit, tree.units[unit].short_name) for unit in dict.fromkeys(actor.units()) if unit in tree.units]


@require_safe
@staff
def panel(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """筛选: the form, as a part of the list or as a page of its own."""
    tree, queue = directories.current(), request.GET.get("queue", "")[:20]
    if queue not in QUEUES:
        raise NotFound("没有这个队列，或它不归您看。", "There is no such queue, or it is not yours.")
    lists = drawn.lists(tree, near=None)
    given = {name: request.GET.get(name, "")[:100] for name in NAMES}
    known: dict[str, Mapping[str, Any]] = {"category": tree.categories, "place": tree.places, "unit": tree.units}
    for name in _LOOKED_UP:
        if given[name] in known[name]:
            given[name] = f"{given[name]} {known[name][given[name]].name}"
    context = {
        "staff": badge(actor),
        "q": "",
        "queue": Row(key=queue, label=_(QUEUES[queue].zh), url=address({"queue": queue})),
        "values": given,
        "lists": {**lists, "category": [f"{c.code} {c.name}" for c in tree.categories.values()]},
        "choices": {name: [(value, _(str(zh))) for value, zh in table.items()] for name, table in _CHOICES.items()},
    }
    template = "desk/worklist/panel.html" if request.headers.get("HX-Request") else "desk/worklist/choose.html"
    return frame.page(request, template, context)


# --- kept under a name ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """存好的筛选: keep one (POST), or see all."""
    if request.method != "POST":
        return _page(request, actor)
    query = {name: request.POST.get(f"q-{name}", "") for name in ("queue", *NAMES)}
    unit, name = request.POST.get("unit", ""), request.POST.get("name", "")
    try:
        keeping.save(name, query=query, unit=unit or None, by=actor)
    except MinshengError as problem:
        return _page(request, actor, status=problem.status, fresh=Row(name=name, unit=unit, query=list(query.items()), error=frame.words(problem)))
    frame.tell(request, _("存好了，在左边「存好的筛选」里。"))
    return HttpResponseRedirect(address(query))


#: What can be done with a kept filter: the word in the address → the deed, from its number and what was sent.
_DEEDS: dict[str, Callable[[int, HttpRequest, Actor], Any]] = {
    "rename": lambda number, request, by: keeping.rename(number, name=request.POST.get("name", ""), by=by),
    "share": lambda number, request, by: keeping.share(number, unit=request.POST.get("unit", ""), by=by),
    "unshare": lambda number, _request, by: keeping.unshare(number, by=by),
    "up": lambda number, _request, by: keeping.raise_(number, by=by),
    "down": lambda number, _request, by: keeping.lower(number, by=by),
    "delete": lambda number, _request, by: keeping.delete(number, by=by),
}
_SAID = {"rename": "名字改好了。", "share": "同事现在也看得到。", "unshare": "现在只有您自己看得到。", "up": "移好了。", "down": "移好了。"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change(request: HttpRequest, number: int, action: str, *, actor: Actor) -> HttpResponse:
    """改名、共用、移动、删掉. What was deleted can be taken back on the page that says so."""
    if request.method != "POST":  # an answer that was loaded again
        return HttpResponseRedirect(reverse("desk-filters"))
    if action not in _DEEDS:
        raise NotFound()
    try:
        gone = _DEEDS[action](number, request, actor)
    except BadInput as problem:
        return _page(request, actor, status=problem.status, wrong=Row(id=number, name=request.POST.get("name", ""), error=frame.words(problem)))
    if action == "delete":
        return _page(request, actor, gone=Row(name=gone.name, unit=gone.unit or "", query=list(gone.query.items())))
    frame.tell(request, _(_SAID[action]))
    return HttpResponseRedirect(reverse("desk-filters"))


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    status: int = 200,
    fresh: Row | None = None,
    wrong: Row | None = None,
    gone: Row | None = None,
) -> HttpResponse:
    saved = kept.saved(actor)
    context = {
        "staff": badge(actor),
        "q": "",
        "own": [_row(one, actor) for one in saved if one.own],
        "others": [_row(one, actor) for one in saved if not one.own],
        "units": own_units(actor),
        "fresh": fresh,
        "wrong": wrong,
        "gone": gone,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/worklist/filters.html", context, status=status)


def _row(one: kept.Saved, actor: Actor) -> Row:
    tree = directories.current()
    queue = _(QUEUES[one.query["queue"]].zh) if one.query.get("queue") in QUEUES else ""
    try:
        words = [row.label for row in said(choosing.read(one.query, tree), one.query)]
    except BadInput as problem:  # its unit, place or category is in no directory any more
        words = [frame.words(problem)]
    unit = tree.units[one.unit].short_name if one.unit in tree.units else one.unit
    return Row(id=one.id, name=one.name, url=address(one.query), words=[queue, *words], owner=one.owner, unit=unit)

"""通讯录: lists to walk down and to search, one item with its form, what was changed in it, and the way back."""

import json
from collections.abc import Mapping
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import clock
from minsheng.commands.administering import handing, items
from minsheng.commands.administering.ground import FILES, mark, rule_keys, subject
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound, Stale, TooLarge
from minsheng.policy.directory import Directory
from minsheng.policy.directory_texts import Book, Cells, book
from minsheng.queries import directory as directories
from minsheng.queries import directory_history, members
from minsheng.web import frame
from minsheng.web.desk.admin import kinds, listing
from minsheng.web.desk.admin.frame import administrators, day, errors, page, within
from minsheng.web.desk.admin.kinds import KINDS, Kind

OUTLINE_LIMIT = 2_000_000


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


@require_safe
@administrators
def index(request: HttpRequest, kind: str, *, actor: Actor) -> HttpResponse:
    """一类内容: by its tree, or what was searched."""
    which, tree = _kind(kind), directories.current()
    words, under = request.GET.get("words", "").strip()[:60], request.GET.get("in", "")[:60]
    after = request.GET.get("after", "")
    found = listing.rows(kind, tree, words=words, under=under, after=int(after) if after.isdecimal() else 0, keys=rule_keys() if kind == "rules" else [])
    more = reverse("admin-items", args=(kind,)) + "?" + urlencode({"words": words, "in": under, "after": found.next}) if found.next else None
    context = {
        "kind": which,
        "title": _(which.zh),
        "one": _(which.one),
        "words": words,
        "under": under,
        "found": found,
        "next": more,
        "may_add": kind != "categories" or within(actor, tree, None),
        "test": listing.answer(tree, request.GET) if kind == "rules" else None,
        "lists": kinds.lists(KINDS["rules"], tree) if kind == "rules" else {},
    }
    return page(request, "items", actor, kind, context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def new(request: HttpRequest, kind: str, *, actor: Actor) -> HttpResponse:
    """新增一条."""
    which, tree = _kind(kind), directories.current()
    if request.method != "POST":
        first = {"urgency": "normal", "sensitive": "no"} if kind == "categories" else {}
        above = request.GET.get("in", "")
        first |= {"parent": kinds.with_name(above, "unit" if kind == "units" else "place", tree)} if above and kind in ("units", "places") else {}
        return _form(request, actor, which, tree, None, first, {})
    typed = _typed(request)
    try:
        key = items.add(kind, cells=_cells(request, which, typed, tree), by=actor)
    except BadInput as problem:
        return _form(request, actor, which, tree, None, typed, errors(problem), status=422)
    except MinshengError as problem:
        return _form(request, actor, which, tree, None, typed, {}, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("加好了，马上生效。"), draft=f"admin-{kind}-new")
    return HttpResponseRedirect(reverse("admin-item", args=(kind, key)))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def item(request: HttpRequest, kind: str, key: str, *, actor: Actor) -> HttpResponse:
    """一条: its form, its history; sent, it is changed."""
    which, tree = _kind(kind), directories.current()
    cells = _book(tree)[FILES[kind]].get(key)
    if cells is None:
        raise NotFound(_("没有这一条，也许同事刚刚把它去掉了。"), "There is no such row.")
    if request.method != "POST":
        return _form(request, actor, which, tree, key, kinds.shown(which, cells, tree), {}, cells=cells)
    typed, seen = _typed(request), request.POST.get("seen", "")
    try:
        after = items.edit(
            kind, key=key, cells=_cells(request, which, typed, tree, old=cells), seen=int(seen) if seen.isdecimal() else None,
            from_day=day(typed.get("from_day", ""), "from_day"), by=actor,
        )  # fmt: skip
    except Stale as problem:
        now = _book(directories.current())[FILES[kind]].get(key, cells)
        return _form(request, actor, which, tree, key, typed, {}, cells=now, conflict=frame.words(problem), status=409)
    except BadInput as problem:
        return _form(request, actor, which, tree, key, typed, errors(problem), cells=cells, status=problem.status)
    except MinshengError as problem:
        return _form(request, actor, which, tree, key, typed, {}, cells=cells, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("改好了，马上生效。") if after == key else _("记下了：旧的一条到前一天为止，新的一条从那天起。"), draft=f"admin-{kind}-{key}")
    return HttpResponseRedirect(reverse("admin-item", args=(kind, after)))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def act(request: HttpRequest, kind: str, key: str, action: str, *, actor: Actor) -> HttpResponse:
    """到某天为止、去掉."""
    which, tree = _kind(kind), directories.current()
    here = HttpResponseRedirect(reverse("admin-item", args=(kind, key)))
    cells = _book(tree)[FILES[kind]].get(key)
    if request.method != "POST" or action not in ("end", "remove") or cells is None:
        return here
    typed, seen = {**kinds.shown(which, cells, tree), **_typed(request)}, request.POST.get("seen", "")
    shown = int(seen) if seen.isdecimal() else None
    try:
        if action == "remove":
            items.remove(kind, key=key, seen=shown, by=actor)
            frame.tell(request, _("去掉了。要找回来，到操作记录里点“找回来”。"))
            return HttpResponseRedirect(reverse("admin-items", args=(kind,)))
        last = day(typed.get("last_day", ""), "last_day")
        if last is None:
            raise BadInput(field="last_day", zh="请写最后一天是哪天。", en="Say which day is the last.")
        if kind == "units":
            successor = kinds.code(typed.get("successor", ""), "unit", tree)
            job = handing.dissolve(key, last_day=last, successor=successor or None, seen=shown, by=actor)
            if job is not None:
                return HttpResponseRedirect(reverse("admin-job", args=(job,)))
        else:
            items.end(kind, key=key, last_day=last, seen=shown, by=actor)
    except BadInput as problem:
        return _form(request, actor, which, tree, key, typed, errors(problem), cells=cells, status=problem.status)
    except MinshengError as problem:
        return _form(request, actor, which, tree, key, typed, {}, cells=cells, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("记下了，过了那一天就停用。"))
    return here


@require_POST
@administrators
def undo(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """改回去."""
    kind = items.undo(number, by=actor)
    frame.tell(request, _("改回去了，也记了一笔。"))
    return HttpResponseRedirect(frame.back(request, default=reverse("admin-items", args=(kind,))))


# --- one page -----------------------------------------------------------------------------------------------------------------------


def _form(
    request: HttpRequest, actor: Actor, which: Kind, tree: Directory, key: str | None, values: Mapping[str, str], wrong: dict[str, str],
    *, cells: Cells | None = None, conflict: str | None = None, problem: str | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    general = wrong.pop("", None)
    name = kinds.shown(which, cells, tree).get("name") or cells.get("basis") or "" if cells else ""
    context = {
        "kind": which,
        "one": _(which.one),
        "key": key,
        "name": name,
        "form": Row(values=dict(values), errors=wrong),
        "fields": [_field(field, tree, new=key is None) for field in which.fields],
        "seen": mark(cells) if cells is not None else None,
        "lists": kinds.lists(which, tree),
        "mine": cells is None or within(actor, tree, kinds.unit_of(which.key, cells, tree)),
        "history": changes(which.key, directory_history.history(subject(which.key, key)), tree) if key is not None else [],
        "unit": _unit(key, tree) if which.key == "units" and key is not None else None,
        "map": _map(cells, tree, values.get("geometry", "") if wrong or general or conflict else "") if which.key == "places" and cells is not None else None,
        "today": clock.local(clock.now()).date().isoformat(),
        "conflict": conflict,
        "problem": problem or general,
    }
    return page(request, "item", actor, which.key, context, status=status)


def _field(field: kinds.Field, tree: Directory, *, new: bool) -> Row:
    return Row(
        name=field.name, label=_(field.zh), type=field.type, list=field.list, hint=_(field.hint) if field.hint else "", required=field.required,
        fixed=field.fixed and not new, choices=kinds.choices(field, tree),
    )  # fmt: skip


def changes(kind: str, found: list[directory_history.Changed], tree: Directory) -> list[Row]:
    """A history in words: what was there, what is there."""
    return [
        Row(
            number=one.number, at=one.at, by=one.name, from_day=one.from_day, note=one.note, undoable=one.newest,
            what=_("新增") if one.before is None else _("去掉") if one.after is None else _("修改"), lines=_lines(kind, one, tree),
        )
        for one in found
    ]  # fmt: skip


def _lines(kind: str, one: directory_history.Changed, tree: Directory) -> list[Row]:
    before, after = one.before or {}, one.after or {}
    names = [name for name in kinds.LABELS[kind] if before.get(name, "") != after.get(name, "")]
    return [
        Row(
            label=_(kinds.LABELS[kind][name]),
            before=kinds.readable(kind, name, before.get(name, ""), tree),
            after=kinds.readable(kind, name, after.get(name, ""), tree),
        )
        for name in names
    ]


def _unit(key: str, tree: Directory) -> Row:
    """What hangs on a unit: open work, people, rules that name it, what lies below."""
    orders = members.open_orders(key)
    named = [rule for rule in tree.rules if key in (rule.lead, *rule.co)]
    below = [tree.units[code] for code in tree.children(key)]
    return Row(
        open=sum(orders.values()),
        people=[Row(number=one.number, name=one.name, username=one.username) for one in members.of_unit(key)],
        rules=len(named),
        below=[Row(code=one.code, name=one.name) for one in below],
        successors=[f"{u.code} {u.name}" for u in tree.units.values() if u.code != key],
    )


def _map(cells: Cells, tree: Directory, draft: str) -> Row:
    """The outline of a place with its neighbours of the same kind, as GeoJSON for the script. draft: the outline that was refused."""
    here = tree.places[cells["code"]]
    near = [p for p in tree.places.values() if p.kind == here.kind and p.parent == here.parent and p.code != here.code and p.polygon]
    around = tree.places.get(here.parent or "")

    def feature(place: Any, role: str) -> dict[str, Any]:
        ring = [[list(point) for point in place.polygon]]
        return {"type": "Feature", "properties": {"name": place.name, "role": role}, "geometry": {"type": "Polygon", "coordinates": ring}}

    shapes = [feature(around, "around")] if around is not None and around.polygon else []
    shapes += [feature(place, "near") for place in near] + ([feature(here, "here")] if here.polygon else [])
    ring = _ring(draft) if draft and draft != cells["geometry"] else None
    shapes += [{**feature(here, "new"), "geometry": {"type": "Polygon", "coordinates": [ring]}}] if ring and here.polygon else []
    point = [here.lat, here.lng] if here.lat is not None and here.lng is not None else None
    words = _("%(name)s：%(n)s 个点的边界，旁边有 %(near)s 个同级的地点。") % {
        "name": here.name,
        "n": len(here.polygon or ()) and len(here.polygon or ()) - 1,
        "near": len(near),
    }
    return Row(shapes=json.dumps({"type": "FeatureCollection", "features": shapes}, ensure_ascii=False), point=json.dumps(point), words=words)


def _ring(text: str) -> list[list[float]] | None:
    """The points of an outline that was typed or uploaded, if it can be drawn."""
    try:
        return [[float(lng), float(lat)] for lng, lat in json.loads(text)["coordinates"][0]]
    except (ValueError, KeyError, IndexError, TypeError):
        return None


# --- reading ------------------------------------------------------------------------------------------------------------------------


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: value for name, value in request.POST.items() if isinstance(value, str) and name != "csrfmiddlewaretoken"}


def _cells(request: HttpRequest, which: Kind, typed: dict[str, str], tree: Directory, *, old: Cells | None = None) -> Cells:
    """What was typed, and the outline that was uploaded in its place."""
    found = kinds.typed(which, typed, tree)
    if old is not None:
        found = {**old, **{field.name: found[field.name] for field in which.fields if field.name in typed or field.type != "outline"}}
        found |= {field.name: old[field.name] for field in which.fields if field.fixed}
    upload = request.FILES.get("outline_file")
    if upload is not None:
        found["geometry"] = typed["geometry"] = _outline(upload.read(OUTLINE_LIMIT + 1))
    return found


def _outline(content: bytes) -> str:
    """The one polygon of an uploaded GeoJSON: a geometry, a feature, or a collection of one feature."""
    if len(content) > OUTLINE_LIMIT:
        raise TooLarge(field="geometry", zh="边界文件超过 2 MB，请先简化。", en="The outline is larger than 2 MB; simplify it first.")
    try:
        found = json.loads(content)
        if found["type"] == "FeatureCollection":
            if len(found["features"]) != 1:
                raise BadInput(field="geometry", zh=f"文件里有 {len(found['features'])} 个图形，这里只要一个。", en="The file must hold one feature.")
            found = found["features"][0]
        return json.dumps(found["geometry"] if found["type"] == "Feature" else found, separators=(",", ":"))
    except (ValueError, RecursionError, KeyError, TypeError, IndexError):
        raise BadInput(field="geometry", zh="读不出这个文件，请上传 GeoJSON。", en="This file cannot be read; upload GeoJSON.") from None


def _book(tree: Directory) -> Book:
    return book(tree, rules=rule_keys())

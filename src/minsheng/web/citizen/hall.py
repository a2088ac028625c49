"""诉求大厅: what everybody may read, as a list and as a map, under the same conditions."""

import re
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from minsheng import clock
from minsheng.domain.errors import BadInput, NotFound
from minsheng.queries import cases, hall, places
from minsheng.queries import directory as directories
from minsheng.queries.kept import Kept
from minsheng.queries.pages import Page
from minsheng.web import drawn, frame, words
from minsheng.web.citizen import front, maps
from minsheng.web.citizen.asking import CHIPS, KINDS, WHEN, Asked, asked, said

PAGE = 20
_CODE = re.compile(r"[A-Z]{1,6}[0-9]{6,14}")
#: The form and the stages above the list, drawn: they change with the conditions and the directory only.
_panels: Kept[Markup] = Kept(most=300)
_PANEL_SECONDS = 15


@require_safe
def the_hall(request: HttpRequest) -> HttpResponse:
    """诉求大厅. A code typed into the search opens its case, where this reader may see it."""
    code = request.GET.get("q", "").strip().upper()
    if _CODE.fullmatch(code) and (code in frame.held(request) or _public(code)):
        return HttpResponseRedirect(reverse("case", args=(code,)))
    now, wanted = clock.now(), asked(request.GET.dict())
    as_map = request.GET.get("view") == "map"
    more = {"view": "map"} if as_map else {}
    found = _page(wanted, request.GET.get("cursor", ""))
    context = {
        "panel": _panel(wanted, more),
        "notes": wanted.notes,
        "map": maps.context(wanted, request.GET.get("level", "")) if as_map else None,
        "view_urls": Row(list=wanted.link(), map=wanted.link(view="map")),
        "feed": wanted.link("feed"),
        "feed_title": said(wanted),
        "rows": drawn.rows(found.rows, now),
        "found": _found(len(found.rows), more=bool(found.next), first="cursor" not in request.GET),
        "next": wanted.link(cursor=found.next, **more) if found.next else None,
    }
    return frame.page(request, "citizen/hall.html", context, status=422 if wanted.notes else 200)


def _page(wanted: Asked, cursor: str) -> Page[hall.HallEntry]:
    """The rows; a cursor that is none begins anew, and says so."""
    try:
        return hall.entries(wanted.filters, cursor=cursor, limit=PAGE)
    except BadInput as problem:
        wanted.notes.append(frame.words(problem))
        return hall.entries(wanted.filters, limit=PAGE)


def _public(code: str) -> bool:
    try:
        cases.public(code)
    except NotFound:
        return False
    return True


def _found(n: int, *, more: bool, first: bool) -> str | None:
    """How many there are, as far as it is known without counting them all."""
    if not n:
        return None
    return (_("最新的 %(n)s 件") if more else _("共 %(n)s 件")) % {"n": n} if first else _("再往前 %(n)s 件") % {"n": n}


# --- the form above the list ----------------------------------------------------------------------------------------------------


def _panel(wanted: Asked, more: dict[str, str]) -> Markup:
    """Search, selects and stages as HTML: the same for everybody who asks the same."""
    now, late = clock.now(), front.overdue() if wanted.bare else None
    key = (get_language(), directories.city().directory_version, late, tuple(wanted.values.values()), *more)
    return _panels.for_a_while(key, lambda: _draw_panel(wanted, more, late), now, _PANEL_SECONDS)


def _draw_panel(wanted: Asked, more: dict[str, str], late: int | None) -> Markup:
    chips = [
        Row(label=_(zh), url=wanted.link(tag=key, **more), current=wanted.values["tag"] == key, count=late if key == "over" and late else None)
        for key, zh in CHIPS
    ]
    context = {"filters": Row(**{**wanted.values, "since": wanted.values["from"]}), "view": more.get("view", ""), "states": chips, "selects": _selects(wanted)}
    return Markup(render_to_string("citizen/hall/panel.html", context))


def _selects(wanted: Asked) -> list[Row]:
    """What can be chosen. The nearer ones (a street, a kind of matter) are there once the wider one is chosen."""
    tree, values = directories.current(), wanted.values
    districts = [(p.code, p.name) for p in tree.places.values() if p.kind == "district"]
    found = [_select("district", _("在哪里"), _("全市"), districts, values["district"], part="where")]
    if values["district"]:
        found.append(_select("place", _("街道、社区"), _("全部"), _inside(values["district"], values["place"]), values["place"], part="where", inner=True))
    first = [(c.code, words.category(tree, c.code)) for c in tree.categories.values() if c.level == 1]
    found.append(_select("category", _("什么事"), _("所有的事"), first, values["category"], part="what"))
    if values["category"]:
        second = [(c.code, words.category(tree, c.code)) for c in tree.categories.values() if c.parent == values["category"]]
        found.append(_select("matter", _("哪一类"), _("全部"), second, values["matter"][:4], part="what", inner=True))
    found.append(_select("kind", _("哪一种"), _("不限"), [(key, _(zh)) for key, zh in KINDS], values["kind"]))
    found.append(_select("when", _("什么时候"), _(WHEN[0][1]), [(key, _(zh)) for key, zh in WHEN if key], values["when"]))
    return found


def _select(name: str, label: str, first: str, choices: list[tuple[str, str]], chosen: str, *, part: str = "", inner: bool = False) -> Row:
    return Row(name=name, label=label, first=first, choices=choices, chosen=chosen, part=part, inner=inner)


def _inside(district: str, chosen: str) -> list[tuple[str, str]]:
    """Streets of a district with their communities; a grid only where it is what is looked at."""
    tree, found = directories.current(), list[tuple[str, str]]()
    for street in tree.place_children(district):
        if tree.places[street].kind in hall.PLACES:
            found.append((street, places.short(tree, street)))
            found += [(code, "\u3000" + places.short(tree, code)) for code in tree.place_children(street) if tree.places[code].kind == "community"]
    if chosen and chosen not in {code for code, _name in found}:
        found.append((chosen, places.short(tree, chosen)))
    return found

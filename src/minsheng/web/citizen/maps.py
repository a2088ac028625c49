"""地图: counts by place beside their outlines. Every place is a link first; the map is drawn from the same links by static/js/hall_map.js."""

import json
import math
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.domain.errors import BadInput
from minsheng.domain.geo import DATUMS
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import hall_map, places
from minsheng.queries.hall import PLACES
from minsheng.queries.hall_map import Heat, Spread
from minsheng.web import environment, words
from minsheng.web.citizen.asking import Asked, asked

#: Places listed beside the map; the others are counted in one line.
LISTED = 40
LEVELS = (("district", "按区县"), ("street", "按街道乡镇"), ("community", "按社区村"), ("grid", "按网格"))
_YEAR = 365 * 86400


def tiles() -> Row:
    """The ground of a map as the scripts want it: layers as JSON, "[]" for none."""
    chosen = settings.MINSHENG_TILES
    return Row(layers=json.dumps(chosen.layers), subdomains=chosen.subdomains, datum=chosen.datum, note=chosen.note)


def outlines_url(level: str, under: str = "") -> str:
    """The address of outlines: it names the version of the directory, so that a browser may keep the answer for ever."""
    query = {"level": level, "under": under, "datum": settings.MINSHENG_TILES.datum, "v": directories.city().directory_version}
    return f"{environment.url('outlines')}?{urlencode({name: value for name, value in query.items() if value})}"


def window(place: str = "") -> str:
    """What a map shows at first, as JSON: [west, south, east, north], or null."""
    return json.dumps(places.window(place, datum=settings.MINSHENG_TILES.datum))


# --- the part of the hall -------------------------------------------------------------------------------------------------------


def context(wanted: Asked, level: str) -> Row:
    """Everything beside the list in the map's view: the places with their counts, what stands out, and where the script finds its data."""
    tree, values = directories.current(), wanted.values
    here = values["place"] or values["district"]
    levels = _levels(tree, here)
    level = level if level in levels else hall_map.level_below(tree, here)
    found = hall_map.spread(wanted.filters)
    heats = hall_map.by_place(found, level, within=here)
    inside = [heat for heat in heats if not heat.outside]
    return Row(
        here=places.words(tree, here) if here and tree.places[here].kind != "grid" else places.short(tree, here) if here else _("全市"),
        up=wanted.link(view="map", **_upwards(tree, here)) if here else None,
        total=found.total,
        most=hall_map.MOST if found.more else None,
        cutoff=found.cutoff,
        finding=_finding(tree, inside, found),
        level=level,
        levels=[Row(label=_(zh), url=wanted.link(view="map", level=key), current=key == level, count=None) for key, zh in LEVELS if key in levels],
        legend=_legend(inside),
        places=[_place(tree, heat, wanted) for heat in inside[:LISTED]],
        others=sum(heat.n for heat in inside[LISTED:]),
        outside=[_place(tree, heat, wanted) for heat in heats if heat.outside],
        counts_url=wanted.link("hall-map", level=level),
        outlines_url=outlines_url(level, here),
        window=window(here),
        tiles=tiles(),
    )


def _levels(tree: Directory, here: str) -> list[str]:
    """Levels at which this place can be looked at. Small ones only inside a place: a city's thousands of grids say nothing on one map."""
    below = hall_map.level_below(tree, here)
    known = [key for key, _zh in LEVELS]
    wanted = known[known.index(below) : known.index(below) + 2]
    return [key for key in wanted if any(place.kind == key for place in tree.places.values())] or [below]


def _upwards(tree: Directory, here: str) -> dict[str, str]:
    parent = tree.places[here].parent
    if parent is None:
        return {"district": "", "place": ""}
    top = tree.places[parent].kind == "district"
    return {"district": parent, "place": ""} if top else {"place": parent}


def _place(tree: Directory, heat: Heat, wanted: Asked) -> Row:
    inner = heat.place in tree.places
    name = places.short(tree, heat.place) if inner else _("没有写到地点")
    chosen = {"district": heat.place, "place": ""} if inner and tree.places[heat.place].kind == "district" else {"place": heat.place}
    return Row(
        code=heat.place,
        name=name,
        n=heat.n,
        overdue=heat.overdue,
        shade=heat.shade,
        top=[Row(name=words.category(tree, category), n=n) for category, n in heat.top],
        inside_url=wanted.link(view="map", **chosen) if inner and not heat.outside else None,
        list_url=wanted.link(**chosen) if inner else None,
    )


def _finding(tree: Directory, inside: list[Heat], found: Spread) -> str:
    """The map in one sentence, for who does not see it."""
    if not found.total:
        return _("这些条件下还没有人反映。")
    if not inside:
        return _("都没有写到这一级地点。")
    first = inside[0]
    said = _("%(place)s最多，%(n)s 件") % {"place": places.short(tree, first.place), "n": first.n}
    if first.top:
        said += _("，说得最多的是%(what)s") % {"what": words.category(tree, first.top[0][0])}
    late = sum(heat.overdue for heat in inside)
    return said + (_("；超时的一共 %(n)s 件。") % {"n": late} if late else _("；没有超时的。"))


def _legend(inside: list[Heat]) -> list[Row]:
    """From how many on a shade begins, light to dark."""
    limits = hall_map.shades([heat.n for heat in inside])
    if not limits:
        return []
    ends = [*(limit - 1 for limit in limits[1:]), max((heat.n for heat in inside), default=0)]
    steps = [Row(shade=n, label=str(low) if low >= high else f"{low}–{high}") for n, (low, high) in enumerate(zip(limits, ends, strict=True), start=1)]
    return [Row(shade=0, label="0"), *steps]


# --- data for the script ----------------------------------------------------------------------------------------------------------


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """/hall/map.json: how many in each place of a level, under the conditions of the hall. Counts of places, never points."""
    wanted = asked(request.GET.dict())
    here = wanted.values["place"] or wanted.values["district"]
    level = request.GET.get("level", "") or hall_map.level_below(directories.current(), here)
    if level not in PLACES:
        raise BadInput(field="level", zh="没有这一级，可选 district、street、community、grid。", en="Choose district, street, community or grid.")
    bounds, found = _bounds(request), hall_map.spread(wanted.filters)
    heats = [heat for heat in hall_map.by_place(found, level, within=here) if not heat.outside]
    if bounds is not None:
        seen = {feature["properties"]["code"] for feature in places.outlines(level, bounds=bounds).features}
        heats = [heat for heat in heats if heat.place in seen]
    tree = directories.current()
    body = {
        "cutoff": found.cutoff.isoformat(),
        "newest": hall_map.MOST,
        "counted": found.total,
        "level": level,
        "places": [
            {
                "code": heat.place, "name": places.short(tree, heat.place), "n": heat.n, "overdue": heat.overdue, "shade": heat.shade,
                "top": [{"category": code, "name": words.category(tree, code), "n": n} for code, n in heat.top],
            }
            for heat in heats
        ],
    }  # fmt: skip
    return _json(body, f"private, max-age={hall_map.SECONDS}")  # in the language of the reader


@require_safe
def outlines(request: HttpRequest) -> HttpResponse:
    """/places.json: outlines of a level as GeoJSON, of the whole city, of the inside of a place (under=), or of a window (bounds=w,s,e,n)."""
    level, under, datum = (request.GET.get(name, default) for name, default in (("level", "district"), ("under", ""), ("datum", "wgs84")))
    if level not in PLACES or datum not in DATUMS:
        raise BadInput(field="level", zh="没有这一级或这种坐标。", en="Choose a level (district, street, community, grid) and a datum (wgs84, gcj02).")
    found = places.outlines(level, under=under, bounds=_bounds(request), datum=datum)
    lasting = request.GET.get("v") == str(directories.city().directory_version)
    cache = f"public, max-age={_YEAR}, immutable" if lasting else "public, max-age=60"
    return _json({"type": "FeatureCollection", "more": found.more, "features": found.features}, cache, kind="application/geo+json")


def _bounds(request: HttpRequest) -> places.Bounds | None:
    text = request.GET.get("bounds", "")
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        if not all(map(math.isfinite, (west, south, east, north))):
            raise ValueError
    except ValueError:
        raise BadInput(field="bounds", zh="范围要写成 西,南,东,北 四个数。", en="Bounds are four numbers: west,south,east,north.") from None
    return west, south, east, north


def _json(body: object, cache: str, *, kind: str = "application/json") -> JsonResponse:
    answer = JsonResponse(body, safe=False, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}, content_type=kind)
    answer["Cache-Control"] = cache
    return answer

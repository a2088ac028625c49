"""地点: what people call places, which of them a position lies in, and their outlines for a map."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from minsheng import clock
from minsheng.domain import geo
from minsheng.policy import directory as pure
from minsheng.policy.directory import Directory
from minsheng.policy.shapes import Ring, simplified
from minsheng.queries import directory as directories
from minsheng.queries.hall import PLACES
from minsheng.queries.kept import Kept

#: So near to a border the person is asked on which side it is: about what a phone is wrong by.
BORDER_METRES = 30.0
#: What people know by name, and whose inside no border need be asked about.
_KNOWN = ("district", "street", "community")
#: Rounding an outline to some metres is not seen at the scale at which that level is drawn (degrees).
_ROUGH = {"district": 0.0004, "street": 0.0002, "community": 0.00008, "grid": 0.00003}
MOST_OUTLINES = 1_500
_OFFERED = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """One side of a border: the deepest place known there, and how people call it."""

    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a position lies, in words, and its other sides where it is near a border (`choices` then begins with its own)."""

    place: str
    district: str
    words: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A place that is known by name: its whole name, and the short one with what lies around it."""

    place: str
    name: str
    short: str
    around: str


def words(tree: Directory, place: str) -> str:
    """青禾区 松涛街道 银杏社区: the way down to a place, as people say it; without grids."""
    return " ".join(short for code, short in _way(tree, place) if tree.places[code].kind != "grid")


def short(tree: Directory, place: str) -> str:
    """银杏社区: the name of a place without the names around it, where it repeats them."""
    return _way(tree, place)[-1][1]


def _way(tree: Directory, place: str) -> list[tuple[str, str]]:
    """The places from the widest down, each with its short name: 松涛街道银杏社区 in 青禾区松涛街道 is 银杏社区."""
    way: list[tuple[str, str]] = []
    for code in reversed(tree.place_ancestors(place)):
        name = tree.places[code].name
        for _, around in reversed(way):
            name = name.removeprefix(around) or name
        way.append((code, name))
    return way


def spot(lat: float, lng: float) -> Spot | None:
    """Which place holds a position (WGS-84); None: none of this city does."""
    tree = directories.current()
    own = pure.locate(tree, lat=lat, lng=lng)
    if own is None:
        return None
    around = tree.place_ancestors(own.code)
    others: dict[str, str] = {}
    for other in pure.near_border(tree, lat=lat, lng=lng, metres=BORDER_METRES):
        known = _known(tree, other.code)
        if known not in around:  # another grid of the same community is the same to everybody
            others[known] = other.code  # widest first: the deepest remains
    ends = {known: place for known, place in others.items() if not any(known in tree.place_ancestors(other)[1:] for other in others)}
    sides = {_known(tree, own.code): own.code, **ends} if ends else {}
    return Spot(own.code, around[-1], words(tree, own.code), tuple(Choice(place, words(tree, known)) for known, place in sides.items()))


def at(place: str) -> Spot | None:
    """The same for a place that is known by its code (a scanned sign, a suggestion)."""
    tree = directories.current()
    return Spot(place, tree.place_ancestors(place)[-1], words(tree, place)) if place in tree.places else None


def _known(tree: Directory, place: str) -> str:
    """The nearest place that people know by name."""
    return next(code for code in tree.place_ancestors(place) if tree.places[code].kind in _KNOWN)


# --- names --------------------------------------------------------------------------------------------------------------------

_names: Kept[list[tuple[str, str, Known]]] = Kept(most=2)
_ORDER = {"community": 0, "building": 1, "street": 2, "district": 3}


def suggest(text: str) -> list[Known]:
    """Places whose name, or whose way down to it, holds all the words; or whose whole name stands in the text. The nearest to what was typed first."""
    pieces = [_plain(piece) for piece in text[:100].split() if _plain(piece)]
    if not pieces:
        return []
    typed = "".join(pieces)
    found = [
        (name, known) for name, way, known in _all() if (pieces[-1] in name and all(piece in way for piece in pieces)) or (len(name) > 2 and name in typed)
    ]
    tree = directories.current()
    found.sort(key=lambda one: (not one[0].startswith(pieces[-1]), _ORDER[tree.places[one[1].place].kind], len(one[0]), one[1].place))
    return [known for _, known in found[:_OFFERED]]


def _all() -> list[tuple[str, str, Known]]:
    row, now = directories.city(), clock.now()
    return _names.for_a_while((row.code, row.directory_version), _make_names, now, 3600)


def _make_names() -> list[tuple[str, str, Known]]:
    tree, found = directories.current(), []
    for place in tree.places.values():
        if place.kind != "grid":
            around = words(tree, place.parent) if place.parent else ""
            name = short(tree, place.code)
            found.append((_plain(name), _plain(words(tree, place.code)), Known(place.code, place.name, name, around)))
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


# --- outlines -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outlines:
    """GeoJSON features of one level; more: there are others, which a smaller window would show."""

    features: list[dict[str, Any]]
    more: bool


Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees of the datum asked for."""


def outlines(level: str, *, under: str = "", bounds: Bounds | None = None, datum: str = "wgs84") -> Outlines:
    """The polygons of a level: of the whole city, of the inside of one place, or of a window."""
    assert level in PLACES
    tree = directories.current()
    found = []
    for place in tree.places.values():
        if place.kind == level and place.polygon is not None and (not under or under in tree.place_ancestors(place.code)):
            ring = _ring(place.polygon, level, datum)
            if bounds is None or _meets(ring, bounds):
                said = {"code": place.code, "name": short(tree, place.code)}
                found.append({"type": "Feature", "properties": said, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    return Outlines(found[:MOST_OUTLINES], len(found) > MOST_OUTLINES)


def _ring(polygon: Ring, level: str, datum: str) -> list[tuple[float, float]]:
    points: Iterable[tuple[float, float]] = simplified(polygon, degrees=_ROUGH[level])
    if datum == "gcj02":
        points = ((there.lng, there.lat) for there in (geo.to_gcj02(lat, lng) for lng, lat in points))
    return [(round(lng, 5), round(lat, 5)) for lng, lat in points]


def _meets(ring: list[tuple[float, float]], bounds: Bounds) -> bool:
    west, south, east, north = bounds
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs) <= east and max(xs) >= west and min(ys) <= north and max(ys) >= south


def window(place: str = "", *, datum: str = "wgs84") -> Bounds | None:
    """What a map shows at first: a place, or the whole city. None where nothing is drawn."""
    tree = directories.current()
    wanted = [place] if place else [one.code for one in tree.places.values() if one.kind == "district"]
    points = [point for code in wanted for point in tree.places[code].polygon or ()]
    if not points:
        return None
    ring = [(lng, lat) if datum != "gcj02" else geo.to_gcj02(lat, lng)[::-1] for lng, lat in points]
    return min(x for x, _ in ring), min(y for _, y in ring), max(x for x, _ in ring), max(y for _, y in ring)

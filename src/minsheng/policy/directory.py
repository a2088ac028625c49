"""通讯录: the units, places, categories, rules, posts and people of one city.

Everything here is frozen data; `directory_files.parse` makes it from texts. Dates of validity are inclusive at both ends.
Codes are plain text keys, unique within their own kind. A body (department, company, centre) hangs under an area unit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeVar, get_args

from minsheng.policy.shapes import Ring, Shapes

K = TypeVar("K")
V = TypeVar("V")

Level = Literal["city", "county", "street", "community"]
UnitKind = Literal["area", "department", "company", "centre", "other"]
PlaceKind = Literal["district", "street", "community", "grid", "building"]
Urgency = Literal["normal", "high", "urgent"]
ScopeKind = Literal["city", "county", "sector"]

LEVELS: tuple[Level, ...] = get_args(Level)
"""Widest first: the order in which areas nest."""
_LENGTHS = {0: (0,), 2: (2, 0), 4: (4, 2, 0), 6: (6, 4, 2, 0)}
"""Lengths of the codes on the way from a category up to "any"."""
PLACE_KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
ROLES: tuple[str, ...] = (
    "operator", "dispatcher", "staff", "checker", "callback", "supervisor", "leader", "grid",
    "deputy", "observer", "editor", "discipline", "analyst", "admin",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """职能: what a department does (`urban_management`), whatever it is called in this city."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """承办单位: an area (city, county, street, community) or a body that hangs under one; a body has the level of its area."""

    code: str
    name: str
    short_name: str
    parent: str | None
    level: Level
    kind: UnitKind
    function: str | None
    phone: str
    opening_hours: str
    valid_from: date | None
    valid_until: date | None

    def valid(self, on: date) -> bool:
        """True while the unit exists; the first and the last day count."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """地点: a district down to a building; `unit` is the area unit that answers for it (属地)."""

    code: str
    name: str
    kind: PlaceKind
    parent: str | None
    unit: str
    lat: float | None
    lng: float | None
    polygon: Ring | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """事项: one row of the three-level tree; `department` is the function code that answers for it (谁主管谁负责)."""

    code: str
    name: str
    name_en: str
    parent: str | None
    level: int
    urgency: Urgency
    sensitive: bool
    department: str
    keywords: tuple[str, ...]
    risk: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """责任规则: category × place → lead and co-handling units.

    `category` is "" for any, else the code of a category with all that lies below it; `place` is None for anywhere.
    `lead` and `co` hold unit codes, `@function` (the nearest such department) or `@area:level` (the area unit of that level).
    """

    category: str
    place: str | None
    lead: str
    co: tuple[str, ...]
    basis: str
    valid_from: date | None
    valid_until: date | None

    def valid(self, on: date) -> bool:
        """True while the rule is in force; the first and the last day count."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """责任岗位: a rung of the responsibility chain in one unit; its code is `unit.kind`, `order` is the rung (1 is the lowest)."""

    code: str
    name: str
    unit: str
    order: int

    @property
    def kind(self) -> str:
        """The rung's own name, `community_secretary` in `hongweicun.community_secretary`."""
        return self.code.rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """账号: a demonstration account, named after its post and never after a person."""

    username: str
    display_name: str
    unit: str
    roles: tuple[str, ...]
    post: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """分平台: an entrance with its hall, staff and figures, bounded by a root unit and by categories (none given = all)."""

    code: str
    name: str
    kind: ScopeKind
    root: str
    categories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Directory:
    """通讯录: one city's directory with its indexes, each built on first use and kept; a reload makes a new directory."""

    city: str
    name: str
    centre: str
    fallback: str
    units: Mapping[str, Unit]
    places: Mapping[str, Place]
    categories: Mapping[str, Category]
    rules: tuple[Rule, ...]
    posts: Mapping[str, Post]
    people: Mapping[str, Person]
    scopes: Mapping[str, Scope]
    functions: Mapping[str, Function] = field(default_factory=lambda: MappingProxyType({}))

    # --- units -----------------------------------------------------------------------------------------------------

    @cached_property
    def root(self) -> str:
        """The city itself: the one area unit without a parent."""
        return next(code for code, unit in self.units.items() if unit.parent is None)

    def ancestors(self, unit: str) -> tuple[str, ...]:
        """The unit itself, then each unit above it, up to the root. A unit that an old case names and nobody knows any more stands alone."""
        return self._unit_lines.get(unit, (unit,))

    def children(self, unit: str) -> tuple[str, ...]:
        """Units that hang directly under this one, in the order of the file."""
        return self._unit_children.get(unit, ())

    def under(self, unit: str, *, root: str) -> bool:
        """True when the unit is the root itself or hangs anywhere below it."""
        return root in self.ancestors(unit)

    def subtree(self, root: str) -> tuple[str, ...]:
        """The root and everything below it, parents before children."""
        found = [root]
        for code in found:
            found.extend(self._unit_children.get(code, ()))
        return tuple(found)

    def area_of(self, unit: str) -> str:
        """The area unit that this one is or hangs under."""
        return next(code for code in self._unit_lines[unit] if self.units[code].kind == "area")

    def areas_of(self, unit: str) -> tuple[str, ...]:
        """The area units from this one's own up to the city; none for a unit that is gone."""
        return self._area_lines.get(unit, ())

    def with_function(self, function: str) -> tuple[str, ...]:
        """All units with this function, in the order of the file."""
        return self._by_function.get(function, ())

    def department(self, area: str, function: str) -> tuple[str, ...]:
        """Units with this function that hang under exactly this area (several when one follows another in time)."""
        return self._by_area_and_function.get((area, function), ())

    def centre_of(self, area: str) -> tuple[str, ...]:
        """Units of kind `centre` that hang under exactly this area."""
        return self._centres.get(area, ())

    def people_of(self, unit: str) -> tuple[Person, ...]:
        """Accounts that belong to exactly this unit."""
        return self._people_by_unit.get(unit, ())

    def chain_of_posts(self, unit: str) -> tuple[Post, ...]:
        """责任链: the posts from this unit up to the city, lowest rung first; two posts may share a rung."""
        posts = [post for code in self.ancestors(unit) for post in self._posts_by_unit.get(code, ())]
        return tuple(sorted(posts, key=lambda post: post.order))

    # --- places and rules ------------------------------------------------------------------------------------------

    def place_ancestors(self, place: str) -> tuple[str, ...]:
        """The place itself, then each place around it, widest last."""
        return self._place_lines[place]

    def place_children(self, place: str) -> tuple[str, ...]:
        """Places directly inside this one, in the order of the file."""
        return self._place_children.get(place, ())

    def rules_for(self, *, category: str | None, place: str | None) -> tuple[Rule, ...]:
        """Rules that speak of this category and place, most specific first: longest category, then deepest place, then order of the file."""
        around = () if place is None else tuple(code for code in self._place_lines[place] if code in self._ruled_places)
        found: list[Rule] = []
        for length in _LENGTHS[len(category or "")]:
            prefix = (category or "")[:length]
            for where in (*around, None):
                found.extend(self._rules.get((prefix, where), ()))
        return tuple(found)

    # --- indexes ---------------------------------------------------------------------------------------------------

    @cached_property
    def _unit_lines(self) -> dict[str, tuple[str, ...]]:
        return _lines({code: unit.parent for code, unit in self.units.items()})

    @cached_property
    def _unit_children(self) -> dict[str, tuple[str, ...]]:
        return _grouped((unit.parent, code) for code, unit in self.units.items() if unit.parent is not None)

    @cached_property
    def _area_lines(self) -> dict[str, tuple[str, ...]]:
        return {code: tuple(above for above in line if self.units[above].kind == "area") for code, line in self._unit_lines.items()}

    @cached_property
    def _by_function(self) -> dict[str, tuple[str, ...]]:
        return _grouped((unit.function, code) for code, unit in self.units.items() if unit.function is not None)

    @cached_property
    def _by_area_and_function(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return _grouped(((self.area_of(code), unit.function), code) for code, unit in self.units.items() if unit.function is not None)

    @cached_property
    def _centres(self) -> dict[str, tuple[str, ...]]:
        return _grouped((self.area_of(code), code) for code, unit in self.units.items() if unit.kind == "centre")

    @cached_property
    def _people_by_unit(self) -> dict[str, tuple[Person, ...]]:
        return _grouped((person.unit, person) for person in self.people.values())

    @cached_property
    def _posts_by_unit(self) -> dict[str, tuple[Post, ...]]:
        return _grouped((post.unit, post) for post in self.posts.values())

    @cached_property
    def _place_lines(self) -> dict[str, tuple[str, ...]]:
        return _lines({code: place.parent for code, place in self.places.items()})

    @cached_property
    def _place_children(self) -> dict[str, tuple[str, ...]]:
        return _grouped((place.parent, code) for code, place in self.places.items() if place.parent is not None)

    @cached_property
    def _drawn(self) -> tuple[tuple[Place, ...], Shapes]:
        """Places that have a polygon, in the order of the file, with their spatial index."""
        drawn = [(place, place.polygon) for place in self.places.values() if place.polygon is not None]
        return tuple(place for place, _ in drawn), Shapes([ring for _, ring in drawn])

    @cached_property
    def _ruled_places(self) -> frozenset[str]:
        return frozenset(rule.place for rule in self.rules if rule.place is not None)

    @cached_property
    def _rules(self) -> dict[tuple[str, str | None], tuple[Rule, ...]]:
        return _grouped(((rule.category, rule.place), rule) for rule in self.rules)


def locate(directory: Directory, *, lat: float, lng: float) -> Place | None:
    """定位: the deepest place whose polygon holds the point; on a common border, the one that stands first in the file."""
    places, shapes = directory._drawn
    found = [places[position] for position in shapes.covering(lat=lat, lng=lng)]
    return max(found, key=lambda place: len(directory.place_ancestors(place.code)), default=None)


def near_border(directory: Directory, *, lat: float, lng: float, metres: float) -> tuple[Place, ...]:
    """交界: the other places that begin within `metres` of the point, widest first; empty means the place is not in doubt.

    Other places are those that are neither the located place nor around it. Buildings have no border of this kind.
    """
    places, shapes = directory._drawn
    own = locate(directory, lat=lat, lng=lng)
    around = () if own is None else directory.place_ancestors(own.code)
    near = [places[position] for position in shapes.within(lat=lat, lng=lng, metres=metres)]
    others = [place for place in near if place.kind != "building" and place.code not in around]
    return tuple(sorted(others, key=lambda place: PLACE_KINDS.index(place.kind)))


def _lines(parents: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    """Each code with all codes above it; the caller has made sure that there is no cycle."""
    lines: dict[str, tuple[str, ...]] = {}

    def line(code: str) -> tuple[str, ...]:
        if code not in lines:
            parent = parents[code]
            lines[code] = (code,) if parent is None else (code, *line(parent))
        return lines[code]

    for code in parents:
        line(code)
    return lines


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Values gathered by key, in order."""
    groups: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}

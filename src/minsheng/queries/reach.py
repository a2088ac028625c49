"""看得到的一片: which cases somebody who looks over a part of the city may list and count, narrowed to an area, a platform, a matter.

The condition says of rows what domain.access.may_see says of one case. What was only co-handled in the area is left out: a list may be shorter than
what a person may see, never longer. 举报 is in no such list.
"""

from dataclasses import dataclass, replace
from typing import Any

from minsheng.domain import access, scopes
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.scopes import View
from minsheng.policy.directory import Directory


@dataclass(frozen=True, slots=True)
class Reach:
    """views: parts of the tree. categories: prefixes, none is all. unit, place: only what this unit (with those below) has, what lies in this place."""

    views: tuple[View, ...]
    categories: tuple[str, ...] = ()
    unit: str = ""
    place: str = ""


def of(actor: Actor, deed: str, tree: Directory) -> Reach:
    """All that this person looks over."""
    found = tuple(view for view in scopes.views(actor, deed, tree) if view.root in tree.units)
    if not found:
        raise NotFound()
    return Reach(found)


def within(reach: Reach, area: str, tree: Directory) -> Reach | None:
    """Narrowed to an area unit, one that lies under something that is looked over; None where it does not."""
    found = tuple(View(area, view.privy) for view in reach.views if tree.under(area, root=view.root)) if area in tree.units else ()
    return replace(reach, views=found) if found else None


def on_platform(reach: Reach, code: str, actor: Actor, tree: Directory) -> Reach | None:
    """Narrowed to a platform (1+8+N); None where this person may not."""
    scope = next((one for one in scopes.scopes_of(actor, tree.scopes.values(), tree) if one.code == code), None)
    if scope is None:
        return None
    root = tree.root if access.at_centre(scope.root, tree) else tree.area_of(scope.root)
    narrowed = reach if root == tree.root else within(reach, root, tree)
    return replace(narrowed, categories=scope.categories) if narrowed else None


# --- as a condition on ms_case c --------------------------------------------------------------------------------------------------


def condition(reach: Reach, actor: Actor, tree: Directory) -> tuple[str, dict[str, Any]]:
    """SQL with its values. Every fragment is a constant of this file."""
    params: dict[str, Any] = {"above": sorted({code for m in actor.memberships if m.unit in tree.units for code in tree.ancestors(m.unit)})}
    parts = []
    for n, view in enumerate(reach.views):
        part = "TRUE"
        if view.root != tree.root:
            part = f"(c.unit = ANY(%(units{n})s) OR coalesce(c.place, c.district) = ANY(%(places{n})s))"
            params |= {f"units{n}": list(tree.subtree(view.root)), f"places{n}": places_under(tree, view.root)}
        parts.append(part if view.privy else f"{part} AND NOT c.sensitive")
    found = [f"({' OR '.join(f'({part})' for part in parts)})", "c.visibility <> 'secret'", "NOT (c.facts->'accused' ?| %(above)s)"]
    if reach.categories:
        found.append(f"({' OR '.join(f'c.category LIKE %(category{n})s' for n in range(len(reach.categories)))})")
        params |= {f"category{n}": f"{code}%" for n, code in enumerate(reach.categories)}
    if reach.unit:
        found.append("c.unit = ANY(%(unit)s)")
        params["unit"] = list(tree.subtree(reach.unit)) if reach.unit in tree.units else [reach.unit]
    if reach.place:
        found.append("coalesce(c.place, c.district) = ANY(%(place)s)")
        params["place"] = inside(tree, reach.place)
    return " AND ".join(found), params


def places_under(tree: Directory, root: str) -> list[str]:
    """Every place whose area unit is this one or hangs below it; none for a body."""
    if tree.units[root].kind != "area":
        return []
    units = set(tree.subtree(root))
    return [place.code for place in tree.places.values() if place.unit in units]


def inside(tree: Directory, place: str) -> list[str]:
    """A place and everything in it."""
    found = [place]
    for code in found:
        found.extend(tree.place_children(code))
    return found


# --- and on rows in memory --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sieve:
    """The same condition for counts that are kept for everybody, by unit, place, category and whether it is sensitive."""

    all: bool
    all_privy: bool
    units: frozenset[str]
    places: frozenset[str]
    privy_units: frozenset[str]
    privy_places: frozenset[str]
    categories: tuple[str, ...]

    def keeps(self, unit: str, place: str, category: str, *, sensitive: bool) -> bool:
        """Does a count with these marks belong to what is looked over?"""
        if self.categories and not category.startswith(self.categories):
            return False
        if sensitive:
            return self.all_privy or unit in self.privy_units or place in self.privy_places
        return self.all or unit in self.units or place in self.places


def sieve(reach: Reach, tree: Directory) -> Sieve:
    """Made once for a page; categories by their first level, as everything in memory is counted."""

    def of_(*, privy: bool) -> tuple[frozenset[str], frozenset[str], bool]:
        roots = [view.root for view in reach.views if view.privy or not privy]
        units = frozenset(code for root in roots for code in tree.subtree(root))
        return units, frozenset(code for root in roots for code in places_under(tree, root)), tree.root in roots

    units, places, everything = of_(privy=False)
    privy_units, privy_places, privy = of_(privy=True)
    return Sieve(everything, privy, units, places, privy_units, privy_places, tuple(code[:2] for code in reach.categories))

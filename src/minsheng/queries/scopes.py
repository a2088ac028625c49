"""分平台: what a platform of 1+8+N shows to everybody: its hall, its figures, its units. Pages for all ask this, so it counts only what all may know."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from minsheng import clock
from minsheng.domain import access
from minsheng.domain.errors import NotFound
from minsheng.domain.scopes import View
from minsheng.policy.directory import Directory, Scope
from minsheng.queries import cockpit, hall
from minsheng.queries import directory as directories
from minsheng.queries.cockpit import UnitLine
from minsheng.queries.ranking import Part
from minsheng.queries.reach import Reach

KINDS = ("city", "county", "sector")


def platforms(tree: Directory) -> list[Scope]:
    """The city's, then the counties', then the sectors', in the order of the directory."""
    return sorted(tree.scopes.values(), key=lambda scope: (KINDS.index(scope.kind), _place(scope, tree)))


def _place(scope: Scope, tree: Directory) -> int:
    return list(tree.units).index(scope.root) if scope.root in tree.units else len(tree.units)


def platform(code: str) -> Scope:
    """One of them; a platform whose head the directory no longer knows is none."""
    tree = directories.current()
    found = tree.scopes.get(code)
    if found is None or found.root not in tree.units:
        raise NotFound("没有这个分平台。", "There is no such platform.")
    return found


def districts(scope: Scope, tree: Directory) -> tuple[str, ...]:
    """The districts that lie in a county's platform; none where it stands for the whole city."""
    if access.at_centre(scope.root, tree):
        return ()
    area = tree.area_of(scope.root)
    return tuple(place.code for place in tree.places.values() if place.kind == "district" and tree.under(place.unit, root=area))


def filters(scope: Scope, tree: Directory, *, q: str = "", state: str = "", overdue: bool = False, answered: bool = False) -> hall.Filters:
    """The conditions on the hall that bound this platform, with what a reader asks beside."""
    return hall.Filters(q=q, state=state, overdue=overdue, answered=answered, districts=districts(scope, tree), categories=scope.categories)


def preset(code: str) -> dict[str, str]:
    """What the form of a request begins with at this entrance: the county's district, or the sector's kind of matter; nothing for an unknown one."""
    tree = directories.current()
    scope = tree.scopes.get(code)
    if scope is None or scope.root not in tree.units:
        return {}
    inside = districts(scope, tree)
    return ({"district": inside[0]} if len(inside) == 1 else {}) | ({"branch": scope.categories[0]} if scope.categories else {})


@dataclass(frozen=True, slots=True)
class Figures:
    """A platform's month so far."""

    month: date
    cutoff: datetime
    received: int
    answered: int
    open: int
    overdue: int
    rates: dict[str, Part]


def figures(scope: Scope) -> Figures:
    """Counts of the running month and what is open now, as the board of the area has them."""
    found = cockpit.board(reach(scope, directories.current()), span="month", topics=0)
    return Figures(found.start, found.cutoff, found.received, found.answered, found.open, found.overdue, found.rates)


def units(scope: Scope, month: date) -> tuple[list[UnitLine], datetime]:
    """Who handled what of this platform in a month. A county's own units only; a sector's matters are everybody's who has them."""
    tree = directories.current()
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    lines, cutoff = cockpit.units(reach(scope, tree), start=month, end=min(last, clock.local(clock.now()).date()))
    if scope.kind == "county":
        lines = [line for line in lines if line.unit in tree.units and tree.under(line.unit, root=scope.root)]
    return lines, cutoff


def reach(scope: Scope, tree: Directory) -> Reach:
    """The platform as a part of the tree; never what touches privacy."""
    root = tree.root if access.at_centre(scope.root, tree) else tree.area_of(scope.root)
    return Reach((View(root, privy=False),), scope.categories)

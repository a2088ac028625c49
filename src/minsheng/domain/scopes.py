"""分平台 1+8+N: what a county's or sector's platform holds, whose it is, and what somebody who watches may look at. Pure.

A platform is bounded by a root unit and by categories. The city's holds everything, a county's what lies in it, a sector's its matters wherever they lie.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from minsheng.domain import access
from minsheng.domain.access import Actor, Tree
from minsheng.domain.facts import CaseFacts
from minsheng.domain.states import Role, Visibility


class Scope(Protocol):
    """What these rules need to know of a platform."""

    @property
    def kind(self) -> str:
        """city, county or sector."""

    @property
    def root(self) -> str:
        """The unit at its head."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Codes, each with all that lies below it; none: all."""


S = TypeVar("S", bound=Scope)


def holds(scope: Scope, tree: Tree, *, category: str | None, place_unit: str | None) -> bool:
    """Does a case belong to this platform? place_unit: the area unit of its place, None where nobody knows it."""
    if (scope.categories or scope.kind == "sector") and not (category or "").startswith(scope.categories or ("-",)):
        return False
    if access.at_centre(scope.root, tree):
        return True
    return place_unit is not None and tree.under(place_unit, root=tree.area_of(scope.root))


def scopes_of(actor: Actor, scopes: Iterable[S], tree: Tree) -> tuple[S, ...]:
    """The platforms that somebody at the desk may narrow a list to: those whose head their unit lies under; at the centre all of them."""
    centre = any(m.unit == tree.centre or (access.at_centre(m.unit, tree) and tree.area_of(m.unit) == m.unit) for m in actor.memberships)
    return tuple(scope for scope in scopes if centre or any(tree.under(m.unit, root=scope.root) for m in actor.memberships))


def administers(actor: Actor, scopes: Iterable[Scope], tree: Tree) -> tuple[str, ...]:
    """The root units whose subtrees this administrator keeps: a sector's only the sector's own, though it stands at the level of the city."""
    sectors = [scope.root for scope in scopes if scope.kind == "sector"]
    found: list[str] = []
    for membership in actor.memberships:
        if Role.ADMIN in membership.roles:
            own = [root for root in sectors if tree.under(membership.unit, root=root)]
            found += own or access.areas(Actor(actor.kind, actor.id, memberships=(membership,)), "administer", tree)
    return tuple(dict.fromkeys(found))


# --- who watches --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """A part of the tree that somebody looks over. privy: sensitive matters too (access.may_see says the same of one case)."""

    root: str
    privy: bool


def views(actor: Actor, deed: str, tree: Tree) -> tuple[View, ...]:
    """Which parts a leader, supervisor or analyst (`lead`), a deputy or observer (`look_on`) looks over.

    The head of a department leads the department, not the area it hangs under.
    """
    found: dict[str, bool] = {}
    for membership in actor.memberships:
        held = membership.roles & access.DEEDS[deed].roles
        if not held:
            continue
        wide = held - {Role.LEADER} or tree.area_of(membership.unit) == membership.unit
        root = access.areas(Actor("staff", memberships=(membership,)), deed, tree)[0] if wide else membership.unit
        privy = bool(held & {Role.LEADER, Role.SUPERVISOR})
        found[root] = found.get(root, False) or privy
    return tuple(View(root, privy) for root, privy in found.items())


_ONLOOKERS = frozenset({Role.DEPUTY, Role.OBSERVER})


def looks_on(actor: Actor, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> bool:
    """Is this a case of the area that a deputy or observer looks over? Never 举报, never what touches privacy, never one against their own unit."""
    if facts.visibility == Visibility.SECRET or facts.sensitive or access.is_accused(actor, facts, tree):
        return False
    return any(m.roles & _ONLOOKERS and access.covers(m.unit, facts, tree, place_unit=place_unit) for m in actor.memberships)

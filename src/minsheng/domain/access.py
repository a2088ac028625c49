"""Who stands how to a case: one function answers, for every door (rules of access, HOUSE §4 and CITIES §2 People)."""

from dataclasses import dataclass
from typing import Literal, Protocol

from minsheng.domain.facts import CaseFacts
from minsheng.domain.states import OrderRole, Role, Visibility, Who


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's place in the tree: unit and roles held there today."""

    unit: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. id: user id of staff or account id of a citizen; None for the system and for somebody who holds only code and secret."""

    kind: Literal["system", "staff", "citizen"]
    id: int | None = None
    name: str = ""
    memberships: tuple[Membership, ...] = ()

    @property
    def tag(self) -> str:
        """As written into the journal."""
        return self.kind if self.id is None else f"{self.kind}:{self.id}"

    @property
    def account(self) -> int | None:
        """The account of a citizen who has signed in."""
        return self.id if self.kind == "citizen" else None

    def has(self, role: Role) -> bool:
        """Does the actor hold this role anywhere?"""
        return any(role in m.roles for m in self.memberships)

    def units(self) -> tuple[str, ...]:
        """Codes of the units the actor belongs to."""
        return tuple(m.unit for m in self.memberships)


SYSTEM = Actor("system")
HOLDER = Actor("citizen")
"""Somebody who showed code and secret of a case."""


def citizen(account: int) -> Actor:
    """A citizen who has signed in. The door has checked whose case it is: to a case every citizen stands as its citizen."""
    return Actor("citizen", account)


class Tree(Protocol):
    """What access needs to know of the directory."""

    @property
    def centre(self) -> str:
        """The unit that receives and dispatches for the whole city."""

    def under(self, unit: str, *, root: str) -> bool:
        """Is `unit` the `root` or below it?"""

    def area_of(self, unit: str) -> str:
        """The area unit that `unit` is or hangs under."""


#: Roles that give the relation of the same name where the actor's area covers the case.
_BY_ROLE = {
    Role.OPERATOR: Who.OPERATOR,
    Role.DISPATCHER: Who.DISPATCHER,
    Role.CHECKER: Who.CHECKER,
    Role.CALLBACK: Who.CALLBACK,
    Role.SUPERVISOR: Who.SUPERVISOR,
    Role.LEADER: Who.LEADER,
}
#: The desk of the centre, which alone sorts 举报.
_DESK = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CHECKER, Role.CALLBACK})
_WORKS = frozenset({Role.STAFF, Role.GRID, Role.LEADER})
#: Roles that may read every case their area covers, though no move is theirs.
_READERS = frozenset({Role.DEPUTY, Role.OBSERVER, Role.ANALYST, Role.DISCIPLINE, Role.EDITOR, Role.ADMIN})


def relations(actor: Actor, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> frozenset[Who]:
    """How the actor stands to the case. `place_unit`: the area unit of the case's place, None where the place is unknown."""
    if actor.kind == "system":
        return frozenset({Who.SYSTEM})
    if actor.kind == "citizen":
        return frozenset({Who.CITIZEN})
    if is_accused(actor, facts, tree):
        return frozenset()
    found: set[Who] = set()
    for membership in actor.memberships:
        if membership.roles & _WORKS:
            for order in facts.active_orders():
                if order.unit == membership.unit:
                    found.add(Who.LEAD if order.role is OrderRole.LEAD else Who.CO)
        if covers(membership.unit, facts, tree, place_unit=place_unit):
            found |= {_BY_ROLE[role] for role in membership.roles if role in _BY_ROLE and (role is not Role.LEADER or leads(membership.unit, facts, tree))}
    return frozenset(found)


def is_accused(actor: Actor, facts: CaseFacts, tree: Tree) -> bool:
    """Does the actor belong to an accused unit or its subtree? Such a person never receives, sees or answers the case."""
    return any(tree.under(m.unit, root=accused) for m in actor.memberships for accused in facts.accused)


def is_asked(actor: Actor, facts: CaseFacts) -> bool:
    """Is the actor's unit asked for consent, or has it a measure to answer? Who must answer may read what it is about."""
    asked = {a["approver"] for a in facts.approvals.values() if a["status"] == "asked"}
    asked |= {m["unit"] for m in facts.measures.values() if m["status"] == "opened"}
    return bool(asked & set(actor.units()))


def covers(unit: str, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> bool:
    """Does the area of this unit cover the case: the city centre covers all, others their own part of the tree."""
    if at_centre(unit, tree):
        return True
    root = tree.area_of(unit)
    touched = [place_unit] if place_unit else []
    touched += [order.unit for order in facts.orders]
    return any(tree.under(other, root=root) for other in touched)


def leads(unit: str, facts: CaseFacts, tree: Tree) -> bool:
    """May a leader of this unit instruct on the case? The head of an area on what lies in it; the head of a department only on its own."""
    return tree.area_of(unit) == unit or any(tree.under(order.unit, root=unit) for order in facts.orders)


def at_centre(unit: str, tree: Tree) -> bool:
    """Does this unit stand at the level of the centre: the centre itself, or a body of the whole city."""
    return unit == tree.centre or tree.under(tree.centre, root=tree.area_of(unit))


#: Roles that put plates up: who receives, sorts and handles cases, and who keeps the directory.
_PRINTS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.STAFF, Role.GRID, Role.LEADER, Role.ADMIN})


def prints_for(actor: Actor, tree: Tree) -> tuple[str, ...]:
    """The area units whose places this staff member may print plates for, each with all below it; at the centre that is the city."""
    units = [m.unit for m in actor.memberships if m.roles & _PRINTS]
    return tuple(dict.fromkeys(tree.area_of(tree.centre) if at_centre(unit, tree) else tree.area_of(unit) for unit in units))


def may_see(actor: Actor, facts: CaseFacts, tree: Tree, *, place_unit: str | None) -> bool:
    """May this staff member read the case? 举报 only by those who work on it, the centre's desk and discipline."""
    if actor.kind == "system":
        return True
    if actor.kind == "citizen" or is_accused(actor, facts, tree):
        return False
    found = relations(actor, facts, tree, place_unit=place_unit)
    ever = any(order.unit == m.unit for order in facts.orders for m in actor.memberships if m.roles & _WORKS)
    if facts.visibility == Visibility.SECRET:
        desk = any(m.roles & _DESK and at_centre(m.unit, tree) for m in actor.memberships)
        return bool(found & {Who.LEAD, Who.CO}) or desk or actor.has(Role.DISCIPLINE) or is_asked(actor, facts)
    reads = any(m.roles & _READERS and covers(m.unit, facts, tree, place_unit=place_unit) for m in actor.memberships)
    return bool(found) or ever or reads or is_asked(actor, facts)

"""视野: which cases a member of staff may see, as SQL. The same answer as domain.access.may_see gives for one case (a table in the tests holds them together).

`seeable` is all of it, for a case at hand (found, starred, exported). `scope` is what queues are drawn from: narrower, and led by an index.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from minsheng.domain import access
from minsheng.domain.access import Actor, Membership
from minsheng.domain.states import Role
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories

#: The desk of the centre, which alone sorts 举报 (domain.access says the same of one case).
SECRET = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CHECKER, Role.CALLBACK})
_READERS = frozenset({Role.DEPUTY, Role.OBSERVER, Role.ANALYST, Role.DISCIPLINE, Role.EDITOR, Role.ADMIN})
WORKS = frozenset({Role.STAFF, Role.GRID, Role.LEADER})


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases (c) lists are drawn from: a FROM clause, conditions, parameters, and the columns that order it. row: the alias that repeats the state."""

    source: str
    where: str
    params: dict[str, Any]
    order: str = "c.due_at"
    newest: str = "c.received_at"
    row: str = "c"


@dataclass(frozen=True, slots=True)
class Sight:
    """What an actor's memberships add up to. privy, reader: root units whose cases they may see, with or without what touches privacy.

    whole_…: the same of the whole city. secret: sorts 举报, or prosecutes it. led: units whose head the actor is; heads: … of a department.
    """

    privy: tuple[str, ...]
    reader: tuple[str, ...]
    whole_privy: bool
    whole_reader: bool
    secret: bool
    works: tuple[str, ...]
    led: tuple[str, ...]
    heads: tuple[str, ...]
    units: tuple[str, ...]
    above: tuple[str, ...]
    me: int | None


def sight(actor: Actor, tree: Directory) -> Sight:
    """The memberships of an actor, as sets of units. A unit that is in no directory any more gives nothing but its own orders."""
    known = [m for m in actor.memberships if m.unit in tree.units]
    privy = [m for m in known if m.roles & SECRET or _heads_area(m, tree) or Role.DISCIPLINE in m.roles]
    reader = [m for m in known if m.roles & _READERS]
    heads = [m for m in known if Role.LEADER in m.roles and not _heads_area(m, tree)]
    return Sight(
        privy=tuple(dict.fromkeys(tree.area_of(m.unit) for m in privy)),
        reader=tuple(dict.fromkeys(tree.area_of(m.unit) for m in reader)),
        whole_privy=any(access.at_centre(m.unit, tree) for m in privy),
        whole_reader=any(access.at_centre(m.unit, tree) for m in reader),
        secret=actor.has(Role.DISCIPLINE) or any(m.roles & SECRET and access.at_centre(m.unit, tree) for m in known),
        works=tuple(m.unit for m in actor.memberships if m.roles & WORKS),
        led=tuple(m.unit for m in actor.memberships if Role.LEADER in m.roles),
        heads=tuple(dict.fromkeys(code for m in heads for code in tree.subtree(m.unit))),
        units=actor.units(),
        above=tuple(sorted({code for m in actor.memberships for code in tree.ancestors(m.unit)})),
        me=actor.id,
    )


def _heads_area(membership: Membership, tree: Directory) -> bool:
    return Role.LEADER in membership.roles and tree.area_of(membership.unit) == membership.unit


# --- pieces of SQL; every one is a constant, values travel as parameters -------------------------------------------------------------

#: Somebody of an accused unit never sees the case. Last of all conditions: it opens the facts of a row.
NOT_ACCUSED = "NOT (c.facts->'accused' ?| %(above)s)"
_OWN = (
    "EXISTS (SELECT 1 FROM ms_work_order w WHERE w.case_id = c.id AND w.unit = ANY(%(works)s)"
    " AND (NOT c.sensitive OR w.assignee IS NULL OR w.assignee = %(me)s OR w.unit = ANY(%(led)s)))"
)
_OWN_NOW = "EXISTS (SELECT 1 FROM ms_work_order w WHERE w.case_id = c.id AND w.ended_at IS NULL AND w.unit = ANY(%(works)s))"
_ASKED = (
    "EXISTS (SELECT 1 FROM ms_approval a WHERE a.case_id = c.id AND a.status = 'asked' AND a.approver_unit = ANY(%(units)s))"
    " OR EXISTS (SELECT 1 FROM ms_measure m WHERE m.case_id = c.id AND m.status = 'opened' AND m.unit = ANY(%(units)s))"
)
_TOUCHED = "EXISTS (SELECT 1 FROM ms_work_order w WHERE w.case_id = c.id AND w.unit = ANY(%({name}_units)s))"


def values(seen: Sight, tree: Directory) -> dict[str, Any]:
    """The parameters of every piece."""
    found: dict[str, Any] = {
        "above": list(seen.above), "works": list(seen.works), "led": list(seen.led), "heads_units": list(seen.heads), "units": list(seen.units), "me": seen.me,
    }  # fmt: skip
    for name, roots in (("privy", seen.privy), ("reader", seen.reader)):
        area = _area(tree, roots)
        found |= {f"{name}_units": area.units, f"{name}_districts": area.districts, f"{name}_in": area.within, f"{name}_out": area.without}
    return found


def _lies_in(name: str) -> str:
    return f"((c.district = ANY(%({name}_districts)s) AND (c.place IS NULL OR c.place <> ALL(%({name}_out)s))) OR c.place = ANY(%({name}_in)s) OR {{unit}})"


def _readable(seen: Sight, *, exact: bool) -> str:
    """Which cases that are no 举报 an actor's area opens. exact: also by units that had the case once (a list goes by the one that has it)."""
    parts = []
    for name, roots, whole, condition in (("privy", seen.privy, seen.whole_privy, ""), ("reader", seen.reader, seen.whole_reader, "NOT c.sensitive AND ")):
        if whole:
            parts.append(f"({condition}TRUE)")
        elif roots:
            unit = _TOUCHED.format(name=name) if exact else f"c.unit = ANY(%({name}_units)s)"
            parts.append(f"({condition}{_lies_in(name).format(unit=unit)})")
    if seen.heads and exact:
        parts.append(_TOUCHED.format(name="heads"))
    return " OR ".join(parts) or "FALSE"


def seeable(seen: Sight) -> str:
    """domain.access.may_see, of any case (c)."""
    secret = "TRUE" if seen.secret else _OWN_NOW if seen.works else "FALSE"
    open_ = f"c.visibility <> 'secret' AND ({_readable(seen, exact=True)} OR {_OWN if seen.works else 'FALSE'})"
    return f"(((c.visibility = 'secret' AND {secret}) OR ({open_}) OR {_ASKED}) AND {NOT_ACCUSED})"


def scope(actor: Actor) -> Scope:
    """Desk people see the cases of their area, others the running orders of their units."""
    tree = directories.current()
    seen = sight(actor, tree)
    params = values(seen, tree)
    if seen.privy or seen.reader:
        return Scope("ms_case c", _area_where(seen), params)
    return orders(seen, params)


def _area_where(seen: Sight) -> str:
    own, own_now = (_OWN, _OWN_NOW) if seen.works else ("FALSE", "FALSE")
    if seen.whole_privy and seen.secret:
        return "TRUE"
    if seen.whole_privy:
        return "c.visibility <> 'secret'" if not seen.works else f"(c.visibility <> 'secret' OR {own_now})"
    return f"((c.visibility <> 'secret' AND ({_readable(seen, exact=False)} OR {own})) OR (c.visibility = 'secret' AND {'TRUE' if seen.secret else own_now}))"


def orders(seen: Sight, params: dict[str, Any]) -> Scope:
    """The running orders of the actor's units. With one unit, the usual case, the index alone gives the order; with several the rows must be sorted."""
    unit = "o.unit = %(unit)s" if len(seen.works) == 1 else "o.unit = ANY(%(works)s)"
    privy = "(NOT c.sensitive OR c.visibility = 'secret' OR o.assignee IS NULL OR o.assignee = %(me)s OR o.unit = ANY(%(led)s))"
    return Scope(
        "ms_work_order o JOIN ms_case c ON c.id = o.case_id", f"{unit} AND o.ended_at IS NULL AND {privy}",
        {**params, "unit": seen.works[0] if seen.works else ""}, order="o.due_at", newest="o.opened_at", row="o",
    )  # fmt: skip


# --- places ---------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Area:
    """Units below some roots, and where they lie: whole districts, places in them that belong elsewhere, and places of theirs in other districts."""

    units: list[str]
    districts: list[str]
    within: list[str]
    without: list[str]


@lru_cache(maxsize=256)
def _area(tree: Directory, roots: tuple[str, ...]) -> _Area:
    units = sorted({code for root in roots for code in tree.subtree(root)})
    own = frozenset(units)
    districts = {p.code for p in tree.places.values() if p.kind == "district" and p.unit in own}
    within, without = [], []
    for code, place in tree.places.items():
        covered = any(line in districts for line in tree.place_ancestors(code))
        if covered and place.unit not in own:
            without.append(code)
        elif not covered and place.unit in own:
            within.append(code)
    return _Area(units, sorted(districts), within, without)

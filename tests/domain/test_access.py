"""谁能看、谁能办: one table of people, cases and what they are to each other."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.domain.access import HOLDER, SYSTEM, Actor, Membership, covers, is_accused, may_see, prints_for, relations
from minsheng.domain.facts import CaseFacts, OrderFacts
from minsheng.domain.moves import MOVES, ask
from minsheng.domain.states import OrderRole, Role, State, Visibility, Who

PARENTS = {
    "city": None, "city.centre": "city", "city.parks": "city", "city.congress": "city", "city.discipline": "city",
    "east": "city", "east.centre": "east", "east.parks": "east", "brook": "east", "brook.police": "brook", "brookside": "brook",
    "west": "city", "west.centre": "west", "hill": "west", "hilltop": "hill",
}  # fmt: skip
AREAS = {"city", "east", "brook", "brookside", "west", "hill", "hilltop"}


class Tree:
    """A city with two counties, each with a street and a village; bodies carry a dot."""

    centre = "city.centre"

    def line(self, unit: str) -> list[str]:
        found = [unit]
        while (above := PARENTS[found[-1]]) is not None:
            found.append(above)
        return found

    def under(self, unit: str, *, root: str) -> bool:
        return root in self.line(unit)

    def area_of(self, unit: str) -> str:
        return next(code for code in self.line(unit) if code in AREAS)


TREE = Tree()


def person(*held: tuple[str, str]) -> Actor:
    """Staff with (unit, "role role") memberships."""
    return Actor("staff", 1, memberships=tuple(Membership(unit, frozenset(Role(r) for r in roles.split())) for unit, roles in held))


def case(*orders: tuple[str, str], ended: tuple[str, str] | None = None, visibility: str = "public", accused: tuple[str, ...] = ()) -> CaseFacts:
    """A case with active orders (unit, role), and one that has ended."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    rows = [OrderFacts(number=n, unit=unit, role=OrderRole(role), round=1, opened_at=at) for n, (unit, role) in enumerate(orders, start=1)]
    if ended:
        rows.append(OrderFacts(number=len(rows) + 1, unit=ended[0], role=OrderRole(ended[1]), round=1, opened_at=at, ended_at=at))
    return CaseFacts(state=State.HANDLING, orders=rows, visibility=visibility, accused=list(accused))


def who(actor: Actor, facts: CaseFacts, place_unit: str | None = "brookside") -> set[str]:
    return {str(w) for w in relations(actor, facts, TREE, place_unit=place_unit)}


# --- relations ------------------------------------------------------------------------------------------------------------------

EAST = case(("brookside", "lead"), ("east.parks", "co"))

TABLE: list[tuple[str, tuple[tuple[str, str], ...], CaseFacts, str | None, str]] = [
    ("the unit that has it", (("brookside", "staff"),), EAST, "brookside", "lead"),
    ("a grid worker of that unit", (("brookside", "grid"),), EAST, "brookside", "lead"),
    ("its head works on it and leads", (("brookside", "leader"),), EAST, "brookside", "lead leader"),
    ("a co-handling unit", (("east.parks", "staff"),), EAST, "brookside", "co"),
    ("the unit above has no order of its own", (("brook", "staff"),), EAST, "brookside", ""),
    ("the unit below neither", (("brook.police", "staff"),), EAST, "brookside", ""),
    ("an observer in the unit does not work", (("brookside", "observer"),), EAST, "brookside", ""),
    ("the city's desk covers all", (("city.centre", "operator dispatcher"),), EAST, "brookside", "operator dispatcher"),
    ("also what has no place yet", (("city.centre", "dispatcher"),), case(), None, "dispatcher"),
    ("the county's desk covers its own county", (("east.centre", "dispatcher callback"),), EAST, "brookside", "dispatcher callback"),
    ("and no other", (("west.centre", "dispatcher callback"),), EAST, "brookside", ""),
    ("nor what has no place and no unit", (("east.centre", "dispatcher"),), case(), None, ""),
    ("a county with an order has a say, wherever the place", (("west.centre", "dispatcher"),), case(("hilltop", "lead")), "brookside", "dispatcher"),
    ("also when its order has ended", (("west.centre", "dispatcher"),), case(("brookside", "lead"), ended=("hill", "lead")), "brookside", "dispatcher"),
    ("the street's head leads in the street", (("brook", "leader"),), EAST, "brookside", "leader"),
    ("not next door", (("hill", "leader"),), EAST, "brookside", ""),
    ("every role of the desk", (("city.centre", "checker callback supervisor"),), EAST, "brookside", "checker callback supervisor"),
    ("two posts add up", (("brookside", "staff"), ("city.centre", "dispatcher")), EAST, "brookside", "lead dispatcher"),
    ("an order that has ended is nobody's", (("brookside", "staff"),), case(ended=("brookside", "lead")), "brookside", ""),
    ("deputies, observers, analysts have no move", (("city.congress", "deputy observer analyst editor admin"),), EAST, "brookside", ""),
    ("the accused has no relation, even with an order", (("brookside", "staff"),), case(("brookside", "lead"), accused=("brook",)), "brookside", ""),
    ("nor by a second post elsewhere", (("brook", "staff"), ("city.centre", "dispatcher")), case(accused=("brook",)), "brookside", ""),
    ("who stands above the accused may act", (("east.centre", "dispatcher"),), case(accused=("brook",)), "brookside", "dispatcher"),
]


@pytest.mark.parametrize(("held", "facts", "place_unit", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_relations(held: tuple[tuple[str, str], ...], facts: CaseFacts, place_unit: str | None, expected: str) -> None:
    assert who(person(*held), facts, place_unit) == set(expected.split())


def test_the_system_and_the_citizen() -> None:
    assert who(SYSTEM, EAST) == {"system"}
    assert who(HOLDER, EAST) == {"citizen"}
    assert (SYSTEM.tag, HOLDER.tag, person(("east", "staff")).tag) == ("system", "citizen", "staff:1")


# --- reading --------------------------------------------------------------------------------------------------------------------

READ: list[tuple[str, tuple[tuple[str, str], ...], str]] = [
    # who, and the visibilities of a case in east, held by brookside, that they may read
    ("the unit that has it", (("brookside", "staff"),), "public private secret"),
    ("a co-handler", (("east.parks", "staff"),), "public private secret"),
    ("the unit that had it", (("brook.police", "staff"),), "public private"),
    ("another unit", (("city.parks", "staff"),), ""),
    ("a unit next door", (("hilltop", "staff grid"),), ""),
    ("the city's desk", (("city.centre", "operator dispatcher"),), "public private secret"),
    ("the city's supervisor", (("city.centre", "supervisor"),), "public private secret"),
    ("callback and quality", (("city.centre", "callback checker"),), "public private secret"),
    ("the county's desk", (("east.centre", "dispatcher"),), "public private"),
    ("the other county's desk", (("west.centre", "dispatcher operator supervisor"),), ""),
    ("the county's deputy", (("east", "deputy"),), "public private"),
    ("the other county's deputy", (("west", "deputy"),), ""),
    ("the city's deputy", (("city.congress", "deputy"),), "public private"),
    ("the city's head", (("city", "leader"),), "public private"),
    ("analyst, editor, observer, administrator of the city", (("city.centre", "analyst editor observer admin"),), "public private"),
    ("discipline", (("city.discipline", "discipline"),), "public private secret"),
    ("nobody in particular", (), ""),
]


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize(("held", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_who_may_read(held: tuple[tuple[str, str], ...], expected: str, visibility: Visibility) -> None:
    facts = case(("brookside", "lead"), ("east.parks", "co"), ended=("brook.police", "lead"), visibility=visibility)
    assert may_see(person(*held), facts, TREE, place_unit="brookside") is (visibility in expected.split())


def test_the_system_sees_all_and_a_citizen_comes_with_code_and_secret_instead() -> None:
    assert may_see(SYSTEM, case(visibility="secret"), TREE, place_unit=None)
    assert not may_see(HOLDER, case(), TREE, place_unit=None)


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("roles", list(Role))
@pytest.mark.parametrize("unit", ["brook", "brook.police", "brookside"])
def test_the_accused_unit_and_its_subtree_never_see_it(unit: str, roles: Role, visibility: Visibility) -> None:
    facts = case(("brookside", "lead"), ("brook.police", "co"), visibility=visibility, accused=("brook",))
    actor = person((unit, roles), ("city.centre", "dispatcher supervisor discipline"))
    assert is_accused(actor, facts, TREE)
    assert not may_see(actor, facts, TREE, place_unit="brookside")
    assert who(actor, facts) == set()


def test_those_beside_and_above_the_accused_are_not_accused() -> None:
    facts = case(accused=("brook",))
    assert not any(is_accused(person((unit, "staff")), facts, TREE) for unit in ("east", "east.centre", "hill", "city.centre"))


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.OBSERVER, Role.ANALYST, Role.EDITOR, Role.DISCIPLINE, Role.ADMIN])
def test_readers_read_only(role: Role) -> None:
    actor = person(("city.centre", role))
    found = relations(actor, EAST, TREE, place_unit="brookside")
    assert may_see(actor, EAST, TREE, place_unit="brookside")
    assert all(ask(action, state=state, who=found, disabled=frozenset()) is not None for action in MOVES for state in State)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("city.centre", True), ("city", True), ("city.parks", True), ("east", True), ("east.centre", True), ("brook", True), ("west", False), ("hilltop", False)],
)
def test_covers(unit: str, *, expected: bool) -> None:
    assert covers(unit, case(), TREE, place_unit="brookside") is expected


# --- properties -----------------------------------------------------------------------------------------------------------------

units = st.sampled_from(sorted(PARENTS))
memberships = st.lists(st.tuples(units, st.lists(st.sampled_from(Role), min_size=1, max_size=3).map(" ".join)), min_size=1, max_size=3)
cases = st.builds(
    lambda orders, visibility, accused: case(*orders, visibility=visibility, accused=tuple(accused)),
    st.lists(st.tuples(units, st.sampled_from(["lead", "co"])), max_size=3),
    st.sampled_from(Visibility),
    st.lists(units, max_size=1),
)


@settings(max_examples=200, deadline=None)
@given(memberships, cases, st.none() | units)
def test_whoever_may_move_a_case_that_is_not_secret_may_read_it(held: list[tuple[str, str]], facts: CaseFacts, place_unit: str | None) -> None:
    actor = person(*held)
    found = relations(actor, facts, TREE, place_unit=place_unit)
    if found and facts.visibility != Visibility.SECRET:
        assert may_see(actor, facts, TREE, place_unit=place_unit)
    if found & {Who.LEAD, Who.CO}:
        assert any(order.unit in actor.units() for order in facts.active_orders())


@settings(max_examples=200, deadline=None)
@given(memberships, cases, st.none() | units)
def test_a_stricter_visibility_never_lets_more_people_in(held: list[tuple[str, str]], facts: CaseFacts, place_unit: str | None) -> None:
    actor = person(*held)
    seen = []
    for facts.visibility in ("secret", "private", "public"):
        seen.append(may_see(actor, facts, TREE, place_unit=place_unit))
    if not actor.has(Role.DISCIPLINE):  # discipline sees what is secret everywhere, the rest where its area is
        assert seen == sorted(seen)


# --- plates ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "areas"),
    [
        ((("city.centre", "operator"),), ("city",)),
        ((("city.parks", "staff"),), ("city",)),
        ((("brookside", "leader"),), ("brookside",)),
        ((("brook.police", "staff"),), ("brook",)),
        ((("brookside", "grid"), ("hill", "staff"), ("brookside", "staff")), ("brookside", "hill")),
        ((("city.congress", "deputy"),), ()),
        ((("brookside", "observer"), ("east.centre", "callback")), ()),
        ((("east.centre", "dispatcher"),), ("east",)),
    ],
)
def test_plates_are_printed_for_ones_own_area(held: tuple[tuple[str, str], ...], areas: tuple[str, ...]) -> None:
    assert prints_for(person(*held), TREE) == areas
    assert prints_for(HOLDER, TREE) == ()

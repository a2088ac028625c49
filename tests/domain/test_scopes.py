"""1+8+N: which platform holds a case, whose platform it is, who looks over what. Tables and properties over an invented city."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.facts import CaseFacts, OrderFacts
from minsheng.domain.scopes import View, administers, holds, looks_on, scopes_of, views
from minsheng.domain.states import OrderRole, State
from tests.domain.test_access import PARENTS, TREE, person


@dataclass(frozen=True)
class Platform:
    code: str
    kind: str
    root: str
    categories: tuple[str, ...] = ()


CITY, EAST, WEST = Platform("city", "city", "city"), Platform("east", "county", "east"), Platform("west", "county", "west")
PARKS, TRADE = Platform("parks", "sector", "city.parks", ("01", "02")), Platform("trade", "sector", "city.congress", ("10",))
ALL = (CITY, EAST, WEST, PARKS, TRADE)
AREAS = {"east": "east", "brook": "east", "brookside": "east", "west": "west", "hill": "west", "hilltop": "west"}


@given(st.sampled_from(sorted(AREAS)), st.sampled_from(["010101", "0203", "100101", "0501", ""]))
def test_a_case_belongs_to_its_county_and_to_its_sector_and_to_no_other(place: str, category: str) -> None:
    found = {scope.code for scope in ALL if holds(scope, TREE, category=category, place_unit=place)}

    assert found & {"east", "west"} == {AREAS[place]}
    assert found & {"parks", "trade"} == ({"parks"} if category[:2] in ("01", "02") else {"trade"} if category[:2] == "10" else set())
    assert "city" in found


@pytest.mark.parametrize("category", [None, "", "010101"])
def test_a_case_without_a_place_belongs_to_no_county(category: str | None) -> None:
    found = {scope.code for scope in ALL if holds(scope, TREE, category=category, place_unit=None)}

    assert found == {"city"} | ({"parks"} if category else set())


def test_a_sector_without_categories_holds_nothing_and_that_of_a_county_only_what_lies_there() -> None:
    assert not holds(Platform("x", "sector", "city.parks"), TREE, category="01", place_unit="east")
    county = Platform("x", "sector", "east.parks", ("01",))
    assert holds(county, TREE, category="0101", place_unit="brook")
    assert not holds(county, TREE, category="0101", place_unit="hill")
    assert not holds(county, TREE, category="0501", place_unit="brook")


OWN = [
    ((("city.centre", "dispatcher"),), {"city", "east", "west", "parks", "trade"}),
    ((("city", "leader"),), {"city", "east", "west", "parks", "trade"}),
    ((("east.centre", "dispatcher"),), {"city", "east"}),
    ((("brook.police", "staff"),), {"city", "east"}),
    ((("city.parks", "staff"),), {"city", "parks"}),
    ((("hill", "leader"), ("city.congress", "deputy")), {"city", "west", "trade"}),
]


@pytest.mark.parametrize(("posts", "codes"), OWN)
def test_the_platforms_that_a_list_may_be_narrowed_to(posts: tuple[tuple[str, str], ...], codes: set[str]) -> None:
    assert {scope.code for scope in scopes_of(person(*posts), ALL, TREE)} == codes


KEEPS = [
    ((("city.centre", "admin"),), ("city",)),
    ((("east.centre", "admin"),), ("east",)),
    ((("city.parks", "admin"),), ("city.parks",)),
    ((("city.discipline", "admin"),), ("city",)),
    ((("east.centre", "admin"), ("city.parks", "admin")), ("east", "city.parks")),
    ((("east.centre", "operator"),), ()),
]


@pytest.mark.parametrize(("posts", "roots"), KEEPS)
def test_an_administrator_of_a_platform_keeps_its_subtree(posts: tuple[tuple[str, str], ...], roots: tuple[str, ...]) -> None:
    assert administers(person(*posts), ALL, TREE) == roots


LOOKS = [
    ("lead", (("city", "leader"),), (View("city", True),)),
    ("lead", (("city.parks", "leader"),), (View("city.parks", True),)),
    ("lead", (("city.centre", "supervisor"),), (View("city", True),)),
    ("lead", (("city.centre", "analyst"),), (View("city", False),)),
    ("lead", (("brook", "leader"), ("west.centre", "supervisor")), (View("brook", True), View("west", True))),
    ("lead", (("east", "leader"), ("east.centre", "analyst")), (View("east", True),)),
    ("lead", (("brook.police", "leader"),), (View("brook.police", True),)),
    ("lead", (("city.centre", "operator"),), ()),
    ("look_on", (("city.congress", "deputy"),), (View("city", False),)),
    ("look_on", (("east", "deputy"), ("hill", "observer")), (View("east", False), View("hill", False))),
]


@pytest.mark.parametrize(("deed", "posts", "found"), LOOKS)
def test_which_part_of_the_tree_somebody_looks_over(deed: str, posts: tuple[tuple[str, str], ...], found: tuple[View, ...]) -> None:
    assert views(person(*posts), deed, TREE) == found


@pytest.mark.parametrize(("what", "posts", "case", "sees"), [
    ("of the own county", (("east", "deputy"),), {}, True),
    ("an observer", (("east", "observer"),), {}, True),
    ("what is not public, without its words", (("east", "deputy"),), {"visibility": "private"}, True),
    ("a report", (("east", "deputy"),), {"visibility": "secret"}, False),
    ("what touches privacy", (("east", "deputy"),), {"sensitive": True}, False),
    ("another county", (("west", "deputy"),), {}, False),
    ("somebody else", (("east.centre", "operator"),), {}, False),
    ("against the own unit", (("east", "deputy"),), {"accused": ["east"]}, False),
])  # fmt: skip
def test_what_a_deputy_looks_on(what: str, posts: tuple[tuple[str, str], ...], case: dict[str, object], sees: bool) -> None:
    order = OrderFacts(number=1, unit="brookside", role=OrderRole.LEAD, round=1, opened_at=datetime(2026, 3, 2, tzinfo=UTC))
    facts = CaseFacts(**{"state": State.HANDLING, "orders": [order], "visibility": "public", **case})

    assert looks_on(person(*posts), facts, TREE, place_unit="brookside") is sees, what


def test_the_invented_city_is_whole() -> None:
    assert set(AREAS) <= set(PARENTS)

"""The map counts what the list holds, by place and never nearer than a grid."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from minsheng import clock
from minsheng.queries import directory as directories
from minsheng.queries import hall, hall_map
from minsheng.queries.hall import Filters
from tests.commands.scenes import dispatched
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    """Three in a building of 银杏社区, one in that community, two in its street, one in another district, one nobody knows where."""
    made = world("yunchuan", at="2026-03-02T09:00+08:00")
    for place in ("yinxing-b1", "yinxing-b1", "yinxing-b2", "yinxing", "songtao", "songtao"):
        dispatched(made, place=place)
    made.file(body="湖边的护栏松了，很危险。", title="护栏松了", district="minghu")
    made.file(body="公交车甩站，叫了也不停。", title="公交车甩站", place_text="车站")
    return made


def counted(level: str, within: str = "", **filters: str) -> dict[str, int]:
    found = hall_map.by_place(hall_map.spread(Filters(**filters)), level, within=within)  # type: ignore[arg-type]
    return {heat.place: heat.n for heat in found}


def test_a_building_counts_for_its_grid(city: World) -> None:
    """And only for it: no level knows a building, and neither do the rows that are kept."""
    grids = {directories.current().places[code].parent for code in ("yinxing-b1", "yinxing-b2")}
    assert {code for code in counted("grid", "yinxing") if code.startswith("yinxing-g")} == grids
    kinds = {directories.current().places[place].kind for place, *_ in hall_map.spread(Filters()).rows if place}
    assert "building" not in kinds


def test_levels(city: World) -> None:
    assert counted("district") == {"qinghe": 6, "minghu": 1, "": 1}
    assert counted("street") == {"songtao": 6, "minghu": 1, "": 1}
    assert counted("community") == {"yinxing": 4, "songtao": 2, "minghu": 1, "": 1}


def test_what_is_said_of_a_wider_place_is_no_part_of_the_map(city: World) -> None:
    found = {heat.place: heat for heat in hall_map.by_place(hall_map.spread(Filters()), "community")}
    assert (found["yinxing"].outside, found["songtao"].outside, found[""].outside) == (False, True, True)
    assert found["songtao"].shade == 0 < found["yinxing"].shade


def test_counts_agree_with_the_list(city: World) -> None:
    """Under every condition: as many on the map as in the list, and in each place as many as the list of that place holds."""
    for filters in ({}, {"district": "qinghe"}, {"place": "yinxing"}, {"q": "路灯"}, {"district": "minghu"}):
        listed = len(hall.entries(Filters(**filters), limit=100).rows)  # type: ignore[arg-type]
        assert sum(counted("grid", **filters).values()) == hall_map.spread(Filters(**filters)).total == listed  # type: ignore[arg-type]
    for heat in hall_map.by_place(hall_map.spread(Filters()), "street"):
        if not heat.outside:
            assert len(hall.entries(Filters(place=heat.place), limit=100).rows) == heat.n


def test_overdue_and_categories(city: World) -> None:
    city.wait("10 days")
    heat = next(one for one in hall_map.by_place(hall_map.spread(Filters()), "community") if one.place == "yinxing")
    assert heat.overdue == 4 == len(hall.entries(Filters(place="yinxing", overdue=True), limit=50).rows)
    assert heat.top == [("02", 4)]


def test_asked_again_within_half_a_minute_costs_nothing(city: World) -> None:
    with CaptureQueriesContext(connection) as first:
        hall_map.spread(Filters(place="songtao"))
    with CaptureQueriesContext(connection) as again:
        hall_map.spread(Filters(place="songtao"))
    city.wait("1 minutes")
    before = clock.now()
    dispatched(city)
    fresh = hall_map.spread(Filters(place="songtao"))
    assert (len(first), len(again)) == (1, 0)
    assert (fresh.total, fresh.cutoff) == (7, before)


def test_only_the_newest_are_counted(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hall_map, "MOST", 3)
    found = hall_map.spread(Filters())
    assert (found.total, found.more) == (3, True)


def test_words_that_say_nothing_and_buildings_count_nothing(city: World) -> None:
    assert hall_map.spread(Filters(q="的")).total == 0
    assert hall_map.spread(Filters(place="yinxing-b1")).total == 0


def test_the_level_inside_a_place(city: World) -> None:
    tree = directories.current()
    assert [hall_map.level_below(tree, place) for place in ("", "qinghe", "songtao", "yinxing", "yinxing-g1")] == [
        "district", "street", "community", "grid", "grid",
    ]  # fmt: skip


def test_one_district_is_looked_at_by_streets(world: Callable[..., World]) -> None:
    world("qufu", at="2026-03-02T09:00+08:00")
    assert hall_map.level_below(directories.current(), "") == "street"


@given(st.lists(st.integers(1, 5000), max_size=60))
def test_shades_rise_from_one_to_the_largest(counts: list[int]) -> None:
    limits = hall_map.shades(counts)
    assert len(limits) <= hall_map.SHADES
    assert list(limits) == sorted(set(limits))
    if counts:
        assert limits[0] == 1
        assert limits[-1] <= max(counts)
        assert all(sum(n >= limit for limit in limits) >= 1 for n in counts)
    else:
        assert limits == ()

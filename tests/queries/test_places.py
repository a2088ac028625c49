"""What people call places, in which of them a position lies, and their outlines."""

from collections.abc import Callable, Iterator
from functools import cache
from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import geo
from minsheng.policy.directory import Directory, locate
from minsheng.policy.shapes import border_metres, simplified
from minsheng.queries import directory as directories
from minsheng.queries import places
from tests.world import World, city_files


@pytest.fixture
def tree(world: Callable[..., World]) -> Directory:
    world("yunchuan")
    return directories.current()


def middle(tree: Directory, code: str) -> tuple[float, float]:
    place = tree.places[code]
    assert place.lat is not None
    assert place.lng is not None
    return place.lat, place.lng


@cache
def between(one: str, other: str) -> tuple[float, float]:
    """A point on the border of two neighbours: halfway between the corners they share."""
    tree = city_files("yunchuan")
    a, b = tree.places[one].polygon, tree.places[other].polygon
    assert a is not None
    assert b is not None
    shared = [point for point in dict.fromkeys(a) if point in b]
    assert len(shared) >= 2, (one, other)
    return (shared[0][1] + shared[1][1]) / 2, (shared[0][0] + shared[1][0]) / 2


def neighbours(kind: str) -> Iterator[tuple[str, str]]:
    tree = city_files("yunchuan")
    same = [place for place in tree.places.values() if place.kind == kind]
    for n, one in enumerate(same):
        for other in same[n + 1 :]:
            if one.polygon and other.polygon and len(set(one.polygon) & set(other.polygon)) >= 2:
                yield one.code, other.code


def test_names_without_what_they_repeat(tree: Directory) -> None:
    assert places.words(tree, "yinxing-b1") == "青禾区 松涛街道 银杏社区 银杏花园1栋"
    assert places.words(tree, "yinxing-g1") == places.words(tree, "yinxing") == "青禾区 松涛街道 银杏社区"
    assert places.short(tree, "yinxing") == "银杏社区"
    assert places.short(tree, "qinghe") == "青禾区"


def test_the_middle_of_a_place_is_in_no_doubt(tree: Directory) -> None:
    found = places.spot(*middle(tree, "yinxing-g1"))
    assert found is not None
    assert (found.place, found.district, found.words, found.choices) == ("yinxing-g1", "qinghe", "青禾区 松涛街道 银杏社区", ())


def test_outside_the_city_there_is_no_spot(tree: Directory) -> None:
    for point in ((48.85, 2.35), (0.0, 0.0), (39.9, 116.4), (-90.0, 180.0)):
        assert places.spot(*point) is None


def test_on_the_border_of_two_districts_both_are_offered(tree: Directory) -> None:
    pairs = list(neighbours("district"))
    assert pairs
    for one, other in pairs:
        found = places.spot(*between(one, other))
        assert found is not None
        sides = {tree.place_ancestors(choice.place)[-1] for choice in found.choices}
        assert {one, other} <= sides
        assert found.choices[0].place == found.place
        assert len({choice.words for choice in found.choices}) == len(found.choices), "each side has words of its own"
        assert all(tree.places[choice.place].kind != "building" for choice in found.choices[1:])


def test_another_grid_of_the_same_community_is_no_question(tree: Directory) -> None:
    """Nobody knows the number of a grid: only communities, streets and districts are asked about."""
    asked = 0
    for one, other in neighbours("grid"):
        if tree.places[one].parent == tree.places[other].parent:
            found = places.spot(*between(one, other))
            assert found is not None
            communities = {choice.words for choice in found.choices}
            assert len(communities) == len(found.choices)
            asked += not found.choices
    assert asked > 10


def test_a_code_says_where_it_is(tree: Directory) -> None:
    found = places.at("yinxing-b1")
    assert found is not None
    assert (found.district, found.words) == ("qinghe", "青禾区 松涛街道 银杏社区 银杏花园1栋")
    assert places.at("mars") is None


# --- names --------------------------------------------------------------------------------------------------------------------


def names(text: str) -> list[str]:
    return [known.short for known in places.suggest(text)]


def test_suggestions(tree: Directory) -> None:
    assert names("银杏")[0] == "银杏社区"
    assert "银杏花园1栋" in names("银杏")
    assert names("银杏花园1栋")[0] == names("银杏花园１栋 ")[0] == "银杏花园1栋"
    assert names("银杏花园1栋 3 单元 402")[:1] == ["银杏花园1栋"]
    assert names("青禾 松涛")[0] == "松涛街道"
    assert names("青禾区")[0] == "青禾区"
    assert len(names("栋")) == 6


@pytest.mark.parametrize("text", ["", "   ", "火星", "%", "_", "'; --", "\0", "网格"])
def test_nothing_is_suggested(tree: Directory, text: str) -> None:
    assert names(text) == []


def test_a_suggestion_says_what_lies_around(tree: Directory) -> None:
    found = next(known for known in places.suggest("银杏花园1栋"))
    assert (found.place, found.name, found.around) == ("yinxing-b1", "银杏花园1栋", "青禾区 松涛街道 银杏社区")


# --- outlines -----------------------------------------------------------------------------------------------------------------


def test_outlines_of_a_level_of_a_place_and_of_a_window(tree: Directory) -> None:
    districts = places.outlines("district")
    assert {feature["properties"]["code"] for feature in districts.features} == {p.code for p in tree.places.values() if p.kind == "district"}
    inside = places.outlines("community", under="qinghe").features
    assert inside
    assert all("qinghe" in tree.place_ancestors(feature["properties"]["code"]) for feature in inside)
    lat, lng = middle(tree, "yinxing")
    seen = places.outlines("community", bounds=(lng - 0.001, lat - 0.001, lng + 0.001, lat + 0.001)).features
    assert "yinxing" in {feature["properties"]["code"] for feature in seen}
    assert len(seen) < sum(place.kind == "community" for place in tree.places.values())


def test_outlines_are_closed_short_and_near_the_truth(tree: Directory) -> None:
    for level in ("district", "street", "community", "grid"):
        for feature in places.outlines(level).features:
            (ring,) = feature["geometry"]["coordinates"]
            assert ring[0] == ring[-1]
            assert all(round(degrees, 5) == degrees for point in ring for degrees in point)
            polygon = tree.places[feature["properties"]["code"]].polygon
            assert polygon is not None
            assert max(border_metres(polygon, lat=lat, lng=lng) for lng, lat in ring) < 60


def test_a_map_in_gcj02_gets_its_outlines_moved(tree: Directory) -> None:
    plain, moved = (places.outlines("district", datum=datum).features[0]["geometry"]["coordinates"][0] for datum in ("wgs84", "gcj02"))
    for (lng, lat), (east, north) in zip(plain, moved, strict=True):
        assert hypot(north - geo.to_gcj02(lat, lng).lat, east - geo.to_gcj02(lat, lng).lng) < 2e-5
    west, south, _, _ = places.window("qinghe", datum="gcj02") or (0, 0, 0, 0)
    assert (west, south) != (places.window("qinghe") or (0, 0))[:2]


def test_the_window_of_the_city_holds_every_district(tree: Directory) -> None:
    west, south, east, north = places.window() or (0, 0, 0, 0)
    for place in tree.places.values():
        if place.kind == "district":
            assert all(west <= lng <= east and south <= lat <= north for lng, lat in place.polygon or ())


@given(st.integers(12, 200), st.floats(0.00001, 0.001))
def test_simplifying_moves_nothing_far(corners: int, degrees: float) -> None:
    """A round city with a ragged edge."""
    ring = [(112 + (0.1 + 0.00005 * (n % 3)) * cos(radians(n * 360 / corners)), 29.5 + 0.1 * cos(radians(90 - n * 360 / corners))) for n in range(corners)]
    ring.append(ring[0])
    rough = simplified(tuple(ring), degrees=degrees)
    assert rough[0] == rough[-1]
    assert 4 <= len(rough) <= len(ring)
    assert all(border_metres(rough, lat=lat, lng=lng) <= 2 * degrees * 111_320 for lng, lat in ring)


def test_the_spot_of_a_picked_point_is_that_of_the_same_ground(tree: Directory) -> None:
    """Picked on a map in GCJ-02 and brought back, a point lies where it lay."""
    lat, lng = middle(tree, "yinxing-b1")
    there = geo.to_gcj02(lat, lng)
    back = geo.to_wgs84(*there)
    here, moved = locate(tree, lat=lat, lng=lng), locate(tree, lat=back.lat, lng=back.lng)
    assert here is not None
    assert here == moved

"""The six directories hold together, and every kind of mistake in a file is named with file, line and key."""

import json
import sys
from collections import Counter
from dataclasses import FrozenInstanceError
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.policy.directory import Directory, locate, near_border
from minsheng.policy.directory_files import FILES, Problem, decode, parse

ROOT = Path(__file__).resolve().parents[2]
COMMON = ("categories.csv", "functions.csv")
CITIES = ("yunchuan", "maanshan", "linyi", "fuyang", "qufu", "baiyin")
AREAS = {"yunchuan": 6, "maanshan": 6, "linyi": 13, "fuyang": 8, "qufu": 0, "baiyin": 5}


@cache
def texts(city: str) -> dict[str, str]:
    folder = ROOT / "directories"
    return {name: (folder / name if name in COMMON else folder / city / name).read_text("utf-8") for name in FILES}


@cache
def directory(city: str) -> Directory:
    parsed = parse(texts(city))
    assert parsed.problems == ()
    assert parsed.directory is not None
    return parsed.directory


@cache
def problems_with(city: str, name: str, old: str, new: str) -> tuple[Problem, ...]:
    """The problems after one replacement in one file."""
    text = texts(city)[name]
    assert old in text
    parsed = parse({**texts(city), name: text.replace(old, new, 1)})
    assert parsed.directory is None
    assert parsed.problems
    return parsed.problems


# --- the data ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", CITIES)
def test_a_city_parses_without_a_problem(city: str) -> None:
    d = directory(city)
    assert d.city == city
    counties = [unit for unit in d.units.values() if unit.kind == "area" and unit.level == "county"]
    assert len(counties) == AREAS[city]
    assert d.units[d.centre].kind == "centre"
    assert sum(place.kind == "grid" for place in d.places.values()) > 50
    assert len(texts(city)["places.geojson"].encode()) < 400_000


def test_the_files_are_what_the_generator_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import make_directories

    for city in make_directories.CITIES:
        for name, text in make_directories.make(city).items():
            assert (ROOT / "directories" / city.code / name).read_text("utf-8") == text, f"{city.code}/{name}: run tools/make_directories.py"
    assert (ROOT / "directories" / "functions.csv").read_text("utf-8") == make_directories.functions()
    assert (ROOT / "tests" / "stories" / "UNITS.md").read_text("utf-8") == make_directories.told()
    sys.modules.pop("make_directories"), sys.modules.pop("city_tables")


def test_the_category_tree_has_three_levels_and_rich_words() -> None:
    categories = directory("yunchuan").categories
    levels = Counter(category.level for category in categories.values())
    assert levels[1] == 15
    assert 90 <= levels[2] <= 110
    assert 280 <= levels[3] <= 350
    assert all(len(category.keywords) >= 5 for category in categories.values() if category.level == 3)
    assert len({category.risk for category in categories.values()} - {None}) == 31
    words = Counter(word for category in categories.values() for word in category.keywords)
    assert [word for word, count in words.items() if count > 1] == [], "a word that stands for two categories decides nothing"


@pytest.mark.parametrize("city", CITIES)
def test_every_department_of_the_tree_exists_in_the_city_and_each_county(city: str) -> None:
    d = directory(city)
    counties = [code for code, unit in d.units.items() if unit.kind == "area" and unit.level == "county"]
    for function in {category.department for category in d.categories.values()}:
        units = d.with_function(function)
        assert any(d.area_of(unit) == "city" for unit in units), function
        if d.units[units[0]].kind == "department":
            assert {d.area_of(unit) for unit in units} >= set(counties), function


def test_no_telephone_number_is_real() -> None:
    for city in CITIES:
        assert all(unit.phone.startswith("0000-6") for unit in directory(city).units.values())


# --- the tree ----------------------------------------------------------------------------------------------------------


def test_the_unit_tree_is_walked_up_and_down() -> None:
    d = directory("maanshan")
    assert d.ancestors("yanghu") == ("yanghu", "pinghu", "yushan", "city")
    assert d.ancestors("pinghu.police") == ("pinghu.police", "pinghu", "yushan", "city")
    assert "yanghu" in d.children("pinghu")
    assert d.under("yanghu", root="yushan")
    assert not d.under("yanghu", root="huashan")
    assert set(d.subtree("city")) == set(d.units)
    assert d.subtree("yanghu") == ("yanghu",)
    assert d.area_of("pinghu.police") == "pinghu"
    assert d.department("yushan", "urban_management") == ("yushan.urban_management",)
    assert d.place_ancestors("yanghu-b12") == ("yanghu-b12", "yanghu-g1", "yanghu", "pinghu", "yushan")
    assert "yanghu-b12" in d.place_children("yanghu-g1")


def test_the_chain_of_seven_goes_up_in_order() -> None:
    chain = directory("baiyin").chain_of_posts("hongweicun")
    assert [post.kind for post in chain] == [
        "community_secretary", "cadre", "street_political_legal", "street_heads",
        "county_level_lead", "county_political_legal", "county_heads", "city_political_legal",
    ]  # fmt: skip
    assert [post.order for post in chain] == [1, 1, 2, 3, 4, 5, 6, 7]
    held = {person.post for person in directory("baiyin").people.values()}
    assert {post.code for post in chain} <= held, "each rung of the story has somebody to prompt"


def test_linyi_has_the_79_villages_of_the_story() -> None:
    d = directory("linyi")
    villages = [code for street in ("yicheng", "longjiaquan", "xujiahu") for code in d.children(street) if d.units[code].kind == "area"]
    assert len(villages) == 79
    assert all(d.units[code].name.endswith("村") for code in villages)


def test_a_directory_cannot_be_changed() -> None:
    d = directory("qufu")
    with pytest.raises(FrozenInstanceError):
        d.city = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        d.units["city"] = d.units["lucheng"]  # type: ignore[index]


# --- where a point lies ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("city", CITIES)
def test_the_middle_of_a_place_lies_in_it(city: str) -> None:
    d = directory(city)
    for place in d.places.values():
        assert place.lat is not None
        assert place.lng is not None
        found = locate(d, lat=place.lat, lng=place.lng)
        assert found is not None
        assert place.code in d.place_ancestors(found.code)


@settings(deadline=None, max_examples=40)
@given(lat=st.floats(31.3, 32.0), lng=st.floats(118.0, 119.0))
def test_every_point_of_the_city_lies_in_one_line_of_places(lat: float, lng: float) -> None:
    d = directory("maanshan")
    found = locate(d, lat=lat, lng=lng)
    if found is None:
        pytest.fail(f"no place at {lat}, {lng}") if _inside_outline(lat, lng) else None
    else:
        assert found.kind in ("grid", "building")


def _inside_outline(lat: float, lng: float) -> bool:
    """Well inside the city's outline, whose cut corners reach in by a sixth."""
    return 31.55 < lat < 31.75 and 118.15 < lng < 118.75


def test_a_place_on_the_border_names_the_other_side() -> None:
    d = directory("maanshan")
    own = locate(d, lat=31.67641, lng=118.51359)
    assert own is not None
    others = near_border(d, lat=31.67641, lng=118.51359, metres=200)
    assert [place.kind for place in others] == ["district", "street", "community", "grid"]
    assert {others[0].code, d.place_ancestors(own.code)[-1]} == {"huashan", "yushan"}
    middle = d.places["yanghu-b12"]
    assert middle.lat is not None
    assert middle.lng is not None
    assert near_border(d, lat=middle.lat, lng=middle.lng, metres=50) == ()


def test_outside_the_city_there_is_no_place() -> None:
    assert locate(directory("qufu"), lat=39.9, lng=116.4) is None


# --- mistakes ----------------------------------------------------------------------------------------------------------

PINGHU = "pinghu,雨山区平湖街道,平湖街道,yushan,street,area,"
MISTAKES = [
    # file, old, new, key, a word of the English message
    ("directory.toml", "centre =", "center =", "center", "did you mean “centre”"),
    ("directory.toml", 'centre = "city.centre"\n', "", "centre", "missing"),
    ("directory.toml", '"city.centre"', '"city.center"', "centre", "did you mean “city.centre”"),
    ("directory.toml", 'kind = "city"', 'kind = "town"', "kind", "unknown “town”"),
    ("directory.toml", 'root = "city"', 'root = "cty"', "root", "did you mean “city”"),
    ("directory.toml", "categories = []", 'categories = ["99"]', "categories", "unknown “99”"),
    ("directory.toml", "categories = []", "categories = [", "", "TOML"),
    ("functions.csv", "code,name_zh", "code,name", "name", "did you mean “name_zh”"),
    ("functions.csv", "parks,园林绿化", "urban_management,园林绿化", "code", "already used"),
    ("categories.csv", ",urgency,", ",urgncy,", "urgncy", "did you mean “urgency”"),
    ("categories.csv", "020501,停电,Power cut,urgent", "020501,停电,Power cut,urgant", "urgency", "did you mean “urgent”"),
    ("categories.csv", "0205,供电,Electricity,normal,no,power", "0205,供电,Electricity,normal,maybe,power", "sensitive", "maybe"),
    ("categories.csv", "0205,供电,Electricity,normal,no,power", "0205,供电,Electricity,normal,no,pwer", "department", "did you mean “power”"),
    ("categories.csv", "020501,停电", "990501,停电", "code", "parent “9905”"),
    ("categories.csv", "020501,停电", "2051,停电", "code", "parent “20”"),
    ("categories.csv", "020501,停电", "20501,停电", "code", "digits"),
    ("categories.csv", "停电;断电", "停电;停电", "keywords", "more than once"),
    ("units.csv", "opening_hours", "opening hours", "opening hours", "did you mean “opening_hours”"),
    ("units.csv", PINGHU, PINGHU.replace("yushan", "yushn"), "parent", "did you mean “yushan”"),
    ("units.csv", PINGHU, PINGHU.replace("yushan", "yanghu"), "parent", "cycle"),
    ("units.csv", PINGHU, PINGHU.replace("yushan", "pinghu.police"), "parent", "cycle"),
    ("units.csv", PINGHU, PINGHU.replace("yushan", ""), "parent", "root"),
    ("units.csv", PINGHU, PINGHU.replace("street", "county"), "level", "below the level"),
    ("units.csv", PINGHU, PINGHU.replace("street", "strete"), "level", "did you mean “street”"),
    ("units.csv", PINGHU, PINGHU.replace("area", "are"), "kind", "did you mean “area”"),
    ("units.csv", PINGHU, PINGHU.replace("pinghu", "yushan", 1), "code", "already used in line"),
    ("units.csv", PINGHU, PINGHU.replace("雨山区平湖街道", ""), "name", "must not be empty"),
    ("units.csv", "city,city,department,parks", "city,city,department,park", "function", "did you mean “parks”"),
    ("units.csv", "city,city,department,parks", "city,county,department,parks", "level", "must be the level of “city”"),
    ("units.csv", "Mon-Fri 08:30-12:00,14:00-17:30", "Mon-Fri 08:30-12:00,11:00-17:30", "opening_hours", "overlaps"),
    ("units.csv", "Mon-Fri 08:30-12:00,14:00-17:30", "weekdays", "opening_hours", "must be like"),
    ("units.csv", '14:00-17:30",,\n', '14:00-17:30",2026-13-01,\n', "valid_from", "not a date"),
    ("units.csv", '14:00-17:30",,\n', '14:00-17:30",2026-02-01,2026-01-01\n', "valid_until", "before the first day"),
    ("units.csv", '14:00-17:30",,\n', '14:00-17:30",\n', "code", "cells"),
    ("places.geojson", '"kind":"street"', '"kind":"stret"', "kind", "did you mean “street”"),
    ("places.geojson", '"unit":"pinghu"', '"unit":"pnghu"', "unit", "did you mean “pinghu”"),
    ("places.geojson", '"unit":"pinghu"', '"unit":"pinghu.police"', "unit", "no area unit"),
    ("places.geojson", '"parent":"pinghu"', '"parent":"pinghuu"', "parent", "did you mean “pinghu”"),
    ("places.geojson", '"parent":"pinghu"', '"parent":"yanghu-b1"', "parent", "cannot lie in"),
    ("places.geojson", '"unit":"pinghu"', '"unit":"pinghu","colour":"red"', "colour", "unknown property"),
    ("places.geojson", '"code":"anmin"', '"code":"pinghu"', "code", "already used"),
    ("places.geojson", '"lat":', '"lat":[],"lat_was":', "lat", "number"),
    ("places.geojson", '"features":[\n', '"features":[\n,', "", "JSON"),
    ("rules.csv", "basis", "bases", "bases", "did you mean “basis”"),
    ("rules.csv", "0303,,@area:community", "0399,,@area:community", "category", "unknown “0399”"),
    ("rules.csv", "0303,,@area:community", "0303,yushn,@area:community", "place", "did you mean “yushan”"),
    ("rules.csv", "city.urban_management", "city.urban_managment", "lead", "did you mean “city.urban_management”"),
    ("rules.csv", "@area:community,@housing", "@area:community,@housng", "co", "did you mean “@housing”"),
    ("rules.csv", "@area:community,@housing", "@area:comunity,@housing", "lead", "did you mean “@area:community”"),
    ("people.csv", "operator", "oprator", "roles", "did you mean “operator”"),
    ("people.csv", "desk2,", "desk1,", "username", "already used"),
    ("people.csv", "desk2,", "桌二,", "username", "lower-case"),
    ("people.csv", "city.centre,operator,", "city.centre,,", "roles", "at least one"),
    ("people.csv", "city.centre,operator,", "city.center,operator,", "unit", "did you mean “city.centre”"),
    ("people.csv", "city.centre,operator,", "city.centre,operator,head", "post", "unknown “head”"),
    ("people.csv", "city.centre,operator,", '"city.centre,operator,', "", "quotes"),
]


@pytest.mark.parametrize(("name", "old", "new", "key", "says"), MISTAKES, ids=[f"{m[0]}-{n}" for n, m in enumerate(MISTAKES)])
def test_a_mistake_is_named_by_file_line_and_key(name: str, old: str, new: str, key: str, says: str) -> None:
    changed = texts("maanshan")[name].replace(old, new, 1)
    line = next(number for number, (a, b) in enumerate(zip([*texts("maanshan")[name].split("\n"), ""], [*changed.split("\n"), ""], strict=False), 1) if a != b)
    found = [problem for problem in problems_with("maanshan", name, old, new) if problem.file == name and problem.key == key and says in problem.en]
    assert found, [str(problem) for problem in problems_with("maanshan", name, old, new)][:5]
    assert all(problem.zh for problem in found)
    if says not in ("missing", "quotes", "JSON", "TOML"):
        assert line in {problem.line for problem in found}


def test_a_wrong_header_does_not_bring_complaints_about_what_points_into_the_file() -> None:
    found = problems_with("maanshan", "units.csv", "short_name", "shortname")
    assert {problem.file for problem in found} == {"units.csv"}
    assert {problem.key for problem in found} >= {"shortname", "short_name"}


def test_posts_are_checked() -> None:
    assert problems_with("baiyin", "posts.csv", "hongweicun,1", "hongweicn,1")[0].key in ("code", "unit")
    assert problems_with("baiyin", "posts.csv", "hongweicun,1", "hongweicun,first")[0].key == "order"
    assert problems_with("baiyin", "posts.csv", "order", "ordr")[0].line == 1


def test_a_city_without_a_root_or_centre_is_refused() -> None:
    found = problems_with("qufu", "units.csv", "city,曲阜市,曲阜,,city", "city,曲阜市,曲阜,city,city")
    assert any(problem.key == "parent" and problem.line is None for problem in found)
    lines = texts("qufu")["units.csv"].splitlines(keepends=True)
    without = "".join(line for line in lines if not line.startswith("city.centre,"))
    parsed = parse({**texts("qufu"), "units.csv": without})
    assert any(problem.file == "directory.toml" and problem.key == "centre" for problem in parsed.problems)


def test_a_missing_file_is_named_and_the_others_are_still_read() -> None:
    files = {name: text for name, text in texts("qufu").items() if name != "places.geojson"}
    files["people.csv"] = files["people.csv"].replace("operator", "oprator", 1)
    assert [(problem.file, problem.line) for problem in parse(files).problems] == [("places.geojson", None), ("people.csv", 2)]


def test_all_mistakes_are_listed_at_once_in_the_order_of_the_files() -> None:
    files = dict(texts("maanshan"))
    files["people.csv"] = files["people.csv"].replace("operator", "oprator")
    files["units.csv"] = files["units.csv"].replace(PINGHU, PINGHU.replace("yushan", "yushn"))
    found = parse(files).problems
    assert found[0].file == "units.csv"
    assert sum(problem.file == "people.csv" for problem in found) == files["people.csv"].count("oprator")


def test_a_dead_department_cannot_be_meant_by_a_rule() -> None:
    assert problems_with("qufu", "rules.csv", "@housing", "@school")[0].en == "unknown “@school”"


# --- shapes ------------------------------------------------------------------------------------------------------------


def _square(code: str, west: float, *, ring: list[list[float]] | None = None) -> str:
    corners = ring or [[west, 35.0], [west + 1, 35.0], [west + 1, 36.0], [west, 36.0], [west, 35.0]]
    properties = {"code": code, "name": code, "kind": "district", "parent": None, "unit": "city"}
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    return json.dumps(feature, separators=(",", ":"))


def _shape_problems(*features: str) -> list[Problem]:
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}"
    return [problem for problem in parse({**texts("qufu"), "places.geojson": text}).problems if problem.key == "geometry"]


def test_neighbours_may_touch_but_not_overlap() -> None:
    assert _shape_problems(_square("a", 116), _square("b", 117)) == []
    (found,) = _shape_problems(_square("a", 116), _square("b", 116.5))
    assert (found.line, found.en) == (3, "overlaps “a”")


@pytest.mark.parametrize(
    ("ring", "says"),
    [
        ([[116, 35], [117, 35], [117, 36], [116, 36]], "not closed"),
        ([[116, 35], [117, 36], [117, 35], [116, 36], [116, 35]], "crosses itself"),
        ([[35, 116], [36, 116], [36, 117], [35, 116]], "swapped"),
        ([[0, 0], [1, 0], [1, 1], [0, 0]], "outside"),
        ([[116, "35"], [117, 35], [117, 36], [116, 35]], "pairs of numbers"),
        ([[116, 35], [116, 35]], "not closed"),
    ],
)
def test_a_bad_ring_is_named_by_its_line(ring: list[list[float]], says: str) -> None:
    (found,) = _shape_problems(_square("a", 118), _square("b", 116, ring=ring))
    assert found.line == 3
    assert says in found.en


def test_a_feature_that_spans_lines_is_named_by_its_position() -> None:
    pretty = json.dumps(json.loads('{"type":"FeatureCollection","features":[' + _square("a", 118) + "," + _square("b", 118.5) + "]}"), indent=1)
    found = [problem for problem in parse({**texts("qufu"), "places.geojson": pretty}).problems if problem.file == "places.geojson"]
    assert [(problem.line, problem.key) for problem in found] == [(None, "features[1].geometry")]


_ANY = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@settings(deadline=None, max_examples=40)
@given(key=st.sampled_from(["code", "name", "kind", "parent", "unit", "lat", "lng"]), value=_ANY, geometry=_ANY)
def test_any_value_in_a_feature_is_read_or_named(key: str, value: object, geometry: object) -> None:
    feature = json.loads(_square("a", 116))
    feature["properties"][key] = value
    odd = {"type": "Feature", "properties": feature["properties"], "geometry": {"type": "Polygon", "coordinates": geometry}}
    for raw in (feature, odd, value):
        text = json.dumps({"type": "FeatureCollection", "features": [json.loads(_square("b", 118)), raw]})
        parsed = parse({**texts("qufu"), "places.geojson": text})
        assert (parsed.directory is None) == bool(parsed.problems)


def test_absurd_numbers_and_depths_are_problems_too() -> None:
    huge = _shape_problems(_square("a", 116).replace("[[[116,", f"[[[{10**400},"))
    assert [problem.key for problem in huge] == ["geometry"]
    for name, text in (
        ("places.geojson", "[" * 100_000),
        ("places.geojson", "9" * 5000),
        ("directory.toml", "a = " + "[" * 100_000),
        ("directory.toml", "a = " + "9" * 5000),
    ):
        assert any(problem.file == name for problem in parse({**texts("qufu"), name: text}).problems)


# --- encodings ---------------------------------------------------------------------------------------------------------


def test_bytes_are_read_as_utf8_or_gb18030() -> None:
    assert decode("编码".encode("utf-8-sig"), file="units.csv") == "编码"
    assert decode("编码".encode("gb18030"), file="units.csv") == "编码"
    wrong = decode("编码".encode("utf-16"), file="units.csv")
    assert isinstance(wrong, Problem)
    assert wrong.file == "units.csv"


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=60))
def test_any_bytes_are_text_or_a_problem(data: bytes) -> None:
    assert isinstance(decode(data, file="x.csv"), (str, Problem))


@settings(deadline=None, max_examples=40)
@given(name=st.sampled_from([name for name in FILES if name not in ("places.geojson", "units.csv")]), text=st.text(max_size=80))
def test_any_text_is_a_directory_or_problems_and_never_an_accident(name: str, text: str) -> None:
    parsed = parse({**texts("qufu"), "places.geojson": '{"type":"FeatureCollection","features":[]}', name: text})
    assert (parsed.directory is None) == bool(parsed.problems)

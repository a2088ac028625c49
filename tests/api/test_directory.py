"""Units, places, categories, figures."""

from tests.api.conftest import Caller, problem
from tests.world import World, city_files


def test_the_directory_is_read_whole_and_kept(city: World, call: type[Caller]) -> None:
    """Everybody may read it; who has it already is told so."""
    files = city_files("yunchuan")
    units = call().get("/units")
    assert [u["code"] for u in units.json()["units"]] == list(files.units)
    places = call().get("/places").json()["places"]
    assert len(places) == len(files.places) and all(p["polygon"] is None for p in places)
    drawn = call().get("/places?polygons=1").json()["places"]
    assert [p["code"] for p in drawn if p["polygon"]] == [p.code for p in files.places.values() if p.kind == "district" and p.polygon]
    categories = call().get("/categories").json()["categories"]
    assert len(categories) == len(files.categories) and {c["level"] for c in categories} == {1, 2, 3}
    tag = units.headers["ETag"]
    again = call().get("/units", If_None_Match=tag)
    assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == tag
    problem(call().get("/places?polygons=perhaps"), 422)


def test_figures_say_what_they_are_made_of(city: World, call: type[Caller]) -> None:
    """Numerator, denominator and cut-off; null where nothing was asked; the journal's own numbers."""
    for _ in range(3):
        call().file()
    analyst = call("analyst1")
    found = analyst.get("/figures?from=2026-03-01&to=2026-03-02").json()
    assert found["volumes"]["receive"] == 3 and found["cutoff"]
    rates = {r["key"]: r for r in found["rates"]}
    assert {"contact", "resolution", "satisfaction", "answer_on_time"} <= set(rates)
    assert rates["satisfaction"] == {"key": "satisfaction", "zh": "满意率", "numerator": 0, "denominator": 0, "rate": None}
    assert analyst.get("/figures").json()["volumes"]["receive"] == 3
    assert analyst.get("/figures?unit=city.parks").json()["volumes"]["receive"] == 0


def test_figures_of_days_that_cannot_be(city: World, call: type[Caller]) -> None:
    """The future, the wrong order, no day at all."""
    analyst = call("analyst1")
    for query, field in (
        ("from=2026-03-05", "from"), ("from=2027-01-01&to=2027-02-01", "from"), ("from=2026-03-02&to=2026-03-01", "from"), ("from=yesterday", "from"),
        ("to=2026-02-30", "to"), ("from=0001-01-01", "from"), ("to=9999-12-31", "to"), ("unit=a%00", "unit"),
    ):  # fmt: skip
        assert problem(analyst.get(f"/figures?{query}"), 422)["field"] == field, query

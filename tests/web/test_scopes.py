"""The entrances of counties and sectors: what each shows, what a request that is filed there begins with."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minsheng.commands import publishing
from minsheng.models.read import HallRow, Tally
from minsheng.queries import kept
from tests.commands import scenes
from tests.commands.scenes import UNIT
from tests.world import World

HOUSES = {"title": "楼道灯坏了", "body": "物业一直不修楼道灯，物业费照收，问了几次都说等。"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def text(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def released(city: World, **report: str) -> str:
    code = city.file(**report)
    if not HallRow.objects.filter(code=code).exists():
        city.do(publishing.release, code, by="desk1")
    assert HallRow.objects.filter(code=code).exists()
    return code


def test_every_platform_has_its_entrance(city: World) -> None:
    index = text("/s")
    for name in ("青禾区分平台", "白鹭县分平台", "住房物业行业分平台"):
        assert name in index
    for code in ("city", "qinghe", "bailu", "sector-housing"):
        home = text(f"/s/{code}")
        assert f"/new?scope={code}" in home
        text(f"/s/{code}/hall")
        text(f"/s/{code}/rank")
    for path in ("/s/mars", "/s/mars/hall", "/s/mars/rank"):
        text(path, 404)
    for path in ("/s/qinghe/hall?tag=x", "/s/qinghe/hall?cursor=x", "/s/qinghe/rank?month=x"):
        text(path, 422)


def test_each_hall_holds_its_own_and_the_citys_all(city: World) -> None:
    """Every case stands in the city's and in exactly one county's hall; in a sector's by its category."""
    made = {
        "qinghe": released(city, **scenes.LAMP),
        "minghu": released(city, body="湖边的路灯坏了，晚上看不见路。", title="湖边路灯", district="minghu"),
        "wangyun": released(city, district="wangyun", **HOUSES),
    }
    rows = {row.code: row for row in HallRow.objects.all()}
    halls = {code: text(f"/s/{code}/hall") for code in ("city", "qinghe", "minghu", "wangyun", "songling", "sector-city", "sector-market", "sector-housing")}
    for county, code in made.items():
        assert {name for name in ("qinghe", "minghu", "wangyun", "songling") if f"/cases/{code}" in halls[name]} == {county}
        assert f"/cases/{code}" in halls["city"]
        branch = (rows[code].category or "")[:2]
        expected = {"sector-city": branch in ("01", "02"), "sector-market": branch == "10", "sector-housing": branch == "03"}
        assert {name: f"/cases/{code}" in halls[name] for name in expected} == expected, (code, branch)
    assert any(f"/cases/{code}" in halls["sector-housing"] or f"/cases/{code}" in halls["sector-city"] for code in made.values())
    assert f"/cases/{made['qinghe']}" in text("/s/qinghe/hall?q=路灯") and f"/cases/{made['qinghe']}" not in text("/s/qinghe/hall?tag=closed")


def test_what_was_answered_last_stands_on_its_home(city: World) -> None:
    code = scenes.checked(city)
    if not HallRow.objects.filter(code=code, answered_at__isnull=False).exists():
        city.do(publishing.release, code, by="desk1")
    assert f"/cases/{code}" in text("/s/qinghe")
    assert f"/cases/{code}" not in text("/s/minghu")


def test_the_form_begins_with_the_district_or_the_matter_of_the_entrance(city: World) -> None:
    county, sector, plain, odd = (text(f"/new{query}") for query in ("?scope=minghu", "?scope=sector-housing", "", "?scope=mars"))
    assert '<option value="minghu" selected' in county
    assert '<option value="minghu" selected' not in plain and '<option value="minghu" selected' not in odd
    assert '<details class="ms-regroup" open' in sector and '<details class="ms-regroup" open' not in plain
    first = sector[
        sector.index('<select class="form-select"\n              id="category"')
        if '\n              id="category"' in sector
        else sector.index('id="category"') :
    ]
    groups = first.split("<optgroup")
    assert 'value="03' in groups[2], "the sector's matters come first"


def test_the_figures_of_its_units(city: World) -> None:
    for metric, n in (("answer_kept", 18), ("answer_missed", 2), ("answer", 20), ("satisfied_asked", 10), ("satisfied_yes", 9)):
        Tally.objects.create(day=date(2026, 3, 1), unit=UNIT, district="qinghe", category="02", origin="citizen", metric=metric, n=n)
        Tally.objects.create(day=date(2026, 2, 11), unit="city.housing", district="minghu", category="03", origin="citizen", metric=metric, n=n)
    mine = text("/s/qinghe/rank")
    assert "松涛街道城管所" in mine and "90.0" in mine and "18 件" in mine and "20 件" in mine
    assert "松涛街道城管所" not in text("/s/minghu/rank")
    assert "松涛街道城管所" in text("/s/sector-city/rank") and "松涛街道城管所" not in text("/s/sector-housing/rank")
    assert "90.0" in text("/s/sector-housing/rank?month=2026-02") and "90.0" not in text("/s/sector-housing/rank")
    assert "90.0" in text("/s/qinghe")


def test_the_number_of_queries_does_not_grow(city: World) -> None:
    def asked(path: str) -> int:
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            text(path)
        return len(queries)

    paths = ("/s", "/s/qinghe", "/s/qinghe/hall", "/s/qinghe/rank")
    released(city, **scenes.LAMP)
    for path in paths:
        text(path)
    few = [asked(path) for path in paths]
    for n in range(5):
        released(city, **{**scenes.LAMP, "body": f"{n} 号楼门口的路灯坏了，晚上看不见路。"})
    assert [asked(path) for path in paths] == few

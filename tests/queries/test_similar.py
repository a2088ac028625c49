"""相似, on PostgreSQL: only released text, open or lately answered, within the district; and where somebody seems to be."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng.commands import answering
from minsheng.models.read import HallRow
from minsheng.queries import directory as directories
from minsheng.queries import similar
from tests.commands import scenes
from tests.world import World

LAMP = "银杏花园北门的路灯坏了，晚上看不见路。"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    similar.forget()
    return city


def ask(text: str, *, place: str | None = None, categories: dict[str, float] | None = None) -> list[similar.Similar]:
    return similar.requests(similar.told(text, place=place, keywords=(), categories=categories or {}), place=place)


def test_the_same_nearby_with_what_everybody_may_know(city: World) -> None:
    code = city.file(title="路灯不亮", body="小区北门的路灯坏了三盏，晚上看不见路。电话 13800000012。", place="yinxing-b1")
    (one,) = ask(LAMP, place="yinxing-b2")
    assert (one.code, one.title, one.near, one.supporters, one.overdue) == (code, "路灯不亮", "grid", 0, False)
    assert one.place_name == directories.current().places[HallRow.objects.get(code=code).place or ""].name, "never nearer than a grid"
    assert "138" not in one.excerpt
    assert "路灯" in one.because


def test_another_district_is_not_nearby(city: World) -> None:
    city.file(title="路灯不亮", body="北门的路灯坏了三盏，晚上看不见路。", district="minghu")
    assert ask(LAMP, place="yinxing-b1") == []
    assert len(ask(LAMP)) == 1, "where nobody knows the place, the whole city is looked at"


@pytest.mark.parametrize("kept", [{"wish": "private"}, {"kind": "report", "accused": ("qinghe.urban_management",)}])
def test_only_released_text_is_searched(city: World, kept: dict[str, object]) -> None:
    city.file(title="路灯不亮", body="北门的路灯坏了三盏，晚上看不见路。", place="yinxing-b1", **kept)
    assert ask(LAMP, place="yinxing-b1") == []


def test_open_or_answered_within_ninety_days(city: World) -> None:
    code = scenes.handled(city, title="路灯不亮", body="北门的路灯坏了三盏，晚上看不见路。", place="yinxing-b1")
    unit = city.case(code).unit
    city.wait("100 days")
    assert len(ask(LAMP, place="yinxing-b1")) == 1, "still open"
    city.do(answering.answer, code, by=city.clerk(str(unit)), outcome="solved", text=scenes.GOOD)
    assert len(ask(LAMP, place="yinxing-b1")) == 1
    city.wait("91 days")
    assert ask(LAMP, place="yinxing-b1") == []


def test_the_name_of_a_place_is_no_matter(city: World) -> None:
    """Two requests about the same community that share nothing but its name are two matters."""
    city.file(title="工地半夜还在打桩", body="松涛街道银杏社区旁边的工地连着三晚打桩到十二点。", place="yinxing")
    code = city.file(title="停水没有通知", body="松涛街道银杏社区今天早上突然停水，没有通知。", place="yinxing")
    assert [one.code for one in ask("松涛街道银杏社区今天早上又停水了，没有通知。", place="yinxing", categories={"020301": 0.5})] == [code]
    assert not {"松涛", "银杏", "社区"} & set(similar.told("松涛街道银杏社区停水", place=None, keywords=(), categories={}).weights)


def test_one_query_and_none_without_words(city: World) -> None:
    for n in range(12):
        city.file(title=f"路灯不亮 {n}", body="北门的路灯坏了三盏，晚上看不见路。", place="yinxing-b1")
    told = similar.told(LAMP, place="yinxing-b1", keywords=(), categories={})
    with CaptureQueriesContext(connection) as asked:
        assert len(similar.requests(told, place="yinxing-b1")) == 3
    assert len(asked) == 1
    empty = similar.told("希望尽快解决", place=None, keywords=(), categories={})
    with CaptureQueriesContext(connection) as asked:
        assert similar.requests(empty, place=None) == []
    assert len(asked) == 0


@pytest.mark.parametrize("text", ["路灯'; DROP TABLE ms_hall; --", "路灯 \\ ' & | ! ( ) :* <->", "%s {each} 路灯 %(x)s", "路灯\\'不亮"])
def test_words_are_never_code(city: World, text: str) -> None:
    city.file(title="路灯不亮", body="路灯坏了。", place="yinxing-b1")
    ask(text)
    assert HallRow.objects.count() == 1


def test_how_common_words_are_comes_from_postgresql(city: World) -> None:
    """After ANALYZE the common words are known, without the places; before, and after that for ten minutes, nothing is asked."""
    assert similar.frequencies() == {}
    for n in range(8):
        city.file(title=f"路灯不亮 {n}", body=f"物业不管，路灯坏了 {n} 盏。", place="yinxing-b1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ms_hall")
    assert similar.frequencies() == {}, "kept"
    similar.forget()
    found = similar.frequencies()
    assert found["物业"] > 0.9 and not any(word.startswith("d:") for word in found)
    with CaptureQueriesContext(connection) as asked:
        similar.frequencies()
    assert len(asked) == 0
    similar.forget()


@pytest.mark.parametrize(
    ("said", "district", "place"),
    [
        ("银杏花园1栋楼下", None, "yinxing-b1"),
        ("银杏花园1栋楼下", "qinghe", "yinxing-b1"),
        ("银杏花园1栋楼下", "minghu", "minghu"),
        ("银杏花园北门的灯", None, "yinxing-g1"),
        ("我们银杏社区", None, "yinxing"),
        ("松涛街道", None, "songtao"),
        ("不知道在哪里", "qinghe", "qinghe"),
        ("不知道在哪里", None, None),
    ],
)
def test_places_as_people_call_them(city: World, said: str, district: str | None, place: str | None) -> None:
    assert similar.named(directories.current(), said, district=district) == place

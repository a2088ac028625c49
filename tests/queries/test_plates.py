"""二维码牌: what is found for whom, and what stands on the plates of a city."""

from collections.abc import Callable

import pytest

from minsheng.domain.errors import BadInput
from minsheng.policy.directory import Place
from minsheng.queries import directory as directories
from minsheng.queries import plates
from minsheng.queries import rules as rulebook
from minsheng.queries.plates import Wanted
from tests.world import World

BASE = "https://12345.example.gov.cn"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def codes(places: list[Place]) -> set[str]:
    return {place.code for place in places}


def test_everything_in_the_city_and_nothing_but_buildings_and_grids(city: World) -> None:
    found = plates.find(Wanted(roots=("city",)))
    assert len(found) == 108 + 65
    assert {place.kind for place in found} == {"building", "grid"}
    assert {place.kind for place in plates.find(Wanted(roots=("city",), kinds=("grid",)))} == {"grid"}


def test_a_community_finds_its_own(city: World) -> None:
    found = plates.find(Wanted(roots=("yinxing",)))
    assert found and {place.unit for place in found} == {"yinxing"}
    assert codes(found) == codes(plates.find(Wanted(roots=("city",), under="yinxing")))
    assert plates.find(Wanted(roots=("yinxing",), under="minghu")) == []
    assert plates.find(Wanted(roots=())) == []


@pytest.mark.parametrize("words", ["银杏花园1栋", "YINXING-B1", "yinxing-b1.q", " 银杏花园 "])
def test_a_name_a_code_or_a_number_finds_the_place(city: World, words: str) -> None:
    assert "yinxing-b1" in codes(plates.find(Wanted(roots=("city",), words=words)))


def test_only_what_lies_in_the_area_can_be_chosen(city: World) -> None:
    assert codes(plates.chosen(["yinxing-b1", "shuangta-fangcao-b1", "nowhere", "yinxing-b1"], roots=("yinxing",))) == {"yinxing-b1"}
    assert [place.code for place in plates.chosen(["shuangta-fangcao-b1", "yinxing-b1"], roots=("city",))] == ["shuangta-fangcao-b1", "yinxing-b1"]


def test_areas_are_named_in_full_and_communities_left_out_where_there_are_many(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    every = dict(plates.areas(roots=("city",), under=""))
    assert every["yinxing"] == "青禾区松涛街道银杏社区"
    assert len(every) == 6 + 18 + 54
    monkeypatch.setattr(plates, "MANY", 20)
    few = dict(plates.areas(roots=("city",), under=""))
    assert len(few) == 6 + 18
    assert "yinxing" in dict(plates.areas(roots=("city",), under="songtao"))
    assert dict(plates.areas(roots=("yinxing",), under="")) == {"yinxing": "青禾区松涛街道银杏社区"}


def test_a_plate_says_where_it_hangs(city: World) -> None:
    tree = directories.current()
    (one,) = plates.plates([tree.places["yinxing-b1"]], base=BASE)
    assert (one.name, one.around, one.number) == ("银杏花园1栋", "青禾区松涛街道银杏社区", "yinxing-b1.q")
    assert one.address == "HTTPS://12345.EXAMPLE.GOV.CN/P/YINXING-B1.Q"
    odd = Place(code="Y/1", name="某栋", kind="building", parent=None, unit="yinxing", lat=None, lng=None, polygon=None)
    with pytest.raises(BadInput, match="Y/1"):
        plates.plates([odd], base=BASE)


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("yunchuan", (("派给该办的单位", "3 分钟内"), ("单位联系您", "1 个工作日内"), ("给您答复", "72 小时内"))),
        ("qufu", None),
    ],
)
def test_a_plate_promises_what_the_city_promises(world: Callable[..., World], name: str, steps: tuple[tuple[str, str], ...] | None) -> None:
    world(name)
    face = plates.face()
    assert face.steps[-1] == ("您来评价，没办好可以重办", "")
    assert {"派给该办的单位", "给您答复"} <= {what for what, _ in face.steps}
    assert steps is None or face.steps[:-1] == steps
    assert face.hotline == rulebook.today().profile.hotline
    assert face.city in face.host


@pytest.mark.parametrize(("length", "said"), [("3 分钟", "3 分钟内"), ("当天", "当天"), ("4 小时（上班时间）", "4 小时内（上班时间）")])
def test_a_length_of_time_as_a_plate_says_it(length: str, said: str) -> None:
    assert plates._within(length) == said

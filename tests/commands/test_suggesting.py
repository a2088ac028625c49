"""代表建议: who may make one, that the unit must answer, and what whoever asked says to that."""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng import clock
from minsheng.commands import amending, measures, suggesting
from minsheng.domain.access import Actor
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.measure import Measure
from minsheng.models.people import Member, User
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP, UNIT, unchanged
from tests.world import World

Make = Callable[..., World]
TEXT = "这一片的路灯坏了三盏，建议一次换完，不要一盏一盏修。"


def onlooker(city: World, unit: str, *, role: str = "deputy") -> Actor:
    """A deputy of this part of the city."""
    name = f"{unit}-{role}"
    user = User.objects.create(username=name, display_name="代表", created_at=clock.now(), password="!")
    Member.objects.create(user=user, unit=unit, roles=[role])
    return city.who(name)


def suggestions(code: str) -> list[tuple[str, str]]:
    return list(Measure.objects.filter(case__code=code, kind="suggestion").order_by("number").values_list("level", "status"))


def test_a_unit_must_answer_and_the_deputy_says_whether_it_will_do(world: Make) -> None:
    """Ten working days by the base of the rules; nobody is put under 督办; both sides are told."""
    city = world("yunchuan")
    code, by = scenes.handled(city), onlooker(city, "qinghe")
    city.do(suggesting.suggest, code, text=TEXT, by=by)
    assert suggestions(code) == [("代表建议", "opened")]
    row = Measure.objects.get(case__code=code)
    assert (row.unit, row.answer_by) == (UNIT, end_of(date(2026, 3, 16)))
    assert city.deadline(code, "measure").due_at == row.answer_by
    assert not city.case(code).watched, "a suggestion is no 督办"
    with unchanged(), pytest.raises(WrongState):
        city.do(suggesting.suggest, code, text="还有一条。", by=by)
    for early in (suggesting.accept, suggesting.ask_again):
        with unchanged(), pytest.raises(WrongState):
            city.do(early, code, number=1, by=by, **({"text": "不满意。"} if early is suggesting.ask_again else {}))
    city.do(measures.answer, code, number=1, text="已经列入本月计划，三盏一起换。", by=CLERK)
    city.send()
    assert "measure_opened" in city.told(UNIT)
    assert city.read(f"user:{by.id}") == [f"您的代表建议有了答复 {code}"]
    city.do(suggesting.ask_again, code, number=1, text="本月哪一天换，请写明。", by=by)
    assert suggestions(code) == [("代表建议", "closed"), ("再次建议", "opened")]
    city.do(measures.answer, code, number=2, text="3 月 20 日换。", by=CLERK)
    with unchanged(), pytest.raises(WrongState):
        city.do(suggesting.ask_again, code, number=2, text="再问一次。", by=by)
    city.do(suggesting.accept, code, number=2, by=by)
    assert suggestions(code) == [("代表建议", "closed"), ("再次建议", "closed")]
    city.do(suggesting.suggest, code, text="换个思路，装太阳能灯。", by=by)  # the last one is done with
    city.holds()


def test_two_onlookers_each_have_their_own(world: Make) -> None:
    city = world("yunchuan")
    code, first, second = scenes.handled(city), onlooker(city, "qinghe"), onlooker(city, "songtao", role="observer")
    city.do(suggesting.suggest, code, text=TEXT, by=first)
    city.do(suggesting.suggest, code, text=TEXT, by=second)
    assert suggestions(code) == [("代表建议", "opened"), ("观察员建议", "opened")]
    city.do(measures.answer, code, number=1, text="已经列入计划。", by=CLERK)
    with unchanged(), pytest.raises(NotFound):
        city.do(suggesting.accept, code, number=1, by=second)
    with unchanged(), pytest.raises(NotAllowed):
        city.do(measures.close, code, number=1, by="supervisor1")
    city.do(suggesting.accept, code, number=1, by=first)
    city.holds()


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": "长" * 1001}, {"text": TEXT, "unit": "nobody"}])
def test_what_cannot_be_suggested_is_refused_and_nothing_stored(world: Make, wrong: dict[str, str]) -> None:
    city = world("yunchuan")
    code, by = scenes.handled(city), onlooker(city, "qinghe")
    with unchanged(), pytest.raises(BadInput):
        city.do(suggesting.suggest, code, by=by, **wrong)


def test_only_deputies_and_observers_of_the_area(world: Make) -> None:
    city = world("yunchuan")
    code, elsewhere = scenes.handled(city), onlooker(city, "minghu")
    for by in ("dispatch1", "leader1", CLERK, "supervisor1"):
        with unchanged(), pytest.raises(NotAllowed):
            city.do(suggesting.suggest, code, text=TEXT, by=by)
    with unchanged(), pytest.raises(NotFound):
        city.do(suggesting.suggest, code, text=TEXT, by=elsewhere)


def test_neither_reports_nor_what_touches_privacy_nor_what_is_over(world: Make) -> None:
    city = world("yunchuan")
    by = onlooker(city, "qinghe")
    report = city.file(**{**LAMP, "body": "举报城管所有人收钱不办事。"}, kind="report", accused=("songtao.urban_management",))
    gone = scenes.handled(city, body="东门的路灯也坏了，晚上很黑。")
    city.do(amending.withdraw, gone, by="citizen", reason="不用了。")
    with unchanged(), pytest.raises(NotFound):
        city.do(suggesting.suggest, report, text=TEXT, by=by)
    with unchanged(), pytest.raises(WrongState):
        city.do(suggesting.suggest, gone, text=TEXT, by=by)


def test_before_a_unit_has_it_the_deputy_names_one(world: Make) -> None:
    city = world("yunchuan")
    code, by = scenes.received(city, district="qinghe"), onlooker(city, "qinghe")
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(suggesting.suggest, code, text=TEXT, by=by)
    assert refused.value.field == "unit"
    city.do(suggesting.suggest, code, text=TEXT, unit="songtao", by=by)
    assert Measure.objects.get(case__code=code).unit == "songtao"
    city.holds()

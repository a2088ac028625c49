"""巡查: spots are planned by who may plan them, looked at once however often a phone sends it, and due again after so many days."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import patrolling
from minsheng.commands.fieldwork import Finding
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.domain.fieldwork import Sent
from minsheng.models.case import Case
from minsheng.models.patrol import PatrolSpot, PatrolVisit
from minsheng.queries import grid
from tests.commands import scenes
from tests.world import World, classifier

UNIT = "yinxing"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def spot(city: World, by: str = "yinxing", **changed: Any) -> PatrolSpot:
    values = {"unit": UNIT, "place": "yinxing-g1", "name": "3 栋配电箱", "every_days": 7, **changed}
    return patrolling.add_spot(by=city.who(by), **values)


def test_a_spot_is_due_until_it_is_looked_at_and_again_after_its_days(city: World) -> None:
    walker, one = city.who("yinxing-grid"), spot(city)
    assert [(row.name, row.due) for row in grid.day(walker).spots] == [("3 栋配电箱", True)]
    patrolling.look(one.pk, result="fine", sent=Sent(key="v1"), by=walker)
    day = grid.day(walker)
    assert [row.due for row in day.spots] == [False]
    assert [(done.what, done.about) for done in day.done] == [("fine", "3 栋配电箱")]
    city.until("2026-03-08T23:59+08:00")
    assert [row.due for row in grid.day(walker).spots] == [False]
    city.until("2026-03-09T07:00+08:00")
    assert [row.due for row in grid.day(walker).spots] == [True]


def test_a_look_sent_twice_is_one(city: World) -> None:
    walker, one = city.who("yinxing-grid"), spot(city)
    first = patrolling.look(one.pk, result="fixed", note="把门关上了。", sent=Sent(key="v1", done_at=clock.now() - timedelta(hours=3)), by=walker)
    again = patrolling.look(one.pk, result="fixed", note="把门关上了。", sent=Sent(key="v1"), by=walker)
    assert first.pk == again.pk == PatrolVisit.objects.get().pk
    assert (clock.now() - first.at, first.came_at) == (timedelta(hours=3), clock.now())


def test_the_same_look_twice_at_once_is_one(transactional_db: None, world: Callable[..., World]) -> None:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    walker, one, other = city.who("yinxing-grid"), spot(city), spot(city, name="另一个")
    numbers = (one.pk, one.pk, other.pk)
    done = scenes.at_once(*[lambda n=n: patrolling.look(n, result="fine", sent=Sent(key="v1"), by=walker) for n in numbers])
    assert len({visit.pk for visit in done}) == PatrolVisit.objects.count() == 1


def test_a_finding_at_a_spot_is_a_case_and_a_look(city: World) -> None:
    walker, one = city.who("yinxing-grid"), spot(city)
    finding = Finding(text="配电箱的门锁坏了，里面有电线露出来。", place="yinxing-g1")
    for _ in range(2):
        found = patrolling.find(one.pk, finding=finding, sent=Sent(key="f1"), by=walker, classifier=classifier("yunchuan"))
    visit = PatrolVisit.objects.get()
    assert (visit.result, visit.case and visit.case.code) == ("filed", found.code)
    assert Case.objects.count() == 1
    assert [done.about for done in grid.day(walker).done] == [Case.objects.get().title]


def test_who_plans(city: World) -> None:
    """The unit's clerk, and whoever leads the street above it; not the grid worker, not another community, not a department elsewhere."""
    one = spot(city)
    spot(city, by="songtao-street-heads", name="学校门口")
    for other in ("yinxing-grid", "desk1", "huanwei"):
        with scenes.unchanged(), pytest.raises(NotAllowed):
            spot(city, by=other)
    with scenes.unchanged(), pytest.raises(NotAllowed):
        patrolling.stop_spot(one.pk, by=city.who("yinxing-grid"))
    changed = patrolling.change_spot(one.pk, place="yinxing", name="3 栋配电箱（东侧）", every_days=3, by=city.who("yinxing"))
    assert (changed.name, changed.every_days) == ("3 栋配电箱（东侧）", 3)
    patrolling.stop_spot(one.pk, by=city.who("yinxing"))
    assert [row.name for row in grid.day(city.who("yinxing-grid")).spots] == ["学校门口"]
    assert [(row.name, row.active) for row in grid.planned(city.who("yinxing"))] == [("学校门口", True), ("3 栋配电箱（东侧）", False)]
    patrolling.resume_spot(one.pk, by=city.who("yinxing"))
    assert len(grid.day(city.who("yinxing-grid")).spots) == 2


def test_what_is_wrong_is_said(city: World) -> None:
    one, walker = spot(city), city.who("yinxing-grid")
    for changed, field in (({"place": "qinghe"}, "place"), ({"every_days": 0}, "every_days"), ({"every_days": 366}, "every_days"), ({"name": " "}, "name")):
        with scenes.unchanged(), pytest.raises(BadInput) as refused:
            spot(city, **changed)
        assert refused.value.field == field
    for values, field in (({"result": "filed"}, "result"), ({"result": "?"}, "result"), ({"result": "fixed"}, "note")):
        with scenes.unchanged(), pytest.raises(BadInput) as refused:
            patrolling.look(one.pk, sent=Sent(key="v"), by=walker, **values)
        assert refused.value.field == field
    with scenes.unchanged(), pytest.raises(NotFound, match="巡查点"):
        patrolling.look(one.pk, result="fine", sent=Sent(key="v"), by=city.who("yinxing"))  # a clerk walks no grid
    with scenes.unchanged(), pytest.raises(NotFound):
        patrolling.look(999999, result="fine", sent=Sent(key="v"), by=walker)

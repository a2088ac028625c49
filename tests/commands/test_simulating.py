"""模拟: a city lives by its own commands; the same seed is the same life; simulated cases and real ones never stand in one database."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from minsheng import clock
from minsheng.commands import simulating
from minsheng.commands.simulating import Simulated
from minsheng.domain.errors import BadInput, WrongState
from minsheng.models.case import Case
from minsheng.models.event import CaseEvent
from minsheng.queries import installation
from minsheng.queries.installation import simulated
from tests.world import World, classifier

START = date(2026, 3, 2)


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("maanshan", at="2026-03-02T00:00+08:00")


def live(city: World, *, days: int = 3, per_day: int = 12, seed: int = 1, start: date = START) -> Simulated:
    with clock.moved(clock.now().replace(month=6)):
        return simulating.simulate(start=start, days=days, per_day=per_day, seed=seed, classifier=classifier(city.city), progress=lambda day, made: None)


def test_a_city_lives_and_its_journal_adds_up(city: World) -> None:
    made = live(city)
    assert made.days == 3 and made.cases == Case.objects.count() > 20
    assert made.steps > made.cases and made.fired > 0
    assert {"receive", "dispatch", "claim", "contact", "answer", "deadline_step"} <= set(CaseEvent.objects.values_list("action", flat=True))
    at = list(CaseEvent.objects.filter(action="receive").order_by("id").values_list("at", flat=True))
    assert at == sorted(at) and clock.local(at[0]).date() == START
    city.holds()


def test_nobody_is_told_anything(city: World) -> None:
    live(city, days=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notify'")
        assert cursor.fetchone() == (0,)


def _journal() -> list[tuple[Any, ...]]:
    """What happened, without what chance alone makes: salts, and so digests and the chain."""
    rows = CaseEvent.objects.order_by("case__code", "seq")
    return list(rows.values_list("case__code", "seq", "at", "action", "unit", "before", "after", "decision"))


def test_the_same_seed_is_the_same_life(world: Callable[..., World]) -> None:
    lives = []
    for seed in (7, 7, 8):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            city = world("maanshan", at="2026-03-02T00:00+08:00")
            live(city, days=2, seed=seed)
            first = Case.objects.order_by("id").values_list("code", flat=True)[0]
            number = int(first[-7:]) - 1
            lives.append([(int(code[-7:]) - number, *rest) for code, *rest in _journal()])
            cursor.execute("ROLLBACK TO before")
        city.leave()
    assert lives[0] == lives[1] and len(lives[0]) > 100
    assert lives[0] != lives[2]


def test_a_database_with_real_requests_takes_no_simulation(city: World) -> None:
    city.file(body="小区门口的路灯不亮，已经三天了。")
    with pytest.raises(WrongState, match="空的数据库"):
        live(city)
    assert not simulated() and Case.objects.count() == 1


def test_a_simulated_database_takes_no_real_requests_and_no_second_simulation(city: World) -> None:
    live(city, days=1)
    cases = Case.objects.count()
    assert simulated()
    with pytest.raises(WrongState, match="不收真的诉求"):
        city.file(body="小区门口的路灯不亮，已经三天了。")
    with pytest.raises(WrongState, match="空的数据库"):
        live(city)
    assert Case.objects.count() == cases


def test_a_simulated_request_comes_to_no_real_city(city: World) -> None:
    with installation.simulating(), pytest.raises(WrongState, match="不收模拟的诉求"):
        city.file(body="小区门口的路灯不亮，已经三天了。")


def test_bounded_and_in_the_past(city: World) -> None:
    for asked in ({"days": 0}, {"days": 401}, {"per_day": 0}, {"per_day": 5001}):
        with pytest.raises(BadInput, match="最多"):
            live(city, **asked)
    with pytest.raises(BadInput, match="过去"):
        live(city, start=date(2026, 6, 1), days=10)
    assert not simulated()

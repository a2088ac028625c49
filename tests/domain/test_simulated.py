"""The plan of a simulation: who files when, and what units do. Seeded, by hour, weekday, season and weather."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from minsheng.domain.calendar import BEIJING, DAY
from minsheng.domain.simulated import MOST_STEPS, Filing, Habit, Standing, Step, filings, habit, in_office, next_step, storm
from minsheng.domain.states import State
from tests.world import city_rules

PLACES = ("a", "b", "c")
CALENDAR = city_rules("yunchuan").calendar
MONDAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 3, 10, tzinfo=BEIJING)


def day(on: date, *, seed: int = 1, per_day: int = 2000) -> list[Filing]:
    return filings(seed, on, per_day=per_day, places=PLACES, first=1)


def test_the_same_seed_is_the_same_day() -> None:
    assert day(MONDAY) == day(MONDAY)
    assert day(MONDAY) != day(MONDAY, seed=2)
    assert [one.number for one in day(MONDAY)] == list(range(1, len(day(MONDAY)) + 1))


def test_people_file_by_hour_and_weekday() -> None:
    hours = Counter(one.at.hour for one in day(MONDAY))
    assert hours[9] > 3 * hours[23] and hours[9] > 5 * hours[5]
    assert len(day(MONDAY)) > 1.2 * len(day(MONDAY + 6 * DAY))
    assert [one.at for one in day(MONDAY)] == sorted(one.at for one in day(MONDAY))


def test_season_and_weather_bring_their_own_matters() -> None:
    def share(on: date, title: str) -> float:
        found = day(on)
        return sum(one.matter.title == title for one in found) / len(found)

    july = [date(2026, 7, n) for n in range(1, 32)]
    stormy, dry = next(d for d in july if storm(1, d)), next(d for d in july if not storm(1, d))
    assert share(stormy, "雨后积水") > 3 * share(dry, "雨后积水")
    assert share(date(2026, 1, 13), "暖气不热") > 5 * share(dry, "暖气不热")


def test_every_habit_is_found_and_lasts() -> None:
    found = {f"unit{n}": habit(1, f"unit{n}") for n in range(200)}
    assert set(found.values()) == set(Habit)
    assert found == {unit: habit(1, unit) for unit in found}


def standing(state: State, unit: str = "unit", *before: str, contacted: bool = True) -> Standing:
    return Standing(
        state=state, unit=unit, contacted=contacted, checked=True, asked=None, callback=True, round=1, unsolved=False, before=before
    )  # fmt: skip


def steps(unit: str, **changed: bool) -> list[Step]:
    found = [next_step(1, number, standing(State.HANDLING, unit, **changed), now=NOW, calendar=CALENDAR) for number in range(200)]
    return [step for step in found if step is not None]


def one_with(wanted: Habit) -> str:
    return next(f"unit{n}" for n in range(200) if habit(1, f"unit{n}") is wanted)


def test_units_work_as_is_their_habit() -> None:
    def hours(wanted: Habit) -> float:
        return sum((step.at - NOW) / timedelta(hours=1) for step in steps(one_with(wanted))) / 200

    assert hours(Habit.SLOW) > 3 * hours(Habit.PROMPT)
    assert {step.name for step in steps(one_with(Habit.HOLLOW))} == {"hollow"}
    assert {step.name for step in steps(one_with(Habit.PROMPT))} == {"answer"}
    passing = Counter(step.name for step in steps(one_with(Habit.PASSING), contacted=False))
    assert passing["send_back"] > 40 > Counter(step.name for step in steps(one_with(Habit.USUAL), contacted=False))["send_back"]


def test_who_is_told_of_a_hollow_answer_is_seldom_content() -> None:
    def content(done: str) -> int:
        found = [next_step(1, n, standing(State.ANSWERED, "unit", done), now=NOW, calendar=CALENDAR) for n in range(300)]
        return sum(step is not None and step.name == "call_good" for step in found)

    assert content("answer") > 2 * content("hollow")


@pytest.mark.parametrize(
    ("moment", "begins"), [("2026-03-03T10:00", "2026-03-03T10:00"), ("2026-03-03T22:00", "2026-03-04T08:30"), ("2026-03-07T10:00", "2026-03-09T08:30")]
)
def test_nobody_works_at_night_or_on_a_day_off(moment: str, begins: str) -> None:
    assert in_office(datetime.fromisoformat(f"{moment}+08:00"), CALENDAR) == datetime.fromisoformat(f"{begins}+08:00")


def test_a_case_takes_a_bounded_number_of_steps() -> None:
    endless = standing(State.HANDLING, "unit", *["refused"] * MOST_STEPS)
    assert next_step(1, 1, endless, now=NOW, calendar=CALENDAR) is None
    assert next_step(1, 1, standing(State.WITHDRAWN), now=NOW, calendar=CALENDAR) is None

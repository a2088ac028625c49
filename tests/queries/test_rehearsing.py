"""推演 of a city: the rules in force beside others, unit by unit."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.policy.load import Rules, of
from minsheng.policy.schema import Profile
from minsheng.queries import rehearsing
from tests.commands import scenes
from tests.world import World, city_rules

Make = Callable[..., World]


def answering_within(rules: Rules, time: str) -> Rules:
    """The same rules, but an answer is due within this time."""
    tree = rules.profile.model_dump(mode="json")
    for rule in tree["deadlines"]["answer"]:
        rule["within"] = time
    return of(Profile.model_validate(tree), rules.days)


def test_a_shorter_time_makes_late_who_was_in_time(world: Make) -> None:
    city = world("yunchuan")
    since = clock.local(clock.now()).date()
    scenes.dispatched(city)
    code = scenes.handled(city)
    city.wait("3 hours")
    clock.advance(timedelta(seconds=7))
    city.do(scenes.answering.answer, code, by=scenes.CLERK, outcome="solved", text=scenes.GOOD)
    found = rehearsing.compare(answering_within(city.rules, "2 hours"), since=since)
    line = next(line for line in found.lines if line.code == scenes.UNIT)
    assert found.cases == 2 and found.lines[0].code == scenes.UNIT
    assert (line.old.late.get("answer", 0), line.new.late["answer"]) == (0, 2)
    assert (line.old.on_time, line.new.on_time) == (1.0, 0.0)
    assert found.whole.new.overdue >= 2
    assert found.row()["units"][0]["new"]["late"]["answer"] == 2


def test_the_rules_in_force_change_nothing_and_an_empty_time_is_empty(world: Make) -> None:
    city = world("yunchuan")
    scenes.handled(city)
    city.wait("9 days")
    same = rehearsing.compare(city.rules, since=date(2026, 1, 1))
    assert same.cases == 1 and same.whole.old.overdue > 0 and all(line.change == 0 and line.old == line.new for line in same.lines)
    none = rehearsing.compare(city.rules, since=clock.local(clock.now()).date())
    assert (none.cases, none.events, none.lines) == (0, 0, [])


def test_a_day_that_lies_ahead_and_the_rules_of_another_city_are_refused(world: Make) -> None:
    city = world("yunchuan")
    with pytest.raises(BadInput) as ahead:
        rehearsing.compare(city.rules, since=clock.local(clock.now()).date() + timedelta(days=1))
    assert ahead.value.field == "since"
    with pytest.raises(BadInput) as other:
        rehearsing.compare(city_rules("qufu"), since=date(2026, 1, 1))
    assert other.value.field == "profile"

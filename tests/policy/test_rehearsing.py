"""推演 of the very rules that were in force tells what the journal tells: the same missed clocks, due times and measures."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import answering, callback, dispatch, handling, intake, measures
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.deadlines import PROMISES
from minsheng.domain.errors import MinshengError
from minsheng.domain.facts import Event
from minsheng.models.case import Case
from minsheng.models.deadline import Deadline
from minsheng.policy.load import Rules
from minsheng.policy.rehearsing import Rehearsed, rehearse
from minsheng.queries import directory as directories
from minsheng.queries.journal import journal
from tests.world import World

Make = Callable[..., World]
SAID = "3月3日下午，我们更换了楼道里的两扇窗户，四五六楼重新打胶加固，您可以下楼看看。"
CITIES = ("maanshan", "linyi", "fuyang", "qufu", "baiyin")


def lived(city: World, draw: random.Random, *, steps: int) -> str:
    """A case that chance leads: somebody with the right to it does something, or nobody does, and hours pass."""
    places = [code for code, place in city_places(city) if place.kind in ("community", "street")]
    code = city.file(title="楼道窗户脱落", body="楼梯间三楼的窗户掉了，四五六楼的也松了，怕砸到人。", place=draw.choice(places))
    for _ in range(steps):
        city.until(clock.now() + timedelta(minutes=draw.choice((7, 43, 311, 1_501, 4_001)), seconds=draw.randrange(1, 59)))
        try:
            draw.choice(_MOVES)(city, code, draw)
        except (MinshengError, StopIteration):
            continue  # what may not be done now is not done: time has passed all the same
    return code


def city_places(city: World) -> Any:
    return directories.current().places.items()


def _lead(city: World, code: str) -> Actor:
    found = city.case(code).unit
    if found is None:
        raise StopIteration
    return city.clerk(found)


def _dispatch(city: World, code: str, draw: random.Random) -> None:
    case = city.case(code)
    if case.state == "received":
        city.do(intake.register, code, by=city.desk(), category="0303")
    units = sorted(unit for unit, row in directories.current().units.items() if row.kind == "department")
    city.do(dispatch.dispatch, code, by=city.who("dispatch1"), lead=draw.choice(units))


def _measure(city: World, code: str, draw: random.Random) -> None:
    row = Case.objects.get(code=code).measures.filter(status__in=["opened", "proposed"]).order_by("number").first()
    if row is None:
        raise StopIteration
    if row.status == "proposed":
        city.do(lambda c, **by: measures.confirm(c, row.number, **by), code, by=city.who("dispatch1"))
    else:
        city.do(lambda c, **by: measures.answer(c, row.number, text="已经去看过，明天修好。", **by), code, by=city.clerk(row.unit))


_MOVES: tuple[Callable[[World, str, random.Random], Any], ...] = (
    _dispatch,
    _dispatch,
    _measure,
    lambda city, code, draw: city.do(handling.claim, code, by=_lead(city, code)),
    lambda city, code, draw: city.do(handling.contact, code, method="phone", by=_lead(city, code)),
    lambda city, code, draw: city.do(answering.answer, code, outcome="solved", text=SAID, by=_lead(city, code)),
    lambda city, code, draw: city.do(answering.return_answer, code, remarks="没有说清楚五楼。", by=SYSTEM),
    lambda city, code, draw: city.do(answering.pass_check, code, by=SYSTEM),
    lambda city, code, draw: city.do(callback.call_back, code, reached=True, contacted=True, solved=draw.random() < 0.5, satisfied=True, by=SYSTEM),
    lambda city, code, draw: city.do(callback.reopen, code, reason="窗户还在响。", by=city.desk()),
    lambda city, code, draw: None,
)


def missed(events: list[Event]) -> list[tuple[str, str]]:
    """Every missed promise of the journal, once each: (clock, due)."""
    found = [(e.data["clock"], e.data["due"]) for e in events if e.action == "deadline_step" and e.data["missed"]]
    found += [(m["kind"], m["due"]) for e in events for m in e.data.get("met", ()) if m["late"] and not m["counted"] and m["kind"] in PROMISES]
    return sorted(found)


def opened(events: list[Event]) -> list[tuple[Any, ...]]:
    """Every measure that the rules opened or proposed."""
    return sorted(
        (e.at, e.data["kind"], e.data["level"], e.data["unit"], e.data["points"])
        for e in events if e.actor == "system" and e.action in ("measure_opened", "measure_proposed")
    )  # fmt: skip


def rehearsed(city: World, code: str, rules: Rules | None = None) -> Rehearsed:
    return rehearse(rules or city.rules, directories.current(), code, journal(city.case(code).pk), until=clock.now())


@pytest.mark.parametrize("name", CITIES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_rules_give_what_the_journal_tells(world: Make, name: str, seed: int) -> None:
    city, draw, some = world(name), random.Random(seed), 0
    for _ in range(3):
        code = lived(city, draw, steps=10)
        city.until(clock.now() + timedelta(days=9, minutes=11))
        told, events = rehearsed(city, code), journal(city.case(code).pk)
        assert sorted((kind, due) for kind, due, _ in told.missed) == missed(events), code
        assert sorted((o.at, o.kind, o.level, o.unit, o.points) for o in told.opened) == opened(events), code
        rows = Deadline.objects.filter(case__code=code, ended_at=None).values_list("kind", "round", "due_at", "met_at")
        assert sorted(map(str, rows)) == sorted(str((t.kind, t.round, t.due_at, t.met_at)) for t in told.timers if t.ended_at is None), code
        some += len(told.missed) + len(told.opened)
    assert some > 0

"""Every published figure is that of the journal: a city is simulated, and what is published is counted again by plain SQL (recompute.py)."""

import ast
import os
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from minsheng import clock
from minsheng.commands import simulating
from minsheng.domain.ranking import month_after, month_before, percent
from minsheng.models.read import Tally
from minsheng.queries import ranking, statistics
from tests.figures import recompute
from tests.world import classifier, settle

CITIES = ("baiyin", "fuyang", "linyi", "maanshan", "qufu", "yunchuan")
#: The default run lives over the end of a month; `make figures` asks for the 60 days of the promise.
DAYS, PER_DAY = int(os.environ.get("FIGURES_DAYS", "4")), 30
LAST = date(2026, 10, 2)


@pytest.fixture(params=CITIES)
def lived(request: pytest.FixtureRequest, db: None) -> Iterator[tuple[str, Any]]:
    """A city that has lived for DAYS, and its journal counted again."""
    start = LAST - timedelta(days=DAYS - 1)
    with clock.moved(datetime(start.year, start.month, start.day, tzinfo=clock.BEIJING)):
        settle(request.param)
    with clock.moved(datetime(2026, 11, 2, 9, tzinfo=clock.BEIJING)), connection.cursor() as cursor:
        made = simulating.simulate(start=start, days=DAYS, per_day=PER_DAY, seed=1, classifier=classifier(request.param), progress=lambda day, so_far: None)
        assert made.cases > DAYS * PER_DAY * 0.6
        recompute.prepare(cursor)
        yield request.param, cursor


def test_published_figures_are_those_of_the_journal(lived: tuple[str, Any]) -> None:
    """Volumes and rates of the whole stretch and of each month; by unit, district and category; and the tables of the ranking."""
    city, cursor = lived
    start = LAST - timedelta(days=DAYS - 1)
    compared = _statistics(cursor, start, date(2026, 11, 2), column="", values=[""])
    for column in ("unit", "district", "category"):
        cursor.execute(f"SELECT DISTINCT {column} FROM figures WHERE {column} <> '' ORDER BY 1")
        compared += _statistics(cursor, start, date(2026, 11, 2), column=column, values=[value for (value,) in cursor.fetchall()])
    month = start.replace(day=1)
    while month <= LAST:
        compared += _statistics(cursor, month, month_after(month) - timedelta(days=1), column="", values=[""])
        compared += sum(_table(cursor, month, kind, measure) for kind in ranking.KINDS for measure in ranking.MEASURES)
        month = month_after(month)
    cursor.execute("SELECT count(DISTINCT case_id), count(*) FROM ms_event")
    cases, events = cursor.fetchone()
    sys.stdout.write(f"\n{city}: {DAYS} days, {cases:,} cases, {events:,} events; {compared:,} published figures counted again, all the same\n")
    assert compared > 1000


def _statistics(cursor: Any, start: date, end: date, *, column: str, values: list[str]) -> int:
    """Compare volumes and rates; returns how many figures."""
    compared = 0
    for value in values:
        shown = statistics.figures(start=start, end=min(end, date(2026, 11, 2)), **({column: value} if column else {}))
        mine = recompute.between(cursor, start, end, column=column, value=value)
        assert shown.volumes == {name: mine.sums.get(name, 0) for name in shown.volumes}, (column, value, start)
        for rate in shown.rates:
            assert (rate.numerator, rate.denominator) == mine.rate(recompute.SHOWN[rate.key]), (rate.key, column, value, start)
            assert rate.rate == (round(rate.numerator / rate.denominator, 4) if rate.denominator else None)
        compared += len(shown.volumes) + len(shown.rates)
    return compared


def _table(cursor: Any, month: date, kind: str, measure: str) -> int:
    """Compare a month's table: who stands in it, how much, every rate, place now and a month before, and the mean."""
    shown = ranking.table(month, kind=kind, measure=measure)
    mine = recompute.by_owner(cursor, month, month_after(month) - timedelta(days=1), kind=kind)
    earlier = month_before(month)
    before = recompute.by_owner(cursor, earlier, month - timedelta(days=1), kind=kind)
    minimum = shown.rules.minimum
    ranks, ranks_before = recompute.places(mine, measure, minimum=minimum), recompute.places(before, measure, minimum=minimum)
    assert {line.code for line in shown.lines} == {owner for owner, said in mine.items() if recompute.stands(said)}, (kind, month)
    for line in shown.lines:
        said = mine[line.code]
        assert line.volume == said.sums.get("answer", 0) + said.sums.get("answer_at_once", 0), line.code
        for key, part in line.parts.items():
            assert (part.numerator, part.denominator) == said.rate(recompute.SHOWN[key]), (line.code, key, month)
        assert (line.rank, line.before) == (ranks.get(line.code), ranks_before.get(line.code)), (line.code, measure, month)
    for key, part in shown.average.items():
        pairs = [said.rate(recompute.SHOWN[key]) for said in mine.values()]
        assert (part.numerator, part.denominator) == (sum(a for a, _ in pairs), sum(b for _, b in pairs)), key
    return len(shown.lines) * (3 + 2 * len(ranking.MEASURES)) + len(shown.average)


def test_the_counting_again_knows_nothing_of_the_program() -> None:
    """recompute.py imports nothing from the package, so that a mistake there cannot be made twice."""
    tree = ast.parse(Path(recompute.__file__).read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.split(".")[0] in ("minsheng", "django", "tests")]
    assert "ms_tally" not in recompute.JOURNAL.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_the_figures_of_qufu_print_as_they_were_printed() -> None:
    """48,116 calls and 47,878 closed are 99.51 %, in the figures and as they are printed."""
    with clock.moved(datetime(2026, 11, 2, 9, tzinfo=clock.BEIJING)):
        settle("qufu")
        for metric, n in (("receive", 48_116), ("close", 47_878)):
            Tally.objects.create(day=LAST, unit="", district="", category="", origin="citizen", metric=metric, n=n)
        closing = next(rate for rate in statistics.figures(start=LAST, end=LAST).rates if rate.key == "closing")
    assert (closing.numerator, closing.denominator, closing.rate) == (47_878, 48_116, 0.9951)
    assert percent(closing.numerator, closing.denominator) == recompute.percent(47_878, 48_116) == "99.51"
    assert percent(1, 2000) == "0.05" and percent(125, 100_000) == "0.13" and percent(0, 0) == "–"

"""考核评分: every unit, county or street of a week, month or quarter, scored from tallies alone. Reads the sums of the days with one query.

A period follows the rules that were in force when it began. A unit counts for itself and with whatever hangs below it; one that was created or
dissolved inside the period is listed for the days it existed, because what it handled stays counted under it. A case that moved to another
county counts in each county for what happened while it lay there.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db import connection

from minsheng import clock
from minsheng.domain import ranking as months
from minsheng.domain import scoring as pure
from minsheng.domain.errors import BadInput
from minsheng.domain.scoring import Score
from minsheng.domain.states import Origin
from minsheng.policy.schema import ScoringRules
from minsheng.queries import directory as directories
from minsheng.queries import ranking
from minsheng.queries import rules as rulebook

Period = Literal["week", "month", "quarter"]


@dataclass(frozen=True, slots=True)
class Row:
    """One of those who are compared. rank: None where it was counted too seldom; whole: did it exist for the whole period?"""

    code: str
    name: str
    score: Score
    rank: int | None
    whole: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """A period scored: those with a place in its order, then the others. silent: how many had nothing in the period and are not listed."""

    period: Period
    start: date
    end: date
    kind: str
    cutoff: datetime
    running: bool
    rules: ScoringRules
    rows: list[Row]
    silent: int


def bounds(day: date, period: Period) -> tuple[date, date]:
    """First and last day of the week (Monday to Sunday), month or quarter in which a day lies."""
    if period == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1) if period == "month" else date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = months.month_after(first)
    for _ in range(0 if period == "month" else 2):
        after = months.month_after(after)
    return first, after - timedelta(days=1)


_SUMS = """
SELECT {by}, metric, sum(n) FROM (
  SELECT {by}, metric, n FROM ms_tally WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
  UNION ALL
  SELECT {by}, metric, n FROM ms_tally_delta WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
) t GROUP BY 1, 2
"""


def table(day: date, *, period: Period = "month", kind: str = "units") -> Scores:
    """Score everybody of this kind in the period in which `day` lies. One query beside the rules; BadInput for a period that has not begun."""
    now = clock.now()
    start, end = bounds(day, period)
    if start > clock.local(now).date():
        raise BadInput(field="day", zh="那段时间还没到，没有得分。请选已经开始的。", en="That period has not begun: choose one that has.")
    rules = rulebook.on(datetime(start.year, start.month, start.day, tzinfo=clock.BEIJING)).profile.scoring
    if period not in rules.periods:
        raise BadInput(field="period", zh="本市的考核不按这个周期算。", en="This city does not score this kind of period.")
    sums, names = _sums(start, end, kind), _names(kind, start, end)
    scores = {code: pure.score(sums.get(code, {}), rules.weights, minimum=rules.minimum) for code in names}
    places = pure.places(scores)
    rows = [Row(code, name, scores[code], places.get(code), whole) for code, (name, whole) in names.items() if scores[code].total is not None]
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, -row.score.counted, row.code))
    return Scores(period, start, end, kind, now, clock.local(now).date() <= end, rules, rows, len(names) - len(rows))


def _sums(start: date, end: date, kind: str) -> Mapping[str, Counter[str]]:
    """Metrics of the days for those who are compared; counties by where the matter lies, the others by who handled it."""
    tree, found = directories.current(), dict[str, Counter[str]]()
    params: dict[str, Any] = {"start": start, "end": end, "origin": str(Origin.CITIZEN), "metrics": list(pure.METRICS)}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(by="district" if kind == "counties" else "unit"), params)
        for code, metric, n in cursor.fetchall():
            mine = code if kind == "counties" else ranking.owner(tree, code, kind)
            if mine:
                found.setdefault(mine, Counter())[metric] += int(n)
    return found


def _names(kind: str, start: date, end: date) -> dict[str, tuple[str, bool]]:
    """Everybody of this kind who existed on a day of the period: the name, and whether for the whole of it."""
    tree = directories.current()
    if kind == "counties":
        return {place.code: (place.name, True) for place in tree.places.values() if place.kind == "district"}
    units = {code: unit for code, unit in tree.units.items() if ranking.is_compared(tree, code, kind)}
    return {
        code: (unit.name, unit.valid(start) and unit.valid(end))
        for code, unit in units.items()
        if (unit.valid_from is None or unit.valid_from <= end) and (unit.valid_until is None or unit.valid_until >= start)
    }

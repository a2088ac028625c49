"""驾驶舱: what a leader sees of the own area at a glance. A handful of questions, asked once a minute for the whole city and kept; each leader's part
is sieved from them in memory, so that a hundred open boards cost the database no more than one.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.rising import Topic, rising
from minsheng.domain.states import Origin
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import reach as reached
from minsheng.queries.kept import Kept
from minsheng.queries.ranking import MEASURES, Part
from minsheng.queries.reach import Reach, Sieve

SPANS = ("day", "week", "month")
#: How long counts are kept, what was worked out of them for one area (never older than a minute together), and the four weeks before, which hardly change.
SECONDS, BOARD, LONG = 45, 15, 600
WEEKS = 4
SOON = timedelta(hours=4)
_RATES = ("answer_on_time", "satisfaction", "resolution")


class Open(NamedTuple):
    """Open cases by where they are: how many, how many of them overdue, soon due, under 督办."""

    unit: str
    place: str
    category: str
    sensitive: bool
    n: int
    overdue: int
    soon: int
    watched: int


class Hourly(NamedTuple):
    """What came in or was answered in an hour. day: today, or the same day a week ago; what: in or out."""

    day: str
    what: str
    hour: int
    unit: str
    place: str
    category: str
    sensitive: bool
    n: int


class Counted(NamedTuple):
    """A sum of tallies."""

    unit: str
    district: str
    category: str
    metric: str
    n: int


class Told(NamedTuple):
    """How often a matter was told of in a place."""

    category: str
    place: str
    unit: str
    n: int


_open: Kept[tuple[list[Open], datetime]] = Kept(most=1)
_hours: Kept[list[Hourly]] = Kept(most=1)
_sums: Kept[list[Counted]] = Kept(most=12)
_told: Kept[list[Told]] = Kept(most=4)

_OPEN_STATES = "'received', 'registered', 'dispatched', 'handling', 'answered', 'parked'"
_OPEN = f"""
SELECT coalesce(unit, ''), coalesce(place, district, ''), coalesce(left(category, 2), ''), sensitive, count(*), count(*) FILTER (WHERE due_at < %(now)s),
  count(*) FILTER (WHERE due_at >= %(now)s AND due_at < %(soon)s), count(*) FILTER (WHERE watched)
FROM ms_case WHERE closed_at IS NULL AND state IN ({_OPEN_STATES}) AND visibility <> 'secret' GROUP BY 1, 2, 3, 4
"""  # noqa: S608 (constants)
_MARKS = "coalesce(c.unit, ''), coalesce(c.place, c.district, ''), coalesce(left(c.category, 2), ''), c.sensitive"
_HOURS = f"""
SELECT CASE WHEN received_at >= %(today)s THEN 'today' ELSE 'before' END, 'in',
  extract(hour FROM received_at AT TIME ZONE 'Asia/Shanghai')::int, {_MARKS}, count(*)
FROM ms_case c WHERE (received_at >= %(today)s OR (received_at >= %(before)s AND received_at < %(before_end)s))
  AND origin = 'citizen' AND visibility <> 'secret' GROUP BY 1, 2, 3, 4, 5, 6, 7
UNION ALL
SELECT 'today', 'out', extract(hour FROM e.at AT TIME ZONE 'Asia/Shanghai')::int, {_MARKS}, count(*)
FROM ms_event e JOIN ms_case c ON c.id = e.case_id
WHERE e.at >= %(today)s AND e.action IN ('answer', 'answer_at_once') AND c.origin = 'citizen' AND c.visibility <> 'secret' GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608 (constants)
_SUMS = """
SELECT unit, district, category, metric, sum(n) FROM (
  SELECT unit, district, category, metric, n FROM ms_tally WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
  UNION ALL
  SELECT unit, district, category, metric, n FROM ms_tally_delta WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
) t GROUP BY 1, 2, 3, 4
"""
_TOLD = """
SELECT left(category, 4), coalesce(place, district, ''), coalesce(unit, ''), count(*) FROM ms_case
WHERE received_at >= %(start)s AND received_at < %(end)s AND category IS NOT NULL AND origin = 'citizen' AND visibility <> 'secret' AND NOT sensitive
GROUP BY 1, 2, 3
"""
_METRICS = sorted({"receive", "answer", "answer_at_once", *(m for key in _RATES for metrics in MEASURES[key] for m in metrics)})


@dataclass(slots=True, kw_only=True)
class Spot:
    """A district or street on the map: how many open, how many of them overdue."""

    place: str
    n: int
    overdue: int


@dataclass(slots=True, kw_only=True)
class Board:
    """What stands on the board. received, answered: in the span; by_now: today until the last full hour,
    before: as far a week ago, for today only; hours: (hour, in, a week ago, out)."""

    cutoff: datetime
    start: date
    received: int
    answered: int
    by_now: int
    before: int | None
    open: int
    overdue: int
    soon: int
    watched: int
    rates: dict[str, Part]
    by_place: bool
    spots: list[Spot]
    level: str
    hours: list[tuple[int, int, int, int]]
    topics: list[Topic]


_boards: Kept[Board] = Kept(most=200)


def board(reach: Reach, *, span: str = "day", topics: int = 6) -> Board:
    """The board of what this reach covers. At most five questions, and none within the minute. It is kept: nobody changes what they get."""
    assert span in SPANS
    now = clock.now()
    return _boards.for_a_while((reach, span, topics), lambda: _board(reach, span, topics, now), now, BOARD)


def _board(reach: Reach, span: str, topics: int, now: datetime) -> Board:
    tree = directories.current()
    sieve, today = reached.sieve(reach, tree), clock.local(now).date()
    start = today if span == "day" else today - timedelta(days=6) if span == "week" else today.replace(day=1)
    opened, cutoff = _opened(now)
    mine = [row for row in opened if sieve.keeps(row.unit, row.place, row.category, sensitive=row.sensitive)]
    hours = _hourly(sieve, now)
    sums, by_place = _gathered(_summed(start, today, now), reach, tree)
    upto = clock.local(now).hour
    level, spots = _spots(mine, reach, tree)
    return Board(
        cutoff=cutoff, start=start, received=sums["receive"], answered=sums["answer"] + sums["answer_at_once"],
        by_now=sum(row[1] for row in hours[:upto]),
        before=sum(before for hour, _in, before, _out in hours if hour < upto) if span == "day" else None,
        open=sum(row.n for row in mine), overdue=sum(row.overdue for row in mine), soon=sum(row.soon for row in mine), watched=sum(row.watched for row in mine),
        rates={key: _part(sums, key) for key in _RATES}, by_place=by_place, spots=spots, level=level, hours=hours,
        topics=_topics(sieve, tree, now, most=topics),
    )  # fmt: skip


def _opened(now: datetime) -> tuple[list[Open], datetime]:
    def ask() -> tuple[list[Open], datetime]:
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, {"now": now, "soon": now + SOON})
            return [Open._make(row) for row in cursor.fetchall()], now

    return _open.for_a_while("open", ask, now, SECONDS)


def _hourly(sieve: Sieve, now: datetime) -> list[tuple[int, int, int, int]]:
    """(hour, in, in a week ago, out) for the 24 hours."""
    today = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)

    def ask() -> list[Hourly]:
        before = today - timedelta(days=7)
        with connection.cursor() as cursor:
            cursor.execute(_HOURS, {"today": today, "before": before, "before_end": before + timedelta(days=1)})
            return [Hourly._make(row) for row in cursor.fetchall()]

    found: Counter[tuple[str, str, int]] = Counter()
    for row in _hours.for_a_while(today.date(), ask, now, SECONDS):
        if sieve.keeps(row.unit, row.place, row.category, sensitive=row.sensitive):
            found[row.day, row.what, row.hour] += row.n
    return [(hour, found["today", "in", hour], found["before", "in", hour], found["today", "out", hour]) for hour in range(24)]


# --- sums of tallies --------------------------------------------------------------------------------------------------------------


def _summed(start: date, end: date, now: datetime) -> list[Counted]:
    def ask() -> list[Counted]:
        with connection.cursor() as cursor:
            cursor.execute(_SUMS, {"start": start, "end": end, "origin": str(Origin.CITIZEN), "metrics": _METRICS})
            return [Counted(unit, district, category, metric, int(n)) for unit, district, category, metric, n in cursor.fetchall()]

    return _sums.for_a_while((start, end), ask, now, SECONDS)


def _gathered(rows: list[Counted], reach: Reach, tree: Directory) -> tuple[Counter[str], bool]:
    """The sums of an area. A county's are those of what lies in it, whoever handles it; a street's and a body's those of what it handles."""
    whole = any(view.root == tree.root for view in reach.views)
    districts, units = set[str](), set[str]()
    for view in reach.views:
        inside = [code for code in reached.places_under(tree, view.root) if tree.places[code].kind == "district"]
        districts |= set(inside)
        units |= set() if inside else set(tree.subtree(view.root))
    prefixes = tuple(code[:2] for code in reach.categories)
    found: Counter[str] = Counter()
    for row in rows:
        if (whole or row.district in districts or row.unit in units) and (not prefixes or row.category.startswith(prefixes)):
            found[row.metric] += row.n
    return found, whole or bool(districts)


def _part(sums: Counter[str], key: str) -> Part:
    above, below = MEASURES[key]
    return Part(sum(sums[metric] for metric in above), sum(sums[metric] for metric in below))


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in a span: what it answered, and its rates as what they are made of; open and overdue as they stand now."""

    unit: str
    answered: int
    open: int
    overdue: int
    parts: dict[str, Part]


def units(reach: Reach, *, start: date, end: date) -> tuple[list[UnitLine], datetime]:
    """Who handles what in the area: every unit that has something open or was counted on these days, the most overdue first."""
    now, tree = clock.now(), directories.current()
    sieve = reached.sieve(reach, tree)
    opened, cutoff = _opened(now)
    open_, late, sums = Counter[str](), Counter[str](), dict[str, Counter[str]]()
    for row in opened:
        if row.unit and sieve.keeps(row.unit, row.place, row.category, sensitive=row.sensitive):
            open_[row.unit] += row.n
            late[row.unit] += row.overdue
    for one in _summed(start, end, now):
        if one.unit and sieve.keeps(one.unit, one.district, one.category, sensitive=False):
            sums.setdefault(one.unit, Counter())[one.metric] += one.n
    lines = [
        UnitLine(
            code, said["answer"] + said["answer_at_once"], open_[code], late[code], {key: _part(said, key) for key in _RATES}
        )
        for code in {*open_, *sums}
        for said in (sums.get(code, Counter()),)
    ]  # fmt: skip
    return sorted(lines, key=lambda line: (-line.overdue, -line.open, -line.answered, line.unit)), cutoff


# --- places and topics ------------------------------------------------------------------------------------------------------------


def _spots(rows: list[Open], reach: Reach, tree: Directory) -> tuple[str, list[Spot]]:
    """Open cases by district where the whole city is looked at, by street otherwise; every part of the area is there, also those with nothing."""
    whole = any(view.root == tree.root for view in reach.views)
    several = sum(1 for place in tree.places.values() if place.kind == "district") > 1
    level = "district" if whole and several else "street"
    known = {code for view in reach.views for code in (tree.places if whole else reached.places_under(tree, view.root)) if tree.places[code].kind == level}
    n, late = Counter[str](), Counter[str]()
    for row in rows:
        at = next((code for code in tree.place_ancestors(row.place) if code in known), None) if row.place in tree.places else None
        if at is not None:
            n[at] += row.n
            late[at] += row.overdue
    spots = [Spot(place=code, n=n[code], overdue=late[code]) for code in known]
    return level, sorted(spots, key=lambda spot: (-spot.n, spot.place))


def _topics(sieve: Sieve, tree: Directory, now: datetime, *, most: int) -> list[Topic]:
    """The last seven days against the four weeks before them."""
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=6)
    fresh = _told_between(start, midnight + timedelta(days=1), now, SECONDS)
    old = _told_between(start - timedelta(weeks=WEEKS), start, now, LONG)
    counts, before, places = Counter[tuple[str, str]](), Counter[tuple[str, str]](), dict[tuple[str, str], set[str]]()
    for rows, into in ((fresh, counts), (old, before)):
        for row in rows:
            if row.place in tree.places and sieve.keeps(row.unit, row.place, row.category, sensitive=False):
                line = tree.place_ancestors(row.place)
                street = next((code for code in line if tree.places[code].kind == "street"), line[-1])
                into[row.category, street] += row.n
                if into is counts:
                    places.setdefault((row.category, street), set()).add(row.place)
    found = (Topic(category, street, n, before[category, street] / WEEKS, len(places[category, street])) for (category, street), n in counts.items())
    return rising(found, most=most)


def _told_between(start: datetime, end: datetime, now: datetime, seconds: int) -> list[Told]:
    def ask() -> list[Told]:
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, {"start": start, "end": end})
            return [Told._make(row) for row in cursor.fetchall()]

    return _told.for_a_while((start, end if seconds == LONG else None), ask, now, seconds)


# --- what waits for this person ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do: an instruction that came back (instruction), an approval (approval), a measure that a rule proposes (proposed)."""

    what: str
    code: str
    number: int
    title: str
    unit: str
    detail: str
    at: datetime


def waiting(reach: Reach, actor: Actor, *, most: int = 8) -> list[Waiting]:
    """What waits for this person, the oldest first. One query."""
    tree = directories.current()
    where, params = reached.condition(reach, actor, tree)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            (SELECT 'instruction', c.code, m.number, c.title, m.unit, m.level, m.answered_at FROM ms_measure m JOIN ms_case c ON c.id = m.case_id
             WHERE m.opened_by = %(me)s AND m.kind = 'instruction' AND m.status = 'answered'
             ORDER BY m.opened_at DESC LIMIT %(most)s)
            UNION ALL
            (SELECT 'approval', c.code, a.number, c.title, coalesce(a.asked_unit, ''), a.move, a.asked_at FROM ms_approval a JOIN ms_case c ON c.id = a.case_id
             WHERE a.status = 'asked' AND a.approver_unit = ANY(%(mine)s) AND {where} ORDER BY a.asked_at LIMIT %(most)s)
            UNION ALL
            (SELECT 'proposed', c.code, m.number, c.title, m.unit, m.kind, m.opened_at FROM ms_measure m JOIN ms_case c ON c.id = m.case_id
             WHERE m.status = 'proposed' AND m.kind <> 'referral' AND {where} ORDER BY m.opened_at DESC LIMIT %(most)s)
            """,  # noqa: S608 (constants)
            {**params, "me": actor.tag, "mine": list(actor.units()), "most": most},
        )
        found = [Waiting(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: one.at)[:most]


@dataclass(frozen=True, slots=True)
class Running:
    """An open measure or a card that runs in the area."""

    kind: str
    level: str
    unit: str
    code: str
    because: str
    opened_at: datetime
    answer_by: datetime | None


def measures(reach: Reach, actor: Actor, *, unit: str = "", most: int = 6) -> list[Running]:
    """Cards and measures that are open in the area, the latest first; with `unit`, those addressed to it or below. One query."""
    tree = directories.current()
    where, params = reached.condition(reach, actor, tree)
    only = " AND m.unit = ANY(%(addressed)s)" if unit else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT m.kind, m.level, m.unit, c.code, m.because, m.opened_at, m.answer_by FROM ms_measure m JOIN ms_case c ON c.id = m.case_id
            WHERE m.status = 'opened' AND m.kind <> ALL(ARRAY['reminder', 'suggestion', 'referral']) AND {where}{only} ORDER BY m.opened_at DESC LIMIT %(most)s
            """,  # noqa: S608 (constants)
            {**params, "addressed": list(tree.subtree(unit)) if unit in tree.units else [unit], "most": most},
        )
        return [Running(*row) for row in cursor.fetchall()]


# --- one unit, month by month -----------------------------------------------------------------------------------------------------

_MONTHS = """
SELECT date_trunc('month', day::timestamp)::date, metric, sum(n) FROM (
  SELECT day, metric, n FROM ms_tally WHERE day >= %(start)s AND origin = %(origin)s AND unit = ANY(%(units)s) AND metric = ANY(%(metrics)s)
  UNION ALL
  SELECT day, metric, n FROM ms_tally_delta WHERE day >= %(start)s AND origin = %(origin)s AND unit = ANY(%(units)s) AND metric = ANY(%(metrics)s)
) t GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Month:
    """A unit's month, with everything below it."""

    month: date
    answered: int
    parts: dict[str, Part]


_unit_months: Kept[list[Month]] = Kept(most=200)


def months(unit: str, *, most: int = 6) -> list[Month]:
    """The last months of a unit and of what hangs below it, the latest first. One query, kept for a minute."""
    now, tree = clock.now(), directories.current()
    first = clock.local(now).date().replace(day=1)
    wanted = [first]
    while len(wanted) < most:
        wanted.append((wanted[-1] - timedelta(days=1)).replace(day=1))

    def ask() -> list[Month]:
        sums: dict[date, Counter[str]] = {month: Counter() for month in wanted}
        with connection.cursor() as cursor:
            units = list(tree.subtree(unit)) if unit in tree.units else [unit]
            cursor.execute(_MONTHS, {"start": wanted[-1], "origin": str(Origin.CITIZEN), "units": units, "metrics": _METRICS})
            for month, metric, n in cursor.fetchall():
                sums.get(month, Counter())[metric] += int(n)
        return [Month(month, said["answer"] + said["answer_at_once"], {key: _part(said, key) for key in _RATES}) for month, said in sums.items()]

    return _unit_months.for_a_while((unit, first), ask, now, SECONDS)

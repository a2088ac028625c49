"""晒榜: a month's table of units by rate. From tallies only (what citizens filed); every rate with its numerator and denominator, nothing weighed together.

Who is compared with whom: `units` are the departments and companies of the city, each with whatever hangs below it; `counties` are the districts, by
where the matter lies, whoever handles it; `streets` are the street offices with their bodies and communities, by who handled it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from minsheng import clock
from minsheng.domain import ranking as pure
from minsheng.domain.states import Origin
from minsheng.policy.directory import Directory
from minsheng.policy.schema import RankingRules
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.kept import Kept

KINDS = ("units", "counties", "streets")
#: measure → metrics of the numerator, metrics of the denominator (domain/tallies.py); the words are those of queries/statistics.py.
MEASURES = {
    "answer_on_time": (("answer_kept",), ("answer_kept", "answer_missed")),
    "resolution": (("solved_yes",), ("solved_asked",)),
    "satisfaction": (("satisfied_yes",), ("satisfied_asked",)),
    "contact": (("contacted_yes",), ("contacted_asked",)),
}
#: Counted as handled: answers given.
VOLUME = ("answer", "answer_at_once")
TREND = 6
#: Days that can be asked for.
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)
#: How long a month is kept in memory: one that is over hardly changes.
_OVER, _RUNNING = 600, 60

Metrics = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """A rate as what it is made of."""

    numerator: int
    denominator: int

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None where nobody was asked."""
        return self.numerator / self.denominator if self.denominator else None


@dataclass(slots=True, kw_only=True)
class Line:
    """One unit or district in the table. rank: None where it was counted too seldom; before: its rank a month earlier; trend: oldest first."""

    code: str
    name: str
    short: str
    volume: int
    parts: dict[str, Part]
    rank: int | None
    before: int | None
    trend: tuple[float | None, ...]
    card: str = ""


@dataclass(slots=True, kw_only=True)
class Ranked:
    """A table: those with a rank in its order, then the others. silent: how many had nothing at all in that month and are not listed."""

    month: date
    kind: str
    measure: str
    cutoff: datetime
    running: bool
    published: bool
    rules: RankingRules
    lines: list[Line]
    silent: int
    average: dict[str, Part]
    earlier: dict[str, Part] = field(default_factory=dict)

    @property
    def ranked(self) -> list[Line]:
        """Those with a rank."""
        return [line for line in self.lines if line.rank is not None]

    @property
    def ends(self) -> int:
        """How many of the best and of the last are shown first."""
        return self.rules.units if self.kind == "units" else self.rules.areas if self.kind == "counties" else self.rules.units


@dataclass(frozen=True, slots=True)
class _Month:
    """Sums of one month, by unit and by district, as they stood at `cutoff`."""

    cutoff: datetime
    units: Mapping[str, Metrics]
    districts: Mapping[str, Metrics]


_months: Kept[_Month] = Kept(most=48)
_rules: Kept[RankingRules] = Kept(most=48)

_SUMS = """
SELECT month, unit, district, metric, sum(n) FROM (
  SELECT date_trunc('month', day::timestamp)::date AS month, unit, district, metric, n FROM ms_tally
  WHERE day >= %(first)s AND day < %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
  UNION ALL
  SELECT date_trunc('month', day::timestamp)::date AS month, unit, district, metric, n FROM ms_tally_delta
  WHERE day >= %(first)s AND day < %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
) t GROUP BY GROUPING SETS ((month, unit, metric), (month, district, metric))
"""
_METRICS = sorted({*VOLUME, *(metric for parts in MEASURES.values() for metrics in parts for metric in metrics)})


def table(month: date, *, kind: str = "units", measure: str = "answer_on_time") -> Ranked:
    """The table of a month. A few queries, always the same ones; none where the months were looked up a moment ago."""
    assert kind in KINDS and measure in MEASURES
    now, tree = clock.now(), directories.current()
    shown = [month]
    while len(shown) < TREND:
        shown.insert(0, pure.month_before(shown[0]))
    found = _sums(shown, now)
    sums = {one: _gathered(tree, found[one], kind) for one in shown}
    rules, today = _rules_of(month, now), clock.local(now).date()
    places = [pure.ranks({code: _pair(said, measure) for code, said in sums[one].items()}, minimum=rules.minimum) for one in shown[-2:]]
    lines, silent = [], 0
    for code, (name, short) in _names(tree, kind, month).items():
        said = sums[month].get(code, {})
        if not any(said.values()):
            silent += 1
            continue
        trend = tuple(Part(*_pair(sums[one].get(code, {}), measure)).rate for one in shown)
        lines.append(Line(
            code=code, name=name, short=short, volume=_add(said, VOLUME), parts={key: Part(*_pair(said, key)) for key in MEASURES},
            rank=places[1].get(code), before=places[0].get(code), trend=trend,
        ))  # fmt: skip
    lines.sort(key=lambda line: (line.rank is None, line.rank or 0, -line.parts[measure].denominator, -line.volume, line.code))
    return Ranked(
        month=month, kind=kind, measure=measure, cutoff=found[month].cutoff, rules=rules, lines=lines, silent=silent,
        running=month == pure.month_of(today), published=month <= pure.last_published(today, published_on=rules.published_on),
        average=_whole(sums[month]), earlier=_whole(sums[shown[-2]]),
    )  # fmt: skip


def published(*, kind: str = "units", measure: str = "answer_on_time") -> Ranked | None:
    """The table that was published last; None where nobody has a rank in it."""
    today = clock.local(clock.now()).date()
    found = table(pure.last_published(today, published_on=rulebook.today().profile.ranking.published_on), kind=kind, measure=measure)
    return found if found.ranked else None


def _whole(sums: Mapping[str, Metrics]) -> dict[str, Part]:
    """All of a kind together: what was asked of all of them, not the mean of their rates."""
    together: Counter[str] = Counter()
    for said in sums.values():
        together.update(said)
    return {key: Part(*_pair(together, key)) for key in MEASURES}


def _pair(said: Metrics, measure: str) -> tuple[int, int]:
    numerator, denominator = MEASURES[measure]
    return _add(said, numerator), _add(said, denominator)


def _add(said: Metrics, metrics: tuple[str, ...]) -> int:
    return sum(said.get(metric, 0) for metric in metrics)


def _gathered(tree: Directory, found: _Month, kind: str) -> dict[str, Counter[str]]:
    """The sums of a month for those who are compared: what hangs below somebody counts for it."""
    gathered: dict[str, Counter[str]] = defaultdict(Counter)
    for code, said in (found.districts if kind == "counties" else found.units).items():
        mine = code if kind == "counties" and code in tree.places else owner(tree, code, kind)
        if mine:
            gathered[mine].update(said)
    return gathered


def stands_for(tree: Directory, unit: str) -> str:
    """The department or company of the city that a unit counts for; "" where it counts for none."""
    return owner(tree, unit, "units")


def owner(tree: Directory, unit: str, kind: str) -> str:
    """Who of this kind a unit belongs to: itself or the nearest above it; "" for nobody."""
    if kind == "counties":
        return ""
    return next((above for above in tree.ancestors(unit) if above in tree.units and is_compared(tree, above, kind)), "")


def is_compared(tree: Directory, code: str, kind: str) -> bool:
    """Is this unit one of those that a table of this kind compares?"""
    unit = tree.units[code]
    if kind == "streets":
        return unit.level == "street" and unit.kind == "area"
    return unit.level == "city" and unit.kind in ("department", "company")


def _names(tree: Directory, kind: str, month: date) -> dict[str, tuple[str, str]]:
    """Everybody of this kind who existed in the month: the name, and what people call it."""
    if kind == "counties":
        return {place.code: (place.name, place.name) for place in tree.places.values() if place.kind == "district"}
    last = pure.month_after(month) - timedelta(days=1)
    units = {code: unit for code, unit in tree.units.items() if is_compared(tree, code, kind)}
    return {code: (unit.name, unit.short_name) for code, unit in units.items() if unit.valid(month) or unit.valid(last)}


def _sums(months: list[date], now: datetime) -> dict[date, _Month]:
    """The sums of these months, those in memory as they are kept; the others with one query."""
    found = {month: _months.get(month, now) for month in months}
    missing = [month for month, said in found.items() if said is None]
    if missing:
        fresh = _ask(missing, now)
        running = pure.month_of(clock.local(now).date())
        for month in missing:
            found[month] = fresh[month]
            _months.put(month, fresh[month], now, now + timedelta(seconds=_OVER if month < running else _RUNNING))
    return {month: said for month, said in found.items() if said is not None}


def _ask(months: list[date], now: datetime) -> dict[date, _Month]:
    sums: dict[date, tuple[dict[str, Counter[str]], dict[str, Counter[str]]]] = {month: (defaultdict(Counter), defaultdict(Counter)) for month in months}
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"first": months[0], "end": pure.month_after(months[-1]), "origin": str(Origin.CITIZEN), "metrics": _METRICS})
        for month, unit, district, metric, n in cursor.fetchall():
            if month in sums:
                side, code = (0, unit) if unit is not None else (1, district)
                sums[month][side][code][metric] += int(n)
    return {month: _Month(now, units, districts) for month, (units, districts) in sums.items()}


def _rules_of(month: date, now: datetime) -> RankingRules:
    """A month follows the rules that were in force when it began."""
    start = datetime(month.year, month.month, 1, tzinfo=clock.BEIJING)
    return _rules.for_a_while(month, lambda: rulebook.on(start).profile.ranking, now, _OVER)


# --- which months there are -------------------------------------------------------------------------------------------------------

_MONTHS = """
WITH RECURSIVE found(day) AS (
  SELECT greatest((SELECT max(day) FROM ms_tally WHERE day < %(before)s), (SELECT max(day) FROM ms_tally_delta WHERE day < %(before)s))
  UNION ALL
  SELECT greatest(
    (SELECT max(t.day) FROM ms_tally t WHERE t.day < date_trunc('month', found.day::timestamp)::date),
    (SELECT max(d.day) FROM ms_tally_delta d WHERE d.day < date_trunc('month', found.day::timestamp)::date)
  ) FROM found WHERE found.day IS NOT NULL
)
SELECT day FROM found WHERE day IS NOT NULL LIMIT %(most)s
"""


def months(*, before: date | None = None, most: int = 12) -> list[date]:
    """Months that have figures, latest first, those before a month. One query that looks at one row a month."""
    today = clock.local(clock.now()).date()
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"before": before or today + timedelta(days=1), "most": most})
        return [pure.month_of(day) for (day,) in cursor.fetchall()]

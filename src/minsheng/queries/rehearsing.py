"""推演 over the journal: all cases of a time read in their order, each lived through twice, and the figures of the units side by side.

The journal comes through a cursor that the server holds, without texts and decisions: memory holds one batch of events and the sums.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from minsheng import clock
from minsheng.domain.calendar import midnight
from minsheng.domain.deadlines import PROMISES
from minsheng.domain.errors import BadInput
from minsheng.domain.facts import Event
from minsheng.domain.ranking import ranks
from minsheng.domain.states import MeasureKind, Origin, State
from minsheng.policy.directory import Directory
from minsheng.policy.load import Rules
from minsheng.policy.rehearsing import Rehearsed, rehearse
from minsheng.queries import directory as directories
from minsheng.queries import ranking
from minsheng.queries import rules as rulebook

#: Events fetched at a time.
CHUNK = 5_000
#: How many cases between two words about the progress.
TELL_EVERY = 1_000

Sums = Counter[tuple[str, str]]
CARDS = ("yellow_card", "orange_card", "red_card")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A unit under one version of the rules. late: clock → missed. measures: kind → opened or proposed by rule. rank: None where it has none."""

    late: dict[str, int]
    measures: dict[str, int]
    points: int
    kept: int
    asked: int
    rank: int | None

    @property
    def overdue(self) -> int:
        """Missed promises of all clocks."""
        return sum(self.late.values())

    @property
    def cards(self) -> int:
        """Cards of all colours."""
        return sum(self.measures.get(kind, 0) for kind in CARDS)

    @property
    def on_time(self) -> float | None:
        """Answers on time, 0 to 1; None where nothing was to be answered."""
        return self.kept / self.asked if self.asked else None

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "overdue": self.overdue, "late": self.late, "cards": self.cards, "points": self.points, "measures": self.measures,
            "kept": self.kept, "asked": self.asked, "on_time": self.on_time, "rank": self.rank,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One unit (or, with code "", the whole city) before and after."""

    code: str
    name: str
    old: Side
    new: Side

    @property
    def change(self) -> int:
        """How much it changes for this unit: overdue promises, measures and points, whichever way."""
        kinds = self.old.measures.keys() | self.new.measures.keys()
        measures = sum(abs(self.new.measures.get(kind, 0) - self.old.measures.get(kind, 0)) for kind in kinds)
        clocks = self.old.late.keys() | self.new.late.keys()
        late = sum(abs(self.new.late.get(kind, 0) - self.old.late.get(kind, 0)) for kind in clocks)
        return late + measures + abs(self.new.points - self.old.points)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The outcome: units sorted by change, the greatest first."""

    old: str
    new: str
    since: date
    until: datetime
    cases: int
    events: int
    whole: Line
    lines: list[Line]

    def row(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "old": self.old, "new": self.new, "since": self.since.isoformat(), "until": self.until.isoformat(), "cases": self.cases, "events": self.events,
            "whole": {"old": self.whole.old.row(), "new": self.whole.new.row()},
            "units": [{"code": x.code, "name": x.name, "change": x.change, "old": x.old.row(), "new": x.new.row()} for x in self.lines],
        }  # fmt: skip


def compare(new: Rules, *, since: date, tell: Callable[[int], None] = lambda done: None) -> Compared:
    """What citizens' cases received since a day would have come to under `new`, beside the rules in force. BadInput for a day that lies ahead."""
    now, tree, old = clock.now(), directories.current(), rulebook.today()
    demand(new, since=since)
    sums: tuple[Sums, Sums] = (Counter(), Counter())
    cases = events = 0
    for code, told in _journals(since):
        for side, rules in zip(sums, (old, new), strict=True):
            _add(side, rehearse(rules, tree, code, told, until=now))
        cases, events = cases + 1, events + len(told)
        if cases % TELL_EVERY == 0:
            tell(cases)
    places = [_places(tree, side, rules) for side, rules in zip(sums, (old, new), strict=True)]
    units = sorted({unit for side in sums for _, unit in side if unit})
    lines = [Line(unit, _name(tree, unit), *(_side(sums[n], unit, places[n]) for n in (0, 1))) for unit in units]
    lines.sort(key=lambda line: (-line.change, line.code))
    whole = Line("", directories.city().name, *(_side(_together(side), "", {}) for side in sums))
    return Compared(old=old.label, new=new.label, since=since, until=now, cases=cases, events=events, whole=whole, lines=lines)


def demand(new: Rules, *, since: date) -> None:
    """Refuse rules of another city and a day that lies ahead."""
    city, meant = directories.city().code, new.profile.code
    if meant != city:
        raise BadInput(field="profile", zh=f"这份规则是 {meant} 的，这里是 {city}。", en=f"These are the rules of {meant}; this is {city}.")
    if since > clock.local(clock.now()).date():
        raise BadInput(field="since", zh="起始日期还没有到，请写今天或以前的日子。", en="The day to begin with lies ahead: name today or an earlier day.")


_JOURNALS = """
SELECT c.id, c.code, e.seq, e.at, e.action, e.actor, e.unit, e.before, e.after, e.data::text
FROM ms_case c JOIN ms_event e ON e.case_id = c.id
WHERE c.received_at >= %s AND c.origin = %s AND e.action <> 'deadline_step'
ORDER BY c.id, e.seq
"""


def _journals(since: date) -> Iterator[tuple[str, list[Event]]]:
    """(code, events) of every case received since a day, one after the other."""
    states = {str(state): state for state in State}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.itersize = CHUNK
        cursor.execute(_JOURNALS, [midnight(since), str(Origin.CITIZEN)])
        for (_, code), rows in groupby(_rows(cursor), key=lambda row: row[:2]):
            yield (
                code,
                [
                    Event(seq=seq, at=at, action=action, actor=actor, unit=unit, before=states.get(before), after=states[after], data=json.loads(data))
                    for _, _, seq, at, action, actor, unit, before, after, data in rows
                ],
            )


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _add(sums: Sums, told: Rehearsed) -> None:
    for key, n in told.figures.items():
        sums[key] += n
    for opened in told.opened:
        sums[f"measure:{opened.kind}", opened.unit] += 1
        if opened.points and not opened.proposed:
            sums["points", opened.unit] += opened.points


def _together(sums: Sums) -> Sums:
    whole: Sums = Counter()
    for (metric, _), n in sums.items():
        whole[metric, ""] += n
    return whole


def _side(sums: Sums, unit: str, places: dict[str, int]) -> Side:
    kept, missed = sums["answer_kept", unit], sums["answer_missed", unit]
    return Side(
        late={kind: n for kind in sorted(PROMISES) if (n := sums[f"{kind}_missed", unit])},
        measures={str(kind): n for kind in MeasureKind if (n := sums[f"measure:{kind}", unit])},
        points=sums["points", unit], kept=kept, asked=kept + missed, rank=places.get(unit),
    )  # fmt: skip


def _places(tree: Directory, sums: Sums, rules: Rules) -> dict[str, int]:
    """Places by answers on time among those whom 晒榜 compares: the city's departments and companies, each with what hangs below it."""
    kept: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for (metric, unit), n in sums.items():
        if metric in ("answer_kept", "answer_missed") and unit in tree.units and (owner := ranking.stands_for(tree, unit)):
            asked[owner] += n
            kept[owner] += n if metric == "answer_kept" else 0
    return ranks({unit: (kept[unit], asked[unit]) for unit in asked}, minimum=rules.profile.ranking.minimum)


def _name(tree: Directory, unit: str) -> str:
    found = tree.units.get(unit)
    return found.name if found else unit

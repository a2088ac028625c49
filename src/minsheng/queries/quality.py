"""质检: answers that wait for their check, answers drawn at random, and figures per unit and per writer. From the journal, with what they are made of."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection

from minsheng import clock
from minsheng.domain import access, sampling
from minsheng.domain.access import Actor
from minsheng.domain.calendar import end_of
from minsheng.models.people import User
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.areas import cases_of
from minsheng.queries.kept import Kept
from minsheng.queries.pages import Cursor, Page, read
from minsheng.queries.rulings import name_of, short

COUNTED_TO = 100
#: Nobody checks more at a time, and no draw is larger.
MOST_DRAWN = 200
WINDOW = timedelta(days=7)
#: Checks of one case that a drill-down shows.
SHOWN = 200
#: Where answers have a clock for their check, its index finds them; elsewhere those that were drawn stand among the answered cases, unread.
_BY_CLOCK = (
    "ms_deadline d JOIN ms_case c ON c.id = d.case_id WHERE d.kind = 'quality' AND d.met_at IS NULL AND d.ended_at IS NULL AND d.paused_at IS NULL"
    " AND c.state = 'answered'"
)
_UNREAD = (
    "ms_case c WHERE c.state = 'answered' AND c.closed_at IS NULL AND c.facts->>'checked' = 'false' AND EXISTS (SELECT 1 FROM ms_work_order o"
    " WHERE o.case_id = c.id AND o.ended_at IS NULL AND o.role = 'lead' AND o.answered_at IS NOT NULL)"
)


def _source() -> tuple[str, str, str]:
    """(FROM … WHERE, due, what gives the order): by the rules of today."""
    rules = rulebook.today().profile.deadlines.get("quality", ())
    if any(rule.within != "none" for rule in rules):
        return _BY_CLOCK, "d.due_at", "d.due_at"
    return _UNREAD, "NULL::timestamptz", "c.answered_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """One answer that waits. failures: how often an answer of this case came back."""

    code: str
    title: str
    category_name: str
    place_name: str
    unit_name: str
    round: int
    failures: int
    answered_at: datetime
    due_at: datetime | None


def count(actor: Actor) -> int:
    """How many wait, at most COUNTED_TO."""
    where, params = cases_of(actor, "check_answers")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {_source()[0]} AND {where} LIMIT {COUNTED_TO}) x", params)  # noqa: S608 (constants)
        return int(cursor.fetchone()[0])


def page(actor: Actor, *, cursor: str = "", limit: int = 30) -> Page[ToCheck]:
    """Most pressing first. One query."""
    where, params = cases_of(actor, "check_answers")
    source, due, order = _source()
    after, beyond = read(cursor), ""
    if after is not None and after.at is not None:
        params |= {"at": after.at, "id": after.id}
        beyond = f" AND ({order}, c.id) > (%(at)s, %(id)s)"
    with connection.cursor() as cursor_:
        cursor_.execute(
            f"SELECT c.id, c.code, c.title, c.category, coalesce(c.place, c.district), c.unit, c.round, c.facts->>'quality_failures', c.answered_at,"  # noqa: S608
            f" {due}, {order} FROM {source} AND {where}{beyond} ORDER BY {order}, c.id LIMIT {limit + 1}",
            params,
        )
        rows = cursor_.fetchall()
    last, tree = rows[limit - 1] if len(rows) > limit else None, directories.current()
    found = [
        ToCheck(
            code=code, title=title, category_name=name_of(tree.categories, category), place_name=name_of(tree.places, place), unit_name=short(tree, unit),
            round=round_, failures=int(failures or 0), answered_at=answered, due_at=due_at,
        )
        for _, code, title, category, place, unit, round_, failures, answered, due_at, _order in rows[:limit]
    ]  # fmt: skip
    return Page(found, str(Cursor(last[10], last[0])) if last else "")


# --- a sample ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An answer that was drawn. total: the points it has got since, None while nobody has looked at it."""

    code: str
    title: str
    unit_name: str
    state: str
    total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a seed draws from the answers that passed unread in the week before `until` (00:00). out_of: how many there were."""

    seed: str
    size: int
    until: date
    out_of: int
    rows: list[Drawn]


def sample(actor: Actor, *, seed: str, size: int, until: date) -> Sample:
    """抽样 over a week that is over, so that it is the same whenever it is asked for. Three queries."""
    where, params = cases_of(actor, "check_answers")
    end = end_of(until - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT c.code, coalesce(a.unit, '') FROM ms_event e JOIN ms_case c ON c.id = e.case_id {_ANSWER}"  # noqa: S608 (constants)
            f" WHERE e.action = 'pass_check' AND e.actor = 'system' AND e.at >= %(start)s AND e.at < %(end)s AND {where}",
            {**params, "start": end - WINDOW, "end": end},
        )
        answers = cursor.fetchall()
        codes = sampling.draw(answers, size=min(size, MOST_DRAWN), seed=seed)
        cursor.execute(
            "SELECT c.code, c.title, c.state, (SELECT (s.data->>'total')::int FROM ms_event s WHERE s.case_id = c.id AND s.at >= %(start)s"
            " AND s.action IN ('spot_checked', 'return_answer') ORDER BY s.seq DESC LIMIT 1) FROM ms_case c WHERE c.code = ANY(%(codes)s)",
            {"codes": codes, "start": end - WINDOW},
        )
        found = {row[0]: row for row in cursor.fetchall()}
    units, tree = dict(answers), directories.current()
    rows = [Drawn(code=code, title=found[code][1], unit_name=short(tree, units[code]), state=found[code][2], total=found[code][3]) for code in codes]
    return Sample(seed=seed, size=size, until=until, out_of=len(units), rows=rows)


#: The answer that was judged: the last one before the event `e`.
_ANSWER = (
    "LEFT JOIN LATERAL (SELECT x.actor, x.unit FROM ms_event x WHERE x.case_id = e.case_id AND x.seq < e.seq AND x.action IN ('answer', 'answer_at_once')"
    " ORDER BY x.seq DESC LIMIT 1) a ON TRUE"
)

# --- figures ----------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Line:
    """One unit or writer in a month. Every rate is shown with what it is made of.

    checked: answers that somebody looked at, or that came back by rule. firsts: how many of these were the first look in their round; passed_first: of
    these, passed. scored, points: cards and their sum. faults: item → in how many cards it had not full points.
    """

    key: str
    name: str
    checked: int = 0
    returned: int = 0
    firsts: int = 0
    passed_first: int = 0
    scored: int = 0
    points: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def mean(self) -> float | None:
        """Mean points; None where no card was filled in."""
        return self.points / self.scored if self.scored else None

    @property
    def worst(self) -> tuple[str, int] | None:
        """The item that most often had not full points; of equals, the one that stands first on the card."""
        return max(self.faults.items(), key=lambda fault: fault[1]) if self.faults else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One check, for looking behind a figure."""

    code: str
    title: str
    at: datetime
    action: str
    unit: str
    unit_name: str
    writer: str
    first: bool
    total: int | None
    scores: dict[str, int]
    by_rule: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A month: all together, per unit, per writer (a post at a unit, never a citizen)."""

    month: date
    whole: Line
    units: list[Line]
    writers: list[Line]


def figures(actor: Actor, month: date) -> Figures:
    """Two queries, however many checks."""
    rows = _judged(actor, month)
    names, tree = _names(rows), directories.current()
    whole, units, writers = Line(key="", name=""), {}, {}
    for row in rows:
        writer = (row.unit, row.writer)
        unit_line = units.setdefault(row.unit, Line(key=row.unit, name=short(tree, row.unit) or "–"))
        writer_line = writers.setdefault(writer, Line(key=f"{row.unit}~{row.writer}", name=names.get(row.writer, "") or row.writer or "–"))
        for line in (whole, unit_line, writer_line):
            _count(line, row)
    order = lambda line: (-line.checked, line.key)  # noqa: E731
    return Figures(month=month, whole=whole, units=sorted(units.values(), key=order), writers=sorted(writers.values(), key=order))


def behind(actor: Actor, month: date, *, key: str) -> list[Judged]:
    """The checks behind a line, latest first: of a unit, or of a writer (unit~writer)."""
    unit, _, writer = key.partition("~")
    return [row for row in _judged(actor, month) if row.unit == unit and writer in ("", row.writer)][::-1][:SHOWN]


def _count(line: Line, row: Judged) -> None:
    line.checked += 1
    line.returned += row.action == "return_answer"
    line.firsts += row.first
    line.passed_first += row.first and row.action != "return_answer"
    if row.total is not None:
        line.scored += 1
        line.points += row.total
        line.faults.update(key for key, points in row.scores.items() if points < 2)


#: Months that are over, by where somebody looks: they hardly change, and a month of a large city is a hundred thousand looks.
_kept: Kept[list[Judged]] = Kept(most=6)
_OVER = 600


def _judged(actor: Actor, month: date) -> list[Judged]:
    """Every look at an answer in a month: passed, returned, spot-checked; what passed unread by rule is none."""
    now = clock.now()
    if end_of(_next(month) - timedelta(days=1)) > now:
        return _looks(actor, month)
    key = (month, access.areas(actor, "check_answers", directories.current()), actor.units())
    return _kept.for_a_while(key, lambda: _looks(actor, month), now, _OVER)


def _looks(actor: Actor, month: date) -> list[Judged]:
    where, params = cases_of(actor, "check_answers")
    start, end = end_of(month - timedelta(days=1)), end_of(_next(month) - timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.code, c.title, e.at, e.action, a.unit, a.actor, e.data->'scores', e.data->>'total', e.actor, NOT EXISTS (SELECT 1 FROM ms_event p"  # noqa: S608
            " WHERE p.case_id = e.case_id AND p.seq < e.seq AND p.action IN ('pass_check', 'return_answer', 'spot_checked') AND NOT"
            " (p.action = 'pass_check' AND p.actor = 'system') AND p.seq > coalesce((SELECT max(r.seq) FROM ms_event r WHERE r.case_id = e.case_id"
            " AND r.seq < e.seq AND r.action = 'reopen'), 0))"
            f" FROM ms_event e JOIN ms_case c ON c.id = e.case_id {_ANSWER} WHERE e.action IN ('pass_check', 'return_answer', 'spot_checked')"
            f" AND NOT (e.action = 'pass_check' AND e.actor = 'system') AND e.at >= %(start)s AND e.at < %(end)s AND {where} ORDER BY e.at, e.id",
            {**params, "start": start, "end": end},
        )
        rows = cursor.fetchall()
    tree = directories.current()
    return [
        Judged(
            code=code, title=title, at=at, action=action, unit=unit or "", unit_name=short(tree, unit), writer=writer or "", first=first,
            total=int(total) if total is not None else None, scores=json.loads(scores) if isinstance(scores, str) else scores or {},
            by_rule=actor_ == "system",
        )
        for code, title, at, action, unit, writer, scores, total, actor_, first in rows
    ]  # fmt: skip


def _next(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _names(rows: list[Judged]) -> dict[str, str]:
    """staff:12 → the name of that post, as it stands in the directory of accounts."""
    ids = {int(row.writer.partition(":")[2]) for row in rows if row.writer.startswith("staff:")}
    return {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "display_name")}

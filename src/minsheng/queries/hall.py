"""大厅: what everybody may read. One query a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.domain.states import KIND_ZH, OUTCOME_ZH, STATE_ZH, Kind, State
from minsheng.intelligence.tokens import district_lexeme, query_tokens, tsquery_literal
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.pages import Cursor, Page, read

EXCERPT = 160
#: States in which a promise can run: their index spares looking through everything that is over.
_PROMISING = [str(state) for state in (State.RECEIVED, State.REGISTERED, State.DISPATCHED, State.HANDLING, State.ANSWERED, State.PARKED)]
#: How near everybody may look: a building is somebody's home.
PLACES = ("district", "street", "community", "grid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader looks for; empty is everything. district: place code; place: the same or one below it, never a building;
    category: code, a shorter one means its branch; since, until: received at or after, and before.
    districts, categories: any of these (a platform of 1+8+N); answered: has an answer now."""

    district: str = ""
    place: str = ""
    category: str = ""
    state: str = ""
    kind: str = ""
    q: str = ""
    overdue: bool = False
    since: datetime | None = None
    until: datetime | None = None
    districts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    answered: bool = False


@dataclass(slots=True, kw_only=True)  # not frozen: made twenty times for every reader, and that would take four times as long
class HallItem:
    """One request in the hall. due_at is the promise that runs; overdue says honestly that it has passed."""

    code: str
    title: str
    excerpt: str
    answer: str
    state: str
    state_zh: str
    kind: str
    kind_zh: str
    category: str | None
    category_name: str
    district: str | None
    district_name: str
    unit: str | None
    unit_name: str
    outcome: str | None
    outcome_zh: str
    rating: int | None
    supporters: int
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    overdue: bool


class HallEntry(NamedTuple):
    """One row of the hall as it is stored, excerpts cut: a page draws it, and knows by it whether it has drawn the very same before."""

    case_id: int
    code: str
    title: str
    excerpt: str
    answer: str
    state: str
    kind: str
    category: str | None
    district: str | None
    place: str | None
    unit: str | None
    photo: str
    outcome: str | None
    rating: int | None
    supporters: int
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None


def hall(filters: Filters, *, cursor: str = "", limit: int = 20) -> Page[HallItem]:
    """Newest first. With words: those that hold all of them."""
    page = entries(filters, cursor=cursor, limit=limit)
    tree, now = directories.current(), clock.now()
    return Page([_item(row, tree, now) for row in page.rows], page.next)


def entries(filters: Filters, *, cursor: str = "", limit: int = 20) -> Page[HallEntry]:
    """The same rows as they are stored."""
    rows = _rows(filters, read(cursor), limit + 1)
    following = str(Cursor(rows[limit - 1].received_at, rows[limit - 1].case_id)) if len(rows) > limit else ""
    return Page(rows[:limit], following)


_COLUMNS = ", ".join({"excerpt": f"left(body, {EXCERPT})", "answer": f"left(answer, {EXCERPT})"}.get(name, name) for name in HallEntry._fields)
_NEWEST = "ORDER BY received_at DESC, case_id DESC"


def _rows(filters: Filters, after: Cursor | None, most: int) -> list[HallEntry]:
    """The most asked question of all: written out, since compiling it anew would cost more than answering it."""
    found = where(filters)
    if found is None:
        return []
    conditions, values = found
    if after:
        conditions.append("(received_at, case_id) < (%s, %s)")
        values += [after.at, after.id]
    asked = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    with connection.cursor() as cursor:
        # Every fragment is a constant of this file.
        cursor.execute(f"SELECT {_COLUMNS} FROM ms_hall {asked}{_NEWEST} LIMIT {most:d}", values)  # noqa: S608
        return [HallEntry._make(row) for row in cursor.fetchall()]


#: One range of the index for each branch; the database joins them.
_BRANCH, _BRANCHES = "(category >= %s AND category < %s)", "({})"


def where(filters: Filters) -> tuple[list[str], list[Any]] | None:
    """The conditions on ms_hall with their values; None when nothing can fit: words that say nothing, a building."""
    conditions: list[str] = []
    values: list[Any] = []
    for condition, wanted in (
        ("district = %s", [filters.district]),
        ("category >= %s AND category < %s", [filters.category, filters.category and filters.category + "~"]),
        ("state = %s", [filters.state and _known(State, filters.state, "state")]),
        ("kind = %s", [filters.kind and _known(Kind, filters.kind, "kind")]),
        ("due_at < %s AND state = ANY(%s)", [clock.now(), _PROMISING] if filters.overdue else [None]),
        ("received_at >= %s", [filters.since]),
        ("received_at < %s", [filters.until]),
        ("district = ANY(%s)", [list(filters.districts)]),
        (_BRANCHES.format(" OR ".join([_BRANCH] * len(filters.categories))), [end for code in filters.categories for end in (code, f"{code}~")] or [""]),
    ):
        if wanted[0]:
            conditions.append(condition)
            values += wanted
    if filters.answered:
        conditions.append("answered_at IS NOT NULL")
    lexemes = []
    if filters.q.strip():
        lexemes += query_tokens(filters.q[:100])
        if not lexemes:
            return None
    if filters.place:
        known = directories.current().places.get(filters.place)
        if known is None or known.kind not in PLACES:
            return None
        lexemes.append(district_lexeme(filters.place))
    if lexemes:
        conditions.append("words @@ %s::tsquery")
        values.append(tsquery_literal(lexemes))
    return conditions, values


def _known(known: type[State] | type[Kind], value: str, field: str) -> str:
    if value not in set(known):
        raise BadInput(field=field, zh="没有这个选项，请重新选。", en="Unknown value; choose: " + ", ".join(known))
    return value


def _item(row: HallEntry, tree: Directory, now: datetime) -> HallItem:
    _, code, title, excerpt, answer, state, kind, category, district, _, unit, _, outcome, rating, supporters, received, answered, closed, due = row
    return HallItem(
        code=code, title=title, excerpt=excerpt, answer=answer, state=state, state_zh=STATE_ZH[state], kind=kind, kind_zh=KIND_ZH[kind],
        category=category, category_name=tree.categories[category].name if category in tree.categories else "",
        district=district, district_name=tree.places[district].name if district in tree.places else "",
        unit=unit, unit_name=tree.units[unit].name if unit in tree.units else "",
        outcome=outcome, outcome_zh=OUTCOME_ZH[outcome] if outcome else "", rating=rating, supporters=supporters,
        received_at=received, answered_at=answered, closed_at=closed, due_at=due, overdue=due is not None and due < now,
    )  # fmt: skip


class Promised(NamedTuple):
    """What was promised on a row: the clock that counts now (answer, promise, close), and when the answer was due and came."""

    running: str | None
    answer_due: datetime | None
    answer_met: datetime | None


_PROMISES = """
SELECT case_id, kind, due_at, coalesce(paused_at, met_at), met_at IS NULL AND ended_at IS NULL AND paused_at IS NULL FROM ms_deadline
WHERE case_id = ANY(%s) AND kind IN ('answer', 'promise', 'close') ORDER BY due_at DESC, id
"""


def promises(cases: list[int]) -> dict[int, Promised]:
    """Which promise counts on each of these rows, and whether the last answer came in time. One query, for the rows that a page has to draw anew."""
    if not cases:
        return {}
    running: dict[int, str] = {}
    answered: dict[int, tuple[datetime, datetime]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PROMISES, [cases])
        for case, kind, due, met, runs in cursor.fetchall():
            if runs:
                running[case] = kind  # the earliest due comes last: it is the one that ms_hall.due_at names
            elif kind == "answer" and met is not None and (case not in answered or met > answered[case][1]):
                answered[case] = due, met
    return {case: Promised(running.get(case), *answered.get(case, (None, None))) for case in cases}

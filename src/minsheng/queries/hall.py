"""大厅: what everybody may read. One query a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.domain.states import KIND_ZH, OUTCOME_ZH, STATE_ZH, Kind, State
from minsheng.intelligence.tokens import query_tokens, tsquery_literal
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.pages import Cursor, Page, read

EXCERPT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader looks for; empty is everything. district: place code; category: code, a shorter one means its branch."""

    district: str = ""
    category: str = ""
    state: str = ""
    kind: str = ""
    q: str = ""
    overdue: bool = False


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


def hall(filters: Filters, *, cursor: str = "", limit: int = 20) -> Page[HallItem]:
    """Newest first. With words: those that hold all of them."""
    rows = _rows(filters, read(cursor), limit + 1)
    tree, now = directories.current(), clock.now()
    items = [_item(row, tree, now) for row in rows[:limit]]
    following = str(Cursor(rows[limit - 1][_AT], rows[limit - 1][_ID])) if len(rows) > limit else ""
    return Page(items, following)


_COLUMNS = (
    "case_id", "code", "title", f"left(body, {EXCERPT})", f"left(answer, {EXCERPT})", "state", "kind", "category", "district", "unit", "outcome", "rating",
    "supporters", "received_at", "answered_at", "closed_at", "due_at",
)  # fmt: skip
_ID, _AT = 0, _COLUMNS.index("received_at")


def _rows(filters: Filters, after: Cursor | None, most: int) -> list[tuple[Any, ...]]:
    """The most asked question of all: written out, since compiling it anew would cost more than answering it."""
    where: list[str] = []
    values: list[Any] = []
    for condition, wanted in (
        ("district = %s", [filters.district]),
        ("category >= %s AND category < %s", [filters.category, filters.category and filters.category + "~"]),
        ("state = %s", [filters.state and _known(State, filters.state, "state")]),
        ("kind = %s", [filters.kind and _known(Kind, filters.kind, "kind")]),
        ("due_at < %s", [clock.now() if filters.overdue else None]),
        ("(received_at, case_id) < (%s, %s)", [after.at, after.id] if after else [None]),
    ):
        if wanted[0]:
            where.append(condition)
            values += wanted
    if filters.q.strip():
        words = query_tokens(filters.q[:100])
        if not words:
            return []
        where.append("words @@ %s::tsquery")
        values.append(tsquery_literal(words))
    found = f"WHERE {' AND '.join(where)} " if where else ""
    with connection.cursor() as cursor:
        # Every fragment is a constant of this file.
        cursor.execute(f"SELECT {', '.join(_COLUMNS)} FROM ms_hall {found}ORDER BY received_at DESC, case_id DESC LIMIT {most:d}", values)  # noqa: S608
        return cursor.fetchall()


def _known(known: type[State] | type[Kind], value: str, field: str) -> str:
    if value not in set(known):
        raise BadInput(field=field, zh="没有这个选项，请重新选。", en="Unknown value; choose: " + ", ".join(known))
    return value


def _item(row: tuple[Any, ...], tree: Directory, now: datetime) -> HallItem:
    _, code, title, excerpt, answer, state, kind, category, district, unit, outcome, rating, supporters, received, answered, closed, due = row
    return HallItem(
        code=code, title=title, excerpt=excerpt, answer=answer, state=state, state_zh=STATE_ZH[state], kind=kind, kind_zh=KIND_ZH[kind],
        category=category, category_name=tree.categories[category].name if category in tree.categories else "",
        district=district, district_name=tree.places[district].name if district in tree.places else "",
        unit=unit, unit_name=tree.units[unit].name if unit in tree.units else "",
        outcome=outcome, outcome_zh=OUTCOME_ZH[outcome] if outcome else "", rating=rating, supporters=supporters,
        received_at=received, answered_at=answered, closed_at=closed, due_at=due, overdue=due is not None and due < now,
    )  # fmt: skip

"""大厅: what everybody may read. One query a page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, QuerySet
from django.db.models.functions import Left

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.domain.states import KIND_ZH, OUTCOME_ZH, STATE_ZH, Kind, Outcome, State
from minsheng.intelligence.tokens import query_tokens, tsquery_literal
from minsheng.models.read import HallRow
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    rows = list(_rows(filters, read(cursor))[: limit + 1])
    items = [_item(row) for row in rows[:limit]]
    following = str(Cursor(rows[limit - 1][_AT], rows[limit - 1][_ID])) if len(rows) > limit else ""
    return Page(items, following)


_COLUMNS = (
    "case_id", "code", "title", "excerpt", "said", "state", "kind", "category", "district", "unit", "outcome", "rating", "supporters",
    "received_at", "answered_at", "closed_at", "due_at",
)  # fmt: skip
_ID, _AT = 0, _COLUMNS.index("received_at")


def _rows(filters: Filters, after: Cursor | None) -> "QuerySet[HallRow, tuple]":  # type: ignore[type-arg]
    found = HallRow.objects.annotate(excerpt=Left("body", EXCERPT), said=Left("answer", EXCERPT))
    if filters.district:
        found = found.filter(district=filters.district)
    if filters.category:
        found = found.filter(category__gte=filters.category, category__lt=filters.category + "~")
    if filters.state:
        found = found.filter(state=_known(State, filters.state, "state"))
    if filters.kind:
        found = found.filter(kind=_known(Kind, filters.kind, "kind"))
    if filters.overdue:
        found = found.filter(due_at__lt=clock.now())
    if filters.q.strip():
        words = query_tokens(filters.q[:100])
        found = found.extra(where=["words @@ %s::tsquery"], params=[tsquery_literal(words)]) if words else found.none()
    if after is not None:
        found = found.extra(where=["(ms_hall.received_at, ms_hall.case_id) < (%s, %s)"], params=[after.at, after.id])
    return found.order_by(F("received_at").desc(), F("case_id").desc()).values_list(*_COLUMNS)


def _known(known: type[State] | type[Kind], value: str, field: str) -> str:
    if value not in set(known):
        raise BadInput(field=field, zh="没有这个选项，请重新选。", en="Unknown value; choose: " + ", ".join(known))
    return value


def _item(row: tuple) -> HallItem:  # type: ignore[type-arg]
    directory = directories.current()
    _, code, title, excerpt, answer, state, kind, category, district, unit, outcome, rating, supporters, received, answered, closed, due = row
    return HallItem(
        code=code, title=title, excerpt=excerpt, answer=answer, state=state, state_zh=STATE_ZH[State(state)], kind=kind, kind_zh=KIND_ZH[Kind(kind)],
        category=category, category_name=directory.categories[category].name if category in directory.categories else "",
        district=district, district_name=directory.places[district].name if district in directory.places else "",
        unit=unit, unit_name=directory.units[unit].name if unit in directory.units else "",
        outcome=outcome, outcome_zh=OUTCOME_ZH[Outcome(outcome)] if outcome else "", rating=rating, supporters=supporters,
        received_at=received, answered_at=answered, closed_at=closed, due_at=due, overdue=due is not None and due < clock.now(),
    )  # fmt: skip

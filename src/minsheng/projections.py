"""投影: event → read tables. Written inside the transaction of the event; rebuilt from the journal at any time, with the same functions."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng.domain import facts as fold
from minsheng.domain.facts import CaseFacts, Delta
from minsheng.domain.states import State, Visibility
from minsheng.intelligence.tokens import tokens, tsvector_literal
from minsheng.models.case import Case, ReleasedText
from minsheng.models.event import CaseEvent
from minsheng.models.read import HallRow, TallyDelta
from minsheng.queries.journal import event_of


@dataclass(frozen=True, slots=True)
class Counted:
    """A delta with the dimensions it is counted under."""

    delta: Delta
    district: str
    category: str
    origin: str


def counted(facts: CaseFacts, deltas: list[Delta]) -> list[Counted]:
    """Put the case's district, first-level category and origin beside each delta."""
    return [Counted(delta, facts.district or "", (facts.category or "")[:2], facts.origin) for delta in deltas]


def add(rows: list[Counted]) -> None:
    """Insert deltas; a job folds them later."""
    TallyDelta.objects.bulk_create(
        TallyDelta(day=d.day, unit=d.unit, metric=d.metric, n=d.n, district=row.district, category=row.category, origin=row.origin)
        for row in rows
        for d in (row.delta,)
    )


# --- hall -----------------------------------------------------------------------------------------------------------------


_HIDDEN = frozenset({State.WITHDRAWN, State.MERGED})


def is_public(facts: CaseFacts) -> bool:
    """Does the case stand in the hall? Released text only, and never what is private or secret by today's rules."""
    return facts.released and facts.visibility == Visibility.PUBLIC and facts.state not in _HIDDEN


def hall(case: Case, facts: CaseFacts, released: list[ReleasedText], actions: list[str], due_at: datetime | None) -> None:
    """Bring the hall row in line with the case: insert, update or take away."""
    if not facts.released:
        return
    if not is_public(facts):
        HallRow.objects.filter(case=case).delete()
        return
    if not released and not set(actions) & _BACK:
        HallRow.objects.filter(case=case).update(**_columns(case, facts), due_at=due_at)
        return
    row = _row(case, facts, due_at)
    _upsert(row)


#: Events after which a row that had been taken away may have to come back whole.
_BACK = frozenset({"unmerge", "amend", "reopen", "return_answer"})


def _columns(case: Case, facts: CaseFacts) -> dict[str, Any]:
    return {
        "state": str(facts.state), "kind": facts.kind, "category": facts.category, "district": facts.district, "unit": facts.holder(),
        "outcome": facts.outcome, "rating": facts.rating, "supporters": facts.supporters + case.likes, "received_at": facts.received_at,
        "answered_at": facts.answered_at, "closed_at": facts.closed_at,
    }  # fmt: skip


def _row(case: Case, facts: CaseFacts, due_at: datetime | None) -> HallRow:
    """The whole row, from the facts and the latest released texts."""
    latest: dict[str, ReleasedText] = {}
    for text in ReleasedText.objects.filter(case=case).order_by("at", "version", "id"):
        latest[text.kind] = text
    body = latest.get("body")
    answer = latest.get("answer") if facts.answered_at or facts.state in (State.ANSWERED, State.CLOSED) else None
    title, words = (body.title, body.body) if body else ("", "")
    places = [code for code in (facts.district, facts.place) if code]
    return HallRow(
        case=case, code=case.code, title=title, body=words, answer=answer.body if answer else "", due_at=due_at,
        words=tsvector_literal(tokens(f"{title} {words} {answer.body if answer else ''}"), districts=places), **_columns(case, facts),
    )  # fmt: skip


def _upsert(row: HallRow) -> None:
    HallRow.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["case"], update_fields=[f.name for f in HallRow._meta.concrete_fields if f.name != "case"]
    )


# --- rebuilding -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A case as its journal tells it, with everything it adds to the figures."""

    facts: CaseFacts
    tallies: list[Counted]


def rebuild(rows: list[CaseEvent]) -> Rebuilt:
    """Replay one case's journal (in order of seq)."""
    facts, tallies = CaseFacts(), []
    for row in rows:
        event = event_of(row)
        found = fold.deltas(facts, event)
        fold.apply(facts, event)
        tallies += counted(facts, found)
    return Rebuilt(facts, tallies)


def differences(case: Case, rows: list[CaseEvent]) -> list[str]:
    """Where the live row and its mirrors differ from what the journal tells; empty when rebuilt equals live."""
    told = rebuild(rows).facts
    live = fold.from_json(case.facts)
    found = [
        f"facts.{f.name}: live {getattr(live, f.name)!r}, journal {getattr(told, f.name)!r}"
        for f in fields(CaseFacts)
        if getattr(live, f.name) != getattr(told, f.name)
    ]
    found += [
        f"{name}: live {getattr(case, name)!r}, journal {value!r}"
        for name, value in (("state", told.state), ("version", told.version), ("seq", told.seq))
        if getattr(case, name) != value
    ]
    orders = {o.number: o for o in case.orders.all()}
    for order in told.orders:
        row = orders.get(order.number)
        for name in ("unit", "opened_at", "claimed_at", "contacted_at", "answered_at", "ended_at", "end_reason"):
            if row is None or getattr(row, name) != getattr(order, name):
                found.append(f"order {order.number}.{name}: live {getattr(row, name, None)!r}, journal {getattr(order, name)!r}")
    row = HallRow.objects.filter(case=case).first()
    if (row is not None) != is_public(told):
        found.append(f"hall: live {'has' if row else 'has no'} row, journal says {'public' if is_public(told) else 'not public'}")
    elif row is not None:
        fresh = _row(case, told, row.due_at)
        found += [f"hall.{f}: live {getattr(row, f)!r}, rebuilt {getattr(fresh, f)!r}" for f in _COMPARED if getattr(row, f) != getattr(fresh, f)]
    return found


_COMPARED = ("title", "body", "answer", "state", "kind", "category", "district", "unit", "outcome", "rating", "supporters", "answered_at", "closed_at")


def restore_hall() -> int:
    """Build the whole hall anew from journals and released texts; returns the number of rows."""
    HallRow.objects.all().delete()
    n = 0
    for case in Case.objects.filter(released__isnull=False).distinct().iterator(chunk_size=500):
        facts = rebuild(list(case.events.order_by("seq"))).facts
        if is_public(facts):
            due = case.deadlines.filter(ended_at=None, met_at=None, paused_at=None, kind__in=("answer", "close", "promise")).order_by("due_at").first()
            _upsert(_row(case, facts, due.due_at if due else None))
            n += 1
    return n


_FOLD = """
WITH taken AS (DELETE FROM ms_tally_delta WHERE id IN (SELECT id FROM ms_tally_delta ORDER BY id LIMIT 20000 FOR UPDATE SKIP LOCKED) RETURNING *)
INSERT INTO ms_tally (day, unit, district, category, origin, metric, n)
SELECT day, unit, district, category, origin, metric, sum(n) FROM taken GROUP BY 1, 2, 3, 4, 5, 6
ON CONFLICT (day, metric, unit, district, category, origin) DO UPDATE SET n = ms_tally.n + excluded.n
"""


def fold_tallies() -> None:
    """Fold inserted deltas into the daily tallies. Safe to run in several workers at once."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD)

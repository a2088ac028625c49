"""投影: event → read tables. Written inside the transaction of the event; rebuilt from the journal at any time, with the same functions."""

from collections import Counter
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng.domain import facts as fold
from minsheng.domain import facts_json
from minsheng.domain.deadlines import LATE_BY
from minsheng.domain.facts import CaseFacts
from minsheng.domain.states import State, Visibility
from minsheng.domain.tallies import Delta, deltas, takes_out
from minsheng.intelligence.tokens import tokens, tsvector_literal
from minsheng.models.batch import Batch
from minsheng.models.case import Attachment, Case, ReleasedText
from minsheng.models.event import CaseEvent
from minsheng.models.fetching import fetch
from minsheng.models.read import HallRow
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
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
    here = (facts.district or "", (facts.category or "")[:2])
    return [
        Counted(delta, here[0] if delta.district is None else delta.district, here[1] if delta.category is None else delta.category, facts.origin)
        for delta in deltas
    ]


def count(batch: Batch, rows: list[Counted]) -> None:
    """Write deltas; a job folds them later."""
    for row in rows:
        delta = row.delta
        batch.insert("ms_tally_delta", {
            "day": delta.day, "unit": delta.unit, "metric": delta.metric, "n": delta.n,
            "district": row.district, "category": row.category, "origin": row.origin,
        })  # fmt: skip


# --- hall -----------------------------------------------------------------------------------------------------------------


_HIDDEN = frozenset({State.WITHDRAWN, State.MERGED})


def is_public(facts: CaseFacts) -> bool:
    """Does the case stand in the hall? Released text only, and never what is private or secret by today's rules."""
    return facts.released and facts.visibility == Visibility.PUBLIC and facts.state not in _HIDDEN


def hall(batch: Batch, case: Case, facts: CaseFacts, fresh: list[ReleasedText], actions: list[str], due_at: datetime | None) -> None:
    """Bring the hall row in line with the case: insert, update or take away. `fresh`: texts released in this transaction."""
    if not facts.released:
        return
    if not is_public(facts):
        HallRow.objects.filter(case=case).delete()
    elif fresh or set(actions) & _BACK:
        batch.upsert("ms_hall", _row(case, facts, due_at, fresh))
    else:
        batch.update("ms_hall", {"case_id": case.pk, "due_at": due_at, **_columns(case, facts)})


#: Events after which a row that had been taken away may have to come back whole, or loses its words.
_BACK = frozenset({"unmerge", "amend", "reopen", "return_answer", "erased"})


def _columns(case: Case, facts: CaseFacts) -> dict[str, Any]:
    return {
        "state": str(facts.state), "kind": facts.kind, "category": facts.category, "district": facts.district,
        "place": public_place(directories.current(), facts.place or facts.district), "unit": facts.holder(),
        "outcome": facts.outcome, "rating": facts.rating, "supporters": facts.supporters + case.likes, "received_at": facts.received_at,
        "answered_at": facts.answered_at, "closed_at": facts.closed_at,
    }  # fmt: skip


def public_place(tree: Directory, place: str | None) -> str | None:
    """As near as everybody may know where it is: a building is somebody's home, its grid is not."""
    if place not in tree.places:
        return None
    return next((code for code in tree.place_ancestors(place) if tree.places[code].kind != "building"), None)


def _photo(case: Case) -> str:
    """The first released picture of the request, small."""
    shown = Attachment.objects.filter(case=case, public=True, kind="photo", purpose="report", erased_at=None)
    return shown.order_by("id").values_list("thumbnail", flat=True).first() or ""


def _row(case: Case, facts: CaseFacts, due_at: datetime | None, fresh: list[ReleasedText]) -> dict[str, Any]:
    """The whole row, from the facts and the latest released texts."""
    stored = [] if case._state.adding else fetch(ReleasedText, "WHERE case_id = %s ORDER BY at, version, id", [case.pk])
    latest = {text.kind: text for text in (*stored, *fresh)}
    body = latest.get("body")
    answer = latest.get("answer")
    if answer is not None and (facts.answered_at is None or answer.at < facts.answered_at):
        answer = None  # that of an earlier round, or one that was returned: the one that counts is not released yet
    title, words = (body.title, body.body) if body else ("", "")
    said = answer.body if answer else ""
    tree = directories.current()
    places = list(tree.place_ancestors(facts.place)) if facts.place in tree.places else [code for code in (facts.place,) if code]
    places += [facts.district] if facts.district and facts.district not in places else []
    return {
        "case_id": case.pk, "code": case.code, "title": title, "body": words, "answer": said, "due_at": due_at,
        "photo": "" if case._state.adding else _photo(case),
        "words": tsvector_literal(tokens(f"{title} {words} {said}"), districts=places), **_columns(case, facts),
    }  # fmt: skip


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
        found = deltas(facts, event)
        fold.apply(facts, event)
        tallies += counted(facts, found)
    return Rebuilt(facts, tallies)


def taken_out(rows: list[CaseEvent], clock: str) -> list[dict[str, Any]]:
    """剔除: what has to be counted back so that the case (or this promise of it) adds nothing, each where it had been counted."""
    sums: Counter[tuple[str, str, str, str, str]] = Counter()
    for one in rebuild(rows).tallies:
        if takes_out(clock, one.delta.metric, one.delta.unit):
            sums[one.delta.metric, one.delta.day, one.delta.unit, one.district, one.category] += one.delta.n
    names = ("metric", "day", "unit", "district", "category")
    return [{**dict(zip(names, key, strict=True)), "n": -n} for key, n in sorted(sums.items()) if n]


def differences(case: Case, rows: list[CaseEvent]) -> list[str]:
    """Where the live row and its mirrors differ from what the journal tells; empty when rebuilt equals live."""
    told = rebuild(rows).facts
    live = facts_json.from_json(case.facts)
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
        fresh = _row(case, told, row.due_at, [])
        found += [f"hall.{name}: live {getattr(row, name)!r}, rebuilt {fresh[name]!r}" for name in _COMPARED if getattr(row, name) != fresh[name]]
    return found


_COMPARED = ("title", "body", "answer", "photo", "state", "kind", "category", "district", "unit", "outcome", "rating", "supporters", "answered_at", "closed_at")


def restore_hall() -> int:
    """Build the whole hall anew from journals and released texts; returns the number of rows."""
    HallRow.objects.all().delete()
    n = 0
    for case in Case.objects.filter(released__isnull=False).distinct().iterator(chunk_size=500):
        facts = rebuild(list(case.events.order_by("seq"))).facts
        if is_public(facts):
            due = case.deadlines.filter(ended_at=None, met_at=None, paused_at=None, kind__in=LATE_BY).order_by("due_at").first()
            batch = Batch()
            batch.upsert("ms_hall", _row(case, facts, due.due_at if due else None, []))
            batch.write()
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

"""The one transaction: lock, ask, move, record, react. The only clever file; everything that changes a case goes through it.

    with casework(code, by=actor, seen=version) as work:
        work.move("claim", data={"order": work.lead_order(actor)})

State, journal, deadlines, read tables and jobs appear together or not at all.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from minsheng import clock, projections, reactions
from minsheng.domain import access, facts_json, moves, strictness
from minsheng.domain import facts as fold
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.deadlines import LATE_BY, Timer
from minsheng.domain.errors import NotAllowed, NotFound, Stale, WrongState
from minsheng.domain.facts import CaseFacts, Event
from minsheng.domain.states import UNWATCHED, MeasureKind, State, Who
from minsheng.domain.tallies import deltas
from minsheng.models.approval import Approval
from minsheng.models.batch import Batch
from minsheng.models.case import Case, CaseText, ReleasedText
from minsheng.models.deadline import Deadline, timer_columns, timer_of
from minsheng.models.fetching import fetch, fetch_with
from minsheng.models.measure import Measure, serial_of
from minsheng.policy import clockwork, decide
from minsheng.policy.directory import Directory
from minsheng.policy.load import Rules
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.installation import SIMULATED, demand_same_world
from minsheng.queue import later

GENESIS = bytes(32)


class Work:
    """One case inside its transaction: what is true, what may be done, and everything that is to be written."""

    facts: CaseFacts

    def __init__(self, case: Case, facts: CaseFacts, rules: Rules, directory: Directory, now: datetime, by: Actor) -> None:
        self.case, self.facts, self.rules, self.directory, self.now, self.by = case, facts, rules, directory, now, by
        self.events: list[Event] = []
        self.texts: list[CaseText] = []
        self.released: list[ReleasedText] = []
        self.approvals: list[Approval] = []
        self.measures: list[Measure] = []
        self.tallies: list[projections.Counted] = []
        self.beside: list[tuple[str, dict[str, Any]]] = []
        self.is_new = case.pk is None or case._state.adding
        self._known_orders = 0 if self.is_new else len(facts.orders)
        self._timers: list[_Kept] | None = [] if self.is_new else None
        self._tells = reactions.tells

    # --- asking ---------------------------------------------------------------------------------------------------

    def who(self, actor: Actor) -> frozenset[Who]:
        """How this actor stands to the case."""
        return access.relations(actor, self.facts, self.directory, place_unit=self.place_unit)

    def may(self, deed: str) -> bool:
        """May whoever acts do this (domain.access.DEEDS)?"""
        return access.may(self.by, deed, self.directory, facts=self.facts, place_unit=self.place_unit)

    @property
    def code(self) -> str:
        """The code of the case."""
        return self.case.code

    @property
    def place_unit(self) -> str | None:
        """The area unit of the case's place."""
        return clockwork.place_unit(self.facts, self.directory)

    def why_not(self, action: str, *, by: Actor | None = None, who: frozenset[Who] | None = None) -> moves.WhyNot | None:
        """None when the move may be made now, else the reason in words."""
        assert self.facts.state is not None
        return moves.ask(action, state=self.facts.state, who=who or self.who(by or self.by), disabled=self.rules.profile.disabled)

    def demand(self, action: str, *, by: Actor | None = None, who: frozenset[Who] | None = None) -> None:
        """Raise the reason when the move may not be made now."""
        reason = self.why_not(action, by=by, who=who)
        if reason is not None:
            raise (WrongState if reason.state else NotAllowed)(reason.zh, reason.en)

    def ask(self, question: str, **known: Any) -> decide.Decision[Any]:
        """Put a question to the profile version that the case is pinned to."""
        return decide.decide(self.rules, question, self.policy_facts(**known))

    def policy_facts(self, **known: Any) -> dict[str, Any]:
        """The closed list of facts, with what only the caller knows (sure)."""
        return {**clockwork.policy_facts(self.facts, self.directory), **known}

    def order_of(self, actor: Actor) -> int:
        """Number of the active order that the actor works on: as lead first, else as co-handler."""
        units = actor.units()
        active = sorted((o for o in self.facts.active_orders() if o.unit in units), key=lambda o: o.role != "lead")
        if not active:
            raise NotAllowed("您的单位现在没有这件诉求的工单。", "Your unit has no active order in this case.")
        return active[0].number

    # --- moving ---------------------------------------------------------------------------------------------------

    def move(
        self, action: str, *, data: dict[str, Any] | None = None, by: Actor | None = None,
        decision: decide.Decision[Any] | None = None, who: frozenset[Who] | None = None,
    ) -> Event:  # fmt: skip
        """Make a move of the table: check it, record it, let everything react. `who` replaces the actor's relation for a granted approval."""
        actor = by or self.by
        if not (self.is_new and action == "receive"):
            self.demand(action, by=actor, who=who)
        after = self._after(action, data or {})
        return self._record(action, actor, after, data or {}, decision)

    def note(self, action: str, *, data: dict[str, Any] | None = None, by: Actor | None = None, decision: dict[str, Any] | None = None) -> Event:
        """Record something that is no move: it changes no state."""
        assert action in moves.NOTES and self.facts.state is not None
        return self._record(action, by or self.by, self.facts.state, data or {}, decision)

    def request(self, action: str, *, data: dict[str, Any]) -> Event:
        """Make a move, or ask for consent first where the profile wants it; then the move is held and performed later."""
        self.demand(action)
        needed = decide.approval(self.rules, action, self.policy_facts())
        if needed is None:
            return self.move(action, data=data)
        if any(a["status"] == "asked" and a["move"] == action for a in self.facts.approvals.values()):
            raise WrongState("同样的申请已经在等审批。", "The same request already waits for consent.")
        number = len(self.facts.approvals) + 1
        unit = self._approver_unit(needed.value.approver)
        held = {"approval": number, "move": action, "order": data.get("order"), "approver": unit, "text": data.get("text")}
        event = self.note("approval_asked", data=held, decision=needed.record())
        asked_unit = self.facts.order(data["order"]).unit if data.get("order") else None
        self.approvals.append(Approval(
            case=self.case, number=number, move=action, order=data.get("order"), data=data, approver=needed.value.approver, approver_unit=unit,
            asked_by=self.by.tag, asked_unit=asked_unit, asked_at=self.now,
        ))  # fmt: skip
        return event

    def _approver_unit(self, approver: str) -> str:
        holder = self.facts.holder()
        if approver == "next_level" and holder is not None:
            above = [unit for unit in self.directory.ancestors(holder)[1:] if not any(self.directory.under(unit, root=a) for a in self.facts.accused)]
            return above[0] if above else self.directory.centre
        return self.directory.centre

    def _after(self, action: str, data: dict[str, Any]) -> State:
        if action == "receive":
            return State.RECEIVED
        assert self.facts.state is not None
        if action == "unmerge":
            assert self.facts.state_before_merge is not None
            return self.facts.state_before_merge
        if action in ("reopen", "return_answer") and self.facts.at_desk:
            return State.REGISTERED  # answered at once: there is no unit to go back to
        if action == "contact" and self.facts.order(data["order"]).role == "co":
            return self.facts.state  # a co-handler's call does not claim the case for the lead
        return moves.lands(action, state=self.facts.state, disabled=self.rules.profile.disabled)

    def _record(self, action: str, actor: Actor, after: State, data: dict[str, Any], decision: decide.Decision[Any] | dict[str, Any] | None) -> Event:
        before = self.facts.state
        if action in moves.MOVES and (before != after or actor.kind == "staff"):
            data["versioned"] = True
        event = Event(
            seq=self.facts.seq + 1, at=self.now, action=action, actor=actor.tag, before=before, after=after, data=data,
            unit=self._acting_unit(actor), decision=decision.record() if isinstance(decision, decide.Decision) else decision,
        )  # fmt: skip
        reactions.before(self, event)
        counted = deltas(self.facts, event)
        fold.apply(self.facts, event)
        self.tallies += projections.counted(self.facts, counted)
        self.events.append(event)
        reactions.after(self, event)
        return event

    def _acting_unit(self, actor: Actor) -> str | None:
        units = actor.units()
        active = [o.unit for o in self.facts.active_orders() if o.unit in units]
        return active[0] if active else (units[0] if units else None)

    # --- words ----------------------------------------------------------------------------------------------------

    def write(self, kind: str, body: str, *, title: str = "", public: bool = False) -> str:
        """Keep a person's words outside the journal; returns the digest that the event holds."""
        salt = secrets.token_bytes(16)
        digest = hashlib.sha256(salt + f"{title}\n{body}".encode()).hexdigest()
        self.texts.append(CaseText(case=self.case, digest=digest, kind=kind, title=title, body=body, salt=salt, public=public, at=self.now))
        return digest

    def release(self, digest: str, *, kind: str, title: str, body: str, by: str, version: int = 1) -> None:
        """Make a masked text public, in a new version."""
        self.released.append(ReleasedText(case=self.case, digest=digest, kind=kind, version=version, title=title, body=body, by=by, at=self.now))
        self.note("released", data={"released": digest, "kind": kind, "by": by}, by=SYSTEM if ":" not in by else None)

    # --- clocks ---------------------------------------------------------------------------------------------------

    @property
    def timers(self) -> list[Timer]:
        """The clocks of the case that have not ended."""
        if self._timers is None:
            self.preload((row.pk, row.timer()) for row in fetch(Deadline, "WHERE case_id = %s AND ended_at IS NULL ORDER BY id", [self.case.pk]))
        assert self._timers is not None
        return [timer for _, _, timer in self._timers]

    def preload(self, rows: Iterable[tuple[int, Timer]]) -> None:
        """Hand over the clocks that have not ended: (id of the row, clock)."""
        self._timers = [(pk, _mark(timer), timer) for pk, timer in rows]

    def start(self, timer: Timer) -> None:
        """Set a clock going."""
        self.timers  # noqa: B018  (loads what is there, so that the new one is kept beside it)
        assert self._timers is not None
        self._timers.append((None, (), timer))

    def quiet(self) -> None:
        """An old case is filed, not lived through: nobody is told and no ladder runs; its due times stay as facts."""
        self._tells = lambda event: False
        for timer in self.timers:
            timer.steps = []

    # --- measures -------------------------------------------------------------------------------------------------

    def open_measure(
        self, kind: MeasureKind, *, level: str, unit: str, because: str, by: Actor, post: str = "", points: int = 0, ladder: str = "", rule: str = "",
        answer_by: datetime | None = None, text: str = "", evidence: list[int] | None = None, proposed: Any = None,
    ) -> Measure:  # fmt: skip
        """Open (or, when `proposed` is set, only propose) a measure. One open measure of a kind per matter."""
        number = len(self.facts.measures) + 1
        status = "proposed" if proposed else "opened"
        serial = None if proposed else serial_of(kind, clock.local(self.now).year)
        data = {
            "measure": number, "kind": str(kind), "level": level, "unit": unit, "ladder": ladder, "points": points,
            "answer_by": answer_by.isoformat() if answer_by and not proposed else None, "text": text or None, "post": post or None, "serial": serial,
        }  # fmt: skip
        measure = Measure(
            case=self.case, number=number, kind=kind, level=level, unit=unit, post=post, points=points, ladder=ladder, rule=rule, because=because,
            evidence=evidence or [self.facts.seq], text=text, status=status, opened_by=by.tag, opened_at=self.now, answer_by=answer_by,
            ended_at=self.now if kind is MeasureKind.REMINDER else None, serial=serial,
        )  # fmt: skip
        self.measures.append(measure)
        self.note(f"measure_{status}", data=data, by=by, decision={"rule": rule, "profile": self.rules.label, "because": because})
        return measure

    def has_measure(self, kind: MeasureKind, *, ladder: str) -> bool:
        """Would such a measure be a duplicate? ladder: of which ladder it is a step; "" by hand (domain/strictness.py)."""
        return strictness.in_the_way(self.facts.measures, kind, ladder=ladder) is not None

    # --- writing --------------------------------------------------------------------------------------------------

    def due_at(self, *, order: int | None = None) -> datetime | None:
        """The earliest running promise or duty; with `order`, only what concerns this co-handler."""
        kinds = ("co_handle",) if order is not None else _QUEUE_CLOCKS
        running = [t.due_at for t in self.timers if t.running and t.kind in kinds and (order is None or t.order == order)]
        return min(running, default=None)


_QUEUE_CLOCKS = ("dispatch", "claim", "contact", "answer", "close", "ruling", "callback", "quality", "review", "promise", "confirm")


#: A clock with the id of its row (None: it has none yet) and with what of it may have changed until the end.
_Kept = tuple[int | None, tuple[Any, ...], Timer]


def _mark(timer: Timer) -> tuple[Any, ...]:
    return timer.due_at, timer.met_at, timer.ended_at, timer.paused_at, len(timer.steps)


# --- opening a case for work --------------------------------------------------------------------------------------------


@contextmanager
def casework(code: str, *, by: Actor, seen: int | None = None) -> Iterator[Work]:
    """Fetch, check access and lock one case; on leaving, write everything in one transaction."""
    with transaction.atomic():
        work = _locked(code, by)
        if seen is not None and seen != work.case.version:
            raise Stale(seen=seen, version=work.case.version)
        yield work
        flush([work])


def _locked(code: str, by: Actor) -> Work:
    """The case, locked, with its clocks in the same question.

    The question sees the database as it was when it was asked. Where it had to wait for the lock, the case it gets is newer than that: the clocks
    beside it, and the number of the last event that it saw, are the old ones. Then the clocks are asked for again.
    """
    found = fetch_with(Case, (_SEQ, _CLOCKS), "WHERE code = %s FOR UPDATE", [code])
    case, seq, clocks = found[0] if found else (None, 0, None)
    work = _open(case, by)
    if seq == work.case.seq:
        work.preload((row["id"], timer_of(row)) for row in clocks or ())
    return work


_SEQ = "(SELECT c.seq FROM ms_case c WHERE c.id = ms_case.id)"
_CLOCKS = "(SELECT json_agg(d ORDER BY d.id) FROM ms_deadline d WHERE d.case_id = ms_case.id AND d.ended_at IS NULL)"


@contextmanager
def caseworks(codes: Iterable[str], *, by: Actor) -> Iterator[dict[str, Work]]:
    """Several cases at once, locked in ascending id so that two such commands never wait for each other."""
    wanted = list(codes)
    with transaction.atomic():
        cases = {case.code: case for case in fetch(Case, "WHERE code = ANY(%s) ORDER BY id FOR UPDATE", [wanted])}
        works = {code: _open(cases.get(code), by) for code in wanted}
        yield works
        flush(list(works.values()))


def sweepwork(ids: Iterable[int]) -> AbstractContextManager[dict[int, Work]]:
    """Cases for the sweep: those that nobody holds at this moment; the others come with the next round."""
    return _many(ids, "FOR UPDATE SKIP LOCKED")


def batchwork(ids: Iterable[int]) -> AbstractContextManager[dict[int, Work]]:
    """Cases for what must reach every one of them: it waits for whoever holds one."""
    return _many(ids, "FOR UPDATE")


@contextmanager
def _many(ids: Iterable[int], lock: str) -> Iterator[dict[int, Work]]:
    with transaction.atomic():
        cases = fetch(Case, f"WHERE id = ANY(%s) ORDER BY id {lock}", [list(ids)])
        rows: dict[int, list[Deadline]] = {case.pk: [] for case in cases}
        for row in fetch(Deadline, "WHERE case_id = ANY(%s) AND ended_at IS NULL ORDER BY id", [list(rows)]):
            rows[row.case_id].append(row)
        works = {case.pk: _open(case, SYSTEM) for case in cases}
        for pk, work in works.items():
            work.preload((row.pk, row.timer()) for row in rows[pk])
        yield works
        flush(list(works.values()))


def _open(case: Case | None, by: Actor) -> Work:
    if case is None:
        raise NotFound()
    work = Work(case, facts_json.from_json(case.facts), rulebook.pinned(case.rules), directories.current(), clock.now(), by)
    if by.kind == "staff" and not access.may_see(by, work.facts, work.directory, place_unit=work.place_unit):
        raise NotFound()
    return work


def secret_digest(secret: str) -> bytes:
    """What is kept of the secret that a person holds for a case."""
    return hmac.new(settings.SECRET_KEY.encode(), b"case-secret:" + secret.encode(), hashlib.sha256).digest()


def new_case(*, by: Actor, secret: str, rules: Rules, **columns: Any) -> Work:
    """A case that does not exist yet: id and number are drawn from sequences (gaps are allowed, nobody waits). Flush it yourself."""
    now = clock.now()
    year = clock.local(now).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ms_case_id_seq'), ms_next_number(%s), EXISTS (SELECT FROM ms_pulse WHERE name = %s)", [year, SIMULATED])
        pk, number, marked = cursor.fetchone()
    demand_same_world(marked=marked)
    case = Case(
        id=pk, code=f"{rules.profile.code_prefix}{year % 100:02d}{number:07d}", secret=secret_digest(secret), rules=rules.hash,
        received_at=now, head=GENESIS, facts={}, **columns,
    )  # fmt: skip
    return Work(case, CaseFacts(), rules, directories.current(), now, by)


# --- flush: everything that is to be written ------------------------------------------------------------------------------


def flush(works: list[Work]) -> None:
    """Write what the works have gathered: one statement, however many cases."""
    works = [work for work in works if work.events]
    if not works:
        return
    batch = Batch()
    for work in works:
        events = _chained(work)
        _mirror(work)
        _write_case(batch, work)
        for text in work.texts:
            batch.insert("ms_case_text", _columns(text))
        for version in work.released:
            batch.insert("ms_released_text", _columns(version))
        for event in events:
            batch.insert("ms_event", event)
        _write_orders(batch, work)
        _write_deadlines(batch, work)
        projections.hall(batch, work.case, work.facts, work.released, [event.action for event in work.events], public_due(work))
        projections.count(batch, work.tallies)
        told = [event.seq for event in work.events if work._tells(event)]
        if told:
            later(batch, "notify", case=work.case.pk, first=told[0], last=told[-1])
        for approval in work.approvals:
            batch.insert("ms_approval", _columns(approval))
        for measure in work.measures:
            batch.insert("ms_measure", _columns(measure))
        for table, row in work.beside:
            batch.insert(table, row)
    batch.write()
    for work in works:
        work.case._state.adding = False


_CASE_COLUMNS = (
    "state", "version", "seq", "head", "facts", "kind", "category", "urgency", "visibility", "place", "district", "title", "unit", "round",
    "due_at", "answered_at", "closed_at", "watched", "merged_into", "campaign", "disputed", "sensitive", "likes", "lat", "lng",
)  # fmt: skip


def public_due(work: Work) -> datetime | None:
    """The promise to the public that runs now."""
    return min((t.due_at for t in work.timers if t.running and t.kind in LATE_BY), default=None)


def _columns(row: CaseText | ReleasedText | Approval | Measure) -> dict[str, Any]:
    return {str(field.column): getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}


def _chained(work: Work) -> list[dict[str, Any]]:
    head = bytes(work.case.head)
    rows = []
    for event in work.events:
        head = link(head, work.case.code, event)
        rows.append({
            "case_id": work.case.pk, "seq": event.seq, "at": event.at, "action": event.action, "actor": event.actor, "unit": event.unit,
            "before": event.before, "after": event.after, "data": event.data, "decision": event.decision, "hash": head,
        })  # fmt: skip
    work.case.head = head
    return rows


def link(head: bytes, code: str, event: Event) -> bytes:
    """The hash of an event: SHA-256(hash before ‖ canonical JSON)."""
    body = [code, event.seq, event.at.isoformat(), event.action, event.actor, event.unit, event.before, event.after, event.data, event.decision]
    return hashlib.sha256(head + _canonical(body).encode()).digest()


_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def _mirror(work: Work) -> None:
    """Repeat in columns what lists must find."""
    case, facts = work.case, work.facts
    assert facts.state is not None
    case.state, case.version, case.seq, case.round = facts.state, facts.version, facts.seq, facts.round
    case.kind, case.category, case.urgency, case.visibility = facts.kind, facts.category, facts.urgency, facts.visibility
    case.channel, case.origin, case.place, case.district = facts.channel, facts.origin, facts.place, facts.district
    case.unit = facts.holder()
    case.answered_at, case.closed_at = facts.answered_at, facts.closed_at
    case.merged_into, case.campaign, case.disputed = facts.merged_into, facts.campaign, facts.disputes > 0
    case.sensitive = facts.sensitive
    case.due_at = work.due_at()
    case.watched = any(m["status"] == "opened" and m["kind"] not in UNWATCHED for m in facts.measures.values())
    case.facts = facts_json.to_json(facts)


def _write_case(batch: Batch, work: Work) -> None:
    case = work.case
    if work.is_new:
        batch.insert("ms_case", {str(field.column): getattr(case, field.attname) for field in Case._meta.concrete_fields})
    else:
        batch.update("ms_case", {"id": case.pk, **{name: getattr(case, name) for name in _CASE_COLUMNS}})


def _write_orders(batch: Batch, work: Work) -> None:
    for order in work.facts.orders:
        row = {
            "case_id": work.case.pk, "number": order.number, "unit": order.unit, "role": order.role, "round": order.round, "assignee": order.assignee,
            "opened_at": order.opened_at, "claimed_at": order.claimed_at, "contacted_at": order.contacted_at, "answered_at": order.answered_at,
            "ended_at": order.ended_at, "end_reason": order.end_reason, "state": work.facts.state,
            "due_at": work.due_at(order=order.number if order.role == "co" else None),
        }  # fmt: skip
        if order.number > work._known_orders:
            batch.insert("ms_work_order", row)
        elif order.active or order.ended_at == work.now:
            batch.update("ms_work_order", row, key=2)


def _write_deadlines(batch: Batch, work: Work) -> None:
    for pk, before, timer in work._timers or ():
        if pk is None:
            batch.insert("ms_deadline", {"case_id": work.case.pk, **timer_columns(timer)})
        elif before != _mark(timer):
            batch.update("ms_deadline", {"id": pk, **timer_columns(timer)})

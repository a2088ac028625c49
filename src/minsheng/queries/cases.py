"""一件诉求: what the public, the holder and the staff may read of one case. A fixed number of queries each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from minsheng import clock
from minsheng.domain import access, facts_json, moves
from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.deadlines import CLOCKS, Duration
from minsheng.domain.errors import NotFound
from minsheng.domain.facts import CaseFacts, Event
from minsheng.domain.moves import MOVES, MOVES_ZH, NOTES
from minsheng.domain.states import (
    KIND_ZH,
    MEASURE_ZH,
    OUTCOME_ZH,
    STATE_ZH,
    URGENCY_ZH,
    Kind,
    MeasureKind,
    OrderRole,
    Outcome,
    PartyRole,
    State,
    Urgency,
    Visibility,
)
from minsheng.models.case import Attachment, Case, CaseText, Opening, ReleasedText
from minsheng.models.deadline import Deadline
from minsheng.models.fetching import fetch, fetch_with
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.case_beside import Masked, beside
from minsheng.queries.journal import journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A photo, video or recording of a case: kind photo, video or audio; digest and thumbnail are addresses of files, the latter empty for a recording."""

    kind: str
    digest: str
    thumbnail: str
    media_type: str
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline. photos: digests of the files that came with it, shots the same with more; those of the request itself stand beside its words."""

    seq: int
    at: datetime
    action: str
    zh: str
    actor: str
    unit_name: str
    text: str
    photos: list[str]
    public: bool
    because: str
    state_zh: str
    data: dict[str, Any]
    shots: list[Shot] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A clock as people see it. state: running, kept, missed, paused, ended; late_now when it runs and has passed."""

    kind: str
    zh: str
    within_zh: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    state: str
    late_now: bool
    percent: int
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What the public and the holder see of a case. For the public title, body and texts are the released ones.

    photos: digests of the photos that came with the request; shots: these and its video and recordings.
    """

    code: str
    title: str
    body: str
    place_text: str
    state: str
    state_zh: str
    kind: str
    kind_zh: str
    category: str | None
    category_name: str
    district_name: str
    place_name: str
    unit_name: str
    visibility: str
    round: int
    outcome: str | None
    outcome_zh: str
    rating: int | None
    supporters: int
    received_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    step: int
    version: int
    promises: list[Promise]
    entries: list[Entry]
    photos: list[str]
    moves: list[str] = field(default_factory=list)
    merged_into: str = ""
    voices: "Voices" = field(default_factory=lambda: Voices())
    comments: int = 0
    co_names: list[str] = field(default_factory=list)
    card: str | None = None
    closed_because: str = ""
    openings: list["Opened"] = field(default_factory=list)
    shots: list[Shot] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """同诉人怎么说: of those whom it concerns beside the caller, how many say in this round that it is done, that it is not, and nothing."""

    affected: int = 0
    confirmed: int = 0
    disputed: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """查看记录: who looked at the person's name and phone, when and why. Only the person and the desk see it."""

    at: datetime
    unit_name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """A unit's order as the desk sees it."""

    number: int
    unit: str
    unit_name: str
    role: str
    active: bool
    opened_at: datetime
    claimed_at: datetime | None
    contacted_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    assignee: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A move with whether it may be made now, and if not, why not."""

    action: str
    zh: str
    allowed: bool
    why_not_zh: str
    why_not_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskView:
    """What a staff member sees of a case. Names and phones are not here: they are opened with a reason."""

    case: CaseView
    urgency: str
    urgency_zh: str
    channel: str
    requester: str
    origin: str
    place: str | None
    unit: str | None
    relations: list[str]
    choices: list[Choice]
    orders: list[OrderRow]
    measures: list[dict[str, Any]]
    approvals: list[dict[str, Any]]
    refusals: list[dict[str, Any]]
    openings: list[dict[str, Any]]
    suggested: list[dict[str, Any]]
    merged: list[str]
    external: list[tuple[str, str]]
    rules: str
    pending_release: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskCase(DeskView):
    """… and what only the desk's own page shows: deeds this person may do, the caller masked, verdicts on suggestions, names of staff (gone: account closed).

    doers: number of an entry → tag of who did it; assignees: number of an order → user;
    taken: digest of a file → when it came.
    """

    deeds: frozenset[str]
    caller: Masked | None
    verdicts: dict[tuple[str, str], bool]
    urgent_words: str
    names: dict[int, str]
    gone: frozenset[int]
    doers: dict[int, str]
    assignees: dict[int, int]
    taken: dict[str, datetime]


#: What everybody may see happening. Texts are shown only when released (public) or meant for the person (holder).
# fmt: off
_PUBLIC = frozenset({
    "receive", "register", "decline", "answer_at_once", "dispatch", "rule", "reassign", "forward", "escalate", "claim", "contact", "reply", "answer",
    "park", "unpark", "call_back", "rate", "close", "reopen", "withdraw", "merge", "unmerge", "refer", "gathered", "spot", "supplement",
})
# fmt: on
_STEPS = {State.RECEIVED: 0, State.REGISTERED: 0, State.DISPATCHED: 1, State.HANDLING: 3, State.PARKED: 3, State.ANSWERED: 5, State.CLOSED: 6}


def public(code: str) -> CaseView:
    """The case as everybody may read it. Private, secret, unreleased and unknown codes answer alike."""
    found = fetch_with(Case, ("h.title", "h.body", "h.place"), "JOIN ms_hall h ON h.case_id = ms_case.id WHERE ms_case.code = %s", [code])
    if not found:
        raise NotFound()
    case, title, body, place_code = found[0]
    facts = facts_json.from_json(case.facts)
    released = fetch(ReleasedText, "WHERE case_id = %s AND kind <> 'comment' ORDER BY version", [case.pk])
    stands = facts.checked or facts.state in (State.CLOSED, State.ANSWERED)
    texts = {t.digest: t.body for t in released if t.kind != "answer" or stands}
    shots, evidence = _shots(case, "AND public")
    told = journal(case.pk)
    entries = _entries(told, texts, evidence, public_only=True)
    view = _view(case, facts, title=title, body=body, place_text="", entries=entries, shots=shots)
    place = directories.current().places.get(place_code or "")
    return replace(view, place_name=place.name if place else "", closed_because=_closed_because(told))


def holder(case: Case) -> CaseView:
    """The person's own view, after the door has checked code and secret (or the account)."""
    facts = facts_json.from_json(case.facts)
    texts = {t.digest: t for t in CaseText.objects.filter(case=case)}
    own = {d: t.body or "（已抹除）" for d, t in texts.items() if _the_persons(t)}
    body = next((t for t in texts.values() if t.kind == "body"), None)
    place = next((t.body or "" for t in texts.values() if t.kind == "place"), "")
    shots, evidence = _shots(case)
    told = journal(case.pk)
    entries = _entries(told, own, evidence, public_only=True)
    who = access.relations(HOLDER, facts, directories.current(), place_unit=None)
    disabled = rulebook.pinned(case.rules).profile.disabled
    assert facts.state is not None
    allowed = [a for a in MOVES if moves.ask(a, state=facts.state, who=who, disabled=disabled) is None]
    view = _view(
        case, facts, title=case.title, body=(body.body if body else "") or "（已抹除）", place_text=place, entries=entries, shots=shots, allowed=allowed
    )
    tree = directories.current()
    rows = Opening.objects.filter(case=case, party__role=PartyRole.CALLER).order_by("-id").values_list("at", "unit", "reason")[:50]
    return replace(
        view, closed_because=_closed_because(told), openings=[Opened(at=at, unit_name=_unit(tree, unit), reason=reason) for at, unit, reason in rows]
    )


def desk(code: str, actor: Actor) -> DeskCase:
    """The case for staff: facts, every timeline entry, every move with its why-not."""
    case, tree = next(iter(fetch(Case, "WHERE code = %s", [code])), None), directories.current()
    facts = facts_json.from_json(case.facts) if case else CaseFacts()
    place_unit = _place_unit(facts, tree)
    if case is None or access.only_looks_on(actor) or not access.may_see(actor, facts, tree, place_unit=place_unit):
        raise NotFound()
    texts = {t.digest: t for t in fetch(CaseText, "WHERE case_id = %s", [case.pk])}
    words = {d: t.body if t.body is not None else "（已抹除）" for d, t in texts.items()}
    body = next((t for t in texts.values() if t.kind == "body"), None)
    files = _attachments(case)
    shots, evidence = _shots(case, rows=files)
    told = {digest for digest, text in texts.items() if _the_persons(text)}
    near, place = beside(case.pk, secret=facts.visibility == Visibility.SECRET), next((t.body or "" for t in texts.values() if t.kind == "place"), "")
    deeds = frozenset(deed for deed in ABOUT_A_CASE if access.may(actor, deed, tree, facts=facts, place_unit=place_unit))
    hid = {int(n) for n, m in facts.measures.items() if m["kind"] == MeasureKind.REFERRAL}  # on its own page, where looking is recorded
    events = [e for e in journal(case.pk) if (e.action != "noted" or "note" in deeds) and e.data.get("measure") not in hid]
    entries = [
        replace(e, public=e.public and (not e.text or e.data["text"] in told)) for e in _entries(events, words, evidence, public_only=False, people=near.people)
    ]
    view = _view(case, facts, title=case.title, body=(body.body if body else "") or "（已抹除）", place_text=place, entries=entries, shots=shots)
    who = access.relations(actor, facts, tree, place_unit=place_unit)
    waiting = sum(1 for t in texts.values() if t.kind in ("body", "reply", "answer") and t.digest not in near.released and t.body is not None)
    received = entries[0].data if entries else {}
    return DeskCase(
        case=view, urgency=facts.urgency, urgency_zh=URGENCY_ZH[Urgency(facts.urgency)], channel=facts.channel, requester=facts.requester, origin=facts.origin,
        place=facts.place, unit=facts.holder(), relations=sorted(who), choices=choices(case, facts, who), orders=_orders(facts, tree, near.people),
        measures=[{**m, "kind_zh": MEASURE_ZH[MeasureKind(m["kind"])], "unit_name": _unit(tree, m["unit"])} for m in near.measures if m["number"] not in hid],
        approvals=[
            {**a, "move_zh": MOVES_ZH[a["move"]], "approver_name": _unit(tree, a["approver_unit"]), "asked_name": _unit(tree, a["asked_unit"])}
            for a in near.approvals
        ],
        refusals=[
            {**r, "unit_name": _unit(tree, r["unit"]), "proposed_name": _unit(tree, r["proposed"]), "text": words.get(r["reason"] or "", "")}
            for r in facts.refusals
        ],
        openings=[{name: row[name] for name in ("by", "unit", "reason", "at", "fields")} for row in near.openings],
        suggested=[{**s, "name": tree.categories[s["code"]].name if s["code"] in tree.categories else s["code"]} for s in received.get("suggested", ())],
        merged=near.merged, external=near.external, rules=rulebook.pinned(case.rules).label,
        pending_release=waiting if facts.visibility == "public" else 0, deeds=deeds, caller=near.caller, verdicts=near.verdicts,
        urgent_words=words.get(received.get("urgent_because") or "", ""), gone=near.gone, names=near.people,
        doers={e.seq: e.actor for e in events}, assignees={o.number: o.assignee for o in facts.orders if o.assignee},
        taken={row.digest: row.at for row in files},
    )  # fmt: skip


#: The deeds that are about one case.
ABOUT_A_CASE = tuple(name for name, deed in access.DEEDS.items() if not deed.roles)


def _the_persons(text: CaseText) -> bool:
    """Does the person read this text: their own words, and what is meant for them?"""
    return text.public or text.kind in ("body", "rating", "supplement", "withdraw", "reopen")


def choices(case: Case, facts: CaseFacts, who: frozenset[Any]) -> list[Choice]:
    """Which moves may be made now, and if not, why not. What nobody in this relation could ever do comes last."""
    assert facts.state is not None
    return list(_choices(facts.state, who, rulebook.pinned(case.rules).profile.disabled))


@lru_cache(maxsize=1024)
def _choices(state: State, who: frozenset[Any], disabled: frozenset[str]) -> tuple[Choice, ...]:
    found = []
    for action, move in MOVES.items():
        if action == "receive" or action in disabled:
            continue
        reason = moves.ask(action, state=state, who=who, disabled=disabled)
        found.append(Choice(action=action, zh=move.zh, allowed=reason is None, why_not_zh=reason.zh if reason else "", why_not_en=reason.en if reason else ""))
    return tuple(found)


def _place_unit(facts: CaseFacts, tree: Directory) -> str | None:
    return tree.places[place].unit if (place := facts.place or facts.district) in tree.places else None


def _unit(tree: Directory, code: str | None) -> str:
    return tree.units[code].name if code in tree.units else (code or "")


def _view(
    case: Case, facts: CaseFacts, *, title: str, body: str, place_text: str, entries: list[Entry], shots: list[Shot], allowed: list[str] | None = None
) -> CaseView:
    tree = directories.current()
    assert facts.state is not None and facts.received_at is not None
    into = Case.objects.filter(pk=facts.merged_into).values_list("code", flat=True).first() if facts.merged_into else ""
    return CaseView(
        code=case.code, title=title, body=body, place_text=place_text, state=facts.state, state_zh=STATE_ZH[facts.state], kind=facts.kind,
        kind_zh=KIND_ZH[Kind(facts.kind)], category=facts.category,
        category_name=" › ".join(tree.categories[c].name for c in _line(tree, facts.category)),
        district_name=tree.places[facts.district].name if facts.district in tree.places else "",
        place_name=tree.places[facts.place].name if facts.place in tree.places else "", unit_name=_unit(tree, facts.holder()), visibility=facts.visibility,
        round=facts.round, outcome=facts.outcome, outcome_zh=OUTCOME_ZH[Outcome(facts.outcome)] if facts.outcome else "", rating=facts.rating,
        supporters=facts.supporters + case.likes, received_at=facts.received_at, answered_at=facts.answered_at, closed_at=facts.closed_at,
        step=_step(facts), version=case.version, promises=promises(case), entries=entries, photos=[s.digest for s in shots if s.kind == "photo"],
        moves=allowed or [], merged_into=into or "", shots=shots, voices=_voices(facts), comments=facts.comments, card=_card(facts),
        co_names=[_unit(tree, order.unit) for order in facts.active_orders() if order.role is OrderRole.CO],
    )  # fmt: skip


_CARDS = (MeasureKind.RED_CARD, MeasureKind.ORANGE_CARD, MeasureKind.YELLOW_CARD)


def _card(facts: CaseFacts) -> str | None:
    """The strictest card that the unit which has the case was given in it and still has."""
    given = {m["kind"] for m in facts.measures.values() if m["status"] in ("opened", "answered") and m["unit"] == facts.holder()}
    return next((str(kind) for kind in _CARDS if kind in given), None)


def _voices(facts: CaseFacts) -> Voices:
    disputed, spoken = facts.disputes, len(facts.voices)
    return Voices(affected=facts.affected, confirmed=spoken - disputed, disputed=disputed, silent=max(0, facts.affected - spoken))


def _line(tree: Directory, code: str | None) -> list[str]:
    found: list[str] = []
    while code in tree.categories:
        found.insert(0, str(code))
        code = tree.categories[str(code)].parent
    return found


def _step(facts: CaseFacts) -> int:
    """Position in the six steps: 已提交 已派单 已认领 办理中 已答复 待评价; 6 when all are done."""
    assert facts.state is not None
    step = _STEPS.get(facts.state, 0)
    lead = facts.lead
    return 2 if step == 3 and lead is not None and lead.contacted_at is None and facts.replied_at is None and facts.round == 1 else step


def promises(case: Case) -> list[Promise]:
    """The clocks of this round, in the order in which they fall due; what lost its object is left out."""
    return promised(fetch(Deadline, "WHERE case_id = %s AND round = %s ORDER BY due_at, id", [case.pk, case.round]))


def promised(rows: Sequence[Deadline]) -> list[Promise]:
    """These clocks as promises; what lost its object is left out."""
    now, found = clock.now(), []
    for row in rows:
        timer = row.timer()
        if timer.ended_at is not None or timer.kind in ("confirm", "approval"):
            continue
        state = "paused" if timer.paused_at else "running" if timer.met_at is None else ("missed" if timer.late(now) else "kept")
        whole = (timer.due_at - timer.started_at).total_seconds() or 1
        gone = ((timer.met_at or timer.paused_at or now) - timer.started_at).total_seconds()
        found.append(Promise(
            kind=timer.kind, zh=CLOCKS[timer.kind].zh, within_zh=Duration.parse(timer.duration).zh if timer.duration != "0 minutes" else "",
            started_at=timer.started_at,
            due_at=timer.due_at, met_at=timer.met_at, state=state, late_now=state == "running" and now > timer.due_at,
            percent=max(0, min(100, round(gone / whole * 100))), explanation=timer.explanation,
        ))  # fmt: skip
    return found


def _attachments(case: Case, which: str = "") -> list[Attachment]:
    return fetch(Attachment, f"WHERE case_id = %s AND erased_at IS NULL {which} ORDER BY id", [case.pk])


def _shots(case: Case, which: str = "", *, rows: list[Attachment] | None = None) -> tuple[list[Shot], dict[str, Shot]]:
    """The files that may be seen: the person's own, and by their digests those that units attached to what they wrote. which: a further condition."""
    own, evidence = [], {}
    for row in _attachments(case, which) if rows is None else rows:
        shot = Shot(kind=row.kind, digest=row.digest, thumbnail=row.thumbnail, media_type=row.media_type, seconds=row.seconds)
        if row.purpose == "report":
            own.append(shot)
        else:
            evidence[row.digest] = shot
    return own, evidence


def _closed_because(events: list[Event]) -> str:
    """What closed it: what the person said (callback, rating, voices), a person of the desk (operator), or nobody's word (silence)."""
    last = next((e for e in reversed(events) if e.action == "close"), None)
    return str(last.data.get("because", "")) if last is not None and last.after == State.CLOSED else ""


def _entries(whole: list[Event], texts: dict[str, str], evidence: dict[str, Shot], *, public_only: bool, people: dict[int, str] | None = None) -> list[Entry]:
    if public_only:
        held_back = _unpassed(whole)
        texts = {digest: text for digest, text in texts.items() if digest not in held_back}
    events = [e for e in whole if not public_only or e.action in _PUBLIC]
    names = {f"staff:{pk}": name for pk, name in (people or {}).items()}
    tree = directories.current()
    return [
        Entry(
            seq=e.seq, at=e.at, action=e.action, zh=MOVES_ZH.get(e.action) or NOTES[e.action], actor=names.get(e.actor) or _actor(e.actor),
            unit_name=_unit(tree, e.data.get("lead") or e.unit), text=texts.get(e.data.get("text") or "", ""),
            photos=[digest for digest in e.data.get("evidence", ()) if digest in evidence], public=e.action in _PUBLIC,
            because=(e.decision or {}).get("because", ""), state_zh=STATE_ZH[e.after], data={} if public_only else e.data,
            shots=[evidence[digest] for digest in e.data.get("evidence", ()) if digest in evidence],
        )
        for e in events
    ]  # fmt: skip


def _unpassed(events: list[Event]) -> set[str]:
    """Answers that have not passed their check, or came back from it: nobody outside reads them."""
    waiting: set[str] = set()
    last = ""
    for event in events:
        if event.action == "answer":
            last = event.data.get("text") or ""
            waiting.add(last)
        elif event.action == "pass_check":
            waiting.discard(last)
    return waiting


def _actor(tag: str) -> str:
    return _ACTORS.get(tag.partition(":")[0], "")


_ACTORS = {"citizen": "诉求人", "system": "系统", "anonymous": "诉求人"}


def _orders(facts: CaseFacts, tree: Directory, names: dict[int, str]) -> list[OrderRow]:
    return [
        OrderRow(
            number=o.number, unit=o.unit, unit_name=_unit(tree, o.unit), role=o.role, active=o.active, opened_at=o.opened_at, claimed_at=o.claimed_at,
            contacted_at=o.contacted_at, answered_at=o.answered_at, ended_at=o.ended_at, end_reason=MOVES_ZH.get(o.end_reason) or NOTES.get(o.end_reason, ""),
            assignee=names.get(o.assignee or 0, ""),
        )
        for o in facts.orders
    ]  # fmt: skip

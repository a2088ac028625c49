"""办理单: everything about one case that is printed on one sheet. A typed row; the template only lays it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from minsheng import clock
from minsheng.domain import access, facts_json
from minsheng.domain import facts as fold
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.facts import CaseFacts, Event
from minsheng.domain.states import CHANNEL_ZH, KIND_ZH, METHODS, OUTCOME_ZH, PARTY_ZH, URGENCY_ZH, Channel, Kind, Outcome, PartyRole, Urgency
from minsheng.models.case import Case, CaseText, Party
from minsheng.models.people import User
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.cases import Promise, _line, _place_unit, _unit, promises
from minsheng.queries.journal import journal

HIDDEN = "（未打开）"
ERASED = "（已抹除）"


class OpenedPerson(Protocol):
    """A person as `commands.people.open_parties` hands them out, with the opening recorded."""

    role: str
    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """One person of the case. Without an opening only the role is printed, and which ways of reaching them are known."""

    role_zh: str
    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One entry of the sheet: when, which unit, who (a post, never a private name), a word for the way, and the text."""

    at: datetime
    unit_name: str
    by: str
    how: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """答复: the last answer that stands."""

    at: datetime
    unit_name: str
    outcome_zh: str
    text: str
    evidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackLine:
    """回访: the three questions; None is a question that was not answered, never a yes."""

    at: datetime
    by: str
    reached: bool
    contacted: bool | None
    solved: bool | None
    satisfied: bool | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """办理单 of one case, ready for print."""

    city: str
    system: str
    centre: str
    hotline: str
    code: str
    title: str
    content: str
    place: str
    kind_zh: str
    category: str
    channel_zh: str
    urgency_zh: str
    received_at: datetime
    registered_at: datetime | None
    dispatched_at: datetime | None
    contacted_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    parties: list[PartyLine]
    lead: str
    co: list[str]
    promises: list[Promise]
    instructions: list[Note]
    contacts: list[Note]
    progress: list[Note]
    opinions: list[Note]
    answer: AnswerLine | None
    callback: CallbackLine | None
    printed_at: datetime
    printed_by: str


def handling_sheet(code: str, *, by: Actor, opened: Sequence[OpenedPerson] = ()) -> Sheet:
    """办理单 for somebody who may see the case. `opened`: what `open_parties` gave, where names and numbers are to be printed."""
    case, tree = Case.objects.filter(code=code).first(), directories.current()
    facts = facts_json.from_json(case.facts) if case else CaseFacts()
    if case is None or not access.may_see(by, facts, tree, place_unit=_place_unit(facts, tree)):
        raise NotFound()
    assert facts.received_at is not None
    read = _Reading(case, tree)
    profile = rulebook.pinned(case.rules).profile
    active = facts.active_orders() or [o for o in facts.orders if o.round == facts.round]
    return Sheet(
        city=profile.city, system=profile.name, centre=profile.centre_name, hotline=profile.hotline,
        code=case.code, title=case.title, content=read.kind("body"), place=_place(tree, facts.place or facts.district, read.kind("place")),
        kind_zh=KIND_ZH[Kind(facts.kind)], category=" › ".join(tree.categories[c].name for c in _line(tree, facts.category)),
        channel_zh=CHANNEL_ZH[Channel(facts.channel)], urgency_zh=URGENCY_ZH[Urgency(facts.urgency)],
        received_at=facts.received_at, registered_at=facts.registered_at, dispatched_at=facts.dispatched_at, contacted_at=facts.contacted_at,
        answered_at=facts.answered_at, closed_at=facts.closed_at, parties=_parties(case, opened), lead=_unit(tree, facts.holder()),
        co=list(dict.fromkeys(_unit(tree, o.unit) for o in active if o.role == "co")), promises=promises(case),
        instructions=read.notes("instruct"), contacts=read.notes("contact"), progress=read.notes("progress", "reply"), opinions=read.notes("contribute"),
        answer=read.answer(facts), callback=read.callback(), printed_at=clock.now(), printed_by=by.name,
    )  # fmt: skip


class _Reading:
    """The journal of one case with its texts and the names of those who acted: three queries."""

    def __init__(self, case: Case, tree: Directory) -> None:
        self.tree, self.events = tree, journal(case.pk)
        rows = list(CaseText.objects.filter(case=case).order_by("id"))
        self.words = {row.digest: ERASED if row.body is None else row.body for row in rows}
        self.first = {row.kind: row.digest for row in reversed(rows)}
        staff = {int(event.actor.partition(":")[2]) for event in self.events if event.actor.startswith("staff:")}
        self.names = {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=staff).values_list("pk", "display_name")}

    def kind(self, kind: str) -> str:
        return self.words.get(self.first.get(kind, ""), "")

    def notes(self, *actions: str) -> list[Note]:
        return [
            Note(
                at=event.at, unit_name=_unit(self.tree, event.data["unit"] if event.action == "instruct" else event.unit), by=self.names.get(event.actor, ""),
                how=METHODS.get(event.data.get("method", ""), ""), text=self.words.get(event.data.get("text") or "", ""),
            )
            for event in self.events if event.action in actions
        ]  # fmt: skip

    def answer(self, facts: CaseFacts) -> AnswerLine | None:
        event = self._last("answer", "answer_at_once")
        if event is None or facts.outcome is None or facts.answered_at is None:
            return None
        return AnswerLine(
            at=event.at, unit_name=_unit(self.tree, event.unit), outcome_zh=OUTCOME_ZH[Outcome(event.data["outcome"])],
            text=self.words.get(event.data["text"], ""), evidence=len(event.data.get("evidence") or ()),
        )  # fmt: skip

    def callback(self) -> CallbackLine | None:
        event = self._last("call_back")
        if event is None:
            return None
        said = {name: event.data.get(name) for name in fold.ASKED}
        words = self.words.get(event.data.get("text") or "", "")
        return CallbackLine(at=event.at, by=self.names.get(event.actor, ""), reached=event.data["reached"], text=words, **said)

    def _last(self, *actions: str) -> Event | None:
        return next((event for event in reversed(self.events) if event.action in actions), None)


def _parties(case: Case, opened: Sequence[OpenedPerson]) -> list[PartyLine]:
    if opened:
        return [PartyLine(role_zh=PARTY_ZH[PartyRole(p.role)], name=p.name, phone=p.phone, address=p.address) for p in opened]
    rows = Party.objects.filter(case=case, left_at=None, erased_at=None).order_by("id")
    return [
        PartyLine(role_zh=PARTY_ZH[PartyRole(row.role)], **{field: HIDDEN if getattr(row, field) else "" for field in ("name", "phone", "address")})
        for row in rows
    ]


def _place(tree: Directory, code: str | None, words: str) -> str:
    names = [] if code is None or code not in tree.places else [tree.places[place].name for place in reversed(tree.place_ancestors(code))]
    return " ".join([*names, words]).strip()

"""办理单、批办单: everything about a case that is printed on one sheet. Typed rows; the template only lays them out.

Many sheets cost as many queries as one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from minsheng import clock
from minsheng.domain import access, facts_json
from minsheng.domain import facts as fold
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotAllowed, NotFound
from minsheng.domain.facts import CaseFacts, Event
from minsheng.domain.states import (
    CHANNEL_ZH,
    KIND_ZH,
    MEASURE_ZH,
    METHODS,
    OUTCOME_ZH,
    PARTY_ZH,
    STATE_ZH,
    URGENCY_ZH,
    Channel,
    Kind,
    MeasureKind,
    Outcome,
    PartyRole,
    Urgency,
)
from minsheng.models.case import Attachment, Case, CaseText, Party
from minsheng.models.deadline import Deadline
from minsheng.models.event import CaseEvent
from minsheng.models.fetching import fetch
from minsheng.models.people import User
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.cases import Promise, _line, _place_unit, _unit, promised
from minsheng.queries.journal import event_of

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
    voices: int
    photos: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionSheet:
    """批办单 of one case: what a leader reads before writing an instruction, and what was done on it. Nobody's name or number is on it."""

    city: str
    system: str
    centre: str
    hotline: str
    code: str
    subject: str
    content: str
    place: str
    category: str
    urgency: str
    urgency_zh: str
    state_zh: str
    voices: int
    lead: str
    co: list[str]
    situation: list[str]
    promises: list[Promise]
    pictures: list[str]
    instructions: list[Note]
    done: list[Note]
    presented_by: str
    presented_unit: str
    printed_at: datetime


def handling_sheet(code: str, *, by: Actor, opened: Sequence[OpenedPerson] = ()) -> Sheet:
    """办理单 for somebody who may print the case. `opened`: what `open_parties` gave, where names and numbers are to be printed."""
    (sheet,) = handling_sheets([code], by=by, opened={code: opened})
    return sheet


def handling_sheets(codes: Sequence[str], *, by: Actor, opened: Mapping[str, Sequence[OpenedPerson]]) -> list[Sheet]:
    """办理单 of several cases, in this order. One that may not be seen (NotFound) or printed (NotAllowed) refuses all."""
    now = clock.now()
    return [_handling(read, by, opened.get(read.case.code, ()), now) for read in _readings(codes, by)]


def instruction_sheets(codes: Sequence[str], *, by: Actor) -> list[InstructionSheet]:
    """批办单 of several cases, in this order; refused as above."""
    now = clock.now()
    return [_instruction(read, by, now) for read in _readings(codes, by)]


def _handling(read: "_Reading", by: Actor, opened: Sequence[OpenedPerson], now: datetime) -> Sheet:
    case, facts, tree = read.case, read.facts, read.tree
    profile = rulebook.pinned(case.rules).profile
    assert facts.received_at is not None
    return Sheet(
        city=profile.city, system=profile.name, centre=_head(profile.city, profile.centre_name), hotline=profile.hotline,
        code=case.code, title=case.title, content=read.kind("body"), place=read.place(),
        kind_zh=KIND_ZH[Kind(facts.kind)], category=read.category(), voices=facts.affected + 1, photos=len(read.pictures),
        channel_zh=CHANNEL_ZH[Channel(facts.channel)], urgency_zh=URGENCY_ZH[Urgency(facts.urgency)],
        received_at=facts.received_at, registered_at=facts.registered_at, dispatched_at=facts.dispatched_at, contacted_at=facts.contacted_at,
        answered_at=facts.answered_at, closed_at=facts.closed_at, parties=_parties(read.people, opened), lead=_unit(tree, facts.holder()),
        co=read.co(), promises=read.promises,
        instructions=read.notes("instruct"), contacts=read.notes("contact"), progress=read.notes("progress", "reply"), opinions=read.notes("contribute"),
        answer=read.answer(facts), callback=read.callback(), printed_at=now, printed_by=by.name,
    )  # fmt: skip


def _instruction(read: "_Reading", by: Actor, now: datetime) -> InstructionSheet:
    case, facts, tree = read.case, read.facts, read.tree
    profile = rulebook.pinned(case.rules).profile
    units = by.units()
    assert facts.state is not None
    return InstructionSheet(
        city=profile.city, system=profile.name, centre=_head(profile.city, profile.centre_name), hotline=profile.hotline, code=case.code, subject=case.title,
        content=read.kind("body"), place=read.place(), category=read.category(), urgency=facts.urgency, urgency_zh=URGENCY_ZH[Urgency(facts.urgency)],
        state_zh=STATE_ZH[facts.state], voices=facts.affected + 1, lead=_unit(tree, facts.holder()), co=read.co(), situation=read.situation(),
        promises=read.promises, pictures=read.pictures[:PICTURES], instructions=read.notes("instruct"), done=read.done(),
        presented_by=by.name, presented_unit=_unit(tree, units[0]) if units else "", printed_at=now,
    )  # fmt: skip


#: Pictures on one 批办单.
PICTURES = 3


def _readings(codes: Sequence[str], by: Actor) -> "list[_Reading]":
    """The cases with all that is written about them: eight queries, however many cases."""
    tree = directories.current()
    found = {case.code: case for case in Case.objects.filter(code__in=codes)}
    cases = [found[code] for code in codes if code in found]
    if len(cases) != len(codes):
        raise NotFound()
    facts = {case.pk: facts_json.from_json(case.facts) for case in cases}
    for case in cases:
        known = {"facts": facts[case.pk], "place_unit": _place_unit(facts[case.pk], tree)}
        if not access.may(by, "see", tree, **known):
            raise NotFound()
        if not access.may(by, "print", tree, **known):
            raise NotAllowed("这件诉求的单子由办理它和管它的人来打印。", "Sheets are printed by those who handle or oversee the case.")
    return _Loaded(cases).readings(tree, facts)


class _Loaded:
    """Rows of several cases, by case."""

    def __init__(self, cases: list[Case]) -> None:
        self.cases, keys = cases, [[case.pk for case in cases]]
        self.events = _by_case(fetch(CaseEvent, "WHERE case_id = ANY(%s) ORDER BY case_id, seq", keys))
        self.texts = _by_case(fetch(CaseText, "WHERE case_id = ANY(%s) ORDER BY id", keys))
        self.clocks = _by_case(fetch(Deadline, "WHERE case_id = ANY(%s) ORDER BY due_at, id", keys))
        self.pictures = _by_case(fetch(Attachment, "WHERE case_id = ANY(%s) AND kind = 'photo' AND erased_at IS NULL ORDER BY id", keys))
        self.people = _by_case(fetch(Party, "WHERE case_id = ANY(%s) AND left_at IS NULL AND erased_at IS NULL ORDER BY id", keys))
        staff = {int(row.actor.partition(":")[2]) for rows in self.events.values() for row in rows if row.actor.startswith("staff:")}
        self.names = {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=staff).values_list("pk", "display_name")}

    def readings(self, tree: Directory, facts: Mapping[int, CaseFacts]) -> "list[_Reading]":
        """One reading a case, in order."""
        return [_Reading(case, facts[case.pk], tree, self) for case in self.cases]


def _by_case(rows: Sequence[Any]) -> dict[int, list[Any]]:
    found = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


class _Reading:
    """The journal of one case with its texts and the names of those who acted."""

    def __init__(self, case: Case, facts: CaseFacts, tree: Directory, rows: _Loaded) -> None:
        self.case, self.facts, self.tree, self.names = case, facts, tree, rows.names
        self.events = [event_of(row) for row in rows.events[case.pk]]
        texts = rows.texts[case.pk]
        self.words = {row.digest: ERASED if row.body is None else row.body for row in texts}
        self.first = {row.kind: row.digest for row in reversed(texts)}
        self.promises = promised([row for row in rows.clocks[case.pk] if row.round == case.round])
        self.pictures = [row.thumbnail or row.digest for row in rows.pictures[case.pk]]
        self.people: list[Party] = rows.people[case.pk]

    def kind(self, kind: str) -> str:
        return self.words.get(self.first.get(kind, ""), "")

    def place(self) -> str:
        return _place(self.tree, self.facts.place or self.facts.district, self.kind("place"))

    def category(self) -> str:
        return " › ".join(self.tree.categories[c].name for c in _line(self.tree, self.facts.category))

    def co(self) -> list[str]:
        active = self.facts.active_orders() or [o for o in self.facts.orders if o.round == self.facts.round]
        return list(dict.fromkeys(_unit(self.tree, o.unit) for o in active if o.role == "co"))

    def notes(self, *actions: str) -> list[Note]:
        return [
            Note(
                at=event.at, unit_name=_unit(self.tree, event.data["unit"] if event.action == "instruct" else event.unit), by=self.names.get(event.actor, ""),
                how=METHODS.get(event.data.get("method", ""), ""), text=self.words.get(event.data.get("text") or "", ""),
            )
            for event in self.events if event.action in actions
        ]  # fmt: skip

    def situation(self) -> list[str]:
        """基本情况: what was done so far, how many are affected, what is late and what was opened about it; each line a sentence."""
        said = [f"{note.unit_name}：{note.text}" for note in self.notes("progress", "reply", "answer", "contribute") if note.text][-4:]
        if self.facts.affected:
            said.append(f"共 {self.facts.affected + 1} 人反映。")
        if self.facts.round > 1:
            said.append(f"现在是第 {self.facts.round} 轮办理。")
        late = [promise.zh for promise in self.promises if promise.late_now or promise.state == "missed"]
        if late:
            said.append(f"超过时限：{'、'.join(late)}。")
        opened = [
            (MEASURE_ZH[MeasureKind(m["kind"])], _unit(self.tree, m["unit"]))
            for m in self.facts.measures.values()
            if m["status"] == "opened" and m["kind"] != MeasureKind.REFERRAL
        ]
        return said + [f"{unit}：已开出{kind}。" for kind, unit in dict.fromkeys(opened) if kind != MEASURE_ZH[MeasureKind.REMINDER]]

    def done(self) -> list[Note]:
        """落实情况: what units answered to instructions."""
        kinds = {number: row["kind"] for number, row in self.facts.measures.items()}
        numbers = {number for number, kind in kinds.items() if kind == MeasureKind.INSTRUCTION}
        answers = [e for e in self.events if e.action == "measure_answered" and str(e.data["measure"]) in numbers]
        return [
            Note(at=e.at, unit_name=_unit(self.tree, e.unit), by=self.names.get(e.actor, ""), how="", text=self.words.get(e.data.get("text") or "", ""))
            for e in answers
        ]

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


def _parties(rows: Sequence[Party], opened: Sequence[OpenedPerson]) -> list[PartyLine]:
    if opened:
        return [PartyLine(role_zh=PARTY_ZH[PartyRole(p.role)], name=p.name, phone=p.phone, address=p.address) for p in opened]
    return [
        PartyLine(role_zh=PARTY_ZH[PartyRole(row.role)], **{field: HIDDEN if getattr(row, field) else "" for field in ("name", "phone", "address")})
        for row in rows
    ]


def _place(tree: Directory, code: str | None, words: str) -> str:
    """From the district down, each name once: 青禾区 and 青禾区松涛街道 are 青禾区松涛街道."""
    names = [] if code is None or code not in tree.places else [tree.places[place].name for place in reversed(tree.place_ancestors(code))]
    said = ""
    for name in [*names, words]:
        shared = next((n for n in range(len(name), 1, -1) if said.endswith(name[:n])), 0)
        said = said + name[shared:] if shared else f"{said} {name}"
    return said.strip()


def _head(city: str, centre: str) -> str:
    """红头: the centre with the name of its city."""
    return centre if centre.startswith(city) else city + (centre.removeprefix("市") if city.endswith("市") else centre)

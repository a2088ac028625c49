"""讲一件诉求: everything a case's journal tells, with the names and words that it only points to, ready to be put into sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from minsheng import clock
from minsheng.domain import facts_json
from minsheng.domain.deadlines import CLOCKS, PROMISES
from minsheng.domain.errors import NotFound
from minsheng.domain.facts import CaseFacts, Event
from minsheng.domain.states import MeasureKind, State
from minsheng.models.campaign import Campaign
from minsheng.models.case import Case, CaseText
from minsheng.models.deadline import Deadline
from minsheng.models.measure import Measure
from minsheng.models.people import User
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.journal import journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A promise and what became of it. met_at None: it has not been kept yet, or never was."""

    kind: str
    zh: str
    round: int
    due_at: datetime
    met_at: datetime | None
    ended: bool
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One case. Words of a secret case are withheld; what was erased stays erased."""

    code: str
    title: str
    place: str
    category: str
    facts: CaseFacts
    events: tuple[Event, ...]
    words: dict[str, str]
    """digest of a text → the text"""
    people: dict[str, str]
    """tag of a staff member → the name of the post"""
    units: dict[str, str]
    cases: dict[int, str]
    """key of another case → its code"""
    campaigns: dict[int, str]
    promises: tuple[Kept, ...]
    reasons: dict[tuple[str, str], str]
    """(clock, due as the journal writes it) → why it is due then"""


def tell(code: str) -> Telling:
    """The case of this code, or NotFound."""
    case = Case.objects.filter(code=code.strip().upper()).first()
    if case is None:
        raise NotFound()
    facts, tree, events = facts_json.from_json(case.facts), directories.current(), tuple(journal(case.pk))
    secret = facts.visibility == "secret"
    texts = {} if secret else {t.digest: t.body for t in CaseText.objects.filter(case=case, body__isnull=False)}
    rows = list(Deadline.objects.filter(case=case).order_by("id"))
    return Telling(
        code=case.code, title="" if secret else case.title, place=_place(tree, facts), category=_category(tree, facts), facts=facts, events=events,
        words={digest: body or "" for digest, body in texts.items()}, people=_people(events),
        units={code: unit.name for code, unit in tree.units.items()}, cases=_cases(events), campaigns=_campaigns(events),
        promises=tuple(_kept(row) for row in rows if row.kind in PROMISES and (row.met_at or not row.ended_at or row.explanation.get("missed"))),
        reasons={(row.kind, row.explanation.get("due", "")): row.explanation.get("because", "") for row in rows},
    )  # fmt: skip


def worth_telling() -> list[tuple[str, str, str, str]]:
    """(code, title, why in Chinese, why in English): for each kind of course the fullest case, newest first where several are as full."""
    cases = Case.objects.exclude(visibility="secret").order_by("-seq", "-id")
    watched = Measure.objects.exclude(kind=MeasureKind.REMINDER).values("case")
    kinds: tuple[tuple[str, str, Q], ...] = (
        ("两家推诿，裁定", "refused twice and ruled", Q(facts__refusals__1__isnull=False)),
        ("挂账，一点一方案", "parked with a plan", Q(state=State.PARKED)),
        ("办了两轮", "done twice", Q(round__gt=1)),
        ("纳入专项", "gathered into a campaign", Q(campaign__isnull=False)),
        ("多人反映，并成一件", "told by several, made one", Q(pk__in=Case.objects.filter(merged_into__isnull=False).values("merged_into"))),
        ("领导批示", "instructed by a leader", Q(pk__in=Measure.objects.filter(kind=MeasureKind.INSTRUCTION).values("case"))),
        ("答复被退回重写", "an answer returned", Q(facts__quality_failures__gt=0)),
        ("督办过", "supervised", Q(pk__in=watched)),
        ("没有按时", "a promise not kept", Q(pk__in=Deadline.objects.filter(explanation__missed=True, kind="answer").values("case"))),
        ("延过期", "extended", Q(facts__extensions__gt=0)),
        ("办结，非常满意", "closed, very satisfied", Q(state=State.CLOSED, facts__rating=5)),
    )
    found: dict[str, tuple[str, str, str, str]] = {}
    for zh, en, condition in kinds:
        case = cases.filter(condition).exclude(code__in=found).first()
        if case is not None:
            found[case.code] = (case.code, case.title, zh, en)
    return list(found.values())


def _place(tree: Directory, facts: CaseFacts) -> str:
    """From the district down; what a name repeats of the one above it is said once."""
    code, said = facts.place or facts.district or "", ""
    for name in [tree.places[above].name for above in reversed(tree.place_ancestors(code))] if code in tree.places else []:
        shared = next((n for n in range(min(len(said), len(name)), 0, -1) if said.endswith(name[:n])), 0)
        said += name[shared:]
    return said


def _category(tree: Directory, facts: CaseFacts) -> str:
    category = tree.categories.get(facts.category or "")
    return category.name if category else ""


def _people(events: Iterable[Event]) -> dict[str, str]:
    ids = {int(event.actor.split(":")[1]) for event in events if event.actor.startswith("staff:")}
    return {f"staff:{pk}": name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "display_name")}


def _cases(events: Iterable[Event]) -> dict[int, str]:
    named = {value for event in events for value in (event.data.get("case"), event.data.get("into")) if isinstance(value, int)}
    return dict(Case.objects.filter(pk__in=named).values_list("pk", "code"))


def _campaigns(events: Iterable[Event]) -> dict[int, str]:
    named: set[Any] = {event.data["campaign"] for event in events if "campaign" in event.data}
    return dict(Campaign.objects.filter(pk__in=named).values_list("pk", "name"))


def _kept(row: Deadline) -> Kept:
    return Kept(
        kind=row.kind, zh=CLOCKS[row.kind].zh, round=row.round, due_at=row.due_at, met_at=row.met_at, ended=row.ended_at is not None,
        late=row.timer().late(clock.now()),
    )  # fmt: skip

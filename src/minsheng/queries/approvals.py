"""审批: what waits for this person's consent, each with both sides' reasons. A fixed number of queries for a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from minsheng import clock
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day
from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.facts import CaseFacts
from minsheng.domain.moves import MOVES_ZH
from minsheng.models.approval import Approval, Exemption
from minsheng.models.case import Case, CaseText
from minsheng.models.deadline import Deadline
from minsheng.policy.directory import Directory
from minsheng.policy.responsibility import responsible
from minsheng.queries import directory as directories
from minsheng.queries.areas import cases_of
from minsheng.queries.pages import Cursor, Page, read
from minsheng.queries.rulings import name_of, short

#: Counts stop here.
COUNTED_TO = 100
#: key of the tab → its word. `other`: what else a profile lets consent to.
TABS = {"send_back": "退单", "extend": "延期", "park": "挂账", "exempt": "剔除", "other": "其他"}
_ORDINARY = ("send_back", "extend", "park")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """退单 of one unit: its words and whom it proposed."""

    unit_name: str
    proposed_name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A promise to the citizen that runs."""

    kind: str
    zh: str
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request. text: the asking unit's reason, basis: the published rule (剔除). data: what the held move would do.

    rule_name, rule_basis: who answers by the rules of responsibility. extensions: how often the case was extended before.
    """

    id: int
    code: str
    title: str
    version: int
    number: int
    kind: str
    move_zh: str
    asked_name: str
    approver_name: str
    asked_at: datetime
    due_at: datetime | None
    text: str
    basis: str = ""
    proposed_name: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    category_name: str = ""
    place_name: str = ""
    rule_name: str = ""
    rule_basis: str = ""
    refusals: list[Refusal] = field(default_factory=list)
    extensions: int = 0
    running: list[Running] = field(default_factory=list)
    clock_zh: str = ""


def counts(actor: Actor) -> dict[str, int]:
    """How many wait in each tab, at most COUNTED_TO. Two queries."""
    where, params = cases_of(actor, "rule_disputes")
    tabs = {key: _condition(key) for key in TABS if key != "exempt"}
    columns = [
        f"(SELECT count(*) FROM (SELECT 1 FROM ms_approval a WHERE a.status = 'asked' AND a.approver_unit = ANY(%(mine)s) AND a.asked_by <> %(me)s"  # noqa: S608
        f" AND {condition} LIMIT {COUNTED_TO}) x)"
        for condition in tabs.values()
    ]
    columns.append(
        f"(SELECT count(*) FROM (SELECT 1 FROM ms_exemption a JOIN ms_case c ON c.id = a.case_id WHERE a.status = 'asked' AND a.asked_by <> %(me)s"  # noqa: S608
        f" AND NOT (c.unit = ANY(%(own)s)) AND {where} LIMIT {COUNTED_TO}) x)"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(columns), {**params, "mine": deciding(actor), "me": actor.tag, "own": list(actor.units())})
        row = cursor.fetchone()
    return dict(zip((*tabs, "exempt"), row, strict=True))


def _condition(key: str) -> str:
    return f"a.move = '{key}'" if key in _ORDINARY else "a.move NOT IN ('send_back', 'extend', 'park')"


def deciding(actor: Actor) -> list[str]:
    """Units with waiting requests for which this person may decide. One query."""
    tree = directories.current()
    asked = Approval.objects.filter(status="asked").values_list("approver_unit", flat=True).distinct()
    return [unit for unit in asked if unit in tree.units and access.decides_for(actor, unit, tree)]


def page(actor: Actor, *, tab: str, cursor: str = "", limit: int = 20) -> Page[Asked]:
    """One page of a tab, oldest first. Five queries."""
    rows = _exemptions(actor) if tab == "exempt" else _approvals(actor, tab)
    after = read(cursor)
    if after is not None and after.at is not None:
        rows = rows.filter(Q(asked_at__gt=after.at) | Q(asked_at=after.at, id__gt=after.id))
    found = list(rows[: limit + 1])
    following = str(Cursor(found[limit - 1].asked_at, found[limit - 1].pk)) if len(found) > limit else ""
    return Page(_told(found[:limit], actor), following)


def one(actor: Actor, *, tab: str, code: str, number: int) -> Asked | None:
    """One request that still waits, or None."""
    rows = _exemptions(actor) if tab == "exempt" else _approvals(actor, tab)
    told = _told(list(rows.filter(case__code=code, number=number)), actor)
    return told[0] if told else None


def _approvals(actor: Actor, tab: str) -> "QuerySet[Any]":
    rows = Approval.objects.filter(status="asked", approver_unit__in=deciding(actor)).exclude(asked_by=actor.tag)
    rows = rows.exclude(move__in=_ORDINARY) if tab == "other" else rows.filter(move=tab)
    return rows.select_related("case").order_by("asked_at", "id")


def _exemptions(actor: Actor) -> "QuerySet[Any]":
    rows = Exemption.objects.filter(status="asked").exclude(asked_by=actor.tag).exclude(case__unit__in=actor.units())
    if not access.may(actor, "rule_disputes", directories.current()):
        rows = rows.none()
    return rows.select_related("case").order_by("asked_at", "id")


def _told(rows: Sequence[Any], actor: Actor) -> list[Asked]:
    """With the words of both sides, what the rules say and the citizen's clocks; only what this person may read."""
    tree = directories.current()
    facts = {row.case_id: facts_json.from_json(row.case.facts) for row in rows}
    digests = {one["reason"] for known in facts.values() for one in known.refusals if one["reason"]}
    digests |= {row.text if isinstance(row, Exemption) else row.data.get("text") or "" for row in rows}
    texts = {(t.case_id, t.digest): t for t in CaseText.objects.filter(case__in=list(facts), digest__in=digests)}
    clocks: dict[int, list[Deadline]] = {}
    kinds = ("answer", "close", "promise", "approval")
    for timer in Deadline.objects.filter(case__in=list(facts), kind__in=kinds, met_at=None, ended_at=None).order_by("due_at"):
        clocks.setdefault(timer.case_id, []).append(timer)
    return [
        _asked(row, facts[row.case_id], tree, texts, clocks.get(row.case_id, []))
        for row in rows
        if _may(actor, row, facts[row.case_id], tree)
    ]  # fmt: skip


def _may(actor: Actor, row: Any, facts: CaseFacts, tree: Directory) -> bool:
    place = facts.place or facts.district
    unit = tree.places[place].unit if place in tree.places else None
    if isinstance(row, Exemption):
        return access.may(actor, "decide_exemption", tree, facts=facts, place_unit=unit)
    return access.may_see(actor, facts, tree, place_unit=unit)


def _asked(row: Any, facts: CaseFacts, tree: Directory, texts: dict[tuple[int, str], CaseText], clocks: Iterable[Deadline]) -> Asked:
    case: Case = row.case
    exempt = isinstance(row, Exemption)
    data = {} if exempt else row.data
    said = texts.get((case.pk, row.text if exempt else data.get("text") or ""))
    by_rule = _by_rule(facts, tree)
    due = next((t.due_at for t in clocks if t.kind == "approval" and t.subject == row.number), None) if not exempt else None
    clock_kind = row.clock if exempt else data.get("clock", "")
    return Asked(
        id=row.pk, code=case.code, title=case.title, version=case.version, number=row.number, kind="exempt" if exempt else row.move,
        move_zh="剔除" if exempt else MOVES_ZH[row.move], asked_name=short(tree, row.asked_unit),
        approver_name="" if exempt else short(tree, row.approver_unit), asked_at=row.asked_at, due_at=due,
        text=(said.body if said else None) or "（已抹除）", basis=said.title if said and exempt else "",
        proposed_name=short(tree, data.get("proposed")) if data.get("proposed") else "", data=data,
        category_name=name_of(tree.categories, facts.category), place_name=name_of(tree.places, facts.place or facts.district),
        rule_name=by_rule[0], rule_basis=by_rule[1],
        refusals=[_refusal(one, case.pk, tree, texts) for one in facts.refusals], extensions=facts.extensions,
        running=[Running(kind=t.kind, zh=CLOCKS[t.kind].zh, started_at=t.started_at, due_at=t.due_at) for t in clocks if t.kind != "approval"],
        clock_zh=CLOCKS[clock_kind].zh if clock_kind in CLOCKS else "",
    )  # fmt: skip


def _refusal(one: dict[str, Any], case: int, tree: Directory, texts: dict[tuple[int, str], CaseText]) -> Refusal:
    said = texts.get((case, one["reason"] or ""))
    return Refusal(
        unit_name=short(tree, one["unit"]), proposed_name=short(tree, one["proposed"]), text=(said.body if said else None) or "（已抹除）",
        at=datetime.fromisoformat(one["at"]),
    )  # fmt: skip


def _by_rule(facts: CaseFacts, tree: Directory) -> tuple[str, str]:
    """The unit that the rules of responsibility name today, and their basis."""
    category = facts.category if facts.category in tree.categories else None
    place = next((code for code in (facts.place, facts.district) if code in tree.places), None)
    found = responsible(tree, category=category, place=place, on=beijing_day(clock.now()))
    return short(tree, found.lead), found.basis

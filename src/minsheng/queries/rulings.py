"""裁定: disputes between units, what was ruled before, and rulings that are to become rules of responsibility."""

import json
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day
from minsheng.domain.errors import NotFound
from minsheng.models.places import RuleProposal
from minsheng.policy.directory import Directory, Rule
from minsheng.policy.responsibility import responsible
from minsheng.queries import directory as directories
from minsheng.queries.areas import cases_of
from minsheng.queries.pages import Cursor, Page, read

#: How far back earlier rulings are looked for, and how many are shown.
BACK, SHOWN = timedelta(days=730), 8
#: An effect is counted over at most so many kinds of open cases (category × place).
MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A case that waits for its ruling. refusals: (unit that refused, unit it proposed)."""

    code: str
    title: str
    category_name: str
    place_name: str
    refusals: list[tuple[str, str]]
    due_at: datetime | None
    started_at: datetime


def waiting(actor: Actor, *, cursor: str = "", limit: int = 30) -> Page[Disputed]:
    """待裁定: two refusals or more, or a running clock of the ruling; most pressing first. One query."""
    where, params = cases_of(actor, "rule_disputes")
    after, beyond = read(cursor), ""
    if after is not None:
        params |= {"at": after.at, "id": after.id}
        beyond = " AND ((c.due_at, c.id) > (%(at)s, %(id)s) OR c.due_at IS NULL)" if after.at else " AND c.due_at IS NULL AND c.id > %(id)s"
    with connection.cursor() as cursor_:
        cursor_.execute(
            f"SELECT c.id, c.code, c.title, c.category, c.place, c.district, c.facts->'refusals', c.due_at, c.received_at FROM ms_case c"  # noqa: S608 (constants)
            f" WHERE {where} AND {_DISPUTED}{beyond} ORDER BY c.due_at, c.id LIMIT {limit + 1}",
            params,
        )
        rows = cursor_.fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([_disputed(row) for row in rows[:limit]], str(Cursor(last[7], last[0])) if last else "")


_DISPUTED = (
    "c.state = 'registered' AND c.closed_at IS NULL AND (jsonb_array_length(c.facts->'refusals') >= 2 OR EXISTS (SELECT 1 FROM ms_deadline d"
    " WHERE d.case_id = c.id AND d.kind = 'ruling' AND d.met_at IS NULL AND d.ended_at IS NULL))"
)


def count(actor: Actor, *, most: int = 100) -> int:
    """How many wait for a ruling, at most `most`."""
    where, params = cases_of(actor, "rule_disputes")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM ms_case c WHERE {where} AND {_DISPUTED} LIMIT {most}) x", params)  # noqa: S608 (constants)
        return int(cursor.fetchone()[0])


def _disputed(row: tuple[Any, ...]) -> Disputed:
    tree = directories.current()
    _pk, code, title, category, place, district, refusals, due, received = row
    told = json.loads(refusals) if isinstance(refusals, str) else refusals
    return Disputed(
        code=code, title=title, category_name=name_of(tree.categories, category), place_name=name_of(tree.places, place or district),
        refusals=[(short(tree, one["unit"]), short(tree, one["proposed"])) for one in told], due_at=due, started_at=received,
    )  # fmt: skip


def name_of(known: Any, code: str | None) -> str:
    """The name of a place or category, "" where there is none."""
    return known[code].name if code in known else (code or "")


def short(tree: Directory, unit: str | None) -> str:
    """The short name of a unit; a unit that is gone by its code."""
    return tree.units[unit].short_name if unit in tree.units else (unit or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """An earlier ruling. text: the basis in words; interim: until when only."""

    code: str
    at: datetime
    place_name: str
    unit_name: str
    text: str
    interim: str | None


def earlier(actor: Actor, *, code: str, category: str | None, district: str | None) -> list[Ruling]:
    """What was ruled before on the same category in the same district, latest first. One query over rulings only (they are few)."""
    where, params = cases_of(actor, "rule_disputes")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.code, e.at, c.place, c.district, e.data->>'lead', t.body, e.data->>'interim_until' FROM ms_event e JOIN ms_case c ON c.id = e.case_id"  # noqa: S608
            f" LEFT JOIN ms_case_text t ON t.case_id = c.id AND t.digest = e.data->>'text' WHERE {where} AND e.action = 'rule' AND e.at > %(since)s"
            f" AND c.category = %(category)s AND c.district IS NOT DISTINCT FROM %(district)s AND c.code <> %(code)s ORDER BY e.at DESC LIMIT {SHOWN}",
            {**params, "since": clock.now() - BACK, "category": category, "district": district, "code": code},
        )
        rows = cursor.fetchall()
    tree = directories.current()
    return [
        Ruling(code=found, at=at, place_name=name_of(tree.places, place or area), unit_name=short(tree, lead), text=text or "（已抹除）", interim=interim)
        for found, at, place, area, lead, text, interim in rows
    ]


# --- rules ----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """建议的职责规则, with names. `by`, `decided_by`: tags; before: who answers by the rules in force, and why."""

    number: int
    code: str
    category: str
    category_name: str
    place: str | None
    place_name: str
    lead: str
    lead_name: str
    co_names: list[str]
    basis: str
    valid_from: date | None
    valid_until: date | None
    status: str
    by: str
    at: datetime
    decided_at: datetime | None
    reason: str
    before_name: str
    before_basis: str


def proposals(*, status: str, cursor: str = "", limit: int = 30) -> Page[Proposed]:
    """Those that wait (oldest first), or those that were decided (latest first). One query."""
    asked, after = status == "asked", read(cursor)
    rows = RuleProposal.objects.select_related("case").defer("case__facts")
    rows = rows.filter(status="asked").order_by("id") if asked else rows.exclude(status="asked").order_by("-id")
    if after is not None:
        rows = rows.filter(id__gt=after.id) if asked else rows.filter(id__lt=after.id)
    found = list(rows[: limit + 1])
    return Page([_proposed(row) for row in found[:limit]], str(Cursor(None, found[limit - 1].pk)) if len(found) > limit else "")


def proposal(number: int) -> Proposed:
    """One of them."""
    row = RuleProposal.objects.select_related("case").defer("case__facts").filter(pk=number).first()
    if row is None:
        raise NotFound()
    return _proposed(row)


def of_case(code: str) -> list[Proposed]:
    """Those that came from this case."""
    return [_proposed(row) for row in RuleProposal.objects.filter(case__code=code).select_related("case").defer("case__facts").order_by("-id")[:SHOWN]]


def _proposed(row: RuleProposal) -> Proposed:
    tree = directories.current()
    known = row.category in tree.categories and (row.place is None or row.place in tree.places)
    before = responsible(tree, category=row.category, place=row.place, on=beijing_day(clock.now())) if known else None
    return Proposed(
        number=row.pk, code=row.case.code if row.case else "", category=row.category, category_name=name_of(tree.categories, row.category), place=row.place,
        place_name=name_of(tree.places, row.place), lead=row.lead, lead_name=short(tree, row.lead), co_names=[short(tree, unit) for unit in row.co],
        basis=row.basis, valid_from=row.valid_from, valid_until=row.valid_until, status=row.status, by=row.by, at=row.at, decided_at=row.decided_at,
        reason=row.reason, before_name=short(tree, before.lead) if before else "", before_basis=before.basis if before else "",
    )  # fmt: skip


def effect(row: Proposed) -> tuple[int, bool]:
    """How many open cases would be given to another unit under this rule, and whether there may be more than were counted. One query; the rest is pure."""
    tree = directories.current()
    if row.category not in tree.categories or (row.place is not None and row.place not in tree.places):
        return 0, False
    day = max(row.valid_from or date.min, beijing_day(clock.now()))
    rule = Rule(category=row.category, place=row.place, lead=row.lead, co=(), basis=row.basis, valid_from=None, valid_until=None)
    changed = replace(tree, rules=(rule, *tree.rules))
    inside = None if row.place is None else _inside(tree, row.place)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT category, coalesce(place, district), count(*) FROM ms_case WHERE closed_at IS NULL"  # noqa: S608 (a constant)
            " AND state IN ('received', 'registered', 'dispatched', 'handling', 'parked') AND category LIKE %(category)s"
            f" AND (%(inside)s::text[] IS NULL OR coalesce(place, district) = ANY(%(inside)s)) GROUP BY 1, 2 LIMIT {MOST + 1}",
            {"category": row.category + "%", "inside": inside},
        )
        kinds = [one for one in cursor.fetchall() if one[0] in tree.categories and (one[1] is None or one[1] in tree.places)]
    moved = sum(
        number
        for category, place, number in kinds[:MOST]
        if responsible(tree, category=category, place=place, on=day).lead != responsible(changed, category=category, place=place, on=day).lead
    )
    return moved, len(kinds) > MOST


def _inside(tree: Directory, place: str) -> list[str]:
    found = [place]
    for code in found:
        found.extend(tree.place_children(code))
    return found


# --- loading a directory anew -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A directory from files with the rules that came from rulings put before its own. dropped: what the files no longer know."""

    directory: Directory
    kept: int
    dropped: tuple[str, ...]


def with_accepted(directory: Directory) -> Kept:
    """Rules that were accepted stay when a directory is loaded from files, the latest first; each once. One query."""
    rows = RuleProposal.objects.filter(status="accepted").order_by("-decided_at", "-id")
    rules = [
        Rule(category=r.category, place=r.place, lead=r.lead, co=tuple(r.co), basis=r.basis, valid_from=r.valid_from, valid_until=r.valid_until) for r in rows
    ]
    good = [rule for rule in rules if _known(rule, directory)]
    dropped = tuple(rule.basis for rule in rules if not _known(rule, directory))
    others = tuple(rule for rule in directory.rules if rule not in good)
    return Kept(directory=replace(directory, rules=(*good, *others)), kept=len(good), dropped=dropped)


def _known(rule: Rule, directory: Directory) -> bool:
    units = all(unit in directory.units for unit in (rule.lead, *rule.co))
    return units and rule.category in directory.categories and (rule.place is None or rule.place in directory.places)

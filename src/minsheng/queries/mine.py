"""我的: what a person has to do with cases: those filed, those joined or followed, and who looked at the person's data. A page costs one question or two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from minsheng import clock
from minsheng.domain.deadlines import LATE_BY
from minsheng.domain.states import PartyRole
from minsheng.models.case import Case, Opening, Party
from minsheng.models.deadline import Deadline
from minsheng.models.participation import Follow
from minsheng.models.read import HallRow
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.pages import Cursor, Page, read

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCase:
    """A case in a list of the person's own. to_rate: answered, and the person has not said how it was done. due_at: the answer that is promised."""

    code: str
    title: str
    state: str
    round: int
    unit_name: str
    received_at: datetime
    due_at: datetime | None
    overdue: bool
    to_rate: bool
    mine: bool
    """does it belong to the account, as against only being held by this browser"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPart:
    """A public case that the person joined or follows."""

    code: str
    title: str
    excerpt: str
    state: str
    unit_name: str
    received_at: datetime
    overdue: bool
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MyOpening:
    """查看记录: who looked at the person's data, when, why, and at which fields."""

    code: str
    at: datetime
    unit_name: str
    reason: str
    fields: tuple[str, ...]


def cases(account: int | None, held: Sequence[str], *, cursor: str = "", limit: int = PAGE) -> Page[MyCase]:
    """Own cases, newest first: those of the account, and those whose secret this browser has shown."""
    own = _filed(account)
    rows = Case.objects.filter(Q(pk__in=own.values("case")) | Q(code__in=list(held)))
    if (after := read(cursor)) is not None:
        rows = rows.filter(Q(received_at__lt=after.at) | Q(received_at=after.at, pk__lt=after.id))
    found = list(rows.order_by("-received_at", "-id")[: limit + 1])
    filed = set(own.filter(case__in=[case.pk for case in found]).values_list("case_id", flat=True)) if account else set()
    dues = _dues([case.pk for case in found[:limit]])
    tree, now = directories.current(), clock.now()
    items = [_mine(case, tree, dues.get(case.pk), now, mine=case.pk in filed) for case in found[:limit]]
    return Page(items, str(Cursor(found[limit - 1].received_at, found[limit - 1].pk)) if len(found) > limit else "")


def adoptable(held: Sequence[str]) -> int:
    """How many of the cases that this browser holds belong to no account yet. Anonymous ones belong to nobody and stay so."""
    if not held:
        return 0
    return Party.objects.filter(case__code__in=list(held), role=PartyRole.CALLER, account=None, left_at=None, erased_at=None).count()


def taken_part(account: int, *, cursor: str = "", limit: int = PAGE) -> Page[TakenPart]:
    """Public cases of others that the person joined or follows, newest first."""
    joined = Party.objects.filter(account=account, role=PartyRole.AFFECTED, left_at=None, erased_at=None)
    rows = HallRow.objects.filter(Q(case__in=joined.values("case")) | Q(case__in=Follow.objects.filter(account=account).values("case")))
    if (after := read(cursor)) is not None:
        rows = rows.filter(Q(received_at__lt=after.at) | Q(received_at=after.at, case__lt=after.id))
    found = list(rows.order_by("-received_at", "-case_id")[: limit + 1])
    with_me = set(joined.filter(case__in=[row.case_id for row in found]).values_list("case_id", flat=True))
    tree, now = directories.current(), clock.now()
    items = [
        TakenPart(
            code=row.code, title=row.title, excerpt=row.body[:160], state=row.state, unit_name=_unit(tree, row.unit), received_at=row.received_at,
            overdue=row.due_at is not None and row.due_at < now, joined=row.case_id in with_me,
        )
        for row in found[:limit]
    ]  # fmt: skip
    return Page(items, str(Cursor(found[limit - 1].received_at, found[limit - 1].case_id)) if len(found) > limit else "")


def openings(account: int, *, cursor: str = "", limit: int = PAGE) -> Page[MyOpening]:
    """谁看过我的资料, latest first: every opening of the person's part in any case."""
    rows = Opening.objects.filter(party__account=account).select_related("case")
    if (after := read(cursor)) is not None:
        rows = rows.filter(pk__lt=after.id)
    found = list(rows.order_by("-pk")[: limit + 1])
    tree = directories.current()
    items = [MyOpening(code=row.case.code, at=row.at, unit_name=_unit(tree, row.unit), reason=row.reason, fields=tuple(row.fields)) for row in found[:limit]]
    return Page(items, str(Cursor(None, found[limit - 1].pk)) if len(found) > limit else "")


# --- the small steps --------------------------------------------------------------------------------------------------------------


def _filed(account: int | None) -> QuerySet[Party]:
    if account is None:
        return Party.objects.none()
    return Party.objects.filter(account=account, role=PartyRole.CALLER, left_at=None, erased_at=None)


def _dues(cases: list[int]) -> dict[int, datetime]:
    """The earliest promise to the person that runs, by case."""
    rows = Deadline.objects.filter(case__in=cases, kind__in=LATE_BY, met_at=None, ended_at=None, paused_at=None)
    return dict(rows.order_by("case_id", "-due_at").values_list("case_id", "due_at"))  # the last written is the earliest


def _mine(case: Case, tree: Directory, due: datetime | None, now: datetime, *, mine: bool) -> MyCase:
    facts: dict[str, Any] = case.facts
    return MyCase(
        code=case.code, title=case.title, state=case.state, round=case.round, unit_name=_unit(tree, case.unit), received_at=case.received_at, due_at=due,
        overdue=due is not None and due < now, to_rate=case.state == "answered" and bool(facts.get("checked")) and facts.get("rating") is None, mine=mine,
    )  # fmt: skip


def _unit(tree: Directory, code: str | None) -> str:
    return tree.units[code].name if code in tree.units else ""

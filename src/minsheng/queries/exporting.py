"""导出: cases as rows of a table. Only released words, and never a person: nothing sealed is opened for it, and 举报 is left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from minsheng import clock
from minsheng.domain.calendar import midnight
from minsheng.domain.errors import BadInput
from minsheng.domain.states import KIND_ZH, OUTCOME_ZH, STATE_ZH, URGENCY_ZH, Kind, Outcome, State, Urgency, Visibility
from minsheng.models.case import Case
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories

#: Rows fetched at a time, through a cursor that the server holds: the whole is never in memory.
CHUNK = 2000

HEADERS = (
    "编号", "状态", "类型", "类别", "类别编码", "紧急程度", "渠道", "区县", "承办单位", "轮次", "收件时间", "受理时间", "派单时间", "首次联系",
    "答复时间", "办结时间", "时限", "结果", "评价", "满意", "已解决", "同诉人数", "标题", "内容", "答复",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which cases: received on these Beijing days (both count), with this unit or one below it. None is everything."""

    first: date | None = None
    last: date | None = None
    unit: str | None = None


_COLUMNS = (
    "code", "state", "kind", "category", "urgency", "channel", "district", "unit", "round", "received_at", "answered_at", "closed_at", "due_at", "likes",
    "facts", "hall__title", "hall__body", "hall__answer",
)  # fmt: skip


def count(wanted: Wanted) -> tuple[int, int]:
    """How many rows there will be, and how many cases are left out because they are 举报."""
    found = _cases(wanted)
    secret = found.filter(visibility=Visibility.SECRET).count()
    return found.count() - secret, secret


def rows(wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of their numbers; words only where they were released."""
    tree = directories.current()
    cases = _cases(wanted).exclude(visibility=Visibility.SECRET).order_by("id").values_list(*_COLUMNS)
    for found in cases.iterator(chunk_size=CHUNK):
        yield _row(dict(zip(_COLUMNS, found, strict=True)), tree)


def rows_of(codes: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of these cases, in the order of their numbers. Whether they may be seen is the caller's question; 举报 is left out."""
    tree = directories.current()
    cases = Case.objects.filter(code__in=codes).exclude(visibility=Visibility.SECRET).order_by("id").values_list(*_COLUMNS)
    for found in cases.iterator(chunk_size=CHUNK):
        yield _row(dict(zip(_COLUMNS, found, strict=True)), tree)


def _cases(wanted: Wanted) -> "QuerySet[Case, Case]":
    found = Case.objects.all()
    if wanted.first is not None:
        found = found.filter(received_at__gte=midnight(wanted.first))
    if wanted.last is not None:
        found = found.filter(received_at__lt=midnight(wanted.last + timedelta(days=1)))
    if wanted.unit is not None:
        tree = directories.current()
        if wanted.unit not in tree.units:
            raise BadInput(field="unit", zh=f"没有「{wanted.unit}」这个单位。", en=f"There is no unit “{wanted.unit}”.")
        found = found.filter(unit__in=tree.subtree(wanted.unit))
    return found


def _row(case: dict[str, Any], tree: Directory) -> tuple[Any, ...]:
    facts = case["facts"]
    category, district, unit = tree.categories.get(case["category"] or ""), tree.places.get(case["district"] or ""), tree.units.get(case["unit"] or "")
    verdict = facts.get("verdict") or {}
    outcome = facts.get("outcome")
    return (
        case["code"], STATE_ZH[State(case["state"])], KIND_ZH[Kind(case["kind"])], category.name if category else "", case["category"] or "",
        URGENCY_ZH[Urgency(case["urgency"])], case["channel"], district.name if district else "", unit.name if unit else "", case["round"],
        _time(case["received_at"]), _said(facts, "registered_at"), _said(facts, "dispatched_at"), _said(facts, "contacted_at"),
        _time(case["answered_at"]), _time(case["closed_at"]), _time(case["due_at"]),
        OUTCOME_ZH[Outcome(outcome)] if outcome else "", facts.get("rating") or "", _yes(verdict.get("satisfied")), _yes(verdict.get("solved")),
        facts.get("supporters", 0) + case["likes"], case["hall__title"] or "", case["hall__body"] or "", case["hall__answer"] or "",
    )  # fmt: skip


def _said(facts: dict[str, Any], name: str) -> str:
    return _time(datetime.fromisoformat(facts[name]) if facts.get(name) else None)


def _time(moment: datetime | None) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else ""


def _yes(answer: bool | None) -> str:  # noqa: FBT001 (a cell, not a switch)
    return "" if answer is None else "是" if answer else "否"

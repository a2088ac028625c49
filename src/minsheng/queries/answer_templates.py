"""答复模板, read: which of them fit a case, and those that somebody may change."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from minsheng.domain.access import Actor
from minsheng.models.work import AnswerTemplate
from minsheng.queries import directory as directories


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template. unit None: everybody's. category None: for all matters."""

    id: int
    title: str
    body: str
    action: str
    unit: str | None
    category: str | None
    at: datetime


_COLUMNS = ("id", "title", "body", "action", "unit", "category", "at")


def fitting(actor: Actor, *, actions: list[str], category: str | None) -> list[Template]:
    """Those for these moves: of the actor's own units and everybody's, those for this very matter first. One query, none where no such move is open."""
    if not actions:
        return []
    rows = _read(Q(action__in=actions) & (Q(unit=None) | Q(unit__in=actor.units())))
    near = [row for row in rows if row.category is None or (category or "").startswith(row.category)]
    return sorted(near, key=lambda row: (-len(row.category or ""), row.unit is None, row.title))


def listed(actor: Actor) -> list[Template]:
    """All that this person may use, the own ones first. One query."""
    rows = _read(Q(unit=None) | Q(unit__in=actor.units()))
    return sorted(rows, key=lambda row: (row.unit is None, row.unit or "", row.action, row.title))


def one(number: int, *, actor: Actor) -> Template | None:
    """One of those that this person may use."""
    return next(iter(_read(Q(pk=number) & (Q(unit=None) | Q(unit__in=actor.units())))), None)


def _read(which: Q) -> list[Template]:
    return [Template(**row) for row in AnswerTemplate.objects.filter(which).order_by("title", "id").values(*_COLUMNS)[:400]]


def filled(body: str, *, unit: str, place: str, phone: str, date: str) -> str:
    """The words with what is known of the case in their places: {place} {unit} {phone} {date}. What is not known keeps its place, to be filled by hand."""
    for name, value in {"{place}": place, "{unit}": unit, "{phone}": phone, "{date}": date}.items():
        body = body.replace(name, value) if value else body
    return body


def category_name(code: str | None) -> str:
    """The name of a template's category, "" for all matters."""
    tree = directories.current()
    return tree.categories[code].name if code in tree.categories else ""

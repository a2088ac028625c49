"""改动记录: what was changed in one item of the directory, by whom and when, with before and after. The index by subject answers it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from minsheng.models.people import User
from minsheng.models.staff import Act

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one item. before, after: its cells, None where it was not there. newest: nothing was changed after it."""

    number: int
    at: datetime
    by: str
    name: str
    kind: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    from_day: date | None
    note: str
    newest: bool


def history(subject: str) -> list[Changed]:
    """The changes of one item, the latest first."""
    rows = list(Act.objects.filter(subject=subject, kind__in=("directory", "rule", "user", "calendar")).order_by("-at", "-id")[:SHOWN])
    return _named(rows)


def latest(kinds: tuple[str, ...], *, limit: int = 12) -> list[Changed]:
    """What was changed lately, of any item of these kinds."""
    return _named(list(Act.objects.filter(kind__in=kinds).order_by("-at", "-id")[:limit]))


def _named(rows: list[Act]) -> list[Changed]:
    names = names_of([row.by for row in rows])
    seen: set[str] = set()
    found = []
    for row in rows:
        newest = row.subject not in seen
        seen.add(row.subject)
        found.append(Changed(row.pk, row.at, row.by, names.get(row.by, row.by), row.kind, row.subject, row.before, row.after, row.from_day, row.note, newest))
    return found


def names_of(tags: list[str]) -> dict[str, str]:
    """Names behind tags like staff:12, as colleagues see them; one question."""
    numbers = {tag: int(tag.partition(":")[2]) for tag in tags if tag.startswith("staff:") and tag.partition(":")[2].isdecimal()}
    names = dict(User.objects.filter(pk__in=set(numbers.values())).values_list("pk", "display_name"))
    return {tag: names[number] for tag, number in numbers.items() if number in names} | ({"system": "系统"} if "system" in tags else {})

"""谁做了什么: three records, each a page at a time by its keys, never counted: acts outside of cases, the journal, openings of personal data.

Every question is bounded: by a person, a subject or a case, which have an index, or by days. Reports of misconduct show only to discipline.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from minsheng import clock
from minsheng.domain.acts import ACTS
from minsheng.domain.calendar import midnight
from minsheng.domain.errors import BadInput
from minsheng.domain.moves import MOVES_ZH, NOTES
from minsheng.domain.states import Visibility
from minsheng.models.case import Case, Opening
from minsheng.models.event import CaseEvent
from minsheng.models.people import User
from minsheng.models.staff import Act
from minsheng.queries.directory_history import names_of

PAGE = 50
#: Days that may be asked for at once without a person, a subject or a case; and with one.
LONGEST, LONGEST_NAMED = 92, 1100
ENTRIES_LONGEST = 31
BOOKS = ("acts", "journal", "openings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked: which record, on which days, by whom, of which kind, about what. units: only what people of these units did (None: everybody's)."""

    book: str
    first: date
    last: date
    by: str = ""
    kind: str = ""
    subject: str = ""
    case: str = ""
    units: Collection[str] | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """One row: when, by whom (as colleagues see them), at which unit, what, about what, more in words, and whether an item went away by it."""

    key: int
    at: datetime
    by: str
    name: str
    unit: str
    what: str
    about: str
    more: str
    case: str
    removed: bool = False


def tag_of(username: str) -> str:
    """As the records name somebody; refused where nobody is called so."""
    pk = User.objects.filter(username=username, account=None).values_list("pk", flat=True).first()
    if pk is None:
        raise BadInput(field="person", zh=f"没有“{username}”这个账号。", en=f"There is no account “{username}”.")
    return f"staff:{pk}"


def demand_bounded(wanted: Wanted) -> None:
    """Refuse a question that would read everything."""
    days = (wanted.last - wanted.first).days + 1
    named = bool(wanted.case or (wanted.book == "acts" and (wanted.by or wanted.subject)))
    longest = LONGEST_NAMED if named else ENTRIES_LONGEST if wanted.book == "journal" else LONGEST
    if days < 1:
        raise BadInput(field="last", zh="止日早于起日。", en="The last day lies before the first.")
    if days > longest:
        raise BadInput(
            field="last",
            zh=f"一次最多看 {longest} 天；写明账号、对象或诉求编号，可以看得更长。",
            en=f"At most {longest} days at once; name an account, a subject or a case for more.",
        )


def page(wanted: Wanted, *, cursor: str = "", limit: int = PAGE) -> tuple[list[Deed], str]:
    """One page, the latest first, and the cursor of the next ("" for none)."""
    demand_bounded(wanted)
    after = _cursor(cursor)
    rows = {"acts": _acts, "journal": _journal, "openings": _openings}[wanted.book](wanted, after, limit + 1)
    found = _named(rows[:limit])
    return found, f"{found[-1].at.isoformat()}_{found[-1].key}" if len(rows) > limit else ""


def rows(wanted: Wanted, *, most: int) -> Iterator[Deed]:
    """All rows of a question, page by page, for a file; at most so many."""
    cursor, left = "", most
    while left > 0:
        found, cursor = page(wanted, cursor=cursor, limit=min(1000, left))
        yield from found
        left -= len(found)
        if not cursor:
            return


def _acts(wanted: Wanted, after: tuple[datetime, int] | None, limit: int) -> list[Deed]:
    found = Act.objects.filter(_days(wanted), _after(after))
    if wanted.by:
        found = found.filter(by=wanted.by)
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.subject:
        found = found.filter(subject=wanted.subject)
    if wanted.units is not None:
        found = found.filter(unit__in=list(wanted.units))
    return [
        Deed(a.pk, a.at, a.by, "", a.unit, ACTS.get(a.kind, a.kind), a.subject, _difference(a.before, a.after) or a.note, "", _removed(a))
        for a in found.order_by("-at", "-id")[:limit]
    ]


def _journal(wanted: Wanted, after: tuple[datetime, int] | None, limit: int) -> list[Deed]:
    found = CaseEvent.objects.filter(_days(wanted), _after(after), actor__startswith="staff:").select_related("case")
    found = found.filter(case__code=wanted.case) if wanted.case else found
    found = found.filter(actor=wanted.by) if wanted.by else found
    found = found.filter(action=wanted.kind) if wanted.kind else found
    if wanted.units is not None:
        found = found.filter(unit__in=list(wanted.units))
    if not wanted.secret:
        found = found.exclude(case__visibility=Visibility.SECRET)
    said = {**NOTES, **MOVES_ZH}
    return [
        Deed(e.pk, e.at, e.actor, "", e.unit or "", said.get(e.action, e.action), e.case.code, "", e.case.code) for e in found.order_by("-at", "-id")[:limit]
    ]


def _openings(wanted: Wanted, after: tuple[datetime, int] | None, limit: int) -> list[Deed]:
    found = Opening.objects.filter(_days(wanted), _after(after)).select_related("case")
    found = found.filter(case__code=wanted.case) if wanted.case else found
    found = found.filter(by=wanted.by) if wanted.by else found
    if wanted.units is not None:
        found = found.filter(unit__in=list(wanted.units))
    if not wanted.secret:
        found = found.exclude(case__visibility=Visibility.SECRET)
    return [Deed(o.pk, o.at, o.by, "", o.unit, "查看姓名电话", o.case.code, o.reason, o.case.code) for o in found.order_by("-at", "-id")[:limit]]


def knows(case: str) -> bool:
    """Is there a case of this number?"""
    return Case.objects.filter(code=case).exists()


def _named(found: list[Deed]) -> list[Deed]:
    names = names_of([deed.by for deed in found])
    return [replace(deed, name=names.get(deed.by, deed.by)) for deed in found]


def _days(wanted: Wanted) -> Q:
    return Q(at__gte=midnight(wanted.first), at__lt=midnight(wanted.last + timedelta(days=1)))


def _after(after: tuple[datetime, int] | None) -> Q:
    return Q() if after is None else Q(at__lt=after[0]) | Q(at=after[0], pk__lt=after[1])


def _cursor(text: str) -> tuple[datetime, int] | None:
    at, _, key = text.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, int(key)) if key.isdecimal() and moment.tzinfo else None


def _removed(act: Act) -> bool:
    """Was an item of the directory taken away by this, which its own page can no longer tell?"""
    return act.kind in ("directory", "rule") and act.before is not None and act.after is None


def _difference(before: Any, after: Any) -> str:
    """The values that a change touched, in one line."""
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        return ""
    old, new = before or {}, after or {}
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return "；".join(f"{name}：{_short(old.get(name))} → {_short(new.get(name))}" for name in changed[:4])


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def today() -> date:
    """The Beijing day."""
    return clock.local(clock.now()).date()

"""账号和任职, as administrators see them: who holds which post, which roles, until when; and the open work that hangs on a person or a unit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from minsheng.models.case import WorkOrder
from minsheng.models.people import Member, User

PAGE = 50


@dataclass(frozen=True, slots=True)
class Held:
    """One post of a person: unit, roles, rung of the chain, from when until when, and who stands in."""

    unit: str
    roles: tuple[str, ...]
    post: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    delegated_to: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account of staff with its posts."""

    number: int
    username: str
    name: str
    active: bool
    held: tuple[Held, ...]


def colleague(number: int) -> Colleague | None:
    """One account; None where there is none, or where it is a citizen's."""
    user = User.objects.filter(pk=number, account=None).first()
    return _with_posts([user])[0] if user is not None else None


def listed(*, units: Collection[str] | None, words: str, after: str, role: str = "") -> tuple[list[Colleague], str]:
    """Accounts by user name, with the cursor of the next page ("" for none). units: only who holds a post in one of these."""
    found = User.objects.filter(account=None, username__gt=after)
    if units is not None or role:
        posts = Member.objects.all()
        posts = posts.filter(unit__in=list(units)) if units is not None else posts
        posts = posts.filter(roles__contains=[role]) if role else posts
        found = found.filter(pk__in=posts.values("user"))
    if words:
        found = found.filter(Q(username__icontains=words) | Q(display_name__icontains=words))
    rows = list(found.order_by("username")[: PAGE + 1])
    return _with_posts(rows[:PAGE]), rows[PAGE - 1].username if len(rows) > PAGE else ""


def of_unit(unit: str) -> list[Colleague]:
    """Who holds a post in exactly this unit, today or later."""
    return _with_posts(list(User.objects.filter(account=None, memberships__unit=unit).distinct().order_by("username")[:200]))


def holders(kind: str, key: str) -> int:
    """How many accounts hold a post in this unit, or this post."""
    return Member.objects.filter(unit=key).count() if kind == "units" else Member.objects.filter(post=key).count()


def _with_posts(users: list[User]) -> list[Colleague]:
    posts: dict[int, list[Held]] = {}
    rows = Member.objects.filter(user__in=[u.pk for u in users]).order_by("pk").select_related("delegated_to")
    for row in rows:
        posts.setdefault(row.user_id, []).append(held(row))
    return [Colleague(u.pk, u.username, u.display_name, u.is_active, tuple(posts.get(u.pk, ()))) for u in users]


def held(row: Member) -> Held:
    """A row as a post."""
    return Held(row.unit, tuple(row.roles), row.post or "", row.valid_from, row.valid_until, row.delegated_to.username if row.delegated_to else "")


def picture(number: int) -> dict[str, Any] | None:
    """An account and all its posts, as an act of the record holds it and as it can be put back."""
    found = colleague(number)
    if found is None:
        return None
    posts = [
        {
            "unit": h.unit, "roles": ";".join(h.roles), "post": h.post, "valid_from": h.valid_from.isoformat() if h.valid_from else "",
            "valid_until": h.valid_until.isoformat() if h.valid_until else "", "delegated_to": h.delegated_to,
        }
        for h in found.held
    ]  # fmt: skip
    return {"username": found.username, "display_name": found.name, "posts": posts}


# --- open work ----------------------------------------------------------------------------------------------------------------------


def open_orders(unit: str) -> dict[str, int]:
    """Running orders of a unit by state of the case; the index of the unit's queue answers it."""
    rows = WorkOrder.objects.filter(unit=unit, ended_at=None).values_list("state").annotate(n=Count("id"))
    return dict(rows.order_by("state"))


def order_codes(unit: str, *, assignee: int | None = None) -> list[str]:
    """Codes of the cases in which this unit has a running order, the most pressing first. assignee: only those that this person has."""
    found = WorkOrder.objects.filter(unit=unit, ended_at=None)
    if assignee is not None:
        found = found.filter(assignee=assignee)
    return list(dict.fromkeys(found.order_by("due_at", "case").values_list("case__code", flat=True)))


def usernames(numbers: Collection[int]) -> dict[int, str]:
    """Names of accounts as colleagues see them."""
    return dict(User.objects.filter(pk__in=list(numbers)).values_list("pk", "display_name"))

"""同事: who works in which units today, how much each has in hand, and who leads where. Names of posts, never of citizens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from minsheng import clock
from minsheng.domain.access import Actor, Membership
from minsheng.domain.states import Role
from minsheng.models.case import WorkOrder
from minsheng.models.people import Member
from minsheng.queries.kept import Kept

_LOADS: Kept[dict[int, int]] = Kept(most=500)
_PEOPLE: Kept[list["Colleague"]] = Kept(most=500)
#: How long a count of open orders is shown before it is counted again, in seconds.
_LOADS_FOR = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody with a post today: unit is the first of theirs that was asked for."""

    id: int
    name: str
    unit: str
    actor: Actor


def of(units: Iterable[str], *, on: date) -> list[Colleague]:
    """Everybody with a post in one of these units on that day, by name: one query. A delegated post counts for both."""
    return _people(Q(unit__in=list(units)), on)


def choices(actor: Actor) -> list[tuple[str, str]]:
    """The people of one's own units, to whom a case can be given: (user id, name) for a list to choose from."""
    return [(str(one.id), one.name) for one in of(actor.units(), on=clock.local(clock.now()).date())]


def kept(units: Iterable[str], *, on: date) -> list[Colleague]:
    """As `of`, for a page: who works where is asked anew every half a minute at most. Commands ask `of`."""
    wanted = tuple(sorted(units))
    return _PEOPLE.for_a_while((wanted, on), lambda: of(wanted, on=on), clock.now(), _LOADS_FOR)


def leading(*, on: date) -> list[Colleague]:
    """领导和督办员 of the whole city: whom an urgent report may concern. One query."""
    return _people(Q(roles__overlap=[Role.LEADER, Role.SUPERVISOR]), on)


def of_ids(ids: Iterable[int], *, on: date) -> list[Colleague]:
    """These people, as far as they have a post on that day: one query."""
    wanted = list(ids)
    return _people(Q(user__in=wanted) | Q(delegated_to__in=wanted), on) if wanted else []


def _people(which: Q, on: date) -> list[Colleague]:
    days = Q(valid_from=None) | Q(valid_from__lte=on)
    until = Q(valid_until=None) | Q(valid_until__gte=on)
    rows = (
        Member.objects.filter(which, days, until)
        .order_by("user__display_name", "id")
        .values_list(
            "unit", "roles", "user_id", "user__display_name", "user__is_active", "delegated_to_id", "delegated_to__display_name", "delegated_to__is_active"
        )
    )
    found: dict[int, tuple[str, list[Membership]]] = {}
    for unit, roles, *people in rows:
        post = Membership(unit, frozenset(Role(role) for role in roles))
        for pk, name, active in (people[:3], people[3:]):
            if pk is not None and active:
                found.setdefault(pk, (name, []))[1].append(post)
    return [
        Colleague(id=pk, name=name, unit=posts[0].unit, actor=Actor("staff", pk, name, tuple(posts)))
        for pk, (name, posts) in found.items()
    ]  # fmt: skip


def in_hand(unit: str) -> dict[int, int]:
    """手上几件: how many open orders of this unit each of its people has. Counted anew every half a minute at most."""
    return _LOADS.for_a_while(unit, lambda: _count(unit), clock.now(), _LOADS_FOR)


def _count(unit: str) -> dict[int, int]:
    rows = WorkOrder.objects.filter(unit=unit, ended_at=None, assignee__isnull=False).values_list("assignee").annotate(n=Count("id"))
    return {pk: n for pk, n in rows if pk is not None}

"""员工账号: what an administrator sees of them, and what each sees of the own one. Never a password, a secret or a session's key."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, OuterRef, Q, Subquery

from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.states import ROLE_ZH, Role
from minsheng.models.case import WorkOrder
from minsheng.models.people import Member, User
from minsheng.models.staff import SignedIn, TwoFactor
from minsheng.queries import directory as directories


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One browser that is signed in. here: the one that asks."""

    number: int
    at: datetime
    seen_at: datetime
    address: str
    agent: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """An account in the list."""

    id: int
    username: str
    name: str
    units: list[str]
    roles: list[str]
    active: bool
    second: bool
    seen_at: datetime | None
    browsers: int
    work: int


def browsers(user: int, *, this: str) -> list[Browser]:
    """Where this person is signed in, latest first."""
    rows = SignedIn.objects.filter(user_id=user, ended_at=None).order_by("-seen_at")[:20]
    return [Browser(number=r.pk, at=r.at, seen_at=r.seen_at, address=r.address, agent=r.agent, here=r.key == this) for r in rows]


def listed(actor: Actor, *, words: str = "", after: str = "", active: bool | None = None, limit: int = 50) -> tuple[list[StaffRow], str]:
    """Accounts that the actor administers, by their names; the name to go on after, "" at the end. Three queries."""
    tree = directories.current()
    roots = directories.administered(actor)
    if not roots:
        raise NotFound()
    rows = User.objects.filter(account=None, username__gt=after)
    if tree.area_of(tree.centre) not in roots:
        units = [code for root in roots for code in tree.subtree(root)]
        # no post outside: whoever has one there as well is administered by whoever has both
        outside = Member.objects.exclude(unit__in=units).values("user_id")
        rows = rows.filter(pk__in=Member.objects.filter(unit__in=units).values("user_id")).exclude(pk__in=outside)
    if words.strip():
        named = [code for code, unit in tree.units.items() if words.strip() in unit.name]
        rows = rows.filter(
            Q(username__icontains=words.strip()) | Q(display_name__icontains=words.strip()) | Q(pk__in=Member.objects.filter(unit__in=named).values("user_id"))
        )
    if active is not None:
        rows = rows.filter(is_active=active)
    found = list(rows.order_by("username")[: limit + 1])
    return _rows(found[:limit]), found[limit - 1].username if len(found) > limit else ""


def one(user: int, actor: Actor) -> StaffRow:
    """One account."""
    found = User.objects.filter(pk=user, account=None).first()
    if found is None:
        raise NotFound("没有这个账号。", "There is no such account.")
    return _rows([found])[0]


def colleagues(user: int) -> list[tuple[int, str]]:
    """Who could take over the work: people of the same units whose accounts are in use."""
    units = Member.objects.filter(user_id=user).values("unit")
    rows = Member.objects.filter(unit__in=units, user__is_active=True).exclude(user_id=user).order_by("user__display_name")
    return list(dict.fromkeys(rows.values_list("user_id", "user__display_name")))


def _rows(users: list[User]) -> list[StaffRow]:
    tree, ids = directories.current(), [user.pk for user in users]
    seen = SignedIn.objects.filter(user=OuterRef("pk")).order_by().values("user")
    known = {
        row["pk"]: row
        for row in User.objects.filter(pk__in=ids).values(
            "pk",
            second=Subquery(TwoFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False).values("user_id")),
            seen=Subquery(seen.annotate(at=Max("seen_at")).values("at")),
            open=Subquery(seen.filter(ended_at=None).annotate(n=Count("pk")).values("n")),
            work=Subquery(WorkOrder.objects.filter(assignee=OuterRef("pk"), ended_at=None).order_by().values("assignee").annotate(n=Count("pk")).values("n")),
        )
    }
    posts: dict[int, list[Member]] = {pk: [] for pk in ids}
    for member in Member.objects.filter(user_id__in=ids).order_by("pk"):
        posts[member.user_id].append(member)
    return [
        StaffRow(
            id=user.pk,
            username=user.username,
            name=user.display_name,
            units=[tree.units[m.unit].name if m.unit in tree.units else m.unit for m in posts[user.pk]],
            roles=list(dict.fromkeys(ROLE_ZH[Role(role)] for m in posts[user.pk] for role in m.roles)),
            active=user.is_active,
            second=known[user.pk]["second"] is not None,
            seen_at=known[user.pk]["seen"],
            browsers=known[user.pk]["open"] or 0,
            work=known[user.pk]["work"] or 0,
        )
        for user in users
    ]

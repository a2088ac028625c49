"""领导联系网民, as it is read: how many each leader keeps in touch with, and one leader's list, names covered. Constant queries."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, Max, Q

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.states import Role
from minsheng.models.liaison import Liaison, LiaisonContact
from minsheng.policy.directory import Directory
from minsheng.queries import colleagues
from minsheng.queries import directory as directories
from minsheng.queries.colleagues import Colleague
from minsheng.sealing import SealBroken, keyring

#: A contact in these days counts as kept in touch with.
QUARTER = timedelta(days=92)
#: One leader's people, and contacts of each that a page shows.
MOST, SHOWN = 200, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """A leader: how many citizens, how many of them were spoken with in the last quarter, and when last."""

    id: int
    name: str
    unit_name: str
    people: int
    reached: int
    last: date | None


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact."""

    on: date
    method: str
    text: str
    case: str


@dataclass(slots=True)
class Person:
    """One citizen of a list: 张**, 尾号 01. broken: the seal does not open."""

    id: int
    name: str
    phone: str
    since: datetime
    consent: str
    contacts: list[Contact] = field(default_factory=list)
    broken: bool = False


def context(number: int, name: str) -> bytes:
    """What a sealed value of a list is bound to."""
    return f"liaison:{number}:{name}".encode()


def may_keep(actor: Actor, leader: Colleague, tree: Directory) -> bool:
    """Is this leader's list the actor's to keep: the leader, clerks of the same unit, administrators of the area."""
    for m in actor.memberships:
        if actor.id == leader.id or (m.roles & {Role.STAFF, Role.ADMIN} and any(own.unit == m.unit for own in leader.actor.memberships)):
            return True
        if Role.ADMIN in m.roles and any(tree.under(own.unit, root=tree.area_of(m.unit)) for own in leader.actor.memberships):
            return True
    return False


def keepers(actor: Actor) -> list[Keeper]:
    """The leaders whose lists this person keeps: two queries."""
    now, tree = clock.now(), directories.current()
    today = clock.local(now).date()
    leaders = [one for one in colleagues.leading(on=today) if one.actor.has(Role.LEADER) and may_keep(actor, one, tree)]
    since = today - QUARTER
    rows = Liaison.objects.filter(leader__in=[one.id for one in leaders], ended_at=None).values("leader")
    counted = {
        row["leader"]: row
        for row in rows.annotate(
            people=Count("id", distinct=True), reached=Count("id", distinct=True, filter=Q(contacts__on__gte=since)), last=Max("contacts__on")
        )
    }
    none = {"people": 0, "reached": 0, "last": None}
    return [
        Keeper(id=one.id, name=one.name, unit_name=tree.units[one.unit].name if one.unit in tree.units else one.unit, **{
            key: (counted.get(one.id) or none)[key] for key in none
        })
        for one in leaders
    ]  # fmt: skip


def people(leader: int) -> list[Person]:
    """One leader's list with the latest contacts: two queries. The values are opened only to be covered."""
    ring = keyring()
    found: dict[int, Person] = {}
    for row in Liaison.objects.filter(leader=leader, ended_at=None).order_by("id")[:MOST]:
        person = Person(row.pk, "", "", row.at, row.consent)
        try:
            person.name = ring.open(row.name, context=context(row.pk, "name"))[:1] + "**" if row.name else ""
            person.phone = ring.open(row.phone, context=context(row.pk, "phone"))[-2:] if row.phone else ""
        except SealBroken:
            person.broken = True
        found[row.pk] = person
    for contact in LiaisonContact.objects.filter(liaison__in=list(found)).order_by("liaison", "-on", "-id")[: MOST * SHOWN]:
        kept = found[contact.liaison_id].contacts
        if len(kept) < SHOWN:
            kept.append(Contact(contact.on, contact.method, contact.text, contact.case))
    return list(found.values())

"""存好的筛选: one's own in their order, then what colleagues share."""

from dataclasses import dataclass

from django.db.models import Q

from minsheng.domain.access import Actor
from minsheng.models.work import SavedFilter

#: What a unit's colleagues may share and is still shown.
SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One filter. owner: who keeps it, "" for one's own; unit: with whom it is shared."""

    id: int
    name: str
    query: dict[str, str]
    own: bool
    owner: str
    unit: str | None


def saved(actor: Actor) -> list[Saved]:
    """What this person sees under the queues; one query."""
    wanted = Q(user_id=actor.id) | Q(unit__in=actor.units(), user__is_active=True)
    rows = SavedFilter.objects.filter(wanted).select_related("user").order_by("position", "id")[:SHOWN]
    found = [_saved(row, own=row.user_id == actor.id) for row in rows]
    return sorted(found, key=lambda one: not one.own)


def _saved(row: SavedFilter, *, own: bool) -> Saved:
    return Saved(id=row.pk, name=row.name, query=row.query, own=own, owner="" if own else row.user.display_name, unit=row.unit)

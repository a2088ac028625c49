"""同事: the people of one's own units, to whom a case can be given."""

from minsheng.domain.access import Actor
from minsheng.models.people import Member


def colleagues(actor: Actor) -> list[tuple[str, str]]:
    """(user id, name) of everybody who is active in one of the actor's units, by name; one query."""
    rows = Member.objects.filter(unit__in=actor.units(), user__is_active=True).order_by("user__display_name").values_list("user_id", "user__display_name")
    return [(str(pk), name) for pk, name in dict(rows).items()]

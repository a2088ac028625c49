"""演示的工作台: answer templates for everybody and spots for those who walk a grid, so that no desk of the demo is empty."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta

from minsheng import clock
from minsheng.commands import patrolling, templates
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.fieldwork import Sent
from minsheng.domain.states import Role
from minsheng.models.people import Member
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories


@dataclass(frozen=True, slots=True)
class Furnished:
    """How many templates and spots there are now."""

    templates: int
    spots: int


def furnish(text: str) -> Furnished:
    """布置: write the templates, plan the spots of every unit with a grid worker, and look at each once. `text`: directories/demo_desk.toml."""
    things, tree = tomllib.loads(text), directories.current()
    writer = next((actor for actor in _actors(Role.EDITOR) if access.at_centre(actor.memberships[0].unit, tree)), None)
    if writer is not None:
        for one in things["template"]:
            templates.write(title=one["title"], body=one["body"].strip(), action=one["action"], unit=None, category=None, by=writer)
    spots = 0
    for walker in _actors(Role.GRID):
        unit = walker.memberships[0].unit
        planner, place = next(iter(_planners(unit, tree)), None), _place(unit, tree)
        if planner is None or place is None:
            continue
        for one in things["spot"]:
            row = patrolling.add_spot(unit=unit, place=place, name=one["name"], every_days=one["every_days"], by=planner)
            with clock.moved(clock.now() - timedelta(days=one["last"])):
                patrolling.look(row.pk, result="fine", sent=Sent(key=f"demo-{row.pk}"), by=walker)
            spots += 1
    return Furnished(len(things["template"]) if writer else 0, spots)


def _actors(role: Role) -> list[Actor]:
    today = clock.local(clock.now()).date()
    rows = Member.objects.filter(roles__contains=[role]).select_related("user").order_by("user__username")
    return [directories.staff(row.user_id, name=row.user.display_name, on=today) for row in rows]


def _planners(unit: str, tree: Directory) -> list[Actor]:
    """Who may plan for this unit: its own people first, then those of the units above."""
    found = [actor for role in (Role.STAFF, Role.LEADER, Role.ADMIN) for actor in _actors(role)]
    return [actor for actor in found if any(tree.under(unit, root=root) for root in access.own(actor, "plan_patrols"))]


def _place(unit: str, tree: Directory) -> str | None:
    """A grid of this unit, else its community."""
    places = [place for place in tree.places.values() if place.unit == unit and place.kind in ("grid", "community")]
    return next((place.code for kind in ("grid", "community") for place in places if place.kind == kind), None)

"""网格: the day of a grid worker: cases of the own unit, spots that are due, what was done today. A constant number of queries; nobody's name or number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day, midnight
from minsheng.domain.moves import MOVES_ZH, NOTES
from minsheng.models.patrol import PatrolSpot, PatrolVisit
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import places

#: As many cases and spots as fit on a day's list.
MOST = 60
#: A spot that is due later today counts as due.
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One case of the unit. contact_due: the first contact that runs; due_at: the earliest of all that concern the unit."""

    code: str
    title: str
    state: str
    round: int
    category: str
    place: str
    received_at: datetime
    contacted: bool
    contact_from: datetime | None
    contact_due: datetime | None
    due_at: datetime | None
    lat: float | None
    lng: float | None

    @property
    def first(self) -> datetime | None:
        """What presses most."""
        return min((one for one in (self.contact_due, self.due_at) if one is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """巡查点: due_on is the day from which it is due."""

    number: int
    unit: str
    unit_name: str
    name: str
    place: str
    place_name: str
    every_days: int
    last_at: datetime | None
    active: bool
    due: bool
    lat: float | None
    lng: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """做过的: one thing of today."""

    at: datetime
    what: str
    about: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Everything on the page of the grid."""

    jobs: list[Job]
    spots: list[Spot]
    done: list[Doing]


def units(actor: Actor) -> list[str]:
    """The units for which this person walks."""
    return list(access.own(actor, "patrol"))


_JOBS = """
SELECT c.code, c.title, c.state, c.round, c.category, coalesce(c.place, c.district), t.body, c.received_at, o.contacted_at, d.started_at, d.due_at,
       o.due_at, c.lat, c.lng
FROM ms_work_order o
JOIN ms_case c ON c.id = o.case_id
LEFT JOIN LATERAL (
    SELECT started_at, due_at FROM ms_deadline d
    WHERE d.case_id = c.id AND d.kind = 'contact' AND d.met_at IS NULL AND d.ended_at IS NULL AND d.paused_at IS NULL ORDER BY d.id DESC LIMIT 1
) d ON o.role = 'lead'
LEFT JOIN LATERAL (SELECT body FROM ms_case_text t WHERE t.case_id = c.id AND t.kind = 'place' ORDER BY t.id DESC LIMIT 1) t ON TRUE
WHERE o.unit = ANY(%(mine)s) AND o.ended_at IS NULL AND o.state IN ('dispatched', 'handling') AND c.visibility <> 'secret'
  AND (NOT c.sensitive OR o.assignee IS NULL OR o.assignee = %(me)s)
ORDER BY LEAST(d.due_at, o.due_at), c.id
LIMIT %(most)s
"""


def day(actor: Actor) -> Day:
    """The day of this person: three queries."""
    mine, tree = units(actor), directories.current()
    return Day(jobs=_jobs(actor, mine, tree), spots=[spot for spot in spots(mine) if spot.active], done=_done(actor))


def _jobs(actor: Actor, mine: Sequence[str], tree: Directory) -> list[Job]:
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, {"mine": list(mine), "me": actor.id, "most": MOST})
        rows = cursor.fetchall()
    return [_job(row, tree) for row in rows]


def _job(row: tuple[Any, ...], tree: Directory) -> Job:
    code, title, state, round_, category, place, words, received, contacted, since, contact, due, lat, lng = row
    known = tree.places.get(place or "")
    where = " ".join(part for part in (places.short(tree, place) if known else "", words or "") if part)
    if lat is None and known is not None:
        lat, lng = known.lat, known.lng
    return Job(
        code=code, title=title, state=state, round=round_, category=tree.categories[category].name if category in tree.categories else "", place=where,
        received_at=received, contacted=contacted is not None, contact_from=since, contact_due=contact, due_at=due, lat=lat, lng=lng,
    )  # fmt: skip


def spots(of: Sequence[str]) -> list[Spot]:
    """The spots of these units, those longest due first; whoever walks there and whoever plans read the same."""
    today, tree = beijing_day(clock.now()), directories.current()
    rows = PatrolSpot.objects.filter(unit__in=of).order_by("-active", "last_at", "position", "id")[: MOST * 5]
    return [_spot(row, tree, midnight(today + _DAY)) for row in sorted(rows, key=lambda row: (not row.active, _due(row) or _LONG_AGO, row.position))]


_LONG_AGO = datetime.min.replace(tzinfo=clock.BEIJING)


def _due(row: PatrolSpot) -> datetime | None:
    """From when on it is due: the beginning of the day, so many days after the last look; None: at once."""
    return None if row.last_at is None else midnight(beijing_day(row.last_at) + timedelta(days=row.every_days))


def _spot(row: PatrolSpot, tree: Directory, tonight: datetime) -> Spot:
    due, unit, place = _due(row), tree.units.get(row.unit), tree.places.get(row.place)
    return Spot(
        number=row.pk, unit=row.unit, unit_name=unit.name if unit else row.unit, name=row.name, place=row.place,
        place_name=places.short(tree, row.place) if place else "", every_days=row.every_days, last_at=row.last_at, active=row.active,
        due=row.active and (due is None or due < tonight), lat=row.lat if row.lat is not None else place and place.lat,
        lng=row.lng if row.lng is not None else place and place.lng,
    )  # fmt: skip


def planned(actor: Actor) -> list[Spot]:
    """The spots of every unit for which this person plans."""
    return spots(plans_for(actor))


def plans_for(actor: Actor) -> list[str]:
    """The units for which this person may plan: the own one with all that hangs below it."""
    tree = directories.current()
    found = [unit for root in access.own(actor, "plan_patrols") for unit in tree.subtree(root)]
    return list(dict.fromkeys(found))


def one(number: int, actor: Actor) -> Spot | None:
    """One spot of the own units."""
    return next((spot for spot in spots(units(actor)) if spot.number == number), None)


_SHOWN = ("contact", "contact_tried", "progress", "answer", "escalate", "contribute", "receive", "claim", "reply")
_DONE = """
SELECT e.at, e.action, c.code, c.title FROM ms_event e JOIN ms_case c ON c.id = e.case_id
WHERE e.at >= %(since)s AND e.actor = %(me)s AND e.action = ANY(%(shown)s) ORDER BY e.id DESC LIMIT %(most)s
"""


def _done(actor: Actor) -> list[Doing]:
    """What this person did today, latest first: on cases, and at spots where no case came of it."""
    since = midnight(beijing_day(clock.now()))
    with connection.cursor() as cursor:
        cursor.execute(_DONE, {"since": since, "me": actor.tag, "shown": list(_SHOWN), "most": MOST})
        rows = cursor.fetchall()
    found = [Doing(at=at, what=MOVES_ZH.get(action) or NOTES[action], about=title, code=code) for at, action, code, title in rows]
    visits = PatrolVisit.objects.filter(user_id=actor.id, came_at__gte=since, case=None).select_related("spot").order_by("-id")[:MOST]
    found += [Doing(at=visit.at, what=visit.result, about=visit.spot.name, code="") for visit in visits]
    return sorted(found, key=lambda doing: doing.at, reverse=True)

"""专项整治、举一反三: one case opens a class of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Max

from minsheng import clock
from minsheng.casework import casework, caseworks
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.states import Role, Visibility
from minsheng.domain.text import clean, line
from minsheng.models.campaign import Campaign, Spot
from minsheng.models.case import Case
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook

_MAKERS = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER, Role.STAFF})


@dataclass(frozen=True, slots=True)
class Place:
    """One spot to be dealt with: name, owning unit, day, and the plan for this very spot (一点一方案)."""

    name: str
    owner: str
    due_on: date
    plan: str = ""


def open_campaign(*, name: str, goal: str, unit: str, spots: Sequence[Place] = (), due_on: date | None = None, by: Actor) -> str:
    """开专项: a goal, a leading unit, spots with owners and dates. Returns its code."""
    _demand(by)
    name, goal = line(name, limit=80, name="name"), clean(goal, limit=400, name="goal")
    directory = directories.current()
    for code in [unit, *(spot.owner for spot in spots)]:
        if code not in directory.units:
            raise BadInput(field="unit", zh=f"没有「{code}」这个单位。", en=f"There is no unit {code}.")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('ms_campaign_id_seq')")
            (pk,) = cursor.fetchone()
        made = Campaign.objects.create(
            id=pk,
            code=f"{rulebook.today().profile.code_prefix}Z{pk:05d}",
            name=name,
            goal=goal,
            unit=unit,
            opened_by=by.tag,
            opened_at=clock.now(),
            due_on=due_on,
        )
        Spot.objects.bulk_create(
            Spot(
                campaign=made,
                number=n,
                name=line(s.name, limit=120, name="spot"),
                owner=s.owner,
                due_on=s.due_on,
                plan=clean(s.plan, limit=400, name="plan") if s.plan.strip() else "",
            )
            for n, s in enumerate(spots, start=1)
        )
    return made.code


def add_spot(campaign: str, *, spot: Place, by: Actor) -> int:
    """举一反三: one more place of the same kind is found. Returns its number."""
    with transaction.atomic():
        row = _led(campaign, by)
        if spot.owner not in directories.current().units:
            raise BadInput(field="owner", zh=f"没有「{spot.owner}」这个单位。", en=f"There is no unit {spot.owner}.")
        if spot.due_on < clock.local(clock.now()).date():
            raise BadInput(field="due_on", zh="完成的日子不能是过去。", en="The day lies in the past.")
        number = (row.spots.aggregate(last=Max("number"))["last"] or 0) + 1
        plan = clean(spot.plan, limit=400, name="plan") if spot.plan.strip() else ""
        row.spots.create(number=number, name=line(spot.name, limit=120, name="name"), owner=spot.owner, due_on=spot.due_on, plan=plan)
    return number


def end_campaign(campaign: str, *, by: Actor) -> None:
    """结束专项: every spot is done. What is not done is not ended; who gave up a spot says so in its plan and finishes it with that word."""
    with transaction.atomic():
        row = _led(campaign, by)
        left = row.spots.filter(done_at=None).count()
        if left:
            raise WrongState(f"还有 {left} 处没有完成，不能结束。", f"{left} spots are not done yet.")
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])


def _led(code: str, by: Actor) -> Campaign:
    """The campaign, locked, where this person leads it: the leading unit, or whoever supervises for the city."""
    row = Campaign.objects.select_for_update().filter(code=code, ended_at=None).first()
    if row is None:
        raise NotFound("没有这个专项，或它已经结束。", "There is no such campaign, or it has ended.")
    if not leads(row.unit, by=by):
        raise NotAllowed("专项由牵头单位或督办员来安排。", "A campaign is run by its leading unit or a supervisor.")
    return row


def leads(unit: str, *, by: Actor) -> bool:
    """Is a campaign led by this unit this person's to run?"""
    return any((m.unit == unit and m.roles & _MAKERS) or Role.SUPERVISOR in m.roles for m in by.memberships)


def gather(campaign: str, codes: Sequence[str], *, by: Actor) -> None:
    """纳入专项: cases that belong to it; each reporter is told, and told again of progress."""
    _demand(by)
    row = _campaign(campaign)
    with caseworks(codes, by=by) as works:
        for work in works.values():
            if work.facts.campaign == row.pk:
                continue
            if work.facts.visibility == Visibility.SECRET or work.facts.sensitive:
                raise WrongState("举报和涉及隐私的诉求不能纳入专项。", "Reports and private matters belong to no campaign: it is public.")
            work.note("gathered", data={"campaign": row.pk})


def spot_done(campaign: str, number: int, *, evidence: Sequence[str], by: Actor) -> None:
    """点位完成: with evidence; the gathered cases show it."""
    row = _campaign(campaign)
    with transaction.atomic():
        spot = Spot.objects.select_for_update().filter(campaign=row, number=number).first()
        if spot is None:
            raise NotFound()
        if spot.owner not in by.units() and row.unit not in by.units():
            raise NotAllowed("点位由它的责任单位或牵头单位来销。", "A spot is finished by its owner or the leading unit.")
        if spot.done_at is not None:
            raise WrongState("这个点位已经完成。", "This spot is done already.")
        if not evidence:
            raise BadInput(field="evidence", zh="请附上完成的照片或说明。", en="Add evidence.")
        spot.done_at, spot.done_by, spot.evidence = clock.now(), by.tag, list(evidence)
        spot.save(update_fields=["done_at", "done_by", "evidence"])
        for code in Case.objects.filter(campaign=row.pk).order_by("id").values_list("code", flat=True):
            # The owner of a spot need not be a unit of the case: the entry is the platform's, and says whose word it is.
            with casework(code, by=SYSTEM) as work:
                work.note("spot", data={"campaign": row.pk, "spot": number, "by": by.tag})


def _demand(by: Actor) -> None:
    if not any(m.roles & _MAKERS for m in by.memberships):
        raise NotAllowed("专项由派单员、督办员、领导或承办单位来开。", "Campaigns are run by dispatchers, supervisors, leaders and units.")


def _campaign(code: str) -> Campaign:
    row = Campaign.objects.filter(code=code, ended_at=None).first()
    if row is None:
        raise NotFound("没有这个专项，或它已经结束。", "There is no such campaign, or it has ended.")
    return row

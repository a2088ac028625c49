"""巡查点、巡查: spots that are looked at every so many days, who plans them, and what was seen. A look that a phone sends twice is one."""

import secrets

from django.db import IntegrityError, transaction

from minsheng import clock
from minsheng.commands import fieldwork
from minsheng.commands.fieldwork import Finding, Found
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.domain.fieldwork import RESULTS, Sent
from minsheng.domain.text import clean, line
from minsheng.models.case import Case
from minsheng.models.patrol import PatrolSpot, PatrolVisit
from minsheng.ports import Classifier
from minsheng.queries import directory as directories

#: How often, in days.
OFTENEST, RAREST = 1, 365
NOTE = 200


def add_spot(*, unit: str, place: str, name: str, every_days: int, by: Actor) -> PatrolSpot:
    """添巡查点: a thing of this unit that is to be looked at."""
    _may_plan(unit, by)
    values = _checked(unit=unit, place=place, name=name, every_days=every_days)
    return PatrolSpot.objects.create(unit=unit, position=PatrolSpot.objects.filter(unit=unit).count() + 1, **values)


def change_spot(number: int, *, place: str, name: str, every_days: int, by: Actor) -> PatrolSpot:
    """改巡查点: its name, where it is, how often."""
    with transaction.atomic():
        spot = _spot(number)
        _may_plan(spot.unit, by)
        values = _checked(unit=spot.unit, place=place, name=name, every_days=every_days)
        spot.name, spot.place, spot.every_days = str(values["name"]), str(values["place"]), every_days
        spot.save(update_fields=["name", "place", "every_days"])
    return spot


def stop_spot(number: int, *, by: Actor) -> None:
    """停巡查点: it is not looked at any more; what was seen there stays."""
    _plan(number, active=False, by=by)


def resume_spot(number: int, *, by: Actor) -> None:
    """恢复巡查点."""
    _plan(number, active=True, by=by)


def look(number: int, *, result: str, note: str = "", sent: Sent, by: Actor) -> PatrolVisit:
    """巡查: what a grid worker saw at a spot: nothing wrong, or put right on the spot. What needs somebody else is filed (`find`)."""
    if result not in RESULTS or result == "filed":
        raise BadInput(field="result", zh="请选看到了什么：没问题，还是当场弄好了。", en="Say what you saw: fine, or fixed on the spot.")
    note = clean(note, limit=NOTE, name="note") if note.strip() else ""
    if result == "fixed" and not note:
        raise BadInput(field="note", zh="写一写弄好了什么。", en="Say what you put right.")
    return _visit(number, result=result, note=note, case=None, sent=sent, by=by)


def find(number: int, *, finding: Finding, sent: Sent, by: Actor, classifier: Classifier) -> Found:
    """巡查发现: what was seen at this spot becomes a case; the look and the case appear together."""
    with transaction.atomic():
        _mine(_spot(number), by)
        found = fieldwork.find(finding, sent=sent, by=by, classifier=classifier)
        _visit(number, result="filed", note="", case=Case.objects.only("pk").get(code=found.code), sent=sent, by=by)
    return found


def _visit(number: int, *, result: str, note: str, case: Case | None, sent: Sent, by: Actor) -> PatrolVisit:
    now, key = clock.now(), sent.key or secrets.token_urlsafe(16)
    at = sent.believed(now) or now
    try:
        with transaction.atomic():
            spot = _spot(number)
            _mine(spot, by)
            if earlier := PatrolVisit.objects.filter(key=key).first():
                return earlier
            visit = PatrolVisit.objects.create(spot=spot, user_id=by.id, key=key, result=result, note=note, case=case, at=at, came_at=now)
            if spot.last_at is None or spot.last_at < at:
                PatrolSpot.objects.filter(pk=spot.pk).update(last_at=at)
    except IntegrityError:  # the same name for a look at another spot, at the same moment
        return PatrolVisit.objects.get(key=key)
    return visit


def _plan(number: int, *, active: bool, by: Actor) -> None:
    with transaction.atomic():
        spot = _spot(number)
        _may_plan(spot.unit, by)
        PatrolSpot.objects.filter(pk=spot.pk).update(active=active)


def _spot(number: int) -> PatrolSpot:
    """The spot, locked."""
    found = PatrolSpot.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise NotFound("没有这个巡查点，可能已经撤了。", "There is no such spot; it may have been taken off.")
    return found


def _mine(spot: PatrolSpot, by: Actor) -> None:
    if spot.unit not in access.own(by, "patrol"):
        raise NotFound("没有这个巡查点，可能已经撤了。", "There is no such spot; it may have been taken off.")


def _may_plan(unit: str, by: Actor) -> None:
    tree = directories.current()
    if unit not in tree.units or not any(tree.under(unit, root=root) for root in access.own(by, "plan_patrols")):
        raise NotAllowed("巡查点由本单位的负责人、办理员和管理员来安排。", "Spots are planned by the unit's own head, clerks and administrators.")


def _checked(*, unit: str, place: str, name: str, every_days: int) -> dict[str, str | int]:
    tree = directories.current()
    known = tree.places.get(place)
    if known is None or known.kind not in ("grid", "community") or not tree.under(known.unit or "", root=tree.area_of(unit)):
        raise BadInput(field="place", zh="请选本单位的网格或社区。", en="Choose a grid or community of this unit.")
    if not OFTENEST <= every_days <= RAREST:
        raise BadInput(field="every_days", zh=f"几天看一次，填 {OFTENEST} 到 {RAREST}。", en=f"Every how many days: {OFTENEST} to {RAREST}.")
    return {"place": place, "name": line(name, limit=80, name="name"), "every_days": every_days}

"""移交: what a dissolved unit has goes to its successor, what a person who moved had goes back to the unit or to a colleague.

The work is done by the worker, case by case, each in its own transaction; the row of the job says how far it is and what became of each case.
"""

from datetime import date, timedelta

from django.db import transaction

from minsheng import clock
from minsheng.casework import casework
from minsheng.commands import dispatch
from minsheng.commands.acts import record
from minsheng.commands.administering import carrying, items
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, WrongState
from minsheng.models.people import Member
from minsheng.models.work import BulkJob
from minsheng.queries import directory as directories
from minsheng.queries import members


def dissolve(unit: str, *, last_day: date, successor: str | None, seen: int | None, by: Actor) -> int | None:
    """撤销单位: it holds until that day; with a successor its open orders go there when the day is over. Returns the number of the job."""
    today, tree = clock.local(clock.now()).date(), directories.current()
    if last_day < today - timedelta(days=1):
        raise BadInput(field="last_day", zh=f"最后一天不能早于昨天，今天是 {today}。", en=f"The last day cannot lie before yesterday; today is {today}.")
    if successor is not None:
        heir = tree.units.get(successor)
        if heir is None or successor == unit or not heir.valid(last_day + timedelta(days=1)):
            raise BadInput(
                field="successor", zh="接手的单位要是另一个、那天以后还在的单位。", en="The successor must be another unit that is still there after that day."
            )
        items.demand_mine(successor, by=by)
    with transaction.atomic():
        items.end("units", key=unit, last_day=last_day, seen=seen, by=by)
        if successor is None:
            return None
        record("hand_over", by=by, subject=f"unit:{unit}", after={"successor": successor, "orders": sum(members.open_orders(unit).values())}, from_day=last_day)
        data = {"unit": unit, "to": successor, "name": tree.units[unit].name}
        when = end_of(last_day) if last_day >= today else None
        return carrying.begin("adm_dissolve", codes=members.order_codes(unit), data=data, when=when, by=by)


def hand_back(user: int, *, unit: str, to: int | None, by: Actor) -> int | None:
    """退回单位: the open orders of this unit that a person has go back to it, or to a colleague of that unit. None: there are none."""
    if to is not None and not Member.objects.filter(user_id=to, unit=unit).exists():
        raise BadInput(field="hand_to", zh="只能交给同一个单位的同事。", en="Choose a colleague of that unit.")
    items.demand_mine(unit, by=by)
    codes = members.order_codes(unit, assignee=user)
    if not codes:
        return None
    record("hand_over", by=by, subject=f"user:{user}", after={"unit": unit, "orders": len(codes), "to": to or ""})
    return carrying.begin("adm_hand_back", codes=codes, data={"unit": unit, "user": user, "to": to}, by=by)


def take_over(code: str, job: BulkJob) -> None:
    """One case of a dissolved unit."""
    reason = f"{job.data['name']}已经撤销，由接续的单位办理。"
    dispatch.take_over(code, unit=str(job.data["unit"]), lead=str(job.data["to"]), reason=reason, by=SYSTEM)


def give_back(code: str, job: BulkJob) -> None:
    """One case of a person who has left."""
    with casework(code, by=SYSTEM) as work:
        mine = [one for one in work.facts.active_orders() if one.unit == job.data["unit"] and one.assignee == job.data["user"]]
        if not mine:
            raise WrongState("已经不在这个人手上。", "This person has it no longer.")
        for order in mine:
            work.note("assigned", data={"order": order.number, "assignee": job.data["to"]})

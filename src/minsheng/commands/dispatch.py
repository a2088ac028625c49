"""派单、改派、转办、上交、裁定: into whose hands."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from minsheng import clock
from minsheng.casework import Work, casework
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.calendar import beijing_day, end_of
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.domain.states import Who
from minsheng.domain.text import clean
from minsheng.policy.responsibility import Answer, community_of, parent_for_escalation, responsible


def target(work: Work, *, to: str = "responsible") -> Answer:
    """Who answers for this case by rule: category × place, or the community of the place. Accused units are never named."""
    directory, facts = work.directory, work.facts
    day = clock.local(work.now).date()
    # An old case may name what the directory no longer knows.
    category = facts.category if facts.category in directory.categories else None
    place = next((code for code in (facts.place, facts.district) if code in directory.places), None)
    community = community_of(directory, place=place) if to == "community" and place is not None else None
    if community is not None and directory.units[community].valid(day):
        found = Answer(lead=community, co=(), basis=f"地点在{directory.units[community].name}，首接负责", sure=True)
    else:
        found = responsible(directory, category=category, place=place, on=day)
    if any(directory.under(found.lead, root=accused) for accused in facts.accused):
        return Answer(lead=directory.centre, co=(), basis="被反映的单位及其下级不办自己的事，由中心另定", sure=False)
    co = tuple(unit for unit in found.co if not any(directory.under(unit, root=accused) for accused in facts.accused))
    return Answer(lead=found.lead, co=co, basis=found.basis, sure=found.sure)


def by_rule(work: Work, *, sure: bool) -> None:
    """Dispatch in the same transaction where the profile says automatic and a unit is known."""
    decision = work.ask("dispatch", sure=sure)
    if decision.value.mode != "automatic":
        return
    found = target(work, to=decision.value.to)
    if found.sure:
        work.move("dispatch", data={**_to(work, found.lead, found.co), "basis": found.basis, "sure": True}, by=SYSTEM, decision=decision)


def dispatch(code: str, *, lead: str | None = None, co: Sequence[str] = (), by: Actor, seen: int | None = None) -> Work:
    """派单: hand the case to the unit that answers for it; without `lead`, to the one the rules name."""
    with casework(code, by=by, seen=seen) as work:
        decision = work.ask("dispatch", sure=True)
        found = target(work, to=decision.value.to)
        basis = found.basis if lead in (None, found.lead) else "由派单员定"
        work.move("dispatch", data={**_to(work, lead or found.lead, co or (() if lead else found.co)), "basis": basis}, decision=decision)
    return work


def reassign(code: str, *, lead: str, co: Sequence[str] = (), reason: str, by: Actor, seen: int | None = None) -> Work:
    """改派: to another unit, by the dispatcher's own judgement."""
    return _hand(code, "reassign", lead=lead, co=co, reason=reason, by=by, seen=seen)


def take_over(code: str, *, unit: str, lead: str, reason: str, by: Actor) -> Work:
    """接续: a unit is dissolved; the case that it leads goes to its successor, as a dispatcher would reassign it."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by) as work:
        order = next((one for one in work.facts.active_orders() if one.unit == unit), None)
        if order is None:
            raise WrongState("已经不在这个单位手上。", "This unit has it no longer.")
        if order.role != "lead":
            raise WrongState("它只是协办，要由主办单位另请协办。", "It only co-handles: the lead unit asks somebody else.")
        data = {**_to(work, lead, ()), "text": work.write("reassign", reason)}
        work.move("reassign", data=data, decision=work.ask("dispatch", sure=True), who=frozenset({Who.DISPATCHER}))
    return work


def forward(code: str, *, lead: str, co: Sequence[str] = (), reason: str, by: Actor, seen: int | None = None) -> Work:
    """转办: the dispatcher of the scope that holds the case hands it on within (or out of) the scope."""
    return _hand(code, "forward", lead=lead, co=co, reason=reason, by=by, seen=seen)


def _hand(code: str, action: str, *, lead: str, co: Sequence[str], reason: str, by: Actor, seen: int | None) -> Work:
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by, seen=seen) as work:
        work.demand(action)
        work.move(action, data={**_to(work, lead, co), "text": work.write(action, reason)}, decision=work.ask("dispatch", sure=True))
    return work


def escalate(code: str, *, tried: str, by: Actor, seen: int | None = None) -> Work:
    """上交: beyond this unit's remit; to the unit that the profile names (default: one level up), with what was tried."""
    tried = clean(tried, limit=2000, name="tried")
    with casework(code, by=by, seen=seen) as work:
        work.demand("escalate")
        decision = work.ask("escalation")
        unit = _above(work, decision.value.to)
        work.move("escalate", data={**_to(work, unit, ()), "text": work.write("escalate", tried)}, decision=decision)
    return work


def _above(work: Work, to: str) -> str:
    holder = work.facts.holder() or work.directory.centre
    if to == "centre":
        return work.directory.centre
    if to.startswith("@"):
        for area in work.directory.areas_of(holder)[1:]:
            for unit in work.directory.department(area, to[1:]):
                return unit
    unit = parent_for_escalation(work.directory, unit=holder, on=beijing_day(work.now))
    if unit is None:
        raise WrongState("上面没有单位可以上交了。", "There is no unit above to escalate to.")
    return unit


def send_back(code: str, *, reason: str, proposed: str, by: Actor, seen: int | None = None) -> Work:
    """退单: not ours; with reason and a proposed owner. Needs consent where the profile says so."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by, seen=seen) as work:
        work.demand("send_back")
        decision = work.ask("send_back")
        if not decision.value.allowed:
            raise WrongState(f"本市不能退单：{decision.because}。", "This city knows no sending back.")
        order = work.order_of(by)
        if work.facts.order(order).role != "lead":
            raise NotAllowed("协办单位用「协办退出」，不用退单。", "A co-handler leaves with its own step.")
        owner = _unit(work, proposed, field="proposed")
        if owner == work.facts.order(order).unit:
            raise BadInput(field="proposed", zh="建议的单位不能是自己。", en="Propose another unit than your own.")
        work.request("send_back", data={"order": order, "proposed": owner, "text": work.write("send_back", reason)})
    return work


def rule(code: str, *, lead: str, co: Sequence[str] = (), basis: str, interim_until: date | None = None, by: Actor, seen: int | None = None) -> Work:
    """裁定: who it is, with the basis; or an interim owner until a date (兜底). Ends a dispute between units."""
    basis = clean(basis, limit=1000, name="basis")
    with casework(code, by=by, seen=seen) as work:
        work.demand("rule")
        decision = work.ask("send_back")
        data: dict[str, Any] = {**_to(work, lead, co), "text": work.write("rule", basis)}
        if interim_until is not None:
            longest = count(work.now, Duration.parse(decision.value.interim_within), work.rules.calendar).due
            until = end_of(interim_until)
            if not work.now < until <= longest:
                raise BadInput(
                    field="interim_until",
                    zh=f"临时负责的日子要在今后 {Duration.parse(decision.value.interim_within).zh}以内。",
                    en="The interim date is past or too far away.",
                )
            data["interim_until"] = until.isoformat()
        work.move("rule", data=data, decision=decision)
    return work


def refer(code: str, *, to: str, reason: str, record: str, by: Actor, seen: int | None = None) -> Work:
    """转出: to 110, 信访, a court or another city, with reason and the number of the record there."""
    reason, record = clean(reason, limit=1000, name="reason"), clean(record, limit=200, name="record")
    if to not in REFERRALS:
        raise BadInput(field="to", zh="请选转到哪里：" + "、".join(REFERRALS.values()) + "。", en="Choose where to refer to: " + ", ".join(REFERRALS))
    with casework(code, by=by, seen=seen) as work:
        work.move("refer", data={"to": to, "text": work.write("refer", f"{reason}\n记录：{record}", public=True)})
    return work


REFERRALS = {
    "police": "110 公安",
    "fire": "119 消防",
    "ambulance": "120 急救",
    "petition": "信访",
    "court": "法院",
    "arbitration": "劳动仲裁",
    "discipline": "纪检监察",
    "elsewhere": "外地",
}


def _to(work: Work, lead: str, co: Sequence[str]) -> dict[str, Any]:
    """The units of a hand-over, checked: known, valid today, not accused, the lead not among the co-handlers."""
    lead = _unit(work, lead, field="lead")
    others = [_unit(work, unit, field="co") for unit in dict.fromkeys(co) if unit != lead]
    active = {order.unit: order.number for order in work.facts.active_orders() if order.role == "co"}
    return {"lead": lead, "co": [unit for unit in others if unit not in active], "also_end": [active[lead]] if lead in active else []}


def _unit(work: Work, code: str, *, field: str) -> str:
    unit = work.directory.units.get(code)
    if unit is None or not unit.valid(beijing_day(work.now)):
        raise BadInput(field=field, zh="没有这个单位，或它已经撤销，请重新选。", en="There is no such unit, or it no longer exists; choose another.")
    if any(work.directory.under(code, root=accused) for accused in work.facts.accused):
        raise BadInput(field=field, zh="被反映的单位和它的下级不能办这件事。", en="An accused unit and those below it cannot handle this case.")
    return code

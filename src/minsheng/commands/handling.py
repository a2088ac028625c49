"""认领、联系、协办、进展、阶段答复、延期、挂账: what a unit does with its order."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from minsheng.casework import Work, casework
from minsheng.commands import publishing
from minsheng.commands.dispatch import _unit
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day, end_of
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.domain.states import FAILED, METHODS, State
from minsheng.domain.text import clean
from minsheng.models.case import Attachment
from minsheng.models.people import Member


def claim(code: str, *, by: Actor, seen: int | None = None) -> Work:
    """认领: this unit takes the case on; the person who claims it is its handler until assigned otherwise."""
    with casework(code, by=by, seen=seen) as work:
        work.demand("claim")
        work.move("claim", data={"order": work.order_of(by), "assignee": by.id})
    return work


def contact(code: str, *, method: str, note: str = "", by: Actor, seen: int | None = None) -> Work:
    """联系: the person was reached. Implies the claim."""
    if method not in METHODS:
        raise BadInput(field="method", zh="请选怎么联系的：" + "、".join(METHODS.values()) + "。", en="Choose: " + ", ".join(METHODS))
    with casework(code, by=by, seen=seen) as work:
        work.demand("contact")
        data: dict[str, Any] = {"order": work.order_of(by), "method": method}
        if work.facts.state is State.DISPATCHED and work.facts.order(data["order"]).role != "lead":
            raise WrongState("请等主办单位认领以后再联系。", "Please wait until the lead unit has claimed the case.")
        if note.strip():
            data["text"] = work.write("contact", clean(note, limit=1000, name="note"))
        work.move("contact", data=data)
    return work


def try_contact(code: str, *, result: str, note: str = "", by: Actor) -> Work:
    """联系未成: an attempt is recorded, the clock runs on."""
    if result not in FAILED:
        raise BadInput(field="result", zh="请选没联系上的原因：" + "、".join(FAILED.values()) + "。", en="Choose: " + ", ".join(FAILED))
    with casework(code, by=by) as work:
        work.demand("contact")
        data: dict[str, Any] = {"order": work.order_of(by), "result": result}
        if note.strip():
            data["text"] = work.write("contact", clean(note, limit=1000, name="note"))
        work.note("contact_tried", data=data)
    return work


def assign(code: str, *, to: int, by: Actor) -> Work:
    """分派到人: a colleague of the same unit handles it."""
    with casework(code, by=by) as work:
        order = work.order_of(by)
        unit = work.facts.order(order).unit
        if not Member.objects.filter(unit=unit, user_id=to).exists():
            raise BadInput(field="to", zh="只能分给本单位的同事。", en="Choose a colleague of your own unit.")
        work.note("assigned", data={"order": order, "assignee": to})
    return work


def co_handle(code: str, *, units: Sequence[str], request: str, by: Actor, seen: int | None = None) -> Work:
    """协办: ask other units for their part."""
    request = clean(request, limit=1000, name="request")
    with casework(code, by=by, seen=seen) as work:
        work.demand("co_handle")
        busy = {order.unit for order in work.facts.active_orders()}
        wanted = [_unit(work, unit, field="units") for unit in dict.fromkeys(units)]
        if not wanted or any(unit in busy for unit in wanted):
            raise BadInput(field="units", zh="请选还没有参与的单位。", en="Choose units that do not take part yet.")
        work.move("co_handle", data={"co": wanted, "text": work.write("co_handle", request)})
    return work


def contribute(code: str, *, opinion: str, by: Actor) -> Work:
    """协办意见: a co-handler says what it found or did."""
    opinion = clean(opinion, limit=2000, name="opinion")
    with casework(code, by=by) as work:
        work.demand("contribute")
        work.move("contribute", data={"order": _co_order(work, by), "text": work.write("contribute", opinion)})
    return work


def leave(code: str, *, reason: str, by: Actor) -> Work:
    """协办退出: a co-handler's refusal changes only its own order."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by) as work:
        work.note("refused", data={"order": _co_order(work, by), "text": work.write("refused", reason)})
    return work


def _co_order(work: Work, by: Actor) -> int:
    units = by.units()
    for order in work.facts.active_orders():
        if order.role == "co" and order.unit in units:
            return order.number
    raise NotAllowed("您的单位现在不是协办。", "Your unit is no co-handler of this case now.")


def progress(code: str, *, text: str, evidence: Sequence[str] = (), by: Actor) -> Work:
    """进展: an internal entry of what was done, with photos."""
    text = clean(text, limit=2000, name="text")
    with casework(code, by=by) as work:
        work.demand("progress")
        work.move("progress", data={"order": work.order_of(by), "text": work.write("progress", text), "evidence": take_evidence(work, evidence)})
    return work


def reply(code: str, *, text: str, promised_on: date | None = None, by: Actor, seen: int | None = None) -> Work:
    """阶段答复: a public word before the matter is done. Meets the answer clock; a promised date is watched."""
    text = clean(text, limit=4000, name="text")
    with casework(code, by=by, seen=seen) as work:
        work.demand("reply")
        digest = work.write("reply", text, public=True)
        data: dict[str, Any] = {"order": _lead_order(work, by), "text": digest}
        if promised_on is not None:
            if promised_on < beijing_day(work.now):
                raise BadInput(field="promised_on", zh="答应的日子不能是过去。", en="The promised date lies in the past.")
            data["promised_at"] = end_of(promised_on).isoformat()
        work.move("reply", data=data, decision=work.ask("publicity"))
        publishing.publish(work, digest, kind="reply", title="", body=text)
    return work


def _lead_order(work: Work, by: Actor) -> int:
    order = work.facts.order(work.order_of(by))
    if order.role != "lead":
        raise NotAllowed("这一步由主办单位来做。", "This step is for the lead unit.")
    return order.number


def extend(code: str, *, by_how_much: str, reason: str, clock: str = "answer", by: Actor, seen: int | None = None) -> Work:
    """延期: more time, with consent where the profile says so. `by_how_much`: "3 working days"."""
    reason, span = clean(reason, limit=1000, name="reason"), _span(by_how_much)
    if clock not in EXTENDED:
        raise BadInput(field="clock", zh="只有答复和办结的时限可以延期。", en="Choose: " + ", ".join(EXTENDED))
    with casework(code, by=by, seen=seen) as work:
        work.demand("extend")
        rule = work.ask("extension")
        if work.facts.extensions >= rule.value.times:
            raise WrongState(f"已经延期 {work.facts.extensions} 次，不能再延：{rule.because}。", "No further extension is allowed.")
        longest = Duration.parse(rule.value.longest)
        if count(work.now, span, work.rules.calendar).due > count(work.now, longest, work.rules.calendar).due:
            raise BadInput(field="by_how_much", zh=f"一次最多延 {longest.zh}。", en=f"At most {longest.text} at a time.")
        if not any(t.kind == clock and t.running for t in work.timers):
            raise WrongState("这个时限现在没有在走，不用延期。", "This clock is not running.")
        work.request(
            "extend", data={"order": _lead_order(work, by), "clock": clock, "by": span.text, "because": rule.because, "text": work.write("extend", reason)}
        )
    return work


#: Promises to the citizen that may be extended.
EXTENDED = ("answer", "close")


def _span(text: str) -> Duration:
    if not re.fullmatch(r"[1-9]\d{0,2} [a-z ]+", text):
        raise BadInput(field="by_how_much", zh="请写延多久，例如 3 working days、24 hours。", en="Say by how much, such as 3 working days or 24 hours.")
    try:
        return Duration.parse(text)
    except ValueError as error:
        raise BadInput(field="by_how_much", zh="请写延多久，例如 3 working days、24 hours。", en=str(error)) from None


def park(code: str, *, plan: str, owner: str, review_on: date, by: Actor, seen: int | None = None) -> Work:
    """挂账: cannot be done now; with a plan for this very spot (一点一方案), an owner and a review date."""
    plan = clean(plan, limit=2000, name="plan")
    with casework(code, by=by, seen=seen) as work:
        work.demand("park")
        rule = work.ask("parking")
        latest = count(work.now, Duration.parse(rule.value.review_within), work.rules.calendar).due
        review_at = end_of(review_on)
        if not work.now < review_at <= latest:
            raise BadInput(
                field="review_on", zh=f"复查日要在今后 {Duration.parse(rule.value.review_within).zh}以内。", en="The review date is past or too far away."
            )
        digest = work.write("plan", plan, public=True)
        data = {"order": _lead_order(work, by), "plan": digest, "text": digest, "owner": _unit(work, owner, field="owner"), "review_at": review_at.isoformat()}
        work.request("park", data=data)
    return work


def unpark(code: str, *, note: str, by: Actor, seen: int | None = None) -> Work:
    """销账: the parked matter goes on; its clocks count on from where they stood."""
    note = clean(note, limit=1000, name="note")
    with casework(code, by=by, seen=seen) as work:
        work.demand("unpark")
        work.move("unpark", data={"text": work.write("unpark", note)})
    return work


def take_evidence(work: Work, tickets: Sequence[str], *, purpose: str = "evidence") -> list[str]:
    """Bind uploaded files to the case; returns their digests. purpose: evidence of a unit, or report (the person's own, erased with its words)."""
    if not tickets:
        return []
    wanted = [ticket for ticket in set(tickets) if "\0" not in ticket]
    rows = list(Attachment.objects.select_for_update().filter(ticket__in=wanted, case=None))
    if len(rows) != len(set(tickets)):
        raise BadInput(field="evidence", zh="有照片没有传上来，请重新添加照片。", en="A photo is missing; please add it again.")
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(case=work.case, ticket="", purpose=purpose)
    return [row.digest for row in rows]

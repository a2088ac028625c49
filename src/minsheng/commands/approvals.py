"""审批: consent to a move that waits. The table is asked again when the move is performed."""

from minsheng.casework import Work, casework
from minsheng.domain import access
from minsheng.domain.access import Actor, Membership
from minsheng.domain.errors import NotAllowed, NotFound, WrongState
from minsheng.domain.states import Role, Who
from minsheng.domain.text import clean
from minsheng.models.approval import Approval
from minsheng.queries import directory as directories


def grant(code: str, number: int, *, reason: str = "", by: Actor, seen: int | None = None) -> Work:
    """同意: the held move is made, if it still may be. A word beside it is kept, where there is one."""
    reason = clean(reason, limit=1000, name="reason") if reason.strip() else ""
    with casework(code, by=by, seen=seen) as work:
        held = _held(work, number, by)
        words = {"text": work.write("consent", reason)} if reason else {}
        work.note("approval_granted", data={"approval": number, "move": held.move, "unit": held.asked_unit, **words})
        Approval.objects.filter(pk=held.pk).update(status="granted", decided_by=by.tag, decided_at=work.now)
        asker = Actor("staff", int(held.asked_by.split(":")[1]), memberships=(Membership(held.asked_unit or "", frozenset({Role.STAFF})),))
        work.move(held.move, data={**held.data, "granted": number}, by=asker, who=frozenset({Who.LEAD}))
    return work


def refuse(code: str, number: int, *, reason: str, by: Actor, seen: int | None = None) -> Work:
    """不同意: with the reason; the case stays where it is."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by, seen=seen) as work:
        held = _held(work, number, by)
        work.note("approval_refused", data={"approval": number, "move": held.move, "unit": held.asked_unit, "text": work.write("refusal", reason)})
        Approval.objects.filter(pk=held.pk).update(status="refused", decided_by=by.tag, decided_at=work.now)
    return work


def _held(work: Work, number: int, by: Actor) -> Approval:
    held = Approval.objects.filter(case=work.case, number=number).first()
    if held is None:
        raise NotFound()
    if held.status != "asked":
        raise WrongState("这份申请已经处理过了。", "This request has been decided already.")
    if held.asked_by == by.tag:
        raise NotAllowed("不能审批自己的申请。", "Nobody decides on their own request.")
    if not may_decide(by, held.approver_unit):
        raise NotAllowed("这份申请不归您审批。", "This request is for others to decide.")
    if held.order is not None and not work.facts.order(held.order).active:
        raise WrongState("原工单已经结束，申请失效。", "The work order has ended; the request has lapsed.")
    return held


def may_decide(by: Actor, unit: str) -> bool:
    """May this actor decide requests addressed to `unit` (domain.access.decides_for)?"""
    return access.decides_for(by, unit, directories.current())

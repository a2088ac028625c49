"""剔除: a case, or one clock of it, shall not count in the figures. Two persons, always: one asks under a published basis, another decides.

When it is granted, the event in the journal names every figure that is taken out, where and how much; afterwards nothing of it is counted again.
"""

from minsheng import projections
from minsheng.casework import Work, casework
from minsheng.domain.access import Actor
from minsheng.domain.deadlines import PROMISES
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.text import clean, line
from minsheng.models.approval import Exemption


def ask_exemption(code: str, *, basis: str, reason: str, clock: str = "", by: Actor, seen: int | None = None) -> Work:
    """申请剔除: the unit that has the case, or a supervisor, names the published rule and says why. clock: which promise; "" the whole case."""
    basis, reason = line(basis, limit=120, name="basis"), clean(reason, limit=1000, name="reason")
    if clock and clock not in PROMISES:
        raise BadInput(field="clock", zh="请选哪个时限不算；整件都不算就不选。", en="Choose which clock shall not count; none for the whole case.")
    with casework(code, by=by, seen=seen) as work:
        if not work.may("ask_exemption"):
            raise NotAllowed("剔除由主办单位或督办员来申请。", "The unit that handles the case, or a supervisor, asks for an exemption.")
        if any(known["clock"] == clock and known["status"] != "refused" for known in work.facts.exemptions.values()):
            raise WrongState("同样的剔除已经申请过了。", "The same exemption has been asked for already.")
        number = len(work.facts.exemptions) + 1
        text = work.write("exemption", reason, title=basis)
        event = work.note("exemption_asked", data={"exemption": number, "clock": clock, "text": text})
        work.beside.append(("ms_exemption", {
            "case_id": work.case.pk, "number": number, "clock": clock, "text": text, "asked_by": by.tag, "asked_unit": event.unit, "asked_at": work.now,
            "status": "asked", "decided_by": "", "decided_at": None,
        }))  # fmt: skip
    return work


def grant_exemption(code: str, number: int, *, reason: str = "", by: Actor, seen: int | None = None) -> Work:
    """同意剔除."""
    return _decide(code, number, "exempted", reason=clean(reason, limit=1000, name="reason") if reason.strip() else "", by=by, seen=seen)


def refuse_exemption(code: str, number: int, *, reason: str, by: Actor, seen: int | None = None) -> Work:
    """不同意剔除: with the reason; it counts."""
    return _decide(code, number, "exemption_refused", reason=clean(reason, limit=1000, name="reason"), by=by, seen=seen)


def _decide(code: str, number: int, action: str, *, reason: str, by: Actor, seen: int | None) -> Work:
    with casework(code, by=by, seen=seen) as work:
        asked = work.facts.exemptions.get(str(number))
        if asked is None:
            raise NotFound()
        if asked["status"] != "asked":
            raise WrongState("这份申请已经处理过了。", "This request has been decided already.")
        if asked["by"] == by.tag:
            raise NotAllowed("剔除要两个人：不能批自己的申请。", "An exemption takes two persons: nobody decides on their own request.")
        if not work.may("decide_exemption"):
            raise NotAllowed("剔除由派单员或督办员来批。", "Exemptions are decided by dispatchers and supervisors.")
        if work.facts.holder() in by.units():
            raise NotAllowed("这件就是您单位办的，剔除要由别的单位的人来批。", "Your own unit handles this case: somebody of another unit decides.")
        text = work.write("exemption", reason) if reason else None
        data = {"exemption": number, "clock": asked["clock"], "text": text}
        if action == "exempted":
            data["taken"] = projections.taken_out(list(work.case.events.order_by("seq")), asked["clock"])
        work.note(action, data=data)
        status = "granted" if action == "exempted" else "refused"
        Exemption.objects.filter(case=work.case, number=number).update(status=status, decided_by=by.tag, decided_at=work.now)
    return work

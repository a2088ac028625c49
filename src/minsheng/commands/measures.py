"""督办、批示与其他监督措施: opened by rule or by a named person, answered, closed or withdrawn."""

from datetime import date, datetime

from minsheng import clock
from minsheng.casework import Work, casework
from minsheng.commands import acts
from minsheng.commands.dispatch import _unit
from minsheng.commands.intake import one_of
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calendar import end_of
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.states import MeasureKind, Who
from minsheng.domain.text import clean
from minsheng.models.measure import Measure, serial_of
from minsheng.policy import decide

_OPENERS = frozenset({Who.SUPERVISOR, Who.LEADER, Who.DISPATCHER})


def instruct(code: str, *, text: str, unit: str, answer_on: date | None = None, by: Actor, seen: int | None = None) -> Work:
    """批示: a leader's instruction to a unit, with a day to answer by."""
    text = clean(text, limit=1000, name="text")
    with casework(code, by=by, seen=seen) as work:
        work.demand("instruct")
        _unit(work, unit, field="unit")
        digest = work.write("instruction", text)
        event = work.move("instruct", data={"unit": unit, "text": digest})
        work.open_measure(
            MeasureKind.INSTRUCTION, level="批示", unit=unit, because="领导批示", by=by, text=digest, evidence=[event.seq],
            answer_by=_day(work, answer_on) if answer_on else None,
        )  # fmt: skip
    return work


def open_measure(code: str, *, kind: str, unit: str, reason: str, answer_on: date | None = None, by: Actor, seen: int | None = None) -> Work:
    """开出措施 by hand: 督办单 and the like, with its basis."""
    chosen, reason = one_of(MeasureKind, kind, field="kind"), clean(reason, limit=200, name="reason")
    with casework(code, by=by, seen=seen) as work:
        _demand(work, by)
        _unit(work, unit, field="unit")
        if chosen is MeasureKind.REFERRAL and not access.proposes(by, work.directory):
            raise NotAllowed("移交纪检由中心的督办员来提。", "Supervisors of the centre hand matters to discipline.")
        if work.has_measure(chosen, ladder=""):
            raise WrongState("同样的或者更严的措施已经开着，不重复督办。", "The same measure, or a stricter one, is open already.")
        work.open_measure(
            chosen, level="人工", unit=unit, because=reason, by=by, text=work.write("measure", reason), answer_by=_day(work, answer_on) if answer_on else None
        )
    return work


def confirm(code: str, number: int, *, by: Actor) -> Work:
    """开出建议的措施: a named person opens what the rule only proposed."""
    with casework(code, by=by) as work:
        _demand(work, by)
        row = _row(work, number, "proposed")
        # The unit's time to answer counts from the opening: how long the proposal lay about is not its time.
        within = decide.step_at(work.rules, row.rule).answer_within
        due = count(work.now, Duration.parse(within), work.rules.calendar).due if within else None
        serial = serial_of(row.kind, clock.local(work.now).year)
        data = {
            "serial": serial, "measure": number, "kind": row.kind, "level": row.level, "unit": row.unit, "ladder": row.ladder, "points": row.points,
            "answer_by": due.isoformat() if due else None, "post": row.post or None, "text": None,
        }  # fmt: skip
        work.note("measure_opened", data=data)
        Measure.objects.filter(pk=row.pk).update(status="opened", opened_by=by.tag, opened_at=work.now, answer_by=due, serial=serial)
    return work


def read_sealed(code: str, number: int, *, by: Actor) -> None:
    """打开移交纪检: who looked at a sealed measure, and when, is kept for good."""
    with casework(code, by=by) as work:
        _row(work, number, "proposed opened answered closed withdrawn")
        acts.record("sealed", by=by, subject=f"measure:{code}/{number}")


def answer(code: str, number: int, *, text: str, by: Actor) -> Work:
    """措施答复: the unit says what it has done about it."""
    text = clean(text, limit=2000, name="text")
    with casework(code, by=by) as work:
        row = _row(work, number, "opened")
        if row.unit not in by.units():
            raise NotAllowed("这份措施不是发给您单位的。", "This measure is addressed to another unit.")
        work.note("measure_answered", data={"measure": number, "text": work.write("measure", text)})
        Measure.objects.filter(pk=row.pk).update(status="answered", answered_at=work.now)
    return work


def close(code: str, number: int, *, by: Actor) -> Work:
    """销号: the answer is accepted."""
    return _end(code, number, "measure_closed", "closed", "answered", reason="", by=by)


def return_(code: str, number: int, *, reason: str, answer_on: date, by: Actor) -> Work:
    """退回重答: the answer does not do; the unit reads why, and has until the new day."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by) as work:
        _demand(work, by)
        row = _row(work, number, "answered")
        if row.kind == MeasureKind.SUGGESTION:
            raise NotAllowed("代表和观察员的建议，由提的人说答复行不行。", "Whoever made a suggestion says whether the answer will do.")
        due = _day(work, answer_on)
        work.note("measure_returned", data={"measure": number, "unit": row.unit, "text": work.write("measure", reason), "answer_by": due.isoformat()})
        Measure.objects.filter(pk=row.pk).update(status="opened", answered_at=None, answer_by=due)
    return work


def withdraw(code: str, number: int, *, reason: str, by: Actor) -> Work:
    """撤销: it should not have been opened, or is no longer needed; with the reason."""
    return _end(code, number, "measure_withdrawn", "withdrawn", "opened proposed answered", reason=clean(reason, limit=1000, name="reason"), by=by)


def _end(code: str, number: int, action: str, status: str, allowed: str, *, reason: str, by: Actor) -> Work:
    with casework(code, by=by) as work:
        _demand(work, by)
        row = _row(work, number, allowed)
        if status == "closed" and row.kind == MeasureKind.SUGGESTION:
            raise NotAllowed("代表和观察员的建议，由提的人说答复行不行。", "Whoever made a suggestion says whether the answer will do.")
        data: dict[str, object] = {"measure": number}
        if reason:
            data["text"] = work.write("measure", reason)
        work.note(action, data=data)
        Measure.objects.filter(pk=row.pk).update(status=status, ended_at=work.now)
    return work


def _row(work: Work, number: int, allowed: str) -> Measure:
    row = Measure.objects.filter(case=work.case, number=number).first()
    if row is None or not access.sees_measure(work.by, row.kind, row.status, row.opened_by, work.directory):
        raise NotFound()
    if row.status not in allowed.split():
        raise WrongState("这份措施现在不能这样处理。", f"The measure is {row.status}.")
    return row


def _demand(work: Work, by: Actor) -> None:
    if not work.who(by) & _OPENERS:
        raise NotAllowed("监督措施由督办员、领导或派单员来开。", "Measures are opened by supervisors, leaders and dispatchers.")


def _day(work: Work, day: date) -> datetime:
    due = end_of(day)
    if due <= work.now:
        raise BadInput(field="answer_on", zh="答复的日子不能是过去。", en="The day to answer by lies in the past.")
    return due

"""批示的跟进: whoever wrote an instruction accepts the answer, or asks again."""

from datetime import date

from minsheng.casework import Work, casework
from minsheng.commands.measures import _day
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound, WrongState
from minsheng.domain.states import MeasureKind
from minsheng.domain.text import clean
from minsheng.models.measure import Measure

AGAIN = "再次批示"


def accept(code: str, number: int, *, by: Actor) -> Work:
    """认可答复: the instruction is done with."""
    with casework(code, by=by) as work:
        row = _own(work, number, by)
        work.note("measure_closed", data={"measure": number})
        Measure.objects.filter(pk=row.pk).update(status="closed", ended_at=work.now)
    return work


def ask_again(code: str, number: int, *, text: str, answer_on: date | None = None, by: Actor) -> Work:
    """再批: the answer does not do. The old instruction ends and a new one, to the same unit, begins; both stay in the journal."""
    text = clean(text, limit=1000, name="text")
    with casework(code, by=by) as work:
        row = _own(work, number, by)
        work.demand("instruct")
        work.note("measure_closed", data={"measure": number, "because": "again"})
        Measure.objects.filter(pk=row.pk).update(status="closed", ended_at=work.now)
        digest = work.write("instruction", text)
        event = work.move("instruct", data={"unit": row.unit, "text": digest})
        work.open_measure(
            MeasureKind.INSTRUCTION, level=AGAIN, unit=row.unit, because="领导再次批示", by=by, text=digest, evidence=[event.seq],
            answer_by=_day(work, answer_on) if answer_on else None,
        )  # fmt: skip
    return work


def _own(work: Work, number: int, by: Actor) -> Measure:
    row = Measure.objects.filter(case=work.case, number=number, kind=MeasureKind.INSTRUCTION, opened_by=by.tag).first()
    if row is None:
        raise NotFound()
    if row.status != "answered":
        raise WrongState("单位还没有答复这条批示，或者它已经了结。", f"The instruction is {row.status}.")
    return row

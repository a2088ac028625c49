"""代表建议: a deputy or an observer suggests, the unit must answer, and whoever asked says whether that will do. Nobody is put under 督办 by it."""

from minsheng.casework import Work, casework
from minsheng.commands.dispatch import _unit
from minsheng.domain import scopes
from minsheng.domain.access import Actor
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.states import MeasureKind, Role, State
from minsheng.domain.text import clean
from minsheng.models.measure import Measure

LIMIT = 1000
AGAIN = "再次建议"
_OVER = frozenset({State.DECLINED, State.REFERRED, State.WITHDRAWN, State.MERGED})


def suggest(code: str, *, text: str, unit: str | None = None, by: Actor, seen: int | None = None) -> Work:
    """提建议: to the unit that has the case, or another one. One open suggestion of one person a case; the profile says how long the unit has."""
    text = clean(text, limit=LIMIT, name="text")
    with casework(code, by=by, seen=seen) as work:
        _looks_on(work, by)
        if work.facts.state in _OVER:
            raise WrongState("这件事已经不在这里办理，不能再提建议。", "This case is not handled here any more.")
        if Measure.objects.filter(case=work.case, kind=MeasureKind.SUGGESTION, opened_by=by.tag, status__in=("opened", "answered")).exists():
            raise WrongState("您对这件事的建议还没有了结，先看单位怎么答复。", "Your suggestion on this case is still open; see first what the unit answers.")
        asked = unit or work.facts.holder()
        if asked is None:
            raise BadInput(field="unit", zh="这件事还没有派给单位，请选一个单位。", en="No unit has this case yet; choose the unit that shall answer.")
        level = "代表建议" if by.has(Role.DEPUTY) else "观察员建议"
        _open(work, unit=_unit(work, asked, field="unit"), text=text, level=level, by=by)
    return work


def accept(code: str, number: int, *, by: Actor) -> Work:
    """认可答复: that will do."""
    with casework(code, by=by) as work:
        row = _own(work, number, by)
        work.note("measure_closed", data={"measure": number})
        Measure.objects.filter(pk=row.pk).update(status="closed", ended_at=work.now)
    return work


def ask_again(code: str, number: int, *, text: str, by: Actor) -> Work:
    """不满意，再提一次: the answer does not do; the same unit must answer once more, with new words. Once: after that it is for the leaders."""
    text = clean(text, limit=LIMIT, name="text")
    with casework(code, by=by) as work:
        row = _own(work, number, by)
        if row.level == AGAIN:
            raise WrongState("已经再提过一次。还不满意，请向人大或者督办员反映。", "It was asked again already; turn to the congress or the supervisors.")
        work.note("measure_closed", data={"measure": number, "because": "again"})
        Measure.objects.filter(pk=row.pk).update(status="closed", ended_at=work.now)
        _open(work, unit=row.unit, text=text, level=AGAIN, by=by)
    return work


def _open(work: Work, *, unit: str, text: str, level: str, by: Actor) -> None:
    within = Duration.parse(work.rules.profile.suggestion_within)
    work.open_measure(
        MeasureKind.SUGGESTION, level=level, unit=unit, because="代表和观察员建议", by=by, text=work.write("suggestion", text),
        answer_by=count(work.now, within, work.rules.calendar).due,
    )  # fmt: skip


def _looks_on(work: Work, by: Actor) -> None:
    if not scopes.looks_on(by, work.facts, work.directory, place_unit=work.place_unit):
        raise NotAllowed("建议由本地区的代表和观察员来提。", "Suggestions are made by the deputies and observers of the area.")


def _own(work: Work, number: int, by: Actor) -> Measure:
    row = Measure.objects.filter(case=work.case, number=number, kind=MeasureKind.SUGGESTION, opened_by=by.tag).first()
    if row is None:
        raise NotFound()
    if row.status != "answered":
        raise WrongState("单位还没有答复这条建议，或者它已经了结。", f"The suggestion is {row.status}.")
    return row

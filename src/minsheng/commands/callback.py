"""回访、评价、办结、重办: the citizen judges."""

from typing import Any

from django.db import transaction

from minsheng.casework import Work, casework
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, WrongState
from minsheng.domain.facts import GOOD_FROM
from minsheng.domain.states import State, Who
from minsheng.domain.text import clean
from minsheng.models.case import Case
from minsheng.policy import decide

LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


def call_back(
    code: str,
    *,
    reached: bool,
    contacted: bool | None = None,
    solved: bool | None = None,
    satisfied: bool | None = None,
    note: str = "",
    by: Actor,
    seen: int | None = None,
) -> Work:
    """回访: three questions (联系了吗、解决了吗、满意吗). The answers decide: close, reopen, or a person decides. Nobody reached is nobody satisfied."""
    if reached and contacted is solved is satisfied is None:
        raise BadInput(field="contacted", zh="打通了就请记下三个问题的回答。", en="Record the answers to the three questions.")
    with casework(code, by=by, seen=seen) as work:
        work.demand("call_back")
        data: dict[str, Any] = {"reached": reached}
        if reached:
            data |= {"contacted": contacted, "solved": solved, "satisfied": satisfied}
        if note.strip():
            data["text"] = work.write("callback", clean(note, limit=1000, name="note"))
        decision = work.ask("callback")
        work.move("call_back", data=data, decision=decision)
        if reached:
            _decide(work, decision)
    return work


def _decide(work: Work, decision: decide.Decision[Any]) -> None:
    verdict = work.facts.verdict or {}
    if verdict.get("solved") is False or verdict.get("satisfied") is False:
        if decision.value.on_bad == "reopen" and _may_reopen(work) is None:
            work.move("reopen", data={"because": "callback"}, by=SYSTEM, decision=decision)
    elif verdict.get("satisfied") and work.facts.state is State.ANSWERED and decision.value.on_good == "close":
        work.move("close", data={"because": "callback"}, by=SYSTEM, decision=decision)


def rate(code: str, *, level: int, reasons: str = "", by: Actor) -> Work:
    """评价: five levels. A good one closes the case where no callback is due; a bad one is called back."""
    if level not in LEVELS:
        raise BadInput(field="level", zh="请从五个档次里选一个：" + "、".join(LEVELS.values()) + "。", en="Choose a level from 1 to 5.")
    with casework(code, by=by) as work:
        data: dict[str, Any] = {"level": level}
        if reasons.strip():
            data["text"] = work.write("rating", clean(reasons, limit=1000, name="reasons"))
        work.move("rate", data=data)
        due = any(t.kind == "callback" and t.running for t in work.timers)
        waits = any(t.kind == "quality" and t.running for t in work.timers)
        if level >= GOOD_FROM and work.facts.state is State.ANSWERED and not due and not waits:
            work.move("close", data={"because": "rating"}, by=SYSTEM)
    return work


def judge(code: str, *, level: int, reasons: str = "", contacted: bool | None = None, solved: bool | None = None, again: str = "", by: Actor) -> None:
    """评价 in one go, as the citizen's page asks: the level, the questions of the callback, and `again`, the reason to handle it once more."""
    with transaction.atomic():
        rate(code, level=level, reasons=reasons, by=by)
        if contacted is not None or solved is not None:
            call_back(code, reached=True, contacted=contacted, solved=solved, satisfied=level >= GOOD_FROM, by=by)
        if again.strip() and Case.objects.filter(code=code, state__in=(State.ANSWERED, State.CLOSED)).exists():
            reopen(code, reason=again, by=by)


def close(code: str, *, by: Actor, seen: int | None = None) -> Work:
    """办结: over for the platform. 办结 is never read as 解决: what the citizen said stays as it was said."""
    with casework(code, by=by, seen=seen) as work:
        work.move("close", data={"because": "operator"})
    return work


def reopen(code: str, *, reason: str, by: Actor, seen: int | None = None) -> Work:
    """重办: a new round, with new clocks."""
    reason = clean(reason, limit=1000, name="reason")
    with casework(code, by=by, seen=seen) as work:
        work.demand("reopen")
        problem = _may_reopen(work)
        if problem is not None and not work.who(by) & {Who.SUPERVISOR, Who.OPERATOR}:
            raise problem
        work.move("reopen", data={"because": "asked", "text": work.write("reopen", reason)}, decision=work.ask("reopening"))
    return work


def _may_reopen(work: Work) -> WrongState | None:
    rule = work.ask("reopening")
    if work.facts.round >= rule.value.rounds:
        return WrongState(
            f"已经办过 {work.facts.round} 轮，请打 {work.rules.profile.hotline} 由人来看。", "This case has had all its rounds; please call the hotline."
        )
    ended = work.facts.closed_at or work.facts.answered_at
    if ended is not None and work.now > count(ended, Duration.parse(rule.value.within), work.rules.calendar).due:
        return WrongState(
            f"{rule.because}，现在已经过了。可以重新反映，写上原来的编号。", "The time for reopening is over; please file anew and name the old code."
        )
    return None

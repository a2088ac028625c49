"""回访、评价、办结、重办: the citizen judges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from minsheng import clock
from minsheng.casework import Work, casework
from minsheng.domain import facts_json
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, MinshengError, NotFound, WrongState
from minsheng.domain.facts import BAD_TO, GOOD_FROM
from minsheng.domain.judged import RESULTS, Follows, follows, unreached
from minsheng.domain.states import PartyRole, State, Who
from minsheng.domain.text import clean
from minsheng.models.case import Case, Party
from minsheng.policy import decide
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook

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
        _demand_passed(work)
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


def _demand_passed(work: Work) -> None:
    """Nobody is asked about an answer that the person cannot read yet."""
    if any(t.kind == "quality" and t.running for t in work.timers):
        raise WrongState("答复还在质检，通过后再回访、评价。", "The answer still waits for its check; it is judged once it has passed.")


def _decide(work: Work, decision: decide.Decision[Any]) -> None:
    verdict = work.facts.verdict or {}
    match _follows(work, decision, solved=verdict.get("solved"), satisfied=verdict.get("satisfied")):
        case "reopen":
            work.move("reopen", data={"because": "callback"}, by=SYSTEM, decision=decision)
        case "close":
            work.move("close", data={"because": "callback"}, by=SYSTEM, decision=decision)


def _follows(work: Work, decision: decide.Decision[Any], *, solved: bool | None, satisfied: bool | None) -> Follows:
    return follows(
        solved=solved, satisfied=satisfied, on_bad=decision.value.on_bad, on_good=decision.value.on_good,
        may_reopen=_may_reopen(work) is None, may_close=work.facts.state is State.ANSWERED and not _waits_for_others(work),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the answers of a callback would bring, before they are sent: for a good and for a bad one, and why not a new round.

    ladder: the measure that a new round opens by rule ("" none; proposed: a person opens it). because: the profile's words.
    """

    good: Follows
    bad: Follows
    no_reopen: MinshengError | None
    others: bool
    ladder: str
    proposed: bool
    because: str


def outlook(code: str, *, by: Actor) -> Outlook:
    """这样记下后: nothing is written and nobody waits."""
    case = Case.objects.filter(code=code).first()
    if case is None:
        raise NotFound()
    work = Work(case, facts_json.from_json(case.facts), rulebook.pinned(case.rules), directories.current(), clock.now(), by)
    decision = work.ask("callback")
    step = decide.counted_step(work.rules, "rounds", work.policy_facts(round=work.facts.round + 1), work.facts.round + 1)
    opens = step is not None and not work.has_measure(step[1].measure, ladder="rounds")
    return Outlook(
        good=_follows(work, decision, solved=True, satisfied=True),
        bad=_follows(work, decision, solved=False, satisfied=False),
        no_reopen=_may_reopen(work),
        others=_waits_for_others(work),
        ladder=step[1].level if step is not None and opens else "",
        proposed=bool(step and step[1].proposed_only),
        because=decision.because,
    )


def try_call(code: str, *, result: str, again_at: datetime | None = None, note: str = "", by: Actor, seen: int | None = None) -> Work:
    """回访未通: nobody answered, or the person asks for another time; the clock runs on. The third try in vain, a wrong number or a refusal is 没联系上."""
    if result not in RESULTS:
        raise BadInput(field="result", zh="请选没问成的原因：" + "、".join(RESULTS.values()) + "。", en="Choose: " + ", ".join(RESULTS))
    if (result == "later") != (again_at is not None):
        raise BadInput(field="again_at", zh="约好再打，请写约在几点；别的原因不用写。", en="Say when to call again if that was agreed, and only then.")
    words = clean(note, limit=1000, name="note") if note.strip() else ""
    with casework(code, by=by, seen=seen) as work:
        work.demand("call_back")
        _demand_passed(work)
        if again_at is not None and not work.now < again_at <= work.now + AGAIN_WITHIN:
            raise BadInput(field="again_at", zh="约的时间要在今后两周以内。", en="The time must lie within the next two weeks.")
        tries = (work.facts.calls or {}).get("tries", 0)
        data = {"result": result, "again": again_at.isoformat() if again_at else None, "text": work.write("callback", words) if words else None}
        work.note("callback_tried", data=data)
        if unreached(tries, result):
            work.move("call_back", data={"reached": False, "result": result, "tries": tries + 1}, decision=work.ask("callback"))
    return work


#: How far away a call may be put off.
AGAIN_WITHIN = timedelta(days=14)


def rate(code: str, *, level: int, reasons: str = "", ticked: Sequence[str] = (), by: Actor) -> Work:
    """评价: five levels, with the profile's reasons that were ticked. A good one closes the case where no callback is due; a bad one is called back."""
    if level not in LEVELS:
        raise BadInput(field="level", zh="请从五个档次里选一个：" + "、".join(LEVELS.values()) + "。", en="Choose a level from 1 to 5.")
    with casework(code, by=by) as work:
        work.demand("rate")
        _demand_passed(work)
        offered = work.ask("rating", rated_bad=level <= BAD_TO)
        data: dict[str, Any] = {"level": level, "reasons": [reason for reason in offered.value.reasons if reason in ticked]}
        if reasons.strip():
            data["text"] = work.write("rating", clean(reasons, limit=1000, name="reasons"))
        work.move("rate", data=data)
        if not _waits_for_staff(work) and not _waits_for_others(work):
            _close_when_good(work, because="rating")
    return work


def _close_when_good(work: Work, *, because: str, decision: decide.Decision[Any] | None = None) -> None:
    if (work.facts.verdict or {}).get("satisfied") and work.facts.state is State.ANSWERED:
        work.move("close", data={"because": because}, by=SYSTEM, decision=decision)


def _waits_for_staff(work: Work) -> bool:
    """A callback or a check of the answer is still to be made."""
    return any(t.kind in ("callback", "quality") and t.running for t in work.timers)


def _waits_for_others(work: Work) -> bool:
    """异议期: somebody else whom it concerns says that it is not done, or has not spoken while the time for it runs."""
    if work.facts.disputes:
        return True
    silent = len(work.facts.voices) < work.facts.affected and any(t.kind == "confirm" and t.running for t in work.timers)
    return silent and bool(work.ask("callback").value.everyone)


def voice(code: str, *, party: int, done: bool, words: str = "", by: Actor) -> Work:
    """确认、说没办好: one of several people whom it concerns says whether it is done. A dispute never closes or reopens by itself: a person decides."""
    with casework(code, by=by) as work:
        if work.facts.state not in (State.ANSWERED, State.CLOSED) or work.facts.answered_at is None:
            raise WrongState("还没有答复，答复后再请您说办得怎么样。", "There is no answer yet; you will be asked once there is one.")
        if not concerned(work.case).filter(pk=party).exists():
            raise NotFound()
        if not done and work.facts.state is State.CLOSED and (problem := _may_reopen(work)) is not None:
            raise problem
        text = work.write("voice", clean(words, limit=1000, name="words")) if words.strip() else None
        work.note("confirmed" if done else "disputed", data={"party": party, "text": text})
        if not _waits_for_staff(work) and not _waits_for_others(work):
            _close_when_good(work, because="voices")
    return work


def concerned(case: Case) -> QuerySet[Party]:
    """同诉人: whom the case concerns beside the caller: those who joined, and the callers of the cases merged into it."""
    joined = Q(case=case, role=PartyRole.AFFECTED) | Q(case__merged_into=case.pk, role__in=(PartyRole.CALLER, PartyRole.AFFECTED))
    return Party.objects.filter(joined, left_at=None, erased_at=None)


def judge(
    code: str, *, level: int, reasons: str = "", ticked: Sequence[str] = (), contacted: bool | None = None, solved: bool | None = None, again: str = "",
    by: Actor,
) -> None:  # fmt: skip
    """评价 in one go, as the citizen's page asks: the level, the questions of the callback, and `again`, the reason to handle it once more."""
    with transaction.atomic():
        rate(code, level=level, reasons=reasons, ticked=ticked, by=by)
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

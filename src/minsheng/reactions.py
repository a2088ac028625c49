"""One table: event → consequences. A consequence that fails fails the command; only sending may fail later, alone.

`before` runs while the facts are still those before the event (it notes which promises the event keeps or breaks);
`after` runs when they are new (it starts, pauses and ends clocks, then walks REACTIONS).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from minsheng.domain import strictness
from minsheng.domain.access import SYSTEM
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.facts import BAD_TO, Event
from minsheng.domain.moves import MOVES
from minsheng.policy import clockwork, decide
from minsheng.policy.schema import LadderStep

if TYPE_CHECKING:
    from minsheng.casework import Work

Reaction = Callable[["Work", Event], None]


# --- clocks -------------------------------------------------------------------------------------------------------------


def before(work: Work, event: Event) -> None:
    """Meet and un-meet clocks; the journal keeps whether each promise was held."""
    clockwork.before(work, event)


def after(work: Work, event: Event) -> None:
    """End, pause, resume and start clocks, then walk the table of reactions."""
    clockwork.after(work, event)
    for reaction in REACTIONS.get(event.action, ()):
        reaction(work, event)


# --- approvals and measures -----------------------------------------------------------------------------------------------


def lapse_approvals(work: Work, event: Event) -> None:
    """What waits for consent lapses when its work order has ended."""
    active = {order.number for order in work.facts.active_orders()}
    for number, approval in list(work.facts.approvals.items()):
        if approval["status"] == "asked" and approval["order"] not in active and event.data.get("granted") != int(number):
            work.note("approval_lapsed", data={"approval": int(number), "because": event.action}, by=SYSTEM)
            work.case.approvals.filter(number=int(number)).update(status="lapsed", decided_at=work.now)


def climb(kind: str, n: Callable[[Work], int]) -> Reaction:
    """A ladder over a counted fact: the n-th occurrence reaches a step."""

    def react(work: Work, event: Event) -> None:
        found = decide.counted_step(work.rules, kind, work.policy_facts(), n(work))
        if found is not None:
            take_step(work, found[0], found[1], ladder=kind, evidence=[event.seq])

    return react


def take_step(work: Work, rule: str, step: LadderStep, *, ladder: str, evidence: list[int], owner: str | None = None) -> None:
    """Do what a step of the ladder says: open the measure, or only propose it where a named person must open it.

    `owner`: the unit whose clock it is, where that is not the unit that holds the case (`whose`).
    """
    if work.has_measure(step.measure, ladder=ladder):
        return
    due = count(work.now, Duration.parse(step.answer_within), work.rules.calendar).due if step.answer_within else None
    for unit, post in clockwork.receivers(work, step.to, owner=owner):
        work.open_measure(
            step.measure, level=step.level, unit=unit, post=post, because=step.because, by=SYSTEM, points=step.points, ladder=ladder,
            rule=rule, answer_by=due, evidence=evidence, proposed=step.proposed_only or None,
        )  # fmt: skip


def absorb(work: Work, event: Event) -> None:
    """不重复督办: what is weaker ends when something stricter is opened, and the journal says by which."""
    number = event.data["measure"]
    for weaker in list(strictness.absorbed_by(work.facts.measures, number)):
        action = "measure_withdrawn" if work.facts.measures[str(weaker)]["status"] == "proposed" else "measure_closed"
        work.note(action, data={"measure": weaker, "because": "absorbed", "into": number}, by=SYSTEM)
        _ended(work, weaker, action.removeprefix("measure_"))


def _ended(work: Work, number: int, status: str) -> None:
    """The row of a measure that ends, also of one that was opened a moment ago."""
    for row in work.measures:
        if row.number == number:
            row.status, row.ended_at = status, work.now
    work.case.measures.filter(number=number).update(status=status, ended_at=work.now)


def close_reminders(work: Work, event: Event) -> None:
    """Nothing is left to be watched for in a case that is over: open measures stay open until their unit has answered them; proposals fall away."""
    for number, measure in list(work.facts.measures.items()):
        if measure["status"] == "proposed":
            work.note("measure_withdrawn", data={"measure": int(number), "because": event.action}, by=SYSTEM)
            work.case.measures.filter(number=int(number)).update(status="withdrawn", ended_at=work.now)


#: event → consequences, in order.
REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "register": (clockwork.readjust,),
    "amend": (clockwork.readjust,),
    "return_answer": (climb("quality_failures", lambda work: work.facts.quality_failures),),
    "rate": (climb("bad_ratings", lambda work: work.facts.bad_ratings if (work.facts.rating or 5) <= BAD_TO else 0),),
    "send_back": (lapse_approvals, climb("send_backs", lambda work: len(work.facts.refusals))),
    "reopen": (lapse_approvals, climb("rounds", lambda work: work.facts.round)),
    "rule": (lapse_approvals,),
    "reassign": (lapse_approvals,),
    "forward": (lapse_approvals,),
    "escalate": (lapse_approvals,),
    "extend": (clockwork.extend_clock,),
    "close": (lapse_approvals,),
    "decline": (lapse_approvals,),
    "refer": (lapse_approvals, close_reminders),
    "withdraw": (lapse_approvals, close_reminders),
    "merge": (lapse_approvals, close_reminders),
    "measure_opened": (absorb,),
}

#: Entries that somebody is told about (jobs/notify.py decides whom and how).
_TOLD = frozenset(MOVES) - {"claim", "progress"} | {
    "deadline_step", "measure_opened", "measure_proposed", "measure_answered", "measure_returned", "approval_asked", "approval_granted",
    "approval_refused", "gathered", "spot",
}  # fmt: skip


def tells(event: Event) -> bool:
    """Does anybody have to be told of this event?"""
    return event.action in _TOLD

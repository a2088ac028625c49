"""One table: event → consequences. A consequence that fails fails the command; only sending may fail later, alone.

`before` runs while the facts are still those before the event (it notes which promises the event keeps or breaks);
`after` runs when they are new (it starts, pauses and ends clocks, then walks REACTIONS).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from minsheng.domain import strictness
from minsheng.domain.access import SYSTEM
from minsheng.domain.deadlines import CLOCKS, Clock, Duration, Timer, count
from minsheng.domain.facts import BAD_TO, GOOD_FROM, Event
from minsheng.domain.moves import MOVES
from minsheng.domain.states import OrderRole, State
from minsheng.policy import decide
from minsheng.policy.schema import LadderStep

if TYPE_CHECKING:
    from minsheng.casework import Work

Reaction = Callable[["Work", Event], None]


# --- clocks -------------------------------------------------------------------------------------------------------------


def before(work: Work, event: Event) -> None:
    """Meet and un-meet clocks; the journal keeps whether each promise was held."""
    if work.is_new and event.action == "receive":
        return
    met: list[dict[str, Any]] = []
    for timer in work.timers:
        clock = CLOCKS[timer.kind]
        if event.action in clock.met_by and timer.met_at is None and _concerns(clock, timer, event):
            unit = whose(work, timer)
            counted = bool(timer.explanation.get("missed"))
            timer.meet(work.now)
            late, due = timer.late(work.now), timer.due_at.isoformat()
            if late:
                timer.explanation["missed"] = True  # counted once, also when the answer comes back and the clock runs on
            met.append({"kind": timer.kind, "order": timer.order, "due": due, "late": late, "unit": unit, "counted": counted})
        elif event.action in clock.unmet_by and timer.met_at is not None and timer.met_at == work.facts.answered_at:
            # Met by this very answer; what a reply had met before stays met.
            timer.unmeet()
            event.data.setdefault("unmet", []).append(timer.kind)
    if met:
        event.data["met"] = met


def after(work: Work, event: Event) -> None:
    """End, pause, resume and start clocks, then walk the table of reactions."""
    merged = work.facts.state is State.MERGED
    ended = set() if merged else {order.number for order in work.facts.orders if not order.active}
    for timer in work.timers:
        clock = CLOCKS[timer.kind]
        over = timer.order in ended or (clock.per == "case" and timer.round < work.facts.round)
        if timer.met_at is None and (over or _ends(clock, timer, event)):
            timer.end(work.now, why=event.action)
        elif timer.running and (merged or event.action in clock.paused_by):
            timer.pause(work.now, why=event.action, calendar=work.rules.calendar)
        elif timer.paused_at and event.action in _resumed_by(clock, timer):
            timer.resume(work.now, calendar=work.rules.calendar)
    for clock in CLOCKS.values():
        if event.action in clock.start:
            _start(work, clock, event)
    if event.action == "dispatch":
        _start_late(work, event)
    for reaction in REACTIONS.get(event.action, ()):
        reaction(work, event)


def _resumed_by(clock: Clock, timer: Timer) -> frozenset[str]:
    """并案 rests every clock, 拆开 sets exactly those going again; what was parked before stays parked."""
    return frozenset({"unmerge"}) if timer.explanation["pauses"][-1]["why"] == "merge" else clock.resumed_by


def whose(work: Work, timer: Timer) -> str | None:
    """The unit whose duty a clock is; None for the promises to the citizen, which are those of the unit that holds the case."""
    if timer.order:
        return work.facts.order(timer.order).unit
    if timer.kind == "approval":
        return str(work.facts.approvals[str(timer.subject)]["approver"])
    if timer.kind == "measure":
        return str(work.facts.measures[str(timer.subject)]["unit"])
    return work.directory.centre if CLOCKS[timer.kind].desk else None


def _concerns(clock: Clock, timer: Timer, event: Event) -> bool:
    if clock.per in ("lead", "co"):
        return timer.order == event.data.get("order")
    if clock.per == "subject":
        return timer.subject == event.data.get("approval", event.data.get("measure"))
    return True


def _ends(clock: Clock, timer: Timer, event: Event) -> bool:
    return event.action in clock.ended_by and (clock.per != "subject" or _concerns(clock, timer, event))


def _start(work: Work, clock: Clock, event: Event) -> None:
    facts = work.facts
    if event.action == "send_back" and clock.kind in ("ruling", "dispatch"):
        # A dispute has time for its ruling instead of being dispatched in minutes.
        disputed = len(facts.refusals) >= work.ask("send_back").value.ruling_after
        if disputed != (clock.kind == "ruling"):
            return
    if clock.kind == "dispatch" and event.after not in (State.RECEIVED, State.REGISTERED):
        return
    if clock.kind == "contact" and facts.contacted_at is not None and event.action in ("escalate", "forward"):
        return  # 首次联系 has been made; who takes over inside the administration owes no second one within minutes
    if clock.kind in _SAMPLED and not _in_sample(work, clock.kind, event):
        return
    if clock.per in ("lead", "co"):
        wanted = OrderRole.LEAD if clock.per == "lead" else OrderRole.CO
        for order in facts.active_orders():
            if order.opened_at == work.now and order.role is wanted and order.claimed_at is None and not _has(work, clock.kind, order=order.number):
                _arm(work, clock, event, order=order.number)
        return
    if clock.per == "case" and _has(work, clock.kind):
        if clock.kind != "promise":
            return
        for timer in work.timers:
            if timer.kind == "promise" and timer.running and event.data.get(clock.due_key):
                timer.end(work.now, why="new promise")
    _arm(work, clock, event, subject=event.data.get("approval", event.data.get("measure")) if clock.per == "subject" else None)


#: Clocks that only run for cases drawn into the profile's sample.
_SAMPLED = frozenset({"quality", "callback"})


def _in_sample(work: Work, question: str, event: Event) -> bool:
    if event.action == "rate" and (work.facts.rating or 5) >= GOOD_FROM:
        return False
    return decide.sampled(work.ask(question).value.share, f"{question}:{work.case.code}:{work.facts.round}")


def _has(work: Work, kind: str, *, order: int | None = None) -> bool:
    return any(t.kind == kind and t.round == work.facts.round and t.ended_at is None and t.met_at is None and t.order == order for t in work.timers)


def _arm(work: Work, clock: Clock, event: Event, *, order: int | None = None, subject: int | None = None) -> None:
    known = work.policy_facts(**({"sure": True} if event.data.get("sure") else {}))
    if clock.due_key:
        due = event.data.get(clock.due_key)
        if due is None:
            return
        timer = decide.arm_until(work.rules, clock.kind, known, start=work.now, due=datetime.fromisoformat(due), event=event.action, round=work.facts.round)
    else:
        rule = decide.deadline(work.rules, clock.kind, known)
        if rule is None or (clock.per == "case" and rule.value.starts == "dispatch" and event.action == "receive"):
            return
        armed = decide.arm(work.rules, clock.kind, known, start=work.now, event=event.action, round=work.facts.round, order=order)
        assert armed is not None
        timer = armed
    timer.subject = subject
    work.start(timer)
    event.data.setdefault("armed", []).append({"kind": timer.kind, "due": timer.due_at.isoformat(), "rule": timer.explanation.get("rule"), "order": order})


def _start_late(work: Work, event: Event) -> None:
    """Citizen's clocks that this city starts at dispatch: once in a round, never again on a later dispatch."""
    for kind in ("answer", "close"):
        found = decide.deadline(work.rules, kind, work.policy_facts())
        already = any(t.kind == kind and t.round == work.facts.round for t in work.timers)
        if found is not None and found.value.starts == "dispatch" and not already:
            _arm(work, CLOCKS[kind], event)


def readjust(work: Work, event: Event) -> None:
    """更正 of urgency, category or kind: the citizen's clocks are counted again from their start under the rule that now fits."""
    if not event.data.keys() & {"urgency", "category", "kind", "simple"}:
        return
    for timer in work.timers:
        if timer.kind not in ("answer", "close") or not timer.running:
            continue
        known = work.policy_facts()
        rule = decide.deadline(work.rules, timer.kind, known)
        if rule is None or rule.value.within == timer.duration:
            continue
        fresh = decide.arm(work.rules, timer.kind, known, start=timer.started_at, event=timer.explanation["start_event"], round=timer.round)
        assert fresh is not None
        timer.replace(fresh, why=event.action, now=work.now, calendar=work.rules.calendar)
        event.data.setdefault("armed", []).append({"kind": timer.kind, "due": timer.due_at.isoformat(), "rule": timer.explanation["rule"], "order": None})


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
    for unit, post in receivers(work, step.to, owner=owner):
        work.open_measure(
            step.measure, level=step.level, unit=unit, post=post, because=step.because, by=SYSTEM, points=step.points, ladder=ladder,
            rule=rule, answer_by=due, evidence=evidence, proposed=step.proposed_only or None,
        )  # fmt: skip


def receivers(work: Work, to: str, *, owner: str | None = None) -> list[tuple[str, str]]:
    """(unit, post) of everybody a ladder step is addressed to: one, but for a rung that two posts share.

    Where a post or department is missing, or is accused in the case, the centre answers.
    """
    tree, holder = work.directory, owner or work.facts.holder() or work.directory.centre
    start = work.place_unit or holder
    found: list[tuple[str, str]] = []
    if to == "lead":
        found = [(holder, "")]
    elif to == "next_level":
        found = [(unit, "") for unit in tree.ancestors(holder)[1:2]]
    elif to.startswith("post:"):
        found = [(post.unit, post.code) for post in tree.chain_of_posts(start) if post.order == int(to[5:])]
    elif to.startswith("@"):
        found = [(unit, "") for area in tree.areas_of(start) for unit in tree.department(area, to[1:])][:1]
    return [(unit, post) for unit, post in found if not any(tree.under(unit, root=accused) for accused in work.facts.accused)] or [(tree.centre, "")]


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


def extend_clock(work: Work, event: Event) -> None:
    """延期, consented to: the named clock is due later."""
    for timer in work.timers:
        if timer.kind == event.data["clock"] and timer.running:
            timer.extend(Duration.parse(event.data["by"]), why=event.data["because"], calendar=work.rules.calendar)
            event.data["due"] = timer.due_at.isoformat()


#: event → consequences, in order.
REACTIONS: dict[str, tuple[Reaction, ...]] = {
    "register": (readjust,),
    "amend": (readjust,),
    "return_answer": (climb("quality_failures", lambda work: work.facts.quality_failures),),
    "rate": (climb("bad_ratings", lambda work: work.facts.bad_ratings if (work.facts.rating or 5) <= BAD_TO else 0),),
    "send_back": (lapse_approvals, climb("send_backs", lambda work: len(work.facts.refusals))),
    "reopen": (lapse_approvals, climb("rounds", lambda work: work.facts.round)),
    "rule": (lapse_approvals,),
    "reassign": (lapse_approvals,),
    "forward": (lapse_approvals,),
    "escalate": (lapse_approvals,),
    "extend": (extend_clock,),
    "close": (lapse_approvals,),
    "decline": (lapse_approvals,),
    "refer": (lapse_approvals, close_reminders),
    "withdraw": (lapse_approvals, close_reminders),
    "merge": (lapse_approvals, close_reminders),
    "measure_opened": (absorb,),
}

#: Entries that somebody is told about (jobs/notify.py decides whom and how).
_TOLD = frozenset(MOVES) - {"claim", "progress"} | {
    "deadline_step", "measure_opened", "measure_proposed", "measure_answered", "measure_returned",
    "approval_asked", "approval_granted", "approval_refused", "gathered", "spot",
}  # fmt: skip


def tells(event: Event) -> bool:
    """Does anybody have to be told of this event?"""
    return event.action in _TOLD

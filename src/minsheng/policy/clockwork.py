"""时限怎么走: what an event does to the clocks of a case. Pure: the live case (casework) and its rehearsal (rehearsing) both walk it.

`before` runs while the facts are still those before the event (it notes which promises the event keeps or breaks);
`after` runs when they are new (it starts, pauses and ends clocks).
"""

from datetime import datetime
from typing import Any, Protocol

from minsheng.domain.deadlines import CLOCKS, Clock, Duration, Timer
from minsheng.domain.facts import GOOD_FROM, CaseFacts, Event
from minsheng.domain.states import OrderRole, State
from minsheng.policy import decide
from minsheng.policy.directory import Directory
from minsheng.policy.load import Rules


class Clocked(Protocol):
    """诉求 as the clocks see it: what is true, which rules hold, and the clocks that have not ended."""

    facts: CaseFacts
    rules: Rules
    directory: Directory
    now: datetime
    is_new: bool

    @property
    def code(self) -> str:
        """The code of the case: samples are drawn by it."""

    @property
    def timers(self) -> list[Timer]:
        """The clocks that have not ended."""

    @property
    def place_unit(self) -> str | None:
        """The area unit of the case's place."""

    def policy_facts(self, **known: Any) -> dict[str, Any]:
        """The closed list of facts, with what only the caller knows."""

    def ask(self, question: str) -> decide.Decision[Any]:
        """Put a question to the rules."""

    def start(self, timer: Timer) -> None:
        """Set a clock going."""


def before(work: Clocked, event: Event) -> None:
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


def after(work: Clocked, event: Event) -> None:
    """End, pause, resume and start clocks."""
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


def _resumed_by(clock: Clock, timer: Timer) -> frozenset[str]:
    """并案 rests every clock, 拆开 sets exactly those going again; what was parked before stays parked."""
    return frozenset({"unmerge"}) if timer.explanation["pauses"][-1]["why"] == "merge" else clock.resumed_by


def whose(work: Clocked, timer: Timer) -> str | None:
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


def _start(work: Clocked, clock: Clock, event: Event) -> None:
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


def _in_sample(work: Clocked, question: str, event: Event) -> bool:
    if event.action == "rate" and (work.facts.rating or 5) >= GOOD_FROM:
        return False
    return decide.sampled(work.ask(question).value.share, f"{question}:{work.code}:{work.facts.round}")


def _has(work: Clocked, kind: str, *, order: int | None = None) -> bool:
    return any(t.kind == kind and t.round == work.facts.round and t.ended_at is None and t.met_at is None and t.order == order for t in work.timers)


def _arm(work: Clocked, clock: Clock, event: Event, *, order: int | None = None, subject: int | None = None) -> None:
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


def _start_late(work: Clocked, event: Event) -> None:
    """Citizen's clocks that this city starts at dispatch: once in a round, never again on a later dispatch."""
    for kind in ("answer", "close"):
        found = decide.deadline(work.rules, kind, work.policy_facts())
        already = any(t.kind == kind and t.round == work.facts.round for t in work.timers)
        if found is not None and found.value.starts == "dispatch" and not already:
            _arm(work, CLOCKS[kind], event)


def readjust(work: Clocked, event: Event) -> None:
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


def extend_clock(work: Clocked, event: Event) -> None:
    """延期, consented to: the named clock is due later."""
    for timer in work.timers:
        if timer.kind == event.data["clock"] and timer.running:
            timer.extend(Duration.parse(event.data["by"]), why=event.data["because"], calendar=work.rules.calendar)
            event.data["due"] = timer.due_at.isoformat()


def receivers(work: Clocked, to: str, *, owner: str | None = None) -> list[tuple[str, str]]:
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


def place_unit(facts: CaseFacts, directory: Directory) -> str | None:
    """The area unit of the case's place."""
    found = directory.places.get(facts.place or facts.district or "")
    return found.unit if found else None


def policy_facts(facts: CaseFacts, directory: Directory) -> dict[str, Any]:
    """The closed list of facts, with what the directory knows of unit and category."""
    unit = directory.units.get(facts.holder() or "")
    category = directory.categories.get(facts.category or "")
    return decide.policy_facts(facts, level=unit.level if unit else None, risk=bool(category and category.risk))

"""推演: what a case's clocks and ladders would have been under other rules. Pure: (rules, directory, journal of one case, until) → Rehearsed.

What people did, when they did it, and the automatic moves (派单, closing by silence) stay as the journal tells them; what the rules themselves brought
about is worked out anew: every due time, whether it was kept, every step of a ladder and the measures it opened or proposed. A unit's answer to a
measure goes with the rehearsed measure of the same kind, level and unit; where there is none, nobody would have had to answer, and it falls away.
A step fires at its own moment, as where the sweep runs each minute. Excused outages stay excused; days are counted with the calendar of today.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from minsheng.domain import strictness
from minsheng.domain.calendar import beijing_day
from minsheng.domain.deadlines import PROMISES, Duration, Timer, count
from minsheng.domain.facts import BAD_TO, CaseFacts, Event, apply
from minsheng.domain.tallies import clock_deltas
from minsheng.policy import clockwork, decide
from minsheng.policy.directory import Directory
from minsheng.policy.load import Rules
from minsheng.policy.schema import LadderStep


@dataclass(frozen=True, slots=True)
class Opened:
    """A measure that the rules would have opened (or, where a named person must open it, proposed)."""

    at: datetime
    kind: str
    level: str
    unit: str
    points: int
    rule: str
    proposed: bool


@dataclass(slots=True)
class Rehearsed:
    """What would have been: (metric, unit) → how often, metric being {clock}_kept and {clock}_missed of every promise; and the measures."""

    figures: dict[tuple[str, str], int] = field(default_factory=dict)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)


def rehearse(rules: Rules, directory: Directory, code: str, events: Iterable[Event], *, until: datetime) -> Rehearsed:
    """Live through the journal of one case under these rules, up to a moment. The events are not changed."""
    run = _Run(code, rules, directory)
    for event in events:
        if event.at > until:
            break
        run.sweep(event.at)
        run.follow(event)
        run.is_new = False
    run.sweep(until)
    run.told.timers = run.timers
    return run.told


#: Written by the rules themselves, not by people: worked out anew.
_OWN = frozenset({"met", "unmet", "armed"})

#: event → (ladder over a counted fact, how often it has happened by now).
_COUNTED: dict[str, tuple[str, Callable[[CaseFacts], int]]] = {
    "return_answer": ("quality_failures", lambda facts: facts.quality_failures),
    "rate": ("bad_ratings", lambda facts: facts.bad_ratings if (facts.rating or 5) <= BAD_TO else 0),
    "send_back": ("send_backs", lambda facts: len(facts.refusals)),
    "reopen": ("rounds", lambda facts: facts.round),
}
_OVER = frozenset({"refer", "withdraw", "merge"})


class _Run:
    """One case on its way through the rehearsal; to the clocks it is what casework.Work is."""

    __slots__ = ("_human", "_rules_of", "_taken", "_theirs", "code", "directory", "facts", "is_new", "now", "rules", "timers", "told")

    def __init__(self, code: str, rules: Rules, directory: Directory) -> None:
        self.code, self.rules, self.directory = code, rules, directory
        self.facts, self.timers, self.told, self.is_new = CaseFacts(), list[Timer](), Rehearsed(), True
        self.now: datetime
        self._human: dict[int, int] = {}
        self._theirs: dict[int, tuple[str, str, str]] = {}
        self._taken: set[int] = set()
        self._rules_of: dict[int, str] = {}

    # --- what the clocks ask (clockwork.Clocked) --------------------------------------------------------------------

    @property
    def place_unit(self) -> str | None:
        """The area unit of the case's place."""
        return clockwork.place_unit(self.facts, self.directory)

    def policy_facts(self, **known: Any) -> dict[str, Any]:
        """The closed list of facts."""
        return {**clockwork.policy_facts(self.facts, self.directory), **known}

    def ask(self, question: str) -> decide.Decision[Any]:
        """Put a question to the rehearsed rules."""
        return decide.decide(self.rules, question, self.policy_facts())

    def start(self, timer: Timer) -> None:
        """Set a clock going."""
        self.timers.append(timer)

    # --- time ---------------------------------------------------------------------------------------------------------

    def sweep(self, until: datetime) -> None:
        """Fire every step that falls due before `until`, each at its moment."""
        while True:
            first = min((step for timer in self.timers if (step := timer.next_at) is not None), default=until)
            if first >= until:
                return
            # Steps of a clock that runs on after its answer came back lie in the past: they fire when it came back.
            at = self.now = max(first, self.now)
            for timer in list(self.timers):
                step = timer.next_at
                if step is not None and step <= at:
                    self._fire(timer)

    def _fire(self, timer: Timer) -> None:
        taken = timer.reached(self.now)
        unit = clockwork.whose(self, timer)
        if timer.kind in PROMISES and not timer.explanation.get("missed") and any(step["name"] == "due" for step in taken):
            timer.explanation["missed"] = True
            self._count(f"{timer.kind}_missed", unit or self.facts.holder() or "", 1)
            self.told.missed.append((timer.kind, timer.due_at.isoformat(), unit or self.facts.holder() or ""))
        if taken[-1]["name"] == "ladder":
            path = taken[-1]["rule"]
            self._take(path, decide.step_at(self.rules, path), ladder=timer.kind, owner=unit)

    def _count(self, metric: str, unit: str, n: int) -> None:
        self.told.figures[metric, unit] = self.told.figures.get((metric, unit), 0) + n

    # --- events ---------------------------------------------------------------------------------------------------------

    def follow(self, event: Event) -> None:
        """Let one event of the journal happen, if it would have happened."""
        self.now = event.at
        # What ended earlier is out of sight, as it is for the live case, which loads only what has not ended.
        self.timers = [timer for timer in self.timers if timer.ended_at is None or timer.ended_at == event.at]
        if event.action == "deadline_step":
            return
        if event.action == "recomputed":
            self._excuse(event)
            return
        data = {name: value for name, value in event.data.items() if name not in _OWN}
        if event.action.startswith("measure_") and "measure" in data:
            found = self._measure(event)
            if found is None:
                return
            data["measure"] = found
            if event.action == "measure_opened" and found in self._rules_of:
                data["answer_by"] = self._answer_by(decide.step_at(self.rules, self._rules_of[found]))
        event = replace(event, data=data, decision=None)
        self._happen(event)
        if event.action in ("register", "amend"):
            clockwork.readjust(self, event)
        elif event.action == "extend":
            clockwork.extend_clock(self, event)
        if event.action in _COUNTED:
            kind, times = _COUNTED[event.action]
            step = decide.counted_step(self.rules, kind, self.policy_facts(), times(self.facts))
            if step is not None:
                self._take(step[0], step[1], ladder=kind, owner=None)
        if event.action in _OVER:
            for measure in self.facts.measures.values():
                if measure["status"] == "proposed":
                    measure["status"] = "withdrawn"

    def _happen(self, event: Event) -> None:
        clockwork.before(self, event)
        if event.data.keys() & _OWN:
            unit = event.data["lead"] if "lead" in event.data else self.facts.holder() or ""
            for delta in clock_deltas(self.facts, event, beijing_day(event.at).isoformat(), unit):
                self._count(delta.metric, delta.unit, delta.n)
            self.told.missed += [
                (met["kind"], met["due"], met["unit"] or unit)
                for met in event.data.get("met", ()) if met["late"] and not met["counted"] and met["kind"] in PROMISES
            ]  # fmt: skip
        apply(self.facts, event)
        clockwork.after(self, event)
        if event.action == "measure_opened":
            self._absorb(event.data["measure"])

    def _absorb(self, number: int) -> None:
        """As reactions.absorb: what is weaker ends."""
        assert self.facts.state is not None
        for weaker in list(strictness.absorbed_by(self.facts.measures, number)):
            action = "measure_withdrawn" if self.facts.measures[str(weaker)]["status"] == "proposed" else "measure_closed"
            self._happen(Event(
                seq=self.facts.seq, at=self.now, action=action, actor="system", before=self.facts.state, after=self.facts.state, data={"measure": weaker},
            ))  # fmt: skip

    def _excuse(self, event: Event) -> None:
        outage = event.data.get("outage")
        if outage:
            start, end = datetime.fromisoformat(outage["from"]), datetime.fromisoformat(outage["to"])
            for timer in self.timers:
                if timer.running:
                    timer.excuse(start, end)

    # --- measures -------------------------------------------------------------------------------------------------------

    def _take(self, rule: str, step: LadderStep, *, ladder: str, owner: str | None) -> None:
        """A step of the ladder is reached: as reactions.take_step."""
        if strictness.in_the_way(self.facts.measures, step.measure, ladder=ladder) is not None:
            return
        for unit, _ in clockwork.receivers(self, step.to, owner=owner):
            number = len(self.facts.measures) + 1
            self._rules_of[number] = rule
            self.told.opened.append(Opened(self.now, str(step.measure), step.level, unit, step.points, rule, step.proposed_only))
            assert self.facts.state is not None
            self._happen(Event(
                seq=self.facts.seq, at=self.now, action="measure_proposed" if step.proposed_only else "measure_opened", actor="system",
                before=self.facts.state, after=self.facts.state, data={
                    "measure": number, "kind": str(step.measure), "level": step.level, "unit": unit, "ladder": ladder, "points": step.points,
                    "answer_by": None if step.proposed_only else self._answer_by(step),
                },
            ))  # fmt: skip

    def _answer_by(self, step: LadderStep) -> str | None:
        return count(self.now, Duration.parse(step.answer_within), self.rules.calendar).due.isoformat() if step.answer_within else None

    def _measure(self, event: Event) -> int | None:
        """The rehearsed number of the measure that an event of the journal is about; None where the event would not have been."""
        number, d = int(event.data["measure"]), event.data
        if event.actor == "system":
            if event.action in ("measure_opened", "measure_proposed"):
                self._theirs[number] = (d["kind"], d["level"], d["unit"])
            return None
        if number not in self._human:
            if number not in self._theirs:
                self._human[number] = len(self.facts.measures) + 1
            else:
                same = (
                    int(n) for n, m in self.facts.measures.items()
                    if (m["kind"], m["level"], m["unit"]) == self._theirs[number] and int(n) in self._rules_of and int(n) not in self._taken
                )  # fmt: skip
                found = next(same, None)
                if found is None:
                    return None
                self._human[number] = found
                self._taken.add(found)
        return self._human[number]

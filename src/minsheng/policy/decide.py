"""判定: (rules, question, facts) → Decision with the rule that made it. Pure; every answer says because."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from minsheng.domain.calendar import BEIJING, due_day
from minsheng.domain.deadlines import CLOCKS, Duration, Timer, count, describe, offset
from minsheng.domain.facts import CaseFacts
from minsheng.policy.load import Rules
from minsheng.policy.schema import ApprovalRule, DeadlineRule, LadderStep, Rule, When

R = TypeVar("R", bound=Rule)
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision(Generic[R]):
    """What was decided, by which rule of which profile version, and why."""

    value: R
    rule: str
    profile: str

    @property
    def because(self) -> str:
        """The reason, in the city's words."""
        return self.value.because

    def record(self) -> dict[str, Any]:
        """For the journal: why this was so is answered years later."""
        return {"rule": self.rule, "profile": self.profile, "because": self.value.because, "assumed": self.value.assumed}


def fits(when: When, facts: Facts) -> bool:
    """Do all conditions hold? A fact that is not known fits no condition on it."""
    for name, wanted in when.tests:
        if name.endswith("_min"):
            if facts.get(name.removesuffix("_min"), 0) < wanted:
                return False
        elif name == "category":
            if not str(facts.get("category") or "").startswith(wanted):
                return False
        elif isinstance(wanted, tuple):
            if facts.get(name) not in wanted:
                return False
        elif facts.get(name) is not wanted:
            return False
    return True


def first(rules: Rules, path: str, options: Sequence[R], facts: Facts) -> Decision[R]:
    """The first rule that fits. The schema guarantees that there is one."""
    for number, rule in enumerate(options):
        if fits(rule.when, facts):
            return Decision(rule, f"{path}[{number}]", rules.label)
    raise LookupError(f"{rules.label} {path}: no rule fits")


def decide(rules: Rules, question: str, facts: Facts) -> Decision[Any]:
    """Ask one list of the profile by name (intake, registration, dispatch, publicity, callback, quality, …)."""
    return first(rules, question, getattr(rules.profile, question), facts)


def deadline(rules: Rules, kind: str, facts: Facts) -> Decision[DeadlineRule] | None:
    """The rule of a clock, or None where this city does not run it."""
    options = rules.profile.deadlines.get(kind, ())
    if not options:
        return None
    found = first(rules, f"deadlines.{kind}", options, facts)
    return None if found.value.within == "none" else found


def approval(rules: Rules, action: str, facts: Facts) -> Decision[ApprovalRule] | None:
    """Who must consent to this move; None when nobody."""
    options = rules.profile.approvals.get(action, ())
    if not options:
        return None
    found = first(rules, f"approvals.{action}", options, facts)
    return None if found.value.approver == "none" else found


def ladder(rules: Rules, kind: str, facts: Facts) -> list[tuple[str, LadderStep]]:
    """The steps of a ladder that apply, with their paths, in the order of the file."""
    return [(f"ladder.{kind}[{n}]", step) for n, step in enumerate(rules.profile.ladder.get(kind, ())) if fits(step.when, facts)]


def step_at(rules: Rules, path: str) -> LadderStep:
    """The step that a path of `ladder` names."""
    kind, _, number = path.removeprefix("ladder.").removesuffix("]").partition("[")
    return rules.profile.ladder[kind][int(number)]


def counted_step(rules: Rules, kind: str, facts: Facts, n: int) -> tuple[str, LadderStep] | None:
    """The step that the n-th occurrence reaches; after the last step the last one stays."""
    reached = [(path, step) for path, step in ladder(rules, kind, facts) if (step.count or 0) <= n]
    return reached[-1] if reached else None


def arm(rules: Rules, kind: str, facts: Facts, *, start: datetime, event: str, round: int, order: int | None = None) -> Timer | None:
    """Start a clock: its due time, its steps and its explanation; None where the city does not run it."""
    found = deadline(rules, kind, facts)
    if found is None:
        return None
    rule, duration = found.value, Duration.parse(found.value.within)
    counted = count(start, duration, rules.calendar)
    timer = Timer(kind=kind, started_at=start, due_at=counted.due, duration=duration.text, round=round, order=order)
    timer.explanation = {"start_event": event, "started_at": start.isoformat(), "duration": duration.text, **found.record(), **describe(counted)}
    timer.steps = steps(rules, kind, facts, timer, warn=rule.warn)
    return timer


def arm_until(rules: Rules, kind: str, facts: Facts, *, start: datetime, due: datetime, event: str, round: int) -> Timer:
    """Start a clock whose due moment was named by a person (a promise, a review date)."""
    timer = Timer(kind=kind, started_at=start, due_at=due, duration="0 minutes", round=round)
    timer.explanation = {
        "start_event": event,
        "started_at": start.isoformat(),
        "due": due.isoformat(),
        "because": f"{CLOCKS[kind].zh}：由办理人写明",
        "rule": "named",
    }
    found = deadline(rules, kind, facts)
    timer.steps = steps(rules, kind, facts, timer, warn=found.value.warn if found else ())
    return timer


def steps(rules: Rules, kind: str, facts: Facts, timer: Timer, *, warn: Sequence[str]) -> list[dict[str, Any]]:
    """Warnings, the due moment itself and the ladder, in order of time. A warning that would lie before the start is left out."""
    found: list[dict[str, Any]] = [{"at": timer.due_at, "name": "due"}]
    for text in warn:
        at = offset(text, start=timer.started_at, due=timer.due_at, calendar=rules.calendar)
        if timer.started_at < at < timer.due_at:
            found.append({"at": at, "name": "warning"})
    for path, step in ladder(rules, kind, facts):
        at = offset(step.at or "+0", start=timer.started_at, due=timer.due_at, calendar=rules.calendar)
        found.append({"at": at, "name": "ladder", "rule": path})
    order = {"warning": 0, "due": 1, "ladder": 2}
    return sorted(found, key=lambda step: (step["at"], order[step["name"]]))


def sampled(share: float, key: str) -> bool:
    """Whether this case falls into a sample of `share`; the same key always gives the same answer."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) < share * 2**32


def policy_facts(facts: CaseFacts, *, level: str | None = None, risk: bool = False, sure: bool | None = None) -> dict[str, Any]:
    """The closed list of facts, read off a case."""
    verdict = facts.verdict or {}
    return {
        "urgency": facts.urgency,
        "kind": facts.kind,
        "category": facts.category,
        "channel": facts.channel,
        "origin": facts.origin,
        "requester": facts.requester,
        "outcome": facts.outcome,
        "level": level,
        "sensitive": facts.sensitive,
        "risk": risk,
        "simple": facts.simple,
        "sure": sure,
        "place_known": facts.place is not None,
        "satisfied": verdict.get("satisfied"),
        "solved": verdict.get("solved"),
        "rated_bad": facts.rating is not None and facts.rating < 3,
        "round": facts.round,
        "send_backs": len(facts.refusals),
        "quality_failures": facts.quality_failures,
    }


def plain(timer: Timer) -> dict[str, Any]:
    """A deadline for people and JSON: kind, due, the day people name, and the explanation."""
    clock = CLOCKS[timer.kind]
    return {
        "kind": timer.kind,
        "name": clock.zh,
        "within": timer.duration,
        "within_zh": Duration.parse(timer.duration).zh,
        "due": timer.due_at.astimezone(BEIJING).isoformat(),
        "due_day": due_day(timer.due_at).isoformat(),
        "explanation": timer.explanation,
    }

"""说明: what a profile decides for given facts at a given moment, and why. Pure: no case, no database, no clock.

`explain` answers with plain values, ready for JSON. Every answer names the rule that made it and says because. What starts at the receipt of the case
is counted from `at`; what starts later says so and is counted as if that event happened at `at`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from minsheng.domain.calendar import BEIJING, beijing_day, due_day
from minsheng.domain.deadlines import CLOCKS, Clock, Duration, Timer, count
from minsheng.domain.moves import MOVES_ZH, NOTES
from minsheng.domain.states import MEASURE_ZH, MeasureKind
from minsheng.policy import decide
from minsheng.policy.directory import Directory
from minsheng.policy.given import COUNTS
from minsheng.policy.load import Rules
from minsheng.policy.responsibility import Answer, community_of, parent_for_escalation, responsible
from minsheng.policy.schema import LadderStep, Rule

#: The event at which a clock is explained to start, where several can start it.
_STARTS = {
    "dispatch": "receive", "claim": "dispatch", "contact": "dispatch", "co_handle": "co_handle", "quality": "answer", "callback": "answer",
    "confirm": "answer", "ruling": "send_back", "interim": "rule", "review": "park", "promise": "reply", "approval": "approval_asked",
    "measure": "measure_opened",
}  # fmt: skip
#: Clocks that run only for the cases drawn into the share that the list of this name states.
_SHARED = {"quality": "quality", "callback": "callback"}
COUNTED_ZH = {"quality_failures": "质检不通过", "send_backs": "退单", "rounds": "重办轮次", "bad_ratings": "差评"}
#: Chains of one rule that are shown as they are, in this order.
_PLAIN = ("intake", "publicity", "callback", "quality", "extension", "parking", "reopening", "send_back", "escalation", "urging")

#: Values of such rules that are spans of time.
_SPANS = ("within", "longest", "review_within", "interim_within", "every")

Facts = Mapping[str, Any]


def explain(rules: Rules, given: Facts, *, at: datetime, directory: Directory | None) -> dict[str, Any]:
    """Everything that the profile says about a case with these facts, received at `at`. Facts that are not given are those of an ordinary case."""
    on = beijing_day(at)
    facts, hands = complete(rules, given, on=on, directory=directory)
    teller = _Teller(rules, facts, at=at, directory=directory, hands=hands, level_given="level" in given)
    registration = decide.decide(rules, "registration", teller.early)
    return {
        "profile": rules.profile.code,
        "version": rules.profile.version,
        "hash": rules.hash,
        "city": rules.profile.city,
        "platform": rules.profile.name,
        "at": _iso(at),
        "facts": facts,
        "first_receiver": {"name": registration.value.receiver, "mode": registration.value.mode, **_why(registration)},
        "dispatch": teller.dispatch(),
        "deadlines": teller.deadlines(),
        "named_days": teller.named_days(),
        "counted": teller.counted(),
        "approvals": teller.approvals(),
        **{name: teller.plain(name) for name in _PLAIN},
        "disabled_moves": [{"move": action, "name": MOVES_ZH[action]} for action in rules.profile.disabled_moves],
    }


def complete(rules: Rules, given: Facts, *, on: date, directory: Directory | None) -> tuple[dict[str, Any], Answer | None]:
    """The closed list of facts, with what follows from category and place; and in whose hands the case would be put."""
    facts: dict[str, Any] = {
        "urgency": "normal", "kind": "complaint", "category": None, "place": None, "channel": "web", "origin": "citizen", "requester": "citizen",
        "outcome": None, "level": None, "sensitive": False, "risk": False, "simple": False, "sure": False, "place_known": False,
        "satisfied": None, "solved": None, "rated_bad": False, **COUNTS,
    }  # fmt: skip
    category = directory.categories.get(given.get("category") or "") if directory else None
    if category is not None:
        facts |= {"urgency": category.urgency, "sensitive": category.sensitive, "risk": category.risk is not None}
    facts |= {"place_known": given.get("place") is not None} | dict(given)
    hands = None
    if directory is not None and (facts["category"] or facts["place"]):
        hands = responsible(directory, category=facts["category"], place=facts["place"], on=on)
        # The classifier is sure of a category that is named here; whether a unit follows from it, the directory says.
        facts["sure"] = given.get("sure", facts["category"] is not None and hands.sure)
        hands = _community(rules, facts, on=on, directory=directory) or hands
        facts["level"] = facts["level"] or directory.units[hands.lead].level
    return facts, hands


def _community(rules: Rules, facts: Facts, *, on: date, directory: Directory) -> Answer | None:
    """属地首接: the community of the place, where the city dispatches that way."""
    if decide.decide(rules, "dispatch", facts).value.to != "community" or facts["place"] is None:
        return None
    unit = community_of(directory, place=facts["place"])
    if unit is None or not directory.units[unit].valid(on):
        return None
    return Answer(lead=unit, co=(), basis=f"地点在{directory.units[unit].name}，首接负责", sure=True)


def addressee(directory: Directory, to: str, *, holder: str, place: str | None) -> tuple[str, str]:
    """(unit, post) that a step of a ladder is addressed to. Where a post or department is missing, the next one up answers, at last the centre."""
    near = directory.places[place].unit if place is not None else holder
    if to == "lead":
        return holder, ""
    if to == "next_level":
        above = directory.ancestors(holder)[1:]
        return (above[0] if above else directory.centre), ""
    if to.startswith("post:"):
        post = next((post for post in directory.chain_of_posts(near) if post.order == int(to[5:])), None)
        return (post.unit, post.code) if post is not None else (directory.centre, "")
    if to.startswith("@"):
        unit = next((unit for area in directory.areas_of(near) for unit in directory.department(area, to[1:])), None)
        return unit or directory.centre, ""
    return directory.centre, ""


class _Teller:
    """One question put to one profile: the parts of its answer."""

    def __init__(self, rules: Rules, facts: Facts, *, at: datetime, directory: Directory | None, hands: Answer | None, level_given: object) -> None:
        self.rules, self.facts, self.at, self.directory, self.hands = rules, facts, at, directory, hands
        # At receipt no unit has the case, so its level is not a fact yet.
        self.early = facts if level_given else {**facts, "level": None}

    def dispatch(self) -> dict[str, Any]:
        """派单: by whom, and to which unit, where category or place say so."""
        decision = decide.decide(self.rules, "dispatch", self.facts)
        found: dict[str, Any] = {"mode": decision.value.mode, "to": decision.value.to, **_why(decision), "lead": None, "co": []}
        if self.directory is None or self.hands is None:
            return found
        return {
            **found,
            "lead": self.unit(self.hands.lead),
            "co": [self.unit(code) for code in self.hands.co],
            "basis": self.hands.basis,
            "certain": self.hands.sure,
        }

    def deadlines(self) -> list[dict[str, Any]]:
        """时限: every clock that this city runs for such a case and that is counted, in the order of the table."""
        found = []
        for kind, clock in CLOCKS.items():
            starts = _STARTS.get(kind, "receive")
            facts = self.early if starts == "receive" else self.facts
            rule = decide.deadline(self.rules, kind, facts)
            if rule is None or clock.due_key:
                continue
            if rule.value.starts == "dispatch" and kind in ("answer", "close"):
                starts, facts = "dispatch", self.facts
            timer = decide.arm(self.rules, kind, facts, start=self.at, event=starts, round=1)
            if timer is not None:
                found.append(self._deadline(clock, timer, starts=starts))
        return found

    def _deadline(self, clock: Clock, timer: Timer, *, starts: str) -> dict[str, Any]:
        why = timer.explanation
        share = decide.decide(self.rules, _SHARED[clock.kind], self.facts).value.share if clock.kind in _SHARED else None
        return {
            "kind": clock.kind,
            "name": clock.zh,
            "due": _iso(timer.due_at),
            "due_day": due_day(timer.due_at).isoformat(),
            "within": timer.duration,
            "within_zh": Duration.parse(timer.duration).zh,
            "starts": starts,
            "starts_zh": _event_zh(starts),
            "started_at": _iso(timer.started_at),
            "because": why["because"],
            "rule": why["rule"],
            "assumed": why["assumed"],
            "public": clock.public,
            "skipped": why["skipped"],
            "steps": [self._step(step) for step in timer.steps],
            **({"share": share} if share is not None else {}),
            **({"provisional": why["provisional"]} if "provisional" in why else {}),
        }

    def _step(self, step: Mapping[str, Any]) -> dict[str, Any]:
        found = {"at": _iso(step["at"]), "name": step["name"]}
        if step["name"] != "ladder":
            return found
        path = step["rule"]
        kind, number = path.removeprefix("ladder.").removesuffix("]").split("[")
        rung = self.rules.profile.ladder[kind][int(number)]
        within = {"answer_by": _iso(count(step["at"], Duration.parse(rung.answer_within), self.rules.calendar).due)} if rung.answer_within else {}
        return {**found, "rule": path, **self._rung(rung), **within}

    def _rung(self, rung: LadderStep) -> dict[str, Any]:
        return {
            "measure": str(rung.measure), "measure_zh": MEASURE_ZH[MeasureKind(rung.measure)], "level": rung.level, "to": rung.to,
            "receiver": self.receiver(rung.to), "because": rung.because, "assumed": rung.assumed, "proposed_only": rung.proposed_only, "points": rung.points,
        }  # fmt: skip

    def named_days(self) -> list[dict[str, Any]]:
        """由人写明的日子: clocks whose due day a person names, how far away it may lie, and what follows when it passes."""
        limits = {
            "interim": self._asked("send_back").value.interim_within,
            "review": self._asked("parking").value.review_within,
        }
        found = []
        for kind, clock in CLOCKS.items():
            rule = decide.deadline(self.rules, kind, self.facts)
            if rule is None or not clock.due_key:
                continue
            limit = limits.get(kind)
            found.append({
                "kind": kind, "name": clock.zh, "starts": _STARTS[kind], "starts_zh": _event_zh(_STARTS[kind]), **_why(rule),
                "within": limit, "within_zh": Duration.parse(limit).zh if limit else None,
                "latest": _iso(count(self.at, Duration.parse(limit), self.rules.calendar).due) if limit else None,
                "steps": [{"after": step.at, **self._rung(step)} for _, step in decide.ladder(self.rules, kind, self.facts)],
            })  # fmt: skip
        return found

    def counted(self) -> list[dict[str, Any]]:
        """按次数加严: ladders over a counted fact."""
        return [
            {"fact": kind, "name": zh, "steps": [{"count": step.count, **self._rung(step)} for _, step in decide.ladder(self.rules, kind, self.facts)]}
            for kind, zh in COUNTED_ZH.items()
            if self.rules.profile.ladder.get(kind)
        ]

    def approvals(self) -> list[dict[str, Any]]:
        """审批: which moves need consent, and whose."""
        found = []
        for action in self.rules.profile.approvals:
            decision = decide.approval(self.rules, action, self.facts)
            if decision is None or action in self.rules.profile.disabled:
                continue
            to = decision.value.approver
            unit = self.receiver("next_level" if to == "next_level" else "centre")
            found.append({"move": action, "name": MOVES_ZH[action], "approver": to, "unit": unit, **_why(decision)})
        return found

    def plain(self, question: str) -> dict[str, Any]:
        """One list of rules as it answers, with durations also in Chinese."""
        decision = self._asked(question)
        values = decision.value.model_dump(mode="json", exclude={"when", "because", "assumed"})
        words = {f"{key}_zh": Duration.parse(value).zh for key, value in values.items() if key in _SPANS}
        above = {"unit": self.above(values["to"])} if question == "escalation" else {}
        return {**values, **words, **above, **_why(decision)}

    def _asked(self, question: str) -> decide.Decision[Any]:
        return decide.decide(self.rules, question, self.early if question == "intake" else self.facts)

    # --- who ------------------------------------------------------------------------------------------------------

    def unit(self, code: str) -> dict[str, str]:
        """A unit by code and name."""
        assert self.directory is not None
        return {"unit": code, "name": self.directory.units[code].name}

    def receiver(self, to: str) -> dict[str, str] | None:
        """Whom `lead`, `centre`, `next_level`, `post:2` or `@media` means here; None where it depends on a unit that is not known yet."""
        if self.directory is None:
            return None
        if self.hands is None and to != "centre" and not to.startswith("@"):
            return None
        holder = self.hands.lead if self.hands is not None else self.directory.centre
        unit, post = addressee(self.directory, to, holder=holder, place=self.facts["place"])
        return self.unit(unit) | ({"post": self.directory.posts[post].name} if post else {})

    def above(self, to: str) -> dict[str, str] | None:
        """The unit to which a case is escalated."""
        if self.directory is None or self.hands is None:
            return None
        if to == "parent":
            unit = parent_for_escalation(self.directory, unit=self.hands.lead, on=beijing_day(self.at))
            return None if unit is None else self.unit(unit)
        return self.receiver(to)


def _why(decision: decide.Decision[Rule] | decide.Decision[Any]) -> dict[str, Any]:
    return {"rule": decision.rule, "because": decision.because, "assumed": decision.value.assumed}


def _event_zh(action: str) -> str:
    return MOVES_ZH.get(action) or NOTES[action]


def _iso(moment: datetime) -> str:
    return moment.astimezone(BEIJING).isoformat()

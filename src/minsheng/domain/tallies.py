"""计数: what an event adds to the figures. Statistics come from these deltas only, and these come from the journal only."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.calendar import beijing_day, due_day
from minsheng.domain.deadlines import PROMISES
from minsheng.domain.facts import ASKED, CaseFacts, Event, judged


@dataclass(frozen=True, slots=True)
class Delta:
    """One addition to a figure: metric, ±n, the Beijing day and the unit it belongs to."""

    metric: str
    n: int
    day: str
    unit: str


#: Moves that are counted by themselves: how many, on which day, for which unit.
_COUNTED = frozenset(
    "receive register dispatch answer answer_at_once close reopen decline refer withdraw merge send_back return_answer park urge escalate".split()  # noqa: SIM905
)


def deltas(facts: CaseFacts, event: Event) -> list[Delta]:
    """What `event` adds to the figures. Call with the facts *before* the event is applied.

    A promise counts as kept or missed once, on its Beijing due day when missed and on the day it was met when kept.
    """
    day = beijing_day(event.at).isoformat()
    unit = event.data["lead"] if "lead" in event.data else facts.holder() or ""
    found = [Delta(event.action, 1, day, unit)] if event.action in _COUNTED else []
    found += clock_deltas(facts, event, day, unit)
    if event.action in ("call_back", "rate"):
        found += _verdict_deltas(facts, event, day, unit)
    return found


def clock_deltas(facts: CaseFacts, event: Event, day: str, unit: str) -> list[Delta]:
    """The promises that an event kept, missed or un-kept."""
    found: list[Delta] = []
    for met in event.data.get("met", ()):
        if met["kind"] not in PROMISES:
            continue
        owner = met.get("unit") or unit
        if not met["late"]:
            found.append(Delta(f"{met['kind']}_kept", 1, day, owner))
        elif not met.get("counted"):
            found.append(Delta(f"{met['kind']}_missed", 1, _due_day(met["due"]), owner))
    for kind in event.data.get("unmet", ()):
        old = facts.clocks.get(kind)
        if old is not None and not old["late"]:
            found.append(Delta(f"{kind}_kept", -1, old["day"], old["unit"]))
    if event.action == "deadline_step" and event.data.get("missed"):
        found.append(Delta(f"{event.data['clock']}_missed", 1, _due_day(event.data["due"]), event.data.get("for") or unit))
    return found


def _due_day(due: str) -> str:
    return due_day(datetime.fromisoformat(due)).isoformat()


def _verdict_deltas(facts: CaseFacts, event: Event, day: str, unit: str) -> list[Delta]:
    """A later verdict of the same round replaces the earlier one; a question not answered counts nowhere (silence is not yes)."""
    said = judged(facts, event)
    if said == facts.verdict:
        return [Delta("callback_unreached", 1, day, unit)] if event.action == "call_back" and not event.data.get("reached") else []
    found: list[Delta] = []
    for sign, verdict in ((-1, facts.verdict), (1, said)):
        for name in ASKED:
            if verdict and verdict[name] is not None:
                found.append(Delta(f"{name}_asked", sign, verdict["day"], verdict["unit"]))
                if verdict[name]:
                    found.append(Delta(f"{name}_yes", sign, verdict["day"], verdict["unit"]))
    return found

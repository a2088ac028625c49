"""计数: what an event adds to the figures. Statistics come from these deltas only, and these come from the journal only."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.calendar import beijing_day, due_day
from minsheng.domain.deadlines import PROMISES
from minsheng.domain.facts import ASKED, CaseFacts, Event, judged, refusal_of


@dataclass(frozen=True, slots=True)
class Delta:
    """One addition to a figure: metric, ±n, the Beijing day and the unit it belongs to.

    district, category: where they are not those of the case now (what is taken out again goes where it was counted).
    """

    metric: str
    n: int
    day: str
    unit: str
    district: str | None = None
    category: str | None = None


#: Moves that are counted by themselves: how many, on which day, for which unit.
_COUNTED = frozenset(
    "receive register dispatch answer answer_at_once close reopen decline refer withdraw merge send_back return_answer park urge escalate".split()  # noqa: SIM905
)


def deltas(facts: CaseFacts, event: Event) -> list[Delta]:
    """What `event` adds to the figures. Call with the facts *before* the event is applied.

    A promise counts as kept or missed once, on its Beijing due day when missed and on the day it was met when kept.
    What is exempted (剔除) is taken out by the event itself, which names every figure, and stays out afterwards.
    """
    return _taken(event) if event.action == "exempted" else [one for one in _added(facts, event) if not _exempt(facts, one.metric, one.unit)]


def _taken(event: Event) -> list[Delta]:
    return [Delta(**one) for one in event.data.get("taken", ())]


def takes_out(clock: str, metric: str, unit: str) -> bool:
    """Does an exemption of this promise ("" the whole case) take this figure out? What no unit had yet (receive, register) is the city's and stays."""
    return metric in (f"{clock}_kept", f"{clock}_missed") if clock else bool(unit)


def _exempt(facts: CaseFacts, metric: str, unit: str) -> bool:
    return any(one["status"] == "granted" and takes_out(one["clock"], metric, unit) for one in facts.exemptions.values())


def _added(facts: CaseFacts, event: Event) -> list[Delta]:
    day = beijing_day(event.at).isoformat()
    unit = event.data["lead"] if "lead" in event.data else facts.holder() or ""
    found = [Delta(event.action, 1, day, unit)] if event.action in _COUNTED else []
    found += clock_deltas(facts, event, day, unit)
    if event.action in ("call_back", "rate"):
        found += _verdict_deltas(facts, event, day, unit)
    if event.action in ("pass_check", "return_answer") and event.data.get("total") is not None:
        found += [Delta("quality_cards", 1, day, unit), Delta("quality_points", event.data["total"], day, unit)]
    if event.action == "rule":
        found += _ruling_deltas(facts, event)
    return found + _card_deltas(facts, event, day)


def _ruling_deltas(facts: CaseFacts, event: Event) -> list[Delta]:
    """退单不当: ruled back to a unit that had refused. Counted once a refusal, on the day of the refusal, so that both belong to one period."""
    refusal = refusal_of(facts, event.data["lead"])
    if refusal is None or refusal.get("wrong"):
        return []
    return [Delta("send_back_wrong", 1, beijing_day(datetime.fromisoformat(refusal["at"])).isoformat(), event.data["lead"])]


def _card_deltas(facts: CaseFacts, event: Event, day: str) -> list[Delta]:
    """扣分: on the day a card is opened, for the unit that gets it; one that is withdrawn gives its points back on that same day."""
    if event.action == "measure_opened" and event.data.get("points"):
        return [Delta("card_points", event.data["points"], day, event.data["unit"])]
    if event.action == "measure_withdrawn":
        known = facts.measures[str(event.data["measure"])]
        if known["points"] and known.get("day"):
            return [Delta("card_points", -known["points"], known["day"], known["unit"])]
    return []


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
    found: list[Delta] = []
    if event.action == "call_back":
        found.append(Delta("callback_reached" if event.data.get("reached") else "callback_unreached", 1, day, unit))
    if said == facts.verdict:
        return found
    for sign, verdict in ((-1, facts.verdict), (1, said)):
        for name in ASKED:
            if verdict and verdict[name] is not None:
                found.append(Delta(f"{name}_asked", sign, verdict["day"], verdict["unit"]))
                if verdict[name]:
                    found.append(Delta(f"{name}_yes", sign, verdict["day"], verdict["unit"]))
    return found

"""What the desks that judge add to the facts of a case: 剔除 (does it count?) and tries of a callback. Folded by domain.facts.apply like everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from minsheng.domain.facts import CaseFacts, Event

#: How often a callback is tried before nobody was reached.
TRIES = 3
#: Why nobody answered the questions. `later`: the person was reached and asks to be called at another time.
RESULTS = {"no_answer": "没人接", "busy": "占线", "wrong_number": "号码不对", "refused": "不愿意谈", "later": "约好再打"}
#: Calling again would not help.
_AT_ONCE = frozenset({"wrong_number", "refused"})


def unreached(tries: int, result: str) -> bool:
    """Does the call with this result, made after `tries` others, end the tries?"""
    return result in _AT_ONCE or (result != "later" and tries + 1 >= TRIES)


Follows = Literal["reopen", "close", "ask", "none"]


def follows(*, solved: bool | None, satisfied: bool | None, on_bad: str, on_good: str, may_reopen: bool, may_close: bool) -> Follows:
    """What a callback brings: a new round, the end, a person's decision, or nothing yet."""
    if solved is False or satisfied is False:
        return "reopen" if on_bad == "reopen" and may_reopen else "ask"
    return "close" if satisfied and on_good == "close" and may_close else "none"


def _tried(facts: CaseFacts, event: Event) -> None:
    before = (facts.calls or {}).get("tries", 0)
    d = event.data
    facts.calls = {"tries": before + (d["result"] != "later"), "result": d["result"], "at": event.at.isoformat(), "again": d.get("again")}


def _asked(facts: CaseFacts, event: Event) -> None:
    d = event.data
    facts.exemptions[str(d["exemption"])] = {"clock": d["clock"], "status": "asked", "by": event.actor}


def _decided(facts: CaseFacts, event: Event) -> None:
    facts.exemptions[str(event.data["exemption"])]["status"] = "granted" if event.action == "exempted" else "refused"


FOLDED = {"callback_tried": _tried, "exemption_asked": _asked, "exempted": _decided, "exemption_refused": _decided}

"""Journals for tests: random walks over the table of moves, with the data that the commands write and one citizen's clock that runs along."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from minsheng.domain.facts import CaseFacts, Event, apply
from minsheng.domain.moves import MOVES, NOTES, ask, lands
from minsheng.domain.states import OrderRole, State, Who

Data = dict[str, Any]
START = datetime(2026, 3, 2, 1, tzinfo=UTC)
UNITS = ("yard", "lake", "gate", "mill", "ford")
EVERYBODY = frozenset(Who)
#: How long the citizen's clock of a walk runs.
WITHIN = timedelta(days=3)


@dataclass(slots=True)
class Walk:
    """A journal that grows, and the facts folded while it does."""

    draw: Callable[[Any], Any]
    disabled: frozenset[str]
    now: datetime = START
    facts: CaseFacts = field(default_factory=CaseFacts)
    events: list[Event] = field(default_factory=list)
    due: datetime = START + WITHIN
    met: bool = False
    missed: bool = False
    met_at: datetime | None = None

    def record(self, action: str, data: Data) -> None:
        """Write one event, with what it does to the clock, and fold it."""
        before = self.facts.state
        self._clock(action, data)
        if action in MOVES:
            data["versioned"] = self.draw(st.booleans())
        event = Event(seq=len(self.events) + 1, at=self.now, action=action, actor="staff:1", before=before, after=self._after(action), data=data)
        self.events.append(event)
        apply(self.facts, event)

    def _after(self, action: str) -> State:
        if action == "receive":
            return State.RECEIVED
        assert self.facts.state is not None
        if action == "unmerge":
            assert self.facts.state_before_merge is not None
            return self.facts.state_before_merge
        if action not in MOVES:
            return self.facts.state
        if action in ("reopen", "return_answer") and self.facts.at_desk:
            return State.REGISTERED
        return lands(action, state=self.facts.state, disabled=self.disabled)

    def _clock(self, action: str, data: Data) -> None:
        late = self.now > self.due
        if action in ("receive", "reopen"):
            self.due, self.met, self.missed = self.now + WITHIN, False, False
        elif action in ("reply", "answer", "answer_at_once") and not self.met:
            data["met"] = [{"kind": "answer", "order": None, "due": self.due.isoformat(), "late": late, "unit": None, "counted": self.missed}]
            self.met, self.missed, self.met_at = True, self.missed or late, self.now
        elif action == "return_answer" and self.met and self.met_at == self.facts.answered_at:
            data["unmet"] = ["answer"]
            self.met = False
        elif action == "deadline_step":
            data |= {"clock": "answer", "due": self.due.isoformat(), "missed": late and not self.met and not self.missed, "for": None}
            self.missed = self.missed or bool(data["missed"])

    def active(self, role: OrderRole) -> list[int]:
        """Numbers of the orders of this role that are somebody's duty."""
        return [order.number for order in self.facts.active_orders() if order.role is role]

    def options(self) -> list[str]:
        """What may happen next: moves of the table that have their object, and notes."""
        state = self.facts.state
        assert state is not None
        lead, co = self.active(OrderRole.LEAD), self.active(OrderRole.CO)
        who = EVERYBODY - (frozenset() if lead else {Who.LEAD}) - (frozenset() if co else {Who.CO})
        needs: dict[str, Any] = {
            **dict.fromkeys(("assigned", "contact_tried"), lead),
            "refused": co,
            "unmerge": self.facts.state_before_merge,
            "left": self.facts.supporters > 0,
            "detached": self.facts.absorbed > 0,
            **dict.fromkeys(("comment_shown", "comment_refused", "comment_removed"), self.facts.comments),
            **dict.fromkeys(("approval_granted", "approval_refused", "approval_lapsed"), self._asked()),
            **dict.fromkeys(("exempted", "exemption_refused"), self._exempt()),
            **dict.fromkeys(("measure_answered", "measure_returned", "measure_closed", "measure_withdrawn"), self.facts.measures),
        }
        allowed = [a for a in MOVES if a != "receive" and ask(a, state=state, who=who, disabled=self.disabled) is None]
        return [action for action in (*allowed, *NOTES) if needs.get(action, True)]

    def _asked(self) -> list[str]:
        return [number for number, approval in self.facts.approvals.items() if approval["status"] == "asked"]

    def _exempt(self) -> list[str]:
        return [number for number, known in self.facts.exemptions.items() if known["status"] == "asked"]

    def data(self, action: str) -> Data:
        """What a command writes into an event of this kind."""
        pick: Callable[[Any], Any] = lambda options: self.draw(st.sampled_from(options))  # noqa: E731
        lead, co = self.active(OrderRole.LEAD), self.active(OrderRole.CO)
        text = {"text": f"digest{len(self.events)}"}
        if action in ("dispatch", "rule", "reassign", "forward", "escalate"):
            unit = pick(UNITS)
            others = [u for u in self.draw(st.lists(st.sampled_from(UNITS), unique=True, max_size=2)) if u != unit]
            return {"lead": unit, "co": others, "also_end": self.draw(st.lists(st.sampled_from(co), unique=True)) if co else []}
        makers: dict[str, Callable[[], Data]] = {
            "register": lambda: {"category": pick(["0101", "020202"]), "sensitive": self.draw(st.booleans())},
            "amend": lambda: {"urgency": pick(["normal", "high", "urgent"]), "was": {"urgency": self.facts.urgency}, **text},
            "claim": lambda: {"order": lead[0], "assignee": pick([None, 7, 8])},
            "contact": lambda: {"order": pick(lead + co), "method": "phone"},
            "contact_tried": lambda: {"order": lead[0], "result": "busy"},
            "assigned": lambda: {"order": pick(lead + co), "assignee": 9},
            "send_back": lambda: {"order": lead[0], "proposed": pick(UNITS), **text},
            "co_handle": lambda: {"co": [pick(UNITS)], **text},
            "contribute": lambda: {"order": pick(co), **text},
            "refused": lambda: {"order": pick(co), **text},
            "reply": lambda: {"promised_at": pick([None, "2026-03-20T16:00:00+00:00"]), **text},
            "answer": lambda: {"order": lead[0], "outcome": pick(["solved", "explained"]), **text},
            "answer_at_once": lambda: {"outcome": "explained", **text},
            "park": lambda: {"plan": "digest", "owner": pick(UNITS), "review_at": "2026-05-01T16:00:00+00:00"},
            "call_back": self._called,
            "rate": lambda: {"level": self.draw(st.integers(1, 5))},
            "merge": lambda: {"into": 77},
            "supported": lambda: {"count": self.draw(st.integers(1, 3))},
            "left": lambda: {"party": pick([7, 8])},
            **dict.fromkeys(("confirmed", "disputed"), lambda: {"party": pick([7, 8, 9]), **text}),
            "commented": lambda: {"comment": pick([1, self.facts.comments + 1]), **text},
            **dict.fromkeys(("comment_shown", "comment_refused", "comment_removed"), lambda: {"comment": 1}),
            "approval_asked": lambda: {"approval": len(self.facts.approvals) + 1, "move": "park", "order": None, "approver": "centre"},
            "measure_opened": lambda: {"measure": len(self.facts.measures) + 1, "kind": "supervision", "level": "督办单", "unit": pick(UNITS), "points": 0},
            "gathered": lambda: {"campaign": 5},
            "callback_tried": lambda: {"result": pick(["no_answer", "later"]), "again": None},
            "exemption_asked": lambda: {"exemption": len(self.facts.exemptions) + 1, "clock": pick(["", "answer"]), **text},
            **dict.fromkeys(("exempted", "exemption_refused"), lambda: {"exemption": int(pick(self._exempt())), "clock": ""}),
            "spot_checked": lambda: {"scores": {"done": 2}, "total": 80, "passes": True},
        }
        makers["measure_proposed"] = makers["measure_opened"]
        if action.startswith("approval_") and action != "approval_asked":
            return {"approval": int(pick(self._asked()))}
        if action in ("measure_answered", "measure_returned", "measure_closed", "measure_withdrawn"):
            return {"measure": int(pick(sorted(self.facts.measures)))}
        return makers[action]() if action in makers else {}

    def _called(self) -> Data:
        if not self.draw(st.booleans()):
            return {"reached": False}
        said = st.sampled_from([None, True, False])
        return {"reached": True, "contacted": self.draw(said), "solved": self.draw(said), "satisfied": self.draw(said)}


@st.composite
def walks(draw: Any, *, most: int = 40) -> Walk:
    """One case's life, of up to `most` events; with or without the step of claiming."""
    walk = Walk(draw, draw(st.sampled_from([frozenset(), frozenset({"claim"})])))
    walk.record("receive", received())
    for _ in range(draw(st.integers(0, most))):
        walk.now += timedelta(minutes=draw(st.integers(0, 3000)))
        action = draw(st.sampled_from(walk.options()))
        walk.record(action, walk.data(action))
    return walk


def received(**more: Any) -> Data:
    """What 收件 writes."""
    return {
        "kind": "complaint", "urgency": "normal", "category": None, "place": "lake-b1", "district": "lake", "channel": "web", "origin": "citizen",
        "requester": "citizen", "visibility": "public", "accused": [], "sensitive": False, "text": "digest0", **more,
    }  # fmt: skip

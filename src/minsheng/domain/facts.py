"""What is true of a case, folded from its journal: `apply` is the only place where an event changes facts.

The live row and the replay use the same function, so rebuilt equals live by construction, and the tests hold it to that.
Facts hold ids, codes and times only: never a person's words or name.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from minsheng.domain import judged as judging
from minsheng.domain.calendar import beijing_day
from minsheng.domain.states import OrderRole, State


@dataclass(slots=True, kw_only=True)
class Event:
    """流转记录: one line of the journal.

    actor: "staff:12", "citizen:34", "anonymous" or "system". unit: code of the unit the actor acted for.
    data: ids, codes, digests and times (ISO 8601). decision: value, rule, profile and because of the policy, where one was asked.
    """

    seq: int
    at: datetime
    action: str
    actor: str
    before: State | None
    after: State
    unit: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    decision: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class OrderFacts:
    """工单 of one unit: timestamps, no state machine."""

    number: int
    unit: str
    role: OrderRole
    round: int
    opened_at: datetime
    claimed_at: datetime | None = None
    contacted_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""
    assignee: int | None = None

    @property
    def active(self) -> bool:
        """Still this unit's duty."""
        return self.ended_at is None


@dataclass(slots=True, kw_only=True)
class CaseFacts:
    """诉求 as its journal tells it."""

    state: State | None = None
    seq: int = 0
    version: int = 0
    round: int = 1
    kind: str = ""
    category: str | None = None
    urgency: str = "normal"
    place: str | None = None
    district: str | None = None
    channel: str = ""
    origin: str = ""
    requester: str = ""
    visibility: str = ""
    accused: list[str] = field(default_factory=list)
    sensitive: bool = False
    simple: bool = False
    received_at: datetime | None = None
    registered_at: datetime | None = None
    dispatched_at: datetime | None = None
    contacted_at: datetime | None = None
    replied_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    checked: bool = False
    promised_at: datetime | None = None
    released: bool = False
    orders: list[OrderFacts] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    contact_attempts: int = 0
    extensions: int = 0
    quality_failures: int = 0
    bad_ratings: int = 0
    urges: int = 0
    urged_at: datetime | None = None
    supporters: int = 0
    absorbed: int = 0
    voices: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    parking: dict[str, Any] | None = None
    interim_until: str | None = None
    verdict: dict[str, Any] | None = None
    rating: int | None = None
    approvals: dict[str, dict[str, Any]] = field(default_factory=dict)
    measures: dict[str, dict[str, Any]] = field(default_factory=dict)
    exemptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: dict[str, Any] | None = None
    clocks: dict[str, dict[str, Any]] = field(default_factory=dict)
    merged_into: int | None = None
    state_before_merge: State | None = None
    split_from: int | None = None
    campaign: int | None = None

    @property
    def lead(self) -> OrderFacts | None:
        """The active lead order, if a unit has the case now."""
        return next((o for o in reversed(self.orders) if o.active and o.role is OrderRole.LEAD), None)

    @property
    def last_lead(self) -> OrderFacts | None:
        """The latest lead order, ended or not."""
        return next((o for o in reversed(self.orders) if o.role is OrderRole.LEAD), None)

    @property
    def at_desk(self) -> bool:
        """No unit answers for the case: none ever did, or the last one sent it back."""
        last = self.last_lead
        return last is None or last.end_reason == "send_back"

    @property
    def affected(self) -> int:
        """People beside the caller who said that it concerns them too: those who joined, and the reporters of merged cases."""
        return self.supporters + self.absorbed

    @property
    def disputes(self) -> int:
        """How many of them say, in this round, that it is not done."""
        return sum(1 for said in self.voices.values() if said == "disputed")

    def active_orders(self) -> list[OrderFacts]:
        """All orders that are still somebody's duty."""
        return [o for o in self.orders if o.active]

    def order(self, number: int) -> OrderFacts:
        """The order with this number (orders are numbered from 1 within the case)."""
        return self.orders[number - 1]

    def holder(self) -> str | None:
        """The unit that answers for the case now, or did last."""
        last = self.last_lead
        return last.unit if last else None


# --- apply: event → facts ---------------------------------------------------------------------------------------------


def apply(facts: CaseFacts, event: Event) -> None:
    """Fold one event into the facts. Total: every action of the tables is known here."""
    handler = _APPLY.get(event.action)
    if handler is not None:
        handler(facts, event)
    for met in event.data.get("met", ()):
        facts.clocks[_clock_key(met)] = {**met, "day": beijing_day(event.at).isoformat(), "unit": facts.holder() or ""}
    for kind in event.data.get("unmet", ()):
        facts.clocks.pop(kind, None)
    facts.seq = event.seq
    if event.data.get("versioned"):
        facts.version += 1
    facts.state = event.after


def _clock_key(met: dict[str, Any]) -> str:
    return met["kind"] if met.get("order") is None else f"{met['kind']}:{met['order']}"


def _receive(facts: CaseFacts, event: Event) -> None:
    d = event.data
    facts.received_at = event.at
    facts.kind, facts.urgency, facts.category = d["kind"], d["urgency"], d.get("category")
    facts.place, facts.district = d.get("place"), d.get("district")
    facts.channel, facts.origin, facts.requester, facts.visibility = d["channel"], d["origin"], d["requester"], d["visibility"]
    facts.accused = list(d.get("accused", ()))
    facts.sensitive = bool(d.get("sensitive"))
    facts.split_from = d.get("split_from")


def _register(facts: CaseFacts, event: Event) -> None:
    facts.registered_at = event.at
    _amend(facts, event)


def _amend(facts: CaseFacts, event: Event) -> None:
    for name in ("category", "urgency", "kind", "place", "district", "visibility", "accused", "sensitive", "simple"):
        if name in event.data:
            setattr(facts, name, event.data[name])


def _hand_over(facts: CaseFacts, event: Event) -> None:
    facts.dispatched_at = facts.dispatched_at or event.at
    facts.interim_until = event.data.get("interim_until")
    facts.answered_at, facts.checked = None, False
    facts.parking = None
    if event.action == "rule" and (refusal := refusal_of(facts, event.data["lead"])) is not None:
        refusal["wrong"] = True
    old = facts.lead
    if old is not None:
        _end(old, event.at, event.action)
    _open(facts, event, event.data["lead"], OrderRole.LEAD)
    for number in event.data.get("also_end", ()):
        _end(facts.order(number), event.at, event.action)
    for unit in event.data.get("co", ()):
        _open(facts, event, unit, OrderRole.CO)


def refusal_of(facts: CaseFacts, unit: str) -> dict[str, Any] | None:
    """The latest refusal of this unit; None where it never sent the case back."""
    return next((one for one in reversed(facts.refusals) if one["unit"] == unit), None)


def _open(facts: CaseFacts, event: Event, unit: str, role: OrderRole) -> None:
    facts.orders.append(OrderFacts(number=len(facts.orders) + 1, unit=unit, role=role, round=facts.round, opened_at=event.at))


def _end(order: OrderFacts, at: datetime, reason: str) -> None:
    if order.ended_at is None:
        order.ended_at, order.end_reason = at, reason


def _end_all(facts: CaseFacts, event: Event) -> None:
    for order in facts.active_orders():
        _end(order, event.at, event.action)


def _claim(facts: CaseFacts, event: Event) -> None:
    order = facts.order(event.data["order"])
    order.claimed_at = order.claimed_at or event.at
    if event.data.get("assignee") is not None:
        order.assignee = event.data["assignee"]


def _contact(facts: CaseFacts, event: Event) -> None:
    order = facts.order(event.data["order"])
    order.claimed_at = order.claimed_at or event.at
    order.contacted_at = order.contacted_at or event.at
    facts.contacted_at = facts.contacted_at or event.at


def _contact_tried(facts: CaseFacts, event: Event) -> None:
    facts.contact_attempts += 1


def _assigned(facts: CaseFacts, event: Event) -> None:
    facts.order(event.data["order"]).assignee = event.data["assignee"]


def _send_back(facts: CaseFacts, event: Event) -> None:
    order = facts.order(event.data["order"])
    facts.refusals.append({"unit": order.unit, "proposed": event.data.get("proposed"), "reason": event.data.get("text"), "at": event.at.isoformat()})
    _end_all(facts, event)


def _co_handle(facts: CaseFacts, event: Event) -> None:
    for unit in event.data["co"]:
        _open(facts, event, unit, OrderRole.CO)


def _contribute(facts: CaseFacts, event: Event) -> None:
    order = facts.order(event.data["order"])
    order.answered_at = event.at


def _refused(facts: CaseFacts, event: Event) -> None:
    _end(facts.order(event.data["order"]), event.at, "refused")


def _reply(facts: CaseFacts, event: Event) -> None:
    facts.replied_at = facts.replied_at or event.at
    if event.data.get("promised_at"):
        facts.promised_at = datetime.fromisoformat(event.data["promised_at"])


def _extend(facts: CaseFacts, event: Event) -> None:
    facts.extensions += 1


def _answer(facts: CaseFacts, event: Event) -> None:
    facts.answered_at, facts.outcome, facts.checked, facts.calls = event.at, event.data["outcome"], False, None
    if event.data.get("order"):
        facts.order(event.data["order"]).answered_at = event.at


def _pass_check(facts: CaseFacts, event: Event) -> None:
    facts.checked = True


def _return_answer(facts: CaseFacts, event: Event) -> None:
    facts.quality_failures += 1
    facts.voices = {}
    facts.answered_at = None
    facts.outcome = None
    if facts.lead is not None:
        facts.lead.answered_at = None


def _park(facts: CaseFacts, event: Event) -> None:
    facts.parking = {name: event.data.get(name) for name in ("plan", "owner", "review_at")}


def _unpark(facts: CaseFacts, event: Event) -> None:
    facts.parking = None


def _judge(facts: CaseFacts, event: Event) -> None:
    if event.action == "rate":
        facts.rating = event.data["level"]
        facts.bad_ratings += event.data["level"] <= BAD_TO
    else:
        facts.calls = None
    facts.verdict = judged(facts, event)


def judged(facts: CaseFacts, event: Event) -> dict[str, Any] | None:
    """What the person has said of this round once `event` (回访 or 评价) is heard; silence leaves it as it was."""
    if event.action == "rate":
        known = facts.verdict or {}
        said = {"contacted": known.get("contacted"), "solved": known.get("solved"), "satisfied": event.data["level"] >= GOOD_FROM}
    elif event.data.get("reached"):
        said = {name: event.data.get(name) for name in ASKED}
    else:
        return facts.verdict
    return {**said, "day": beijing_day(event.at).isoformat(), "unit": facts.holder() or ""}


def _close(facts: CaseFacts, event: Event) -> None:
    facts.closed_at = event.at
    _end_all(facts, event)


def _reopen(facts: CaseFacts, event: Event) -> None:
    unit = facts.holder()
    _end_all(facts, event)
    facts.round += 1
    facts.closed_at = facts.answered_at = facts.outcome = facts.verdict = facts.rating = facts.replied_at = facts.promised_at = None
    facts.checked = False
    facts.clocks, facts.voices = {}, {}
    if event.after is not State.REGISTERED and unit is not None:
        _open(facts, event, unit, OrderRole.LEAD)
        if event.after is State.HANDLING:
            facts.orders[-1].claimed_at = event.at


def _merge(facts: CaseFacts, event: Event) -> None:
    facts.state_before_merge = event.before
    facts.merged_into = event.data["into"]
    _end_all(facts, event)


def _unmerge(facts: CaseFacts, event: Event) -> None:
    for order in facts.orders:
        if order.end_reason == "merge":
            order.ended_at, order.end_reason = None, ""
    facts.merged_into = facts.state_before_merge = None


def _urge(facts: CaseFacts, event: Event) -> None:
    facts.urges += 1
    facts.urged_at = event.at


def _supported(facts: CaseFacts, event: Event) -> None:
    facts.supporters += event.data.get("count", 1)


def _left(facts: CaseFacts, event: Event) -> None:
    facts.supporters -= 1
    facts.voices.pop(str(event.data.get("party")), None)


def _spoke(facts: CaseFacts, event: Event) -> None:
    facts.voices[str(event.data["party"])] = event.action


def _absorbed(facts: CaseFacts, event: Event) -> None:
    facts.absorbed += 1


def _detached(facts: CaseFacts, event: Event) -> None:
    facts.absorbed -= 1


def _commented(facts: CaseFacts, event: Event) -> None:
    facts.comments = max(facts.comments, event.data["comment"])


def _approval_asked(facts: CaseFacts, event: Event) -> None:
    d = event.data
    facts.approvals[str(d["approval"])] = {"move": d["move"], "order": d.get("order"), "status": "asked", "approver": d["approver"]}


def _approval_ended(facts: CaseFacts, event: Event) -> None:
    facts.approvals[str(event.data["approval"])]["status"] = event.action.removeprefix("approval_")


def _measure_opened(facts: CaseFacts, event: Event) -> None:
    d = event.data
    facts.measures[str(d["measure"])] = {name: d.get(name) for name in ("kind", "level", "unit", "ladder", "points")} | {
        "status": event.action.removeprefix("measure_")
    }
    if event.action == "measure_opened" and d.get("points"):
        facts.measures[str(d["measure"])]["day"] = beijing_day(event.at).isoformat()


def _measure_moved(facts: CaseFacts, event: Event) -> None:
    facts.measures[str(event.data["measure"])]["status"] = event.action.removeprefix("measure_")


def _measure_returned(facts: CaseFacts, event: Event) -> None:
    facts.measures[str(event.data["measure"])]["status"] = "opened"


def _gathered(facts: CaseFacts, event: Event) -> None:
    facts.campaign = event.data["campaign"]


def _released(facts: CaseFacts, event: Event) -> None:
    facts.released = True


_APPLY = {
    "receive": _receive,
    "register": _register,
    "amend": _amend,
    "dispatch": _hand_over,
    "rule": _hand_over,
    "reassign": _hand_over,
    "forward": _hand_over,
    "escalate": _hand_over,
    "claim": _claim,
    "contact": _contact,
    "contact_tried": _contact_tried,
    "assigned": _assigned,
    "send_back": _send_back,
    "co_handle": _co_handle,
    "contribute": _contribute,
    "refused": _refused,
    "reply": _reply,
    "extend": _extend,
    "answer": _answer,
    "answer_at_once": _answer,
    "pass_check": _pass_check,
    "return_answer": _return_answer,
    "park": _park,
    "unpark": _unpark,
    "call_back": _judge,
    "rate": _judge,
    "close": _close,
    "reopen": _reopen,
    "decline": _end_all,
    "refer": _end_all,
    "withdraw": _end_all,
    "merge": _merge,
    "unmerge": _unmerge,
    "urge": _urge,
    "supported": _supported,
    "left": _left,
    "confirmed": _spoke,
    "disputed": _spoke,
    "absorbed": _absorbed,
    "detached": _detached,
    "commented": _commented,
    "approval_asked": _approval_asked,
    "approval_granted": _approval_ended,
    "approval_refused": _approval_ended,
    "approval_lapsed": _approval_ended,
    "measure_opened": _measure_opened,
    "measure_proposed": _measure_opened,
    "measure_answered": _measure_moved,
    "measure_returned": _measure_returned,
    "measure_closed": _measure_moved,
    "measure_withdrawn": _measure_moved,
    "gathered": _gathered,
    "released": _released,
    **judging.FOLDED,
}

#: 基本满意 and better counts as satisfied (五级: 5 非常满意 … 1 非常不满意).
GOOD_FROM = 3
#: 不满意 and worse is called bad.
BAD_TO = 2
#: The three questions of a callback: 联系了吗、解决了吗、满意吗.
ASKED = ("contacted", "solved", "satisfied")


def replay(events: list[Event]) -> CaseFacts:
    """The facts that a whole journal tells."""
    facts = CaseFacts()
    for event in events:
        apply(facts, event)
    return facts

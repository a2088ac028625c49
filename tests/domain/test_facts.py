"""事实: what each event makes true, that replay and JSON lose nothing, and that nothing is counted twice."""

import json
from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from minsheng.domain.deadlines import PROMISES
from minsheng.domain.facts import CaseFacts, Event, apply, replay
from minsheng.domain.facts_json import from_json, to_json
from minsheng.domain.moves import MOVES, NOTES
from minsheng.domain.states import OrderRole, State
from minsheng.domain.tallies import Delta, deltas
from tests.domain.walks import Walk, received, walks

some = settings(max_examples=60, deadline=None)
MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Story:
    """A journal written by hand, an hour between two events."""

    def __init__(self, **known: Any) -> None:
        self.facts, self.counted = CaseFacts(), Counter[tuple[str, str]]()
        self.events: list[Event] = []
        self.tell("receive", "received", **received(**known))

    def tell(self, action: str, after: str = "", **data: Any) -> CaseFacts:
        """The next event; `after` only where the state changes."""
        at = MORNING + timedelta(hours=len(self.events))
        state = State(after) if after else self.facts.state
        assert state is not None
        event = Event(seq=len(self.events) + 1, at=at, action=action, actor="staff:1", before=self.facts.state, after=state, data=data)
        self.events.append(event)
        for delta in deltas(self.facts, event):
            self.counted[delta.metric, delta.unit] += delta.n
        apply(self.facts, event)
        return self.facts

    def dispatched(self, lead: str = "yard", *co: str) -> CaseFacts:
        return self.tell("dispatch", "handling", lead=lead, co=list(co), also_end=[])

    def hour(self, n: int) -> datetime:
        return MORNING + timedelta(hours=n)

    def figures(self) -> dict[str, int]:
        """What was counted, units added up, without the plain numbers of moves."""
        found: Counter[str] = Counter()
        for (metric, _), n in self.counted.items():
            found[metric] += n
        return {metric: n for metric, n in found.items() if n and metric not in MOVES}


def snapshot(facts: CaseFacts) -> dict[str, Any]:
    """The facts as they are now, whatever happens to them later."""
    found: dict[str, Any] = json.loads(json.dumps(to_json(facts)))
    return found


# --- every event by itself ------------------------------------------------------------------------------------------------------


def test_receive() -> None:
    facts = Story(kind="report", accused=["mill"], visibility="secret", split_from=3).facts
    assert (facts.state, facts.seq, facts.round) == ("received", 1, 1)
    assert (facts.kind, facts.accused, facts.visibility, facts.split_from) == ("report", ["mill"], "secret", 3)
    assert facts.received_at == MORNING
    assert facts.holder() is None


def test_register_and_amend_replace_only_what_they_name() -> None:
    story = Story()
    story.tell("register", "registered", category="0101", sensitive=True)
    facts = story.tell("amend", urgency="high", was={"urgency": "normal"})
    assert (facts.category, facts.sensitive, facts.urgency, facts.kind, facts.place) == ("0101", True, "high", "complaint", "lake-b1")
    assert facts.registered_at == story.hour(1)


def test_dispatch_opens_orders() -> None:
    facts = Story().dispatched("yard", "lake", "mill")
    assert [(o.number, o.unit, o.role, o.round) for o in facts.orders] == [(1, "yard", "lead", 1), (2, "lake", "co", 1), (3, "mill", "co", 1)]
    assert facts.lead is not None and facts.lead.unit == facts.holder() == "yard"


@pytest.mark.parametrize("action", ["rule", "reassign", "forward", "escalate"])
def test_a_new_lead_ends_the_old_order_and_keeps_the_co_handlers(action: str) -> None:
    story = Story()
    story.dispatched("yard", "lake", "mill")
    facts = story.tell(action, "handling", lead="lake", co=["ford"], also_end=[2], interim_until="2026-06-01T16:00:00+00:00")
    ended = {o.number: o.end_reason for o in facts.orders if not o.active}
    assert ended == {1: action, 2: action}, "the new lead is no longer its own co-handler"
    assert [o.unit for o in facts.active_orders()] == ["mill", "lake", "ford"]
    assert facts.holder() == "lake"
    assert facts.interim_until == "2026-06-01T16:00:00+00:00"


def test_claim_contact_assign() -> None:
    story = Story()
    story.dispatched()
    story.tell("claim", order=1, assignee=7)
    story.tell("contact_tried", order=1, result="busy")
    story.tell("contact", order=1)
    story.tell("contact", order=1)
    facts = story.tell("assigned", order=1, assignee=9)
    order = facts.order(1)
    assert (order.claimed_at, order.contacted_at, order.assignee) == (story.hour(2), story.hour(4), 9)
    assert (facts.contacted_at, facts.contact_attempts) == (story.hour(4), 1)


def test_contact_implies_the_claim() -> None:
    story = Story()
    story.dispatched()
    assert story.tell("contact", order=1).order(1).claimed_at == story.hour(2)


def test_send_back_ends_every_order_and_remembers_who_refused() -> None:
    story = Story()
    story.dispatched("yard", "lake")
    facts = story.tell("send_back", "registered", order=1, proposed="mill", text="why")
    assert facts.active_orders() == []
    assert facts.refusals == [{"unit": "yard", "proposed": "mill", "reason": "why", "at": story.hour(2).isoformat()}]
    assert facts.holder() == "yard", "the last holder is still named until somebody else has it"


def test_a_co_handlers_refusal_changes_only_its_own_order() -> None:
    story = Story()
    story.dispatched("yard", "lake", "mill")
    story.tell("contribute", order=3, text="opinion")
    facts = story.tell("refused", order=2)
    assert [(o.unit, o.active) for o in facts.orders] == [("yard", True), ("lake", False), ("mill", True)]
    assert facts.order(3).answered_at == story.hour(2)


def test_co_handle_adds_orders() -> None:
    story = Story()
    story.dispatched()
    facts = story.tell("co_handle", co=["lake", "mill"])
    assert [(o.number, o.role) for o in facts.active_orders()] == [(1, OrderRole.LEAD), (2, OrderRole.CO), (3, OrderRole.CO)]


def test_reply_keeps_the_first_time_and_the_last_promise() -> None:
    story = Story()
    story.dispatched()
    story.tell("reply", promised_at="2026-03-05T16:00:00+00:00")
    facts = story.tell("reply", promised_at="2026-03-09T16:00:00+00:00")
    assert facts.replied_at == story.hour(2)
    assert facts.promised_at == datetime(2026, 3, 9, 16, tzinfo=UTC)


def test_answer_check_and_return() -> None:
    story = Story()
    story.dispatched()
    facts = story.tell("answer", "answered", order=1, outcome="solved")
    assert (facts.answered_at, facts.outcome, facts.checked, facts.order(1).answered_at) == (story.hour(2), "solved", False, story.hour(2))
    assert story.tell("pass_check").checked
    facts = story.tell("return_answer", "handling")
    assert (facts.answered_at, facts.outcome, facts.order(1).answered_at, facts.quality_failures) == (None, None, None, 1)
    assert facts.order(1).active, "the same unit answers again"
    assert not story.tell("answer", "answered", order=1, outcome="partly").checked


def test_answer_at_once_needs_no_unit() -> None:
    facts = Story().tell("answer_at_once", "answered", outcome="explained")
    assert (facts.outcome, facts.orders, facts.holder()) == ("explained", [], None)


def test_park_unpark_extend() -> None:
    story = Story()
    story.dispatched()
    assert story.tell("extend").extensions == 1
    facts = story.tell("park", "parked", plan="digest", owner="yard", review_at="2026-05-01T16:00:00+00:00", order=1)
    assert facts.parking == {"plan": "digest", "owner": "yard", "review_at": "2026-05-01T16:00:00+00:00"}
    assert story.tell("unpark", "handling").parking is None


@pytest.mark.parametrize(("action", "after"), [("close", "closed"), ("decline", "declined"), ("refer", "referred"), ("withdraw", "withdrawn")])
def test_the_end_ends_every_order(action: str, after: str) -> None:
    story = Story()
    story.dispatched("yard", "lake")
    facts = story.tell(action, after)
    assert facts.active_orders() == []
    assert {o.end_reason for o in facts.orders} == {action}
    assert facts.closed_at == (story.hour(2) if action == "close" else None)


def test_reopening_is_a_new_round_with_the_unit_that_had_it() -> None:
    story = Story()
    story.dispatched("yard", "lake")
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock()])
    story.tell("rate", level=1)
    story.tell("close", "closed")
    facts = story.tell("reopen", "handling")
    assert facts.round == 2
    assert [(o.unit, o.round, o.claimed_at) for o in facts.active_orders()] == [("yard", 2, story.hour(5))]
    assert (facts.closed_at, facts.answered_at, facts.outcome, facts.verdict, facts.rating, facts.checked, facts.clocks) == (None,) * 5 + (False, {})


def test_what_no_unit_had_is_registered_again_when_reopened() -> None:
    story = Story()
    story.tell("decline", "declined")
    assert story.tell("reopen", "registered").active_orders() == []


def test_merge_and_unmerge_leave_no_trace_in_the_orders() -> None:
    story = Story()
    story.dispatched("yard", "lake")
    story.tell("refused", order=2)
    before = [(o.unit, o.ended_at, o.end_reason) for o in story.facts.orders]
    facts = story.tell("merge", "merged", into=9)
    assert (facts.merged_into, facts.active_orders()) == (9, [])
    facts = story.tell("unmerge", "handling")
    assert [(o.unit, o.ended_at, o.end_reason) for o in facts.orders] == before
    assert (facts.merged_into, facts.state_before_merge) == (None, None)


def test_urges_and_supporters_are_counted() -> None:
    story = Story()
    story.tell("urge")
    story.tell("supported", count=2)
    story.tell("supported")
    facts = story.tell("left")
    assert (facts.urges, facts.urged_at, facts.supporters) == (1, story.hour(1), 2)


@pytest.mark.parametrize("end", ["granted", "refused", "lapsed"])
def test_approvals(end: str) -> None:
    story = Story()
    story.tell("approval_asked", approval=1, move="park", order=1, approver="centre")
    facts = story.tell(f"approval_{end}", approval=1)
    assert facts.approvals == {"1": {"move": "park", "order": 1, "status": end, "approver": "centre"}}


@pytest.mark.parametrize("start", ["opened", "proposed"])
@pytest.mark.parametrize("end", ["answered", "closed", "withdrawn"])
def test_measures(start: str, end: str) -> None:
    story = Story()
    story.tell(f"measure_{start}", measure=1, kind="supervision", level="督办单", unit="yard", ladder="answer", points=1)
    assert story.facts.measures["1"]["status"] == start
    facts = story.tell(f"measure_{end}", measure=1)
    day = facts.measures["1"].pop("day", None)
    assert (day is not None) == (start == "opened"), "points of a card count on the day it was opened"
    assert facts.measures == {"1": {"kind": "supervision", "level": "督办单", "unit": "yard", "ladder": "answer", "points": 1, "status": end}}


def test_gathered_and_released() -> None:
    story = Story()
    assert story.tell("gathered", campaign=5).campaign == 5
    assert story.tell("released", released="digest0").released


#: Events that are told and change nothing but the place in the journal.
TOLD_ONLY = set(
    "noted alerted progress supplement instruct deadline_step spot split related notified erased recomputed entered comment_shown comment_refused comment_removed spot_checked".split()  # noqa: SIM905
)


@pytest.mark.parametrize("action", sorted(set(MOVES) | set(NOTES)))
def test_apply_knows_every_event(action: str) -> None:
    story = Story()
    story.dispatched("yard", "lake")
    story.tell("refused", order=2)
    story.tell("merge", "merged", into=1) if action == "unmerge" else story.tell("co_handle", co=["ford"])
    story.tell("park", "parked") if action == "unpark" else story.tell("released")
    story.tell("approval_asked", approval=1, move="park", approver="centre")
    story.tell("measure_opened", measure=1, kind="reminder")
    story.tell("exemption_asked", exemption=1, clock="answer")
    if action == "measure_returned":
        story.tell("measure_answered", measure=1)
    facts = story.facts
    if action == "released":
        facts.released = False
    before = snapshot(facts)
    data = {
        **received(), "kind": "help", "lead": "mill", "co": ["gate"], "order": 3 if len(facts.orders) > 2 else 1, "assignee": 1, "outcome": "solved",
        "level": 4, "into": 3, "approval": 1, "measure": 2 if action in ("measure_opened", "measure_proposed") else 1, "move": "park",
        "approver": "centre", "campaign": 1, "reached": True, "plan": "digest", "party": 7, "comment": 1, "versioned": True, "category": "0102",
        "result": "no_answer", "exemption": 2 if action == "exemption_asked" else 1, "clock": "close",
    }  # fmt: skip
    apply(facts, Event(seq=99, at=story.hour(50), action=action, actor="system", before=facts.state, after=State.ANSWERED, data=data))
    after = snapshot(facts)
    assert (facts.seq, facts.version, facts.state) == (99, before["version"] + 1, State.ANSWERED)
    changed = {name for name in after if after[name] != before[name]} - {"seq", "version", "state"}
    assert bool(changed) is (action not in TOLD_ONLY), changed


# --- replay and JSON ------------------------------------------------------------------------------------------------------------


@some
@given(walks())
def test_replay_tells_what_live_folding_told(walk: Walk) -> None:
    assert replay(walk.events) == walk.facts
    assert walk.facts.seq == len(walk.events)
    assert walk.facts.version == sum(bool(event.data.get("versioned")) for event in walk.events)


@some
@given(walks())
def test_json_loses_nothing(walk: Walk) -> None:
    told = json.loads(json.dumps(to_json(walk.facts), ensure_ascii=False))
    back = from_json(told)
    assert back == walk.facts
    for field in fields(CaseFacts):
        assert type(getattr(back, field.name)) is type(getattr(walk.facts, field.name)), field.name
    assert to_json(back) == told


@some
@given(walks())
def test_folding_goes_on_from_json_as_if_nothing_had_happened(walk: Walk) -> None:
    """The live row is stored after every transaction; a replay is not. Both tell the same."""
    facts = CaseFacts()
    for event in walk.events:
        facts = from_json(json.loads(json.dumps(to_json(facts))))
        apply(facts, event)
    assert facts == walk.facts


@some
@given(walks())
def test_what_holds_for_every_case(walk: Walk) -> None:
    facts = walk.facts
    leads = [order for order in facts.active_orders() if order.role is OrderRole.LEAD]
    assert len(leads) <= 1, "two units never answer for one case"
    if facts.state in (State.DISPATCHED, State.HANDLING, State.PARKED):
        assert len(leads) == 1, f"{facts.state}: nobody has it"
    if facts.state in (State.REGISTERED, State.CLOSED, State.DECLINED, State.REFERRED, State.WITHDRAWN, State.MERGED):
        assert facts.active_orders() == []
    assert [order.number for order in facts.orders] == list(range(1, len(facts.orders) + 1))
    assert facts.round == 1 + sum(event.action == "reopen" for event in walk.events)
    assert (facts.state is State.MERGED) == (facts.merged_into is not None)


# --- figures --------------------------------------------------------------------------------------------------------------------


def clock(*, kind: str = "answer", late: bool = False, counted: bool = False, unit: str | None = None, due: datetime = MORNING) -> dict[str, Any]:
    """A clock that an event meets."""
    return {"kind": kind, "order": None, "due": due.isoformat(), "late": late, "unit": unit, "counted": counted}


def test_a_kept_promise_counts_on_its_day_for_the_unit_that_has_the_case() -> None:
    story = Story()
    story.dispatched()
    answered = Event(seq=3, at=story.hour(20), action="answer", actor="staff:1", before=State.HANDLING, after=State.ANSWERED, data={
        "order": 1, "outcome": "solved", "met": [clock()],
    })  # fmt: skip
    assert deltas(story.facts, answered) == [Delta("answer", 1, "2026-03-03", "yard"), Delta("answer_kept", 1, "2026-03-03", "yard")]


def test_a_missed_promise_counts_on_the_day_it_was_due() -> None:
    story = Story()
    story.dispatched()
    due = datetime(2026, 3, 1, 16, tzinfo=UTC)  # 1 March 24:00 in Beijing
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock(late=True, due=due)])
    found = deltas(
        CaseFacts(), Event(seq=1, at=MORNING, action="reply", actor="", before=None, after=State.HANDLING, data={"met": [clock(late=True, due=due)]})
    )
    assert found == [Delta("answer_missed", 1, "2026-03-01", "")]
    assert story.figures() == {"answer_missed": 1}


def test_a_miss_that_the_sweep_has_counted_is_not_counted_again_by_the_late_answer() -> None:
    story = Story()
    story.dispatched()
    story.tell("deadline_step", clock="answer", due=MORNING.isoformat(), missed=True)
    story.tell("deadline_step", clock="answer", due=MORNING.isoformat(), missed=False)
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock(late=True, counted=True)])
    assert story.figures() == {"answer_missed": 1}


def test_a_failed_answer_takes_its_kept_promise_back() -> None:
    story = Story()
    story.dispatched()
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock()])
    story.tell("return_answer", "handling", unmet=["answer"])
    assert story.figures() == {}
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock(late=True)])
    assert story.figures() == {"answer_missed": 1}


def test_a_late_answer_that_comes_back_stays_missed_once() -> None:
    story = Story()
    story.dispatched()
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock(late=True)])
    story.tell("return_answer", "handling", unmet=["answer"])
    assert story.figures() == {"answer_missed": 1}
    story.tell("answer", "answered", order=1, outcome="solved", met=[clock(late=True, counted=True)])
    assert story.figures() == {"answer_missed": 1}


def test_a_promise_is_taken_back_from_whom_it_was_given_to() -> None:
    story = Story()
    story.dispatched("yard")
    story.tell("reply", met=[clock()])
    story.tell("reassign", "handling", lead="lake", co=[], also_end=[])
    story.tell("answer", "answered", order=2, outcome="solved")
    story.tell("return_answer", "handling", unmet=["answer"])
    assert story.counted["answer_kept", "yard"] == story.counted["answer_kept", "lake"] == 0


def test_a_co_handlers_clock_counts_for_the_co_handler() -> None:
    story = Story()
    story.dispatched("yard", "lake")
    story.tell("contribute", order=2, met=[clock(kind="co_handle", unit="lake")])
    assert story.counted["co_handle_kept", "lake"] == 1
    assert story.counted["co_handle_kept", "yard"] == 0


def test_clocks_that_only_say_when_something_happens_by_itself_are_no_promises() -> None:
    story = Story()
    story.dispatched()
    for kind in ("confirm", "interim", "review"):
        assert kind not in PROMISES
        story.tell("close", "closed", met=[clock(kind=kind, late=True)])
    assert story.figures() == {}


def test_a_later_verdict_replaces_the_earlier_one() -> None:
    story = Story()
    story.dispatched()
    story.tell("answer", "answered", order=1, outcome="solved")
    story.tell("call_back", reached=True, contacted=True, solved=True, satisfied=True)
    heard = {"callback_reached": 1, "contacted_asked": 1, "contacted_yes": 1, "solved_asked": 1}
    assert story.figures() == heard | {"solved_yes": 1, "satisfied_asked": 1, "satisfied_yes": 1}
    story.tell("rate", level=1)
    assert story.figures() == {"callback_reached": 1, "contacted_asked": 1, "contacted_yes": 1, "solved_asked": 1, "solved_yes": 1, "satisfied_asked": 1}
    story.tell("call_back", reached=True, contacted=None, solved=False, satisfied=None)
    assert story.figures() == {"callback_reached": 2, "solved_asked": 1}, "every call that reached somebody counts as one"


def test_silence_counts_nowhere() -> None:
    story = Story()
    story.dispatched()
    story.tell("answer", "answered", order=1, outcome="solved")
    story.tell("call_back", reached=False)
    story.tell("close", "closed")
    assert story.figures() == {"callback_unreached": 1}
    assert story.facts.verdict is None


@pytest.mark.parametrize(("level", "yes"), [(5, 1), (4, 1), (3, 1), (2, 0), (1, 0)])
def test_from_fairly_satisfied_up_counts_as_satisfied(level: int, yes: int) -> None:
    story = Story()
    story.dispatched()
    story.tell("rate", level=level)
    assert story.figures() == {"satisfied_asked": 1, **({"satisfied_yes": 1} if yes else {})}


def test_each_round_has_its_own_verdict() -> None:
    story = Story()
    story.dispatched()
    story.tell("rate", level=1)
    story.tell("reopen", "handling")
    story.tell("rate", level=5)
    assert story.figures() == {"satisfied_asked": 2, "satisfied_yes": 1}


def test_withdrawn_and_merged_cases_never_swell_the_closing_rate() -> None:
    for action, after, data in (("withdraw", "withdrawn", {}), ("merge", "merged", {"into": 2}), ("refer", "referred", {}), ("decline", "declined", {})):
        story = Story()
        story.tell(action, after, **data)
        assert story.counted["close", ""] == 0
        assert story.counted[action, ""] == 1


@some
@given(walks())
def test_every_promise_counts_once_a_round_as_kept_or_as_missed(walk: Walk) -> None:
    facts, kept, missed, rounds = CaseFacts(), 0, 0, 1
    for event in walk.events:
        for delta in deltas(facts, event):
            kept += delta.n if delta.metric == "answer_kept" else 0
            missed += delta.n if delta.metric == "answer_missed" else 0
        apply(facts, event)
        rounds += event.action == "reopen"
        assert kept >= 0
        assert kept + missed <= rounds
    if rounds == 1 and walk.met:
        assert kept + missed == 1


@some
@given(walks())
def test_answers_are_never_more_than_questions(walk: Walk) -> None:
    facts, found = CaseFacts(), Counter[tuple[str, str, str]]()
    for event in walk.events:
        for delta in deltas(facts, event):
            found[delta.metric, delta.day, delta.unit] += delta.n
        apply(facts, event)
        for name in ("contacted", "solved", "satisfied"):
            for (metric, day, unit), n in list(found.items()):
                assert n >= 0, metric
                if metric == f"{name}_yes":
                    assert n <= found[f"{name}_asked", day, unit]


def test_deltas_change_nothing() -> None:
    story = Story()
    story.dispatched()
    before = snapshot(story.facts)
    deltas(story.facts, Event(seq=9, at=MORNING, action="rate", actor="", before=State.ANSWERED, after=State.ANSWERED, data={"level": 5}))
    assert snapshot(story.facts) == before

"""判定: what the six cities decide, by which rule, and that the same facts always get the same answer."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.domain.calendar import BEIJING, end_of
from minsheng.domain.deadlines import CLOCKS, Duration
from minsheng.domain.facts import CaseFacts, OrderFacts
from minsheng.domain.states import OrderRole
from minsheng.policy import decide
from minsheng.policy.schema import When
from tests.policy.test_load import CITIES, rules

START = datetime(2026, 9, 30, 16, tzinfo=BEIJING)


def known(**facts: Any) -> dict[str, Any]:
    """Facts of an ordinary case, with what is different."""
    return {"urgency": "normal", "kind": "complaint", "sensitive": False, "risk": False, "simple": False, "sure": None, "rated_bad": False, **facts}


# --- time limits ------------------------------------------------------------------------------------------------------------------

LIMITS = [
    ("maanshan", "claim", {}, "24 hours"),
    ("maanshan", "answer", {}, "72 hours"),
    ("maanshan", "answer", {"urgency": "urgent"}, "72 hours"),
    ("maanshan", "close", {}, "1 week"),
    ("maanshan", "contact", {}, None),
    ("linyi", "dispatch", {}, "3 minutes"),
    ("linyi", "answer", {"urgency": "urgent"}, "1 working day"),
    ("linyi", "answer", {"urgency": "high"}, "3 working days"),
    ("linyi", "answer", {}, "5 working days"),
    ("linyi", "claim", {}, None),
    ("linyi", "close", {}, None),
    ("fuyang", "dispatch", {}, "same day"),
    ("fuyang", "answer", {"urgency": "urgent"}, "2 working days"),
    ("fuyang", "answer", {"simple": True}, "2 working days"),
    ("fuyang", "answer", {"simple": False}, "5 working days"),
    ("fuyang", "answer", {"urgency": "high"}, "5 working days"),
    ("qufu", "contact", {}, "same day"),
    ("qufu", "answer", {}, "5 working days"),
    ("baiyin", "contact", {}, "30 minutes"),
    ("baiyin", "answer", {"urgency": "urgent"}, "1 working day"),
    ("baiyin", "answer", {}, "5 working days"),
    ("yunchuan", "claim", {}, "24 hours"),
    ("yunchuan", "contact", {"urgency": "urgent"}, "30 minutes"),
    ("yunchuan", "close", {}, "1 week"),
]


@pytest.mark.parametrize(("city", "clock", "facts", "within"), LIMITS)
def test_time_limits(city: str, clock: str, facts: dict[str, Any], within: str | None) -> None:
    found = decide.deadline(rules(city), clock, known(**facts))
    assert (found.value.within if found else None) == within


@pytest.mark.parametrize(("urgency", "due"), [("urgent", date(2026, 10, 8)), ("high", date(2026, 10, 10)), ("normal", date(2026, 10, 13))])
def test_linyi_answers_across_the_national_day(urgency: str, due: date) -> None:
    timer = decide.arm(rules("linyi"), "answer", known(urgency=urgency), start=START, event="receive", round=1)
    assert timer is not None
    assert timer.due_at == end_of(due)


# --- who, how, how many -----------------------------------------------------------------------------------------------------------

#: city: who consents to 退单 / 延期 / 挂账
APPROVERS = {"maanshan": "centre", "linyi": "centre", "fuyang": "centre", "qufu": "centre", "baiyin": "next_level", "yunchuan": "centre"}


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("action", ["send_back", "extend", "park"])
def test_who_consents(city: str, action: str) -> None:
    found = decide.approval(rules(city), action, known())
    assert found is not None
    assert found.value.approver == APPROVERS[city]
    assert found.because


@pytest.mark.parametrize("city", CITIES)
def test_nobody_has_to_consent_to_an_answer(city: str) -> None:
    assert decide.approval(rules(city), "answer", known()) is None


DECISIONS = [
    # city, question, facts, what is decided
    ("maanshan", "callback", {}, {"share": 0.2, "by": "centre"}),
    ("maanshan", "callback", {"rated_bad": True}, {"share": 1.0, "on_bad": "reopen"}),
    ("linyi", "callback", {}, {"share": 1.0, "by": "centre"}),
    ("fuyang", "callback", {}, {"share": 0.2}),
    ("fuyang", "callback", {"rated_bad": True}, {"share": 1.0}),
    ("qufu", "callback", {}, {"share": 0.2}),
    ("baiyin", "callback", {}, {"share": 1.0, "by": "county", "on_bad": "reopen"}),
    ("yunchuan", "callback", {}, {"share": 1.0}),
    ("linyi", "quality", {}, {"share": 1.0, "phrases": "return"}),
    ("maanshan", "quality", {}, {"share": 0.1, "phrases": "mark"}),
    ("maanshan", "publicity", {}, {"visibility": "public", "release": "person", "comments": True}),
    ("linyi", "publicity", {}, {"visibility": "public", "release": "rule", "comments": True}),
    ("fuyang", "publicity", {}, {"visibility": "public", "release": "rule"}),
    ("qufu", "publicity", {}, {"visibility": "public", "release": "person"}),
    ("baiyin", "publicity", {}, {"visibility": "public"}),
    ("baiyin", "publicity", {"risk": True}, {"visibility": "private"}),
    ("maanshan", "publicity", {"risk": True}, {"visibility": "public"}),
    *[(city, "publicity", {"kind": "report"}, {"visibility": "secret"}) for city in CITIES],
    *[(city, "publicity", {"sensitive": True}, {"visibility": "private"}) for city in CITIES],
    *[(city, "intake", {"kind": "report"}, {"accepted": True, "anonymous": True}) for city in CITIES],
    *[(city, "intake", {}, {"accepted": True, "anonymous": False}) for city in CITIES],
    ("maanshan", "registration", {"sure": True}, {"mode": "desk", "receiver": "马上办融媒体工作室"}),
    ("linyi", "registration", {"sure": True}, {"mode": "automatic"}),
    ("linyi", "registration", {"sure": False}, {"mode": "desk"}),
    ("maanshan", "dispatch", {"sure": True}, {"mode": "desk", "to": "responsible"}),
    ("linyi", "dispatch", {"sure": True}, {"mode": "automatic", "to": "responsible"}),
    ("linyi", "dispatch", {"sure": None}, {"mode": "desk"}),
    ("baiyin", "dispatch", {"place_known": True, "sure": False}, {"mode": "automatic", "to": "community"}),
    ("baiyin", "dispatch", {"place_known": False, "sure": True}, {"mode": "desk"}),
    *[(city, "send_back", {}, {"allowed": True, "ruling_after": 2}) for city in CITIES],
    *[(city, "extension", {}, {"times": 1, "longest": "10 working days"}) for city in CITIES],
    *[(city, "reopening", {}, {"within": "30 days", "rounds": 3}) for city in CITIES],
]


@pytest.mark.parametrize(("city", "question", "facts", "expected"), DECISIONS)
def test_decisions(city: str, question: str, facts: dict[str, Any], expected: dict[str, Any]) -> None:
    value = decide.decide(rules(city), question, known(**facts)).value
    assert {name: getattr(value, name) for name in expected} == expected


def test_only_maanshan_and_yunchuan_claim() -> None:
    assert {city for city in CITIES if "claim" not in rules(city).profile.disabled} == {"maanshan", "yunchuan"}


# --- ladders ----------------------------------------------------------------------------------------------------------------------

LADDERS = [
    ("maanshan", "close", "supervision yellow_card orange_card red_card"),
    ("maanshan", "claim", "reminder"),
    ("maanshan", "answer", "reminder"),
    ("linyi", "quality_failures", "supervision exposure instruction interview referral"),
    ("linyi", "answer", "reminder supervision exposure"),
    ("fuyang", "answer", "reminder supervision interview"),
    ("qufu", "answer", "reminder criticism exposure referral"),
    ("baiyin", "contact", " ".join(["reminder"] * 7)),
    ("baiyin", "answer", "reminder supervision"),
    ("yunchuan", "close", "supervision yellow_card orange_card red_card"),
]


@pytest.mark.parametrize(("city", "kind", "measures"), LADDERS)
def test_ladders_in_order(city: str, kind: str, measures: str) -> None:
    assert [step.measure for _, step in decide.ladder(rules(city), kind, known())] == measures.split()


def test_baiyin_prompts_the_seven_levels_one_after_the_other() -> None:
    found = decide.ladder(rules("baiyin"), "contact", known())
    assert [step.to for _, step in found] == [f"post:{n}" for n in range(1, 8)]
    timer = decide.arm(rules("baiyin"), "contact", known(), start=START, event="dispatch", round=1, order=1)
    assert timer is not None
    steps = [step for step in timer.steps if step["name"] == "ladder"]
    assert [step["rule"] for step in steps] == [path for path, _ in found]
    assert all(a["at"] < b["at"] for a, b in pairwise(steps))


def test_maanshan_cards_carry_points_and_only_the_yellow_one_is_opened_by_rule() -> None:
    found = decide.ladder(rules("maanshan"), "close", known())
    assert [(step.level, step.points, step.proposed_only) for _, step in found] == [
        ("文明办督办单", 0, False),
        ("黄牌", 1, False),
        ("橙牌", 2, True),
        ("红牌", 3, True),
    ]


@pytest.mark.parametrize(
    ("n", "level"), [(1, "热线督办"), (2, "媒体督办"), (3, "政务督办"), (4, "人大政协督办"), (5, "纪委督办"), (6, "纪委督办"), (40, "纪委督办")]
)
def test_each_failure_climbs_one_step_and_the_last_one_stays(n: int, level: str) -> None:
    found = decide.counted_step(rules("linyi"), "quality_failures", known(), n)
    assert found is not None
    assert found[1].level == level


def test_a_city_without_such_a_ladder_takes_no_step() -> None:
    assert decide.counted_step(rules("qufu"), "quality_failures", known(), 3) is None
    assert decide.counted_step(rules("linyi"), "quality_failures", known(), 0) is None


# --- conditions -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "facts", "expected"),
    [
        ({}, {}, True),
        ({"urgency": "urgent"}, {"urgency": "urgent"}, True),
        ({"urgency": ["urgent", "high"]}, {"urgency": "high"}, True),
        ({"urgency": "urgent"}, {"urgency": "normal"}, False),
        ({"urgency": "urgent"}, {}, False),
        ({"category": "01"}, {"category": "010203"}, True),
        ({"category": ["01", "0203"]}, {"category": "0203"}, True),
        ({"category": "0102"}, {"category": "01"}, False),
        ({"category": "01"}, {"category": None}, False),
        ({"sensitive": False}, {"sensitive": False}, True),
        ({"sensitive": False}, {"sensitive": None}, False),
        ({"sensitive": False}, {}, False),
        ({"satisfied": True}, {"satisfied": 1}, False),
        ({"round_min": 2}, {"round": 2}, True),
        ({"round_min": 2}, {"round": 1}, False),
        ({"round_min": 2}, {}, False),
        ({"urgency": "urgent", "sensitive": True}, {"urgency": "urgent", "sensitive": False}, False),
    ],
)
def test_fits(when: dict[str, Any], facts: dict[str, Any], *, expected: bool) -> None:
    assert decide.fits(When.model_validate(when), facts) is expected


@pytest.mark.parametrize("city", CITIES)
def test_every_question_has_an_answer_whatever_is_known(city: str) -> None:
    """Also when nothing at all is known: the last rule of a list is for all."""
    found = rules(city)
    for path, _ in found.profile.lists():
        question, _, key = path.partition(".")
        if question == "ladder":
            assert decide.ladder(found, key, {}), path
        elif question == "deadlines":
            decide.deadline(found, key, {})
        elif question == "approvals":
            decide.approval(found, key, {})
        else:
            assert decide.decide(found, question, {}).because


def test_a_decision_says_by_which_rule_of_which_version_and_why() -> None:
    found = decide.deadline(rules("linyi"), "answer", known(urgency="high"))
    assert found is not None
    assert found.record() == {
        "rule": "deadlines.answer[1]", "profile": rules("linyi").label, "because": "按紧急程度 3 个工作日回复", "assumed": False,
    }  # fmt: skip


def test_facts_read_off_a_case() -> None:
    order = OrderFacts(number=1, unit="yard", role=OrderRole.LEAD, round=2, opened_at=START)
    facts = CaseFacts(kind="help", urgency="high", place="b1", round=2, rating=2, refusals=[{}], quality_failures=3, orders=[order], verdict={
        "contacted": True, "solved": False, "satisfied": None,
    })  # fmt: skip
    told = decide.policy_facts(facts, level="street", risk=True, sure=False)
    expected = {
        "kind": "help", "urgency": "high", "level": "street", "risk": True, "sure": False, "simple": False, "place_known": True, "rated_bad": True,
        "solved": False, "satisfied": None, "round": 2, "send_backs": 1, "quality_failures": 3,
    }  # fmt: skip
    assert {name: told[name] for name in expected} == expected
    assert decide.policy_facts(CaseFacts(rating=3))["rated_bad"] is False
    assert decide.policy_facts(CaseFacts())["place_known"] is False


# --- clocks ---------------------------------------------------------------------------------------------------------------------------


def test_an_armed_clock_explains_itself() -> None:
    timer = decide.arm(rules("linyi"), "answer", known(urgency="urgent"), start=START, event="receive", round=1)
    assert timer is not None
    told = timer.explanation
    assert (told["start_event"], told["duration"], told["rule"], told["because"]) == (
        "receive",
        "1 working day",
        "deadlines.answer[0]",
        "按紧急程度 1 个工作日回复",
    )
    assert told["profile"] == rules("linyi").label
    assert [off["day"] for off in told["skipped"]] == [f"2026-10-0{n}" for n in range(1, 8)]
    assert datetime.fromisoformat(told["due"]) == timer.due_at
    assert decide.plain(timer)["due"] == "2026-10-09T00:00:00+08:00"
    assert decide.plain(timer)["due_day"] == "2026-10-08"
    assert decide.plain(timer)["within_zh"] == "1 个工作日"


def test_a_clock_with_a_named_day_says_who_named_it() -> None:
    due = end_of(date(2026, 10, 20))
    timer = decide.arm_until(rules("linyi"), "promise", known(), start=START, due=due, event="reply", round=1)
    assert timer.due_at == due
    assert timer.explanation["rule"] == "named"
    assert [step["name"] for step in timer.steps] == ["warning", "due", "ladder"]
    assert timer.steps[0]["at"] == due - timedelta(days=1)


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("kind", CLOCKS)
def test_the_steps_of_every_clock_of_every_city_are_in_order_and_hold_one_due_moment(city: str, kind: str) -> None:
    timer = decide.arm(rules(city), kind, known(), start=START, event="receive", round=1)
    if timer is None:
        assert rules(city).profile.deadlines[kind][-1].within == "none"
        return
    assert timer.due_at >= START
    assert [step["at"] for step in timer.steps] == sorted(step["at"] for step in timer.steps)
    assert [step["at"] for step in timer.steps if step["name"] == "due"] == [timer.due_at]
    assert all(START < step["at"] < timer.due_at for step in timer.steps if step["name"] == "warning")
    assert [step["rule"] for step in timer.steps if step["name"] == "ladder"] == [path for path, _ in decide.ladder(rules(city), kind, known())]


def test_a_warning_before_the_start_is_left_out() -> None:
    """一周办结 warns a day ahead; a close clock of a few hours could not."""
    short = decide.arm_until(rules("maanshan"), "close", known(), start=START, due=START + timedelta(hours=2), event="receive", round=1)
    found = decide.steps(rules("maanshan"), "close", known(), short, warn=("-1 day", "50%"))
    assert [step["at"] for step in found if step["name"] == "warning"] == [START + timedelta(hours=1)]


@pytest.mark.parametrize("city", CITIES)
def test_every_length_of_time_has_words_for_the_screen(city: str) -> None:
    for options in rules(city).profile.deadlines.values():
        assert all(Duration.parse(rule.within).zh for rule in options if rule.within != "none")


# --- samples --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.9])
def test_a_sample_is_about_its_share(share: float) -> None:
    drawn = sum(decide.sampled(share, f"callback:MA26{n:07d}:1") for n in range(20_000))
    assert abs(drawn / 20_000 - share) < 0.015


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_sample_holds_the_smaller_one_and_the_same_key_always_gets_the_same_answer(key: str, a: float, b: float) -> None:
    smaller, larger = sorted((a, b))
    assert decide.sampled(smaller, key) <= decide.sampled(larger, key)
    assert decide.sampled(a, key) == decide.sampled(a, key)
    assert decide.sampled(1.0, key) is True
    assert decide.sampled(0.0, key) is False


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(CITIES), st.sampled_from(sorted(CLOCKS)), st.integers(0, 300 * 24 * 60))
def test_deciding_is_pure(city: str, kind: str, minutes: int) -> None:
    facts, start = known(), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    first, again = (decide.arm(rules(city), kind, facts, start=start, event="receive", round=1) for _ in range(2))
    assert first == again
    assert facts == known()

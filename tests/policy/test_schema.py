"""规则的写法: strict, frozen, and the same for every list of rules."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.facts import CaseFacts
from minsheng.domain.moves import MOVES
from minsheng.domain.states import OPENED_BY_RULE, MeasureKind, Urgency
from minsheng.policy import decide
from minsheng.policy.schema import (
    COUNTED,
    CalendarRules,
    DeadlineRule,
    ExtensionRule,
    IntakeRule,
    LadderStep,
    ParkingRule,
    Profile,
    ReopeningRule,
    Rule,
    SendBackRule,
    Strict,
    UrgingRule,
    When,
)
from tests.policy.test_load import CITIES, rules


def step(**more: Any) -> LadderStep:
    return LadderStep(**{"measure": "reminder", "to": "lead", "level": "提醒", "because": "到期", "at": "+0", **more})


def broken(make: Any, **values: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        make(**values)
    return str(caught.value)


def every_model() -> list[type[Strict]]:
    found, todo = [], [Strict]
    while todo:
        for model in todo.pop().__subclasses__():
            found.append(model)
            todo.append(model)
    return found


@pytest.mark.parametrize("model", every_model())
def test_nothing_unknown_and_nothing_changed_afterwards(model: type[Strict]) -> None:
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"] is True


def test_a_profile_cannot_be_changed_after_reading() -> None:
    profile = rules("linyi").profile
    with pytest.raises(ValidationError, match="frozen"):
        profile.hotline = "110"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        profile.callback[0].share = 0.0  # type: ignore[misc]


def test_every_rule_says_because() -> None:
    for model in every_model():
        if issubclass(model, Rule):
            assert model.model_fields["because"].is_required(), model.__name__
    assert "because" in broken(IntakeRule, because="")


def test_when_knows_a_closed_list_and_takes_one_or_many() -> None:
    assert When.model_validate({"urgency": "urgent"}) == When.model_validate({"urgency": ["urgent"]})
    assert When.model_validate({"urgency": ["urgent", "high"]}).urgency == (Urgency.URGENT, Urgency.HIGH)
    assert When().tests == ()
    assert dict(When.model_validate({"sensitive": False, "round_min": 2}).tests) == {"sensitive": False, "round_min": 2}
    assert "extra" in broken(When, weather="rain").lower()


def test_every_fact_of_a_condition_is_one_that_the_case_can_tell() -> None:
    known = decide.policy_facts(CaseFacts())
    assert {name.removesuffix("_min") for name in When.model_fields} <= set(known)


@pytest.mark.parametrize(
    ("model", "key", "more"),
    [
        (DeadlineRule, "within", {}),
        (ReopeningRule, "within", {"rounds": 2}),
        (ExtensionRule, "longest", {"times": 1}),
        (ParkingRule, "review_within", {}),
        (SendBackRule, "interim_within", {}),
        (UrgingRule, "every", {}),
    ],
)
def test_every_length_of_time_is_readable(model: type[Rule], key: str, more: dict[str, Any]) -> None:
    for text in ("30 minutes", "5 working days", "1 week", "4 duty hours", "same day"):
        assert getattr(model.model_validate({key: text, "because": "规定", **more}), key) == text
    assert "no duration" in broken(model, **{key: "soon", "because": "规定", **more})


def test_only_a_clock_can_be_switched_off() -> None:
    assert DeadlineRule(within="none", because="没有").within == "none"
    assert "no duration" in broken(UrgingRule, every="none", because="没有")


@pytest.mark.parametrize("text", ["80%", "-4 hours", "-1 day", "+0", "+24 hours", "+1 working day", "+2 duty hours"])
def test_moments_of_a_clock(text: str) -> None:
    assert step(at=text).at == text
    assert DeadlineRule(within="1 day", warn=(text,), because="规定").warn == (text,)


@pytest.mark.parametrize("text", ["", "100%", "tomorrow", "-1 working day", "24 hours"])
def test_what_is_no_moment(text: str) -> None:
    assert "offset" in broken(step, at=text) or "duration" in broken(step, at=text) or "before the due time" in broken(step, at=text)
    broken(DeadlineRule, within="1 day", warn=(text,), because="规定")


def test_a_ladder_step_has_one_trigger() -> None:
    assert step(at=None, count=2).count == 2
    assert "either" in broken(step, at="+0", count=2)
    assert "either" in broken(step, at=None)


@pytest.mark.parametrize("to", ["lead", "centre", "next_level", "post:1", "post:7", "@discipline"])
def test_receivers_of_a_step(to: str) -> None:
    assert step(to=to).to == to


@pytest.mark.parametrize("to", ["", "post:0", "post:10", "@", "@Discipline", "mayor", "lead "])
def test_receivers_that_are_none(to: str) -> None:
    assert "pattern" in broken(step, to=to)


@pytest.mark.parametrize("kind", MeasureKind)
def test_strict_measures_are_only_proposed(kind: MeasureKind) -> None:
    assert step(measure=kind).proposed_only is (kind not in OPENED_BY_RULE)


@pytest.mark.parametrize("duty", [("08:30-12:00", "11:00-17:00"), ("17:00-08:00",), ("noon",)])
def test_opening_hours_are_checked(duty: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        CalendarRules(duty=duty)


@pytest.mark.parametrize("city", CITIES)
def test_every_list_ends_with_a_rule_for_all_and_is_not_empty(city: str) -> None:
    profile = rules(city).profile
    for path, found in profile.lists():
        assert found, path
        if not path.startswith("ladder."):
            assert not found[-1].when.tests, path
            assert all(rule.when.tests for rule in found[:-1]), f"{path}: a rule stands behind one that always fits"


@pytest.mark.parametrize("city", CITIES)
def test_every_clock_has_an_answer_in_every_city(city: str) -> None:
    """A clock that a city does not run says so; none is simply forgotten."""
    assert set(rules(city).profile.deadlines) == set(CLOCKS)


@pytest.mark.parametrize("city", CITIES)
def test_a_city_without_claiming_has_no_clock_for_it(city: str) -> None:
    profile = rules(city).profile
    runs = any(rule.within != "none" for rule in profile.deadlines["claim"])
    assert runs is ("claim" not in profile.disabled)


@pytest.mark.parametrize("city", CITIES)
def test_ladders_climb(city: str) -> None:
    """Steps over a counted fact stand in order, each count once; the answer is watched everywhere."""
    for kind, steps in rules(city).profile.ladder.items():
        if kind in COUNTED:
            counts = [one.count for one in steps]
            assert counts == sorted(set(counts), key=lambda n: n or 0), kind
        else:
            assert kind in CLOCKS
            assert all(one.at for one in steps)
    assert rules(city).profile.ladder["answer"], "nobody watches the answer"


@pytest.mark.parametrize("city", CITIES)
def test_approvals_are_for_moves_that_the_city_has(city: str) -> None:
    profile = rules(city).profile
    assert set(profile.approvals) <= set(MOVES) - profile.disabled


@pytest.mark.parametrize("city", CITIES)
def test_reports_are_secret_everywhere(city: str) -> None:
    """举报 is never public: the first rule that fits a report says so, whatever else is true of it."""
    for sensitive in (True, False):
        for risk in (True, False):
            decision = decide.decide(rules(city), "publicity", {"kind": "report", "sensitive": sensitive, "risk": risk})
            assert decision.value.visibility == "secret"


def test_questions_of_the_schema_are_lists_of_rules() -> None:
    """So that reference, rehearsal and explain can walk over them without knowing their names."""
    profile = rules("yunchuan").profile
    single = {name for name, _ in profile.lists() if "." not in name}
    annotated = {name for name, field in Profile.model_fields.items() if any(isinstance(a, type) and issubclass(a, Rule) for a in get_args(field.annotation))}
    assert single == annotated


def ladder_of(kind: str, *steps: LadderStep) -> dict[str, Any]:
    return {**rules("linyi").profile.model_dump(), "ladder": {kind: [one.model_dump() for one in steps]}}


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("quality_failures", (step(at=None, count=2), step(at=None, count=1))),
        ("quality_failures", (step(at=None, count=1), step(at=None, count=1, level="又一次"))),
        ("answer", (step(at="+3 working days"), step(at="+1 working day"))),
        ("answer", (step(at="+0"), step(at="80%"))),
        ("answer", (step(at="+24 hours"), step(at="+24 hours", level="又一次"))),
    ],
)
def test_a_ladder_that_loops_is_refused(kind: str, steps: tuple[LadderStep, ...]) -> None:
    """In the words of the one who wrote it, at the step that is wrong."""
    assert "the ladder" in broken(Profile, **ladder_of(kind, *steps))


def test_rungs_that_are_no_loop() -> None:
    """One moment for two receivers, and one count under two conditions, are as a city may want them."""
    assert Profile(**ladder_of("answer", step(at="+0"), step(at="+0", to="centre"), step(at="+24 hours"), step(at="+1 working day")))
    assert Profile(**ladder_of("rounds", step(at=None, count=2, when={"urgency": ["urgent"]}), step(at=None, count=2)))

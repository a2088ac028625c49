"""The words of a case: complete, one for each idea, fit for the columns that keep them."""

import re

import pytest

from minsheng.domain.states import (
    CHANNEL_ZH,
    FINAL,
    KIND_ZH,
    MEASURE_ZH,
    OPEN,
    OPENED_BY_RULE,
    OUTCOME_ZH,
    ROLE_ZH,
    STATE_ZH,
    URGENCY_ZH,
    WHO_ZH,
    Channel,
    Kind,
    MeasureKind,
    Outcome,
    Role,
    State,
    Urgency,
    Who,
)


@pytest.mark.parametrize(
    ("enum", "words"),
    [
        (State, STATE_ZH),
        (Kind, KIND_ZH),
        (Urgency, URGENCY_ZH),
        (Channel, CHANNEL_ZH),
        (Role, ROLE_ZH),
        (Who, WHO_ZH),
        (Outcome, OUTCOME_ZH),
        (MeasureKind, MEASURE_ZH),
    ],
)
def test_every_member_has_one_chinese_word(enum: type, words: dict[str, str]) -> None:
    assert set(words) == set(enum)  # type: ignore[call-overload]
    assert len(set(words.values())) == len(words)
    assert all(re.search(r"[一-鿿]", word) for word in words.values())


def test_open_and_final_part_the_states() -> None:
    assert set(State) == OPEN | FINAL
    assert not OPEN & FINAL


def test_only_mild_measures_are_opened_by_rule() -> None:
    assert {MeasureKind.REMINDER, MeasureKind.SUPERVISION, MeasureKind.YELLOW_CARD} == OPENED_BY_RULE

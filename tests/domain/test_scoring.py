"""Scores: exact, the same for whoever does the sum, and nobody is judged by what was never asked."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import scoring
from minsheng.domain.scoring import INDICATORS, METRICS, Share

WEIGHTS = {"answer_on_time": 50, "solved": 30, "satisfied": 20}
COUNTS = st.dictionaries(st.sampled_from(METRICS), st.integers(0, 200))
ALL = dict.fromkeys(INDICATORS, 10)


def test_a_score_can_be_done_again_by_hand() -> None:
    counts = {"answer_kept": 9, "answer_missed": 1, "solved_yes": 1, "solved_asked": 2, "satisfied_yes": 3, "satisfied_asked": 4}
    found = scoring.score(counts, WEIGHTS, minimum=10)
    assert found.total == Fraction(9, 10) * 50 + Fraction(1, 2) * 30 + Fraction(3, 4) * 20 == 75
    assert (found.counted, found.few) == (10, False)


def test_what_nobody_was_asked_shares_its_weight_among_the_others() -> None:
    found = scoring.score({"answer_kept": 8, "answer_missed": 2, "solved_yes": 1, "solved_asked": 2}, WEIGHTS, minimum=1)
    assert [line.counted for line in found.lines] == [Fraction(5000, 80), Fraction(3000, 80), 0]
    assert found.total == Fraction(5000, 80) * Fraction(4, 5) + Fraction(3000, 80) / 2


def test_cards_take_points_off_and_never_below_nought() -> None:
    counts = {"answer_kept": 1, "answer_missed": 1}
    assert scoring.score(counts | {"card_points": 5}, WEIGHTS, minimum=1).total == 45
    assert scoring.score(counts | {"card_points": 80}, WEIGHTS, minimum=1).total == 0


def test_a_period_without_a_case_has_no_score_and_no_place() -> None:
    empty = scoring.score({}, WEIGHTS, minimum=0)
    assert (empty.total, empty.few) == (None, True)
    assert scoring.places({"a": empty}) == {}


def test_too_few_have_no_place_and_equals_share_one() -> None:
    def made(kept: int, missed: int) -> scoring.Score:
        return scoring.score({"answer_kept": kept, "answer_missed": missed}, WEIGHTS, minimum=10)

    assert scoring.places({"a": made(9, 0), "b": made(8, 2), "c": made(16, 4), "d": made(5, 5)}) == {"b": 1, "c": 1, "d": 3}


@pytest.mark.parametrize(("counts", "key", "share"), [
    ({"answer": 8, "answer_at_once": 2, "reopen": 3}, "not_reopened", Share(7, 10)),
    ({"answer": 1, "reopen": 3}, "not_reopened", Share(0, 1)),
    ({"send_back": 4, "send_back_wrong": 1}, "send_back_right", Share(3, 4)),
    ({"callback_reached": 3, "callback_unreached": 1}, "callback_reached", Share(3, 4)),
    ({"quality_cards": 2, "quality_points": 150}, "quality", Share(150, 200)),
])  # fmt: skip
def test_shares(counts: dict[str, int], key: str, share: Share) -> None:
    assert INDICATORS[key].part(counts) == share


def test_wilson_is_that_of_the_books() -> None:
    assert scoring.wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert scoring.wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)


@given(COUNTS, st.integers(0, 30))
def test_a_score_lies_between_nought_and_a_hundred(counts: dict[str, int], minimum: int) -> None:
    found = scoring.score(counts, ALL, minimum=minimum)
    assert found.total is None or 0 <= found.total <= 100
    assert sum(line.counted for line in found.lines) == (0 if found.total is None else 100)
    for line in found.lines:
        if line.share.interval:
            low, high = line.share.interval
            assert low <= line.share.good / line.share.of <= high


@given(COUNTS, st.integers(1, 50))
def test_one_more_kept_promise_never_lowers_a_score(counts: dict[str, int], more: int) -> None:
    weights = {"answer_on_time": 100}
    before = scoring.score(counts, weights, minimum=1).total
    after = scoring.score(counts | {"answer_kept": counts.get("answer_kept", 0) + more}, weights, minimum=1).total
    assert before is None or (after is not None and after >= before)

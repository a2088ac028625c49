"""评分卡: weights, the total, what passes; what the machine suggests is only a suggestion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.errors import BadInput
from minsheng.domain.scorecard import BEST, ITEMS, KEYS, PASS_FROM, score, suggested

FULL = dict.fromkeys(KEYS, 2)
CARDS = st.fixed_dictionaries({key: st.integers(0, 2) for key in KEYS})


def test_the_weights_make_a_hundred() -> None:
    assert sum(item.weight for item in ITEMS) * BEST == 100
    assert {item.key for item in ITEMS if item.must} == {"done", "points"}


@pytest.mark.parametrize(
    ("what", "changed", "total", "passes"),
    [
        ("everything", {}, 100, True),
        ("nothing", dict.fromkeys(KEYS, 0), 0, False),
        ("half of everything", dict.fromkeys(KEYS, 1), 50, False),
        ("no cause", {"cause": 0}, 84, True),
        ("no cause, no next step", {"cause": 0, "next": 0}, 70, True),
        ("just enough", {"cause": 0, "next": 0, "plain": 0}, 60, True),
        ("just not", {"cause": 0, "next": 0, "plain": 0, "in_time": 1}, 57, False),
        ("what was done is missing", {"done": 0}, 76, False),
        ("a point left open altogether", {"points": 0}, 76, False),
        ("a point left open in part", {"points": 1}, 88, True),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_table(what: str, changed: dict[str, int], total: int, passes: bool) -> None:
    found = score({**FULL, **changed})
    assert (found.total, found.passes) == (total, passes), what


@pytest.mark.parametrize("wrong", [3, -1, None, "2", True, 1.0])
def test_what_is_no_point_is_refused_by_its_item(wrong: object) -> None:
    with pytest.raises(BadInput) as refused:
        score({**FULL, "plain": wrong})
    assert refused.value.field == "plain" and "说人话" in refused.value.zh


def test_items_are_these_and_all_of_them() -> None:
    with pytest.raises(BadInput) as missing:
        score(dict.fromkeys(KEYS[1:], 2))
    assert missing.value.field == KEYS[0]
    with pytest.raises(BadInput) as unknown:
        score({**FULL, "beauty": 2})
    assert unknown.value.field == "scores"


@given(CARDS, st.sampled_from(KEYS))
def test_a_better_point_never_lowers_the_total_nor_fails_what_passed(card: dict[str, int], key: str) -> None:
    worse, better = score({**card, key: 0}), score({**card, key: 2})
    assert 0 <= worse.total < better.total <= 100
    assert better.passes or not worse.passes
    assert score(card).passes == (score(card).total >= PASS_FROM and not score(card).zeros)


@given(st.lists(st.sampled_from(["phrase", "no_cause", "no_when", "no_action", "unanswered", "echo", "strange"])), st.integers(0, 3), st.booleans())
def test_a_suggestion_is_a_whole_card(faults: list[str], photos: int, late: bool) -> None:
    card = suggested(faults, photos=photos, late=late)
    assert score(card).scores == card
    assert (card["in_time"] == 0) is late
    assert card["cause"] == max(0, 2 - faults.count("no_cause"))

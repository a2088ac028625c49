"""升得最快: what counts as rising, and in which order."""

from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.rising import LEAST, Topic, rising


def topic(now: int, before: float, *, category: str = "0101", places: int = 1) -> Topic:
    return Topic(category, "street", now, before, places)


def test_growth_is_said_against_an_average_week_and_not_at_all_for_what_is_new() -> None:
    assert (topic(12, 4).growth, topic(5, 4).growth, topic(5, 0).growth) == (200, 25, None)


def test_few_are_no_topic_and_what_fell_is_none_either() -> None:
    assert rising([topic(LEAST - 1, 0), topic(10, 12), topic(10, 10)], most=9) == []


def test_what_chance_would_not_bring_comes_first() -> None:
    new, many, some = topic(6, 0, category="a"), topic(130, 100, category="b"), topic(9, 6, category="c")

    assert [one.category for one in rising([some, many, new], most=9)] == ["a", "b", "c"]
    assert len(rising([some, many, new], most=2)) == 2


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, 500))))
def test_everything_that_is_named_grew(counts: list[tuple[int, float]]) -> None:
    found = rising([topic(now, before, category=str(n)) for n, (now, before) in enumerate(counts)], most=6)

    assert all(one.now >= LEAST and one.now > one.before for one in found)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)

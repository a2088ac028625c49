"""Places in a table: as in a competition, by exact fractions, and nobody who was counted too seldom."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.ranking import last_published, month_after, month_before, ranks

RATES = st.dictionaries(st.integers(0, 50), st.integers(0, 40).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), max_size=25)

TABLE = [
    ("all different", {"a": (9, 10), "b": (8, 10), "c": (1, 10)}, 1, {"a": 1, "b": 2, "c": 3}),
    ("two share the second place, the next is fourth", {"a": (10, 10), "b": (8, 10), "c": (4, 5), "d": (1, 10)}, 1, {"a": 1, "b": 2, "c": 2, "d": 4}),
    ("a third is a third, however often asked", {"a": (1, 3), "b": (10, 30), "c": (333, 1000)}, 1, {"a": 1, "b": 1, "c": 3}),
    ("too seldom has no place", {"a": (9, 9), "b": (5, 10)}, 10, {"b": 1}),
    ("never asked has no place, whatever the minimum", {"a": (0, 0), "b": (0, 4)}, 0, {"b": 1}),
    ("nobody", {}, 10, {}),
]


@pytest.mark.parametrize(("rates", "minimum", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_places(rates: dict[str, tuple[int, int]], minimum: int, wanted: dict[str, int]) -> None:
    assert ranks(rates, minimum=minimum) == wanted


@given(RATES, st.integers(0, 20))
def test_a_place_counts_those_who_are_strictly_better(rates: dict[int, tuple[int, int]], minimum: int) -> None:
    found = ranks(rates, minimum=minimum)
    assert set(found) == {name for name, (_, whole) in rates.items() if whole >= max(1, minimum)}
    judged = {name: Fraction(*rates[name]) for name in found}
    for name, place in found.items():
        assert place == 1 + sum(other > judged[name] for other in judged.values())


@given(RATES, st.integers(1, 20))
def test_the_order_in_which_they_come_does_not_matter(rates: dict[int, tuple[int, int]], minimum: int) -> None:
    assert ranks(dict(reversed(list(rates.items()))), minimum=minimum) == ranks(rates, minimum=minimum)


@pytest.mark.parametrize(
    ("today", "published_on", "month"),
    [
        (date(2026, 11, 5), 5, date(2026, 10, 1)),
        (date(2026, 11, 4), 5, date(2026, 9, 1)),
        (date(2026, 11, 30), 1, date(2026, 10, 1)),
        (date(2026, 1, 3), 5, date(2025, 11, 1)),
        (date(2026, 1, 31), 28, date(2025, 12, 1)),
    ],
)
def test_the_month_that_is_public(today: date, published_on: int, month: date) -> None:
    assert last_published(today, published_on=published_on) == month


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)))
def test_months_go_there_and_back(day: date) -> None:
    assert month_before(month_after(day)) == month_after(month_before(day)) == day.replace(day=1)

"""What is kept in memory: until its moment, never more than so many, and forgotten between tests."""

from datetime import UTC, datetime, timedelta

from minsheng.queries import kept

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_until_its_moment_and_not_before_it_was_made() -> None:
    store = kept.Kept[str](most=10)
    store.put("a", "one", NOW, NOW + 15 * SECOND)
    assert store.get("a", NOW) == "one"
    assert store.get("a", NOW + 14 * SECOND) == "one"
    assert store.get("a", NOW + 15 * SECOND) is None
    assert store.get("a", NOW - SECOND) is None
    assert store.get("b", NOW) is None


def test_made_anew_when_it_is_old() -> None:
    store, made = kept.Kept[int](most=10), iter(range(10))
    ask = [store.for_a_while("a", lambda: next(made), NOW + n * SECOND, 10) for n in (0, 3, 9, 10, 19, 20)]
    assert ask == [0, 0, 0, 1, 1, 2]


def test_the_oldest_goes_first() -> None:
    store = kept.Kept[int](most=3)
    for n in range(5):
        store.put(n, n, NOW, NOW + SECOND)
    assert [store.get(n, NOW) for n in range(5)] == [None, None, 2, 3, 4]
    assert len(store) == 3


def test_all_is_forgotten_at_once() -> None:
    store = kept.Kept[int](most=3)
    store.put("a", 1, NOW, NOW + SECOND)
    kept.forget()
    assert store.get("a", NOW) is None

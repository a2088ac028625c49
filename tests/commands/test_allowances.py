"""限次: counted in rows, atomically, over windows that begin with the first use; nobody can read off a row whose it is."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from minsheng import clock
from minsheng.commands import allowances
from minsheng.commands.allowances import Rule
from minsheng.domain.errors import TooMany
from minsheng.models.people import Allowance
from tests.commands.scenes import at_once
from tests.world import World

Make = Callable[..., World]


def taken(key: str, *, times: int = 2, seconds: int = 60) -> None:
    allowances.take("tries", key, times=times, seconds=seconds)


def test_so_many_and_no_more_until_the_window_is_over(world: Make) -> None:
    """The third says how long to wait, and waiting that long is enough. Another key has a count of its own."""
    world("yunchuan")
    taken("a")
    clock.advance(timedelta(seconds=20))
    taken("a")
    with pytest.raises(TooMany, match="40 秒") as refused:
        taken("a")
    assert refused.value.retry_after == 40
    assert refused.value.en == "That was too often. Please try again in 40 seconds."
    taken("b")
    clock.advance(timedelta(seconds=40))
    taken("a")
    assert Allowance.objects.get(since=clock.now()).used == 1


def test_what_is_refused_is_not_counted(world: Make) -> None:
    """Asking again and again makes the wait no longer."""
    world("yunchuan")
    for _ in range(2):
        taken("a")
    for _ in range(5):
        with pytest.raises(TooMany):
            taken("a")
    assert Allowance.objects.get().used == 2


def test_several_limits_are_taken_together_or_not_at_all(world: Make) -> None:
    """Where one of them is used up the others keep what they had."""
    world("yunchuan")
    wide, narrow = Rule("wide", 9, 3600), Rule("narrow", 1, 60)
    allowances.take_all([(wide, "x"), (narrow, "x")])
    with pytest.raises(TooMany):
        allowances.take_all([(wide, "x"), (narrow, "x")])
    assert Allowance.objects.get(key__startswith="wide:").used == 1


@pytest.mark.parametrize(
    ("seconds", "zh", "en"), [(5, " 5 秒", "5 seconds"), (90, " 2 分钟", "2 minutes"), (3600, " 60 分钟", "60 minutes"), (86400, " 24 小时", "24 hours")]
)
def test_the_wait_is_said_in_words(seconds: int, zh: str, en: str) -> None:
    assert (allowances.words(seconds), allowances.words_en(seconds)) == (zh, en)


def test_no_row_says_whose_it_is(world: Make) -> None:
    """A number is no more to be found in the table than a hash of it without the key."""
    world("yunchuan")
    taken("13800000001")
    key = Allowance.objects.get().key
    assert key.startswith("tries:") and "138" not in key and len(key) <= 80


def test_rows_of_yesterday_are_swept(world: Make) -> None:
    """Only those whose window is over, whatever its length."""
    world("yunchuan")
    taken("old")
    clock.advance(timedelta(days=1, seconds=1))
    taken("new")
    assert allowances.sweep() == 1
    assert Allowance.objects.count() == 1


def test_switched_off_it_counts_nothing(world: Make, settings: object) -> None:
    """For a bench, which comes from one address."""
    world("yunchuan")
    settings.MINSHENG_LIMITS = False  # type: ignore[attr-defined]
    for _ in range(9):
        taken("a")
    assert not Allowance.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_connections_at_once_share_one_count() -> None:
    """Ten at the same moment, of which three may: three pass, whatever the order, and none waits for ever for another."""
    with clock.moved(datetime.fromisoformat("2026-03-02T09:00+08:00")):
        rules = [Rule("one", 3, 60), Rule("two", 9, 60)]
        results = at_once(*(lambda n=n: allowances.take_all([(rule, "x") for rule in (rules if n % 2 else rules[::-1])]) for n in range(10)))
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] * 3 + ["TooMany"] * 7
    assert sorted(Allowance.objects.values_list("used", flat=True)) == [3, 3]

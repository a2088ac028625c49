"""存筛选: kept, shared in a unit, renamed, moved, deleted; by its owner only."""

from collections.abc import Callable

import pytest

from minsheng.commands import filters
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.queries import filters as kept
from tests.commands.scenes import CLERK, UNIT, unchanged
from tests.world import World

Make = Callable[..., World]
LAMPS = {"queue": "handling", "category": "0202", "words": "路灯", "sort": "new"}


def names(city: World, username: str) -> list[str]:
    return [one.name for one in kept.saved(city.who(username))]


def test_kept_shared_and_taken_back(world: Make) -> None:
    city = world("yunchuan")
    by = city.who("dispatch1")
    number = filters.save("路灯专班", query=LAMPS, by=by)
    assert kept.saved(by)[0].query == LAMPS
    assert names(city, "supervisor1") == [], "one's own"
    filters.share(number, unit="city.centre", by=by)
    (shared,) = kept.saved(city.who("supervisor1"))
    assert (shared.name, shared.own, shared.owner) == ("路灯专班", False, "云川派单员")
    assert names(city, CLERK) == []
    filters.unshare(number, by=by)
    assert names(city, "supervisor1") == []
    gone = filters.delete(number, by=by)
    assert names(city, "dispatch1") == []
    filters.save(gone.name, query=gone.query, unit=gone.unit, by=by)
    assert names(city, "dispatch1") == ["路灯专班"]


def test_in_the_order_of_its_owner(world: Make) -> None:
    city = world("yunchuan")
    by = city.who("dispatch1")
    numbers = [filters.save(name, query={"queue": "handling"}, by=by) for name in "甲乙丙"]
    filters.raise_(numbers[2], by=by)
    assert names(city, "dispatch1") == ["甲", "丙", "乙"]
    filters.lower(numbers[0], by=by)
    assert names(city, "dispatch1") == ["丙", "甲", "乙"]
    filters.raise_(numbers[2], by=by)
    assert names(city, "dispatch1") == ["丙", "甲", "乙"], "the first stays the first"
    filters.rename(numbers[1], name=" 乙的 ", by=by)
    assert names(city, "dispatch1") == ["丙", "甲", "乙的"]


def test_only_its_owner_changes_it(world: Make) -> None:
    city = world("yunchuan")
    number = filters.save("路灯", query=LAMPS, unit="city.centre", by=city.who("dispatch1"))
    other = city.who("supervisor1")
    with unchanged():
        for wrong in (number, 999_999):
            for deed in (filters.delete, filters.unshare, filters.raise_, filters.lower):
                with pytest.raises(NotFound):
                    deed(wrong, by=other)
            with pytest.raises(NotFound):
                filters.rename(wrong, name="我的", by=other)
            with pytest.raises(NotFound):
                filters.share(wrong, unit="city.centre", by=other)
    assert names(city, "dispatch1") == ["路灯"]


@pytest.mark.parametrize(
    ("field", "name", "query", "unit"),
    [
        ("name", "", LAMPS, None), ("name", "字" * 41, LAMPS, None), ("queue", "甲", {"queue": "nothing"}, None), ("queue", "甲", {}, None),
        ("category", "甲", {"queue": "handling", "category": "x"}, None), ("due_to", "甲", {"queue": "handling", "due_to": "2026-13-01"}, None),
        ("supporters", "甲", {"queue": "handling", "supporters": "-1"}, None), ("sort", "甲", {"queue": "handling", "sort": "odd"}, None),
        ("unit", "甲", LAMPS, UNIT),
    ],
)  # fmt: skip
def test_what_is_not_kept(world: Make, field: str, name: str, query: dict[str, str], unit: str | None) -> None:
    city = world("yunchuan")
    with unchanged(), pytest.raises(BadInput) as refused:
        filters.save(name, query=query, unit=unit, by=city.who("dispatch1"))
    assert refused.value.field == field


def test_a_name_once_and_not_too_many(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    city = world("yunchuan")
    by = city.who("dispatch1")
    number = filters.save("甲", query=LAMPS, by=by)
    with pytest.raises(BadInput):
        filters.save("甲", query=LAMPS, by=by)
    filters.save("甲", query=LAMPS, by=city.who("supervisor1"))
    filters.rename(number, name="甲", by=by)
    monkeypatch.setattr(filters, "MOST", 2)
    second = filters.save("乙", query=LAMPS, by=by)
    with pytest.raises(BadInput):
        filters.rename(second, name="甲", by=by)
    with pytest.raises(WrongState):
        filters.save("丙", query=LAMPS, by=by)

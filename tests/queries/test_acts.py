"""谁做了什么: by person, kind, subject, case and days; a page at a time; bounded; misconduct only for discipline."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from minsheng import clock
from minsheng.commands import people
from minsheng.commands.administering import items
from minsheng.domain.errors import BadInput
from minsheng.queries import acts
from minsheng.queries.acts import Wanted
from tests.commands.scenes import CLERK, handled
from tests.world import World

Make = Callable[..., World]
DAY = date(2026, 3, 2)


@pytest.fixture
def city(world: Make) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def wanted(book: str, **more: object) -> Wanted:
    return Wanted(**{"book": book, "first": DAY, "last": DAY, **more})


def test_acts_page_by_page(city: World, django_assert_max_num_queries: Callable[..., object]) -> None:
    admin = city.who("admin1")
    for n in range(7):
        items.edit("units", key="yinxing" if n % 2 else "songtao", cells={"phone": f"0000-{n}"}, seen=None, by=admin)
        clock.advance(timedelta(seconds=1))
    with django_assert_max_num_queries(2):
        first, cursor = acts.page(wanted("acts"), limit=3)
    second, cursor = acts.page(wanted("acts"), cursor=cursor, limit=3)
    third, end = acts.page(wanted("acts"), cursor=cursor, limit=3)
    keys = [deed.key for deed in (*first, *second, *third)]
    assert keys == sorted(keys, reverse=True) and len(keys) == 7 and end == ""
    assert first[0].name == "云川系统管理员" and "phone" in first[0].more
    assert len(list(acts.rows(wanted("acts"), most=100))) == 7
    for narrowed, count in (
        ({"subject": "unit:yinxing"}, 3),
        ({"by": admin.tag}, 7),
        ({"by": "staff:0"}, 0),
        ({"kind": "user"}, 0),
        ({"units": {"qinghe"}}, 0),
    ):
        assert len(acts.page(wanted("acts", **narrowed))[0]) == count, narrowed


def test_the_journal_and_the_openings(city: World) -> None:
    code, secret = handled(city), city.file(body="某单位有人收钱才办事，请查。", kind="report", category="150202")
    city.do(people.open_parties, code, by=CLERK, reason="要回电话")
    city.do(people.open_parties, secret, by="dispatch1", reason="核对举报人")

    assert {deed.what for deed in acts.page(wanted("journal", case=code))[0]} >= {"认领"}
    assert [deed.more for deed in acts.page(wanted("openings"))[0]] == ["要回电话"]
    assert {deed.more for deed in acts.page(wanted("openings", secret=True))[0]} == {"要回电话", "核对举报人"}
    assert acts.page(wanted("journal", by=city.who("desk1").tag))[0] == []


@pytest.mark.parametrize(("book", "days", "more", "goes"), [
    ("acts", 92, {}, True), ("acts", 93, {}, False), ("acts", 400, {"by": "staff:1"}, True), ("acts", 400, {"subject": "unit:x"}, True),
    ("acts", 400, {"kind": "user"}, False), ("journal", 31, {}, True), ("journal", 32, {"by": "staff:1"}, False), ("journal", 400, {"case": "X"}, True),
    ("openings", 93, {"by": "staff:1"}, False), ("openings", 400, {"case": "X"}, True),
])  # fmt: skip
def test_nobody_asks_for_everything(db: None, book: str, days: int, more: dict[str, str], goes: bool) -> None:
    asked = wanted(book, last=DAY + timedelta(days=days - 1), **more)
    if goes:
        acts.demand_bounded(asked)
    else:
        with pytest.raises(BadInput):
            acts.demand_bounded(asked)
    with pytest.raises(BadInput):
        acts.demand_bounded(wanted(book, last=DAY - timedelta(days=1)))


def test_somebody_who_is_not_there(city: World) -> None:
    with pytest.raises(BadInput):
        acts.tag_of("ghost")
    assert acts.tag_of("admin1") == city.who("admin1").tag

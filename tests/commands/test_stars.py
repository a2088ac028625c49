"""盯着: an eye on a case, by whoever may see it."""

from collections.abc import Callable

import pytest

from minsheng.commands import stars
from minsheng.domain.errors import NotFound, WrongState
from minsheng.models.work import Star
from minsheng.queries import inbox
from tests.commands import scenes
from tests.commands.scenes import CLERK
from tests.world import World

Make = Callable[..., World]


def test_a_star_stands_in_ones_own_list_only(world: Make) -> None:
    """Once more does no harm; it goes again; a closed case can be watched too."""
    city = world("yunchuan")
    code, over = scenes.handled(city), scenes.closed(city)
    for _ in range(2):
        city.do(stars.star, code, by=CLERK)
    city.do(stars.star, over, by=CLERK)
    clerk = city.who(CLERK)
    assert {row.code for row in inbox.inbox(clerk, queue="starred").rows} == {code, over}
    assert all(row.starred for row in inbox.inbox(clerk, queue="starred").rows)
    assert {q.key: q.count for q in inbox.queues(clerk)}["starred"] == 2
    assert inbox.inbox(city.who("dispatch1"), queue="starred").rows == []
    city.do(stars.unstar, code, by=CLERK)
    city.do(stars.unstar, code, by=CLERK)
    assert [row.code for row in inbox.inbox(clerk, queue="starred").rows] == [over]
    city.holds()


def test_what_may_not_be_seen_cannot_be_starred(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    for wrong in (code, "YC990000000", "\0", ""):
        with pytest.raises(NotFound):
            city.do(stars.star, wrong, by="minghu-centre")
    assert not Star.objects.exists()


def test_there_is_an_end_to_it(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    city = world("yunchuan")
    codes = [scenes.dispatched(city) for _ in range(3)]
    monkeypatch.setattr(stars, "MOST", 2)
    for code in codes[:2]:
        city.do(stars.star, code, by=CLERK)
    with pytest.raises(WrongState):
        city.do(stars.star, codes[2], by=CLERK)
    city.do(stars.star, codes[0], by=CLERK)

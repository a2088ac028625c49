"""专项整治 as it is read: progress, places, public requests; who may gather what; constant queries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import campaigns as running
from minsheng.commands.campaigns import Place
from minsheng.domain.errors import NotFound
from minsheng.queries import campaigns
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.world import World

Make = Callable[..., World]


def opened(city: World, name: str = "路灯排查") -> str:
    """Two places, one of which is late soon."""
    today = clock.local(clock.now()).date()
    spots = [Place(name="1栋", owner=UNIT, due_on=today), Place(name="2栋", owner=UNIT, due_on=today + timedelta(days=9))]
    return running.open_campaign(name=name, goal="查遍全街道", unit=UNIT, spots=spots, by=city.who(CLERK))


def test_progress_is_counted_in_places(world: Make) -> None:
    """Done, late and all; a place that is done is not late."""
    city = world("yunchuan")
    code = opened(city)
    city.wait("2 days")
    assert (lambda h: (h.spots, h.done, h.late, h.gathered))(campaigns.one(code).head) == (2, 0, 1, 0)
    running.spot_done(code, 1, evidence=["换好了"], by=city.who(CLERK))
    told = campaigns.one(code)
    assert (told.head.done, told.head.late, told.spots[0].evidence, told.spots[0].late) == (1, 0, ["换好了"], False)


def test_only_public_requests_are_named(world: Make) -> None:
    """The others are counted."""
    city = world("yunchuan")
    code, case = opened(city), scenes.handled(city)
    running.gather(code, [case], by=city.who(CLERK))
    told = campaigns.one(code)
    assert told.head.gathered == len(told.requests) + told.more == 1


def test_pages_go_on_by_keyset_with_one_query(world: Make) -> None:
    """Nothing twice, nothing missed; ended ones stand apart."""
    city = world("yunchuan")
    made = []
    for number in range(5):
        made.append(opened(city, f"排查{number}"))
        city.wait("1 minute")
    with CaptureQueriesContext(connection) as asked:
        first = campaigns.page(running=True, limit=3)
    assert len(asked) == 1
    second = campaigns.page(running=True, cursor=first.next, limit=3)
    assert [row.code for row in (*first.rows, *second.rows)] == made[::-1] and not second.next
    assert campaigns.page(running=False).rows == []


def test_what_may_be_gathered_is_open_and_in_sight(world: Make) -> None:
    """By matter and by area; what belongs to a campaign already is not offered again."""
    city = world("yunchuan")
    case, clerk = scenes.handled(city), city.who(CLERK)
    facts = city.case(case)
    assert case in dict(campaigns.fitting(clerk, category=str(facts.category)[:2], place=""))
    assert case not in dict(campaigns.fitting(clerk, category="99", place=""))
    assert case not in dict(campaigns.fitting(city.who("yuanlin"), category="", place=""))
    running.gather(opened(city), [case], by=clerk)
    assert case not in dict(campaigns.fitting(clerk, category="", place=""))


def test_an_unknown_campaign_is_not_found(world: Make) -> None:
    """In words."""
    world("yunchuan")
    with pytest.raises(NotFound, match="没有这个专项"):
        campaigns.one("YCZ99999")

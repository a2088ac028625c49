"""坐席: two at one extension, an operator who leaves, states that are none."""

from collections.abc import Callable

import pytest

from minsheng.commands import seating
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.models.people import User
from minsheng.queries import calls as reading
from tests.commands.calling import call, told
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def test_the_later_one_sits_and_the_earlier_one_is_told(city: World) -> None:
    first, second = city.who("desk1"), city.who("desk2")
    seating.sit("8001", by=first)
    seating.sit("8001", by=second)
    seat = reading.screen(first).seat
    assert seat is not None and (seat.extension, seat.taken_by, seat.state) == ("", second.name, "away")
    told("ringing")
    assert reading.screen(first).call is None and reading.screen(second).call is not None
    seating.sit("8003", by=first)
    assert reading.screen(first).seat.taken_by == ""  # type: ignore[union-attr]


def test_sitting_down_again_or_elsewhere(city: World) -> None:
    desk = city.who("desk1")
    for extension in ("8001", "8001", "8005"):
        seating.sit(extension, by=desk)
    assert reading.seats() == {"8005": desk.name}


def test_a_call_that_rings_already_is_found_by_who_sits_down(city: World) -> None:
    told("ringing")
    assert call().user is None
    seating.sit("8001", by=city.who("desk1"))
    assert reading.screen(city.who("desk1")).call is not None


def test_who_has_left_is_rung_no_more(city: World) -> None:
    desk = city.who("desk1")
    seating.sit("8001", by=desk)
    seating.leave(by=desk)
    told("ringing")
    assert call().user is None and reading.screen(desk).seat is None
    seating.sit("8001", by=desk)
    User.objects.filter(pk=desk.id).update(is_active=False)
    told("ringing", "call-2")
    assert call("call-2").user is None


def test_what_is_no_state_and_no_extension(city: World) -> None:
    desk = city.who("desk1")
    with pytest.raises(WrongState, match="分机"):
        seating.turn("away", by=desk)
    for wrong in ("", "8001; rm", "8" * 21, "分机"):
        with pytest.raises(BadInput):
            seating.sit(wrong, by=desk)
    seating.sit("8001", by=desk)
    with pytest.raises(BadInput):
        seating.turn("talking", by=desk)
    seating.turn("away", by=desk)
    assert reading.screen(desk).seat.state == "away"  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        seating.sit("8002", by=city.who("yinxing"))

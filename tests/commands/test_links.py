"""免登录链接: opens one person's judgement of one round, until a day; guessing is slow."""

from collections.abc import Callable

import pytest

from minsheng.commands import callback, links, people
from minsheng.domain.errors import NotFound, TooMany, WrongState
from minsheng.models.case import Link, Party
from tests.commands import scenes
from tests.world import World

Make = Callable[..., World]
HOME = "203.0.113.7"


def link(city: World, code: str, phone: str = "13800000001") -> str:
    return links.issue(city.case(code), Party.objects.get(pk=city.party(phone)))


def test_it_opens_one_persons_part(world: Make) -> None:
    """The caller rates, somebody who joined confirms or disputes; the word itself is not kept."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(people.support, code, by="citizen", name="邻居", phone="13800000021")
    mine, joined = link(city, code), link(city, code, "13800000021")
    assert (links.find(mine, address=HOME).case.code, links.find(mine, address=HOME).other) == (code, False)
    assert links.find(joined, address=HOME).other
    assert not Link.objects.filter(digest__in=(mine, joined)).exists()
    links.used(mine)
    assert Link.objects.filter(used_at__isnull=False).count() == 1


def test_it_ends(world: Make) -> None:
    """After the days that the profile gives, and with the round."""
    city = world("yunchuan")
    code = scenes.checked(city)
    word = link(city, code)
    city.do(callback.reopen, code, by="citizen", reason="又不亮了")
    with pytest.raises(WrongState, match="重新办理"):
        links.find(word, address=HOME)
    later = link(city, code)
    city.wait("16 days")
    with pytest.raises(WrongState, match="过期"):
        links.find(later, address=HOME)


def test_whoever_left_has_none(world: Make) -> None:
    """Left is left."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(people.support, code, by="citizen", name="邻居", phone="13800000021")
    word = link(city, code, "13800000021")
    city.do(people.leave, code, by="citizen", phone="13800000021")
    with pytest.raises(NotFound):
        links.find(word, address=HOME)


def test_guessing_is_slow(world: Make) -> None:
    """Unknown and malformed words answer alike, and after some of them the address waits."""
    world("yunchuan")
    for n in range(60):
        with pytest.raises(NotFound):
            links.find("../../x" if n % 2 else "abcdefgh23", address=HOME)
    with pytest.raises(TooMany):
        links.find("abcdefgh23", address=HOME)
    with pytest.raises(NotFound):
        links.find("abcdefgh23", address="203.0.113.8")

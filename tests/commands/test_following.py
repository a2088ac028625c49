"""关注: an account follows somebody else's public case."""

from collections.abc import Callable

import pytest

from minsheng.commands import following
from minsheng.domain.errors import NotFound
from minsheng.models.participation import Follow
from tests.commands import scenes
from tests.world import World


def test_follow_and_leave_off(world: Callable[..., World]) -> None:
    """Once is once; leaving off what was never followed is no error; what is not public is not there."""
    city = world("yunchuan")
    code = scenes.handled(city)
    following.follow(code, account=7)
    following.follow(code, account=7)
    following.follow(code, account=8)
    assert Follow.objects.filter(case__code=code).count() == 2
    following.unfollow(code, account=7)
    following.unfollow(code, account=9)
    assert list(Follow.objects.values_list("account", flat=True)) == [8]
    private = city.file(body="家里的事。", wish="private", place="yinxing-b1")
    for unknown in (private, "YC269999999"):
        with pytest.raises(NotFound):
            following.follow(unknown, account=7)

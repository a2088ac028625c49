"""站内消息: read and opened by whom they are for, and by nobody else."""

from collections.abc import Callable

import pytest

from minsheng.commands import following, handling, messages
from minsheng.domain.errors import NotFound
from minsheng.models.read import Notice
from minsheng.queries import messages as queries
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP
from tests.world import World

Make = Callable[..., World]


def test_all_that_was_shown_is_read_and_what_came_since_is_not(world: Make) -> None:
    """The page shows up to a message; one that arrives while somebody reads stays unread."""
    city = world("yunchuan")
    account = city.account("sms", phone="13800000001")
    code = city.file(**LAMP, account=account)
    city.send()
    newest = queries.page(account).rows[0].id
    city.do(handling.claim, code, by=CLERK)
    city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    city.send()
    assert queries.unread(account) == 3
    messages.read(account, upto=newest)
    assert [(m.event, m.read) for m in queries.page(account).rows] == [("reply", False), ("dispatch", True), ("receive", True)]
    assert queries.unread(account) == 1
    assert messages.read(account, upto=newest) == 0
    assert Notice.objects.filter(to__startswith="unit:", read_at__isnull=False).count() == 0


def test_one_is_opened_and_names_its_case(world: Make) -> None:
    city = world("yunchuan")
    account, other = city.account(), city.account()
    code = scenes.handled(city)
    following.follow(code, account=account)
    city.send()
    (message,) = queries.page(account).rows
    assert messages.read_one(account, message=message.id) == code
    assert queries.unread(account) == 0
    read_at = Notice.objects.get(pk=message.id).read_at
    assert messages.read_one(account, message=message.id) == code
    assert Notice.objects.get(pk=message.id).read_at == read_at
    unit = Notice.objects.filter(to__startswith="unit:").latest("id")
    for key in (unit.pk, message.id + 10_000, 2**62):
        with pytest.raises(NotFound):
            messages.read_one(account, message=key)
    with pytest.raises(NotFound):
        messages.read_one(other, message=message.id)

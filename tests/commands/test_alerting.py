"""紧急上报: those above are told at once, once an hour; nobody else is."""

from collections.abc import Callable

import pytest

from minsheng.commands import alerting
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, TooMany, WrongState
from minsheng.models.people import User
from minsheng.models.read import Notice
from minsheng.queries import cases, mentions
from tests.commands import scenes
from tests.commands.scenes import event, unchanged
from tests.commands.test_noting import colleague
from tests.world import World

Make = Callable[..., World]


def told() -> set[str]:
    """User names of those who got a message."""
    ids = [int(to.removeprefix("user:")) for to in Notice.objects.filter(template="alerted").values_list("to", flat=True)]
    return set(User.objects.filter(pk__in=ids).values_list("username", flat=True))


def test_leaders_and_supervisors_of_area_and_city_are_told(world: Make) -> None:
    """The city's and those of the case's own part of it; not those of another district, not the one who reports."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    here, elsewhere = colleague("songtao", name="街道负责人", roles=("leader",)), colleague("minghu", name="明湖负责人", roles=("leader",))
    city.do(alerting.alert, code, by="desk1", text="有人被困在电梯里，已拨 119")
    assert {"leader1", "supervisor1", here.username} <= told() and elsewhere.username not in told()
    row = mentions.page(city.who("leader1")).rows[0]
    assert (row.what, row.text, row.code) == ("alerted", "有人被困在电梯里，已拨 119", code)
    assert len(event(code, "alerted").data["to"]) == len(told())
    city.holds()


def test_once_an_hour(world: Make) -> None:
    """The second report within the hour is refused kindly and says when; after it, it goes through."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.do(alerting.alert, code, by="desk1", text="水漫进配电房")
    with unchanged(), pytest.raises(TooMany) as refused:
        city.do(alerting.alert, code, by="dispatch1", text="水漫进配电房")
    assert "60 分钟后可以再报" in refused.value.zh and 0 < refused.value.retry_after <= 3601
    city.wait("61 minutes")
    city.do(alerting.alert, code, by="dispatch1", text="水还在涨")
    assert city.actions(code).count("alerted") == 2


def test_who_may_and_when(world: Make) -> None:
    """Operators, dispatchers, supervisors; an open case; with words."""
    city = world("yunchuan")
    code, done = scenes.handled(city), scenes.closed(city, body="路灯又坏了一次，这回是公园北门那一盏。")
    with unchanged(), pytest.raises(NotAllowed):
        city.do(alerting.alert, code, by=scenes.CLERK, text="急")
    with unchanged(), pytest.raises(NotFound):
        city.do(alerting.alert, code, by="yuanlin", text="急")
    with unchanged(), pytest.raises(WrongState):
        city.do(alerting.alert, done, by="desk1", text="急")
    with unchanged(), pytest.raises(BadInput):
        city.do(alerting.alert, code, by="desk1", text=" ")


def test_the_accused_hear_nothing(world: Make) -> None:
    """A leader of the accused unit is not told of a 举报, and the citizen never reads the report."""
    city = world("yunchuan")
    accused = colleague("songtao", name="被反映单位负责人", roles=("leader",))
    code = city.file(body="街道办有人收了摊主的钱。", kind="report", accused=("songtao",), wish="secret")
    city.do(alerting.alert, code, by="desk1", text="涉及金额较大")
    assert accused.username not in told()
    assert all(entry.action != "alerted" for entry in cases.holder(city.case(code)).entries)

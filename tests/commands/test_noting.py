"""内部留言: colleagues tell each other; nobody outside ever reads it, and who is named is told."""

from collections.abc import Callable

import pytest

from minsheng import clock
from minsheng.commands import noting
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.case import CaseText
from minsheng.models.people import Member, User
from minsheng.models.read import Notice
from minsheng.queries import cases, colleagues, mentions
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]


def colleague(unit: str = UNIT, *, name: str = "运行二班", roles: tuple[str, ...] = ("staff",)) -> User:
    """One more person in this unit."""
    user = User.objects.create(username=f"{unit}-{User.objects.count()}", display_name=name, created_at=clock.now(), password="!")
    Member.objects.create(user=user, unit=unit, roles=list(roles))
    return user


def test_a_colleague_is_told_and_finds_the_words(world: Make) -> None:
    """Entry and message come together, at once; reading it makes it read."""
    city = world("yunchuan")
    code, mate = scenes.handled(city), colleague()
    city.do(noting.note, code, by=CLERK, text="明天上午你去一趟", to=[mate.pk])
    told = city.who(mate.username)
    assert mentions.unread(mate.pk) == 1
    row = mentions.page(told).rows[0]
    assert (row.code, row.text, row.what, row.sees, row.read) == (code, "明天上午你去一趟", "noted", True, False)
    assert noting.read_one(mate.pk, message=row.id) == code
    assert mentions.unread(mate.pk) == 0
    with pytest.raises(NotFound):
        noting.read_one(city.who(CLERK).id or 0, message=row.id)
    assert event(code, "noted").data["to"] == [mate.pk]
    city.holds()


def test_all_are_read_up_to_what_was_shown(world: Make) -> None:
    """What came while the page was open stays unread."""
    city = world("yunchuan")
    code, mate = scenes.handled(city), colleague()
    city.do(noting.note, code, by=CLERK, text="第一条", to=[mate.pk])
    shown = mentions.page(city.who(mate.username)).rows[0].id
    city.do(noting.note, code, by=CLERK, text="第二条", to=[mate.pk])
    assert noting.read(mate.pk, upto=shown) == 1
    assert mentions.unread(mate.pk) == 1


def test_nobody_outside_reads_a_note(world: Make) -> None:
    """Not the holder, not the public, not those who only look on; it makes no screen stale and starts no clock."""
    city = world("yunchuan")
    code = scenes.handled(city)
    version, clocks = city.case(code).version, city.running(code)
    city.do(noting.note, code, by=CLERK, text="这家人脾气急，多带一个人")
    assert (city.case(code).version, city.running(code)) == (version, clocks)
    views = (cases.public(code), cases.holder(city.case(code)), cases.desk(code, city.who("analyst1")).case)
    for view in views:
        assert all("脾气急" not in entry.text and entry.action != "noted" for entry in view.entries)
    assert any(entry.text.startswith("这家人") and not entry.public for entry in cases.desk(code, city.who(CLERK)).case.entries)
    assert city.send() == 0 or not Notice.objects.filter(template="noted", to__startswith="party").exists()


def test_only_who_works_on_it_writes_and_is_named(world: Make) -> None:
    """Strangers, those who only look on and people of other units are refused, and nothing is stored."""
    city = world("yunchuan")
    code, stranger = scenes.handled(city), colleague("city.parks")
    with unchanged(), pytest.raises(NotAllowed):
        city.do(noting.note, code, by="deputy1", text="看看")
    with unchanged(), pytest.raises(NotFound):
        city.do(noting.note, code, by="yuanlin", text="看看")
    for to in ([stranger.pk], [10**9], [city.who(CLERK).id]):
        with unchanged(), pytest.raises(BadInput) as refused:
            city.do(noting.note, code, by=CLERK, text="看看", to=to)
        assert refused.value.field == "to"
    with unchanged(), pytest.raises(BadInput):
        city.do(noting.note, code, by=CLERK, text=" \n")


def test_pressed_twice_it_is_recorded_once(world: Make) -> None:
    """Within a minute the same words are a double click; later they are said again."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(noting.note, code, by=CLERK, text="下午三点去")
    with unchanged(), pytest.raises(WrongState):
        city.do(noting.note, code, by=CLERK, text="下午三点去")
    city.wait("2 minutes")
    city.do(noting.note, code, by=CLERK, text="下午三点去")
    assert CaseText.objects.filter(case__code=code, kind="noted").count() == 2


def test_who_may_not_see_the_case_any_more_sees_no_words(world: Make) -> None:
    """The unit lost the case: the message stays, its words do not."""
    city = world("yunchuan")
    code, mate = scenes.handled(city), colleague()
    city.do(noting.note, code, by=CLERK, text="你看一下", to=[mate.pk])
    Member.objects.filter(user=mate).update(unit="city.parks")
    from minsheng.queries import directory

    directory.forget()
    row = mentions.page(city.who(mate.username)).rows[0]
    assert (row.sees, row.text, row.title) == (False, "", "")


def test_colleagues_of_today(world: Make) -> None:
    """A post that has ended or a closed account is nobody's colleague; a delegated post counts for both."""
    city = world("yunchuan")
    today = clock.local(clock.now()).date()
    kept, left, closed, deputy = (colleague(name=name) for name in ("在岗", "离岗", "停用", "代班"))
    Member.objects.filter(user=left).update(valid_until=today.replace(year=2020))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    Member.objects.filter(user=deputy).delete()
    Member.objects.filter(user=kept).update(delegated_to=deputy)
    assert {one.name for one in colleagues.of([UNIT], on=today)} >= {"在岗", "代班"}
    assert not {"离岗", "停用"} & {one.name for one in colleagues.of([UNIT], on=today)}
    scenes.handled(city)
    assert colleagues.in_hand(UNIT) == {city.who(CLERK).id: 1}

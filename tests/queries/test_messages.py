"""站内消息, read: what an account was told, once each, in the words that it may see."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng.commands import amending, following, handling, people
from minsheng.domain.access import citizen
from minsheng.models.case import Party
from minsheng.models.read import Notice
from minsheng.queries import messages
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP
from tests.world import World

Make = Callable[..., World]


def test_each_is_shown_once_whatever_ways_it_went(world: Make) -> None:
    """Own, joined and followed cases in one list, newest first; others' not."""
    city = world("yunchuan")
    account = city.account("sms", "mail", phone="13800000031", mail="someone@example.com")
    own = city.file(**LAMP, account=account, phone="13800000031")
    joined, followed, strange = (scenes.handled(city, body=f"第 {n} 盏路灯不亮，晚上看不见路。") for n in range(3))
    city.do(people.support, joined, by=citizen(account), name="李女士", phone="13800000031")
    following.follow(followed, account=account)
    city.send()
    for code in (joined, followed, strange):
        city.do(handling.reply, code, by=CLERK, text="明天换灯。")
    city.send()
    rows = messages.page(account).rows
    assert [(m.code, m.event, m.followed) for m in rows if m.event == "reply"] == [(followed, "reply", True), (joined, "reply", False)]
    assert [m.event for m in rows if m.code == own] == ["dispatch", "receive"]
    assert strange not in {m.code for m in rows}
    assert len({(m.code, m.event) for m in rows}) == len(rows)
    assert [m.id for m in rows] == sorted((m.id for m in rows), reverse=True)
    assert Notice.objects.filter(channel="mail").exists()
    assert messages.unread(account) == len(rows)
    assert all(m.opens and m.title == LAMP["title"] for m in rows)


def test_a_page_at_a_time_with_one_question_each(world: Make) -> None:
    city = world("yunchuan")
    account = city.account()
    for n in range(3):
        city.file(**{**LAMP, "body": f"第 {n} 盏路灯不亮，晚上看不见路。"}, account=account)
    city.send()
    seen: list[int] = []
    cursor = ""
    while True:
        with CaptureQueriesContext(connection) as queries:
            page = messages.page(account, cursor=cursor, limit=4)
        assert len(queries) == 1
        seen += [m.id for m in page.rows]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 6


def test_titles_are_those_that_the_person_may_see(world: Make) -> None:
    """A follower reads released words; of what is not public any more nothing but its number, and it opens no more."""
    city = world("yunchuan")
    account, caller = city.account(), city.account()
    code = city.file(**LAMP, account=caller)
    city.do(handling.claim, code, by=CLERK)
    following.follow(code, account=account)
    city.send()
    assert (messages.page(account).rows[0].title, messages.page(account).rows[0].opens) == (LAMP["title"], True)
    city.do(amending.amend, code, by="desk1", visibility="private", reason="诉求人要求。")
    (hidden,) = messages.page(account).rows
    assert (hidden.title, hidden.body, hidden.opens) == ("", "", False)
    assert all(m.title == LAMP["title"] and m.opens for m in messages.page(caller).rows)


def test_a_merged_reporter_reads_of_the_own_number(world: Make) -> None:
    city = world("yunchuan")
    account = city.account()
    main = scenes.handled(city)
    own = city.file(**{**LAMP, "body": "小区门口的路灯不亮，走路看不见。"}, account=account, phone="13800000002")
    amending.merge([own], into=main, by=city.who("desk1"))
    city.do(handling.reply, main, by=CLERK, text="明天换灯。")
    city.send()
    newest = messages.page(account).rows[0]
    assert (newest.event, newest.code, newest.opens) == ("reply", own, True)
    assert own in newest.text
    assert main not in newest.text


def test_an_erased_person_has_no_messages(world: Make) -> None:
    """Erasing takes the account off the case."""
    city = world("yunchuan")
    account = city.account()
    code = city.file(**LAMP, account=account)
    city.send()
    assert messages.page(account).rows
    city.do(people.erase, code, by="desk1", reason="诉求人要求抹除。")
    assert not Party.objects.filter(account=account).exists()
    assert messages.page(account).rows == []
    assert messages.unread(account) == 0


def test_unread_ones_are_counted_to_a_hundred(world: Make) -> None:
    city = world("yunchuan")
    account = city.account()
    row = city.case(city.file(**LAMP, account=account))
    city.send()
    sample = Notice.objects.filter(case=row, to__startswith="party:").earliest("id")
    Notice.objects.bulk_create(
        Notice(key=f"{row.pk}:{seq}:{sample.to}", case=row, to=sample.to, channel="site", template="reply", text="…", at=sample.at) for seq in range(100, 250)
    )
    with CaptureQueriesContext(connection) as queries:
        assert messages.unread(account) == messages.COUNTED_TO + 1
    assert len(queries) == 1

"""消息 in a browser without scripts: read, opened, and nobody else's."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from jinja2 import Environment, FileSystemLoader

from minsheng.commands import following, handling
from minsheng.commands.notice_words import WORDS
from minsheng.models.people import User
from minsheng.queries import messages as queries
from minsheng.web import frame
from minsheng.web.citizen import messages
from minsheng.web.environment import environment
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP
from tests.web.test_templates import APP
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def signed_in(account: int) -> Client:
    """The account's browser."""
    client = Client()
    client.force_login(User.objects.get(pk=account), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account"] = account
    session.save()
    return client


def told(city: World) -> tuple[int, str, str]:
    """An account with a case of its own and one that it follows."""
    account = city.account()
    own = city.file(**LAMP, account=account)
    followed = scenes.handled(city, title="", body="后门的路灯也坏了，路灯不亮。晚上看不见路。")
    following.follow(followed, account=account)
    city.send()
    return account, own, followed


def test_messages_are_listed_and_marked_as_read(city: World) -> None:
    account, own, followed = told(city)
    client = signed_in(account)
    page = client.get("/mine/messages").content.decode()
    assert page.count(">未读<") == 3
    assert all(word in page for word in (own, followed, "路灯不亮", "后门的路灯也坏了", "您关注的", "全部标为已读", "已经交给"))
    upto = str(queries.page(account).rows[0].id)
    answer = client.post("/mine/messages", {"upto": upto})
    assert (answer.status_code, answer["Location"]) == (302, "/mine/messages")
    page = client.get("/mine/messages").content.decode()
    assert "都标成已读了" in page
    assert "全部标为已读" not in page
    assert "未读" not in page


def test_a_message_opens_its_case_and_is_read(city: World) -> None:
    account, _, _ = told(city)
    client = signed_in(account)
    for message in queries.page(account).rows:
        answer = client.get(f"/mine/messages/{message.id}", follow=True)
        assert answer.status_code == 200
        assert answer.redirect_chain[0][0] == f"/cases/{message.code}"
    assert queries.unread(account) == 0


def test_somebody_elses_message_is_not_there(city: World) -> None:
    account, _, _ = told(city)
    message = queries.page(account).rows[0].id
    other = signed_in(city.account())
    assert other.get(f"/mine/messages/{message}").status_code == 404
    assert "还没有消息" in other.get("/mine/messages").content.decode()
    other.post("/mine/messages", {"upto": str(message)})
    assert queries.unread(account) == 3


def test_without_an_account_the_page_says_how_else_to_follow(city: World, client: Client) -> None:
    """Also for staff, whose sign-in is another one."""
    told(city)
    staff = Client()
    staff.force_login(User.objects.get(username="desk1"), backend="django.contrib.auth.backends.ModelBackend")
    for browser in (client, staff):
        page = browser.get("/mine/messages")
        assert page.status_code == 200
        assert "登录以后才有消息" in page.content.decode()
        assert "全部标为已读" not in page.content.decode()
        assert browser.get("/mine/messages/1")["Location"] == "/mine/messages"
        assert browser.post("/mine/messages", {"upto": "5"}).status_code == 200


def test_older_ones_stand_on_the_next_page(city: World) -> None:
    account, own, _ = told(city)
    city.do(handling.claim, own, by=CLERK)
    for n in range(messages.PAGE):
        city.do(handling.reply, own, by=CLERK, text=f"第 {n} 次进展。")
    city.send()
    client = signed_in(account)
    first = client.get("/mine/messages").content.decode()
    assert first.count('class="ms-msg') == messages.PAGE + 1  # and the list itself
    cursor = queries.page(account, limit=messages.PAGE).next
    assert f"cursor={cursor}" in first
    older = client.get(f"/mine/messages?cursor={cursor}").content.decode()
    assert "收到了" in older
    assert "全部标为已读" not in older, "it marks what the first page shows"
    assert "没有更早的了" in client.get("/mine/messages?cursor=LXww").content.decode()


@pytest.mark.parametrize("upto", ["", "abc", "9" * 30, "-1", "٣"])
def test_nonsense_is_refused_in_words(city: World, upto: str) -> None:
    account, _, _ = told(city)
    answer = signed_in(account).post("/mine/messages", {"upto": upto})
    assert answer.status_code == 422
    assert "请刷新" in answer.content.decode()
    assert queries.unread(account) == 3


def test_a_wrong_cursor_is_refused_in_words(city: World) -> None:
    account, _, _ = told(city)
    assert signed_in(account).get("/mine/messages?cursor=%00x").status_code == 422


def test_in_english(city: World) -> None:
    """News in English; the sentence that was sent is Chinese and stays in the SMS."""
    account, own, _ = told(city)
    page = signed_in(account).get("/mine/messages", headers={"accept-language": "en"}).content.decode()
    assert all(word in page for word in (own, "Handed to a unit", "Received", "Mark all as read", "New"))
    assert "已经交给" not in page


def test_every_event_that_people_are_told_of_has_its_words() -> None:
    assert set(messages._NEWS) == {event for event, words in WORDS.items() if words.citizen or words.follower}


# --- the bell ----------------------------------------------------------------------------------------------------------------------------


def test_the_bell_asks_nothing_for_a_reader_without_an_account(city: World, rf: RequestFactory) -> None:
    account, _, _ = told(city)
    request = rf.get("/")
    request.session = {}  # type: ignore[assignment]
    request.user = User()  # type: ignore[assignment]
    with CaptureQueriesContext(connection) as counted:
        assert frame.unread(request) is None
    assert len(counted) == 0
    request.session = {"account": account}  # type: ignore[assignment]
    request.user = User.objects.get(pk=account)
    with CaptureQueriesContext(connection) as counted:
        assert frame.unread(request) == 3
    assert len(counted) == 1


@pytest.mark.parametrize(("unread", "shown"), [(0, None), (7, "7"), (99, "99"), (100, "99+")])
def test_the_bell_says_how_many(unread: int, shown: str | None) -> None:
    env: Environment = environment(loader=FileSystemLoader(APP / "templates"), autoescape=True)
    said = str(env.speaking("zh-hans").globals["ms"].bell(unread))  # type: ignore[attr-defined]
    assert 'href="/mine/messages"' in said
    assert ("条未读" in said) is (shown is not None)
    assert shown is None or f">{shown}<" in said

"""登录: by a code to a number or an address; the same for everybody; never for staff; never oftener than allowed."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minsheng import clock, wiring
from minsheng.adapters.sms import ConsoleSms
from minsheng.commands import codes
from minsheng.models.people import Account, User
from minsheng.ports import Sms, Undelivered
from tests.web.entering import MAIL, PHONE, last_code, sign_in
from tests.world import World

PASSWORD = "only for tests 1"


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture(autouse=True)
def _own_senders(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.sms.cache_clear()
    wiring.mail.cache_clear()


def asked(client: Client, to: str = PHONE) -> None:
    client.get("/account/signin")
    assert client.post("/account/signin", {"contact": to}).status_code == 302


def later(**span: int) -> None:
    clock.advance(timedelta(**span))


@pytest.mark.parametrize("to", [PHONE, MAIL])
def test_number_or_address_code_and_in(client: Client, to: str) -> None:
    """The first time makes the account, the second finds it; the session is the citizen's for thirty days."""
    account = sign_in(client, to)
    assert (client.session["account"], client.session.get_expiry_age()) == (account, 30 * 86400)
    row = Account.objects.get(pk=account)
    assert row.level == ("mail" if "@" in to else "phone")
    page = client.get("/mine").content.decode()
    assert ("l***@example.com" if "@" in to else "138 **** 0031") in page
    assert to not in page
    later(minutes=2)
    other = Client()
    assert sign_in(other, to) == account
    assert Account.objects.count() == 1


def test_it_leads_where_one_was_going_but_only_within_this_site(client: Client) -> None:
    client.get("/account/signin?next=/mine/data")
    client.post("/account/signin", {"contact": PHONE, "next": "/mine/data"})
    assert client.post("/account/code", {"code": last_code(), "next": "/mine/data"})["Location"] == "/mine/data"
    later(minutes=2)
    other = Client()
    other.post("/account/signin", {"contact": PHONE, "next": "https://elsewhere.example/"})
    assert other.post("/account/code", {"code": last_code(), "next": "https://elsewhere.example/"})["Location"] == "/mine"


def test_nothing_of_the_person_is_in_a_session_or_in_a_table_of_allauth(client: Client) -> None:
    """While the code is on its way and afterwards: an id, no number; the tables for addresses stay empty."""
    for to, inside in ((PHONE, "13800000031"), (MAIL, "li@example.com")):
        browser = Client()
        asked(browser, to)
        sessions = [Session.objects.get(pk=browser.session.session_key).get_decoded()]
        browser.post("/account/code", {"code": last_code(to)})
        sessions.append(Session.objects.get(pk=browser.session.session_key).get_decoded())
        assert inside not in str(sessions)
        assert not [key for key in sessions[1] if key.startswith(("account_login", "account_authentication"))]
    assert not EmailAddress.objects.exists()


def test_known_and_unknown_look_the_same(client: Client) -> None:
    """Same answers, same number of queries but for the row that is begun, same message sent."""
    sign_in(Client())
    later(minutes=2)
    seen = []
    for to in (PHONE, "138 0000 0032"):
        browser = Client()
        browser.get("/account/signin")
        answer = browser.post("/account/signin", {"contact": to})
        page = browser.get("/account/code").content.decode()
        page = re.sub(r'value="[A-Za-z0-9]{64}"', "", page).replace(f"138 **** {to[-4:]}", "")
        seen.append((answer.status_code, answer["Location"], page, last_code(to) != ""))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("typed", "words"), [("", "填上手机号"), ("1380000", "手机号要 11 位"), ("0555-2345678", "座机收不到"), ("li@example", "邮箱地址写得不完整")]
)
def test_what_is_no_number_says_what_to_do_and_stays_in_the_field(client: Client, typed: str, words: str) -> None:
    answer = client.post("/account/signin", {"contact": typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and f'value="{typed}"' in page
    assert not Account.objects.exists()


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_ends_it(client: Client) -> None:
    """Afterwards the right one is no good either, and the page says to ask for a new one."""
    asked(client)
    right = last_code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1):
        answer = client.post("/account/code", {"code": wrong})
        assert (answer.status_code, f"还可以试 {left} 次" in answer.content.decode()) == (422, True)
    ended = client.post("/account/code", {"code": wrong})
    assert ended["Location"] == "/account/signin?why=code"
    assert "请重新要一个" in client.get(ended["Location"]).content.decode()
    assert client.post("/account/code", {"code": right})["Location"] == "/account/signin?why=code"
    assert "account" not in client.session


def test_an_empty_code_costs_no_try_and_digits_may_be_written_wide(client: Client) -> None:
    asked(client)
    answer = client.post("/account/code", {"code": " "})
    assert (answer.status_code, "填上收到的 6 位数字" in answer.content.decode()) == (422, True)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in last_code())
    assert client.post("/account/code", {"code": f" {wide[:3]} {wide[3:]} "})["Location"] == "/mine"


def test_a_code_is_used_once_and_only_where_it_was_asked_for(client: Client) -> None:
    """Sent again in the same browser it leads on; in another browser, or after signing out, it opens nothing."""
    asked(client)
    code = last_code()
    other = Client()
    assert other.post("/account/code", {"code": code})["Location"] == "/account/signin?why=code"
    assert client.post("/account/code", {"code": code})["Location"] == "/mine"
    assert client.post("/account/code", {"code": code})["Location"] == "/mine", "signed in already"
    client.post("/account/signout")
    assert client.post("/account/code", {"code": code})["Location"] == "/account/signin?why=code"
    assert "account" not in client.session


def test_after_five_minutes_a_new_one_is_asked_for(client: Client) -> None:
    """The time of a code runs on the server's clock; what was asked for before is over."""
    asked(client)
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 5 * 60 + 1
    session.save()
    answer = client.post("/account/code", {"code": last_code()})
    assert answer["Location"] == "/account/signin?why=code"
    assert client.get("/account/code")["Location"] == "/account/signin?why=code"


def test_another_code_after_a_minute_and_only_the_latest_counts(client: Client) -> None:
    asked(client)
    first = last_code()
    early = client.post("/account/code", {"action": "resend"})
    assert (early.status_code, "请过 60 秒再试" in early.content.decode()) == (429, True)
    later(minutes=1)
    assert client.post("/account/code", {"action": "resend"})["Location"] == "/account/code"
    assert "以最新的为准" in client.get("/account/code").content.decode()
    second = last_code()
    if first != second:
        assert client.post("/account/code", {"code": first}).status_code == 422
    assert client.post("/account/code", {"code": second})["Location"] == "/mine"


def test_another_number_instead(client: Client) -> None:
    """A mistyped number keeps nobody from the first page."""
    asked(client, "138 0000 0032")
    assert client.get("/account/signin").status_code == 200
    asked(client)
    assert "138 **** 0031" in client.get("/account/code").content.decode()


def test_limits_are_said_in_words_and_hold_in_every_browser(client: Client) -> None:
    """One code a minute for a number; ten an hour for a device, whose cookie nobody can make up; no account is begun by what is refused."""
    asked(client)
    again = Client().post("/account/signin", {"contact": PHONE})
    assert (again.status_code, "请过 60 秒再试" in again.content.decode()) == (429, True)
    for n in range(9):
        asked(client, f"138 0000 01{n:02d}")
    assert client.post("/account/signin", {"contact": "138 0000 0199"}).status_code == 429
    made_up = Client()
    made_up.cookies["device"] = "mine:forged"
    assert made_up.post("/account/signin", {"contact": "138 0000 0198"}).status_code == 302
    assert Account.objects.count() == 11


def test_guessing_in_many_windows_is_stopped_by_the_address(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty tries in ten minutes, however many codes they are for; the page says how long to wait."""
    monkeypatch.setattr(codes, "_PER_CONTACT", ())
    tried = 0
    for n in range(7):
        browser = Client()
        asked(browser, f"138 0000 01{n:02d}")
        for _ in range(5):
            answer = browser.post("/account/code", {"code": "no"})
            if answer.status_code == 429:
                assert "请过 10 分钟再试" in answer.content.decode()
                assert tried == 30
                return
            tried += 1
    raise AssertionError("nobody was stopped")


def test_a_provider_of_messages_that_is_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said kindly; the number stays in the field, and there is another way."""

    class Down(ConsoleSms):
        def send(self, message: Sms) -> None:
            raise Undelivered("没有收下", "not taken")

    monkeypatch.setattr(wiring, "sms", Down)
    answer = client.post("/account/signin", {"contact": PHONE})
    assert (answer.status_code, "没有发出去，不是您的问题" in answer.content.decode()) == (503, True)
    assert f'value="{PHONE}"' in answer.content.decode()
    assert client.get("/account/code")["Location"] == "/account/signin?why=code"


def test_the_code_is_shown_in_a_demonstration_only(client: Client, settings: object) -> None:
    asked(client)
    assert last_code() not in client.get("/account/code").content.decode()
    settings.MINSHENG_SHOW_DEMO = True  # type: ignore[attr-defined]
    assert f'演示环境：验证码是 <b class="num">{last_code()}</b>' in client.get("/account/code").content.decode()


# --- staff --------------------------------------------------------------------------------------------------------------------------


def test_staff_and_citizens_never_share_a_session(city: World) -> None:
    """Each signs out first; a staff session has no account, a citizen's opens no desk."""
    User.objects.filter(username="desk1").update(password=make_password(PASSWORD))
    staff = Client()
    assert staff.post("/desk/signin", {"username": "desk1", "password": PASSWORD})["Location"] == "/desk"
    assert "account" not in staff.session
    assert "您现在用的是工作账号" in staff.get("/account/signin").content.decode()
    assert "您现在用的是工作账号" in staff.post("/account/signin", {"contact": PHONE}).content.decode()
    assert "登录，看全部诉求" in staff.get("/mine").content.decode()
    assert staff.get("/mine/data")["Location"].startswith("/account/signin")

    citizen = Client()
    account = sign_in(citizen)
    assert citizen.get("/desk")["Location"].startswith("/desk/signin")
    assert citizen.post("/desk/signin", {"username": User.objects.get(pk=account).username, "password": ""}).status_code == 422
    citizen.post("/desk/signin", {"username": "desk1", "password": PASSWORD})
    assert "account" not in citizen.session
    assert citizen.session.get_expiry_age() == 12 * 3600
    assert citizen.get("/desk").status_code == 200
    assert "登录，看全部诉求" in citizen.get("/mine").content.decode()


def test_a_post_given_to_the_user_of_a_citizen_opens_no_account_for_it(client: Client) -> None:
    """Somebody forged a session: the account must be the user's own and stand."""
    account = sign_in(client)
    session = client.session
    session["account"] = account + 1
    session.save()
    assert "登录，看全部诉求" in client.get("/mine").content.decode()


def test_signing_out(client: Client) -> None:
    sign_in(client)
    assert client.get("/account/signout").status_code == 405
    assert client.post("/account/signout")["Location"] == "/mine"
    assert "已经退出" in client.get("/mine").content.decode()
    assert "account" not in client.session


# --- what is not there, and what it costs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "signup",
        "password/reset",
        "password/change",
        "email",
        "logout",
        "login",
        "inactive",
        "reauthenticate",
        "confirm-email",
        "social/connections",
        "3rdparty",
        "with/google",
    ],
)
def test_no_other_page_of_allauth_can_be_reached(client: Client, path: str) -> None:
    for prefix in ("account", "accounts"):
        for end in ("", "/"):
            assert client.get(f"/{prefix}/{path}{end}").status_code == 404


def test_pages_of_anonymous_readers_cost_what_they_did(client: Client, city: World) -> None:
    """No session, no cookie, no question more than before there were accounts."""
    city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    client.get("/")
    for path, queries in (("/", 0), ("/hall", 1), ("/new", 0)):
        with CaptureQueriesContext(connection) as asked_:
            answer = client.get(path)
        assert (answer.status_code, len(asked_)) == (200, queries), path
        assert set(answer.cookies) <= ({"minsheng_csrf"} if path == "/new" else set())
    assert not Session.objects.exists()

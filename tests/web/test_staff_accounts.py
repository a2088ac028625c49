"""员工账号: two steps, browsers, passwords, shutting an account; signing in as people do, on the pages."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng import clock
from minsheng.models.people import Member, Token, User
from minsheng.models.staff import Act, SignedIn, TwoFactor
from minsheng.queries import directory as directories
from tests.commands.scenes import CLERK, UNIT, handled
from tests.world import World

PASSWORD = "a-long-enough-word"


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    made = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return made


def user(role: str, *, at: str = "") -> User:
    rows = Member.objects.filter(roles__contains=[role]).order_by("pk")
    return (rows.filter(unit=at) if at else rows).select_related("user")[0].user


def enter(client: Client, who: User, password: str = PASSWORD) -> Any:
    return client.post("/desk/signin", {"username": who.username, "password": password})


def code_of(page: str, *, later: int = 0) -> str:
    """What the authenticator shows that learnt the secret of this page."""
    found = re.search(r"<code>([A-Z2-7 ]{32,})</code>", page)
    assert found, page
    secret = base64.b32decode(found[1].replace(" ", ""))
    return TOTP(secret, 6, SHA1(), 30).generate(int(clock.now().timestamp()) + later).decode()


def switch_on(client: Client) -> tuple[str, list[str]]:
    """Set the second step up; returns the page with the secret and the rescue codes."""
    client.post("/desk/account/second", {"what": "begin"})
    page = client.get("/desk/account").content.decode()
    done = client.post("/desk/account/second", {"code": code_of(page)}).content.decode()
    return page, re.findall(r"<li><code>(\w{4}-\w{4})</code></li>", done)


# --- the second step --------------------------------------------------------------------------------------------------------------


def test_whoever_switched_it_on_signs_in_with_password_and_code(client: Client, city: World) -> None:
    who = user("operator")
    enter(client, who)
    page, rescue = switch_on(client)
    assert len(rescue) == 8
    assert code_of(page) not in str(TwoFactor.objects.values().get()), "the secret lies sealed"
    assert rescue[0] not in client.get("/desk/account").content.decode(), "rescue codes are shown once"

    other = Client()
    answer = enter(other, who)
    assert answer["Location"] == "/desk/signin/code"
    assert other.get("/desk").status_code == 302, "the password alone opens nothing"
    wrong = other.post("/desk/signin/code", {"code": "000000"})
    assert wrong.status_code == 422
    assert "验证码不对" in wrong.content.decode()
    used = other.post("/desk/signin/code", {"code": code_of(page)})
    assert used.status_code == 422, "a code is good once: this one switched it on"
    city.wait("1 minutes")
    right = other.post("/desk/signin/code", {"code": code_of(page)})
    assert right["Location"] == "/desk"
    assert other.get("/desk").status_code == 200


def test_a_rescue_code_is_good_once(client: Client) -> None:
    who = user("operator")
    enter(client, who)
    _, rescue = switch_on(client)
    for expected in (302, 422):
        other = Client()
        enter(other, who)
        assert other.post("/desk/signin/code", {"code": rescue[0].upper()}).status_code == expected
    assert len(TwoFactor.objects.get().rescue) == 7


def test_guessing_ends_after_five_and_the_password_does_not_wait_for_ever(client: Client, city: World) -> None:
    who = user("operator")
    enter(client, who)
    switch_on(client)
    city.wait("16 minutes")
    other = Client()
    enter(other, who)
    assert [other.post("/desk/signin/code", {"code": f"00000{n}"}).status_code for n in range(6)] == [422] * 5 + [429]
    city.wait("6 minutes")
    late = other.post("/desk/signin/code", {"code": "000000"})
    assert late["Location"] == "/desk/signin?why=late"


def test_where_a_city_demands_it_nothing_else_can_be_done_before(client: Client, settings: Any) -> None:
    settings.MINSHENG_STAFF_TWO_FACTOR = "required"
    who = user("operator")
    enter(client, who)
    assert client.get("/desk")["Location"] == "/desk/account"
    assert client.get("/api/v1/me/inbox").status_code in (401, 404)
    assert "本市要求工作账号都开两步验证" in client.get("/desk/account").content.decode()
    switch_on(client)
    assert client.get("/desk").status_code == 200


def test_switching_it_off_takes_a_code(client: Client, city: World) -> None:
    who = user("operator")
    enter(client, who)
    page, _ = switch_on(client)
    assert client.post("/desk/account/second/off", {"code": "123456"}).status_code == 422
    assert TwoFactor.objects.filter(confirmed_at__isnull=False).exists()
    city.wait("1 minutes")
    client.post("/desk/account/second/off", {"code": code_of(page)})
    assert not TwoFactor.objects.exists()
    assert list(Act.objects.filter(kind="second_step").order_by("pk").values_list("after", flat=True)) == [{"on": True}, {"on": False}]


# --- browsers ---------------------------------------------------------------------------------------------------------------------


def test_a_fourth_browser_signs_the_oldest_out(city: World) -> None:
    who, browsers = user("operator"), [Client() for _ in range(4)]
    for browser in browsers:
        enter(browser, who)
        assert browser.get("/desk").status_code == 200
        city.wait("10 minutes")
    assert [browser.get("/desk").status_code for browser in browsers] == [302, 200, 200, 200]
    assert list(SignedIn.objects.exclude(ended_at=None).values_list("ended_why", flat=True)) == ["limit"]


def test_another_browser_is_signed_out_from_afar(client: Client) -> None:
    who, other = user("operator"), Client()
    for browser in (client, other):
        enter(browser, who)
        browser.get("/desk", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/109.0")
    page = client.get("/desk/account").content.decode()
    assert page.count("Chrome · Windows") == 2
    found = re.search(r'action="/desk/account/browsers/(\d+)"', page)
    assert found
    client.post(f"/desk/account/browsers/{found[1]}")
    assert other.get("/desk").status_code == 302
    assert client.get("/desk").status_code == 200


def test_a_browser_that_nobody_touches_is_signed_out_and_polling_does_not_count(client: Client, city: World, settings: Any) -> None:
    who = user("operator")
    enter(client, who)
    client.get("/desk")
    for _ in range(13):
        city.wait("10 minutes")
        client.get("/desk", HTTP_HX_REQUEST="true")
    assert client.get("/desk").status_code == 302
    assert SignedIn.objects.get().ended_why == "idle"


def test_whoever_works_stays_signed_in(client: Client, city: World) -> None:
    enter(client, user("operator"))
    for _ in range(5):
        city.wait("100 minutes")
        assert client.get("/desk").status_code == 200


# --- passwords and accounts -------------------------------------------------------------------------------------------------------


def test_one_s_own_password_is_changed_and_other_browsers_are_out(client: Client) -> None:
    who, other = user("operator"), Client()
    for browser in (client, other):
        enter(browser, who)
        browser.get("/desk")
    refused = client.post("/desk/account/password", {"old": "wrong", "new": "another-long-word", "again": "another-long-word"})
    assert refused.status_code == 422
    assert "现在的密码不对" in refused.content.decode()
    weak = client.post("/desk/account/password", {"old": PASSWORD, "new": "12345", "again": "12345"})
    assert "密码要 10 个字以上" in weak.content.decode()
    client.post("/desk/account/password", {"old": PASSWORD, "new": "another-long-word", "again": "another-long-word"})
    assert client.get("/desk").status_code == 200
    assert other.get("/desk").status_code == 302
    assert enter(Client(), who).status_code == 422
    assert enter(Client(), who, "another-long-word")["Location"] == "/desk"


def test_a_given_password_is_good_for_choosing_one_s_own(client: Client) -> None:
    who, admin = user("operator"), user("admin")
    enter(client, admin)
    page = client.post(f"/desk/people/{who.pk}/act", {"what": "password"}).content.decode()
    given = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert given
    theirs = Client()
    enter(theirs, who, given[1])
    assert theirs.get("/desk")["Location"] == "/desk/account"
    theirs.post("/desk/account/password", {"old": given[1], "new": "my-own-long-word", "again": "my-own-long-word"})
    assert theirs.get("/desk").status_code == 200


def test_shutting_an_account_moves_its_open_work(client: Client, city: World) -> None:
    """Claimed work goes to the colleague; tokens and browsers end; the last administrator cannot be shut."""
    code, unit = handled(city), UNIT
    leaver = User.objects.get(username=CLERK)
    heir = User.objects.create(username="heir", display_name="接手人", created_at=clock.now(), password="!")
    Member.objects.create(user=heir, unit=unit, roles=["staff"])
    Token.objects.create(digest="d" * 64, name="t", user=leaver, created_at=clock.now(), expires_at=clock.now() + timedelta(days=1))
    theirs = Client()
    enter(theirs, leaver)
    assert theirs.get("/desk").status_code == 200

    enter(client, user("admin"))
    page = client.get(f"/desk/people/{leaver.pk}").content.decode()
    assert "在办 1 件" in page
    assert client.post(f"/desk/people/{leaver.pk}/act", {"what": "shut", "reason": ""}).status_code == 422
    client.post(f"/desk/people/{leaver.pk}/act", {"what": "shut", "reason": "调离", "successor": heir.pk})

    assert city.order(code, unit)["assignee"] == heir.pk
    assert theirs.get("/desk").status_code == 302
    assert Token.objects.get().revoked_at is not None
    assert enter(Client(), leaver).status_code == 422
    assert Act.objects.filter(kind="hand_over", subject=f"user:{leaver.pk}").get().after == {"to": heir.pk, "to_colleague": 1, "to_unit": 0}
    city.holds()


def test_an_administrator_shuts_neither_the_own_account_nor_one_elsewhere(client: Client) -> None:
    admin = user("admin")
    enter(client, admin)
    refused = client.post(f"/desk/people/{admin.pk}/act", {"what": "shut", "reason": "试试"})
    assert refused.status_code == 403
    assert User.objects.get(pk=admin.pk).is_active
    enter(client, user("operator"))
    assert client.get("/desk/people").status_code == 403
    assert client.post(f"/desk/people/{admin.pk}/act", {"what": "password"}).status_code == 403


def test_a_sector_s_administrator_keeps_the_sector_and_not_the_city(client: Client, city: World) -> None:
    tree = directories.current()
    sector = next(scope for scope in tree.scopes.values() if scope.kind == "sector")
    admin = User.objects.create(username="sector", display_name="分平台管理员", created_at=clock.now(), password=make_password(PASSWORD))
    Member.objects.create(user=admin, unit=sector.root, roles=["admin"])
    assert directories.administered(city.who("sector")) == (sector.root,)
    enter(client, admin)
    page = client.get("/desk/people").content.decode()
    assert "分平台管理员" in page
    assert "desk1" not in page
    assert client.post(f"/desk/people/{user('operator').pk}/act", {"what": "password"}).status_code == 403


def test_the_list_asks_the_same_few_questions_however_many_there_are(client: Client, django_assert_max_num_queries: Any) -> None:
    enter(client, user("admin"))
    client.get("/desk/people")
    with django_assert_max_num_queries(10):
        page = client.get("/desk/people").content.decode()
    assert page.count("/desk/people/") >= 50

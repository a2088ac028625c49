"""我的: signed in and not, the cases of this browser, and what somebody takes part in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from minsheng import clock
from minsheng.commands import people
from minsheng.domain.access import citizen
from minsheng.models.case import Case, Party
from tests.commands import scenes
from tests.web.entering import sign_in
from tests.web.test_citizen import filed
from tests.world import World


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def test_without_signing_in_there_are_both_ways(client: Client) -> None:
    """The form for a code, code and secret, and what this browser holds; no session is made by looking."""
    page = client.get("/mine").content.decode()
    assert "登录，看全部诉求" in page and "用编号和查询码打开" in page
    assert "这台设备上看过的" not in page and "我反映的" not in page
    assert "sessionid" not in client.cookies and "minsheng" not in client.cookies
    case = filed(client)
    page = client.get("/mine").content.decode()
    assert "这台设备上看过的" in page and case.code in page
    assert client.get("/find").status_code == 200


def test_cases_of_this_device_can_be_put_into_the_account(client: Client) -> None:
    """Offered after signing in, counted; afterwards another browser sees them and may act on them."""
    case = filed(client)
    assert "把这台设备上的" not in client.get("/mine").content.decode()
    sign_in(client)
    page = client.get("/mine").content.decode()
    assert "把这台设备上的 1 件放进我的账号" in page and "只在这台设备上" in page
    assert client.get("/mine/adopt").status_code == 405
    assert client.post("/mine/adopt")["Location"] == "/mine"
    page = client.get("/mine").content.decode()
    assert "放好了，1 件" in page and "把这台设备上的" not in page and "只在这台设备上" not in page
    assert Party.objects.get(case=case).account == client.session["account"]
    other = Client()
    assert other.post("/mine/adopt")["Location"].startswith("/account/signin")
    clock.advance(timedelta(minutes=2))
    sign_in(other)
    assert case.code in other.get("/mine").content.decode()
    assert "路灯全都不亮" in other.get(f"/cases/{case.code}").content.decode()
    assert other.post(f"/cases/{case.code}/urge").status_code == 302


def test_what_somebody_takes_part_in_and_what_waits_for_a_judgement(client: Client, city: World) -> None:
    account = sign_in(client)
    joined, answered = scenes.handled(city), scenes.checked(city, account=account)
    city.do(people.support, joined, by=citizen(account), name="李", phone="13800000031")
    page = client.get("/mine").content.decode()
    assert "我参与的" in page and joined in page and "我也遇到" in page
    assert f"/cases/{answered}/rate" in page and "请您评价" in page


def test_twenty_a_page_and_the_next_one_follows(client: Client, city: World) -> None:
    """By a link that works without scripts; a broken place in the list says so."""
    account = sign_in(client)
    for _ in range(21):
        scenes.dispatched(city, account=account)
    codes = list(Case.objects.order_by("-pk").values_list("code", flat=True))
    page = client.get("/mine").content.decode()
    assert all(code in page for code in codes[:20]) and codes[20] not in page
    link = page.split('href="/mine?cursor=')[1].split('"')[0]
    following = client.get(f"/mine?cursor={link}").content.decode()
    assert codes[20] in following and codes[19] not in following
    assert client.get("/mine?cursor=nonsense").status_code == 422

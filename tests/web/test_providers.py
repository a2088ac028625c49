"""用微信登录 against a double on loopback that speaks WeChat's protocol (not yet tried with the provider itself)."""

import html
import re
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from minsheng.conf import citizens
from minsheng.models.people import Account, User
from minsheng.queries import accounts as held
from tests.web import wechat
from tests.web.entering import sign_in
from tests.world import World


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[wechat.WeChat]:
    """The person with WeChat, and the installation that knows it from its environment."""
    with wechat.running() as server:
        configured(monkeypatch, settings, server, way="qrcode")
        yield server


def configured(monkeypatch: pytest.MonkeyPatch, settings: Any, server: wechat.WeChat, *, way: str) -> None:
    for name, value in {"APPID": wechat.APPID, "SECRET": wechat.SECRET, "WAY": way, "BASE": server.base}.items():
        monkeypatch.setenv(f"MINSHENG_WECHAT_LOGIN_{name}", value)
    settings.SOCIALACCOUNT_PROVIDERS = citizens.providers()


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def go(client: Client, **form: str) -> str:
    """Press the button, go where the page leads, agree there; returns the address that leads back to us."""
    page = client.post("/account/with/weixin", form).content.decode()
    found = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', page)
    assert found, page
    address = html.unescape(found[1])
    assert address.endswith("#wechat_redirect") and f'href="{found[1]}"' in page
    with pytest.raises(HTTPError) as led:
        urllib.request.build_opener(_Stays).open(address.partition("#")[0])
    back = urlsplit(led.value.headers["Location"])
    led.value.close()
    assert (back.scheme, back.netloc, back.path) == ("http", "testserver", "/account/with/weixin/back")
    return f"{back.path}?{back.query}"


def test_the_first_time_makes_an_account_and_the_second_finds_it(client: Client, scans: wechat.WeChat) -> None:
    """Asked as the documents say; kept is the identity and nothing else."""
    assert "用微信登录" in client.get("/account/signin").content.decode()
    answer = client.get(go(client, next="/mine/data"))
    assert answer["Location"] == "/mine/data"
    account = client.session["account"]
    (path, asked), (token_path, token) = scans.asked
    assert (path, asked["scope"], asked["redirect_uri"]) == ("/connect/qrconnect", "snsapi_login", "http://testserver/account/with/weixin/back")
    assert (token_path, sorted(token)) == ("/sns/oauth2/access_token", ["appid", "code", "grant_type", "secret"])
    row = SocialAccount.objects.get()
    assert (row.user_id, row.provider, row.uid, row.extra_data) == (account, "weixin", "openid-1", {})
    assert not SocialToken.objects.exists()
    me = held.me(account)
    assert me is not None and (me.wechat, me.channels, me.level, me.name) == ("", (), "", "")
    assert client.session.get_expiry_age() == 30 * 86400
    other = Client()
    other.get(go(other))
    assert other.session["account"] == account
    scans.person = "openid-2"
    third = Client()
    third.get(go(third))
    assert third.session["account"] != account


def test_inside_wechat_the_openid_is_the_one_that_messages_go_to(client: Client, scans: wechat.WeChat, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """By the official account: sealed, and the way of being told is open."""
    configured(monkeypatch, settings, scans, way="official")
    client.get(go(client))
    assert scans.asked[0] == ("/connect/oauth2/authorize", scans.asked[0][1] | {"scope": "snsapi_base"})
    me = held.me(client.session["account"])
    assert me is not None and (me.wechat, me.channels) == ("openid-1", ("wechat",))


def test_linking_to_the_account_that_is_signed_in(client: Client, scans: wechat.WeChat) -> None:
    """From 我的资料; afterwards WeChat opens the same account. What belongs to another account is refused in words."""
    account = sign_in(client)
    assert client.get(go(client, process="connect"))["Location"] == "/mine/data"
    assert client.session["account"] == account
    other = Client()
    other.get(go(other))
    assert other.session["account"] == account
    third = Client()
    sign_in(third, "138 0000 0032")
    third.get(go(third, process="connect"))
    page = third.get("/mine/data").content.decode()
    assert "已经连着另一个账号" in page
    assert "已经连着另一个账号" not in third.get("/mine/data").content.decode(), "said once"
    assert SocialAccount.objects.count() == 1


def test_nothing_is_linked_for_who_is_not_signed_in_or_by_another_site(client: Client, scans: wechat.WeChat) -> None:
    """Reading the address leads nowhere by itself; a form of another site has no token; signed out on the way, nothing is linked."""
    page = " ".join(client.get("/account/with/weixin?process=connect").content.decode().split())
    assert "http-equiv" not in page and 'name="process" value="connect"' in page
    assert client.post("/account/with/weixin", {"process": "connect"})["Location"] == "/account/signin?why=gone"
    assert Client(enforce_csrf_checks=True).post("/account/with/weixin", {}).status_code == 403
    sign_in(client)
    back = go(client, process="connect")
    session = client.session
    del session["account"]
    session.save()
    assert client.get(back)["Location"] == "/account/signin?why=gone"
    assert not SocialAccount.objects.exists()


def test_what_does_not_come_back_well_leads_to_the_beginning_in_words(client: Client, scans: wechat.WeChat) -> None:
    """Refused by the person, a code used twice, a state of nobody, an answer without the person, one that is no JSON, a provider that is away."""
    scans.refuses = True
    assert client.get(go(client))["Location"] == "/account/signin?why=provider"
    assert "刚才没有登录成" in client.get("/account/signin?why=provider").content.decode()
    scans.refuses = False
    back = go(client)
    scans.codes.clear()
    assert client.get(back)["Location"] == "/account/signin?why=provider"
    back = go(client)
    assert client.get(back)["Location"] == "/mine"
    client.post("/account/signout")
    assert client.get(back)["Location"] == "/account/signin?why=provider", "used"
    assert client.get("/account/with/weixin/back?code=x&state=made-up")["Location"] == "/account/signin?why=provider"
    assert client.get("/account/with/weixin/back?error=access_denied&state=made-up")["Location"] == "/account/signin?why=provider"
    for broken in ((200, b'{"access_token": "t"}'), (200, b"<html>"), (502, b"")):
        scans.broken = broken
        assert client.get(go(client))["Location"] == "/account/signin?why=provider"
    assert "account" not in client.session
    back = go(client)
    scans.shutdown()
    scans.server_close()
    assert client.get(back)["Location"] == "/account/signin?why=provider"


def test_without_a_provider_there_is_no_button_and_no_address(client: Client) -> None:
    assert "用微信登录" not in client.get("/account/signin").content.decode()
    for path in ("/account/with/weixin", "/account/with/oidc", "/account/with/weixin/back", "/account/with/oidc/back"):
        assert client.get(path).status_code == 404
    assert client.post("/account/with/oidc", {}).status_code == 404


def test_a_deleted_account_is_not_opened_again(client: Client, scans: wechat.WeChat) -> None:
    """The identity is free: it begins a new account."""
    client.get(go(client))
    account = client.session["account"]
    client.post("/mine/data/delete")
    client.get(go(client))
    assert client.session["account"] != account
    assert Account.objects.filter(erased_at=None).count() == 1
    assert User.objects.get(pk=account).is_active is False

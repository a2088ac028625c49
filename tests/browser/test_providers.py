"""Signing in by OpenID Connect with a real provider (npm oidc-provider) on loopback, in a real browser: content policy, redirects and cookies included."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from minsheng.conf import citizens
from minsheng.queries import accounts as held
from tests.browser.conftest import Visit
from tests.browser.steps import sign_in_by_code
from tests.oidc import process
from tests.oidc.process import Provider
from tests.world import World

pytestmark = pytest.mark.browser
NAME = "云川统一身份认证"


@pytest.fixture
def provider(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    """The provider, and an installation that knows it from its environment."""
    with process.running(f"{live_server.url}/account/with/oidc/back") as found:
        values = {"SERVER": found.issuer, "NAME": NAME, "CLIENT_ID": process.CLIENT_ID, "SECRET": process.SECRET}
        for name, value in {**values, "REAL_NAME_CLAIM": "real_name", "LEVEL_VALUES": "L3,L4"}.items():
            monkeypatch.setenv(f"MINSHENG_OIDC_{name}", value)
        settings.SOCIALACCOUNT_PROVIDERS = citizens.providers()
        yield found


def agree(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("统一身份认证")
    page.get_by_role("button", name="同意登录").click()


def test_in_by_the_provider_with_the_real_name(city: World, visit: Visit, provider: Provider) -> None:
    """With scripts and without: the level and the name come from the claim, nothing else is kept; the second time it is the same account."""
    accounts = set()
    for scripts in (True, False):
        page = visit(phone=True, scripts=scripts)
        page.goto("/account/signin?next=/mine/data")
        page.get_by_role("button", name=f"用{NAME}登录").click()
        agree(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("我的资料")
        expect(page.locator(".ms-facts")).to_contain_text("已实名")
        expect(page.locator(".ms-facts")).to_contain_text("李**")
        row = SocialAccount.objects.get()
        assert (row.provider, row.uid, row.extra_data) == ("oidc", "person-1", {})
        accounts.add(row.user_id)
    assert len(accounts) == 1
    me = held.me(accounts.pop())
    assert me is not None and (me.level, me.name, me.mail) == ("real_name", "李明", "")


def test_the_claim_decides_each_time(city: World, visit: Visit, provider: Provider) -> None:
    """A value that does not count is no real name; and one that no longer counts takes it away."""
    provider.seat(sub="person-2", name="王芳", real_name="L1")
    first = visit(phone=True)
    first.goto("/account/signin")
    first.get_by_role("button", name=f"用{NAME}登录").click()
    agree(first)
    expect(first.get_by_role("heading", level=1)).to_have_text("我的")
    me = held.me(SocialAccount.objects.get().user_id)
    assert me is not None and (me.level, me.name) == ("", "")
    for value, level in (("L4", "real_name"), ("L1", "")):
        provider.seat(sub="person-2", name="王芳", real_name=value)
        page = visit(phone=True)
        page.goto("/account/signin")
        page.get_by_role("button", name=f"用{NAME}登录").click()
        agree(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("我的")
        found = held.me(me.account)
        assert found is not None and found.level == level


def test_refused_there_and_linked_here(city: World, visit: Visit, provider: Provider) -> None:
    """拒绝 leads back in words. From 我的资料 the identity is linked to the account that is signed in, and can be unlinked again."""
    page = visit(phone=True)
    page.goto("/account/signin")
    page.get_by_role("button", name=f"用{NAME}登录").click()
    page.get_by_role("button", name="拒绝").click()
    expect(page.get_by_text("您取消了登录")).to_be_visible()
    assert not SocialAccount.objects.exists()

    account = sign_in_by_code(page)
    page.goto("/mine/data")
    page.get_by_role("button", name="连上").click()
    agree(page)
    expect(page.get_by_role("button", name="断开")).to_be_visible()
    assert SocialAccount.objects.get().user_id == account
    other = visit(phone=True)
    other.goto("/account/signin")
    other.get_by_role("button", name=f"用{NAME}登录").click()
    agree(other)
    expect(other.locator(".ms-me")).to_contain_text("138 **** 0031")
    page.get_by_role("button", name="断开").click()
    expect(page.get_by_text("断开了")).to_be_visible()
    assert not SocialAccount.objects.exists()


def test_a_provider_that_is_away(city: World, visit: Visit, provider: Provider, settings: Any) -> None:
    """Said in words, with the other ways still there."""
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"
    page = visit()
    page.goto("/account/signin")
    page.get_by_role("button", name=f"用{NAME}登录").click()
    expect(page.get_by_text("刚才没有登录成")).to_be_visible()
    expect(page.get_by_label("手机号或邮箱")).to_be_visible()

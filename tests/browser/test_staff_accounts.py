"""员工账号 in a real browser: the city's identity provider, the second step, and how the pages look."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from minsheng.conf import citizens
from minsheng.models.people import User
from minsheng.models.staff import StaffIdentity
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.browser.steps import sign_in
from tests.oidc import process
from tests.oidc.process import Provider
from tests.web.test_staff_accounts import code_of
from tests.world import World

pytestmark = pytest.mark.browser
NAME = "云川统一身份认证"


@pytest.fixture
def provider(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Provider]:
    """The provider of the city's staff."""
    with process.running(f"{live_server.url}/account/with/staff/back") as found:
        for name, value in {"SERVER": found.issuer, "NAME": NAME, "CLIENT_ID": process.CLIENT_ID, "SECRET": process.SECRET}.items():
            monkeypatch.setenv(f"MINSHENG_STAFF_OIDC_{name}", value)
        settings.SOCIALACCOUNT_PROVIDERS = citizens.providers()
        yield found


def by_identity(page: Page) -> None:
    page.goto("/desk/signin")
    page.get_by_role("button", name=f"用{NAME}登录").click()
    page.get_by_role("button", name="同意登录").click()


def test_staff_come_in_by_the_city_s_identity(city: World, visit: Visit, provider: Provider, settings: Any) -> None:
    """The first time the provider names the account, afterwards the subject does. It stands for the second step. Whoever has no account stays out."""
    settings.MINSHENG_STAFF_TWO_FACTOR = "required"
    provider.seat(sub="clerk-1", name="某人", preferred_username="dispatch1")
    page = visit()
    by_identity(page)
    expect(page.locator(".ms-rail")).to_be_visible()
    row = StaffIdentity.objects.get()
    assert (row.user.username, row.subject) == ("dispatch1", "clerk-1")
    provider.seat(sub="clerk-1", name="某人", preferred_username="operator1")
    second = visit()
    by_identity(second)
    expect(second.locator(".ms-who")).to_contain_text(row.user.display_name)
    provider.seat(sub="clerk-2", name="别人", preferred_username="dispatch1")
    third = visit()
    by_identity(third)
    expect(third.locator(".ms-note")).to_contain_text("还没有对应的工作账号")
    assert "用" + NAME not in visit().goto("/account/signin").text(), "citizens are not offered it"  # type: ignore[union-attr]


def test_the_second_step_is_set_up_and_used(city: World, visit: Visit, look: Look) -> None:
    page = visit(phone=True)
    sign_in(page, "dispatch1")
    page.goto("/desk/account")
    look(page, "desk-account")
    page.get_by_role("button", name="开始设置").click()
    expect(page.get_by_alt_text("两步验证的二维码")).to_be_visible()
    look(page, "desk-account-second")
    secret = page.content()
    page.locator("#code").fill(code_of(secret, later=70))
    page.get_by_role("button", name="开两步验证").click()
    expect(page.get_by_text("备用码，只显示这一次")).to_be_visible()
    rescue = page.locator(".rescue code").first.inner_text()
    look(page, "desk-account-codes")
    other = visit()
    other.goto("/desk")
    other.get_by_label("账号").fill("dispatch1")
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("两步验证")
    look(other, "desk-second")
    other.get_by_label("手机验证器上的 6 位数字").fill(rescue)
    other.get_by_role("button", name="登录").click()
    expect(other.locator(".ms-rail")).to_be_visible()


def test_an_administrator_shuts_an_account(city: World, visit: Visit, look: Look) -> None:
    User.objects.update(password=make_password(PASSWORD))
    page = visit()
    sign_in(page, "admin1")
    page.goto("/desk/people?words=dispatch1")
    look(page, "desk-people")
    page.locator("tbody a.t").first.click()
    page.get_by_role("button", name="停用，移交工作").click()
    expect(page.locator(".ms-errors")).to_contain_text("请写为什么停用")
    look(page, "desk-person")
    page.get_by_label("为什么停用").fill("调离")
    page.get_by_role("button", name="停用，移交工作").click()
    expect(page.get_by_text("停用了。")).to_be_visible()
    page.get_by_role("button", name="恢复使用").click()
    expect(page.locator("code.secret")).to_be_visible()

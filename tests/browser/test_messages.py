"""消息 in a real browser: read, opened, marked, older ones fetched; with and without scripts, on a phone and wide, nothing that axe-core finds."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from minsheng.commands import following, handling, people
from minsheng.domain.access import citizen
from minsheng.models.people import User
from minsheng.queries import messages
from minsheng.web.citizen.messages import PAGE
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP
from tests.world import ROOT, World

pytestmark = pytest.mark.browser
SHOTS = ROOT / "var/screenshots"


def enter(page: Page, account: int, address: str) -> Page:
    """The browser of somebody who has signed in."""
    client = Client()
    client.force_login(User.objects.get(pk=account), backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account"] = account
    session.save()
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": address}])
    return page


@pytest.fixture
def account(city: World) -> int:
    """Has filed one case, joined one and follows one; more has happened than a page holds."""
    mine = city.account()
    own = city.file(**LAMP, account=mine)
    joined, followed = (scenes.handled(city, body=f"第 {n} 盏路灯不亮，晚上看不见路。") for n in range(2))
    city.do(people.support, joined, by=citizen(mine), name="李女士", phone="13800000031")
    following.follow(followed, account=mine)
    city.do(handling.claim, own, by=CLERK)
    for n in range(PAGE):
        city.do(handling.reply, own, by=CLERK, text=f"第 {n} 次进展。")
    city.do(handling.reply, followed, by=CLERK, text="明天换灯。")
    city.send()
    SHOTS.mkdir(parents=True, exist_ok=True)
    return mine


@pytest.mark.parametrize("scripts", [True, False])
def test_messages_are_read_opened_and_marked(city: World, visit: Visit, account: int, live_server: object, scripts: bool) -> None:
    """Nothing of it needs scripts."""
    page = enter(visit(phone=True, scripts=scripts), account, str(live_server))
    page.goto("/mine/messages")
    before = messages.unread(account)
    expect(page.locator(".ms-msg")).to_have_count(PAGE)
    page.locator(".ms-msg").first.get_by_role("link").click()
    expect(page).to_have_url(f"{live_server}/cases/{messages.page(account).rows[0].code}")
    assert messages.unread(account) == before - 1
    page.goto("/mine/messages")
    expect(page.locator(".ms-msg.unread")).to_have_count(PAGE - 1)
    page.get_by_role("link", name="再看 20 条").click()
    if scripts:
        expect(page.locator(".ms-msg")).to_have_count(len(messages.page(account, limit=100).rows))
        page.goto("/mine/messages")
    else:
        expect(page.get_by_text("收到了").first).to_be_visible()
        page.go_back()
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_text("都标成已读了")).to_be_visible()
    expect(page.locator(".ms-msg.unread")).to_have_count(0)
    assert messages.unread(account) == 0


def test_the_page_in_every_dress(city: World, visit: Visit, account: int, live_server: object, look: Look) -> None:
    """Full, empty and without an account; screenshots for whoever wants to look."""
    empty = city.account()
    for phone, name in ((True, "phone"), (False, "desktop")):
        page = enter(visit(phone=phone), account, str(live_server))
        page.goto("/mine/messages")
        look(page, f"messages, {name}")
        for dress in ("light", "dark"):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", dress)
            page.screenshot(path=SHOTS / f"live-messages-{name}-{dress}.png")
    page = enter(visit(phone=True), empty, str(live_server))
    page.goto("/mine/messages")
    expect(page.get_by_text("还没有消息")).to_be_visible()
    look(page, "no messages")
    page = visit(phone=True)
    page.goto("/mine/messages")
    expect(page.get_by_text("登录以后才有消息")).to_be_visible()
    look(page, "messages without an account")

"""Through a county's entrance on a phone: its home, its hall, a request filed there; all platforms and their pages as everybody sees them."""

import pytest
from playwright.sync_api import expect

from minsheng import clock
from minsheng.models.case import Case
from minsheng.models.read import Tally
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.browser.steps import REPORT
from tests.commands import scenes
from tests.commands.scenes import UNIT
from tests.world import World

pytestmark = pytest.mark.browser


def test_somebody_files_at_the_countys_entrance(city: World, visit: Visit) -> None:
    """The district is there already; the case belongs to that county."""
    page = visit(phone=True)
    page.goto("/s")
    page.get_by_role("link", name="明湖区分平台").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("明湖区分平台")
    page.locator("main").get_by_role("link", name="我要反映").click()
    expect(page.locator("#district")).to_have_value("minghu")
    for name, value in {**REPORT, "place": "湖边步道"}.items():
        page.locator(f"#report [name={name}]").fill(value)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.get().district == "minghu"


def test_the_pages_of_platforms(city: World, visit: Visit, look: Look) -> None:
    scenes.checked(city)
    scenes.handled(city, body="东门的路灯也坏了，晚上很黑，老人不敢出门。")
    for metric, n in (("answer_kept", 18), ("answer_missed", 2), ("answer", 20), ("satisfied_asked", 10), ("satisfied_yes", 9)):
        Tally.objects.create(day=clock.local(clock.now()).date(), unit=UNIT, district="qinghe", category="02", origin="citizen", metric=metric, n=n)
    for phone in (True, False):
        page, kind = visit(phone=phone), "phone" if phone else "desk"
        for path in (
            "/s",
            "/s/qinghe",
            "/s/sector-housing",
            "/s/qinghe/hall",
            "/s/bailu/hall?q=恐龙&tag=over",
            "/s/qinghe/hall?tag=x",
            "/s/qinghe/rank",
            "/s/bailu/rank",
        ):
            page.goto(path)
            look(page, f"scopes {kind} {path}")
        page.goto("/new?scope=sector-housing")
        expect(page.locator("#category")).to_be_visible()
        look(page, f"scopes {kind} new")


def test_without_scripts_and_in_english(city: World, visit: Visit) -> None:
    page = visit(scripts=False, language="en")
    for path in ("/s", "/s/qinghe", "/s/qinghe/hall", "/s/qinghe/rank"):
        page.goto(path)
        for chinese in ("我要反映", "诉求", "单位的数", "更新", "本月"):
            expect(page.locator("main")).not_to_contain_text(chinese)

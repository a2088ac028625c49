"""打印 and 手机批示 in a browser: the menu in the head of a case, and a leader who follows the code of a 批办单."""

import pytest
from playwright.sync_api import expect

from minsheng.commands import handling
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.browser.steps import sign_in
from tests.commands import scenes
from tests.world import World

pytestmark = pytest.mark.browser


def test_the_menu_makes_a_file(city: World, visit: Visit, look: Look) -> None:
    code = scenes.handled(city)
    city.do(handling.progress, code, by=scenes.CLERK, text="更换了两盏灯头，晚上复查。")
    page = sign_in(visit(), scenes.CLERK)
    page.goto(f"/desk/cases/{code}")
    page.locator(".pr-menu summary").click()
    page.get_by_label("办理单和批办单").check()
    look(page, "print menu")
    file = page.request.post(
        f"/desk/cases/{code}/sheet.pdf",
        form={"kind": "both", "csrfmiddlewaretoken": page.locator(".pr-form [name=csrfmiddlewaretoken]").get_attribute("value") or ""},
        headers={"Referer": page.url},
    )
    assert file.headers["content-type"] == "application/pdf" and file.body().startswith(b"%PDF-")


def test_a_leader_signs_on_the_phone(city: World, visit: Visit, look: Look) -> None:
    code = scenes.handled(city)
    page = visit(phone=True)
    page.goto(f"/desk/cases/{code}/sign")
    page.get_by_label("账号").fill("leader1")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("路灯不亮")
    look(page, "sign")
    page.get_by_label("批示", exact=True).fill("请三天内修好，修好后打电话告诉住户。")
    page.get_by_role("button", name="发出批示").click()
    expect(page.get_by_text("批示发给单位了")).to_be_visible()
    look(page, "signed")
    assert ("instruction", "批示", scenes.UNIT, "opened") in city.measures(code)

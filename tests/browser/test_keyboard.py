"""Only a keyboard: everything can be reached in a sensible order, the focus is always seen, and no finger is needed."""

import pytest
from playwright.sync_api import Locator, Page, expect

from minsheng.models.case import Case
from tests.browser.conftest import Visit
from tests.browser.steps import REPORT
from tests.world import World

pytestmark = pytest.mark.browser

SEEN = """one => [one, one.parentElement, one.labels && one.labels[0]].filter(Boolean).some(box => {
  const drawn = getComputedStyle(box);
  return (drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) > 0) || drawn.boxShadow !== 'none';
})"""


def reach(page: Page, wanted: Locator, *, most: int = 60) -> None:
    """Tab until the focus is there; it must be seen on the way."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.count() == 1 and focused.evaluate(SEEN), focused.evaluate("one => one.outerHTML.slice(0, 200)")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"not reached: {wanted}")


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_filed_and_followed_with_the_keyboard(city: World, visit: Visit, *, phone: bool) -> None:
    page = visit(phone=phone)
    page.goto("/")
    reach(page, page.get_by_role("link", name="跳到正文"), most=1)
    page.keyboard.press("Enter")
    reach(page, page.locator("main").get_by_role("link", name="我要反映"), most=3)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("您遇到了什么事？")
    for name in ("text", "place", "name", "phone"):
        reach(page, page.locator(f"#report [name={name}]"))
        page.keyboard.type(REPORT[name])
    reach(page, page.locator("#report [name=visibility]").first)
    page.keyboard.press("ArrowDown")
    reach(page, page.get_by_role("button", name="提交"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.get().visibility == "private"
    reach(page, page.get_by_role("link", name="看这件事的进度"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("小区北门的路灯")
    reach(page, page.get_by_label("想补充什么"))
    page.keyboard.type("今晚又有人摔了。")
    reach(page, page.get_by_role("button", name="补充给办理单位"))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("今晚又有人摔了。")

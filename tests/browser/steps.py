"""What people do on the pages, in their words. Nothing here waits for scripts: it works with them and without."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from minsheng.models.people import Account
from tests.browser.conftest import PASSWORD
from tests.web.entering import last_code

REPORT = {
    "text": "小区北门的路灯全都不亮，晚上看不见路，已经一个星期了。昨晚有老人摔了一跤，希望尽快修好。",
    "place": "银杏花园北门",
    "name": "李女士",
    "phone": "138 0000 0001",
}


def file(page: Page, *, photos: list[Path] | None = None, **changed: str) -> str:
    """我要反映, from the home page; returns the code on the confirmation."""
    page.goto("/")
    page.locator("main").get_by_role("link", name="我要反映").click()
    for name, value in {**REPORT, **changed}.items():
        page.locator(f"#report [name={name}]").fill(value)
    page.locator("#district").select_option("qinghe")
    if photos:
        page.locator("#photos").set_input_files(photos)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    return page.locator(".ms-code dd").first.inner_text().strip()


def sign_in(page: Page, username: str) -> Page:
    """登录."""
    page.goto("/desk")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".ms-queues")).to_be_visible()
    return page


def open_case(page: Page, code: str, *, queue: str) -> None:
    """From the queue to the case."""
    page.locator(".ms-queues").get_by_role("link", name=queue).click()
    page.locator(f"#c-{code}").press("Enter")  # a click shows it beside the list, where there is room
    expect(page.locator(".chead")).to_contain_text(code)


def send(page: Page, action: str, **fields: str | list[Path]) -> None:
    """Choose a move, fill in its form and send it."""
    filled(page, action, **fields).locator(".send button[type=submit]").last.click()


def filled(page: Page, action: str, **fields: str | list[Path]) -> Locator:
    """Choose a move and fill in its form."""
    page.locator(f"label[for=do-{action}]").click()
    form = page.locator(".ms-do form", has=page.locator(f"input[name=action][value={action}]"))
    for name, value in fields.items():
        control = form.locator(f"[name={name}]").first
        kind = control.evaluate("control => control.type") if isinstance(value, str) else "file"
        if kind == "file":
            control.set_input_files(value)
        elif kind == "radio":
            form.locator(f"[name={name}][value={value}]").check()
        elif kind == "select-one":
            control.select_option(str(value))
        else:
            control.fill(str(value))
    return form


def sent(page: Page, action: str, **fields: str | list[Path]) -> None:
    """… and it was taken."""
    send(page, action, **fields)
    expect(page.locator("#composer [role=status]")).to_contain_text("记下了")


def sign_in_by_code(page: Page, contact: str = "138 0000 0031") -> int:
    """登录 as a citizen, with the code that was sent; returns the account."""
    page.goto("/account/signin")
    page.get_by_label("手机号或邮箱").fill(contact)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("填验证码")
    page.get_by_label("验证码").fill(last_code(contact))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的")
    return Account.objects.latest("phone_verified_at").pk

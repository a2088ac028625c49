"""A person with an account: on the phone and on a second device, filing, taking everything along, and going for good."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from minsheng.commands import dispatch, handling, intake, people
from minsheng.models.case import Case, Party
from minsheng.models.people import Account, Allowance
from tests.browser.conftest import Visit
from tests.browser.steps import REPORT, file, sign_in_by_code
from tests.web.entering import last_code
from tests.world import World

pytestmark = pytest.mark.browser


def file_as_known(page: Page, photos: list[Path]) -> str:
    """我要反映 with what the account knows; returns the code."""
    page.goto("/new")
    for name in ("text", "place"):
        page.locator(f"#{name}").fill(REPORT[name])
    page.locator("#name").fill(REPORT["name"])
    expect(page.locator(".ms-mecard")).to_contain_text("138 **** 0031")
    page.locator("#photos").set_input_files(photos[:1])
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    return page.locator(".ms-code dd").first.inner_text().strip()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_signing_in_to_going_for_good(city: World, visit: Visit, photos: list[Path], tmp_path: Path, *, scripts: bool) -> None:
    """The case follows the person to a second device; who looked at the number is told; one file holds everything; afterwards nobody is there."""
    phone = visit(phone=True, scripts=scripts)
    account = sign_in_by_code(phone)
    code = file_as_known(phone, photos)
    assert Party.objects.get(case__code=code).account == account
    city.do(intake.register, code, by="dispatch1", category="020201")
    city.do(dispatch.reassign, code, by="dispatch1", lead="yinxing", reason="属地来办")
    city.do(handling.claim, code, by="yinxing")
    city.do(people.open_parties, code, by="yinxing", reason="约上门的时间")

    Allowance.objects.all().delete()  # a minute has passed
    desktop = visit(scripts=scripts)
    assert sign_in_by_code(desktop) == account
    desktop.get_by_role("link", name=Case.objects.get().title).click()
    expect(desktop.get_by_text(REPORT["text"])).to_be_visible()
    desktop.goto("/mine/data")
    expect(desktop.get_by_text("约上门的时间")).to_be_visible()
    with desktop.expect_download() as downloading:
        desktop.get_by_role("button", name="下载").click()
    downloading.value.save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as packed:
        told = json.loads(packed.read("data.json"))
        assert [case["code"] for case in told["cases"]] == [code]
        assert told["looked_at_by"][0]["because"] == "约上门的时间"
        assert packed.read(f"files/{code}/1.jpg")[:2] == b"\xff\xd8"

    desktop.get_by_role("link", name="删除账号").click()
    expect(desktop.get_by_text("您还有诉求在办")).to_be_visible()
    desktop.get_by_role("button", name="删除我的账号").click()
    expect(desktop.get_by_text("账号删除了")).to_be_visible()
    phone.goto("/mine")
    expect(phone.get_by_role("heading", name="登录，看全部诉求")).to_be_visible()
    assert Account.objects.get().phone is None
    assert Party.objects.get(case__code=code).phone is None
    city.holds()


def test_a_case_of_this_device_goes_into_the_account(city: World, visit: Visit) -> None:
    """Filed without an account; offered after signing in."""
    page = visit(phone=True)
    code = file(page)
    account = sign_in_by_code(page)
    page.get_by_role("button", name="把这台设备上的 1 件放进我的账号").click()
    expect(page.get_by_text("放好了，1 件")).to_be_visible()
    assert Party.objects.get(case__code=code).account == account


def test_somebody_without_a_name_is_asked_for_none(city: World, visit: Visit) -> None:
    """With scripts the fields go away and come back; without them they are ignored. Refused at the choice where the city does not allow it."""
    for scripts in (True, False):
        page = visit(phone=True, scripts=scripts)
        page.goto("/new")
        page.locator("#text").fill(f"有人夜里在河边倒建筑垃圾，第 {int(scripts)} 次看到。")
        page.locator("#place").fill("清河边")
        page.get_by_label("匿名").check()
        expect(page.locator("#phone")).to_be_visible(visible=not scripts)
        page.get_by_role("button", name="提交").click()
        expect(page.locator("#requester .why")).to_contain_text("不能匿名")
        expect(page.get_by_label("匿名")).to_be_checked()
        page.locator("#kind").select_option("report")
        page.get_by_role("button", name="提交").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.count() == 2
    assert not Party.objects.exists()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_session_ends_while_somebody_writes(city: World, visit: Visit, photos: list[Path], *, scripts: bool) -> None:
    """Every cookie is gone when the form is sent: it comes back as it was, photo included, and goes out with the second try."""
    page = visit(phone=True, scripts=scripts)
    sign_in_by_code(page)
    page.goto("/new")
    for name in ("text", "place", "name"):
        page.locator(f"#{name}").fill(REPORT[name])
    page.locator("#photos").set_input_files(photos[:1])
    page.context.clear_cookies()
    page.get_by_role("button", name="提交").click()
    # With scripts the device fetches a fresh token first, so only what the account knew is missing; without them the page says what happened.
    expect(page.get_by_role("link", name="写上手机号，单位好联系您。") if scripts else page.get_by_text("您写的都在")).to_be_visible()
    for name in ("text", "place", "name"):
        expect(page.locator(f"#{name}")).to_have_value(REPORT[name])
    expect(page.locator("[name=kept]")).to_have_count(1)
    page.locator("#phone").fill(REPORT["phone"])
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.get().attachments.count() == 1
    assert Party.objects.get().account is None


def test_what_was_added_to_a_case_survives_the_session(city: World, visit: Visit) -> None:
    """Signed in again in the window beside it, the same page sends the words."""
    page = visit(phone=True)
    account = sign_in_by_code(page)
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1", account=account)
    page.goto(f"/cases/{code}")
    page.get_by_label("想补充什么").fill("门口又停电了")
    page.context.clear_cookies()
    page.get_by_role("button", name="补充给办理单位").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您写的还在")
    expect(page.get_by_label("想补充什么")).to_have_value("门口又停电了")
    page.get_by_role("button", name="再提交一次").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您写的还在")
    with page.context.expect_page() as opening:
        page.get_by_role("link", name="登录（新窗口）").click()
    beside = opening.value
    Allowance.objects.all().delete()  # a minute has passed
    beside.get_by_label("手机号或邮箱").fill("138 0000 0031")
    beside.get_by_role("button", name="获取验证码").click()
    beside.get_by_label("验证码").fill(last_code())
    beside.get_by_role("button", name="登录", exact=True).click()
    expect(beside).to_have_url(f"{beside.url.split('/cases')[0]}/cases/{code}")
    page.get_by_role("button", name="再提交一次").click()
    page.get_by_role("button", name="再提交一次").click()  # signing in made a new token: the page came back once more
    expect(page.get_by_text("补充的内容已经交给办理单位")).to_be_visible()
    assert "supplement" in city.actions(code)

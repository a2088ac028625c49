"""审批、裁定、回访、质检 as people work there: two browsers on one dispute, a ruling that becomes a rule, a call that reopens, a card that sends back."""

import re

import pytest
from playwright.sync_api import Page, expect

from minsheng.commands import answering, callback, dispatch, exempting, handling
from minsheng.domain.scorecard import KEYS
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, UNIT
from tests.world import World

pytestmark = pytest.mark.browser


def enter(page: Page, username: str, path: str) -> Page:
    """Sign in and come to this page."""
    page.goto(path)
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator(".ms-rail")).to_be_visible()
    return page


def test_two_refusals_a_ruling_a_rule_and_the_next_case_goes_there_by_itself(city: World, visit: Visit, look: Look) -> None:
    """A unit sends back: refused once with reasons, then granted; the second unit too; ruled; proposed; a second person adopts it."""
    code = scenes.handled(city)
    city.do(dispatch.send_back, code, by=CLERK, reason="灯杆在小区红线里，不归我们管。", proposed="songtao")
    desk = enter(visit(), "dispatch1", "/desk/approvals")
    ask = desk.locator(".jd-ask", has_text=code)
    expect(ask).to_contain_text("灯杆在小区红线里，不归我们管。")
    expect(ask).to_contain_text("职责规则怎么说")
    look(desk, "approvals")
    ask.get_by_role("button", name="不同意").click()
    expect(desk.locator(".jd-ask .why")).to_contain_text("不同意要写理由")
    desk.locator(".jd-ask").get_by_label("理由").fill("清单里有这根杆。")
    desk.locator(".jd-ask").get_by_role("button", name="不同意").click()
    expect(desk.locator("[role=status]")).to_contain_text("没有同意")
    unit = enter(visit(), CLERK, f"/desk/cases/{code}")
    expect(unit.locator("#journal")).to_contain_text("清单里有这根杆。")

    city.do(dispatch.send_back, code, by=CLERK, reason="核对过了，清单里是 2 号杆，这是 3 号。", proposed="songtao")
    desk.reload()
    desk.locator(".jd-ask").get_by_role("button", name="同意", exact=True).click()
    expect(desk.locator("[role=status]")).to_contain_text("同意了")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="songtao")
    city.do(handling.claim, code, by="songtao")
    city.do(dispatch.send_back, code, by="songtao", reason="路灯是城管所管的，街道没有这笔钱。", proposed=UNIT)
    scenes.granted(city, code, by="supervisor1")

    desk.goto("/desk/rulings")
    look(desk, "rulings")
    desk.locator(".jd-row", has_text=code).get_by_role("link").click()
    for words in ("核对过了", "街道没有这笔钱", "银杏社区", "还没有裁定过"):
        expect(desk.locator("main")).to_contain_text(words)
    look(desk, "ruling")
    desk.locator("[name=lead]").fill("yinxing")
    desk.locator("[name=basis]").first.fill("杆在小区里，社区牵头，街道出钱")
    desk.locator("#composer button[type=submit]").click()
    expect(desk.locator("[role=status]")).to_contain_text("裁定记下了")
    desk.get_by_label("哪个范围").select_option("yinxing")
    look(desk, "ruling made")
    desk.get_by_role("button", name="建议成规则").click()
    expect(desk.locator("main")).to_contain_text("要由另一个人来定")
    number = desk.url.rpartition("/")[2]

    second = enter(visit(phone=True), "supervisor1", f"/desk/rules/{number}")
    expect(second.locator("main")).to_contain_text("1 件按这条会派给别的单位")
    look(second, "rule on a phone")
    second.get_by_role("button", name="采用，成为规则").click()
    expect(second.locator("[role=status]")).to_contain_text("成了职责规则")
    second.goto("/desk/rules?tab=decided")
    expect(second.locator(".jd-row")).to_contain_text("已成规则")
    look(second, "rules on a phone")

    following = city.file(body="小区里另一盏路灯也不亮了，晚上看不见路，请来修。", title="路灯不亮", place="yinxing-b1", phone="13800000022")
    assert city.case(following).unit == "yinxing"


def test_several_of_a_kind_with_one_reason_and_each_kind_of_request(city: World, visit: Visit, look: Look) -> None:
    """延期, 挂账 and 剔除; two at once, one of which a colleague has decided meanwhile: each row says what became of it. On a phone too."""
    made = [scenes.handled(city, body=f"第 {n} 处路灯坏了，夜里看不见路，请来修。", phone=f"1380000006{n}") for n in range(3)]
    for code in made[:2]:
        city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="灯头缺货，厂家说后天到。")
    city.do(exempting.ask_exemption, made[2], by=CLERK, basis="《考核办法》第十二条：极端天气期间不计", reason="连着三天暴雨，高空作业停了。", clock="answer")
    page = enter(visit(), "supervisor1", "/desk/approvals?tab=extend")
    look(page, "approvals of extensions")
    for box in page.locator(".jd-ask input[type=checkbox]").all():
        box.check()
    scenes.granted(city, made[0], by="dispatch1")
    page.get_by_label("一个理由").fill("到货就装，别再拖。")
    page.get_by_role("button", name="都同意").click()
    report = page.locator(".jd-report")
    expect(report.locator("li", has_text=made[0])).to_contain_text("已经有人处理了")
    expect(report.locator("li", has_text=made[1])).to_contain_text("同意了")
    look(page, "report of several")
    page.goto("/desk/approvals?tab=park")
    look(page, "no approvals")
    phone = enter(visit(phone=True), "supervisor1", "/desk/approvals?tab=exempt")
    expect(phone.locator(".jd-ask")).to_contain_text("「答复」时限不算")
    look(phone, "exemptions on a phone")
    phone.locator(".jd-ask").get_by_role("button", name="同意", exact=True).click()
    expect(phone.locator("[role=status]")).to_contain_text("同意了")


def test_a_call_with_the_keyboard_alone_reopens_and_the_next_one_follows(city: World, visit: Visit, look: Look) -> None:
    first = scenes.checked(city)
    second = scenes.checked(city, body="小区后门的路灯也坏了，夜里看不见路。", phone="13800000033")
    third = scenes.checked(city, body="公园里的路灯坏了三盏，请来修。", phone="13800000034")
    city.do(callback.rate, second, by="citizen", level=1, ticked=["没人联系过我"])
    city.do(callback.try_call, third, by="callback1", result="busy")
    page = enter(visit(), "callback1", "/desk/callbacks")
    expect(page.locator(".jd-row")).to_have_count(1)
    look(page, "callbacks")
    page.get_by_role("link", name="从第一个开始打").click()
    expect(page.locator(".cb-case")).to_contain_text("非常不满意")
    page.locator("summary", has_text="看号码").click()
    page.get_by_role("button", name="记录并查看").click()
    expect(page.locator(".cb-number a")).to_have_text("13800000033")
    look(page, "callback with the number")
    page.locator("h1").click()
    for key in "122":
        page.keyboard.press(key)
    expect(page.locator("[data-when=bad]")).to_be_visible()
    expect(page.locator("[data-when=bad]")).to_contain_text("重新办理，回到")
    expect(page.locator("[data-when=good]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("[role=status]").first).to_contain_text(f"{second} 重新办理")
    assert city.state(second) == "handling"
    expect(page).to_have_url(re.compile(first))

    phone = enter(visit(phone=True, scripts=False), "callback1", f"/desk/callbacks/{first}")
    phone.locator("label[for=contacted-yes]").click()
    phone.get_by_role("button", name="记下，打下一个").first.click()
    expect(phone.locator(".why")).to_contain_text("还有一问没有记")
    for key in ("solved", "satisfied"):
        phone.locator(f"label[for={key}-yes]").click()
    phone.get_by_role("button", name="记下，打下一个").first.click()
    expect(phone).to_have_url(re.compile(third))
    assert city.state(first) == "closed"
    page.goto(f"/desk/callbacks/{third}?group=tried")
    page.locator("summary", has_text="没打通").click()
    page.locator("#result-later").check()
    page.get_by_role("button", name="记下，打下一个").last.click()
    expect(page.locator("#why-again")).to_contain_text("请写约在哪天几点")
    look(page, "callback put off, with a mistake")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/desk/callbacks/{third}")
    look(page, "callback on a phone")


def test_a_card_sends_back_the_unit_reads_why_and_figures_say_it(city: World, visit: Visit, look: Look) -> None:
    code = scenes.handled(city, body="小区门口的路灯坏了。1、什么时候能修好？2、电费是不是还在收？")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text="3月3日我所高度重视，已更换路灯灯头两盏，当晚7点亮灯，感谢您的理解与支持。")
    page = enter(visit(), "checker1", "/desk/quality")
    look(page, "quality")
    page.locator(".jd-row", has_text=code).get_by_role("link").click()
    expect(page.locator("mark").first).to_have_text("高度重视")
    expect(page.locator(".qc-found")).to_contain_text("电费")
    look(page, "score card")
    for key in KEYS:
        page.locator(f"label[for=s-{key}-2]").click()
    expect(page.locator("[data-total] b")).to_have_text("100")
    page.locator("label[for=s-points-0]").click()
    expect(page.locator("[data-total] b")).to_have_text("76")
    page.get_by_role("button", name="通过，看下一条").click()
    expect(page.locator(".ms-errors")).to_contain_text("不能通过")
    expect(page.locator("#s-points-0")).to_be_checked()
    page.locator("[name=remark-points]").fill("第二个问题没有答：电费还收不收。")
    look(page, "score card with a mistake")
    page.get_by_role("button", name="退回重写").click()
    expect(page.locator("[role=status]")).to_contain_text("退回去了")
    unit = enter(visit(phone=True), CLERK, f"/desk/cases/{code}")
    expect(unit.locator("#journal")).to_contain_text("有的没答到：第二个问题没有答：电费还收不收。")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.do(answering.pass_check, code, by="checker1", scores=dict.fromkeys(KEYS, 2))
    page.goto("/desk/quality/figures")
    expect(page.locator(".jd-fig").first).to_contain_text("0 / 1")
    page.locator(".jd-fig").last.get_by_role("link").first.click()
    expect(page.locator("#behind .jd-row")).to_have_count(2)
    look(page, "figures")
    with page.expect_download() as got:
        page.get_by_role("button", name="下载表格").click()
    assert "有的没答到" in got.value.path().read_text("utf-8-sig")
    page.goto("/desk/quality/sample")
    page.get_by_role("button", name="抽一次").click()
    expect(page.locator("main")).to_contain_text("种子")
    look(page, "sample")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/desk/quality/figures", f"/desk/quality/cases/{scenes.answered(city, body='又一处路灯坏了，请来修。', phone='13800000035')}"):
        page.goto(path)
        look(page, path + " on a phone")


def test_in_english(city: World, visit: Visit) -> None:
    """The words of these pages are English; only the city's own names and people's own words are not."""
    code = scenes.handled(city)
    city.do(handling.extend, code, by=CLERK, by_how_much="1 working day", reason="waiting for parts")
    called = scenes.checked(city, body="小区后门的路灯也坏了，夜里看不见路。", phone="13800000033")
    page = enter_in_english(visit(language="en"), "supervisor1", "/desk/approvals")
    for path in ("/desk/approvals?tab=extend", "/desk/rulings", "/desk/rules", "/desk/quality", "/desk/quality/sample", "/desk/quality/figures", f"/desk/quality/cases/{called}"):  # fmt: skip
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        found = page.locator(".jd-head h1, .jd-tabs a, .btn, thead th, legend, .hint, label").all_inner_texts()
        own = [text for text in found if re.search("[\u4e00-\u9fff]", text) and "路灯" not in text and text.strip() != "中文"]
        assert own == [], (path, own)
    other = enter_in_english(visit(language="en"), "callback1", f"/desk/callbacks/{called}")
    expect(other.locator(".cb-then")).to_contain_text("once recorded")
    assert [text for text in other.locator(".btn, legend, label, .group").all_inner_texts() if re.search("[\u4e00-\u9fff]", text) and text != "中文"] == []


def enter_in_english(page: Page, username: str, path: str) -> Page:
    page.goto(path)
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[method=post] button[type=submit]").last.click()
    expect(page.locator(".ms-rail")).to_be_visible()
    return page

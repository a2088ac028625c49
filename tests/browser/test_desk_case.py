"""一件诉求 at the desk, in a browser: two at once, an answer looked at before it goes out, templates, colleagues named, persons covered; by keyboard alone."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, expect

from minsheng import clock
from minsheng.commands import alerting, handling, noting, templates
from minsheng.models.people import Member, User
from minsheng.models.read import Notice
from minsheng.models.work import Verdict
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.browser.steps import send, sent, sign_in
from tests.browser.test_habits import handled
from tests.world import World

pytestmark = pytest.mark.browser
HOLLOW = "我单位高度重视，第一时间安排人员处理。"
GOOD = "原因是灯头进水烧坏了。11 月 20 日下午换了新灯头，当晚亮了。再坏请打社区值班电话 0000-60000003。"


def colleague(city: World, name: str = "运行二班") -> User:
    """One more person in 银杏社区."""
    user = User.objects.create(username="yinxing2", display_name=name, created_at=clock.now(), password=User.objects.get(username="yinxing").password)
    Member.objects.create(user=user, unit="yinxing", roles=["staff"])
    return user


def full(city: World) -> str:
    """A case with something in every pane."""
    code = handled(city)
    mate = colleague(city)
    city.do(handling.contact, code, by="yinxing", method="phone", note="通话 3 分钟，约明天 9 点上门。")
    city.do(handling.reply, code, by="yinxing", text="今天上午去看过，灯头坏了，明天换。")
    city.do(handling.co_handle, code, by="yinxing", units=["city.urban_management"], request="请看看是不是线路的事")
    city.do(noting.note, code, by="yinxing", text="梯子在二号库房，带上绝缘手套。", to=[mate.pk])
    city.do(alerting.alert, code, by="desk1", text="有老人摔倒，已拨 120。")
    city.file(body="楼下的路灯不亮，晚上看不见台阶，摔了一跤。", title="路灯不亮摔人", place="yinxing-b1", wish="private")
    city.do(templates_written, code, by="yinxing")
    return code


def templates_written(code: str, *, by: object) -> None:
    """A template of the unit."""
    templates.write(title="路灯修好", body="{date}，{unit}修好了{place}的路灯。", action="answer", unit="yinxing", category=None, by=by)  # type: ignore[arg-type]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_how_it_looks(city: World, visit: Visit, look: Look, phone: bool) -> None:
    """The whole case, for who handles it and who dispatches; a warned answer; a conflict; the inbox; templates."""
    code, dress = full(city), "phone" if phone else "desktop"
    page = sign_in(visit(phone=phone), "yinxing")
    page.goto(f"/desk/cases/{code}")
    expect(page.locator("#similar .item, #similar p").first).to_be_visible()
    look(page, f"desk case {dress}")
    send(page, "answer", outcome="solved", text=HOLLOW)
    expect(page.locator(".ms-checks")).to_contain_text("没有说原因")
    look(page, f"desk case warned {dress}")
    desk = sign_in(visit(phone=phone), "dispatch1")
    desk.goto(f"/desk/cases/{code}")
    expect(desk.locator("#similar .item").first).to_be_visible()
    look(desk, f"desk case dispatcher {dress}")
    page.goto("/desk/templates")
    look(page, f"desk templates {dress}")
    mate = sign_in(visit(phone=phone), "yinxing2")
    mate.goto("/desk/mentions")
    look(mate, f"desk mentions {dress}")


def test_two_browsers_at_once(city: World, visit: Visit) -> None:
    """Both write; the slower one is told who did what, its words are still there and go out with the second press. Then the first answers, and the other's
    step is gone: the words can be copied."""
    code = handled(city)
    colleague(city)
    here, there = sign_in(visit(), "yinxing"), sign_in(visit(), "yinxing2")
    for page in (here, there):
        page.goto(f"/desk/cases/{code}")
    sent(there, "contact", method="visit", note="上门看过，灯头坏了")
    send(here, "reply", text="明天上午换灯头。")
    expect(here.locator("#conflict")).to_be_focused()
    expect(here.locator("#conflict")).to_contain_text("上门看过，灯头坏了")
    expect(here.locator("#conflict")).to_contain_text("运行二班")
    expect(here.locator("#reply-text")).to_have_value("明天上午换灯头。")
    here.locator(".ms-do form", has=here.locator("input[value=reply]")).locator(".send button").last.click()
    expect(here.locator("#composer [role=status]").first).to_contain_text("记下了")
    there.goto(f"/desk/cases/{code}")
    sent(here, "answer", outcome="solved", text=GOOD)
    send(there, "reply", text="后天再去看一眼。")
    expect(there.locator("#conflict")).to_contain_text("这一步现在不能做了")
    expect(there.locator("#conflict textarea")).to_have_value("后天再去看一眼。")
    assert city.actions(code).count("reply") == 1 and city.actions(code).count("answer") == 1


def test_an_open_page_says_what_is_new_and_keeps_what_is_typed(city: World, visit: Visit) -> None:
    """Nothing happens while nothing happens; then the timeline grows, and a line says by whom."""
    code = handled(city)
    page = sign_in(visit(), "yinxing")
    page.clock.install()
    page.goto(f"/desk/cases/{code}")
    page.locator("label[for=do-progress]").click()
    page.locator("#progress-text").fill("写到一半")
    page.clock.run_for(25_000)
    expect(page.locator("#news")).to_be_empty()
    city.do(handling.contact, code, by="yinxing", method="phone", note="同事打过电话了")
    page.clock.run_for(25_000)
    expect(page.locator("#news")).to_contain_text("有新的经过")
    expect(page.locator("#journal")).to_contain_text("同事打过电话了")
    expect(page.locator("#progress-text")).to_have_value("写到一半")
    city.do(handling.progress, code, by="yinxing", text="又去了一次")
    page.clock.run_for(25_000)
    expect(page.locator("#journal")).to_contain_text("又去了一次")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "bare"])
def test_an_answer_is_looked_at_warned_and_sent(city: World, visit: Visit, photos: list[Path], scripts: bool) -> None:
    """While writing (with scripts), and when it is sent: it comes back once with what is missing; the photo needs no second choice; then it goes out."""
    code = handled(city)
    page = sign_in(visit(scripts=scripts), "yinxing")
    page.goto(f"/desk/cases/{code}")
    if scripts:
        page.locator("#answer-text").fill(HOLLOW)
        expect(page.locator("#answer-review")).to_contain_text("没有说原因")
        page.locator("#answer-text").fill("")
    send(page, "answer", outcome="solved", text=HOLLOW, evidence=photos[:1])
    review = page.locator("#answer-review")
    expect(review).to_contain_text("没有说做了什么")
    expect(review).to_contain_text("高度重视")
    if scripts:
        expect(review).to_be_focused()
    expect(page.locator("#answer-text")).to_have_value(HOLLOW)
    expect(page.get_by_text("刚才加的 1 张照片还在")).to_be_visible()
    page.get_by_role("button", name="仍然发出").click()
    expect(page.locator("#composer [role=status]").first).to_contain_text("记下了")
    assert "answer" in city.actions(code)
    expect(page.locator("#journal .ms-pics img")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "bare"])
def test_a_template_is_used(city: World, visit: Visit, scripts: bool) -> None:
    """Into an empty field at once; below what is typed only after asking (without scripts simply below); never over it."""
    code = handled(city)
    city.do(templates_written, code, by="yinxing")
    page = sign_in(visit(scripts=scripts), "yinxing")
    page.goto(f"/desk/cases/{code}")
    field, use = page.locator("#answer-text"), page.get_by_role("button", name="套用")
    page.locator("#answer-template").select_option(label="路灯修好")
    use.click()
    expect(field).to_have_value(re.compile("银杏社区修好了银杏花园1栋的路灯。$"))
    page.locator("#answer-template").select_option(label="路灯修好")
    field.fill("自己写的。")
    if scripts:
        answers = iter((Dialog.dismiss, Dialog.accept))
        page.on("dialog", lambda dialog: next(answers)(dialog))
        with page.expect_event("dialog"):
            use.click()
        expect(field).to_have_value("自己写的。")
    use.click()
    expect(field).to_have_value(re.compile("^自己写的。\n.*修好了银杏花园1栋的路灯。$"))


def test_a_colleague_is_named_and_reads_it(city: World, visit: Visit) -> None:
    """@ in one browser, the bell in the other, the note at the case; then nothing is unread. The citizen's page says nothing of it."""
    code, mate = handled(city), colleague(city)
    page = sign_in(visit(), "yinxing")
    page.goto(f"/desk/cases/{code}")
    page.locator("label[for=do-note]").click()
    page.locator("#note-text").fill("明早你去，梯子在库房。")
    page.get_by_label(re.compile("运行二班")).check()
    page.get_by_role("button", name="记下留言").click()
    expect(page.locator("#journal")).to_contain_text("@运行二班")
    there = sign_in(visit(phone=True), "yinxing2")
    expect(there.locator(".ms-at .n")).to_have_text("1")
    there.locator(".ms-at").click()
    there.get_by_role("link", name=re.compile("给您留言")).click()
    expect(there.locator("#journal")).to_contain_text("明早你去，梯子在库房。")
    expect(there.locator(".ms-at .n")).to_have_count(0)
    assert Notice.objects.filter(to=f"user:{mate.pk}", read_at=None).count() == 0
    anybody = visit(phone=True)
    anybody.goto(f"/cases/{code}")
    expect(anybody.locator("body")).not_to_contain_text("梯子")


def test_by_keyboard_alone(city: World, visit: Visit) -> None:
    """From the step to the sent answer without a mouse: choose, write, be warned, mend, send."""
    code = handled(city)
    page = sign_in(visit(), "yinxing")
    page.goto(f"/desk/cases/{code}")
    page.locator("#do-answer").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#answer-outcome")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(page.locator("#answer-text")).to_be_focused()
    page.keyboard.type(HOLLOW)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('btn-primary')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#answer-review")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#answer-text")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(GOOD)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('btn-primary')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#composer [role=status]").first).to_contain_text("记下了")
    assert "answer" in city.actions(code)


def test_a_person_is_opened_with_a_reason(city: World, visit: Visit, look: Look) -> None:
    """Covered, opened for this page, covered again after it; who opened it stands there."""
    code = handled(city)
    page = sign_in(visit(), "yinxing")
    page.goto(f"/desk/cases/{code}")
    expect(page.locator("#person")).to_contain_text("张**")
    page.locator("summary", has_text="看姓名和电话").click()
    page.get_by_label("为什么要看").fill("打电话约上门时间")
    page.get_by_role("button", name="记录并查看").click()
    expect(page.locator("#person")).to_contain_text("13800000001")
    look(page, "desk case person opened")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")  # what a browser keeps of the page for going back
    expect(page.locator("body")).not_to_contain_text("13800000001")
    page.goto(f"/desk/cases/{code}")
    page.locator("summary", has_text="谁看过姓名和电话").click()
    expect(page.locator(".ms-openings")).to_contain_text("打电话约上门时间")


def test_the_session_ended_while_an_answer_was_written(city: World, visit: Visit) -> None:
    """The answer stands on the page that says so; signed in beside it, it goes out. And the draft is on the device as well."""
    code = handled(city)
    page = sign_in(visit(), "yinxing")
    page.goto(f"/desk/cases/{code}")
    page.locator("#answer-text").fill(GOOD)
    cookies = page.context.cookies()
    page.context.clear_cookies(name="minsheng")
    assert len(page.context.cookies()) < len(cookies)
    send(page, "answer", outcome="solved", text=GOOD)
    expect(page.get_by_role("heading", level=1)).to_have_text("您写的还在")
    expect(page.locator("textarea")).to_have_value(GOOD)
    again = page.context.new_page()
    sign_in(again, "yinxing")
    again.goto(f"/desk/cases/{code}")
    expect(again.locator("#answer-text")).to_have_value(GOOD)
    again.close()
    page.get_by_role("button", name="再提交一次").click()
    if page.get_by_role("button", name="再提交一次").count():  # the token was renewed by signing in
        page.get_by_role("button", name="再提交一次").click()
    expect(page.locator("#composer [role=status]").first).to_contain_text("记下了")
    assert city.actions(code).count("answer") == 1


def test_a_suggestion_is_wrong_and_cases_are_merged(city: World, visit: Visit) -> None:
    """The dispatcher says what is right, and the case is corrected; the same matter told twice becomes one with two presses."""
    code = handled(city)
    other = city.file(body="楼下的路灯不亮，晚上看不见台阶，摔了一跤。", title="路灯不亮摔人", place="yinxing-b1", wish="private")
    page = sign_in(visit(), "dispatch1")
    page.goto(f"/desk/cases/{code}")
    page.get_by_label("类别：不对").click()
    page.locator("#instead-category").fill("010101")
    page.get_by_role("button", name="记下，改成这个").first.click()
    expect(page.locator("#composer [role=status]").first).to_contain_text("已经改过来")
    assert city.case(code).category == "010101" and Verdict.objects.filter(right=False).count() == 1
    page.goto(f"/desk/cases/{other}")
    page.locator("#similar").get_by_role("link", name="并到这件里").first.click()
    expect(page.locator("#merge-into")).to_have_value(code)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".ms-do form", has=page.locator("input[value=merge]")).locator(".send button").click()
    expect(page.locator(".chead")).to_contain_text("已并案")

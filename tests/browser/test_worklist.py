"""工单列表 in a browser: with the keyboard alone, filters kept and shared, many at once, the list that renews itself, on a phone."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Page, expect

from minsheng.commands import amending, answering, dispatch, handling
from minsheng.jobs.bulk import bulk
from minsheng.models.people import Member, User
from tests.browser.looks import Look
from tests.browser.steps import sign_in
from tests.commands.scenes import GOOD
from tests.world import World

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def waiting(city: World, n: int, *, unit: str = "yinxing") -> list[str]:
    """Cases that wait for their unit."""
    made = []
    for number in range(n):
        code = city.file(body=f"{number + 1} 号楼下的路灯不亮，晚上看不见台阶。", title=f"{number + 1} 号楼路灯不亮", place="yinxing-b1")
        if city.case(code).unit != unit:
            city.do(dispatch.reassign, code, by="dispatch1", lead=unit, reason="属地来办")
        made.append(code)
    return made


def work() -> None:
    """The worker does what is queued."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'bulk' RETURNING args")
        jobs = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
    for args in jobs:
        bulk(**args)


def beside(page: Page) -> Any:
    return page.locator("#preview")


def test_the_keyboard_alone(city: World, visit: Visit, look: Look) -> None:
    """Down, look, claim, next, select, open; keys rest while somebody types, and can be switched off."""
    codes = waiting(city, 4)
    page = sign_in(visit(), "yinxing")
    page.goto("/desk?queue=dispatched")
    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_have_count(1)
    first = page.locator("tr.on").get_attribute("data-code")
    expect(beside(page).locator(f"[data-code={first}]")).to_be_visible()
    look(page, "worklist with a preview")
    page.keyboard.press("a")
    expect(beside(page).get_by_role("button", name="我来认领")).to_be_focused()
    page.keyboard.press("Enter")
    expect(beside(page).locator("[data-done]")).to_contain_text("记下了")
    assert city.state(first) == "handling"
    expect(page.locator(f"#c-{first}")).to_be_focused()

    page.keyboard.press("j")
    second = page.locator("tr.on").get_attribute("data-code")
    assert second != first and second in codes
    expect(beside(page).locator(f"[data-code={second}]")).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator(f"#t-{second}")).to_be_checked()
    expect(page.locator("[data-bulk]")).to_contain_text("已选 1 件")
    page.keyboard.press("Shift+J")
    expect(page.locator("[data-bulk]")).to_contain_text("已选 2 件")
    page.keyboard.press("k")
    expect(page.locator("tr.on")).to_have_attribute("data-code", second or "")

    page.keyboard.press("/")
    expect(page.locator("#gq")).to_be_focused()
    page.keyboard.type("jjx")
    expect(page.locator("#gq")).to_have_value("jjx")
    expect(page.locator("tr.on")).to_have_attribute("data-code", second or "")
    page.locator(f"#c-{second}").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    look(page, "keys of the worklist")
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.locator(f"#c-{second}").focus()
    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_have_attribute("data-code", second or "")
    page.reload()
    page.keyboard.press("j")
    expect(page.locator("tr.on")).to_have_count(0)
    page.locator("[data-keys]").click()
    page.locator("#keys-on").check()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".chead")).to_be_visible()
    page.goto("/desk?queue=dispatched")
    page.locator(f"#c-{codes[3]}").press("Enter")
    expect(page.locator(".chead")).to_contain_text(codes[3])
    city.holds()


def test_what_was_typed_beside_the_list_is_not_lost(city: World, visit: Visit) -> None:
    """A mistake, a look at another case, a colleague who was faster: the words are still there, and the list shows who was."""
    codes = waiting(city, 2)
    for code in codes:
        city.do(handling.claim, code, by="yinxing")
    page = sign_in(visit(), "yinxing")
    page.goto("/desk?queue=handling")
    page.locator(f"#c-{codes[0]}").click()
    text = beside(page).locator("[name=text]").first
    text.fill("今天下午换了灯泡，当晚已亮。")
    beside(page).get_by_role("button", name="发出答复").click()
    expect(beside(page).locator("[aria-invalid=true]")).to_be_focused()
    expect(beside(page).locator("[name=text]").first).to_have_value("今天下午换了灯泡，当晚已亮。")
    page.locator(f"#c-{codes[1]}").click()
    expect(beside(page).locator(f"[data-code={codes[1]}]")).to_be_visible()
    page.locator(f"#c-{codes[0]}").click()
    expect(beside(page).locator(f"[data-code={codes[0]}]")).to_be_visible()
    expect(beside(page).locator("[name=text]").first).to_have_value("今天下午换了灯泡，当晚已亮。")
    city.do(handling.progress, codes[0], by="yinxing", text="到现场看过。")
    beside(page).locator("[name=outcome]").select_option("solved")
    beside(page).get_by_role("button", name="发出答复").click()
    expect(page.locator("#conflict")).to_be_focused()
    expect(beside(page).locator("[name=text]").first).to_have_value("今天下午换了灯泡，当晚已亮。")
    beside(page).get_by_role("button", name="发出答复").click()
    expect(beside(page).locator("[data-done]")).to_contain_text("记下了")
    assert city.state(codes[0]) == "answered"


def test_a_filter_is_kept_and_shared(city: World, visit: Visit, look: Look) -> None:
    """Choose, keep it under a name for the unit, a colleague finds it; renamed, moved, deleted and taken back."""
    waiting(city, 3)
    city.file(body="小区门口有人占道卖菜，车过不去。", title="占道经营", place="yinxing-b1")
    page = sign_in(visit(), "dispatch1")
    page.goto("/desk?queue=dispatched")
    page.locator("#choose summary").click()
    page.locator("#choose [name=words]").fill("路灯")
    look(page, "worklist with the filters open")
    page.get_by_role("button", name="按这些筛").click()
    expect(page.locator(".wl-chosen")).to_contain_text("标题里有：路灯")
    expect(page.locator("#rows tr")).to_have_count(3)
    page.locator("summary", has_text="存筛选").click()
    page.get_by_label("叫什么名字").fill("路灯专班")
    page.get_by_label("谁能用").select_option("city.centre")
    page.get_by_role("button", name="存好").click()
    expect(page.locator("[role=status]", has_text="存好了")).to_be_visible()
    expect(page.locator(".ms-queues").get_by_role("link", name="路灯专班")).to_have_attribute("aria-current", "page")
    look(page, "worklist filtered")

    colleague = sign_in(visit(), "supervisor1")
    colleague.locator(".ms-queues").get_by_role("link", name="路灯专班").click()
    expect(colleague.locator("#rows tr")).to_have_count(3)
    colleague.goto("/desk/filters")
    expect(colleague.get_by_text("云川派单员存的")).to_be_visible()
    other = sign_in(visit(), "yinxing")
    expect(other.locator(".ms-queues").get_by_role("link", name="路灯专班")).to_have_count(0)

    page.goto("/desk/filters")
    page.locator("summary", has_text="改名").click()
    page.get_by_label("新名字").fill("路灯")
    page.get_by_role("button", name="改好").click()
    expect(page.get_by_role("status")).to_contain_text("名字改好了")
    look(page, "saved filters")
    page.get_by_role("button", name="删掉 路灯").click()
    expect(page.get_by_role("status")).to_contain_text("「路灯」删掉了")
    page.get_by_role("button", name="找回来").click()
    expect(page.locator(".ms-queues").get_by_role("link", name="路灯")).to_be_visible()
    page.goto("/desk?queue=dispatched&category=nothing")
    expect(page.get_by_role("alert")).to_contain_text("没有「nothing」这个类别")


def test_many_at_once(city: World, visit: Visit, look: Look) -> None:
    """Urge five, of which one was urged already and one is over: each says what became of it; those that failed can be taken up again. A double click is one job."""
    codes = waiting(city, 5)
    city.do(amending.urge, codes[0], by="dispatch1")
    page = sign_in(visit(), "dispatch1")
    page.goto("/desk?queue=dispatched")
    for code in codes:
        page.locator(f"#t-{code}").check()
    expect(page.locator("[data-bulk]")).to_contain_text("已选 5 件")
    look(page, "worklist with five selected")
    page.locator("[data-bulk]").get_by_role("button", name="催办").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("催办：5 件")
    look(page, "many at once, asked")
    city.do(amending.withdraw, codes[1], by="citizen", reason="自己修好了。")
    page.get_by_role("button", name="开始催办").dblclick()
    expect(page.get_by_text("正在办")).to_be_visible()
    look(page, "many at once, under way")
    work()
    expect(page.locator("#job")).to_contain_text("办好 3 件，没办成 2 件")
    expect(page.locator("#job tbody tr").first).to_contain_text("没办成")
    look(page, "many at once, done")
    page.get_by_role("button", name="没办成的 2 件").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("催办：2 件")
    city.holds()

    page.goto("/desk?queue=dispatched")
    page.locator("#all").check()
    page.locator("[data-bulk]").get_by_role("button", name="导出").click()
    expect(page.locator("#job")).to_be_visible()
    work()
    expect(page.locator("#job")).to_contain_text("文件好了")
    with page.expect_download() as loaded:
        page.get_by_role("link", name="下载").click()
    assert loaded.value.suggested_filename.endswith(".xlsx")


def test_the_list_renews_itself_and_nothing_jumps(city: World, visit: Visit) -> None:
    """In the middle of it: cursor, ticks, scroll and half a sentence stay; a new case is only announced; what a colleague did shows in its row."""
    codes = waiting(city, 3)
    for code in codes:
        city.do(handling.claim, code, by="yinxing")
    page = sign_in(visit(), "yinxing")
    page.goto("/desk?queue=handling")
    page.locator(f"#t-{codes[1]}").check()
    page.locator(f"#c-{codes[2]}").click()
    expect(beside(page).locator(f"[data-code={codes[2]}]")).to_be_visible()
    typed = beside(page).locator("[name=text]").first
    typed.fill("写了一半")
    before = [row.get_attribute("data-code") for row in page.locator("#rows tr").all()]
    (fresh,) = waiting(city, 1)
    city.do(handling.claim, fresh, by="yinxing")
    city.do(answering.answer, codes[0], by="yinxing", outcome="solved", text=GOOD)
    page.evaluate("htmx.trigger(document.body, 'worklist:moved')")
    expect(page.locator("#fresh")).to_have_text("有 1 件新的，看一看")
    assert [row.get_attribute("data-code") for row in page.locator("#rows tr").all()] == before
    expect(page.locator(f"#r-{codes[0]}")).to_have_class(re.compile("gone"))
    expect(page.locator(f"#t-{codes[1]}")).to_be_checked()
    expect(page.locator("[data-bulk]")).to_contain_text("已选 1 件")
    expect(page.locator("tr.on")).to_have_attribute("data-code", codes[2])
    expect(typed).to_have_value("写了一半")
    page.locator("#fresh").click()
    expect(page.locator(f"#r-{fresh}")).to_be_visible()
    expect(page.locator(f"#t-{codes[1]}")).to_be_checked()
    expect(page.locator("tr.on")).to_have_attribute("data-code", codes[2])
    expect(page.locator(f"#r-{codes[0]}")).to_have_count(0)


def test_a_list_that_nobody_touches_is_drawn_anew(city: World, visit: Visit) -> None:
    """Also one that was empty: the first case that comes can be ticked and looked at."""
    page = sign_in(visit(), "yinxing")
    page.goto("/desk?queue=dispatched")
    expect(page.get_by_text("这里没有要办的")).to_be_visible()
    (fresh,) = waiting(city, 1)
    page.evaluate("htmx.trigger(document.body, 'worklist:moved')")
    expect(page.locator(f"#r-{fresh}")).to_be_visible()
    expect(page.locator("#fresh")).to_be_hidden()
    expect(page.get_by_text("这里没有要办的")).to_have_count(0)
    page.locator(f"#t-{fresh}").check()
    expect(page.locator("[data-bulk]")).to_contain_text("已选 1 件")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_and_without_scripts(city: World, visit: Visit, look: Look, scripts: bool) -> None:
    """A row opens the case; a star, a filter, many at once: links and forms do it all."""
    codes = waiting(city, 2)
    page = sign_in(visit(phone=True, scripts=scripts), "yinxing")
    page.goto("/desk?queue=dispatched")
    if scripts:
        look(page, "worklist on a phone, with rows")
    page.locator(f"#r-{codes[0]} .wl-star").click()
    if scripts:
        expect(page.locator(f"#r-{codes[0]} .wl-star.on")).to_be_visible()
    page.goto("/desk?queue=starred")
    expect(page.locator("#rows tr")).to_have_count(1)
    page.goto("/desk?queue=dispatched")
    if not scripts:
        page.goto("/desk/choose?queue=dispatched")
        page.get_by_label("标题里有").fill("1 号楼")
        page.get_by_role("button", name="按这些筛").click()
        expect(page.locator("#rows tr")).to_have_count(1)
        page.goto("/desk?queue=dispatched")
    page.locator(f"#t-{codes[0]}").check()
    colleague = User.objects.create(username="second", display_name="银杏二号办理员", created_at=city.case(codes[0]).received_at, password="!")
    Member.objects.create(user=colleague, unit="yinxing", roles=["staff"])
    page.locator("[data-bulk]").get_by_role("button", name="分派到人").click()
    page.get_by_label("交给谁").select_option(str(colleague.pk))
    page.get_by_role("button", name="开始分派到人").click()
    expect(page.get_by_text("正在办")).to_be_visible()
    work()
    page.reload()
    expect(page.locator("#job")).to_contain_text("1 件全办好了")
    page.goto("/desk?queue=dispatched")
    page.locator(f"#c-{codes[0]}").click()
    expect(page.locator(".chead")).to_be_visible()


def test_a_session_that_ends_while_somebody_writes(city: World, visit: Visit) -> None:
    """The list says so and stays; signed in again in another window, the same form is sent, and nothing was typed twice."""
    (code,) = waiting(city, 1)
    city.do(handling.claim, code, by="yinxing")
    page = sign_in(visit(), "yinxing")
    page.goto("/desk?queue=handling")
    page.locator(f"#c-{code}").click()
    beside(page).locator("[name=text]").first.fill(GOOD)
    beside(page).locator("[name=outcome]").select_option("solved")
    Session.objects.all().delete()
    beside(page).get_by_role("button", name="发出答复").click()
    expect(page.locator("#ended, #failed").locator("visible=true")).to_have_count(1)
    page.evaluate("htmx.trigger(document.body, 'worklist:moved')")
    expect(page.locator("#ended")).to_be_visible()
    expect(beside(page).locator("[name=text]").first).to_have_value(GOOD)
    expect(page.locator("#rows tr")).to_have_count(1)
    sign_in(page.context.new_page(), "yinxing")
    beside(page).get_by_role("button", name="发出答复").click()
    expect(beside(page).locator("[data-done]")).to_contain_text("记下了")
    expect(page.locator("#ended")).to_be_hidden()
    assert city.state(code) == "answered"


def test_in_english(city: World, visit: Visit) -> None:
    """The words of the desk are English; only the city's own names and the people's own words are not."""
    codes = waiting(city, 2)
    page = sign_in(visit(), "dispatch1")
    page.goto("/display?language=en&next=/desk?queue=dispatched")
    page.locator(f"#c-{codes[0]}").click()
    expect(beside(page).locator(f"[data-code={codes[0]}]")).to_be_visible()
    page.locator("#choose summary").click()
    expect(page.locator("#choose [name=words]")).to_be_visible()
    for chinese in ("时限", "队列", "筛选", "选中", "催办", "盯着", "打开", "诉求", "剩", "待认领", "疑似"):
        expect(page.locator("body")).not_to_contain_text(chinese)

"""Every page: nothing that axe-core finds (WCAG 2.2 AA), light, dark and in large letters; nothing wider than the screen; nothing the policy refuses."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from minsheng import clock
from minsheng.commands import answering, callback, dispatch, handling, measures, people
from minsheng.models.people import Account
from minsheng.models.read import Tally
from minsheng.queries import directory as directories
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.browser.steps import file, send, sign_in
from tests.web.entering import last_code
from tests.world import World

pytestmark = pytest.mark.browser

ANSWER = "11 月 21 日下午换了灯头一只，当晚已经亮灯。再有问题请打社区值班电话 0000-60000003，我们当天来修。"


def scene(city: World) -> dict[str, str]:
    """Cases in the states that make different pages."""

    def at(unit: str, **report: str) -> str:
        code = city.file(**{"body": "楼下的路灯不亮，晚上看不见台阶。", "title": "路灯不亮", "place": "yinxing-b1", **report})
        if city.case(code).unit != unit:
            city.do(dispatch.reassign, code, by="dispatch1", lead=unit, reason="属地来办")
        city.do(handling.claim, code, by="yinxing")
        return code

    answered, asked, closed = at("yinxing"), at("yinxing"), at("yinxing")
    for code in (answered, closed):
        city.do(answering.answer, code, by="yinxing", outcome="solved", text=ANSWER)
        city.check(code)
    city.do(callback.call_back, closed, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    city.do(dispatch.send_back, asked, by="yinxing", reason="路灯归城管所管", proposed="songtao.urban_management")
    city.do(measures.instruct, asked, by="leader1", text="请到现场去看，三天内拿出办法。", unit="yinxing")
    return {"answered": answered, "asked": asked, "closed": closed}


def test_the_citizens_pages(city: World, visit: Visit, photos: list[Path], look: Look) -> None:
    """On a phone: reading, filing with and without mistakes, following, judging, not finding."""
    made, page = scene(city), visit(phone=True)
    for path in ("/", "/hall", "/hall?q=恐龙", "/find", f"/cases/{made['closed']}", "/cases/NOTHING", "/new?place=lost", "/new?place=yinxing-b1"):
        page.goto(path)
        look(page, path)
    expect(page.get_by_text("银杏花园1栋")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-errors")).to_be_visible()
    look(page, "/new with mistakes")
    code = file(page, photos=photos)
    look(page, "/filed")
    page.goto(f"/cases/{code}")
    look(page, "own case")
    page.goto("/")
    look(page, "/ with an own case")


def test_the_accounts_pages(city: World, visit: Visit, look: Look) -> None:
    """Signing in with mistakes, 我的 before and after, my data with mistakes, who looked, leaving; on a phone and on a desktop."""
    page = visit(phone=True)
    for path in ("/mine", "/account/signin", "/account/signin?why=code"):
        page.goto(path)
        look(page, path)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.locator(".ms-errors")).to_be_focused()
    look(page, "sign in with mistakes")
    page.get_by_label("手机号或邮箱").fill("138 0000 0031")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码").fill("no")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("link", name="还可以试 4 次")).to_be_visible()
    look(page, "code with mistakes")
    page.get_by_label("验证码").fill(last_code())
    page.get_by_role("button", name="登录", exact=True).click()
    look(page, "mine, empty")
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1", account=Account.objects.get().pk)
    city.do(people.open_parties, code, by="desk1", reason="核对在哪一栋")
    page.set_viewport_size({"width": 1440, "height": 900})
    for path in ("/mine", "/mine/data", "/mine/data/openings", "/mine/data/contact?kind=mail", "/mine/data/delete", "/new"):
        page.goto(path)
        look(page, path)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/mine/data?show=1")
    page.locator("summary", has_text="改称呼").click()
    page.get_by_label("怎么称呼您").fill("李" * 41)
    page.locator("#name").evaluate("field => field.value = '李'.repeat(41)")
    page.get_by_role("button", name="改好").click()
    expect(page.locator(".ms-errors")).to_be_focused()
    look(page, "my data with mistakes")
    page.goto("/mine/data/contact?kind=phone")
    page.get_by_label("手机号").fill("138 0000 0041")
    page.get_by_role("button", name="获取验证码").click()
    look(page, "code of the new number")


def test_maps_and_tables(city: World, visit: Visit, look: Look) -> None:
    """On a phone and on a desktop: the hall as a map, conditions that are none, the table of units with and without figures, the form with its map."""
    scene(city)
    month = clock.local(clock.now()).date().replace(day=1)
    units = [code for code, unit in directories.current().units.items() if unit.level == "city" and unit.kind == "department"][:14]
    for n, unit in enumerate(units):
        for metric, value in (("answer_kept", 20 - n), ("answer_missed", n), ("answer", 20), ("solved_asked", 12), ("solved_yes", 12 - n % 7)):
            Tally.objects.create(day=month, unit=unit, district="qinghe", category="02", origin="citizen", metric=metric, n=value)
    for phone in (True, False):
        page = visit(phone=phone)
        for path in ("/hall?view=map", "/hall?view=map&district=qinghe&place=songtao", "/hall?view=map&q=恐龙", "/hall?district=mars&from=x", "/rank", "/campaigns", "/publications", "/exposed",

                     f"/rank?month={month:%Y-%m}", f"/rank?month={month:%Y-%m}&kind=counties&by=resolution", "/rank?month=x"):  # fmt: skip
            page.goto(path)
            if "view=map" in path:
                expect(page.locator(".leaflet-tooltip").first).to_be_visible()
            look(page, path)
        for rate in page.locator(".ms-of summary").all()[:3]:
            rate.click()
        look(page, "rates opened")
        page.goto("/new")
        page.get_by_role("button", name="在地图上选").click()
        expect(page.locator("#map .leaflet-tooltip").first).to_be_visible()
        page.locator("#place").press_sequentially("银杏")
        expect(page.locator("#known button").first).to_be_visible()
        page.locator(".ms-plate summary").click()
        page.evaluate("scrollTo(0, 0)")  # the bar at the bottom lies over whatever stands there
        look(page, "/new with everything open")


def test_the_judging_page(city: World, visit: Visit, look: Look) -> None:
    """The person holds the answered case by code and secret; a mistake in the form comes back."""
    page = visit(phone=True)
    code = file(page)
    city.do(answering.answer_at_once, code, by="desk1", text=ANSWER, category="020201")
    page.goto(f"/cases/{code}")
    look(page, "own case, answered")
    page.goto(f"/cases/{code}/rate")
    page.get_by_role("button", name="交上我的评价").click()
    expect(page.locator(".ms-errors")).to_be_focused()
    look(page, "rate with mistakes")


def test_the_desks_pages(city: World, visit: Visit, look: Look) -> None:
    """Sign in, every queue, a case as each sees it, an approval refused without a reason, a person opened."""
    made, page = scene(city), visit()
    page.goto("/desk")
    look(page, "sign in")
    sign_in(page, "dispatch1")
    queues = page.locator(".ms-queues a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(queues) >= 8
    for queue in (queues[0], next(q for q in queues if "approvals" in q)):
        page.goto(queue)
        look(page, queue)
    page.goto(f"/desk/cases/{made['asked']}")
    look(page, "case with an approval")
    page.locator("summary", has_text="不同意").click()
    page.get_by_role("button", name="不同意").click()
    expect(page.locator("[id$=refuse-reason]")).to_be_focused()
    look(page, "case with a mistake")
    page.locator("summary", has_text="看姓名和电话").click()
    page.get_by_label("为什么要看").fill("打电话约上门时间")
    page.get_by_role("button", name="记录并查看").click()
    expect(page.get_by_text("13800000001")).to_be_visible()
    look(page, "person opened")
    page.goto(f"/desk/cases/{made['asked']}")
    expect(page.get_by_text("13800000001")).to_have_count(0)

    clerk = sign_in(visit(phone=True), "yinxing")
    look(clerk, "worklist on a phone")
    clerk.goto(f"/desk/cases/{made['asked']}")
    send(clerk, "answer", text="写了一半")
    expect(clerk.locator("[id$=answer-outcome]")).to_be_focused()
    look(clerk, "case on a phone, with a mistake")


def test_in_english(city: World, visit: Visit) -> None:
    """The words of the pages are English; only the city's own names and the people's own words are not."""
    made, page = scene(city), visit(language="en")
    for path in ("/", "/hall", "/hall?view=map", "/rank", "/new", "/find", "/mine", "/account/signin", f"/cases/{made['closed']}"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        for chinese in ("提交", "办理中", "已办结", "诉求人", "工作日", "满意率", "公开", "系统"):
            expect(page.locator("body")).not_to_contain_text(chinese)
    desk = sign_in(visit(), "dispatch1")
    desk.goto(f"/display?language=en&next=/desk/cases/{made['asked']}")
    for chinese in ("时限", "内部", "请选择", "记下", "催办", "选填", "紧急", "个人"):
        expect(desk.locator("body")).not_to_contain_text(chinese)

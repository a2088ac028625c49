"""A leader's day, on a phone and at the desk: the board, a unit, a case, an instruction; the unit answers; the leader accepts."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from minsheng import clock
from minsheng.commands import measures
from minsheng.models.case import Case
from minsheng.models.measure import Measure
from minsheng.models.people import User
from minsheng.models.read import Tally
from minsheng.queries import kept
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.commands.test_suggesting import onlooker
from tests.world import World

pytestmark = pytest.mark.browser


def enter(page: Page, username: str, path: str) -> Page:
    """登录, and to the page that was asked for."""
    page.goto(path)
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(re.escape(path.split("?")[0])))
    return page


def lived_in(city: World) -> str:
    """A city in which something has happened: open and overdue cases in several places, figures of the month, cards. Returns one case."""
    today = clock.local(clock.now()).date()
    codes = []
    for n, (title, body, place) in enumerate((
        ("路灯不亮", "小区门口的路灯坏了，晚上看不见路。", "yinxing-b1"),
        ("井盖松动", "路口的井盖松了，车一过就响，怕出事。", "yinxing-b1"),
        ("垃圾没人清", "楼下垃圾堆了三天没有人清，味道很大。", "yinxing-b1"),
        ("暖气不热", "家里暖气一直不热，只有十五度，老人受不了。", "yinxing-b1"),
    )):  # fmt: skip
        codes.append(city.file(title=title, body=f"{body}（{n}）", place=place))
    for district, n in (("minghu", 3), ("wangyun", 2), ("liuquan", 1)):
        for k in range(n):
            city.file(title="路灯不亮", body=f"{district} 的路灯坏了，晚上看不见路，第 {k} 处。", district=district)
    late = scenes.handled(city, body="这一处路灯坏了好多天，晚上很黑。")
    city.do(measures.open_measure, late, by="supervisor1", kind="yellow_card", unit=UNIT, reason="同一处路灯三次没有修好")
    city.do(measures.open_measure, late, by="supervisor1", kind="supervision", unit=UNIT, reason="群众多次反映", answer_on=today + timedelta(days=2))
    Case.objects.filter(code=late).update(due_at=clock.now() - timedelta(days=2))
    for metric, value in (("answer_kept", 47), ("answer_missed", 2), ("answer", 49), ("satisfied_asked", 30), ("satisfied_yes", 28), ("solved_asked", 30),
                          ("solved_yes", 25)):  # fmt: skip
        Tally.objects.create(day=today, unit=UNIT, district="qinghe", category="02", origin="citizen", metric=metric, n=value)
    return late


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_from_the_board_to_the_case_and_back_with_an_answer(city: World, visit: Visit, phone: bool) -> None:
    code = lived_in(city)
    page = enter(visit(phone=phone), "leader1", "/desk/watch")
    expect(page.locator(".ck-fig")).to_have_count(5)
    if not phone:
        assert page.evaluate("document.querySelector('main').scrollHeight <= document.querySelector('main').clientHeight"), "1440 × 900 without scrolling"
    expect(page.locator("[data-cockpit-map] .leaflet-tooltip").first).to_be_visible()
    page.locator("#fig-overdue").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("超时没办完")
    page.locator(".ck-case", has_text=code).get_by_role("link", name=re.compile("城管所")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("城管所")
    page.locator(".ck-case", has_text=code).get_by_role("link", name=re.compile("批示")).click()
    page.get_by_label("批示", exact=True).fill("请三天内修好，并告诉居民。")
    page.get_by_role("button", name="发出批示").click()
    expect(page.get_by_role("status").filter(has_text="批示发出去了")).to_be_visible()
    clerk = enter(visit(), CLERK, f"/desk/cases/{code}")
    clerk.locator("summary", has_text="措施答复").last.click()
    form = clerk.locator("form", has=clerk.locator("input[name=action][value=answer_measure]")).last
    form.locator("textarea").fill("灯头和线路明天上午换好。")
    form.locator("button[type=submit]").click()
    expect(clerk.locator("#composer [role=status]")).to_contain_text("记下了")
    page.goto("/desk/watch")
    page.locator("#ck-todo").get_by_role("link").last.click()
    expect(page.get_by_text("灯头和线路明天上午换好。")).to_be_visible()
    page.get_by_role("button", name="认可，了结").click()
    expect(page.get_by_role("status").filter(has_text="了结")).to_be_visible()
    assert Measure.objects.get(kind="instruction").status == "closed"


def test_the_board_refreshes_and_the_focus_stays(city: World, visit: Visit) -> None:
    """What the minute brings is put in place, on every panel; whoever stands on a figure with the keyboard stands there afterwards."""
    lived_in(city)
    page = enter(visit(), "leader1", "/desk/watch")
    before = int(page.locator("#fig-open .value").inner_text().split()[0].rstrip("件"))
    page.locator("#fig-overdue").focus()
    city.file(title="路灯不亮", body="白鹭县的路灯坏了，晚上看不见路。", district="bailu")
    kept.forget()
    page.evaluate("() => { const board = document.getElementById('board'); board.setAttribute('hx-trigger', 'every 1s'); htmx.process(board) }")
    expect(page.locator("#fig-open .value")).to_contain_text(str(before + 1))
    expect(page.locator("#so-bailu")).to_have_text("1")
    expect(page.locator("#fig-overdue")).to_be_focused()
    expect(page.locator("[data-cockpit-map] .leaflet-tooltip", has_text="白鹭县 1 / 0")).to_be_visible()


def test_the_pages_of_those_who_watch(city: World, visit: Visit, look: Look) -> None:
    """axe in light, dark and large; nothing wider than the screen, on a desktop and on a phone; with an instruction that came back."""
    code = lived_in(city)
    city.do(measures.instruct, code, by="leader1", unit=UNIT, text="请三天内修好，并告诉居民。", answer_on=clock.local(clock.now()).date() + timedelta(days=3))
    number = Measure.objects.get(kind="instruction").number
    city.do(measures.answer, code, number=number, text="灯头和线路明天上午换好，换完打电话告诉居民。", by=CLERK)
    for phone in (False, True):
        page, kind = enter(visit(phone=phone), "leader1", "/desk/watch"), "phone" if phone else "desk"
        for path in ("/desk/watch", "/desk/watch?by=overdue&span=month", "/desk/watch/cases?what=open", "/desk/watch/units?span=month", f"/desk/watch/units/{UNIT}?what=open",
                     f"/desk/watch/cases/{code}/instruct", "/desk/watch/instructions", "/desk/watch/instructions?state=waiting"):  # fmt: skip
            page.goto(path)
            if path.startswith("/desk/watch?") or path == "/desk/watch":
                expect(page.locator("[data-cockpit-map] .leaflet-tooltip").first).to_be_visible()
            look(page, f"watch {kind} {path[11:].replace(code, 'case')}")


def test_a_deputy_suggests_on_a_phone_and_the_unit_answers(city: World, visit: Visit, look: Look) -> None:
    shown = scenes.checked(city)
    onlooker(city, "qinghe")
    User.objects.filter(username="qinghe-deputy").update(password=User.objects.get(username="leader1").password)
    page = enter(visit(phone=True), "qinghe-deputy", "/desk/look-on")
    look(page, "look-on phone")
    page.locator(".ck-case").first.get_by_role("link").click()
    look(page, "look-on case phone")
    page.get_by_label("您的建议").fill("这一片的灯建议一次换完。")
    page.get_by_role("button", name="提出建议").click()
    expect(page.get_by_role("status").filter(has_text="书面答复您")).to_be_visible()
    number = Measure.objects.get(kind="suggestion").number
    city.do(measures.answer, shown, number=number, text="已列入本月计划，月底前换完。", by=CLERK)
    page.goto("/desk/look-on/suggestions")
    expect(page.get_by_text("已列入本月计划")).to_be_visible()
    look(page, "suggestions phone")
    page.locator("summary", has_text="不满意").click()
    page.get_by_label("哪里不满意，还要什么").fill("哪一天换，请写明。")
    page.get_by_role("button", name="再提一次").click()
    expect(page.get_by_role("status").filter(has_text="又提了一次")).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    for path in ("/desk/look-on", f"/desk/look-on/cases/{shown}", "/desk/look-on/suggestions?state=done"):
        page.goto(path)
        look(page, f"look-on desk {path[9:].replace(shown, 'case')}")

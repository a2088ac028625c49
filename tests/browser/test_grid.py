"""A grid worker's day on a phone: with a network, and without one. What was done is recorded exactly once; what is refused comes back; nobody's number stays."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from minsheng.commands import answering, handling, patrolling
from minsheng.models.case import Attachment, Case, CaseText, Opening
from minsheng.models.event import CaseEvent
from minsheng.models.patrol import PatrolSpot, PatrolVisit
from minsheng.queries import directory as directories
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.browser.network import Network
from tests.browser.test_offline import READY, until
from tests.commands.test_fieldwork import lies
from tests.world import World

pytestmark = pytest.mark.browser

KEPT = "document.querySelector('[data-person]').dataset.kept === 'yes'"
DUE = "Outbox.all('grid').then(items => Promise.all(items.map(item => Outbox.put(Object.assign(item, {next: 0})))))"
GOOD = "今天下午换了楼道灯头两只，当场亮了，晚上上下楼看得见。再坏请打社区值班电话 0000-60000099，我们当天来。"
Phone = Callable[..., Page]


@pytest.fixture
def network(live_server: LiveServer) -> Iterator[Network]:
    host, port = live_server.url.removeprefix("http://").split(":")
    made = Network(host, int(port))
    yield made
    made.close()


@pytest.fixture
def phone(city: World, chromium: Browser, network: Network) -> Iterator[Phone]:
    """A phone on a network that can be cut, with a position; the grid worker is signed in and the list is kept."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def one() -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=network.url, reduced_motion="reduce",
            geolocation={"latitude": 31.0, "longitude": 118.0}, permissions=["geolocation"],
        )  # fmt: skip
        contexts.append(context)
        context.on("page", lambda page: page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}")))
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page)
        assert page.evaluate(READY)
        page.goto("/grid")
        until(page, KEPT)
        return page

    yield one
    for context in contexts:
        context.close()
    assert troubles == []


def sign_in(page: Page, username: str = "yinxing-grid") -> None:
    page.goto("/grid")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("h1")).to_contain_text("件要办")


def spot(city: World, name: str = "3 栋配电箱") -> PatrolSpot:
    return patrolling.add_spot(unit="yinxing", place="yinxing-g1", name=name, every_days=7, by=city.who("yinxing"))


def emptied(page: Page) -> None:
    """Nothing of the round lies on the phone any more; the page may be loading itself anew meanwhile."""
    for _ in range(150):
        with contextlib.suppress(Error):
            if page.evaluate("Outbox.all('grid').then(items => items.length === 0)"):
                return
        page.wait_for_timeout(100)
    raise AssertionError("something still waits")


def again(page: Page) -> None:
    """The list anew; it may just be loading itself."""
    with contextlib.suppress(Error):
        page.goto("/grid")


def back_online(page: Page, network: Network) -> None:
    network.mend()
    page.evaluate("dispatchEvent(new Event('online'))")


def test_a_day_on_the_round(city: World, visit: Visit, look: Look, photos: list[Path]) -> None:
    """The list, a call, not reached, reached, a visit with photos and an answer, a spot, a finding; each page is looked at."""
    code, one = lies(city), spot(city)
    page = visit(phone=True)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page)
    expect(page.locator(".gw-job").first).to_contain_text("首次联系 剩")
    look(page, "grid")
    page.get_by_role("button", name="打电话").click()
    expect(page.get_by_role("link", name="13800000001")).to_have_attribute("href", "tel:13800000001")
    look(page, "grid call")
    assert Opening.objects.get().reason == "首次联系"
    page.get_by_text("没打通", exact=True).click()
    page.get_by_label("没人接").check()
    look(page, "grid not reached")
    page.get_by_role("button", name="记下没打通").click()
    expect(page.locator("[data-grid-done]")).to_contain_text("首次联系的时限还在走")
    expect(page.locator(".gw-done")).to_contain_text("联系未成")
    page.get_by_role("button", name="联系上了").click()
    expect(page.locator("[data-grid-done]")).to_contain_text("联系上了，记下了")
    expect(page.locator(".gw-job .gw-clock")).to_have_count(0)
    page.get_by_role("link", name="路灯不亮").first.click()
    look(page, "grid case")
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("情况说明").fill("三楼楼道灯头烧了两只，当场换上。")
    page.get_by_label("处理前的照片").set_input_files(photos[0])
    page.get_by_label("处理后的照片").set_input_files(photos[1])
    page.get_by_label("办好了，发出答复").check()
    page.get_by_role("button", name="提交走访记录").click()
    expect(page.get_by_role("alert")).to_contain_text("写一写给诉求人的答复")
    expect(page.get_by_label("情况说明")).to_have_value("三楼楼道灯头烧了两只，当场换上。")
    look(page, "grid visit refused")
    page.get_by_label("给诉求人的答复").fill(GOOD)
    page.get_by_role("button", name="提交走访记录").click()
    expect(page.locator("[data-grid-done]")).to_contain_text("走访记下了")
    assert city.state(code) == "answered" and Attachment.objects.filter(case__code=code).count() == 2
    page.get_by_role("button", name="没问题").click()
    expect(page.get_by_text("今天的都看过了")).to_be_visible()
    assert PatrolVisit.objects.get().spot_id == one.pk
    page.get_by_role("link", name="路上看到问题，报一件").click()
    page.get_by_label("看到了什么").press_sequentially("楼下的路灯不亮，晚上看不见台阶", delay=5)
    expect(page.locator("#guess")).to_contain_text("系统来定", use_inner_text=True)
    page.get_by_label("在哪个网格").select_option("yinxing-g1")
    look(page, "grid finding")
    page.get_by_role("button", name="报上去").click()
    expect(page.locator("[data-grid-done]")).to_contain_text("报上了")
    assert Case.objects.filter(origin="patrol").count() == 1
    look(page, "grid at the end of the day")


def test_without_a_network_everything_waits_and_goes_up_once(city: World, phone: Phone, network: Network, photos: list[Path], look: Look) -> None:
    """A cellar: the list is there; a contact, a visit with a photo, a look and a finding wait on the phone; with the network each is recorded exactly once."""
    code, one = lies(city), spot(city)
    page = phone()
    network.cut()
    page.goto("/grid")
    expect(page.locator(".gw-job").first).to_contain_text("路灯不亮")
    expect(page.locator("[data-strip]")).to_contain_text("没有网络，照常填")
    page.get_by_role("button", name="联系上了").click()
    expect(page.locator("[data-strip]")).to_contain_text("1 条待上传", use_inner_text=True)
    page.get_by_role("button", name="没问题").click()
    expect(page.locator("[data-strip]")).to_contain_text("2 条待上传", use_inner_text=True)
    page.goto(f"/grid/cases/{code}")
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("情况说明").fill("灯头坏了两只，约了下午来换。")
    page.get_by_label("处理前的照片").set_input_files(photos)
    page.get_by_label("还要再来，先记进展").check()
    page.get_by_role("button", name="提交走访记录").click()
    expect(page.locator(".gw-stored")).to_be_focused()
    page.goto("/grid/new")
    page.get_by_label("看到了什么").fill("楼道里堆了旧家具，挡住了消防通道。")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.get_by_text("已记下您的位置")).to_be_visible()
    page.evaluate("['lat', 'lng', 'datum'].forEach(name => document.querySelector(`[name=${name}]`).value = '')")
    page.get_by_label("在哪个网格").select_option("yinxing-g1")
    page.get_by_role("button", name="报上去").click()
    expect(page.locator("[data-strip]")).to_contain_text("4 条待上传", use_inner_text=True)
    page.goto("/grid")
    expect(page.locator(".gw-kept li")).to_have_count(4)
    look(page, "grid without a network")
    assert Case.objects.count() == 1 and not PatrolVisit.objects.exists()
    back_online(page, network)
    expect(page.locator(".gw-kept li")).to_have_count(0)
    expect(page.locator("h1")).to_contain_text("件要办")
    emptied(page)
    assert [city.actions(code).count(action) for action in ("contact", "progress")] == [1, 1]
    assert PatrolVisit.objects.get().spot_id == one.pk
    assert Case.objects.filter(origin="patrol").count() == 1
    assert Attachment.objects.filter(case__code=code).count() == 2


def test_an_answer_that_was_lost_is_not_a_second_deed(city: World, phone: Phone, network: Network) -> None:
    """The server has worked, its answer did not come through: sent again, it is known."""
    code = lies(city)
    page = phone()
    page.evaluate("Outbox.token()")
    network.mode = "lossy"
    page.get_by_role("button", name="联系上了").click()
    expect(page.locator("[data-strip]")).to_contain_text("1 条待上传", use_inner_text=True)
    assert network.lost
    assert city.actions(code).count("contact") == 1
    page.evaluate(DUE)
    network.mend()
    again(page)
    emptied(page)
    assert city.actions(code).count("contact") == 1


def test_a_conflict_comes_back_with_its_reason_and_can_be_changed(city: World, phone: Phone, network: Network, look: Look) -> None:
    """A colleague answered meanwhile: the visit is not dropped; it lies there with the reason and all its words until the worker throws it away."""
    code = lies(city)
    page = phone()
    page.goto(f"/grid/cases/{code}")
    network.cut()
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("情况说明").fill("灯头坏了两只，约了下午来换。")
    page.get_by_label("还要再来，先记进展").check()
    page.get_by_role("button", name="提交走访记录").click()
    expect(page.locator(".gw-stored")).to_be_visible()
    city.do(handling.claim, code, by="yinxing")
    city.do(answering.answer, code, by="yinxing", outcome="solved", text=GOOD)
    back_online(page, network)
    expect(page.locator("[data-strip]")).to_contain_text("1 条没有记上", use_inner_text=True)
    page.goto("/grid")
    kept = page.locator(".gw-kept li")
    expect(kept).to_contain_text("现在是「已答复」")
    expect(kept).to_contain_text("灯头坏了两只，约了下午来换。")
    look(page, "grid conflict")
    page.get_by_role("button", name="不交了，扔掉").click()
    expect(kept).to_have_count(0)
    assert "progress" not in city.actions(code)


def test_a_refused_form_is_filled_again(city: World, phone: Phone, network: Network) -> None:
    code = lies(city)
    page = phone()
    page.goto(f"/grid/cases/{code}")
    network.cut()
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("情况说明").fill("换好了。")
    page.get_by_label("办好了，发出答复").check()
    page.get_by_role("button", name="提交走访记录").click()
    expect(page.locator(".gw-stored")).to_be_visible()
    back_online(page, network)
    expect(page.locator("[data-strip]")).to_contain_text("1 条没有记上", use_inner_text=True)
    page.goto("/grid")
    page.get_by_role("link", name="打开改一改").click()
    expect(page.get_by_label("情况说明")).to_have_value("换好了。")
    expect(page.get_by_label("办好了，发出答复")).to_be_checked()
    page.get_by_label("给诉求人的答复").fill(GOOD)
    page.get_by_role("button", name="提交走访记录").click()
    expect(page.locator("[data-grid-done]")).to_contain_text("走访记下了")
    assert city.state(code) == "answered"
    assert CaseText.objects.filter(case__code=code, kind="answer").count() == 1


def test_nobodys_number_is_kept_and_signing_out_clears_the_phone(city: World, phone: Phone, network: Network) -> None:
    lies(city)
    page = phone()
    page.get_by_role("button", name="打电话").click()
    expect(page.get_by_role("link", name="13800000001")).to_be_visible()
    page.goto("/grid")
    until(page, KEPT)
    everything = (
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()"
        ".then(keys => Promise.all(keys.filter(key => new URL(key.url).pathname.startsWith('/grid')).map(key => cache.match(key).then(page => page.text()))))))))"
        ".then(all => all.flat())"
    )
    pages = page.evaluate(everything)
    assert len(pages) >= 3 and not any("13800000001" in text or "张先生" in text for text in pages)
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("密码")).to_be_visible()
    until(page, "caches.has('grid-pages').then(there => !there)")
    network.cut()
    page.goto("/grid")
    expect(page.get_by_role("heading", level=1)).to_have_text("没加载出来。不是您的问题。")


def test_another_person_on_the_same_phone_sends_nothing_of_the_first(city: World, phone: Phone, network: Network) -> None:
    """What the first wrote waits until the first signs in again."""
    from minsheng.models.people import Member, User

    code = lies(city)
    other = User.objects.create(username="grid-two", display_name="网格员二号", password=User.objects.get(username="yinxing-grid").password,
                                created_at=User.objects.get(username="yinxing-grid").created_at)  # fmt: skip
    Member.objects.create(user=other, unit="yinxing", roles=["grid"])
    page = phone()
    network.cut()
    page.get_by_role("button", name="联系上了").click()
    expect(page.locator("[data-strip]")).to_contain_text("1 条待上传", use_inner_text=True)
    network.mend()
    page.context.clear_cookies()
    sign_in(page, "grid-two")
    page.wait_for_timeout(1500)
    expect(page.locator("[data-grid-box]")).to_be_hidden()
    assert "contact" not in city.actions(code)
    page.context.clear_cookies()
    sign_in(page)
    page.evaluate(DUE)
    again(page)
    emptied(page)
    assert CaseEvent.objects.filter(case__code=code, action="contact").count() == 1


def test_the_nearest_first(city: World, phone: Phone) -> None:
    lies(city)
    city.file(body="单元门的锁坏了，谁都能进来，请来修一下。", title="单元门锁坏了", place="yinxing-g2", category="030301")
    page = phone()
    page.get_by_role("button", name="最近的").click()
    expect(page.locator("[data-far]").first).to_contain_text("m")
    expect(page.get_by_role("button", name="最近的")).to_have_attribute("aria-pressed", "true")


def test_the_position_of_a_finding_is_said_in_words(city: World, visit: Visit, look: Look) -> None:
    """… and the case lies there, without a grid being chosen."""
    spot = next(place for place in directories.current().places.values() if place.code == "yinxing-b1")
    page = visit(phone=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": float(spot.lat or 0), "longitude": float(spot.lng or 0)})
    sign_in(page)
    page.goto("/grid/new")
    page.get_by_label("看到了什么").fill("楼道里堆了旧家具，挡住了消防通道。")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator("#where")).to_contain_text("银杏社区")
    look(page, "grid finding with a position")
    page.get_by_role("button", name="报上去").click()
    expect(page.locator("[data-grid-done]")).to_contain_text("报上了")
    case = Case.objects.get()
    assert case.lat == pytest.approx(spot.lat, abs=1e-4) and (case.place or "").startswith("yinxing")


def test_on_a_desktop_and_the_plan(city: World, visit: Visit, look: Look) -> None:
    lies(city)
    spot(city)
    page = visit()
    sign_in(page)
    expect(page.locator(".ms-rail").get_by_role("link", name="网格")).to_have_attribute("aria-current", "page")
    look(page, "grid on a desktop")
    clerk = visit(phone=True)
    clerk.goto("/grid/spots")
    clerk.get_by_label("账号").fill("yinxing")
    clerk.get_by_label("密码").fill(PASSWORD)
    clerk.get_by_role("button", name="登录").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("巡查点")
    clerk.get_by_label("看什么").first.fill("东门健身器材")
    clerk.get_by_label("哪个单位去看").select_option("yinxing")
    clerk.get_by_label("在哪里").first.select_option("yinxing-g1")
    clerk.get_by_role("button", name="添上").click()
    expect(clerk.get_by_text("添上了")).to_be_visible()
    clerk.get_by_text("改 东门健身器材").click()
    look(clerk, "grid spots")

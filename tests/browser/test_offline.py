"""没有网络的时候: nothing that was written is lost, and nothing is filed twice, whatever becomes of the network, the answer or the session."""

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from pytest_django.live_server_helper import LiveServer

from minsheng.commands import intake, limits
from minsheng.models.case import Attachment, Case
from minsheng.web.citizen import offline
from tests.browser.looks import Look
from tests.browser.network import Network
from tests.browser.steps import REPORT
from tests.world import World

pytestmark = pytest.mark.browser

READY = "navigator.serviceWorker.ready.then(() => new Promise(done => navigator.serviceWorker.controller ? done(true) : navigator.serviceWorker.addEventListener('controllerchange', () => done(true))))"
CACHED = "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys())))).then(all => all.flat().map(asked => new URL(asked.url).pathname))"
EMPTY = "Outbox.all().then(items => items.length === 0)"
Phone = Callable[..., Page]


@pytest.fixture
def network(live_server: LiveServer) -> Iterator[Network]:
    host, port = live_server.url.removeprefix("http://").split(":")
    made = Network(host, int(port))
    yield made
    made.close()


@pytest.fixture
def phone(city: World, chromium: Browser, network: Network) -> Iterator[Phone]:
    """A phone with the app's service worker, on a network that can be cut. Errors of scripts fail the test; a page that does not load is no error here."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def one(*, ready: bool = True, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=network.url, reduced_motion="reduce", color_scheme=scheme
        )  # type: ignore[arg-type]
        contexts.append(context)
        context.on("page", lambda page: page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}")))
        page = context.new_page()
        page.set_default_timeout(15_000)
        if ready:
            page.goto("/")
            assert page.evaluate(READY)
        return page

    yield one
    for context in contexts:
        context.close()
    assert troubles == []


def write(page: Page, **changed: str) -> None:
    for name, value in {**REPORT, **changed}.items():
        page.locator(f"#report [name={name}]").fill(value)


def send(page: Page) -> None:
    page.get_by_role("button", name="提交").click()


def until(page: Page, what: str) -> None:
    """Wait until this is so on the page."""
    for _ in range(150):
        if page.evaluate(what):
            return
        page.wait_for_timeout(100)
    raise AssertionError(what)


def kept(page: Page) -> list[dict[str, object]]:
    """What waits on this phone."""
    return page.evaluate("Outbox.all()")


def test_sent_without_a_network_it_waits_and_goes_out_by_itself_once(city: World, phone: Phone, network: Network, photos: list[Path]) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    page.locator("#photos").set_input_files(photos)
    expect(page.locator(".ms-shots img")).to_have_count(2)
    network.cut()
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_focused()
    expect(page.locator(".ms-strip")).to_contain_text("1 件待发送", use_inner_text=True)
    expect(page.locator(".ms-queued")).to_contain_text("2 个附件")
    network.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".ms-strip")).to_contain_text("1 件已经交上", use_inner_text=True)
    case = Case.objects.get()
    expect(page.locator(".ms-queued")).to_contain_text(case.code)
    assert Attachment.objects.filter(case=case).count() == 2


def test_a_photo_that_is_still_being_made_lighter_waits_too(city: World, phone: Phone, network: Network, photos: list[Path]) -> None:
    """A slow phone: the network goes before the picture was ever begun to be sent."""
    page = phone()
    page.goto("/new")
    page.evaluate("() => { window.createImageBitmap = () => new Promise(() => {}) }")
    write(page)
    page.locator("#photos").set_input_files(photos)
    network.cut()
    send(page)
    expect(page.locator(".ms-queued")).to_contain_text("2 个附件")
    network.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".ms-strip")).to_contain_text("1 件已经交上", use_inner_text=True)
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 2


def test_pages_without_a_network(city: World, phone: Phone, network: Network) -> None:
    """What did not load says so kindly, and comes back with the network. A plate that is scanned opens the form, and the place is known when it is sent."""
    page = phone()
    network.cut()
    page.goto("/hall")
    expect(page.get_by_role("heading", level=1)).to_have_text("没加载出来。不是您的问题。")
    expect(page.get_by_role("link", name="打 12345")).to_have_attribute("href", "tel:12345")
    expect(page.get_by_text("没有等着发送的。")).to_be_visible()
    page.goto("/P/YINXING-B1.Q")
    expect(page.get_by_role("heading", level=1)).to_have_text("您遇到了什么事？")
    expect(page.get_by_text("前给您答复")).to_have_count(0)
    expect(page.locator("#place")).to_have_value("yinxing-b1")
    for name in ("text", "name", "phone"):
        page.locator(f"#{name}").fill(REPORT[name])
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    page.goto("/find")
    expect(page.locator(".ms-queued")).to_contain_text(REPORT["text"][:20])
    network.mend()
    page.get_by_role("link", name="再试一次").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("没加载出来。不是您的问题。")
    expect(page.locator(".ms-strip")).to_contain_text("已经交上", use_inner_text=True)
    case = Case.objects.get()
    assert (case.place, case.facts["channel"]) == ("yinxing-b1", "qr")


def test_it_can_be_installed(city: World, phone: Phone) -> None:
    """Chromium itself finds nothing that stands against it; the pictures have the sizes that the manifest says."""
    page = phone()
    tool = page.context.new_cdp_session(page)
    found = tool.send("Page.getAppManifest")
    assert found["errors"] == []
    said = json.loads(found["data"])
    assert (said["name"], said["short_name"], said["lang"], said["display"], said["scope"]) == ("民声·云川市", "民声", "zh-CN", "standalone", "/")
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
    for icon in said["icons"]:
        with Image.open(io.BytesIO(page.request.get(icon["src"]).body())) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]
    # A window that leaves no trace cannot install anything; that it is one is Playwright's doing.
    errors = [error["errorId"] for error in tool.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(errors) <= {"in-incognito"}


def test_nothing_personal_is_kept_and_a_new_version_takes_over(city: World, phone: Phone, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    send(page)
    page.get_by_role("link", name="看这件事的进度").click()
    page.goto("/desk")
    paths = page.evaluate(CACHED)
    assert {path for path in paths if not path.startswith("/static/")} == {"/new", "/offline", "/outbox"}
    assert {"/static/css/citizen.css", "/static/js/sending.js", "/static/img/tick.svg", "/static/icons.svg"} <= set(paths)
    page.goto("/")
    monkeypatch.setattr(offline, "_version", lambda scripts: "next")
    page.evaluate("navigator.serviceWorker.getRegistration().then(found => found.update())")
    until(page, "caches.keys().then(names => names.length === 1 && names[0].startsWith('minsheng-next-'))")
    network.cut()
    page.goto("/hall")
    expect(page.get_by_role("heading", level=1)).to_have_text("没加载出来。不是您的问题。")


def test_the_kept_pages_speak_the_language_of_the_reader(city: World, phone: Phone, network: Network) -> None:
    page = phone()
    page.get_by_role("button", name="English").click()
    until(page, "caches.keys().then(names => names.length === 1 && names[0].endsWith('-en'))")
    network.cut()
    page.goto("/hall")
    expect(page.get_by_role("heading", level=1)).to_have_text("It did not load. That is not your fault.")


def test_a_draft_outlives_its_tab(city: World, phone: Phone) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    page.close()
    again = page.context.new_page()
    again.goto("/new")
    expect(again.locator("#text")).to_have_value(REPORT["text"])
    expect(again.locator("#place")).to_have_value(REPORT["place"])
    expect(again.get_by_text("上次没写完的，替您留着")).to_be_visible()
    expect(again.locator("#phone")).to_have_value("")


def test_the_answer_is_lost_and_it_is_still_one_case(city: World, phone: Phone, network: Network) -> None:
    """The server has filed it, the phone never heard: it asks again, with other cookies even, and gets the same code and secret."""
    page = phone()
    page.goto("/new")
    write(page)
    network.mode = "lossy"
    with contextlib.suppress(Error):
        send(page)
    expect(page).to_have_url(re.compile("^chrome-error:"))
    assert network.lost >= 1  # chromium itself asks again on a connection that it had kept open
    case = Case.objects.get()
    network.mend()
    page.context.clear_cookies()
    page.goto("/")
    expect(page.locator(".ms-strip")).to_contain_text("1 件已经交上", use_inner_text=True)
    page.get_by_role("link", name="看看").click()
    expect(page.locator("[data-code]")).to_have_text(case.code)
    secret = page.locator("[data-secret]").inner_text()
    page.get_by_role("link", name="看进度").click()
    expect(page.get_by_role("heading", name="办理进度").or_(page.locator("#timeline")).first).to_be_visible()
    page.goto("/outbox")
    page.get_by_role("button", name="记下了，收起来").click()
    expect(page.get_by_text("没有等着发送的", exact=True)).to_be_visible()
    expect(page.locator(".ms-strip")).to_have_count(0)
    assert Case.objects.count() == 1 and len(secret) == 10 and kept(page) == []


def test_the_answer_to_what_waited_is_lost_again_and_again(city: World, phone: Phone, network: Network) -> None:
    """Also when it sends itself; and it does not stand in the way of the next one."""
    page = phone()
    network.cut()
    for text in ("路灯不亮，第一件。", "垃圾没清，第二件。"):
        page.goto("/new")
        write(page, text=text)
        send(page)
        expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    network.mode = "lossy"
    until(page, "Outbox.flush().then(Outbox.all).then(items => items.every(item => item.tries >= 1))")
    assert network.lost >= 2 and Case.objects.count() == 2
    assert [item["state"] for item in kept(page)] == ["waiting", "waiting"]
    network.mend()
    page.evaluate("Outbox.all().then(items => Promise.all(items.map(item => Outbox.put(Object.assign(item, {next: 0})))))")
    page.evaluate("Outbox.flush()")
    expect(page.locator(".ms-strip")).to_contain_text("2 件已经交上", use_inner_text=True)
    assert Case.objects.count() == 2


def test_two_tabs_and_the_worker_send_it_once(city: World, phone: Phone, network: Network) -> None:
    page = phone()
    page.goto("/new")
    other = page.context.new_page()
    other.goto("/")
    write(page)
    network.cut()
    send(page)
    expect(other.locator(".ms-strip")).to_contain_text("1 件待发送", use_inner_text=True)
    network.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    other.evaluate("dispatchEvent(new Event('online'))")
    for tab in (page, other):
        expect(tab.locator(".ms-strip")).to_contain_text("1 件已经交上", use_inner_text=True)
    assert Case.objects.count() == 1


def test_the_worker_sends_while_no_page_is_open(city: World, phone: Phone, network: Network) -> None:
    """Background Sync, where the browser has it."""
    page = phone()
    page.goto("/new")
    write(page)
    network.cut()
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    page.goto("about:blank")
    network.mend()
    tool = page.context.new_cdp_session(page)
    registrations: list[dict[str, str]] = []
    tool.on("ServiceWorker.workerRegistrationUpdated", lambda said: registrations.extend(said["registrations"]))
    tool.send("ServiceWorker.enable")
    page.wait_for_timeout(200)
    number = next(found["registrationId"] for found in registrations if found["scopeURL"].startswith(network.url))
    tool.send("ServiceWorker.dispatchSyncEvent", {"origin": network.url, "registrationId": number, "tag": "outbox", "lastChance": True})
    for _ in range(75):
        if Case.objects.exists():
            break
        page.wait_for_timeout(200)
    assert Case.objects.count() == 1


def test_a_double_tap_without_a_network_keeps_one(city: World, phone: Phone, network: Network) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    network.cut()
    page.get_by_role("button", name="提交").dblclick()
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    assert len(kept(page)) == 1


def test_the_session_ends_while_writing(city: World, phone: Phone, photos: list[Path]) -> None:
    """No cookie is left when it is sent: it is filed all the same, photos included, and nothing stays behind."""
    page = phone()
    page.goto("/new")
    write(page)
    page.locator("#photos").set_input_files(photos)
    expect(page.locator(".ms-shots img")).to_have_count(2)
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 2
    until(page, EMPTY)


def test_what_the_server_wants_changed_comes_back_with_everything_in_it(city: World, phone: Phone, network: Network, photos: list[Path]) -> None:
    page = phone()
    page.goto("/new")
    write(page, phone="1380000")
    page.locator("#photos").set_input_files(photos)
    page.locator("label[for=visibility-private]").click()
    expect(page.locator(".ms-shots img")).to_have_count(2)
    network.cut()
    send(page)
    expect(page.locator(".ms-strip")).to_contain_text("待发送", use_inner_text=True)
    network.mend()
    page.goto("/")
    expect(page.locator(".ms-strip")).to_contain_text("1 件没有发出去，要您看一下", use_inner_text=True)
    page.get_by_role("link", name="看看").click()
    expect(page.locator("[data-said] li")).to_contain_text("手机号要 11 位")
    page.get_by_role("link", name="看一看，改一改").click()
    expect(page.locator("#text")).to_have_value(REPORT["text"])
    expect(page.locator("#visibility-private")).to_be_checked()
    expect(page.locator(".ms-shots img")).to_have_count(2)
    page.locator("#phone").fill(REPORT["phone"])
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    case = Case.objects.get()
    assert case.visibility == "private" and Attachment.objects.filter(case=case).count() == 2
    until(page, EMPTY)
    page.goto("/new")
    expect(page.locator(".ms-strip")).to_have_count(0)
    expect(page.locator("#text")).to_have_value("")
    assert kept(page) == []


def test_looked_at_changed_and_left_it_still_waits(city: World, phone: Phone, network: Network) -> None:
    """A draft of something else is left alone meanwhile; thrown away, it is gone."""
    page = phone()
    page.goto("/new")
    write(page)
    network.cut()
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    page.goto("/new")
    page.locator("#text").fill("另外一件，写到一半")
    page.goto("/outbox")
    page.get_by_role("link", name="看一看，改一改").click()
    expect(page.locator("#text")).to_have_value(REPORT["text"])
    assert kept(page)[0]["state"] == "held"
    page.locator("#text").fill("改过的话：小区北门的路灯全都不亮。")
    until(page, "Outbox.all().then(items => new Map(items[0].fields).get('text').startsWith('改过的话'))")
    page.goto("/outbox")
    expect(page.locator(".ms-queued")).to_contain_text("改过的话")
    until(page, "Outbox.all().then(items => items[0].state === 'waiting')")
    page.goto("/new")
    expect(page.locator("#text")).to_have_value("另外一件，写到一半")
    page.goto("/outbox")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="不发了，扔掉").click()
    expect(page.get_by_text("没有等着发送的", exact=True)).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == ["draft:new"]
    network.mend()
    page.goto("/")
    assert kept(page) == [] and not Case.objects.exists()


def test_changed_after_it_had_arrived_it_says_so_and_loses_nothing(city: World, phone: Phone, network: Network) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    network.mode = "lossy"
    with contextlib.suppress(Error):
        send(page)
    expect(page).to_have_url(re.compile("^chrome-error:"))
    network.cut()
    page.goto("/outbox")
    page.get_by_role("link", name="看一看，改一改").click()
    expect(page.locator("#text")).to_have_value(REPORT["text"])
    page.locator("#text").fill("改过的话：小区北门的路灯全都不亮。")
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    network.mend()
    page.goto("/outbox")
    case = Case.objects.get()
    expect(page.locator("[data-said] li")).to_contain_text(f"这一件先前已经收到，编号 {case.code}")
    expect(page.locator(".ms-queued")).to_contain_text("改过的话")
    assert Case.objects.count() == 1
    page.get_by_role("link", name="看一看，改一改").click()
    expect(page.locator("#text")).to_have_value(re.compile("^改过的话"))
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    until(page, EMPTY)
    assert Case.objects.count() == 2


def test_mistakes_in_the_form_leave_nothing_waiting(city: World, phone: Phone) -> None:
    page = phone()
    page.goto("/new")
    write(page, phone="138")
    send(page)
    expect(page.locator(".ms-errors")).to_be_focused()
    until(page, EMPTY)
    page.locator("#phone").fill(REPORT["phone"])
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.count() == 1


def test_a_server_in_trouble_gets_it_later(city: World, phone: Phone, photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The database was away, and the page that says so holds nothing: the phone does, photos included, and sends it from the next page on."""
    page = phone()
    page.goto("/new")
    write(page)
    page.locator("#photos").set_input_files(photos)
    expect(page.locator(".ms-shots img")).to_have_count(2)
    with monkeypatch.context() as away:
        away.setattr(intake, "file", gone)
        send(page)
        expect(page.get_by_role("heading", level=1)).to_have_text("系统正在恢复")
    page.goto("/")
    expect(page.locator(".ms-strip")).to_contain_text("1 件已经交上", use_inner_text=True)
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 2


def gone(*_: object, **__: object) -> None:
    raise OperationalError("the server closed the connection")


def test_asked_too_often_the_form_comes_back_with_everything_in_it(city: World, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    with monkeypatch.context() as busy:
        busy.setattr(limits, "FILING", (limits.Limit(0, 60),))
        send(page)
        expect(page.locator(".ms-errors")).to_be_focused()  # the form comes back with everything in it
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.count() == 1


def test_no_room_on_the_phone_keeps_the_page(city: World, phone: Phone, network: Network) -> None:
    page = phone()
    page.goto("/new")
    write(page)
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') } }")
    network.cut()
    send(page)
    expect(page.get_by_text("手机也存不下了。请先别关这一页")).to_be_visible()
    expect(page.locator("#text")).to_have_value(REPORT["text"])
    network.mend()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")


def test_without_an_outbox_the_form_works_as_ever(city: World, phone: Phone) -> None:
    """A browser that keeps nothing on the device."""
    page = phone(ready=False)
    page.add_init_script("delete window.indexedDB; Object.defineProperty(window, 'indexedDB', {value: undefined})")
    page.goto("/new")
    write(page)
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")


def test_these_pages_are_for_everybody(city: World, phone: Phone, network: Network, look: Look) -> None:
    """What waits, what was stopped, what went."""
    page = phone()
    page.goto("/new")
    write(page, phone="138")
    network.cut()
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    look(page, "outbox kept")
    page.goto("/hall")
    look(page, "outbox offline")
    network.mend()
    page.goto("/outbox")
    expect(page.locator("[data-said] li")).to_be_visible()
    look(page, "outbox stopped")
    page.get_by_role("link", name="看一看，改一改").click()
    expect(page.locator("#phone")).to_have_value("138")
    page.locator("#phone").fill(REPORT["phone"])
    network.cut()
    send(page)
    expect(page.get_by_role("heading", name="存好了，有网就发出去")).to_be_visible()
    network.mend()
    page.goto("/outbox")
    expect(page.locator(".ms-strip")).to_contain_text("已经交上", use_inner_text=True)
    look(page, "outbox done")
    page.get_by_role("button", name="记下了，收起来").click()
    look(page, "outbox nothing-waits")

"""What people do with a browser that a server does not see coming: two screens, the back button, a double tap, a page left open."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from minsheng.commands import answering, dispatch, handling, intake
from minsheng.models.case import Attachment, Case
from tests.browser.conftest import Visit
from tests.browser.steps import REPORT, file, send, sent, sign_in
from tests.world import World

pytestmark = pytest.mark.browser


def handled(city: World) -> str:
    """A case that 银杏社区 handles."""
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    if city.case(code).unit != "yinxing":
        city.do(dispatch.reassign, code, by="dispatch1", lead="yinxing", reason="属地来办")
    city.do(handling.claim, code, by="yinxing")
    return code


def test_two_screens_and_one_is_stale(city: World, visit: Visit) -> None:
    """The slower one is told kindly who was faster; its words are still there, and go out with the second try."""
    code = handled(city)
    here, there = sign_in(visit(), "yinxing"), sign_in(visit(), "yinxing")
    here.goto(f"/desk/cases/{code}")
    there.goto(f"/desk/cases/{code}")
    sent(there, "contact", method="visit", note="上门看过")
    send(here, "reply", text="今天上午去看过，灯头坏了，明天换。")
    conflict = here.locator("#conflict")
    expect(conflict).to_contain_text("同事刚刚更新了这件诉求")
    expect(conflict).to_contain_text("联系")
    expect(conflict).to_be_focused()
    expect(here.locator("[id$=reply-text]")).to_have_value("今天上午去看过，灯头坏了，明天换。")
    here.locator(".ms-do form", has=here.locator("input[value=reply]")).locator(".send button[type=submit]").click()
    expect(here.locator("#composer [role=status]")).to_contain_text("记下了")
    assert city.actions(code).count("reply") == 1


def test_a_page_left_open_keeps_what_is_being_written(city: World, visit: Visit) -> None:
    """The timeline fetches news by itself, the form is left alone; a reload brings the draft back; what was sent is no draft any more."""
    code = handled(city)
    page = sign_in(visit(), "yinxing")
    page.clock.install()
    page.goto(f"/desk/cases/{code}")
    page.locator("label[for=do-progress]").click()
    field = page.locator("[id$=progress-text]")
    field.fill("写到一半")
    city.do(handling.contact, code, by="yinxing", method="phone", note="同事打过电话了")
    page.clock.run_for(25_000)
    expect(page.locator("#journal")).to_contain_text("同事打过电话了")
    expect(field).to_have_value("写到一半")
    page.reload()
    expect(page.locator("[id$=progress-text]")).to_have_value("写到一半")
    sent(page, "progress", text="写完了")
    expect(page.locator("[id$=progress-text]")).to_have_value("")


def test_news_come_by_themselves(city: World, visit: Visit) -> None:
    """A queue that is left open fills; the person sees the answer appear on the open page, with what was being typed untouched."""
    queue = sign_in(visit(), "yinxing")
    queue.clock.install()
    queue.goto("/desk?queue=handling")
    expect(queue.get_by_text("这里没有要办的")).to_be_visible()
    person = visit(phone=True)
    code = file(person)
    city.do(intake.register, code, by="dispatch1", category="020201")
    city.do(dispatch.reassign, code, by="dispatch1", lead="yinxing", reason="属地来办")
    city.do(handling.claim, code, by="yinxing")
    queue.clock.run_for(31_000)
    expect(queue.locator("#rows tr", has_text=code)).to_be_visible()
    expect(queue.locator(".ms-queues [aria-current]")).to_contain_text("1")

    person.clock.install()
    person.goto(f"/cases/{code}")
    person.get_by_label("想补充什么").fill("写到一半")
    city.do(answering.answer, code, by="yinxing", outcome="solved", text="11 月 22 日下午换了灯头一只，当晚亮了。再坏请打社区值班电话 0000-60000003。")
    city.check(code)
    person.clock.run_for(31_000)
    expect(person.locator("#answer")).to_contain_text("换了灯头一只")
    expect(person.locator("#timeline")).to_contain_text("答复")
    expect(person.locator("#state .ms-tag").first).to_have_text("待评价")
    expect(person.get_by_label("想补充什么")).to_have_value("写到一半")


def test_back_and_again(city: World, visit: Visit) -> None:
    """Sent again with the back button it is the same case; other words are another."""
    page = visit(phone=True)
    first = file(page)
    page.go_back()
    page.locator("#text").fill(REPORT["text"])
    for name in ("place", "name", "phone"):
        page.locator(f"#{name}").fill(REPORT[name])
    page.locator("#district").select_option("qinghe")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-code dd").first).to_have_text(first)
    assert Case.objects.count() == 1
    assert file(page, text="另外一件事：楼下的垃圾桶三天没人清。") != first


def test_a_double_tap(city: World, visit: Visit) -> None:
    """The second tap finds the button asleep; even without scripts there is one case."""
    for scripts in (True, False):
        page = visit(phone=True, scripts=scripts)
        page.goto("/new")
        for name, value in REPORT.items():
            page.locator(f"#report [name={name}]").fill(value)
        page.get_by_role("button", name="提交").dblclick()
        expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.count() == 2


def test_photos_one_by_one(city: World, visit: Visit, photos: list[Path]) -> None:
    """A phone gives one picture at a time: each is added, made lighter, can be taken away, and survives an error in another field."""
    page = visit(phone=True)
    sent: list[int] = []
    page.on("request", lambda asked: sent.append(int(asked.headers["upload-length"])) if "upload-length" in asked.headers else None)
    page.goto("/new")
    for n, photo in enumerate((*photos, photos[0]), start=1):
        page.locator("#photos").set_input_files(photo)
        expect(page.locator(".ms-shots [data-state=done] img")).to_have_count(n)
    page.get_by_role("button", name="去掉照片 3").click()
    expect(page.locator(".ms-shots img")).to_have_count(2)
    assert all(size < photo.stat().st_size for size, photo in zip(sent, photos, strict=False)) and len(sent) == 3
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-errors")).to_be_focused()
    expect(page.locator(".ms-errors li")).to_have_count(4)
    expect(page.locator("[name=kept]")).to_have_count(2)
    page.get_by_role("button", name="去掉照片 2").click()
    for name, value in REPORT.items():
        page.locator(f"#report [name={name}]").fill(value)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 1


def test_the_hall_filters_and_goes_on(city: World, visit: Visit) -> None:
    """A choice filters without a reload, the address keeps it, the stages keep it too; 再看 20 件 adds to what is there. Without scripts by links and buttons."""
    for n in range(23):
        city.file(body=f"楼下的路灯不亮，第 {n} 次说了。", title=f"路灯不亮 {n}", place="yinxing-b1")
    city.file(body="湖边的护栏松了。", title="护栏松了", district="minghu")
    for scripts in (True, False):
        page = visit(scripts=scripts)
        page.goto("/hall")
        expect(page.locator("#rows article")).to_have_count(20)
        page.get_by_role("link", name="再看 20 件").click()
        expect(page.locator("#rows article")).to_have_count(24 if scripts else 4)
        page.goto("/hall")
        page.get_by_label("在哪里").select_option("minghu")
        if not scripts:
            page.get_by_role("button", name="搜索").click()
        expect(page.locator("#rows article")).to_have_count(1)
        expect(page).to_have_url(re.compile("district=minghu"))
        page.get_by_role("link", name="已办结").click()
        expect(page.locator("#rows article")).to_have_count(0)
        expect(page.get_by_label("在哪里")).to_have_value("minghu")


def test_large_letters_and_dark_stay(city: World, visit: Visit) -> None:
    """大字 and 深色 are remembered from page to page, with scripts and without."""
    for scripts in (True, False):
        page = visit(phone=True, scripts=scripts)
        page.goto("/")
        page.get_by_role("button", name="大字").click()
        page.get_by_role("button", name="深色").click()
        page.goto("/hall")
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")

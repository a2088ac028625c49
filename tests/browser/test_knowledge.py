"""知识库 as people meet it: proposed by a unit, read by somebody else, found by a citizen, taken away, over, missing. With scripts and without, light and dark."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from minsheng import clock
from minsheng.cli import content as files
from minsheng.commands import articles, limits
from minsheng.domain.access import SYSTEM
from minsheng.domain.calendar import end_of
from minsheng.models.content import Article, SearchMiss
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.documents import PDF, docx
from tests.world import ROOT, World

pytestmark = pytest.mark.browser


@pytest.fixture
def told(city: World) -> None:
    """The first texts of the city; one of them ends soon, one is over."""
    for limit in (*limits.MISSES, *limits.MISSES_AT_ALL):
        limit.forget()
    today = clock.local(clock.now()).date()
    for draft in files.read(ROOT / "directories/pages", lang="zh"):
        ends = {"heating-cold": 12, "housing-fund": -1}.get(draft.slug)
        owner = "city.housing" if draft.slug in ("heating-cold", "property-fee") else None
        articles.load([replace(draft, owner=owner, until=end_of(today + timedelta(days=ends)) if ends else None)], by=SYSTEM)


def enter(page: Page, username: str, path: str) -> None:
    page.goto(path)
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("main h1")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_unit_proposes_another_reads_a_citizen_finds(city: World, visit: Visit, look: Look, *, scripts: bool) -> None:
    """Three people at once: the clerk of a unit, who reviews it, and somebody at home."""
    clerk, reviewer, citizen = visit(scripts=scripts), visit(scripts=scripts), visit(phone=True, scripts=scripts)
    enter(clerk, "zhujian", "/desk/knowledge")
    clerk.get_by_role("link", name="写一篇").first.click()
    clerk.locator("#title").fill("老旧小区加装电梯怎么办")
    clerk.locator("#summary").fill("先问邻居，再到社区领表。")
    clerk.locator("#body").fill("# 三步\n\n1. **三分之二**以上的邻居同意\n2. 到社区领申请表\n3. 交住建部门审")
    clerk.get_by_role("button", name="存成草稿").click()
    expect(clerk.locator("[role=status]").first).to_contain_text("再送审")
    clerk.get_by_role("button", name="保存并送审").click()
    expect(clerk.locator("main")).to_contain_text("等另一位同事来看")
    if scripts:
        look(clerk, "editor of a unit, sent to review")

    citizen.goto("/help?q=加装电梯")
    expect(citizen.locator("main")).to_contain_text("没有找到")

    enter(reviewer, "supervisor1", "/desk/knowledge?state=review")
    reviewer.get_by_role("link", name="老旧小区加装电梯怎么办").click()
    expect(reviewer.locator("main")).to_contain_text("这篇还没有公开")
    reviewer.get_by_role("link", name="去改").click()
    if scripts:
        look(reviewer, "article to review")
    reviewer.locator("summary", has_text="退回").click()
    reviewer.get_by_role("button", name="退回去改").click()
    expect(reviewer.locator("#remark-why")).to_contain_text("还没有填")
    if scripts:
        look(reviewer, "sent back without a remark")
    reviewer.get_by_label("缺什么、哪里要改").fill("写上找谁问")
    reviewer.get_by_role("button", name="退回去改").click()
    expect(reviewer.locator("main")).to_contain_text("退回了，写的人看得到理由")

    clerk.reload()
    expect(clerk.locator("main")).to_contain_text("写上找谁问")
    clerk.locator("#body").fill("# 三步\n\n1. **三分之二**以上的邻居同意\n2. 到社区领申请表\n3. 交住建部门审\n\n不清楚的打 {hotline}。")
    clerk.get_by_role("button", name="保存并送审").click()
    reviewer.reload()
    reviewer.get_by_role("button", name="通过，发布").click()
    expect(reviewer.locator("main")).to_contain_text("发布了，大家现在看得到")

    citizen.reload()
    citizen.get_by_role("link", name="老旧小区加装电梯怎么办").click()
    expect(citizen.locator(".ms-prose")).to_contain_text("不清楚的打 12345")

    clerk.reload()
    clerk.locator("#title").fill("老旧小区加装电梯，四步")
    clerk.get_by_role("button", name="保存", exact=True).click()
    expect(clerk.locator("main")).to_contain_text("还没公开的改动")
    citizen.reload()
    expect(citizen.get_by_role("heading", level=1)).to_have_text("老旧小区加装电梯怎么办")
    if scripts:
        look(clerk, "editor of a unit with a change that waits")


def test_found_while_typing_read_and_filtered(city: World, told: None, visit: Visit, look: Look) -> None:
    """An operator types; the list follows without losing the field; the address can be kept."""
    page = visit()
    enter(page, "desk1", "/desk/knowledge")
    look(page, "knowledge base")
    page.locator("#words").press_sequentially("暖气", delay=30)
    expect(page.locator("#list mark").first).to_have_text("暖气")
    expect(page.locator("#list article").first).to_contain_text("暖气不热，先做这三步")
    expect(page.locator("#list article").first).to_contain_text("快到期")
    expect(page.locator("#words")).to_be_focused()
    look(page, "knowledge base while typing")
    page.get_by_role("link", name="暖气不热，先做这三步").click()
    expect(page.locator("main")).to_contain_text("到期。")
    look(page, "knowledge article")
    page.goto("/desk/knowledge?state=over")
    page.locator("#list article a").first.click()
    expect(page.locator("main")).to_contain_text("先问负责的单位")
    look(page, "knowledge article that is over")
    page.goto("/desk/knowledge?q=恐龙化石")
    expect(page.locator("#list")).to_contain_text("没有搜到")
    look(page, "knowledge base without a find")
    page.goto("/desk/knowledge")
    page.locator("#owner").select_option("city.housing")
    expect(page.locator("#list article")).to_have_count(2)
    expect(page).to_have_url(re.compile("owner=city.housing"))
    phone = visit(phone=True)
    enter(phone, "desk1", "/desk/knowledge?q=暖气")
    look(phone, "knowledge base on a phone")
    phone.get_by_role("link", name="暖气不热，先做这三步").click()
    look(phone, "knowledge article on a phone")


def test_what_is_over_leaves_the_citizens(city: World, told: None, visit: Visit, look: Look) -> None:
    page = visit(phone=True)
    page.goto("/help")
    expect(page.locator("main")).not_to_contain_text("公积金")
    answer = page.goto("/help/housing-fund")
    assert answer is not None and answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_have_text("这篇已经过期")
    look(page, "article that is over")
    page.get_by_role("link", name="搜新的办法").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("先看看")


def test_what_was_not_found_is_written(city: World, told: None, visit: Visit, look: Look) -> None:
    """Two citizens look in vain; the editor writes one, drops another and takes it up again."""
    for words in ("赛博朋克", "恐龙化石", "恐龙化石"):
        visit(phone=True).goto(f"/help?q={words}")
    page = visit()
    enter(page, "editor1", "/desk/knowledge")
    page.get_by_role("link", name="没搜到的").click()
    expect(page.locator("#rows h2").first).to_have_text("恐龙化石")
    look(page, "what was not found")
    page.get_by_role("button", name="不用写：赛博朋克").click()
    expect(page.locator("#rows article")).to_have_count(1)
    look(page, "what was not found, one dropped")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("#rows article")).to_have_count(2)
    page.get_by_role("button", name="写一篇：恐龙化石").click()
    expect(page.locator("#title")).to_have_value("恐龙化石")
    page.locator("#body").fill("挖到化石，先别动，打 {hotline}。")
    page.get_by_role("button", name="保存并发布").click()
    expect(page.locator("[role=status]").first).to_contain_text("发布了")
    page.goto("/desk/knowledge/missing")
    expect(page.locator("#rows h2")).to_have_text(["赛博朋克"])
    reader = visit(phone=True)
    reader.goto("/help?q=恐龙化石")
    expect(reader.locator("main").get_by_role("link", name="恐龙化石")).to_be_visible()
    assert SearchMiss.objects.get(words="恐龙化石").article == Article.objects.get(title="恐龙化石")
    phone = visit(phone=True)
    enter(phone, "editor1", "/desk/knowledge/missing")
    look(phone, "what was not found on a phone")


def test_a_file_is_taken_away(city: World, told: None, visit: Visit, look: Look, tmp_path: Path) -> None:
    """Added by the editor, saved by a citizen as it was, removed and put back; a file with a macro is refused in words."""
    form, bad = tmp_path / "物业费减免申请表.docx", tmp_path / "表.pdf"
    form.write_bytes(docx())
    bad.write_bytes(b"MZ" + PDF)
    number = Article.objects.get(slug="property-fee").pk
    page, citizen = visit(), visit(phone=True)
    enter(page, "editor1", f"/desk/articles/{number}")
    page.locator("#file").set_input_files(bad)
    page.get_by_role("button", name="加上").click()
    expect(page.locator("main")).to_contain_text("附件只收")
    page.locator("#file").set_input_files(form)
    page.get_by_role("button", name="加上").click()
    expect(page.locator(".ms-files")).to_contain_text("物业费减免申请表.docx")
    look(page, "editor with a file")
    citizen.goto("/help/property-fee")
    look(citizen, "article with a file")
    with citizen.expect_download() as coming:
        citizen.get_by_role("link", name="物业费减免申请表.docx").click()
    assert coming.value.suggested_filename == form.name
    assert Path(coming.value.path()).read_bytes() == form.read_bytes()
    page.get_by_role("button", name="删掉 物业费减免申请表.docx").click()
    expect(page.locator(".ms-undo")).to_contain_text("附件删了")
    citizen.reload()
    expect(citizen.locator("main")).not_to_contain_text("申请表.docx")
    page.get_by_role("button", name="放回来").click()
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("申请表.docx")


def test_what_was_found_goes_into_the_answer(city: World, told: None, visit: Visit, look: Look) -> None:
    """As another screen takes it in: the part of the page beside a form; the words go into the field once, and the form says from which article."""
    page = visit()
    number = Article.objects.get(slug="heating-cold").pk
    enter(page, "desk1", f"/desk/knowledge/{number}")
    page.evaluate(
        """async () => {
            const side = document.querySelector(".kn > .col:last-child")
            side.insertAdjacentHTML("beforeend", "<form id='f'><textarea id='answer' class='form-control' aria-label='答复'>您好。</textarea></form><section class='ms-pane'><div class='in ms-kfind' id='found'></div></section>")
            document.getElementById("found").innerHTML = await (await fetch("/desk/knowledge/find?q=暖气 路灯&into=answer")).text()
        }"""
    )
    look(page, "found beside an answer")
    page.locator("#found article", has_text="先做这三步").get_by_role("button", name="放进答复").click()
    expect(page.locator("#answer")).to_have_value(re.compile("^您好。\n先做这三步\n放气。 暖气片"))
    expect(page.locator("#answer")).to_be_focused()
    page.locator("#found article", has_text="先做这三步").get_by_role("button", name="放进答复").click()
    expect(page.locator("#f input[name=article]")).to_have_count(1)
    assert page.locator("#f input[name=article]").get_attribute("value") == "heating-cold"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制正文").click()
    expect(page.get_by_role("button", name="复制好了")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("先做这三步\n放气。")

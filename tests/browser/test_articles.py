"""What the city tells, and what stands beside the form: read, written, suggested while somebody types, seen before it is public. With scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from minsheng.cli import content as files
from minsheng.commands import articles
from minsheng.domain.access import SYSTEM
from minsheng.models.case import Case
from minsheng.models.content import Article
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.browser.steps import REPORT
from tests.world import ROOT, World

pytestmark = pytest.mark.browser

LAMP = "银杏花园北门的路灯全都不亮，晚上看不见路，已经一个星期了。"


@pytest.fixture
def told(city: World) -> str:
    """The first texts of the city, and somebody who has told of the lamps; the code of that case."""
    for folder in ("pages", "notices"):
        articles.load(files.read(ROOT / "directories" / folder, lang="zh"), by=SYSTEM)
    return city.file(title="北门路灯不亮", body="北门的路灯坏了三盏，晚上看不见路。", place="yinxing-b1")


def focused(page: Page) -> str:
    """The id of what has the focus."""
    return str(page.evaluate("document.activeElement.id"))


# --- beside the form ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_suggestions_come_while_somebody_types_and_the_focus_stays(city: World, visit: Visit, told: str, look: Look, *, phone: bool) -> None:
    """The same nearby, the answer and the guess appear by themselves; typing goes on where it was; what was found leads on."""
    page = visit(phone=phone)
    page.goto("/new")
    page.locator("#text").press_sequentially(LAMP)
    live = page.locator("#live" if phone else "#live-side")
    expect(live).to_contain_text("北门路灯不亮")
    expect(live).to_contain_text("附近有人反映过")
    expect(live.get_by_role("link", name="我家也是，算我一个")).to_have_attribute("href", f"/cases/{told}#join")
    expect(live).to_contain_text("路灯不亮，怎么报最快")
    assert focused(page) == "text"
    page.keyboard.type("请尽快修。")
    expect(page.locator("#text")).to_have_value(LAMP + "请尽快修。")
    look(page, "form with suggestions")

    page.locator("#text").fill("工地夜间施工噪音太大，天天施工到半夜。")
    expect(page.locator("#guess")).to_contain_text("噪音扰民 › 夜间施工噪音")
    expect(page.locator("#guess")).to_contain_text("因为您提到")
    expect(live).not_to_contain_text("北门路灯不亮")

    page.locator("#text").fill("楼道里煤气泄漏，味道很大。")
    expect(live.locator(".ms-alarm")).to_contain_text("有危险先打电话")
    look(page, "form with an alarm")


def test_no_help_takes_the_answer_away_and_the_form_goes_on(city: World, visit: Visit, told: str) -> None:
    page = visit(phone=True)
    page.goto("/new")
    page.locator("#text").fill(LAMP)
    page.locator("#live").get_by_role("button", name="没用，继续填").click()
    expect(page.locator("#live")).to_contain_text("北门路灯不亮")
    expect(page.locator("#live")).not_to_contain_text("怎么报最快")
    page.locator("#text").fill(LAMP + "一共五盏。")
    page.wait_for_timeout(1500)
    expect(page.locator("#live")).not_to_contain_text("怎么报最快")
    expect(page.locator("#text")).to_have_value(LAMP + "一共五盏。")
    assert Article.objects.get(slug="street-lamps").not_helped == 1


def test_suggestions_go_on_when_the_session_ends(city: World, visit: Visit, told: str) -> None:
    """The first answer is a refusal that nobody sees; a fresh token, and the suggestions and the preview are there."""
    page = visit()
    page.goto("/new")
    page.context.clear_cookies()
    page.locator("#text").press_sequentially("银杏花园北门的路灯全都不亮。", delay=10)
    expect(page.locator("#live")).to_contain_text("附近有人反映过")
    page.context.clear_cookies()
    page.get_by_role("button", name="看看别人会看到的样子").click()
    expect(page.locator("#preview")).to_contain_text("银杏花园北门的路灯全都不亮。")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_solved_by_an_answer_nothing_is_filed(city: World, visit: Visit, told: str, *, scripts: bool) -> None:
    """Thanks, and with scripts the words are still there for who tapped by mistake."""
    page = visit(phone=True, scripts=scripts)
    page.goto("/new")
    page.locator("#text").fill(LAMP)
    if not scripts:
        page.get_by_role("button", name="看看有没有类似的").click()
    page.locator("#live").get_by_role("button", name="有用，问题解决了").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("解决了就好")
    assert Case.objects.count() == 1 and Article.objects.get(slug="street-lamps").helped == 1
    page.get_by_role("link", name="还是要反映").click()
    expect(page.locator("#text")).to_have_value(LAMP if scripts else "")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_changed_category_is_what_it_is_filed_under(city: World, visit: Visit, told: str, *, scripts: bool) -> None:
    page = visit(phone=True, scripts=scripts)
    page.goto("/new")
    page.locator("#text").fill("工地夜间施工噪音太大，天天施工到半夜。")
    if scripts:
        expect(page.locator("#guess")).to_contain_text("夜间施工噪音")
        page.locator("summary", has_text="不对，改一下").click()
    else:
        page.locator("summary", has_text="自己选是哪一类").click()
    page.locator("#category").focus()
    page.locator("#category").select_option("050105")
    if scripts:
        expect(page.locator("#guess")).to_contain_text("按您选的归到")
        assert focused(page) == "category"
    else:
        page.get_by_role("button", name="看看有没有类似的").click()
        expect(page.locator("#guess")).to_contain_text("按您选的归到")
    expect(page.locator("#category")).to_have_value("050105")
    for name in ("place", "name", "phone"):
        page.locator(f"#{name}").fill(REPORT[name])
    page.locator("#report button[type=submit]").first.press("Enter") if scripts else page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.latest("id").category == "050105"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_preview_hides_a_phone_number(city: World, visit: Visit, look: Look, *, scripts: bool) -> None:
    """Side by side what was written and what others see; a private one says that nobody does."""
    page = visit(phone=True, scripts=scripts)
    page.goto("/new?place=yinxing-b1")
    page.locator("#text").fill("路灯不亮，电话 13800000012，联系人王小明。")
    page.get_by_role("button", name="看看别人会看到的样子").click()
    seen = page.locator("#preview section").nth(1)
    expect(seen).to_contain_text("［手机号已隐去］")
    expect(seen).not_to_contain_text("13800000012")
    expect(seen).not_to_contain_text("王小明")
    expect(page.locator("#preview section").first).to_contain_text("13800000012")
    expect(page.locator("#preview")).to_contain_text("照片由工作人员看过后才公开")
    expect(page.locator("#text")).to_have_value("路灯不亮，电话 13800000012，联系人王小明。")
    if scripts:
        look(page, "form with a preview")
    page.locator("label[for=visibility-private]").click()
    page.get_by_role("button", name="看看别人会看到的样子").click()
    expect(page.locator("#preview")).to_contain_text("大厅里不会有这一件")
    assert not Case.objects.exists()


def test_without_scripts_the_button_brings_the_form_back(city: World, visit: Visit, told: str) -> None:
    """On a wide screen, filled in, with what was found beside it; Enter in a line sends the form, not the button."""
    page = visit(scripts=False)
    page.goto("/new")
    for name, value in {**REPORT, "text": LAMP}.items():
        page.locator(f"#report [name={name}]").fill(value)
    page.get_by_role("button", name="看看有没有类似的").click()
    expect(page.locator("#live-side")).to_contain_text("北门路灯不亮")
    for name, value in {**REPORT, "text": LAMP}.items():
        expect(page.locator(f"#report [name={name}]")).to_have_value(value)
    page.locator("#phone").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")


# --- pages --------------------------------------------------------------------------------------------------------------------------


def test_the_pages_to_read(city: World, visit: Visit, told: str, look: Look) -> None:
    """On a phone, in every dress; searched; judged; in English."""
    page = visit(phone=True)
    for path in ("/pages/privacy", "/pages/accessibility", "/pages/how", "/pages/scope", "/pages/figures", "/notices", "/notices/notice-heating", "/help"):
        page.goto(path)
        look(page, path)
    page.get_by_label("搜办事知识").fill("暖气")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("#found")).to_contain_text("暖气不热，先做这三步")
    expect(page).to_have_url(re.compile("q=%E6%9A%96"))
    page.get_by_role("link", name="暖气不热，先做这三步").click()
    look(page, "an article")
    page.get_by_role("button", name="没用").click()
    expect(page.locator("#judge")).to_contain_text("我们会把它改好")
    page.goto("/help?q=恐龙")
    look(page, "help without a find")
    english = visit(language="en")
    english.goto("/pages/privacy")
    expect(english.get_by_role("heading", level=1)).to_have_text("How your personal data is protected")
    english.goto("/help/heating-cold")
    expect(english.locator("article")).to_contain_text("There is no English version")
    expect(english.locator(".ms-prose")).to_have_attribute("lang", "zh-CN")


# --- the editor ---------------------------------------------------------------------------------------------------------------------


def enter(page: Page) -> None:
    """As the city's editor."""
    page.goto("/desk/articles")
    page.get_by_label("账号").fill("editor1")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("文章")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_article_from_draft_to_reader(city: World, visit: Visit, look: Look, *, scripts: bool) -> None:
    page, reader = visit(scripts=scripts), visit(phone=True)
    enter(page)
    page.get_by_role("link", name="写一篇").first.click()
    page.locator("#kind").select_option("notice")
    page.locator("#title").fill("今晚停水")
    page.locator("#body").fill("# 哪里\n\n银杏社区，**22 点到 5 点**。")
    if not scripts:
        page.get_by_role("button", name="看看样子").click()
    expect(page.locator("#preview h2")).to_have_text("哪里")
    page.get_by_role("button", name="存成草稿").click()
    expect(page.locator("[role=status]")).to_contain_text("草稿存好了")
    reader.goto("/notices")
    expect(reader.locator("main")).to_contain_text("现在没有通知")
    page.get_by_role("button", name="保存并发布").click()
    expect(page.locator("[role=status]")).to_contain_text("发布了")
    reader.reload()
    expect(reader.locator("main")).to_contain_text("今晚停水")
    page.locator("#body").fill("# 哪里\n\n银杏社区，**23 点到 5 点**。")
    page.get_by_role("button", name="保存，马上更新").click()
    page.get_by_role("link", name="第 3 版").click()
    expect(page.locator(".ms-diff ins")).to_contain_text("23 点到 5 点")
    expect(page.locator(".ms-diff del")).to_contain_text("22 点到 5 点")
    if scripts:
        look(page, "the editor with a comparison")
    page.get_by_role("link", name="第 1 版").click()
    page.get_by_role("button", name="用回这一版").click()
    expect(page.locator("#body")).to_have_value(re.compile("22 点到 5 点"))


def test_what_was_not_saved_is_kept_and_a_faster_colleague_is_told_of(city: World, visit: Visit, told: str, look: Look) -> None:
    number = Article.objects.get(slug="street-lamps").pk
    page, other = visit(), visit()
    enter(page)
    look(page, "list of articles")
    page.goto(f"/desk/articles/{number}")
    page.locator("#title").fill("写到一半的标题")
    page.reload()
    expect(page.locator("#title")).to_have_value("写到一半的标题")
    expect(page.locator("[data-draft-note]")).to_be_visible()
    enter(other)
    other.goto(f"/desk/articles/{number}")
    other.locator("#title").fill("同事的标题")
    other.get_by_role("button", name="保存，马上更新").click()
    expect(other.locator("[role=status]")).to_contain_text("保存了")
    page.get_by_role("button", name="保存，马上更新").click()
    expect(page.locator("#conflict")).to_contain_text("同事刚刚改过这篇文章")
    expect(page.locator("#conflict")).to_be_focused()
    expect(page.locator("#title")).to_have_value("写到一半的标题")
    look(page, "the editor after a conflict")
    page.get_by_role("button", name="保存，马上更新").click()
    expect(page.locator("[role=status]")).to_contain_text("保存了")
    assert Article.objects.get(pk=number).title == "写到一半的标题"

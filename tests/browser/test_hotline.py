"""坐席's day: a call comes up on the right screen, is filed or answered with the keyboard alone, missed ones are rung back; nothing typed is lost."""

import json
from datetime import timedelta
from typing import Any
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from minsheng import clock
from minsheng.commands import seating
from minsheng.domain.calls import sign
from minsheng.models.calls import Call
from minsheng.models.case import Case
from minsheng.models.content import ArticleUse
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.world import World

pytestmark = pytest.mark.browser

SECRET = "only for tests: a secret of the exchange"
WORDS = "银杏花园 1 栋门口的路灯坏了，晚上看不见台阶，昨晚有老人摔了一跤。"
ANSWER = "来电人问热费怎么退：低于 18 度按天退，12 月 5 日前退到缴费账户，不用申请。有问题打 0000-60000003。"


@pytest.fixture(autouse=True)
def _exchange(settings: Any) -> None:
    settings.MINSHENG_CALLS_SECRET = SECRET


@pytest.fixture
def exchange(live_server: LiveServer) -> Any:
    """The exchange: tells the server of a call as it would, signed."""

    def tell(event: str, id: str = "call-1", *, seconds: int = 0, **said: Any) -> None:  # noqa: A002 (the exchange calls it so)
        at = (clock.now() + timedelta(seconds=seconds)).isoformat()
        values = {"id": id, "event": event, "number": "13800000001", "line": "12345", "extension": "8001", "direction": "in", "at": at, **said}
        body = json.dumps(values).encode()
        stamp = str(int(clock.now().timestamp()))
        headers = {"Content-Type": "application/json", "X-Minsheng-Time": stamp, "X-Minsheng-Signature": sign(body, secret=SECRET, time=stamp)}
        with urlopen(Request(f"{live_server.url}/api/v1/calls", data=body, headers=headers)) as answer:
            assert answer.status == 204

    return tell


def at_desk(page: Page, username: str, extension: str) -> Page:
    """Sign in and sit down."""
    page.goto("/desk/calls")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登记")
    page.get_by_label("分机号").fill(extension)
    page.get_by_role("button", name="坐下").click()
    expect(page.locator("#live")).to_contain_text(f"分机 {extension}")
    return page


def test_a_call_comes_up_on_the_right_screen_and_is_filed_with_the_keyboard(city: World, visit: Visit, exchange: Any) -> None:
    """Signed by the exchange, ringing at 8001: desk1 sees it, desk2 does not. The name of the caller is typed, the number is not."""
    mine, other = at_desk(visit(), "desk1", "8001"), at_desk(visit(), "desk2", "8002")
    exchange("ringing")
    card = mine.locator(".call")
    expect(card).to_contain_text("正在响铃")
    expect(card).to_contain_text("138 **** 0001")
    expect(other.locator("#live")).to_contain_text("现在没有电话")
    exchange("answered", seconds=1)
    expect(card).to_contain_text("正在通话")
    expect(mine.locator("#text")).to_be_focused()
    mine.keyboard.type(WORDS)
    expect(mine.locator("#guess")).to_contain_text("建议")
    mine.locator("#name").focus()
    mine.keyboard.type("李女士")
    mine.keyboard.press("F2")
    expect(mine.locator(".frm [role=status] .ms-note").first).to_contain_text("立好了")
    case, call = Case.objects.get(), Call.objects.get()
    assert (case.channel, call.case_id, call.wrap_up) == ("phone", case.pk, "filed")
    assert "13800000001" not in mine.content()
    exchange("ended", seconds=60)
    expect(mine.locator("#live")).to_contain_text("现在没有电话")
    expect(other.locator("#live")).to_contain_text("现在没有电话")


def test_answered_at_once_with_f4_is_closed(city: World, visit: Visit, exchange: Any) -> None:
    """With an answer from the knowledge base, found while typing."""
    from minsheng.intelligence.tokens import tokens, tsvector_literal
    from minsheng.models.content import Article

    title = "室温不够，热费怎么退"
    Article.objects.create(
        slug="heating-refund", kind="knowledge", title=title, summary=ANSWER, body=ANSWER, status="published", published_at=clock.now(),
        updated_at=clock.now(), words=tsvector_literal(tokens(f"{title} {ANSWER}")),
    )  # fmt: skip
    page = at_desk(visit(), "desk1", "8001")
    exchange("ringing")
    exchange("answered", seconds=1)
    expect(page.locator(".call")).to_contain_text("正在通话")
    page.locator("#find").fill("热费 退")
    page.get_by_role("button", name="填进答复").click()
    expect(page.locator("#answer")).to_have_value(ANSWER)
    page.locator("#text").fill("来电人问热费怎么退。")
    page.locator("#name").fill("周先生")
    page.keyboard.press("F4")
    expect(page.locator(".frm [role=status] .ms-note").first).to_contain_text("当场答复")
    assert Case.objects.get().state == "closed"
    assert ArticleUse.objects.get().article.slug == "heating-refund"


def test_urgent_with_f8_and_what_is_missing_is_said(city: World, visit: Visit, exchange: Any) -> None:
    page = at_desk(visit(), "desk1", "8001")
    exchange("ringing")
    exchange("answered", seconds=1)
    expect(page.locator(".call")).to_contain_text("正在通话")
    page.locator("#text").fill("楼道里有很浓的煤气味，好几户都闻到了。")
    page.keyboard.press("F8")
    expect(page.locator(".ms-errors")).to_contain_text("怎么称呼")
    expect(page.locator("#text")).to_have_value("楼道里有很浓的煤气味，好几户都闻到了。")
    page.locator("#name").fill("王先生")
    page.keyboard.press("F8")
    expect(page.locator(".frm [role=status] .ms-note").first).to_contain_text("已经上报负责人")
    assert Case.objects.get().urgency == "urgent"


def test_a_reload_and_another_browser_lose_nothing(city: World, visit: Visit, exchange: Any) -> None:
    """Words, place and name come back; a call that rings meanwhile does not take the page away."""
    page = at_desk(visit(), "desk1", "8001")
    exchange("ringing")
    exchange("answered", seconds=1)
    expect(page.locator(".call")).to_contain_text("正在通话")
    page.locator("#text").fill(WORDS)
    page.locator("#name").fill("李女士")
    expect(page.locator("#saved")).to_contain_text("已自动保存")
    exchange("ringing", "call-2", seconds=2, number="13800000002")
    expect(page.locator(".hl-other")).to_contain_text("138 **** 0002")
    expect(page.locator("#text")).to_have_value(WORDS)
    page.reload()
    expect(page.locator("#text")).to_have_value(WORDS)
    elsewhere = visit()
    elsewhere.goto("/desk/calls")
    elsewhere.get_by_label("账号").fill("desk1")
    elsewhere.get_by_label("密码").fill(PASSWORD)
    elsewhere.get_by_role("button", name="登录").click()
    expect(elsewhere.locator("#text")).to_have_value(WORDS)
    expect(elsewhere.locator("#name")).to_have_value("李女士")


def test_a_server_that_is_away_is_said_calmly_and_nothing_is_lost(city: World, visit: Visit, exchange: Any) -> None:
    """The database restarts while somebody rings: the desk says so, keeps the words, and goes on by itself; the exchange sends its message again."""
    page = at_desk(visit(), "desk1", "8001")
    page.route("**/desk/calls/live*", lambda route: route.abort())
    expect(page.locator("[data-lost]")).to_be_visible()
    page.locator("#text").fill(WORDS)
    exchange("ringing")
    exchange("ringing")
    page.unroute("**/desk/calls/live*")
    expect(page.locator("[data-lost]")).to_be_hidden()
    expect(page.locator(".hl-other")).to_contain_text("138 **** 0001")
    expect(page.locator("#text")).to_have_value(WORDS)


def test_a_missed_call_is_rung_back(city: World, visit: Visit, exchange: Any) -> None:
    """The operator's own telephone rings; once the person answers, nobody waits any more."""
    exchange("ringing")
    exchange("missed", seconds=20)
    page = at_desk(visit(), "desk1", "8001")
    page.get_by_role("link", name="未接").click()
    row = page.locator("#rows tr", has_text="138 **** 0001")
    row.get_by_role("button", name="回拨").click()
    expect(page.get_by_role("status")).to_contain_text("您的话机先响")
    out = Call.objects.get(direction="out")
    exchange("answered", out.external, seconds=30, direction="out", number="")
    page.reload()
    expect(page.locator("#list")).to_contain_text("没有要回拨的")
    assert Call.objects.get(external="call-1").called_back == out
    assert "13800000001" not in page.content()


def test_without_scripts(city: World, visit: Visit, exchange: Any) -> None:
    """Loaded again by hand; searched, filled in and filed by buttons."""
    page = at_desk(visit(scripts=False), "desk1", "8001")
    exchange("ringing")
    exchange("answered", seconds=1)
    page.goto("/desk/calls")
    expect(page.locator(".call")).to_contain_text("138 **** 0001")
    page.locator("#text").fill(WORDS)
    page.locator("#find").fill("热费")
    page.get_by_role("button", name="搜", exact=True).click()
    expect(page.locator("#text")).to_have_value(WORDS)
    page.locator("#name").fill("李女士")
    page.get_by_role("button", name="立案").click()
    expect(page.locator(".frm")).to_contain_text("立好了")
    assert Case.objects.get().channel == "phone"


def test_how_it_looks(city: World, visit: Visit, exchange: Any, look: Look) -> None:
    """axe in light, dark and large letters; the idle desk, a call with a history, mistakes, the list, one call; on a desktop and on a phone."""
    earlier = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="楼下路灯不亮", place="yinxing-b1", phone="13800000001")
    city.file(body="垃圾清运车早上五点就来，声音很大。", title="垃圾清运时间太早", place="yinxing-b1", phone="13800000001")
    for phone in (False, True):
        name = "phone" if phone else "desktop"
        seating.leave(by=city.who("desk1"))
        Call.objects.all().delete()
        exchange("ringing", f"old-{name}", number="13800000001")
        exchange("missed", f"old-{name}", seconds=20)
        page = visit(phone=phone)
        page.goto("/desk/calls")
        page.get_by_label("账号").fill("desk1")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_label("分机号")).to_be_visible()
        look(page, f"hotline nobody sits {name}")
        page.get_by_label("分机号").fill("8001")
        page.get_by_role("button", name="坐下").click()
        expect(page.locator("#live")).to_contain_text("现在没有电话")
        look(page, f"hotline idle {name}")
        exchange("ringing", f"call-{name}", seconds=21)
        exchange("answered", f"call-{name}", seconds=25)
        expect(page.locator(".call")).to_contain_text("正在通话")
        expect(page.locator(".hl-item", has_text=earlier)).to_be_visible()
        page.locator("#text").fill(WORDS)
        page.locator("#place").fill("银杏花园")
        expect(page.locator("#known button").first).to_be_visible()
        expect(page.locator("#near .ms-pane")).to_be_visible()
        look(page, f"hotline call {name}")
        page.get_by_role("button", name="当场答复，办结").click()
        expect(page.locator(".ms-errors")).to_be_visible()
        look(page, f"hotline mistakes {name}")
        page.locator("#name").fill("李女士")
        page.get_by_role("button", name="立案").click()
        expect(page.locator(".frm [role=status] .ms-note").first).to_contain_text("立好了")
        look(page, f"hotline filed {name}")
        page.goto("/desk/calls/all")
        look(page, f"hotline list {name}")
        page.goto(f"/desk/calls/{Call.objects.latest('id').pk}")
        look(page, f"hotline one {name}")
    boss = visit()
    boss.goto("/desk/calls/all")
    boss.get_by_label("账号").fill("supervisor1")
    boss.get_by_label("密码").fill(PASSWORD)
    boss.get_by_role("button", name="登录").click()
    expect(boss.locator(".hl-figures")).to_be_visible()
    look(boss, "hotline figures")

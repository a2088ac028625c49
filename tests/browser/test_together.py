"""What people do with others' cases, and what a link in a message opens: with scripts and without."""

import pytest
from playwright.sync_api import expect

from minsheng.commands import answering, links
from minsheng.models.case import Party
from tests.browser.conftest import Visit
from tests.commands import scenes
from tests.world import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_join_judge_and_have_it_done_again(city: World, visit: Visit, scripts: bool) -> None:
    """A neighbour joins on the page; after the answer the caller's link reopens it, and the neighbour's says what the neighbour sees."""
    code = scenes.handled(city)
    neighbour = visit(phone=True, scripts=scripts)
    neighbour.goto(f"/cases/{code}")
    neighbour.locator("#join summary", has_text="我家也是").click()
    form = neighbour.locator("#join form", has=neighbour.locator("[name=name]"))
    form.get_by_label("手机号").fill("138 0000 002")
    form.get_by_label("怎么称呼您").fill("王女士")
    form.get_by_role("button", name="算我一个").click()
    expect(neighbour.locator("#join .ms-errors")).to_contain_text("11 位")
    expect(neighbour.locator("#join [name=name]").first).to_have_value("王女士")
    neighbour.locator("#join [name=phone]").first.fill("13800000021")
    neighbour.locator("#join").get_by_role("button", name="算我一个", exact=True).click()
    expect(neighbour.locator("[role=status].ms-said")).to_contain_text("算上您了")

    city.do(answering.answer, code, by=scenes.CLERK, outcome="solved", text=scenes.GOOD)
    city.check(code)
    words = {phone: links.issue(city.case(code), Party.objects.get(pk=city.party(phone))) for phone in ("13800000001", "13800000021")}
    neighbour.goto(f"/r/{words['13800000021']}")
    neighbour.locator("label[for=done-no]").click()
    neighbour.get_by_label("再说两句").fill("我们楼道还是黑的。")
    neighbour.get_by_role("button", name="告诉你们").click()
    expect(neighbour.get_by_role("heading", level=1)).to_have_text("谢谢您，记下了")

    caller = visit(phone=True, scripts=scripts)
    caller.goto(f"/r/{words['13800000001']}")
    expect(caller.get_by_text("哪里没办好，可多选")).to_be_visible(visible=not scripts)
    caller.locator("label[for=level-2]").click()
    expect(caller.get_by_text("哪里没办好，可多选")).to_be_visible()
    expect(caller.get_by_text("好在哪里，可多选")).to_be_visible(visible=not scripts)
    caller.get_by_label("问题没解决，或者又出现了").check()
    caller.get_by_text("没办好，请重新办理").click()
    caller.get_by_role("button", name="交上我的评价").click()
    expect(caller.get_by_role("heading", level=1)).to_have_text("谢谢您，记下了")
    case = city.case(code)
    assert (case.state, case.round) == ("handling", 2)
    caller.goto(f"/r/{words['13800000001']}")
    expect(caller.get_by_text("重新办理")).to_be_visible()

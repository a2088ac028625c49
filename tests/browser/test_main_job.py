"""The whole main job in a browser, with scripts and without: filed, classified, dispatched, claimed, answered, checked, called back, closed, rated."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from minsheng.models.case import Case
from tests.browser.conftest import Visit
from tests.browser.steps import file, open_case, sent, sign_in
from tests.world import World, city_files

pytestmark = pytest.mark.browser

ANSWER = "原因是北门的电缆被挖断了。11 月 22 日下午换了北门 3 盏路灯和一段电缆，当晚 7 点全部亮了。要是再坏，打城管所值班电话 0000-60000003，我们当天来修。"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_citizens_words_to_a_rated_answer(city: World, visit: Visit, photos: list[Path], *, scripts: bool) -> None:
    """Everybody has a browser of their own, and nothing is done behind the pages."""
    citizen = visit(phone=True, scripts=scripts)
    code = file(citizen, photos=photos)
    citizen.get_by_role("link", name="看这件事的进度").click()
    expect(citizen.locator("#state .ms-tag").first).to_have_text("已提交")
    expect(citizen.locator(".ms-pics img")).to_have_count(2)

    desk = sign_in(visit(scripts=scripts), "dispatch1")
    open_case(desk, code, queue="待受理")
    sent(desk, "register", category="020201 路灯不亮")
    expect(desk.locator(".chead")).to_contain_text("已派单")
    unit = str(city.case(code).unit)
    clerk = next(person.username for person in city_files("yunchuan").people.values() if person.unit == unit)

    worker = sign_in(visit(scripts=scripts), clerk)
    open_case(worker, code, queue="待认领")
    sent(worker, "claim")
    sent(worker, "contact", method="phone", note="说好今天下午去看")
    sent(worker, "answer", outcome="solved", text=ANSWER, evidence=photos[:1])
    citizen.reload()
    expect(citizen.get_by_text("热线中心正在核对")).to_be_visible()
    expect(citizen.get_by_text("换了北门 3 盏路灯")).to_have_count(0)

    checker = sign_in(visit(scripts=scripts), "checker1")
    open_case(checker, code, queue="待质检")
    sent(checker, "pass_check")

    caller = sign_in(visit(scripts=scripts), "callback1")
    open_case(caller, code, queue="待回访")
    sent(caller, "call_back", reached="yes", contacted="yes", solved="yes", satisfied="yes", note="都满意")
    expect(caller.locator(".chead .ms-tag").first).to_have_text("已办结")

    citizen.reload()
    expect(citizen.get_by_text("换了北门 3 盏路灯")).to_be_visible()
    citizen.locator("label[for=level-5]").click()
    citizen.locator("label[for=contacted-yes]").click()
    citizen.locator("label[for=solved-yes]").click()
    citizen.get_by_label("再说两句").fill("来得快")
    citizen.get_by_role("button", name="交上我的评价").click()
    expect(citizen.get_by_text("谢谢您，评价记下了")).to_be_visible()
    expect(citizen.locator("#state .ms-tag").first).to_have_text("已办结")
    assert Case.objects.get(code=code).facts["rating"] == 5

    neighbour = visit(phone=True, scripts=scripts)
    neighbour.goto(f"/hall?q={code}")
    expect(neighbour).to_have_url(f"{neighbour.url.split('/cases')[0]}/cases/{code}")
    expect(neighbour.get_by_text("居民评价")).to_contain_text("非常满意")
    expect(neighbour.locator("body")).not_to_contain_text("李女士")
    city.holds()

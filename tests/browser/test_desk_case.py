"""一件诉求 at the desk, in a browser: two at once, an answer looked at before it goes out, templates, colleagues named, persons covered; by keyboard alone."""

import pytest
from playwright.sync_api import expect

from minsheng import clock
from minsheng.commands import alerting, handling, noting, templates
from minsheng.models.people import Member, User
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.browser.steps import send, sign_in
from tests.browser.test_habits import handled
from tests.world import World

pytestmark = pytest.mark.browser
HOLLOW = "我单位高度重视，第一时间安排人员处理。"
GOOD = "原因是灯头进水烧坏了。11 月 20 日下午换了新灯头，当晚亮了。再坏请打社区值班电话 0000-60000003。"


def colleague(city: World, name: str = "运行二班") -> User:
    """One more person in 银杏社区."""
    user = User.objects.create(username="yinxing2", display_name=name, created_at=clock.now(), password=User.objects.get(username="yinxing").password)
    Member.objects.create(user=user, unit="yinxing", roles=["staff"])
    return user


def full(city: World) -> str:
    """A case with something in every pane."""
    code = handled(city)
    mate = colleague(city)
    city.do(handling.contact, code, by="yinxing", method="phone", note="通话 3 分钟，约明天 9 点上门。")
    city.do(handling.reply, code, by="yinxing", text="今天上午去看过，灯头坏了，明天换。")
    city.do(handling.co_handle, code, by="yinxing", units=["city.urban_management"], request="请看看是不是线路的事")
    city.do(noting.note, code, by="yinxing", text="梯子在二号库房，带上绝缘手套。", to=[mate.pk])
    city.do(alerting.alert, code, by="desk1", text="有老人摔倒，已拨 120。")
    city.file(body="楼下的路灯不亮，晚上看不见台阶，摔了一跤。", title="路灯不亮摔人", place="yinxing-b1", wish="private")
    city.do(templates_written, code, by="yinxing")
    return code


def templates_written(code: str, *, by: object) -> None:
    """A template of the unit."""
    templates.write(title="路灯修好", body="{date}，{unit}修好了{place}的路灯。", action="answer", unit="yinxing", category=None, by=by)  # type: ignore[arg-type]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_how_it_looks(city: World, visit: Visit, look: Look, phone: bool) -> None:
    """The whole case, for who handles it and who dispatches; a warned answer; a conflict; the inbox; templates."""
    code, dress = full(city), "phone" if phone else "desktop"
    page = sign_in(visit(phone=phone), "yinxing")
    page.goto(f"/desk/cases/{code}")
    expect(page.locator("#similar .item, #similar p").first).to_be_visible()
    look(page, f"desk case {dress}")
    send(page, "answer", outcome="solved", text=HOLLOW)
    expect(page.locator(".ms-checks")).to_contain_text("没有说原因")
    look(page, f"desk case warned {dress}")
    desk = sign_in(visit(phone=phone), "dispatch1")
    desk.goto(f"/desk/cases/{code}")
    expect(desk.locator("#similar .item").first).to_be_visible()
    look(desk, f"desk case dispatcher {dress}")
    page.goto("/desk/templates")
    look(page, f"desk templates {dress}")
    mate = sign_in(visit(phone=phone), "yinxing2")
    mate.goto("/desk/mentions")
    look(mate, f"desk mentions {dress}")

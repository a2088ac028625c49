"""打印 at the desk: the menu, the file, the machine without a font, and the page behind the code of a 批办单."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng import wiring
from minsheng.adapters.sheets import Pressman
from minsheng.models.case import Opening
from minsheng.models.people import User
from minsheng.models.staff import Act
from minsheng.ports import Health
from tests.commands import scenes
from tests.commands.test_papers import Tray
from tests.web.test_desk import PASSWORD, signed_in
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tray]:
    tray = Tray()
    monkeypatch.setattr(wiring, "printer", lambda: tray)
    return tray


def test_the_menu_prints_with_and_without_names(city: World, tray: Tray) -> None:
    code = scenes.handled(city)
    client = signed_in(scenes.CLERK)
    page = client.get(f"/desk/cases/{code}").content.decode()
    assert f'action="/desk/cases/{code}/sheet.pdf"' in page and "要印姓名和电话" in page
    bare = client.get(f"/desk/cases/{code}/sheet.pdf?kind=handling&reason=x")
    assert bare["Content-Type"] == "application/pdf" and bare["Content-Disposition"] == f'inline; filename="{code}-handling.pdf"'
    assert not Opening.objects.exists()  # an address alone opens nobody
    client.post(f"/desk/cases/{code}/sheet.pdf", {"kind": "both", "reason": "上门核对"})
    assert [sheet.kind for sheet in tray.sheets] == ["handling", "handling", "instruction"]
    assert tray.sheets[1].values["parties"][0]["name"] == "张先生"
    assert tray.sheets[1].address == f"http://testserver/cases/{code}"
    assert Opening.objects.get().reason == "上门核对"


def test_many_at_once(city: World, tray: Tray) -> None:
    codes = [scenes.dispatched(city, body=f"第{n}盏路灯坏了，晚上看不见路。") for n in ("一", "二")]
    client = signed_in(scenes.CLERK)
    answer = client.post("/desk/sheets", {"codes": codes, "kind": "handling"})
    assert answer.status_code == 200 and [sheet.values["code"] for sheet in tray.sheets] == codes
    assert Act.objects.get(kind="print").after["codes"] == codes
    nothing = client.post("/desk/sheets", {"kind": "handling"})
    assert nothing.status_code == 422 and "还没有选诉求" in nothing.content.decode()


def test_strangers_and_other_units_get_nothing(city: World, tray: Tray) -> None:
    code = scenes.handled(city)
    assert Client().get(f"/desk/cases/{code}/sheet.pdf")["Location"].startswith("/desk/signin?next=")
    assert signed_in("huanwei").get(f"/desk/cases/{code}/sheet.pdf").status_code == 404
    assert signed_in("observer1").get(f"/desk/cases/{code}/sheet.pdf").status_code == 403
    assert not tray.sheets and not Act.objects.filter(kind="print").exists()


def test_a_machine_without_a_font_says_so(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 in words, nobody opened, nothing recorded: not a paper full of boxes."""
    code = scenes.handled(city)
    monkeypatch.setattr(Pressman, "check", lambda self: Health(name="打印", ok=False, zh="这台机器没有中文字体", en="no Chinese font"))
    answer = signed_in(scenes.CLERK).post(f"/desk/cases/{code}/sheet.pdf", {"reason": "上门"})
    assert answer.status_code == 503 and "这台机器没有中文字体" in answer.content.decode()
    assert not Opening.objects.exists() and not Act.objects.filter(kind="print").exists()


def test_a_leader_signs_on_the_phone(city: World) -> None:
    """The code leads here; whoever is not signed in comes back here; the instruction is the same move as on the page of the case."""
    code = scenes.handled(city)
    address = f"/desk/cases/{code}/sign"
    assert Client().get(address)["Location"] == f"/desk/signin?next={address.replace('/', '%2F')}"
    client = signed_in("leader1")
    page = client.get(address).content.decode()
    assert "路灯不亮" in page and "发出批示" in page and f"{scenes.UNIT} 青禾区松涛街道城管所" in page
    assert "13800000001" not in page and "张先生" not in page
    short = client.post(address, {"action": "instruct", "text": "", "unit": scenes.UNIT, "seen": "9"})
    assert short.status_code == 422 and "请填写「批示」" in short.content.decode()
    version = city.case(code).version
    stale = client.post(address, {"action": "instruct", "text": "请三天内修好。", "unit": scenes.UNIT, "seen": str(version - 1)})
    assert stale.status_code == 409 and "请三天内修好。" in stale.content.decode()
    done = client.post(address, {"action": "instruct", "text": "请三天内修好。", "unit": scenes.UNIT, "seen": str(version)}, follow=True)
    assert "批示发给单位了" in done.content.decode() and "请三天内修好。" in done.content.decode()
    assert ("instruction", "批示", scenes.UNIT, "opened") in city.measures(code)


def test_who_may_not_sign_reads_why(city: World) -> None:
    code = scenes.handled(city)
    clerk = signed_in(scenes.CLERK)
    page = clerk.get(f"/desk/cases/{code}/sign").content.decode()
    assert "发出批示" not in page and "路灯不亮" in page
    refused = clerk.post(f"/desk/cases/{code}/sign", {"action": "instruct", "text": "请修好。", "unit": scenes.UNIT})
    assert refused.status_code == 403 and "instruct" not in city.actions(code)

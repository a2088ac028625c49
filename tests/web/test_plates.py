"""扫码 and 二维码牌 without scripts: what the code on a wall opens, and how staff print it."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from minsheng import wiring
from minsheng.adapters.posters import Printed
from minsheng.commands import limits
from minsheng.domain import plates as pure
from minsheng.models.people import User
from minsheng.models.places import Place
from minsheng.queries import directory as directories
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World], settings: Any) -> World:
    settings.MINSHENG_SITE = "https://12345.example.gov.cn"
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], str]]:
    """What would be drawn; drawing itself is tested in tests/adapters."""
    files: list[tuple[list[str], str]] = []

    def draw(plates: list[pure.Plate], *, face: pure.Face, size: pure.Size) -> Printed:
        files.append(([plate.address for plate in plates], size.key))
        return Printed(b"%PDF-", "")

    monkeypatch.setattr(wiring, "print_plates_apart", draw)
    return files


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- what the code opens ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/P/YINXING-B1.Q", "/p/yinxing-b1.q", "/p/yinxing-b1", "/p/%20yinxing-b1%E3%80%82Q", "/p?number=yinxing-b1.q"])
def test_a_code_opens_the_form_with_the_place_filled_in(city: World, client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/new?place=yinxing-b1")
    assert "no-store" in answer["Cache-Control"]
    page = client.get(answer["Location"]).content.decode()
    assert "您扫的是<b>银杏花园1栋</b>的码" in page and 'name="scanned" value="yinxing-b1"' in page


@pytest.mark.parametrize("typed", ["yinxing-b1.x", "yinxing-bl.q", "yinxing-1b.q"])
def test_a_number_copied_wrongly_comes_back_to_be_looked_at(city: World, client: Client, typed: str) -> None:
    """With the form below: nobody has to find the slip to be heard."""
    page = client.get(f"/p/{typed}", follow=True).content.decode()
    assert "好像抄错了，请再看一眼" in page and f'value="{typed}"' in page
    assert 'id="report"' in page and "已经失效" not in page


def test_a_place_that_is_gone_says_so_kindly(city: World, client: Client) -> None:
    for typed in (pure.number("pulled-down-b9"), "pulled-down-b9"):
        page = client.get(f"/p/{typed}", follow=True).content.decode()
        assert "这个二维码已经失效了。写明在哪里，一样能办" in page and "抄错" not in page


def test_the_short_address_alone_asks_for_the_number(city: World, client: Client) -> None:
    assert client.get("/p/")["Location"] == client.get("/p")["Location"] == "/new?number="
    page = client.get("/p", follow=True).content.decode()
    assert "牌子上的编号" in page and "抄错" not in page
    hostile = client.get("/p", {"number": '"><script>alert(1)</script>'}, follow=True)
    assert hostile.status_code == 200 and "<script>alert" not in hostile.content.decode()
    assert client.get("/p/" + "a" * 5000).status_code == 302
    assert client.post("/p/yinxing-b1").status_code == 405


# --- how staff print it -----------------------------------------------------------------------------------------------------------------


def test_a_community_prints_for_its_own_places_and_no_others(city: World, printed: list[tuple[list[str], str]]) -> None:
    client = signed_in("yinxing")
    page = client.get("/desk/plates").content.decode()
    assert "银杏花园1栋" in page and "芳草村" not in page
    assert pure.number("yinxing-b1") in page and "https://12345.example.gov.cn" in page
    answer = client.post("/desk/plates", {"place": ["yinxing-b1", "shuangta-fangcao-b1"], "size": "a4x8"})
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert 'filename="plates-a4x8.pdf"' in answer["Content-Disposition"]
    assert printed == [(["HTTPS://12345.EXAMPLE.GOV.CN/P/YINXING-B1.Q"], "a4x8")]
    nothing = client.post("/desk/plates", {"place": ["shuangta-fangcao-b1"], "size": "a4"})
    assert nothing.status_code == 422 and "还没有选地点" in nothing.content.decode()


def test_the_centre_filters_pages_and_takes_all_in_parts(city: World, printed: list[tuple[list[str], str]], monkeypatch: pytest.MonkeyPatch) -> None:
    from minsheng.web.desk import printing

    monkeypatch.setattr(printing, "IN_A_FILE", 70)
    client = signed_in("desk1")
    page = client.get("/desk/plates?kind=grid").content.decode()
    assert "共 108 处" in page and len(re.findall(r'name="place"', page)) == 70
    assert "第 1–70 块" in page and "第 71–108 块" in page
    following = re.search(r'href="(/desk/plates[^"]*after=[^"]*)"', page)
    assert following
    rest = client.get(following[1].replace("&amp;", "&")).content.decode()
    assert len(re.findall(r'name="place"', rest)) == 38 and "再看" not in rest
    assert client.post("/desk/plates", {"kind": "grid", "size": "a4x24", "part": "2"}).status_code == 200
    assert len(printed[0][0]) == 38 and printed[0][1] == "a4x24"
    many = client.post("/desk/plates", {"place": [place.code for place in directories.current().places.values()][:80], "size": "a4"})
    assert many.status_code == 422 and "一个文件最多 70 块" in many.content.decode()


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ("under=minghu", "共", "银杏花园1栋"),
        ("words=银杏花园1栋", "yinxing-b1.q", "芳草村"),
        ("words=恐龙", "这里没有找到", "生成 PDF"),
        ("under=nowhere&kind=tree&size=a3&after=nothing", "银杏花园1栋", "nowhere"),
    ],
)
def test_looking_for_places(city: World, asked: str, there: str, not_there: str) -> None:
    page = signed_in("desk1").get(f"/desk/plates?{asked}").content.decode()
    assert there in page and not_there not in page.split("<aside")[0].split('id="places"')[-1]


def test_who_may_not_print(city: World, client: Client) -> None:
    """Not signed in: to the sign-in; a deputy: told whose work it is."""
    assert client.get("/desk/plates")["Location"].startswith("/desk/signin?next=")
    refused = signed_in("deputy1").get("/desk/plates")
    assert refused.status_code == 403 and "您的岗位没有这一项" in refused.content.decode()


def test_what_goes_wrong_keeps_the_ticks(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A character without a font, and too many files in a row."""
    client, form = signed_in("yinxing"), {"place": ["yinxing-b1"], "size": "a5"}
    monkeypatch.setattr(wiring, "print_plates_apart", lambda plates, **_: Printed(b"", "㙍"))
    boxes = client.post("/desk/plates", form)
    page = boxes.content.decode()
    assert boxes.status_code == 409 and "印成方框：㙍" in page
    assert re.search(r'value="yinxing-b1"\s+checked', page) and re.search(r'value="a5"\s+selected', page)
    monkeypatch.setattr(wiring, "print_plates_apart", lambda plates, **_: Printed(b"%PDF-", ""))
    answers = [client.post("/desk/plates", form).status_code for _ in range(limits.PRINTING[0].times)]
    assert answers == [200] * (limits.PRINTING[0].times - 1) + [429]


def test_a_code_that_cannot_be_printed_is_shown_and_left_out(city: World, printed: list[tuple[list[str], str]]) -> None:
    Place.objects.filter(code="yinxing-b1").update(code="Y/1")
    directories.forget()
    client = signed_in("yinxing")
    page = client.get("/desk/plates").content.decode()
    assert "编码印不了" in page and 'value="Y/1"' not in page
    assert client.post("/desk/plates", {"part": "1", "size": "a4"}).status_code == 200
    assert not any("Y/1" in address for address in printed[0][0])
    assert client.post("/desk/plates", {"place": ["Y/1"], "size": "a4"}).status_code == 422


def test_without_an_address_in_the_settings_the_page_says_which_it_takes(city: World, printed: list[tuple[list[str], str]], settings: Any) -> None:
    settings.MINSHENG_SITE = ""
    client = signed_in("yinxing")
    assert "没有设置平台网址（MINSHENG_SITE）" in client.get("/desk/plates").content.decode()
    client.post("/desk/plates", {"place": ["yinxing-b1"], "size": "a4"})
    assert printed[0][0] == ["HTTP://TESTSERVER/P/YINXING-B1.Q"]


def test_a_file_is_really_drawn(city: World) -> None:
    answer = signed_in("yinxing").post("/desk/plates", {"place": ["yinxing-b1"], "size": "a5"})
    text = PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "银杏花园" in text and "yinxing-b1.q" in text

"""在哪里 on the form, without scripts: every way of saying where, borders asked about, nothing lost, nothing decided behind the person's back."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from minsheng.domain import geo, plates
from minsheng.models.case import Case
from minsheng.queries import directory as directories
from minsheng.queries import places
from minsheng.web.citizen import placing
from tests.queries.test_places import between, neighbours
from tests.world import World

REPORT = {"text": "楼下的路灯不亮，晚上看不见路。", "place": "小区门口", "name": "李女士", "phone": "13800000001", "visibility": "public"}
PARIS = {"lat": "48.8566", "lng": "2.3522"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def middle(code: str) -> dict[str, str]:
    place = directories.current().places[code]
    return {"lat": str(place.lat), "lng": str(place.lng)}


def border() -> tuple[dict[str, str], set[str]]:
    """A point on the border of two districts, and these."""
    pair = next(neighbours("district"))
    lat, lng = between(*pair)
    return {"lat": f"{lat:.6f}", "lng": f"{lng:.6f}"}, set(pair)


def flat(answer: HttpResponse) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def filed(client: Client, **changed: str) -> Case:
    answer = client.post("/new", {**REPORT, **changed})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Case.objects.latest("id")


def refused(client: Client, **changed: str) -> str:
    before = Case.objects.count()
    answer = client.post("/new", {**REPORT, **changed})
    html = flat(answer)
    assert answer.status_code == 422
    assert Case.objects.count() == before
    assert REPORT["text"] in html
    assert 'value="李女士"' in html
    return html


def hidden(html: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


# --- sending ------------------------------------------------------------------------------------------------------------------


def test_a_point_finds_its_place(city: World, client: Client) -> None:
    case = filed(client, **middle("yinxing-g1"))
    assert (case.place, case.district, case.channel) == ("yinxing-g1", "qinghe", "web")
    assert case.lat == float(middle("yinxing-g1")["lat"])


def test_a_point_is_enough_without_words(city: World, client: Client) -> None:
    assert filed(client, place="", **middle("yinxing-g1")).place == "yinxing-g1"


def test_a_point_of_a_map_in_gcj02_is_brought_back(city: World, client: Client) -> None:
    lat, lng = (float(degrees) for degrees in middle("yinxing-b1").values())
    there = geo.to_gcj02(lat, lng)
    case = filed(client, lat=str(there.lat), lng=str(there.lng), datum="gcj02")
    assert case.place == "yinxing-b1"
    assert case.lat is not None
    assert abs(case.lat - lat) < 1e-5


def test_on_a_border_the_person_chooses(city: World, client: Client) -> None:
    """422 with both sides as radios, everything kept; then the chosen one is filed, whichever it is."""
    point, pair = border()
    html = refused(client, **point)
    assert "在交界处，请选一个" in html
    offered = re.findall(r'name="border"\s+id="[^"]+"\s+value="([^"]+)"', html)
    tree = directories.current()
    assert pair <= {tree.place_ancestors(code)[-1] for code in offered}
    assert (hidden(html, "lat"), hidden(html, "lng")) == (point["lat"], point["lng"])
    for code in offered:
        case = filed(client, border=code, text=f"{REPORT['text']} {code}", **point)
        assert (case.place, case.district) == (code, tree.place_ancestors(code)[-1])


def test_a_choice_of_another_border_is_asked_again(city: World, client: Client) -> None:
    point, _ = border()
    assert "在交界处" in refused(client, border="yinxing-g1", **point)
    assert "在交界处" in refused(client, border="mars", **point)


def test_a_district_that_does_not_fit_the_point(city: World, client: Client) -> None:
    """The person is asked which; with the district the point goes, with the point its place stays."""
    html = refused(client, district="minghu", **middle("yinxing-g1"))
    assert "地图上的位置和您选的区县不一样" in html
    assert "青禾区 松涛街道 银杏社区" in html
    assert "明湖区" in html
    by_district = filed(client, district="minghu", border="minghu", **middle("yinxing-g1"))
    assert (by_district.district, by_district.lat) == ("minghu", None)
    by_point = filed(client, district="minghu", border="yinxing-g1", text="另一件：井盖响。", **middle("yinxing-g1"))
    assert (by_point.district, by_point.place) == ("qinghe", "yinxing-g1")


def test_another_country_is_said_and_taken_out(city: World, client: Client) -> None:
    """In kind words, also where a district was chosen; sending again works, with the words alone."""
    for more in ({}, {"district": "qinghe"}):
        html = refused(client, **PARIS, **more)
        assert "这个位置不在云川市，已经去掉了" in html
        assert (hidden(html, "lat"), hidden(html, "lng")) == ("", "")
        assert 'value="小区门口"' in html
    assert filed(client, district="qinghe").lat is None


@pytest.mark.parametrize(
    "point",
    [{"lat": "x", "lng": "y"}, {"lat": "29.5", "lng": ""}, {"lat": "", "lng": "111.9"}, {"lat": "nan", "lng": "nan"}, {"lat": "inf", "lng": "0"},
     {"lat": "91", "lng": "0"}, {"lat": "29.5", "lng": "1e300"}, {"lat": "\u0000", "lng": "1"}],
)  # fmt: skip
def test_what_is_no_position(city: World, client: Client, point: dict[str, str]) -> None:
    html = refused(client, **point)
    assert "位置没有读出来" in html
    assert hidden(html, "lat") == ""


def test_every_other_mistake_is_said_at_once(city: World, client: Client) -> None:
    point, _ = border()
    html = refused(client, phone="1380000", **point)
    assert "还有 2 处没填好" in html
    assert 'href="#border"' in html


def test_a_code_copied_from_a_sign(city: World, client: Client) -> None:
    case = filed(client, plate=" yinxing-b1 ", place="")
    assert (case.place, case.channel) == ("yinxing-b1", "qr")
    address = filed(client, plate="https://12345.example.cn/new?place=yinxing-b2", text="另一件：井盖响。")
    assert address.place == "yinxing-b2"
    html = refused(client, plate="yinxing-b99")
    assert "没有这个编号" in html
    assert 'value="yinxing-b99"' in html
    assert re.search(r'<details class="ms-plate" open>', html)


def test_a_scanned_sign_goes_before_the_phone(city: World, client: Client) -> None:
    """Who scanned is not asked about borders; a position elsewhere in the city is kept beside it."""
    point, _ = border()
    case = filed(client, scanned="yinxing-b1", **point)
    assert (case.place, case.district, case.channel) == ("yinxing-b1", "qinghe", "qr")
    lost = filed(client, scanned="gone-b1", text="另一件：井盖响。", district="minghu")
    assert (lost.place, lost.channel) == ("minghu", "web")


def test_a_suggestion_that_was_taken(city: World, client: Client) -> None:
    """As long as its name stands in the words; who has written something else means something else."""
    case = filed(client, known="yinxing-b1", place="银杏花园1栋 3 单元")
    assert (case.place, case.channel) == ("yinxing-b1", "web")
    other = filed(client, known="yinxing-b1", place="石桥路口", district="minghu", text="另一件：井盖响。")
    assert other.place == "minghu"
    assert "不一样，请选一个" in refused(client, known="yinxing-b1", place="银杏花园1栋", district="minghu")


def test_words_alone_are_enough(city: World, client: Client) -> None:
    case = filed(client)
    assert (case.place, case.lat) == (None, None)


# --- asking meanwhile ---------------------------------------------------------------------------------------------------------


def test_where_a_point_lies(city: World, client: Client) -> None:
    html = flat(client.get("/places/at", middle("yinxing-g1")))
    assert "在<b>青禾区 松涛街道 银杏社区</b>" in html
    assert 'data-district="qinghe"' in html
    assert "radio" not in html
    point, pair = border()
    asked = client.get("/places/at", point).content.decode()
    assert asked.count('type="radio"') >= 2
    assert all(directories.current().places[code].name in asked for code in pair)


def test_where_nothing_lies(city: World, client: Client) -> None:
    answer = client.get("/places/at", PARIS)
    assert answer.status_code == 200
    assert "这个位置不在云川市" in answer.content.decode()
    assert "data-problem" in answer.content.decode()
    for wrong in ({"lat": "x", "lng": "y"}, {}):
        refused = client.get("/places/at", wrong)
        assert refused.status_code == 422
        assert 'id="spot"' in refused.content.decode()
        assert "位置没有读出来" in refused.content.decode()
        assert "<html" not in refused.content.decode(), "it is put into the form"


def test_what_a_sign_says(city: World, client: Client) -> None:
    html = client.get("/places/at", {"code": "https://12345.example.cn/new?place=yinxing-b1"}).content.decode()
    assert 'data-scanned="yinxing-b1"' in html
    assert "银杏花园1栋" in html
    lost = client.get("/places/at", {"code": "<script>"}).content.decode()
    assert "没有这个编号" in lost
    assert "<script>" not in lost
    taken = client.get("/places/at", {"place": "yinxing-b1"}).content.decode()
    assert "data-scanned" not in taken


def test_suggestions_are_buttons(city: World, client: Client) -> None:
    answer = client.get("/places/suggest", {"q": "银杏花园1栋"})
    html = flat(answer)
    assert 'data-known="yinxing-b1" data-name="银杏花园1栋"' in html
    assert "青禾区 松涛街道 银杏社区" in html
    for nothing in ("", "火星", "%", "\0", "x" * 10_000):
        assert client.get("/places/suggest", {"q": nothing}).content.decode().strip() == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [("yinxing-b1", "yinxing-b1"), ("https://x.cn/new?place=yinxing-b1&utm=1", "yinxing-b1"), ("https://x.cn/p/yinxing-b1/", "yinxing-b1"),
     ("  yinxing-b1\n", "yinxing-b1"), (f"HTTPS://X.CN/P/{plates.number('yinxing-b1').upper()}", "yinxing-b1"), (plates.number("yinxing-b1"), "yinxing-b1"),
     ("http://x.cn/new?place=", ""), ("", ""), ("weixin://qr/abc", "")],
)  # fmt: skip
def test_codes_of_signs(city: World, text: str, code: str) -> None:
    """An address, a number with its check, a bare code; what names no place says what to do."""
    found, problem = placing.sign_of(text)
    assert found == code and bool(problem) is not bool(code)


def test_a_number_copied_wrongly_is_told_from_one_that_does_not_exist(city: World, client: Client) -> None:
    wrong = plates.number("yinxing-b1").replace("b1", "b2")
    assert "抄错了" in placing.sign_of(wrong)[1] and "没有这个编号" in placing.sign_of("yinxing-b99")[1]
    assert "抄错了" in refused(client, plate=wrong)


def test_the_form_loads_no_map_by_itself(city: World, client: Client) -> None:
    html = client.get("/new").content.decode()
    assert not re.search(r"<(?:script|link)[^>]*leaflet", html)
    assert 'data-script="/static/vendor/leaflet/leaflet.js' in html
    assert places.window() is not None

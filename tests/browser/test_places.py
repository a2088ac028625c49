"""Where things are, in a browser: the map of the hall and its list, and every way of saying where on the form, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from minsheng.domain import geo
from minsheng.models.case import Case
from minsheng.queries import directory as directories
from tests.browser.conftest import Visit
from tests.browser.steps import REPORT
from tests.queries.test_places import between, neighbours
from tests.world import World, city_files

pytestmark = pytest.mark.browser

#: A camera that sees one code: what a phone's browser has and this one has not.
CAMERA = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() { return Promise.resolve([{ rawValue: "https://12345.example.cn/new?place=yinxing-b1" }]); }
};
navigator.mediaDevices.getUserMedia = () => Promise.resolve(document.createElement("canvas").captureStream());
"""


@pytest.fixture
def spread(city: World) -> None:
    """Three in 银杏社区, one in its street, one in another district."""
    for n, place in enumerate(("yinxing-b1", "yinxing-b2", "yinxing", "songtao")):
        city.file(body=f"楼下的路灯不亮，第 {n} 次说了。", title=f"路灯不亮 {n}", place=place)
    city.file(body="湖边的护栏松了。", title="护栏松了", district="minghu")


def fill(page: Page, **changed: str) -> None:
    for name, value in {**REPORT, **changed}.items():
        page.locator(f"#report [name={name}]").fill(value)


def sent(page: Page) -> Case:
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    return Case.objects.latest("id")


def tap(page: Page, label: str) -> None:
    """A tap on the map, in the middle of the place of that name."""
    found = page.locator(".leaflet-tooltip", has_text=label)
    expect(found).to_be_visible()
    page.locator("#map").evaluate("map => map.scrollIntoView({block: 'center'})")
    box = found.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def stand(page: Page, lat: float, lng: float) -> None:
    """The phone is here, and its owner lets the page know."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": lat, "longitude": lng, "accuracy": 12})


# --- the hall -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_a_tap_on_the_map_is_a_tap_on_the_list(spread: None, visit: Visit, phone: bool) -> None:
    """A place opens, list and form follow, the address keeps it; back goes back; a condition of the form draws the map anew."""
    page = visit(phone=phone)
    page.goto("/hall?view=map")
    expect(page.locator(".ms-map canvas")).to_have_count(1)
    expect(page.locator(".leaflet-tooltip", has_text="青禾区 4 件")).to_be_visible()
    expect(page.locator(".leaflet-tooltip", has_text="明湖区 1 件")).to_be_visible()
    tap(page, "青禾区 4 件")
    expect(page.locator("#h-map")).to_have_text("青禾区")
    expect(page.locator(".leaflet-tooltip", has_text="松涛街道 4 件")).to_be_visible()
    expect(page.locator("#rows article")).to_have_count(4)
    expect(page.get_by_label("在哪里")).to_have_value("qinghe")
    expect(page).to_have_url(re.compile("district=qinghe"))

    page.get_by_role("link", name="松涛街道", exact=True).click()
    expect(page.locator("#h-map")).to_contain_text("松涛街道")
    expect(page.locator(".leaflet-tooltip", has_text="银杏社区 3 件")).to_be_visible()
    page.locator("#q").fill("恐龙")
    page.locator("#q").press("Enter")
    expect(page.locator(".finding")).to_have_text("这些条件下还没有人反映。")
    expect(page.locator(".leaflet-tooltip", has_text="银杏社区 0 件")).to_be_visible()
    page.go_back()
    expect(page.locator("#h-map")).to_contain_text("松涛街道")
    expect(page.locator(".leaflet-tooltip", has_text="银杏社区 3 件")).to_be_visible()
    page.locator('[data-place="yinxing"] .n').click()
    expect(page.locator("#rows article")).to_have_count(3)
    expect(page.locator(".ms-map")).to_have_count(0)


def test_the_map_without_scripts_or_pointer(spread: None, visit: Visit) -> None:
    """The list says all of it; with the keyboard alone the same places open."""
    page = visit(scripts=False)
    page.goto("/hall?view=map")
    expect(page.locator(".ms-map")).to_be_hidden()
    expect(page.locator(".finding")).to_contain_text("青禾区最多，4 件")
    page.get_by_role("link", name="青禾区", exact=True).click()
    page.get_by_role("link", name="松涛街道", exact=True).click()
    page.get_by_role("link", name="银杏社区的 3 件，看列表").click()
    expect(page.locator("#rows article")).to_have_count(3)

    keys = visit()
    keys.goto("/hall?view=map")
    keys.locator('[data-place="qinghe"] .name').focus()
    keys.keyboard.press("Enter")
    expect(keys.locator("#h-map")).to_have_text("青禾区")


def test_colours_follow_the_theme(spread: None, visit: Visit) -> None:
    """The map is drawn in the tokens of the page, also after 深色 was tapped."""
    page = visit()
    page.goto("/hall?view=map")
    expect(page.locator(".leaflet-tooltip").first).to_be_visible()
    read = "canvas => Array.from(canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data).slice(0, 3)"
    light = page.locator(".ms-map canvas").evaluate(read)
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_function(f"was => String(({read})(document.querySelector('.ms-map canvas'))) !== was", arg=",".join(map(str, light)))


def test_the_feed_of_what_is_looked_at(spread: None, visit: Visit) -> None:
    """The link follows the conditions without a reload."""
    page = visit()
    page.goto("/hall")
    page.get_by_label("在哪里").select_option("minghu")
    expect(page.locator("#rows article")).to_have_count(1)
    expect(page.get_by_role("link", name="订阅", exact=True)).to_have_attribute("href", "/hall.atom?district=minghu")
    page.get_by_label("街道、社区").select_option(index=1)
    expect(page.locator("#rows article")).to_have_count(0)
    page.get_by_label("在哪里").select_option("qinghe")
    expect(page.locator("#rows article")).to_have_count(4)


# --- the form -----------------------------------------------------------------------------------------------------------------


def test_picking_on_the_map(city: World, visit: Visit) -> None:
    """Loaded when it is opened; a tap, or the keys and the button for the middle, say where it is, and the case gets the point."""
    page = visit(phone=True)
    page.goto("/new")
    assert page.evaluate("typeof L") == "undefined"
    fill(page, place="")
    page.get_by_role("button", name="在地图上选").click()
    tap(page, "白鹭县")
    expect(page.locator("#spot")).to_contain_text("白鹭县")
    expect(page.get_by_label("在哪个区县")).to_have_value("bailu")

    page.locator("#map").focus()
    for _ in range(3):
        page.keyboard.press("Equal")
    with page.expect_response(re.compile("/places/at")):
        page.get_by_role("button", name="选十字中间").press("Enter")
    expect(page.locator("#spot b")).not_to_contain_text("白鹭县")
    shown = page.locator("#spot b").inner_text()
    case = sent(page)
    assert case.lat is not None
    assert case.place is not None
    tree = directories.current()
    assert tree.places[tree.place_ancestors(case.place)[-1]].name == shown.split(" ")[0]


def test_a_border_is_asked_about(city: World, visit: Visit) -> None:
    """Standing on the border of two districts: both are named, the chosen one is filed."""
    one, other = next(neighbours("district"))
    page = visit(phone=True)
    stand(page, *between(one, other))
    page.goto("/new")
    fill(page)
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.get_by_text("已记下您的位置，误差约 12 米")).to_be_visible()
    expect(page.get_by_role("group", name="在交界处，请选一个")).to_be_visible()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-errors")).to_be_focused()
    expect(page.locator(".ms-errors")).to_contain_text("在交界处，请选是哪一边")
    expect(page.locator("#place")).to_have_value(REPORT["place"])
    names = page.locator("#border label").all_inner_texts()
    assert {name.split(" ")[0] for name in names} >= {city_files("yunchuan").places[code].name for code in (one, other)}
    page.locator("#border label").last.click()
    case = sent(page)
    assert case.district is not None
    assert city_files("yunchuan").places[case.district].name == names[-1].split(" ")[0]


def test_standing_in_another_country(city: World, visit: Visit) -> None:
    """Kind words at once; the words that were typed are enough."""
    page = visit(phone=True)
    stand(page, 48.8566, 2.3522)
    page.goto("/new")
    fill(page)
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator("#spot")).to_contain_text("这个位置不在云川市")
    assert sent(page).lat is None


def test_a_place_that_is_known_by_name(city: World, visit: Visit) -> None:
    """While typing, known places are offered; a tap takes one over, more words may follow."""
    page = visit(phone=True)
    page.goto("/new")
    fill(page, place="")
    page.locator("#place").press_sequentially("银杏花园1")
    page.locator("#known").get_by_role("button", name="银杏花园1栋").click()
    expect(page.locator("#place")).to_have_value("银杏花园1栋")
    expect(page.locator("#place")).to_be_focused()
    expect(page.locator("#spot")).to_contain_text("青禾区 松涛街道 银杏社区 银杏花园1栋")
    expect(page.locator("#known button")).to_have_count(0)
    page.locator("#place").press_sequentially(" 3 单元")
    assert sent(page).place == "yinxing-b1"


def test_a_sign_is_scanned_on_the_page(city: World, visit: Visit) -> None:
    page = visit(phone=True)
    page.add_init_script(CAMERA)
    page.goto("/new")
    fill(page)
    page.get_by_text("扫楼栋码，或填牌子上的编号").click()
    page.get_by_role("button", name="打开摄像头扫码").click()
    expect(page.locator("#spot")).to_contain_text("银杏花园1栋")
    expect(page.locator("#plate")).to_have_value("yinxing-b1")
    case = sent(page)
    assert (case.place, case.channel) == ("yinxing-b1", "qr")


def test_a_sign_without_a_camera_and_a_wrong_one(city: World, visit: Visit) -> None:
    """Where the browser cannot read codes, the code under the sign is copied; a wrong one is said kindly, with scripts and without."""
    for scripts in (True, False):
        page = visit(phone=True, scripts=scripts)
        page.goto("/new")
        fill(page, text=f"{REPORT['text']} {scripts}")
        page.get_by_text("扫楼栋码，或填牌子上的编号").click()
        expect(page.get_by_role("button", name="打开摄像头扫码")).to_be_hidden()
        page.locator("#plate").fill("yinxing-b99")
        page.locator("#plate").blur()
        if scripts:
            expect(page.locator("#spot")).to_contain_text("没有这个编号")
        page.get_by_role("button", name="提交").click()
        expect(page.locator("#plate-why")).to_contain_text("没有这个编号")
        page.locator("#plate").fill("yinxing-b1")
        assert sent(page).place == "yinxing-b1"


def test_the_hidden_position_belongs_to_the_last_that_was_said(city: World, visit: Visit) -> None:
    """First scanned, then picked elsewhere: the sign no longer counts."""
    page = visit(phone=True)
    place = directories.current().places["qinghe"]
    assert place.lat
    assert place.lng
    stand(page, *geo.to_wgs84(*geo.to_gcj02(place.lat, place.lng)))
    page.goto("/new?place=yinxing-b1")
    expect(page.get_by_text("您扫的是")).to_be_visible()
    fill(page, place="路口")
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator("#spot b")).to_be_visible()
    expect(page.get_by_text("您扫的是")).to_have_count(0)
    case = sent(page)
    assert case.channel == "web"
    assert case.lat is not None

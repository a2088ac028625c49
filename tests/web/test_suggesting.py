"""边写边提示 and the preview: as a part of the page for htmx, and without scripts as the same form filled in."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from minsheng.commands import articles
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.models.case import Attachment, Case
from minsheng.models.content import Article
from minsheng.queries import directory as directories
from minsheng.queries import similar
from tests.commands import scenes
from tests.world import World

HTMX = {"HX-Request": "true"}
TEXT = "银杏花园北门的路灯全都不亮，晚上看不见路，已经一个星期了。"
FORM = {
    "text": TEXT,
    "title": "",
    "place": "银杏花园北门",
    "district": "qinghe",
    "name": "李女士",
    "phone": "138 0000 0001",
    "visibility": "public",
    "category": "",
}
LAMPS = Draft(kind="knowledge", slug="street-lamps", title="路灯不亮，怎么报最快", summary="记下编号。", body="灯杆上有编号。", category="0202")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    similar.forget()
    return city


def part(client: Client, path: str = "/new/suggest", *, status: int = 200, **changed: str) -> str:
    """What htmx gets."""
    answer = client.post(path, {**FORM, **changed}, headers=HTMX)
    assert answer.status_code == status, answer.content.decode()[:500]
    page = str(answer.content.decode())
    assert "<html" not in page
    return page


def whole(client: Client, path: str = "/new/suggest", *, status: int = 200, **changed: Any) -> str:
    """What a browser without scripts gets: the same form, filled in."""
    answer = client.post(path, {**FORM, **changed})
    assert answer.status_code == status, answer.content.decode()[:500]
    return str(answer.content.decode())


# --- suggestions ------------------------------------------------------------------------------------------------------------------


def test_the_same_nearby_leads_to_joining_it(city: World, client: Client) -> None:
    code = city.file(title="路灯不亮", body="北门的路灯坏了三盏，晚上看不见路。电话 13800000012。", place="yinxing-b1")
    page = part(client)
    assert "附近有人反映过" in page and f"/cases/{code}#join" in page and "我家也是，算我一个" in page
    assert "138" not in page
    assert "有人反映过类似的" in part(client, place="", district="", text=TEXT.replace("银杏花园", "")), (
        "where nobody knows the place it is not said to be near"
    )


def test_what_is_over_can_be_read_but_not_joined(city: World, client: Client) -> None:
    code = scenes.closed(city, title="路灯不亮", body="北门的路灯坏了三盏，晚上看不见路。", place="yinxing-b1")
    page = part(client)
    assert f"/cases/{code}" in page and "已经结束" in page and "算我一个" not in page and "算上您" not in page


def test_the_answer_that_is_known(city: World, client: Client) -> None:
    """Offered; 没用 counts and does not offer it again; nothing else is lost."""
    articles.load([LAMPS], by=SYSTEM)
    page = part(client)
    assert "也许能马上帮到您" in page and "/help/street-lamps" in page
    again = part(client, not_this="street-lamps")
    assert "也许能马上帮到您" not in again and 'name="no_help" value="street-lamps"' in again
    assert "也许能马上帮到您" not in part(client, no_help="street-lamps")
    assert (Article.objects.get().helped, Article.objects.get().not_helped) == (0, 1)
    part(client, not_this="street-lamps")
    assert Article.objects.get().not_helped == 1, "once for each browser"


def test_the_guess_says_how_sure_and_why(city: World, client: Client) -> None:
    page = part(client, text="夜间施工噪音太大，工地天天施工到半夜。")
    assert "噪音扰民 › 夜间施工噪音" in page and "把握" in page and "「夜间施工噪音」" in page
    assert 'id="guesses"' in page and 'value="050101"' in page
    chosen = part(client, text="夜间施工噪音太大，工地天天施工到半夜。", category="050105")
    assert "按您选的归到" in chosen and "生活与邻居噪音" in chosen
    assert '<option value="050105" selected>' in chosen


def test_danger_is_said_first_and_with_numbers(city: World, client: Client) -> None:
    page = part(client, text="楼道里闻到煤气味，好像煤气泄漏了。")
    assert page.index("有危险先打电话") < 200 or "ms-alarm" in page[:600]
    for number in ("110", "119", "120"):
        assert f"tel:{number}" in page
    assert "ms-alarm" not in part(client, text="楼道里的灯坏了，麻烦来修一修。")


@pytest.mark.parametrize("text", ["", "   \n ", "路灯", "的的的的的的的的"])
def test_too_little_says_nothing(city: World, client: Client, text: str) -> None:
    page = part(client, text=text)
    assert "ms-live" not in page and "ms-alarm" not in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": "字" * 12_000}, "最多 4,000 字，您写了 12,000 字"),
        ({"text": "路灯\x00不亮了好几天"}, "看不见的控制字符"),
        ({"title": "长" * 200}, "最多 60 字"),
        ({"category": "nonsense"}, "没有这个类别"),
    ],
)
def test_bad_words_are_refused_where_they_stand(city: World, client: Client, changed: dict[str, str], said: str) -> None:
    """As a part, and on the whole page with everything that was typed."""
    assert said in part(client, status=422, **changed)
    page = whole(client, status=422, **changed)
    assert said in page and "李女士" in page and "138 0000 0001" in page and 'action="/new"' in page


@pytest.mark.parametrize(
    "odd",
    [
        {"lat": "999", "lng": "999"},
        {"lat": "here", "lng": ""},
        {"lat": "nan", "lng": "inf"},
        {"district": "atlantis"},
        {"scanned": "lost"},
        {"kind": "poem", "visibility": "maybe"},
        {"place": "长" * 5000},
        {"no_help": "'; DROP TABLE ms_article; --"},
    ],
)
def test_an_odd_place_is_no_place_and_nothing_breaks(city: World, client: Client, odd: dict[str, str]) -> None:
    articles.load([LAMPS], by=SYSTEM)
    assert "/help/street-lamps" in part(client, **odd)
    assert "别人会看到的样子" in part(client, "/new/preview", **odd)


def test_without_scripts_the_same_form_comes_back(city: World, client: Client) -> None:
    """Filled in, with what was found, or with the words that nothing was; nothing is filed."""
    assert "没有找到类似的" in whole(client)
    articles.load([LAMPS], by=SYSTEM)
    page = whole(client, category="020201")
    assert "也许能马上帮到您" in page and "按您选的归到" in page
    assert TEXT in page and "李女士" in page and "银杏花园北门" in page
    assert '<option value="020201" selected>' in page
    assert not Case.objects.exists()
    for path in ("/new/suggest", "/new/preview"):
        assert client.get(path)["Location"] == "/new", "loaded again it is the form"


def test_without_scripts_photos_are_taken_in_once(city: World, client: Client) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 48)).save(picture, "JPEG")
    page = whole(client, photos=SimpleUploadedFile("a.jpg", picture.getvalue(), content_type="image/jpeg"))
    assert Attachment.objects.filter(case=None).count() == 1
    assert f'value="{Attachment.objects.get().ticket}"' in page and "这些已经收到" in page


def test_few_queries_and_a_limit_for_each_address(city: World, client: Client) -> None:
    articles.load([LAMPS], by=SYSTEM)
    for n in range(12):
        city.file(title=f"路灯不亮 {n}", body="北门的路灯坏了三盏，晚上看不见路。", place="yinxing-b1")
    part(client)
    with CaptureQueriesContext(connection) as asked:
        part(client)
    assert len([query for query in asked if "ms_hall" in query["sql"] or "ms_article" in query["sql"]]) == 2
    assert len(asked) <= 3
    codes = [client.post("/new/suggest", FORM, headers=HTMX).status_code for _ in range(60)]
    assert codes[0] == 200 and codes[-1] == 429
    page = whole(client, status=429)
    assert "操作太频繁了" in page and TEXT in page


# --- the chosen category ----------------------------------------------------------------------------------------------------------


def test_the_case_is_filed_under_what_was_chosen(city: World, client: Client) -> None:
    """Without a choice the machine sorts; an unknown code is refused in words and nothing is lost."""
    assert client.post("/new", {**FORM, "category": "020201"}).status_code == 302
    assert Case.objects.latest("id").category == "020201"
    answer = client.post("/new", {**FORM, "category": "nonsense"})
    assert answer.status_code == 422
    assert "没有这个类别" in answer.content.decode() and TEXT in answer.content.decode()
    assert Case.objects.count() == 1


# --- preview ----------------------------------------------------------------------------------------------------------------------


def test_the_preview_shows_what_others_will_see(city: World, client: Client) -> None:
    text = "3 单元路灯不亮，电话 13800000012，联系人王小明，车牌京A12345。"
    page = part(client, "/new/preview", text=text, title="路灯不亮", scanned="yinxing-b1")
    own, seen = page.split("别人会看到的样子", 1)
    assert "13800000012" in own and "王小明" in own
    assert "13800000012" not in seen and "王小明" not in seen and "京A12345" not in seen
    assert "手机号 1 处" in seen and "姓名 1 处" in seen and "照片由工作人员看过后才公开" in seen
    assert "银杏社区第1网格" in seen and "1栋" not in seen, "the grid, not the building"
    assert "已提交" in seen


def test_the_place_is_the_one_it_will_be_filed_under(city: World, client: Client) -> None:
    """A name in the words finds what is nearby, but nothing is filed under it."""
    page = part(client, "/new/preview", text="银杏花园1栋的路灯不亮了。", place="", district="")
    assert "青禾区" not in page and "地点只公开到片区" in page
    assert "青禾区" in part(client, "/new/preview")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"visibility": "private"}, "只有办理这件事的人看得到"),
        ({"kind": "report"}, "举报一律保密"),
        ({"category": "080401"}, "大厅里不会有这一件"),
    ],
)
def test_what_is_not_public_says_that_nobody_sees_it(city: World, client: Client, changed: dict[str, str], said: str) -> None:
    page = part(client, "/new/preview", **changed)
    assert said in page and TEXT not in page and "别人会看到的样子" not in page


def test_the_preview_without_scripts(city: World, client: Client) -> None:
    page = whole(client, "/new/preview", text="路灯不亮，电话 13800000012。")
    assert "［手机号已隐去］" in page and "李女士" in page and 'action="/new"' in page
    assert "先在第 1 项写上" in whole(client, "/new/preview", status=422, text=" ")
    assert not Case.objects.exists()


@pytest.mark.parametrize("path", ["/new/suggest", "/new/preview"])
def test_a_page_that_was_open_too_long_comes_back_whole(city: World, path: str) -> None:
    """Without a good token nothing is looked up; everything that was typed is still there."""
    client = Client(enforce_csrf_checks=True)
    answer = client.post(path, FORM)
    page = answer.content.decode()
    assert answer.status_code == 422 and "放得太久" in page
    assert TEXT in page and "李女士" in page


@pytest.mark.parametrize("path", ["/new/suggest", "/new/preview"])
def test_a_part_of_the_page_takes_no_whole_one(city: World, path: str) -> None:
    """… and sets no cookie, which would spoil the token that the form is being sent with at the same moment."""
    answer = Client(enforce_csrf_checks=True).post(path, FORM, headers=HTMX)
    assert (answer.status_code, answer.content, list(answer.cookies)) == (403, b"", [])


def test_a_place_that_was_copied_from_a_plate_counts(city: World, client: Client) -> None:
    """A suggestion that was taken, and a position: what the form will be filed under is what the preview shows."""
    assert "银杏社区第1网格" in part(client, "/new/preview", scanned="yinxing-b1", district="")
    spot = directories.current().places["yinxing"]
    page = part(client, "/new/preview", lat=str(spot.lat), lng=str(spot.lng), district="", place="")
    assert "青禾区" in page

"""The hall as a page, a map and a feed: the same conditions everywhere, bad ones said in words, nothing stale and nothing private."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from minsheng import clock
from minsheng.commands import answering, handling
from minsheng.conf.tiles import tiles
from minsheng.models.case import Attachment
from minsheng.models.read import HallRow
from minsheng.queries import cases
from minsheng.web import environment
from tests.commands.scenes import CLERK, GOOD, checked, dispatched, handled
from tests.world import World

STATIC = Path(environment.__file__).resolve().parents[1] / "static"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def page(client: Client, path: str, *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return re.sub(r"\s+", " ", answer.content.decode())


def rows(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/cases/(\w+)">', html)


# --- rows ---------------------------------------------------------------------------------------------------------------------


def test_a_row_says_where_how_far_and_what_is_promised(city: World, client: Client) -> None:
    code = handled(city)
    HallRow.objects.filter(code=code).update(supporters=3)
    html = page(client, "/hall")
    assert rows(html) == [code]
    assert "青禾区 银杏社区" in html
    assert "银杏花园" not in html
    assert "办理中" in html
    assert "3 人也遇到" in html
    assert re.search(r"承诺 <b>3 月 5 日 24:00</b> 前答复，<b>剩 3 天 15 小时</b>", html)
    city.wait("5 days")
    late = page(client, "/hall")
    assert re.search(r"承诺 <b>3 月 5 日 24:00</b> 前答复，<b>超 2 天</b>", late)
    assert 'data-l="over"' in late


def test_an_answer_says_whether_it_came_in_time(city: World, client: Client) -> None:
    checked(city)
    html = page(client, "/hall")
    assert "更换了银杏花园1栋" in html
    assert "按时答复" in html
    late = handled(city)
    city.until(city.deadline(late, "answer").due_at)
    city.wait("26 minutes")
    city.do(answering.answer, late, by=CLERK, outcome="solved", text=GOOD)
    assert "答复晚了 26 分" in page(client, "/hall")


def test_what_has_changed_is_drawn_anew_at_once(city: World, client: Client) -> None:
    """Rows are kept, and never stale: state, words, age, language."""
    code = dispatched(city)
    assert "已派单" in page(client, "/hall")
    city.do(handling.claim, code, by=CLERK)
    html = page(client, "/hall")
    assert "办理中" in html
    assert "刚刚" in html
    city.wait("7 minutes")
    assert "7 分钟前" in page(client, "/hall")
    city.until("2026-03-03T08:00+08:00")
    assert "昨天 09:00" in page(client, "/hall")
    assert "yesterday 09:00" in client.get("/hall", headers={"accept-language": "en"}).content.decode()
    HallRow.objects.filter(code=code).update(title="换了个标题")
    assert "换了个标题" in page(client, "/hall")


def test_rows_drawn_before_cost_no_question(city: World, client: Client) -> None:
    for n in range(5):
        dispatched(city, title=f"路灯 {n}", body=f"路灯不亮，第 {n} 次。")
    page(client, "/hall")
    with CaptureQueriesContext(connection) as again:
        page(client, "/hall")
    assert len(again) == 1
    dispatched(city)
    with CaptureQueriesContext(connection) as fresh:
        page(client, "/hall")
    assert len(fresh) == 2


def test_what_people_wrote_is_never_markup(city: World, client: Client) -> None:
    dispatched(city, title="<script>alert(1)</script>", body="<b>粗</b>路灯不亮，看不见路。")
    for path in ("/hall", "/hall?view=map", "/"):
        html = page(client, path)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_a_released_picture_stands_beside_the_row(city: World, client: Client) -> None:
    code = dispatched(city)
    digest = "ab" * 32
    Attachment.objects.create(case=city.case(code), digest="cd" * 32, thumbnail=digest, public=True, media_type="image/jpeg", size=1, at=clock.now())
    HallRow.objects.filter(code=code).update(photo=digest)
    found = re.search(r'<img class="ms-thumb"[^>]*>', page(client, "/hall"))
    assert found
    assert f'src="/cases/{code}/photos/{digest}"' in found[0]
    assert 'loading="lazy"' in found[0]
    assert 'width="92"' in found[0]


# --- conditions ---------------------------------------------------------------------------------------------------------------


def test_conditions_of_the_address(city: World, client: Client) -> None:
    lamp = dispatched(city)
    city.until("2026-03-20T09:00+08:00")
    lake = city.file(body="湖边的护栏松了，很危险。", title="护栏松了", district="minghu", kind="help")
    both = [lake, lamp]
    category = city.case(lamp).category or ""
    for query, found in {
        "": both, "district=qinghe": [lamp], "place=songtao": [lamp], "place=yinxing-g1": [lamp], "district=minghu&place=songtao": [lake],
        f"category={category[:2]}": both, f"category={category[:2]}&matter={category[:4]}": [lamp], f"category={category}": [lamp],
        f"category=01&matter={category[:4]}": [], "tag=over": [lamp], "kind=help": [lake], "when=7": [lake], "when=30": both, "when=year": both,
        "from=2026-03-02&to=2026-03-02": [lamp], "from=2026-03-03": [lake], "to=2026-03-19": [lamp], "when=7&from=2026-03-02": both, "q=护栏": [lake],
        "tag=registered": [], "q=路灯&district=qinghe&when=30": [lamp],
    }.items():  # fmt: skip
        assert rows(page(client, f"/hall?{query}")) == found, query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("district=mars", "没有「mars」这个地方"), ("place=mars", "没有「mars」这个地方"), ("category=99", "没有「99」这类事"), ("matter=9999", "没有「9999」这类事"),
        ("tag=nonsense", "没有「nonsense」这个选项"), ("kind=report", "没有「report」这个选项"), ("when=5", "没有「5」这个选项"),
        ("from=gestern", "「gestern」不是日期"), ("to=2026-02-30", "「2026-02-30」不是日期"), ("from=0001-01-01", "不是日期"), ("from=2026-03-05&to=2026-03-01", "开始的日子在结束之后"),
        ("cursor=nonsense", "翻页的位置不对"), ("place=yinxing-b1", "不能只看一栋楼"), ("district=" + "x" * 5000, "没有「xxx"), ("q=%00&tag=%00x", "没有「x」"),
    ],
)  # fmt: skip
def test_what_is_no_condition_is_said_and_left_out(city: World, client: Client, query: str, words: str) -> None:
    """422 with words; what holds is still listed, in every view."""
    code = dispatched(city)
    html = page(client, f"/hall?{query}", status=422)
    assert words in html
    assert "错误：" in html
    assert rows(html) == [code]
    assert rows(page(client, f"/hall?view=map&{query}", status=422)) == [code]
    assert client.get(f"/hall/map.json?{query}").status_code == 200
    assert client.get(f"/hall.atom?{query}").status_code == 200


def test_the_form_remembers_and_offers_the_nearer_choices(city: World, client: Client) -> None:
    """With a district its streets and communities can be chosen, with a category those below it; stages keep the other conditions."""
    dispatched(city)
    bare = page(client, "/hall")
    assert 'id="place"' not in bare
    assert 'id="matter"' not in bare
    html = page(client, "/hall?district=qinghe&category=02&kind=complaint&q=路灯&when=30")
    for chosen in ("qinghe", "02", "complaint", "30"):
        assert f'<option value="{chosen}" selected>' in html
    assert '<option value="songtao">松涛街道</option>' in html
    assert "银杏社区</option>" in html
    assert "grid" not in html
    assert '<option value="0202"' in html
    assert "/hall?q=%E8%B7%AF%E7%81%AF&amp;tag=closed&amp;district=qinghe&amp;category=02&amp;kind=complaint&amp;when=30" in html


def test_overdue_is_counted_where_nothing_else_is_asked(city: World, client: Client) -> None:
    dispatched(city)
    city.wait("10 days")
    assert re.search(r'已超时\s*<span class="num">1</span>', page(client, "/hall"))
    assert not re.search(r'已超时\s*<span class="num">', page(client, "/hall?district=minghu"))


@pytest.mark.parametrize(("waiting", "late"), [("2 hours", False), ("10 days", True)])
def test_the_hall_and_the_page_agree_on_what_is_late(city: World, client: Client, waiting: str, *, late: bool) -> None:
    """A clock of the office itself, such as dispatching within minutes, makes no request late that has three days to go."""
    code = city.file(title="门口那个东西", body="门口那个东西什么时候弄走？", place="yinxing-b1")
    city.wait(waiting)
    assert any(row.late_now for row in cases.public(code).promises)
    for path in ("/hall", f"/cases/{code}"):
        chips = re.findall(r'<span class="ms-tag[^>]*>.*?</span>', page(client, path), re.DOTALL)
        assert any("已超时" in chip for chip in chips) is late, path


def test_pages_go_on_under_the_same_conditions(city: World, client: Client) -> None:
    for n in range(23):
        dispatched(city, title=f"路灯 {n}", body=f"路灯不亮，第 {n} 次。")
    html = page(client, "/hall?place=yinxing&q=路灯")
    following = re.search(r'href="(/hall\?[^"]*cursor=[^"]*)"', html)
    assert following
    assert len(rows(html)) == 20
    assert len(rows(page(client, following[1].replace("&amp;", "&")))) == 3


# --- map ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def spread(city: World) -> list[str]:
    return [dispatched(city, place=place) for place in ("yinxing-b1", "yinxing-b2", "yinxing", "songtao")] + [
        city.file(body="湖边的护栏松了，很危险。", title="护栏松了", district="minghu")
    ]


def test_the_map_is_a_list_of_places_first(client: Client, spread: list[str]) -> None:
    """Without scripts: what stands out in a sentence, every place with its counts, links into it and to its requests."""
    html = page(client, "/hall?view=map")
    assert "青禾区最多，4 件，说得最多的是市政设施与公用事业；没有超时的。" in html
    assert '<a class="name" href="/hall?district=qinghe&amp;view=map">青禾区</a>' in html
    inside = page(client, "/hall?view=map&district=qinghe")
    assert '<a class="name" href="/hall?district=qinghe&amp;place=songtao&amp;view=map">松涛街道</a>' in inside
    assert 'href="/hall?view=map"' in inside
    assert len(rows(inside)) == 4
    deepest = page(client, "/hall?view=map&district=qinghe&place=yinxing")
    assert "没有写到更细" in deepest
    assert "银杏花园" not in deepest
    assert "没有写到" not in page(client, "/hall?view=map&district=minghu&q=恐龙")


def test_no_point_and_no_building_leaves_the_server(client: Client, spread: list[str]) -> None:
    """The data of the map: counts by place, outlines of what is public."""
    for level in ("district", "street", "community", "grid"):
        said = client.get(f"/hall/map.json?level={level}").json()
        assert sorted(said) == ["counted", "cutoff", "level", "newest", "places"]
        assert all(set(place) == {"code", "name", "n", "overdue", "shade", "top"} for place in said["places"])
        assert not [place for place in said["places"] if "-b" in place["code"]]
        text = json.dumps(said)
        assert not re.search(r"\b(lat|lng|29\.5|111\.9|112\.0)", text)
        assert not [code for code in spread if code in text]
    assert client.get("/places.json?level=building").status_code == 422


def test_counts_agree_with_the_list(client: Client, spread: list[str]) -> None:
    said = {place["code"]: place["n"] for place in client.get("/hall/map.json?level=district").json()["places"]}
    assert said == {"qinghe": 4, "minghu": 1}
    for code, n in said.items():
        assert len(rows(page(client, f"/hall?district={code}"))) == n
    filtered = client.get("/hall/map.json?q=护栏&level=district").json()
    assert (filtered["counted"], [place["code"] for place in filtered["places"]]) == (1, ["minghu"])
    assert {place["code"] for place in client.get("/hall/map.json?place=yinxing").json()["places"]} == {"yinxing-g1"}


def test_a_window_trims_the_answer(client: Client, spread: list[str]) -> None:
    assert client.get("/hall/map.json?level=district&bounds=0,0,1,1").json()["places"] == []
    whole = client.get("/hall/map.json?level=district&bounds=100,20,120,40").json()["places"]
    assert len(whole) == 2


@pytest.mark.parametrize(
    "path",
    ["/hall/map.json?level=building", "/hall/map.json?bounds=1,2,3", "/hall/map.json?bounds=a,b,c,d", "/hall/map.json?bounds=nan,0,1,inf", "/places.json?level=x",
     "/places.json?datum=bd09", "/places.json?bounds=,,,"],
)  # fmt: skip
def test_bad_questions_of_the_map(city: World, client: Client, path: str) -> None:
    assert client.get(path).status_code == 422


def test_outlines_may_be_kept_for_ever_under_their_version(city: World, client: Client) -> None:
    address = re.search(r'data-outlines="([^"]+)"', page(client, "/hall?view=map"))
    assert address
    answer = client.get(address[1].replace("&amp;", "&"))
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/geo+json"
    assert {feature["properties"]["name"] for feature in answer.json()["features"]} >= {"青禾区", "明湖区"}
    assert "immutable" not in client.get("/places.json?v=0")["Cache-Control"]


def test_no_tile_is_asked_for_by_default_and_a_provider_by_setting(city: World, client: Client) -> None:
    assert 'data-layers="[]"' in page(client, "/hall?view=map")
    with override_settings(MINSHENG_TILES=tiles("amap")):
        html = page(client, "/hall?view=map")
        assert "autonavi.com" in html
        assert 'data-note="高德地图"' in html
        address = re.search(r'data-outlines="([^"]+)"', html)
        assert address
        assert "datum=gcj02" in address[1]
        moved = client.get(address[1].replace("&amp;", "&")).json()
    plain = client.get("/places.json?level=district").json()
    assert moved != plain


# --- feed ---------------------------------------------------------------------------------------------------------------------


def test_the_feed_is_atom(client: Client, city: World) -> None:
    """RFC 4287: ids, times, links, an author; released text only; the conditions of the hall."""
    answered, lake = checked(city), city.file(body="湖边的护栏松了，很危险。", title="护栏 & 台阶", district="minghu")
    city.file(body="邻居家里的事，请不要公开。", wish="private", place="yinxing-b1")
    answer = client.get("/hall.atom?when=30", headers={"host": "12345.example.cn:8000"})
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=60"
    root = ET.fromstring(answer.content)
    assert root.findtext("a:id", namespaces=ATOM) == "tag:12345.example.cn,2026:hall.atom?when=30"
    links = {link.get("rel"): link.get("href") for link in root.findall("a:link", ATOM)}
    assert links == {"self": "http://12345.example.cn:8000/hall.atom?when=30", "alternate": "http://12345.example.cn:8000/hall?when=30"}
    assert root.findtext("a:author/a:name", namespaces=ATOM)
    assert "最近 30 天" in (root.findtext("a:title", namespaces=ATOM) or "")
    entries = root.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [f"tag:12345.example.cn,2026:cases/{code}" for code in (lake, answered)]
    for entry in (root, *entries):
        moment = datetime.fromisoformat(str(entry.findtext("a:updated", namespaces=ATOM)).replace("Z", "+00:00"))
        assert moment <= clock.now()
    assert entries[0].findtext("a:title", namespaces=ATOM) == "护栏 & 台阶"
    assert "更换了银杏花园1栋" in (entries[1].findtext("a:summary", namespaces=ATOM) or "")
    assert "不要公开" not in answer.content.decode()
    assert [
        entry.findtext("a:title", namespaces=ATOM) for entry in ET.fromstring(client.get("/hall.atom?district=minghu").content).findall("a:entry", ATOM)
    ] == ["护栏 & 台阶"]


def test_a_feed_that_is_known_is_not_sent_again(client: Client, city: World) -> None:
    code = dispatched(city)
    first = client.get("/hall.atom")
    assert client.get("/hall.atom", headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.get("/hall.atom", headers={"if-none-match": f'"other", W/{first["ETag"]}'}).status_code == 304
    assert client.get("/hall.atom", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    assert client.get("/hall.atom?q=路灯", headers={"if-none-match": first["ETag"]}).status_code == 200
    city.wait("2 minutes")
    city.do(handling.claim, code, by=CLERK)
    assert client.get("/hall.atom", headers={"if-none-match": first["ETag"]}).status_code == 200
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    assert client.get("/hall.atom", headers={"if-modified-since": first["Last-Modified"]}).status_code == 200


def test_an_empty_feed_is_a_feed(client: Client, city: World) -> None:
    root = ET.fromstring(client.get("/hall.atom?q=恐龙").content)
    assert root.findall("a:entry", ATOM) == []
    assert root.findtext("a:updated", namespaces=ATOM)


def test_odd_letters_do_not_break_the_feed(client: Client, city: World) -> None:
    code = dispatched(city)
    HallRow.objects.filter(code=code).update(title="坏\x01字\x0c符")
    root = ET.fromstring(client.get("/hall.atom?q=%01%02路灯").content)
    assert root.findtext("a:entry/a:title", namespaces=ATOM) == "坏字符"


def test_the_page_names_its_feed(client: Client, city: World) -> None:
    html = page(client, "/hall?district=qinghe")
    assert re.search(r'<link rel="alternate" type="application/atom\+xml" title="青禾区" href="/hall.atom\?district=qinghe">', html)
    assert 'class="ms-feed" href="/hall.atom?district=qinghe"' in html


# --- weight -------------------------------------------------------------------------------------------------------------------


def test_pages_are_light(client: Client, city: World) -> None:
    """HTML ≤ 30 KB gzipped; what a first visit loads besides ≤ 200 KB; maps load only where they are shown."""
    for n in range(25):
        code = checked(city, title=f"路灯不亮 {n}", body=f"小区门口的路灯不亮，晚上看不见路，第 {n} 次说了，希望尽快修好。" * 3)
    for path in ("/", "/hall", "/hall?view=map&district=qinghe", "/rank", "/rank?kind=streets", "/new", f"/cases/{code}"):
        html = client.get(path).content
        assert len(gzip.compress(html)) <= 30_000, path
        files = re.findall(rb'<(?:link rel="stylesheet"|script)[^>]*?(?:href|src)="/static/([^"]+)"', html)
        weight = sum(len(gzip.compress((STATIC / name.decode()).read_bytes())) for name in files)
        assert 0 < weight <= 200_000, (path, weight)
        assert (b"vendor/leaflet" in b" ".join(files)) is ("map" in path), path
        assert b"echarts" not in html

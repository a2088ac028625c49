"""文章 at the desk, without scripts: only for editors of the centre; nothing typed is lost; old versions compared and taken up again."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from web.test_desk import PASSWORD, signed_in

from minsheng.domain.articles import BODY_LIMIT
from minsheng.models.content import Article, ArticleVersion
from minsheng.models.people import User
from minsheng.web.desk.article_history import difference
from tests.world import World

FORM = {
    "kind": "knowledge",
    "language": "zh",
    "slug": "street-lamps",
    "title": "路灯不亮",
    "summary": "看编号。",
    "body": "先看**编号**。",
    "category": "0202 路灯照明",
    "label": "",
}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


@pytest.fixture
def desk(city: World) -> Client:
    return signed_in("editor1")


def written(desk: Client, **changed: str) -> Article:
    answer = desk.post("/desk/articles/new", {**FORM, **changed})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Article.objects.latest("id")


def sent(desk: Client, row: Article, action: str, *, status: int = 302, **values: str | int) -> str:
    answer = desk.post(f"/desk/articles/{row.pk}/{action}", {**FORM, "seen": row.version, **values})
    assert answer.status_code == status, answer.content.decode()[:3000]
    row.refresh_from_db()
    return str(answer.content.decode())


@pytest.mark.parametrize("username", ["leader1", "callback1", "deputy1", "analyst1"])
def test_others_read_why_not(city: World, username: str) -> None:
    """403 in words on every address; a stranger is asked to sign in."""
    row = written(signed_in("editor1"))
    client = signed_in(username)
    for path in ("/desk/articles", "/desk/articles/new", f"/desk/articles/{row.pk}"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "知识由各单位的办理员和热线中心来写" in answer.content.decode()
    for path in ("/desk/articles/new", f"/desk/articles/{row.pk}/publish", "/desk/articles/preview"):
        assert client.post(path, {**FORM, "seen": 1}).status_code == 403
    assert Article.objects.get().status == "draft"
    assert Client().get("/desk/articles")["Location"].startswith("/desk/signin")


def test_written_seen_published_read_withdrawn(city: World, desk: Client) -> None:
    """The whole way: a draft is nobody's but the editors'; published it is read by everybody; withdrawn it is gone."""
    row = written(desk)
    page = desk.get(f"/desk/articles/{row.pk}").content.decode()
    assert "草稿存好了" in page and "<strong>编号</strong>" in page and "保存并发布" in page
    assert Client().get("/help/street-lamps").status_code == 404
    sent(desk, row, "publish", title="路灯不亮怎么报")
    assert (row.status, row.title, row.version) == ("published", "路灯不亮怎么报", 3)
    assert "路灯不亮怎么报" in Client().get("/help/street-lamps").content.decode()
    sent(desk, row, "save", title="路灯又改了")
    assert "路灯又改了" in Client().get("/help/street-lamps").content.decode()
    desk.get(f"/desk/articles/{row.pk}")
    sent(desk, row, "withdraw")
    assert Client().get("/help/street-lamps").status_code == 404
    assert "撤下了" in desk.get(f"/desk/articles/{row.pk}").content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": " "}, "请写标题"),
        ({"body": ""}, "请写正文"),
        ({"body": "字" * (BODY_LIMIT + 1)}, "最多 20,000 字"),
        ({"body": "坏\x00字"}, "看不见的控制字符"),
        ({"slug": "Lamps"}, "只用小写字母"),
        ({"category": "9999 没有的"}, "没有这个类别"),
        ({"place": "没有的地方"}, "没有这个地点"),
        ({"until": "明天", "kind": "notice"}, "2026-01-31 这样"),
        ({"until": "2026-03-05", "kind": "page", "slug": "privacy"}, "固定页面一直有效"),
        ({"until": "0001-01-01"}, "2026-01-31 这样"),
        ({"until": "2026-03-05", "since": "2026-03-06"}, "在生效的日子之后"),
        ({"owner": "city.nobody"}, "没有这个单位"),
        ({"language": "en"}, "-en 结尾"),
    ],
)
def test_a_mistake_keeps_everything(city: World, desk: Client, changed: dict[str, str], said: str) -> None:
    answer = desk.post("/desk/articles/new", {**FORM, **changed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "看编号。" in page and changed.get("body", "先看**编号**。")[-3:] in page
    assert not Article.objects.exists()


def test_a_colleague_was_faster(city: World, desk: Client) -> None:
    """409: what was typed is still there, what the colleague changed can be read, and the second try goes through."""
    row = written(desk)
    other = signed_in("admin1")
    other.post(f"/desk/articles/{row.pk}/save", {**FORM, "seen": 1, "body": "同事写的。"})
    page = sent(desk, row, "save", status=409, seen=1, body="我写的。")
    assert "同事刚刚改过这篇文章" in page and "我写的。" in page and f"?version={row.version}#changes" in page
    assert Article.objects.get().body == "同事写的。"
    for action in ("publish", "withdraw", "restore"):
        assert "同事刚刚改过" in sent(desk, row, action, status=409, seen=1, version=1)
    sent(desk, row, "save", body="我写的。")
    assert Article.objects.get().body == "我写的。"


@pytest.mark.parametrize("seen", ["", "x", "-1", "99"])
def test_an_odd_version_is_stale(city: World, desk: Client, seen: str) -> None:
    row = written(desk)
    assert "同事刚刚改过" in sent(desk, row, "save", status=409, seen=seen, body="别的")


def test_the_history_is_read_and_an_old_version_taken_up_again(city: World, desk: Client) -> None:
    row = written(desk, body="第一行\n第二行\n第三行\n第四行\n第五行\n第六行\n第七行\n第八行")
    sent(desk, row, "save", body="第一行\n第二行\n第三行\n第四行\n第五行\n第六行\n第七行\n最后一行")
    page = desk.get(f"/desk/articles/{row.pk}?version=2").content.decode()
    assert "<del>第八行</del>" in page and "<ins>最后一行</ins>" in page and "行没有变" in page
    assert "云川编辑" in page
    assert "这是第一版" in desk.get(f"/desk/articles/{row.pk}?version=1").content.decode()
    for odd in ("9", "x", "-1", "99999999999999999999"):
        assert desk.get(f"/desk/articles/{row.pk}?version={odd}").status_code == 200
    sent(desk, row, "restore", version=1)
    assert row.body.endswith("第八行") and row.version == 3
    assert ArticleVersion.objects.count() == 3


def test_a_page_that_must_be_there_is_not_withdrawn(city: World, desk: Client) -> None:
    row = written(desk, kind="page", slug="privacy", category="")
    sent(desk, row, "publish")
    assert "撤下以后大家马上看不到" not in desk.get(f"/desk/articles/{row.pk}").content.decode()
    assert "不能撤下" in sent(desk, row, "withdraw", status=409)


def test_the_preview_stores_nothing(city: World, desk: Client) -> None:
    """As a part for htmx, as the same page without it; for a new article and for one that is there."""
    htmx = desk.post("/desk/articles/preview", {**FORM, "body": "# 标题\n<script>x</script>"}, headers={"HX-Request": "true"}).content.decode()
    assert "<h2>标题</h2>" in htmx and "<script>x" not in htmx and "<html" not in htmx
    assert "<h2>标题</h2>" in desk.post("/desk/articles/preview", {**FORM, "body": "# 标题"}).content.decode()
    row = written(desk)
    page = desk.post("/desk/articles/preview", {**FORM, "number": row.pk, "body": "# 别的标题"}).content.decode()
    assert "<h2>别的标题</h2>" in page and "# 别的标题" in page
    assert Article.objects.get().body == "先看**编号**。"
    assert desk.get("/desk/articles/preview")["Location"] == "/desk/articles"


def test_the_english_twin(city: World, desk: Client) -> None:
    """Offered from the Chinese one with everything set; both lead to each other."""
    row = written(desk)
    page = desk.get(f"/desk/articles/{row.pk}").content.decode()
    assert "/desk/articles/new?kind=knowledge&amp;language=en&amp;slug=street-lamps-en" in page
    assert 'value="street-lamps-en"' in desk.get("/desk/articles/new?kind=knowledge&language=en&slug=street-lamps-en").content.decode()
    twin = written(desk, language="en", slug="street-lamps-en", title="Street lamps", body="Look for the number.")
    assert f'href="/desk/articles/{twin.pk}"' in desk.get(f"/desk/articles/{row.pk}").content.decode()
    assert f'href="/desk/articles/{row.pk}"' in desk.get(f"/desk/articles/{twin.pk}").content.decode()


def test_the_list(city: World, desk: Client) -> None:
    assert "这里还没有文章" in desk.get("/desk/articles").content.decode()
    row = written(desk)
    written(desk, kind="notice", slug="", title="停水", category="", until="2026-03-05", label="停水")
    page = desk.get("/desk/articles").content.decode()
    assert "路灯不亮" in page and "停水" in page and "notice-20260302" in page
    assert "停水" not in desk.get("/desk/articles?kind=knowledge&words=编号").content.decode().split("<tbody>")[1]
    assert "这里还没有文章" in desk.get("/desk/articles?status=withdrawn").content.decode()
    assert desk.get("/desk/articles?kind=poem").status_code == 422
    assert desk.get("/desk/articles/999").status_code == 404
    assert desk.get(f"/desk/articles/{row.pk}/burn").status_code == 302
    city.wait("5 days")
    assert "已过期" in signed_in("editor1").get("/desk/articles?kind=notice").content.decode()


def test_differences_read_like_text() -> None:
    lines = [(row.mark, row.words) for row in difference(["甲", "乙", "丙"], ["甲", "丁", "丙", "戊"])]
    assert lines == [("=", "甲"), ("-", "乙"), ("+", "丁"), ("=", "丙"), ("+", "戊")]
    long = [str(n) for n in range(20)]
    marks = [row.mark for row in difference(long, [*long, "新"])]
    assert marks == ["…", "=", "=", "+"]
    assert list(difference([], [])) == []


def test_a_page_that_was_open_too_long_comes_back_whole(city: World, desk: Client) -> None:
    """Without a good token nothing is stored; what was typed stands in the same form, to be sent once more."""
    row = written(desk)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = desk.cookies
    for path in ("/desk/articles/new", f"/desk/articles/{row.pk}/save", "/desk/articles/preview"):
        answer = strict.post(path, {**FORM, "number": row.pk if "new" not in path else "", "seen": 1, "body": "写了很久的正文"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "放得太久" in page and "写了很久的正文" in page
    for action in ("withdraw", "send_back"):
        answer = strict.post(f"/desk/articles/{row.pk}/{action}", {"seen": 1, "remark": "写了很久的理由"})
        page = answer.content.decode()
        assert answer.status_code == 422 and "放得太久" in page and "先看**编号**。" in page, "the words that are stored stand there, not an empty form"
    assert Article.objects.get().version == 1
    assert Client(enforce_csrf_checks=True).post("/desk/articles/new", FORM).status_code == 302, "a stranger is asked to sign in"

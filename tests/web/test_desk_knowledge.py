"""知识库 at the desk, without scripts: read, searched, proposed, reviewed; files; what was not found, worked off."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from web.test_desk import PASSWORD, signed_in

from minsheng import clock, wiring
from minsheng.adapters.storage import MemoryBlobs
from minsheng.commands import articles, limits
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.models.content import Article, ArticleFile, SearchMiss
from minsheng.models.people import User
from minsheng.queries import knowledge
from minsheng.web.desk import knowledge as screen
from tests.documents import PDF, docm
from tests.world import World

LAMPS = Draft(
    kind="knowledge", slug="street-lamps", title="路灯不亮怎么报", summary="看编号。", body="# 先看\n\n**编号**在灯杆上。打 {hotline}。", category="0202"
)
FEE = {
    "kind": "knowledge", "language": "zh", "title": "物业费怎么算", "summary": "按面积。", "body": "按**面积**算。", "category": "0301", "until": "",
}  # fmt: skip


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    for limit in (*limits.MISSES, *limits.MISSES_AT_ALL):
        limit.forget()
    return city


@pytest.fixture(autouse=True)
def blobs(monkeypatch: pytest.MonkeyPatch) -> MemoryBlobs:
    kept = MemoryBlobs()
    monkeypatch.setattr(wiring, "blobs", lambda: kept)
    return kept


def read(client: Client, path: str, *, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, (path, answer.status_code)
    return str(answer.content.decode())


def act(client: Client, number: int, action: str, *, status: int = 302, **values: object) -> str:
    answer = client.post(f"/desk/articles/{number}/{action}", {**FEE, **values})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def in_days(days: int) -> object:
    return end_of(clock.local(clock.now()).date() + timedelta(days=days))


# --- reading ------------------------------------------------------------------------------------------------------------------------


def test_who_may_read(city: World) -> None:
    articles.load([LAMPS], by=SYSTEM)
    number = Article.objects.get().pk
    for username in ("desk1", "yinxing", "leader1", "checker1"):
        assert "路灯不亮怎么报" in read(signed_in(username), "/desk/knowledge")
    deputy = signed_in("deputy1")
    for path in ("/desk/knowledge", f"/desk/knowledge/{number}", "/desk/knowledge/find?q=x", "/desk/knowledge/missing"):
        read(deputy, path, status=403)
        assert Client().get(path)["Location"].startswith("/desk/signin")
    assert "/desk/knowledge" not in read(deputy, "/desk/look-on") and "/desk/knowledge" in read(signed_in("desk1"), "/desk")
    read(signed_in("desk1"), "/desk/knowledge/missing", status=403)


def test_the_list_marks_the_words_and_filters(city: World) -> None:
    heat = replace(LAMPS, slug="heat", title="暖气不热", category="0207", owner="city.housing", until=in_days(9))
    articles.load([LAMPS, heat, replace(LAMPS, slug="old", title="旧的", until=in_days(0))], by=SYSTEM)
    city.wait("1 day")
    desk = signed_in("desk1")
    page = read(desk, "/desk/knowledge?q=路灯")
    assert "<mark>路灯</mark>" in page and "旧的" not in page
    part = read(desk, "/desk/knowledge?q=暖气&typing=1", **{"HX-Request": "true", "HX-Target": "list"})
    assert "<mark>暖气</mark>" in part and "<html" not in part and "快到期" in part
    assert "暖气不热" in read(desk, "/desk/knowledge?state=ending") and "路灯" not in read(desk, "/desk/knowledge?state=ending").split('id="rows"')[1]
    assert "旧的" in read(desk, "/desk/knowledge?state=over")
    assert "暖气不热" in read(desk, "/desk/knowledge?owner=city.housing&category=02&place=qinghe")
    assert "这里还没有文章" in read(desk, "/desk/knowledge?category=01")
    for odd in ("?state=x", "?kind=x", "?cursor=x"):
        read(desk, f"/desk/knowledge{odd}", status=422)
    for odd in ("?q=%00", "?place=mars", "?owner=nobody", "?category=x", "?q=" + "长" * 300):
        read(desk, f"/desk/knowledge{odd}")


def test_one_article_with_its_warnings(city: World) -> None:
    """What it says, filled in; whether it may be answered from; the case it is read for."""
    articles.load([LAMPS, replace(LAMPS, slug="old", until=in_days(0)), replace(LAMPS, slug="later", since=in_days(4))], by=SYSTEM)
    city.wait("1 day")
    desk = signed_in("desk1")
    numbers = dict(Article.objects.values_list("slug", "pk"))
    page = read(desk, f"/desk/knowledge/{numbers['street-lamps']}?case=20260302-0001")
    assert "<strong>编号</strong>" in page and "打 12345" in page and "还没有用来答复过" in page
    assert "/desk/cases/20260302-0001?article=street-lamps#composer" in page
    old = read(desk, f"/desk/knowledge/{numbers['old']}?case=20260302-0001")
    assert "先问负责的单位" in old and "用它答复" not in old
    assert "才生效" in read(desk, f"/desk/knowledge/{numbers['later']}")
    read(desk, "/desk/knowledge/999", status=404)


def test_beside_an_answer(city: World) -> None:
    """A part of a page: titles, the words to copy without marks, the article that they come from."""
    articles.load([LAMPS, replace(LAMPS, slug="heat", title="暖气不热", body="放气。", category="0207")], by=SYSTEM)
    desk = signed_in("desk1")
    part = read(desk, "/desk/knowledge/find?q=路灯&into=answer-text&case=20260302-0001")
    assert "<html" not in part and 'data-into="answer-text"' in part and 'data-article="street-lamps"' in part
    assert 'data-text="先看\n编号在灯杆上。打 12345。"' in part
    assert f"/desk/knowledge/{Article.objects.get(slug='street-lamps').pk}?case=20260302-0001" in part
    assert "暖气不热" in read(desk, "/desk/knowledge/find?category=0207&into=a") and "data-into" not in read(desk, "/desk/knowledge/find?category=0207")
    assert "没有搜到「恐龙」" in read(desk, "/desk/knowledge/find?q=恐龙") and read(desk, "/desk/knowledge/find").strip() == ""


def test_what_the_page_of_a_case_asks_for(city: World) -> None:
    """The words for its answer, and a note of the articles that its form names; what has gone since stops nobody."""
    articles.load([LAMPS, replace(LAMPS, slug="old", until=in_days(0))], by=SYSTEM)
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", place="yinxing-b1")
    city.wait("1 day")
    desk = city.who("desk1")
    assert screen.filled("street-lamps", actor=desk).startswith("先看\n编号在灯杆上。")
    assert screen.filled("old", actor=desk) == screen.filled("nothing", actor=desk) == screen.filled("street-lamps", actor=city.who("deputy1")) == ""
    sent = RequestFactory().post("/", {"article": ["nothing", "street-lamps", "street-lamps"]})
    for _ in range(2):
        screen.note_used(sent, code, actor=desk)
    assert [source.slug for source in knowledge.sources(code)] == ["street-lamps"]


def test_constant_queries(city: World) -> None:
    articles.load([LAMPS], by=SYSTEM)
    desk = signed_in("desk1")

    def asked(path: str) -> int:
        read(desk, path)
        with CaptureQueriesContext(connection) as queries:
            read(desk, path)
        return len(queries)

    paths = ("/desk/knowledge?q=路灯", f"/desk/knowledge/{Article.objects.get().pk}", "/desk/knowledge/find?q=路灯", "/help?q=路灯", "/help/street-lamps")
    before = [asked(path) for path in paths]
    articles.load([replace(LAMPS, slug=f"lamp-{n}", owner="city.housing") for n in range(15)], by=SYSTEM)
    assert [asked(path) for path in paths] == before


# --- proposing and reviewing ----------------------------------------------------------------------------------------------------------


def test_from_a_unit_to_everybody(city: World) -> None:
    """Proposed, sent back with a remark, sent again, agreed to by another; a change waits and the old words stay public."""
    clerk, reviewer, reader = signed_in("zhujian"), signed_in("supervisor1"), Client()
    page = read(clerk, "/desk/articles/new?kind=knowledge")
    assert "通知公告" not in page and "city.housing" in page
    assert clerk.post("/desk/articles/new", {**FEE, "slug": "property-fee"}).status_code == 302
    number = Article.objects.get().pk
    page = read(clerk, f"/desk/articles/{number}")
    assert "保存并送审" in page and "保存并发布" not in page
    act(clerk, number, "publish", status=403, seen=1)
    act(clerk, number, "ask", seen=1)
    assert "等另一位同事来看" in read(clerk, f"/desk/articles/{number}")
    assert "物业费怎么算" in read(reviewer, "/desk/knowledge?state=review")
    act(reviewer, number, "send_back", status=422, seen=1, remark=" ", body="")
    page = read(reviewer, f"/desk/articles/{number}")
    assert "等您审" in page and "您只看，不改" in page
    act(reviewer, number, "send_back", seen=1, remark="写上找谁问", body="")
    assert "写上找谁问" in read(clerk, f"/desk/articles/{number}") and "写上找谁问" in read(clerk, "/desk/articles")
    act(clerk, number, "ask", seen=1, body="按**面积**算，问物业。")
    act(reviewer, number, "approve", seen=2)
    assert "问物业" in read(reader, "/help/property-fee")
    act(clerk, number, "save", seen=3, body="现在按**户**算。", until="2026-12-31")
    assert "问物业" in read(reader, "/help/property-fee") and "按户" not in read(reader, "/help/property-fee")
    page = read(clerk, f"/desk/articles/{number}?version=4")
    assert "现在按**户**算。" in page and "还没公开的改动" in page and "到期：2026-12-31" in page
    act(clerk, number, "ask", seen=4, body="现在按**户**算。", until="2026-12-31")
    act(reviewer, number, "approve", seen=4)
    assert "<strong>户</strong>" in read(reader, "/help/property-fee")
    assert Article.objects.get().until == end_of(clock.local(clock.now()).date().replace(month=12, day=31))


def test_who_asked_does_not_agree(city: World) -> None:
    editor = signed_in("editor1")
    editor.post("/desk/articles/new", {**FEE, "slug": "property-fee"})
    number = Article.objects.get().pk
    act(editor, number, "ask", seen=1)
    page = read(editor, f"/desk/articles/{number}")
    assert "等您审" not in page and "保存并发布" not in page
    for action in ("approve", "publish"):
        assert "另一位同事" in act(editor, number, action, status=403, seen=1)
    assert "另一位同事" in act(editor, number, "send_back", status=403, seen=1, remark="x")
    assert Client().get("/help/property-fee").status_code == 404
    act(signed_in("admin1"), number, "approve", seen=1)
    read(Client(), "/help/property-fee")


def test_units_see_their_own_drafts_only(city: World) -> None:
    signed_in("zhujian").post("/desk/articles/new", {**FEE, "slug": "property-fee"})
    number = Article.objects.get().pk
    other = signed_in("chengguan")
    assert "物业费怎么算" not in read(other, "/desk/articles") and "物业费怎么算" not in read(other, "/desk/knowledge?state=draft")
    read(other, f"/desk/articles/{number}", status=403)
    read(other, f"/desk/knowledge/{number}", status=404)
    act(other, number, "save", status=403, seen=1)
    assert "物业费怎么算" in read(signed_in("zhujian"), "/desk/knowledge?state=draft")


# --- files --------------------------------------------------------------------------------------------------------------------------


def test_a_file_from_the_editor_to_the_reader(city: World, blobs: MemoryBlobs) -> None:
    """Handed out to be saved under its name; taken away and put back."""
    articles.load([LAMPS], by=SYSTEM)
    number, editor, reader = Article.objects.get().pk, signed_in("editor1"), Client()
    answer = editor.post(f"/desk/articles/{number}/files", {"file": SimpleUploadedFile("申请表 2026.pdf", PDF)})
    assert answer["Location"] == f"/desk/articles/{number}#files"
    file = ArticleFile.objects.get()
    page = read(reader, "/help/street-lamps")
    assert "申请表 2026.pdf" in page and "PDF · 1 KB" in page
    address = f"/help/street-lamps/files/{file.digest}"
    taken = reader.get(address)
    assert b"".join(taken.streaming_content) == PDF  # type: ignore[attr-defined]
    assert taken["Content-Disposition"].startswith("attachment; filename*=utf-8''") and taken["X-Content-Type-Options"] == "nosniff"
    assert taken["Content-Type"] == "application/pdf" and "private" in taken["Cache-Control"]
    answer = editor.post(f"/desk/articles/{number}/files/{file.pk}/remove")
    assert answer["Location"] == f"/desk/articles/{number}?removed={file.pk}#files"
    assert "放回来" in read(editor, f"/desk/articles/{number}?removed={file.pk}")
    assert reader.get(address).status_code == 404 and "申请表" not in read(reader, "/help/street-lamps")
    editor.post(f"/desk/articles/{number}/files/{file.pk}/restore")
    assert "申请表" in read(reader, "/help/street-lamps")
    for odd in ("0" * 64, "..", "x"):
        assert reader.get(f"/help/street-lamps/files/{odd}").status_code == 404
    assert editor.get(f"/desk/articles/{number}/files").status_code == 302


@pytest.mark.parametrize(
    ("sent", "said"),
    [(None, "先选一个文件"), (SimpleUploadedFile("a.docm", docm()), "带宏的文件不收"), (SimpleUploadedFile("表.pdf", b"MZ" + bytes(99)), "附件只收")],
)
def test_a_file_that_is_not_taken_says_why(city: World, sent: SimpleUploadedFile | None, said: str) -> None:
    articles.load([LAMPS], by=SYSTEM)
    number, editor = Article.objects.get().pk, signed_in("editor1")
    editor.post(f"/desk/articles/{number}/files", {"file": sent} if sent else {})
    assert said in read(editor, f"/desk/articles/{number}")
    assert said not in read(editor, f"/desk/articles/{number}"), "said once"
    assert not ArticleFile.objects.exists()
    assert signed_in("zhujian").post(f"/desk/articles/{number}/files", {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 302
    assert not ArticleFile.objects.exists()


# --- what ended, what is missing ------------------------------------------------------------------------------------------------------


def test_an_article_that_is_over_says_so(city: World) -> None:
    articles.load([replace(LAMPS, until=in_days(0))], by=SYSTEM)
    client = Client()
    read(client, "/help/street-lamps")
    city.wait("1 day")
    page = read(client, "/help/street-lamps", status=410)
    assert "这篇已经过期" in page and "灯杆上" not in page and "/help?q=" in page
    assert "路灯不亮怎么报" not in read(client, "/help")
    assert client.post("/help/street-lamps/judge", {"verdict": "helped"}).status_code == 404


def test_a_search_without_a_find_counts_once_for_a_browser(city: World) -> None:
    """For a citizen, for a colleague, beside an answer; not while somebody types, not with a filter, never with a name."""
    articles.load([LAMPS], by=SYSTEM)
    client, desk = Client(), signed_in("desk1")
    for words in ("加装电梯", "加装电梯", " 加装电梯？"):
        read(client, f"/help?q={words}")
    read(client, "/help?q=路灯")
    read(client, "/help?q=停车&category=01")
    read(Client(), "/help?q=加装电梯？")
    read(desk, "/desk/knowledge?q=加装电梯")
    read(desk, "/desk/knowledge/find?q=加装电梯")
    read(desk, "/desk/knowledge?q=加装电&typing=1")
    read(client, "/help?q=王小明 13800000001")
    assert dict(SearchMiss.objects.values_list("words", "times")) == {"加装电梯": 3}


def test_the_form_counts_a_word_of_the_trade(city: World) -> None:
    """Nothing of what somebody writes is kept, but the word by which it was understood."""
    client = Client()
    for text in ("王小明家门口的路灯不亮了，电话 13800000001", "我家门口的路灯不亮了，一个星期了"):
        client.post("/new/suggest", {"text": text, "kind": "complaint", "visibility": "public"})
    (miss,) = SearchMiss.objects.all()
    assert miss.words in "路灯不亮" and miss.times == 1


def test_a_flood_of_searches_is_answered_all_the_same(city: World) -> None:
    client = Client()
    for n in range(25):
        assert "没有找到" in read(client, f"/help?q=恐龙{n}号")
    assert SearchMiss.objects.count() == limits.MISSES[0].times


def test_the_editor_works_the_list_off(city: World) -> None:
    for words, times in (("加装电梯", 3), ("恐龙化石", 9)):
        SearchMiss.objects.create(words=words, times=times, first_at=clock.now(), last_at=clock.now())
    editor = signed_in("editor1")
    page = read(editor, "/desk/knowledge/missing")
    assert page.index("恐龙化石") < page.index("加装电梯") and "没搜到的" in read(editor, "/desk/knowledge")
    fossil, lift = SearchMiss.objects.get(words="恐龙化石").pk, SearchMiss.objects.get(words="加装电梯").pk
    answer = editor.post(f"/desk/knowledge/missing/{fossil}/drop")
    page = read(editor, answer["Location"])
    assert "「恐龙化石」不写了" in page and f"/desk/knowledge/missing/{fossil}/restore" in page
    editor.post(f"/desk/knowledge/missing/{fossil}/restore")
    assert "恐龙化石" in read(editor, "/desk/knowledge/missing").split('id="rows"')[1]
    answer = editor.post(f"/desk/knowledge/missing/{lift}/write")
    number = Article.objects.get().pk
    assert answer["Location"] == f"/desk/articles/{number}"
    assert 'value="加装电梯"' in read(editor, answer["Location"])
    assert editor.post(f"/desk/knowledge/missing/{lift}/write").status_code == 409
    assert editor.get(f"/desk/knowledge/missing/{lift}/write").status_code == 302
    assert editor.post(f"/desk/knowledge/missing/{lift}/burn").status_code == 302
    editor.post(f"/desk/knowledge/missing/{fossil}/drop")
    assert "都写到了" in read(editor, "/desk/knowledge/missing")

"""文章, read: what is published, in the reader's language, newest first; the one that answers; one query each."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import articles as writing
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotFound
from minsheng.models.content import Article
from minsheng.queries import articles, similar
from minsheng.queries import directory as directories
from tests.world import World

NOTICE = Draft(kind="notice", title="停水", body="今晚停水。", label="停水")
LAMPS = Draft(kind="knowledge", slug="street-lamps", title="路灯不亮，怎么报最快", summary="记下编号。", body="灯杆上有编号。", category="0202")
HEAT = Draft(kind="knowledge", slug="heating-cold", title="暖气不热，先做这三步", body="放气、看阀门、问邻居。找物业。", category="0207")
GUIDE = Draft(kind="guide", slug="guide-qr", title="扫码反映", body="扫一扫。")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    similar.forget()
    directories.current()
    return city


def notice(n: int, **changed: object) -> None:
    writing.load([replace(NOTICE, slug=f"n-{n}", title=f"第 {n} 条", **changed)], by=SYSTEM)  # type: ignore[arg-type]


def test_notices_newest_first_by_pages_without_what_is_over(city: World) -> None:
    today = clock.local(clock.now()).date()
    for n in range(1, 6):
        with clock.moved(clock.now() + timedelta(hours=n)):
            notice(n)
    notice(9, until=end_of(today))
    draft = writing.write(replace(NOTICE, slug="draft"), by=SYSTEM)
    with clock.moved(clock.now() + timedelta(days=2)):
        assert [h.title for h in articles.newest("notice", limit=2)] == ["第 5 条", "第 4 条"]
        seen, cursor = [], ""
        while True:
            page = articles.listed("notice", cursor=cursor, limit=2)
            seen += [h.slug for h in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert seen == ["n-5", "n-4", "n-3", "n-2", "n-1"], "n-9 is over, the draft is no notice yet"
    assert "n-9" in [h.slug for h in articles.newest("notice", limit=9)]
    assert Article.objects.get(pk=draft).status == "draft"
    with pytest.raises(BadInput):
        articles.listed("poem")
    with pytest.raises(BadInput):
        articles.listed("notice", cursor="nonsense")


def test_english_where_there_is_one(city: World) -> None:
    """An English article stands in for its Chinese one; where it is missing, a draft or withdrawn, the Chinese one says that it is not translated."""
    english = Draft(kind="knowledge", slug="street-lamps-en", language="en", title="Street lamps", body="Look for the number.")
    writing.load([LAMPS, HEAT, english], by=SYSTEM)
    shown = articles.by_slug("street-lamps", language="en")
    assert (shown.title, shown.body, shown.summary, shown.translated, shown.slug) == ("Street lamps", "Look for the number.", "", True, "street-lamps")
    assert articles.by_slug("street-lamps-en", language="zh").title == LAMPS.title
    assert articles.by_slug("heating-cold", language="en").translated is False
    assert {h.slug: h.translated for h in articles.search("", language="en")} == {"street-lamps": True, "heating-cold": False}
    assert [h.title for h in articles.search("number", language="en")] == ["Street lamps"]
    row = Article.objects.get(slug="street-lamps-en")
    writing.withdraw(row.pk, seen=row.version, by=SYSTEM)
    assert articles.by_slug("street-lamps", language="en").title == LAMPS.title


@pytest.mark.parametrize("slug", ["nothing", "draft", "gone", ""])
def test_what_is_not_published_is_not_found(city: World, slug: str) -> None:
    writing.write(replace(LAMPS, slug="draft"), by=SYSTEM)
    gone = writing.write(replace(LAMPS, slug="gone"), by=SYSTEM)
    writing.publish(gone, seen=1, by=SYSTEM)
    writing.withdraw(gone, seen=2, by=SYSTEM)
    with pytest.raises(NotFound):
        articles.by_slug(slug)


def test_search_by_words_and_by_branch(city: World) -> None:
    """More of the words first; a branch holds what lies in it; what says nothing finds nothing; pages and notices are no answers."""
    writing.load([LAMPS, HEAT, GUIDE, replace(NOTICE, slug="n"), Draft(kind="page", slug="how", title="路灯页", body="路灯")], by=SYSTEM)
    assert [h.slug for h in articles.search("暖气 物业")] == ["heating-cold"]
    assert {h.slug for h in articles.search("编号 暖气")} == {"street-lamps", "heating-cold"}
    assert [h.slug for h in articles.search("", category="02")] == ["street-lamps", "heating-cold"]
    assert [h.slug for h in articles.search("", category="0207")] == ["heating-cold"]
    assert articles.search("的了") == [] and articles.search("恐龙") == []
    assert {h.kind for h in articles.search("")} == {"knowledge", "guide"}
    assert articles.search("'; DROP TABLE ms_article; --") == []
    assert Article.objects.count() == 5


@pytest.mark.parametrize(
    ("text", "categories", "slug"),
    [
        ("小区门口的路灯不亮了", {}, "street-lamps"),
        ("家里一直很冷，师傅说不归他们管", {"020701": 0.7}, None),
        ("暖气一直不热，家里只有十五度", {"020701": 0.5}, "heating-cold"),
        ("物业乱收费", {"030102": 0.6}, None),
        ("公交车甩站不停", {"040302": 0.6}, None),
        ("", {}, None),
    ],
)
def test_the_one_that_answers(city: World, text: str, categories: dict[str, float], slug: str | None) -> None:
    writing.load([LAMPS, HEAT, GUIDE], by=SYSTEM)
    told = similar.told(text, place=None, keywords=(), categories=categories)
    found = articles.answer(told)
    assert (found.slug if found else None) == slug
    if slug:
        assert articles.answer(told, without=(slug,)) is None


def test_what_holds_somewhere_else_does_not_answer(city: World) -> None:
    """An article for a district answers there and below it, and nowhere else."""
    writing.load([replace(LAMPS, place="qinghe")], by=SYSTEM)
    told = similar.told("小区门口的路灯不亮了", place=None, keywords=(), categories={})
    tree = directories.current()
    assert articles.answer(told) is None
    assert articles.answer(told, places=tree.place_ancestors("minghu")) is None
    for place in ("qinghe", "yinxing-b1"):
        found = articles.answer(told, places=tree.place_ancestors(place))
        assert found is not None and found.slug == "street-lamps"


def test_one_query_each_however_much_there_is(city: World) -> None:
    for n in range(30):
        notice(n)
    writing.load([LAMPS, HEAT, GUIDE], by=SYSTEM)
    told = similar.told("路灯不亮", place=None, keywords=(), categories={})
    for ask in (
        lambda: articles.newest("notice", limit=2),
        lambda: articles.listed("notice", limit=20),
        lambda: articles.by_slug("street-lamps"),
        lambda: articles.search("路灯"),
        lambda: articles.answer(told),
        lambda: articles.desk_list(q="路灯"),
    ):
        with CaptureQueriesContext(connection) as asked:
            ask()
        assert len(asked) == 1


# --- editors ------------------------------------------------------------------------------------------------------------------------


def test_the_editors_list(city: World) -> None:
    writing.load([LAMPS, HEAT, GUIDE], by=SYSTEM)
    draft = writing.write(replace(LAMPS, slug="", title="新写的路灯"), by=SYSTEM)
    assert [row.number for row in articles.desk_list(status="draft").rows] == [draft]
    assert {row.slug for row in articles.desk_list(kind="knowledge", q="路灯").rows} == {"street-lamps", "knowledge-20260302"}
    assert articles.desk_list(q="的").rows == []
    first = articles.desk_list(limit=3)
    rest = articles.desk_list(limit=3, cursor=first.next)
    assert len(first.rows) == 3 and len(rest.rows) == 1 and rest.next == ""
    for wrong in ({"kind": "poem"}, {"status": "burnt"}):
        with pytest.raises(BadInput):
            articles.desk_list(**wrong)
    with pytest.raises(NotFound):
        articles.desk(999)


def test_the_history_names_who_and_what_stayed_the_same(city: World) -> None:
    by = city.who("editor1")
    number = writing.write(LAMPS, by=by)
    writing.publish(number, seen=1, by=by)
    writing.edit(number, draft=replace(LAMPS, body="改了。"), seen=2, by=city.who("admin1"))
    told = [(v.version, v.by, v.same) for v in articles.versions(number)]
    assert told == [(3, "云川系统管理员", False), (2, "云川编辑", True), (1, "云川编辑", False)]
    assert articles.kinds() == {"street-lamps": "knowledge"}
    assert articles.twin(articles.desk(number)) is None
    english = writing.write(Draft(kind="knowledge", slug="street-lamps-en", language="en", title="Lamps", body="x"), by=by)
    assert articles.twin(articles.desk(number)) == english and articles.twin(articles.desk(english)) == number

"""知识库, read at the desk: found by words, place, unit and state; drafts only by whose they are; a constant number of queries."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import articles as writing
from minsheng.commands import knowledge as working
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotFound
from minsheng.models.content import Article, ArticleFile, SearchMiss
from minsheng.queries import articles, knowledge
from minsheng.queries import directory as directories
from minsheng.queries.knowledge import Reader, Wanted
from tests.world import World

LAMPS = Draft(kind="knowledge", slug="street-lamps", title="路灯不亮，怎么报最快", summary="记下编号。", body="灯杆上有编号。", category="0202")
HEAT = Draft(kind="knowledge", slug="heating-cold", title="暖气不热", body="放气、看阀门。", category="0207", owner="city.housing")
NOBODY, HOUSING, EVERYBODY = Reader(units=(), everything=False), Reader(units=("city.housing",), everything=False), Reader(units=(), everything=True)


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def found(reader: Reader = NOBODY, **wanted: str) -> list[str]:
    return [row.slug for row in knowledge.find(Wanted(**wanted), reader=reader, tree=directories.current()).rows]


def in_days(days: int) -> object:
    return end_of(clock.local(clock.now()).date() + timedelta(days=days))


def states() -> None:
    """One article in each state."""
    writing.load(
        [
            LAMPS,
            replace(HEAT, slug="ending", until=in_days(10)),
            replace(HEAT, slug="over", until=in_days(0)),
            replace(HEAT, slug="later", since=in_days(5)),
            replace(HEAT, slug="far", until=in_days(90)),
        ],
        by=SYSTEM,
    )


def test_found_by_what_it_is(city: World) -> None:
    """More of the words first; a branch holds what lies in it; a place what holds there, around it and everywhere."""
    writing.load([LAMPS, HEAT, replace(LAMPS, slug="songtao", place="songtao"), replace(LAMPS, slug="minghu", place="minghu", kind="guide")], by=SYSTEM)
    assert found(q="编号 路灯 暖气")[-1] == "heating-cold"
    assert found(q="恐龙") == [] and found(q="的") == []
    assert found(category="0207") == ["heating-cold"] and len(found(category="02")) == 4
    assert set(found(place="songtao")) == {"street-lamps", "heating-cold", "songtao"}
    assert set(found(place="qinghe")) == {"street-lamps", "heating-cold"}
    assert found(owner="city.housing") == ["heating-cold"] and found(kind="guide") == ["minghu"]
    for wrong in ({"state": "burnt"}, {"kind": "poem"}):
        with pytest.raises(BadInput):
            found(**wrong)
    with pytest.raises(BadInput):
        knowledge.find(Wanted(), reader=NOBODY, tree=directories.current(), cursor="nonsense")


def test_found_by_how_it_stands(city: World) -> None:
    """In force, not yet, over, ending; an operator finds what is published, drafts are their owner's and the editors'."""
    states()
    city.wait("1 day")
    draft = writing.write(replace(HEAT, slug="draft"), by=SYSTEM)
    asked = writing.write(replace(HEAT, slug="asked"), by=SYSTEM)
    writing.ask(asked, seen=1, by=SYSTEM)
    assert set(found()) == {"street-lamps", "ending", "far"}
    assert found(state="over") == ["over"] and found(state="later") == ["later"] and found(state="ending") == ["ending"]
    assert found(state="draft") == [] and found(HOUSING, state="draft") == ["draft"] and found(EVERYBODY, state="draft") == ["draft"]
    assert found(Reader(units=("city.parks",), everything=False), state="review") == [] and found(HOUSING, state="review") == ["asked"]
    assert knowledge.entry(draft, reader=HOUSING).stands == "draft"
    assert {knowledge.entry(row.pk, reader=NOBODY).stands for row in Article.objects.filter(status="published")} == {"now", "over", "later"}
    for number in (draft, 999):
        with pytest.raises(NotFound):
            knowledge.entry(number, reader=NOBODY)
    told = knowledge.waiting(reader=HOUSING)
    assert (told.ending, told.over, told.review, told.missing) == (1, 1, 1, 0)


def test_citizens_find_only_what_holds(city: World) -> None:
    """Lists, searches, suggestions and the page of its own; the day after, what was to come is there and the other is gone."""
    states()
    assert {h.slug for h in articles.search("")} == {"street-lamps", "ending", "over", "far"}
    with pytest.raises(NotFound):
        articles.by_slug("later")
    city.wait("6 days")
    assert {h.slug for h in articles.search("")} == {"street-lamps", "ending", "later", "far"}
    assert articles.by_slug("over").over is True and articles.by_slug("later").over is False


def test_pages_hold_everything_once(city: World) -> None:
    for n in range(7):
        with clock.moved(clock.now() + timedelta(minutes=n % 3)):
            writing.load([replace(LAMPS, slug=f"lamp-{n}", body="编号" if n % 2 else "别的")], by=SYSTEM)
    for q in ("", "路灯 编号"):
        seen, cursor = [], ""
        while True:
            page = knowledge.find(Wanted(q=q), reader=NOBODY, tree=directories.current(), cursor=cursor, limit=2)
            seen += [row.slug for row in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert sorted(seen) == [f"lamp-{n}" for n in range(7)] and len(seen) == 7


def test_files_are_taken_by_who_may_read_them(city: World) -> None:
    number = writing.write(HEAT, by=SYSTEM)
    for digest, waits in (("a" * 64, False), ("b" * 64, True)):
        ArticleFile.objects.create(article_id=number, digest=digest, name="表.pdf", media_type="application/pdf", size=9, at=clock.now(), waits=waits)
    with pytest.raises(NotFound):
        knowledge.file("heating-cold", "a" * 64, reader=None)
    assert knowledge.file("heating-cold", "a" * 64, reader=HOUSING).name == "表.pdf"
    Article.objects.update(status="published", until=in_days(3))
    assert knowledge.file("heating-cold", "a" * 64, reader=None).size == 9
    for reader in (None, NOBODY):
        with pytest.raises(NotFound):
            knowledge.file("heating-cold", "b" * 64, reader=reader)
    assert [f.waits for f in knowledge.files(number, waiting=True)] == [False, True] and len(knowledge.files(number)) == 1
    city.wait("5 days")
    with pytest.raises(NotFound):
        knowledge.file("heating-cold", "a" * 64, reader=None)
    assert knowledge.file("heating-cold", "a" * 64, reader=NOBODY).digest == "a" * 64
    ArticleFile.objects.update(removed_at=clock.now())
    with pytest.raises(NotFound):
        knowledge.file("heating-cold", "a" * 64, reader=EVERYBODY)


def test_the_sources_of_an_answer(city: World) -> None:
    """Named under it; and said where the article has changed since."""
    writing.load([LAMPS], by=SYSTEM)
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", place="yinxing-b1")
    working.used("street-lamps", code=code, by=city.who("desk1"))
    (source,) = knowledge.sources(code)
    assert (source.slug, source.title, source.changed) == ("street-lamps", LAMPS.title, False)
    writing.edit(source.number, draft=replace(LAMPS, body="换了。"), seen=1, by=SYSTEM)
    assert knowledge.sources(code)[0].changed is True
    assert knowledge.entry(source.number, reader=NOBODY).uses == 1
    assert knowledge.sources("nothing") == []


def test_what_was_not_found_most_often_first(city: World) -> None:
    for words, times in (("甲事", 3), ("乙事", 9), ("丙事", 3), ("丁事", 1)):
        SearchMiss.objects.create(words=words, times=times, first_at=clock.now(), last_at=clock.now())
    SearchMiss.objects.create(words="办完的", times=99, first_at=clock.now(), last_at=clock.now(), done_at=clock.now())
    seen, cursor = [], ""
    while True:
        page = knowledge.missing(cursor=cursor, limit=2)
        seen += [row.words for row in page.rows]
        cursor = page.next
        if not cursor:
            break
    assert seen == ["乙事", "丙事", "甲事", "丁事"]


def test_one_query_each_however_much_there_is(city: World) -> None:
    states()
    number = Article.objects.earliest("pk").pk
    tree = directories.current()
    for n in range(25):
        writing.load([replace(LAMPS, slug=f"lamp-{n}")], by=SYSTEM)
        SearchMiss.objects.create(words=f"第{n}样", first_at=clock.now(), last_at=clock.now())
    for ask in (
        lambda: knowledge.find(Wanted(q="路灯", category="02", place="songtao"), reader=HOUSING, tree=tree),
        lambda: knowledge.entry(number, reader=NOBODY),
        lambda: knowledge.files(number),
        lambda: knowledge.sources("x"),
        lambda: knowledge.waiting(reader=HOUSING),
        lambda: knowledge.missing(),
        lambda: knowledge.owners(),
        lambda: articles.desk_list(owners=("city.housing",), status="review"),
    ):
        with CaptureQueriesContext(connection) as asked:
            ask()
        assert len(asked) == 1

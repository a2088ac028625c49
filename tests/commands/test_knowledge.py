"""知识库: answers given from an article, what was not found, and the word to the owners of what ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError

from minsheng import clock
from minsheng.commands import articles, knowledge, limits
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import NotAllowed, NotFound, WrongState
from minsheng.jobs import periodic
from minsheng.models.content import Article, ArticleUse, SearchMiss
from minsheng.models.read import Notice
from tests.commands.scenes import unchanged
from tests.world import World

LAMPS = Draft(kind="knowledge", slug="street-lamps", title="路灯不亮，怎么报最快", body="灯杆上有编号。", category="0202", owner="city.urban_management")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


# --- answers ------------------------------------------------------------------------------------------------------------------------


def test_an_answer_from_an_article_counts_once_for_its_case(city: World) -> None:
    articles.load([LAMPS], by=SYSTEM)
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", place="yinxing-b1")
    assert knowledge.used("street-lamps", code=code, by=city.who("desk1")) is True
    assert knowledge.used("street-lamps", code=code, by=city.who("desk2")) is False
    use = ArticleUse.objects.get()
    assert (use.case.code, use.version, use.by) == (code, 1, city.who("desk1").tag)
    for slug, case in (("nothing", code), ("street-lamps", "20260302-9999")):
        with unchanged(), pytest.raises(NotFound):
            knowledge.used(slug, code=case, by=city.who("desk1"))


def test_only_who_sees_the_case_and_reads_the_base(city: World) -> None:
    """A clerk of another county learns nothing of the case; a deputy has no knowledge base."""
    articles.load([LAMPS], by=SYSTEM)
    code = city.file(body="举报有人收好处费，请查一查。", kind="report", place="yinxing-b1")
    with unchanged(), pytest.raises(NotFound):
        knowledge.used("street-lamps", code=code, by=city.who("gongjijin"))
    with unchanged(), pytest.raises(NotAllowed):
        knowledge.used("street-lamps", code=code, by=city.who("deputy1"))


# --- what was not found -------------------------------------------------------------------------------------------------------------


def test_misses_are_counted_in_one_form(city: World) -> None:
    for words in ("老旧小区加装电梯", " 老旧小区加装电梯？ ", "ＥＴＣ 退费", "etc  退费"):
        assert knowledge.missed(words, address="a") is True
    assert dict(SearchMiss.objects.values_list("words", "times")) == {"老旧小区加装电梯": 2, "etc 退费": 2}
    row = SearchMiss.objects.first()
    assert row is not None and row.first_at == row.last_at == clock.now()
    city.wait("1 day")
    knowledge.missed("老旧小区加装电梯", address="a")
    row.refresh_from_db()
    assert row.last_at == clock.now() != row.first_at


@pytest.mark.parametrize("words", ["", "的了", "热", "13800000001 欠薪", "王小明", "我叫张三", "银杏花园12栋3单元501", "云A12345"])
def test_nothing_that_may_point_at_a_person_is_kept(city: World, words: str) -> None:
    assert knowledge.missed(words, address="a") is False
    assert not SearchMiss.objects.exists()


def test_a_flood_is_not_counted_and_stops_nobody(city: World) -> None:
    for n in range(30):
        knowledge.missed(f"没有的事 第{n}样", address="one")
    assert SearchMiss.objects.count() == limits.MISSES[0].times
    assert knowledge.missed("别的人搜的", address="two") is True


def test_a_database_that_does_not_take_it_fails_no_search(city: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(words: str) -> None:
        raise DatabaseError("read only")

    monkeypatch.setattr(knowledge, "_count", broken)
    assert knowledge.missed("老旧小区加装电梯", address="a") is False
    assert "not counted" in caplog.text and "电梯" not in caplog.text


def test_an_editor_writes_one_or_drops_it_and_takes_it_up_again(city: World) -> None:
    by = city.who("editor1")
    for words in ("老旧小区加装电梯", "恐龙化石"):
        knowledge.missed(words, address="a")
    lift, fossil = SearchMiss.objects.order_by("id")
    number = knowledge.write_for(lift.pk, by=by)
    lift.refresh_from_db()
    assert (lift.article_id, lift.done_at) == (number, clock.now())
    draft = Article.objects.get(pk=number)
    assert (draft.title, draft.status, draft.kind) == ("老旧小区加装电梯", "draft", "knowledge")
    assert knowledge.drop(fossil.pk, by=by) == "恐龙化石"
    for verb in (lambda: knowledge.drop(fossil.pk, by=by), lambda: knowledge.write_for(lift.pk, by=by), lambda: knowledge.take_up(lift.pk, by=by)):
        with unchanged(), pytest.raises(WrongState):
            verb()
    knowledge.take_up(fossil.pk, by=by)
    fossil.refresh_from_db()
    assert fossil.done_at is None
    for somebody in ("zhujian", "desk1", "supervisor1"):
        with unchanged(), pytest.raises(NotAllowed):
            knowledge.drop(fossil.pk, by=city.who(somebody))


# --- what ends ----------------------------------------------------------------------------------------------------------------------


def test_the_owner_is_told_a_month_before_and_on_the_day_each_once(city: World) -> None:
    today = clock.local(clock.now()).date()
    articles.load(
        [
            replace(LAMPS, until=end_of(today + timedelta(days=40))),
            replace(LAMPS, slug="nobody", owner=None, until=end_of(today + timedelta(days=3))),
            replace(LAMPS, slug="always"),
        ],
        by=SYSTEM,
    )
    articles.write(replace(LAMPS, slug="draft", until=end_of(today + timedelta(days=3))), by=SYSTEM)
    assert knowledge.warn_owners() == 0
    city.wait("11 days")
    assert knowledge.warn_owners() == 1
    assert knowledge.warn_owners() == 0
    periodic.warn_owners(timestamp=0)
    city.wait("29 days")
    periodic.warn_owners(timestamp=0)
    city.wait("2 days")
    assert knowledge.warn_owners() == 0
    told = list(Notice.objects.filter(template="article_ends").order_by("id"))
    assert [notice.to for notice in told] == ["unit:city.urban_management"] * 2
    assert all("路灯不亮" in notice.text and "2026-04-11" in notice.text and notice.case is None for notice in told)
    assert {notice.key.rsplit(":", 1)[1] for notice in told} == {"month", "day"}


def test_a_day_on_which_nobody_ran_is_made_good(city: World) -> None:
    articles.load([replace(LAMPS, until=end_of(clock.local(clock.now()).date()))], by=SYSTEM)
    city.wait("3 days")
    assert knowledge.warn_owners() == 1
    assert "已到期" in Notice.objects.get(template="article_ends").text

"""文章: who may write, what a version keeps, what is refused; counted judgements; texts that are loaded once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from minsheng import clock
from minsheng.commands import articles
from minsheng.domain.access import HOLDER, SYSTEM, Actor, Membership, citizen
from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, NotFound, Stale, WrongState
from minsheng.domain.states import Role
from minsheng.models.content import Article, ArticleVersion
from minsheng.models.staff import Act
from tests.commands.scenes import at_once, unchanged
from tests.world import World

DRAFT = Draft(kind="knowledge", slug="street-lamps", title="路灯不亮怎么报", summary="看编号。", body="先看灯杆上的编号。", category="0202")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def editor(city: World) -> Actor:
    return city.who("editor1")


def versions(number: int) -> list[tuple[int, str, str]]:
    return list(ArticleVersion.objects.filter(article=number).order_by("version").values_list("version", "title", "body"))


# --- who ----------------------------------------------------------------------------------------------------------------------------


def test_only_editors_and_administrators_of_the_centre_write_everything(city: World) -> None:
    """A county's editor, an operator, a citizen and an account do nothing to what another unit has; the system loads the first texts."""
    assert articles.may_write(editor(city)) and articles.may_write(city.who("admin1")) and articles.may_write(SYSTEM)
    county = Actor("staff", 1, "", (Membership("qinghe.urban_management", frozenset({Role.EDITOR, Role.ADMIN})),))
    number = articles.write(DRAFT, by=editor(city))
    for somebody in (county, city.who("dispatch1"), city.who("chengguan"), HOLDER, citizen(1)):
        with unchanged():
            for verb in (
                lambda: articles.write(Draft(kind="notice", title="停水", body="今晚停水。"), by=somebody),  # noqa: B023
                lambda: articles.edit(number, draft=DRAFT, seen=1, by=somebody),  # noqa: B023
                lambda: articles.publish(number, seen=1, by=somebody),  # noqa: B023
                lambda: articles.withdraw(number, seen=1, by=somebody),  # noqa: B023
                lambda: articles.restore(number, version=1, seen=1, by=somebody),  # noqa: B023
                lambda: articles.load([DRAFT], by=somebody),  # noqa: B023
            ):
                with pytest.raises(NotAllowed):
                    verb()


# --- writing ------------------------------------------------------------------------------------------------------------------------


def test_written_changed_published_withdrawn_published(city: World) -> None:
    """Each saving raises the version and keeps what was said; the latest version is what stands in the article."""
    by = editor(city)
    number = articles.write(DRAFT, by=by)
    assert Article.objects.get().status == "draft"
    assert articles.edit(number, draft=Draft(kind="page", slug="other", title="路灯", body="新的正文。"), seen=1, by=by) == 2
    assert articles.publish(number, seen=2, by=by) == 3
    first = Article.objects.get()
    assert (first.kind, first.slug, first.status, first.title) == ("knowledge", "street-lamps", "published", "路灯")
    assert first.published_at == clock.now() and first.category is None
    assert "'新的'" in first.words or "'正文'" in first.words
    city.wait("1 day")
    assert articles.withdraw(number, seen=3, by=by) == 4
    assert articles.publish(number, seen=4, by=by) == 5
    last = Article.objects.get()
    assert last.published_at == clock.now() and last.published_at != first.published_at
    assert [version for version, _, _ in versions(number)] == [1, 2, 3, 4, 5]
    assert versions(number)[0][1:] == (DRAFT.title, DRAFT.body) and versions(number)[4][1:] == ("路灯", "新的正文。")
    assert ArticleVersion.objects.get(article=number, version=2).by == by.tag


def test_saving_what_is_there_already_changes_nothing(city: World) -> None:
    number = articles.write(DRAFT, by=editor(city))
    with unchanged():
        assert articles.edit(number, draft=DRAFT, seen=1, by=editor(city)) == 1


def test_an_old_version_comes_back_as_the_newest(city: World) -> None:
    """What stood in between is kept; the words for searching follow."""
    number = articles.write(DRAFT, by=editor(city))
    articles.edit(number, draft=Draft(kind="knowledge", title="换了", body="别的。"), seen=1, by=editor(city))
    assert articles.restore(number, version=1, seen=2, by=editor(city)) == 3
    row = Article.objects.get()
    assert (row.title, row.body, row.version) == (DRAFT.title, DRAFT.body, 3)
    assert "'编号'" in row.words
    assert len(versions(number)) == 3
    with pytest.raises(NotFound):
        articles.restore(number, version=9, seen=3, by=editor(city))


def test_a_slug_is_made_where_none_is_given(city: World) -> None:
    """From the kind and the day, and counted on."""
    notice = Draft(kind="notice", title="停水", body="今晚停水。")
    made = [articles.write(notice, by=editor(city)) for _ in range(3)]
    assert list(Article.objects.filter(pk__in=made).order_by("pk").values_list("slug", flat=True)) == [
        "notice-20260302",
        "notice-20260302-2",
        "notice-20260302-3",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": "999999"}, "category"),
        ({"place": "atlantis"}, "place"),
        ({"title": ""}, "title"),
        ({"slug": "street-lamps"}, "slug"),
        ({"slug": "nothing-en", "language": "en"}, "slug"),
        ({"slug": "street-lamps-en", "language": "en", "kind": "page"}, "slug"),
    ],
)
def test_bad_input_stores_nothing(city: World, changed: dict[str, str], field: str) -> None:
    articles.write(DRAFT, by=editor(city))
    values = {"kind": "knowledge", "slug": "another", "title": "标题", "body": "正文", **changed}
    with unchanged(), pytest.raises(BadInput) as refused:
        articles.write(Draft(**values), by=editor(city))
    assert refused.value.field == field


def test_states_that_do_not_fit_are_said_in_words(city: World) -> None:
    by, number = editor(city), articles.write(DRAFT, by=editor(city))
    with pytest.raises(WrongState):
        articles.withdraw(number, seen=1, by=by)
    articles.publish(number, seen=1, by=by)
    with pytest.raises(WrongState):
        articles.publish(number, seen=2, by=by)
    page = articles.write(Draft(kind="page", slug="privacy", title="个人信息", body="只有办的人看得到。"), by=by)
    articles.publish(page, seen=1, by=by)
    with pytest.raises(WrongState):
        articles.withdraw(page, seen=2, by=by)
    over = articles.write(Draft(kind="notice", title="停水", body="昨晚停水。", until=end_of(clock.local(clock.now()).date())), by=by)
    city.wait("2 days")
    with pytest.raises(BadInput) as refused:
        articles.publish(over, seen=1, by=by)
    assert refused.value.field == "until"
    for verb in (articles.publish, articles.withdraw):
        with pytest.raises(NotFound):
            verb(999, seen=1, by=by)


# --- two at once --------------------------------------------------------------------------------------------------------------------


def test_a_stale_screen_changes_nothing(city: World) -> None:
    by, number = editor(city), articles.write(DRAFT, by=editor(city))
    articles.edit(number, draft=Draft(kind="knowledge", title="先改的", body="正文"), seen=1, by=by)
    with unchanged():
        for verb in (
            lambda: articles.edit(number, draft=DRAFT, seen=1, by=by),
            lambda: articles.publish(number, seen=1, by=by),
            lambda: articles.restore(number, version=1, seen=1, by=by),
        ):
            with pytest.raises(Stale) as refused:
                verb()
            assert "这篇文章" in refused.value.zh and "article" in refused.value.en


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_stale(transactional_db: None) -> None:
    city = World("yunchuan", at="2026-03-02T09:00+08:00")
    by, number = editor(city), articles.write(DRAFT, by=editor(city))
    told = at_once(*(lambda n=n: articles.edit(number, draft=Draft(kind="knowledge", title=f"第 {n}", body="正文"), seen=1, by=by) for n in (1, 2)))
    assert sorted(type(one).__name__ for one in told) == ["Stale", "int"]
    assert Article.objects.get().version == 2
    slugs = at_once(*(lambda: articles.write(Draft(kind="notice", slug="same", title="同名", body="正文"), by=by) for _ in range(2)))
    assert sorted(type(one).__name__ for one in slugs) == ["BadInput", "int"]
    city.leave()


# --- readers ------------------------------------------------------------------------------------------------------------------------


def test_judgements_are_counted_of_what_is_published(city: World) -> None:
    by, number = editor(city), articles.write(DRAFT, by=editor(city))
    with pytest.raises(NotFound):
        articles.judge("street-lamps", verdict="helped")
    articles.publish(number, seen=1, by=by)
    for verdict in ("helped", "helped", "no_help"):
        articles.judge("street-lamps", verdict=verdict)
    row = Article.objects.get()
    assert (row.helped, row.not_helped, row.version) == (2, 1, 2)
    for slug, verdict, refusal in (("street-lamps", "maybe", BadInput), ("nothing", "helped", NotFound)):
        with pytest.raises(MinshengError) as refused:
            articles.judge(slug, verdict=verdict)
        assert type(refused.value) is refusal


# --- loading ------------------------------------------------------------------------------------------------------------------------


def test_loading_publishes_what_is_new_and_leaves_the_rest(city: World) -> None:
    """Loaded twice it is there once; what an editor has rewritten is not overwritten; one bad text and none is loaded."""
    english = Draft(kind="knowledge", slug="street-lamps-en", language="en", title="Street lamps", body="Look for the number.")
    assert articles.load([DRAFT, english], by=SYSTEM).new == ("street-lamps", "street-lamps-en")
    number = Article.objects.get(slug="street-lamps").pk
    articles.edit(number, draft=Draft(kind="knowledge", title="我们改过", body="正文"), seen=1, by=editor(city))
    other = Draft(kind="page", slug="how", title="怎么用", body="五步。")
    done = articles.load([DRAFT, other], by=SYSTEM)
    assert (done.new, done.kept) == (("how",), ("street-lamps",))
    assert Article.objects.get(pk=number).title == "我们改过"
    with unchanged(), pytest.raises(BadInput):
        articles.load([Draft(kind="page", slug="scope", title="范围", body="正文"), Draft(kind="page", slug="bad", title="", body="正文")], by=SYSTEM)


# --- proposed and reviewed ------------------------------------------------------------------------------------------------------------


def proposed(city: World) -> int:
    """Written by the housing bureau's clerk and sent to review."""
    number = articles.write(replace(DRAFT, slug="property-fee", title="物业费怎么算"), by=city.who("zhujian"))
    articles.ask(number, seen=1, by=city.who("zhujian"))
    return number


def test_a_unit_proposes_and_somebody_else_publishes(city: World) -> None:
    """In the name of the own unit; nobody reads it before; the publishing is written down."""
    number = proposed(city)
    row = Article.objects.get(pk=number)
    assert (row.owner, row.status, row.asked_by) == ("city.housing", "review", city.who("zhujian").tag)
    assert row.asked_at == clock.now() and row.published_at is None
    assert articles.publish(number, seen=1, by=city.who("supervisor1")) == 2
    row.refresh_from_db()
    assert (row.status, row.asked_by, row.asked_at) == ("published", "", None)
    act = Act.objects.get(kind="article")
    assert (act.subject, act.by, act.after["what"]) == ("property-fee", city.who("supervisor1").tag, "publish")


@pytest.mark.parametrize("asker", ["editor1", "admin1", "zhujian"])
def test_who_sends_it_to_review_never_publishes_it(city: World, asker: str) -> None:
    """Four eyes: not even an editor, not after a changed comma, not after it was sent back; another one does."""
    by = city.who(asker)
    number = articles.write(DRAFT, by=by)
    articles.ask(number, seen=1, by=by)
    for verb in (lambda: articles.publish(number, seen=1, by=by), lambda: articles.send_back(number, remark="改", seen=1, by=by)):
        with unchanged(), pytest.raises(NotAllowed) as refused:
            verb()
        assert "另一位同事" in refused.value.zh
    seen = articles.edit(number, draft=replace(DRAFT, body="改了一个逗号，"), seen=1, by=by)
    assert Article.objects.get().status == "draft", "changed, it is to be sent again"
    with pytest.raises(NotAllowed):
        articles.publish(number, seen=seen, by=by)
    articles.ask(number, seen=seen, by=by)
    articles.send_back(number, remark="写上找谁问", seen=seen, by=city.who("supervisor1"))
    with pytest.raises(NotAllowed):
        articles.publish(number, seen=seen, by=by)
    other = city.who("admin1" if asker != "admin1" else "editor1")
    articles.ask(number, seen=seen, by=by)
    articles.publish(number, seen=seen, by=other)
    assert Article.objects.get().status == "published"


def test_sent_back_with_a_remark_and_sent_again(city: World) -> None:
    number = proposed(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        articles.send_back(number, remark=" ", seen=1, by=city.who("supervisor1"))
    assert refused.value.field == "remark"
    articles.send_back(number, remark="写上找谁问", seen=1, by=city.who("supervisor1"))
    row = Article.objects.get()
    assert (row.status, row.remark, row.asked_at) == ("draft", "写上找谁问", None)
    with pytest.raises(WrongState):
        articles.send_back(number, remark="再退", seen=1, by=city.who("supervisor1"))
    articles.ask(number, seen=1, by=city.who("zhujian"))
    assert Article.objects.get().remark == ""
    with pytest.raises(WrongState):
        articles.ask(number, seen=1, by=city.who("zhujian"))


def test_what_a_unit_changes_of_a_published_article_waits(city: World) -> None:
    """Everybody goes on reading the one in force, dates and category included; agreed to, all of it changes at once."""
    clerk, number = city.who("zhujian"), proposed(city)
    articles.publish(number, seen=1, by=editor(city))
    until = end_of(clock.local(clock.now()).date())
    draft = replace(DRAFT, title="物业费怎么算（新）", body="新的说法。", category="0301", until=until)
    assert articles.edit(number, draft=draft, seen=2, by=clerk) == 3
    row = Article.objects.get()
    assert (row.version, row.title, row.category, row.until, row.status) == (2, "物业费怎么算", "0202", None, "published")
    assert articles.edit(number, draft=replace(draft, body="再改。"), seen=3, by=clerk) == 4
    with pytest.raises(Stale):
        articles.edit(number, draft=draft, seen=3, by=clerk)
    articles.ask(number, seen=4, by=clerk)
    row.refresh_from_db()
    assert (row.status, row.version, row.asked_by) == ("published", 2, clerk.tag)
    assert articles.publish(number, seen=4, by=city.who("supervisor1")) == 5
    row.refresh_from_db()
    assert (row.version, row.title, row.body, row.category, row.until) == (5, draft.title, "再改。", "0301", until)
    assert "'再'" in row.words or "'改'" in row.words
    with pytest.raises(WrongState):
        articles.ask(number, seen=5, by=clerk)


def test_an_editor_changes_what_waits_and_what_was_withdrawn_buries_it(city: World) -> None:
    """Where a change waits, the editor's saving waits with it; publishing brings both. Withdrawing leaves the one in force."""
    clerk, number = city.who("zhujian"), proposed(city)
    articles.publish(number, seen=1, by=editor(city))
    articles.edit(number, draft=replace(DRAFT, body="单位写的。"), seen=2, by=clerk)
    articles.ask(number, seen=3, by=clerk)
    assert articles.edit(number, draft=replace(DRAFT, body="编辑改过的。", owner="city.housing"), seen=3, by=editor(city)) == 4
    row = Article.objects.get()
    assert row.asked_at is not None and row.body == DRAFT.body, "it stays in review"
    articles.withdraw(number, seen=4, by=editor(city))
    row.refresh_from_db()
    assert (row.status, row.body, row.asked_at, row.version) == ("withdrawn", DRAFT.body, None, 5)
    assert articles.restore(number, version=4, seen=5, by=editor(city)) == 6
    assert Article.objects.get().body == "编辑改过的。"


def test_a_unit_writes_only_its_own_and_only_knowledge(city: World) -> None:
    clerk = city.who("zhujian")
    for draft, refusal in (
        (replace(DRAFT, kind="notice"), NotAllowed),
        (replace(DRAFT, kind="page"), NotAllowed),
        (replace(DRAFT, owner="city.urban_management"), BadInput),
    ):
        with unchanged(), pytest.raises(refusal):
            articles.write(draft, by=clerk)
    with unchanged(), pytest.raises(NotAllowed):
        articles.write(DRAFT, by=city.who("deputy1"))
    number = articles.write(DRAFT, by=city.who("chengguan"))
    for verb in (
        lambda: articles.edit(number, draft=DRAFT, seen=1, by=clerk),
        lambda: articles.ask(number, seen=1, by=clerk),
        lambda: articles.restore(number, version=1, seen=1, by=clerk),
        lambda: articles.publish(number, seen=1, by=clerk),
        lambda: articles.publish(number, seen=1, by=city.who("chengguan")),
        lambda: articles.publish(number, seen=1, by=city.who("supervisor1")),
        lambda: articles.withdraw(number, seen=1, by=city.who("chengguan")),
    ):
        with unchanged(), pytest.raises(NotAllowed):
            verb()
    articles.edit(number, draft=replace(DRAFT, owner="city.housing", body="改。"), seen=1, by=city.who("chengguan"))
    assert Article.objects.get().owner == "city.urban_management", "a unit does not give it away"


def test_only_what_holds_is_judged(city: World) -> None:
    """What is over, or not yet, has no readers."""
    until = end_of(clock.local(clock.now()).date())
    articles.load([replace(DRAFT, until=until), replace(DRAFT, slug="later", since=until)], by=SYSTEM)
    articles.judge("street-lamps", verdict="helped")
    with pytest.raises(NotFound):
        articles.judge("later", verdict="helped")
    city.wait("2 days")
    articles.judge("later", verdict="helped")
    with pytest.raises(NotFound):
        articles.judge("street-lamps", verdict="helped")

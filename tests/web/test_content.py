"""通知、办事知识、固定页面 as readers meet them, without scripts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.test import Client

from minsheng.cli import content as files
from minsheng.commands import articles
from minsheng.domain.access import SYSTEM
from minsheng.domain.articles import Draft
from minsheng.domain.calendar import end_of
from minsheng.models.content import Article
from tests.world import ROOT, World

NOTICE = Draft(kind="notice", slug="no-water", title="今晚停水", summary="22 点到 5 点。", body="抢修管道，请先接水。", label="停水")
HEAT = Draft(kind="knowledge", slug="heating-cold", title="暖气不热，先做这三步", summary="放气。", body="# 三步\n\n打 {hotline}。", category="0207")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def read(client: Client, path: str, *, language: str = "zh") -> str:
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_every_text_of_this_repository_reads_well(city: World, client: Client) -> None:
    """Loaded as `minsheng content load` loads them: each opens, in both languages, with every placeholder filled in."""
    articles.load(files.read(ROOT / "directories" / "pages", lang="zh"), by=SYSTEM)
    rows = Article.objects.filter(language="zh")
    assert rows.count() >= 20
    for row in rows:
        address = {"page": "pages"}.get(row.kind, "help")
        for language in ("zh", "en"):
            page = read(client, f"/{address}/{row.slug}", language=language)
            assert "{" not in page.split('<div class="ms-prose')[1].split("</article>")[0], row.slug
            translated = Article.objects.filter(slug=f"{row.slug}-en").exists()
            assert ("没有英文版" in page or "no English version" in page) is (language == "en" and not translated)
    how = read(client, "/pages/how")
    assert "云川市" not in how or "12345" in how
    assert "24 小时内单位认领" in how and "72 小时内答复" in how, "the promises are those of the profile"
    assert "answered within 72 hours" in read(client, "/pages/how", language="en").lower()


def test_a_page_says_when_it_was_updated_and_is_never_html_of_its_own(city: World, client: Client) -> None:
    articles.load([Draft(kind="page", slug="privacy", title="个人<b>信息", body="<script>x</script> **要紧**")], by=SYSTEM)
    page = read(client, "/pages/privacy")
    assert "更新于 3 月 2 日" in page and "个人&lt;b&gt;信息" in page
    assert "<script>x" not in page and "<strong>要紧</strong>" in page


@pytest.mark.parametrize("path", ["/pages/privacy", "/notices/nothing", "/help/nothing", "/pages/..", "/help/%00", "/notices?cursor=nonsense"])
def test_what_is_not_there_says_so_kindly(city: World, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "12345" in answer.content.decode()


def test_each_kind_has_one_address(city: World, client: Client) -> None:
    """Another kind's address, or the English twin's, leads to the right one."""
    articles.load([NOTICE, HEAT, Draft(kind="knowledge", slug="heating-cold-en", language="en", title="Cold radiators", body="Three steps.")], by=SYSTEM)
    for path, right in (
        ("/pages/no-water", "/notices/no-water"),
        ("/notices/heating-cold", "/help/heating-cold"),
        ("/help/heating-cold-en", "/help/heating-cold"),
    ):
        assert client.get(path)["Location"] == right
    assert "Cold radiators" in read(client, "/help/heating-cold", language="en")


def test_notices(city: World, client: Client) -> None:
    """Empty says why that is fine; then newest first with label and end; a notice that is over leaves the list and says so on its page."""
    assert "现在没有通知" in read(client, "/notices")
    over = replace(NOTICE, slug="over", title="昨晚停水", until=end_of(date(2026, 3, 2)))
    articles.load([NOTICE, over, *(replace(NOTICE, slug=f"n-{n}", title=f"通知 {n}") for n in range(20))], by=SYSTEM)
    first = read(client, "/notices")
    assert "停水" in first and "再看 20 条" in first
    city.wait("2 days")
    listed = read(client, "/notices")
    assert "昨晚停水" not in listed
    assert "已经过期" in read(client, "/notices/over") and "已经过期" not in read(client, "/notices/no-water")


def test_help_is_searched_by_words_and_kind(city: World, client: Client) -> None:
    articles.load([HEAT, Draft(kind="guide", slug="guide-qr", title="扫码反映", body="扫一扫。")], by=SYSTEM)
    page = read(client, "/help")
    assert "暖气不热，先做这三步" in page and "扫码反映" in page
    assert "找到 1 篇" in read(client, "/help?q=暖气")
    assert "没有找到「恐龙」" in read(client, "/help?q=恐龙")
    assert "暖气不热" in read(client, "/help?category=02") and "这一类还没有文章" in read(client, "/help?category=01")
    for odd in ("/help?q=%00", "/help?category=nonsense", "/help?q=" + "长" * 300, "/help?q=<script>x"):
        assert "<script>x" not in read(client, odd)


def test_helped_is_counted_once_for_each_browser(city: World, client: Client) -> None:
    articles.load([HEAT], by=SYSTEM)
    assert "这篇对您有用吗" in read(client, "/help/heating-cold")
    answer = client.post("/help/heating-cold/judge", {"verdict": "helped"})
    assert answer["Location"] == "/help/heating-cold"
    page = read(client, "/help/heating-cold")
    assert "谢谢，记下了" in page and "这篇对您有用吗" not in page and "1 人说有用" in page
    client.post("/help/heating-cold/judge", {"verdict": "helped"})
    Client().post("/help/heating-cold/judge", {"verdict": "no_help"})
    row = Article.objects.get()
    assert (row.helped, row.not_helped) == (1, 1)
    assert client.get("/help/heating-cold/judge").status_code == 302, "loaded again it leads to the article"
    other = Client()
    assert other.post("/help/heating-cold/judge", {"verdict": "maybe"}).status_code == 422
    assert other.post("/help/nothing/judge", {"verdict": "helped"}).status_code == 404


def test_judging_has_a_limit_for_each_address(city: World) -> None:
    articles.load([HEAT], by=SYSTEM)
    last = [Client().post("/help/heating-cold/judge", {"verdict": "helped"}).status_code for _ in range(31)][-1]
    assert last == 429
    assert Article.objects.get().helped == 30


def test_from_the_form_it_ends_with_thanks_and_nothing_is_filed(city: World, client: Client) -> None:
    articles.load([HEAT], by=SYSTEM)
    answer = client.post("/help/heating-cold/judge", {"verdict": "helped", "from": "new"})
    assert answer["Location"] == "/solved?article=heating-cold"
    page = read(client, answer["Location"])
    assert "没有提交诉求" in page and "还是要反映" in page and "data-draft-done" not in page, "what was written is still there"
    assert "解决了就好" in read(client, "/solved")
    assert client.get("/solved?article=nothing").status_code == 404

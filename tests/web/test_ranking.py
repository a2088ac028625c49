"""晒榜 as a page and as a file: every rate opens, the last stand beside the best, what is not final says so."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from minsheng.commands import measures
from minsheng.models.measure import Measure
from minsheng.models.people import Member
from minsheng.models.read import Tally
from minsheng.queries import directory as directories
from tests.commands.scenes import dispatched
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    """Twelve units of the city with figures in March, the first the best; in February the other way round."""
    made = world("yunchuan", at="2026-04-10T09:00+08:00")
    for n, unit in enumerate(units()[:12]):
        for day, kept in ((date(2026, 3, 15), 30 - n), (date(2026, 2, 15), 19 + n)):
            for metric, value in {"answer_kept": kept, "answer_missed": 30 - kept, "answer": 30, "satisfied_asked": 4, "satisfied_yes": 3}.items():
                if value:
                    Tally.objects.create(day=day, unit=unit, district="qinghe", category="02", origin="citizen", metric=metric, n=value)
    return made


def units() -> list[str]:
    return [code for code, unit in directories.current().units.items() if unit.level == "city" and unit.kind == "department"]


def page(client: Client, path: str = "/rank", *, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return re.sub(r"\s+", " ", answer.content.decode())


def part(html: str, heading: str) -> str:
    return html.split(f'id="{heading}"')[1].split("</section>")[0]


def test_the_last_published_month_with_both_ends(city: World, client: Client) -> None:
    html, tree = page(client), directories.current()
    assert "2026 年 3 月" in part(html, "h-all-in-all")
    best, last = part(html, "h-best"), part(html, "h-last")
    assert re.findall(r'class="n num (?:top|low)">(\d+)<', best + last) == ["1", "2", "3", "4", "5", "8", "9", "10", "11", "12"]
    assert tree.units[units()[0]].short_name in best
    assert tree.units[units()[11]].short_name in last
    assert "上升 11 名" in best
    assert "下降 11 名" in last
    assert "还没过完" not in html
    assert "综合" not in part(html, "h-table")


def test_every_rate_opens_to_numerator_denominator_and_cutoff(city: World, client: Client) -> None:
    html = page(client)
    opened = re.findall(r'<details class="ms-of"> <summary>.*?</summary> <span class="made num">(.*?)</span> </details>', html)
    assert len(opened) == 4 + 10 + 12 * 4
    assert all(re.search(r"[\d,]+ 件 ÷ .*[\d,]+ 件，截至 4 月 10 日 09:00$", said) for said in opened)
    assert "在承诺时间里答复的 30 件 ÷ 到期该答复的 30 件" in opened[4]
    outside = re.sub(r'<details class="ms-of">.*?</details>', "", html)
    assert not re.search(r"\d%(?!\d)", re.sub(r"近 6 个月：[^\"]*", "", outside)), "no rate stands alone"


def test_too_few_are_listed_without_a_rank(city: World, client: Client) -> None:
    html = page(client, "/rank?by=satisfaction")
    assert html.count("样本不足") == 12 + 1
    assert 'id="h-best"' not in html


def test_kinds_and_measures_keep_each_other(city: World, client: Client) -> None:
    html = page(client, "/rank?kind=counties&by=satisfaction")
    assert 'href="/rank?kind=counties&amp;by=resolution"' in html
    assert 'href="/rank?kind=streets&amp;by=satisfaction"' in html
    assert "青禾区" in part(html, "h-table")
    assert "不管由市里的部门办还是当地办" in html


def test_a_city_of_one_district_compares_no_districts(world: Callable[..., World], client: Client) -> None:
    world("qufu", at="2026-04-10T09:00+08:00")
    html = page(client)
    assert "kind=counties" not in html
    assert "kind=streets" in html


def test_the_running_month_may_be_looked_at_and_says_so(city: World, client: Client) -> None:
    Tally.objects.create(day=date(2026, 4, 2), unit=units()[0], district="", category="02", origin="citizen", metric="answer_kept", n=1)
    html = page(client, "/rank?month=2026-04")
    assert "还没过完" in part(html, "h-all-in-all")
    assert re.findall(r'<option value="([\d-]+)"( selected)?>', html) == [("2026-04", " selected"), ("2026-03", ""), ("2026-02", "")]


def test_before_the_day_of_publication(world: Callable[..., World], client: Client) -> None:
    world("yunchuan", at="2026-04-03T09:00+08:00")
    Tally.objects.create(day=date(2026, 2, 3), unit=units()[0], district="", category="02", origin="citizen", metric="answer_kept", n=1)
    assert "2026 年 2 月" in part(page(client), "h-all-in-all")
    assert "还没公布，数还会变" in part(page(client, "/rank?month=2026-03"), "h-all-in-all")


def test_a_city_that_began_this_month_shows_how_it_goes_so_far(world: Callable[..., World], client: Client) -> None:
    world("yunchuan", at="2026-04-10T09:00+08:00")
    Tally.objects.create(day=date(2026, 4, 2), unit=units()[0], district="", category="02", origin="citizen", metric="answer_kept", n=1)
    told = part(page(client), "h-all-in-all")
    assert "2026 年 4 月" in told and "还没过完" in told


def test_a_month_without_figures_is_a_page(city: World, client: Client) -> None:
    html = page(client, "/rank?month=2025-07")
    assert "这个月还没有数" in html
    assert "rank.csv" not in html


@pytest.mark.parametrize(
    ("query", "words"),
    [("month=2026-13", "不是月份"), ("month=gestern", "不是月份"), ("month=2026-05", "那个月还没到"), ("month=0001-01", "不是月份"), ("kind=x", "没有「x」这个选项"),
     ("by=score", "没有「score」这个选项"), ("before=%00", "不是月份"), ("month=2026-03-15", "不是月份")],
)  # fmt: skip
def test_what_is_no_choice_is_said(city: World, client: Client, query: str, words: str) -> None:
    html = page(client, f"/rank?{query}", status=422)
    assert words in html
    assert "2026 年 3 月" in part(html, "h-all-in-all")
    assert client.get(f"/rank.csv?{query}").status_code == 200


def test_older_months_are_a_link_further(city: World, client: Client) -> None:
    for n in range(14):
        Tally.objects.create(day=date(2024 + n // 12, n % 12 + 1, 3), unit="x", district="", category="", origin="citizen", metric="answer", n=1)
    first = page(client)
    link = re.search(r'<a href="(/rank\?[^"]*before=[^"]*)">更早的月份', first)
    assert link
    older = page(client, link[1].replace("&amp;", "&"))
    assert '<option value="2024-01">' in older
    assert '<option value="2024-01">' not in first


def test_cards_of_the_month_stand_on_the_unit(city: World, client: Client) -> None:
    code, who = dispatched(city), Member.objects.filter(roles__contains=["supervisor"]).values_list("user__username", flat=True).first()
    city.do(measures.open_measure, code, kind="red_card", unit=units()[3], reason="同一件事三次没有人管", by=str(who))
    Measure.objects.update(
        opened_at=datetime.fromisoformat("2026-03-20T10:00+08:00"), ended_at=datetime.fromisoformat("2026-04-02T10:00+08:00"), status="closed"
    )
    html = page(client)
    cards = part(html, "h-cards")
    assert "1 张" in cards
    assert "同一件事三次没有人管" in cards
    assert f'href="/cases/{code}"' in cards
    assert "4 月 2 日已摘牌" in cards
    assert part(html, "h-table").count('data-c="r"') == 1
    assert "这个月没有亮牌" in page(client, "/rank?month=2026-02")


def test_the_file_for_a_spreadsheet(city: World, client: Client) -> None:
    answer = client.get("/rank.csv?month=2026-03")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="rank-2026-03-units.csv"' in answer["Content-Disposition"]
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    head, *lines = list(csv.reader(io.StringIO(text[1:])))
    assert head[:7] == ["月份", "名次（按按时答复率）", "承办单位", "答复（件）", "按时答复率（%）", "按时答复率：分子（件）", "按时答复率：分母（件）"]
    assert head[-1] == "截至"
    assert len(lines) == 12
    assert lines[0][:7] == ["2026-03", "1", directories.current().units[units()[0]].name, "30", "100.0", "30", "30"]
    assert lines[1][4:7] == ["96.7", "29", "30"]
    assert lines[0][7:10] == ["", "0", "0"], "a rate of nothing is empty, not nought"
    assert {line[-1] for line in lines} == {"2026-04-10 09:00"}


def test_a_name_is_no_formula(city: World, client: Client) -> None:
    from minsheng.domain.cells import harmless

    assert [harmless(name) for name in ("=1+1", "+86", "-x", "@x", "市水务局")] == ["'=1+1", "'+86", "'-x", "'@x", "市水务局"]


def test_in_english(city: World, client: Client) -> None:
    html = client.get("/rank?month=2026-03", headers={"accept-language": "en"}).content.decode()
    assert "March 2026" in html or "Mar 2026" in html
    for chinese in ("按时", "名次", "样本不足", "截至", "晒榜"):
        assert chinese not in html


# --- home ---------------------------------------------------------------------------------------------------------------------


def test_home_shows_the_ends_of_the_table(city: World, client: Client) -> None:
    html = page(client, "/")
    mini = part(html, "h-rank")
    assert "3 月晒榜" in mini
    assert re.findall(r'<b class="num (?:ok|bad)">(\d+)</b>', mini) == ["1", "2", "11", "12"]
    assert mini.count('<details class="ms-of">') == 4


def test_home_says_no_ranks_where_too_few_have_one(world: Callable[..., World], client: Client) -> None:
    world("yunchuan", at="2026-04-10T09:00+08:00")
    assert 'id="h-rank"' not in page(client, "/")


def test_home_is_worked_out_once_in_fifteen_seconds_and_says_when(city: World, client: Client) -> None:
    assert re.search(r"收到诉求</dt><dd[^>]*>0 ", page(client, "/"))
    dispatched(city, body="新来的一件事：井盖响。")
    city.wait("0 minutes")
    assert re.search(r"收到诉求</dt><dd[^>]*>0 ", page(client, "/"))
    city.wait("1 minutes")
    html = page(client, "/")
    assert re.search(r"收到诉求</dt><dd[^>]*>1 ", html)
    assert "09:01 更新" in html
    assert "路灯不亮" in part(html, "h-hall")


def test_the_figures_of_home_open_and_own_cases_are_never_kept(city: World, client: Client) -> None:
    """The rates of today open; what one browser holds is nowhere in another's page."""
    mine = client.post(
        "/new",
        {"text": "我家楼下的井盖响了一个月。", "place": "银杏花园", "district": "qinghe", "name": "李女士", "phone": "13800000001", "visibility": "private"},
    )
    assert mine.status_code == 302
    city.wait("1 minutes")
    own, other = page(client, "/"), page(Client(), "/")
    assert "我家楼下的井盖响了" in own
    assert "井盖" not in other
    assert part(other, "h-day").count('<details class="ms-of">') == 2

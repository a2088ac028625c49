"""The table of a month: who is compared, from which numbers, with which rank, and what changed."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock, projections
from minsheng.commands import measures
from minsheng.models.measure import Measure
from minsheng.models.people import Member
from minsheng.models.read import Tally, TallyDelta
from minsheng.queries import cards, kept, ranking
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.ranking import Line, Part
from tests.commands.scenes import closed, dispatched
from tests.world import World

FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)
A, B, C, D = "city.urban_management", "city.sanitation", "city.education", "city.civil_affairs"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-04-10T09:00+08:00")


def tell(unit: str, kept: int, missed: int, *, day: date = date(2026, 3, 15), district: str = "qinghe", origin: str = "citizen", **more: int) -> None:
    """So many answers in time and late, and what else was counted."""
    for metric, n in {"answer_kept": kept, "answer_missed": missed, "answer": kept + missed, **more}.items():
        if n:
            Tally.objects.create(day=day, unit=unit, district=district, category="02", origin=origin, metric=metric, n=n)


def lines(month: date = MARCH, **asked: str) -> dict[str, Line]:
    return {line.code: line for line in ranking.table(month, **asked).lines}


def test_ranks_by_the_measure_that_is_asked_for(city: World) -> None:
    tell(A, 19, 1, satisfied_asked=10, satisfied_yes=5)
    tell(B, 10, 10, satisfied_asked=10, satisfied_yes=9)
    tell(C, 38, 2)
    found = lines()
    assert [(code, line.rank) for code, line in found.items()] == [(C, 1), (A, 1), (B, 3)]
    assert found[A].parts["answer_on_time"] == Part(19, 20)
    assert found[A].volume == 20
    by_satisfaction = lines(measure="satisfaction")
    assert [(code, line.rank) for code, line in by_satisfaction.items()] == [(B, 1), (A, 2), (C, None)]


def test_who_was_counted_too_seldom_has_no_rank_but_is_listed(city: World) -> None:
    minimum = rulebook.today().profile.ranking.minimum
    tell(A, minimum, 0)
    tell(B, minimum - 1, 0)
    found = lines()
    assert (found[A].rank, found[B].rank) == (1, None)
    assert list(found) == [A, B]


def test_only_what_citizens_filed_counts(city: World) -> None:
    tell(A, 20, 0)
    tell(A, 0, 50, origin="drill")
    assert lines()[A].parts["answer_on_time"] == Part(20, 20)


def test_folded_and_unfolded_numbers_are_added(city: World) -> None:
    tell(A, 10, 0)
    TallyDelta.objects.create(day=date(2026, 3, 31), unit=A, district="minghu", category="03", origin="citizen", metric="answer_missed", n=10)
    TallyDelta.objects.create(day=date(2026, 4, 1), unit=A, district="minghu", category="03", origin="citizen", metric="answer_missed", n=99)
    assert lines()[A].parts["answer_on_time"] == Part(10, 20)


def test_the_change_against_the_month_before(city: World) -> None:
    for unit, now, before in ((A, 20, 10), (B, 10, 20), (C, 15, 0)):
        tell(unit, now, 20 - now)
        if before:
            tell(unit, before, 20 - before, day=date(2026, 2, 10))
    found = lines()
    assert [(found[code].rank, found[code].before) for code in (A, C, B)] == [(1, 2), (2, None), (3, 1)]
    table = ranking.table(MARCH)
    assert table.average["answer_on_time"] == Part(45, 60)
    assert table.earlier["answer_on_time"] == Part(30, 40)
    assert found[A].trend == (None, None, None, None, 0.5, 1.0)


def test_what_hangs_below_a_street_counts_for_it(city: World) -> None:
    """The street office, its departments and its communities together; a unit of the city stands in no street."""
    tell("songtao", 5, 0)
    tell("songtao.urban_management", 5, 0)
    tell("yinxing", 0, 10)
    tell(A, 7, 7)
    assert {code: line.parts["answer_on_time"] for code, line in lines(kind="streets").items()} == {"songtao": Part(10, 20)}
    assert set(lines()) == {A}


def test_counties_are_counted_by_where_it_happened(city: World) -> None:
    """Whoever handled it, a department of the city or the place itself."""
    tell(A, 10, 0, district="minghu")
    tell("yinxing", 10, 10, district="qinghe")
    tell(B, 4, 0, district="")
    found = lines(kind="counties")
    assert {code: (line.name, line.rank) for code, line in found.items()} == {"minghu": ("明湖区", 1), "qinghe": ("青禾区", 2)}


def test_the_silent_are_counted_not_listed(city: World) -> None:
    tell(A, 10, 0)
    table = ranking.table(MARCH)
    city_level = [unit for unit in directories.current().units.values() if unit.level == "city" and unit.kind in ("department", "company")]
    compared = [unit for unit in city_level if unit.valid(MARCH) or unit.valid(date(2026, 3, 31))]
    assert len(table.lines) + table.silent == len(compared)
    assert ranking.table(FEBRUARY).lines == []


def test_a_table_says_whether_it_is_final(city: World) -> None:
    states = {month: (table.running, table.published) for month in (FEBRUARY, MARCH, APRIL) for table in [ranking.table(month)]}
    assert states == {FEBRUARY: (False, True), MARCH: (False, True), APRIL: (True, False)}


def test_before_the_day_of_publication_the_month_before_is_the_last(world: Callable[..., World]) -> None:
    world("yunchuan", at="2026-04-04T23:00+08:00")
    tell(A, 20, 0, day=date(2026, 2, 10))
    assert ranking.table(MARCH).published is False
    found = ranking.published()
    assert found is not None
    assert found.month == FEBRUARY


def test_nothing_is_published_where_nobody_has_a_rank(city: World) -> None:
    tell(A, 1, 0)
    assert ranking.published() is None


def test_a_month_is_one_question_and_then_none(city: World) -> None:
    tell(A, 20, 0)
    ranking.table(MARCH)
    kept.forget()
    with CaptureQueriesContext(connection) as first:
        ranking.table(MARCH)
    with CaptureQueriesContext(connection) as again:
        for kind in ranking.KINDS:
            ranking.table(MARCH, kind=kind, measure="satisfaction")
    sums = [query for query in first.captured_queries if "ms_tally" in query["sql"]]
    assert (len(sums), len(again)) == (1, 0)


def test_what_is_kept_grows_old(city: World) -> None:
    tell(A, 20, 0)
    assert lines()[A].parts["answer_on_time"] == Part(20, 20)
    tell(A, 0, 20, day=date(2026, 3, 20))
    assert lines()[A].parts["answer_on_time"] == Part(20, 20)
    city.wait("11 minutes")
    assert lines()[A].parts["answer_on_time"] == Part(20, 40)


def test_months_that_have_figures(city: World) -> None:
    for day in (date(2026, 3, 15), date(2026, 3, 1), date(2026, 1, 31), date(2025, 12, 31), date(2026, 4, 10)):
        tell(A, 1, 0, day=day)
    TallyDelta.objects.create(day=date(2026, 2, 3), unit=A, district="", category="02", origin="citizen", metric="answer_kept", n=1)
    with CaptureQueriesContext(connection) as queries:
        found = ranking.months()
    assert len(queries) == 1
    assert found == [APRIL, MARCH, FEBRUARY, date(2026, 1, 1), date(2025, 12, 1)]
    assert ranking.months(most=2) == [APRIL, MARCH]
    assert ranking.months(before=MARCH, most=2) == [FEBRUARY, date(2026, 1, 1)]
    assert ranking.months(before=date(2020, 1, 1)) == []


def test_the_table_says_what_the_journal_says(city: World) -> None:
    """A case lived through with the commands stands in the table as the tallies have it."""
    code = closed(city)
    projections.fold_tallies()
    unit = city.case(code).unit or ""
    table = ranking.table(APRIL, kind="streets")
    (line,) = table.lines
    assert unit.startswith(line.code)
    assert line.volume == 1
    assert line.parts == {"answer_on_time": Part(1, 1), "resolution": Part(1, 1), "satisfaction": Part(1, 1), "contact": Part(1, 1)}
    assert ranking.table(APRIL, kind="counties").average == table.average


# --- cards --------------------------------------------------------------------------------------------------------------------


def supervisor(city: World) -> str:
    return str(Member.objects.filter(roles__contains=["supervisor"]).values_list("user__username", flat=True).first())


def test_cards_of_the_month(city: World) -> None:
    public, private = dispatched(city), dispatched(city, wish="private")
    who = supervisor(city)
    for code, kind, at in ((public, "yellow_card", "2026-03-10"), (private, "red_card", "2026-03-31"), (public, "orange_card", "2026-04-01")):
        city.do(measures.open_measure, code, kind=kind, unit="songtao", reason="三次没有人管", by=who)
        Measure.objects.filter(pk=Measure.objects.latest("id").pk).update(opened_at=datetime.fromisoformat(f"{at}T00:30+08:00"))
    found = cards.cards(MARCH)
    assert [(one.kind, one.code, one.because) for one in found] == [("red_card", None, ""), ("yellow_card", public, "三次没有人管")]
    assert [one.kind for one in cards.cards(APRIL)] == ["orange_card"]
    assert cards.worst(found) == {"songtao": "red_card"}


@pytest.mark.parametrize(("status", "shown"), [("proposed", False), ("opened", True), ("answered", True), ("closed", True), ("withdrawn", False)])
def test_what_is_only_proposed_or_taken_back_is_no_card(city: World, status: str, shown: bool) -> None:
    code = dispatched(city)
    city.do(measures.open_measure, code, kind="red_card", unit="songtao", reason="三次没有人管", by=supervisor(city))
    Measure.objects.update(status=status)
    assert bool(cards.cards(APRIL)) is shown


def test_a_card_of_a_secret_case_is_told_to_nobody(city: World) -> None:
    code = city.file(body="举报：有人占用消防通道收钱。", kind="report", place="yinxing-b1")
    assert city.case(code).visibility == "secret"
    unit = city.case(code).unit or "city.urban_management"
    Measure.objects.create(case=city.case(code), number=50, kind="red_card", level="x", unit=unit, because="超时", rule="ladder.answer.0",
                           status="opened", opened_by="system", opened_at=clock.now())  # fmt: skip
    assert cards.cards(APRIL) == []


def test_reminders_are_no_cards(city: World) -> None:
    city.do(measures.open_measure, dispatched(city), kind="reminder", unit="songtao", reason="提醒一下", by=supervisor(city))
    assert cards.cards(APRIL) == []

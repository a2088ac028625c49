"""驾驶舱: the figures of an area are those of its cases and tallies, no more and no less; the lists behind them hold what may be seen."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import amending, answering, callback, measures
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.scopes import View
from minsheng.domain.states import MeasureKind
from minsheng.models.case import Case
from minsheng.models.read import Tally
from minsheng.queries import asked_units, cockpit, kept, looking_on, reach, watched
from minsheng.queries import directory as directories
from minsheng.queries.reach import Reach
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.commands.test_suggesting import onlooker
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def board(root: str = "city", *, privy: bool = True, categories: tuple[str, ...] = (), span: str = "day") -> cockpit.Board:
    kept.forget()
    return cockpit.board(Reach((View(root, privy),), categories), span=span)


def elsewhere(city: World, n: int = 1) -> list[str]:
    return [city.file(body=f"湖边第 {k} 盏路灯坏了，晚上看不见路。", title="湖边路灯", district="minghu") for k in range(n)]


def test_open_overdue_and_where(city: World) -> None:
    late, _other = scenes.handled(city), elsewhere(city, 2)
    city.do(measures.open_measure, late, by="supervisor1", kind="supervision", unit=UNIT, reason="多次反映")
    Case.objects.filter(code=late).update(due_at=clock.now() - timedelta(hours=1))
    whole, here, street, body = board(), board("qinghe"), board("songtao"), board(UNIT)
    assert (whole.open, whole.overdue, whole.watched, whole.level) == (3, 1, 1, "district")
    assert {spot.place: (spot.n, spot.overdue) for spot in whole.spots if spot.n} == {"minghu": (2, 0), "qinghe": (1, 1)}
    assert [(one.open, one.overdue, one.level) for one in (here, street, body)] == [(1, 1, "street")] * 3
    assert board("wangyun").open == 0 and {spot.n for spot in board("wangyun").spots} == {0}


def test_hours_and_what_came_in(city: World) -> None:
    city.until("2026-03-03T10:30+08:00")
    elsewhere(city, 2)
    code = scenes.handled(city)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=scenes.GOOD)
    found = board()
    assert found.hours[10] == (10, 3, 0, 1) and found.received == 3 and found.answered == 1
    assert board("qinghe").hours[10] == (10, 1, 0, 1) and board("qinghe").received == 1
    city.until("2026-03-10T12:00+08:00")
    again = board()
    assert (again.hours[10], again.received, again.before, again.by_now) == ((10, 0, 3, 0), 0, 3, 0)
    assert board(span="month").received == 3 and board(span="month").before is None


def test_rates_come_from_tallies_of_the_area_and_of_the_platform(city: World) -> None:
    for district, unit, category, kept_, missed in (("qinghe", UNIT, "02", 9, 1), ("minghu", "city.housing", "03", 5, 5)):
        for metric, n in (("answer_kept", kept_), ("answer_missed", missed)):
            Tally.objects.create(day=date(2026, 3, 2), unit=unit, district=district, category=category, origin="citizen", metric=metric, n=n)
            Tally.objects.create(day=date(2026, 3, 2), unit=unit, district=district, category=category, origin="drill", metric=metric, n=99)

    def rate(*args: str, categories: tuple[str, ...] = ()) -> tuple[int, int]:
        part = board(*args, categories=categories).rates["answer_on_time"]
        return part.numerator, part.denominator

    assert (rate(), rate("qinghe"), rate("minghu"), rate("wangyun")) == ((14, 20), (9, 10), (5, 10), (0, 0))
    assert (rate("songtao"), rate("city.housing"), rate(categories=("03",))) == ((9, 10), (5, 10), (5, 10))
    lines, _cutoff = cockpit.units(Reach((View("city", privy=True),)), start=date(2026, 3, 2), end=date(2026, 3, 2))
    assert {line.unit: line.parts["answer_on_time"].denominator for line in lines} == {UNIT: 10, "city.housing": 10}
    assert [(month.month, month.parts["answer_on_time"].numerator) for month in cockpit.months(UNIT)][:2] == [(date(2026, 3, 1), 9), (date(2026, 2, 1), 0)]


def test_a_topic_rises_by_street_and_counts_places_not_persons(city: World) -> None:
    for n in range(4):
        scenes.dispatched(city, body=f"{n} 号楼门口的路灯坏了，晚上看不见路。", phone="13800000009")
    (found,) = board().topics
    assert (found.street, found.now, found.before, found.places, found.growth) == ("songtao", 4, 0, 1, None)
    city.until("2026-03-12T09:00+08:00")
    assert board().topics == []
    for n in range(4):
        scenes.dispatched(city, body=f"{n} 号楼后面的路灯坏了，晚上看不见路。")
    assert board().topics[0].before == 1.0


def test_no_report_is_counted_and_what_touches_privacy_only_for_who_may_read_it(city: World) -> None:
    city.file(**{**scenes.LAMP, "body": "举报有人收钱不办事，请查。"}, kind="report", accused=(UNIT,))
    code = scenes.handled(city)
    Case.objects.filter(code=code).update(sensitive=True)
    assert (board().open, board(privy=False).open) == (1, 0)


LISTERS = ("leader1", "supervisor1", "analyst1", "qinghe-county-heads", "songtao-street-heads", "minghu-county-heads")


@pytest.mark.parametrize("username", LISTERS)
def test_a_list_holds_only_what_its_reader_may_open(city: World, username: str) -> None:
    """Every row of every list is a case that access.may_see opens; what is not in it is another area's, a report, private or accused."""
    scenes.handled(city)
    elsewhere(city, 2)
    private = scenes.handled(city, body="家里的事不想让人知道，门口的灯也坏了。")
    facts = city.case(private).facts
    Case.objects.filter(code=private).update(sensitive=True, facts={**facts, "sensitive": True})
    city.file(**{**scenes.LAMP, "body": "举报有人收钱不办事，请查。"}, kind="report", accused=(UNIT,))
    city.file(**{**scenes.LAMP, "body": "街道的人态度很差，灯也不修。"}, kind="complaint", accused=("songtao",))
    gone = scenes.handled(city, body="这个不用修了，我自己换了灯泡。")
    city.do(amending.withdraw, gone, by="citizen", reason="不用了。")
    actor, tree = city.who(username), directories.current()
    mine = reach.of(actor, "lead", tree)
    listed = {row.code for what in ("open", "received") for row in watched.cases(mine, actor, what=what, start=date(2026, 3, 1)).rows}
    for case in Case.objects.all():
        place = tree.places.get(case.place or case.district or "")
        may = access.may_see(actor, facts_json.from_json(case.facts), tree, place_unit=place.unit if place else None)
        expected = may and case.visibility != "secret"
        assert (case.code in listed) is expected, (username, case.title, may)


def test_pages_follow_each_other_without_a_gap_and_without_a_double(city: World) -> None:
    codes = {scenes.handled(city, body=f"{n} 号楼门口的路灯坏了，晚上看不见路。") for n in range(5)}
    Case.objects.filter(code=min(codes)).update(due_at=None)
    actor = city.who("leader1")
    mine = reach.of(actor, "lead", directories.current())
    for what in ("open", "received"):
        seen, cursor = list[str](), ""
        while True:
            page = watched.cases(mine, actor, what=what, start=date(2026, 3, 1), cursor=cursor, limit=2)
            seen += [row.code for row in page.rows]
            cursor = page.next
            if not cursor:
                break
        assert (len(seen), set(seen)) == (5, codes), what


def test_behind_the_rates_stand_the_cases_that_bring_them_down(city: World) -> None:
    """As many as the tallies count, in the area, since the first day of the span; a case stands once on a page."""
    late, good, bad = scenes.handled(city), scenes.checked(city, body="东门的路灯坏了，晚上很黑。"), scenes.checked(city, body="西门的路灯坏了，晚上很黑。")
    city.do(callback.call_back, good, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    city.do(callback.call_back, bad, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)
    if city.state(bad) in ("answered", "closed"):
        city.do(callback.rate, bad, by="citizen", level=1)
    city.until("2026-03-20T09:00+08:00")
    leader, other = city.who("leader1"), city.who("minghu-county-heads")
    tree = directories.current()

    def listed(actor: Actor, what: str, start: date) -> list[str]:
        return [row.code for row in watched.behind(reach.of(actor, "lead", tree), actor, what=what, start=start).rows]

    assert listed(leader, "unsatisfied", date(2026, 3, 1)) == [bad]
    assert listed(leader, "unsatisfied", date(2026, 3, 19)) == []
    missed = listed(leader, "missed", date(2026, 3, 1))
    assert late in missed and good not in missed and len(missed) == city.tally("answer_missed")
    assert listed(other, "missed", date(2026, 3, 1)) == listed(other, "unsatisfied", date(2026, 3, 1)) == []
    first = watched.behind(reach.of(leader, "lead", tree), leader, what="missed", start=date(2026, 3, 1), limit=1)
    assert bool(first.next) is (len(missed) > 1)


def test_narrowed_to_an_area_or_a_platform_only_where_one_may(city: World) -> None:
    tree, leader, head = directories.current(), city.who("leader1"), city.who("qinghe-county-heads")
    whole, own = reach.of(leader, "lead", tree), reach.of(head, "lead", tree)
    assert reach.within(whole, "minghu", tree) == Reach((View("minghu", True),))
    assert reach.within(own, "minghu", tree) is None and reach.within(whole, "mars", tree) is None
    assert reach.on_platform(whole, "sector-housing", leader, tree) == Reach((View("city", True),), ("03",))
    assert reach.on_platform(own, "minghu", head, tree) is None and reach.on_platform(own, "qinghe", head, tree) == own
    with pytest.raises(NotFound):
        reach.of(city.who(CLERK), "lead", tree)


def test_the_board_asks_the_same_few_questions_and_none_within_the_minute(city: World) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as queries:
            cockpit.board(Reach((View("city", privy=True),)))
            cockpit.board(Reach((View("qinghe", privy=True),)))
        return len(queries)

    scenes.handled(city)
    kept.forget()
    assert questions() == 5
    elsewhere(city, 4)
    assert questions() == 0
    kept.forget()
    assert questions() == 5


def test_own_instructions_by_what_became_of_them(city: World) -> None:
    codes = [scenes.handled(city, body=f"{n} 号楼门口的路灯坏了，晚上看不见路。") for n in range(3)]
    leader = city.who("leader1")
    for code in codes:
        city.do(measures.instruct, code, by="leader1", unit=UNIT, text=f"请修好 {code}。", answer_on=date(2026, 3, 4))
    city.do(measures.answer, codes[0], number=1, text="今天修好了。", by=CLERK)
    city.until("2026-03-05T09:00+08:00")
    counts = asked_units.counts(leader, MeasureKind.INSTRUCTION)
    assert counts == {"answered": 1, "waiting": 2, "late": 2, "done": 0}
    (answered,) = asked_units.own(leader, MeasureKind.INSTRUCTION, state="answered").rows
    assert (answered.code, answered.text, answered.answer, answered.unit) == (codes[0], f"请修好 {codes[0]}。", "今天修好了。", UNIT)
    first = asked_units.own(leader, MeasureKind.INSTRUCTION, state="waiting", limit=1)
    second = asked_units.own(leader, MeasureKind.INSTRUCTION, state="waiting", limit=1, cursor=first.next)
    assert [row.code for row in (*first.rows, *second.rows)] == [codes[2], codes[1]] and not second.next
    assert asked_units.own(city.who("supervisor1"), MeasureKind.INSTRUCTION, state="answered").rows == []
    waiting = cockpit.waiting(reach.of(leader, "lead", directories.current()), leader)
    assert [(one.what, one.code) for one in waiting if one.what == "instruction"] == [("instruction", codes[0])]


def test_a_deputy_sees_released_words_only(city: World) -> None:
    public, private = scenes.checked(city), scenes.handled(city, body="我家在一单元，电话 13800000009，灯坏了。", wish="private")
    deputy = onlooker(city, "qinghe")
    mine = reach.of(deputy, "look_on", directories.current())
    rows = {row.code: row for row in looking_on.cases(mine, deputy).rows}
    assert set(rows) == {public, private}
    assert rows[public].public and rows[public].title
    assert (rows[private].title, rows[private].body, rows[private].answer, rows[private].public) == ("", "", "", False)
    assert looking_on.case(private, deputy).body == ""
    with pytest.raises(NotFound):
        looking_on.case(public, onlooker(city, "minghu"))

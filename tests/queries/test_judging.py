"""Lists of the desks that judge: a fixed number of queries however long they are, no row twice, nothing that somebody may not see."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from minsheng.commands import answering, callback, dispatch, exempting, handling
from minsheng.domain.scorecard import KEYS
from minsheng.queries import approvals, callbacks, quality, rulings
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.world import World

Make = Callable[..., World]
FULL = dict.fromkeys(KEYS, 2)


def several(city: World, make: Callable[..., str], n: int) -> list[str]:
    return [make(city, body=f"第 {i} 处路灯坏了，夜里看不见路，请来修。", phone=f"138000002{i:02}") for i in range(n)]


def walk(page: Callable[[str], Any], *, queries: int) -> list[str]:
    """All codes, a page at a time; each page with the same number of queries."""
    codes: list[str] = []
    cursor = ""
    while True:
        with CaptureQueriesContext(connection) as asked:
            found = page(cursor)
        assert len(asked) == queries, [q["sql"][:120] for q in asked]
        codes += [row.code for row in found.rows]
        cursor = found.next
        if not cursor:
            return codes


def sent_back(city: World, **report: Any) -> str:
    code = scenes.handled(city, **report)
    city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    return code


def test_approvals_page_by_page(world: Make) -> None:
    city = world("yunchuan")
    made = several(city, sent_back, 5)
    actor = city.who("dispatch1")
    assert walk(lambda cursor: approvals.page(actor, tab="send_back", cursor=cursor, limit=2), queries=4) == made
    with CaptureQueriesContext(connection) as asked:
        assert approvals.counts(actor) == {"send_back": 5, "extend": 0, "park": 0, "other": 0, "exempt": 0}
    assert len(asked) == 2
    (row,) = approvals.page(actor, tab="send_back", limit=1).rows
    assert (row.text, row.proposed_name, row.asked_name) == ("不归我们管。", "松涛街道", "松涛街道城管所")
    assert row.rule_name == "松涛街道城管所" and "谁主管谁负责" in row.rule_basis
    assert {clock.kind for clock in row.running} == {"answer", "close"}
    for other in (CLERK, "yinxing", "leader1"):
        assert approvals.page(city.who(other), tab="send_back").rows == [], other


def test_exemptions_are_not_for_whoever_asked_nor_for_the_unit(world: Make) -> None:
    city = world("yunchuan")
    made = several(city, scenes.handled, 3)
    for code, by in zip(made, ("supervisor1", CLERK, CLERK), strict=True):
        city.do(exempting.ask_exemption, code, by=by, basis="《办法》第三条", reason="暴雨。")
    seen = {who: [row.code for row in approvals.page(city.who(who), tab="exempt").rows] for who in ("supervisor1", "dispatch1", CLERK, "desk1")}
    assert seen == {"supervisor1": made[1:], "dispatch1": made, CLERK: [], "desk1": []}
    assert approvals.counts(city.who("supervisor1"))["exempt"] == 2
    assert approvals.one(city.who("dispatch1"), tab="exempt", code=made[0], number=1).basis == "《办法》第三条"  # type: ignore[union-attr]


def test_callbacks_in_the_order_of_the_need(world: Make) -> None:
    city = world("yunchuan")
    made = several(city, scenes.checked, 6)
    city.do(callback.rate, made[4], by="citizen", level=2)
    city.do(callback.try_call, made[1], by="callback1", result="busy")
    actor = city.who("callback1")
    assert walk(lambda cursor: callbacks.page(actor, group="first", cursor=cursor, limit=2), queries=1) == [made[0], made[2], made[3], made[5]]
    with CaptureQueriesContext(connection) as asked:
        assert callbacks.counts(actor) == {"bad": 1, "first": 4, "again": 0, "tried": 1}
    assert len(asked) == 1
    assert callbacks.following(actor) == (made[4], "bad")
    assert callbacks.following(actor, but=made[4]) == (made[0], "first")
    (tried,) = callbacks.page(actor, group="tried").rows
    assert (tried.code, tried.tries, tried.result_zh) == (made[1], 1, "占线")
    assert callbacks.page(city.who("checker1"), group="first").rows == []


def test_answers_that_wait_for_their_check(world: Make) -> None:
    city = world("yunchuan")
    made = several(city, scenes.answered, 5)
    actor = city.who("checker1")
    assert walk(lambda cursor: quality.page(actor, cursor=cursor, limit=2), queries=1) == made
    assert (quality.count(actor), quality.count(city.who("desk1"))) == (5, 0)


def test_whose_unit_is_accused_sees_nothing_of_it(world: Make) -> None:
    city = world("yunchuan")
    own = scenes.answered(city)
    accused = scenes.answered(city, body="举报他们不干活，路灯坏了不修。", phone="13800000077")
    facts = city.case(accused).facts
    type(city.case(accused)).objects.filter(code=accused).update(facts={**facts, "accused": ["city"]})
    assert [row.code for row in quality.page(city.who("checker1")).rows] == [own]


def test_rulings_before_and_what_waits(world: Make) -> None:
    city = world("yunchuan")
    made = []
    for code in several(city, scenes.registered, 3):
        city.do(dispatch.dispatch, code, by="dispatch1", lead="songtao")
        city.do(handling.claim, code, by="songtao")
        city.do(dispatch.send_back, code, by="songtao", reason="归城管。", proposed=UNIT)
        scenes.granted(city, code)
        made.append(code)
    once = scenes.registered(city, body="别处的路灯也坏了一盏，请来看看。", phone="13800000088")
    actor = city.who("dispatch1")
    assert walk(lambda cursor: rulings.waiting(actor, cursor=cursor, limit=2), queries=1) == made
    assert (rulings.count(actor), rulings.count(city.who(CLERK))) == (3, 0), f"{once} was refused once only"
    (first, *_) = rulings.waiting(actor).rows
    assert first.refusals == [("松涛街道城管所", "松涛街道"), ("松涛街道", "松涛街道城管所")]
    city.do(dispatch.rule, made[0], by="dispatch1", lead="yinxing", basis="社区牵头")
    case = city.case(made[1])
    with CaptureQueriesContext(connection) as asked:
        found = rulings.earlier(actor, code=made[1], category=case.category, district=case.district)
    assert len(asked) == 1
    assert [(row.code, row.unit_name, row.text) for row in found] == [(made[0], "银杏社区", "社区牵头")]
    assert rulings.earlier(actor, code=made[1], category="010101", district=case.district) == []


@pytest.mark.parametrize("scored", [True, False])
def test_figures_count_what_a_person_looked_at(world: Make, scored: bool) -> None:
    """First looks apart from later ones, also over rounds; the mean only of cards; two queries."""
    city = world("yunchuan")
    code = scenes.answered(city)
    card = {"scores": FULL} if scored else {}
    city.do(answering.return_answer, code, by="checker1", remarks="重写。", **card)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=scenes.GOOD)
    city.do(answering.pass_check, code, by="checker1", **card)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=scenes.GOOD)
    city.do(answering.pass_check, code, by="checker1", **card)
    checker = city.who("checker1")
    with CaptureQueriesContext(connection) as asked:
        found = quality.figures(checker, date(2026, 3, 1))
    assert len(asked) == 2
    whole = found.whole
    assert (whole.checked, whole.returned, whole.firsts, whole.passed_first) == (3, 1, 2, 1), "the second round has a first look of its own"
    assert (whole.scored, whole.mean) == ((3, 100.0) if scored else (0, None))
    assert [line.key for line in found.units] == [UNIT]
    assert [line.key for line in found.writers] == [f"{UNIT}~{city.who(CLERK).tag}"] and found.writers[0].name == city.who(CLERK).name
    assert len(quality.behind(city.who("checker1"), date(2026, 3, 1), key=found.writers[0].key)) == 3
    assert quality.figures(city.who("checker1"), date(2026, 2, 1)).whole.checked == 0
    assert quality.figures(city.who("desk1"), date(2026, 3, 1)).whole.checked == 0

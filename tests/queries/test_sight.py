"""视野: lists show what domain.access.may_see allows, of every role and relation, and of no case more."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from minsheng.commands import amending, dispatch, handling, intake, measures
from minsheng.commands import directory as loading
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor, Membership, only_looks_on
from minsheng.domain.states import Role
from minsheng.models.case import Case
from minsheng.queries import directory as directories
from minsheng.queries import inbox
from minsheng.queries.wanted import Wanted
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP, UNIT
from tests.world import World, city_files, city_rules

#: Where people sit: the centre, the city, a department, a county and its centre, the unit that has the lamp cases, its street and community, others.
UNITS = (
    "city.centre", "city", "city.urban_management", "city.discipline", "city.congress", "qinghe", "qinghe.centre", "songtao", UNIT, "yinxing", "fengdu",
    "fengdu.urban_management",
)  # fmt: skip


def place_unit(case: Case) -> str | None:
    place = directories.current().places.get(case.facts["place"] or case.facts["district"] or "")
    return place.unit if place else None


@pytest.fixture
def cases(world: Callable[..., World]) -> tuple[World, list[str]]:
    """One of each kind: public, private, sensitive (assigned to one clerk), 举报 with and without accused, handed on, co-handled, with consent asked and a measure."""
    city = world("yunchuan")
    sensitive = next(c.code for c in directories.current().categories.values() if c.sensitive and c.level == 3)
    made = [scenes.dispatched(city), scenes.handled(city), scenes.checked(city), scenes.closed(city)]
    made.append(city.file(**LAMP, wish="private"))
    made.append(scenes.handled(city))
    city.do(amending.amend, made[-1], by="desk1", category=sensitive, reason="涉及隐私。")
    city.do(handling.assign, made[-1], by=CLERK, to=city.who(CLERK).id)
    made.append(scenes.handled(city))
    city.do(handling.co_handle, made[-1], by=CLERK, units=["yinxing"], request="请社区带路。")
    made.append(scenes.handled(city))
    city.do(dispatch.reassign, made[-1], by="dispatch1", lead="fengdu.urban_management", reason="换一家办。")
    made.append(scenes.handled(city))
    city.do(dispatch.send_back, made[-1], by=CLERK, reason="不归我们管。", proposed="songtao")
    made.append(scenes.handled(city))
    city.do(measures.open_measure, made[-1], by="supervisor1", unit="fengdu", kind="supervision", reason="请说明。")
    made.append(city.file(**LAMP, kind="report", accused=("songtao",)))
    made.append(city.file(**LAMP, kind="report"))
    made.append(city.file(**LAMP, kind="report", accused=("songtao",)))
    for code in made[-2:]:
        if city.state(code) == "received":
            city.do(intake.register, code, by="desk1", category="150202")
        if city.state(code) == "registered":
            city.do(dispatch.dispatch, code, by="dispatch1", lead="city.discipline")
    made.append(scenes.handled(city))
    city.do(amending.amend, made[-1], by="desk1", accused=["yinxing"], reason="后来才知道告的是社区。")
    return city, made


def actors(city: World) -> Iterator[Actor]:
    """Every role in every unit, and some who hold two posts; one of them is the clerk to whom the sensitive case was given."""
    clerk, other = city.who(CLERK).id, city.who("yinxing").id
    for unit in UNITS:
        for role in Role:
            for who in (clerk, other) if role in (Role.STAFF, Role.LEADER) else (other,):
                yield Actor("staff", who, memberships=(Membership(unit, frozenset({role})),))
    for first, second in (("operator", "staff"), ("deputy", "grid"), ("supervisor", "discipline")):
        yield Actor("staff", other, memberships=(Membership("qinghe.centre", frozenset({Role(first)})), Membership(UNIT, frozenset({Role(second)}))))


def test_sight_is_may_see(cases: tuple[World, list[str]]) -> None:
    """Each person, each case: what SQL finds is what the one function says."""
    city, codes = cases
    tree, rows = directories.current(), {case.code: case for case in Case.objects.all()}
    wrong, seen = [], 0
    for actor in actors(city):
        found = inbox.visible(actor, codes)
        for code in codes:
            facts = facts_json.from_json(rows[code].facts)
            may = access.may_see(actor, facts, tree, place_unit=place_unit(rows[code]))
            seen += may
            if may != (code in found):
                wrong.append((actor.memberships, code, codes.index(code), may))
    assert wrong == []
    assert 100 < seen < len(codes) * len(list(actors(city))) - 100


def test_no_list_shows_more(cases: tuple[World, list[str]]) -> None:
    """Every queue of everybody, both orders, and what it would export: nothing that the person may not open."""
    city, codes = cases
    for actor in actors(city):
        visible = inbox.visible(actor, codes)
        for queue in inbox.queues(actor):
            for sort in ("due", "new"):
                page = inbox.inbox(actor, queue=queue.key, wanted=Wanted(sort=sort))
                assert {row.code for row in page.rows} <= visible, (actor.memberships, queue.key)
            assert set(inbox.codes(actor, queue=queue.key, wanted=Wanted(), limit=100)) <= visible
        for code in codes:
            found = {row.code for row in inbox.find(actor, code)}
            assert found == (set() if only_looks_on(actor) else {code} & visible), "who only looks on reads released words, elsewhere"


def test_the_centre_misses_nothing(cases: tuple[World, list[str]]) -> None:
    """Every open case that the dispatcher may see stands in the queue of its state; so does every order of a clerk."""
    city, codes = cases
    for actor in (city.who("dispatch1"), city.who("supervisor1"), city.who(CLERK), city.who("jiwei")):
        lists = {q.key: {row.code for row in inbox.inbox(actor, queue=q.key).rows} for q in inbox.queues(actor)}
        for case in Case.objects.filter(code__in=inbox.visible(actor, codes), closed_at=None, state__in=("dispatched", "handling", "answered")):
            active = any(order["unit"] in actor.units() and not order["ended_at"] for order in case.facts["orders"])
            if active or "city.centre" in actor.units():
                assert case.code in lists[str(case.state)], (actor.name, case.code)


def test_a_unit_that_is_gone_still_shows_its_work(cases: tuple[World, list[str]]) -> None:
    """The unit was dissolved and vanished from the directory; its people, and the centre, still find what is open."""
    city, _ = cases
    clerk = city.who(CLERK)
    before = {row.code for row in inbox.inbox(clerk, queue="handling").rows}
    files = city_files("yunchuan")
    loading.load(replace(files, units={c: u for c, u in files.units.items() if c != UNIT}, people={c: p for c, p in files.people.items() if p.unit != UNIT},
                         posts={c: p for c, p in files.posts.items() if p.unit != UNIT}), city_rules("yunchuan"))  # fmt: skip
    assert UNIT not in directories.current().units
    assert before and {row.code for row in inbox.inbox(clerk, queue="handling").rows} == before
    assert before <= {row.code for row in inbox.inbox(city.who("dispatch1"), queue="handling").rows}

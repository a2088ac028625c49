"""The one transaction: everything or nothing, one after the other, and by the rules that the case was received under."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from minsheng.casework import casework, caseworks
from minsheng.commands import amending, answering, callback, dispatch, handling, people
from minsheng.commands import directory as loading
from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.errors import NotFound, Stale, WrongState
from minsheng.models.case import Case, Party, Relation
from minsheng.models.deadline import Deadline
from minsheng.models.event import CaseEvent
from minsheng.policy.load import Rules, of
from minsheng.queries import rules as rulebook
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, UNIT, at_once, counts, unchanged
from tests.world import World, city_files

Make = Callable[..., World]


# --- seen --------------------------------------------------------------------------------------------------------------


def test_a_stale_screen_writes_nothing(world: Make) -> None:
    """Somebody was faster: the words say so kindly, and not one row changes."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    seen = city.case(code).version
    city.do(handling.claim, code, by=CLERK, seen=seen)
    assert city.case(code).version == seen + 1
    row = Case.objects.values().get(code=code)
    with unchanged(), pytest.raises(Stale) as refused:
        city.do(dispatch.reassign, code, by="dispatch1", lead="songtao", reason="改给街道。", seen=seen)
    assert (refused.value.seen, refused.value.version) == (seen, seen + 1)
    assert "同事" in refused.value.zh and "还在" in refused.value.zh
    assert Case.objects.values().get(code=code) == row


def test_what_citizens_do_makes_no_screen_stale(world: Make) -> None:
    """催办、补充、评价、我也遇到 leave the version alone; a withdrawal changes the state and so does not."""
    city = world("yunchuan")
    code = scenes.handled(city)
    version = city.case(code).version
    city.do(amending.urge, code, by="citizen")
    city.do(amending.supplement, code, by="citizen", text="又坏了一盏。")
    city.do(people.support, code, by="citizen", name="李女士", phone="13800000002")
    assert city.case(code).version == version
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD, seen=version)
    city.check(code)
    city.do(callback.rate, code, by="citizen", level=2)
    assert city.case(code).version == version + 2
    city.do(amending.withdraw, code, by="citizen", reason="自己修好了。")
    assert city.case(code).version == version + 3
    city.holds()


# --- all or nothing ----------------------------------------------------------------------------------------------------


def test_a_failure_in_the_middle_leaves_nothing(world: Make) -> None:
    """Move, text, clock, measure and job were written in thought only."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    before, deadlines = Case.objects.values().get(code=code), list(Deadline.objects.order_by("id").values())
    with unchanged(), pytest.raises(ZeroDivisionError):
        _falter(code, city.who(CLERK))
    assert Case.objects.values().get(code=code) == before
    assert list(Deadline.objects.order_by("id").values()) == deadlines


def _falter(code: str, actor: Actor) -> None:
    with casework(code, by=actor) as work:
        work.write("progress", "写到一半")
        work.move("claim", data={"order": 1})
        raise ZeroDivisionError


def test_a_failure_while_writing_leaves_nothing(world: Make) -> None:
    """… also when the database refuses the last row of the transaction."""
    city = world("yunchuan")
    code = scenes.handled(city)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ms_approval ADD CONSTRAINT refuse_all CHECK (false)")
    with unchanged(), pytest.raises(IntegrityError):
        city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ms_approval DROP CONSTRAINT refuse_all")
    assert city.case(code).facts["approvals"] == {}
    city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    city.holds()


@pytest.mark.django_db(transaction=True)
def test_a_job_is_seen_by_others_only_with_the_commit(world: Make) -> None:
    """Another connection finds no job before the commit, and exactly one after it; an event with it."""
    city = world("yunchuan")
    code = scenes.dispatched(city)

    def elsewhere() -> tuple[int, int]:
        return at_once(lambda: (counts()["procrastinate_jobs"], CaseEvent.objects.count()))[0]  # type: ignore[no-any-return]

    before = elsewhere()
    with casework(code, by=HOLDER) as work:
        work.move("urge")
        assert elsewhere() == before
    assert elsewhere() == (before[0] + 1, before[1] + 1)


# --- several at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_wins(world: Make) -> None:
    """Two clerks press at the same moment with the same screen: one move, one Stale."""
    city = world("yunchuan")
    code = scenes.handled(city)
    version, clerk, desk = city.case(code).version, city.who(CLERK), city.who("dispatch1")
    results = at_once(
        lambda: answering.answer(code, outcome="solved", text=GOOD, by=clerk, seen=version),
        lambda: dispatch.reassign(code, lead="songtao", reason="改给街道。", by=desk, seen=version),
    )
    assert sorted(isinstance(r, Stale) for r in results) == [False, True], results
    assert city.case(code).version == version + 1
    assert sum(action in ("answer", "reassign") for action in city.actions(code)) == 1
    city.holds()


@pytest.mark.django_db(transaction=True)
def test_entries_at_once_all_stand_in_one_chain(world: Make) -> None:
    """Five citizens' entries at the same moment: none lost, numbered without a gap, every hash right."""
    city = world("yunchuan")
    code = scenes.handled(city)
    before = city.case(code).seq
    results = at_once(*[lambda n=n: people.support(code, name="李女士", phone=f"1380000001{n}", by=HOLDER) for n in range(5)])
    assert results == [None] * 5
    assert city.case(code).seq == before + 5 and city.case(code).facts["supporters"] == 5
    assert Party.objects.filter(case__code=code, role="affected").count() == 5
    city.holds()


@pytest.mark.django_db(transaction=True)
def test_merging_crosswise_never_waits_for_ever(world: Make) -> None:
    """Two people merge the same cases in opposite order: locks are taken in ascending order, so one waits and then hears why not."""
    city = world("yunchuan")
    desk = city.who("desk1")
    for _ in range(4):
        a, b, c = (scenes.dispatched(city) for _ in range(3))
        results = at_once(
            lambda a=a, b=b, c=c: amending.merge([a, b], into=c, by=desk),
            lambda a=a, b=b, c=c: amending.merge([c, b], into=a, by=desk),
        )
        assert sorted(isinstance(r, WrongState) for r in results) == [False, True], results
    city.holds()


def test_several_cases_are_locked_in_ascending_order(world: Make) -> None:
    """One statement, ordered by id, whatever order they were named in."""
    city = world("yunchuan")
    a, b = scenes.dispatched(city), scenes.dispatched(city)
    with CaptureQueriesContext(connection) as queries, caseworks([b, a], by=city.who("desk1")) as works:
        assert list(works) == [b, a]
    locking = [q["sql"] for q in queries if "FOR UPDATE" in q["sql"]]
    assert len(locking) == 1 and "ORDER BY" in locking[0] and locking[0].index("ORDER BY") < locking[0].index("FOR UPDATE")


def test_unknown_and_unseen_codes_answer_alike(world: Make) -> None:
    """Whoever may not know of a case learns nothing from the refusal."""
    city = world("yunchuan")
    code = city.file(body="他们收好处费。", kind="report")
    words = set()
    for asked in (code, "YC269999999"):
        with pytest.raises(NotFound) as refused:
            city.do(handling.progress, asked, by="yinxing", text="看看。")
        words.add((refused.value.zh, refused.value.en))
        with pytest.raises(NotFound):
            amending.relate(asked, other=asked, by=city.who("yinxing"))
    assert len(words) == 1
    assert not Relation.objects.exists()


# --- pinned rules ----------------------------------------------------------------------------------------------------------


def _other_rules(city: World) -> Rules:
    """The same city with 5 days to answer instead of 3 working days."""
    body = city.rules.profile.model_dump(mode="json")
    body["version"] = "2026-2"
    for rule in body["deadlines"]["answer"]:
        rule["within"] = "5 days"
    return of(type(city.rules.profile).model_validate(body), rulebook.days())


def test_a_case_keeps_the_rules_it_was_received_under(world: Make) -> None:
    """After a new version is published, old cases are decided by theirs, new ones by the new."""
    city = world("yunchuan")
    old = scenes.dispatched(city)
    loading.load(city_files("yunchuan"), _other_rules(city))
    new = scenes.dispatched(city)
    assert city.deadline(old, "answer").duration == "3 working days"
    assert city.deadline(new, "answer").duration == "5 days"
    for code in (old, new):
        city.do(handling.claim, code, by=CLERK)
        city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
        city.do(answering.pass_check, code, by="checker1")
        city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)
        assert city.state(code) == "handling" and city.case(code).round == 2
    assert city.deadline(old, "answer").duration == "3 working days", "the second round too"
    assert city.deadline(new, "answer").duration == "5 days"
    assert scenes.event(old, "call_back").decision["profile"].startswith("yunchuan@2026-1#")  # type: ignore[index]
    assert scenes.event(new, "call_back").decision["profile"].startswith("yunchuan@2026-2#")  # type: ignore[index]
    city.holds()


def test_the_order_of_a_unit_carries_the_state_and_the_due_time(world: Make) -> None:
    """What the unit's queue reads is mirrored in the same transaction."""
    city = world("yunchuan")
    code = scenes.handled(city)
    order = city.case(code).orders.get()
    assert (order.unit, order.role, order.state, order.ended_at) == (UNIT, "lead", "handling", None)
    assert order.due_at == city.case(code).due_at is not None

"""补充、更正、催办、撤回、并案、拆开、拆分、关联: nothing is lost on the way, neither people nor clocks."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import amending, answering, handling, people
from minsheng.commands.intake import Report
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, NotAllowed, TooMany, WrongState
from minsheng.models.case import Case, CaseText, Party, Relation
from minsheng.models.deadline import Deadline
from minsheng.models.read import HallRow, Notice, TallyDelta
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, LAMP, UNIT, event, unchanged
from tests.world import World, classifier

Make = Callable[..., World]


def clocks(code: str) -> dict[str, Any]:
    """Kind → (due, runs?) of every clock that is neither met nor ended."""
    rows = Deadline.objects.filter(case__code=code, met_at=None, ended_at=None).order_by("id")
    return {f"{row.kind}:{row.order or ''}": (row.due_at, row.paused_at is None) for row in rows}


# --- words of the person ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "  ", "路" * 2001, "\x00"])
def test_a_supplement_says_something(world: Make, text: str) -> None:
    """Empty, too long or broken: refused; nothing stored."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(amending.supplement, code, by="citizen", text=text)
    assert refused.value.field == "text"


def test_urging_once_a_day(world: Make) -> None:
    """A second time on the same day is too often, and says when again; the next day it may be."""
    city = world("yunchuan", at="2026-03-02T20:00+08:00")
    code = scenes.dispatched(city)
    city.do(amending.urge, code, by="citizen")
    with unchanged(), pytest.raises(TooMany) as refused:
        city.do(amending.urge, code, by="citizen")
    assert refused.value.retry_after == 4 * 3600
    city.until("2026-03-03T00:01+08:00")
    city.do(amending.urge, code, by="citizen")
    assert city.case(code).facts["urges"] == 2
    city.holds()


def test_a_withdrawn_case_counts_nowhere_as_closed(world: Make) -> None:
    """撤回: out of the hall, no clock runs, no closing is counted."""
    city = world("yunchuan")
    code = scenes.handled(city)
    assert HallRow.objects.filter(code=code).exists()
    city.do(amending.withdraw, code, by="citizen", reason="自己修好了。")
    assert city.state(code) == "withdrawn" and clocks(code) == {}
    assert not HallRow.objects.filter(code=code).exists()
    assert set(TallyDelta.objects.filter(metric__in=("close", "withdraw", "close_kept")).values_list("metric", flat=True)) == {"withdraw"}
    city.holds()


# --- 更正 -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"category": "nothing"}, "category"),
        ({"urgency": "soon"}, "urgency"),
        ({"kind": "wish"}, "kind"),
        ({"place": "atlantis"}, "place"),
        ({"visibility": "all"}, "visibility"),
        ({"accused": ["nobody"]}, "unit"),
        ({"category": "020201", "reason": ""}, "reason"),
        ({}, "category"),
    ],
)
def test_a_wrong_correction_is_refused(world: Make, values: dict[str, Any], field: str) -> None:
    """Unknown values, no reason, no change: in words."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(amending.amend, code, by="desk1", **{"reason": "更正。", **values})
    assert refused.value.field == field


def test_a_correction_keeps_the_old_value_and_counts_the_promise_again(world: Make) -> None:
    """The journal says what it was; the answer clock is counted from its start under the rule that now fits."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    before = city.deadline(code, "answer")
    city.wait("1 hour")
    city.do(amending.amend, code, by="desk1", urgency="urgent", place="songtao", reason="有人摔倒。")
    row = event(code, "amend")
    assert row.data["was"] == {"urgency": "high", "place": "yinxing-b1"}
    assert (city.case(code).urgency, city.case(code).place, city.case(code).district) == ("urgent", "songtao", "qinghe")
    after = city.deadline(code, "answer")
    assert (after.pk, after.started_at, after.duration) == (before.pk, before.started_at, "1 working day")
    assert after.due_at == end_of(date(2026, 3, 3))
    assert after.explanation["changed"][0]["from"] == before.due_at.isoformat()
    assert city.case(code).due_at == min(d for d, runs in clocks(code).values() if runs)
    city.holds()


def test_a_promise_that_was_missed_stays_missed_once(world: Make) -> None:
    """Corrected to a longer time after it was missed, then answered late: one miss is counted, not two."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(amending.amend, code, by="desk1", urgency="urgent", reason="有人摔倒。")
    city.until("2026-03-05T09:00+08:00")
    assert TallyDelta.objects.filter(metric="answer_missed").count() == 1
    city.do(amending.amend, code, by="desk1", urgency="high", reason="没有人受伤。")
    city.until("2026-03-07T09:00+08:00")
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    assert TallyDelta.objects.filter(metric="answer_missed").count() == 1
    city.holds()


def test_a_secret_case_cannot_be_made_public(world: Make) -> None:
    """The stricter of wish and today's rules stands, whoever corrects it."""
    city = world("yunchuan")
    code = city.file(**LAMP, kind="report")
    city.do(amending.amend, code, by="desk1", visibility="public", urgency="urgent", reason="试一试。")
    assert city.case(code).visibility == "secret"
    assert not HallRow.objects.filter(code=code).exists()
    private = city.file(**LAMP, wish="private")
    city.do(amending.amend, private, by="desk1", kind="report", reason="是举报。")
    assert city.case(private).visibility == "secret"
    city.holds()


# --- 并案 -------------------------------------------------------------------------------------------------------------------


def test_merging_keeps_every_reporter_and_unmerging_gives_everything_back(world: Make) -> None:
    """Orders and clocks rest while merged and stand again afterwards, with the time that was left."""
    city = world("yunchuan")
    main, one, two = scenes.handled(city), scenes.handled(city, phone="13800000002"), scenes.dispatched(city, phone="13800000003")
    city.do(handling.co_handle, one, by=CLERK, units=["songtao"], request="请协助。")
    before = clocks(one)
    assert amending.merge([one, two], into=main, by=city.who("desk1")) == [one, two]
    assert [city.state(c) for c in (main, one, two)] == ["handling", "merged", "merged"]
    assert {city.case(c).merged_into for c in (one, two)} == {city.case(main).pk}
    assert not any(runs for _, runs in clocks(one).values())
    assert not HallRow.objects.filter(code__in=[one, two]).exists()
    assert Relation.objects.filter(kind="merged").count() == 2
    city.send()
    told = Notice.objects.filter(case__code__in=[one, two], template="merge", channel="sms")
    assert {n.to for n in told} == {f"party:{p.pk}" for p in Party.objects.filter(case__code__in=[one, two])}
    city.do(handling.reply, main, by=CLERK, text="明天换灯。")
    city.send()
    assert Notice.objects.filter(case__code=main, template="reply", channel="sms").count() == 3
    city.holds()

    city.wait("30 days")
    assert city.measures(one) == [], "nothing escalates while it rests"
    city.do(amending.unmerge, one, by="desk1", reason="是另一盏灯。")
    assert (city.state(one), city.case(one).merged_into, city.case(one).unit) == ("handling", None, UNIT)
    assert [o.ended_at for o in city.case(one).orders.order_by("number")] == [None, None]
    after = clocks(one)
    assert after.keys() == before.keys() and all(runs for _, runs in after.values())
    assert all(after[k][0] - before[k][0] >= timedelta(days=29) for k in after)
    assert HallRow.objects.filter(code=one).exists()
    city.wait("1 hour")
    assert city.measures(one) == []
    city.do(answering.answer, one, by=CLERK, outcome="solved", text=GOOD)
    assert city.deadline(one, "answer").met_at == clock.now()
    assert event(main, "detached").data["case"] == city.case(one).pk
    city.holds()


def test_a_parked_case_that_was_merged_stays_parked(world: Make) -> None:
    """拆开 gives back where it stood: what was parked before does not start to run."""
    city = world("yunchuan")
    main, parked = scenes.handled(city), scenes.parked(city)
    before = clocks(parked)
    amending.merge([parked], into=main, by=city.who("desk1"))
    city.do(amending.supplement, main, by="citizen", text="还有一盏。")
    city.do(amending.unmerge, parked, by="desk1", reason="不是一件事。")
    assert city.state(parked) == "parked" and clocks(parked) == before
    city.holds()


def test_a_note_on_a_merged_case_ends_nothing(world: Make) -> None:
    """What happens to a resting case leaves its clocks resting."""
    city = world("yunchuan")
    main, one = scenes.handled(city), scenes.handled(city)
    amending.merge([one], into=main, by=city.who("desk1"))
    before = clocks(one)
    amending.relate(one, other=main, by=city.who("desk1"))
    assert clocks(one) == before != {}
    city.holds()


def test_what_cannot_be_merged(world: Make) -> None:
    """Into itself, into what is over, twice, or what already holds others."""
    city = world("yunchuan")
    a, b, c, over = scenes.handled(city), scenes.handled(city), scenes.handled(city), scenes.closed(city)
    desk = city.who("desk1")
    for codes, into in (([a], a), ([a], over), ([over], a)):
        with unchanged(), pytest.raises((BadInput, WrongState)):
            amending.merge(codes, into=into, by=desk)
    amending.merge([a], into=b, by=desk)
    for codes, into in (([a], c), ([b], c), ([c], a), ([c, c], b)):
        with unchanged(), pytest.raises(WrongState):
            amending.merge(codes, into=into, by=desk)
    with unchanged(), pytest.raises(WrongState):
        city.do(amending.unmerge, c, by="desk1", reason="没有并案。")
    city.holds()


# --- 拆分、关联 ---------------------------------------------------------------------------------------------------------------


def test_splitting_copies_people_and_keeps_their_wish(world: Make) -> None:
    """Each part is a case of its own: same caller, same channel, no more public than the letter was; one letter, one record of where it came from."""
    city = world("yunchuan")
    code = city.file(body="路灯不亮，另外楼下摊点占道。", wish="private", channel="phone", name="张先生", phone="13800000001")
    parts = [Report(body="小区门口的路灯坏了，路灯不亮。", title="路灯不亮", place="yinxing-b1"), Report(body="楼下流动摊贩占道经营。", title="占道经营")]
    made = amending.split(code, parts=parts, by=city.who("desk1"), classifier=classifier("yunchuan"))
    assert len(made) == 2
    for new in made:
        row = city.case(new)
        person = people.opened(Party.objects.get(case=row))
        assert (person.name, person.phone, person.role) == ("张先生", "13800000001", "caller")
        assert (row.visibility, row.channel, row.facts["split_from"]) == ("private", "phone", city.case(code).pk)
        assert Relation.objects.filter(case__code=code, other=row, kind="split").exists()
    assert [e for e in city.actions(code) if e == "split"] == ["split", "split"]
    city.holds()


def test_a_bad_part_makes_no_case_at_all(world: Make) -> None:
    """The second part is empty: the first is not filed either."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    for parts in ([], [Report(body="路灯不亮。"), Report(body=" ")]):
        with unchanged(), pytest.raises(BadInput):
            amending.split(code, parts=parts, by=city.who("desk1"), classifier=classifier("yunchuan"))
    with unchanged(), pytest.raises(NotAllowed):
        amending.split(code, parts=[Report(body="路灯不亮。")], by=city.who(CLERK), classifier=classifier("yunchuan"))
    assert Case.objects.count() == 1


def test_relating_is_for_those_who_work_on_it(world: Make) -> None:
    """A reader of cases relates nothing; the desk does, once, in both journals."""
    city = world("yunchuan")
    a, b = scenes.handled(city), scenes.handled(city)
    with unchanged(), pytest.raises(NotAllowed):
        amending.relate(a, other=b, by=city.who("deputy1"))
    with unchanged(), pytest.raises(BadInput):
        amending.relate(a, other=a, by=city.who("desk1"))
    amending.relate(a, other=b, by=city.who("desk1"))
    assert Relation.objects.filter(kind="related").count() == 1
    assert event(a, "related").data["case"] == city.case(b).pk and event(b, "related").data["case"] == city.case(a).pk
    city.holds()


def test_the_reasons_lie_beside_the_journal(world: Make) -> None:
    """Words of a correction are kept with their digest."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.do(amending.amend, code, by="desk1", urgency="urgent", reason="有人摔倒。")
    assert CaseText.objects.get(case__code=code, kind="amend").digest == event(code, "amend").data["text"]

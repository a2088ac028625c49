"""时限到点: nothing twice, nothing missed, whoever sweeps and however long the platform was down."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import deadlines, handling
from minsheng.domain.calendar import end_of
from minsheng.models.case import Case
from minsheng.models.deadline import Deadline, Outage, Pulse
from minsheng.models.event import CaseEvent
from minsheng.models.read import HallRow, TallyDelta
from minsheng.policy.load import Days
from minsheng.queries import rules as rulebook
from tests.commands import scenes
from tests.commands.scenes import CLERK, at_once
from tests.world import World

Make = Callable[..., World]


def steps(code: str | None = None) -> list[tuple[str, str]]:
    """(clock, step) of everything that fired."""
    rows = CaseEvent.objects.filter(action="deadline_step", **({"case__code": code} if code else {})).order_by("id")
    return [(row.data["clock"], row.data["step"]) for row in rows]


def alive() -> None:
    """The platform was up until now."""
    Pulse.objects.update_or_create(name="sweep", defaults={"at": clock.now()})


def test_each_step_once_in_its_order(world: Make) -> None:
    """Warning, due, ladder: one line each, and the second sweep of the same minute does nothing."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.wait("25 hours")
    assert [step for kind, step in steps(code) if kind == "claim"] == ["warning", "ladder"]
    assert CaseEvent.objects.get(case__code=code, data__step="ladder", data__clock="claim").data["overtaken"] == ["due"]
    with scenes.unchanged():
        assert deadlines.sweep() == 0
    city.holds()


@pytest.mark.django_db(transaction=True)
def test_several_workers_fire_each_step_once(world: Make) -> None:
    """Three sweeps at the same moment over the same cases: together they fire everything once."""
    city = world("yunchuan")
    codes = [scenes.dispatched(city) for _ in range(12)]
    clock.advance(timedelta(hours=24, minutes=1))
    alive()
    fired = at_once(deadlines.sweep, deadlines.sweep, deadlines.sweep)
    assert all(isinstance(n, int) for n in fired), fired
    fired.append(deadlines.sweep())
    assert sum(fired) == len(steps())
    assert {code: steps(code).count(("claim", "ladder")) for code in codes} == dict.fromkeys(codes, 1)
    assert TallyDelta.objects.filter(metric="claim_missed").count() == 12
    city.holds()


@pytest.mark.django_db(transaction=True)
def test_a_case_in_somebodys_hands_waits_for_the_next_round(world: Make) -> None:
    """The sweep does not wait for a lock: the others are served, this one comes next time."""
    city = world("yunchuan")
    held, free = scenes.dispatched(city), scenes.dispatched(city)
    clock.advance(timedelta(hours=24, minutes=1))
    alive()
    with transaction.atomic():
        Case.objects.select_for_update().get(code=held)
        assert at_once(deadlines.sweep) == [1]
        assert steps(free) and not steps(held)
    assert deadlines.sweep() == 1
    assert steps(held) == steps(free)
    city.holds()


def test_a_crash_in_the_middle_loses_nothing_and_repeats_nothing(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch fails: the first stands, the second is as it was; the next sweep does the rest."""
    city = world("yunchuan")
    codes = [scenes.dispatched(city) for _ in range(6)]
    clock.advance(timedelta(hours=24, minutes=1))
    alive()
    monkeypatch.setattr(deadlines, "BATCH", 2)
    fire, calls = deadlines.fire, []

    def falter(*args: object) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("power cut")
        fire(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(deadlines, "fire", falter)
    with pytest.raises(RuntimeError):
        deadlines.sweep()
    assert sum(bool(steps(code)) for code in codes) == 2
    assert Pulse.objects.get(name="sweep").at == clock.now()
    assert deadlines.sweep() == 4
    assert {len(steps(code)) for code in codes} == {1}
    city.holds()


def test_after_a_stop_only_the_step_now_reached_fires(world: Make) -> None:
    """Overdue before the platform went down for a week: of all the steps in between the last one fires, once; the others are named as overtaken."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(handling.contact, code, by=CLERK, method="phone")
    city.until("2026-03-10T12:00+08:00")
    before = len(steps(code))
    open_measures = [m for m in city.measures(code) if m[0] != "reminder"]
    city.stop("1 week")
    fired = steps(code)[before:]
    assert fired == [("close", "ladder")], fired
    measures = [m for m in city.measures(code) if m[0] != "reminder"][len(open_measures) :]
    assert len(measures) == 1
    with scenes.unchanged():
        assert deadlines.sweep() == 0
    city.holds()


def test_an_outage_is_excused_and_shown(world: Make) -> None:
    """What was left when it went down is left when it is back; the journal, the queue and the hall say the new time."""
    city = world("yunchuan")
    code, parked = scenes.dispatched(city), scenes.parked(city, phone="13800000002")
    alive()
    due, paused = city.deadline(code, "claim").due_at, city.deadline(parked, "answer").due_at
    city.stop("2 days")
    deadlines.sweep()
    outage = Outage.objects.get()
    assert outage.finished and outage.end - outage.start == clock.now() - outage.start > timedelta(hours=47)
    claim = city.deadline(code, "claim")
    span = outage.end - outage.start
    assert claim.due_at == due + span
    assert claim.explanation["excused"][0]["minutes"] == span.total_seconds() // 60
    assert city.deadline(parked, "answer").due_at == paused, "a clock that stood still lost nothing"
    assert steps(code) == []
    assert city.case(code).due_at == min(Deadline.objects.filter(case__code=code, met_at=None, ended_at=None).values_list("due_at", flat=True))
    assert city.case(code).orders.get().due_at == city.case(code).due_at
    assert HallRow.objects.get(code=code).due_at == city.deadline(code, "answer").due_at
    assert CaseEvent.objects.get(case__code=code, action="recomputed").data["outage"]
    deadlines.sweep()
    assert Outage.objects.count() == 1 and city.deadline(code, "claim").due_at == due + span
    city.holds()


def test_a_short_silence_is_no_outage(world: Make) -> None:
    """Five minutes without a sweep are nobody's excuse."""
    city = world("yunchuan")
    scenes.dispatched(city)
    alive()
    clock.advance(timedelta(minutes=5))
    deadlines.sweep()
    assert not Outage.objects.exists()


def test_an_outage_is_excused_in_batches_and_resumed(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The excusing itself is cut off in the middle: what was moved is not moved again, what was not is moved next time."""
    city = world("yunchuan")
    codes = [scenes.dispatched(city) for _ in range(5)]
    alive()
    before = {code: city.deadline(code, "claim").due_at for code in codes}
    clock.advance(timedelta(days=2))
    monkeypatch.setattr(deadlines, "BATCH", 2)
    batchwork, calls = deadlines.batchwork, []

    def falter(ids: list[int]) -> object:
        calls.append(ids)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return batchwork(ids)

    monkeypatch.setattr(deadlines, "batchwork", falter)
    with pytest.raises(RuntimeError):
        deadlines.sweep()
    moved = [code for code in codes if city.deadline(code, "claim").due_at != before[code]]
    assert len(moved) == 2 and not Outage.objects.get().finished
    deadlines.sweep()
    outage = Outage.objects.get()
    assert outage.finished
    assert {city.deadline(code, "claim").due_at - before[code] for code in codes} == {outage.end - outage.start}
    assert steps() == []
    city.holds()


def test_lateness_comes_from_the_timestamps(world: Make) -> None:
    """Met a minute before due, swept an hour later: kept. Met a minute after, never swept: missed, on its due day."""
    city = world("yunchuan")
    early, late = scenes.dispatched(city), scenes.dispatched(city)
    due = city.deadline(early, "claim").due_at
    clock.advance(due - clock.now() - timedelta(minutes=1))
    city.do(handling.claim, early, by=CLERK)
    clock.advance(timedelta(minutes=2))
    city.do(handling.claim, late, by=CLERK)
    clock.advance(timedelta(hours=1))
    alive()
    deadlines.sweep()
    rows = list(TallyDelta.objects.filter(metric__startswith="claim_").order_by("id").values_list("metric", "day", "n"))
    assert rows == [("claim_kept", date(2026, 3, 3), 1), ("claim_missed", date(2026, 3, 3), 1)]
    city.holds()


def test_many_at_once_in_few_queries(world: Make) -> None:
    """Two thousand due deadlines: a fixed number of statements a batch of cases, however many there are."""
    city = world("yunchuan")
    first = city.case(scenes.dispatched(city))
    _copies(first, 1999)
    clock.advance(timedelta(hours=24, minutes=1))
    alive()
    with CaptureQueriesContext(connection) as queries:
        fired = deadlines.sweep()
    assert fired == 2000 == TallyDelta.objects.filter(metric="claim_missed").count()
    batches = 2000 // deadlines.BATCH
    assert len(queries) <= 15 * batches, (len(queries), batches)
    assert max(sum("COMMIT" in q["sql"] or "RELEASE" in q["sql"] for q in queries), 1) <= 4 * batches
    assert deadlines.sweep() == 0


def _copies(case: Case, n: int) -> None:
    """The same case n times more, rows and all."""
    with connection.cursor() as cursor:
        for table, key in (("ms_case", "id"), ("ms_event", "case_id"), ("ms_work_order", "case_id"), ("ms_deadline", "case_id")):
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id' ORDER BY ordinal_position", [table]
            )
            names = [row[0] for row in cursor.fetchall()]
            if table == "ms_case":
                values = ", ".join("t.code || '-' || g" if name == "code" else f't."{name}"' for name in names)
                cursor.execute(
                    f"INSERT INTO ms_case (id, {', '.join(names)}) SELECT {case.pk} + g, {values} FROM ms_case t, generate_series(1, {n}) g WHERE t.id = {case.pk}"
                )
            else:
                values = ", ".join(f"{case.pk} + g" if name == "case_id" else f't."{name}"' for name in names)
                quoted = ", ".join(f'"{name}"' for name in names)
                cursor.execute(f"INSERT INTO {table} ({quoted}) SELECT {values} FROM {table} t, generate_series(1, {n}) g WHERE t.{key} = {case.pk}")


def test_a_year_without_a_calendar_is_counted_again_when_it_is_known(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted provisionally over New Year 2027; published: moved, and the journal says so; nothing is moved twice."""
    city = world("yunchuan", at="2026-12-30T10:00+08:00")
    code = scenes.handled(city)
    answer = city.deadline(code, "answer")
    assert answer.explanation["provisional"] == [2027]
    assert deadlines.provisional() == [city.case(code).pk]
    known = rulebook.days()
    monkeypatch.setattr(rulebook, "days", lambda: Days(known.published | {2027}, {**known.overrides, answer.due_at.date(): (False, "调休")}))
    monkeypatch.setattr(rulebook, "forget", lambda: (rulebook._pinned.cache_clear(), rulebook.days_now.cache_clear()))
    assert deadlines.recompute([city.case(code).pk]) >= 1
    again = city.deadline(code, "answer")
    assert again.due_at > answer.due_at and "provisional" not in again.explanation
    assert CaseEvent.objects.filter(case__code=code, action="recomputed").count() == 1
    assert city.case(code).due_at == min(Deadline.objects.filter(case__code=code, met_at=None, ended_at=None).values_list("due_at", flat=True))
    assert deadlines.recompute([city.case(code).pk]) == 0
    assert end_of(date(2027, 1, 1)) < again.due_at
    city.holds()

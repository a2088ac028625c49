"""时限: when a clock is due, what pausing, extending and outages do to it, and that each step fires once."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from minsheng.domain.calendar import BEIJING, Calendar, due_day, end_of, parse_hours
from minsheng.domain.deadlines import CLOCKS, PROMISES, Duration, Timer, count, describe, offset, remaining, resumed
from minsheng.domain.moves import MOVES, NOTES

CALENDAR = Calendar(published=frozenset({2025, 2026}))
fast = settings(max_examples=80, deadline=None)

NEW_YEAR = datetime(2026, 1, 1, tzinfo=BEIJING).astimezone(UTC)
moments = st.integers(0, 318 * 86_400).map(lambda second: NEW_YEAR + timedelta(seconds=second))
texts = st.one_of(
    st.builds("{} minutes".format, st.integers(1, 5000)),
    st.builds("{} hours".format, st.integers(1, 200)),
    st.builds("{} days".format, st.integers(0, 40)),
    st.builds("{} working days".format, st.integers(1, 25)),
    st.builds("{} duty minutes".format, st.integers(1, 3000)),
    st.builds("{} duty hours".format, st.integers(1, 80)),
    st.just("same day"),
)
working = st.builds("{} working days".format, st.integers(1, 25))


def at(text: str) -> datetime:
    """A Beijing time such as "2026-09-30 16:00"; 24:00 is the end of that day."""
    day, hour = text.split(" ")
    if hour == "24:00":
        return end_of(date.fromisoformat(day))
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def due(start: str, text: str, calendar: Calendar = CALENDAR) -> datetime:
    return count(at(start), Duration.parse(text), calendar).due


def timer(start: datetime, text: str, calendar: Calendar = CALENDAR, *, steps: tuple[str, ...] = ("80%", "+0", "+1 working day")) -> Timer:
    """A running clock with its steps."""
    counted = count(start, Duration.parse(text), calendar)
    made = Timer(kind="answer", started_at=start, due_at=counted.due, duration=text, round=1, explanation=describe(counted))
    made.steps = [{"at": offset(step, start=start, due=counted.due, calendar=calendar), "name": step} for step in steps]
    return made


# --- tables -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "text", "expected"),
    [
        # National Day 2026 with its make-up days
        ("2026-09-30 16:00", "1 working day", "2026-10-08 24:00"),
        ("2026-09-30 16:00", "3 working days", "2026-10-10 24:00"),
        ("2026-09-30 16:00", "5 working days", "2026-10-13 24:00"),
        # a start on a holiday counts from the next working day
        ("2026-10-01 09:00", "1 working day", "2026-10-08 24:00"),
        ("2026-10-07 23:59", "1 working day", "2026-10-08 24:00"),
        # the hour of the day never matters
        ("2026-09-30 00:00", "1 working day", "2026-10-08 24:00"),
        ("2026-09-30 23:59", "1 working day", "2026-10-08 24:00"),
        # Spring Festival 2026
        ("2026-02-13 10:00", "1 working day", "2026-02-14 24:00"),
        ("2026-02-13 10:00", "2 working days", "2026-02-24 24:00"),
        ("2026-02-14 10:00", "5 working days", "2026-02-28 24:00"),
        ("2026-02-20 10:00", "3 working days", "2026-02-26 24:00"),
        # a make-up Saturday counts as a day
        ("2026-10-09 10:00", "1 working day", "2026-10-10 24:00"),
        # minutes and hours are exact, by day and by night
        ("2026-10-01 23:50", "3 minutes", "2026-10-01 23:53"),
        ("2026-10-01 23:50", "30 minutes", "2026-10-02 00:20"),
        ("2026-09-30 16:00", "24 hours", "2026-10-01 16:00"),
        ("2026-09-30 16:00", "72 hours", "2026-10-03 16:00"),
        # calendar days
        ("2026-09-30 00:01", "same day", "2026-09-30 24:00"),
        ("2026-09-30 23:59", "same day", "2026-09-30 24:00"),
        ("2026-09-30 16:00", "1 day", "2026-10-01 24:00"),
        ("2026-03-02 09:00", "1 week", "2026-03-09 24:00"),
        ("2026-03-02 09:00", "7 days", "2026-03-09 24:00"),
        # duty hours
        ("2026-11-23 11:00", "2 duty hours", "2026-11-23 15:00"),
        ("2026-11-23 17:00", "1 duty hour", "2026-11-24 09:00"),
        ("2026-11-27 17:15", "30 duty minutes", "2026-11-30 08:45"),
        ("2026-09-30 17:00", "4 duty hours", "2026-10-08 12:00"),
    ],
)
def test_due(start: str, text: str, expected: str) -> None:
    assert due(start, text) == at(expected)


def test_duty_hours_of_an_office_with_three_periods() -> None:
    hall = replace(CALENDAR, duty=parse_hours("08:00-11:30,13:00-17:00,19:00-21:00"))
    assert due("2026-11-23 16:30", "2 duty hours", hall) == at("2026-11-23 20:30")


def test_overrides_by_file_move_the_due_day() -> None:
    typhoon = replace(CALENDAR, overrides={date(2026, 11, 24): (False, "台风停工")})
    counted = count(at("2026-11-23 10:00"), Duration.parse("1 working day"), typhoon)
    assert counted.due == at("2026-11-25 24:00")
    assert [(off.day.day, off.why) for off in counted.skipped] == [(24, "台风停工")]


@pytest.mark.parametrize(
    ("start", "text", "provisional"),
    [
        ("2026-12-28 10:00", "3 working days", ()),
        ("2026-12-31 10:00", "1 working day", (2027,)),
        ("2026-12-31 10:00", "5 duty hours", ()),
        ("2026-12-31 17:00", "5 duty hours", (2027,)),
        ("2027-03-01 10:00", "1 working day", (2027,)),
        ("2026-12-31 10:00", "72 hours", ()),  # 72 hours are 72 hours whatever the State Council says
        ("2026-12-31 10:00", "7 days", ()),
    ],
)
def test_a_year_that_is_not_announced_makes_working_days_provisional(start: str, text: str, provisional: tuple[int, ...]) -> None:
    counted = count(at(start), Duration.parse(text), CALENDAR)
    assert counted.provisional == provisional
    assert describe(counted).get("provisional") == (list(provisional) or None)


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("30 minutes", "30 分钟"),
        ("1 hour", "1 小时"),
        ("5 working days", "5 个工作日"),
        ("1 week", "1 周"),
        ("4 duty hours", "4 小时（上班时间）"),
        ("same day", "当天"),
    ],
)
def test_durations_are_said_in_chinese(text: str, zh: str) -> None:
    assert Duration.parse(text).zh == zh


@pytest.mark.parametrize("text", ["", "5", "5 workdays", "five days", "-1 day", "1.5 hours", "5  days", "5 days ", "5 days\n", "none"])
def test_words_that_are_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        Duration.parse(text)


# --- properties of counting -------------------------------------------------------------------------------------------------


@fast
@given(moments, texts, st.integers(0, 60 * 24 * 30))
def test_a_later_start_is_never_due_earlier(start: datetime, text: str, minutes: int) -> None:
    duration = Duration.parse(text)
    assert count(start, duration, CALENDAR).due <= count(start + timedelta(minutes=minutes), duration, CALENDAR).due


@fast
@given(moments, st.sampled_from(["minutes", "days", "working days", "duty minutes"]), st.integers(1, 60), st.integers(1, 20))
def test_a_longer_time_is_due_later(start: datetime, unit: str, amount: int, more: int) -> None:
    shorter, longer = (count(start, Duration.parse(f"{n} {unit}"), CALENDAR).due for n in (amount, amount + more))
    assert start < shorter < longer


@fast
@given(moments, working)
def test_working_days_are_due_at_24_00_of_a_working_day_and_the_hour_never_matters(start: datetime, text: str) -> None:
    duration = Duration.parse(text)
    counted = count(start, duration, CALENDAR)
    assert counted.due == end_of(due_day(counted.due))
    assert CALENDAR.works(due_day(counted.due))
    morning = datetime.combine(start.astimezone(BEIJING).date(), datetime.min.time(), BEIJING)
    assert count(morning, duration, CALENDAR) == counted
    assert count(morning + timedelta(hours=23, minutes=59, seconds=59), duration, CALENDAR).due == counted.due


# --- pause and resume -------------------------------------------------------------------------------------------------------


def test_a_parked_answer_goes_on_with_what_was_left() -> None:
    clock = timer(at("2026-03-02 09:00"), "72 hours")
    clock.pause(at("2026-03-03 09:00"), why="park", calendar=CALENDAR)
    assert not clock.running
    assert clock.next_at is None
    clock.resume(at("2026-04-01 09:00"), calendar=CALENDAR)
    assert clock.due_at == at("2026-04-03 09:00")
    assert clock.explanation["pauses"] == [{
        "from": at("2026-03-03 09:00").isoformat(), "why": "park", "remaining_minutes": 48 * 60, "to": at("2026-04-01 09:00").isoformat(),
    }]  # fmt: skip


def test_working_days_that_were_left_are_rounded_up_to_24_00() -> None:
    clock = timer(at("2026-03-02 09:00"), "5 working days")  # until 9 March 24:00
    clock.pause(at("2026-03-05 12:00"), why="park", calendar=CALENDAR)  # half of the 5th, the 6th and the 9th are left
    clock.resume(at("2026-03-16 18:00"), calendar=CALENDAR)
    assert clock.due_at == at("2026-03-19 24:00")


def test_what_was_overdue_stays_as_overdue_as_it_was_and_nothing_fires_at_once() -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours", steps=("+0", "+24 hours"))
    clock.reached(at("2026-03-03 10:00"))
    clock.pause(at("2026-03-03 11:00"), why="park", calendar=CALENDAR)
    assert clock.late(at("2026-03-03 11:00"))
    clock.resume(at("2026-03-10 11:00"), calendar=CALENDAR)
    assert at("2026-03-10 11:00") - clock.due_at == timedelta(hours=2)
    assert clock.reached(at("2026-03-10 11:00")) == []
    assert clock.next_at == at("2026-03-11 09:00")


def test_resuming_what_runs_changes_nothing() -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours")
    before = deepcopy(clock)
    clock.resume(at("2026-03-02 10:00"), calendar=CALENDAR)
    assert clock == before


@fast
@given(moments, texts, st.integers(0, 60 * 24 * 50))
def test_pausing_and_resuming_at_the_same_instant_changes_nothing(start: datetime, text: str, minutes: int) -> None:
    clock = timer(start, text)
    before = deepcopy(clock)
    moment = start + timedelta(minutes=minutes)
    clock.pause(moment, why="park", calendar=CALENDAR)
    clock.resume(moment, calendar=CALENDAR)
    assert clock.due_at == before.due_at
    assert clock.steps == before.steps
    assert clock.running


@fast
@given(moments, texts, st.floats(0, 0.999), st.integers(0, 60 * 24 * 40))
def test_what_is_left_after_a_pause_is_what_was_left_or_up_to_a_working_day_more(start: datetime, text: str, share: float, minutes: int) -> None:
    clock = timer(start, text)
    duration = Duration.parse(text)
    paused = (start + (clock.due_at - start) * share).replace(microsecond=0)
    assume(paused < clock.due_at)
    again = paused + timedelta(minutes=minutes)
    left = remaining(paused, clock.due_at, duration, CALENDAR)
    clock.pause(paused, why="park", calendar=CALENDAR)
    clock.resume(again, calendar=CALENDAR)
    after = remaining(again, clock.due_at, duration, CALENDAR)
    rounding = timedelta(days=1) if duration.whole_days else timedelta()
    assert left <= after <= left + rounding
    assert clock.due_at >= again
    assert resumed(again, left, duration, CALENDAR) == clock.due_at


# --- extension, excuse, recomputation -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "by", "expected"),
    [
        ("5 working days", "3 working days", "2026-03-12 24:00"),
        ("72 hours", "24 hours", "2026-03-06 09:00"),
        ("72 hours", "2 working days", "2026-03-09 24:00"),
        ("5 working days", "1 week", "2026-03-16 24:00"),
    ],
)
def test_an_extension_counts_from_the_old_due_time(text: str, by: str, expected: str) -> None:
    clock = timer(at("2026-03-02 09:00"), text)
    old = clock.due_at
    clock.extend(Duration.parse(by), why="等材料", calendar=CALENDAR)
    assert clock.due_at == at(expected)
    assert clock.explanation["extensions"] == [{"by": by, "why": "等材料", "from": old.isoformat(), "to": clock.due_at.isoformat()}]
    assert clock.explanation["due"] == clock.due_at.isoformat()


@fast
@given(moments, texts, texts)
def test_an_extension_only_makes_it_later_and_takes_the_steps_along(start: datetime, text: str, by: str) -> None:
    clock = timer(start, text)
    old, steps = clock.due_at, [step["at"] for step in clock.steps]
    clock.extend(Duration.parse(by), why="…", calendar=CALENDAR)
    assert clock.due_at >= old
    assert [step["at"] - before for step, before in zip(clock.steps, steps, strict=True)] == [clock.due_at - old] * len(steps)


@pytest.mark.parametrize(
    ("down", "up", "expected"),
    [
        ("2026-03-02 10:00", "2026-03-02 12:00", "2026-03-03 11:00"),  # in the middle
        ("2026-03-02 07:00", "2026-03-02 10:00", "2026-03-03 10:00"),  # down before it began: only its own part
        ("2026-03-03 08:00", "2026-03-03 20:00", "2026-03-03 21:00"),  # down when it was due: the hour that was left is left
        ("2026-03-03 09:00", "2026-03-03 12:00", "2026-03-03 09:00"),  # overdue when it went down
        ("2026-03-01 10:00", "2026-03-02 09:00", "2026-03-03 09:00"),  # over before it began
    ],
)
def test_time_in_which_the_platform_was_down_is_not_the_units(down: str, up: str, expected: str) -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours")
    clock.excuse(at(down), at(up))
    assert clock.due_at == at(expected)
    assert ("excused" in clock.explanation) is (clock.due_at != at("2026-03-03 09:00"))


@fast
@given(moments, texts, st.integers(-5000, 60_000), st.integers(0, 60_000))
def test_an_excuse_only_makes_it_later_and_leaves_what_was_left(start: datetime, text: str, begin: int, length: int) -> None:
    clock = timer(start, text)
    old, down = clock.due_at, start + timedelta(minutes=begin)
    up = down + timedelta(minutes=length)
    clock.excuse(down, up)
    assert clock.due_at >= old
    if start <= down < old:
        assert clock.due_at - up == old - down


def test_when_a_year_is_announced_what_was_provisional_is_counted_again() -> None:
    clock = timer(at("2026-12-31 10:00"), "2 working days")
    assert clock.explanation["provisional"] == [2027]
    assert clock.due_at == at("2027-01-05 24:00")
    announced = replace(CALENDAR, published=frozenset({2025, 2026, 2027}), overrides={date(2027, 1, 2): (True, "补班")})
    assert clock.recompute(announced)
    assert clock.due_at == at("2027-01-04 24:00")
    assert "provisional" not in clock.explanation
    assert clock.explanation["due"] == clock.due_at.isoformat()
    assert [step["name"] for step in clock.steps] == ["80%", "+0", "+1 working day"]
    assert clock.steps[1]["at"] == clock.due_at
    assert not clock.recompute(announced)


@pytest.mark.parametrize("change", ["pause", "extend", "excuse", "meet", "end"])
def test_a_clock_that_people_have_touched_keeps_its_due_time(change: str) -> None:
    clock = timer(at("2026-12-31 10:00"), "2 working days")
    moment = at("2026-12-31 11:00")
    acts: dict[str, Callable[[], object]] = {
        "pause": lambda: clock.pause(moment, why="park", calendar=CALENDAR),
        "extend": lambda: clock.extend(Duration.parse("1 day"), why="…", calendar=CALENDAR),
        "excuse": lambda: clock.excuse(moment, at("2026-12-31 12:00")),
        "meet": lambda: clock.meet(moment),
        "end": lambda: clock.end(moment, why="withdraw"),
    }
    acts[change]()
    old = clock.due_at
    assert not clock.recompute(replace(CALENDAR, published=frozenset({2027}), overrides={date(2027, 1, 2): (True, "补班")}))
    assert clock.due_at == old


def replaced(old: str, new: str, *, now: str, start: str = "2026-03-02 09:00", before: Callable[[Timer], None] = lambda clock: None) -> Timer:
    """An answer clock under one rule, then under another."""
    clock = timer(at(start), old, steps=("+0", "+24 hours"))
    before(clock)
    fresh = timer(at(start), new, steps=("+0", "+24 hours"))
    clock.replace(fresh, why="amend", now=at(now), calendar=CALENDAR)
    return clock


@pytest.mark.parametrize(
    ("old", "new", "now", "expected"),
    [
        ("5 working days", "1 working day", "2026-03-02 10:00", "2026-03-03 24:00"),
        ("1 working day", "5 working days", "2026-03-03 10:00", "2026-03-09 24:00"),
        ("72 hours", "24 hours", "2026-03-02 10:00", "2026-03-03 09:00"),
    ],
)
def test_another_rule_counts_from_the_same_start(old: str, new: str, now: str, expected: str) -> None:
    clock = replaced(old, new, now=now)
    assert (clock.due_at, clock.duration, clock.started_at) == (at(expected), new, at("2026-03-02 09:00"))
    assert [change["by"] for change in clock.explanation["changed"]] == ["amend"]
    assert clock.steps[0]["at"] == clock.due_at


def test_what_was_granted_stays_granted_under_another_rule() -> None:
    clock = replaced("72 hours", "24 hours", now="2026-03-02 12:00", before=lambda c: c.extend(Duration.parse("24 hours"), why="…", calendar=CALENDAR))
    assert clock.due_at == at("2026-03-04 09:00")
    assert len(clock.explanation["extensions"]) == 1


def test_what_is_overdue_only_by_the_change_begins_its_ladder_at_the_foot() -> None:
    clock = replaced("5 working days", "24 hours", now="2026-03-06 10:00")
    assert clock.late(at("2026-03-06 10:00"))
    assert [step["name"] for step in clock.reached(at("2026-03-06 10:00"))] == ["+0"]
    assert clock.next_at == at("2026-03-07 10:00")


def test_what_was_missed_already_does_not_fire_its_old_steps_again() -> None:
    def miss(clock: Timer) -> None:
        clock.reached(at("2026-03-06 10:00"))
        clock.explanation["missed"] = True

    clock = replaced("72 hours", "24 hours", now="2026-03-06 10:00", before=miss)
    assert clock.explanation["missed"] is True
    assert clock.reached(at("2026-03-06 10:00")) == []


# --- lateness ---------------------------------------------------------------------------------------------------------------


def test_lateness_comes_from_timestamps_only() -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours")
    assert not clock.late(clock.due_at)
    assert clock.late(clock.due_at + timedelta(seconds=1))
    clock.meet(clock.due_at)
    assert not clock.late(at("2027-01-01 00:00")), "met in time stays met in time, whenever one looks"
    clock.unmeet()
    assert clock.late(at("2027-01-01 00:00")), "a failed answer never met its clock"
    clock.meet(clock.due_at + timedelta(minutes=1))
    assert clock.late(clock.due_at - timedelta(days=1))


def test_a_paused_clock_does_not_become_late() -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours")
    clock.pause(at("2026-03-02 10:00"), why="park", calendar=CALENDAR)
    assert not clock.late(at("2026-12-01 00:00"))


def test_a_clock_that_lost_its_object_stands() -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours")
    clock.end(at("2026-03-02 10:00"), why="withdraw")
    assert not clock.running
    assert clock.next_at is None
    assert not clock.late(at("2026-12-01 00:00"))
    assert clock.explanation["ended"] == "withdraw"


# --- steps ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80%", "2026-03-02 17:00"),
        ("0%", "2026-03-02 09:00"),
        ("-4 hours", "2026-03-02 15:00"),
        ("-1 day", "2026-03-01 19:00"),
        ("+0", "2026-03-02 19:00"),
        ("+ 30 minutes", "2026-03-02 19:30"),
        ("+24 hours", "2026-03-03 19:00"),
        ("+1 working day", "2026-03-03 24:00"),
        ("+2 days", "2026-03-04 24:00"),
        ("+1 duty hour", "2026-03-03 09:30"),
    ],
)
def test_offset(text: str, expected: str) -> None:
    assert offset(text, start=at("2026-03-02 09:00"), due=at("2026-03-02 19:00"), calendar=CALENDAR) == at(expected)


def test_a_working_day_after_24_00_is_the_next_one() -> None:
    assert offset("+1 working day", start=at("2026-09-01 09:00"), due=at("2026-09-30 24:00"), calendar=CALENDAR) == at("2026-10-08 24:00")


@pytest.mark.parametrize("text", ["", "80", "100%", "-10%", "later", "4 hours", "-1 working day", "-2 duty hours", "+one day", "±1 day"])
def test_words_that_are_no_offset(text: str) -> None:
    with pytest.raises(ValueError):
        offset(text, start=at("2026-03-02 09:00"), due=at("2026-03-02 19:00"), calendar=CALENDAR)


@fast
@given(moments, texts, st.lists(st.integers(0, 99), min_size=2, max_size=4), st.lists(st.integers(0, 200), min_size=2, max_size=4))
def test_percentages_and_hours_after_keep_their_order(start: datetime, text: str, shares: list[int], hours: list[int]) -> None:
    end = count(start, Duration.parse(text), CALENDAR).due
    found = [offset(f"{n}%", start=start, due=end, calendar=CALENDAR) for n in sorted(shares)]
    found += [offset(f"+{n} hours" if n else "+0", start=start, due=end, calendar=CALENDAR) for n in sorted(hours)]
    assert all(a <= b for a, b in pairwise(found))
    assert start <= found[0]


def _looks(clock: Timer, every: list[int]) -> Iterator[list[str]]:
    now = clock.started_at
    for minutes in every:
        now += timedelta(minutes=minutes)
        yield [step["name"] for step in clock.reached(now)]


@fast
@given(moments, texts, st.lists(st.integers(0, 20_000), max_size=12))
def test_each_step_is_reached_once_however_often_the_sweep_looks(start: datetime, text: str, every: list[int]) -> None:
    clock = timer(start, text, steps=("50%", "80%", "+0", "+24 hours", "+5 working days"))
    all_steps = [step["name"] for step in clock.steps]
    often = [name for names in _looks(clock, [*every, 10_000_000]) for name in names]
    assert often == all_steps
    assert clock.reached(start + timedelta(days=9999)) == []


def test_after_a_long_stop_the_steps_come_together_the_last_one_being_the_one_to_act_on() -> None:
    clock = timer(at("2026-03-02 09:00"), "24 hours", steps=("80%", "+0", "+24 hours", "+7 days"))
    assert [step["name"] for step in clock.reached(at("2026-03-05 09:00"))] == ["80%", "+0", "+24 hours"]
    assert clock.next_at == at("2026-03-10 24:00")


# --- the table of clocks ------------------------------------------------------------------------------------------------------


def test_every_event_that_a_clock_listens_to_exists() -> None:
    known = set(MOVES) | set(NOTES)
    for clock in CLOCKS.values():
        named = clock.start | clock.met_by | clock.unmet_by | clock.paused_by | clock.resumed_by | clock.ended_by
        assert named <= known, (clock.kind, named - known)
        assert clock.zh
        assert clock.start and clock.met_by, f"{clock.kind} never starts or is never met"
        assert bool(clock.paused_by) == bool(clock.resumed_by), f"{clock.kind} is paused for ever"
        assert not clock.met_by & clock.ended_by, f"{clock.kind}: what meets a clock does not end it unmet"


def test_the_citizens_clocks_never_restart_when_the_case_changes_hands() -> None:
    for kind in ("answer", "close"):
        assert CLOCKS[kind].per == "case"
        assert CLOCKS[kind].start == {"receive", "reopen"}
        assert not CLOCKS[kind].ended_by & {"dispatch", "send_back", "reassign", "escalate", "forward", "rule"}
    assert CLOCKS["answer"].unmet_by == {"return_answer"}


def test_a_case_that_is_over_has_no_running_promise_to_the_citizen() -> None:
    for clock in CLOCKS.values():
        if clock.public and clock.per == "case":
            assert {"decline", "refer", "withdraw"} <= clock.ended_by, clock.kind
            assert "merge" not in clock.ended_by, f"{clock.kind}: what is merged may be taken apart again, and its promises go on"


def test_what_happens_by_itself_is_no_promise() -> None:
    assert set(CLOCKS) - PROMISES == {"confirm", "interim", "review"}

"""日历: working days with their make-up days, opening hours, and years that are not announced yet."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.domain.calendar import BEIJING, Calendar, beijing_day, due_day, end_of, midnight, parse_hours
from minsheng.domain.errors import NotPublished

CALENDAR = Calendar(published=frozenset({2025, 2026}))
days_of_2026 = st.dates(date(2026, 1, 1), date(2026, 12, 31))
fast = settings(max_examples=60, deadline=None)


def at(text: str) -> datetime:
    """A Beijing time such as "2026-09-30 16:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        ("2026-09-30", True, None),
        ("2026-10-01", False, "国庆节"),
        ("2026-10-07", False, "休息日（由 2026-10-10 调休）"),
        ("2026-10-08", True, None),
        ("2026-10-10", True, None),  # Saturday, made up for the holiday
        ("2026-10-11", False, "周日"),
        ("2026-09-20", True, None),  # Sunday, made up for the holiday
        ("2026-09-25", False, "中秋节"),
        ("2026-02-14", True, None),  # Saturday before the Spring Festival
        ("2026-02-15", False, "周日"),
        ("2026-02-16", False, "农历除夕"),
        ("2026-02-23", False, "休息日（由 2026-02-28 调休）"),
        ("2026-02-28", True, None),
        ("2026-11-21", False, "周六"),
    ],
)
def test_a_day_works_or_says_why_not(day: str, *, works: bool, why: str | None) -> None:
    assert CALENDAR.works(date.fromisoformat(day)) is works
    assert CALENDAR.why_off(date.fromisoformat(day)) == why


def test_2026_has_as_many_working_days_as_the_notice_says() -> None:
    """Holidays as announced by the State Council, written out by hand, beside the seed."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    notice = [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)]
    off = {date.fromisoformat(f"2026-{start}") + timedelta(days=n) for start, length in notice for n in range(length)}
    made_up = {date.fromisoformat(f"2026-{day}") for day in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")}
    assert [CALENDAR.works(day) for day in days] == [day in made_up or (day.weekday() < 5 and day not in off) for day in days]
    assert sum(CALENDAR.works(day) for day in days) == 248


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-10-03", 1, "2026-10-08"),  # a start on a holiday
        ("2026-10-10", 1, "2026-10-12"),  # a start on a make-up day
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-17", 1, "2026-02-24"),
        ("2026-02-26", 2, "2026-02-28"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_nth_working_day(start: str, n: int, expected: str) -> None:
    assert CALENDAR.nth_working_day(date.fromisoformat(start), n)[0] == date.fromisoformat(expected)


def test_skipped_days_are_named_in_order() -> None:
    _, skipped = CALENDAR.nth_working_day(date(2026, 9, 30), 1)
    assert [off.day.day for off in skipped] == [1, 2, 3, 4, 5, 6, 7]
    assert skipped[3].why == "周日"
    assert all(off.why for off in skipped)


@fast
@given(days_of_2026, st.integers(1, 15))
def test_nth_working_day_agrees_with_counting_by_hand(day: date, n: int) -> None:
    found, skipped = CALENDAR.nth_working_day(day, n)
    between = [day + timedelta(days=k) for k in range(1, (found - day).days + 1)]
    assert CALENDAR.works(found)
    assert sum(CALENDAR.works(d) for d in between) == n
    assert [off.day for off in skipped] == [d for d in between if not CALENDAR.works(d)]


# --- hours ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        ("2026-11-23 09:00", 2, "2026-11-23 11:00"),
        ("2026-11-23 11:00", 2, "2026-11-23 15:00"),  # over lunch
        ("2026-11-23 12:30", 1, "2026-11-23 15:00"),  # starts at lunch
        ("2026-11-23 16:30", 2, "2026-11-24 09:30"),  # over the night
        ("2026-11-23 20:00", 1, "2026-11-24 09:30"),  # starts in the evening
        ("2026-11-27 17:00", 1, "2026-11-30 09:00"),  # over the weekend
        ("2026-09-30 17:00", 1, "2026-10-08 09:00"),  # over the National Day
        ("2026-11-23 08:30", 7, "2026-11-23 17:30"),  # ends as the office closes
        ("2026-11-23 08:30", 14, "2026-11-24 17:30"),
    ],
)
def test_duty_hours(start: str, hours: int, expected: str) -> None:
    due, _ = CALENDAR.after(at(start), timedelta(hours=hours), whole_days=False)
    assert due == at(expected)


def test_several_periods_of_a_day_and_their_order() -> None:
    hall = replace(CALENDAR, duty=parse_hours("08:00-11:30,13:00-17:00,19:00-21:00"))
    assert hall.after(at("2026-11-23 16:30"), timedelta(hours=2), whole_days=False)[0] == at("2026-11-23 20:30")
    assert hall.time_between(at("2026-11-23 00:00"), at("2026-11-24 00:00"), whole_days=False) == timedelta(hours=9, minutes=30)


def test_an_office_that_never_opens_is_an_error_and_no_endless_loop() -> None:
    with pytest.raises(ValueError, match="duty hours"):
        replace(CALENDAR, duty=()).after(at("2026-11-23 09:00"), timedelta(hours=1), whole_days=False)


@fast
@given(days_of_2026, st.integers(0, 86_399), st.integers(1, 60 * 40), st.booleans())
def test_after_and_time_between_are_inverse(day: date, second: int, minutes: int, whole_days: bool) -> None:
    start = midnight(day) + timedelta(seconds=second)
    span = timedelta(minutes=minutes)
    due, _ = CALENDAR.after(start, span, whole_days=whole_days)
    assert CALENDAR.time_between(start, due, whole_days=whole_days) == span
    assert due > start


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("08:30-12:00,14:00-17:30", ((time(8, 30), time(12)), (time(14), time(17, 30)))),
        ("09:00-17:00", ((time(9), time(17)),)),
        (" 08:00 - 12:00 , 12:00 - 18:00 ", ((time(8), time(12)), (time(12), time(18)))),
    ],
)
def test_opening_hours_are_read(text: str, periods: tuple[tuple[time, time], ...]) -> None:
    assert parse_hours(text) == periods


@pytest.mark.parametrize("text", ["", "08:30", "12:00-08:30", "08:30-08:30", "08:30-12:00,11:00-14:00", "14:00-17:00,08:00-12:00", "8-12", "25:00-26:00"])
def test_opening_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        parse_hours(text)


# --- overrides and years ----------------------------------------------------------------------------------------------------


def test_an_override_wins_over_the_seed_both_ways() -> None:
    flood = replace(CALENDAR, overrides={date(2026, 11, 24): (False, "市政府通知"), date(2026, 11, 28): (True, "补班")})
    assert flood.why_off(date(2026, 11, 24)) == "市政府通知"
    assert flood.works(date(2026, 11, 28))
    assert flood.nth_working_day(date(2026, 11, 23), 1)[0] == date(2026, 11, 25)
    assert flood.nth_working_day(date(2026, 11, 27), 1)[0] == date(2026, 11, 28)


def test_a_year_that_is_not_announced_says_so() -> None:
    assert CALENDAR.is_published(date(2026, 12, 31))
    assert not CALENDAR.is_published(date(2027, 1, 1))
    CALENDAR.demand_published(date(2026, 12, 31))
    with pytest.raises(NotPublished) as caught:
        CALENDAR.demand_published(date(2027, 1, 1))
    assert caught.value.year == 2027
    assert "2027" in caught.value.zh and "2027" in caught.value.en


def test_a_day_that_a_file_names_is_known_although_its_year_is_not() -> None:
    named = replace(CALENDAR, overrides={date(2027, 1, 2): (False, "元旦")})
    assert named.is_published(date(2027, 1, 2))
    assert not named.is_published(date(2027, 1, 3))


# --- days and instants ------------------------------------------------------------------------------------------------------


def test_24_00_belongs_to_the_day_that_ends() -> None:
    end = end_of(date(2026, 10, 8))
    assert end == datetime(2026, 10, 8, 16, tzinfo=UTC) == midnight(date(2026, 10, 9))
    assert due_day(end) == date(2026, 10, 8)
    assert beijing_day(end) == date(2026, 10, 9)


def test_a_day_is_a_beijing_day() -> None:
    assert beijing_day(datetime(2026, 10, 8, 15, 59, tzinfo=UTC)) == date(2026, 10, 8)
    assert beijing_day(datetime(2026, 10, 8, 16, 0, tzinfo=UTC)) == date(2026, 10, 9)

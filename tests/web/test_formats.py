"""Times, spans and figures as screens say them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from minsheng.clock import BEIJING
from minsheng.web import formats
from minsheng.web.formats import Due

NOW = datetime(2026, 11, 19, 10, 24, tzinfo=BEIJING)


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BEIJING)


def test_stamp_is_beijing_time_whatever_the_zone_of_the_moment() -> None:
    assert formats.stamp(datetime(2026, 11, 18, 16, 30, tzinfo=UTC)) == "11 月 19 日 00:30"


def test_another_year_is_said_and_this_year_is_not() -> None:
    assert formats.stamp(datetime(2025, 3, 2, 9, 5, tzinfo=BEIJING), NOW) == "2025 年 3 月 2 日 09:05"
    assert formats.stamp(at(2, 9, 5), NOW) == "11 月 2 日 09:05"


def test_a_deadline_at_midnight_belongs_to_the_day_it_ends() -> None:
    assert formats.due_stamp(at(23)) == "11 月 22 日 24:00"
    assert formats.due_short(at(23)) == "22 日 24:00"
    assert formats.due_stamp(at(23, 0, 1)) == "11 月 23 日 00:01"


def test_midnight_of_new_year_is_said_with_the_old_year() -> None:
    assert formats.due_stamp(datetime(2027, 1, 1, tzinfo=BEIJING), datetime(2027, 1, 2, tzinfo=BEIJING)) == "2026 年 12 月 31 日 24:00"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW - timedelta(seconds=30), "刚刚"),
        (NOW - timedelta(minutes=12), "12 分钟前"),
        (at(19, 9, 12), "今天 09:12"),
        (at(18, 18, 20), "昨天 18:20"),
        (at(14, 9), "11 月 14 日"),
        (datetime(2025, 11, 14, tzinfo=BEIJING), "2025 年 11 月 14 日"),
        (at(19, 11), "今天 11:00"),
    ],
)
def test_recent(moment: datetime, said: str) -> None:
    assert formats.recent(moment, NOW) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(0), "0 分"),
        (timedelta(minutes=38), "38 分"),
        (timedelta(hours=2, minutes=5), "2 小时 05 分"),
        (timedelta(days=1, hours=10, minutes=22), "1 天 10 小时"),
        (timedelta(days=1, minutes=5), "1 天 05 分"),
        (timedelta(days=2), "2 天"),
        (timedelta(minutes=-5), "0 分"),
    ],
)
def test_span(length: timedelta, said: str) -> None:
    assert formats.span(length) == said


def test_span_in_three_parts() -> None:
    assert formats.span(timedelta(days=1, hours=10, minutes=22), parts=3) == "1 天 10 小时 22 分"


def test_left_and_over() -> None:
    assert formats.left(at(20, 20, 46), NOW) == "剩 1 天 10 小时"
    assert formats.left(NOW - timedelta(minutes=26), NOW) == "超 26 分"


@pytest.mark.parametrize(
    ("due", "level", "said"),
    [
        (Due(at(17, 20), at(20, 20)), "", "剩 1 天 9 小时"),
        (Due(at(17, 20), at(19, 11)), "soon", "剩 36 分"),
        (Due(at(17, 20), at(20, 20), soon_at=at(19, 10)), "soon", "剩 1 天 9 小时"),
        (Due(at(17, 20), at(19, 11), soon_at=at(19, 10, 30)), "", "剩 36 分"),
        (Due(at(17, 20), at(19, 10)), "over", "超 24 分"),
        (Due(at(17, 20), at(19, 10), met_at=at(17, 20, 42)), "met", "42 分钟 ✓"),
        (Due(at(17, 20), at(18, 20), met_at=at(18, 23, 12)), "late", "晚了 3 小时 12 分"),
        (Due(at(17, 20), at(19, 10), paused=True), "paused", "暂停计时"),
    ],
)
def test_clock(due: Due, level: str, said: str) -> None:
    assert (formats.level(due, NOW), formats.clock_words(due, NOW)) == (level, said)


@given(start=st.integers(-10_000, 10_000), length=st.integers(-10, 10_000))
def test_share_is_a_step_of_the_style_sheet(start: int, length: int) -> None:
    begun = NOW + timedelta(minutes=start)
    share = formats.share(Due(begun, begun + timedelta(minutes=length)), NOW)
    assert share in range(0, 101, 5)
    assert (share == 0) <= (begun > NOW - timedelta(minutes=max(length, 1)))


@pytest.mark.parametrize(("number", "said"), [(0, "0"), (1284, "1,284"), (99_999, "99,999"), (412_345, "41 万"), (12_000_000, "1,200 万")])
def test_figure(number: int, said: str) -> None:
    assert formats.figure(number) == said


def test_percent_of_nothing_is_a_dash() -> None:
    assert formats.percent(1072, 1107) == "96.8"
    assert formats.percent(0, 0) == "–"


@pytest.mark.parametrize(("name", "said"), [("城北热力公司", "城"), ("市交警支队", "交"), ("市", "市"), (" 柳荫街道 ", "柳")])
def test_badge(name: str, said: str) -> None:
    assert formats.badge(name) == said


def test_english() -> None:
    with translation.override("en"):
        assert formats.stamp(at(18, 16, 10)) == "18 Nov 16:10"
        assert formats.left(at(20, 20, 46), NOW) == "1 d 10 h left"
        assert formats.figure(412_345) == "410,000"
        assert formats.today(NOW) == "19 Nov Thu 10:24"

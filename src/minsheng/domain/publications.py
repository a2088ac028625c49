"""刊物: what the city publishes on schedule: which kinds there are, for which stretch of days, and what stands in one. Pure values that freeze as JSON."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from minsheng.domain.errors import BadInput


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. period: week, month, year or days; public: whether everybody reads it once it is signed, or only those it is addressed to."""

    code: str
    zh: str
    period: str
    public: bool


KINDS = {
    kind.code: kind
    for kind in (
        Kind("feedback", "诉求办理情况反馈", "week", public=True),
        Kind("exposure", "曝光", "week", public=True),
        Kind("special", "专报", "week", public=False),
        Kind("ranking", "亮晒比", "month", public=True),
        Kind("hot_topic", "热点专报", "days", public=False),
        Kind("yearly", "年度报告", "year", public=True),
    )
}

#: What each status is called. 草拟 by a job or an editor, 签发 by a second person; from then on it stands.
STATUSES = {"draft": "待签发", "signed": "已签发", "published": "已公开"}


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of Beijing days, both inclusive, and how it is written: 2026-W40, 2026-09, 2026 or 2026-09-01~2026-09-30."""

    text: str
    start: date
    end: date

    @property
    def zh(self) -> str:
        """As it stands under a title."""
        first, last = self.start, self.end
        if re.fullmatch(r"\d{4}", self.text):
            return f"{first.year}年"
        if re.fullmatch(r"\d{4}-\d\d", self.text):
            return f"{first.year}年{first.month}月"
        until = f"{last.year}年{last.month}月{last.day}日" if last.year != first.year else f"{last.month}月{last.day}日"
        return f"{first.year}年{first.month}月{first.day}日至{until}"


def period(text: str, *, of: str) -> Period:
    """The days that `text` names, for a kind whose period is `of`. BadInput says how to write it."""
    found = _period(text.strip(), of)
    if found is None:
        zh, en = _WRITTEN[of]
        raise BadInput(field="period", zh=f"「{text}」不是{zh}。", en=f"“{text}” is not {en}.")
    return found


_WRITTEN = {
    "week": ("一个星期，请写成 2026-W40", "a week; write it as 2026-W40"),
    "month": ("一个月，请写成 2026-09", "a month; write it as 2026-09"),
    "year": ("一年，请写成 2026", "a year; write it as 2026"),
    "days": ("一段日子，请写成 2026-09-01~2026-09-30", "a stretch of days; write it as 2026-09-01~2026-09-30"),
}


def _period(text: str, of: str) -> Period | None:
    try:
        if of == "week" and (week := re.fullmatch(r"(\d{4})-W(\d{2})", text)):
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return Period(text, first, first + timedelta(days=6))
        if of == "month" and (month := re.fullmatch(r"(\d{4})-(\d{2})", text)):
            first = date(int(month[1]), int(month[2]), 1)
            return Period(text, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        if of == "year" and (year := re.fullmatch(r"\d{4}", text)):
            return Period(text, date(int(year[0]), 1, 1), date(int(year[0]), 12, 31))
        if of == "days" and (days := re.fullmatch(r"(\d{4}-\d\d-\d\d)~(\d{4}-\d\d-\d\d)", text)):
            first, last = date.fromisoformat(days[1]), date.fromisoformat(days[2])
            return Period(text, first, last) if first <= last else None
    except ValueError:  # a week 54, a 31st of February: not written as a period
        return None
    return None


def last(of: str, today: date) -> str:
    """The period of this sort that ended last before `today`, as it is written."""
    if of == "week":
        year, week, _ = (today - timedelta(days=7)).isocalendar()
        return f"{year}-W{week:02}"
    if of == "month":
        return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
    assert of == "year", of
    return str(today.year - 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what it is of, how much, and that in words."""

    label: str
    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """柱状图: bars under a title, longest possible value `most` (1.0 for rates)."""

    title: str
    bars: tuple[Bar, ...]
    most: float


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words: its title, heads and rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """一节: heading (一、…), paragraphs, tables and charts in this order."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one publication says, complete: from here on nothing is asked of the database. figures: what is counted, by name, to compare versions."""

    kind: str
    period: str
    title: str
    label: str
    issuer: str
    dated: str
    cutoff: str
    addressees: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)

    def frozen(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def thawed(said: Mapping[str, Any]) -> Content:
    """A content as it was frozen."""
    sections = tuple(
        Section(
            one["heading"],
            tuple(one["paragraphs"]),
            tuple(Table(t["title"], tuple(t["heads"]), tuple(tuple(row) for row in t["rows"])) for t in one["tables"]),
            tuple(Chart(c["title"], tuple(Bar(**bar) for bar in c["bars"]), c["most"]) for c in one["charts"]),
        )
        for one in said["sections"]
    )
    return Content(**{**said, "sections": sections, "addressees": tuple(said["addressees"]), "notes": tuple(said["notes"])})


def changes(before: Content, now: Content) -> tuple[str, ...]:
    """更正: what a later version says differently, figure by figure, in words; () where only words changed or nothing did."""
    names = [*before.figures, *(name for name in now.figures if name not in before.figures)]
    return tuple(
        f"{name}：{_figure(before.figures.get(name))} 改为 {_figure(now.figures.get(name))}"
        for name in names
        if before.figures.get(name) != now.figures.get(name)
    )


def _figure(value: int | None) -> str:
    return "没有" if value is None else f"{value:,}"


def rate(numerator: int, denominator: int) -> str:
    """99.51%（47,878/48,116）; 没有数据 where nothing was counted: nought would be a lie."""
    if not denominator:
        return "没有数据"
    return f"{numerator / denominator:.2%}（{numerator:,}/{denominator:,}）"

"""How times, spans and figures are said on screens (UI.md §6): pure functions, a moment in and words out.

Every moment is aware; it is shown on a Beijing clock. Functions that speak of "now" are given it. The words go through gettext,
so that an English screen says the same in English. Chinese and digits are separated by a space.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said

from minsheng.clock import local

#: A deadline with no warning point of its own turns amber after this share of its time.
SOON_SHARE = 85
WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: Units of a promised length of time (domain/deadlines.py) → how the page says so many of them.
_WITHIN = {
    "分钟": said("%(n)s 分钟"),
    "小时": said("%(n)s 小时"),
    "天": said("%(n)s 天"),
    "周": said("%(n)s 周"),
    "个工作日": said("%(n)s 个工作日"),
    "分钟（上班时间）": said("%(n)s 分钟（上班时间）"),
    "小时（上班时间）": said("%(n)s 小时（上班时间）"),
}
#: … and one of them, which other languages say in another way.
_ONE = {"分钟": said("1 分钟"), "小时": said("1 小时"), "天": said("1 天"), "周": said("1 周"), "个工作日": said("1 个工作日")}
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Due:
    """时限 as a screen shows it: from `start` to `due`, amber from `soon_at`, met or standing still."""

    start: datetime
    due: datetime
    soon_at: datetime | None = None
    met_at: datetime | None = None
    paused: bool = False


def hm(moment: datetime) -> str:
    """16:10"""
    return local(moment).strftime("%H:%M")


def day(moment: datetime, now: datetime | None = None) -> str:
    """11 月 18 日; with the year when `now` is in another one."""
    if now is not None and local(now).year != local(moment).year:
        return _("%(year)s 年 %(month)s 月 %(day)s 日") % _parts(moment)
    return _("%(month)s 月 %(day)s 日") % _parts(moment)


def stamp(moment: datetime, now: datetime | None = None) -> str:
    """11 月 18 日 16:10, for what happened and for what is promised."""
    return f"{day(moment, now)} {hm(moment)}"


def due_stamp(moment: datetime, now: datetime | None = None) -> str:
    """A deadline: midnight is said as 24:00 of the day before, as the law counts days."""
    if hm(moment) == "00:00":
        return f"{day(moment - timedelta(minutes=1), now)} 24:00"
    return stamp(moment, now)


def short(moment: datetime) -> str:
    """18 日 16:10, where the month is plain from what stands around it."""
    return f"{day_only(moment)} {hm(moment)}"


def due_short(moment: datetime) -> str:
    """20 日 20:46, and midnight as 24:00 of the day before."""
    if hm(moment) == "00:00":
        return f"{day_only(moment - timedelta(minutes=1))} 24:00"
    return short(moment)


def day_only(moment: datetime) -> str:
    """17 日, under a step of the progress."""
    return _("%(day)s 日") % _parts(moment)


def today(moment: datetime) -> str:
    """11 月 19 日 周四 10:24, the clock of the desk."""
    return f"{day(moment)} {_('周%(weekday)s') % _parts(moment)} {hm(moment)}"


def recent(moment: datetime, now: datetime) -> str:
    """刚刚, 12 分钟前, 今天 09:12, 昨天 18:20, 11 月 14 日: for lists."""
    age = now - moment
    if abs(age) < timedelta(minutes=1):  # a page that counts by the minute may be a little behind what it shows
        return _("刚刚")
    if timedelta(0) < age < timedelta(hours=1):
        return _("%(minutes)s 分钟前") % {"minutes": int(age.total_seconds() // 60)}
    days = (local(now).date() - local(moment).date()).days
    if days == 0:
        return _("今天 %(hm)s") % {"hm": hm(moment)}
    if days == 1:
        return _("昨天 %(hm)s") % {"hm": hm(moment)}
    return day(moment, now)


def span(length: timedelta, *, parts: int = 2) -> str:
    """1 天 10 小时, 2 小时 05 分, 38 分: the largest units that say something, at most `parts` of them; never negative."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    said = []
    if days:
        said.append(_("%(days)s 天") % {"days": days})
    if hours:
        said.append(_("%(hours)s 小时") % {"hours": hours})
    if rest or not said:
        said.append(_("%(minutes)s 分") % {"minutes": f"{rest:02d}" if said else rest})
    return " ".join(said[:parts])


def within(words: str) -> str:
    """72 小时, 1 个工作日 as a clock says it (`Duration.zh`), in the language of the page."""
    number, _gap, unit = words.partition(" ")
    if number == "1" and unit in _ONE:
        return _(_ONE[unit])
    return _(_WITHIN[unit]) % {"n": number} if unit in _WITHIN else _(words)


def promise(length: str, what: str) -> str:
    """72 小时内答复; the name alone where somebody set the day himself."""
    return _("%(length)s内%(what)s") % {"length": within(length), "what": _(what)} if length else _(what)


def left(due: datetime, now: datetime, *, parts: int = 2) -> str:
    """剩 1 天 10 小时, or 超 26 分."""
    if now <= due:
        return _("剩 %(span)s") % {"span": span(due - now, parts=parts)}
    return _("超 %(span)s") % {"span": span(now - due, parts=parts)}


def level(due: Due, now: datetime) -> str:
    """How a clock stands: met, late (met after the time), paused, over, soon, or "" for time enough."""
    if due.met_at is not None:
        return "met" if due.met_at <= due.due else "late"
    if due.paused:
        return "paused"
    if now > due.due:
        return "over"
    soon = share(due, now) >= SOON_SHARE if due.soon_at is None else now >= due.soon_at
    return "soon" if soon else ""


def clock_words(due: Due, now: datetime) -> str:
    """What the deadline clock says beside its bar."""
    said = {
        "met": lambda: f"{took((due.met_at or now) - due.start)} ✓",
        "late": lambda: _("晚了 %(span)s") % {"span": span((due.met_at or now) - due.due)},
        "paused": lambda: _("暂停计时"),
    }
    return said.get(level(due, now), lambda: left(due.due, now))()


def share(due: Due, now: datetime) -> int:
    """The part of the time that is used, 0 to 100 in steps of 5 (the style sheet has one class for each)."""
    whole = (due.due - due.start).total_seconds()
    if due.met_at is not None or whole <= 0:
        return 100
    used = (now - due.start).total_seconds() / whole * 100
    return min(100, max(0, round(used / 5) * 5))


def figure(number: int) -> str:
    """1,284; above 100,000 in 万: 41 万."""
    if number >= 100_000:
        return _("%(n)s 万") % {"n": f"{number // 10_000:,}", "n_en": f"{number // 10_000 * 10_000:,}"}
    return f"{number:,}"


def percent(numerator: int, denominator: int) -> str:
    """96.8, without the sign; a dash where nothing was counted."""
    return f"{numerator / denominator * 100:.1f}" if denominator else "–"


def badge(name: str) -> str:
    """The one character that stands for a unit in a round: its own, not 市 or 区 before it."""
    bare = name.strip()
    return bare[1:2] if len(bare) > 2 and bare[0] in "市区县省" else bare[:1]


def took(length: timedelta) -> str:
    """How long something took, to the minute below an hour."""
    if length < timedelta(minutes=1):
        return _("不到 1 分钟")
    if length < timedelta(hours=1):
        return _("%(minutes)s 分钟") % {"minutes": int(length.total_seconds() // 60)}
    return span(length)


def _parts(moment: datetime) -> dict[str, object]:
    there = local(moment)
    return {
        "year": there.year,
        "month": there.month,
        "day": there.day,
        "weekday": WEEKDAYS[there.weekday()],
        "weekday_en": WEEKDAYS_EN[there.weekday()],
        "month_en": MONTHS_EN[there.month - 1],
    }

"""一句话的两种说法: Chinese or English, and days and moments as both write them."""

from datetime import date, datetime

from minsheng.domain.calendar import BEIJING, due_day

#: Chinese and English of one thing said.
Pair = tuple[str, str]

WEEKDAYS: tuple[Pair, ...] = (("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun"))
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def pick(lang: str, zh: str, en: str) -> str:
    """The sentence in this language."""
    return zh if lang == "zh" else en


def day(moment: date, lang: str, *, year: int | None = None) -> str:
    """9 月 30 日（周三） or Wed 30 Sep; with the year where it is another than `year`."""
    zh, en = WEEKDAYS[moment.weekday()]
    if lang == "zh":
        return (f"{moment.year} 年 " if moment.year != year else "") + f"{moment.month} 月 {moment.day} 日（周{zh}）"
    return f"{en} {moment.day} {MONTHS_EN[moment.month - 1]}" + (f" {moment.year}" if moment.year != year else "")


def at(moment: datetime, lang: str, *, year: int | None = None) -> str:
    """A point in time, Beijing time, to the minute; the end of a day is its 24:00."""
    here = moment.astimezone(BEIJING)
    if (here.hour, here.minute, here.second) == (0, 0, 0):
        return day(due_day(moment), lang, year=year) + pick(lang, "24:00", " 24:00")
    return day(here.date(), lang, year=year) + pick(lang, f"{here:%H:%M}", f" {here:%H:%M}")

"""What the commands say, in Chinese or English, and how they refuse: in words, with a code that a script can read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import click

from minsheng.clock import local
from minsheng.domain.calendar import due_day
from minsheng.domain.errors import BadInput, MinshengError

#: Chinese and English of one thing said.
Pair = tuple[str, str]

WEEKDAYS: tuple[Pair, ...] = (("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun"))
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Refused(click.ClickException):
    """A refusal in words, code 1: what was looked at is wrong."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """The words alone: they begin with what is wrong."""
        click.echo(self.format_message(), err=True, file=file)


class Mistyped(Refused):
    """What was asked for is wrong, code 2."""

    exit_code = 2


def language(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a command with --lang zh|en, Chinese unless said otherwise."""
    return click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="the language it speaks")(command)


def pick(lang: str, zh: str, en: str) -> str:
    """The sentence in this language."""
    return zh if lang == "zh" else en


@contextmanager
def in_words(lang: str) -> Iterator[None]:
    """Every refusal of the program ends the command with its words: code 2 where the person typed something wrong, else 1."""
    try:
        yield
    except MinshengError as wrong:
        raise (Mistyped if isinstance(wrong, BadInput) else Refused)(wrong.words(lang)) from wrong


def day(moment: date, lang: str, *, year: int | None = None) -> str:
    """9 月 30 日（周三） or Wed 30 Sep; with the year where it is another than `year`."""
    zh, en = WEEKDAYS[moment.weekday()]
    if lang == "zh":
        return (f"{moment.year} 年 " if moment.year != year else "") + f"{moment.month} 月 {moment.day} 日（周{zh}）"
    return f"{en} {moment.day} {MONTHS_EN[moment.month - 1]}" + (f" {moment.year}" if moment.year != year else "")


def at(moment: datetime, lang: str, *, year: int | None = None) -> str:
    """A point in time, Beijing time, to the minute; the end of a day is its 24:00."""
    here = local(moment)
    if (here.hour, here.minute, here.second) == (0, 0, 0):
        return day(due_day(moment), lang, year=year) + pick(lang, "24:00", " 24:00")
    return day(here.date(), lang, year=year) + pick(lang, f"{here:%H:%M}", f" {here:%H:%M}")


def span(time: timedelta, lang: str) -> str:
    """How long something took: the two largest units that say anything."""
    minutes = int(time.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "天", "d"), (hours, "小时", "h"), (minutes, "分钟", "min")]
    said = [f"{n} {zh if lang == 'zh' else en}" for n, zh, en in parts if n][:2]
    return " ".join(said) or pick(lang, "不到 1 分钟", "under a minute")

"""What the commands say, in Chinese or English, and how they refuse: in words, with a code that a script can read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import click

from minsheng.domain.errors import BadInput, MinshengError
from minsheng.policy.said import Pair as Pair
from minsheng.policy.said import at as at
from minsheng.policy.said import day as day
from minsheng.policy.said import pick as pick


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


@contextmanager
def in_words(lang: str) -> Iterator[None]:
    """Every refusal of the program ends the command with its words: code 2 where the person typed something wrong, else 1."""
    try:
        yield
    except MinshengError as wrong:
        raise (Mistyped if isinstance(wrong, BadInput) else Refused)(wrong.words(lang)) from wrong


def span(time: timedelta, lang: str) -> str:
    """How long something took: the two largest units that say anything."""
    minutes = int(time.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [(days, "天", "d"), (hours, "小时", "h"), (minutes, "分钟", "min")]
    said = [f"{n} {zh if lang == 'zh' else en}" for n, zh, en in parts if n][:2]
    return " ".join(said) or pick(lang, "不到 1 分钟", "under a minute")

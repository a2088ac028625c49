"""办理单、批办单 as a PDF, drawn from templates/print/sheet.html and static/css/print.css (adapters/paper.py says how)."""

import base64
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from minsheng.adapters import codes, paper
from minsheng.clock import local
from minsheng.ports import Health, Paper

PATIENCE = 120.0  # seconds


def render(sheets: Sequence[Paper]) -> bytes:
    """The sheets as one PDF, or Unprintable saying what to install."""
    pdf, _ = paper.draw(pages(sheets), style="print.css", heading="编号")
    return pdf


def pages(sheets: Sequence[Paper]) -> list[str]:
    """One page of HTML for all sheets that are counted together."""
    groups: list[list[Paper]] = []
    for sheet in sheets:
        groups = [*groups[:-1], [*groups[-1], sheet]] if sheet.goes_on and groups else [*groups, [sheet]]
    env = _env()
    return [env.get_template("print/sheet.html").render(sheets=[_laid(sheet) for sheet in group]) for group in groups]


def _laid(sheet: Paper) -> dict[str, Any]:
    pictures = [Markup("data:image/jpeg;base64,") + base64.b64encode(one).decode() for one in sheet.pictures]
    return {"kind": sheet.kind, "one": _plain(sheet.values), "code": Markup(codes.svg(sheet.address)), "pictures": pictures}


def _env() -> Environment:
    env = paper.env()
    env.filters |= {"whole": _whole, "short": _short, "due": _due, "day": _day}
    return env


def _moment(text: str) -> datetime:
    return local(datetime.fromisoformat(text))


def _whole(text: str) -> str:
    """2026 年 11 月 19 日 10:24"""
    return f"{_day(text)} {_moment(text):%H:%M}"


def _day(text: str) -> str:
    moment = _moment(text)
    return f"{moment.year} 年 {moment.month} 月 {moment.day} 日"


def _short(text: str) -> str:
    """11 月 18 日 09:20"""
    moment = _moment(text)
    return f"{moment.month} 月 {moment.day} 日 {moment:%H:%M}"


def _due(text: str) -> str:
    """As `short`; midnight is 24:00 of the day before, as the law counts days."""
    moment = _moment(text)
    if (moment.hour, moment.minute) == (0, 0):
        before = moment - timedelta(minutes=1)
        return f"{before.month} 月 {before.day} 日 24:00"
    return _short(text)


class Pressman:
    """The printer of the web server: draws in a process of its own, which ends with the file."""

    def draw(self, sheets: Sequence[Paper]) -> bytes:
        """As `render`; TooMany where it takes too long."""
        asked = [{**asdict(sheet), "pictures": [base64.b64encode(one).decode() for one in sheet.pictures]} for sheet in sheets]
        _, pdf = paper.apart(__name__, _plain(asked), patience=PATIENCE)
        return pdf

    def check(self) -> Health:
        """Is there a Chinese font? Asked of fontconfig, which Pango stands on."""
        try:
            found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, timeout=10, check=False).stdout.strip()
        except (OSError, subprocess.TimeoutExpired):
            found = ""
        if not found:
            missing = paper.no_chinese()
            return Health(name="打印", ok=False, zh=missing.zh, en=missing.en)
        return Health(name="打印", ok=True, zh="中文字体装好了", en="there are Chinese fonts")


def _plain(value: Any) -> Any:
    """As JSON takes it: moments in ISO 8601."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _work(asked: Any) -> tuple[bytes, dict[str, Any]]:
    sheets = [Paper(**{**one, "pictures": tuple(base64.b64decode(picture) for picture in one["pictures"])}) for one in asked]
    return render(sheets), {}


if __name__ == "__main__":
    paper.serve(_work)

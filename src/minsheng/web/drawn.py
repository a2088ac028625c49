"""画好的行: rows of the hall as finished HTML, kept in memory while nothing that stands on them changes.

The question to the database is asked every time. A row is known again by everything that is stored of it, so that a case that has moved on is
drawn anew at once; words that age (3 分钟前, 剩 1 天 10 小时) end with their minute, the others (今天, 昨天) at midnight.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from django.conf import settings
from django.template import engines
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from minsheng import clock
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import hall, places
from minsheng.queries.hall import HallEntry, Promised
from minsheng.queries.kept import Kept
from minsheng.web import environment, formats, shown, words

_rows: Kept[Markup] = Kept(most=2_000)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def rows(entries: Sequence[HallEntry], now: datetime) -> list[Markup]:
    """Each row as HTML; those that nobody has drawn yet cost one more question, for their promises."""
    language, version = get_language() or settings.LANGUAGE_CODE, directories.city().directory_version
    found = [_rows.get((language, version, entry), now) for entry in entries]
    missing = [entry for entry, html in zip(entries, found, strict=True) if html is None]
    if not missing:
        return [html for html in found if html is not None]
    minute, tree = now.replace(second=0, microsecond=0), directories.current()
    promised, ms = hall.promises([entry.case_id for entry in missing]), components(language)
    fresh = iter([_draw(ms, entry, promised[entry.case_id], tree, minute) for entry in missing])
    drawn = [next(fresh) if html is None else html for html in found]
    for entry, html in zip(entries, drawn, strict=True):
        _rows.put((language, version, entry), html, minute, _until(entry, minute))
    return drawn


def components(language: str) -> Any:
    """The macros of templates/components in this language, as pages call them."""
    return engines["jinja2"].env.speaking(language).globals["ms"]


def _draw(ms: Any, entry: HallEntry, promised: Promised, tree: Directory, now: datetime) -> Markup:
    return Markup(ms.request(_row(entry, promised, tree, now), now).strip())


def _until(entry: HallEntry, minute: datetime) -> datetime:
    """How long these words hold."""
    if entry.due_at is not None or minute - entry.received_at < _HOUR + _MINUTE:
        return minute + _MINUTE
    return clock.local(minute + timedelta(days=1)).replace(hour=0, minute=0)


def _row(entry: HallEntry, promised: Promised, tree: Directory, now: datetime) -> Row:
    unit = tree.units[entry.unit].name if entry.unit in tree.units else ""
    return Row(
        code=entry.code,
        title=shown.headline(entry.title, entry.excerpt),
        tag=shown.tag(entry.state, overdue=entry.due_at is not None and entry.due_at < now),
        category=words.category(tree, entry.category),
        place=place_name(tree, entry.place or entry.district),
        at=entry.received_at,
        supporters=entry.supporters,
        answer=Row(unit=unit, text=entry.answer) if entry.answer else None,
        promise=_promise(entry, promised, now),
        photo=Row(url=environment.url("photo", entry.code, entry.photo), alt=_("现场照片")) if entry.photo else None,
    )


def place_name(tree: Directory, code: str | None) -> str:
    """Where, in two words: the district, and the community or street in it. Nobody knows the number of a grid."""
    if code not in tree.places:
        return ""
    said = places.words(tree, code or "").split(" ")
    return " ".join(said if len(said) < 2 else (said[0], said[-1]))


def _promise(entry: HallEntry, promised: Promised, now: datetime) -> Row | None:
    """The promise that counts, with what is left of it; once answered, whether the answer came in time."""
    late = entry.due_at is not None and entry.due_at < now
    if entry.due_at is not None and (late or entry.answered_at is None):
        said = _("承诺 <b>%(due)s</b> 前办结，%(left)s") if promised.running == "close" else _("承诺 <b>%(due)s</b> 前答复，%(left)s")
        values = {"due": escape(formats.due_stamp(entry.due_at, now)), "left": Markup("<b>%s</b>") % formats.left(entry.due_at, now)}
        return Row(look="over" if late else "on", words=Markup(said) % values)
    if entry.answered_at is None or promised.answer_met is None or promised.answer_due is None:
        return None
    gap = promised.answer_met - promised.answer_due
    if gap <= timedelta(0):
        return Row(look="kept", words=_("按时答复"))
    return Row(look="late", words=_("答复晚了 %(span)s") % {"span": formats.span(gap)})

"""Rows of the worklist as its template shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.states import CHANNEL_ZH, Channel
from minsheng.queries import directory as directories
from minsheng.queries import inbox
from minsheng.queries.kept import Kept
from minsheng.web import shown
from minsheng.web.drawn import components
from minsheng.web.formats import Due

ICONS = {
    "received": "inbox",
    "registered": "inbox",
    "ruling": "arrow-back-up",
    "dispatched": "user-question",
    "handling": "tool",
    "soon": "clock-exclamation",
    "overdue": "alert-triangle",
    "quality": "checkup-list",
    "callback": "phone-check",
    "disputed": "alert-circle",
    "watched": "eye",
    "answered": "message-check",
    "parked": "calendar-pause",
    "approvals": "hourglass",
    "extensions": "hourglass",
    "parkings": "hourglass",
    "assigned": "user-check",
    "starred": "star",
    "alike": "git-merge",
}
_ALARM = frozenset({"overdue", "watched", "ruling"})
#: Why a case stands in 疑似重复.
_ALIKE = {"caller": "和 %(code)s 同一个电话（7 天内）", "place": "和 %(code)s 同地点同类（7 天内）"}
#: Clocks that have a word of their own in a narrow column.
_SHORT = {"answer": "答复", "close": "办结", "claim": "认领", "contact": "联系"}


def address(query: Mapping[str, Any]) -> str:
    """The list of a queue and its filters; what is as ever is left out."""
    said = {name: value for name, value in query.items() if value and (name, value) != ("sort", "due")}
    return reverse("desk") + "?" + urlencode(said)


def queue(row: inbox.Counted, *, current: bool) -> Row:
    """A queue with its count."""
    return Row(
        label=_(row.zh),
        icon=ICONS[row.key],
        count=row.count,
        more=row.more,
        alarm=row.key in _ALARM and row.count > 0,
        current=current,
        url=f"{reverse('desk')}?queue={row.key}",
    )


_drawn: Kept[Markup] = Kept(most=5_000)
_VALUES = attrgetter(*(field.name for field in fields(inbox.InboxItem)))


def drawn(items: Sequence[inbox.InboxItem], now: datetime) -> list[Markup]:
    """Each row as finished HTML. Colleagues look at the same rows again and again: a row is known by all that stands on it, and holds for its minute."""
    language, version = get_language() or settings.LANGUAGE_CODE, directories.city().directory_version
    minute, ms = now.replace(second=0, microsecond=0), components(language)
    found = []
    for item in items:
        key = (language, version, _VALUES(item))
        html = _drawn.get(key, now)
        if html is None:
            html = Markup(" ".join(ms.work(row(item), minute).split()))
            _drawn.put(key, html, minute, minute + timedelta(minutes=1))
        found.append(html)
    return found


def row(item: inbox.InboxItem) -> Row:
    """One line."""
    due = None
    if item.due_at:
        kind = _SHORT.get(item.clock) or (CLOCKS[item.clock].zh if item.clock in CLOCKS else "")
        due = Row(label=_(kind) if kind else "", due=Due(start=item.clock_at or item.received_at, due=item.due_at))
    return Row(
        code=item.code,
        short=item.code,
        version=item.version,
        title=item.title or _("（已抹除）"),
        place=item.district_name,
        category=item.category_name or _("未分类"),
        channel=_(CHANNEL_ZH[Channel(item.channel)]),
        supporters=item.supporters,
        urgent="" if item.urgency == "normal" else _(item.urgency_zh),
        tone="bad" if item.urgency == "urgent" else "warn",
        unit=item.unit_name or None,
        card=item.card or None,
        tag=shown.tag(item.state, overdue=item.overdue, round_=item.round, watched=item.watched),
        clock=due,
        fresh=item.unread,
        starred=item.starred,
        why=_(_ALIKE[item.alike_by]) % {"code": item.alike} if item.alike_by else None,
        alike=item.alike or None,
        at=item.received_at,
    )

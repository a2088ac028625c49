"""工单: the queues of this person, most pressing first."""

from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.domain.access import Actor
from minsheng.domain.states import CHANNEL_ZH, Channel
from minsheng.queries import inbox
from minsheng.web import frame, shown
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

PAGE = 50
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
}
_ALARM = frozenset({"overdue", "watched", "ruling"})
#: What a person opens first: the first of these that holds something.
_FIRST = ("received", "registered", "quality", "callback", "dispatched", "approvals", "overdue", "handling")


@require_safe
@staff
def worklist(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """工单."""
    words = request.GET.get("q", "").strip()[:100]
    counted = inbox.queues(actor)
    if words:
        found, next_, chosen = inbox.find(actor, words), "", Row(key="", label=_("找「%(words)s」") % {"words": words}, count=None)
        if len(found) == 1:
            return HttpResponseRedirect(reverse("desk-case", args=(found[0].code,)))
    else:
        key = request.GET.get("queue") or _first(counted)
        page = inbox.inbox(actor, queue=key, cursor=request.GET.get("cursor", ""), limit=PAGE)
        found, next_ = page.rows, page.next
        row = next(q for q in counted if q.key == key)
        chosen = Row(key=key, label=_(row.zh), count=None if row.more else row.count)
    context = {
        "staff": badge(actor),
        "q": words,
        "groups": [Row(label=None, queues=[_queue(q, current=q.key == chosen.key) for q in counted])],
        "queue": chosen,
        "sorts": [],
        "rows": [_row(item) for item in found],
        "next": reverse("desk") + "?" + urlencode({"queue": chosen.key, "cursor": next_}) if next_ else None,
        "more_words": _("再看 %(n)s 件") % {"n": PAGE},
    }
    return frame.page(request, "desk/worklist.html", context)


def _first(counted: list[inbox.Counted]) -> str:
    holding = {q.key for q in counted if q.count}
    return next((key for key in _FIRST if key in holding), counted[0].key)


def _queue(row: inbox.Counted, *, current: bool) -> Row:
    return Row(
        label=_(row.zh),
        icon=ICONS[row.key],
        count=row.count,
        alarm=row.key in _ALARM and row.count > 0,
        current=current,
        url=reverse("desk") + "?" + urlencode({"queue": row.key}),
    )


def _row(item: inbox.InboxItem) -> Row:
    due = Row(label="", due=Due(start=item.received_at, due=item.due_at)) if item.due_at else None
    return Row(
        code=item.code,
        short=item.code,
        title=item.title or _("（已抹除）"),
        place=item.district_name,
        category=item.category_name or _("未分类"),
        channel=_(CHANNEL_ZH[Channel(item.channel)]),
        supporters=0,
        unit=item.unit_name or None,
        card=None,
        tag=shown.tag(item.state, overdue=item.overdue, round_=item.round, watched=item.watched),
        clock=due,
        fresh=False,
        at=item.received_at,
    )

"""工单: the queues of this person, most pressing first; narrowed by filters, taken many at once, one looked at beside the list."""

import secrets
from collections.abc import Mapping
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.commands import bulk
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput
from minsheng.queries import directory as directories
from minsheng.queries import filters as kept
from minsheng.queries import inbox
from minsheng.queries import wanted as choosing
from minsheng.queries.wanted import Wanted
from minsheng.web import frame
from minsheng.web.desk import filters, worklist_rows
from minsheng.web.desk.entering import badge, staff
from minsheng.web.desk.worklist_rows import address

PAGE = 50
#: What a person opens first: the first of these that holds something.
_FIRST = ("received", "registered", "quality", "callback", "dispatched", "approvals", "overdue", "handling")
_SORTS = {"due": "快到期的在前", "new": "最新的在前"}
_GROUPS = {"": "", "mine": "我的"}
#: Icons of the bar for many cases.
_BULK_ICONS = {
    "dispatch": "arrow-right",
    "assign": "user-check",
    "urge": "bell-ringing",
    "merge": "git-merge",
    "star": "star",
    "export": "download",
    "print": "printer",
}


@require_safe
@staff
def worklist(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """工单. Who only looks on has pages of their own."""
    if access.only_looks_on(actor):
        return HttpResponseRedirect(reverse("look-on"))
    words = request.GET.get("q", "").strip()[:100]
    if words:
        found = inbox.find(actor, words)
        if len(found) == 1:
            return HttpResponseRedirect(reverse("desk-case", args=(found[0].code,)))
        return _page(request, actor, found=found, words=words)
    counted = inbox.queues(actor)
    key = request.GET.get("queue", "")[:20] or _first(counted)
    try:
        wanted, problem, status = choosing.read(filters.coded(request.GET), directories.current()), None, 200
        page = inbox.inbox(actor, queue=key, wanted=wanted, cursor=request.GET.get("cursor", "")[:200], limit=PAGE)
    except BadInput as bad:
        wanted, problem, status = Wanted(), frame.words(bad), 422
        page = inbox.inbox(actor, queue=key, limit=0)
    return _page(request, actor, counted=counted, key=key, wanted=wanted, found=page.rows, after=page.next, problem=problem, status=status)


def _page(
    request: HttpRequest,
    actor: Actor,
    *,
    found: list[inbox.InboxItem],
    counted: list[inbox.Counted] | None = None,
    key: str = "",
    wanted: Wanted = Wanted(),  # noqa: B008 (frozen)
    after: str = "",
    words: str = "",
    problem: str | None = None,
    status: int = 200,
) -> HttpResponse:
    counted = inbox.queues(actor) if counted is None else counted
    row = next((q for q in counted if q.key == key), None)
    here = {"queue": key, **wanted.query()}
    said = [] if row is None else filters.said(wanted, here)
    saved = kept.saved(actor)
    count = None if row is None or row.more or wanted.narrows else row.count
    context = {
        "staff": badge(actor),
        "q": words,
        "groups": [*_grouped(counted, key, narrowed=wanted.narrows), *_saved(saved, here)],
        "queue": Row(key=key, label=_(row.zh) if row else _("找「%(words)s」") % {"words": words}, count=count),
        "sorts": [
            Row(label=_(zh), url=address({**here, "sort": sort}), current=wanted.sort == sort) for sort, zh in (_SORTS.items() if row is not None else ())
        ],
        "chosen": said,
        "choose": reverse("desk-choose") + "?" + urlencode(here) if row is not None else None,
        "save": Row(query=list(here.items()), units=filters.own_units(actor)) if row is not None else None,
        "kept": any(one.query == here for one in saved),
        "rows": worklist_rows.drawn(found, clock.now()),
        "next": address({**here, "cursor": after}) if after else None,
        "more_words": _("再看 %(n)s 件") % {"n": PAGE},
        "bulk": _bulk(actor),
        "once": secrets.token_urlsafe(12),
        "query": here,
        "limit": bulk.MOST,
        "problem": problem,
        "done": frame.told(request),
        "preview": None,
    }
    return frame.page(request, "desk/worklist.html", context, status=status)


def _first(counted: list[inbox.Counted]) -> str:
    holding = {q.key for q in counted if q.count}
    return next((key for key in _FIRST if key in holding), counted[0].key)


def _grouped(counted: list[inbox.Counted], current: str, *, narrowed: bool) -> list[Row]:
    found = []
    for group, zh in _GROUPS.items():
        rows = [worklist_rows.queue(q, current=q.key == current and not narrowed) for q in counted if q.group == group]
        if rows:
            found.append(Row(label=_(zh) if zh else None, queues=rows))
    return found


def _saved(saved: list[kept.Saved], here: Mapping[str, str]) -> list[Row]:
    if not saved:
        return []
    rows = [
        Row(label=one.name, icon="filter" if one.own else "users", count=None, more=False, alarm=False, current=one.query == here, url=address(one.query))
        for one in saved
    ]
    return [Row(label=_("存好的筛选"), queues=rows)]


def _bulk(actor: Actor) -> list[Row]:
    """What can be done with many cases at once."""
    tree = directories.current()
    return [
        Row(key=one.key, label=one.zh if frame.chinese() else one.en, icon=_BULK_ICONS[one.key])
        for one in bulk.ACTIONS.values()
        if not one.deed or access.may(actor, one.deed, tree)
    ]

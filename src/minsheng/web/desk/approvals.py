"""审批: what waits for this person's consent, with both sides' reasons, to be decided in place, one or several of a kind."""

import re
from datetime import datetime
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said
from django.views.decorators.http import require_http_methods, require_safe

from minsheng.commands import forms
from minsheng.domain.access import Actor
from minsheng.domain.deadlines import Duration
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.queries import approvals, rulings
from minsheng.queries.approvals import TABS, Asked
from minsheng.web import formats, frame
from minsheng.web.desk.deeds import allowed, demand
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

PAGE = 20
#: So many are decided at once, at most.
AT_ONCE = 50
_WORDS = {"send_back": said("退单"), "extend": said("延期"), "park": said("挂账"), "exempt": said("剔除"), "other": said("其他")}
_ROW = re.compile(r"([A-Za-z0-9]{4,24}):(\d{1,5}):(\d{1,9})")


@require_safe
@staff
def queue(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """One tab, oldest first."""
    demand(actor, "decide_approvals")
    return _page(request, actor, request.GET.get("tab", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def decide(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """同意、不同意: one request, or several of the same kind with one reason. Each is its own transaction, and says for itself what came of it."""
    demand(actor, "decide_approvals")
    tab = request.POST.get("tab", "")
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-approvals"))
    rows = [found.groups() for row in request.POST.getlist("row")[:AT_ONCE] if (found := _ROW.fullmatch(row))]
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    if not rows or decision not in ("grant", "refuse"):
        return _page(request, actor, tab, problem=_("请先勾选要批的，再选同意或不同意。"), reason=reason, status=422)
    results = [_decided(code, int(number), int(seen), tab, decision, reason, actor) for code, number, seen in rows]
    if len(results) > 1:
        return _page(request, actor, tab, report=results)
    (only,) = results
    if only.done:
        frame.tell(request, f"{only.code} {only.words}")
        return HttpResponseRedirect(reverse("desk-approvals") + "?" + urlencode({"tab": tab}))
    return _page(request, actor, tab, wrong=only, reason=reason, status=only.status)


def _decided(code: str, number: int, seen: int, tab: str, decision: str, reason: str, actor: Actor) -> Row:
    """What became of one of them. seen: the version of the case that the page showed."""
    action = f"{decision}_exemption" if tab == "exempt" else decision
    found = Row(code=code, number=number, key=f"{code}-{number}", done=False, words="", status=200)
    try:
        if decision == "refuse" and not reason.strip():
            raise BadInput(field="reason", zh="不同意要写理由，对方看得到。", en="Say why not; they will read it.")
        forms.perform(code, action, {"number": number, "reason": reason}, by=actor, seen=seen)
    except Stale:
        waits = approvals.one(actor, tab=tab, code=code, number=number) is not None
        changed, gone = _("这件刚刚有了变化，没有批。请再看一眼，还要批就再点一次。"), _("这份申请已经有人处理了。")
        found.words, found.status = changed if waits else gone, 409
    except MinshengError as problem:
        found.words, found.status = frame.words(problem), problem.status
    else:
        found.done, found.words = True, _("同意了。") if decision == "grant" else _("没有同意，理由对方看得到。")
    return found


def _page(
    request: HttpRequest, actor: Actor, tab: str, *, problem: str | None = None, wrong: Row | None = None, reason: str = "",
    report: list[Row] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    counted = approvals.counts(actor)
    tab = tab if tab in TABS else next((key for key, n in counted.items() if n), "send_back")
    page = approvals.page(actor, tab=tab, cursor=request.GET.get("cursor", ""), limit=PAGE)
    rows = [_row(one) for one in page.rows]
    here = wrong is not None and any(row.key == wrong.key for row in rows)
    context = {
        "staff": badge(actor),
        "q": "",
        "tabs": _tabs(actor, counted, tab),
        "tab": tab,
        "word": _(_WORDS[tab]),
        "rows": rows,
        "next": reverse("desk-approvals") + "?" + urlencode({"tab": tab, "cursor": page.next}) if page.next else None,
        "wrong": wrong if here else None,
        "problem": problem or (wrong.words if wrong and not here else None),
        "reason": reason,
        "report": report,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/judging/approvals.html", context, status=status)


def _tabs(actor: Actor, counted: dict[str, int], current: str) -> list[Row]:
    """Those that a person may have; 其他 only where there is something, 裁定 for those who rule."""
    rules = allowed(actor, "rule_disputes")
    shown = [key for key in TABS if (key != "other" or counted["other"] or current == "other") and (key != "exempt" or rules or current == "exempt")]
    rows = [
        Row(label=_(_WORDS[key]), url=reverse("desk-approvals") + f"?tab={key}", count=capped(counted[key], approvals.COUNTED_TO), current=key == current)
        for key in shown
    ]
    if rules:
        waiting = rulings.count(actor)
        rows.append(Row(label=_("裁定"), url=reverse("desk-rulings"), count=capped(waiting, 100), current=current == "rulings"))
    return rows


def tabs(actor: Actor) -> list[Row]:
    """The tabs as the page of rulings shows them."""
    return _tabs(actor, approvals.counts(actor), "rulings")


def capped(number: int, most: int) -> str:
    """A count that stops: 99+."""
    return f"{most - 1}+" if number >= most else str(number)


def _row(one: Asked) -> Row:
    return Row(
        key=f"{one.code}-{one.number}",
        value=f"{one.code}:{one.number}:{one.version}",
        code=one.code,
        number=one.number,
        title=one.title or _("（已抹除）"),
        category=one.category_name or _("未分类"),
        place=one.place_name,
        who=one.asked_name or _("督办员"),
        approver=one.approver_name,
        at=one.asked_at,
        due=Due(start=one.asked_at, due=one.due_at) if one.due_at else None,
        asks=_asks(one),
        text=one.text,
        basis=one.basis,
        rule=one.rule_name,
        rule_basis=one.rule_basis,
        agrees=bool(one.proposed_name) and one.proposed_name == one.rule_name,
        proposed=one.proposed_name,
        refusals=one.refusals,
        before=_("以前延过 %(n)s 次") % {"n": one.extensions} if one.kind == "extend" else "",
        clocks=[Row(label=_(timer.zh), due=Due(start=timer.started_at, due=timer.due_at), at=timer.due_at) for timer in one.running],
    )


def _asks(one: Asked) -> str:
    """What is asked for, in one line."""
    data: dict[str, Any] = one.data
    match one.kind:
        case "send_back":
            return _("退单，建议交给%(unit)s") % {"unit": one.proposed_name}
        case "extend":
            return _("%(clock)s时限延 %(span)s") % {"clock": _(one.clock_zh), "span": formats.within(Duration.parse(data["by"]).zh)}
        case "park":
            return _("挂账，%(day)s 复查") % {"day": formats.due_short(_moment(data["review_at"]))}
        case "exempt":
            return _("「%(clock)s」时限不算") % {"clock": _(one.clock_zh)} if one.clock_zh else _("整件不算")
        case _other:
            return _(one.move_zh)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""通话列表: today's calls, missed ones to ring back, those without a wrap-up, one call with everything about it, and the figures of the day."""

from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from minsheng import wiring
from minsheng.commands import calls, dialling
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calls import BY_DEED, EMERGENCY, STATUS_ZH, WRAP_UPS
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed
from minsheng.ports import Undelivered
from minsheng.queries import calls as reading
from minsheng.queries import directory as directories
from minsheng.web import frame
from minsheng.web.desk.calls import card, minutes
from minsheng.web.desk.entering import badge, staff

PAGE = 50


def _demand(actor: Actor) -> None:
    if not access.may(actor, "see_calls", directories.current()):
        raise NotAllowed("通话由坐席、回访员和督办员来看。", "Calls are for operators, callback staff and supervisors.")


@require_safe
@staff
def listed(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """通话列表."""
    _demand(actor)
    which, status, wrap_up = (request.GET.get(name, "") for name in ("which", "status", "wrap_up"))
    which = which or "today"
    page = reading.listed(actor, which=which, status=status, wrap_up=wrap_up, cursor=request.GET.get("cursor", ""), limit=PAGE)
    waiting, here = reading.waiting(actor), reverse("desk-calls-all")
    counts = {"missed": waiting.missed, "open": waiting.open}
    kept = {name: value for name, value in (("status", status), ("wrap_up", wrap_up)) if value}
    tree = directories.current()
    context = {
        "staff": badge(actor),
        "q": "",
        "which": which,
        "title": _(reading.LISTS[which]),
        "lists": [
            Row(label=_(zh), url=f"{here}?{urlencode({'which': key})}", current=key == which, count=counts.get(key)) for key, zh in reading.LISTS.items()
        ],
        "form": Row(values={"status": status, "wrap_up": wrap_up}, errors={}),
        "statuses": [(value, _(zh)) for value, zh in STATUS_ZH.items()],
        "wrap_ups": [(value, _(zh)) for value, zh in WRAP_UPS.items()],
        "rows": _rows(page.rows, actor),
        "next": f"{here}?{urlencode({'which': which, **kept, 'cursor': page.next})}" if page.next else None,
        "more_words": _("再看 %(n)s 个") % {"n": PAGE},
        "figures": _figures() if access.may(actor, "oversee_calls", tree) else [],
        "may_answer": access.may(actor, "answer_calls", tree),
        "may_sit": any(access.may(actor, deed, tree) for deed in ("answer_calls", "call_people")),
        "sits_at": reading.seat_of(actor),
        "done": frame.told(request),
    }
    return frame.page(request, "desk/calls/list.html", context)


def _rows(found: list[reading.CallRow], actor: Actor) -> list[Row]:
    seats = reading.seats()
    return [_row(one, actor, seats) for one in found]


def _row(one: reading.CallRow, actor: Actor, seats: dict[str, str]) -> Row:
    row = card(one)
    row.look = "new" if row.good else row.look
    row.seated = seats.get(one.extension, "")
    row.to_ring_back = one.status == "missed" and not one.good and bool(one.number)
    row.to_adopt = one.live and one.direction == "in" and (one.user is None or (one.status == "ringing" and not row.seated))
    row.to_wrap = one.status == "ended" and not one.wrap_up and one.user in (None, actor.id)
    return row


def _figures() -> list[Row]:
    return [
        Row(
            name=row.name or _("没有坐席"),
            offered=row.offered,
            answered=row.answered,
            out=row.out,
            open=row.open,
            spoken=minutes(row.spoken.total_seconds()) if row.spoken else "–",
            wrapped=minutes(row.wrapped.total_seconds()) if row.wrapped else "–",
        )
        for row in reading.figures()
    ]


# --- one call -----------------------------------------------------------------------------------------------------------------------


@require_safe
@staff
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """一通电话."""
    return _show(request, number, actor)


def _show(
    request: HttpRequest, number: int, actor: Actor, *, errors: dict[str, str] | None = None, problem: str | None = None, opened: str = "", status: int = 200
) -> HttpResponse:
    _demand(actor)
    row, tree = reading.one(number), directories.current()
    oversees = access.may(actor, "oversee_calls", tree)
    mine = row.user in (None, actor.id) or oversees
    context = {
        "staff": badge(actor),
        "q": "",
        "call": _row(row, actor, reading.seats()),
        "note": reading.written(number).note if mine else "",
        "mine": mine,
        "opened": opened,
        "before": [card(one) for one in reading.calls_before(number)],
        "form": Row(values={name: request.POST.get(name, "") for name in ("reason", "result", "note", "code")}, errors=errors or {}),
        "wrap_ups": [(value, _(zh)) for value, zh in WRAP_UPS.items() if value not in BY_DEED or row.case],
        "emergency": [(to, of) for to, of in EMERGENCY.items()],
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/calls/call.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def act(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """小结、关联、转接、我来接、看号码: on the page of one call."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-call", args=(number,)))
    given = request.POST.get
    do, _colon, what = given("do", "").partition(":")
    try:
        match do:
            case "wrap":
                calls.wrap_up(number, result=given("result", ""), note=given("note", ""), by=actor)
                done = _("小结记下了。")
            case "link":
                calls.link(number, code=given("code", ""), by=actor)
                done = _("关联好了。")
            case "transfer":
                calls.transfer(number, to=what, reason=given("note", ""), by=actor)
                done = _("转接记下了。")
            case "adopt":
                calls.adopt(number, by=actor)
                return HttpResponseRedirect(f"{reverse('desk-calls')}?{urlencode({'call': number})}")
            case "number":
                return _show(request, number, actor, opened=calls.open_number(number, reason=given("reason", ""), by=actor) or _("号码没有显示"))
            case _:
                raise BadInput(field="do", zh="没有这个操作。", en="There is no such action.")
    except BadInput as problem:
        field = {"reason": "note"}.get(problem.field, problem.field) if do == "transfer" else problem.field
        known = field in ("reason", "result", "note", "code")
        words = frame.words(problem)
        return _show(request, number, actor, errors={field: words} if known else {}, problem=None if known else words, status=422)
    except MinshengError as problem:
        if problem.status >= 500:
            raise
        errors = {"code": frame.words(problem)} if do == "link" else {}
        return _show(request, number, actor, errors=errors, problem=None if errors else frame.words(problem), status=problem.status)
    frame.tell(request, done)
    return HttpResponseRedirect(reverse("desk-call", args=(number,)))


@require_GET
@staff
def recording(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """听录音: written down, then the browser goes to where the recording lies; that place learns nothing of where it came from."""
    answer = HttpResponseRedirect(calls.listen(number, by=actor))
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@staff
def dial(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """拨号: `case` is the code of a case, `call` the number of a missed call. The operator's own telephone rings; no number is shown."""
    code, number = request.POST.get("case", "").strip().upper()[:24], request.POST.get("call", "")
    back = frame.back(request, default=reverse("desk-case", args=(code,)) if code else reverse("desk-calls-all") + "?which=missed")
    try:
        if code:
            dialling.dial_case(code, telephony=wiring.telephony(), by=actor)
        elif number.isdecimal() and len(number) < 15:
            dialling.ring_back(int(number), telephony=wiring.telephony(), by=actor)
        else:
            raise BadInput(field="call", zh="没有说要拨给谁。", en="It is not said who is to be called.")
    except Undelivered as problem:
        return frame.refusal(request, status=409, message=frame.words(problem))
    frame.tell(request, _("正在拨号：您的话机先响，拿起来就接通对方。"))
    return HttpResponseRedirect(back)

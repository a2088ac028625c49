"""坐席: a call comes up by itself, with the form beside it; file, answer, hand over, with the keyboard alone. Without scripts the page is loaded again."""

from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import clock
from minsheng.commands import calls, seating
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calls import BY_DEED, CHOSEN_SEATS, SEAT_ZH, STATUS_ZH, WRAP_UPS
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.queries import calls as reading
from minsheng.queries import directory as directories
from minsheng.queries import inbox
from minsheng.queries.calls import CallRow, Screen, SeatRow
from minsheng.web import frame, shown
from minsheng.web.citizen import content
from minsheng.web.desk import calls_form as forms
from minsheng.web.desk.entering import actor_of, badge, staff
from minsheng.web.formats import Due

#: status → icon, colour.
_LOOK = {
    "ringing": ("bell-ringing", "soon"),
    "answered": ("phone", "doing"),
    "ended": ("check", "done"),
    "missed": ("alert-triangle", "over"),
    "failed": ("circle-minus", "new"),
}


@require_safe
@staff
def desk(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """坐席."""
    forms.demand(actor)
    screen = reading.screen(actor)
    call = _asked_for(request, screen, actor)
    values = forms.restored(reading.written(call.id).draft) if call is not None else forms.blank()
    return _page(request, actor, screen, call, Row(values=values, errors={}))


def _asked_for(request: HttpRequest, screen: Screen, actor: Actor) -> CallRow | None:
    """The call that the address names, where it is this operator's; else the one that is on."""
    wanted = request.GET.get("call") or request.POST.get("call") or ""
    if wanted.isdecimal() and len(wanted) < 15:
        if screen.call is not None and screen.call.id == int(wanted):
            return screen.call
        found = reading.one(int(wanted))
        seat = screen.seat.extension if screen.seat else ""
        if found.user in (None, actor.id) or (seat and found.extension == seat):
            return found
    return screen.call


@require_safe
@staff
def live(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """What has changed on this operator's screen since it was drawn: nothing (204), the card of the call, or another call, to which the page goes.

    busy: something has been typed, so that the page never goes away under somebody's hands.
    """
    screen = reading.screen(actor)
    if request.GET.get("mark", "") == screen.mark:
        return HttpResponse(status=204)
    there, busy = request.GET.get("call", ""), request.GET.get("busy") == "1"
    now_first = str(screen.call.id) if screen.call else ""
    on_screen = {str(one.id) for one in (screen.call, screen.other) if one}
    if there != now_first and not busy and there not in on_screen:
        answer = HttpResponse()
        answer["HX-Redirect"] = reverse("desk-calls")
        return answer
    call = screen.call if there == now_first else reading.one(int(there)) if there.isdecimal() and len(there) < 15 else None
    return frame.page(request, "desk/calls/card.html", _card_context(screen, call))


@require_POST
@staff
def seat(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """坐下、可以接、离开、下班."""
    what = request.POST.get("what", "")
    try:
        if what == "sit":
            seating.sit(request.POST.get("extension", ""), by=actor)
        elif what == "leave":
            seating.leave(by=actor)
        else:
            seating.turn(what, by=actor)
    except MinshengError as problem:
        if not access.may(actor, "answer_calls", directories.current()):
            raise  # sits down from the list of calls, to call people
        screen = reading.screen(actor)
        wrong = {"extension": frame.words(problem)}
        form = Row(values=forms.blank() | {"extension": request.POST.get("extension", "")}, errors={})
        return _page(request, actor, screen, screen.call, form, seat_errors=wrong, status=problem.status)
    return HttpResponseRedirect(frame.back(request, default=reverse("desk-calls")))


@sensitive_post_parameters("phone", "name", "text", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
@staff
def act(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """立案、当场答复、上报、转接、催办、补充、小结. What is refused comes back with everything that was typed."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-calls"))
    forms.demand(actor)
    values, (do, _colon, what) = forms.typed(request), request.POST.get("do", "").partition(":")
    number = request.POST.get("call", "")
    call = int(number) if number.isdecimal() and len(number) < 15 else None
    if do == "use":
        return _again(request, actor, _with_article(values, what))
    if do not in forms.DEEDS:
        return _again(request, actor, values)
    try:
        done = forms.DEEDS[do](request, call, values, what, actor)
    except BadInput as problem:
        field = forms.FIELDS.get(problem.field, problem.field)
        known = field in (*forms.NAMES, "result")
        return _again(
            request, actor, values, errors={field: frame.words(problem)} if known else {}, problem=None if known else frame.words(problem), status=422
        )
    except MinshengError as problem:
        if problem.status >= 500:
            raise
        return _again(request, actor, values, problem=frame.words(problem), status=problem.status)
    frame.tell(request, done, draft=_draft(call))
    return HttpResponseRedirect(reverse("desk-calls"))


def _comes_back(request: HttpRequest) -> HttpResponse:
    """The token is no longer good: nothing was done, and everything typed is there, to be sent once more."""
    actor = actor_of(request)
    if actor is None:
        return HttpResponseRedirect(reverse("signin") + "?" + urlencode({"next": reverse("desk-calls")}))
    forms.demand(actor)
    return _again(request, actor, forms.typed(request), problem=_("页面放得太久了，还没有提交。内容都在，请再按一次。"), status=422)


act.comes_back = _comes_back  # type: ignore[attr-defined]


def _again(
    request: HttpRequest, actor: Actor, values: dict[str, Any], *, errors: dict[str, str] | None = None, problem: str | None = None, status: int = 200
) -> HttpResponse:
    screen = reading.screen(actor)
    return _page(request, actor, screen, _asked_for(request, screen, actor), Row(values=values, errors=errors or {}), problem=problem, status=status)


def _with_article(values: dict[str, Any], slug: str) -> dict[str, Any]:
    """填进答复, for a browser without scripts."""
    found = next((one for one in forms.answers(values["find"], language=content.language()) if one.slug == slug), None)
    if found is None:
        return values
    joined = "\n".join(part for part in (values["answer"], found.summary or found.title) if part)
    return values | {"answer": joined, "used": [*values["used"], slug]}


@require_POST
@staff
def save(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """自动保存."""
    try:
        at = calls.save(number, words=forms.to_save(forms.typed(request)), by=actor)
    except MinshengError as problem:
        return HttpResponse(frame.words(problem), status=200 if problem.status < 500 else problem.status, content_type="text/plain; charset=utf-8")
    return HttpResponse(_("%(time)s 已自动保存") % {"time": clock.local(at).strftime("%H:%M:%S")}, content_type="text/plain; charset=utf-8")


@require_POST
@staff
def beside(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """边写边提示: the guess, who would answer for it, and what others have told of the same."""
    forms.demand(actor)
    values = forms.typed(request)
    try:
        found = [] if values["find"] else forms.best(values, language=content.language())
        context = {"guess": forms.guess(values), "near": forms.near(values), "answers": found}
    except BadInput:
        context = {"guess": None, "near": [], "answers": []}  # the form says what is wrong when it is sent
    return frame.page(request, "desk/calls/beside.html", context)


@require_safe
@staff
def knowledge(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """搜知识."""
    q = request.GET.get("find", "")[:100]
    return frame.page(request, "desk/calls/knowledge.html", {"answers": forms.answers(q, language=content.language()), "find": q})


# --- drawing ------------------------------------------------------------------------------------------------------------------------


def _draft(call: int | None) -> str:
    return f"call-{call or 'new'}"


def _page(
    request: HttpRequest, actor: Actor, screen: Screen, call: CallRow | None, form: Row, *, seat_errors: dict[str, str] | None = None,
    problem: str | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    values = form.values
    mine = next(iter(reading.figures(user=actor.id)), None)
    context = {
        **_card_context(screen, call),
        **forms.choices(),
        "staff": badge(actor),
        "q": "",
        "form": form,
        "seat_form": Row(values={"extension": values.get("extension", "")}, errors=seat_errors or {}),
        "states": [Row(value=state, word=_(SEAT_ZH[state])) for state in CHOSEN_SEATS],
        "earlier": [_earlier(one) for one in reading.earlier(call.id, actor)] if call else [],
        "before": [card(one) for one in reading.calls_before(call.id)] if call else [],
        "wrap_ups": [(value, _(zh)) for value, zh in WRAP_UPS.items() if value not in BY_DEED],
        "again": bool(request.GET.get("again")) or bool(form.errors) or problem is not None,
        "guess": forms.guess(values),
        "near": forms.near(values) if request.method == "POST" and not form.errors else [],
        "answers": forms.answers(values["find"], language=content.language()),
        "find": values["find"],
        "waiting": reading.waiting(actor),
        "mine": _mine(mine),
        "draft": _draft(call.id if call else None),
        "done": frame.told(request),
        "problem": problem,
    }
    return frame.page(request, "desk/calls/desk.html", context, status=status)


def _card_context(screen: Screen, call: CallRow | None) -> dict[str, Any]:
    """The context of templates/desk/calls/card.html."""
    on_page = call.id if call else None
    other = next((one for one in (screen.call, screen.other) if one and one.live and one.id != on_page), None)
    return {
        "seat": _seat(screen.seat) if screen.seat else None,
        "call": card(call) if call else None,
        "other": card(other) if other else None,
        "mark": screen.mark,
    }


def card(row: CallRow) -> Row:
    """A call as screens show it. since: from when its clock runs (ringing, talking), None when it is over."""
    icon, look = _LOOK[row.status]
    return Row(
        id=row.id,
        status=row.status,
        word=_(STATUS_ZH[row.status]),
        icon=icon,
        look=look,
        direction=row.direction,
        number=row.number or _("号码没有显示"),
        hidden=not row.number,
        line=row.line,
        extension=row.extension,
        user=row.user,
        who=row.user_name,
        case=row.case,
        at=row.at,
        since=(row.answered_at or row.at) if row.live else None,
        lasted=length(row),
        live=row.live,
        wrap_up=_(WRAP_UPS[row.wrap_up]) if row.wrap_up else "",
        transferred_to=row.transferred_to,
        recorded=row.recorded,
        good=row.good,
    )


def length(row: CallRow) -> str:
    """02:47: how long it was spoken (or rung), up to now while it lasts."""
    begun = row.answered_at or row.at
    seconds = max(0, int(((row.ended_at or clock.now()) - begun).total_seconds()))
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def _seat(row: SeatRow) -> Row:
    return Row(extension=row.extension, state=row.state, word=_(SEAT_ZH[row.state]), since=row.since, taken_by=row.taken_by)


def _earlier(item: inbox.InboxItem) -> Row:
    return Row(
        code=item.code,
        title=item.title or item.code,
        tag=shown.tag(item.state, overdue=item.overdue, round_=item.round, watched=item.watched),
        at=item.received_at,
        clock=Due(start=item.received_at, due=item.due_at) if item.due_at and item.state not in ("closed", "declined", "referred", "withdrawn") else None,
        open=item.state in ("received", "registered", "dispatched", "handling", "answered", "parked"),
    )


def _mine(row: reading.Figures | None) -> Row:
    """今天接了几个，平均多久."""
    spoken = row.spoken if row else None
    return Row(answered=row.answered if row else 0, spoken=minutes(spoken.total_seconds()) if spoken else "–")


def minutes(seconds: float) -> str:
    """3 分 12 秒."""
    whole = int(seconds)
    return _("%(minutes)s 分 %(seconds)s 秒") % {"minutes": whole // 60, "seconds": f"{whole % 60:02d}"}

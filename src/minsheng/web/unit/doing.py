"""What a grid worker does with one tap or one form: call, reached, not reached, visited, looked at."""

from collections.abc import Callable
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minsheng.commands import fieldwork, patrolling, people
from minsheng.commands.fieldwork import Visit
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.states import PARTY_ZH, PartyRole
from minsheng.web import frame
from minsheng.web.unit import grid, phone

#: Why a number is opened from this page; it is recorded, and the person can read it.
REASON = "首次联系"


@frame.posted(back_to="grid-case")
@phone.walker
def call(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """打电话: the number, large, to be dialled with a tap; opened for the first contact, and recorded so."""
    found = people.open_parties(code, reason=REASON, by=actor)
    rows = [Row(role=_(PARTY_ZH[PartyRole(one.role)]), name=one.name, phone=one.phone, address=one.address) for one in found if one.phone or one.name]
    return grid.show(request, code, actor, opened=rows)


@frame.posted(back_to="grid-case")
@phone.walker
def reached(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """我打过了，联系上了."""
    return _do(request, code, actor, "reached", lambda: fieldwork.reached(code, note=request.POST.get("note", ""), sent=phone.sent(request), by=actor),
               _("联系上了，记下了。"))  # fmt: skip


@frame.posted(back_to="grid-case")
@phone.walker
def missed(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """没打通."""
    given = request.POST
    return _do(
        request, code, actor, "missed",
        lambda: fieldwork.missed(code, result=given.get("result", ""), note=given.get("note", ""), sent=phone.sent(request), by=actor),
        _("没打通，记下了。首次联系的时限还在走。"),
    )  # fmt: skip


@frame.posted(back_to="grid-case")
@phone.walker
def visit(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """走访记录."""
    given, seen = request.POST, request.POST.get("seen", "")

    def record() -> None:
        told = Visit(
            truth=given.get("truth", ""), note=given.get("note", ""), then=given.get("then", ""), met=given.get("met", ""), answer=given.get("answer", ""),
            before=phone.photos(request, "before"), after=phone.photos(request, "after"),
        )  # fmt: skip
        fieldwork.visited(code, visit=told, sent=phone.sent(request), by=actor, seen=int(seen) if seen.isdecimal() else None)

    return _do(request, code, actor, "visit", record, _("走访记下了。"))


@require_POST
@phone.walker
def look(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """巡查: nothing wrong, or put right on the spot."""
    if stop := phone.foreign(request, actor):
        return stop
    try:
        visit = patrolling.look(number, result=request.POST.get("result", ""), note=request.POST.get("note", ""), sent=phone.sent(request), by=actor)
    except MinshengError as problem:
        if answer := phone.refused(request, problem):
            return answer
        raise
    return phone.taken(request, _("「%(name)s」看过了，记下了。") % {"name": visit.spot.name})


def _do(request: HttpRequest, code: str, actor: Actor, doing: str, deed: Callable[[], object], said: str) -> HttpResponse:
    """Do it; what is refused comes back: to the device with the reason, on the page with everything that was typed."""
    if stop := phone.foreign(request, actor):
        return stop
    try:
        deed()
    except MinshengError as problem:
        if answer := phone.refused(request, problem):
            return answer
        if problem.status == 404:
            raise
        errors = {problem.field: frame.words(problem)} if isinstance(problem, BadInput) else {}
        return grid.show(request, code, actor, doing=doing, typed=request.POST.dict(), errors=errors, problem=frame.words(problem), status=problem.status)
    return phone.taken(request, said, code=code, to=reverse("grid-case", args=(code,)))

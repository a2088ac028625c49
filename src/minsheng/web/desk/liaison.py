"""领导联系网民 at the desk: who keeps in touch with how many, one leader's list (printed from the browser), contacts written down."""

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import liaison as keeping
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, NotFound
from minsheng.domain.states import METHODS
from minsheng.queries import directory as directories
from minsheng.queries import liaison
from minsheng.queries import rules as rulebook
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

_FIELDS = ("name", "number", "consent", "on", "method", "text", "case", "reason")


@require_safe
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The leaders whose lists this person keeps; one alone is opened at once."""
    if not access.may(actor, "keep_in_touch", directories.current()):
        raise NotAllowed("联系名单由领导本人、本单位的办理员和管理员来管。", "Lists are kept by the leader, clerks of the unit and administrators.")
    rows = liaison.keepers(actor)
    context = {"staff": badge(actor), "q": "", "rows": rows, "least": rulebook.today().profile.liaison_least}
    return frame.page(request, "desk/liaison.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff
def one(request: HttpRequest, leader: int, *, actor: Actor) -> HttpResponse:
    """One list."""
    keeper = keeping.keeper(leader, by=actor)
    if request.method != "POST":
        return _page(request, actor, keeper, Row(at="", values=_typed({}), errors={}))
    what, at = request.POST.get("what", ""), request.POST.get("number-of", "")
    form = Row(at=at or "new", values=_typed(request.POST), errors={})
    try:
        number = _number(at) if what != "enrol" else 0
        if what == "reveal":
            name, phone = keeping.reveal(number, reason=request.POST.get("reason", ""), by=actor)
            return _page(request, actor, keeper, form, opened=Row(id=number, name=name, phone=phone))
        done = _do(what, number, leader, request, actor)
    except NotFound:
        raise
    except MinshengError as problem:
        form.errors = {getattr(problem, "field", "name"): frame.words(problem)}
        return _page(request, actor, keeper, form, status=problem.status)
    frame.tell(request, done)
    return HttpResponseRedirect(reverse("desk-liaison-list", args=(leader,)))


def _do(what: str, number: int, leader: int, request: HttpRequest, actor: Actor) -> str:
    given = {name: request.POST.get(name, "") for name in _FIELDS}
    if what == "enrol":
        keeping.enrol(leader, name=given["name"], number=given["number"], consent=given["consent"], by=actor)
        return _("加进名单了。")
    if what == "log":
        try:
            on = date.fromisoformat(given["on"].strip())
        except ValueError:
            raise BadInput(field="on", zh="日期请写成年-月-日，例如 2026-12-01。", en="Write the day as 2026-12-01.") from None
        keeping.log(number, on=on, method=given["method"], text=given["text"], case=given["case"], by=actor)
        return _("记下了。")
    if what == "leave":
        keeping.leave(number, by=actor)
        return _("移出名单了，姓名和电话已经删掉。")
    raise BadInput(field="what", zh="没有这个操作，请从页面上的按钮来做。", en="There is no such action; use the buttons of the page.")


def _typed(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(given.get(name, "")) for name in _FIELDS}


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NotFound()
    return int(text)


def _page(request: HttpRequest, actor: Actor, keeper: Any, form: Row, *, opened: Row | None = None, status: int = 200) -> HttpResponse:
    units = directories.current().units
    context = {
        "staff": badge(actor), "q": "", "keeper": keeper, "people": liaison.people(keeper.id), "form": form, "opened": opened,
        "blank": Row(values=_typed({}), errors={}),
        "unit_name": units[keeper.unit].name if keeper.unit in units else keeper.unit, "least": rulebook.today().profile.liaison_least,
        "methods": [(key, _(zh)) for key, zh in METHODS.items()], "words": {key: _(zh) for key, zh in METHODS.items()},
        "today": clock.local(clock.now()).date().isoformat(), "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "desk/liaison_list.html", context, status=status)

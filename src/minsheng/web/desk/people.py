"""账号安全: the accounts that an administrator answers for. Shut and open again, a new password, a lost phone, browsers signed out from afar."""

from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.commands import sessions, staffing
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed
from minsheng.queries import accounts_of_staff as accounts
from minsheng.queries import directory as directories
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

_SHOWN = {"": "在用", "shut": "停用的", "all": "全部"}


def _administers(actor: Actor) -> None:
    if not access.may(actor, "administer", directories.current()):
        raise NotAllowed("账号由管理员来管。", "Accounts are kept by administrators.")


@require_safe
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """账号."""
    _administers(actor)
    words, show, after = (request.GET.get(name, "")[:100] for name in ("words", "show", "after"))
    show = show if show in _SHOWN else ""
    rows, following = accounts.listed(actor, words=words, after=after, active={"": True, "shut": False}.get(show))
    context = {
        "staff": badge(actor),
        "q": "",
        "words": words,
        "show": show,
        "stages": [Row(label=_(zh), url=_index(words=words, show=key), current=show == key) for key, zh in _SHOWN.items()],
        "rows": rows,
        "next": _index(words=words, show=show, after=following) if following else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/people.html", context)


def _index(**asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("desk-people") + (f"?{query}" if query else "")


@require_safe
@staff
def show(request: HttpRequest, code: int, *, actor: Actor) -> HttpResponse:
    """一个账号."""
    return _page(request, code, actor)


@frame.posted(back_to="desk-person")
@staff
def act(request: HttpRequest, code: int, *, actor: Actor) -> HttpResponse:
    """停用、恢复、换密码、手机丢了、退出浏览器."""
    what, told, secret = request.POST.get("what", ""), "", None
    try:
        if what == "shut":
            successor = request.POST.get("successor", "")
            moved = staffing.deactivate(code, successor=int(successor) if successor.isdecimal() else None, reason=request.POST.get("reason", ""), by=actor)
            told = _("停用了。转给同事 %(to)s 件，退回单位 %(back)s 件。") % {"to": moved.to_colleague, "back": moved.to_unit}
        elif what == "open":
            secret = staffing.activate(code, by=actor)
        elif what == "password":
            secret = staffing.new_password(code, by=actor)
        elif what == "phone":
            staffing.lost_phone(code, by=actor)
            told = _("两步验证取消了，登录后重新设置。")
        elif what == "end" and request.POST.get("browser", "").isdecimal() and staffing.may_administer(code, by=actor):
            sessions.end(int(request.POST["browser"]), by=actor, owner=code)
            told = _("那边退出了。")
    except BadInput as problem:
        return _page(request, code, actor, errors={problem.field: frame.words(problem)}, typed=request.POST.dict(), status=422)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, actor, problem=frame.words(problem), status=problem.status)
    if secret is not None:
        return _page(request, code, actor, secret=secret)
    if told:
        frame.tell(request, told)
    return HttpResponseRedirect(reverse("desk-person", args=(code,)))


def _page(request: HttpRequest, user: int, actor: Actor, *, status: int = 200, **said: Any) -> HttpResponse:
    _administers(actor)
    row = accounts.one(user, actor)
    if not staffing.may_administer(user, by=actor):
        raise NotAllowed("这个账号不归您管理。", "This account is not yours to administer.")
    context = {
        "staff": badge(actor),
        "q": "",
        "person": row,
        "me": actor.id == user,
        "colleagues": [(str(pk), name) for pk, name in accounts.colleagues(user)],
        "browsers": accounts.browsers(user, this=request.session.session_key or ""),
        "form": Row(values=said.get("typed") or {}, errors=said.get("errors") or {}),
        "problem": said.get("problem"),
        "secret": said.get("secret"),
        "done": frame.told(request),
    }
    return frame.page(request, "desk/person.html", context, status=status)

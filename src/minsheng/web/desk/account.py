"""我的账号 of staff: second step, password, the browsers that are signed in."""

from types import SimpleNamespace as Row
from typing import Any

import segno
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng.commands import sessions, staffing, two_factor
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput
from minsheng.models.people import User
from minsheng.queries import accounts_of_staff as accounts
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff, unready


@require_safe
@staff
def show(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """我的账号."""
    return _page(request, actor)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@staff
def second(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """设置两步验证: shows the secret, then takes the first code. The rescue codes stand on the page that answers, and nowhere else."""
    user = _me(actor)
    if request.method != "POST":
        if not two_factor.has(user) and two_factor.begun(user, issuer=_issuer()) is None:
            two_factor.begin(user, issuer=_issuer())
        return _page(request, actor)
    if request.POST.get("what") == "begin":
        two_factor.begin(user, issuer=_issuer())
        return HttpResponseRedirect(reverse("desk-account"))
    try:
        codes = two_factor.confirm(user, code=request.POST.get("code", "")[:40], by=actor)
    except BadInput as problem:
        return _page(request, actor, errors={"code": frame.words(problem)}, status=422)
    request.session["second"] = True
    return _page(request, actor, codes=codes)


@sensitive_post_parameters("code")
@require_POST
@staff
def second_off(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """关掉两步验证: with a code, so that nobody does it at a desk that was left."""
    try:
        two_factor.check(_me(actor), code=request.POST.get("code", "")[:40])
    except BadInput as problem:
        return _page(request, actor, errors={"off": frame.words(problem)}, status=422)
    two_factor.remove(_me(actor), by=actor)
    request.session.pop("second", None)
    frame.tell(request, _("两步验证关掉了。"))
    return HttpResponseRedirect(reverse("desk-account"))


@sensitive_post_parameters("old", "new", "again")
@require_POST
@staff
def password(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """改密码."""
    typed = {name: request.POST.get(name, "")[:200] for name in ("old", "new", "again")}
    key = request.session.session_key or ""
    try:
        staffing.change_password(_me(actor), **typed, keep=key, by=actor)
    except BadInput as problem:
        return _page(request, actor, errors={problem.field: frame.words(problem)}, status=422)
    user = request.user
    assert isinstance(user, User)
    user.refresh_from_db()
    update_session_auth_hash(request, user)
    request.session.save()
    sessions.renamed(key, new=request.session.session_key or "")
    frame.tell(request, _("密码改好了，其他浏览器都退出了。"))
    return HttpResponseRedirect(reverse("desk-account"))


@require_POST
@staff
def end(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """退出另一个浏览器."""
    sessions.end(number, by=actor, owner=_me(actor))
    frame.tell(request, _("那边退出了。"))
    return HttpResponseRedirect(reverse("desk-account"))


def _me(actor: Actor) -> int:
    assert actor.id is not None
    return actor.id


def _issuer() -> str:
    return f"民声 {frame.city().name}"


def _page(request: HttpRequest, actor: Actor, *, errors: dict[str, str] | None = None, codes: list[str] | None = None, status: int = 200) -> HttpResponse:
    user = _me(actor)
    begun = two_factor.begun(user, issuer=_issuer())
    context: dict[str, Any] = {
        "staff": badge(actor),
        "q": "",
        "form": Row(values={}, errors=errors or {}),
        "second": Row(
            on=two_factor.has(user),
            required=two_factor.required(),
            secret=_grouped(begun.secret) if begun else None,
            picture=segno.make(begun.uri, error="m").svg_data_uri(scale=4, border=3, light="#ffffff") if begun else None,
            codes=codes or [],
        ),
        "must": Row(second=not two_factor.satisfied(request.session), password=bool(getattr(request.user, "must_change", False))),
        "unready": unready(request),
        "browsers": accounts.browsers(user, this=request.session.session_key or ""),
        "done": frame.told(request),
    }
    return frame.page(request, "desk/account.html", context, status=status)


def _grouped(secret: str) -> str:
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))

"""登录、退出 of staff. Wrong passwords are counted in rows (django-axes), so the limit holds in every process."""

import re
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import clock
from minsheng.commands import acts, sessions, two_factor
from minsheng.conf.citizens import STAFF
from minsheng.domain.access import SYSTEM, Actor
from minsheng.domain.errors import BadInput
from minsheng.domain.states import ROLE_ZH, Role
from minsheng.models.people import User
from minsheng.queries import directory as directories
from minsheng.queries import mentions
from minsheng.web import frame
from minsheng.web.desk.rail import rail
from minsheng.web.security import client_address

View = Callable[..., HttpResponse]


#: Pages that somebody reaches whose second step or own password is still to be set.
_FIRST = {"desk-account", "desk-password", "desk-second", "desk-second-off", "signout"}


def staff(view: View) -> View:
    """Only for staff with a post today; the view gets the actor. Somebody who is not signed in is asked to, and comes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)
        if actor is None:
            if request.headers.get("HX-Request"):
                # a part of a page takes no whole one: the form beside it says so when it is sent, and the list says so at once
                return HttpResponse(status=403, headers={"X-Signed-Out": "yes"})
            if (again := frame.written_again(request, status=403)) is not None:
                return again
            return HttpResponseRedirect(reverse("signin") + "?" + urlencode({"next": request.get_full_path()}))
        if unready(request) and (request.resolver_match is None or request.resolver_match.url_name not in _FIRST):
            return HttpResponseRedirect(reverse("desk-account"))
        return view(request, *args, actor=actor, **kwargs)

    return never_cache(guarded)


def actor_of(request: HttpRequest) -> Actor | None:
    """The staff member who is signed in, with the roles held today; None for anybody else, and for a browser that was signed out from afar."""
    user = request.user
    if not user.is_authenticated or not user.pk or not user.is_active or "account" in request.session:
        return None
    actor = directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())
    if not actor.memberships:
        return None
    return actor if _here(request, actor) else None


def _here(request: HttpRequest, actor: Actor) -> bool:
    """Is this browser still signed in? What a page asks for by itself (htmx) is no deed of a person."""
    assert actor.id is not None
    key = request.session.session_key or ""
    deed = request.method == "POST" or "HX-Request" not in request.headers
    if sessions.alive(key, user=actor.id, by=actor, address=client_address(request), agent=request.headers.get("User-Agent", ""), deed=deed):
        return True
    logout(request)
    return False


def unready(request: HttpRequest) -> bool:
    """Must this person first set up the second step, or choose a password of their own?"""
    return not two_factor.satisfied(request.session) or bool(getattr(request.user, "must_change", False))


def badge(actor: Actor) -> Row:
    """Who is signed in, as the top bar shows it, and where the rail leads."""
    tree = directories.current()
    first = actor.memberships[0]
    unit = tree.units.get(first.unit)
    roles = "、".join(_(ROLE_ZH[role]) for role in Role if role in first.roles)
    told = mentions.unread(actor.id) if actor.id is not None else 0
    return Row(name=actor.name, unit=unit.short_name if unit else first.unit, role=roles, rail=rail(actor, tree), mentions=told)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """登录."""
    form, status = Row(values={}, errors={}), 200
    if request.method == "POST":
        username, password = request.POST.get("username", "").strip()[:150], request.POST.get("password", "")[:200]
        user = authenticate(request, username=username, password=password) if username and password else None
        if user is not None:
            return _next_step(request, user)
        if getattr(request, "axes_locked_out", False):
            acts.record("locked", by=SYSTEM, note=username)
            return frame.refusal(request, status=429, message=_("密码错了好几次，这个账号先锁一会儿。请过 15 分钟再试，或者找管理员。"))
        form, status = Row(values={"username": username}, errors={"username": _("账号或密码不对，请再试一次。")}), 422
    why = _WHY.get(request.GET.get("why", ""))
    context = {
        "form": form,
        "next": frame.back(request, default=reverse("desk")),
        "demo": _demo(),
        "sso": staff_provider(),
        "why": _(why) if why else None,
    }
    return frame.page(request, "desk/signin.html", context, status=status)


_WHY = {
    "sso": "统一身份没有登录成功。可以再试一次，或者用账号密码登录。",
    "unknown": "这个身份还没有对应的工作账号，请找管理员。",
    "late": "验证码等得太久了，请重新登录。",
}
#: How long the password counts while the code is looked for.
_WAITS = 5 * 60


def _next_step(request: HttpRequest, user: Any) -> HttpResponse:
    """The password is right: in, or first the code of the second step."""
    onward = frame.back(request, default=reverse("desk"))
    if not two_factor.has(user.pk):
        login(request, user)
        return HttpResponseRedirect(onward)
    request.session.cycle_key()
    request.session["waiting"] = {"user": user.pk, "until": int(clock.now().timestamp()) + _WAITS, "next": onward}
    return HttpResponseRedirect(reverse("signin-second"))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """两步验证: the code of the authenticator, or a rescue code."""
    waiting = request.session.get("waiting") or {}
    if waiting.get("until", 0) < clock.now().timestamp():
        return HttpResponseRedirect(reverse("signin") + "?why=late")
    form, status = Row(values={}, errors={}), 200
    if request.method == "POST":
        try:
            two_factor.check(waiting["user"], code=request.POST.get("code", "")[:40])
        except BadInput as problem:
            form, status = Row(values={}, errors={"code": frame.words(problem)}), 422
        else:
            user = User.objects.filter(pk=waiting["user"], is_active=True).first()
            if user is None:
                return HttpResponseRedirect(reverse("signin"))
            enter(request, user)
            return HttpResponseRedirect(waiting["next"])
    return frame.page(request, "desk/second.html", {"form": form}, status=status)


def enter(request: HttpRequest, user: User) -> None:
    """Signed in with two steps, or by an identity provider, which answers for its own."""
    request.session.pop("waiting", None)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["second"] = True


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """退出."""
    actor = actor_of(request)
    if actor is not None:
        sessions.sign_out(request.session.session_key or "", by=actor)
    logout(request)
    return HttpResponseRedirect(reverse("signin"))


def staff_provider() -> Row | None:
    """The city's identity provider for staff, where the environment configures one."""
    apps = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", ())
    found = next((app for app in apps if app["provider_id"] == STAFF), None)
    return Row(name=found["name"], url=reverse("openid_connect_login", args=(STAFF,))) if found else None


def _demo() -> Row | None:
    """The accounts of a demonstration, as `minsheng demo` wrote them (the password ends the first line); nothing in a real installation."""
    if not getattr(settings, "MINSHENG_SHOW_DEMO", False):
        return None
    path = Path(settings.MINSHENG_VAR, settings.MINSHENG_CITY, "accounts.txt")
    if not path.exists():
        return None
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    people = [found for line in lines if (found := _ACCOUNT.fullmatch(line))]
    return Row(password=head.split()[-1], people=[Row(username=found[1], what=found[2].replace("\u3000", " ")) for found in people])


_ACCOUNT = re.compile(r"([A-Za-z0-9.-]+) +(.+)")

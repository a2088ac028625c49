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
from minsheng.domain.access import Actor
from minsheng.domain.states import ROLE_ZH, Role
from minsheng.queries import directory as directories
from minsheng.queries import mentions
from minsheng.web import frame
from minsheng.web.desk.rail import rail

View = Callable[..., HttpResponse]


def staff(view: View) -> View:
    """Only for staff with a post today; the view gets the actor. Somebody who is not signed in is asked to, and comes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)
        if actor is None:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=403)  # a part of a page takes no whole one: the form beside it says so when it is sent
            if (again := frame.written_again(request, status=403)) is not None:
                return again
            return HttpResponseRedirect(reverse("signin") + "?" + urlencode({"next": request.get_full_path()}))
        return view(request, *args, actor=actor, **kwargs)

    return never_cache(guarded)


def actor_of(request: HttpRequest) -> Actor | None:
    """The staff member who is signed in, with the roles held today; None for anybody else."""
    user = request.user
    if not user.is_authenticated or not user.pk or not user.is_active:
        return None
    actor = directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())
    return actor if actor.memberships else None


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
            login(request, user)
            return HttpResponseRedirect(frame.back(request, default=reverse("desk")))
        if getattr(request, "axes_locked_out", False):
            return frame.refusal(request, status=429, message=_("密码错了好几次，这个账号先锁一会儿。请过 15 分钟再试，或者找管理员。"))
        form, status = Row(values={"username": username}, errors={"username": _("账号或密码不对，请再试一次。")}), 422
    context = {"form": form, "next": frame.back(request, default=reverse("desk")), "demo": _demo()}
    return frame.page(request, "desk/signin.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """退出."""
    logout(request)
    return HttpResponseRedirect(reverse("signin"))


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

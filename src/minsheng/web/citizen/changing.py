"""换手机号、换邮箱: the new one gets a code first. The session holds it sealed, and the code only as a hash."""

import hashlib
import hmac
import secrets
from types import SimpleNamespace as Row
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng import clock, wiring
from minsheng.commands import codes, correcting
from minsheng.commands.codes import Contact
from minsheng.domain.errors import MinshengError
from minsheng.ports import Undelivered
from minsheng.queries.accounts import Me
from minsheng.sealing import keyring
from minsheng.web import frame
from minsheng.web.citizen import masks
from minsheng.web.citizen.mine import signed_in
from minsheng.web.citizen.signing_in import sender
from minsheng.web.security import client_address

_SESSION = "changing"


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def ask(request: HttpRequest, me: Me) -> HttpResponse:
    """新的手机号或邮箱."""
    kind = "mail" if request.GET.get("kind") == "mail" or request.POST.get("kind") == "mail" else "phone"
    if request.method != "POST":
        return _ask(request, kind, Row(values={}, errors={}))
    if kind == "mail" and request.POST.get("drop"):
        return _drop_mail(request, me)
    typed = request.POST.get("contact", "")
    try:
        wanted = codes.contact(typed)
        codes.allow(wanted, **sender(request))
        code = codes.make()
        codes.send(wanted, code=code, sms=wiring.sms(), mail=wiring.mail())
    except Undelivered:
        words = _("验证码没有发出去，不是您的问题。请过几分钟再试。")
        return _ask(request, kind, Row(values={"contact": typed}, errors={"contact": words}), status=503)
    except MinshengError as problem:
        return _ask(request, kind, Row(values={"contact": typed}, errors={"contact": frame.words(problem)}), status=problem.status)
    key = secrets.token_hex(12)
    request.session[_SESSION] = {
        "account": me.account,
        "kind": wanted.kind,
        "sealed": keyring().seal(wanted.value, context=key.encode()).hex(),
        "key": key,
        "code": _digest(code, key),
        "at": clock.now().timestamp(),
        **({"demo": code} if getattr(settings, "MINSHENG_SHOW_DEMO", False) else {}),
    }
    return HttpResponseRedirect(reverse("my-data-code"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: HttpRequest, me: Me) -> HttpResponse:
    """验证码 of the new one."""
    state = request.session.get(_SESSION) or {}
    if state.get("account") != me.account or clock.now().timestamp() - state["at"] > codes.MINUTES * 60:
        request.session.pop(_SESSION, None)
        return HttpResponseRedirect(reverse("my-data-contact") + f"?again=1&kind={state.get('kind', 'phone')}")
    wanted = Contact(state["kind"], keyring().open(bytes.fromhex(state["sealed"]), context=state["key"].encode()))
    if request.method != "POST":
        return _confirm(request, wanted, state)
    typed = codes.read(request.POST.get("code", ""))
    if not typed:
        return _confirm(request, wanted, state, wrong=_("填上收到的 6 位数字。"))
    try:
        codes.attempt(state["key"], address=client_address(request))
        if not hmac.compare_digest(_digest(typed, state["key"]), state["code"]):
            return _wrong_code(request, wanted, state)
        correcting.change_contact(me.account, wanted)
    except MinshengError as problem:
        return _confirm(request, wanted, state, wrong=frame.words(problem), status=problem.status)
    del request.session[_SESSION]
    frame.tell(request, _("换好了，用新的登录，消息也发到新的。"))
    return HttpResponseRedirect(reverse("my-data"))


def _wrong_code(request: HttpRequest, wanted: Contact, state: dict[str, Any]) -> HttpResponse:
    """How many tries are left; after the last one there is no code any more."""
    state["wrong"] = state.get("wrong", 0) + 1
    if state["wrong"] >= codes.TRIES:
        del request.session[_SESSION]
        return HttpResponseRedirect(reverse("my-data-contact") + f"?again=1&kind={wanted.kind}")
    request.session[_SESSION] = state
    left = codes.TRIES - state["wrong"]
    return _confirm(request, wanted, state, wrong=_("验证码不对，还可以试 %(n)s 次。看看是不是最新的一条。") % {"n": left})


def _drop_mail(request: HttpRequest, me: Me) -> HttpResponse:
    try:
        correcting.drop_mail(me.account)
    except MinshengError as problem:
        return _ask(request, "mail", Row(values={}, errors={"contact": frame.words(problem)}), status=problem.status)
    frame.tell(request, _("邮箱去掉了。"))
    return HttpResponseRedirect(reverse("my-data"))


def _ask(request: HttpRequest, kind: str, form: Row, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "kind": kind, "again": "again" in request.GET}
    return frame.page(request, "account/contact.html", context, status=status)


def _confirm(request: HttpRequest, wanted: Contact, state: dict[str, Any], *, wrong: str = "", status: int = 422) -> HttpResponse:
    context = {
        "form": Row(values={}, errors={"code": wrong} if wrong else {}),
        "to": masks.phone(wanted.value) if wanted.kind == "phone" else masks.mail(wanted.value),
        "kind": wanted.kind,
        "minutes": codes.MINUTES,
        "demo": state.get("demo"),
    }
    return frame.page(request, "account/contact_code.html", context, status=status if wrong else 200)


def _digest(code: str, key: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"code:{key}:{code}".encode(), hashlib.sha256).hexdigest()

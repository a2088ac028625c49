"""登录: a number or an address, a code, and one is in; somebody new sees the same as somebody known. The stages are django-allauth's, the pages are ours."""

import secrets
from types import SimpleNamespace as Row
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minsheng.commands import accounts, codes
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.models.people import User
from minsheng.ports import Undelivered
from minsheng.queries import accounts as held
from minsheng.web import frame
from minsheng.web.citizen import masks, providers
from minsheng.web.security import client_address

DEVICE, DEVICE_AGE = "device", 2 * 365 * 86400
#: Why somebody is back at the beginning.
_WHY = {
    "code": "这个验证码用过了，或者过了时间。请重新要一个。",
    "gone": "这个账号已经不在了，或者您离开得太久。请重新登录。",
    "provider": "刚才没有登录成。请再试一次，或者用手机号登录。",
    "cancelled": "您取消了登录。可以换一种办法。",
}
_MARKED = {"provider": "warn", "code": "warn"}


class AskForm(RequestLoginCodeForm):
    """手机号或邮箱: one field. Cleaning it finds or begins the account, and counts against the limits."""

    def __init__(self, *args: Any, address: str, device: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"contact": forms.CharField(required=False, strip=True)}
        self.problem: MinshengError | None = None
        self._address, self._device = address, device

    def clean(self) -> dict[str, Any]:
        """What allauth goes on with: the account, and by which way the code goes out."""
        try:
            wanted = codes.contact(self.cleaned_data.get("contact", ""))
            codes.allow(wanted, address=self._address, device=self._device)
        except MinshengError as problem:
            self.problem = problem
            raise forms.ValidationError(frame.words(problem)) from None
        account = accounts.find_or_make(wanted)
        self._user = User.objects.get(pk=account)
        return {"phone" if wanted.kind == "phone" else "email": str(account)}


class SignIn(RequestLoginCodeView):
    """登录: ask for a code."""

    form_class = AskForm
    template_name = "account/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Somebody who works here signs out of the desk first: the two never share a session."""
        if request.user.is_authenticated and frame.account(request) is None:
            return frame.page(request, "account/staff.html", {"staff_name": getattr(request.user, "display_name", ""), "next": request.get_full_path()})
        answer = super().dispatch(request, *args, **kwargs)
        know_device(request, answer)
        return answer

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """A code that is on its way keeps nobody from asking for another, for another number."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form counts by address and device."""
        return {**super().get_form_kwargs(), **sender(self.request)}

    def form_valid(self, form: AskForm) -> HttpResponse:
        """Send it, and ask for it."""
        try:
            return super().form_valid(form)
        except Undelivered:
            form.add_error(None, _("验证码没有发出去，不是您的问题。请过几分钟再试，或者换一种办法登录。"))
            return self.form_invalid(form)

    def form_invalid(self, form: AskForm) -> HttpResponse:
        """The same page, with what to do."""
        return self.render_to_response(self.get_context_data(form=form), status=form.problem.status if form.problem else 503)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What account/sign_in.html asks for."""
        form = kwargs.get("form")
        errors = {"contact": words[0]} if form is not None and form.is_bound and (words := form.non_field_errors()) else {}
        typed = self.request.POST.get("contact", "")
        return {**frame.frame(self.request), **context(self.request), "form": Row(values={"contact": typed}, errors=errors)}


class EnterCode(ConfirmLoginCodeView):
    """填验证码."""

    template_name = "account/code.html"

    class Form(ConfirmLoginCodeForm):
        """Digits as people type them."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.fields["code"].required = False

        def clean_code(self) -> str:
            """The code, or what is wrong with it."""
            self.cleaned_data["code"] = codes.read(self.cleaned_data["code"])
            return super().clean_code()

    form_class = Form

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """No code is on its way here (any more): say so where a new one is asked for."""
        answer = super().dispatch(request, *args, **kwargs)
        lost = answer.status_code == 302 and answer.headers["Location"] == reverse("sign-in")
        return HttpResponseRedirect(f"{reverse('sign-in')}?why=code") if lost else answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A try, or another code to the same number."""
        if request.POST.get("action") == "resend":
            return self._send_again()
        try:
            codes.attempt(f"{self._process.state['user_id']}:{self._process.state['at']}", address=client_address(request))
        except MinshengError as problem:
            return self._page(frame.words(problem), status=problem.status)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """A wrong one: how many tries are left."""
        if not codes.read(self.request.POST.get("code", "")):
            return self._page(_("填上收到的 6 位数字。"), status=422)
        if not self._process.record_invalid_attempt():
            return HttpResponseRedirect(reverse("sign-in"))  # dispatch says why
        left = codes.TRIES - self._process.state["failed_attempts"]
        return self._page(_("验证码不对，还可以试 %(n)s 次。看看是不是最新的一条。") % {"n": left}, status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What account/code.html asks for."""
        state = self._process.state
        me, by_phone = held.me(int(state.get("phone") or state["email"])), "phone" in state
        shown = "" if me is None else masks.phone(me.phone) if by_phone else masks.mail(me.mail)
        return {
            **frame.frame(self.request),
            "form": Row(values={}, errors=kwargs.get("errors", {})),
            "to": shown,
            "by_phone": by_phone,
            "minutes": codes.MINUTES,
            "next": frame.back(self.request, default=""),
            "demo": self._process.code if getattr(settings, "MINSHENG_SHOW_DEMO", False) else None,
            "done": frame.told(self.request),
        }

    def _send_again(self) -> HttpResponse:
        state, request = self._process.state, self.request
        me, kind = held.me(int(state.get("phone") or state["email"])), "phone" if "phone" in state else "mail"
        if me is None:
            return HttpResponseRedirect(reverse("sign-in"))
        try:
            codes.allow(codes.Contact(kind, me.phone if kind == "phone" else me.mail), **sender(request))
            LoginCodeVerificationProcess.initiate(request=request, user=self._process.user, phone=state.get("phone"), email=state.get("email"))
        except Undelivered:
            return self._page(_("验证码没有发出去，不是您的问题。请过几分钟再试，或者换一种办法登录。"), status=503)
        except MinshengError as problem:
            return self._page(frame.words(problem), status=problem.status)
        frame.tell(request, _("又发了一个，以最新的为准。"))
        return HttpResponseRedirect(self.passthrough_next_url(reverse("account_confirm_login_code")))

    def _page(self, wrong: str, *, status: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data(errors={"code": wrong}), status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """退出: on this device."""
    logout(request)
    frame.tell(request, _("已经退出。"))
    return HttpResponseRedirect(reverse("mine"))


def context(request: HttpRequest) -> dict[str, Any]:
    """What every page with the sign-in form says: why one is here, where it leads afterwards, and which providers there are."""
    why = request.GET.get("why", "")
    return {
        "why": Row(words=_(_WHY[why]), kind=_MARKED.get(why, "")) if why in _WHY else None,
        "next": frame.back(request, default=""),
        "providers": providers.offered(),
        "done": frame.told(request),
    }


# --- this device --------------------------------------------------------------------------------------------------------------------


def sender(request: HttpRequest) -> dict[str, str]:
    """Who asks for a code: the network address, and the device by its cookie. Who brings none shares one count with all of its address."""
    address = client_address(request)
    return {"address": address, "device": _device(request) or f"none {address}"}


def _device(request: HttpRequest) -> str | None:
    return request.get_signed_cookie(DEVICE, default=None, salt=DEVICE)


def know_device(request: HttpRequest, answer: HttpResponseBase) -> None:
    """A long random name for a browser that has none yet, signed, so that nobody makes up devices."""
    if _device(request) is None:
        name = secrets.token_urlsafe(18)
        answer.set_signed_cookie(DEVICE, name, salt=DEVICE, max_age=DEVICE_AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def wrong(problem: MinshengError, *, field: str) -> dict[str, str]:
    """The refusal, at its field."""
    return {problem.field if isinstance(problem, BadInput) else field: frame.words(problem)}

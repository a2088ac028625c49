"""The door through which django-allauth reaches our accounts: it runs the stages of signing in, we keep the numbers and the people.

allauth carries the number or address of a sign-in through the session; here that is only the id of the account ("17"), in whose row the number lies
sealed. So no session, and none of allauth's tables, ever holds a person's data.
"""

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.weixin.client import WeixinOAuth2Client
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from minsheng import wiring
from minsheng.commands import accounts, codes, staffing
from minsheng.commands.accounts import Said
from minsheng.commands.codes import Contact
from minsheng.conf.citizens import STAFF
from minsheng.domain.errors import MinshengError
from minsheng.models.people import User
from minsheng.queries import accounts as held
from minsheng.web import frame
from minsheng.web.desk import entering

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Signing in by a code. A "phone" or "email" that allauth hands over is the id of an account."""

    def get_login_stages(self) -> list[str]:
        """One stage: the code. What is proven by it needs no second proof."""
        return ["allauth.account.stages.LoginByCodeStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """我的."""
        return reverse("mine")

    def generate_login_code(self) -> str:
        """Six digits."""
        return codes.make()

    def generate_phone_verification_code(self, *, user: User, phone: str) -> str:
        """Six digits."""
        return codes.make()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """By text message."""
        _send("phone", int(phone), code)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By mail; allauth sends nothing but codes here."""
        _send("mail", int(email), context["code"])

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The account, and whether its number is proven."""
        me = held.me(user.pk)
        return (str(user.pk), me.phone_proven) if me and me.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001 (allauth's signature)
        """Nobody gets a number but by its code."""
        raise NotImplementedError

    def set_phone_verified(self, user: User, phone: str) -> None:
        """The code was right."""
        accounts.prove(user.pk, kind="phone")

    def get_user_by_phone(self, phone: str) -> User | None:
        """The account of this id."""
        return User.objects.filter(pk=int(phone), is_active=True).first() if phone.isdecimal() else None

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what was done."""

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Only citizens come in here, and only while their account stands."""
        if held.is_open(user.pk):
            return super().pre_login(request, user, **kwargs)
        return self.respond_user_inactive(request, user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Back to the beginning."""
        return HttpResponseRedirect(reverse("sign-in") + "?why=gone")

    def login(self, request: HttpRequest, user: User) -> None:
        """The session gets the account beside the user: this, and nothing else, makes it a citizen's (web/frame.py)."""
        user.backend = "django.contrib.auth.backends.ModelBackend"  # type: ignore[attr-defined]
        super().login(request, user)
        request.session["account"] = user.pk
        request.session.set_expiry(settings.MINSHENG_CITIZEN_SESSION)

    def post_login(self, request: HttpRequest, user: User, *, email: str | None, **kwargs: Any) -> HttpResponse:
        """What came by mail is proven now; how somebody signed in is not kept."""
        if email:
            accounts.prove(user.pk, kind="mail")
        clear_authentication_records(request)
        return super().post_login(request, user, email=email, **kwargs)


def _send(kind: str, account: int, code: str) -> None:
    me = held.me(account)
    assert me is not None, "the account was found a moment ago"
    codes.send(Contact(kind, me.phone if kind == "phone" else me.mail), code=code, sms=wiring.sms(), mail=wiring.mail())


# --- providers --------------------------------------------------------------------------------------------------------------------


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Signing in by a provider: of all that it tells only the identity is kept, and what `Said` names."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        """allauth's own, but for WeChat ours."""
        found = super().get_provider(request, provider, client_id=client_id)
        return WeChat(request, app=found.app) if isinstance(found, WeixinProvider) else found

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        """Before anything is stored: what the provider told is read once and dropped."""
        account = sociallogin.account
        if account.provider == STAFF:
            sociallogin.claims = _claims(account.extra_data)  # type: ignore[attr-defined]
        sociallogin.said = _said(sociallogin.provider, account.uid, account.extra_data)  # type: ignore[attr-defined]
        account.extra_data, sociallogin.email_addresses, sociallogin.phone = {}, [], None
        assert isinstance(sociallogin.user, User)
        return sociallogin.user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The identity is proven: find or make its account, or link it to the one that is signed in."""
        if sociallogin.account.provider == STAFF:
            raise ImmediateHttpResponse(_staff(request, sociallogin))
        known: dict[str, Any] = {"provider": sociallogin.account.provider, "uid": sociallogin.account.uid, "said": sociallogin.said}  # type: ignore[attr-defined]
        if sociallogin.state.get("process") == "connect":
            raise ImmediateHttpResponse(_link(request, known))
        account = accounts.enter_by_provider(**known)
        sociallogin.user = User.objects.get(pk=account)
        sociallogin.account = SocialAccount.objects.get(provider=known["provider"], uid=known["uid"])

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None) -> None:
        """Back to the beginning, in words; the log gets the kind of error and nothing that was said."""
        if provider.sub_id == STAFF:
            log.warning("provider_failed", provider=STAFF, error=type(exception).__name__)
            raise ImmediateHttpResponse(HttpResponseRedirect(f"{reverse('signin')}?why=sso"))
        if error != AuthError.CANCELLED:
            log.warning("provider_failed", provider=provider.sub_id, error=type(exception).__name__)
        why = "cancelled" if error == AuthError.CANCELLED else "provider"
        raise ImmediateHttpResponse(HttpResponseRedirect(f"{reverse('sign-in')}?why={why}"))


def _staff(request: HttpRequest, sociallogin: SocialLogin) -> HttpResponse:
    """Somebody of the staff: into the account that this subject belongs to, or that the provider names for the first time."""
    options = sociallogin.provider.app.settings
    claims = sociallogin.claims  # type: ignore[attr-defined]
    user = staffing.by_identity(options["server_url"], subject=sociallogin.account.uid, username=str(claims.get(options["username_claim"]) or ""))
    if user is None:
        return HttpResponseRedirect(f"{reverse('signin')}?why=unknown")
    entering.enter(request, user)
    return HttpResponseRedirect(sociallogin.get_redirect_url(request) or reverse("desk"))


def _claims(told: dict[str, Any]) -> dict[str, Any]:
    return (told.get("id_token") or {}) | (told.get("userinfo") or {})


def _link(request: HttpRequest, known: dict[str, Any]) -> HttpResponse:
    account = frame.account(request)
    if account is None:
        return HttpResponseRedirect(reverse("sign-in") + "?why=gone")
    try:
        accounts.link_provider(account, **known)
    except MinshengError as problem:
        request.session["refused"] = [problem.zh, problem.en]
    return HttpResponseRedirect(reverse("my-data"))


def _said(provider: Any, uid: str, told: dict[str, Any]) -> Said:
    options = provider.app.settings
    if isinstance(provider, WeixinProvider):
        return Said(wechat=uid if options.get("official") else "")
    token, person = told.get("id_token") or {}, told.get("userinfo") or {}
    if token and person and token.get("sub") != person.get("sub"):
        raise OAuth2Error("the token is somebody else's")  # OpenID Connect Core, 5.3.2
    claim, person = options.get("real_name_claim"), token | person
    if not claim:
        return Said()
    return Said(name=str(person.get("name") or ""), real_name=_counts(person.get(claim), options.get("level_values") or []))


def _counts(value: Any, wanted: list[str]) -> bool:
    """Does this value of the claim say that the real name is known? Without a list of values: whatever is true, and no word for "no"."""
    if wanted:
        return str(value) in wanted
    return str(value).strip().lower() not in ("", "none", "false", "0", "no")


class WeChatClient(WeixinOAuth2Client):
    """The address must end in this fragment, or WeChat refuses it inside its own browser."""

    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        """Where the browser is sent."""
        return f"{super().get_redirect_url(authorization_url, scope, extra_params)}#wechat_redirect"


class WeChatAdapter(WeixinOAuth2Adapter):
    """WeChat, asked as its documents say, at the addresses of the settings. The answer to the code names the person; nothing more is fetched."""

    access_token_method = "GET"  # noqa: S105 (a method of HTTP)
    client_class = WeChatClient

    @property
    def access_token_url(self) -> str:
        """Where the code is exchanged."""
        return str(self.get_provider().get_settings()["ACCESS_TOKEN_URL"])

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """The person behind the code."""
        openid = kwargs["response"].get("openid")
        if not openid:
            raise OAuth2Error("no openid")
        return self.get_provider().sociallogin_from_response(request, {"openid": openid})


class WeChat(WeixinProvider):
    """微信."""

    oauth2_adapter_class = WeChatAdapter

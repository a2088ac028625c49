"""用微信、统一身份登录: the providers that this installation has, and the way to them and back (django-allauth)."""

from types import SimpleNamespace as Row
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from minsheng.conf.citizens import STAFF
from minsheng.web import frame
from minsheng.web.citizen.allauth_adapter import ProviderAdapter, WeChatAdapter
from minsheng.web.desk import entering

_WEIXIN = "weixin"
_ICONS = {_WEIXIN: "brand-wechat"}


def offered() -> list[Row]:
    """Buttons: {id, name, url, icon} of every provider that the environment configures."""
    found = []
    for kind, options in settings.SOCIALACCOUNT_PROVIDERS.items():
        for app in options["APPS"]:
            key = app.get("provider_id") or kind
            if key == STAFF:
                continue  # not for citizens: desk/signin.html offers it
            found.append(Row(id=key, name=_("微信") if kind == _WEIXIN else app["name"], url=_start(key), icon=_ICONS.get(kind, "id-badge-2")))
    return found


def _start(provider: str) -> str:
    return reverse("weixin_login") if provider == _WEIXIN else reverse("openid_connect_login", args=(provider,))


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, provider_id: str = _WEIXIN) -> HttpResponse:
    """To the provider. Only a form of ours leads there: another site could else link its own identity to this person's account.

    The page that answers leads on by itself; a redirect would be refused by the content policy, which lets forms go to us alone.
    """
    offer = _staff_offer() if provider_id == STAFF else next((one for one in offered() if one.id == provider_id), None)
    if offer is None:
        raise Http404
    if request.method != "POST":
        return frame.page(request, "account/with.html", {"provider": offer, "to": None, "next": frame.back(request, default=""), "process": _process(request)})
    if _process(request) == "connect" and frame.account(request) is None:
        return HttpResponseRedirect(reverse("sign-in") + "?why=gone")
    try:
        answer = ProviderAdapter(request).get_provider(request, provider_id).redirect_from_request(request)
    except (RequestException, OAuth2Error, KeyError, ValueError):
        return _failed(provider_id)
    return frame.page(request, "account/with.html", {"provider": offer, "to": answer.headers["Location"], "next": "", "process": "login"})


def _staff_offer() -> Row | None:
    found = entering.staff_provider()
    return Row(id=STAFF, name=found.name, url=found.url, icon="id-badge-2") if found else None


def _failed(provider_id: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('signin')}?why=sso" if provider_id == STAFF else f"{reverse('sign-in')}?why=provider")


def _process(request: HttpRequest) -> str:
    return "connect" if "connect" in (request.POST.get("process"), request.GET.get("process")) else "login"


@never_cache
@require_safe
def back(request: HttpRequest, provider_id: str = _WEIXIN) -> HttpResponse:
    """From the provider, with a code for us or with a refusal."""
    adapter: Any = WeChatAdapter if provider_id == _WEIXIN else OpenIDConnectOAuth2Adapter(request, provider_id)
    try:
        answer = OAuth2CallbackView.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (KeyError, ValueError, ImproperlyConfigured):  # an answer that no provider should give: no identity, one that is longer than any
        return _failed(provider_id)
    assert isinstance(answer, HttpResponse)
    return answer

"""Who may sign in by a provider, only where the environment configures one: citizens by WeChat and OpenID Connect, staff by the city's own."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from minsheng.conf import environment as env

#: The name by which addresses and rows of linked accounts know the provider; its name for people is MINSHENG_OIDC_NAME.
OIDC = "oidc"
#: The same for staff.
STAFF = "staff"
WEIXIN = "weixin"
_WECHAT_WAYS = {
    # the QR code of the open platform, on any screen; the openid is that of the site
    "qrcode": ("/connect/qrconnect", "snsapi_login"),
    # inside WeChat, by the city's official account; the openid is the one that template messages go to
    "official": ("/connect/oauth2/authorize", "snsapi_base"),
}


def providers() -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS, from MINSHENG_OIDC_… and MINSHENG_WECHAT_LOGIN_…"""
    apps = [*_oidc(), *_staff()]
    scopes = env.words("MINSHENG_OIDC_SCOPES", default="openid,profile")
    return ({"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True, "SCOPE": scopes}} if apps else {}) | _wechat()


def _staff() -> list[dict[str, Any]]:
    """单点登录 of staff. The claim names the account at the first time; afterwards the subject does."""
    server = env.text("MINSHENG_STAFF_OIDC_SERVER", default="")
    if not server:
        return []
    _safe("MINSHENG_STAFF_OIDC_SERVER", server)
    needed = f"MINSHENG_STAFF_OIDC_SERVER is set ({server}), so this is needed too."
    return [
        {
            "provider_id": STAFF,
            "name": env.text("MINSHENG_STAFF_OIDC_NAME", default="统一身份"),
            "client_id": env.required("MINSHENG_STAFF_OIDC_CLIENT_ID", hint=needed),
            "secret": env.required("MINSHENG_STAFF_OIDC_SECRET", hint=needed),
            "settings": {"server_url": server, "username_claim": env.text("MINSHENG_STAFF_OIDC_USERNAME_CLAIM", default="preferred_username")},
        }
    ]


def _oidc() -> list[dict[str, Any]]:
    server = env.text("MINSHENG_OIDC_SERVER", default="")
    if not server:
        return []
    _safe("MINSHENG_OIDC_SERVER", server)
    needed = f"MINSHENG_OIDC_SERVER is set ({server}), so this is needed too."
    app = {
        "provider_id": OIDC,
        "name": env.required("MINSHENG_OIDC_NAME", hint=f"{needed} It stands on the button."),
        "client_id": env.required("MINSHENG_OIDC_CLIENT_ID", hint=needed),
        "secret": env.required("MINSHENG_OIDC_SECRET", hint=needed),
        "settings": {
            "server_url": server,
            "real_name_claim": env.text("MINSHENG_OIDC_REAL_NAME_CLAIM", default=""),
            "level_values": env.words("MINSHENG_OIDC_LEVEL_VALUES"),
        },
    }
    return [app]


def _wechat() -> dict[str, Any]:
    appid = env.text("MINSHENG_WECHAT_LOGIN_APPID", default="")
    if not appid:
        return {}
    secret = env.required("MINSHENG_WECHAT_LOGIN_SECRET", hint=f"MINSHENG_WECHAT_LOGIN_APPID is set ({appid}), so this is needed too.")
    way = env.text("MINSHENG_WECHAT_LOGIN_WAY", default="qrcode")
    if way not in _WECHAT_WAYS:
        raise ImproperlyConfigured(f"MINSHENG_WECHAT_LOGIN_WAY must be one of {', '.join(_WECHAT_WAYS)}, not {way!r}.")
    path, scope = _WECHAT_WAYS[way]
    base = env.text("MINSHENG_WECHAT_LOGIN_BASE", default="").rstrip("/")
    if base:
        _safe("MINSHENG_WECHAT_LOGIN_BASE", base)
    return {
        WEIXIN: {
            "APPS": [{"name": "微信", "client_id": appid, "secret": secret, "settings": {"official": way == "official"}}],
            "SCOPE": [scope],
            "AUTHORIZE_URL": (base or "https://open.weixin.qq.com") + path,
            "ACCESS_TOKEN_URL": (base or "https://api.weixin.qq.com") + "/sns/oauth2/access_token",
        }
    }


def _safe(name: str, address: str) -> None:
    """Secrets and identities travel to this address: over HTTPS, or on this machine alone."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")):
        raise ImproperlyConfigured(f"{name} must begin with https:// (it is {address!r}).")

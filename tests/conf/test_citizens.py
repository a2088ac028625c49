"""Providers are there only where the environment configures them, and never half."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from minsheng.conf import citizens

OIDC = {
    "MINSHENG_OIDC_SERVER": "https://id.example.cn",
    "MINSHENG_OIDC_NAME": "云川统一身份认证",
    "MINSHENG_OIDC_CLIENT_ID": "minsheng",
    "MINSHENG_OIDC_SECRET": "s",
}
WECHAT = {"MINSHENG_WECHAT_LOGIN_APPID": "wx1", "MINSHENG_WECHAT_LOGIN_SECRET": "s"}


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("SERVER", "NAME", "CLIENT_ID", "SECRET", "REAL_NAME_CLAIM", "LEVEL_VALUES", "SCOPES"):
        monkeypatch.delenv(f"MINSHENG_OIDC_{name}", raising=False)
    for name in ("APPID", "SECRET", "WAY", "BASE"):
        monkeypatch.delenv(f"MINSHENG_WECHAT_LOGIN_{name}", raising=False)
    return monkeypatch


def put(given: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        given.setenv(name, value)


def test_without_anything_there_is_none(given: pytest.MonkeyPatch) -> None:
    assert citizens.providers() == {}


def test_oidc(given: pytest.MonkeyPatch) -> None:
    """With the claim of the real name and the values that count; PKCE always."""
    put(given, {**OIDC, "MINSHENG_OIDC_REAL_NAME_CLAIM": "level", "MINSHENG_OIDC_LEVEL_VALUES": "L3, L4", "MINSHENG_OIDC_SCOPES": "openid,real"})
    found = citizens.providers()["openid_connect"]
    assert (found["OAUTH_PKCE_ENABLED"], found["SCOPE"]) == (True, ["openid", "real"])
    (app,) = found["APPS"]
    assert (app["provider_id"], app["name"], app["client_id"], app["secret"]) == ("oidc", "云川统一身份认证", "minsheng", "s")
    assert app["settings"] == {"server_url": "https://id.example.cn", "real_name_claim": "level", "level_values": ["L3", "L4"]}


@pytest.mark.parametrize(
    ("way", "address", "scope", "official"),
    [
        ("qrcode", "https://open.weixin.qq.com/connect/qrconnect", "snsapi_login", False),
        ("official", "https://open.weixin.qq.com/connect/oauth2/authorize", "snsapi_base", True),
    ],
)
def test_wechat(given: pytest.MonkeyPatch, way: str, address: str, scope: str, official: bool) -> None:
    put(given, {**WECHAT, "MINSHENG_WECHAT_LOGIN_WAY": way})
    found = citizens.providers()["weixin"]
    assert (found["AUTHORIZE_URL"], found["SCOPE"], found["APPS"][0]["settings"]) == (address, [scope], {"official": official})
    assert found["ACCESS_TOKEN_URL"] == "https://api.weixin.qq.com/sns/oauth2/access_token"
    given.setenv("MINSHENG_WECHAT_LOGIN_BASE", "http://127.0.0.1:9/")
    assert citizens.providers()["weixin"]["ACCESS_TOKEN_URL"] == "http://127.0.0.1:9/sns/oauth2/access_token"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({**OIDC, "MINSHENG_OIDC_NAME": ""}, "MINSHENG_OIDC_NAME is not set"),
        ({**OIDC, "MINSHENG_OIDC_SECRET": ""}, "MINSHENG_OIDC_SECRET is not set"),
        ({**OIDC, "MINSHENG_OIDC_SERVER": "http://id.example.cn"}, "must begin with https://"),
        ({"MINSHENG_WECHAT_LOGIN_APPID": "wx1"}, "MINSHENG_WECHAT_LOGIN_SECRET is not set"),
        ({**WECHAT, "MINSHENG_WECHAT_LOGIN_WAY": "magic"}, "must be one of qrcode, official"),
        ({**WECHAT, "MINSHENG_WECHAT_LOGIN_BASE": "http://elsewhere.example"}, "must begin with https://"),
    ],
)
def test_half_of_it_or_without_https_is_refused_in_words(given: pytest.MonkeyPatch, values: dict[str, str], words: str) -> None:
    put(given, values)
    with pytest.raises(ImproperlyConfigured, match=words):
        citizens.providers()

"""接口调用凭据: the access token of the city's official account, asked for once and kept until shortly before it expires.

By WeChat's stable interface: asking again gives the same token to every process, and only a forced renewal makes the old one void.
"""

import threading
from datetime import datetime, timedelta
from typing import Any

from minsheng import clock
from minsheng.ports import Undelivered

WECHAT = "https://api.weixin.qq.com"
_EARLY = timedelta(minutes=1)


class WechatToken:
    """The token of one official account; times in seconds. Every error is `Undelivered`, without the secret."""

    def __init__(self, appid: str, secret: str, base_url: str = WECHAT, *, timeout: float = 10.0) -> None:
        self._appid, self._secret, self._base, self._timeout = appid, secret, base_url.rstrip("/"), timeout
        self._token = ""
        self._until: datetime | None = None
        self._lock = threading.Lock()

    def get(self) -> str:
        """The token, from memory while it is good."""
        with self._lock:
            return self._token if self._until is not None and clock.now() < self._until else self._fetch(force=False)

    def renew(self) -> str:
        """Another token than the kept one, which WeChat has called void: perhaps another process has renewed it already, else by force."""
        with self._lock:
            void, self._until = self._token, None
            found = self._fetch(force=False)
            return found if found != void else self._fetch(force=True)

    def _fetch(self, *, force: bool) -> str:
        import requests

        asked: dict[str, Any] = {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret, "force_refresh": force}
        try:
            answer = requests.post(f"{self._base}/cgi-bin/stable_token", json=asked, timeout=self._timeout)
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, ValueError) as wrong:
            said = {"errcode": type(wrong).__name__}
        if not isinstance(said, dict) or not said.get("access_token"):
            code = said.get("errcode", "?") if isinstance(said, dict) else "?"
            raise Undelivered(f"微信没有给出凭据：{code}", f"WeChat gave no access token: {code}")
        self._token = str(said["access_token"])
        self._until = clock.now() + timedelta(seconds=int(said.get("expires_in", 0))) - _EARLY
        return self._token

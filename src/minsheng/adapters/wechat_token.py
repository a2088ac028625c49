"""微信凭据: the token with which an official account asks its API; kept in memory until shortly before it expires. Not yet tried with the provider."""

import json
import threading
import time

from minsheng.adapters.wire import Silent, ask

EARLY = 120  # seconds before its end a token is not used any more
ADDRESS = "https://api.weixin.qq.com"


class WechatToken:
    """The access token of one account, by `cgi-bin/stable_token`: asked once, then from memory; several processes get the same one from the provider."""

    def __init__(self, appid: str, secret: str, base_url: str = ADDRESS) -> None:
        self.base_url = base_url.rstrip("/")
        self._appid = appid
        self._secret = secret
        self._token = ""
        self._until = 0.0
        self._lock = threading.Lock()

    def get(self) -> str:
        """The token, or `Silent` with the provider's error code: never with appid, secret or token."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._fetch()
            return self._token

    def forget(self) -> None:
        """The provider says that the token is no longer good (40001, 42001): ask for another the next time."""
        with self._lock:
            self._until = 0.0

    def _fetch(self) -> None:
        asked = {"grant_type": "client_credential", "appid": self._appid, "secret": self._secret, "force_refresh": False}
        told = ask(f"{self.base_url}/cgi-bin/stable_token", body=json.dumps(asked).encode())
        if not isinstance(told, dict) or not told.get("access_token"):
            raise Silent(f"WeChat refused the credentials: {told.get('errcode') if isinstance(told, dict) else 'no answer'}")
        self._token = str(told["access_token"])
        self._until = time.monotonic() + max(0, int(told.get("expires_in", 0)) - EARLY)

"""微信 on loopback: the two addresses of web authorisation, answering as WeChat's documents say. One person sits in front of it."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

APPID, SECRET = "wx0000000000000001", "not a real secret"


class WeChat(ThreadingHTTPServer):
    """person: the openid of whoever scans; refuses: the person presses 拒绝; broken: what the token address answers instead."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.person, self.refuses = "openid-1", False
        self.broken: tuple[int, bytes] | None = None
        self.codes: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: WeChat

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.asked.append((parts.path, asked))
        if parts.path in ("/connect/qrconnect", "/connect/oauth2/authorize"):
            self._authorize(asked)
        elif parts.path == "/sns/oauth2/access_token":
            self._token(asked)
        else:
            self._say(404, b"")

    def _authorize(self, asked: dict[str, str]) -> None:
        """A browser that agreed comes back with a code that is good once; one that refused comes back with the state alone."""
        if asked.get("appid") != APPID or asked.get("response_type") != "code":
            self._say(200, "参数错误".encode())
            return
        back = {"state": asked["state"]}
        if not self.server.refuses:
            code = secrets.token_hex(8)
            self.server.codes[code] = self.server.person
            back = {"code": code, **back}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def _token(self, asked: dict[str, str]) -> None:
        """Errors come with status 200, and everything as text/plain."""
        if self.server.broken:
            self._say(*self.server.broken)
            return
        openid = self.server.codes.pop(asked.get("code", ""), None)
        told: dict[str, Any] = {"errcode": 40029, "errmsg": "invalid code"}
        if asked.get("secret") != SECRET or asked.get("appid") != APPID or asked.get("grant_type") != "authorization_code":
            told = {"errcode": 40013, "errmsg": "invalid appid"}
        elif openid:
            told = {"access_token": secrets.token_hex(8), "expires_in": 7200, "refresh_token": "r", "openid": openid, "scope": "snsapi_login", "unionid": "u"}
        self._say(200, json.dumps(told).encode())

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def running() -> Iterator[WeChat]:
    """The fake, while it is needed."""
    server = WeChat()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)

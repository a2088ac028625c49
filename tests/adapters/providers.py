"""Providers on loopback, written from their public descriptions: they check what the real ones check, and keep what they take.

Nothing here has been seen by the providers themselves.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from minsheng import clock

Json = dict[str, Any]


class Provider(ThreadingHTTPServer):
    """A server that answers JSON. `broken`: an HTTP status that it answers instead."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.broken = 0
        self.requests: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.server_port}"

    def answer(self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes) -> Json:
        """What it says."""
        raise NotImplementedError


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append(parts.path)
        said = json.dumps(self.server.answer(self.command, parts.path, parse_qs(parts.query), self.headers, body)).encode()
        self.send_response(self.server.broken or 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = _answer  # noqa: N815 (so http.server calls them)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def running(server: Provider) -> Iterator[Provider]:
    """Serves until the end of the `with`."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Tencent(Provider):
    """Tencent Cloud SMS, API 2021-01-11: SendSms and DescribeSmsTemplateList behind TC3-HMAC-SHA256."""

    SECRET_ID, SECRET_KEY, APP, SIGN = "AKIDexample", "a secret of the tests", "1400000001", "云川民声"
    #: number of the template → how many places it has
    PLACES: ClassVar = {"1001": 1, "1002": 2, "1003": 3}

    def __init__(self) -> None:
        self.sent: list[Json] = []
        self.error = ""
        self.status: dict[str, str] = {}
        """What is said of a number instead of Ok."""
        self.reviewing: set[int] = set()
        super().__init__()

    def answer(self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes) -> Json:
        problem = self._signature(method, path, headers, body) or self.error
        if problem:
            return self._response({"Error": {"Code": problem, "Message": f"refused: {body.decode()}"}})
        if (headers["X-TC-Version"], headers["X-TC-Region"]) != ("2021-01-11", "ap-guangzhou"):
            return self._response({"Error": {"Code": "InvalidParameter", "Message": "version or region"}})
        asked = json.loads(body)
        if headers["X-TC-Action"] == "DescribeSmsTemplateList":
            assert asked["International"] == 0
            rows = [{"TemplateId": n, "International": 0, "StatusCode": 1 if n in self.reviewing else 0, "ReviewReply": ""} for n in asked["TemplateIdSet"]]
            return self._response({"DescribeTemplateStatusSet": [row for row in rows if str(row["TemplateId"]) in self.PLACES]})
        assert headers["X-TC-Action"] == "SendSms"
        return self._response({"SendStatusSet": [self._send(asked, number) for number in asked["PhoneNumberSet"]]})

    def _send(self, asked: Json, number: str) -> Json:
        code = self.status.get(number, "Ok")
        if (asked["SmsSdkAppId"], asked["SignName"]) != (self.APP, self.SIGN):
            code = "FailedOperation.SignatureIncorrectOrUnapproved"
        elif self.PLACES.get(asked["TemplateId"]) != len(asked["TemplateParamSet"]):
            code = "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
        elif any("://" in value for value in asked["TemplateParamSet"]):
            code = "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
        if code == "Ok":
            self.sent.append(asked)
        fee = int(code == "Ok")
        return {"SerialNo": "1", "PhoneNumber": number, "Fee": fee, "SessionContext": asked["SessionContext"], "Code": code, "Message": "", "IsoCode": "CN"}

    def _signature(self, method: str, path: str, headers: Any, body: bytes) -> str:
        """Signature, version 3, as the provider describes it; "" where it is right."""
        stamp = int(headers["X-TC-Timestamp"])
        if abs(stamp - clock.now().timestamp()) > 300:  # of this thread, which no test moves
            return "AuthFailure.SignatureExpire"
        day = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
        payload = hashlib.sha256(body).hexdigest()
        canonical = f"{method}\n{path}\n\ncontent-type:{headers['Content-Type']}\nhost:{headers['Host']}\n\ncontent-type;host\n{payload}"
        scope = f"{day}/sms/tc3_request"
        signed = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"TC3{self.SECRET_KEY}".encode()
        for part in (day, "sms", "tc3_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
        wanted = f"TC3-HMAC-SHA256 Credential={self.SECRET_ID}/{scope}, SignedHeaders=content-type;host, Signature={signature}"
        return "" if hmac.compare_digest(wanted, headers["Authorization"]) else "AuthFailure.SignatureFailure"

    @staticmethod
    def _response(said: Json) -> Json:
        return {"Response": {**said, "RequestId": "00000000-0000-0000-0000-000000000000"}}


class Wechat(Provider):
    """The HTTP interface of a WeChat official account: stable_token, template/send, template/get_all_private_template."""

    APPID, SECRET = "wx0000000000000001", "secret of the tests"
    CONTENT: Mapping[str, str] = {
        "T-answer": "编号\n{{character_string1.DATA}}\n进展\n{{thing2.DATA}}\n时间\n{{time3.DATA}}",
        "T-old": "{{keyword1.DATA}}{{keyword2.DATA}}{{keyword3.DATA}}",
    }

    def __init__(self) -> None:
        self.sent: list[Json] = []
        self.token, self.lives, self.number = "", 7200, 0
        self.void: set[str] = set()
        self.refuses: dict[str, int] = {}
        """What is said of an openid instead of ok."""
        self.forced = 0
        self._known: dict[tuple[str, str], int] = {}
        super().__init__()

    def answer(self, method: str, path: str, query: dict[str, list[str]], headers: Any, body: bytes) -> Json:
        if path == "/cgi-bin/stable_token":
            return self._stable(json.loads(body)) if method == "POST" else {"errcode": 43002, "errmsg": "require POST method"}
        token = query.get("access_token", [""])[0]
        if not token or token != self.token or token in self.void:
            return {"errcode": 42001 if token in self.void else 40001, "errmsg": "access_token expired"}
        if path == "/cgi-bin/template/get_all_private_template":
            return {"template_list": [{"template_id": key, "title": "t", "content": said} for key, said in self.CONTENT.items()]}
        if path != "/cgi-bin/message/template/send" or method != "POST":
            return {"errcode": 40066, "errmsg": "invalid url"}
        return self._send(json.loads(body), escaped=b"\\u" in body)

    def _stable(self, asked: Json) -> Json:
        if asked["grant_type"] != "client_credential" or asked["appid"] != self.APPID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if asked["secret"] != self.SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        self.forced += bool(asked["force_refresh"])
        if asked["force_refresh"] or not self.token:
            self.number += 1
            self.token = f"token-{self.number}"
        return {"access_token": self.token, "expires_in": self.lives}

    def _send(self, asked: Json, *, escaped: bool) -> Json:
        code = self.refuses.get(asked["touser"], 0)
        content = self.CONTENT.get(asked["template_id"])
        if content is None:
            code = 40037
        elif (
            escaped
            or any(f"{{{{{place}.DATA}}}}" not in content for place in asked["data"])
            or any(place.startswith("thing") and len(said["value"]) > 20 for place, said in asked["data"].items())
        ):
            code = 47003
        if code:
            return {"errcode": code, "errmsg": f"refused for {asked['touser']}"}
        key = (asked["touser"], asked["client_msg_id"])
        if key not in self._known:
            self._known[key] = len(self._known) + 1
            self.sent.append(asked)
        return {"errcode": 0, "errmsg": "ok", "msgid": self._known[key]}

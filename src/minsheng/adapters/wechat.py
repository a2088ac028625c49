"""微信模板消息: the official account's HTTP interface, and the console double that keeps the messages instead."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from minsheng.adapters.console import Console
from minsheng.adapters.handed_over import HandedOver
from minsheng.adapters.wechat_token import WECHAT, WechatToken
from minsheng.intelligence.masking import mask
from minsheng.ports import Health, Refused, Undelivered, WechatMessage

#: The token is void or has expired: once more with a new one.
_VOID = frozenset({40001, 40014, 42001})
#: No follower of this account; does not follow; wants no messages; the template does not take these values. Trying again changes nothing.
_FOR_GOOD = frozenset({40003, 43004, 43101, 47003})
#: How long a value may be, by the name of the template's field (thing2 → thing).
_LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "short_thing": 5, "const": 20, "name": 10}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WechatTemplate:
    """A template of the official account: its id, and which of our values stands in which of its fields."""

    id: str
    fields: Mapping[str, str] = field(default_factory=lambda: {"keyword1": "code", "keyword2": "what", "keyword3": "time"})


class WechatTemplates:
    """Sends template messages. `templates`: our name → the template at WeChat. Times in seconds."""

    def __init__(self, *, appid: str, secret: str, templates: Mapping[str, WechatTemplate], base_url: str = WECHAT, timeout: float = 10.0) -> None:
        self._token = WechatToken(appid, secret, base_url, timeout=timeout)
        self._templates, self._base, self._timeout = dict(templates), base_url.rstrip("/"), timeout
        self._handed_over = HandedOver()

    def send(self, message: WechatMessage) -> None:
        """Hand one message over; WeChat drops a repeat of the same key within ten minutes, this process drops it for as long as it runs."""
        if message.key in self._handed_over:
            return
        template = self._templates.get(message.template)
        if template is None:
            name = message.template or "–"
            raise Refused(
                f"微信模板「{name}」没有配置（MINSHENG_WECHAT_TEMPLATES），没有发出。",
                f"The WeChat template “{name}” is not in MINSHENG_WECHAT_TEMPLATES; nothing was sent.",
            )
        said = {place: {"value": _fitting(place, message.values.get(ours, ""))} for place, ours in template.fields.items()}
        body: dict[str, Any] = {"touser": message.openid, "template_id": template.id, "data": said}
        body |= {"client_msg_id": hashlib.sha256(message.key.encode()).hexdigest()[:32]}
        if message.url:
            body["url"] = message.url
        code = self._post(body, token=self._token.get())
        if code in _VOID:
            code = self._post(body, token=self._token.renew())
        if code:
            kind = Refused if code in _FOR_GOOD else Undelivered
            raise kind(f"微信没有收下：{code}", f"WeChat did not take it: {code}")
        self._handed_over.add(message.key)

    def check(self) -> Health:
        """Ask for the templates of the account: that proves appid, secret and this machine's address, and says which template or field is not there."""
        try:
            said = self._call("GET", "template/get_all_private_template", token=self._token.get())
        except Undelivered as wrong:
            return Health(name="wechat", ok=False, zh=wrong.zh, en=wrong.en)
        if said.get("errcode"):
            return Health(name="wechat", ok=False, zh=f"微信公众号接口拒绝：{said['errcode']}", en=f"The WeChat official account refuses: {said['errcode']}")
        known = {str(row.get("template_id")): str(row.get("content")) for row in said.get("template_list", [])}
        wrong_ones = sorted(name for name, one in self._templates.items() if one.id not in known or any(f"{f}.DATA" not in known[one.id] for f in one.fields))
        if wrong_ones:
            names = "、".join(wrong_ones)
            return Health(
                name="wechat",
                ok=False,
                zh=f"微信模板 {names} 不在公众号里，或者字段对不上。",
                en=f"WeChat templates that are not there or have other fields: {names}.",
            )
        return Health(name="wechat", ok=True, zh="微信公众号接口正常，模板都在。", en="The WeChat official account answers; every template is there.")

    def _post(self, body: dict[str, Any], *, token: str) -> int | str:
        """WeChat's answer: 0 is taken, a number its refusal, a word what came between."""
        code = self._call("POST", "message/template/send", token=token, body=body).get("errcode", "?")
        return code if isinstance(code, int | str) else "?"

    def _call(self, method: str, path: str, *, token: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One call; what comes between is told like a refusal. Errors of the connection quote the token and are not passed on."""
        import requests

        # Not escaped: WeChat would show \u7b54\u590d as it stands.
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        try:
            answer = requests.request(
                method, f"{self._base}/cgi-bin/{path}", params={"access_token": token}, data=content, timeout=self._timeout,
                headers={"Content-Type": "application/json"},
            )  # fmt: skip
            answer.raise_for_status()
            said = answer.json()
        except (requests.RequestException, ValueError) as wrong:
            return {"errcode": type(wrong).__name__}
        return said if isinstance(said, dict) else {"errcode": "?"}


def _fitting(place: str, value: str) -> str:
    """As long as the field takes: WeChat refuses the whole message for one character more."""
    longest = _LONGEST.get(place.rstrip("0123456789"))
    return value if longest is None or len(value) <= longest else value[: longest - 1] + "…"


class ConsoleWechat(Console[WechatMessage]):
    """Shows template messages in the log."""

    def show(self, message: WechatMessage) -> None:
        """Without numbers."""
        log.info("wechat", key=message.key, openid=f"{message.openid[:4]}…", values={name: mask(value).text for name, value in message.values.items()})

    def check(self) -> Health:
        """Always there."""
        return Health(name="wechat", ok=True, zh="微信消息只显示在日志里，不会真的发出。", en="WeChat messages are shown in the log and not sent.")

"""语音转文字: a recogniser that the city runs itself, WeChat's own, and the double. The recording stays an attachment whatever becomes of its words."""

import secrets
import time
from typing import Any
from urllib.parse import urlencode

from minsheng.adapters import media
from minsheng.adapters.wechat_token import WechatToken
from minsheng.adapters.wire import Silent, ask, exchange, form
from minsheng.ports import Health, Undelivered, Unheard

PATH = "/v1/audio/transcriptions"
_STALE = (40001, 40014, 42001)


class HttpTranscriber:
    """A recogniser on the city's own machines that speaks the OpenAI form of the request (whisper.cpp, FunASR and others offer it).

    It is given WAV, 16 kHz in one channel, which all of them read without help.
    """

    def __init__(self, url: str, *, key: str = "", model: str = "whisper-1", timeout: float = 90) -> None:
        self._url = url.rstrip("/").removesuffix(PATH)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model
        self._timeout = timeout

    def transcribe(self, audio: bytes, *, media_type: str) -> str:
        """Send the sound, take the text."""
        wav = _as(audio, "wav")
        body, kind = form({"model": self._model, "language": "zh", "response_format": "json"}, file=("file", "voice.wav", "audio/wav", wav))
        try:
            told = ask(self._url + PATH, body=body, media_type=kind, headers=self._headers, timeout=self._timeout)
        except Silent as silent:
            raise _away() from silent
        return _text(told, "text")

    def check(self) -> Health:
        """Does anything answer there? A page that is not found is an answer."""
        try:
            status, _ = exchange(self._url + "/", method="GET", body=b"", media_type="text/plain", headers=self._headers, timeout=5)
        except Silent as silent:
            return _health(f"语音识别服务连不上：{silent}。", f"The speech recogniser cannot be reached: {silent}.", ok=False)
        if status >= 500:
            return _health(f"语音识别服务出错（{status}）。", f"The speech recogniser fails ({status}).", ok=False)
        return _health("语音识别服务在。", "The speech recogniser answers.", ok=True)


class WechatTranscriber:
    """微信: the voice interface of an official account. The sound goes to Tencent; it has not been tried with the provider yet, only with a stand-in."""

    def __init__(self, token: WechatToken, *, wait: float = 1.0, tries: int = 8) -> None:
        self._token = token
        self._wait = wait
        self._tries = tries

    def transcribe(self, audio: bytes, *, media_type: str) -> str:
        """Hand in the sound as MP3, then ask for its text until it is there (within ten seconds, as the provider demands)."""
        voice = secrets.token_hex(16)
        body, kind = form({}, file=("media", "voice.mp3", "audio/mpeg", _as(audio, "mp3")))
        self._ask("addvoicetorecofortext", {"format": "mp3", "voice_id": voice, "lang": "zh_CN"}, body, kind)
        for n in range(self._tries):
            if n:
                time.sleep(self._wait)
            told = self._ask("queryrecoresultfortext", {"voice_id": voice, "lang": "zh_CN"}, b"", "application/json")
            if text := _text(told, "result"):
                return text
        return ""

    def check(self) -> Health:
        """Is the account's token to be had?"""
        try:
            self._token.get()
        except Undelivered as refused:
            return _health(f"微信语音识别用不了：{refused.zh}。", f"WeChat's recogniser is not available: {refused.en}.", ok=False)
        return _health("微信语音识别的凭据有效（还没有和微信实际联调过）。", "WeChat's credentials are good (not yet tried with the provider).", ok=True)

    def _ask(self, what: str, query: dict[str, str], body: bytes, media_type: str) -> Any:
        try:
            told = self._once(what, query, body, media_type)
            if _code(told) in _STALE:
                self._token.renew()
                told = self._once(what, query, body, media_type)
        except (Silent, Undelivered) as silent:
            raise _away() from silent
        if _code(told):
            raise _away() from Silent(f"WeChat answered {_code(told)} to {what}")
        return told

    def _once(self, what: str, query: dict[str, str], body: bytes, media_type: str) -> Any:
        asked = urlencode({"access_token": self._token.get(), **query})
        return ask(f"{self._token.base_url}/cgi-bin/media/voice/{what}?{asked}", body=body, media_type=media_type)


class SetTranscriber:
    """The double: hears always the same, and keeps what it was given."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.heard: list[bytes] = []

    def transcribe(self, audio: bytes, *, media_type: str) -> str:
        """The set text, where there is sound at all."""
        self.heard.append(_as(audio, "wav"))
        return self.text.strip()

    def check(self) -> Health:
        """Always there."""
        return _health("语音识别是替身，总是答同一句话。", "The speech recogniser is a stand-in that always says the same.", ok=True)


def _as(audio: bytes, form_: str) -> bytes:
    converted = media.sound(audio, form=form_)
    if converted is None:
        raise Unheard(
            "这段录音打不开，转不成文字。请把要说的写下来，或者重新录一段。", "This recording cannot be opened. Please type instead, or record it again."
        )
    return converted


def _text(told: Any, name: str) -> str:
    """The text of an answer; an answer of another shape is none."""
    text = told.get(name, "") if isinstance(told, dict) else None
    if not isinstance(text, str):
        raise _away()
    return text.strip()


def _code(told: Any) -> int:
    code = told.get("errcode", 0) if isinstance(told, dict) else -1
    return int(code) if str(code).lstrip("-").isdecimal() else -1


def _away() -> Unheard:
    return Unheard(
        "现在转不成文字。录音已经收好，会一起交上去；要紧的话请再打几个字。",
        "The recording could not be turned into text. It is safe and goes along; please type what matters most.",
    )


def _health(zh: str, en: str, *, ok: bool) -> Health:
    return Health(name="transcriber", ok=ok, zh=zh, en=en)

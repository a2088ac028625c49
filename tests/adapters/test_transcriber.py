"""The contract of a recogniser, kept by the city's own, by WeChat's and by the double: both clients speak over HTTP with stand-ins of the other side."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import av
import pytest

from minsheng.adapters import media
from minsheng.adapters.transcriber import HttpTranscriber, SetTranscriber, WechatTranscriber
from minsheng.adapters.wechat_token import WechatToken
from minsheng.ports import Transcriber, Undelivered, Unheard
from tests.films import voice

SAID = "小区北门的路灯不亮"


class _Provider(ThreadingHTTPServer):
    """The other side: the recogniser's form of one, WeChat's of the other. `answers` overrides what a path answers."""

    daemon_threads = True

    def __init__(self) -> None:
        self.text, self.tokens, self.asked, self.pending = SAID, 0, [], 0  # type: ignore[var-annotated]
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.voices: dict[str, bytes] = {}
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Session(BaseHTTPRequestHandler):
    server: _Provider

    def do_GET(self) -> None:
        self._say(404, b"not found")

    def do_POST(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((parts.path, query, dict(self.headers), body))
        what = parts.path.rsplit("/", 1)[-1]
        if what in self.server.answers:
            self._say(*self.server.answers[what])
            return
        found: Any = getattr(self, what.replace("-", "_"))(query, body)
        self._say(200, json.dumps(found, ensure_ascii=False).encode())

    def transcriptions(self, _: dict[str, str], body: bytes) -> Any:
        heard = self._form(body)["file"]
        with av.open(io.BytesIO(heard)) as sound:
            assert sound.streams.audio[0].codec_context.sample_rate == 16_000
        return {"text": f" {self.server.text}\n"}

    def stable_token(self, _: dict[str, str], body: bytes) -> Any:
        asked = json.loads(body)
        if (asked["appid"], asked["secret"], asked["grant_type"]) != ("wx0001", "SecretOfTheAccount", "client_credential"):
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        self.server.tokens += 1
        return {"access_token": f"token-{self.server.tokens}", "expires_in": 7200}

    def addvoicetorecofortext(self, query: dict[str, str], body: bytes) -> Any:
        if query["access_token"] != f"token-{self.server.tokens}":
            return {"errcode": 40001, "errmsg": "invalid credential"}
        heard = self._form(body)["media"]
        with av.open(io.BytesIO(heard), format="mp3") as sound:
            assert (sound.streams.audio[0].codec_context.sample_rate, sound.streams.audio[0].codec_context.channels) == (16_000, 1)
        assert (query["format"], query["lang"], len(heard) < 1024 * 1024) == ("mp3", "zh_CN", True)
        self.server.voices[query["voice_id"]] = heard
        return {"errcode": "0", "errmsg": "ok"}

    def queryrecoresultfortext(self, query: dict[str, str], _: bytes) -> Any:
        assert query["voice_id"] in self.server.voices
        if self.server.pending:
            self.server.pending -= 1
            return {"result": ""}
        return {"result": self.server.text}

    def _form(self, body: bytes) -> dict[str, bytes]:
        read = message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        return {str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True) for part in read.get_payload()}  # type: ignore[union-attr, misc]

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider() -> Iterator[_Provider]:
    with _Provider() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with media.recast(voice(tmp_path_factory.mktemp("voice") / "a.webm", codec="libopus"), kind="audio") as made:
        return made.path.read_bytes()


def own(provider: _Provider) -> HttpTranscriber:
    return HttpTranscriber(provider.url, key="SecretKey", timeout=5)


def wechat(provider: _Provider, secret: str = "SecretOfTheAccount") -> WechatTranscriber:
    return WechatTranscriber(WechatToken("wx0001", secret, provider.url), wait=0.01, tries=3)


REAL = {"own": own, "wechat": wechat}


@pytest.fixture(params=["own", "wechat", "double"])
def make(request: pytest.FixtureRequest, provider: _Provider) -> Callable[[str], Transcriber]:
    def one(text: str) -> Transcriber:
        provider.text = text
        return SetTranscriber(text) if request.param == "double" else REAL[request.param](provider)

    return one


def test_what_is_said_comes_back_as_text(make: Callable[[str], Transcriber], spoken: bytes) -> None:
    assert make(SAID).transcribe(spoken, media_type="audio/mp4") == SAID


def test_silence_is_no_words(make: Callable[[str], Transcriber], spoken: bytes) -> None:
    assert make("").transcribe(spoken, media_type="audio/mp4") == ""


def test_what_is_no_sound_is_said(make: Callable[[str], Transcriber]) -> None:
    with pytest.raises(Unheard, match="打不开"):
        make(SAID).transcribe(b"no sound at all", media_type="audio/mp4")


def test_health(make: Callable[[str], Transcriber]) -> None:
    health = make(SAID).check()
    assert health.ok and health.name == "transcriber"
    assert health.zh and health.en


@pytest.mark.parametrize("which", REAL)
def test_a_provider_that_is_away_is_said_kindly(which: str, provider: _Provider, spoken: bytes) -> None:
    transcriber = REAL[which](provider)
    provider.shutdown()
    provider.server_close()
    with pytest.raises(Unheard, match="录音已经收好"):
        transcriber.transcribe(spoken, media_type="audio/mp4")
    health = transcriber.check()
    assert not health.ok and ("127.0.0.1" in health.zh or "ConnectionError" in health.zh)


@pytest.mark.parametrize("which", REAL)
@pytest.mark.parametrize("answer", [(500, b"{}"), (200, b"<html>"), (200, b'["text"]'), (200, b'{"text": 7, "result": 7}'), (403, b'{"error": "SecretKey"}')])
def test_an_answer_that_is_none_is_unheard(which: str, answer: tuple[int, bytes], provider: _Provider, spoken: bytes) -> None:
    provider.answers = {"transcriptions": answer, "queryrecoresultfortext": answer}
    with pytest.raises(Unheard) as caught:
        REAL[which](provider).transcribe(spoken, media_type="audio/mp4")
    chain = f"{caught.value} {caught.value.en} {caught.value.__cause__}"
    assert "Secret" not in chain and "token-" not in chain


def test_the_recogniser_is_asked_in_the_form_it_knows(provider: _Provider, spoken: bytes) -> None:
    """Also when the setting names the whole address."""
    for url in (provider.url, provider.url + "/", provider.url + "/v1/audio/transcriptions"):
        HttpTranscriber(url, key="SecretKey", model="paraformer-zh").transcribe(spoken, media_type="audio/mp4")
    for path, _query, headers, body in provider.asked:
        assert path == "/v1/audio/transcriptions"
        assert headers["Authorization"] == "Bearer SecretKey"
        for part in (b'name="model"\r\n\r\nparaformer-zh', b'name="language"\r\n\r\nzh', b'name="response_format"\r\n\r\njson', b'filename="voice.wav"'):
            assert part in body
    assert len(provider.asked) == 3


def test_without_a_key_none_is_sent(provider: _Provider, spoken: bytes) -> None:
    HttpTranscriber(provider.url).transcribe(spoken, media_type="audio/mp4")
    assert "Authorization" not in provider.asked[0][2]


def test_wechat_is_asked_again_until_the_text_is_there(provider: _Provider, spoken: bytes) -> None:
    provider.pending = 2
    assert wechat(provider).transcribe(spoken, media_type="audio/mp4") == SAID
    assert [path.rsplit("/", 1)[-1] for path, *_ in provider.asked] == ["stable_token", "addvoicetorecofortext", *["queryrecoresultfortext"] * 3]
    provider.pending = 9
    assert wechat(provider).transcribe(spoken, media_type="audio/mp4") == ""


def test_the_token_is_asked_for_once_and_again_when_it_is_no_longer_good(provider: _Provider, spoken: bytes) -> None:
    transcriber = wechat(provider)
    transcriber.transcribe(spoken, media_type="audio/mp4")
    transcriber.transcribe(spoken, media_type="audio/mp4")
    assert provider.tokens == 1
    provider.tokens = 7  # somebody refreshed it by force
    assert transcriber.transcribe(spoken, media_type="audio/mp4") == SAID
    assert provider.tokens == 8


def test_a_wrong_secret_is_said_without_it(provider: _Provider, spoken: bytes) -> None:
    transcriber = wechat(provider, secret="SecretOfAnother")
    health = transcriber.check()
    assert not health.ok and "40125" in health.zh and "Secret" not in health.zh
    with pytest.raises(Unheard):
        transcriber.transcribe(spoken, media_type="audio/mp4")
    with pytest.raises(Undelivered, match="40125"):
        WechatToken("wx0001", "SecretOfAnother", provider.url).get()


def test_an_address_that_is_none_is_said() -> None:
    assert not HttpTranscriber("ftp://recogniser").check().ok


def test_two_minutes_fit_into_what_wechat_takes(tmp_path: Path) -> None:
    with media.recast(voice(tmp_path / "a.webm", codec="libopus", seconds=120), kind="audio") as made:
        sound = media.sound(made.path.read_bytes(), form="mp3")
    assert sound is not None and len(sound) < 1024 * 1024

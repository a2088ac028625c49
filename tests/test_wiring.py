"""Wiring chooses the adapters that the settings ask for, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from minsheng import wiring
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.storage import LocalBlobs
from minsheng.adapters.transcriber import HttpTranscriber, WechatTranscriber
from tests.world import city_files


@pytest.fixture(autouse=True)
def _unwired() -> Iterator[None]:
    choices = (wiring.sms, wiring.mail, wiring.blobs, wiring.parts, wiring.wechat_token, wiring.transcriber)
    for choice in choices:
        choice.cache_clear()
    yield
    for choice in choices:
        choice.cache_clear()


def test_without_a_mail_server_mail_goes_to_the_console(settings: Settings) -> None:
    settings.EMAIL_HOST = ""
    assert isinstance(wiring.mail(), ConsoleMail)
    assert wiring.mail() is wiring.mail()


def test_a_named_mail_server_is_used(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    assert isinstance(wiring.mail(), SmtpMail)


def test_files_lie_below_the_media_directory(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    blobs = wiring.blobs()
    assert isinstance(blobs, LocalBlobs)
    blobs.put(b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()]


def test_unfinished_uploads_lie_beside_them(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    wiring.parts().append("a-ticket-of-an-upload", at=0, content=b"x")
    assert [path.parent.name for path in tmp_path.rglob("*") if path.is_file()] == ["partial"]


def test_nothing_turns_speech_into_text_unless_the_city_says_what(settings: Settings) -> None:
    """An account of WeChat alone is no leave to send it voices."""
    assert wiring.transcriber() is None
    assert "transcriber" not in {health.name for health in wiring.health(city_files("yunchuan"))}
    settings.MINSHENG_WECHAT_APPID, settings.MINSHENG_WECHAT_SECRET = "wx0001", "SecretOfTheAccount"
    wiring.transcriber.cache_clear()
    assert wiring.transcriber() is None
    wiring.wechat_token.cache_clear()
    wiring.transcriber.cache_clear()
    settings.MINSHENG_WECHAT_VOICE = True
    assert isinstance(wiring.transcriber(), WechatTranscriber)
    wiring.transcriber.cache_clear()
    settings.MINSHENG_RECOGNISER_URL = "http://127.0.0.1:9"
    assert isinstance(wiring.transcriber(), HttpTranscriber)
    health = {one.name: one for one in wiring.health(city_files("yunchuan"))}
    assert health["uploads"].ok and not health["transcriber"].ok


def test_voice_by_wechat_without_an_account_is_none(settings: Settings) -> None:
    settings.MINSHENG_WECHAT_VOICE = True
    assert wiring.wechat_token() is None and wiring.transcriber() is None


def test_messages_are_kept_by_one_sender() -> None:
    assert wiring.sms() is wiring.sms()
    assert wiring.sms().check().ok

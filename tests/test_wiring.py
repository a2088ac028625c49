"""Wiring chooses the adapters that the settings ask for, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from minsheng import wiring
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.sms import ConsoleSms, TencentSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.adapters.transcriber import HttpTranscriber, WechatTranscriber
from minsheng.adapters.wechat import ConsoleWechat, WechatTemplate, WechatTemplates
from tests.world import city_files


@pytest.fixture(autouse=True)
def _unwired() -> Iterator[None]:
    choices = (wiring.sms, wiring.mail, wiring.wechat, wiring.blobs, wiring.parts, wiring.wechat_token, wiring.transcriber)
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


def provider(settings: Settings) -> None:
    settings.MINSHENG_SMS_PROVIDER, settings.MINSHENG_SMS_TEMPLATES = "tencent", {"answer": "1234567"}
    settings.MINSHENG_SMS_ID = settings.MINSHENG_SMS_KEY = settings.MINSHENG_SMS_APP = settings.MINSHENG_SMS_SIGN = "x"


def test_a_named_provider_sends_sms(settings: Settings) -> None:
    assert isinstance(wiring.sms(), ConsoleSms)
    wiring.sms.cache_clear()
    provider(settings)
    assert isinstance(wiring.sms(), TencentSms)


def test_a_named_account_sends_by_wechat(settings: Settings) -> None:
    """A template with its fields, or without: then the old names are meant."""
    settings.MINSHENG_WECHAT_APPID, settings.MINSHENG_WECHAT_SECRET = "wx0", "s"
    assert isinstance(wiring.wechat(), ConsoleWechat), "an account may be there for other things: without templates nothing can be sent"
    wiring.wechat.cache_clear()
    settings.MINSHENG_WECHAT_TEMPLATES = {"answer": "T-1:thing2=what;time3=time", "progress": "T-2"}
    sender = wiring.wechat()
    assert isinstance(sender, WechatTemplates)
    assert sender._templates == {"answer": WechatTemplate("T-1", {"thing2": "what", "time3": "time"}), "progress": WechatTemplate("T-2")}


def test_only_what_leads_out_is_offered_but_for_trying_out(settings: Settings) -> None:
    """A city without a provider offers no SMS: what only the log shows reaches nobody."""
    assert wiring.ways() == ("sms", "mail", "wechat")
    assert wiring.connected() == ()
    settings.MINSHENG_CONSOLE = False
    assert wiring.ways() == ()
    assert wiring.senders() == (None, None, None)
    settings.EMAIL_HOST = "mail.example.com"
    provider(settings)
    assert wiring.ways() == ("sms", "mail")
    sms, mail, wechat = wiring.senders()
    assert isinstance(sms, TencentSms)
    assert isinstance(mail, SmtpMail)
    assert wechat is None


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

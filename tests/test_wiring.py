"""Wiring chooses the adapters that the settings ask for, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from minsheng import wiring
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.sms import ConsoleSms, TencentSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.adapters.wechat import ConsoleWechat, WechatTemplate, WechatTemplates


@pytest.fixture(autouse=True)
def _unwired() -> Iterator[None]:
    choices = (wiring.sms, wiring.mail, wiring.wechat, wiring.blobs)
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


def test_messages_are_kept_by_one_sender() -> None:
    assert wiring.sms() is wiring.sms()
    assert wiring.sms().check().ok

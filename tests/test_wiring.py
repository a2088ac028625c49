"""Wiring chooses the adapters that the settings ask for, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from minsheng import wiring
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.storage import LocalBlobs


@pytest.fixture(autouse=True)
def _unwired() -> Iterator[None]:
    choices = (wiring.sms, wiring.mail, wiring.blobs)
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


def test_messages_are_kept_by_one_sender() -> None:
    assert wiring.sms() is wiring.sms()
    assert wiring.sms().check().ok

"""The only file that chooses adapters. Doors (`web`, `api`, `cli`, `jobs`) take them from here and hand them to commands."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from minsheng.adapters.classifier import KeywordAdapter
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.policy.directory import Directory
from minsheng.ports import BlobStore, Classifier, Health, MailSender, SmsSender

if TYPE_CHECKING:
    from minsheng.adapters.images import Image


@lru_cache(maxsize=1)
def sms() -> SmsSender:
    """短信."""
    return ConsoleSms()


@lru_cache(maxsize=1)
def mail() -> MailSender:
    """邮件: SMTP where the settings name a server, else the console."""
    if not settings.EMAIL_HOST or settings.EMAIL_HOST == "localhost":
        return ConsoleMail()
    return SmtpMail(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        sender=settings.DEFAULT_FROM_EMAIL,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        security="tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none",
    )


@lru_cache(maxsize=1)
def blobs() -> BlobStore:
    """文件: below MEDIA_ROOT."""
    return LocalBlobs(Path(settings.MEDIA_ROOT))


def redraw(content: bytes) -> "Image":
    """照片: decoded and written anew without its metadata. Pillow is loaded with the first photo, not with the program."""
    from minsheng.adapters.images import reencode

    return reencode(content)


@lru_cache(maxsize=2)
def classifier(directory: Directory) -> Classifier:
    """事项归类: compiled once for each directory; a reload makes a new directory and so a new classifier."""
    return KeywordAdapter(directory.categories.values())


def health(directory: Directory) -> tuple[Health, ...]:
    """Every adapter's state, for the health page and `minsheng doctor`."""
    return tuple(adapter.check() for adapter in (sms(), mail(), blobs(), classifier(directory)))

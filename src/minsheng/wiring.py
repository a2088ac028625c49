"""The only file that chooses adapters. Doors (`web`, `api`, `cli`, `jobs`) take them from here and hand them to commands."""

from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from minsheng.adapters.classifier import KeywordAdapter
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.parts import LocalParts
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.adapters.wechat_token import WechatToken
from minsheng.policy.directory import Directory
from minsheng.ports import BlobStore, Classifier, Health, MailSender, PartStore, SmsSender, Transcriber

if TYPE_CHECKING:
    from minsheng.adapters.images import Image
    from minsheng.adapters.media import Footage


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


@lru_cache(maxsize=1)
def parts() -> PartStore:
    """正在上传的文件: beside the blobs, on the same disk."""
    return LocalParts(Path(settings.MEDIA_ROOT) / "partial")


def redraw(content: bytes) -> "Image":
    """照片: decoded and written anew without its metadata. Pillow is loaded with the first photo, not with the program."""
    from minsheng.adapters.images import reencode

    return reencode(content)


def recast(source: Path, kind: str) -> AbstractContextManager["Footage"]:
    """视频、录音: written anew without their metadata, in a process of its own."""
    from minsheng.adapters import media

    return media.recast(source, kind=kind)


@lru_cache(maxsize=1)
def wechat_token() -> WechatToken | None:
    """微信凭据: one for everything that asks WeChat; None where the city has no account."""
    if not (settings.MINSHENG_WECHAT_APPID and settings.MINSHENG_WECHAT_SECRET):
        return None
    return WechatToken(settings.MINSHENG_WECHAT_APPID, settings.MINSHENG_WECHAT_SECRET)


@lru_cache(maxsize=1)
def transcriber() -> Transcriber | None:
    """语音转文字: the city's own recogniser; else WeChat's, where the city says so, because the sound then goes to Tencent; else none."""
    from minsheng.adapters.transcriber import HttpTranscriber, WechatTranscriber

    if settings.MINSHENG_RECOGNISER_URL:
        return HttpTranscriber(settings.MINSHENG_RECOGNISER_URL, key=settings.MINSHENG_RECOGNISER_KEY, model=settings.MINSHENG_RECOGNISER_MODEL)
    token = wechat_token() if settings.MINSHENG_WECHAT_VOICE else None
    return WechatTranscriber(token) if token is not None else None


@lru_cache(maxsize=2)
def classifier(directory: Directory) -> Classifier:
    """事项归类: compiled once for each directory; a reload makes a new directory and so a new classifier."""
    return KeywordAdapter(directory.categories.values())


def health(directory: Directory) -> tuple[Health, ...]:
    """Every adapter's state, for the health page and `minsheng doctor`."""
    adapters = (sms(), mail(), blobs(), parts(), transcriber(), classifier(directory))
    return tuple(adapter.check() for adapter in adapters if adapter is not None)

"""The only file that chooses adapters. Doors (`web`, `api`, `cli`, `jobs`) take them from here and hand them to commands."""

from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from minsheng.adapters.classifier import KeywordAdapter
from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.parts import LocalParts
from minsheng.adapters.sms import ConsoleSms, TencentSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.adapters.wechat import ConsoleWechat, WechatTemplate, WechatTemplates
from minsheng.adapters.wechat_token import WechatToken
from minsheng.policy.directory import Directory
from minsheng.ports import WAYS, BlobStore, Classifier, Health, MailSender, PartStore, Printer, Publisher, SmsSender, Telephony, Transcriber, WechatSender

if TYPE_CHECKING:
    from minsheng.adapters.asterisk import Bridge
    from minsheng.adapters.asterisk_line import Address
    from minsheng.adapters.documents import Document
    from minsheng.adapters.images import Image
    from minsheng.adapters.media import Footage
    from minsheng.adapters.posters import Printed
    from minsheng.domain.plates import Face, Plate, Size


@lru_cache(maxsize=1)
def sms() -> SmsSender:
    """短信: by the provider that the settings name, else the console."""
    if not settings.MINSHENG_SMS_PROVIDER:
        return ConsoleSms()
    return TencentSms(
        secret_id=settings.MINSHENG_SMS_ID,
        secret_key=settings.MINSHENG_SMS_KEY,
        app_id=settings.MINSHENG_SMS_APP,
        sign=settings.MINSHENG_SMS_SIGN,
        templates=settings.MINSHENG_SMS_TEMPLATES,
        region=settings.MINSHENG_SMS_REGION,
    )


@lru_cache(maxsize=1)
def mail() -> MailSender:
    """邮件: SMTP where the settings name a server, else the console."""
    if "mail" not in connected():
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
def wechat() -> WechatSender:
    """微信模板消息: where the settings name an official account, else the console."""
    if "wechat" not in connected():
        return ConsoleWechat()
    return WechatTemplates(
        appid=settings.MINSHENG_WECHAT_APPID,
        secret=settings.MINSHENG_WECHAT_SECRET,
        templates={name: _template(value) for name, value in settings.MINSHENG_WECHAT_TEMPLATES.items()},
    )


def _template(value: str) -> WechatTemplate:
    """One template of MINSHENG_WECHAT_TEMPLATES: ID, or ID:field=ours;field=ours (conf.base has checked the form)."""
    name, _, fields = value.partition(":")
    return WechatTemplate(name, dict(one.split("=") for one in fields.split(";"))) if fields else WechatTemplate(name)


def connected() -> tuple[str, ...]:
    """The ways to tell people that lead out of this machine, in the order of WAYS."""
    has = {
        "sms": bool(settings.MINSHENG_SMS_PROVIDER),
        "mail": settings.EMAIL_HOST not in ("", "localhost"),
        "wechat": bool(settings.MINSHENG_WECHAT_APPID and settings.MINSHENG_WECHAT_TEMPLATES),
    }
    return tuple(way for way in WAYS if has[way])


def ways() -> tuple[str, ...]:
    """通知方式: what this installation offers people beside the site. For trying out, also what only the log shows."""
    return WAYS if settings.MINSHENG_CONSOLE else connected()


def senders() -> tuple[SmsSender | None, MailSender | None, WechatSender | None]:
    """Those that are offered: what `notifying.notify` takes."""
    offered = ways()
    return sms() if "sms" in offered else None, mail() if "mail" in offered else None, wechat() if "wechat" in offered else None


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


def examine(content: bytes) -> "Document":
    """附件: known by its content; a photo is written anew."""
    from minsheng.adapters import documents

    return documents.examine(content)


def print_plates(plates: "list[Plate]", *, face: "Face", size: "Size") -> "Printed":
    """牌子: drawn here, for the command line. WeasyPrint is loaded with the first plate, not with the program."""
    from minsheng.adapters.posters import render

    return render(plates, face=face, size=size)


def print_plates_apart(plates: "list[Plate]", *, face: "Face", size: "Size") -> "Printed":
    """牌子: drawn by a process of its own, for the web server, which stays small."""
    from minsheng.adapters.posters import apart

    return apart(plates, face=face, size=size)


@lru_cache(maxsize=1)
def printer() -> Printer:
    """打印: sheets, drawn by a process of its own."""
    from minsheng.adapters.sheets import Pressman

    return Pressman()


@lru_cache(maxsize=1)
def publisher() -> Publisher:
    """刊物: laid out with the city's own DOCX template, where one lies beside its directory."""
    from minsheng.adapters.publications import Press

    return Press(Path(settings.MINSHENG_HOME, "directories", settings.MINSHENG_CITY, "publication.docx"))


def publication_template() -> bytes:
    """刊物模板: a fresh one, for a city to edit."""
    from minsheng.adapters.publications import template

    return template()


def code_picture(address: str) -> str:
    """二维码: the code of an address as SVG."""
    from minsheng.adapters.codes import svg

    return svg(address)


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


@lru_cache(maxsize=1)
def telephony() -> Telephony | None:
    """电话交换机: Asterisk where the settings name one; for trying out the log; else none."""
    from minsheng.adapters.asterisk import Asterisk, ConsoleTelephony

    if settings.MINSHENG_AMI_HOST:
        return Asterisk(_manager(), channel=settings.MINSHENG_AMI_CHANNEL, context=settings.MINSHENG_AMI_CONTEXT)
    return ConsoleTelephony() if settings.MINSHENG_CONSOLE else None


def asterisk_bridge(url: str) -> "Bridge | None":
    """来电桥: tells the address `url` of Asterisk's calls; None where no Asterisk is configured."""
    from minsheng.adapters.asterisk import Bridge

    if not settings.MINSHENG_AMI_HOST:
        return None
    return Bridge(_manager(), url=url, secret=settings.MINSHENG_CALLS_SECRET)


def _manager() -> "Address":
    from minsheng.adapters.asterisk_line import Address

    return Address(host=settings.MINSHENG_AMI_HOST, port=settings.MINSHENG_AMI_PORT, user=settings.MINSHENG_AMI_USER, secret=settings.MINSHENG_AMI_SECRET)


@lru_cache(maxsize=2)
def classifier(directory: Directory) -> Classifier:
    """事项归类: compiled once for each directory; a reload makes a new directory and so a new classifier."""
    return KeywordAdapter(directory.categories.values())


def health(directory: Directory) -> tuple[Health, ...]:
    """Every adapter's state, for the health page and `minsheng doctor`."""
    adapters = (sms(), mail(), wechat(), blobs(), parts(), transcriber(), telephony(), classifier(directory))
    return tuple(adapter.check() for adapter in adapters if adapter is not None)

"""What the program asks of the outside, as Protocols, and the frozen values that go to and fro.

Each port has a real client and a double in one file under `adapters/`, and one contract test that both pass. `check` is for the health page: it
asks the other side whether it is there and says so in words; it never raises.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from minsheng.domain.errors import MinshengError
from minsheng.intelligence.classify import Classification

WAYS = ("sms", "mail", "wechat")
"""通知方式: how a person can be told beside the site, in the order in which they are offered."""


class Undelivered(MinshengError):
    """没有送到: the other side did not take it. The job that sends tries again; the command that queued it has long succeeded."""

    status = 502
    code = "undelivered"


class Refused(Undelivered):
    """对方不收: nothing that trying again would change, such as a number that is none or a person who wants no messages. It is noted, and left."""

    code = "refused"


class Unheard(MinshengError):
    """没有转成: the recogniser is away or does not understand. The recording itself is safe."""

    status = 502
    code = "unheard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of one adapter: `name` as the health page shows it, and what is the matter (or that nothing is) in words."""

    name: str
    ok: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """短信: one message. `key` is the event's id: the same key twice is the same message, sent once.

    Chinese carriers send approved templates only: `template` is our name of one (docs/howto/notices.md), `values` what stands in its places, in
    order. `text` says the same in full, for senders that need no template.
    """

    key: str
    phone: str
    text: str
    template: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """邮件: one message of plain text. `key` is the event's id: the same key twice is the same message."""

    key: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatMessage:
    """微信模板消息: one message to a follower of the city's official account. `key` as for Sms.

    `template` is our name of one; `values` go by our names (code, what, unit, time): which field of the template takes which of them is a
    setting. `url` opens when the message is touched.
    """

    key: str
    openid: str
    template: str
    url: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A stored file: its address is the SHA-256 of its content, so the same file is stored once and never changes."""

    sha256: str
    size: int


class SmsSender(Protocol):
    """Sends text messages."""

    def send(self, message: Sms) -> None:
        """Hand the message over, or `Undelivered` (`Refused` where trying again is no use). A key that was handed over before is not sent again."""

    def check(self) -> Health:
        """Is it there?"""


class MailSender(Protocol):
    """Sends mail."""

    def send(self, message: Mail) -> None:
        """Hand the message over, or `Undelivered` or `Refused`. The key becomes the Message-ID, by which mail servers drop repeats."""

    def check(self) -> Health:
        """Is it there?"""


class WechatSender(Protocol):
    """Sends template messages of the city's official account."""

    def send(self, message: WechatMessage) -> None:
        """Hand the message over, or `Undelivered` or `Refused`. A key that was handed over before is not sent again."""

    def check(self) -> Health:
        """Is it there?"""


class BlobStore(Protocol):
    """Keeps files by their content."""

    def put(self, content: bytes) -> Blob:
        """Store it (again: no harm) and return its address."""

    def put_file(self, path: Path) -> Blob:
        """Store the content of a file, however large; the file itself stays where it is."""

    def open(self, sha256: str) -> BinaryIO:
        """The content to read from any place, without taking it into memory, or `NotFound`. Who opens it closes it."""

    def get(self, sha256: str) -> bytes:
        """The content, or `NotFound`. What is read is checked against its address: `Broken` when it no longer fits."""

    def has(self, sha256: str) -> bool:
        """Is it stored?"""

    def erase(self, sha256: str) -> None:
        """Remove it for good; removing what is not there is no error."""

    def check(self) -> Health:
        """Can it be written and read?"""


class PartStore(Protocol):
    """Keeps the beginnings of files that come in pieces, each under its ticket."""

    def append(self, ticket: str, *, at: int, content: bytes) -> None:
        """Put a piece behind the first `at` bytes; what lies beyond them is cut away first. `NotFound` when fewer are there, `NoRoom` on a full disk.

        When it returns, the piece survives a power cut.
        """

    def whole(self, ticket: str) -> AbstractContextManager[Path]:
        """The file as it is now, to be read as long as the context lasts, or `NotFound`."""

    def drop(self, ticket: str) -> None:
        """Forget it; dropping what is not there is no error."""

    def tickets(self) -> tuple[str, ...]:
        """All that are kept."""

    def check(self) -> Health:
        """Can it be written?"""


class Transcriber(Protocol):
    """语音转文字: writes down what is said in a recording."""

    def transcribe(self, audio: bytes, *, media_type: str) -> str:
        """The words, without outer space; empty where nothing was said that it understood. `Unheard` when it does not answer."""

    def check(self) -> Health:
        """Is it there?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """单子: one sheet to be printed. kind: handling (办理单) or instruction (批办单). values: plain values that its template lays out.

    address: what the code at the bottom leads to. A sheet with `goes_on` belongs to the one before it: their pages are counted together.
    """

    kind: str
    values: Mapping[str, Any]
    address: str
    pictures: tuple[bytes, ...] = ()
    goes_on: bool = False


class Printer(Protocol):
    """Lays sheets out on A4."""

    def draw(self, sheets: Sequence[Paper]) -> bytes:
        """One PDF, each sheet counted by itself (第 1 页，共 2 页); `Unprintable` where the machine lacks a font or a library."""

    def check(self) -> Health:
        """Can it print Chinese?"""


class Telephony(Protocol):
    """电话交换机: makes calls out."""

    def dial(self, extension: str, number: str, *, key: str) -> None:
        """Ring at the extension and, once it is taken up there, call the number; or `Undelivered`. It does not wait for either.

        `key` is the name by which the exchange's own messages will speak of this call.
        """

    def check(self) -> Health:
        """Is it there?"""


class Classifier(Protocol):
    """事项归类: says what a message is about."""

    def suggest(self, title: str, body: str, *, place: str | None) -> Classification:
        """The categories that fit, with reasons; `place` is the place in the citizen's words."""

    def check(self) -> Health:
        """Is it ready?"""


class Publisher(Protocol):
    """刊物: lays a publication out (domain.publications.Content) as files to read and to take away."""

    def pdf(self, content: Mapping[str, Any]) -> bytes:
        """A4, 公文格式, charts included; `Unprintable` where the machine lacks a font or a library."""

    def docx(self, content: Mapping[str, Any]) -> bytes:
        """The same in the city's template, to be edited; `BadInput` where that template cannot be filled."""

    def check(self) -> Health:
        """Can it draw Chinese?"""

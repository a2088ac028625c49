"""What the program asks of the outside, as Protocols, and the frozen values that go to and fro.

Each port has a real client and a double in one file under `adapters/`, and one contract test that both pass. `check` is for the health page: it
asks the other side whether it is there and says so in words; it never raises.
"""

from dataclasses import dataclass
from typing import Protocol

from minsheng.domain.errors import MinshengError
from minsheng.intelligence.classify import Classification


class Undelivered(MinshengError):
    """没有送到: the other side did not take it. The job that sends tries again; the command that queued it has long succeeded."""

    status = 502
    code = "undelivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of one adapter: `name` as the health page shows it, and what is the matter (or that nothing is) in words."""

    name: str
    ok: bool
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sms:
    """短信: one message. `key` is the event's id: the same key twice is the same message, sent once."""

    key: str
    phone: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """邮件: one message of plain text. `key` is the event's id: the same key twice is the same message."""

    key: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A stored file: its address is the SHA-256 of its content, so the same file is stored once and never changes."""

    sha256: str
    size: int


class SmsSender(Protocol):
    """Sends text messages."""

    def send(self, message: Sms) -> None:
        """Hand the message over, or `Undelivered`. A key that was handed over before is not sent again."""

    def check(self) -> Health:
        """Is it there?"""


class MailSender(Protocol):
    """Sends mail."""

    def send(self, message: Mail) -> None:
        """Hand the message over, or `Undelivered`. The key becomes the Message-ID, by which mail servers drop repeats."""

    def check(self) -> Health:
        """Is it there?"""


class BlobStore(Protocol):
    """Keeps files by their content."""

    def put(self, content: bytes) -> Blob:
        """Store it (again: no harm) and return its address."""

    def get(self, sha256: str) -> bytes:
        """The content, or `NotFound`. What is read is checked against its address: `Broken` when it no longer fits."""

    def has(self, sha256: str) -> bool:
        """Is it stored?"""

    def erase(self, sha256: str) -> None:
        """Remove it for good; removing what is not there is no error."""

    def check(self) -> Health:
        """Can it be written and read?"""


class Classifier(Protocol):
    """事项归类: says what a message is about."""

    def suggest(self, title: str, body: str, *, place: str | None) -> Classification:
        """The categories that fit, with reasons; `place` is the place in the citizen's words."""

    def check(self) -> Health:
        """Is it ready?"""

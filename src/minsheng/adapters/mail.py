"""邮件: mail over SMTP, and the console double that keeps it instead."""

import hashlib
import smtplib
from email.message import EmailMessage
from email.utils import formatdate

import structlog

from minsheng import clock
from minsheng.adapters.console import Console
from minsheng.intelligence.masking import mask
from minsheng.ports import Health, Mail, Refused, Undelivered

log = structlog.get_logger(__name__)


class SmtpMail:
    """Sends through one SMTP server, a connection for each message; times in seconds."""

    def __init__(self, *, host: str, port: int, sender: str, user: str = "", password: str = "", security: str = "starttls", timeout: float = 10.0) -> None:
        if security not in ("starttls", "tls", "none"):
            raise ValueError(f"security must be starttls, tls or none, not {security!r}")
        self._host, self._port, self._sender = host, port, sender
        self._user, self._password, self._security, self._timeout = user, password, security, timeout

    def send(self, message: Mail) -> None:
        """Hand the message to the server; the same key gives the same Message-ID, so that a repeat is dropped on the way."""
        _one_line(message)
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._sender, message.to, message.subject
        letter["Date"] = formatdate(clock.now().timestamp())
        letter["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{self._sender.rpartition('@')[2].strip('<> ')}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text)
        try:
            with self._connect() as server:
                server.send_message(letter)
        except (smtplib.SMTPException, OSError) as wrong:
            kind = Refused if _for_good(wrong) else Undelivered
            raise kind(f"邮件服务器没有收下：{_said(wrong)}", f"The mail server did not take it: {_said(wrong)}") from wrong

    def check(self) -> Health:
        """Connect, sign in and say nothing."""
        try:
            with self._connect() as server:
                server.noop()
        except (smtplib.SMTPException, OSError) as wrong:
            return Health(name="mail", ok=False, zh=f"邮件服务器连不上：{_said(wrong)}", en=f"The mail server cannot be reached: {_said(wrong)}")
        return Health(name="mail", ok=True, zh=f"邮件服务器 {self._host} 正常。", en=f"The mail server {self._host} answers.")

    def _connect(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if self._security == "tls" else smtplib.SMTP
        server = kind(self._host, self._port, timeout=self._timeout)
        try:
            if self._security == "starttls":
                server.starttls()
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _one_line(message: Mail) -> None:
    """A newline in an address or a subject would forge headers."""
    if {"\n", "\r"} & set(message.to + message.subject):
        raise Refused("邮件地址或标题里有换行，没有发出。", "The address or subject holds a newline; nothing was sent.")


class ConsoleMail(Console[Mail]):
    """Shows mail in the log."""

    def send(self, message: Mail) -> None:
        """As a mail server would: no newline in the head."""
        _one_line(message)
        super().send(message)

    def show(self, message: Mail) -> None:
        """Without numbers."""
        log.info("mail", key=message.key, to=mask(message.to).text, subject=mask(message.subject).text, said=mask(message.text).text)

    def check(self) -> Health:
        """Always there."""
        return Health(name="mail", ok=True, zh="邮件只显示在日志里，不会真的发出。", en="Mail is shown in the log and not sent.")


def _for_good(wrong: Exception) -> bool:
    """Does the server say 5xx of this receiver or of this letter? 4xx (full, greylisted, busy) passes."""
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in wrong.recipients.values())
    return isinstance(wrong, smtplib.SMTPDataError) and wrong.smtp_code >= 500


def _said(wrong: Exception) -> str:
    """What the other side said, without addresses or passwords."""
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        return "、".join(sorted({str(code) for code, _ in wrong.recipients.values()}))
    if isinstance(wrong, smtplib.SMTPResponseException):
        return f"{wrong.smtp_code}"
    return type(wrong).__name__ if not isinstance(wrong, OSError) or wrong.strerror is None else wrong.strerror

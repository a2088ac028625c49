"""The contracts of the senders: once for each key, whole or `Undelivered`, and a health that never raises."""

import smtplib
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest
from structlog.testing import capture_logs

from minsheng.adapters.mail import ConsoleMail, SmtpMail
from minsheng.adapters.sms import ConsoleSms
from minsheng.conf.logs import FORBIDDEN
from minsheng.ports import Mail, MailSender, Refused, Sms, Undelivered

LETTER = Mail(key="event-1", to="someone@example.com", subject="您的诉求有答复了", text="窗户 11 月 21 日已换好。")


def test_a_message_is_kept_once_for_each_key() -> None:
    sms = ConsoleSms()
    first = Sms(key="event-1", phone="13800000001", text="已派单")
    sms.send(first)
    sms.send(first)
    sms.send(Sms(key="event-2", phone="13800000001", text="已派单"))
    assert [message.key for message in sms.sent] == ["event-1", "event-2"]
    assert sms.check().ok


def test_the_log_shows_what_would_have_been_sent() -> None:
    """For trying out: the words stand under a name that the log does not drop (conf/logs.py)."""
    with capture_logs() as logged:
        ConsoleSms().send(Sms(key="event-1", phone="13800000001", text="验证码 246810"))
        ConsoleMail().send(LETTER)
    assert [("246810" in line["said"], bool(set(line) & FORBIDDEN)) for line in logged] == [(True, False), (False, False)]


def test_the_log_holds_no_number() -> None:
    with capture_logs() as logged:
        ConsoleSms().send(Sms(key="event-1", phone="13800000001", text="联系电话13800000002"))
        ConsoleMail().send(LETTER)
    assert len(logged) == 2
    assert not any(word in str(logged) for word in ("13800000001", "13800000002", "someone@"))


class _Mailbox(socketserver.ThreadingTCPServer):
    """A mail server of a few lines that takes everything but what is for `nobody@`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Session)


class _Session(socketserver.StreamRequestHandler):
    server: _Mailbox

    def handle(self) -> None:
        self._say("220 here")
        while command := self.rfile.readline().strip():
            word = command[:4].upper()
            if word == b"DATA":
                self._say("354 go on")
                lines: list[bytes] = []
                while (read := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(read)
                self.server.letters.append(b"".join(lines))
            self._say("550 unknown" if b"nobody@" in command else "451 try later" if b"later@" in command else "221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture
def mailbox() -> Iterator[_Mailbox]:
    with _Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def smtp(port: int) -> SmtpMail:
    return SmtpMail(host="127.0.0.1", port=port, sender="民声 <noreply@example.com>", security="none", timeout=5)


@pytest.fixture(params=["smtp", "console"])
def mail(request: pytest.FixtureRequest, mailbox: _Mailbox) -> MailSender:
    return smtp(mailbox.server_address[1]) if request.param == "smtp" else ConsoleMail()


def test_mail_is_taken_and_health_is_good(mail: MailSender) -> None:
    mail.send(LETTER)
    mail.send(LETTER)
    health = mail.check()
    assert health.ok
    assert health.name == "mail"


@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_newline_forges_no_header(mail: MailSender, field: str) -> None:
    words = {"to": "someone@example.com", "subject": "标题", field: "x@example.com\nBcc: all@example.com"}
    with pytest.raises(Undelivered):
        mail.send(Mail(key="event-1", text="…", to=words["to"], subject=words["subject"]))


def test_what_arrives_is_what_was_written(mailbox: _Mailbox) -> None:
    sender = smtp(mailbox.server_address[1])
    sender.send(LETTER)
    sender.send(LETTER)
    first, second = (message_from_bytes(letter, policy=default) for letter in mailbox.letters)
    assert first["Subject"] == LETTER.subject
    assert first["To"] == LETTER.to
    assert first.get_content().strip() == LETTER.text
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.com>")


def test_a_refused_address_is_undelivered(mailbox: _Mailbox) -> None:
    with pytest.raises(Undelivered) as caught:
        smtp(mailbox.server_address[1]).send(Mail(key="k", to="nobody@example.com", subject="s", text="t"))
    assert "没有收下" in caught.value.zh
    assert isinstance(caught.value.__cause__, smtplib.SMTPException)


@pytest.mark.parametrize(("to", "good"), [("nobody@example.com", False), ("later@example.com", True)])
def test_an_address_that_is_none_is_for_good_and_a_busy_one_is_not(mailbox: _Mailbox, to: str, good: bool) -> None:
    """5xx of the receiver: trying again is no use; 4xx passes. The words name the code and not the address."""
    with pytest.raises(Undelivered) as caught:
        smtp(mailbox.server_address[1]).send(Mail(key="k", to=to, subject="s", text="t"))
    assert isinstance(caught.value, Refused) is not good
    assert ("451" if good else "550") in caught.value.en
    assert to not in f"{caught.value.zh}{caught.value.en}"


def test_no_server_is_undelivered_and_health_says_so() -> None:
    nowhere = smtp(1)
    with pytest.raises(Undelivered):
        nowhere.send(LETTER)
    health = nowhere.check()
    assert not health.ok
    assert "连不上" in health.zh


def test_an_unknown_security_is_refused() -> None:
    with pytest.raises(ValueError, match="security"):
        SmtpMail(host="h", port=25, sender="a@example.com", security="ssl3")


def test_the_double_keeps_mail_once() -> None:
    console = ConsoleMail()
    console.send(LETTER)
    console.send(LETTER)
    assert console.sent == (LETTER,)

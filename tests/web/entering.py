"""Signing in as people do, for tests of what lies behind it."""

import re

from django.test import Client

from minsheng import wiring
from minsheng.adapters.mail import ConsoleMail
from minsheng.adapters.sms import ConsoleSms

PHONE, MAIL = "138 0000 0031", "li@example.com"


def last_code(to: str = PHONE) -> str:
    """The code that went last to this number or address."""
    sms, mail = wiring.sms(), wiring.mail()
    assert isinstance(sms, ConsoleSms) and isinstance(mail, ConsoleMail)
    sent = [(m.to, m.text) for m in mail.sent] if "@" in to else [(m.phone, m.text) for m in sms.sent]
    text = next(text for address, text in reversed(sent) if address == to.replace(" ", ""))
    found = re.search(r"\d{6}", text)
    assert found
    return found[0]


def sign_in(client: Client, to: str = PHONE, *, path: str = "") -> int:
    """Ask for a code, enter it; returns the account."""
    client.get("/account/signin")
    asked = client.post("/account/signin", {"contact": to, "next": path})
    assert asked.status_code == 302, asked.content.decode()
    entered = client.post("/account/code", {"code": last_code(to), "next": path})
    assert entered.status_code == 302, entered.content.decode()
    return int(client.session["account"])

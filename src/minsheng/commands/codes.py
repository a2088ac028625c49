"""验证码: six digits that prove a number or an address. Good for five minutes, five tries and one use; how often one may be asked for is counted in rows."""

import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from minsheng.commands import allowances
from minsheng.commands.allowances import Rule
from minsheng.domain import text
from minsheng.domain.errors import BadInput
from minsheng.ports import Mail, MailSender, Sms, SmsSender
from minsheng.queries import rules as rulebook
from minsheng.sealing import keyring

MINUTES, TRIES = 5, 5
#: Codes for one number or address: not again at once, and not all day long.
_PER_CONTACT = (Rule("code.minute", 1, 60), Rule("code.hour", 5, 3600), Rule("code.day", 10, 86400))
_PER_ADDRESS = Rule("code.address", 20, 3600)
_PER_DEVICE = Rule("code.device", 10, 3600)
_TRIES_PER_ADDRESS = Rule("try.address", 30, 600)
_TRIES_PER_CODE = Rule("try.code", TRIES, 900)
_MOBILE = re.compile(r"1[3-9]\d{9}")
_MAIL_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Contact:
    """手机号或邮箱, as it is written to. kind: phone or mail."""

    kind: str
    value: str

    @property
    def index(self) -> bytes:
        """The blind index it is found by."""
        return keyring().blind_index(self.value, kind=self.kind)


def contact(typed: str, *, field: str = "contact") -> Contact:
    """What somebody typed as number or address, or BadInput saying what to do."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    if not plain:
        raise BadInput(field=field, zh="填上手机号，没有手机号就填邮箱。", en="Fill in your mobile number, or your e-mail address.")
    return _mail(plain, field) if "@" in plain else _phone(plain, field)


def _phone(plain: str, field: str) -> Contact:
    number = text.phone(plain, name=field)
    if not _MOBILE.fullmatch(number):
        raise BadInput(field=field, zh="座机收不到验证码，请填手机号或邮箱。", en="A landline cannot receive a code; give a mobile number or e-mail.")
    return Contact("phone", number)


def _mail(plain: str, field: str) -> Contact:
    address = text.line(plain, limit=_MAIL_LIMIT, name=field)
    try:
        EmailValidator()(address)
    except ValidationError:
        raise BadInput(
            field=field, zh="邮箱地址写得不完整，像这样：name@example.com。", en="The e-mail address is not complete; it looks like name@example.com."
        ) from None
    return Contact("mail", address)


def make() -> str:
    """A new code."""
    return f"{secrets.randbelow(10**6):06d}"


def read(typed: str) -> str:
    """A code as somebody typed it: full-width digits and gaps do not count."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed))[:20]


def allow(wanted: Contact, *, address: str, device: str) -> None:
    """May a code be sent to this number or address now, from this network address and this device? Counts it, or raises TooMany."""
    key = wanted.index.hex()
    allowances.take_all([*((rule, key) for rule in _PER_CONTACT), (_PER_ADDRESS, address), (_PER_DEVICE, device)])


def attempt(code: str, *, address: str) -> None:
    """One try at a code, named by whatever tells it from others; counted per code and per network address, or TooMany."""
    allowances.take_all([(_TRIES_PER_CODE, code), (_TRIES_PER_ADDRESS, address)])


def send(to: Contact, *, code: str, sms: SmsSender, mail: MailSender) -> None:
    """发验证码. Undelivered where the provider does not take it."""
    city, key = rulebook.today().profile.city, f"code:{secrets.token_hex(16)}"
    zh = f"{city}民声：验证码 {code}，{MINUTES} 分钟内有效，只能用一次。不是您本人操作，不用理会，也不要告诉别人。"
    if to.kind == "phone":
        sms.send(Sms(key=key, phone=to.value, text=zh, template="code", values=(code, str(MINUTES))))
        return
    en = f"Your code is {code}. It is good for {MINUTES} minutes and one use. If you did not ask for it, ignore this message and tell nobody."
    mail.send(Mail(key=key, to=to.value, subject=f"{city}民声验证码 / Minsheng code", text=f"{zh}\n\n{en}\n"))

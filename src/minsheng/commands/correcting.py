"""更正: a person corrects what is held of them. What they correct goes to the cases that are still open as well, so that the unit reaches them."""

from django.db import transaction

from minsheng import clock
from minsheng.commands.accounts import locked, prove, take_contact
from minsheng.commands.codes import Contact
from minsheng.commands.people import opened, sealed_for
from minsheng.domain.errors import BadInput, WrongState
from minsheng.domain.states import OPEN
from minsheng.domain.text import line
from minsheng.models.case import Party
from minsheng.models.people import Account
from minsheng.queries.accounts import context
from minsheng.sealing import keyring

KINDS = ("citizen", "enterprise")
CHANNELS = ("sms", "mail", "wechat")


def correct(account: int, *, name: str, kind: str) -> None:
    """称呼和身份: how to address the person, and whether it is one or an enterprise. An empty name takes it away."""
    name = line(name, limit=40, name="name") if name.strip() else ""
    if kind not in KINDS:
        raise BadInput(field="kind", zh="请选个人或企业。", en="Choose a person or an enterprise.")
    with transaction.atomic():
        row, ring = locked(account), keyring()
        before = ring.open(row.name, context=context(account, "name")) if row.name else ""
        row.kind, row.name = kind, ring.seal(name, context=context(account, "name")) if name else None
        row.save(update_fields=["kind", "name"])
        if name and before and name != before:
            _in_open_cases(account, "name", before=before, after=name)


def choose_channels(account: int, *, channels: list[str]) -> None:
    """怎么告诉我: by text message, mail, WeChat; none is a choice too, on the site everything stands. Only ways that are proven."""
    with transaction.atomic():
        row = locked(account)
        ready = {"sms": row.phone_verified_at, "mail": row.mail_verified_at, "wechat": row.wechat}
        for channel in channels:
            if channel not in CHANNELS or ready[channel] is None:
                raise BadInput(
                    field="channels",
                    zh="这种办法还没有开通，先加上手机号、邮箱或微信。",
                    en="This way is not open yet; add the number, address or WeChat first.",
                )
        row.channels = [channel for channel in CHANNELS if channel in channels]
        row.save(update_fields=["channels"])


def change_contact(account: int, contact: Contact) -> None:
    """换号码、换邮箱: the new one has proven itself by its code. An account that never proved it gives way."""
    with transaction.atomic():
        row, ring = locked(account), keyring()
        take_contact(contact, but=account)
        sealed = getattr(row, contact.kind)
        before = ring.open(sealed, context=context(account, contact.kind)) if sealed else ""
        fresh = {contact.kind: ring.seal(contact.value, context=context(account, contact.kind)), f"{contact.kind}_index": contact.index}
        Account.objects.filter(pk=account).update(**fresh, at=clock.now())
        prove(account, kind=contact.kind)
        if contact.kind == "phone" and before and before != contact.value:
            _in_open_cases(account, "phone", before=before, after=contact.value)


def drop_mail(account: int) -> None:
    """去掉邮箱: the account has no mail address any more. The only way to sign in cannot be taken away."""
    with transaction.atomic():
        row = locked(account)
        if row.phone_verified_at is None and not row.user.socialaccount_set.exists():  # type: ignore[attr-defined]
            raise WrongState("这是您登录的唯一办法。先加上手机号，再去掉邮箱。", "This is your only way to sign in. Add a mobile number first.")
        row.mail = row.mail_index = row.mail_verified_at = None
        row.channels = [channel for channel in row.channels if channel != "mail"]
        row.level = "" if row.level == "mail" else row.level
        row.save(update_fields=["mail", "mail_index", "mail_verified_at", "channels", "level"])


def _in_open_cases(account: int, field: str, *, before: str, after: str) -> None:
    """The person's part of the cases that are still open, where it says what the account said: who filed under another name or number keeps it there."""
    parties = Party.objects.select_for_update(of=("self",)).filter(account=account, left_at=None, erased_at=None, case__state__in=OPEN)
    for party in parties.order_by("pk"):
        if getattr(opened(party), field) == before:
            Party.objects.filter(pk=party.pk).update(**sealed_for(party.case_id, field, after))

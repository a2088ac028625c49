"""市民账号: whoever proves a number, an address or an identity has an account. The row of the user beside it has no name and can hold no post.

Name, number and address are sealed in Account and stand nowhere else; a number or an address is found by its blind index. An account that was begun
by asking for a code, and never proven, is removed after a day: so asking looks the same for a number that is known and for one that is not.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from minsheng import clock
from minsheng.commands.codes import Contact
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.domain.states import PartyRole
from minsheng.domain.text import line
from minsheng.models.case import Party
from minsheng.models.people import Account, User
from minsheng.queries.accounts import FIELDS, context
from minsheng.sealing import keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a provider says of a person. real_name: None where it says nothing of it. wechat: the openid at the city's official account."""

    name: str = ""
    real_name: bool | None = None
    wechat: str = ""


UNPROVEN = timedelta(days=1)
#: A proven contact opens the way of being told that belongs to it.
_CHANNEL = {"phone": "sms", "mail": "mail"}
REAL_NAME = "real_name"


def find_or_make(contact: Contact) -> int:
    """认人: the account of this number or address; where there is none, one that is not proven yet."""
    index = {f"{contact.kind}_index": contact.index}
    found = Account.objects.filter(**index).first()
    if found is None:
        try:
            with transaction.atomic():
                found = _new()
                sealed = keyring().seal(contact.value, context=context(found.pk, contact.kind))
                Account.objects.filter(pk=found.pk).update(**index, **{contact.kind: sealed})
        except IntegrityError:  # asked for twice at once: the other was first
            found = Account.objects.get(**index)
    elif not _proven(found):
        Account.objects.filter(pk=found.pk).update(at=clock.now())  # not swept while the code is on its way
    return found.pk


def prove(account: int, *, kind: str) -> None:
    """The code for the account's number (phone) or address (mail) was right."""
    with transaction.atomic():
        row = locked(account)
        if getattr(row, f"{kind}_verified_at") is None and _CHANNEL[kind] not in row.channels:
            row.channels.append(_CHANNEL[kind])
        setattr(row, f"{kind}_verified_at", clock.now())
        row.level = _level(row)
        row.save(update_fields=[f"{kind}_verified_at", "channels", "level"])


# --- by a provider ----------------------------------------------------------------------------------------------------------------


def enter_by_provider(*, provider: str, uid: str, said: Said) -> int:
    """以第三方登录: the account linked to this identity; the first time one is made. Nothing but the identity is matched, least of all a mail address."""
    try:
        with transaction.atomic():
            linked = SocialAccount.objects.filter(provider=provider, uid=uid).first()
            row = Account.objects.select_for_update().get(pk=linked.user_id) if linked else _new()
            if linked is None:
                SocialAccount.objects.create(user_id=row.pk, provider=provider, uid=uid, extra_data={})
            _believe(row, said)
    except IntegrityError:  # the same person twice at once: the other was first
        return SocialAccount.objects.get(provider=provider, uid=uid).user_id
    return row.pk


def link_provider(account: int, *, provider: str, uid: str, said: Said) -> None:
    """连上: from now on this identity opens the account too."""
    with transaction.atomic():
        row = locked(account)
        linked = SocialAccount.objects.filter(provider=provider, uid=uid).first()
        if linked is not None and linked.user_id != account:
            raise WrongState(
                "它已经连着另一个账号。先用它登录那个账号，在「我的资料」里断开，再来连。",
                "It belongs to another account. Sign in there with it, unlink it under My data, and come back.",
            )
        if linked is None:
            SocialAccount.objects.create(user_id=account, provider=provider, uid=uid, extra_data={})
        _believe(row, said)


def unlink_provider(account: int, *, provider: str) -> None:
    """断开: this provider opens the account no more. The last way in cannot be taken away."""
    with transaction.atomic():
        row = locked(account)
        others = SocialAccount.objects.filter(user_id=account).exclude(provider=provider)
        if not (_contact_proven(row) or others.exists()):
            raise WrongState(
                "这是您登录的唯一办法。先加上手机号或邮箱，再断开。", "This is your only way to sign in. Add a mobile number or an e-mail address first."
            )
        SocialAccount.objects.filter(user_id=account, provider=provider).delete()


def _believe(row: Account, said: Said) -> None:
    """The provider's last word counts: who was once known by the real name and is no more, is no more here. A name of the person's own stays."""
    if said.real_name is not None:
        row.level = REAL_NAME if said.real_name else ""
        row.level = _level(row)
    if said.real_name and row.name is None:
        with suppress(BadInput):  # a name that cannot be shown, or none: the person writes it
            row.name = keyring().seal(line(said.name[:40], limit=40, name="name"), context=context(row.pk, "name"))
    if said.wechat:
        if row.wechat is None and "wechat" not in row.channels:
            row.channels.append("wechat")
        row.wechat = keyring().seal(said.wechat, context=context(row.pk, "wechat"))
    row.save(update_fields=["level", "name", "wechat", "channels"])


# --- the cases ----------------------------------------------------------------------------------------------------------------


def adopt(account: int, *, codes: list[str]) -> int:
    """归到账号: cases whose secret this browser has shown go to the account, where no other account has them; returns how many. Anonymous ones stay so."""
    found = Party.objects.filter(case__code__in=codes, role=PartyRole.CALLER, account=None, left_at=None, erased_at=None)
    return found.update(account=account)


# --- upkeep -------------------------------------------------------------------------------------------------------------------


def sweep_unproven() -> int:
    """清理: accounts that were begun a day ago and never proven; returns how many."""
    old = Account.objects.filter(at__lt=clock.now() - UNPROVEN, phone_verified_at=None, mail_verified_at=None, erased_at=None)
    users = User.objects.filter(pk__in=old.values("pk"), socialaccount=None)
    count = users.count()
    users.delete()
    return count


def rekey(batch: int = 500) -> int:
    """换密钥: seal every account again under the newest key; returns how many were changed. Run until it returns 0 (with people.rekey)."""
    ring, changed = keyring(), 0
    for row in Account.objects.filter(erased_at=None).order_by("pk").iterator(chunk_size=batch):
        old = {field: value for field in FIELDS if (value := getattr(row, field)) and ring.is_old(value)}
        fresh = {field: ring.seal(ring.open(value, context=context(row.pk, field)), context=context(row.pk, field)) for field, value in old.items()}
        if fresh:  # unless it was erased or corrected in the meantime
            changed += Account.objects.filter(pk=row.pk, erased_at=None, **old).update(**fresh)
    return changed


def take_contact(contact: Contact, *, but: int) -> None:
    """Nobody else may have this number or address: an account that never proved it gives way, one that did is a reason to say no."""
    other = Account.objects.select_for_update().filter(**{f"{contact.kind}_index": contact.index}).exclude(pk=but).first()
    if other is None:
        return
    if _proven(other):
        raise BadInput(
            field="contact",
            zh="它已经有自己的账号了。退出后用它登录，就是那个账号。",
            en="It has an account of its own. Sign out and sign in with it to use that one.",
        )
    User.objects.filter(pk=other.pk).delete()


def locked(account: int) -> Account:
    """The account, locked until the end of the transaction; one that is gone is NotFound."""
    row = Account.objects.select_for_update().filter(pk=account, erased_at=None).first()
    if row is None:
        raise NotFound("这个账号已经删除。", "This account has been deleted.")
    return row


# --- the small steps --------------------------------------------------------------------------------------------------------------


def _new() -> Account:
    user = User.objects.create(username=f"c-{secrets.token_hex(10)}", display_name="", password=make_password(None), created_at=clock.now())
    return Account.objects.create(user=user, channels=[], at=clock.now())


def _level(row: Account) -> str:
    if row.level == REAL_NAME:
        return REAL_NAME
    return "phone" if row.phone_verified_at else "mail" if row.mail_verified_at else ""


def _contact_proven(row: Account) -> bool:
    return row.phone_verified_at is not None or row.mail_verified_at is not None


def _proven(row: Account) -> bool:
    return _contact_proven(row) or SocialAccount.objects.filter(user_id=row.pk).exists()

"""我的资料: what is held of an account, opened for its owner. Nothing is recorded: it is their own."""

from dataclasses import dataclass, field
from datetime import datetime

from allauth.socialaccount.models import SocialAccount

from minsheng.models.people import Account
from minsheng.sealing import keyring

#: What is sealed.
FIELDS = ("name", "phone", "mail", "wechat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """An account, plain: for its owner's page and never kept. providers: (id, linked at)."""

    account: int
    kind: str
    name: str
    phone: str
    mail: str
    wechat: str
    phone_proven: bool
    mail_proven: bool
    level: str
    channels: tuple[str, ...]
    at: datetime
    providers: tuple[tuple[str, datetime], ...] = field(default=())


def context(account: int, name: str) -> bytes:
    """Binds a sealed value to its account and field, so that it opens nowhere else."""
    return f"account:{account}:{name}".encode()


def party_context(case: int, name: str) -> bytes:
    """Binds a sealed value to its case and field, so that it cannot be moved elsewhere."""
    return f"party:{case}:{name}".encode()


def me(account: int) -> Me | None:
    """The account, or None where it is gone."""
    row = Account.objects.filter(pk=account, erased_at=None).first()
    if row is None:
        return None
    ring = keyring()
    plain = {name: ring.open(value, context=context(row.pk, name)) if (value := getattr(row, name)) else "" for name in FIELDS}
    linked = SocialAccount.objects.filter(user_id=account).order_by("pk").values_list("provider", "date_joined")
    return Me(
        account=row.pk, kind=row.kind, phone_proven=row.phone_verified_at is not None, mail_proven=row.mail_verified_at is not None, level=row.level,
        channels=tuple(row.channels), at=row.at, providers=tuple(linked), **plain,
    )  # fmt: skip


def is_open(account: int) -> bool:
    """Is this the account of a citizen, and not gone? Staff have none."""
    return Account.objects.filter(pk=account, erased_at=None, user__is_active=True).exists()

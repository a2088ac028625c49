"""令牌: keys to the API for staff and systems. The key is shown once; only its SHA-256 is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from minsheng import clock
from minsheng.domain.errors import BadInput, NotFound
from minsheng.domain.text import line
from minsheng.models.fetching import fetch
from minsheng.models.people import Token, User

PREFIX = "ms_"
DAYS = 90
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Known:
    """A token as lists show it."""

    id: int
    username: str
    name: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def issue(username: str, *, name: str, days: int = DAYS) -> str:
    """Make a token for this account; returns the key, which nobody can read again."""
    name = line(name, limit=60, name="name")
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(field="days", zh=f"有效期 1 到 {MOST_DAYS} 天。", en=f"A token is valid for 1 to {MOST_DAYS} days.")
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound(f"没有「{username}」这个账号，或它已经停用。", f"There is no account {username}, or it is not active.")
    plain = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    Token.objects.create(digest=_digest(plain), name=name, user=user, created_at=now, expires_at=now + timedelta(days=days))
    return plain


def add_system(username: str, *, name: str) -> None:
    """Make an account for another system: no password, no unit. It may file on every channel and see nothing else. Known ones stay as they are."""
    username, name = line(username, limit=60, name="username"), line(name, limit=60, name="name")
    User.objects.get_or_create(username=username, defaults={"display_name": name, "created_at": clock.now(), "password": "!"})


def find(plain: str) -> User | None:
    """The account behind a key, if it is valid now."""
    if not plain.startswith(PREFIX) or len(plain) > 100:
        return None
    return next(iter(fetch(User, _VALID, [_digest(plain), clock.now()])), None)


_VALID = (
    "JOIN ms_token t ON t.user_id = ms_user.id "
    "WHERE t.digest = %s AND t.revoked_at IS NULL AND ms_user.is_active AND (t.expires_at IS NULL OR t.expires_at > %s)"
)


def revoke(number: int) -> None:
    """End a token now."""
    if not Token.objects.filter(pk=number, revoked_at=None).update(revoked_at=clock.now()):
        raise NotFound(f"没有 {number} 号令牌，或它已经作废。", f"There is no token {number}, or it has been revoked.")


def known() -> list[Known]:
    """All tokens, newest first."""
    rows = Token.objects.select_related("user").order_by("-id")
    return [Known(row.pk, row.user.username, row.name, row.created_at, row.expires_at, row.revoked_at) for row in rows]


def _digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()

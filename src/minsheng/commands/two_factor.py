"""两步验证 of staff: a secret shared with an authenticator (TOTP, RFC 6238: six digits, 30 seconds, SHA-1), sealed; and codes for the day the phone is lost.

A code is good once: the time step that was used last is kept. Guessing is counted in rows, so that the limit holds in every process.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.db import transaction

from minsheng import clock
from minsheng.commands import acts, allowances
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.models.people import User
from minsheng.models.staff import TwoFactor
from minsheng.sealing import keyring

STEP = 30
DIGITS = 6
RESCUE = 8
#: Letters of a rescue code that are not mistaken for each other.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_TRIES, _WITHIN = 5, 15 * 60


@dataclass(frozen=True, slots=True)
class Begun:
    """What the authenticator must learn: the secret in base32, and the same as an address for a QR code."""

    secret: str
    uri: str


def required() -> bool:
    """Must every staff member have a second step?"""
    return bool(settings.MINSHENG_STAFF_TWO_FACTOR == "required")


def has(user: int) -> bool:
    """Does this person sign in with a second step?"""
    return TwoFactor.objects.filter(user_id=user, confirmed_at__isnull=False).exists()


def satisfied(session: Mapping[str, Any]) -> bool:
    """May somebody with this session work? Where a second step is required, only after it; an identity provider that signed somebody in stands for it."""
    return not required() or bool(session.get("second"))


def begin(user: int, *, issuer: str) -> Begun:
    """开始设置: a fresh secret. It counts only once a code made from it has been typed."""
    if has(user):
        raise WrongState("您已经开了两步验证。要换手机，先关掉再设。", "The second step is on already; switch it off before setting it up anew.")
    owner = User.objects.get(pk=user)
    secret = secrets.token_bytes(20)
    sealed = keyring().seal(base64.b32encode(secret).decode(), context=_context(user))
    TwoFactor.objects.update_or_create(user_id=user, defaults={"secret": sealed, "at": clock.now(), "last_step": 0, "rescue": [], "confirmed_at": None})
    return Begun(base64.b32encode(secret).decode(), _totp(secret).get_provisioning_uri(owner.username, issuer))


def begun(user: int, *, issuer: str) -> Begun | None:
    """What was begun and not confirmed, to show it again; None where nothing is."""
    row = TwoFactor.objects.filter(user_id=user, confirmed_at=None).select_related("user").first()
    if row is None:
        return None
    secret = _secret(row)
    return Begun(base64.b32encode(secret).decode(), _totp(secret).get_provisioning_uri(row.user.username, issuer))


def confirm(user: int, *, code: str, by: Actor) -> list[str]:
    """设置完成: the first code was right. Returns the rescue codes; they are shown this once and kept as digests only."""
    allowances.take("second-step", str(user), times=_TRIES, seconds=_WITHIN)
    with transaction.atomic():
        row = TwoFactor.objects.select_for_update().filter(user_id=user, confirmed_at=None).first()
        if row is None:
            raise WrongState("没有正在设置的两步验证。", "No second step is being set up.")
        step = _step(_secret(row), code)
        if step is None:
            raise _wrong()
        codes = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2)) for _ in range(RESCUE)]
        row.confirmed_at, row.last_step, row.rescue = clock.now(), step, [_digest(one) for one in codes]
        row.save(update_fields=["confirmed_at", "last_step", "rescue"])
        acts.record("second_step", by=by, subject=f"user:{user}", after={"on": True})
    return codes


def check(user: int, *, code: str) -> None:
    """验证: the code of now (or the step beside it), or a rescue code, which is used up by it. Raises BadInput, or TooMany after five wrong ones."""
    allowances.take("second-step", str(user), times=_TRIES, seconds=_WITHIN)
    with transaction.atomic():
        row = TwoFactor.objects.select_for_update().filter(user_id=user, confirmed_at__isnull=False).first()
        if row is None:
            raise NotFound("没有开两步验证。", "The second step is not on.")
        digest = _digest(code)
        if digest in row.rescue:
            row.rescue.remove(digest)
            row.save(update_fields=["rescue"])
        else:
            step = _step(_secret(row), code)
            if step is None or step <= row.last_step:
                raise _wrong()
            row.last_step = step
            row.save(update_fields=["last_step"])
    allowances.forgive("second-step", str(user))


def remove(user: int, *, by: Actor) -> None:
    """关掉: by the person (who has just shown a code), or by an administrator when the phone is lost."""
    with transaction.atomic():
        deleted, _ = TwoFactor.objects.filter(user_id=user).delete()
        if deleted:
            acts.record("second_step", by=by, subject=f"user:{user}", after={"on": False})


def rekey() -> int:
    """换密钥: seal every secret again under the newest key; returns how many were changed."""
    ring, changed = keyring(), 0
    for row in TwoFactor.objects.order_by("user_id").iterator(chunk_size=500):
        if ring.is_old(row.secret):
            context = _context(row.user_id)
            changed += TwoFactor.objects.filter(pk=row.pk).update(secret=ring.seal(ring.open(row.secret, context=context), context=context))
    return changed


def _step(secret: bytes, code: str) -> int | None:
    """The time step that this code is of: now, the one before or the one after (clocks of phones go wrong a little)."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit() and len(typed) == DIGITS):
        return None
    totp, now = _totp(secret), int(clock.now().timestamp()) // STEP
    found = [step for step in (now, now - 1, now + 1) if secrets.compare_digest(totp.generate(step * STEP), typed.encode())]
    return found[0] if found else None


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 (the algorithm that authenticators know)


def _secret(row: TwoFactor) -> bytes:
    return base64.b32decode(keyring().open(row.secret, context=_context(row.user_id)))


def _context(user: int) -> bytes:
    return f"two_factor:{user}".encode()


def _digest(code: str) -> str:
    return hashlib.sha256("".join(code.split()).lower().encode()).hexdigest()


def _wrong() -> BadInput:
    return BadInput(
        field="code",
        zh="验证码不对，或者刚刚用过。请等手机上换了新的 6 位数字再输。",
        en="This code is wrong or was used. Wait for the next six digits on the phone.",
    )

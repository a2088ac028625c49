"""封存: personal data is sealed before it is stored, and found again without being opened.

AES-256-GCM. A sealed value says which key sealed it, so keys rotate: the newest seals, every known one opens. The context (table, column, row)
is bound into the seal: a value copied into another row does not open there. A blind index is an HMAC under a key of its own: equal values have
equal indexes, and nobody who holds the database alone can go from an index back to a telephone number by trying them all.

Form of a sealed value: 1 byte version · 1 byte length of the key's id · id · 12 bytes nonce · ciphertext with its 16 byte tag.
"""

import hashlib
import hmac
import os
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from minsheng.domain.errors import MinshengError

_VERSION = 1
_NONCE = 12
_TAG = 16


class SealBroken(MinshengError):
    """封存打不开: sealed under a key that is not here, for another row, or altered since."""

    status = 500
    code = "seal_broken"


class Keyring:
    """The keys of one installation: `keys` newest first as (id, 32 bytes), and the key of the blind index."""

    def __init__(self, *, keys: Sequence[tuple[str, bytes]], index_key: bytes) -> None:
        if not keys:
            raise ValueError("a keyring needs at least one key")
        if any(len(key) != 32 for _, key in keys) or len(index_key) != 32:
            raise ValueError("every key has 32 bytes")
        if any(not 0 < len(name.encode()) < 256 for name, _ in keys) or len({name for name, _ in keys}) != len(keys):
            raise ValueError("every key has an id of its own, of 1 to 255 bytes")
        if any(key == index_key for _, key in keys):
            raise ValueError("the blind index needs a key of its own")
        self._newest = keys[0][0]
        self._ciphers = {name: AESGCM(key) for name, key in keys}
        self._index_key = index_key

    def seal(self, plain: str, *, context: bytes) -> bytes:
        """Sealed under the newest key; sealing the same text twice gives different bytes."""
        name = self._newest.encode()
        header = bytes((_VERSION, len(name))) + name
        nonce = os.urandom(_NONCE)
        return header + nonce + self._ciphers[self._newest].encrypt(nonce, plain.encode(), header + context)

    def open(self, sealed: bytes | memoryview, *, context: bytes) -> str:
        """The plain text again; `SealBroken` when the key is unknown, the context another or a single bit has changed."""
        sealed = bytes(sealed)
        header, name = _header(sealed)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SealBroken(
                f"这条资料是用密钥「{name}」封存的，本机没有这把密钥。请把它加到 MINSHENG_DATA_KEYS 里。",
                f"This was sealed with the key “{name}”, which is not here. Add it to MINSHENG_DATA_KEYS.",
            )
        nonce, rest = sealed[len(header) : len(header) + _NONCE], sealed[len(header) + _NONCE :]
        try:
            return cipher.decrypt(nonce, rest, header + context).decode()
        except InvalidTag:
            raise SealBroken(
                "这条资料打不开：内容被改动过，或者不是这一行的，或者密钥不对。请从备份恢复这一行，并检查 MINSHENG_DATA_KEYS。",
                "This does not open: it was altered, belongs to another row, or the key is wrong. Restore the row from a backup and check MINSHENG_DATA_KEYS.",
            ) from None

    def is_old(self, sealed: bytes | memoryview) -> bool:
        """True when another key than the newest sealed this: open it and seal it again."""
        return _header(bytes(sealed))[1] != self._newest

    def blind_index(self, value: str, *, kind: str) -> bytes:
        """32 bytes to find `value` by. Values of different kinds never meet; width, case and spaces do not count."""
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)).casefold()
        return hmac.new(self._index_key, f"{kind}\0{plain}".encode(), hashlib.sha256).digest()


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of this installation, from the settings."""
    return Keyring(keys=settings.MINSHENG_DATA_KEYS, index_key=settings.MINSHENG_INDEX_KEY)


def _header(sealed: bytes) -> tuple[bytes, str]:
    end = 2 + sealed[1] if len(sealed) > 1 else 0
    if len(sealed) < end + _NONCE + _TAG or sealed[0] != _VERSION:
        raise SealBroken("这条资料不完整，不是本系统封存的格式。", "This is incomplete or was not sealed by this system.")
    return sealed[:end], sealed[2:end].decode("utf-8", "replace")

"""Reads the environment: each value once, and a wrong one is an error in words that says what to do."""

import base64
import binascii
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def text(name: str, *, default: str) -> str:
    """The variable, or the default where it is unset or empty."""
    return os.environ.get(name) or default


def required(name: str, *, hint: str) -> str:
    """The variable; without it the program does not start."""
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}")
    return value


def number(name: str, *, default: int) -> int:
    """The variable as a whole number."""
    value = os.environ.get(name)
    if not value:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def words(name: str, *, default: str = "") -> list[str]:
    """The variable as a list; entries are separated by commas."""
    return [word.strip() for word in text(name, default=default).split(",") if word.strip()]


def one_of(name: str, known: tuple[str, ...]) -> str:
    """The variable, where it is one of these words; unset is ""."""
    value = os.environ.get(name, "")
    if value and value not in known:
        raise ImproperlyConfigured(f"{name} must be {' or '.join(known)}, not {value!r}.")
    return value


def table(name: str, *, value: str = ".+") -> dict[str, str]:
    """The variable as a table from "name:value,name:value"; `value` is the pattern of what may stand behind the colon."""
    found: dict[str, str] = {}
    for entry in words(name):
        key, colon, said = entry.partition(":")
        if not colon or not key.strip() or not re.fullmatch(value, said.strip()):
            raise ImproperlyConfigured(f'{name} must read "name:value,name:value"; it holds {entry!r}.')
        if key.strip() in found:
            raise ImproperlyConfigured(f"{name} names {key.strip()!r} twice.")
        found[key.strip()] = said.strip()
    return found


def site(name: str, *, schemes: tuple[str, ...]) -> str:
    """The variable as a public address without a slash at its end: one of these schemes, a host and nothing more; unset is ""."""
    value = os.environ.get(name, "")
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(f"{name} must read {schemes[0]}://host, such as https://12345.example.cn, not {value!r}.")
    return f"{parts.scheme}://{parts.netloc}"


def home() -> Path:
    """Where `profiles/` and `directories/` lie: MINSHENG_HOME, or the repository that this file is part of."""
    return Path(text("MINSHENG_HOME", default=str(Path(__file__).resolve().parents[3])))


def var() -> Path:
    """Where everything lies that the program writes: MINSHENG_VAR, or `var` below home."""
    return Path(text("MINSHENG_VAR", default=str(home() / "var")))


def data_keys(value: str) -> tuple[tuple[str, bytes], ...]:
    """The keys for personal data from "id:base64,id:base64", newest first: the first encrypts, all decrypt."""
    keys: list[tuple[str, bytes]] = []
    for entry in value.split(","):
        name, colon, encoded = entry.strip().partition(":")
        if not colon or not name:
            raise ImproperlyConfigured('MINSHENG_DATA_KEYS must read "id:base64key,id:base64key", newest first.')
        keys.append((name, key(encoded, name=f"MINSHENG_DATA_KEYS, key {name!r}")))
    if len({name for name, _ in keys}) != len(keys):
        raise ImproperlyConfigured("MINSHENG_DATA_KEYS names a key twice: every key needs an id of its own.")
    return tuple(keys)


def key(encoded: str, *, name: str) -> bytes:
    """One key of 32 bytes from base64."""
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise ImproperlyConfigured(f"{name} is not base64: {wrong}. Make one with: openssl rand -base64 32") from wrong
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} has {len(raw)} bytes; it must have {KEY_BYTES}. Make one with: openssl rand -base64 32")
    return raw


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database URL, such as postgresql://name:password@host:5432/database?sslmode=require or …?host=/socket/directory.

    Connections stay open, one per thread: two server processes of four threads and the worker hold about a dozen. Asking the server
    before each request whether it still lives costs a round trip; `minsheng.conf.postgresql` looks at the socket instead, for free.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"DATABASE_URL must begin with postgresql:// (it begins with {parts.scheme or 'nothing'}://).")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    port = options.pop("port", None) or str(parts.port or "")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database: it must end in /name.")
    return {
        "ENGINE": "minsheng.conf.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Prepared statements halve PostgreSQL's work; Django leaves them off unless parameters are bound on the server.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 3, **options},
    }

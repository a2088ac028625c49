"""The secrets of one machine: made once, kept in var/secrets.env, readable by their owner only."""

import base64
import contextlib
import os
import secrets
from pathlib import Path

FILE = "secrets.env"
NAMES = ("MINSHENG_SECRET_KEY", "MINSHENG_DATA_KEYS", "MINSHENG_INDEX_KEY")


class SecretsError(RuntimeError):
    """The file with the secrets cannot be used; the words say why and what to do."""


def load_or_make(var: Path) -> dict[str, str]:
    """The secrets in var/secrets.env. A missing file is made; a file that lacks one is refused, since a new key cannot read old data."""
    path = var / FILE
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        _write(path)
    if path.stat().st_mode & 0o077:
        raise SecretsError(f"{path} can be read by others. Close it with: chmod 600 {path}")
    found = dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    if missing := [name for name in NAMES if not found.get(name)]:
        raise SecretsError(f"{path} lacks {', '.join(missing)}. Put the old value back: what it encrypted can be read with nothing else.")
    return {name: found[name] for name in NAMES}


def into_environment(var: Path) -> None:
    """Put the secrets into this process's environment, where they are not set already. Children inherit them."""
    if all(os.environ.get(name) for name in NAMES):
        return
    for name, value in load_or_make(var).items():
        os.environ.setdefault(name, value)


def _write(path: Path) -> None:
    """Write whole or not at all; of two that begin at once, the first one's file stays."""
    lines = [
        "# Made by Minsheng. Without this file the personal data in the database cannot be read any more: keep a copy elsewhere.",
        f"MINSHENG_SECRET_KEY={secrets.token_urlsafe(48)}",
        f"MINSHENG_DATA_KEYS=k1:{_key()}",
        f"MINSHENG_INDEX_KEY={_key()}",
    ]
    draft = path.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was first: its secrets are the ones to use
        os.link(draft, path)
    draft.unlink()


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()

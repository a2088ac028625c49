"""正在上传的文件: what has come of files that are sent in pieces, one file for each ticket; and the double in memory.

How much of a file counts is not known here: the row of the upload says so (models/case.py, Upload), because it changes in the same transaction
as everything else. A file that is longer, after a crash between the disk and the database, is cut back by the next piece.
"""

import errno
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from minsheng.adapters.storage import sync
from minsheng.domain.errors import NoRoom, NotFound
from minsheng.ports import Health

_TICKET = re.compile("[A-Za-z0-9_-]{16,64}")
_PROBE = "0123456789-probe"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class LocalParts:
    """Files of one directory, each named by its ticket."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def append(self, ticket: str, *, at: int, content: bytes) -> None:
        """Cut back to `at`, write, and wait for the disk."""
        path = self._path(ticket)
        self._root.mkdir(mode=0o750, parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o640), "r+b") as file:
                if file.seek(0, os.SEEK_END) < at:
                    raise _not_found()
                file.truncate(at)
                file.seek(at)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if not at:
                sync(self._root)
        except OSError as wrong:
            if wrong.errno in _FULL:
                raise NoRoom from wrong
            raise

    @contextmanager
    def whole(self, ticket: str) -> Iterator[Path]:
        """The file itself."""
        path = self._path(ticket)
        if not path.exists():
            raise _not_found()
        yield path

    def drop(self, ticket: str) -> None:
        """Remove the file."""
        self._path(ticket).unlink(missing_ok=True)

    def tickets(self) -> tuple[str, ...]:
        """The names in the directory."""
        with suppress(FileNotFoundError):
            return tuple(entry.name for entry in os.scandir(self._root) if _TICKET.fullmatch(entry.name))
        return ()

    def check(self) -> Health:
        """Write a few bytes and take them away again."""
        try:
            self.append(_PROBE, at=0, content=b"minsheng")
            self.drop(_PROBE)
        except (OSError, NoRoom) as wrong:
            zh, en = (wrong.zh, wrong.en) if isinstance(wrong, NoRoom) else (f"上传的文件存不进去：{wrong.strerror}。", f"Uploads fail: {wrong.strerror}.")
            return Health(name="uploads", ok=False, zh=f"{zh}请检查目录权限和磁盘空间。", en=f"{en} Check rights and disk space.")
        return Health(name="uploads", ok=True, zh="能分段上传。", en="Files can come in pieces.")

    def _path(self, ticket: str) -> Path:
        return self._root / _name(ticket)


class MemoryParts:
    """The double: a dict."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def append(self, ticket: str, *, at: int, content: bytes) -> None:
        """Keep the first `at` bytes and these."""
        with self._lock:
            held = self._held.get(_name(ticket), b"")
            if len(held) < at:
                raise _not_found()
            self._held[ticket] = held[:at] + content

    @contextmanager
    def whole(self, ticket: str) -> Iterator[Path]:
        """A file for as long as it is read."""
        if _name(ticket) not in self._held:
            raise _not_found()
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "whole"
            path.write_bytes(self._held[ticket])
            yield path

    def drop(self, ticket: str) -> None:
        """Forget it."""
        with self._lock:
            self._held.pop(_name(ticket), None)

    def tickets(self) -> tuple[str, ...]:
        """The keys."""
        return tuple(self._held)

    def check(self) -> Health:
        """Always there."""
        return Health(name="uploads", ok=True, zh="上传的文件只放在内存里，重启就没有了。", en="Uploads are kept in memory and lost at a restart.")


def _name(ticket: str) -> str:
    """The ticket itself, when it is one: anything else (`../../etc`) is simply not found."""
    if not _TICKET.fullmatch(ticket):
        raise _not_found()
    return ticket


def _not_found() -> NotFound:
    return NotFound("这个文件没有传完，要重新选一次。", "This upload is not there any more; please choose the file again.")

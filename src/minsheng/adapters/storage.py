"""文件: files kept by their content under one directory, and the double in memory.

A file's address is the SHA-256 of its bytes; nothing that a citizen typed ever becomes part of a path. The same file is stored once.
"""

import hashlib
import io
import os
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from minsheng.domain.errors import Broken, NotFound
from minsheng.ports import Blob, Health

_ADDRESS = re.compile("[0-9a-f]{64}")
_PROBE = b"minsheng"
_PIECE = 1024 * 1024


class LocalBlobs:
    """Files under `root`, in 65,536 directories (`ab/cd/abcd…`), so that none holds too many."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> Blob:
        """Write it whole or not at all: a crash leaves the old state, and two writers of the same file agree."""
        return self._put([content])

    def put_file(self, path: Path) -> Blob:
        """Copy it piece by piece; its address is known when the last piece is written."""
        with path.open("rb") as file:
            return self._put(_pieces(file))

    def _put(self, pieces: Iterable[bytes]) -> Blob:
        self._root.mkdir(mode=0o750, parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=self._root, prefix=".unfinished-")
        try:
            blob = _write(handle, pieces)
            path = self._path(blob.sha256)
            if path.exists():
                Path(unfinished).unlink()
                return blob
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            Path(unfinished).chmod(0o640)
            Path(unfinished).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(unfinished).unlink()
            raise
        sync(path.parent)
        return blob

    def open(self, sha256: str) -> BinaryIO:
        """The file itself. It is not checked against its address, which would mean to read it whole for every part of a video."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise _not_found() from None

    def get(self, sha256: str) -> bytes:
        """The content; it is checked against its address, because disks forget."""
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise _not_found() from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Broken(
                where=f"file {sha256[:12]}…",
                zh="文件内容和登记的不一致，磁盘可能坏了，请从备份恢复这个文件。",
                en="The file no longer holds what was stored. The disk may be failing: restore this file from a backup.",
            )
        return content

    def has(self, sha256: str) -> bool:
        """Is it stored?"""
        return self._path(sha256).exists()

    def erase(self, sha256: str) -> None:
        """Remove the file; its two directories stay."""
        self._path(sha256).unlink(missing_ok=True)

    def check(self) -> Health:
        """Write a few bytes and read them again."""
        try:
            works = self.get(self.put(_PROBE).sha256) == _PROBE
        except (OSError, Broken) as wrong:
            reason = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else str(wrong)
            return Health(
                name="storage",
                ok=False,
                zh=f"文件存不进去：{reason}。请检查目录权限和磁盘空间。",
                en=f"Files cannot be stored: {reason}. Check rights and disk space.",
            )
        return Health(name="storage", ok=works, zh="文件能存能读。", en="Files can be stored and read.")

    def _path(self, sha256: str) -> Path:
        return self._root / _address(sha256)[:2] / sha256[2:4] / sha256


class MemoryBlobs:
    """The double: a dict."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put(self, content: bytes) -> Blob:
        """Keep it."""
        blob = _blob(content)
        with self._lock:
            self._held[blob.sha256] = bytes(content)
        return blob

    def put_file(self, path: Path) -> Blob:
        """Keep its content."""
        return self.put(path.read_bytes())

    def open(self, sha256: str) -> BinaryIO:
        """The content as a file."""
        return io.BytesIO(self.get(sha256))

    def get(self, sha256: str) -> bytes:
        """The content."""
        content = self._held.get(_address(sha256))
        if content is None:
            raise _not_found()
        return content

    def has(self, sha256: str) -> bool:
        """Is it kept?"""
        return _address(sha256) in self._held

    def erase(self, sha256: str) -> None:
        """Forget it."""
        with self._lock:
            self._held.pop(_address(sha256), None)

    def check(self) -> Health:
        """Always there."""
        return Health(name="storage", ok=True, zh="文件只放在内存里，重启就没有了。", en="Files are kept in memory and lost at a restart.")


def _blob(content: bytes) -> Blob:
    return Blob(sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _write(handle: int, pieces: Iterable[bytes]) -> Blob:
    """Write the pieces where they survive a power cut, and tell what they are."""
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return Blob(sha256=digest.hexdigest(), size=size)


def _address(sha256: str) -> str:
    """The address itself, when it is one: anything else (`../../etc`) is simply not found."""
    if not _ADDRESS.fullmatch(sha256):
        raise _not_found()
    return sha256


def _not_found() -> NotFound:
    return NotFound("没有这个文件，可能已经按要求删除。", "There is no such file; it may have been erased on request.")


def sync(directory: Path) -> None:
    """Make the new name survive a power cut too."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

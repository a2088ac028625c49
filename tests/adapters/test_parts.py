"""The contract of a store of unfinished files, kept by the real one and its double; and what only a disk can do wrong."""

import errno
from pathlib import Path

import pytest

from minsheng.adapters.parts import LocalParts, MemoryParts
from minsheng.domain.errors import NoRoom, NotFound
from minsheng.ports import PartStore

TICKET, OTHER = "k3y-of-an-upload_0001", "k3y-of-an-upload_0002"


@pytest.fixture(params=["local", "memory"])
def parts(request: pytest.FixtureRequest, tmp_path: Path) -> PartStore:
    return LocalParts(tmp_path / "partial") if request.param == "local" else MemoryParts()


def read(parts: PartStore, ticket: str = TICKET) -> bytes:
    with parts.whole(ticket) as path:
        return path.read_bytes()


def test_pieces_become_a_file(parts: PartStore) -> None:
    parts.append(TICKET, at=0, content=b"one ")
    parts.append(OTHER, at=0, content=b"other")
    parts.append(TICKET, at=4, content=b"two")
    assert read(parts) == b"one two"
    assert sorted(parts.tickets()) == [TICKET, OTHER]


def test_what_lies_beyond_the_truth_is_cut_back(parts: PartStore) -> None:
    """The disk was faster than the database, which then fell over: the row says four."""
    parts.append(TICKET, at=0, content=b"one and a half")
    parts.append(TICKET, at=4, content=b"two")
    assert read(parts) == b"one two"


def test_what_is_lost_is_not_made_up(parts: PartStore) -> None:
    parts.append(TICKET, at=0, content=b"one")
    with pytest.raises(NotFound):
        parts.append(TICKET, at=4, content=b"two")
    with pytest.raises(NotFound):
        parts.append(OTHER, at=4, content=b"two")
    assert read(parts) == b"one"


def test_what_is_dropped_is_gone_and_may_be_dropped_again(parts: PartStore) -> None:
    parts.append(TICKET, at=0, content=b"one")
    parts.drop(TICKET)
    parts.drop(TICKET)
    assert parts.tickets() == ()
    with pytest.raises(NotFound):
        read(parts)


@pytest.mark.parametrize(
    "ticket", ["", "short", "../../etc/passwd-and-more", "/etc/passwd-and-more", "k3y-of-an-upload_0001\n", "k3y of an upload 0001", "a" * 65]
)
def test_what_is_no_ticket_is_not_found(parts: PartStore, ticket: str) -> None:
    with pytest.raises(NotFound):
        parts.append(ticket, at=0, content=b"x")
    with pytest.raises(NotFound):
        parts.drop(ticket)
    with pytest.raises(NotFound):
        read(parts, ticket)
    assert parts.tickets() == ()


def test_health(parts: PartStore) -> None:
    health = parts.check()
    assert health.ok and health.name == "uploads"
    assert parts.tickets() == ()


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = LocalParts(tmp_path)
    parts.append(TICKET, at=0, content=b"one")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as filled:
        filled.setattr("os.fsync", full)
        with pytest.raises(NoRoom):
            parts.append(TICKET, at=3, content=b"two")
        health = parts.check()
        assert not health.ok and "满了" in health.zh
    parts.append(TICKET, at=3, content=b" two")
    assert read(parts) == b"one two"


def test_files_are_not_open_to_everybody(tmp_path: Path) -> None:
    LocalParts(tmp_path / "partial").append(TICKET, at=0, content=b"one")
    assert (tmp_path / "partial" / TICKET).stat().st_mode & 0o007 == 0


def test_a_file_of_somebody_else_in_the_directory_is_no_upload(tmp_path: Path) -> None:
    (tmp_path / ".nfs0001").write_bytes(b"x")
    assert LocalParts(tmp_path).tickets() == ()

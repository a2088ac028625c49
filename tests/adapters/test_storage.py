"""The contract of a blob store, kept by the real one and its double; and what only a disk can do wrong."""

import hashlib
from pathlib import Path

import pytest

from minsheng.adapters.storage import LocalBlobs, MemoryBlobs
from minsheng.domain.errors import Broken, NotFound
from minsheng.ports import BlobStore

CONTENT = "阳湖花园的照片".encode()
ADDRESS = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=["local", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return LocalBlobs(tmp_path / "media") if request.param == "local" else MemoryBlobs()


def test_what_is_put_is_got_by_its_hash(blobs: BlobStore) -> None:
    blob = blobs.put(CONTENT)
    assert (blob.sha256, blob.size) == (ADDRESS, len(CONTENT))
    assert blobs.has(ADDRESS)
    assert blobs.get(ADDRESS) == CONTENT


def test_a_file_of_the_disk_is_kept_like_bytes_and_stays_where_it_is(blobs: BlobStore, tmp_path: Path) -> None:
    large = CONTENT * 100_000  # more than one piece
    source = tmp_path / "source"
    source.write_bytes(large)
    blob = blobs.put_file(source)
    assert blob == blobs.put(large)
    assert blobs.get(blob.sha256) == large == source.read_bytes()
    assert blobs.put_file(source) == blob


def test_a_part_is_read_without_the_rest(blobs: BlobStore) -> None:
    blobs.put(CONTENT)
    with blobs.open(ADDRESS) as file:
        file.seek(6)
        assert file.read(6) == CONTENT[6:12]
        assert file.seek(0, 2) == len(CONTENT)
    for address in ("0" * 64, "../../etc/passwd"):
        with pytest.raises(NotFound):
            blobs.open(address)


def test_the_same_file_twice_is_one(blobs: BlobStore) -> None:
    assert blobs.put(CONTENT) == blobs.put(CONTENT)
    blobs.erase(ADDRESS)
    assert not blobs.has(ADDRESS)


def test_what_is_erased_is_gone_and_may_be_erased_again(blobs: BlobStore) -> None:
    blobs.put(CONTENT)
    blobs.erase(ADDRESS)
    blobs.erase(ADDRESS)
    with pytest.raises(NotFound):
        blobs.get(ADDRESS)


@pytest.mark.parametrize(
    "address",
    ["", "../../etc/passwd", "..", "/etc/passwd", ADDRESS[:-1], ADDRESS + "0", ADDRESS.upper(), ADDRESS[:62] + "/.", "\0" * 64, ADDRESS + "\n"],
)
def test_what_is_no_address_is_not_found(blobs: BlobStore, address: str) -> None:
    blobs.put(CONTENT)
    with pytest.raises(NotFound):
        blobs.get(address)
    with pytest.raises(NotFound):
        blobs.has(address)
    with pytest.raises(NotFound):
        blobs.erase(address)


def test_health(blobs: BlobStore) -> None:
    health = blobs.check()
    assert health.ok
    assert health.name == "storage"
    assert health.zh and health.en


def test_a_failing_disk_is_noticed(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path)
    blobs.put(CONTENT)
    (tmp_path / ADDRESS[:2] / ADDRESS[2:4] / ADDRESS).write_bytes(b"rot")
    with pytest.raises(Broken, match=ADDRESS[:12]):
        blobs.get(ADDRESS)


def test_nothing_unfinished_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = LocalBlobs(tmp_path)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put(CONTENT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert not blobs.has(ADDRESS)
    health = blobs.check()
    assert not health.ok
    assert "No space" in health.zh


def test_files_are_not_open_to_everybody(tmp_path: Path) -> None:
    LocalBlobs(tmp_path / "media").put(CONTENT)
    path = tmp_path / "media" / ADDRESS[:2] / ADDRESS[2:4] / ADDRESS
    assert path.stat().st_mode & 0o007 == 0

"""Files of a case are read in parts, by those who may, with the type that they have."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from minsheng import wiring
from minsheng.models.case import Attachment, Case
from tests.films import film, voice
from tests.web.test_citizen import REPORT
from tests.web.test_uploading import fetch, photo, told
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture
def case(city: World, client: Client, tmp_path: Path) -> dict[str, Attachment]:
    """A case with a photo, a film and a recording, held by this browser."""
    content = {"photo": photo(), "video": film(tmp_path / "a.mp4").read_bytes(), "audio": voice(tmp_path / "a.webm", codec="libopus").read_bytes()}
    kept = [told(client, kind, what)["ticket"] for kind, what in content.items()]
    assert client.post("/new", {**REPORT, "kept": kept}).status_code == 302
    return {row.kind: row for row in Attachment.objects.filter(case=Case.objects.get())}


def address(row: Attachment, digest: str = "") -> str:
    assert row.case is not None
    return f"/cases/{row.case.code}/photos/{digest or row.digest}"


def test_each_with_its_type(client: Client, case: dict[str, Attachment]) -> None:
    for kind, media_type, name in (("photo", "image/jpeg", "photo.jpg"), ("video", "video/mp4", "video.mp4"), ("audio", "audio/mp4", "audio.m4a")):
        answer = fetch(client, address(case[kind]))
        assert (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"]) == (200, media_type, "nosniff")
        assert answer["Content-Disposition"] == f'inline; filename="{name}"' and answer["Accept-Ranges"] == "bytes"
        assert answer.whole == wiring.blobs().get(case[kind].digest)
        assert answer["Content-Length"] == str(case[kind].size)
    assert fetch(client, address(case["video"], case["video"].thumbnail))["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-100", slice(-100, None)),
        ("bytes=0-99999999", slice(None)),
        ("bytes=-99999999", slice(None)),
        ("bytes=5-5", slice(5, 6)),
        ("bytes= 0 - 9", slice(0, 10)),
    ],
)
def test_a_part(client: Client, case: dict[str, Attachment], asked: str, part: slice) -> None:
    whole = wiring.blobs().get(case["video"].digest)
    answer = fetch(client, address(case["video"]), Range=asked)
    wanted = whole[part]
    assert answer.whole == wanted and answer["Content-Length"] == str(len(wanted))
    if len(wanted) == len(whole):
        assert answer.status_code == 200
        return
    assert answer.status_code == 206
    first, last, size = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer["Content-Range"]).groups())  # type: ignore[union-attr]
    assert whole[first : last + 1] == wanted and size == len(whole)


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=99999999-100000000", "bytes=-0"])
def test_a_part_that_is_not_there(client: Client, case: dict[str, Attachment], asked: str) -> None:
    answer = fetch(client, address(case["video"]), Range=asked)
    assert answer.status_code == 416 and answer["Content-Range"] == f"bytes */{case['video'].size}"


@pytest.mark.parametrize("asked", ["bytes=0-9,20-29", "bytes=-", "bytes=9-0", "lines=1-2", "bytes=x-y", "bytes=" + "9" * 99 + "-"])
def test_what_is_no_single_part_is_answered_whole(client: Client, case: dict[str, Attachment], asked: str) -> None:
    answer = fetch(client, address(case["photo"]), Range=asked)
    assert answer.status_code == 200 and len(answer.whole) == case["photo"].size


def test_a_part_of_another_version_is_answered_whole(client: Client, case: dict[str, Attachment]) -> None:
    tag = fetch(client, address(case["photo"]))["ETag"]
    for version, status in ((tag, 206), ('"other"', 200)):
        assert fetch(client, address(case["photo"]), **{"Range": "bytes=0-9", "If-Range": version}).status_code == status


def test_who_may_read(client: Client, case: dict[str, Attachment]) -> None:
    """The holder everything; others what was released, with the picture that stands for it; another case's address nothing."""
    stranger = Client()
    for row in case.values():
        assert fetch(stranger, address(row)).status_code == 404
    Attachment.objects.filter(kind__in=("photo", "video")).update(public=True)
    for row in case.values():
        assert fetch(stranger, address(row)).status_code == (404 if row.kind == "audio" else 200)
    assert fetch(stranger, address(case["video"], case["video"].thumbnail)).status_code == 200
    page = stranger.get(f"/cases/{case['photo'].case.code}").content.decode()  # type: ignore[union-attr]
    assert case["video"].digest in page and case["audio"].digest not in page
    assert client.get("/cases/NOTHING/photos/" + case["photo"].digest).status_code == 404
    assert client.get(address(case["photo"], "0" * 64)).status_code == 404
    wiring.blobs().erase(case["photo"].digest)
    assert client.get(address(case["photo"])).status_code == 404

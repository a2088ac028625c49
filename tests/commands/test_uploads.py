"""上传: begun, received in pieces, looked at, taken back, swept. On real PostgreSQL, with the doubles of the stores and the real readers of files."""

import io
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.db import connection, transaction

from minsheng import clock
from minsheng.adapters import media
from minsheng.adapters.images import reencode
from minsheng.adapters.parts import MemoryParts
from minsheng.adapters.storage import MemoryBlobs
from minsheng.adapters.transcriber import SetTranscriber
from minsheng.commands import intake, publishing, uploads
from minsheng.domain.access import HOLDER
from minsheng.domain.errors import BadInput, NotFound, TooLarge, WrongState
from minsheng.models.case import Attachment, Case, Upload
from minsheng.queries import uploads as queries
from tests.films import film, voice
from tests.world import World, classifier

Make = Callable[..., World]


class Place:
    """Where files go in a test, and what looks at them."""

    def __init__(self) -> None:
        self.parts, self.blobs = MemoryParts(), MemoryBlobs()

    def begin(self, kind: str, content: bytes) -> str:
        return uploads.begin(kind, size=len(content))

    def receive(self, ticket: str, content: bytes, *, offset: int = 0, step: int = 50_000) -> None:
        for at in range(0, len(content), step):
            uploads.receive(ticket, offset=offset + at, content=content[at : at + step], parts=self.parts)

    def finish(self, ticket: str) -> queries.Waiting:
        return uploads.finish(ticket, redraw=reencode, recast=recast, parts=self.parts, blobs=self.blobs)

    def whole(self, kind: str, content: bytes) -> queries.Waiting:
        ticket = self.begin(kind, content)
        self.receive(ticket, content)
        return self.finish(ticket)

    def drop(self, ticket: str) -> None:
        uploads.drop(ticket, parts=self.parts, blobs=self.blobs)


def recast(path: Path, kind: str) -> AbstractContextManager[Any]:
    return media.recast(path, kind=kind)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def photo(colour: str = "red") -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    place = tmp_path_factory.mktemp("films")
    return {
        "video": film(place / "a.mp4").read_bytes(),
        "long": film(place / "b.mp4", seconds=600, rate=1, sound=None, size=(32, 32)).read_bytes(),
        "audio": voice(place / "a.webm", codec="libopus").read_bytes(),
    }


@pytest.mark.parametrize("kind", ["photo", "video", "audio"])
def test_pieces_become_a_file_that_waits_under_the_same_ticket(place: Place, films: dict[str, bytes], kind: str) -> None:
    content = photo() if kind == "photo" else films[kind]
    ticket = place.begin(kind, content)
    place.receive(ticket, content, step=7_001)
    found = place.finish(ticket)
    assert (found.ticket, found.kind) == (ticket, kind)
    assert found.media_type == {"photo": "image/jpeg", "video": "video/mp4", "audio": "audio/mp4"}[kind]
    assert place.blobs.has(found.digest) and (kind == "audio" or place.blobs.has(found.thumbnail))
    assert found.seconds is None if kind == "photo" else 1.9 < (found.seconds or 0) < 2.3
    assert queries.waiting([ticket]) == [found]
    assert not Upload.objects.exists() and place.parts.tickets() == ()
    assert place.finish(ticket) == found, "done twice it is done once"
    assert Attachment.objects.count() == 1


def test_a_video_travels_with_its_request(place: Place, films: dict[str, bytes], world: Make) -> None:
    city = world("yunchuan")
    tickets = [place.whole(kind, films[kind]).ticket for kind in ("video", "audio")]
    code = city.file(body="小区北门的路灯不亮，晚上看不见路。", place="yinxing-b1", attachments=tuple(tickets))
    case = Case.objects.get(code=code)
    assert sorted(case.attachments.values_list("kind", flat=True)) == ["audio", "video"]
    assert queries.waiting(tickets) == []
    with pytest.raises(NotFound):
        place.drop(tickets[0])
    assert case.attachments.count() == 2
    with pytest.raises(BadInput, match="没有传上来"):
        intake.file(intake.Report(body="另一件", name="张先生", phone="13800000001", attachments=(tickets[0],)), by=HOLDER, classifier=classifier("yunchuan"))


def test_a_released_case_shows_photo_and_video_but_never_the_voice(place: Place, films: dict[str, bytes], world: Make) -> None:
    city = world("yunchuan")
    tickets = [place.whole(kind, films.get(kind) or photo()).ticket for kind in ("photo", "video", "audio")]
    code = city.file(body="小区北门的路灯不亮，晚上看不见路。", place="yinxing-b1", attachments=tuple(tickets))
    Case.objects.get(code=code).released.all().delete()  # the rule was faster; a person looks at it again
    city.do(publishing.release, code, by="desk1")
    assert dict(Attachment.objects.values_list("kind", "public")) == {"photo": True, "video": True, "audio": False}
    rows = {row.kind: row for row in Attachment.objects.all()}
    for digest, media_type in ((rows["photo"].digest, "image/jpeg"), (rows["video"].digest, "video/mp4"), (rows["video"].thumbnail, "image/jpeg")):
        assert uploads.readable(code, digest, by=None, holder=None) == media_type
    with pytest.raises(NotFound):
        uploads.readable(code, rows["audio"].digest, by=None, holder=None)
    assert uploads.readable(code, rows["audio"].digest, by=None, holder=Case.objects.get(code=code)) == "audio/mp4"


# --- what is refused ------------------------------------------------------------------------------------------------------------


def test_too_large_is_refused_before_the_first_byte(place: Place) -> None:
    for kind, most in (("photo", 20), ("video", 200), ("audio", 20)):
        uploads.begin(kind, size=most * 1024 * 1024)
        with pytest.raises(TooLarge, match=rf"最大 {most} MB，这.有 {most}\.5 MB"):
            uploads.begin(kind, size=most * 1024 * 1024 + 512 * 1024)
    with pytest.raises(TooLarge, match=r"40\.0 MB"):
        uploads.begin("photo", size=40 * 1024 * 1024)
    for kind, size in (("photo", 0), ("photo", -1), ("program", 10), ("", 10)):
        with pytest.raises(BadInput):
            uploads.begin(kind, size=size)
    assert Upload.objects.count() == 3


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("photo", b"PK\x03\x04" + b"\0" * 100, "压缩包"),
        ("photo", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        ("video", b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
        ("video", None, "10 分钟"),
        ("audio", b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_refused_leaves_nothing(place: Place, films: dict[str, bytes], kind: str, content: bytes | None, words: str) -> None:
    content = content or films["long"]
    ticket = place.begin(kind, content)
    place.receive(ticket, content)
    with pytest.raises(BadInput, match=words):
        place.finish(ticket)
    assert not Upload.objects.exists() and not Attachment.objects.exists()
    assert place.parts.tickets() == ()
    with pytest.raises(NotFound):
        place.finish(ticket)


def test_pieces_come_in_order_and_no_more_than_was_said(place: Place) -> None:
    content = photo()
    ticket = place.begin("photo", content)
    assert uploads.receive(ticket, offset=0, content=content[:100], parts=place.parts) == 100
    for offset in (0, 99, 101):
        with pytest.raises(WrongState, match="100 字节"):
            uploads.receive(ticket, offset=offset, content=b"x", parts=place.parts)
    with pytest.raises(BadInput, match="比说好的多"):
        uploads.receive(ticket, offset=100, content=content, parts=place.parts)
    with pytest.raises(WrongState, match="还没有传完"):
        place.finish(ticket)
    assert uploads.receive(ticket, offset=100, content=b"", parts=place.parts) == 100
    place.receive(ticket, content[100:], offset=100)
    assert place.finish(ticket).width == 640


def test_a_ticket_that_nobody_was_given_is_not_found(place: Place) -> None:
    for ticket in ("unknown-ticket-0001", "", "../../etc/passwd", "x\0y", "x" * 200):
        with pytest.raises(NotFound):
            uploads.receive(ticket, offset=0, content=b"x", parts=place.parts)
        with pytest.raises(NotFound):
            place.drop(ticket)
        with pytest.raises(NotFound):
            queries.one(ticket)
        with pytest.raises(NotFound):
            uploads.transcribe(ticket, transcriber=SetTranscriber("x"), blobs=place.blobs)


# --- trouble --------------------------------------------------------------------------------------------------------------------


def test_a_piece_that_the_database_did_not_take_is_sent_again(place: Place) -> None:
    """The disk has it, the row has not: the next piece begins where the row says, and the file is right."""
    content = photo()
    ticket = place.begin("photo", content)
    with transaction.atomic():
        uploads.receive(ticket, offset=0, content=b"garbage that is lost with the transaction", parts=place.parts)
        transaction.set_rollback(True)
    assert queries.coming([ticket])[0].received == 0
    place.receive(ticket, content)
    assert place.finish(ticket).width == 640


def test_pieces_that_the_disk_has_lost_are_said(place: Place) -> None:
    content = photo()
    ticket = place.begin("photo", content)
    place.receive(ticket, content)
    place.parts.drop(ticket)
    with pytest.raises(NotFound, match="重新选一次"):
        place.finish(ticket)
    assert not Upload.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_at_once_get_one_file(films: dict[str, bytes], transactional_db: None) -> None:
    place = Place()
    ticket = place.begin("video", films["video"])
    place.receive(ticket, films["video"])
    found: list[Any] = []

    def go() -> None:
        try:
            found.append(place.finish(ticket))
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and len({one.digest for one in found}) == 1
    assert Attachment.objects.count() == 1


# --- taken back, swept ----------------------------------------------------------------------------------------------------------


def test_what_is_not_wanted_is_removed_at_once(place: Place) -> None:
    half = place.begin("photo", photo())
    uploads.receive(half, offset=0, content=photo()[:100], parts=place.parts)
    done, twin = place.whole("photo", photo("blue")), place.whole("photo", photo("blue"))
    assert done.digest == twin.digest
    place.drop(half)
    place.drop(done.ticket)
    assert place.parts.tickets() == () and not Upload.objects.exists()
    assert place.blobs.has(done.digest), "the twin still names the file"
    place.drop(twin.ticket)
    assert not place.blobs.has(done.digest) and not place.blobs.has(done.thumbnail)
    with pytest.raises(NotFound):
        place.drop(done.ticket)


def test_a_thumbnail_that_two_films_share_stays_with_the_other(place: Place, tmp_path: Path) -> None:
    """The same picture, once with sound and once without."""
    one, other = (place.whole("video", film(tmp_path / f"{n}.mp4", sound=sound).read_bytes()) for n, sound in enumerate(("aac", None)))
    assert one.digest != other.digest and one.thumbnail == other.thumbnail
    place.drop(one.ticket)
    assert place.blobs.has(other.thumbnail) and not place.blobs.has(one.digest)


def test_what_was_not_finished_within_a_day_is_swept(place: Place, world: Make) -> None:
    city = world("yunchuan")
    old = place.begin("photo", photo())
    uploads.receive(old, offset=0, content=photo()[:100], parts=place.parts)
    lost = "a-file-without-a-row-0001"
    place.parts.append(lost, at=0, content=b"x")
    city.wait("20 hours")
    new = place.begin("photo", photo())
    uploads.receive(new, offset=0, content=photo()[:100], parts=place.parts)
    assert uploads.sweep_unfinished(parts=place.parts) == 0
    assert sorted(place.parts.tickets()) == sorted([old, new])
    clock.advance(timedelta(hours=5))
    for refused in (lambda: uploads.receive(old, offset=100, content=b"x", parts=place.parts), lambda: queries.one(old), lambda: place.drop(old)):
        with pytest.raises(NotFound):
            refused()
    assert uploads.sweep_unfinished(parts=place.parts) == 1
    assert place.parts.tickets() == (new,)
    assert list(Upload.objects.values_list("ticket", flat=True)) == [new]


def test_a_film_that_no_case_took_is_removed_after_a_day(place: Place, films: dict[str, bytes], world: Make) -> None:
    world("yunchuan")
    found = place.whole("video", films["video"])
    clock.advance(timedelta(hours=25))
    assert queries.waiting([found.ticket]) == []
    assert uploads.sweep_unbound(blobs=place.blobs) == 1
    assert not place.blobs.has(found.digest) and not place.blobs.has(found.thumbnail)


# --- words --------------------------------------------------------------------------------------------------------------------


def test_a_recording_becomes_text_and_stays(place: Place, films: dict[str, bytes]) -> None:
    double = SetTranscriber(" 路灯不亮 ")
    found = place.whole("audio", films["audio"])
    assert uploads.transcribe(found.ticket, transcriber=double, blobs=place.blobs) == "路灯不亮"
    assert double.heard and queries.waiting([found.ticket]) == [found]
    with pytest.raises(NotFound):
        uploads.transcribe(place.whole("photo", photo()).ticket, transcriber=double, blobs=place.blobs)

"""Photos: drawn anew, bound by a ticket, read by those who may."""

import io
from datetime import timedelta

import PIL.Image
from django.db.models import F

from minsheng import clock, wiring
from minsheng.commands import uploads
from minsheng.models.case import Attachment
from tests.api.conftest import Caller, problem
from tests.world import World


def photo(*, colour: str = "red", size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG with an EXIF block that says where it was taken."""
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SECRET-CAMERA"
    out = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photo_travels_with_its_request(city: World, call: type[Caller]) -> None:
    """Upright, without EXIF; taken once; read by holder and staff, not by strangers."""
    sent = call().upload(photo())
    assert sent.status_code == 201, sent.content.decode()
    ticket = sent.json()
    assert (ticket["width"], ticket["height"]) == (480, 640)
    receipt = call().file(attachments=[ticket["ticket"]])
    code, digest = receipt["code"], ticket["digest"]
    assert (
        problem(call().post("/cases", {"body": "路灯坏了", "name": "张先生", "phone": "13800000001", "attachments": [ticket["ticket"]]}), 422)["field"]
        == "attachments"
    )

    path = f"/files/{digest}?case={code}"
    read = call().get(path, X_Case_Secret=receipt["secret"])
    assert read.status_code == 200 and read.headers["Content-Type"] == "image/jpeg"
    assert b"SECRET-CAMERA" not in read.content and PIL.Image.open(io.BytesIO(read.content)).size == (480, 640)
    assert read.headers["Cache-Control"].startswith("private") and read.headers["X-Content-Type-Options"] == "nosniff"
    assert call("desk1").get(path).status_code == 200
    thumbnail = Attachment.objects.get(digest=digest).thumbnail
    assert call("desk1").get(f"/files/{thumbnail}?case={code}").status_code == 200
    problem(call().get(path), 404)
    problem(call().get(path, X_Case_Secret="wrong"), 404)
    other = call().file()
    problem(call().get(f"/files/{digest}?case={other['code']}", X_Case_Secret=other["secret"]), 404)
    Attachment.objects.update(public=True)
    assert call().get(path).status_code == 200
    Attachment.objects.update(erased_at=clock.now())
    problem(call("desk1").get(path), 404)


def test_a_film_is_read_with_its_type(city: World, call: type[Caller]) -> None:
    """It came by the form; the API reads it piece by piece, and tells of it beside the photos."""
    ticket = call().upload(photo()).json()["ticket"]
    receipt = call().file(attachments=[ticket])
    Attachment.objects.update(kind="video", media_type="video/mp4", seconds=2.0)
    row = Attachment.objects.get()
    case = call().get(f"/cases/{receipt['code']}", X_Case_Secret=receipt["secret"]).json()
    assert case["photos"] == []
    assert case["shots"] == [{"kind": "video", "digest": row.digest, "thumbnail": row.thumbnail, "media_type": "video/mp4", "seconds": 2.0}]
    for digest, media_type in ((row.digest, "video/mp4"), (row.thumbnail, "image/jpeg")):
        read = call().get(f"/files/{digest}?case={receipt['code']}", X_Case_Secret=receipt["secret"])
        content = b"".join(read.streaming_content) if read.streaming else read.content
        assert (read.headers["Content-Type"], content) == (media_type, wiring.blobs().get(digest))


def test_what_is_no_photo_is_said(city: World, call: type[Caller]) -> None:
    """A page, a program, a cut photo, an empty file, a form without one: words that say what to do; nothing is kept."""
    for content, word in (
        (b"<html>", "网页"),
        (b"MZ\x90", "程序"),
        (b"%PDF-1.7", "PDF"),
        (photo()[: len(photo()) * 2 // 3], "没有传完整"),
        (b"GIF89a", "打不开"),
        (b"", ""),
    ):
        found = problem(call().upload(content), 422, "bad_input")
        assert found["field"] == "photo" and word in found["detail"]
    assert problem(call().upload(photo(), field="picture"), 422)["field"] == "photo"
    problem(call().send("/uploads", b"{}"), 415)
    problem(call().send("/uploads", b"--x", media="multipart/form-data; boundary=x"), 422)
    problem(call().send("/uploads", b"--x", media="multipart/form-data"), 400)
    problem(call().send("/uploads", b"x" * (11 * 1024 * 1024), media="multipart/form-data; boundary=x"), 413)
    problem(call().get("/files/../../etc/passwd?case=x"), 404)
    problem(call().get("/files/abc"), 422)
    assert not Attachment.objects.exists()


def test_photos_that_nobody_takes_are_removed_after_a_day(city: World, call: type[Caller]) -> None:
    """Row and file go; a file that another photo shares stays."""
    lost, kept, shared = (call().upload(photo(colour=c)).json() for c in ("blue", "green", "red"))
    again = call().upload(photo(colour="red")).json()
    assert again["digest"] == shared["digest"] and again["ticket"] != shared["ticket"]
    call().file(attachments=[kept["ticket"]])
    call().file(attachments=[again["ticket"]])
    blobs = wiring.blobs()
    assert uploads.sweep_unbound(blobs=blobs) == 0
    Attachment.objects.update(at=F("at") - timedelta(hours=25))
    assert uploads.sweep_unbound(blobs=blobs) == 2
    assert [blobs.has(p["digest"]) for p in (lost, kept, shared)] == [False, True, True]
    assert Attachment.objects.count() == 2


def test_uploads_are_limited(city: World, call: type[Caller]) -> None:
    """Sixty a minute from one address: many phones share one."""
    from minsheng.commands import limits

    for _ in range(60):
        limits.take(limits.UPLOADS, "127.0.0.1")
    problem(call().upload(photo()), 429, "too_many")

"""The tus protocol as a client speaks it, what the page is told of a file, speech to text; with the real stores and readers."""

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.test import Client

from minsheng import clock, wiring
from minsheng.adapters.transcriber import SetTranscriber
from minsheng.commands import limits
from minsheng.models.case import Attachment, Case, Upload
from minsheng.queries import rules as rulebook
from tests.films import film, voice
from tests.web.test_citizen import REPORT
from tests.world import World

TUS = {"Tus-Resumable": "1.0.0"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def photo(colour: str = "red", size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def begin(client: Client, kind: str, size: int | str, **headers: str) -> Any:
    said = base64.b64encode(kind.encode()).decode()
    name = base64.b64encode("李女士家.jpg".encode()).decode()
    return client.post("/uploads", headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": f"kind {said},filename {name}", **headers})


def piece(client: Client, address: str, content: bytes, offset: int | str, **headers: str) -> Any:
    headers = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(address, content, content_type="application/offset+octet-stream", headers=headers)


def sent(client: Client, kind: str, content: bytes, step: int = 40_000) -> str:
    address = begin(client, kind, len(content))["Location"]
    for at in range(0, len(content), step):
        answer = piece(client, address, content[at : at + step], at)
        assert answer.status_code == 204, answer.content
    return str(address)


def told(client: Client, kind: str, content: bytes) -> dict[str, Any]:
    answer = client.post(sent(client, kind, content))
    assert answer.status_code == 200, answer.content.decode()
    return dict(answer.json())


def fetch(client: Client, address: str, **headers: str) -> Any:
    """GET, read to the end: what came stands in `whole`."""
    answer: Any = client.get(address, headers=headers)
    answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def test_what_is_spoken_here(city: World, client: Client) -> None:
    answer = client.options("/uploads")
    assert answer.status_code == 204
    assert (answer["Tus-Version"], answer["Tus-Resumable"], answer["Tus-Max-Size"]) == ("1.0.0", "1.0.0", str(200 * 1024 * 1024))
    assert set(answer["Tus-Extension"].split(",")) == {"creation", "termination", "expiration"}


def test_created_sent_in_pieces_looked_at_and_filed(city: World, client: Client) -> None:
    content = photo()
    answer = begin(client, "photo", len(content))
    assert answer.status_code == 201 and answer["Upload-Expires"].endswith("GMT")
    address = answer["Location"]
    head = client.head(address, headers=TUS)
    assert (head.status_code, head["Upload-Offset"], head["Upload-Length"], head["Cache-Control"]) == (200, "0", str(len(content)), "no-store")
    answer = piece(client, address, content[:1000], 0)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "1000")
    # The line breaks here; the phone asks how much has come, and goes on.
    assert client.head(address, headers=TUS)["Upload-Offset"] == "1000"
    assert client.get(address).json() == {"ticket": address.split("/")[-1], "kind": "photo", "done": False, "received": 1000, "size": len(content)}
    assert piece(client, address, content[1000:], 1000).status_code == 204
    known = client.post(address).json()
    assert (known["done"], known["kind"]) == (True, "photo")
    assert PIL.Image.open(io.BytesIO(fetch(client, known["file"]).whole)).size == (640, 480)
    assert fetch(client, known["thumbnail"])["Content-Type"] == "image/jpeg"
    head = client.head(address, headers=TUS)
    assert head["Upload-Offset"] == head["Upload-Length"], "a client that missed the last answer learns that it is whole"
    assert client.post(address).json() == known == client.get(address).json()

    answer = client.post("/new", {**REPORT, "kept": [known["ticket"]]})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert Case.objects.get().attachments.get().kind == "photo"
    for gone in (client.get(address), client.head(address, headers=TUS), client.get(known["file"]), client.delete(address, headers=TUS)):
        assert gone.status_code == 404
    assert Case.objects.get().attachments.count() == 1


def test_a_wrong_offset_is_a_conflict_and_changes_nothing(city: World, client: Client) -> None:
    content = photo()
    address = begin(client, "photo", len(content))["Location"]
    piece(client, address, content[:100], 0)
    for offset in (0, 99, 101):
        answer = piece(client, address, b"x", offset)
        assert answer.status_code == 409 and "100 字节" in answer.json()["message"]
    assert client.head(address, headers=TUS)["Upload-Offset"] == "100"


def test_too_large_is_said_at_once(city: World, client: Client) -> None:
    for kind, size, words in (
        ("photo", 40, "照片最大 20 MB，这张有 40.0 MB。请压缩后再传，或者截一张图。"),
        ("video", 201, "视频最大 200 MB，这段有 201.0 MB。"),
        ("audio", 21, "录音最大 20 MB"),
    ):
        answer = begin(client, kind, size * 1024 * 1024)
        assert answer.status_code == 413 and words in answer.json()["message"]
    english = begin(client, "photo", 40 * 1024 * 1024, **{"Accept-Language": "en"})
    assert "A photo may have 20 MB; this one has 40.0 MB" in english.json()["message"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Length": ""}, 422),
        ({"Upload-Length": "-5"}, 422),
        ({"Upload-Length": "1e3"}, 422),
        ({"Upload-Length": "٣"}, 422),
        ({"Upload-Length": "9" * 40}, 422),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Metadata": ""}, 422),
        ({"Upload-Metadata": "kind"}, 422),
        ({"Upload-Metadata": "kind !!!"}, 422),
        ({"Upload-Metadata": "kind /w=="}, 422),
        ({"Upload-Metadata": "kind cHJvZ3JhbQ=="}, 422),
    ],
)
def test_a_beginning_that_is_none(city: World, client: Client, headers: dict[str, str], status: int) -> None:
    answer = begin(client, "photo", 1000, **headers)
    assert answer.status_code == status
    assert status == 412 or answer.json()["message"]
    assert not Upload.objects.exists()


def test_a_piece_that_is_none(city: World, client: Client) -> None:
    address = begin(client, "photo", 1000)["Location"]
    assert client.patch(address, b"x", content_type="image/jpeg", headers={**TUS, "Upload-Offset": "0"}).status_code == 415
    assert piece(client, address, b"x", "").status_code == 422
    assert piece(client, address, b"x", "x").status_code == 422
    assert piece(client, address, b"x", 0, **{"Tus-Resumable": "2"}).status_code == 412
    assert piece(client, address, b"x" * 1001, 0).status_code == 422
    assert client.head(address, headers=TUS)["Upload-Offset"] == "0"
    assert client.put(address, b"x").status_code == 405


def test_networks_that_let_only_posts_through(city: World, client: Client) -> None:
    content = photo()
    address = begin(client, "photo", len(content))["Location"]
    asked = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = client.post(address, content, content_type="application/offset+octet-stream", headers=asked)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(content)))
    assert client.post(address, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404


def test_a_ticket_of_somebody_else_is_a_ticket_that_nobody_knows(city: World, client: Client) -> None:
    """What was given up, never given, or has another shape answers alike."""
    address = begin(client, "photo", 1000)["Location"]
    assert client.delete(address, headers=TUS).status_code == 204
    for unknown in (address, "/uploads/unknown-ticket-0001", "/uploads/x", "/uploads/" + "x" * 300):
        for answer in (
            client.head(unknown, headers=TUS),
            piece(client, unknown, b"x", 0),
            client.delete(unknown, headers=TUS),
            client.get(unknown),
            client.post(unknown),
            client.get(unknown + "/thumbnail"),
            client.get(unknown + "/file"),
        ):
            assert answer.status_code == 404, unknown
    assert client.get("/uploads/..%2F..%2Fetc").status_code == 404
    assert client.get("/uploads/x%00y").status_code == 404


def test_an_upload_expires_after_a_day(city: World, client: Client) -> None:
    content = photo()
    address = begin(client, "photo", len(content))["Location"]
    piece(client, address, content[:100], 0)
    clock.advance(timedelta(hours=25))
    assert client.head(address, headers=TUS).status_code == 404
    answer = piece(client, address, content[100:], 100)
    assert answer.status_code == 404 and "重新选" in answer.json()["message"]


def test_only_our_own_page_may_begin(city: World) -> None:
    """The token of the page goes with every request."""
    stranger = Client(enforce_csrf_checks=True)
    assert begin(stranger, "photo", 1000).status_code == 403
    stranger.get("/new")
    token = stranger.cookies["minsheng_csrf"].value
    assert begin(stranger, "photo", 1000, **{"X-CSRFToken": token}).status_code == 201


def test_uploads_are_limited(city: World, client: Client) -> None:
    for _ in range(limits.UPLOADS[0].times):
        limits.take(limits.UPLOADS, "127.0.0.1")
    answer = begin(client, "photo", 1000)
    assert answer.status_code == 429 and "太频繁" in answer.json()["message"] and int(answer["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("photo", b"PK\x03\x04" + b"\0" * 100, "压缩包"),
        ("photo", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        ("video", b"<!DOCTYPE html><p>", "网页"),
        ("audio", b"MZ" + b"\0" * 100, "程序"),
    ],
)
def test_what_is_refused_is_told_in_words(city: World, client: Client, kind: str, content: bytes, words: str) -> None:
    answer = client.post(sent(client, kind, content))
    assert answer.status_code == 422 and words in answer.json()["message"]
    assert not Upload.objects.exists() and not Attachment.objects.exists()


def test_a_film_and_a_recording_are_told_with_their_length(city: World, client: Client, tmp_path: Path) -> None:
    found = told(client, "video", film(tmp_path / "a.mp4").read_bytes())
    assert 1.9 < found["seconds"] < 2.3 and found["thumbnail"]
    assert fetch(client, found["file"])["Content-Type"] == "video/mp4"
    heard = told(client, "audio", voice(tmp_path / "a.webm", codec="libopus").read_bytes())
    assert heard["thumbnail"] == "" and fetch(client, heard["file"])["Content-Type"] == "audio/mp4"
    assert client.get(heard["file"].replace("/file", "/thumbnail")).status_code == 404


# --- the form -------------------------------------------------------------------------------------------------------------------


def test_without_scripts_everything_comes_with_the_form(city: World, client: Client, tmp_path: Path) -> None:
    paths = {"photos": tmp_path / "a.jpg", "video": film(tmp_path / "a.mp4"), "audio": voice(tmp_path / "a.m4a", form="mp4")}
    paths["photos"].write_bytes(photo())
    files = {name: path.open("rb") for name, path in paths.items()}
    answer = client.post("/new", {**REPORT, **files})
    for file in files.values():
        file.close()
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert sorted(Case.objects.get().attachments.values_list("kind", flat=True)) == ["audio", "photo", "video"]
    page = client.get(f"/cases/{Case.objects.get().code}").content.decode()
    assert "<video controls" in page and "<audio controls" in page and "视频 1" in page and "录音 1" in page


def test_an_error_keeps_every_file_that_was_taken(city: World, client: Client, tmp_path: Path) -> None:
    """A wrong phone number, a photo that is none: what is good is not chosen twice."""
    kept = told(client, "video", film(tmp_path / "a.mp4").read_bytes())["ticket"]
    good, bad = io.BytesIO(photo()), io.BytesIO(b"PK\x03\x04")
    good.name, bad.name = "a.jpg", "b.jpg"
    answer = client.post("/new", {**REPORT, "phone": "1380000", "kept": [kept], "photos": [good, bad]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "手机号要 11 位" in page and "压缩包" in page
    tickets = list(Attachment.objects.order_by("id").values_list("ticket", flat=True))
    assert len(tickets) == 2
    for ticket in tickets:
        assert f'value="{ticket}"' in page and f"/uploads/{ticket}/thumbnail" in page
    answer = client.post("/new", {**REPORT, "kept": tickets})
    assert answer.status_code == 302
    assert sorted(Case.objects.get().attachments.values_list("kind", flat=True)) == ["photo", "video"]


def test_too_many_of_a_kind_are_said(city: World, client: Client, tmp_path: Path) -> None:
    kept = [told(client, "photo", photo(size=(40 + n, 30)))["ticket"] for n in range(9)]
    more = io.BytesIO(photo())
    more.name = "a.jpg"
    answer = client.post("/new", {**REPORT, "kept": kept, "photos": [more]})
    assert answer.status_code == 422 and "最多 9 张照片，您选了 10 张" in answer.content.decode()
    assert answer.content.decode().count('name="kept"') == 9
    films = [told(client, "video", film(tmp_path / f"{n}.mp4", seconds=n, sound=None).read_bytes())["ticket"] for n in (1, 2)]
    answer = client.post("/new", {**REPORT, "kept": films})
    assert answer.status_code == 422 and "最多 1 段视频，您选了 2 段" in answer.content.decode()


def test_a_form_that_is_faster_than_its_page(city: World, client: Client) -> None:
    """Whole but not looked at: looked at now. Half: said, and nothing is filed."""
    whole = sent(client, "photo", photo()).split("/")[-1]
    half = begin(client, "photo", 1000)["Location"].split("/")[-1]
    answer = client.post("/new", {**REPORT, "kept": [whole, half]})
    assert answer.status_code == 422 and "还有文件没传完" in answer.content.decode()
    answer = client.post("/new", {**REPORT, "kept": [whole]})
    assert answer.status_code == 302 and Case.objects.get().attachments.count() == 1


def test_a_file_that_was_kept_too_long_has_to_be_chosen_again(city: World, client: Client) -> None:
    lost, good = (told(client, "photo", photo(colour))["ticket"] for colour in ("red", "blue"))
    Attachment.objects.filter(ticket=lost).delete()
    answer = client.post("/new", {**REPORT, "kept": [lost, good]})
    page = answer.content.decode()
    assert answer.status_code == 422 and "没有传上来" in page
    assert f'value="{good}"' in page and f'value="{lost}"' not in page


def test_the_same_form_twice_with_files_is_one_case(city: World, client: Client) -> None:
    """The back button: the tickets are gone by then, the case is the same."""
    client.get("/new")
    ticket = told(client, "photo", photo())["ticket"]
    for _ in range(2):
        assert client.post("/new", {**REPORT, "kept": [ticket]}).status_code == 302
    assert Case.objects.count() == 1


# --- speech to text -----------------------------------------------------------------------------------------------------------


def test_a_recording_becomes_text(city: World, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    double = SetTranscriber("小区北门的路灯不亮")
    monkeypatch.setattr(wiring, "transcriber", lambda: double)
    ticket = told(client, "audio", voice(tmp_path / "a.webm", codec="libopus").read_bytes())["ticket"]
    assert "转成文字" in client.get("/new").content.decode()
    assert client.post("/new/transcribe", {"ticket": ticket}).json() == {"text": "小区北门的路灯不亮"}
    double.text = ""
    silent = client.post("/new/transcribe", {"ticket": ticket})
    assert silent.status_code == 200 and silent.json()["text"] == "" and "没有听清" in silent.json()["message"]
    assert client.post("/new/transcribe", {"ticket": "unknown"}).status_code == 404
    assert client.post("/new/transcribe").status_code == 404
    assert client.post("/new", {**REPORT, "kept": [ticket]}).status_code == 302
    assert Case.objects.get().attachments.get().kind == "audio", "the recording stays"
    for _ in range(limits.TRANSCRIBING[0].times):
        last = client.post("/new/transcribe", {"ticket": ticket})
    assert last.status_code == 429


def test_where_nothing_turns_speech_into_text_nothing_says_so(city: World, client: Client) -> None:
    page = client.get("/new").content.decode()
    assert "转成文字" not in page and "听写" not in page
    assert client.post("/new/transcribe", {"ticket": "x"}).status_code == 404


def test_the_browsers_recogniser_is_offered_only_where_the_city_says_so_and_with_its_warning(
    city: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = rulebook.today()
    allowed = replace(rules, profile=rules.profile.model_copy(update={"browser_voice": True}))
    monkeypatch.setattr(rulebook, "today", lambda: allowed)
    page = client.get("/new").content.decode()
    assert "用浏览器听写" in page and "可能传到国外" in page

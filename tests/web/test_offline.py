"""The app on a phone and what its outbox asks for, without a browser."""

import io
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from minsheng.commands import limits
from minsheng.models.case import Attachment, Case
from minsheng.web.citizen import offline
from tests.web.test_citizen import REPORT
from tests.world import World

STATIC = Path(offline.__file__).resolve().parents[2] / "static"
ALONE = {"Accept": "application/json"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def draft() -> str:
    return str(uuid.uuid4())


def test_the_manifest_speaks_the_readers_language(city: World, client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    said = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (said["short_name"], said["start_url"], said["theme_color"]) == ("民声", "/", "#143763")
    assert {(icon["sizes"], icon["purpose"]) for icon in said["icons"]} == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    english = json.loads(client.get("/manifest.webmanifest", headers={"accept-language": "en"}).content)
    assert (english["lang"], english["short_name"]) == ("en", "Minsheng")


def test_every_page_leads_to_it(city: World, client: Client) -> None:
    page = client.get("/").content.decode()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page and 'rel="apple-touch-icon"' in page


@pytest.mark.parametrize(("name", "side"), [("icon-192", 192), ("icon-512", 512), ("icon-maskable", 512), ("icon-180", 180)])
def test_the_pictures_are_small_and_of_their_size(name: str, side: int) -> None:
    path = STATIC / "img" / f"{name}.png"
    assert path.stat().st_size < 20_000
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        assert picture.size == (side, side)
        corner = picture.convert("RGBA").getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert (corner[3] == 0) == (name in ("icon-192", "icon-512"))


def test_the_worker_stands_at_the_root_and_is_asked_for_anew(city: World, client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Service-Worker-Allowed"] == "/" and answer["Cache-Control"] == "no-cache"
    assert answer["Content-Type"].startswith("text/javascript")
    said = json.loads(re.match(r"self\.MINSHENG = (.*);", answer.content.decode())[1])  # type: ignore[index]
    assert said["pages"] == ["/offline", "/outbox", "/new"] and said["version"]
    for script in re.findall(r'"/static/([^"]+\.js)"', answer.content.decode()):
        assert (STATIC / script).is_file()


def test_the_worker_is_another_one_when_any_file_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline.staticfiles_storage, "manifest_hash", "abc123", raising=False)
    assert offline._version([]) == "abc123"


@pytest.mark.parametrize("path", ["/offline", "/outbox", "/new"])
def test_what_a_device_keeps_is_nobodys_and_in_its_language(city: World, client: Client, path: str) -> None:
    """Asked for as the worker asks: without cookies. The promise of a day is left out, for it grows old."""
    zh, en = client.get(f"{path}?kept=zh-CN").content.decode(), Client().get(f"{path}?kept=en").content.decode()
    assert 'lang="zh-CN"' in zh and 'lang="en"' in en
    assert "前给您答复" not in zh
    assert "前给您答复" in client.get("/new").content.decode()


def test_a_token_is_fresh_and_never_kept(city: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.get("/token")
    assert "no-store" in answer["Cache-Control"]
    filed = client.post("/new", {**REPORT, "csrfmiddlewaretoken": answer.json()["token"], "draft_id": draft()}, headers=ALONE)
    assert filed.status_code == 200 and set(filed.json()) == {"code", "secret"}
    assert client.post("/new", {**REPORT, "csrfmiddlewaretoken": "x" * 64}, headers=ALONE).status_code == 403


def test_a_device_that_asks_again_gets_the_same_case(city: World) -> None:
    """From the page first, then by itself, with another cookie, with photos or without: one draft is one case."""
    one, first = draft(), Client()
    assert first.post("/new", {**REPORT, "draft_id": one}).status_code == 302
    code, secret = first.session["filed"]
    again = Client().post("/new", {**REPORT, "draft_id": one}, headers=ALONE)
    assert again.json() == {"code": code, "secret": secret}
    assert Case.objects.count() == 1
    assert f'data-outbox-done="{one}"' in first.get("/filed").content.decode()


def test_the_same_words_are_one_case_also_under_another_draft(city: World, client: Client) -> None:
    """A page that was loaded again has another name for it; the browser is the same."""
    client.get("/new")
    for _ in range(2):
        client.post("/new", {**REPORT, "draft_id": draft()})
    assert Case.objects.count() == 1
    client.post("/new", {**REPORT, "text": "另外一件事：楼下的垃圾桶三天没人清。", "draft_id": draft()})
    assert Case.objects.count() == 2


def test_changed_after_it_had_arrived(city: World, client: Client) -> None:
    """Nothing is stored twice, nothing is thrown away: the words come back with what to do, and the case is open to the person."""
    one = draft()
    filed = Client().post("/new", {**REPORT, "draft_id": one}, headers=ALONE).json()
    answer = client.post("/new", {**REPORT, "text": "改过的话", "draft_id": one})
    page = answer.content.decode()
    assert answer.status_code == 409 and filed["code"] in page and filed["secret"] in page and "改过的话" in page
    assert "想补充什么" in client.get(f"/cases/{filed['code']}").content.decode()
    by_itself = Client().post("/new", {**REPORT, "text": "改过的话", "draft_id": one}, headers=ALONE)
    assert by_itself.status_code == 409 and filed["code"] in by_itself.json()["errors"][0]
    assert Case.objects.count() == 1


def test_a_device_is_told_what_the_person_has_to_do(city: World, client: Client) -> None:
    """In words, all at once; no photo is taken in, for the device still has it."""
    photo = io.BytesIO()
    Image.new("RGB", (80, 60), "#446688").save(photo, "JPEG")
    photo.seek(0)
    photo.name = "photo.jpg"
    answer = client.post("/new", {**REPORT, "text": "  ", "phone": "138", "photos": photo, "draft_id": draft()}, headers=ALONE)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 2 and any("手机号要 11 位" in said for said in answer.json()["errors"])
    assert not Attachment.objects.exists() and not Case.objects.exists()


def test_a_device_that_asks_too_often_is_told_when_to_come_back(city: World, client: Client) -> None:
    answers = [client.post("/new", {**REPORT, "text": f"第 {n} 件事", "draft_id": draft()}, headers=ALONE) for n in range(limits.FILING[0].times + 1)]
    assert [answer.status_code for answer in answers[:-1]] == [200] * limits.FILING[0].times
    assert answers[-1].status_code == 429 and int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize("name", ["", "1", "not-a-uuid", "A" * 36, "0" * 400])
def test_a_name_that_no_device_of_ours_gives_counts_for_nothing(city: World, name: str) -> None:
    """It could be guessed: the case of somebody else would open."""
    for _ in range(2):
        client = Client()
        client.get("/new")
        assert client.post("/new", {**REPORT, "draft_id": name}).status_code == 302
    assert Case.objects.count() == 2


def test_a_scanned_place_needs_no_words(city: World, client: Client) -> None:
    """The form that was kept for no network knows only the code of the plate."""
    form = {**REPORT, "place": "", "district": "", "scanned": "yinxing-b1"}
    assert client.post("/new", form, headers=ALONE).status_code == 200
    assert Case.objects.get().place == "yinxing-b1"
    missing = client.post("/new", {**form, "text": "另一件", "scanned": "pulled-down"}, headers=ALONE)
    assert missing.status_code == 422 and "写明在哪里" in missing.json()["errors"][0]


def test_the_page_of_what_waits_needs_no_scripts_to_say_that_nothing_does(city: World, client: Client, settings: Any) -> None:
    assert "没有等着发送的" in client.get("/outbox").content.decode()
    assert client.post("/outbox").status_code == 405

"""Photos, a video, a voice: sent piece by piece, broken off and gone on, blurred, spoken, turned into text, played on the page of the case."""

import io
import itertools
import re
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from minsheng import wiring
from minsheng.adapters.transcriber import SetTranscriber
from minsheng.models.case import Attachment, Case, Upload
from minsheng.queries import rules as rulebook
from tests.browser.conftest import Visit
from tests.browser.looks import Look
from tests.browser.steps import REPORT
from tests.films import film, voice
from tests.world import World

pytestmark = pytest.mark.browser


def fill(page: Page) -> None:
    """Everything but the files."""
    for name, value in REPORT.items():
        page.locator(f"#report [name={name}]").fill(value)


def submit(page: Page) -> Case:
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    return Case.objects.get()


def tile(page: Page, name: str) -> Locator:
    return page.locator("[data-shots] .ms-shot", has_text=name)


def done(page: Page, name: str) -> Locator:
    """The tile, when the server has looked at its file."""
    found = tile(page, name)
    expect(found).to_have_attribute("data-state", "done")
    return found


class Line:
    """The line between a page and the server: what is sent in pieces, and how it is cut."""

    def __init__(self, page: Page, *, pieces: int) -> None:
        self.offsets: list[int] = []
        self.left = pieces
        self._page = page
        page.route("**/uploads/*", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
        elif self.left:
            self.left -= 1
            self.offsets.append(int(route.request.headers["upload-offset"]))
            route.continue_()
        else:
            route.abort("failed")

    def cut(self) -> None:
        self._page.context.set_offline(True)

    def mend(self) -> None:
        self.left = 1000
        self._page.context.set_offline(False)


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """A film of some 5 MB: five pieces."""
    path = film(tmp_path / "heavy.mp4", seconds=3, size=(640, 480), noise=True)
    assert path.stat().st_size > 4 * 1024 * 1024
    return path


# --- the line breaks --------------------------------------------------------------------------------------------------------------


def test_an_upload_that_breaks_goes_on_by_itself(city: World, visit: Visit, heavy: Path) -> None:
    """Two pieces have come when the line breaks. It says so, waits, goes on from there when the line is back, and is filed."""
    page = visit(phone=True)
    page.goto("/new")
    line = Line(page, pieces=2)
    page.locator("#video").set_input_files(heavy)
    expect(tile(page, "视频 1").locator("[data-percent]")).to_have_text(re.compile(r"[3-9]\d%"))
    expect(tile(page, "视频 1").locator("[data-bytes]")).to_have_text(re.compile(r"[12]\.\d / [45]\.\d MB"))
    line.cut()
    expect(tile(page, "视频 1")).to_contain_text("断网了，连上会接着传")
    assert Upload.objects.get().received == 2 * 1024 * 1024
    line.mend()
    done(page, "视频 1")
    assert line.offsets[:2] == [0, 1024 * 1024] and line.offsets[2] == 2 * 1024 * 1024, "nothing was sent twice"
    fill(page)
    case = submit(page)
    assert list(case.attachments.values_list("kind", flat=True)) == ["video"]
    assert not Upload.objects.exists()


def test_a_page_that_is_loaded_anew_goes_on_where_it_stopped(city: World, visit: Visit, heavy: Path, photos: list[Path]) -> None:
    """What was whole is still there; what was half sent goes on when the same file is chosen again."""
    page = visit(phone=True)
    page.goto("/new")
    page.locator("#photos").set_input_files(photos[0])
    done(page, "照片 1")
    line = Line(page, pieces=3)
    page.locator("#video").set_input_files(heavy)
    expect(tile(page, "视频 1").locator("[data-percent]")).to_have_text(re.compile(r"[5-9]\d%"))
    page.get_by_role("button", name="暂停").click()
    expect(page.get_by_role("button", name="继续")).to_be_visible()
    page.reload()
    expect(done(page, "照片 1").locator("img")).to_be_visible()
    line.offsets, line.left = [], 1000
    page.locator("#video").set_input_files(heavy)
    done(page, "视频 1")
    assert line.offsets[0] == 3 * 1024 * 1024
    page.evaluate("sessionStorage.clear()")
    page.reload()
    line.offsets = []
    page.locator("#video").set_input_files(heavy)
    done(page, "视频 1")
    assert line.offsets == [], "in another tab, chosen again: it is here already"
    page.locator("#photos").set_input_files(photos[0])
    done(page, "照片 1")
    fill(page)
    assert submit(page).attachments.count() == 2


def test_the_form_waits_for_what_still_travels(city: World, visit: Visit, heavy: Path) -> None:
    """Sent too early it says what it waits for, and goes by itself."""
    page = visit(phone=True)
    page.goto("/new")
    fill(page)
    line = Line(page, pieces=1)
    page.locator("#video").set_input_files(heavy)
    expect(tile(page, "视频 1").locator("[data-percent]")).to_have_text(re.compile("%"))
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-waits")).to_have_text("还有 1 个文件没传完，传完就自动提交。")
    line.mend()
    expect(page.get_by_role("heading", level=1)).to_have_text("收到了，已经开始办")
    assert Case.objects.get().attachments.get().kind == "video"


# --- what is refused --------------------------------------------------------------------------------------------------------------


def test_what_is_refused_says_why_and_holds_the_form_back(city: World, visit: Visit, photos: list[Path], tmp_path: Path) -> None:
    """A 40 MB "photo", a ZIP named .jpg, ten minutes of film: words on the tile; nothing else is lost; taken away, the form goes."""
    page = visit(phone=True)
    page.goto("/new")
    fill(page)
    heavy, zipped = tmp_path / "heavy.jpg", tmp_path / "holiday.jpg"
    with heavy.open("wb") as out:
        out.truncate(40 * 1024 * 1024)
    zipped.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    page.locator("#photos").set_input_files([photos[0], heavy, zipped])
    page.locator("#video").set_input_files(film(tmp_path / "long.mp4", seconds=600, rate=1, sound=None, size=(32, 32)))
    expect(tile(page, "照片 2")).to_contain_text("照片最大 20 MB，这张有 40.0 MB。请压缩后再传，或者截一张图。")
    expect(tile(page, "照片 3")).to_contain_text("这个文件是压缩包或办公文档，不是照片")
    expect(tile(page, "视频 1")).to_contain_text("视频最长 60 秒，这段有 10 分钟")
    done(page, "照片 1")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-waits")).to_contain_text("有文件没有收下")
    assert not Case.objects.exists()
    for name in ("照片 3", "照片 2", "视频 1"):
        page.get_by_role("button", name=f"去掉{name}").click()
    expect(page.locator(".ms-waits")).to_have_text("")
    assert submit(page).attachments.count() == 1
    assert Attachment.objects.count() == 1


def test_one_more_than_there_may_be(city: World, visit: Visit, photos: list[Path], tmp_path: Path) -> None:
    """The tenth photo and the second film are said; what is taken away makes room, and is gone from the server."""
    page = visit()
    page.goto("/new")
    page.locator("#photos").set_input_files([*photos * 5])
    expect(page.locator("[data-says]")).to_have_text("照片够 9 张了，去掉一张才能再加。")
    for n in range(1, 10):
        done(page, f"照片 {n}")
    assert Attachment.objects.count() == 9
    page.get_by_role("button", name="去掉照片 9").click()
    expect(page.locator("[data-shots] .ms-shot")).to_have_count(8)
    expect(page.locator("#photos")).to_be_focused()
    small = [film(tmp_path / f"{n}.mp4", seconds=n, sound=None) for n in (1, 2)]
    page.locator("#video").set_input_files(small[0])
    done(page, "视频 1")
    page.locator("#video").set_input_files(small[1])
    expect(page.locator("[data-says]")).to_have_text("已经有视频了，去掉它才能换一段。")
    assert Attachment.objects.count() == 9


# --- blur -------------------------------------------------------------------------------------------------------------------------


def test_what_was_framed_is_unreadable_in_what_is_sent(city: World, visit: Visit, photos: list[Path]) -> None:
    """One frame is drawn, one taken back: the sent picture differs there and only there; the sharp one is gone from the server."""
    page = visit(phone=True)
    page.goto("/new")
    page.locator("#photos").set_input_files(photos[0])
    done(page, "照片 1")
    sharp = Attachment.objects.get().digest
    expect(page.get_by_text("点照片，可以先给人脸、车牌打码")).to_be_visible()
    page.get_by_role("button", name="给照片 1 打码").click()
    dialog = page.get_by_role("dialog", name="给照片打码")
    expect(dialog).to_be_visible()
    edge = dialog.locator("canvas").bounding_box()
    assert edge is not None

    def frame(left: float, top: float, right: float, bottom: float) -> None:
        assert edge is not None
        page.mouse.move(edge["x"] + edge["width"] * left, edge["y"] + edge["height"] * top)
        page.mouse.down()
        page.mouse.move(edge["x"] + edge["width"] * right, edge["y"] + edge["height"] * bottom, steps=3)
        page.mouse.up()

    frame(0.1, 0.1, 0.4, 0.4)
    frame(0.6, 0.6, 0.9, 0.9)
    dialog.get_by_role("button", name="撤销一处").click()
    dialog.get_by_role("button", name="完成").click()
    done(page, "照片 1")
    fill(page)
    row = submit(page).attachments.get()
    assert row.digest != sharp and not wiring.blobs().has(sharp)
    before = PIL.Image.open(photos[0]).convert("L")
    after = PIL.Image.open(io.BytesIO(wiring.blobs().get(row.digest))).convert("L").resize(before.size)
    assert contrast(after, (0.15, 0.15, 0.35, 0.35)) < contrast(before, (0.15, 0.15, 0.35, 0.35)) / 3
    for region in ((0.65, 0.65, 0.85, 0.85), (0.5, 0.1, 0.9, 0.4)):
        assert contrast(after, region) > contrast(before, region) * 0.6


def contrast(picture: PIL.Image.Image, region: tuple[float, float, float, float]) -> float:
    """How much neighbouring points differ: of grain much, of coarse squares hardly anything."""
    width, height = picture.size
    part = picture.crop((int(region[0] * width), int(region[1] * height), int(region[2] * width), int(region[3] * height)))
    points = part.tobytes()
    return sum(abs(a - b) for a, b in itertools.pairwise(points)) / len(points)


def test_the_dialog_is_left_without_a_trace(city: World, visit: Visit, photos: list[Path]) -> None:
    """Escape, and a frame that was not finished with 完成: the photo stays as it was."""
    page = visit()
    page.goto("/new")
    page.locator("#photos").set_input_files(photos[0])
    done(page, "照片 1")
    page.get_by_role("button", name="给照片 1 打码").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="给照片 1 打码").click()
    page.get_by_role("button", name="不打码了").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert Attachment.objects.count() == 1 and done(page, "照片 1").is_visible()


# --- voice ------------------------------------------------------------------------------------------------------------------------


def test_a_voice_is_recorded_heard_and_filed(city: World, visit: Visit) -> None:
    """Recorded with the microphone of the browser, thrown away, recorded again, sent; it plays on the page of the case."""
    page = visit(phone=True)
    page.goto("/new")
    fill(page)
    page.get_by_role("button", name="录一段话").click()
    expect(page.get_by_role("button", name="录好了")).to_be_focused()
    page.get_by_role("button", name="不要了").click()
    expect(page.locator("[data-shots] .ms-shot")).to_have_count(0)
    page.get_by_role("button", name="录一段话").click()
    page.get_by_role("button", name="录好了").click()
    expect(page.locator("[data-says]")).to_contain_text("太短了，没有录到声音")
    for name in ("录音 1", "录音 2"):
        page.get_by_role("button", name="录一段话").click()
        expect(page.locator("[data-time]")).to_have_text("0:01")
        page.get_by_role("button", name="录好了").click()
        done(page, name)
    page.get_by_role("button", name="去掉录音 1").click()
    expect(page.locator("[data-shots] .ms-shot")).to_have_count(1)
    case = submit(page)
    row = case.attachments.get()
    assert (row.kind, row.media_type) == ("audio", "audio/mp4") and (row.seconds or 0) > 0.5
    page.goto(f"/cases/{case.code}")
    heard = page.get_by_label("录音 1")
    expect(heard).to_be_visible()
    assert plays(heard) > 0.5


def test_what_is_said_stands_below_what_was_typed(city: World, visit: Visit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One tap records and writes down; a recording that is there is written down on request; nothing that was typed is replaced."""
    double = SetTranscriber("路灯坏了一个星期")
    monkeypatch.setattr(wiring, "transcriber", lambda: double)
    page = visit(phone=True)
    page.goto("/new")
    page.locator("#text").fill("小区北门。")
    page.get_by_role("button", name="说一段，转成文字").click()
    expect(page.locator("[data-time]")).to_have_text("0:01")
    page.get_by_role("button", name="录好了").click()
    expect(page.locator("#text")).to_have_value("小区北门。\n路灯坏了一个星期")
    expect(page.get_by_text("转好了，请看看对不对")).to_be_visible()
    double.text = "昨晚有人摔了"
    page.locator("#audio").set_input_files(voice(tmp_path / "a.m4a", form="mp4"))
    done(page, "录音 2").get_by_role("button", name="转成文字").click()
    expect(page.locator("#text")).to_have_value("小区北门。\n路灯坏了一个星期\n昨晚有人摔了")
    double.text = ""
    tile(page, "录音 2").get_by_role("button", name="转成文字").click()
    expect(page.get_by_text("没有听清说的是什么")).to_be_visible()
    expect(page.locator("#text")).to_have_value("小区北门。\n路灯坏了一个星期\n昨晚有人摔了")
    for name in ("place", "name", "phone"):
        page.locator(f"#report [name={name}]").fill(REPORT[name])
    assert submit(page).attachments.filter(kind="audio").count() == 2


RECOGNISER = """
window.SpeechRecognition = window.webkitSpeechRecognition = class {
  start() { setTimeout(() => { this.onresult({resultIndex: 0, results: [[{transcript: "路灯不亮"}]]}); }, 50); }
  stop() { this.onend(); }
};
"""


def test_the_browsers_recogniser_only_where_the_city_says_so(city: World, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the city's word it is not there, though the browser has one; with it, it stands beside its warning."""
    page = visit(phone=True)
    page.add_init_script(RECOGNISER)
    page.goto("/new")
    expect(page.get_by_role("button", name="用浏览器听写")).to_have_count(0)
    rules = rulebook.today()
    allowed = replace(rules, profile=rules.profile.model_copy(update={"browser_voice": True}))
    monkeypatch.setattr(rulebook, "today", lambda: allowed)
    page.goto("/new")
    expect(page.get_by_text("您的声音会传给它，可能传到国外")).to_be_visible()
    page.locator("#text").fill("北门：")
    button = page.get_by_role("button", name="用浏览器听写")
    button.click()
    expect(page.locator("#text")).to_have_value("北门：路灯不亮")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_a_microphone_that_is_refused_is_said(city: World, visit: Visit) -> None:
    page = visit(phone=True)
    page.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));")
    page.goto("/new")
    page.get_by_role("button", name="录一段话").click()
    expect(page.locator("[data-says]")).to_contain_text("请在浏览器里允许使用麦克风，或者选一个录好的文件")


def test_without_a_recorder_the_phone_has_its_own(city: World, visit: Visit) -> None:
    page = visit(phone=True)
    page.add_init_script("delete window.MediaRecorder;")
    page.goto("/new")
    expect(page.get_by_role("button", name="录一段话")).to_be_hidden()
    expect(page.locator("#audio")).to_have_attribute("capture", "")
    expect(page.locator("#audio")).to_have_attribute("accept", "audio/*")


# --- the page of the case ---------------------------------------------------------------------------------------------------------


def plays(player: Locator) -> float:
    """It has loaded enough to play; returns its length."""
    return float(
        player.evaluate(
            """player => new Promise((done, fail) => {
                 player.oncanplay = () => done(player.readyState >= 3 ? player.duration : -1);
                 player.onerror = () => fail(new Error(player.error.message));
                 player.preload = "auto";
                 player.load();
               })"""
        )
    )


@pytest.mark.parametrize(("name", "picture", "sound"), [("a.mp4", "libx264", "aac"), ("a.webm", "libvpx", "libopus")])
def test_a_video_plays_upright_on_the_page_of_the_case(city: World, visit: Visit, tmp_path: Path, name: str, picture: str, sound: str) -> None:
    """With its picture before it plays, turned as the camera was held, and from any place (by ranges)."""
    page = visit(phone=True)
    page.goto("/new")
    fill(page)
    page.locator("#video").set_input_files(film(tmp_path / name, seconds=5, picture=picture, sound=sound, turned=90 if name == "a.mp4" else 0))
    done(page, "视频 1")
    case = submit(page)
    page.goto(f"/cases/{case.code}")
    player = page.locator("video")
    expect(player).to_have_attribute("poster", re.compile("/photos/"))
    assert 4.9 < plays(player) < 5.3
    size = player.evaluate("player => [player.videoWidth, player.videoHeight]")
    assert size == ([240, 320] if name == "a.mp4" else [320, 240])
    row = case.attachments.get()
    poster = PIL.Image.open(io.BytesIO(wiring.blobs().get(row.thumbnail)))
    assert list(poster.size) == size
    player.evaluate("player => new Promise(done => { player.onseeked = done; player.currentTime = 4; })")
    corner = player.evaluate(
        """player => { const sheet = document.createElement("canvas"); sheet.width = player.videoWidth; sheet.height = player.videoHeight;
                       const pen = sheet.getContext("2d"); pen.drawImage(player, 0, 0); return Array.from(pen.getImageData(20, 20, 1, 1).data).slice(0, 3); }"""
    )
    assert all(abs(a - b) < 60 for a, b in zip(corner, poster.getpixel((20, 20)), strict=True)), "the poster is turned like the film"  # type: ignore[arg-type]


def test_the_form_with_everything_in_it(city: World, visit: Visit, photos: list[Path], tmp_path: Path, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of every kind, one refused, the dialog, the recorder: nothing that axe finds; then the case with video and voice."""
    monkeypatch.setattr(wiring, "transcriber", lambda: SetTranscriber("x"))
    page = visit(phone=True)
    page.goto("/new")
    fill(page)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"PK\x03\x04")
    page.locator("#photos").set_input_files([*photos, bad])
    page.locator("#video").set_input_files(film(tmp_path / "a.mp4"))
    page.locator("#audio").set_input_files(voice(tmp_path / "a.m4a", form="mp4"))
    for name in ("照片 1", "照片 2", "视频 1", "录音 1"):
        done(page, name)
    look(page, "/new with files")
    page.evaluate(
        "document.querySelectorAll('.ms-shot').forEach((one, n) => { one.dataset.state = ['sending', 'paused', 'again', 'waiting', 'checking'][n]; })"
    )
    look(page, "/new with files on their way")
    page.reload()
    for name in ("照片 1", "照片 2", "视频 1", "录音 1"):
        done(page, name)
    page.get_by_role("button", name="给照片 1 打码").click()
    look(page, "the dialog of blurring")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="录一段话").click()
    look(page, "recording")
    page.get_by_role("button", name="不要了").click()
    fill(page)
    case = submit(page)
    page.goto(f"/cases/{case.code}")
    look(page, "a case with video and voice")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_error_in_another_field_keeps_the_files(city: World, visit: Visit, photos: list[Path], tmp_path: Path, *, scripts: bool) -> None:
    """A form that comes back has its files, with their pictures; one is taken away, the others are filed."""
    page = visit(phone=True, scripts=scripts)
    page.goto("/new")
    page.locator("#photos").set_input_files(photos)
    page.locator("#video").set_input_files(film(tmp_path / "a.mp4"))
    if scripts:
        done(page, "视频 1")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".ms-errors")).to_be_visible()
    expect(page.locator("[name=kept]")).to_have_count(3)
    expect(page.locator(".ms-shot img").first).to_be_visible()
    expect(page.get_by_text("点照片，可以先给人脸、车牌打码")).to_be_visible(visible=scripts)
    if scripts:
        page.get_by_role("button", name="去掉照片 2").click()
    else:
        page.get_by_label("照片 2", exact=True).uncheck()
    fill(page)
    case = submit(page)
    assert sorted(case.attachments.values_list("kind", flat=True)) == ["photo", "video"]

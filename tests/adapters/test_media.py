"""视频、录音: what phones record passes, nothing of the file survives but pictures and sound, and what is neither is refused in words."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import PIL.Image
import pillow_heif
import pytest

from minsheng.adapters import media
from minsheng.domain.errors import BadInput, TooLarge
from tests.films import PLACE, TOLD, film, voice

HIDDEN = (b"Secret", b"31.68", PLACE.encode(), b"x264", b"2026-01", b"creation")


def refused(source: Path, kind: str = "video") -> BadInput:
    with pytest.raises(BadInput) as caught, media.recast(source, kind=kind):
        pass
    assert caught.value.field == kind
    assert caught.value.zh and caught.value.en
    return caught.value


def file(tmp_path: Path, content: bytes, name: str = "x.mp4") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


# --- what passes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "picture", "sound", "becomes"),
    [
        ("a.mp4", "libx264", "aac", "video/mp4"),
        ("a.mov", "libx264", "aac", "video/mp4"),
        ("a.mov", "libx265", "aac", "video/mp4"),
        ("a.mp4", "libx264", None, "video/mp4"),
        ("a.mov", "libx264", "pcm_s16le", "video/mp4"),
        ("a.mkv", "libx264", "libopus", "video/mp4"),
        ("a.webm", "libvpx", "libopus", "video/webm"),
        ("a.webm", "libvpx-vp9", "libopus", "video/webm"),
    ],
)
def test_every_usual_video_becomes_one_that_browsers_play(tmp_path: Path, name: str, picture: str, sound: str | None, becomes: str) -> None:
    source = film(tmp_path / name, picture=picture, sound=sound)
    with media.recast(source, kind="video") as made:
        assert (made.media_type, made.width, made.height) == (becomes, 320, 240)
        assert 1.8 < made.seconds < 2.3
        with av.open(str(made.path)) as again:
            assert sum(1 for _ in again.decode(video=0)) == 20
            assert 1.9 < (again.duration or 0) / 1e6 < 2.3
            assert len(again.streams.audio) == (sound is not None)
            if becomes == "video/mp4" and sound:
                assert again.streams.audio[0].codec_context.name == "aac"
        assert made.thumbnail is not None
        small = PIL.Image.open(io.BytesIO(made.thumbnail))
        assert (small.format, small.size) == ("JPEG", (320, 240))
        assert small.getpixel((20, 200))[0] > 150 and small.getpixel((300, 200))[2] > 150  # type: ignore[index]
    assert not made.path.exists()


def test_an_mp4_begins_with_its_table_and_hevc_bears_the_name_that_apple_knows(tmp_path: Path) -> None:
    with media.recast(film(tmp_path / "a.mov", picture="libx265"), kind="video") as made:
        content = made.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    assert b"hvc1" in content


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_where_and_when_it_was_taken_and_with_what_is_gone(tmp_path: Path, name: str) -> None:
    source = film(tmp_path / name, told=TOLD)
    before = source.read_bytes()
    assert b"Secret" in before and b"+31.68" in before and b"x264" in before
    with media.recast(source, kind="video") as made:
        content = made.path.read_bytes()
        with av.open(str(made.path)) as again:
            assert set(again.metadata) <= {"major_brand", "minor_version", "compatible_brands", "encoder"}
    assert [word for word in HIDDEN if word in content] == []
    assert made.thumbnail is not None and b"Exif" not in made.thumbnail


def test_of_a_webm_too(tmp_path: Path) -> None:
    source = film(tmp_path / "a.webm", picture="libvpx", sound="libopus", told={"title": "SecretTitle", "comment": "SecretComment"})
    assert b"Secret" in source.read_bytes()
    with media.recast(source, kind="video") as made:
        assert b"Secret" not in made.path.read_bytes()


def test_a_video_taken_upright_stays_upright(tmp_path: Path) -> None:
    with media.recast(film(tmp_path / "a.mp4", turned=90), kind="video") as made:
        assert (made.width, made.height) == (240, 320)
        assert made.thumbnail is not None and PIL.Image.open(io.BytesIO(made.thumbnail)).size == (240, 320)
        with av.open(str(made.path)) as again:
            assert next(iter(again.decode(video=0))).rotation == 90


@pytest.mark.parametrize(
    ("name", "codec", "rate", "form"),
    [
        ("a.webm", "libopus", 48_000, None),
        ("a.ogg", "libopus", 48_000, None),
        ("a.m4a", "aac", 44_100, "mp4"),
        ("a.aac", "aac", 44_100, "adts"),
        ("a.mp3", "libmp3lame", 44_100, None),
        ("a.wav", "pcm_s16le", 16_000, None),
        ("a.amr", "libopencore_amrnb", 8_000, None),
        ("a.flac", "flac", 44_100, None),
    ],
)
def test_every_usual_recording_becomes_one_that_browsers_play(tmp_path: Path, name: str, codec: str, rate: int, form: str | None) -> None:
    with media.recast(voice(tmp_path / name, codec=codec, rate=rate, form=form), kind="audio") as made:
        assert (made.media_type, made.width, made.thumbnail) == ("audio/mp4", None, None)
        assert 1.9 < made.seconds < 2.2
        with av.open(str(made.path)) as again:
            assert [stream.codec_context.name for stream in again.streams] == ["aac"]
            assert 1.9 < (again.duration or 0) / 1e6 < 2.2
            assert max(abs(frame.to_ndarray()).max() for frame in again.decode(audio=0)) > 0.1


def test_a_recording_says_nothing_of_who_made_it(tmp_path: Path) -> None:
    source = voice(tmp_path / "a.mp3", codec="libmp3lame", rate=44_100, told={"title": "SecretTitle", "artist": "SecretName"})
    assert b"Secret" in source.read_bytes()
    with media.recast(source, kind="audio") as made:
        assert b"Secret" not in made.path.read_bytes()


@pytest.mark.parametrize(("form", "starts"), [("wav", b"RIFF"), ("mp3", b"")])
def test_a_recogniser_gets_sixteen_kilohertz_in_one_channel(tmp_path: Path, form: str, starts: bytes) -> None:
    with media.recast(voice(tmp_path / "a.webm", codec="libopus"), kind="audio") as made:
        sound = media.sound(made.path.read_bytes(), form=form)
    assert sound is not None and sound.startswith(starts)
    with av.open(io.BytesIO(sound)) as again:
        stream = again.streams.audio[0]
        assert (stream.codec_context.sample_rate, stream.codec_context.channels) == (16_000, 1)
    assert media.sound(b"no sound", form=form) is None


# --- what does not --------------------------------------------------------------------------------------------------------------


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.mp4", "x")
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    drawn = PIL.Image.new("RGB", (64, 48), "red")
    if kind == "HEIF":
        pillow_heif.from_pillow(drawn).save(out)
    else:
        drawn.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["video", "audio"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (zipped(), "压缩包"),
        (b"%PDF-1.7\n", "PDF"),
        (b"MZ" + b"\0" * 100, "程序"),
        (picture("JPEG"), "照片"),
        (picture("HEIF"), "照片"),
        (picture("WEBP"), "照片"),
        (b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n", "打不开"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "打不开"),
        (b"\0" * 1000, "打不开"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\0" * 400, "没有传完整"),
        (b"\x1aE\xdf\xa3" + b"\0" * 400, "没有传完整"),
        (b"OggS" + b"\xff" * 400, "没有传完整"),
    ],
)
def test_what_is_neither_is_called_by_its_name(tmp_path: Path, kind: str, content: bytes, words: str) -> None:
    assert words in refused(file(tmp_path, content), kind).zh


def test_ten_minutes_are_too_long_and_the_length_is_told(tmp_path: Path) -> None:
    said = refused(film(tmp_path / "a.mp4", seconds=600, rate=1, sound=None, size=(32, 32)))
    assert "最长 60 秒" in said.zh and "10 分钟" in said.zh and "10 min" in said.en
    assert "最长 120 秒" in refused(voice(tmp_path / "a.amr", seconds=130, codec="libopencore_amrnb", rate=8_000), "audio").zh


def test_a_file_whose_head_is_silent_about_its_length_is_measured(tmp_path: Path) -> None:
    """As browsers write them: the length stands nowhere and is counted."""
    for name, kind in (("a.webm", "audio"), ("b.webm", "video")):
        long = (
            voice(tmp_path / name, seconds=130, codec="libopus") if kind == "audio" else film(tmp_path / name, seconds=90, rate=1, picture="libvpx", sound=None)
        )
        content = long.read_bytes()
        at = content.index(b"\x44\x89\x88")  # Duration, eight bytes
        long.write_bytes(content[: at + 3] + b"\0" * 8 + content[at + 11 :])
        assert "最长" in refused(long, kind).zh


def test_sixty_seconds_and_a_bit_pass(tmp_path: Path) -> None:
    with media.recast(film(tmp_path / "a.mp4", seconds=61, rate=1, sound=None, size=(32, 32)), kind="video") as made:
        assert made.seconds == 61


def test_a_film_is_no_recording_and_a_recording_no_film(tmp_path: Path) -> None:
    assert "是视频，不是录音" in refused(film(tmp_path / "a.mp4"), "audio").zh
    assert "没有画面" in refused(voice(tmp_path / "a.m4a", form="mp4"), "video").zh


def test_a_film_that_browsers_do_not_play_is_named(tmp_path: Path) -> None:
    said = refused(film(tmp_path / "a.mp4", picture="mpeg4"))
    assert "mpeg4" in said.zh and "手机自带的相机" in said.zh


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_film_cut_short_is_refused(tmp_path: Path, name: str) -> None:
    kind = ("libx264", "aac") if name == "a.mp4" else ("libvpx", "libopus")
    content = film(tmp_path / name, seconds=10, picture=kind[0], sound=kind[1]).read_bytes()
    assert "没有传完整" in refused(file(tmp_path, content[: len(content) // 2])).zh


def test_a_film_of_ours_cut_short_is_refused_though_its_table_is_there(tmp_path: Path) -> None:
    with media.recast(film(tmp_path / "a.mp4", seconds=10), kind="video") as made:
        content = made.path.read_bytes()
    assert "没有传完整" in refused(file(tmp_path, content[: len(content) // 2])).zh


def test_too_large_is_said_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "_read", never)
    heavy = tmp_path / "a.mp4"
    with heavy.open("wb") as out:
        out.truncate(201 * 1024 * 1024)
    with pytest.raises(TooLarge, match=r"视频最大 200 MB，这段有 201\.0 MB"), media.recast(heavy, kind="video"):
        pass
    with pytest.raises(TooLarge, match="录音最大 20 MB"), media.recast(heavy, kind="audio"):
        pass


def never(*_: object, **__: object) -> dict[str, object]:
    raise AssertionError("read a file that is too large")


def test_a_small_file_with_a_huge_picture_is_refused(tmp_path: Path) -> None:
    """Sixteen thousand points wide: a frame of it would take gigabytes."""
    content = bytearray(film(tmp_path / "a.webm", picture="libvpx", sound=None).read_bytes())
    at = content.index(b"\xb0\x82\x01\x40\xba\x81\xf0")  # PixelWidth 320, PixelHeight 240
    content[at : at + 7] = b"\xb0\x82\x40\x00\xba\x81\xf0"
    assert "画面太大（16384×240）" in refused(file(tmp_path, bytes(content))).zh


# --- the process ----------------------------------------------------------------------------------------------------------------


def test_the_reader_has_none_of_our_secrets_and_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What parses strangers' files runs without our environment, and says so itself."""
    probe = tmp_path / "probe.py"
    probe.write_text("import json, os; print(json.dumps({'refused': 'codec', 'codec': ' '.join(sorted(os.environ))}))")
    monkeypatch.setattr(media, "_CHILD", str(probe))
    monkeypatch.setenv("MINSHENG_SECRET_KEY", "SecretKey")
    assert "MINSHENG" not in refused(film(tmp_path / "a.mp4")).zh
    limits = "import resource,runpy,sys; m = runpy.run_path(sys.argv[1]); m['main']('video', 'x', 'y', '1'); print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    child = Path(media.__file__).with_name("remux.py")
    told = subprocess.run([sys.executable, "-c", limits, str(child)], capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    assert json.loads(told.stdout.split("}")[0] + "}")["refused"] == "broken"
    assert int(told.stdout.split("}")[1]) == 2 * 1024**3


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "处理得太久"),
        ("raise MemoryError", "没有传完整"),
        ("while True: pass", "处理得太久"),
    ],
)
def test_a_reader_that_breaks_breaks_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, words: str) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(code)
    monkeypatch.setattr(media, "_CHILD", str(probe))
    monkeypatch.setattr(media, "PATIENCE", 1)
    assert words in refused(film(tmp_path / "a.mp4")).zh


def test_damaged_files_are_films_or_refused_in_words(tmp_path: Path) -> None:
    """A byte here and there: never an error of ours."""
    content = film(tmp_path / "a.mp4").read_bytes()
    outcomes = set()
    for n in range(0, len(content), len(content) // 12):
        damaged = bytearray(content)
        damaged[n : n + 4] = b"\xff\xfe\xfd\xfc"
        try:
            with media.recast(file(tmp_path, bytes(damaged)), kind="video") as made:
                outcomes.add(made.media_type)
        except BadInput as said:
            outcomes.add(said.code)
    assert outcomes <= {"video/mp4", "bad_input"} and len(outcomes) == 2

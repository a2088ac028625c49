"""视频、录音: what a citizen sends becomes a plain file of ours, or is refused in words.

A video keeps its pictures and its sound, but in a fresh file: no place, no device, no dates, no tracks that a camera hides. A sound is decoded and
written anew as AAC, which every browser plays. What a file is called, and what its sender says it is, do not matter; what is in it decides. The
reading is done by adapters/remux.py in a process of its own, one at a time in each of ours.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minsheng.adapters.images import what_it_is
from minsheng.domain.errors import BadInput
from minsheng.domain.media import GRACE, SECONDS, weigh

PATIENCE = 150  # seconds for one file, whatever it is
_CHILD = str(Path(__file__).with_name("remux.py"))
_one_at_a_time = threading.Lock()

_ZH = {"video": "这段视频", "audio": "这段录音"}
_EN = {"video": "This video", "audio": "This recording"}
_KINDS = {
    "video": ("视频。请传手机拍的视频（MP4、MOV、WebM）。", "a video. Please send one that a phone has taken (MP4, MOV, WebM)."),
    "audio": ("录音。请传手机录的声音（M4A、MP3、AMR、WAV、OGG）。", "a recording. Please send one that a phone has made (M4A, MP3, AMR, WAV, OGG)."),
}
_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """A video or a sound of ours: a file that lasts as long as the context that gave it, with its SHA-256, type and length; of a video a small JPEG."""

    path: Path
    sha256: str
    media_type: str
    seconds: float
    width: int | None
    height: int | None
    thumbnail: bytes | None


@contextmanager
def recast(source: Path, *, kind: str) -> Iterator[Footage]:
    """The file written anew: kind is video or audio. Everything else is `BadInput` (or `TooLarge`) on the field of that name."""
    weigh(kind, source.stat().st_size, field=kind)
    with tempfile.TemporaryDirectory(prefix="minsheng-") as directory:
        told = _read(kind, source, Path(directory), limit=SECONDS[kind] + GRACE)
        if "refused" in told:
            raise _refusal(kind, source, told)
        path, small = Path(directory) / told["file"], Path(directory) / "thumbnail.jpg"
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        yield Footage(
            path=path,
            sha256=sha256,
            media_type=told["media_type"],
            seconds=round(told["seconds"], 1),
            width=told["width"],
            height=told["height"],
            thumbnail=small.read_bytes() if small.exists() else None,
        )


def sound(audio: bytes, *, form: str) -> bytes | None:
    """A recording of ours for a recogniser: form is wav or mp3, 16 kHz in one channel. None where there is no sound in it."""
    with tempfile.TemporaryDirectory(prefix="minsheng-") as directory:
        source = Path(directory) / "audio"
        source.write_bytes(audio)
        told = _read(form, source, Path(directory), limit=SECONDS["audio"] + 2 * GRACE)
        return None if "refused" in told else (Path(directory) / told["file"]).read_bytes()


def _read(way: str, source: Path, target: Path, *, limit: float) -> dict[str, Any]:
    """What the other process tells. It gets none of our environment: what it parses comes from strangers."""
    command = [sys.executable, "-I", _CHILD, way, str(source), str(target), str(limit)]
    with _one_at_a_time:
        try:
            ended = subprocess.run(command, env={}, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return {"refused": "slow"}
    if ended.returncode or not ended.stdout:
        return {"refused": "slow" if ended.returncode < 0 else "broken"}
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _refusal(kind: str, source: Path, told: dict[str, Any]) -> BadInput:
    zh, en = _unknown(kind, source) if told["refused"] == "unknown" else _words(kind, told)
    return BadInput(field=kind, zh=zh, en=en)


def _words(kind: str, told: dict[str, Any]) -> tuple[str, str]:
    zh, en, most = _ZH[kind], _EN[kind], SECONDS[kind]
    match told["refused"]:
        case "long":
            return (
                f"{zh[2:]}最长 {most} 秒，这段有{_span_zh(told['seconds'])}。请剪短，或者重新录一段要紧的。",
                f"{en} lasts {_span_en(told['seconds'])}; at most {most} seconds are possible. Please cut it, or record what matters most.",
            )
        case "picture":
            return "这段只有声音，没有画面，请从「录音」那里传。", "This file has sound but no picture: please send it as a recording."
        case "film":
            return "这是视频，不是录音，请从「视频」那里传。", "This is a video and not a recording: please send it as a video."
        case "sound":
            return "这个文件里没有声音，请重新录一段。", "There is no sound in this file: please record it again."
        case "codec":
            return (
                f"{zh}的格式（{told['codec']}）在网页上放不出来。请用手机自带的相机或录音机再录一段，或者转成 MP4 再传。",
                f"{en} is in a format ({told['codec']}) that browsers do not play. Please record it with the phone's own camera, or convert it to MP4.",
            )
        case "huge":
            return (
                f"{zh}的画面太大（{told['width']}×{told['height']}）。请把清晰度调到 4K 以下再录。",
                f"{en} has too large a picture ({told['width']}×{told['height']}). Please record it again below 4K.",
            )
        case "slow":
            return f"{zh}处理得太久，没有收下。请剪短或者换一段。", f"{en} took too long to read and was not stored. Please cut it, or send another."
        case _:
            return f"{zh}没有传完整，打不开。请重新传一次，或者换一段。", f"{en} is incomplete and cannot be opened. Please send it again, or another one."


def _unknown(kind: str, source: Path) -> tuple[str, str]:
    """What it is instead, as far as its first bytes say."""
    with source.open("rb") as file:
        head = file.read(2048)
    if head.startswith(_PHOTOS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or head[4:8] == b"ftyp":
        zh, en = "是照片", "is a photo"
    elif head.startswith(b"RIFF"):
        zh, en = "打不开", "cannot be opened"
    else:
        zh, en = what_it_is(head)
    return f"这个文件{zh}，不是{_KINDS[kind][0]}", f"This file {en}, not {_KINDS[kind][1]}"


def _span_zh(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return (f" {minutes} 分" if minutes else "") + (f" {rest} 秒" if rest else "钟" if minutes else " 0 秒")


def _span_en(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return " ".join(part for part in (f"{minutes} min" if minutes else "", f"{rest} s" if rest or not minutes else "") if part)

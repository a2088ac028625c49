"""Videos and sounds as phones make them, and as people make them who mean no good. Made here with PyAV: nobody's film lies in the repository."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

PLACE = "+31.6800+118.5000/"
#: What a camera writes beside the picture, where it may.
TOLD = {
    "location": PLACE, "com.apple.quicktime.location.ISO6709": PLACE, "com.apple.quicktime.make": "SecretMaker", "comment": "SecretComment",
    "title": "SecretTitle", "creation_time": "2026-01-01T08:00:00Z",
}  # fmt: skip


def film(
    path: Path,
    *,
    seconds: float = 2,
    rate: int = 10,
    picture: str = "libx264",
    sound: str | None = "aac",
    size: tuple[int, int] = (320, 240),
    told: dict[str, str] | None = None,
    turned: int = 0,
    noise: bool = False,
) -> Path:
    """A film: red on the left, blue on the right, a white line that walks down; a tone.

    turned: degrees by which the camera was held. noise: nothing but grain, which makes it heavy (640×480: 1.6 MB a second).
    """
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"} if path.suffix in (".mp4", ".mov") else {}) as out:
        out.metadata.update(told or {})
        shown: Any = out.add_stream(picture, rate=rate, options={"x265-params": "log-level=none"} if picture == "libx265" else {})
        shown.width, shown.height, shown.pix_fmt = *size, "yuv420p"
        if turned:
            shown.set_display_rotation(turned)
        heard: Any = out.add_stream(sound, rate=48_000, layout="mono") if sound else None
        for n in range(int(seconds * rate)):
            drawn = np.zeros((size[1], size[0], 3), np.uint8)
            drawn[:, : size[0] // 2], drawn[:, size[0] // 2 :] = (220, 30, 30), (30, 30, 220)
            drawn[n % size[1]] = 255
            if noise:
                drawn = np.random.default_rng(n).integers(0, 255, drawn.shape, np.uint8)
            out.mux(shown.encode(av.VideoFrame.from_ndarray(drawn, format="rgb24")))
        out.mux(shown.encode())
        if heard is not None:
            tone(out, heard, seconds)
    return path


def voice(path: Path, *, seconds: float = 2, codec: str = "aac", rate: int = 48_000, form: str | None = None, told: dict[str, str] | None = None) -> Path:
    """A recording: a tone."""
    with av.open(str(path), "w", format=form) as out:
        out.metadata.update(told or {})
        tone(out, out.add_stream(codec, rate=rate, layout="mono"), seconds)
    return path


def tone(out: Any, stream: Any, seconds: float) -> None:
    """The sound of both: 440 Hz."""
    rate, at = stream.codec_context.sample_rate, 0
    step = rate // 50
    while at < seconds * rate:
        wave = (np.sin(np.arange(at, at + step) * 2 * np.pi * 440 / rate) * 8000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        out.mux(stream.encode(frame))
        at += step
    out.mux(stream.encode())

"""Reads one video or sound and writes it anew, in a process of its own: `python remux.py WAY SOURCE DIRECTORY`.

What strangers send is parsed by libraries in C. They run here: with little memory, time and disk, without the program's secrets, its database and
its network, so that a file made to break them breaks only this process. It imports nothing of the program. What came of it is one line of JSON on
the standard output, for adapters/media.py: either what was written, or why it was refused.

WAY: video (the same pictures and sound in a fresh file), audio (decoded and written anew as AAC), wav and mp3 (16 kHz, one channel, for recognisers).
"""

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
from av.bitstream import BitStreamFilterContext
from av.stream import Disposition

MEMORY, CPU_SECONDS, OUTPUT, FILES = 2 * 1024**3, 90, 300 * 1024**2, 64
MOST_STREAMS = 64
MOST_PIXELS, LONGEST_SIDE = 36_000_000, 8192  # a phone's 8K video has 33 million
FIRST_MOMENTS = 0.5  # seconds: many videos begin black
MOST_FRAMES = 60
THUMBNAIL_SIDE = 480
BAD_PACKETS = 50

BROKEN = (av.error.FFmpegError, OSError, ValueError, LookupError, OverflowError, MemoryError, RuntimeError)
"""What PyAV raises on files that are cut short or made to break it."""

#: Picture codec → (container, its type, sounds that it takes as they are, filter that takes out the camera's own notes, name of the codec in the file).
PICTURES = {
    "h264": ("mp4", "video/mp4", ("aac", "mp3"), "filter_units=remove_types=6", "avc1"),
    "hevc": ("mp4", "video/mp4", ("aac", "mp3"), "filter_units=remove_types=39|40", "hvc1"),
    "vp8": ("webm", "video/webm", ("opus", "vorbis"), "", ""),
    "vp9": ("webm", "video/webm", ("opus", "vorbis"), "", ""),
}
PHOTO_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
SOUNDS = ("aac", "mp3", "opus", "vorbis", "amr_nb", "amr_wb", "flac", "alac")
FRESH = {"mp4": {"movflags": "+faststart", "fflags": "+bitexact", "avoid_negative_ts": "make_zero"}, "webm": {"fflags": "+bitexact"}}
#: Way of a sound → (container, codec, samples a second, bits a second).
RECODED = {"audio": ("mp4", "aac", 48_000, 64_000), "wav": ("wav", "pcm_s16le", 16_000, 0), "mp3": ("mp3", "libmp3lame", 16_000, 32_000)}


class Refused(Exception):
    """Not taken: `why` is one of the reasons that adapters/media.py has words for."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.told = {"refused": why, **facts}


def demuxer(head: bytes) -> str:
    """The reader for what the first bytes say. No other is ever tried: among them are some that open further files and addresses."""
    if head[4:8] == b"ftyp" and head[8:12] in PHOTO_BRANDS:
        raise Refused("unknown")
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if head.startswith(b"#!AMR"):
        return "amr"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    for start, name in ((b"\x1aE\xdf\xa3", "matroska"), (b"OggS", "ogg"), (b"ID3", "mp3"), (b"fLaC", "flac")):
        if head.startswith(start):
            return name
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    raise Refused("unknown")


@contextmanager
def opened(source: Path) -> Iterator[Any]:
    """The file, read by the one reader that fits it."""
    with source.open("rb") as file:
        name = demuxer(file.read(64))
    options = {"max_streams": str(MOST_STREAMS)} | ({"enable_drefs": "0", "use_absolute_path": "0"} if name == "mov" else {})
    with av.open(str(source), format=name, container_options=options) as container:
        yield container


def tracks(container: Any) -> tuple[Any, Any]:
    """The first moving picture and the first sound; a cover is no moving picture."""
    pictures = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    return (pictures or [None])[0], (list(container.streams.audio) or [None])[0]


class Length:
    """How long the tracks are by what is in them, whatever the head of the file says."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._began: dict[int, float] = {}
        self.seconds = 0.0

    def see(self, packet: Any) -> None:
        """One packet more."""
        if packet.pts is None:
            return
        at = float(packet.pts * packet.time_base)
        began = self._began[packet.stream.index] = min(at, self._began.get(packet.stream.index, at))
        self.grow(at + float((packet.duration or 0) * packet.time_base) - began)

    def grow(self, seconds: float) -> None:
        """So long it is at least."""
        self.seconds = max(self.seconds, seconds)
        if self.seconds > self.limit:
            raise Refused("long", seconds=self.seconds)


def head_says(container: Any, limit: float) -> float:
    """What the head of the file says about its length, 0 where it says nothing. So a long one is refused with its length, before it is read."""
    seconds = (container.duration or 0) / av.time_base
    if seconds > limit:
        raise Refused("long", seconds=seconds)
    return float(max(0.0, seconds))


# --- video --------------------------------------------------------------------------------------------------------------------


class Copied:
    """A track that goes over as it is, without what the camera noted beside the picture, its times always rising."""

    def __init__(self, stream: Any, out: Any, notes: str, tag: str) -> None:
        self.stream = out.add_stream_from_template(stream)
        self._filter = BitStreamFilterContext(notes, stream, self.stream) if notes else None
        if tag:
            self.stream.codec_context.codec_tag = tag
        self._last: int | None = None

    def take(self, packet: Any) -> Iterator[Any]:
        """A packet in, packets out."""
        for one in self._filter.filter(packet) if self._filter else (packet,):
            if one.dts is None:
                one.dts = one.pts
            if one.dts is None:
                continue
            if self._last is not None and one.dts <= self._last:
                one.dts = self._last + 1
            one.pts = one.dts if one.pts is None else max(one.pts, one.dts)
            self._last = one.dts
            one.stream = self.stream
            yield one

    def rest(self) -> Iterator[Any]:
        """Nothing is kept back."""
        return iter(())


class Recoded:
    """A sound that is decoded and written anew, in one channel."""

    def __init__(self, out: Any, codec: str, rate: int, bits: int) -> None:
        self.stream = out.add_stream(codec, rate=rate)
        self.stream.layout = "mono"
        if bits:
            self.stream.bit_rate = bits
        form = "s16" if codec == "pcm_s16le" else "s16p" if codec == "libmp3lame" else "fltp"
        self._resampler = av.AudioResampler(format=form, layout="mono", rate=rate)
        self._rate, self._samples, self._bad = rate, 0, 0

    @property
    def seconds(self) -> float:
        """How much has been heard."""
        return self._samples / self._rate

    def take(self, packet: Any) -> Iterator[Any]:
        """A packet in, packets out; a damaged one is a gap."""
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            self._bad += 1
            if self._bad > BAD_PACKETS:
                raise
            return
        for frame in frames:
            frame.pts = None
            for one in self._resampler.resample(frame):
                yield from self._encode(one)

    def rest(self) -> Iterator[Any]:
        """What the resampler and the encoder still hold."""
        for one in self._resampler.resample(None):
            yield from self._encode(one)
        yield from self.stream.encode(None)

    def _encode(self, frame: Any) -> Iterator[Any]:
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
        self._samples += frame.samples
        yield from self.stream.encode(frame)


def video(source: Path, target: Path, limit: float) -> dict[str, Any]:
    """The first picture and the first sound in a fresh file, and a small picture of its first moments."""
    with opened(source) as container:
        picture, sound = tracks(container)
        if picture is None:
            raise Refused("picture")
        said, length = head_says(container, limit), Length(limit)
        width, height = picture.codec_context.width, picture.codec_context.height
        if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
            raise Refused("huge", width=width, height=height)
        name = named(picture)
        if name not in PICTURES:
            raise Refused("codec", codec=name)
        kind, media_type, takes, notes, tag = PICTURES[name]
        path = target / f"video.{kind}"
        with av.open(str(path), "w", format=kind, container_options=FRESH[kind]) as out:
            ways: dict[int, Copied | Recoded] = {picture.index: Copied(picture, out, notes, tag)}
            if sound is not None:
                ways[sound.index] = beside(sound, out, takes, kind)
            for packet in container.demux([stream for stream in (picture, sound) if stream is not None]):
                if packet.size:
                    length.see(packet)
                    out.mux(list(ways[packet.stream.index].take(packet)))
            for way in ways.values():
                out.mux(list(way.rest()))
    if length.seconds < said * 0.95 - 1:
        raise Refused("broken")
    width, height = thumbnail(path, target / "thumbnail.jpg")
    return {"file": path.name, "media_type": media_type, "seconds": length.seconds, "width": width, "height": height}


def beside(sound: Any, out: Any, takes: tuple[str, ...], kind: str) -> "Copied | Recoded":
    """The sound of a video: as it is where the file takes it, else as AAC."""
    name = named(sound)
    if name in takes:
        return Copied(sound, out, "", "")
    if kind != "mp4" or not hears(name):
        raise Refused("codec", codec=name)
    return Recoded(out, "aac", 48_000, 96_000)


def named(stream: Any) -> str:
    """The codec by the name that all its decoders share."""
    return str(stream.codec_context.codec.canonical_name)


def hears(codec: str) -> bool:
    """Is this a sound that is taken?"""
    return codec in SOUNDS or codec.startswith("pcm_")


def thumbnail(path: Path, target: Path) -> tuple[int, int]:
    """Write the small picture; returns width and height of the video as it is shown, upright."""
    shown = None
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        for n, frame in enumerate(container.decode(stream)):
            shown = frame
            if n >= MOST_FRAMES or (frame.time or 0) >= FIRST_MOMENTS:
                break
    if shown is None:
        raise Refused("broken")
    picture: Any = shown.to_image()  # type: ignore[no-untyped-call]
    if shown.rotation:
        picture = picture.rotate(shown.rotation, expand=True)
    size = picture.size
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    picture.convert("RGB").save(target, "JPEG", quality=85, optimize=True, progressive=True)
    return int(size[0]), int(size[1])


# --- sound --------------------------------------------------------------------------------------------------------------------


def sound_as(way: str) -> Callable[[Path, Path, float], dict[str, Any]]:
    """The sound, decoded and written anew in this way."""
    kind, codec, rate, bits = RECODED[way]

    def write(source: Path, target: Path, limit: float) -> dict[str, Any]:
        with opened(source) as container:
            picture, sound = tracks(container)
            if picture is not None:
                raise Refused("film")
            if sound is None:
                raise Refused("sound")
            if not hears(named(sound)):
                raise Refused("codec", codec=named(sound))
            head_says(container, limit)
            path, length = target / f"sound.{kind}", Length(limit)
            sound.codec_context.thread_count = 1
            with av.open(str(path), "w", format=kind, container_options=FRESH.get(kind, {"fflags": "+bitexact"})) as out:
                track = Recoded(out, codec, rate, bits)
                for packet in container.demux(sound):
                    out.mux(list(track.take(packet)))
                    length.grow(track.seconds)
                out.mux(list(track.rest()))
        if not track.seconds:
            raise Refused("broken")
        return {"file": path.name, "media_type": "audio/mp4", "seconds": track.seconds, "width": None, "height": None}

    return write


WAYS = {"video": video, **{way: sound_as(way) for way in RECODED}}


def main(way: str, source: str, target: str, limit: str) -> int:
    """Do it within the limits; 0 when something was told."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        told = WAYS[way](Path(source), Path(target), float(limit))
    except Refused as refused:
        told = refused.told
    except BROKEN as broken:
        told = {"refused": "broken", "because": type(broken).__name__}
    sys.stdout.write(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

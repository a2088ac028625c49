"""照片: phones' photos pass, nothing of the original survives but its pixels, and what is no photo is refused in words."""

import hashlib
import io
import struct
import zipfile
import zlib
from contextlib import suppress

import PIL.Image
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from minsheng.adapters import images
from minsheng.adapters.images import SIDE, THUMBNAIL_SIDE, Image, reencode
from minsheng.domain.errors import BadInput

RED, BLUE = (220, 30, 30), (30, 30, 220)


def picture(width: int = 64, height: int = 48, *, mode: str = "RGB") -> PIL.Image.Image:
    """Red on the left half, blue on the right."""
    drawn = PIL.Image.new("RGB", (width, height), RED)
    drawn.paste(BLUE, (width // 2, 0, width, height))
    return drawn.convert(mode)


def saved(drawn: PIL.Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    drawn.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def opened(jpeg: bytes) -> PIL.Image.Image:
    return PIL.Image.open(io.BytesIO(jpeg))


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    return isinstance(pixel, tuple) and all(abs(int(a) - b) < 30 for a, b in zip(pixel, colour, strict=True))


def refused(content: bytes) -> BadInput:
    with pytest.raises(BadInput) as caught:
        reencode(content)
    assert caught.value.field == "photo"
    assert caught.value.zh and caught.value.en
    return caught.value


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "P"),
        ("PNG", "1"), ("PNG", "LA"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("GIF", "P"), ("BMP", "RGB"),
        ("HEIF", "RGB"), ("AVIF", "RGB"),
    ],
)  # fmt: skip
def test_every_usual_kind_becomes_a_plain_jpeg(kind: str, mode: str) -> None:
    image = reencode(saved(picture(mode=mode), kind))
    again = opened(image.jpeg)
    assert (again.format, again.mode, again.size) == ("JPEG", "RGB", (64, 48))
    assert (image.width, image.height) == (64, 48)
    assert image.sha256 == hashlib.sha256(image.jpeg).hexdigest()
    if mode in ("RGB", "RGBA", "P"):
        assert near(again.getpixel((8, 24)), RED)
        assert near(again.getpixel((56, 24)), BLUE)


def test_sixteen_bit_grey_is_not_blown_out() -> None:
    grey = PIL.Image.new("I;16", (32, 32), 128 * 256)
    assert near(opened(reencode(saved(grey, "PNG")).jpeg).getpixel((5, 5)), (128, 128, 128))


def test_transparent_becomes_white() -> None:
    assert near(opened(reencode(saved(PIL.Image.new("RGBA", (32, 32), (0, 0, 0, 0)), "PNG")).jpeg).getpixel((5, 5)), (255, 255, 255))


def with_gps(orientation: int = 1) -> bytes:
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 40.0, 12.0), 3: "E", 4: (118.0, 30.0, 33.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return saved(picture(), exif=exif.tobytes(), comment=b"SecretComment", icc_profile=profile, xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>")


def test_where_the_photographer_stood_is_gone() -> None:
    original = with_gps()
    assert opened(original).getexif().get_ifd(0x8825)
    image = reencode(original + b"SecretTail")
    for jpeg in (image.jpeg, image.thumbnail):
        again = opened(jpeg)
        assert dict(again.getexif()) == {}
        assert not again.getexif().get_ifd(0x8825)
        assert b"Secret" not in jpeg
        assert b"Exif" not in jpeg
        assert set(again.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_a_photo_taken_sideways_stands_upright() -> None:
    image = reencode(with_gps(orientation=6))
    assert (image.width, image.height) == (48, 64)
    assert near(opened(image.jpeg).getpixel((24, 8)), RED)
    assert near(opened(image.jpeg).getpixel((24, 56)), BLUE)


def test_a_heic_photo_loses_its_exif_too() -> None:
    exif = PIL.Image.Exif()
    exif[0x010F] = "SecretMaker"
    out = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(out, exif=exif.tobytes())
    image = reencode(out.getvalue())
    assert b"Secret" not in image.jpeg
    assert (image.width, image.height) == (64, 48)


def test_a_large_photo_is_made_small_and_keeps_its_shape() -> None:
    image = reencode(saved(picture(4000, 3000)))
    assert (image.width, image.height) == (SIDE, SIDE * 3 // 4)
    assert opened(image.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE * 3 // 4)
    long = reencode(saved(picture(6000, 3), "PNG"))
    assert (long.width, long.height) == (SIDE, 1)


def test_a_small_photo_stays_as_it_is() -> None:
    image = reencode(saved(picture(10, 8)))
    assert opened(image.thumbnail).size == (10, 8) == (image.width, image.height)


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    red, blue = PIL.Image.new("RGB", (20, 20), RED), PIL.Image.new("RGB", (20, 20), BLUE)
    for kind in ("GIF", "WEBP", "PNG"):
        moving = saved(red, kind, save_all=True, append_images=[blue])
        assert near(opened(reencode(moving).jpeg).getpixel((10, 10)), RED)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.jpg", "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
        (zipped(), "压缩包"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\0" * 40, "视频"),
        (b"MZ" + b"\0" * 100, "程序"),
        (b"\xff\xd8\xff", "打不开"),
        ("不是照片".encode(), "打不开"),
        (b"\0" * 1000, "打不开"),
    ],
)
def test_what_is_no_photo_is_refused_and_called_by_its_name(content: bytes, words: str) -> None:
    assert words in refused(content).zh


def test_more_than_20_megabytes_are_refused() -> None:
    assert "20 MB，这张有 20.1 MB" in refused(b"\xff\xd8\xff" + b"\0" * int(20.1 * 1024 * 1024)).zh


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_cut_short_is_refused(kind: str) -> None:
    noise = PIL.Image.effect_noise((300, 300), 80).convert("RGB")
    whole = saved(noise, kind)
    reencode(whole)
    assert refused(whole[: len(whole) // 2]).zh


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with hardly anything in it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8000, 8000), (30_000, 30_000), (2_000_000_000, 2_000_000_000)])
def test_a_small_file_that_would_unfold_into_gigabytes_is_refused_before_it_does(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: PIL.Image.Image) -> PIL.Image.Image:
        raise AssertionError("decoded a bomb")

    monkeypatch.setattr(images, "_upright_and_small", never)
    assert refused(png_of(width, height)).zh


def test_a_phone_of_48_megapixels_passes() -> None:
    image: Image = reencode(saved(PIL.Image.new("RGB", (8000, 6000), RED)))
    assert image.width == SIDE


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "GIF", "BMP", "WEBP", "HEIF"]), st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_a_photo_or_refused_in_words(kind: str, damage: list[tuple[int, int]]) -> None:
    content = bytearray(saved(picture(), kind))
    for place, value in damage:
        content[place % len(content)] = value
    with suppress(BadInput):
        assert opened(reencode(bytes(content)).jpeg).format == "JPEG"

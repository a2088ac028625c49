"""照片: what a citizen sends becomes a plain JPEG of ours, or is refused in words.

The picture is decoded and written anew, so that nothing of the original file survives but its pixels: no EXIF (where the photographer stood), no
comment, no profile, nothing appended. What it is called does not matter; what it is decides. Photos that phones of this decade take pass; a small
file that would unfold into gigabytes does not. One picture is decoded at a time in each process, because each may need hundreds of megabytes.
"""

import hashlib
import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass

import PIL.Image
import pillow_heif
from PIL import ImageCms, ImageOps

from minsheng.domain.errors import BadInput
from minsheng.domain.media import weigh

SIDE = 2048  # pixels of the longer side that are kept
THUMBNAIL_SIDE = 480
_QUALITY = 85
_MOST_PIXELS = 50_000_000
_MOST_PIXELS_JPEG = 120_000_000  # JPEG is decoded small: phones of 108 megapixels pass
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "HEIF", "AVIF")
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, OverflowError, RuntimeError, AttributeError, MemoryError,
    struct.error, zlib.error, PIL.Image.DecompressionBombError,
)  # fmt: skip
"""What Pillow and its plugins raise on files that are cut short or made to break them."""

pillow_heif.register_heif_opener()
_one_at_a_time = threading.Lock()
_srgb = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture of ours: JPEG bytes with their size in pixels and SHA-256, and a small copy for lists."""

    jpeg: bytes
    width: int
    height: int
    sha256: str
    thumbnail: bytes


def reencode(content: bytes, *, name: str = "photo") -> Image:
    """The picture written anew: upright, at most 2048 pixels, first frame only, without metadata. Everything else is `BadInput` on field `name`."""
    weigh("photo", len(content), field=name)
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damaged EXIF block is no fault of the picture
        try:
            opened = PIL.Image.open(io.BytesIO(content), formats=_FORMATS)
        except PIL.Image.DecompressionBombError:
            raise _too_large(name) from None
        except _BROKEN:
            raise _no_photo(content, name) from None
        with opened:
            if opened.width * opened.height > (_MOST_PIXELS_JPEG if opened.format in ("JPEG", "MPO") else _MOST_PIXELS):
                raise _too_large(name)
            try:
                picture = _upright_and_small(opened)
            except _BROKEN:
                raise BadInput(
                    field=name,
                    zh="这张照片没有传完整，打不开。请重新传一次，或者换一张。",
                    en="This photo is incomplete and cannot be opened. Please send it again, or another one.",
                ) from None
    jpeg = _written(picture)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), PIL.Image.Resampling.LANCZOS)
    return Image(jpeg=jpeg, width=picture.width, height=picture.height, sha256=hashlib.sha256(jpeg).hexdigest(), thumbnail=_written(small))


def _upright_and_small(opened: PIL.Image.Image) -> PIL.Image.Image:
    """The pixels alone, in a picture that has never seen the file."""
    opened.draft("RGB", (SIDE, SIDE))
    profile = opened.info.get("icc_profile")
    opened.thumbnail((SIDE, SIDE), PIL.Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = ImageOps.exif_transpose(opened)
    if upright.has_transparency_data:
        transparent = upright.convert("RGBA")
        flat = PIL.Image.new("RGB", transparent.size, "white")
        flat.paste(transparent, mask=transparent.getchannel("A"))
    else:
        flat = _in_srgb(upright, profile)
    return PIL.Image.frombytes("RGB", flat.size, flat.tobytes())


def _in_srgb(picture: PIL.Image.Image, profile: bytes | None) -> PIL.Image.Image:
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(profile)), _srgb, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            return picture.convert("RGB")  # a colour profile that does not fit is no reason to refuse the photo
        if converted is not None:
            return converted
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value / 256).convert("RGB")
    return picture.convert("RGB")


def _written(picture: PIL.Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _too_large(name: str) -> BadInput:
    return BadInput(
        field=name,
        zh="这张照片的像素太多了（最多 5,000 万，手机 JPEG 最多 1.2 亿）。请缩小后再传，或者截一张图。",
        en="This photo has too many pixels (50 million; 120 million for JPEG). Please send a smaller one, or a screenshot of it.",
    )


def _no_photo(content: bytes, name: str) -> BadInput:
    zh, en = what_it_is(content)
    return BadInput(
        field=name,
        zh=f"这个文件{zh}，不是照片。请传手机拍的照片或截图（JPG、PNG、HEIC、WebP）。",
        en=f"This file {en}, not a photo. Please send a photo or a screenshot (JPG, PNG, HEIC, WebP).",
    )


def what_it_is(content: bytes) -> tuple[str, str]:
    """What a file is that is no photo, as far as its first bytes say."""
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "是 SVG 矢量图", "is an SVG drawing"
    if head.startswith((b"<!doctype", b"<html", b"<?xml", b"<script", b"<")):
        return "是网页", "is a web page"
    if content.startswith(b"PK\x03\x04"):
        return "是压缩包或办公文档", "is an archive or an office document"
    if content.startswith(b"%PDF"):
        return "是 PDF 文档", "is a PDF document"
    if (content[4:8] == b"ftyp" and content[8:11] not in (b"hei", b"hev", b"mif", b"msf", b"avi")) or content.startswith((b"\x1aE\xdf\xa3", b"RIFF")):
        return "是视频或声音", "is a video or a sound"
    if content.startswith((b"MZ", b"\x7fELF")):
        return "是程序", "is a program"
    return "打不开", "cannot be opened"

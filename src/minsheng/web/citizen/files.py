"""文件: a photo, video or recording is read from the disk piece by piece; a player may ask for any part of it."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from minsheng import clock, wiring
from minsheng.commands import uploads
from minsheng.queries import directory as directories
from minsheng.web import frame

PIECE = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
#: Media type → name that a browser proposes when the file is saved.
_NAMES = {"image/jpeg": "photo.jpg", "video/mp4": "video.mp4", "video/webm": "video.webm", "audio/mp4": "audio.m4a"}


@require_safe
def photo(request: HttpRequest, code: str, digest: str) -> HttpResponseBase:
    """A photo, video or recording of a case, or the small picture of one, for whom may see it."""
    own = frame.own(request, code)
    actor = directories.staff(request.user.pk, name="", on=clock.local(clock.now()).date()) if request.user.is_authenticated and request.user.pk else None
    media_type = uploads.readable(code, digest, by=actor, holder=own)
    return serve(request, digest, media_type, keep="private, max-age=86400")


def serve(request: HttpRequest, digest: str, media_type: str, *, keep: str) -> HttpResponseBase:
    """The file, whole or the one part that was asked for; 416 for a part that it does not have. What may read it has been asked before."""
    file = wiring.blobs().open(digest)
    size = file.seek(0, 2)
    tag = f'"{digest}"'
    part = _part(request, size, tag)
    if part is None:
        file.close()
        answer: HttpResponseBase = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        first, last = part
        whole = "Range" not in request.headers or last - first + 1 == size
        answer = StreamingHttpResponse(_Part(file, first, last - first + 1), status=200 if whole else 206, content_type=media_type)
        answer.headers["Content-Length"] = str(last - first + 1)
        if not whole:
            answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = keep
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = f'inline; filename="{_NAMES.get(media_type, "file")}"'
    return answer


def _part(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """First and last byte that are wanted; None for a part beyond the end. What is no range of one part, or of another file, is answered whole."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if asked is None or asked.groups() == ("", "") or request.headers.get("If-Range", tag) != tag:
        return 0, size - 1
    start, end = asked.groups()
    if not start:
        return (max(0, size - int(end)), size - 1) if int(end) else None
    first, last = int(start), min(int(end), size - 1) if end else size - 1
    if end and int(end) < first:
        return 0, size - 1
    return (first, last) if first < size else None


class _Part:
    """Some bytes of an open file, which is closed with the answer."""

    def __init__(self, file: BinaryIO, first: int, length: int) -> None:
        self._file = file
        self._left = length
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0 and (piece := self._file.read(min(PIECE, self._left))):
            self._left -= len(piece)
            yield piece

    def close(self) -> None:
        """Called by Django when the answer is done, or the reader has gone."""
        self._file.close()

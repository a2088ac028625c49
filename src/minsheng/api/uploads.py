"""照片: send one, get a ticket; read the files that may be read."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Query, Router
from ninja.files import UploadedFile

from minsheng import wiring
from minsheng.api import auth
from minsheng.api.cases import SecretIfAny
from minsheng.api.errors import Problem
from minsheng.api.schemas import Code, Uploaded, send
from minsheng.commands import holding, limits, uploads
from minsheng.domain.access import HOLDER

router = Router(tags=["files"])

_BINARY = {"schema": {"type": "string", "format": "binary"}}
FILES = {"responses": {200: {"content": dict.fromkeys(("image/jpeg", "video/mp4", "video/webm", "audio/mp4"), _BINARY)}}}


@router.post(
    "/uploads", summary="Send a photo", response={201: Uploaded, **dict.fromkeys((400, 401, 413, 415, 422, 429), Problem)}, operation_id="upload",
    openapi_extra={"security": [{}, {"Bearer": []}]},
)  # fmt: skip
def upload(request: HttpRequest, photo: File[UploadedFile]) -> HttpResponse:
    """A photo of a phone (JPEG, PNG, HEIC, WebP). It is drawn anew: place and camera are gone. The ticket is good for a day."""
    if auth.caller(request) is HOLDER:
        limits.take(limits.UPLOADS, auth.address(request))
    kept = uploads.store(photo.read(), redraw=wiring.redraw, blobs=wiring.blobs())
    return send(Uploaded, Uploaded(kept.ticket, kept.width, kept.height, kept.digest), status=201)


@router.get(
    "/files/{digest}", summary="Read a file", response={200: None, 404: Problem, 422: Problem, 429: Problem}, operation_id="read_file", openapi_extra=FILES
)
def read_file(request: HttpRequest, digest: str, case: Query[Code], secret: SecretIfAny = "") -> HttpResponseBase:
    """A photo, video or recording of a case, or a thumbnail: for everybody if public, for the holder with `X-Case-Secret`, for staff who see the case."""
    holder = holding.held(case, secret, address=auth.address(request)) if secret else None
    media_type = uploads.readable(case, digest, by=auth.reader(request) if holder is None else None, holder=holder)
    blobs, picture = wiring.blobs(), media_type.startswith("image/")
    response = HttpResponse(blobs.get(digest), content_type=media_type) if picture else FileResponse(blobs.open(digest), content_type=media_type)
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    return response

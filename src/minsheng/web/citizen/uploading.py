"""上传: files come in pieces that may stop and go on (tus 1.0.0: core, creation, termination), and speech becomes text on request.

What a ticket names is its holder's: nobody else knows it. After the last piece the page asks with a plain POST what has become of the file; then
it is looked at, and what is refused is refused in words. Every answer here is for a script, so its words come as JSON.
"""

import base64
import binascii
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import clock, wiring
from minsheng.commands import limits, uploads
from minsheng.domain.errors import BadInput, MinshengError, NotFound, TooMany
from minsheng.domain.media import BYTES, KEPT_UNBOUND
from minsheng.queries import uploads as queries
from minsheng.queries.uploads import Coming, Waiting
from minsheng.web import frame
from minsheng.web.citizen.files import serve
from minsheng.web.security import client_address

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
View = Callable[..., HttpResponseBase]


def for_scripts(view: View) -> View:
    """Refusals as JSON with the words, nothing kept by caches, the version of the protocol on every answer."""

    @wraps(view)
    def guarded(request: HttpRequest, **named: str) -> HttpResponseBase:
        try:
            answer = view(request, **named)
        except MinshengError as problem:
            answer = JsonResponse({"message": frame.words(problem)}, status=problem.status, json_dumps_params={"ensure_ascii": False})
            if isinstance(problem, TooMany):
                answer.headers["Retry-After"] = str(problem.retry_after)
        answer.headers["Tus-Resumable"] = VERSION
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    return guarded


def _method(request: HttpRequest) -> str:
    """What is meant: some networks let only GET and POST through."""
    return request.headers.get("X-HTTP-Method-Override", "POST").upper() if request.method == "POST" else str(request.method)


def _other_version(request: HttpRequest) -> HttpResponse | None:
    if request.headers.get("Tus-Resumable") == VERSION:
        return None
    return HttpResponse(status=412, headers={"Tus-Version": VERSION})


@require_http_methods(["OPTIONS", "POST"])
@for_scripts
def begin(request: HttpRequest) -> HttpResponseBase:
    """开始上传: 201 with the address of the new upload. OPTIONS says what is spoken here."""
    if request.method == "OPTIONS":
        told = {"Tus-Version": VERSION, "Tus-Extension": "creation,termination,expiration", "Tus-Max-Size": str(max(BYTES.values()))}
        return HttpResponse(status=204, headers=told)
    if other := _other_version(request):
        return other
    kind, size = _metadata(request).get("kind", ""), _number(request, "Upload-Length")
    limits.take(limits.UPLOADS, client_address(request))
    ticket = uploads.begin(kind, size=size)
    expires = http_date((clock.now() + KEPT_UNBOUND).timestamp())
    return HttpResponse(status=201, headers={"Location": reverse("upload", args=(ticket,)), "Upload-Expires": expires})


@require_http_methods(["HEAD", "PATCH", "DELETE", "GET", "POST"])
@for_scripts
def upload(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """HEAD: how much is here. PATCH: one piece more. DELETE: not wanted any more. POST: look at it. GET: what is known of it."""
    method = _method(request)
    if method in ("HEAD", "PATCH", "DELETE") and (other := _other_version(request)):
        return other
    if method == "PATCH":
        return _piece(request, ticket)
    if method == "DELETE":
        uploads.drop(ticket, parts=wiring.parts(), blobs=wiring.blobs())
        return HttpResponse(status=204)
    if method == "HEAD":
        found = queries.one(ticket)
        here = found.received if isinstance(found, Coming) else found.size
        return HttpResponse(headers={"Upload-Offset": str(here), "Upload-Length": str(found.size)})
    if method == "POST":
        return JsonResponse(_told(uploads.finish(ticket, redraw=wiring.redraw, recast=wiring.recast, parts=wiring.parts(), blobs=wiring.blobs())))
    return JsonResponse(_told(queries.one(ticket)))


def _piece(request: HttpRequest, ticket: str) -> HttpResponse:
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != PIECE_TYPE:
        return HttpResponse(status=415)
    offset, content = _number(request, "Upload-Offset"), request.body  # read before the row is locked: a slow phone holds nobody up
    here = uploads.receive(ticket, offset=offset, content=content, parts=wiring.parts())
    return HttpResponse(status=204, headers={"Upload-Offset": str(here)})


def _told(found: Waiting | Coming) -> dict[str, object]:
    if isinstance(found, Coming):
        return {"ticket": found.ticket, "kind": found.kind, "done": False, "received": found.received, "size": found.size}
    small = reverse("upload-thumbnail", args=(found.ticket,)) if found.thumbnail else ""
    whole = reverse("upload-file", args=(found.ticket,))
    return {"ticket": found.ticket, "kind": found.kind, "done": True, "seconds": found.seconds, "thumbnail": small, "file": whole}


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise BadInput(field=header, zh="上传没有说明大小，请刷新页面再试。", en=f"{header} must be a whole number.")
    return int(text)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """What is said of the file. Its name is not kept: it may say who somebody is."""
    found: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        key, _space, encoded = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadInput(field="Upload-Metadata", zh="上传的说明读不懂，请刷新页面再试。", en="Upload-Metadata is not base64.") from None
    return found


@require_safe
@for_scripts
def thumbnail(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """The small picture of a file that waits."""
    found = _waiting(ticket)
    if not found.thumbnail:
        raise NotFound("录音没有画面。", "A recording has no picture.")
    return serve(request, found.thumbnail, "image/jpeg", keep="private, no-store")


@require_safe
@for_scripts
def file(request: HttpRequest, ticket: str) -> HttpResponseBase:
    """The file that waits, as it will be seen: for the player, and for hiding a face in it."""
    found = _waiting(ticket)
    return serve(request, found.digest, found.media_type, keep="private, no-store")


def _waiting(ticket: str) -> Waiting:
    found = queries.one(ticket)
    if not isinstance(found, Waiting):
        raise queries.unknown()
    return found


@require_POST
@for_scripts
def transcribe(request: HttpRequest) -> HttpResponseBase:
    """录音转文字: the ticket of a recording → what is said in it, for the person to correct."""
    transcriber = wiring.transcriber()
    if transcriber is None:
        raise NotFound("这里还没有开通语音转文字。", "Speech to text is not available here.")
    limits.take(limits.TRANSCRIBING, client_address(request))
    text = uploads.transcribe(request.POST.get("ticket", ""), transcriber=transcriber, blobs=wiring.blobs())
    unclear = _("没有听清说的是什么。录音会一起交上去，要紧的话请再打几个字。")
    return JsonResponse({"text": text} if text else {"text": "", "message": unclear}, json_dumps_params={"ensure_ascii": False})

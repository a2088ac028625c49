"""The guard at the door: security headers on every answer, bodies that are too heavy, a database that is away.

It stands first, so that also a static file and an error page carry the headers. Each answer costs a few microseconds.
"""

import json
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_request

# SQLSTATE classes that mean "the server is away": connection lost, shutting down or starting, too many connections.
AWAY = ("08", "57P", "53300")

WORDS = {
    411: {
        "zh": ("没有说明长度", "请在请求里写明内容的长度（Content-Length），不要分块发送。内容没有保存。"),
        "en": ("Length required", "Say the body's length (Content-Length) instead of sending it in chunks. Nothing was stored."),
    },
    413: {
        "zh": ("内容太大", "一次提交最多 {limit} MB。请少传几张照片，或者把照片缩小后再提交。您填写的内容没有保存。"),
        "en": ("Too much at once", "A submission may weigh {limit} MB at most. Send fewer or smaller photos. Nothing was stored."),
    },
    503: {
        "zh": ("系统正在恢复", "请过一会儿再试。刚才的操作如果没有看到成功提示，就没有保存。"),
        "en": ("We will be back in a moment", "Please try again shortly. Unless you saw a confirmation, nothing was stored."),
    },
}


def policy(tiles: list[str]) -> str:
    """The content security policy: our own files only; no inline script or style anywhere; nobody may frame us."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            " ".join(("img-src 'self' data: blob:", *tiles)),
            "font-src 'self'",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "manifest-src 'self'",
            "worker-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class Guard:
    """The first middleware. A view that needs another header sets it itself: what is there is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.limit: int = settings.MINSHENG_BODY_LIMIT
        self.headers = {
            "Content-Security-Policy": policy(settings.MINSHENG_TILE_HOSTS),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self)",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if settings.SESSION_COOKIE_SECURE:
            self.headers["Strict-Transport-Security"] = "max-age=31536000"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > self.limit:
            response = self.refuse(request, status=413)
        elif "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
            # Django reads as much as the length says: a body in chunks would arrive empty.
            response = self.refuse(request, status=411)
        else:
            response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer in words where a view met one of our two troubles; every other error goes its way."""
        if isinstance(error, RequestDataTooBig):
            return self.refuse(request, status=413)
        if isinstance(error, OperationalError | InterfaceError) and server_is_away(error):
            return self.away(request)
        return None

    def away(self, request: HttpRequest) -> HttpResponse:
        """A calm page, which asks the database nothing; a few words for what is no page."""
        if request.path.startswith("/api/") or "HX-Request" in request.headers or "text/html" not in request.headers.get("Accept", ""):
            return self.refuse(request, status=503)
        response = render(request, "errors/503.html", {"message": None}, status=503)
        response.headers["Retry-After"] = "5"
        return response

    def refuse(self, request: HttpRequest, *, status: int) -> HttpResponse:
        """A short answer in the reader's language; for the API as problem details (RFC 9457)."""
        language = "en" if get_language_from_request(request).startswith("en") else "zh"
        title, detail = WORDS[status][language]
        detail = detail.format(limit=self.limit // 1024 // 1024)
        if request.path.startswith("/api/"):
            problem = {"type": "about:blank", "status": status, "title": title, "detail": detail}
            response = HttpResponse(json.dumps(problem, ensure_ascii=False), status=status, content_type="application/problem+json")
        else:
            response = HttpResponse(f"{title}\n\n{detail}\n", status=status, content_type="text/plain; charset=utf-8")
        if status == 503:
            response.headers["Retry-After"] = "5"
        return response


def server_is_away(error: Exception) -> bool:
    """Whether the database server cannot be reached, as against an error of a statement (a deadlock, a timeout)."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(AWAY)


def client_address(request: HttpRequest) -> str:
    """The caller's address. Only as many hops of X-Forwarded-For are believed as there are proxies of ours."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.MINSHENG_PROXIES:
        return peer
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    return hops[-min(settings.MINSHENG_PROXIES, len(hops))] if hops else peer

"""The API: /api/v1, described at /api/openapi.json. Staff and systems with a bearer token, browsers with their session, citizens with code and secret."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from ninja import NinjaAPI

from minsheng import __version__
from minsheng.api import calls, cases, desk, directory, errors, figures, hall, uploads
from minsheng.api.reading import Reader
from minsheng.domain.errors import NotFound

PREFIX = "/api/"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
View = Callable[..., HttpResponse]


class Api(NinjaAPI):
    """django-ninja, and what it leaves to Django: other methods, other addresses, names that cannot be names. All answered in words."""

    def _get_urls(self) -> list[Any]:
        patterns = [pattern for pattern in super()._get_urls() if isinstance(pattern, URLPattern)]
        for pattern in patterns:
            pattern.callback = _in_words(pattern.callback)
        return [*patterns, re_path("", _exempt(errors.not_found))]


def _in_words(view: View) -> View:
    def answer(request: HttpRequest, **names: Any) -> HttpResponse:
        if not all(_NAME.fullmatch(str(name)) for name in names.values()):
            return errors.refused(request, NotFound())
        head = request.method == "HEAD"
        if head:
            request.method = "GET"  # the server sends the headers only
        try:
            response = view(request, **names)
        except Http404:
            response = errors.not_found(request)
        if head:
            request.method = "HEAD"
        if response.status_code == 405:
            return errors.not_allowed(request, allow=", ".join(sorted(response.headers["Allow"].split(", "))))
        return response

    return _exempt(answer)


def _exempt(view: View) -> View:
    """Only a session can be forged from another site; auth.Session asks for the CSRF token itself."""
    view.csrf_exempt = True  # type: ignore[attr-defined]
    return view


api = Api(
    title="民声 Minsheng",
    version=__version__,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=Reader(),
    description="File a request, follow it, handle it. Errors are problem details (RFC 9457) in Chinese or English, as Accept-Language says.",
)
errors.install(api)
for module in (cases, hall, uploads, directory, desk, figures, calls):
    api.add_router("/v1", module.router)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The OpenAPI description."""
    found = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
    assert isinstance(found, dict)
    for path in found["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {"application/problem+json": next(iter(answer["content"].values()))}
    schemas, whole = found["components"]["schemas"], json.dumps(found)
    found["components"]["schemas"] = {name: schemas[name] for name in sorted(schemas) if f'/schemas/{name}"' in whole}
    return found


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of this API (OpenAPI 3.1)."""
    response = HttpResponse(_description(), content_type="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@lru_cache(maxsize=1)
def _description() -> bytes:
    return json.dumps(description(), ensure_ascii=False).encode()

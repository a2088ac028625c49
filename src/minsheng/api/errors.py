"""Every refusal as problem details (RFC 9457), in the reader's language, saying what to do.

    {"type": "about:blank", "title": "填写有误", "status": 422, "code": "bad_input", "detail": "…", "field": "phone",
     "errors": [{"field": "phone", "detail": "…"}]}

`code` is for programs, `detail` for people. A field's name is that of the request; inside a list or an object it is dotted: `attachments.0`.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import get_language_from_request
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from minsheng.domain.errors import BadInput, MinshengError, NotFound, Stale, TooMany

log = structlog.get_logger(__name__)


@dataclass
class FieldProblem:
    """What is wrong with one field."""

    field: str
    detail: str


@dataclass
class Problem:
    """Problem details (RFC 9457). version: with `stale`, the version of the case as it is now."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    errors: list[FieldProblem] = made(default_factory=list)
    version: int | None = None
    id: str | None = None


class Unauthorized(MinshengError):
    """未登录."""

    status, code = 401, "unauthorized"


class NotUnderstood(MinshengError):
    """The request cannot be read at all: broken JSON, another encoding."""

    status, code = 400, "not_understood"


class WrongMedia(MinshengError):
    """Sent as something else than what this address takes."""

    status, code = 415, "wrong_media"


class Busy(MinshengError):
    """Two changes met in the database and this one has to be sent again."""

    status, code = 503, "busy"


TITLES = {
    400: ("看不懂这个请求", "The request cannot be read"),
    401: ("请先登录", "Please sign in"),
    403: ("不能这样做", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("这个地址不能这样用", "Not possible here"),
    409: ("现在不能这样做", "Not possible now"),
    413: ("内容太大", "Too large"),
    415: ("格式不对", "Wrong format"),
    422: ("填写有误", "Please check what you sent"),
    429: ("太频繁了", "Too many attempts"),
    500: ("系统出错了", "Something went wrong"),
    502: ("没有送到", "Not delivered"),
    503: ("系统正忙", "Busy"),
}
RETRY = frozenset({"40001", "40P01", "55P03"})
"""SQLSTATEs of two changes that met: serialization failure, deadlock, lock not available."""


def language(request: HttpRequest) -> str:
    """ "zh" or "en", as Accept-Language (or the reader's choice) says."""
    return "en" if get_language_from_request(request).startswith("en") else "zh"


def respond(
    request: HttpRequest, words: tuple[str, str], *, status: int, code: str, errors: Sequence[tuple[str, tuple[str, str]]] = (), **more: Any
) -> HttpResponse:
    """One problem as a response. words: Chinese and English; errors: the fields that are wrong, each with its words."""
    chosen = int(language(request) == "en")
    problem: dict[str, Any] = {
        "type": "about:blank", "title": TITLES.get(status, TITLES[400])[chosen], "status": status, "code": code, "detail": words[chosen],
        "field": errors[0][0] if errors else None, "errors": [{"field": name, "detail": said[chosen]} for name, said in errors], **more,
    }  # fmt: skip
    response = HttpResponse(json.dumps(problem, ensure_ascii=False).encode("utf-8", "replace"), status=status, content_type="application/problem+json")
    response.headers["Cache-Control"] = "no-store"
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def refused(request: HttpRequest, error: MinshengError) -> HttpResponse:
    """A refusal of the program's own, in words."""
    words = (error.zh, error.en)
    more: dict[str, Any] = {"version": error.version} if isinstance(error, Stale) else {}
    if error.status >= 500:
        log.error("refused", code=error.code, words=error.en)
    response = respond(request, words, status=error.status, code=error.code, errors=[(error.field, words)] if isinstance(error, BadInput) else (), **more)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, Busy):
        response.headers["Retry-After"] = "1"
    return response


def not_found(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """An address that does not exist."""
    return refused(request, NotFound("没有这个地址。接口说明在 /api/openapi.json。", "There is no such address. The description is at /api/openapi.json."))


def not_allowed(request: HttpRequest, *, allow: str) -> HttpResponse:
    """A method that this address does not know."""
    response = respond(request, (f"这个地址只接受 {allow}，请换一种方法。", f"The method is one of: {allow}."), status=405, code="method")
    response.headers["Allow"] = allow
    return response


# --- what pydantic says, in words that say what to do --------------------------------------------------------------------------

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("这一项必须填。", "This field is required."),
    "extra_forbidden": ("没有这一项，请看看名称有没有写错。", "There is no such field; please check its name."),
    "string_type": ("这一项要填文字。", "This takes a text."),
    "string_unicode": ("这一项里有残缺的字，显示不出来，请删掉再提交。", "This holds half a character; please remove it."),
    "string_too_long": ("最多 {max_length} 个字，请删短一些。", "At most {max_length} characters; please shorten it."),
    "string_too_short": ("这一项还没有填，请写上内容。", "This is empty; please write something."),
    "string_pattern_mismatch": ("这一项写得不对，只能用字母、数字、点、横线和下划线。", "This may hold letters, digits, dots, dashes and underscores only."),
    "int_type": ("这一项要填整数。", "This takes a whole number."),
    "int_parsing": ("这一项要填整数。", "This takes a whole number."),
    "int_parsing_size": ("这个数太大了。", "This number is too large."),
    "int_from_float": ("这一项要填整数。", "This takes a whole number."),
    "float_type": ("这一项要填数字。", "This takes a number."),
    "float_parsing": ("这一项要填数字。", "This takes a number."),
    "finite_number": ("这一项要填普通的数字。", "This takes an ordinary number."),
    "bool_type": ("这一项只能是 true 或 false。", "This is true or false."),
    "bool_parsing": ("这一项只能是 true 或 false。", "This is true or false."),
    "greater_than_equal": ("最小是 {ge}。", "At least {ge}."),
    "less_than_equal": ("最大是 {le}。", "At most {le}."),
    "list_type": ("这一项要填一个列表。", "This takes a list."),
    "too_long": ("最多 {max_length} 个。", "At most {max_length}."),
    "too_short": ("至少 {min_length} 个。", "At least {min_length}."),
    "date_type": ("请写成年-月-日，例如 2026-12-01。", "Write a day as 2026-12-01."),
    "date_parsing": ("请写成年-月-日，例如 2026-12-01。", "Write a day as 2026-12-01."),
    "date_from_datetime_parsing": ("请写成年-月-日，例如 2026-12-01。", "Write a day as 2026-12-01."),
    "date_from_datetime_inexact": ("只写日子，不要写钟点，例如 2026-12-01。", "Write the day only, without a time: 2026-12-01."),
    "datetime_type": ("请写成带时区的时间，例如 2026-12-01T09:00:00+08:00。", "Write a time as 2026-12-01T09:00:00+08:00."),
    "datetime_parsing": ("请写成带时区的时间，例如 2026-12-01T09:00:00+08:00。", "Write a time as 2026-12-01T09:00:00+08:00."),
    "datetime_from_date_parsing": ("请写成带时区的时间，例如 2026-12-01T09:00:00+08:00。", "Write a time as 2026-12-01T09:00:00+08:00."),
    "timezone_aware": ("时间要带时区，例如 2026-12-01T09:00:00+08:00。", "A time needs its time zone: 2026-12-01T09:00:00+08:00."),
    "literal_error": ("只能是 {expected} 之一。", "This is one of {expected}."),
    "enum": ("只能是 {expected} 之一。", "This is one of {expected}."),
    "model_attributes_type": ('这里要一个 JSON 对象，例如 {{"body": "…"}}。', 'This takes a JSON object such as {{"body": "…"}}.'),
    "model_type": ("这里要一个 JSON 对象。", "This takes a JSON object."),
    "dict_type": ("这里要一个 JSON 对象。", "This takes a JSON object."),
    "dataclass_type": ("这里要一个 JSON 对象。", "This takes a JSON object."),
}
_OTHERWISE = ("这一项填得不对，请看接口说明。", "This is not right; please see the description of the API.")


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Fields of the wrong kind, each with what to do about it."""
    errors = [(_field(one["loc"]), _words(one)) for one in error.errors[:20]]
    name, (zh, en) = errors[0]
    return respond(request, (f"「{name}」{zh}", f"“{name}”: {en}"), status=422, code="bad_input", errors=errors)


def _words(one: Mapping[str, Any]) -> tuple[str, str]:
    zh, en = _WORDS.get(one["type"], _OTHERWISE)
    known = {name: str(value)[:200] for name, value in one.get("ctx", {}).items()}
    try:
        return zh.format(**known), en.format(**known)
    except KeyError:
        return _OTHERWISE


def _field(where: Sequence[object]) -> str:
    """Without where it came from (body, query, …) and without the name of the function's argument: as the caller wrote it."""
    parts = [str(part)[:60] for part in where[1:]]
    if where[0] == "body" and parts:
        parts = parts[1:]
    return ".".join(parts) or "body"


# --- wiring of the handlers ----------------------------------------------------------------------------------------------------


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """django-ninja's own refusals: no sign-in, a body that cannot be read (whose cause says why), a failed CSRF check."""
    if isinstance(error.__cause__, MinshengError):
        return refused(request, error.__cause__)
    if error.status_code == 401:
        return refused(
            request,
            Unauthorized("请先登录，或者带上有效的令牌（Authorization: Bearer …）。", "Please sign in, or send a valid token (Authorization: Bearer …)."),
        )
    if error.status_code == 403:
        return respond(request, ("页面放得太久了，请刷新后再试。", "Your page is too old: reload it and try again."), status=403, code="csrf")
    return refused(request, NotUnderstood("内容读不出来，请发送 UTF-8 编码的 JSON。", "The body cannot be read; please send JSON in UTF-8."))


def _suspicious(request: HttpRequest, error: Exception) -> HttpResponse:
    if isinstance(error, RequestDataTooBig):
        limit = settings.MINSHENG_BODY_LIMIT // 1024 // 1024
        words = (f"一次最多 {limit} MB，请缩小后再提交。刚才的内容没有保存。", f"A request may weigh {limit} MB at most. Nothing was stored.")
        return respond(request, words, status=413, code="too_large")
    return refused(
        request, NotUnderstood("请求不完整或者格式不对，请检查后重新发送。", "The request is incomplete or malformed; please check it and send it again.")
    )


def _database(request: HttpRequest, error: Exception) -> HttpResponse:
    """Two changes that met are told to try again; a server that is away is the guard's business (web/security.py)."""
    if getattr(error.__cause__, "sqlstate", None) in RETRY:
        return refused(
            request, Busy("同时操作的人太多，请再试一次。刚才的操作没有保存。", "Several people acted at once; please try again. Nothing was stored.")
        )
    raise error


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """What must never happen: kept with a number that the reader can name."""
    number = uuid.uuid4().hex[:12]
    log.error("unexpected error", id=number, path=request.path, method=request.method, exc_info=error)
    words = (
        f"抱歉，刚才的操作没有保存，请再试一次。如果还是不行，请告诉我们编号 {number}。",
        f"We are sorry. Nothing was stored; please try again, and name the number {number} if it happens again.",
    )
    return respond(request, words, status=500, code="unexpected", id=number)


HANDLERS: tuple[tuple[type[Exception], Callable[..., HttpResponse]], ...] = (
    (Exception, unexpected),
    (MinshengError, refused),
    (ValidationError, invalid),
    (HttpError, _http),
    (Http404, not_found),
    (SuspiciousOperation, _suspicious),
    (MultiPartParserError, _suspicious),
    (UnreadablePostError, _suspicious),
    (OperationalError, _database),
    (InterfaceError, _database),
)


def install(api: NinjaAPI) -> None:
    """Answer everything in words."""
    for kind, handler in HANDLERS:
        api.add_exception_handler(kind, handler)

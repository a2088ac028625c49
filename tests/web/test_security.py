"""The guard at the door."""

import json
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from minsheng.web.security import Guard, client_address, policy


def guard(view: Any = lambda request: HttpResponse("ok")) -> Guard:
    return Guard(view)


def post(path: str = "/file", **headers: Any) -> HttpRequest:
    return RequestFactory().post(path, data=b"x", content_type="text/plain", **headers)


def test_every_answer_carries_the_headers() -> None:
    answer = guard()(RequestFactory().get("/"))
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer.headers


def test_what_a_view_sets_stays() -> None:
    answer = guard(lambda request: HttpResponse("ok", headers={"Referrer-Policy": "no-referrer"}))(RequestFactory().get("/"))
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_map_tiles_may_be_named() -> None:
    assert "img-src 'self' data: blob: https://t0.example.cn;" in policy(["https://t0.example.cn"])


def test_too_heavy_a_body_is_refused_unread_in_the_readers_language() -> None:
    read: list[HttpRequest] = []
    heavy = guard(lambda request: read.append(request) or HttpResponse())
    answer = heavy(post(CONTENT_LENGTH=str(11 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "最多 10 MB" in answer.content.decode()
    assert not read
    english = heavy(post(CONTENT_LENGTH=str(11 * 1024 * 1024), HTTP_ACCEPT_LANGUAGE="en-GB"))
    assert "10 MB at most" in english.content.decode()
    assert english.headers["X-Content-Type-Options"] == "nosniff"


def test_the_api_gets_problem_details() -> None:
    answer = guard()(post("/api/v1/cases", CONTENT_LENGTH=str(11 * 1024 * 1024)))
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["status"] == 413


def test_a_body_in_chunks_is_not_taken_for_an_empty_one() -> None:
    request = post(HTTP_TRANSFER_ENCODING="chunked")
    del request.META["CONTENT_LENGTH"]
    assert guard()(request).status_code == 411


def test_a_form_that_outgrows_the_limit_while_it_is_read() -> None:
    answer = guard().process_exception(post(), RequestDataTooBig("too big"))
    assert answer is not None
    assert answer.status_code == 413


class Cause(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize("state", [None, "08006", "57P01", "57P03", "53300"])
def test_a_database_that_is_away_is_said_in_words(state: str | None) -> None:
    error = OperationalError("gone")
    error.__cause__ = Cause(state)
    answer = guard().process_exception(post(), error)
    assert answer is not None
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "没有保存" in answer.content.decode()


def test_a_browser_gets_a_page_of_it() -> None:
    error, request = OperationalError("gone"), post()
    error.__cause__ = Cause("57P01")
    request.META["HTTP_ACCEPT"] = "text/html,*/*"
    answer = guard().process_exception(request, error)
    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "<h1>系统正在恢复</h1>" in answer.content.decode()


@pytest.mark.parametrize("state", ["40P01", "57014"])
def test_an_error_of_a_statement_is_not_called_an_outage(state: str) -> None:
    error = OperationalError("deadlock")
    error.__cause__ = Cause(state)
    assert guard().process_exception(post(), error) is None


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "1.2.3.4"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.MINSHENG_PROXIES = proxies
    assert client_address(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)) == address

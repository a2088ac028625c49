"""Everything that can go wrong answers as problem details, in the reader's language."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from minsheng.api import hall as hall_address
from minsheng.commands import tokens
from tests.api.conftest import Caller, problem
from tests.world import World


class _Deadlock(Exception):
    sqlstate = "40P01"


def test_addresses_and_methods_that_do_not_exist(city: World, call: type[Caller]) -> None:
    """404 and 405 in words; 405 says what there is; HEAD is answered like GET, without a body."""
    for path in ("/nothing", "/cases/", "/cases", "/hall/x"):
        answer = Client().get(f"/api/v1{path}")
        problem(answer, 405 if path == "/cases" else 404)
    assert Client().get("/api/v1/cases").headers["Allow"] == "POST"
    for method in ("put", "patch", "delete", "options", "trace"):
        problem(getattr(Client(), method)("/api/v1/hall"), 405, "method")
    problem(Client().get("/api/"), 404)
    head = Client().head("/api/v1/hall")
    assert head.status_code == 200 and head.content == b""


def test_the_language_is_the_readers(city: World, call: type[Caller]) -> None:
    """English where it is asked for, else Chinese."""
    for accept, word in (
        ("zh-CN,zh;q=0.9", "没有找到"),
        ("en-GB,en;q=0.8", "Not found"),
        ("", "没有找到"),
        ("xx,*", "没有找到"),
        ("en;q=0.2,zh;q=0.9", "没有找到"),
    ):
        assert problem(Client().get("/api/v1/cases/YC260009999", headers={"Accept-Language": accept}), 404)["title"] == word


def test_what_must_never_happen_is_kept_and_named(city: World, call: type[Caller], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A 500 says nothing of the inside; its number stands in the log with the trace."""

    def fall(*_: Any, **__: Any) -> None:
        raise RuntimeError("inside words")

    monkeypatch.setattr(hall_address, "page_of", fall)
    found = problem(Client().get("/api/v1/hall"), 500, "unexpected")
    assert "inside words" not in str(found) and found["id"] in found["detail"]
    assert found["id"] in caplog.text and "inside words" in caplog.text


def test_changes_that_meet_are_sent_again(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadlock is 503 with a short wait, never a 500; a server that is away is the guard's."""

    def meet(*_: Any, **__: Any) -> None:
        raise OperationalError("deadlock detected") from _Deadlock()

    monkeypatch.setattr(hall_address, "page_of", meet)
    answer = Client().get("/api/v1/hall")
    problem(answer, 503, "busy")
    assert answer.headers["Retry-After"] == "1"

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(hall_address, "page_of", away)
    problem(Client().get("/api/v1/hall"), 503)


def test_tokens_end(city: World, call: type[Caller]) -> None:
    """Unknown, revoked, expired, of an account that is closed: 401."""
    plain = tokens.issue("desk1", name="phone desk", days=2)
    client = Client(headers={"Authorization": f"Bearer {plain}"})
    assert client.get("/api/v1/me").status_code == 200
    assert plain not in str(tokens.known()) and tokens.known()[0].name == "phone desk"
    city.until("2026-03-05T09:00+08:00")
    problem(client.get("/api/v1/me"), 401)
    plain = tokens.issue("desk1", name="again", days=2)
    client = Client(headers={"Authorization": f"Bearer {plain}"})
    tokens.revoke(tokens.known()[0].id)
    problem(client.get("/api/v1/me"), 401)
    for wrong in ("Bearer", "Bearer ", "Bearer ms_x", "Basic ZGVzazE6eA==", "Bearer " + "x" * 5000, "Bearer 令牌"):
        problem(Client().get("/api/v1/me", headers={"Authorization": wrong}), 401)

"""POST /calls: signed, in any order, as often as the exchange likes; nothing of a call comes back, and no number stands in a log."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpResponse

from minsheng import clock
from minsheng.commands import seating
from minsheng.domain.calls import sign
from minsheng.models.calls import Call
from tests.api.conftest import Caller, problem
from tests.world import World

SECRET = "only for tests: a secret of the exchange"


@pytest.fixture(autouse=True)
def _exchange(settings: Any) -> None:
    settings.MINSHENG_CALLS_SECRET = SECRET
    settings.MINSHENG_CALLS_RECORDING_HOSTS = ["pbx.example"]


def body(event: str = "ringing", **said: Any) -> bytes:
    values = {"id": "a-1", "event": event, "number": "13800000001", "line": "12345", "extension": "8001", "direction": "in", "at": clock.now().isoformat()}
    return json.dumps({**values, **said}).encode()


def tell(content: bytes, *, secret: str = SECRET, late: int = 0, **headers: str) -> HttpResponse:
    stamp = str(int(clock.now().timestamp()) - late)
    given = {"X-Minsheng-Time": stamp, "X-Minsheng-Signature": sign(content, secret=secret, time=stamp), **headers}
    return Caller().send("/calls", content, **given)


def test_a_call_from_ringing_to_its_end(city: World) -> None:
    seating.sit("8001", by=city.who("desk1"))
    at = clock.now()
    for n, event in enumerate(("ringing", "answered", "ended")):
        answer = tell(body(event, at=(at + timedelta(seconds=9 * n)).isoformat(), recording="https://pbx.example/a.wav" if event == "ended" else ""))
        assert (answer.status_code, answer.content) == (204, b"")
    row = Call.objects.get()
    assert (row.status, row.line, row.recording, row.user.username) == ("ended", "12345", "https://pbx.example/a.wav", "desk1")  # type: ignore[union-attr]


def test_a_repeat_and_the_wrong_order(city: World) -> None:
    at = clock.now()
    for event, seconds in (("ended", 60), ("ended", 60), ("answered", 5), ("ringing", 0), ("answered", 5)):
        assert tell(body(event, at=(at + timedelta(seconds=seconds)).isoformat())).status_code == 204
    row = Call.objects.get()
    assert (row.status, row.answered_at) == ("ended", at + timedelta(seconds=5))


def test_who_may_tell(city: World, settings: Any) -> None:
    """Another key, another body, an old or a missing signature: 401 in words, and nothing is stored."""
    content = body()
    stamp = str(int(clock.now().timestamp()))
    problem(tell(content, secret="another"), 401, "unauthorized")
    problem(tell(content, late=301), 401)
    problem(tell(content, late=-301), 401)
    problem(tell(content, X_Minsheng_Signature=sign(content + b" ", secret=SECRET, time=stamp)), 401)
    problem(Caller().send("/calls", content), 401)
    problem(Caller("admin1").send("/calls", content), 401)
    settings.MINSHENG_CALLS_SECRET = ""
    assert "MINSHENG_CALLS_SECRET" in problem(tell(content, secret=""), 401)["detail"]
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"event": "sneezed"}, "event"),
        ({"id": ""}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-03-02T09:00:00"}, "at"),
        ({"at": "1999-03-02T09:00:00+08:00"}, "at"),
        ({"extension": "8001; DROP"}, "extension"),
        ({"direction": "up"}, "direction"),
        ({"number": "1" * 41}, "number"),
        ({"recording": "https://elsewhere.example/a.wav"}, "recording"),
        ({"recording": "http://pbx.example/a.wav"}, "recording"),
        ({"caller": "13800000001"}, "caller"),
    ],
)
def test_what_is_wrong_is_said_and_names_no_number(city: World, said: dict[str, Any], field: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = problem(tell(body(**said)), 422, "bad_input")
    assert found["field"] == field
    assert "13800000001" not in json.dumps(found) + capsys.readouterr().err
    assert not Call.objects.exists()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{" * 5000, b"id=1"])
def test_garbage(city: World, content: bytes) -> None:
    assert tell(content).status_code in (400, 422)


def test_numbers_stand_in_no_log(city: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    for event in ("ringing", "answered", "ended"):
        tell(body(event))
    tell(body(), secret="another")
    said = capsys.readouterr()
    assert "13800000001" not in said.err + said.out + caplog.text


@pytest.mark.django_db(transaction=True)
def test_many_messages_of_one_call_at_once(city: World) -> None:
    """They make one call."""
    contents = [body(event) for event in ("ringing", "answered", "ended", "ringing")]
    now, answers = clock.now(), list[int]()

    def one(content: bytes) -> None:
        with clock.moved(now):
            answers.append(tell(content).status_code)
        connections.close_all()

    threads = [threading.Thread(target=one, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.ensure_connection()
    assert answers == [204] * 4
    assert Call.objects.get().status == "ended"

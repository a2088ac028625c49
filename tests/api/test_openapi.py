"""The description of the API: kept as a snapshot, true to what answers, and no input that it allows or forbids makes a 5xx."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from minsheng.api import description
from minsheng.commands import forms, tokens
from tests.api.conftest import Caller
from tests.world import World

SNAPSHOT = Path(__file__).with_name("openapi.json")
EXAMPLES = 8


def test_the_description_is_the_one_that_was_reviewed() -> None:
    """After a wanted change: `minsheng openapi > tests/api/openapi.json`."""
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == description()


def test_the_description_is_served(city: World) -> None:
    """OpenAPI 3.1; every operation says what it does, and every refusal is problem details."""
    found = Client().get("/api/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    for path, operations in found["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in operations.values():
            assert operation["summary"] and operation["description"]
            assert all("application/problem+json" in answer["content"] for status, answer in operation["responses"].items() if int(status) >= 400)


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUICK = hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)


@contextlib.contextmanager
def one_connection() -> Iterator[None]:
    """The WSGI application gives its connection back after each request; here it is the test's own. (Django's client connects this again.)"""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
def test_no_input_makes_a_server_error(city: World, call: type[Caller], settings: Any, mode: GenerationMode) -> None:
    """What the description allows, and what it forbids, is answered as described: never with a 5xx."""
    settings.MINSHENG_LIMITS = False
    headers = {"Authorization": f"Bearer {tokens.issue('dispatch1', name='schemathesis', days=1)}"}
    known = {"code": call().file()["code"]}
    asked: set[str] = set()
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
        for operation in schema.get_all_operations():
            ask(operation.ok(), mode, known=known, headers=headers, asked=asked)
    assert len(asked) >= (27 if mode is GenerationMode.POSITIVE else 18)


def ask(operation: schemathesis.APIOperation, mode: GenerationMode, *, known: dict[str, str], headers: dict[str, str], asked: set[str]) -> None:
    """One operation, with generated input."""
    named = {**known, "number": "1"} if "{code}" in operation.path and mode is GenerationMode.POSITIVE else None

    @QUICK
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode, path_parameters=named))
    def run(case: schemathesis.Case) -> None:
        asked.add(f"{case.method} {case.path}")
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    with contextlib.suppress(Unsatisfiable):  # an operation without input cannot be asked wrongly
        run()


def test_no_field_of_a_move_makes_a_server_error(city: World, call: type[Caller], settings: Any) -> None:
    """Every move with every kind of value in its fields: a word, not a 5xx."""
    settings.MINSHENG_LIMITS = False
    code = call().file()["code"]
    callers = [call(name) for name in ("dispatch1", "supervisor1", "leader1")]
    odd = ["", "x", "\x00", "路灯", "1", "-1", "2026-03-05", "9" * 30, 1, -1, 10**30, 1.5, True, None, [], ["x"], ["\x00"], {}, {"a": 1}, "city.parks", code]
    for form in forms.FORMS.values():
        for turn, value in enumerate(odd):
            answer = callers[turn % 3].move(code, form.action, **{field.name: value for field in form.fields})
            assert answer.status_code < 500, (form.action, value, answer.content.decode())
    city.holds()

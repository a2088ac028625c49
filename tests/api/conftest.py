"""A city with its API: callers by name, JSON in and out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from minsheng import wiring
from minsheng.commands import tokens
from tests.world import World

LAMP = {"body": "小区门口的路灯坏了半个月，晚上看不见路。", "title": "路灯不亮", "place": "yinxing-b1", "name": "张先生", "phone": "13800000001"}


class Caller:
    """One program that talks to the API. by: a user name whose token it sends, or nobody."""

    def __init__(self, by: str = "", *, language: str = "zh-CN") -> None:
        self._client = Client(raise_request_exception=False)
        self._headers = {"Accept-Language": language}
        if by:
            self._headers["Authorization"] = f"Bearer {tokens.issue(by, name='test', days=1)}"

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self._client.get(f"/api/v1{path}", headers=self._all(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self._client.post(f"/api/v1{path}", body if body is not None else {}, content_type="application/json", headers=self._all(headers))

    def send(self, path: str, content: bytes, *, media: str = "application/json", **headers: str) -> HttpResponse:
        """Raw bytes as the body."""
        return self._client.generic("POST", f"/api/v1{path}", content, content_type=media, headers=self._all(headers))

    def upload(self, content: bytes, *, name: str = "photo.jpg", field: str = "photo") -> HttpResponse:
        from django.core.files.uploadedfile import SimpleUploadedFile

        return self._client.post("/api/v1/uploads", {field: SimpleUploadedFile(name, content)}, headers=self._all({}))

    def file(self, **report: Any) -> dict[str, Any]:
        """File a request that must succeed."""
        answer = self.post("/cases", {**LAMP, **report})
        assert answer.status_code == 201, answer.content.decode()
        found: dict[str, Any] = answer.json()
        return found

    def move(self, code: str, move: str, **values: Any) -> HttpResponse:
        return self.post(f"/cases/{code}/moves", {"move": move, **values})

    def _all(self, headers: dict[str, str]) -> dict[str, str]:
        return self._headers | {name.replace("_", "-"): words for name, words in headers.items()}


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Files of this test only."""
    settings.MEDIA_ROOT = tmp_path / "media"
    wiring.blobs.cache_clear()
    yield
    wiring.blobs.cache_clear()


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    """云川, a Monday morning."""
    return world("yunchuan")


@pytest.fixture
def call() -> type[Caller]:
    """Makes callers."""
    return Caller


def problem(answer: HttpResponse, status: int, code: str = "") -> dict[str, Any]:
    """The problem details of an answer, which must be one."""
    assert answer.status_code == status, answer.content.decode()
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status and found["title"] and found["detail"]
    if code:
        assert found["code"] == code
    return found

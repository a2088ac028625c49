"""A real chromium against the real server, with the demo city loaded. What it complains about anywhere fails the test."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from minsheng import clock
from minsheng.models.people import User
from tests.browser.looks import look as look
from tests.world import World

PASSWORD = "only for tests 1"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update --disable-sync --disable-dev-shm-usage"
#: A microphone that beeps, allowed without a question.
FLAGS += " --use-fake-device-for-media-stream --use-fake-ui-for-media-stream"
PATIENCE = 15_000  # milliseconds
#: A refusal that a page shows kindly, and a line that a test has cut, are "errors" to the console of the browser all the same.
REFUSED = re.compile(
    r"(responded with a status of|Response Status Error Code) (403|404|409|410|413|422|429|502)|net::ERR_(INTERNET_DISCONNECTED|FAILED|ABORTED)"
    r"|^htmx:(afterRequest|sendError),"
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this machine (skipped in words without one: tests/plugins/skips.py)."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    # Playwright turns an event loop in this thread; nothing here is asynchronous for Django.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def city(transactional_db: None) -> Iterator[World]:
    """云川 with one password for everybody. What a test does in this thread happened a minute ago; the server has the real clock."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # no model of Django's, so nobody else empties it between tests
    world = World("yunchuan", at=(clock.now() - timedelta(minutes=1)).isoformat())
    User.objects.update(password=make_password(PASSWORD))
    yield world
    world.leave()


Visit = Callable[..., Page]


@pytest.fixture
def visit(city: World, chromium: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Somebody with a browser of their own: visit(phone=True, scripts=False, language="en"). Errors of the console, broken files and 5xx fail the test."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def one(*, phone: bool = False, scripts: bool = True, language: str = "zh-CN") -> Page:
        size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
        context = chromium.new_context(
            viewport=size, java_script_enabled=scripts, locale=language, base_url=live_server.url, reduced_motion="reduce", service_workers="block"
        )  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: troubles.append(f"{page.url}: {said.text}") if said.type == "error" and not REFUSED.search(said.text) else None)
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
        page.on(
            "response", lambda answer: troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 or _missing(answer.url, answer.status) else None
        )
        return page

    yield one
    for context in contexts:
        context.close()
    assert troubles == []


def _missing(url: str, status: int) -> bool:
    """Is a file of ours not there?"""
    return status == 404 and "/static/" in url


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Two pictures as a phone takes them."""
    made = []
    for n, colour in enumerate(((70, 90, 120), (120, 100, 70)), start=1):
        path = tmp_path / f"photo-{n}.jpg"
        Image.effect_noise((1600, 1200), 60 + n).convert("RGB").point(lambda level, c=colour: (level + sum(c)) % 256).save(path, quality=90)
        made.append(path)
    return made

"""`minsheng asterisk`: says what is missing, looks whether Asterisk lets us in, and tells a real server of real events until it is stopped."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from minsheng import wiring
from minsheng.cli.asterisk import asterisk
from minsheng.models.calls import Call
from tests.adapters.fake_asterisk import FakeAsterisk, dial, hangup, incoming, leg
from tests.cli.conftest import Cli
from tests.world import World

SECRET = "only for tests: a secret of the exchange"


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeAsterisk]:
    with FakeAsterisk() as one:
        settings.MINSHENG_AMI_HOST, settings.MINSHENG_AMI_PORT = "127.0.0.1", one.port
        settings.MINSHENG_AMI_USER, settings.MINSHENG_AMI_SECRET = "minsheng", "sesame"
        settings.MINSHENG_CALLS_SECRET = SECRET
        wiring.telephony.cache_clear()
        yield one
    wiring.telephony.cache_clear()


def test_what_is_missing_is_said(cli: Cli) -> None:
    found = cli(asterisk, city="yunchuan")
    assert found.exit_code != 0 and "MINSHENG_AMI_HOST" in found.output and "MINSHENG_CALLS_SECRET" in found.output


def test_it_looks_whether_it_is_let_in(cli: Cli, fake: FakeAsterisk) -> None:
    assert cli(asterisk, "--check", city="yunchuan").exit_code == 0
    fake.secret = "another"
    refused = cli(asterisk, "--check", city="yunchuan")
    assert refused.exit_code == 1 and "sesame" not in refused.output


def _soon(done: Callable[[], bool], pause: threading.Event) -> bool:
    """Within twenty seconds."""
    return any(done() or pause.wait(0.02) for _ in range(1_000))


@pytest.mark.django_db(transaction=True)
def test_from_asterisk_to_the_row(
    fake: FakeAsterisk, live_server: LiveServer, world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """A call that comes in, rings at 8001, is answered and ends; then the command is asked to stop."""
    from minsheng import clock

    world("yunchuan", at=clock.now().isoformat())
    monkeypatch.setenv("MINSHENG_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("MINSHENG_CITY", "yunchuan")
    name = "1772413200.50"

    def happen() -> None:
        """Whatever goes wrong in here, the command is asked to stop: a test that fails must not wait for ever."""
        pause = threading.Event()
        try:
            assert fake.logged_in.acquire(timeout=20)
            assert _soon(lambda: bool(fake.actions("CoreShowChannels")), pause)
            fake.happens(incoming(name), leg(name), dial(name), dial(name, end="ANSWER"), hangup(name))
            assert _soon(Call.objects.filter(external=name, status="ended").exists, pause)
        finally:
            connection.close()
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=happen)
    thread.start()
    try:
        found = CliRunner().invoke(asterisk, ["--to", f"{live_server.url}/api/v1/calls"])
    finally:
        thread.join()
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert found.exit_code == 0, found.output
    row = Call.objects.get()
    assert (row.status, row.extension, row.line) == ("ended", "8001", "12345")
    assert fake.actions("Logoff") != []


def test_the_doctor_says_what_is_connected(db: None, fake: FakeAsterisk, settings: Any) -> None:
    """Everything, a secret that is too short, a wrong password, and nothing at all: which is no fault."""
    from minsheng.cli.doctor import hotline

    settings.MINSHENG_CALLS_RECORDING_HOSTS = ["pbx.example"]
    assert [finding.right for finding in hotline()] == [True, True, True]
    settings.MINSHENG_CALLS_SECRET = "short"
    fake.secret = "another"
    assert [finding.right for finding in hotline()] == [False, True, False]
    settings.MINSHENG_CALLS_SECRET, settings.MINSHENG_AMI_HOST = "", ""
    assert [finding.right for finding in hotline()] == [None, None]

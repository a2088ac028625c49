"""`minsheng up` as a whole: it serves, it survives, it leaves nothing."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from minsheng.cli import local

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def var() -> Iterator[Path]:
    """A place that PostgreSQL's account can reach, which pytest's own are not for root."""
    directory = Path(tempfile.mkdtemp(prefix="minsheng-up-", dir="/var/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextlib.contextmanager
def up(var: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run it in an environment that knows nothing of the tests' own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_", "MINSHENG_"))}
    environment |= {"MINSHENG_HOME": str(HOME), "MINSHENG_VAR": str(var), "PYTHONPATH": os.pathsep.join(sys.path)}
    if os.environ.get("MINSHENG_PG_BIN"):
        environment["MINSHENG_PG_BIN"] = os.environ["MINSHENG_PG_BIN"]
    command = [sys.executable, "-m", "minsheng.cli", "up", "--city", local.cities()[0], "--port", str(port)]
    with (var / "said").open("wb") as said:
        process = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        try:
            assert until(lambda: process.poll() is not None or b"Ctrl-C stops everything" in (var / "said").read_bytes(), seconds=180), (
                var / "said"
            ).read_text()
            assert process.poll() is None, (var / "said").read_text()
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)


def answer(port: int, path: str = "healthz") -> int | None:
    """The status of a page, None when nobody listens."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as page:
            return int(page.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return None


def until(done: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.05)
    return False


def of_ours(var: Path) -> list[int]:
    """Every process that has this run's directory in its environment or among its arguments."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        with contextlib.suppress(OSError):
            if os.fsencode(var) in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def test_it_serves_survives_and_leaves_nothing(var: Path, port: int) -> None:
    with up(var, port) as process:
        assert answer(port, "") == 200
        postmaster = int((var / "postgresql" / "data" / "postmaster.pid").read_text().split("\n", 1)[0])
        os.kill(postmaster, signal.SIGKILL)
        seen: list[int | None] = []
        assert until(lambda: seen.append(answer(port)) or (seen[-1] == 200 and len(seen) > 20), seconds=60), seen
        assert set(seen) <= {200, 503}, "while the database is away a page says so in words"
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
    assert until(lambda: not of_ours(var), seconds=10), of_ours(var)


def test_killed_it_takes_everything_along_and_starts_again(var: Path, port: int) -> None:
    with up(var, port) as process:
        process.kill()
        process.wait(10)
    assert until(lambda: not of_ours(var), seconds=20), of_ours(var)
    with up(var, port):
        assert answer(port) == 200
    assert until(lambda: not of_ours(var), seconds=20), of_ours(var)

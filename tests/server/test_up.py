"""The supervisor, with children of a few lines."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from minsheng.server import up
from minsheng.server.processes import port_is_free

SOURCE = Path(up.__file__).resolve().parents[2]

# Two children; each writes its number and that of a grandchild to a file, then sleeps. `stubborn` does not listen to SIGTERM.
SUPERVISOR = """
import os, sys
from minsheng.server.up import Child, Stopped, Supervisor

folder = sys.argv[1]
quiet = "sleep 60 & echo $$ $! > {0}/quiet.new; mv {0}/quiet.new {0}/quiet; wait"
stubborn = "trap '' TERM; echo $$ > {0}/stubborn.new; mv {0}/stubborn.new {0}/stubborn; while :; do sleep 1; done"
supervisor = Supervisor(say=lambda words: print(words, flush=True))
try:
    for name, script in (("quiet", quiet), ("stubborn", stubborn)):
        supervisor.add(Child(name=name, command=["/bin/sh", "-c", script.format(folder)], environment=os.environ, grace=0.5))
    supervisor.watch()
except Stopped:
    print("stopping", flush=True)
finally:
    supervisor.stop()
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    environment = dict(os.environ, PYTHONPATH=str(SOURCE))
    process = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment)
    assert until(lambda: (tmp_path / "quiet").exists() and (tmp_path / "stubborn").exists())
    yield process
    process.kill()
    process.wait(5)
    assert process.stdout is not None
    process.stdout.close()


def until(done: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.02)
    return False


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def numbers(folder: Path) -> list[int]:
    return [int(word) for name in ("quiet", "stubborn") for word in (folder / name).read_text().split()]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_last_started_first(running: "subprocess.Popen[str]", tmp_path: Path, how: signal.Signals) -> None:
    pids = numbers(tmp_path)
    assert len(pids) == 3
    running.send_signal(how)
    said, _ = running.communicate(timeout=15)
    assert said.splitlines() == ["stopping", "stubborn: stopped", "quiet: stopped"]
    assert running.returncode == 0
    assert not [pid for pid in pids if alive(pid)]


def test_a_child_that_dies_is_started_again_without_its_orphans(running: "subprocess.Popen[str]", tmp_path: Path) -> None:
    child, orphan = (int(word) for word in (tmp_path / "quiet").read_text().split())
    (tmp_path / "quiet").unlink()
    os.kill(child, signal.SIGKILL)
    assert running.stdout is not None
    assert running.stdout.readline() == "quiet: killed by SIGKILL; starting it again in 0.5 s\n"
    assert until(lambda: (tmp_path / "quiet").exists())
    assert not alive(orphan)
    assert int((tmp_path / "quiet").read_text().split()[0]) != child


def test_killed_the_supervisor_takes_its_children_along(running: "subprocess.Popen[str]", tmp_path: Path) -> None:
    children = [int((tmp_path / name).read_text().split()[0]) for name in ("quiet", "stubborn")]
    running.kill()
    assert until(lambda: not any(alive(pid) for pid in children))


class Falling:
    """A ward that ends as soon as it has started."""

    name = "falling"

    def __init__(self) -> None:
        self.starts: list[float] = []

    def start(self) -> None:
        self.starts.append(self.time)
        if len(self.starts) == 3:
            raise OSError("no such program")

    def ended(self) -> str | None:
        return "ended with code 1"

    def stop(self) -> None:
        pass

    time = 0.0


@pytest.fixture
def signals() -> Iterator[None]:
    """A supervisor takes over the signals of the process it runs in: give them back to pytest."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
def test_what_keeps_falling_is_lifted_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    ward = Falling()
    monkeypatch.setattr(up.time, "monotonic", lambda: ward.time)
    supervisor = up.Supervisor(say=said.append)
    supervisor.add(ward)
    while ward.time < 40:
        supervisor.look()
        ward.time = round(ward.time + 0.1, 1)
    pauses = [round(later - sooner, 1) for sooner, later in zip(ward.starts, ward.starts[1:], strict=False)]
    assert pauses == sorted(pauses)
    assert pauses[0] == pytest.approx(0.5, abs=0.2)
    assert pauses[-1] == pytest.approx(16, abs=0.3)
    assert "falling: cannot start: no such program; starting it again in 2 s" in said


@pytest.mark.usefixtures("signals")
def test_a_command_runs_to_its_end_and_its_code_is_told() -> None:
    supervisor = up.Supervisor(say=lambda _: None)
    assert supervisor.run_once(["/bin/sh", "-c", "exit 3"], environment={}) == 3
    assert supervisor.run_once(["/bin/sh", "-c", "true"], environment={}) == 0


def test_a_taken_port_is_seen() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        assert not port_is_free("127.0.0.1", server.getsockname()[1])
        number = server.getsockname()[1]
    assert port_is_free("127.0.0.1", number)

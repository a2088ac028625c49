"""The supervisor: starts the children, keeps them alive, and stops all of them together.

A child has its own session, so that Ctrl-C reaches the supervisor alone and the order of stopping is ours; the kernel ends it when we
are killed (processes.py). What dies is started again after a pause that doubles; what stays up for a minute has its pause forgiven.
"""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from minsheng.server.binaries import ClusterError
from minsheng.server.cluster import Cluster
from minsheng.server.processes import child_setup

TICK = 0.2
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
FORGIVEN_AFTER = 60.0


class Ward(Protocol):
    """What the supervisor looks after: a process, or the database cluster."""

    name: str

    def start(self) -> None:
        """Begin, or begin again."""

    def ended(self) -> str | None:
        """None while it runs; once it has ended, how."""

    def stop(self) -> None:
        """End it and wait until it has ended."""


@dataclass
class Child:
    """A process, with its own children: ended as a group, so that an orphan never keeps a port."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    grace: float = 15.0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it from the main thread. When we are killed it is killed: a polite end could wait for a database that is gone too."""
        self._end_group()
        self.process = subprocess.Popen(
            list(self.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=child_setup(by=signal.SIGKILL),
        )

    def ended(self) -> str | None:
        """How it ended, in words."""
        if self.process is None:
            return "not started"
        code = self.process.poll()
        if code is None:
            return None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def stop(self) -> None:
        """SIGTERM, and after its grace SIGKILL for the whole group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                self._end_group()
                self.process.wait(5)
        self._end_group()
        self.process = None

    def _end_group(self) -> None:
        """Nothing of an ended child's group may live on."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


@dataclass
class Database:
    """The private cluster. One that another process runs is joined; when that process takes it away, we start our own."""

    cluster: Cluster
    name: str = "database"

    def start(self) -> None:
        """Start or join it, and return when it answers."""
        self.cluster.start()

    def ended(self) -> str | None:
        """How the server ended, in words."""
        process = self.cluster.process
        if process is None:
            return None if self.cluster.postmaster() else "the process that ran it is gone"
        return None if process.poll() is None else f"ended with code {process.returncode}"

    def stop(self) -> None:
        """Stop it, unless it belongs to another process."""
        self.cluster.stop()


@dataclass
class _Care:
    """What the supervisor remembers of a ward."""

    ward: Ward
    pause: float = FIRST_PAUSE
    started: float = 0.0
    again_at: float | None = None


class Stopped(Exception):
    """A signal asked us to stop while we were waiting for something."""


@dataclass
class Supervisor:
    """Looks after its wards in the order they were added, and stops them in the opposite order."""

    say: Callable[[str], None]
    _cares: list[_Care] = field(default_factory=list)
    _stopping: bool = False

    def __post_init__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)

    def add(self, ward: Ward) -> None:
        """Start a ward and keep it from now on."""
        self._stop_if_asked()
        care = _Care(ward)
        self._cares.append(care)
        ward.start()
        care.started = time.monotonic()

    def run_once(self, command: Sequence[str], *, environment: Mapping[str, str]) -> int:
        """Run a command to its end, such as a migration; a stop that is asked for meanwhile ends it too."""
        child = Child(name=command[-1], command=command, environment=environment)
        child.start()
        try:
            while child.ended() is None:
                time.sleep(0.02)
                self._stop_if_asked()
            assert child.process is not None
            return child.process.returncode
        finally:
            child.stop()

    def wait_for(self, address: str, *, seconds: float) -> bool:
        """Whether a page answers within that time. Meanwhile the wards are looked after."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if _answers(address):
                return True
            self.look()
            time.sleep(0.05)
        return False

    def look(self) -> None:
        """Once around: note who has ended, start again whose pause is over."""
        self._stop_if_asked()
        for care in self._cares:
            self._look_at(care)

    def watch(self) -> None:
        """Look after the wards until a signal asks to stop."""
        while True:
            self.look()
            time.sleep(TICK)

    def stop(self) -> None:
        """Stop all, last started first. Called twice, it does nothing the second time."""
        while self._cares:
            ward = self._cares.pop().ward
            ward.stop()
            self.say(f"{ward.name}: stopped")

    def _look_at(self, care: _Care) -> None:
        now = time.monotonic()
        how: str | None
        if care.again_at is not None:
            if now < care.again_at:
                return
            care.again_at, care.started = None, now
            how = _start(care.ward)
        else:
            how = care.ward.ended()
        if how is None:
            return
        if now - care.started > FORGIVEN_AFTER:
            care.pause = FIRST_PAUSE
        self.say(f"{care.ward.name}: {how}; starting it again in {care.pause:g} s")
        care.again_at = now + care.pause
        care.pause = min(care.pause * 2, LONGEST_PAUSE)

    def _asked_to_stop(self, *_: object) -> None:
        self._stopping = True

    def _stop_if_asked(self) -> None:
        if self._stopping:
            raise Stopped


def _start(ward: Ward) -> str | None:
    """None if it started; else why not, in words: a restart that fails is tried again like any other end."""
    try:
        ward.start()
    except (ClusterError, OSError) as wrong:
        return f"cannot start: {wrong}"
    return None


def _answers(address: str) -> bool:
    """Whether a server answers there with anything but an error of its own."""
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as answer:
        return answer.code < 500
    except OSError:
        return False

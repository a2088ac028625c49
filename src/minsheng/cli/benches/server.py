"""The server under load, as `minsheng up` starts it, and clients that keep it busy over connections that stay open."""

import http.client
import json
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from minsheng.server.up import Child

MINSHENG = (sys.executable, "-m", "minsheng.cli")
READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request; an answer of another status than `wanted` ends the bench."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    token: str = ""
    address: str = ""
    cookie: str = ""
    wanted: int = 200


@dataclass(slots=True)
class Load:
    """What clients saw: each answer's time in ms, and how long it all took in seconds."""

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        return Load([*self.times, *other.times], self.seconds + other.seconds)

    @property
    def rps(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """The time within which this share of the answers came, in ms."""
        return sorted(self.times)[min(int(len(self.times) * share), len(self.times) - 1)]


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(address: str, *, place: Path) -> Iterator[tuple[int, int]]:
    """Two server processes on the loopback: (port, process id of their parent). The proxy's header is believed, so that clients have many addresses."""
    port = free_port()
    # A long exposure of one token or address is what limits are made for; here every request comes from an address of its own.
    environment = dict(os.environ, DATABASE_URL=address, MINSHENG_VAR=str(place), MINSHENG_PROXIES="1", MINSHENG_LOG_LEVEL="ERROR", MALLOC_ARENA_MAX="2")
    child = Child(name="web", command=[*MINSHENG, "serve", "--port", str(port)], environment=environment)
    child.start()
    try:
        _wait(child, port)
        assert child.process is not None
        yield port, child.process.pid
    finally:
        child.stop()


def _wait(child: Child, port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if how := child.ended():
            raise click.ClickException(f"The server {how} before it answered.")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise click.ClickException(f"The server did not answer within {READY_SECONDS:.0f} s.")


def drive(port: int, scripts: Sequence[Iterator[Request]], *, seconds: float) -> Load:
    """One client for each script, all at once, for so many seconds."""
    loads, faults = [Load() for _ in scripts], list[str]()
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=_client, args=(port, script, end, load, faults)) for script, load in zip(scripts, loads, strict=True)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise click.ClickException(faults[0])
    return Load([one for load in loads for one in load.times], time.monotonic() - began)


def _client(port: int, script: Iterator[Request], end: float, load: Load, faults: list[str]) -> None:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.monotonic() < end and not faults:
                request = next(script, None)
                if request is None:
                    return  # a small city has no more to do
                asked = _bytes(request)
                began = time.perf_counter()
                connection.sendall(asked)
                status, answer = _answer(connection)
                load.times.append((time.perf_counter() - began) * 1000)
                if status != request.wanted:
                    faults.append(f"{request.method} {request.path} answered {status}: {answer[:500].decode(errors='replace')}")
    except (OSError, ValueError) as wrong:
        faults.append(f"a client stopped: {type(wrong).__name__} {wrong}")


def _bytes(request: Request) -> bytes:
    """The request as it travels. Written by hand: a library's client would take as much of the two cores as the server."""
    body = json.dumps(request.body, ensure_ascii=False).encode() if request.body is not None else b""
    lines = [f"{request.method} {request.path} HTTP/1.1", "Host: localhost", "Accept-Language: zh-CN"]
    lines += [f"Authorization: Bearer {request.token}"] if request.token else []
    lines += [f"Cookie: {request.cookie}"] if request.cookie else []
    lines += [f"X-Forwarded-For: {request.address}"] if request.address else []
    lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if request.body is not None else []
    return "\r\n".join([*lines, "", ""]).encode() + body


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer with a known length."""
    got = connection.recv(65536)
    while got and b"\r\n\r\n" not in got:
        got += connection.recv(65536)
    head, _, body = got.partition(b"\r\n\r\n")
    found = _LENGTH.search(head)
    if found is None:
        raise ValueError(f"an answer without a length: {head[:300]!r}")
    while len(body) < int(found[1]):
        body += connection.recv(65536)
    return int(head[9:12]), body


_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

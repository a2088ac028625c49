"""Asterisk's manager interface (AMI) on the wire: lines of `Key: Value` over TCP, an empty line behind each message.

Asterisk Call Manager/7.0.3          the banner, one line
Action: Login · ActionID: … · …      what is asked
Response: Success · ActionID: … · …  what is answered
Event: Newchannel · …                what happens meanwhile, also between question and answer
"""

import itertools
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import TracebackType

Message = dict[str, str]
#: A message that is longer is none of Asterisk's.
_LONGEST = 64 * 1024
_PIECE = 16 * 1024


class Cut(Exception):
    """The line is gone, or what comes over it is not the manager interface. The words name host and trouble, never a secret or a number."""


class Denied(Cut):
    """Asterisk does not know this user, or the secret is wrong."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the manager interface listens, and as whom we come."""

    host: str
    port: int
    user: str
    secret: str

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Line:
    """One connection that has logged in. `events` is what Asterisk is to tell of: "off", or classes such as "call,user". Times in seconds."""

    def __init__(self, address: Address, *, events: str, timeout: float = 10.0) -> None:
        self._address, self._timeout = address, timeout
        self._numbers = itertools.count(1)
        self._buffer = b""
        self._waiting: deque[Message] = deque()
        self._heard = time.monotonic()
        try:
            self._socket = socket.create_connection((address.host, address.port), timeout=timeout)
        except OSError as wrong:
            raise Cut(f"{address}: {type(wrong).__name__}") from wrong
        try:
            self._greet()
            said = self.ask("Login", Username=address.user, Secret=address.secret, Events=events)
            if said.get("Response") != "Success":
                raise Denied(f"{address} does not let the user {address.user} in")
        except BaseException:
            self._socket.close()
            raise

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None) -> None:
        """Log off where the line still stands, and hang up."""
        try:
            if kind is None:
                self._send("Logoff", {}, "bye")
        except Cut:
            return
        finally:
            self._socket.close()

    def ask(self, action: str, **fields: str) -> Message:
        """One action and its answer. Events that come in between are kept for `events`."""
        number = str(next(self._numbers))
        self._send(action, fields, number)
        until = time.monotonic() + self._timeout
        while time.monotonic() < until:
            found = self._next(wait=max(0.05, until - time.monotonic()))
            if found is not None and "Response" in found and found.get("ActionID") == number:
                return found
            if found is not None and "Event" in found:
                self._waiting.append(found)
        raise Cut(f"{self._address} did not answer {action}")

    def list(self, action: str, *, each: str, last: str) -> Iterator[Message]:
        """An action that is answered by a list of events; others that come in between are kept."""
        if self.ask(action).get("Response") != "Success":
            return
        until, aside = time.monotonic() + self._timeout, list[Message]()
        while time.monotonic() < until:
            found = self._waiting.popleft() if self._waiting else self._next(wait=max(0.05, until - time.monotonic()))
            if found is None:
                continue
            if found.get("Event") == last:
                self._waiting.extendleft(reversed(aside))
                return
            if found.get("Event") == each:
                yield found
            elif "Event" in found:
                aside.append(found)
        raise Cut(f"{self._address} did not finish {action}")

    def events(self, *, goes_on: Callable[[], bool], silent: float = 60.0) -> Iterator[Message]:
        """What happens, until `goes_on` says no. A line on which nothing comes is asked whether it stands; one that stays silent is `Cut`."""
        pinged = False
        while goes_on():
            found = self._waiting.popleft() if self._waiting else self._next(wait=min(0.5, silent / 8))
            if found is not None:
                pinged = False
                if "Event" in found:
                    yield found
                continue
            quiet = time.monotonic() - self._heard
            if quiet > silent:
                raise Cut(f"{self._address} has been silent for {silent:.0f} s")
            if quiet > silent / 2 and not pinged:
                self._send("Ping", {}, f"ping-{next(self._numbers)}")
                pinged = True

    # --- bytes ------------------------------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        until = time.monotonic() + self._timeout
        while b"\n" not in self._buffer and time.monotonic() < until:
            self._receive(until - time.monotonic())
        banner, _, self._buffer = self._buffer.partition(b"\n")
        if not banner.startswith(b"Asterisk Call Manager/"):
            raise Cut(f"{self._address} is no manager interface of Asterisk")

    def _send(self, action: str, fields: dict[str, str], number: str) -> None:
        for name, value in fields.items():
            if re.search(r"[\r\n\0]", value):
                raise Cut(f"{name} holds a line break and was not sent")
        lines = [f"Action: {action}", f"ActionID: {number}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall("\r\n".join(lines).encode())
        except OSError as wrong:
            raise Cut(f"{self._address}: {type(wrong).__name__}") from wrong

    def _next(self, *, wait: float) -> Message | None:
        """The next whole message; None where none has come meanwhile. A half one waits for its rest."""
        found = self._whole()
        if found is None and self._receive(wait):
            found = self._whole()
        return found

    def _receive(self, wait: float) -> bool:
        try:
            self._socket.settimeout(max(0.01, wait))
            piece = self._socket.recv(_PIECE)
        except TimeoutError:
            return False
        except OSError as wrong:
            raise Cut(f"{self._address}: {type(wrong).__name__}") from wrong
        if not piece:
            raise Cut(f"{self._address} hung up")
        self._heard = time.monotonic()
        self._buffer += piece
        return True

    def _whole(self) -> Message | None:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            if len(self._buffer) > _LONGEST:
                raise Cut(f"{self._address} sent {len(self._buffer)} bytes without an end")
            return None
        self._buffer = rest
        found: Message = {}
        for line in head.decode("utf-8", "replace").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                found.setdefault(name.strip(), value.strip())
        return found

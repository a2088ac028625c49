"""Doubles of what sends messages: nothing leaves, the last thousand are kept for tests and demonstrations and shown in the log without numbers."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from typing import Generic, Protocol, TypeVar

_KEPT = 1_000


class Keyed(Protocol):
    """A message with the key under which it goes out once."""

    @property
    def key(self) -> str: ...


M = TypeVar("M", bound=Keyed)


class Console(ABC, Generic[M]):
    """Sends nothing. `show` writes a message to the log, masked."""

    def __init__(self) -> None:
        self._sent: deque[M] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    @property
    def sent(self) -> tuple[M, ...]:
        """What was handed over, oldest first."""
        return tuple(self._sent)

    def send(self, message: M) -> None:
        """Keep the message, once for each key."""
        with self._lock:
            if any(earlier.key == message.key for earlier in self._sent):
                return
            self._sent.append(message)
        self.show(message)

    @abstractmethod
    def show(self, message: M) -> None:
        """To the log."""

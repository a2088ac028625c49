"""短信: the console double, which keeps what it is given and shows it in the log, masked. A provider's client comes beside it."""

import threading
from collections import deque

import structlog

from minsheng.intelligence.masking import mask
from minsheng.ports import Health, Sms

_KEPT = 1_000

log = structlog.get_logger(__name__)


class ConsoleSms:
    """Sends nothing: keeps the last thousand messages for tests and demonstrations, and logs them without numbers."""

    def __init__(self) -> None:
        self._sent: deque[Sms] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    @property
    def sent(self) -> tuple[Sms, ...]:
        """What was handed over, oldest first."""
        return tuple(self._sent)

    def send(self, message: Sms) -> None:
        """Keep the message, once for each key."""
        with self._lock:
            if any(earlier.key == message.key for earlier in self._sent):
                return
            self._sent.append(message)
        log.info("sms", key=message.key, phone=f"{message.phone[:3]}****{message.phone[-2:]}", text=mask(message.text).text)

    def check(self) -> Health:
        """Always there."""
        return Health(name="sms", ok=True, zh="短信只显示在日志里，不会真的发出。", en="Text messages are shown in the log and not sent.")

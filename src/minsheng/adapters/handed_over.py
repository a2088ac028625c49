"""已交出: the keys of messages that a provider has taken, so that the same key is not handed over twice by one process."""

import threading
from collections import OrderedDict

_KEPT = 20_000


class HandedOver:
    """The last twenty thousand keys. What must hold longer, or across processes, is `Notice.sent_at`."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: str) -> bool:
        with self._lock:
            return key in self._keys

    def add(self, key: str) -> None:
        """The provider has taken it."""
        with self._lock:
            self._keys[key] = None
            while len(self._keys) > _KEPT:
                self._keys.popitem(last=False)

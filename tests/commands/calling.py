"""What an exchange tells, for tests of what comes of it."""

from datetime import timedelta
from typing import Any

from minsheng import clock
from minsheng.commands import calls
from minsheng.domain.calls import Told
from minsheng.models.calls import Call

CALLER = "13800000001"


def told(event: str, id: str = "call-1", *, after: int = 0, **said: Any) -> None:  # noqa: A002 (the exchange calls it so)
    """One message, `after` seconds from now."""
    values: dict[str, Any] = {"number": CALLER, "line": "12345", "extension": "8001", **said}
    calls.take(Told(id=id, event=event, at=clock.now() + timedelta(seconds=after), **values))


def call(id: str = "call-1") -> Call:  # noqa: A002
    """The row."""
    return Call.objects.select_related("case", "user").get(external=id)

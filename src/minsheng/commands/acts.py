"""操作记录: what staff do outside of cases is written down, in the transaction of the deed, and never changed."""

from datetime import date
from typing import Any

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.acts import ACTS
from minsheng.models.staff import Act


def record(kind: str, *, by: Actor, subject: str = "", before: Any = None, after: Any = None, from_day: date | None = None, note: str = "") -> None:
    """Write one act down. before, after: plain values that may be shown to an administrator; never a password, a secret or a citizen's data."""
    assert kind in ACTS
    units = by.units()
    Act.objects.create(
        at=clock.now(),
        by=by.tag,
        unit=units[0] if units else "",
        kind=kind,
        subject=subject[:80],
        before=before,
        after=after,
        from_day=from_day,
        note=note[:200],
    )

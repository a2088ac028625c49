"""导出: what administrators take out is written down before it goes."""

from collections.abc import Mapping

from minsheng.commands.acts import record
from minsheng.domain.access import Actor


def give_out(subject: str, *, rows: int, what: Mapping[str, str], by: Actor) -> None:
    """Write down that a file with so many rows was taken out, and which."""
    record("export", by=by, subject=subject, after={"rows": rows, **what})

"""流转记录, read: the events of one case in order."""

from minsheng.domain.facts import Event
from minsheng.domain.states import State
from minsheng.models.event import CaseEvent
from minsheng.models.fetching import fetch


def event_of(row: CaseEvent) -> Event:
    """The pure event of a journal row."""
    return Event(
        seq=row.seq, at=row.at, action=row.action, actor=row.actor, unit=row.unit, before=State(row.before) if row.before else None,
        after=State(row.after), data=row.data, decision=row.decision,
    )  # fmt: skip


def journal(case: int, *, first: int = 1, last: int | None = None) -> list[Event]:
    """The events of a case, in order; with `first` and `last` (both inclusive) only those."""
    rows = fetch(CaseEvent, "WHERE case_id = %s AND seq BETWEEN %s AND %s ORDER BY seq", [case, first, _END if last is None else last])
    return [event_of(row) for row in rows]


_END = 2**31 - 1

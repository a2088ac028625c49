"""数字后面的单子: the cases behind a figure of the board, a page at a time. Never a case that this person may not see (queries/reach.py)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.facts import GOOD_FROM
from minsheng.queries import directory as directories
from minsheng.queries import reach as reached
from minsheng.queries.cockpit import SOON
from minsheng.queries.pages import Cursor, Page, read
from minsheng.queries.reach import Reach

_OPEN = "c.closed_at IS NULL AND c.state IN ('received', 'registered', 'dispatched', 'handling', 'answered', 'parked')"
#: what → condition, and whether the latest come first (else the most pressing).
LISTS = {
    "open": (_OPEN, False),
    "overdue": (f"{_OPEN} AND c.due_at < %(now)s", False),
    "soon": (f"{_OPEN} AND c.due_at >= %(now)s AND c.due_at < %(soon)s", False),
    "watched": (f"{_OPEN} AND c.watched", False),
    "received": ("c.received_at >= %(start)s AND c.origin = 'citizen'", True),
    "topic": ("c.received_at >= %(start)s AND c.origin = 'citizen' AND NOT c.sensitive AND c.category LIKE %(topic)s", True),
}
#: what → the event that put a case behind a rate.
EVENTS = {
    "missed": "e.action = 'deadline_step' AND e.data->>'clock' = 'answer' AND e.data->>'missed' = 'true'",
    "unsatisfied": "CASE e.action WHEN 'call_back' THEN e.data->>'reached' = 'true' AND e.data->>'satisfied' = 'false'"
    " WHEN 'rate' THEN (e.data->>'level')::int < %(good)s ELSE FALSE END",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One case as a list of the board shows it."""

    id: int
    code: str
    title: str
    state: str
    category: str | None
    unit: str | None
    place: str | None
    round: int
    watched: bool
    received_at: datetime
    due_at: datetime | None
    version: int


_COLUMNS = """
SELECT c.id, c.code, c.title, c.state, c.category, c.unit, coalesce(c.place, c.district), c.round, c.watched, c.received_at, c.due_at, c.version
"""
_ROWS = f"{_COLUMNS} FROM ms_case c"


def cases(reach: Reach, actor: Actor, *, what: str, start: date | None = None, topic: str = "", cursor: str = "", limit: int = 30) -> Page[Seen]:
    """A page of a list. start: the first day of the span, for what is counted by days. One query."""
    if what not in LISTS:
        raise NotFound("没有这个单子。", "There is no such list.")
    fits, latest = LISTS[what]
    where, params = reached.condition(reach, actor, directories.current())
    after, beyond = read(cursor), ""
    order = "c.received_at DESC, c.id DESC" if latest else "c.due_at, c.id"
    if after is not None and latest:
        beyond = " AND (c.received_at, c.id) < (%(at)s, %(id)s)"
    elif after is not None:
        beyond = " AND ((c.due_at, c.id) > (%(at)s, %(id)s) OR c.due_at IS NULL)" if after.at else " AND c.due_at IS NULL AND c.id > %(id)s"
    first = datetime(start.year, start.month, start.day, tzinfo=clock.BEIJING) if start else clock.now()
    params |= {"now": clock.now(), "soon": clock.now() + SOON, "start": first, "topic": f"{topic}%", "limit": limit + 1}
    params |= {"at": after.at, "id": after.id} if after else {}
    with connection.cursor() as db:
        db.execute(f"{_ROWS} WHERE {fits} AND {where}{beyond} ORDER BY {order} LIMIT %(limit)s", params)
        rows = [Seen(*row) for row in db.fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], str(Cursor(last.received_at if latest else last.due_at, last.id)) if last else "")


def behind(reach: Reach, actor: Actor, *, what: str, start: date, cursor: str = "", limit: int = 30) -> Page[Seen]:
    """Behind a rate: whose promised answer was missed, who was not satisfied, since `start`; the latest first. One query, along the journal's days."""
    if what not in EVENTS:
        raise NotFound("没有这个单子。", "There is no such list.")
    where, params = reached.condition(reach, actor, directories.current())
    after = read(cursor)
    beyond = " AND (e.at, e.id) < (%(at)s, %(id)s)" if after else ""
    first = datetime(start.year, start.month, start.day, tzinfo=clock.BEIJING)
    params |= {"start": first, "good": GOOD_FROM, "limit": limit + 1, "at": after.at if after else None, "id": after.id if after else 0}
    with connection.cursor() as db:
        db.execute(
            f"{_COLUMNS}, e.at, e.id FROM ms_event e JOIN ms_case c ON c.id = e.case_id"
            f" WHERE e.at >= %(start)s AND c.origin = 'citizen' AND {EVENTS[what]} AND {where}{beyond} ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s",
            params,
        )
        rows = db.fetchall()
    following = str(Cursor(*rows[limit - 1][-2:])) if len(rows) > limit else ""
    once = {row[0]: Seen(*row[:-2]) for row in reversed(rows[:limit])}
    return Page(list(reversed(once.values())), following)

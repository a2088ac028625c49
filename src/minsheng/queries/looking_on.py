"""代表、观察员看的: cases of their area without anybody's words but those that everybody may read; nothing of 举报 and of what touches privacy."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng import clock
from minsheng.domain import facts_json, scopes
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.models.case import Case
from minsheng.models.fetching import fetch
from minsheng.queries import directory as directories
from minsheng.queries import reach as reached
from minsheng.queries.pages import Cursor, Page, read
from minsheng.queries.reach import Reach

_OPEN = "c.closed_at IS NULL AND c.state IN ('received', 'registered', 'dispatched', 'handling', 'answered', 'parked')"
#: which → condition.
STATES = {"": "TRUE", "open": _OPEN, "overdue": f"{_OPEN} AND c.due_at < %(now)s", "answered": "c.state IN ('answered', 'closed')"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One case. title, body, answer: released texts only; empty where the person did not want it public, or nobody has released it yet."""

    id: int
    code: str
    title: str
    body: str
    answer: str
    public: bool
    state: str
    kind: str
    category: str | None
    unit: str | None
    place: str | None
    round: int
    received_at: datetime
    due_at: datetime | None
    suggested: bool


_COLUMNS = """
SELECT c.id, c.code, coalesce(h.title, ''), {body}, {answer}, h.case_id IS NOT NULL, c.state, c.kind, c.category, c.unit, coalesce(h.place, c.district),
  c.round, c.received_at, c.due_at,
  EXISTS (SELECT 1 FROM ms_measure m WHERE m.case_id = c.id AND m.kind = 'suggestion' AND m.opened_by = %(me)s AND m.status IN ('opened', 'answered'))
FROM ms_case c LEFT JOIN ms_hall h ON h.case_id = c.id
"""


def cases(reach: Reach, actor: Actor, *, state: str = "", cursor: str = "", limit: int = 20) -> Page[Seen]:
    """A page of the area's cases, the latest first. One query."""
    if state not in STATES:
        raise NotFound("没有这个单子。", "There is no such list.")
    where, params = reached.condition(reach, actor, directories.current())
    after = read(cursor)
    beyond = " AND (c.received_at, c.id) < (%(at)s, %(id)s)" if after else ""
    params |= {"now": clock.now(), "me": actor.tag, "limit": limit + 1, "at": after.at if after else None, "id": after.id if after else 0}
    columns = _COLUMNS.format(body="left(coalesce(h.body, ''), 160)", answer="left(coalesce(h.answer, ''), 160)")
    with connection.cursor() as db:
        db.execute(
            f"{columns} WHERE {STATES[state]} AND c.state NOT IN ('withdrawn', 'merged') AND {where}{beyond}"
            " ORDER BY c.received_at DESC, c.id DESC LIMIT %(limit)s",
            params,
        )
        rows = [Seen(*row) for row in db.fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], str(Cursor(last.received_at, last.id)) if last else "")


def case(code: str, actor: Actor) -> Seen:
    """One of them whole; what is not of this person's area does not exist. Two queries."""
    tree = directories.current()
    found = fetch(Case, "WHERE code = %s", [code])
    if not found:
        raise NotFound()
    facts = facts_json.from_json(found[0].facts)
    place = tree.places.get(facts.place or facts.district or "")
    if not scopes.looks_on(actor, facts, tree, place_unit=place.unit if place else None):
        raise NotFound()
    with connection.cursor() as db:
        columns = _COLUMNS.format(body="coalesce(h.body, '')", answer="coalesce(h.answer, '')")
        db.execute(f"{columns} WHERE c.id = %(id)s", {"id": found[0].pk, "me": actor.tag})
        return Seen(*db.fetchone())

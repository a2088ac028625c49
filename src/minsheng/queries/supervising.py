"""督办: measures by kind and status, and one measure with everything that was said about it. What is sealed only few see (access.sees_measure)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng import clock
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.states import MeasureKind, Role
from minsheng.queries import directory as directories
from minsheng.queries import sight
from minsheng.queries.pages import Cursor, Page, read

#: which → condition.
STATES = {
    "opened": "m.status = 'opened'",
    "late": "m.status = 'opened' AND m.answer_by < %(now)s",
    "answered": "m.status = 'answered'",
    "proposed": "m.status = 'proposed'",
    "done": "m.status IN ('closed', 'withdrawn')",
}
#: Kinds that are listed: reminders are not followed up, and a deputy follows up their own suggestion.
KINDS = tuple(kind for kind in MeasureKind if kind not in (MeasureKind.REMINDER, MeasureKind.SUGGESTION))


@dataclass(frozen=True, slots=True)
class Line:
    """One measure. code, title, version: its case. serial: number of a 督办单 in its year."""

    id: int
    number: int
    kind: str
    level: str
    unit: str
    points: int
    because: str
    serial: int | None
    status: str
    opened_by: str
    opened_at: datetime
    answer_by: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    rule: str
    code: str
    title: str
    version: int
    case_unit: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """What happened to it: action, when, by whom (name of staff; "" the system), words."""

    action: str
    at: datetime
    by: str
    text: str
    because: str
    into: int | None


_ROWS = """
SELECT m.id, m.number, m.kind, m.level, m.unit, m.points, m.because, m.serial, m.status, m.opened_by, m.opened_at, m.answer_by, m.answered_at, m.ended_at,
  m.rule, c.code, c.title, c.version, c.unit
FROM ms_measure m JOIN ms_case c ON c.id = m.case_id
"""
#: access.sees_measure as a condition.
_SEALED = f"(m.kind <> '{MeasureKind.REFERRAL}' OR %(prosecutes)s OR m.opened_by = %(tag)s OR (m.status = 'proposed' AND %(proposes)s))"


def listed(actor: Actor, *, kind: str = "", state: str = "opened", cursor: str = "", limit: int = 30) -> Page[Line]:
    """Measures that this person may see, the latest first. kind: "" all. One query."""
    if state not in STATES or (kind and kind not in KINDS):
        raise NotFound("没有这个单子。", "There is no such list.")
    tree, after = directories.current(), read(cursor)
    seen = sight.sight(actor, tree)
    params = sight.values(seen, tree) | {
        "kinds": [kind] if kind else [str(one) for one in KINDS], "now": clock.now(), "limit": limit + 1, "tag": actor.tag,
        "prosecutes": actor.has(Role.DISCIPLINE), "proposes": access.proposes(actor, tree),
        "at": after.at if after else None, "id": after.id if after else 0,
    }  # fmt: skip
    beyond = " AND (m.opened_at, m.id) < (%(at)s, %(id)s)" if after else ""
    where = f"m.kind = ANY(%(kinds)s) AND {STATES[state]} AND {_SEALED} AND {sight.seeable(seen)}"
    with connection.cursor() as db:
        db.execute(f"{_ROWS} WHERE {where}{beyond} ORDER BY m.opened_at DESC, m.id DESC LIMIT %(limit)s", params)
        rows = [Line(*row) for row in db.fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], str(Cursor(last.opened_at, last.id)) if last else "")


def one(actor: Actor, code: str, number: int) -> Line:
    """One measure of a case that the caller has found this person may see. NotFound where it is sealed to them."""
    with connection.cursor() as db:
        db.execute(f"{_ROWS} WHERE c.code = %s AND m.number = %s", [code, number])
        row = db.fetchone()
    line = Line(*row) if row else None
    if line is None or not access.sees_measure(actor, line.kind, line.status, line.opened_by, directories.current()):
        raise NotFound()
    return line


def course(code: str, number: int) -> list[Said]:
    """What happened to it, in order. One query."""
    with connection.cursor() as db:
        db.execute(
            """
            SELECT e.action, e.at, coalesce(u.display_name, ''), coalesce(t.body, ''), coalesce(e.data->>'because', ''), (e.data->>'into')::int
            FROM ms_event e JOIN ms_case c ON c.id = e.case_id
            LEFT JOIN ms_case_text t ON t.case_id = e.case_id AND t.digest = e.data->>'text'
            LEFT JOIN ms_user u ON e.actor = 'staff:' || u.id
            WHERE c.code = %s AND e.action LIKE 'measure\\_%%' AND (e.data->>'measure')::int = %s ORDER BY e.seq
            """,
            [code, number],
        )
        return [Said(*row) for row in db.fetchall()]

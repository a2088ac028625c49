"""我的批示、我的建议: what somebody asked units by a measure, what they answered, and how long they still have."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.domain.states import MeasureKind
from minsheng.queries.pages import Cursor, Page, read

#: which → condition.
STATES = {
    "answered": "m.status = 'answered'",
    "waiting": "m.status = 'opened'",
    "late": "m.status = 'opened' AND m.answer_by < %(now)s",
    "done": "m.status IN ('closed', 'withdrawn')",
}
#: Counts stop here.
COUNTED_TO = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """One instruction or suggestion: what was asked of which unit, until when, and what it answered. code_title: the case as its title stands."""

    id: int
    number: int
    level: str
    unit: str
    status: str
    opened_at: datetime
    answer_by: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    code: str
    case_title: str
    case_state: str
    case_version: int
    public_title: str | None
    category: str | None
    place: str | None
    text: str
    answer: str


_ROWS = """
SELECT m.id, m.number, m.level, m.unit, m.status, m.opened_at, m.answer_by, m.answered_at, m.ended_at, c.code, c.title, c.state, c.version, h.title,
  c.category, coalesce(c.place, c.district), coalesce(t.body, ''), coalesce(a.body, '')
FROM ms_measure m JOIN ms_case c ON c.id = m.case_id LEFT JOIN ms_hall h ON h.case_id = m.case_id
LEFT JOIN ms_case_text t ON t.case_id = m.case_id AND t.digest = m.text
LEFT JOIN LATERAL (
  SELECT x.body FROM ms_event e JOIN ms_case_text x ON x.case_id = e.case_id AND x.digest = e.data->>'text'
  WHERE m.answered_at IS NOT NULL AND e.case_id = m.case_id AND e.action = 'measure_answered' AND (e.data->>'measure')::int = m.number
  ORDER BY e.seq DESC LIMIT 1
) a ON TRUE
"""


def own(actor: Actor, kind: MeasureKind, *, state: str, cursor: str = "", limit: int = 20) -> Page[Asked]:
    """What this person asked, the latest first. One query."""
    if state not in STATES:
        raise NotFound("没有这个单子。", "There is no such list.")
    after = read(cursor)
    beyond = " AND (m.opened_at, m.id) < (%(at)s, %(id)s)" if after else ""
    params = {"me": actor.tag, "kind": str(kind), "now": clock.now(), "limit": limit + 1, "at": after.at if after else None, "id": after.id if after else 0}
    with connection.cursor() as db:
        db.execute(
            f"{_ROWS} WHERE m.opened_by = %(me)s AND m.kind = %(kind)s AND {STATES[state]}{beyond} ORDER BY m.opened_at DESC, m.id DESC LIMIT %(limit)s",
            params,
        )
        rows = [Asked(*row) for row in db.fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], str(Cursor(last.opened_at, last.id)) if last else "")


def counts(actor: Actor, kind: MeasureKind) -> dict[str, int]:
    """How many in each list, counted to a hundred. One query over this person's own."""
    columns = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM ms_measure m WHERE m.opened_by = %(me)s AND m.kind = %(kind)s AND {fits} LIMIT {COUNTED_TO}) x)"  # noqa: S608
        for fits in STATES.values()
    )
    with connection.cursor() as db:
        db.execute(f"SELECT {columns}", {"me": actor.tag, "kind": str(kind), "now": clock.now()})
        return dict(zip(STATES, db.fetchone(), strict=True))


def of_case(actor: Actor, kind: MeasureKind, code: str) -> list[Asked]:
    """What this person asked about one case, in order. One query."""
    with connection.cursor() as db:
        db.execute(f"{_ROWS} WHERE m.opened_by = %(me)s AND m.kind = %(kind)s AND c.code = %(code)s ORDER BY m.number LIMIT 50",
                   {"me": actor.tag, "kind": str(kind), "code": code})  # fmt: skip
        return [Asked(*row) for row in db.fetchall()]

"""@ 我的: what colleagues wrote to somebody at the desk, and urgent reports. One question a page, one for the count."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.models.read import Notice
from minsheng.queries import directory as directories
from minsheng.queries.cases import _place_unit
from minsheng.queries.pages import Cursor, Page
from minsheng.queries.pages import read as read_cursor

#: So many of the newest messages are looked at for the bell: it must cost next to nothing on every page. More than 99 are said as 99+.
LOOKED_AT = 200
_NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One message. what: noted or alerted. text, title: "" where the person may not see the case any more (sees is False)."""

    id: int
    code: str
    title: str
    what: str
    who: str
    text: str
    at: datetime
    read: bool
    sees: bool


# The words stand in the case's own texts, so that erasing them there erases them here.
_ROWS = """
SELECT n.id, c.code, c.title, c.facts, n.template, u.display_name, t.body, n.at, n.read_at IS NOT NULL
FROM ms_notice n
JOIN ms_case c ON c.id = n.case_id
JOIN ms_event e ON e.case_id = n.case_id AND e.seq = split_part(n.key, ':', 2)::int
LEFT JOIN ms_user u ON e.actor = 'staff:' || u.id
LEFT JOIN ms_case_text t ON t.case_id = c.id AND t.digest = e.data ->> 'text'
WHERE n."to" = %(to)s AND n.id < %(before)s ORDER BY n.id DESC LIMIT %(limit)s
"""
_UNREAD = f"""
SELECT count(*) FROM (SELECT read_at FROM ms_notice WHERE "to" = %s ORDER BY id DESC LIMIT {LOOKED_AT}) x WHERE read_at IS NULL
"""  # noqa: S608 (a constant)


def page(actor: Actor, *, cursor: str = "", limit: int = 30) -> Page[Mention]:
    """The newest first."""
    after = read_cursor(cursor)
    with connection.cursor() as asked:
        asked.execute(_ROWS, {"to": f"user:{actor.id}", "before": after.id if after else _NEWEST, "limit": limit + 1})
        rows = asked.fetchall()
    return Page([_mention(row, actor) for row in rows[:limit]], str(Cursor(None, rows[limit - 1][0])) if len(rows) > limit else "")


def _mention(row: tuple, actor: Actor) -> Mention:  # type: ignore[type-arg]
    key, code, title, facts, what, who, text, at, read = row
    tree, known = directories.current(), facts_json.from_json(json.loads(facts))
    sees = access.may_see(actor, known, tree, place_unit=_place_unit(known, tree))
    return Mention(
        id=key, code=code, title=(title or "") if sees else "", what=what, who=who or "", text=(text or "") if sees else "", at=at, read=read, sees=sees
    )  # fmt: skip


def unread(user: int) -> int:
    """How many of the newest are unread."""
    with connection.cursor() as asked:
        asked.execute(_UNREAD, [f"user:{user}"])
        (count,) = asked.fetchone()
    return int(count)


def code_of(user: int, *, message: int) -> str | None:
    """The code of the case of a message of this person, None where it is somebody else's."""
    return Notice.objects.filter(pk=message, to=f"user:{user}").values_list("case__code", flat=True).first()

"""站内消息: what an account was told about its own cases, those it joined and those it follows. One question a page, one for the count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng.queries.pages import Cursor, Page
from minsheng.queries.pages import read as read_cursor

#: A notice whose key ends so says again, by another way, what the one without says (commands/notifying.py).
AGAIN = ":(sms|mail|wechat)$"
#: Unread messages are counted up to here: more says enough.
COUNTED_TO = 99
_NEWEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message. title: the case's own words for its caller, the released ones for others, "" where there are none to show.

    followed: the account only follows this case. opens: may the account still open it?
    """

    id: int
    code: str
    title: str
    body: str
    event: str
    text: str
    at: datetime
    read: bool
    followed: bool
    opens: bool


#: Under which names the account is told, with its part in the case; none where it only follows it.
_MINE = """
SELECT 'party:' || id AS "to", case_id, role FROM ms_party WHERE account = %(account)s
UNION ALL SELECT 'account:' || %(account)s, NULL, NULL
"""
# The case as this person knows it: whoever reported one that was merged into another one knows the own number.
_ROWS = f"""
SELECT n.id, c.code, CASE WHEN m.role = 'caller' THEN c.title ELSE h.title END, CASE WHEN m.role = 'caller' THEN '' ELSE left(h.body, 200) END,
       n.template, n.text, n.at, n.read_at IS NOT NULL, m.role IS NULL, m.role = 'caller' OR h.case_id IS NOT NULL
FROM ({_MINE}) m
JOIN ms_notice n ON n."to" = m."to" AND n.key !~ '{AGAIN}'
JOIN ms_case c ON c.id = CASE WHEN m.role = 'caller' THEN m.case_id ELSE n.case_id END
LEFT JOIN ms_hall h ON h.case_id = c.id
WHERE n.id BETWEEN %(from)s AND %(to)s
ORDER BY n.id DESC LIMIT %(limit)s
"""  # noqa: S608 (constants of this file)
_UNREAD = f"""
SELECT count(*) FROM (
  SELECT 1 FROM ({_MINE}) m JOIN ms_notice n ON n."to" = m."to" AND n.key !~ '{AGAIN}' AND n.read_at IS NULL LIMIT {COUNTED_TO + 1}
) x
"""  # noqa: S608


def page(account: int, *, cursor: str = "", limit: int = 20) -> Page[Message]:
    """The newest first."""
    after = read_cursor(cursor)
    rows = _read(account, 0, after.id - 1 if after else _NEWEST, limit + 1)
    return Page(rows[:limit], str(Cursor(None, rows[limit - 1].id)) if len(rows) > limit else "")


def one(account: int, *, message: int) -> Message | None:
    """One message of this account, or None."""
    return next(iter(_read(account, message, message, 1)), None)


def _read(account: int, first: int, last: int, limit: int) -> list[Message]:
    with connection.cursor() as asked:
        asked.execute(_ROWS, {"account": account, "from": first, "to": last, "limit": limit})
        return [_message(row) for row in asked.fetchall()]


def _message(row: tuple[Any, ...]) -> Message:
    key, code, title, body, event, text, at, read, followed, opens = row
    return Message(
        id=key, code=code, title=title or "", body=body or "", event=event, text=text, at=at, read=read, followed=followed, opens=bool(opens)
    )  # fmt: skip


def unread(account: int) -> int:
    """How many are unread, counted to one more than COUNTED_TO."""
    with connection.cursor() as asked:
        asked.execute(_UNREAD, {"account": account})
        (count,) = asked.fetchone()
    return int(count)


def receivers(account: int) -> list[str]:
    """Under which names an account is told."""
    with connection.cursor() as asked:
        asked.execute(_MINE, {"account": account})
        return [to for to, _, _ in asked.fetchall()]

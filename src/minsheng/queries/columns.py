"""栏目: what was exposed in public and what became of it. Only exposures that a person published, with the words that were released."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng.domain.states import Origin
from minsheng.queries import directory as directories


@dataclass(frozen=True, slots=True)
class Exposed:
    """One exposure: when, who, what about, the words as released, and what the unit says; code leads to the case."""

    at: datetime
    unit: str
    code: str
    title: str
    text: str
    answer: str
    ended: bool


#: A measure's words are released like a text of the case: the newest version by its digest. Without it, the exposure is not public.
_EXPOSED = """
SELECT m.opened_at, m.unit, h.code, h.title, said.body, coalesce(h.answer, ''), m.status = 'closed' FROM ms_measure m
JOIN ms_hall h ON h.case_id = m.case_id JOIN ms_case c ON c.id = m.case_id
JOIN LATERAL (SELECT r.body FROM ms_released_text r WHERE r.case_id = m.case_id AND r.digest = m.text ORDER BY r.version DESC LIMIT 1) said ON true
WHERE m.kind = 'exposure' AND m.status IN ('opened', 'answered', 'closed') AND m.text <> '' AND c.origin = %(origin)s
  AND m.opened_at >= %(start)s AND m.opened_at < %(end)s ORDER BY m.opened_at DESC, m.id DESC LIMIT %(most)s
"""


def exposures(*, start: datetime, end: datetime, most: int = 50) -> list[Exposed]:
    """Published exposures opened from `start` until before `end`, latest first. One query."""
    tree = directories.current()
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSED, {"start": start, "end": end, "most": most, "origin": str(Origin.CITIZEN)})
        return [Exposed(at, tree.units[unit].name if unit in tree.units else "", *rest) for at, unit, *rest in cursor.fetchall()]

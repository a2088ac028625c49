"""亮牌: the yellow, orange and red cards of a month, as everybody may know them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from minsheng import clock
from minsheng.domain.ranking import month_after
from minsheng.queries import directory as directories

CARDS = ("yellow_card", "orange_card", "red_card")


@dataclass(frozen=True, slots=True)
class Card:
    """One card. because: empty where only the case, which is not public, would say it; code: of the case, where everybody may read it."""

    kind: str
    unit: str
    unit_name: str
    opened_at: datetime
    because: str
    ended_at: datetime | None
    code: str | None


_CARDS = """
SELECT m.kind, m.unit, m.opened_at, m.because, m.rule <> '', m.ended_at, h.code FROM ms_measure m
JOIN ms_case c ON c.id = m.case_id LEFT JOIN ms_hall h ON h.case_id = m.case_id
WHERE m.kind = ANY(%(cards)s) AND m.status IN ('opened', 'answered', 'closed') AND m.opened_at >= %(start)s AND m.opened_at < %(end)s
  AND c.visibility <> 'secret' ORDER BY m.opened_at DESC, m.id DESC LIMIT %(most)s
"""


def cards(month: date, *, most: int = 50) -> list[Card]:
    """Opened in that month and not taken back, latest first. What a person wrote as the reason is told only where the case itself is public."""
    tree, end = directories.current(), month_after(month)
    with connection.cursor() as cursor:
        start, stop = (datetime(day.year, day.month, 1, tzinfo=clock.BEIJING) for day in (month, end))
        cursor.execute(_CARDS, {"cards": list(CARDS), "start": start, "end": stop, "most": most})
        return [
            Card(kind, unit, tree.units[unit].name if unit in tree.units else "", at, because if by_rule or code else "", ended, code)
            for kind, unit, at, because, by_rule, ended, code in cursor.fetchall()
        ]


def worst(found: list[Card]) -> dict[str, str]:
    """Unit → its most severe card."""
    said: dict[str, str] = {}
    for card in found:
        if CARDS.index(card.kind) >= CARDS.index(said.get(card.unit, CARDS[0])):
            said[card.unit] = card.kind
    return said

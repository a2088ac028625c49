"""监督数字: measures opened in some days, and cases that passed a promise, for the publications. 举报 and what goes to discipline never count here."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng.domain.states import MEASURE_ZH, MeasureKind, Origin
from minsheng.queries import directory as directories

#: Kinds that are no pressure of the supervision, or sealed.
_NOT_COUNTED = [str(MeasureKind.REFERRAL), str(MeasureKind.SUGGESTION)]


@dataclass(frozen=True, slots=True)
class Opened:
    """So many measures of a kind against a unit, with their points."""

    kind_zh: str
    unit: str
    n: int
    points: int


_OPENED = """
SELECT m.kind, m.unit, count(*), sum(m.points) FROM ms_measure m JOIN ms_case c ON c.id = m.case_id
WHERE m.opened_at >= %(start)s AND m.opened_at < %(end)s AND m.status IN ('opened', 'answered', 'closed') AND NOT m.kind = ANY(%(sealed)s)
  AND c.visibility <> 'secret' AND c.origin = %(origin)s GROUP BY m.kind, m.unit ORDER BY m.kind, m.unit
"""


def opened(*, start: datetime, end: datetime) -> list[Opened]:
    """Measures opened from `start` until before `end` and not taken back. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_OPENED, {"start": start, "end": end, "sealed": _NOT_COUNTED, "origin": str(Origin.CITIZEN)})
        return [Opened(MEASURE_ZH[MeasureKind(kind)], unit, int(n), int(points)) for kind, unit, n, points in cursor.fetchall()]


_LATE = """
SELECT {columns} FROM ms_deadline d JOIN ms_case c ON c.id = d.case_id {join}
WHERE d.kind IN ('answer', 'close') AND d.due_at < %(by)s AND d.paused_at IS NULL
  AND (d.met_at IS NULL OR d.met_at >= %(by)s) AND (d.ended_at IS NULL OR d.ended_at >= %(by)s)
  AND (c.closed_at IS NULL OR c.closed_at >= %(by)s) AND c.received_at < %(by)s
  AND c.visibility <> 'secret' AND c.origin = %(origin)s {rest}
"""


def overdue(*, by: datetime) -> list[tuple[str, int]]:
    """Unit → cases that had passed a promise to the citizen at this moment and were not closed, most first. One query."""
    sql = _LATE.format(columns="coalesce(c.unit, ''), count(DISTINCT c.id)", join="", rest="GROUP BY 1 ORDER BY 2 DESC, 1")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"by": by, "origin": str(Origin.CITIZEN)})
        return [(unit, int(n)) for unit, n in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Late:
    """A public case that passed its promise."""

    code: str
    title: str
    unit: str
    due: datetime


@dataclass(frozen=True, slots=True)
class LateOnes:
    """Those that wait longest, and how many there are in all."""

    total: int
    rows: list[Late]


_LONGEST = "SELECT code, title, unit, due, count(*) OVER () FROM ({inner}) x ORDER BY due, id LIMIT %(most)s"


def overdue_in_public(*, by: datetime, most: int = 30) -> LateOnes:
    """Public cases that had passed a promise at this moment, those that wait longest first; only released words. One query."""
    inner = _LATE.format(
        columns="c.id, h.code, h.title, coalesce(h.unit, '') AS unit, min(d.due_at) AS due",
        join="JOIN ms_hall h ON h.case_id = c.id",
        rest="GROUP BY c.id, h.code, h.title, h.unit",
    )
    tree = directories.current()
    with connection.cursor() as cursor:
        params = {"by": by, "origin": str(Origin.CITIZEN), "most": most}
        cursor.execute(_LONGEST.format(inner=inner), params)
        found = cursor.fetchall()
    rows = [Late(code, title, tree.units[unit].name if unit in tree.units else "还没有确定单位", due) for code, title, unit, due, _ in found]
    return LateOnes(int(found[0][4]) if found else 0, rows)

"""数字: every figure with its numerator, denominator and cut-off. From tallies only, and tallies come from the journal only."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.domain.states import Origin


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate never stands alone: rate is None where nothing was counted."""

    key: str
    zh: str
    numerator: int
    denominator: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Volumes and rates of a stretch of days (both inclusive), up to `cutoff`."""

    start: date
    end: date
    cutoff: datetime
    volumes: dict[str, int]
    rates: list[Rate]


_VOLUMES = ("receive", "register", "dispatch", "answer", "answer_at_once", "close", "reopen", "decline", "refer", "withdraw", "merge",
            "send_back", "park", "urge")  # fmt: skip
_RATES = (
    ("contact", "响应率", ("contacted_yes",), ("contacted_asked",)),
    ("resolution", "解决率", ("solved_yes",), ("solved_asked",)),
    ("satisfaction", "满意率", ("satisfied_yes",), ("satisfied_asked",)),
    ("dispatch_on_time", "按时派单率", ("dispatch_kept",), ("dispatch_kept", "dispatch_missed")),
    ("claim_on_time", "按时认领率", ("claim_kept",), ("claim_kept", "claim_missed")),
    ("contact_on_time", "按时联系率", ("contact_kept",), ("contact_kept", "contact_missed")),
    ("answer_on_time", "按时答复率", ("answer_kept",), ("answer_kept", "answer_missed")),
    ("close_on_time", "按时办结率", ("close_kept",), ("close_kept", "close_missed")),
    ("closing", "办结率", ("close",), ("receive",)),
)

_SUM = """
SELECT metric, sum(n) FROM (
  SELECT metric, n FROM ms_tally WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s {more}
  UNION ALL
  SELECT metric, n FROM ms_tally_delta WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s {more}
) t GROUP BY metric
"""


def figures(*, start: date, end: date, unit: str = "", district: str = "", category: str = "") -> Figures:
    """三率、按时率和件数 of the days `start`…`end`; only what citizens filed counts. One query."""
    now = clock.now()
    if start > end:
        raise BadInput(field="start", zh="开始的日子在结束之后。", en="The start lies after the end.")
    if start > clock.local(now).date():
        raise BadInput(field="start", zh="还没到那一天，没有数字。", en="That day has not come yet.")
    more = "".join(f" AND {name} = %({name})s" for name, value in (("unit", unit), ("district", district), ("category", category)) if value)
    params = {"start": start, "end": end, "origin": str(Origin.CITIZEN), "unit": unit, "district": district, "category": category}
    with connection.cursor() as cursor:
        cursor.execute(_SUM.format(more=more), params)
        found = {metric: int(n) for metric, n in cursor.fetchall()}
    rates = []
    for key, zh, yes, asked in _RATES:
        numerator, denominator = sum(found.get(m, 0) for m in yes), sum(found.get(m, 0) for m in asked)
        rates.append(Rate(key, zh, numerator, denominator, round(numerator / denominator, 4) if denominator else None))
    return Figures(start, end, now, {name: found.get(name, 0) for name in _VOLUMES}, rates)


def overdue(*, limit: int = 10_000) -> int:
    """How many public cases have passed a promise to the citizen, counted up to `limit`: as many as the hall lists as 已超时."""
    with connection.cursor() as cursor:
        cursor.execute(
            # A case's own due time is never later than that of its promises: its index leads to the few that can be meant.
            "SELECT count(*) FROM (SELECT 1 FROM ms_case c JOIN ms_hall h ON h.case_id = c.id WHERE c.closed_at IS NULL AND c.due_at < %(now)s AND"
            " c.state IN ('received', 'registered', 'dispatched', 'handling', 'answered', 'parked') AND h.due_at < %(now)s LIMIT %(limit)s) x",
            {"now": clock.now(), "limit": limit},
        )
        return int(cursor.fetchone()[0])

"""The published figures, counted again by plain SQL. Imports nothing from the program: it is given a cursor, and nothing else."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

JOURNAL = Path(__file__).with_name("journal.sql")

#: rate → metrics above and below the line, as docs/reference words it.
RATES = {
    "contacted": (("contacted_yes",), ("contacted_asked",)),
    "solved": (("solved_yes",), ("solved_asked",)),
    "satisfied": (("satisfied_yes",), ("satisfied_asked",)),
    "closed": (("close",), ("receive",)),
    **{f"{kind} on time": ((f"{kind}_kept",), (f"{kind}_kept", f"{kind}_missed")) for kind in ("dispatch", "claim", "contact", "answer", "close")},
}
#: As they are called where they are shown → as they are called here.
SHOWN = {
    "contact": "contacted", "resolution": "solved", "satisfaction": "satisfied", "closing": "closed",
    **{f"{kind}_on_time": f"{kind} on time" for kind in ("dispatch", "claim", "contact", "answer", "close")},
}  # fmt: skip
#: What a table looks at: somebody for whom none of it was counted does not stand in it.
_LOOKED_AT = ("answer", "answer_at_once", "answer_kept", "answer_missed", "contacted_asked", "solved_asked", "satisfied_asked")
#: Who is compared in a table: kind → which row of the directory a figure belongs to.
_OWNER = """
WITH RECURSIVE above(code, at, depth) AS (
  SELECT code, code, 0 FROM ms_unit
  UNION ALL
  SELECT a.code, u.parent, a.depth + 1 FROM above a JOIN ms_unit u ON u.code = a.at WHERE u.parent IS NOT NULL
)
SELECT DISTINCT ON (a.code) a.code, a.at FROM above a JOIN ms_unit u ON u.code = a.at
WHERE {compared} ORDER BY a.code, a.depth
"""
_COMPARED = {"units": "u.level = 'city' AND u.kind IN ('department', 'company')", "streets": "u.level = 'street' AND u.kind = 'area'"}


@dataclass(frozen=True)
class Recomputed:
    """Sums of the journal: metric → n."""

    sums: dict[str, int]

    def rate(self, key: str) -> tuple[int, int]:
        """What stands above and below the line."""
        above, below = RATES[key]
        return sum(self.sums.get(m, 0) for m in above), sum(self.sums.get(m, 0) for m in below)


def prepare(cursor: Any) -> None:
    """Count the journal as it stands now."""
    cursor.execute(JOURNAL.read_text(encoding="utf-8"))


def between(cursor: Any, start: date, end: date, *, column: str = "", value: str = "") -> Recomputed:
    """All figures of these days, both inclusive, of what citizens filed; with a column, of one unit, district or category."""
    assert column in ("", "unit", "district", "category")
    more = f"AND {column} = %s" if column else ""
    asked = [start, end, *([value] if column else [])]
    cursor.execute(f"SELECT metric, sum(n) FROM figures WHERE day BETWEEN %s AND %s AND origin = 'citizen' {more} GROUP BY metric", asked)
    return Recomputed({metric: int(n) for metric, n in cursor.fetchall()})


def by_owner(cursor: Any, start: date, end: date, *, kind: str) -> dict[str, Recomputed]:
    """The figures of these days for everybody who is compared in the tables of this kind: units, counties or streets."""
    if kind == "counties":
        owners = "SELECT code, code AS at FROM ms_place WHERE kind = 'district'"
        joined = "f.district"
    else:
        owners, joined = _OWNER.format(compared=_COMPARED[kind]), "f.unit"
    cursor.execute(
        f"SELECT o.at, f.metric, sum(f.n) FROM figures f JOIN ({owners}) o ON o.code = {joined}"
        " WHERE f.day BETWEEN %s AND %s AND f.origin = 'citizen' GROUP BY 1, 2",
        [start, end],
    )
    found: dict[str, dict[str, int]] = {}
    for owner, metric, n in cursor.fetchall():
        found.setdefault(owner, {})[metric] = int(n)
    return {owner: Recomputed(sums) for owner, sums in found.items()}


def stands(said: Recomputed) -> bool:
    """Does somebody with these sums stand in a table?"""
    return any(said.sums.get(metric) for metric in _LOOKED_AT)


def places(found: dict[str, Recomputed], shown: str, *, minimum: int) -> dict[str, int]:
    """Places by the measure that is shown: one more than how many are better; who was counted too seldom has none."""
    counted = {owner: said.rate(SHOWN[shown]) for owner, said in found.items()}
    rates = {owner: Fraction(above, below) for owner, (above, below) in counted.items() if below >= max(1, minimum)}
    return {owner: 1 + sum(other > rate for other in rates.values()) for owner, rate in rates.items()}


def percent(above: int, below: int) -> str:
    """As it is printed: two digits, 5 rounded up."""
    hundredths = (Fraction(above, below) * 10_000 + Fraction(1, 2)).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d}"

"""大厅的地图: how many of the newest requests lie in each public place. Counts only: never a point, never nearer than a grid."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng import clock
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.hall import PLACES, Filters, where
from minsheng.queries.kept import Kept

#: So many of the newest requests that fit are counted: enough to see where it is hot, and as dear in a large city as in a small one.
MOST = 2_000
SECONDS = 30
#: Shades of the map beside "none".
SHADES = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """The newest requests by public place and category of the first level. total: how many were counted; more: there are older ones too."""

    total: int
    more: bool
    cutoff: datetime
    rows: tuple[tuple[str | None, str, int, int], ...]  # place, category, how many, how many of them are overdue


@dataclass(slots=True, kw_only=True)
class Heat:
    """One place: how many, how many of them overdue, the three most frequent categories, and its shade (1 light … 5 dark).

    outside: the place is wider than the level that was asked for (somebody said only the district), so that no part of the map holds it.
    """

    place: str
    n: int
    overdue: int
    top: list[tuple[str, int]]
    shade: int = 0
    outside: bool = False


_spreads: Kept[Spread] = Kept(most=200)

_COUNTED = """
SELECT place, coalesce(left(category, 2), ''), count(*), count(*) FILTER (WHERE due_at < %s)
FROM (SELECT place, category, due_at FROM ms_hall {where}ORDER BY received_at DESC, case_id DESC LIMIT {most:d}) newest GROUP BY 1, 2
"""


def spread(filters: Filters) -> Spread:
    """Count under these conditions. One query, and none where the same was asked within half a minute."""
    now = clock.now()
    return _spreads.for_a_while(filters, lambda: _count(filters, now), now, SECONDS)


def _count(filters: Filters, now: datetime) -> Spread:
    found = where(filters)
    if found is None:
        return Spread(0, False, now, ())
    conditions, values = found
    asked = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    with connection.cursor() as cursor:
        # Every fragment is a constant of this house.
        cursor.execute(_COUNTED.format(where=asked, most=MOST), [now, *values])
        rows = tuple(cursor.fetchall())
    total = sum(n for _, _, n, _ in rows)
    return Spread(total, total == MOST, now, rows)


def by_place(found: Spread, level: str, *, within: str = "") -> list[Heat]:
    """The counts gathered at a level (district, street, community, grid), most first; what lies wider than that comes last, as it is.

    within: only places inside this one are named; what was said of the place itself stays, as `outside`.
    """
    tree = directories.current()
    numbers: dict[str, Counter[str]] = {}
    overdue: Counter[str] = Counter()
    for place, category, n, late in found.rows:
        code = _at(tree, place, level, within)
        numbers.setdefault(code, Counter())[category] += n
        overdue[code] += late
    heats = [
        Heat(
            place=code,
            n=said.total(),
            overdue=overdue[code],
            top=[one for one in sorted(said.items(), key=lambda pair: (-pair[1], pair[0])) if one[0]][:3],
            outside=code not in tree.places or tree.places[code].kind != level,
        )
        for code, said in numbers.items()
    ]
    limits = shades([heat.n for heat in heats if not heat.outside])
    for heat in heats:
        heat.shade = 0 if heat.outside else sum(heat.n >= limit for limit in limits)
    return sorted(heats, key=lambda heat: (heat.outside, -heat.n, heat.place))


def _at(tree: Directory, place: str | None, level: str, within: str) -> str:
    """The place of that level around this one; the place itself where it is wider, or where it lies elsewhere than asked."""
    if place not in tree.places:
        return ""
    line = tree.place_ancestors(place)
    if within and within not in line:
        return ""
    return next((code for code in line if tree.places[code].kind == level), next(code for code in line if tree.places[code].kind in PLACES))


def shades(counts: Sequence[int]) -> tuple[int, ...]:
    """From how many on a place gets the next shade, beginning with 1: five steps of equal width up to the largest, fewer where it is small."""
    largest = max(counts, default=0)
    return tuple(sorted({1 + largest * step // SHADES for step in range(SHADES) if 1 + largest * step // SHADES <= largest}))


def level_below(tree: Directory, place: str) -> str:
    """The level at which the inside of a place is looked at: the next one down of which it has parts.

    The whole city is looked at by districts, or by streets where it has only one of them.
    """
    if not place:
        districts = sum(1 for one in tree.places.values() if one.kind == "district")
        return "district" if districts > 1 else "street"
    kinds = {tree.places[code].kind for code in tree.place_children(place)}
    return next((kind for kind in PLACES if kind in kinds), tree.places[place].kind)

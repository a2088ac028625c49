"""名次: places in a table by a rate, as in a competition: the same rate shares a place, and the next one counts how many stand before it (1, 2, 2, 4).

Rates are compared as fractions, so that 2/3 and 4/6 are the same and rounding never decides. Who was counted too seldom has no place.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

K = TypeVar("K")


def ranks(rates: Mapping[K, tuple[int, int]], *, minimum: int) -> dict[K, int]:
    """Numerator and denominator by name → place, best first; only those whose denominator is at least `minimum` (and never nought)."""
    judged = {name: Fraction(part, whole) for name, (part, whole) in rates.items() if whole >= max(1, minimum)}
    ordered = sorted(judged, key=lambda name: judged[name], reverse=True)
    places: dict[K, int] = {}
    for number, name in enumerate(ordered, start=1):
        before = ordered[number - 2] if number > 1 else None
        places[name] = places[before] if before is not None and judged[before] == judged[name] else number
    return places


def percent(part: int, whole: int) -> str:
    """99.51: a rate as it is printed in publications, two digits, half a hundredth rounded up; a dash where nothing was counted. Exact: no float decides."""
    if not whole:
        return "–"
    hundredths = (20_000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def month_of(day: date) -> date:
    """The first day of the month in which a day lies."""
    return day.replace(day=1)


def month_before(month: date) -> date:
    """The first day of the month before."""
    return month_of(month_of(month) - timedelta(days=1))


def month_after(month: date) -> date:
    """The first day of the next month."""
    return month_of(month_of(month) + timedelta(days=31))


def last_published(today: date, *, published_on: int) -> date:
    """The month whose table is public: the one before, from the day of publication on; until then the one before that."""
    before = month_before(today)
    return before if today.day >= published_on else month_before(before)

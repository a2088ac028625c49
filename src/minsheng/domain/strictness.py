"""多头督办不要: one open measure of a kind per matter, and a stricter one absorbs the weaker.

A leader's own 批示 and a deputy's 建议 stand for themselves: the person who wrote them follows them up. Reminders ask for nothing.
移交纪检 is sealed: it ends nothing, so that nothing open tells of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from minsheng.domain.states import MeasureKind

#: Mild to strict: who watches the unit, and what it is given for being late. A card does not answer for a 督办单, nor the other way round.
STRICTNESS = (
    (
        MeasureKind.SUPERVISION, MeasureKind.CRITICISM, MeasureKind.EXPOSURE, MeasureKind.INSTRUCTION, MeasureKind.INTERVIEW,
    ),
    (MeasureKind.YELLOW_CARD, MeasureKind.ORANGE_CARD, MeasureKind.RED_CARD),
)  # fmt: skip

_STANDS = ("opened", "answered")


def alone(kind: str, ladder: str) -> bool:
    """Does a measure of this kind stand for itself, beside any other?"""
    return kind in (MeasureKind.REMINDER, MeasureKind.SUGGESTION) or (kind == MeasureKind.INSTRUCTION and not ladder)


def in_the_way(measures: Mapping[str, Mapping[str, Any]], kind: MeasureKind, *, ladder: str) -> int | None:
    """The number of the measure that makes this one a duplicate: of the same kind, open or proposed, or a stricter one that is open; None: open it."""
    if alone(kind, ladder):
        return None
    for number, known in measures.items():
        if alone(known["kind"], known["ladder"] or ""):
            continue
        same = known["kind"] == kind and known["status"] in (*_STANDS, "proposed")
        if same or (known["status"] in _STANDS and _weaker(kind, than=known["kind"])):
            return int(number)
    return None


def absorbed_by(measures: Mapping[str, Mapping[str, Any]], number: int) -> Iterator[int]:
    """Numbers of the weaker measures that end because this one was opened; weaker proposals fall away too."""
    strict = measures[str(number)]
    if alone(strict["kind"], strict["ladder"] or ""):
        return
    for other, known in measures.items():
        running = known["status"] in (*_STANDS, "proposed") and not alone(known["kind"], known["ladder"] or "")
        if running and _weaker(known["kind"], than=strict["kind"]):
            yield int(other)


def _weaker(kind: str, *, than: str) -> bool:
    return any(kind in track and than in track and track.index(MeasureKind(kind)) < track.index(MeasureKind(than)) for track in STRICTNESS)

"""考核评分: what a unit comes to in a period, from counts alone. Pure, exact fractions; a person can do the sum again by hand.

An indicator is a share of good ones. One that nothing was counted for is left out, and its weight is shared among the others in proportion to theirs:
who was never asked is neither praised nor blamed. Points of cards are taken off at the end; a score never falls below nought. Whoever was counted
fewer times than the minimum is marked and has no place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import TypeVar

K = TypeVar("K")
Counts = Mapping[str, int]

FULL = 100
#: z of a confidence of 95 %.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标. good, of: metrics that are added up; bad: metrics taken off `of` to find the good ones, where only the bad are counted.

    scale: what one of `of` is worth at best (a score card: 100 points).
    """

    key: str
    zh: str
    en: str
    of: tuple[str, ...]
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    scale: int = 1

    def part(self, counts: Counts) -> "Share":
        """Numerator and denominator. More bad ones than there were (a round of last month reopened in this one) is nought, never less."""
        whole = _add(counts, self.of) * self.scale
        good = whole - _add(counts, self.bad) if self.bad else _add(counts, self.good)
        return Share(max(0, min(good, whole)), max(0, whole))


def _promise(kind: str, zh: str, en: str) -> Indicator:
    return Indicator(f"{kind}_on_time", zh, en, of=(f"{kind}_kept", f"{kind}_missed"), good=(f"{kind}_kept",))


#: Every metric is one of domain/tallies.py.
INDICATORS = {
    one.key: one
    for one in (
        _promise("contact", "按时联系率", "Contacted on time"),
        _promise("claim", "按时认领率", "Claimed on time"),
        _promise("answer", "按时答复率", "Answered on time"),
        _promise("close", "按时办结率", "Closed on time"),
        Indicator("solved", "解决率", "Solved", of=("solved_asked",), good=("solved_yes",)),
        Indicator("satisfied", "满意率", "Satisfied", of=("satisfied_asked",), good=("satisfied_yes",)),
        Indicator("callback_reached", "回访接通率", "Callback reached", of=("callback_reached", "callback_unreached"), good=("callback_reached",)),
        Indicator("not_reopened", "一次办成率", "Not reopened", of=("answer", "answer_at_once"), bad=("reopen",)),
        Indicator("send_back_right", "退单准确率", "Sent back rightly", of=("send_back",), bad=("send_back_wrong",)),
        Indicator("quality", "质检得分率", "Quality score", of=("quality_cards",), good=("quality_points",), scale=100),
    )
}
#: 黄橙红牌: points taken off at the end; no share of anything.
CARD_POINTS = "card_points"
#: Every metric that a score looks at.
METRICS = tuple(sorted({CARD_POINTS, *(name for one in INDICATORS.values() for name in (*one.of, *one.good, *one.bad))}))


def _add(counts: Counts, names: tuple[str, ...]) -> int:
    return sum(counts.get(name, 0) for name in names)


@dataclass(frozen=True, slots=True)
class Share:
    """A rate as what it is made of, with how sure one can be of it."""

    good: int
    of: int

    @property
    def rate(self) -> Fraction | None:
        """Exact; None where nothing was counted."""
        return Fraction(self.good, self.of) if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """置信区间 of 95 % after Wilson: between what and what the true rate may lie. None where nothing was counted."""
        return wilson(self.good, self.of) if self.of else None


def wilson(good: int, of: int) -> tuple[float, float]:
    """Wilson's interval of 95 % for a share; narrow where much was counted, wide where little was. `of` is at least 1."""
    rate, square = good / of, _Z * _Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = _Z / (1 + square / of) * sqrt(rate * (1 - rate) / of + square / (4 * of * of))
    return (0.0 if good == 0 else max(0.0, middle - half)), (1.0 if good == of else min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator in a score. weight: as in the rules; counted: its weight after those without a denominator were left out (0 for these)."""

    key: str
    share: Share
    weight: int
    counted: Fraction

    @property
    def points(self) -> Fraction:
        """What it brings."""
        return self.counted * (self.share.rate or 0)


@dataclass(frozen=True, slots=True)
class Score:
    """得分. total: 0 to 100, None where nothing at all was counted; few: counted fewer times than the minimum, so no place."""

    lines: tuple[Line, ...]
    card_points: int
    counted: int
    total: Fraction | None
    few: bool


def score(counts: Counts, weights: Mapping[str, int], *, minimum: int) -> Score:
    """Add a unit up. weights: indicator → weight, together 100 (the rules see to it); minimum: what the largest denominator must reach."""
    shares = {key: INDICATORS[key].part(counts) for key in weights}
    heard = sum(weights[key] for key, share in shares.items() if share.of)
    lines = tuple(Line(key, share, weights[key], Fraction(FULL * weights[key], heard) if share.of else Fraction(0)) for key, share in shares.items())
    points = max(0, counts.get(CARD_POINTS, 0))
    counted = max((share.of // INDICATORS[key].scale for key, share in shares.items()), default=0)
    total = max(Fraction(0), sum((line.points for line in lines), Fraction(0)) - points) if heard else None
    return Score(lines, points, counted, total, few=counted < max(1, minimum))


def places(scores: Mapping[K, Score]) -> dict[K, int]:
    """名次, best first, as in a competition (1, 2, 2, 4); those with too few cases have none."""
    ranked = {name: found.total for name, found in scores.items() if found.total is not None and not found.few}
    ordered = sorted(ranked.values(), reverse=True)
    first: dict[Fraction, int] = {}
    for number, total in enumerate(ordered, start=1):
        first.setdefault(total, number)
    return {name: first[total] for name, total in ranked.items()}

"""升得最快: which matters are said more often than before. Counts of matters and places, never of persons. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

#: Fewer than so many in the week are nobody's topic yet.
LEAST = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """A matter in a street: how often this week, how often in an average week before, in how many places."""

    category: str
    street: str
    now: int
    before: float
    places: int

    @property
    def growth(self) -> int | None:
        """By how many percent it grew; None where it was never said before."""
        return round((self.now - self.before) / self.before * 100) if self.before else None

    @property
    def weight(self) -> float:
        """How far it lies above what chance brings: a count scatters by about its root."""
        return (self.now - self.before) / math.sqrt(self.before + 1)


def rising(topics: Iterable[Topic], *, most: int) -> list[Topic]:
    """Those that grew, the most striking first; the more frequent one where two are alike."""
    found = [topic for topic in topics if topic.now >= LEAST and topic.now > topic.before]
    return sorted(found, key=lambda topic: (-topic.weight, -topic.now, topic.category, topic.street))[:most]

"""事项归类: the classifier behind its port. Keywords today; a learned model may stand beside it and answer the same question."""

from collections.abc import Iterable

from minsheng.intelligence.classify import Categorised, Classification, KeywordClassifier
from minsheng.ports import Health


class KeywordAdapter:
    """Keywords of the category tree."""

    def __init__(self, categories: Iterable[Categorised]) -> None:
        rows = tuple(categories)
        self._words = sum(len(row.keywords) for row in rows)
        self._classifier = KeywordClassifier(rows)

    def suggest(self, title: str, body: str, *, place: str | None) -> Classification:
        """The categories that fit, with the words that say so."""
        return self._classifier.suggest(title, body, place=place)

    def check(self) -> Health:
        """Ready when the tree has keywords."""
        if not self._words:
            return Health(
                name="classifier",
                ok=False,
                zh="事项目录里没有关键词，每件都要人工归类。",
                en="The category tree has no keywords: every case is sorted by hand.",
            )
        return Health(name="classifier", ok=True, zh=f"按 {self._words:,} 个关键词归类。", en=f"Sorts by {self._words:,} keywords.")


class FixedClassifier:
    """The double: always the same answer."""

    def __init__(self, answer: Classification) -> None:
        self._answer = answer

    def suggest(self, title: str, body: str, *, place: str | None) -> Classification:
        """The answer that it was given."""
        return self._answer

    def check(self) -> Health:
        """Always there."""
        return Health(name="classifier", ok=True, zh="归类结果是固定的，只用于测试。", en="Sorting is fixed, for tests only.")

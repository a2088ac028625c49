"""The contract of a classifier: an answer for any text, and a health in words."""

from dataclasses import dataclass

import pytest

from minsheng.adapters.classifier import FixedClassifier, KeywordAdapter
from minsheng.intelligence.classify import Classification, Suggestion
from minsheng.ports import Classifier


@dataclass(frozen=True)
class Row:
    code: str = "010101"
    name: str = "路灯不亮"
    parent: str | None = None
    keywords: tuple[str, ...] = ("路灯不亮", "路灯坏")


FIXED = Classification(suggestions=(Suggestion(code="010101", confidence=0.9, because=("路灯",)),), sure=True, urgent=False, urgent_because=())


@pytest.fixture(params=["keywords", "fixed"])
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return KeywordAdapter([Row()]) if request.param == "keywords" else FixedClassifier(FIXED)


def test_a_known_matter_is_suggested_with_reasons(classifier: Classifier) -> None:
    answer = classifier.suggest("路灯不亮", "门口的路灯坏了", place=None)
    assert [suggestion.code for suggestion in answer.suggestions] == ["010101"]
    assert answer.suggestions[0].because
    assert answer.sure
    assert classifier.check().ok


def test_a_tree_without_keywords_is_said() -> None:
    health = KeywordAdapter([Row(keywords=())]).check()
    assert not health.ok
    assert "人工归类" in health.zh

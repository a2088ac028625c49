"""对不对: what a person says of a suggestion is kept once, and can be changed."""

from collections.abc import Callable

import pytest

from minsheng.commands import judging_suggestions
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.models.work import Verdict
from tests.commands import scenes
from tests.commands.scenes import unchanged
from tests.world import World

Make = Callable[..., World]


def kept(code: str) -> set[tuple[str, str, bool, int]]:
    return set(Verdict.objects.filter(case__code=code).values_list("kind", "value", "right", "share"))


def test_said_once_and_changed(world: Make) -> None:
    """The last word counts; the case itself is not touched."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    before = city.case(code).seq
    city.do(judging_suggestions.agree, code, by="dispatch1", kind="category", value="020201", share=81)
    city.do(judging_suggestions.agree, code, by="desk1", kind="category", value="020201", share=81)
    assert kept(code) == {("category", "020201", True, 81)}
    city.do(judging_suggestions.disagree, code, by="dispatch1", kind="category", value="020201", share=81, instead="010101")
    assert kept(code) == {("category", "020201", False, 81), ("category", "010101", True, 0)}
    assert Verdict.objects.filter(case__code=code).values_list("by", flat=True).distinct().get() == city.who("dispatch1").tag
    assert city.case(code).seq == before


def test_a_similar_case_is_the_same_matter_or_not(world: Make) -> None:
    """Nothing right is asked for beside a wrong similar case."""
    city = world("yunchuan")
    code, other = scenes.dispatched(city), city.file(body="银杏花园北门的路灯也坏了。", place="yinxing-b1")
    city.do(judging_suggestions.disagree, code, by="dispatch1", kind="similar", value=other, share=72)
    assert kept(code) == {("similar", other, False, 72)}


@pytest.mark.parametrize(
    ("kind", "value", "instead"),
    [
        ("category", "020201", ""),
        ("category", "020201", "020201"),
        ("category", "020201", "999999"),
        ("unit", "city.parks", "nobody"),
        ("urgency", "normal", "soon"),
        ("similar", "YC260000000", ""),
        ("weather", "rain", "sun"),
    ],
)
def test_what_does_not_exist_is_refused(world: Make, kind: str, value: str, instead: str) -> None:
    """In words, at the field, and nothing is stored."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    with unchanged(), pytest.raises(BadInput) as refused:
        city.do(judging_suggestions.disagree, code, by="dispatch1", kind=kind, value=value, share=50, instead=instead)
    assert refused.value.field == "instead" and refused.value.zh


def test_only_who_works_on_it(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.dispatched(city)
    with unchanged(), pytest.raises(NotAllowed):
        city.do(judging_suggestions.agree, code, by="observer1", kind="urgency", value="normal", share=100)
    with unchanged(), pytest.raises(NotFound):
        city.do(judging_suggestions.agree, code, by="yuanlin", kind="urgency", value="normal", share=100)

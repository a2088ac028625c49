"""答复模板: a unit's own and everybody's, written, changed, deleted; filled with what is known of a case."""

from collections.abc import Callable
from typing import Any

import pytest

from minsheng.commands import templates
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, TooMany
from minsheng.models.work import AnswerTemplate
from minsheng.queries import answer_templates
from tests.commands.scenes import CLERK, UNIT, unchanged
from tests.world import World

Make = Callable[..., World]
LAMP: dict[str, Any] = {"title": "路灯修好", "body": "{date}，{unit}修好了{place}的路灯。", "action": "answer", "unit": UNIT, "category": "0202"}


def test_written_changed_deleted(world: Make) -> None:
    """Its own people may; the number stays."""
    city = world("yunchuan")
    by = city.clerk(UNIT)
    number = templates.write(**LAMP, by=by)
    templates.edit(number, **{**LAMP, "title": " 路灯  换好 "}, by=by)
    assert AnswerTemplate.objects.get().title == "路灯 换好"
    assert templates.delete(number, by=by).body == LAMP["body"]
    assert not AnswerTemplate.objects.exists()


def test_whose_they_are(world: Make) -> None:
    """Of another unit: not found. For everybody: only the centre's people. Somebody who answers nothing writes none."""
    city = world("yunchuan")
    number = templates.write(**LAMP, by=city.who(CLERK))
    common = templates.write(**{**LAMP, "unit": None}, by=city.who("desk1"))
    for by in ("yuanlin", "desk1"):
        with unchanged(), pytest.raises(NotFound):
            templates.delete(number, by=city.who(by))
    with unchanged(), pytest.raises(NotFound):
        templates.edit(common, **LAMP, by=city.who(CLERK))
    for by, unit in ((CLERK, None), (CLERK, "city.parks"), ("callback1", "city.centre")):
        with unchanged(), pytest.raises(NotAllowed):
            templates.write(**{**LAMP, "unit": unit}, by=city.who(by))


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "字" * 61}, {"body": " "}, {"body": "字" * 4001}, {"action": "close"}, {"category": "9"}])
def test_bad_input(world: Make, wrong: dict[str, str]) -> None:
    city = world("yunchuan")
    with unchanged(), pytest.raises(BadInput) as refused:
        templates.write(**{**LAMP, **wrong}, by=city.who(CLERK))
    assert refused.value.field == next(iter(wrong))


def test_not_without_end(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    city = world("yunchuan")
    monkeypatch.setattr(templates, "MOST", 1)
    templates.write(**LAMP, by=city.who(CLERK))
    with unchanged(), pytest.raises(TooMany):
        templates.write(**LAMP, by=city.who(CLERK))


def test_those_that_fit_come_first(world: Make) -> None:
    """For this very matter before all matters, the own before everybody's; those of other matters, moves and units not at all."""
    city = world("yunchuan")
    by, desk = city.who(CLERK), city.who("desk1")
    for values, who in (
        ({"title": "大家的", "unit": None, "category": None}, desk),
        ({"title": "自己的", "category": None}, by),
        ({"title": "这类的"}, by),
        ({"title": "别类的", "category": "01"}, by),
        ({"title": "阶段的", "action": "reply"}, by),
    ):
        templates.write(**{**LAMP, **values}, by=who)
    assert [t.title for t in answer_templates.fitting(by, actions=["answer"], category="020201")] == ["这类的", "自己的", "大家的"]
    assert answer_templates.fitting(by, actions=[], category="020201") == []
    assert {t.title for t in answer_templates.listed(city.who("yuanlin"))} == {"大家的"}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"unit": "市城管局", "place": "北门", "phone": "0000-3310", "date": "3 月 2 日"}, "3 月 2 日，市城管局修好了北门的路灯。电话 0000-3310。"),
        ({"unit": "市城管局", "place": "", "phone": "", "date": "3 月 2 日"}, "3 月 2 日，市城管局修好了{place}的路灯。电话 {phone}。"),
    ],
)
def test_places_are_filled_where_something_is_known(known: dict[str, str], said: str) -> None:
    assert answer_templates.filled("{date}，{unit}修好了{place}的路灯。电话 {phone}。", **known) == said

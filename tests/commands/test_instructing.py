"""批示的跟进: the answer is accepted, or asked for again, by whoever wrote the instruction and nobody else."""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.commands import instructing, measures
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.models.measure import Measure
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT, unchanged
from tests.world import World

Make = Callable[..., World]


def instructions(code: str) -> list[tuple[str, str]]:
    return list(Measure.objects.filter(case__code=code, kind="instruction").order_by("number").values_list("level", "status"))


def test_answered_asked_again_and_accepted(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(measures.instruct, code, by="leader1", unit=UNIT, text="请三天内修好。", answer_on=date(2026, 3, 5))
    for early in ({}, {"text": "再看。"}):
        with unchanged(), pytest.raises(WrongState):
            city.do(instructing.ask_again if early else instructing.accept, code, number=1, by="leader1", **early)
    city.do(measures.answer, code, number=1, text="已派人去看。", by=CLERK)
    city.send()
    assert city.read(f"user:{city.who('leader1').id}") == [f"您的批示有了答复 {code}"]
    for wrong in ({"text": ""}, {"text": "请写明哪天。", "answer_on": date(2026, 3, 1)}):
        with unchanged(), pytest.raises(BadInput):
            city.do(instructing.ask_again, code, number=1, by="leader1", **wrong)
    city.do(instructing.ask_again, code, number=1, by="leader1", text="请写明哪天亮灯。", answer_on=date(2026, 3, 6))
    assert instructions(code) == [("批示", "closed"), ("再次批示", "opened")]
    assert city.case(code).watched
    city.do(measures.answer, code, number=2, text="3 月 5 日亮灯。", by=CLERK)
    city.do(instructing.accept, code, number=2, by="leader1")
    assert instructions(code) == [("批示", "closed"), ("再次批示", "closed")]
    assert not city.case(code).watched
    city.holds()


def test_another_leader_does_not_answer_for_it(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(measures.instruct, code, by="leader1", unit=UNIT, text="请三天内修好。")
    city.do(measures.answer, code, number=1, text="已派人去看。", by=CLERK)
    for by in ("qinghe-county-heads", "supervisor1"):
        with unchanged(), pytest.raises(NotFound):
            city.do(instructing.accept, code, number=1, by=by)

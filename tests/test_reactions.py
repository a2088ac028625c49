"""Clocks across rounds, returns and the desk: what the pure tables cannot show by themselves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import Sum

from minsheng import clock
from minsheng.commands import answering, callback, dispatch, handling, intake
from minsheng.models.deadline import Deadline
from minsheng.models.read import TallyDelta
from tests.world import World

Make = Callable[..., World]
SAID = "12 栋 3 单元三楼的窗户今天下午已经装好，四五六楼重新打胶加固，明天再去看一遍。"


def figure(metric: str) -> int:
    """What was counted so far; `World.holds` folds, so this is asked before."""
    return TallyDelta.objects.filter(metric=metric).aggregate(n=Sum("n"))["n"] or 0


@pytest.fixture
def city(world: Make) -> World:
    """A city where a person registers and dispatches."""
    return world("maanshan")


def handled(city: World) -> str:
    """A case that a unit has claimed."""
    code = city.file(body="楼梯间三楼的窗户掉了，四五六楼的也松了，怕砸到人。", title="楼道窗户脱落", place="yanghu-b12")
    city.do(intake.register, code, by="desk1", category="0303")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="yanghu")
    city.do(handling.claim, code, by="yanghu")
    return code


def test_an_answer_that_was_late_before_the_sweep_saw_it_is_missed_once_also_when_it_comes_back(city: World) -> None:
    code = handled(city)
    due = city.deadline(code, "answer").due_at
    city.until(due - timedelta(minutes=1))
    clock.advance(timedelta(minutes=1, seconds=30))  # the minute's sweep has not run yet
    city.do(answering.answer, code, by="yanghu", outcome="solved", text=SAID)
    assert figure("answer_missed") == 1
    city.do(answering.return_answer, code, by="checker1", remarks="没有说清楚五楼。")
    city.wait("2 hours")
    city.do(answering.answer, code, by="yanghu", outcome="solved", text=SAID)
    assert (figure("answer_missed"), figure("answer_kept")) == (1, 0)
    city.holds()


def test_a_new_round_ends_the_clocks_of_the_old_one(city: World) -> None:
    code = handled(city)
    city.do(answering.answer, code, by="yanghu", outcome="solved", text=SAID)
    city.check(code)
    city.do(callback.reopen, code, by="desk1", reason="窗户还在响。")
    old = Deadline.objects.filter(case__code=code, round=1, met_at=None, ended_at=None)
    assert list(old.values_list("kind", flat=True)) == []
    city.do(answering.answer, code, by="yanghu", outcome="solved", text=SAID)
    city.check(code)
    city.do(callback.close, code, by="desk1")
    assert figure("close_kept") + figure("close_missed") == 1
    city.holds()


@pytest.mark.parametrize("back", ["reopen", "return_answer"])
def test_what_the_desk_answered_itself_comes_back_to_the_desk(city: World, back: str) -> None:
    """No unit ever had it: in handling nobody could go on with it."""
    code = city.file(body="医保怎么转到外地，要带什么材料，去哪里办？", title="医保转移", kind="enquiry")
    assert city.state(code) == "received"
    city.do(answering.answer_at_once, code, by="desk1", text="带身份证到任一医保窗口，或在手机上办，当天转出。")
    assert city.case(code).unit is None
    if back == "reopen":
        city.do(callback.reopen, code, by="desk1", reason="说的窗口不办这件事。")
    else:
        city.do(answering.return_answer, code, by="checker1", remarks="没有写窗口在哪里。")
    assert city.state(code) == "registered"
    assert city.deadline(code, "answer").met_at is None
    city.holds()

"""同诉人怎么说: several people whom a case concerns each say whether it is done; silence stays silence, a dispute waits for a person."""

from collections.abc import Callable

import pytest

from minsheng.commands import amending, answering, callback, dispatch, intake, people
from minsheng.domain.errors import NotFound, WrongState
from minsheng.models.case import CaseText
from minsheng.queries import inbox
from tests.commands import scenes
from tests.world import World, city_files

Make = Callable[..., World]
WANG, ZHAO = "13800000021", "13800000022"


def answered(city: World, *, joined: tuple[str, ...] = (WANG, ZHAO)) -> str:
    """Answered and checked; beside the caller these have joined."""
    code = scenes.handled(city)
    for number in joined:
        city.do(people.support, code, by="citizen", name="邻居", phone=number)
    return answer(city, code)


def answer(city: World, code: str) -> str:
    """The unit answers, the checker passes it."""
    city.do(answering.answer, code, by=scenes.CLERK, outcome="solved", text=scenes.GOOD)
    city.check(code)
    return code


def test_all_have_spoken(world: Make) -> None:
    """The caller is satisfied, the neighbours have not spoken: it waits for them, and closes with the last."""
    city = world("yunchuan")
    code = answered(city)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(code) == "answered"
    city.do(callback.voice, code, by="citizen", party=city.party(WANG), done=True)
    assert city.state(code) == "answered"
    city.do(callback.voice, code, by="citizen", party=city.party(ZHAO), done=True, words="亮了。")
    assert city.state(code) == "closed"
    assert city.actions(code)[-3:] == ["confirmed", "confirmed", "close"]
    city.holds()


def test_silence_is_silence(world: Make) -> None:
    """A neighbour never speaks: after the time for it the case closes, and nobody is counted as confirming."""
    city = world("yunchuan")
    code = answered(city)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    city.wait("8 days")
    assert city.state(code) == "closed"
    assert city.case(code).facts["voices"] == {}
    city.holds()


def test_a_dispute_waits_for_a_person(world: Make) -> None:
    """One says that it is not done: it neither closes nor reopens by itself, and stands in the desk's queue until somebody decides."""
    city = world("yunchuan")
    code = answered(city)
    city.do(callback.voice, code, by="citizen", party=city.party(WANG), done=False, words="我们楼道还是黑的。")
    city.do(callback.voice, code, by="citizen", party=city.party(ZHAO), done=True)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    city.wait("8 days")
    assert city.state(code) == "answered"
    waiting = inbox.inbox(city.who("callback1"), queue="disputed").rows
    assert [row.code for row in waiting] == [code]
    city.do(callback.reopen, code, by="callback1", reason="一户反映没亮，再去看。")
    assert (city.state(code), city.case(code).facts["voices"], city.case(code).disputed) == ("handling", {}, False)
    city.holds()


def test_somebody_thinks_again(world: Make) -> None:
    """The last word counts; whoever leaves has no voice any more."""
    city = world("yunchuan")
    code = answered(city)
    wang = city.party(WANG)
    city.do(callback.voice, code, by="citizen", party=wang, done=False)
    city.do(callback.voice, code, by="citizen", party=wang, done=True)
    assert city.case(code).facts["voices"] == {str(wang): "confirmed"} and not city.case(code).disputed
    city.do(callback.voice, code, by="citizen", party=wang, done=False)
    city.do(people.leave, code, by="citizen", phone=WANG)
    assert city.case(code).facts["voices"] == {} and not city.case(code).disputed
    city.holds()


def test_reporters_of_merged_cases_are_asked_too(world: Make) -> None:
    """Whose case was merged into another speaks there."""
    city = world("yunchuan")
    code = scenes.handled(city)
    other = city.file(body="同一盏路灯不亮。", place="yinxing-b1", phone=WANG)
    amending.merge([other], into=code, by=city.who("dispatch1"))
    answer(city, code)
    city.do(callback.voice, code, by="citizen", party=city.party(WANG), done=False, words="没亮。")
    assert city.case(code).disputed
    assert CaseText.objects.filter(case__code=code, kind="voice").count() == 1
    city.holds()


def test_who_may_not_speak(world: Make) -> None:
    """Not before there is an answer; not somebody who is no part of it, has left, or is the caller, who judges otherwise."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(people.support, code, by="citizen", name="邻居", phone=WANG)
    with pytest.raises(WrongState):
        city.do(callback.voice, code, by="citizen", party=city.party(WANG), done=True)
    answer(city, code)
    caller = city.party("13800000001")
    wang = city.party(WANG)
    city.do(people.leave, code, by="citizen", phone=WANG)
    for party in (caller, wang, 999_999):
        with pytest.raises(NotFound):
            city.do(callback.voice, code, by="citizen", party=party, done=True)
    city.holds()


def test_a_city_that_does_not_wait(world: Make) -> None:
    """Where the profile does not ask everybody, the caller's word closes."""
    city = world("linyi")
    code = city.file(body="小区门口的路灯坏了，晚上看不见路。", district=next(p.code for p in city_files("linyi").places.values() if p.kind == "district"))
    city.do(people.support, code, by="citizen", name="邻居", phone=WANG)
    if city.state(code) == "received":
        city.do(intake.register, code, by=city.desk(), category="020201")
    if city.state(code) == "registered":
        city.do(dispatch.dispatch, code, by="dispatch1", lead="city.urban_management")
    city.do(answering.answer, code, by=city.clerk(str(city.case(code).unit)), outcome="solved", text=scenes.GOOD)
    city.check(code)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(code) == "closed"

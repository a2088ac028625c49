"""剔除 and the figures: what a case had added is taken out where it was counted, stays out, and the journal names every figure."""

from collections.abc import Callable

from minsheng.commands import callback, exempting
from minsheng.models.read import Tally
from tests.commands import scenes
from tests.commands.scenes import event
from tests.world import World

Make = Callable[..., World]
ASK = {"basis": "《考核办法》第十二条：极端天气期间不计", "reason": "连续三天暴雨，高空作业停了。"}


def exempted(city: World, code: str, *, clock: str) -> None:
    city.do(exempting.ask_exemption, code, by="supervisor1", clock=clock, **ASK)
    city.do(exempting.grant_exemption, code, number=1, by="dispatch1")


def test_one_promise_is_taken_out_and_the_rest_counts(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.answered(city)
    assert (city.tally("answer_kept"), city.tally("answer")) == (1, 1)
    exempted(city, code, clock="answer")
    assert (city.tally("answer_kept"), city.tally("answer")) == (0, 1)
    assert [(one["metric"], one["n"]) for one in event(code, "exempted").data["taken"]] == [("answer_kept", -1)]
    city.holds()


def test_a_whole_case_is_taken_out_and_stays_out(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.checked(city)
    exempted(city, code, clock="")
    assert not Tally.objects.exclude(unit="").exclude(n=0).exists()
    assert city.tally("receive") == 1, "the city did receive it"
    city.do(callback.call_back, code, reached=True, contacted=True, solved=False, satisfied=False, by="callback1")
    assert (city.tally("solved_asked"), city.tally("callback_reached"), city.tally("reopen")) == (0, 0, 0)
    city.holds()


def test_a_promise_exempted_before_it_is_missed_is_never_missed(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.handled(city)
    exempted(city, code, clock="answer")
    assert event(code, "exempted").data["taken"] == []
    city.wait("60 days")
    assert "deadline_step" in city.actions(code)
    assert city.tally("answer_missed") == 0
    city.holds()

"""拨号: the number goes from the sealed row to the exchange and nowhere else; every time is recorded; what the exchange refuses is kept."""

from collections.abc import Callable

import pytest

from minsheng.adapters.asterisk import ConsoleTelephony
from minsheng.commands import calls, dialling, seating
from minsheng.domain.errors import NotAllowed, WrongState
from minsheng.models.calls import Call
from minsheng.models.case import Opening
from minsheng.models.staff import Act
from minsheng.ports import Undelivered
from tests.commands.calling import CALLER, call, told
from tests.world import World


class Dead(ConsoleTelephony):
    """An exchange that does not answer."""

    def dial(self, extension: str, number: str, *, key: str) -> None:
        raise Undelivered("电话交换机没有答应。", "The exchange does not answer.")


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    seating.sit("8001", by=city.who("desk1"))
    return city


def missed(city: World) -> int:
    told("ringing")
    told("missed", after=20)
    return call().pk


def test_a_missed_call_is_rung_back_and_made_good_once_somebody_answers(city: World) -> None:
    pk, exchange = missed(city), ConsoleTelephony()
    out = Call.objects.get(pk=dialling.ring_back(pk, telephony=exchange, by=city.who("desk1")))
    assert list(exchange.dialled) == [("8001", CALLER, out.external)]
    assert (out.direction, out.status, out.extension) == ("out", "ringing", "8001")
    assert Act.objects.get(kind="dial").subject == f"call:{pk}"
    assert call().called_back is None
    told("answered", out.external, direction="out", number="", after=9)
    assert call().called_back == out


def test_an_exchange_that_tells_nothing_lets_the_operator_say_so(city: World) -> None:
    pk, desk = missed(city), city.who("desk1")
    first = dialling.ring_back(pk, telephony=ConsoleTelephony(), by=desk)
    calls.wrap_up(first, result="no_answer", by=desk)
    assert call().called_back is None
    second = dialling.ring_back(pk, telephony=ConsoleTelephony(), by=desk)
    calls.wrap_up(second, result="called", by=desk)
    assert call().called_back_id == second  # type: ignore[attr-defined]


def test_the_person_of_a_case_sees_who_rang(city: World) -> None:
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    exchange = ConsoleTelephony()
    seating.sit("8001", by=city.who("desk1"))
    dialling.dial_case(code, telephony=exchange, by=city.who("desk1"))
    assert exchange.dialled[0][1] == CALLER
    assert Opening.objects.get(case__code=code).reason == "回访拨号"
    assert Call.objects.get().case.code == code  # type: ignore[union-attr]


def test_what_the_exchange_refuses_is_kept_as_a_call_that_failed(city: World) -> None:
    with pytest.raises(Undelivered):
        dialling.ring_back(missed(city), telephony=Dead(), by=city.who("desk1"))
    assert Call.objects.get(direction="out").status == "failed"


def test_nobody_dials_without_an_exchange_a_number_or_the_right(city: World) -> None:
    desk = city.who("desk1")
    with pytest.raises(WrongState, match="交换机"):
        dialling.ring_back(missed(city), telephony=None, by=desk)
    told("ringing", "hidden", number="anonymous")
    told("missed", "hidden", number="anonymous", after=5)
    with pytest.raises(WrongState, match="号码"):
        dialling.ring_back(call("hidden").pk, telephony=ConsoleTelephony(), by=desk)
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    with pytest.raises(NotAllowed):
        dialling.dial_case(code, telephony=ConsoleTelephony(), by=city.who("yinxing"))
    assert not Call.objects.filter(direction="out").exists()

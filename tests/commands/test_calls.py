"""来电: from ringing to wrap-up, on real PostgreSQL; filed, answered at once, handed over; nothing typed is lost and nothing goes back."""

from collections.abc import Callable
from typing import Any

import pytest

from minsheng.commands import amending, calls, dialling, people, seating
from minsheng.commands.intake import Report
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.calls import Call, Seat
from minsheng.models.case import Case, Opening, Party
from minsheng.models.content import Article, ArticleUse
from minsheng.models.event import CaseEvent
from minsheng.models.people import User
from minsheng.models.read import Notice
from minsheng.models.staff import Act
from minsheng.queries import calls as reading
from minsheng.sealing import keyring
from tests.commands.calling import CALLER, call, told
from tests.world import World, classifier

FORM = Report(body="银杏花园 1 栋门口的路灯坏了，晚上看不见路。", title="路灯不亮", kind="help", name="张先生", category="010101", place="yinxing-b1")
ANSWER = "热费按天退：低于 18 度的当天不收，12 月 5 日前退到缴费账户，不用申请。有问题打 0000-60000003。"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    seating.sit("8001", by=city.who("desk1"))
    seating.sit("8002", by=city.who("desk2"))
    return city


def spoken(city: World, id: str = "call-1", **said: Any) -> int:  # noqa: A002
    """A call that desk1 has answered."""
    told("ringing", id, **said)
    told("answered", id, after=4, **said)
    return call(id).pk


def actions(code: str) -> list[str]:
    return list(CaseEvent.objects.filter(case__code=code).order_by("seq").values_list("action", flat=True))


def file(city: World, pk: int | None, by: str = "desk1", **more: Any) -> str:
    return calls.file(pk, report=FORM, by=city.who(by), classifier=classifier("yunchuan"), **more).code


def test_a_call_rings_at_the_operator_who_sits_there(city: World) -> None:
    told("ringing")
    shown = reading.screen(city.who("desk1"))
    assert shown.call is not None and (shown.call.status, shown.call.number, shown.call.line) == ("ringing", "138 **** 0001", "12345")
    assert reading.screen(city.who("desk2")).call is None
    assert call().user == User.objects.get(username="desk1")


def test_the_number_is_sealed_and_found_by_its_index(city: World) -> None:
    told("ringing")
    row = call()
    assert CALLER.encode() not in bytes(row.number or b"")
    assert row.number_index == keyring().blind_index(CALLER, kind="phone")
    assert calls.number_of(row) == CALLER


def test_a_repeat_changes_nothing_and_what_comes_early_is_not_lost(city: World) -> None:
    told("ended", after=60)
    assert call().status == "missed"
    told("answered", after=5)
    told("ringing")
    told("ended", after=99)
    row = call()
    assert row.status == "ended" and (row.ended_at - row.at).total_seconds() == 60  # type: ignore[operator]
    assert Call.objects.count() == 1


def test_the_seat_goes_with_the_call(city: World) -> None:
    desk = city.who("desk1")
    pk = spoken(city)
    assert Seat.objects.get(user=desk.id).mode == "talking"
    told("ended", after=70)
    assert Seat.objects.get(user=desk.id).mode == "wrapping"
    assert reading.screen(desk).call.id == pk  # type: ignore[union-attr]  # it waits for its wrap-up
    calls.wrap_up(pk, result="wrong_number", by=desk)
    assert Seat.objects.get(user=desk.id).mode == "ready"
    assert reading.screen(desk).call is None


def test_a_hidden_number_and_an_extension_where_nobody_sits(city: World) -> None:
    told("ringing", number="anonymous", extension="8099")
    row = call()
    assert (row.number, row.number_index, row.user) == (None, None, None)
    calls.adopt(row.pk, by=city.who("desk2"))
    assert reading.screen(city.who("desk2")).call.id == row.pk  # type: ignore[union-attr]
    told("answered", extension="8002", number="anonymous", after=9)
    with pytest.raises(WrongState, match="有人在接"):
        calls.adopt(row.pk, by=city.who("desk1"))


def test_the_form_becomes_a_case_with_the_callers_number(city: World) -> None:
    pk = spoken(city)
    code = file(city, pk)
    case, row = city.case(code), call()
    assert (case.channel, row.case_id, row.wrap_up) == ("phone", case.pk, "filed")
    party = Party.objects.get(case=case)
    assert party.phone_index == keyring().blind_index(CALLER, kind="phone") and party.name is not None
    told("ended", after=80)
    assert Seat.objects.get(user=row.user_id).mode == "ready", "it is wrapped up already"
    city.holds()


def test_a_form_without_a_call_needs_a_number(city: World) -> None:
    """A hotline whose exchange tells nothing."""
    with pytest.raises(BadInput) as refused:
        file(city, None)
    assert refused.value.field == "phone"
    assert Case.objects.count() == 0


def test_sent_twice_it_is_one_case(city: World) -> None:
    pk = spoken(city)
    assert file(city, pk, key="k") == file(city, pk, key="k")


def test_answered_at_once_and_closed_in_one_go(city: World) -> None:
    """Also where the category is sure, so that rules would have dispatched it in the same breath."""
    pk = spoken(city)
    Article.objects.create(slug="heating", kind="knowledge", title="热费", body="…", status="published", version=3, updated_at=call().at)
    filed = calls.answer(pk, report=FORM, text=ANSWER, articles=("heating", "heating", "none"), by=city.who("desk1"), classifier=classifier("yunchuan"))
    assert city.state(filed.code) == "closed"
    assert [one for one in actions(filed.code) if one in ("receive", "register", "dispatch", "answer_at_once", "close")] == [
        "receive",
        "answer_at_once",
        "close",
    ]
    assert call().wrap_up == "answered"
    assert list(ArticleUse.objects.values_list("article__slug", "version")) == [("heating", 3)]
    city.holds()


def test_where_a_step_fails_nothing_is_filed(city: World) -> None:
    pk = spoken(city)
    with pytest.raises(BadInput) as refused:
        calls.answer(pk, report=FORM, text=" ", by=city.who("desk1"), classifier=classifier("yunchuan"))
    assert refused.value.field == "answer"
    assert (Case.objects.count(), call().wrap_up) == (0, "")


def test_urgent_matters_reach_the_leaders_at_once(city: World) -> None:
    pk = spoken(city)
    filed = calls.raise_alarm(pk, report=FORM, by=city.who("desk1"), classifier=classifier("yunchuan"))
    assert city.case(filed.code).urgency == "urgent"
    assert "alerted" in actions(filed.code)
    leader = User.objects.get(username="leader1")
    assert filed.code in Notice.objects.get(to=f"user:{leader.pk}").text
    city.holds()


def test_who_may_not_answer_calls(city: World) -> None:
    told("ringing")
    with pytest.raises(NotAllowed):
        file(city, call().pk, by="yinxing")
    with pytest.raises(NotAllowed, match="别的坐席"):
        file(city, call().pk, by="desk2")
    with pytest.raises(NotFound):
        file(city, 999_999)


def test_a_caller_urges_and_adds_to_an_earlier_case(city: World) -> None:
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1", phone=CALLER)
    desk = city.who("desk1")
    pk = spoken(city)
    assert [one.code for one in reading.earlier(pk, desk)] == [code]
    calls.urge(pk, code=code, by=desk)
    assert (call().wrap_up, call().case.code) == ("urged", code)  # type: ignore[union-attr]
    second = spoken(city, "call-2")
    calls.supplement(second, code=code, text="又坏了两盏。", by=desk)
    assert call("call-2").wrap_up == "added"
    assert [one.id for one in reading.calls_before(second)] == [pk]


def test_another_number_has_another_history(city: World) -> None:
    city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1", phone="13800000099")
    assert reading.earlier(spoken(city), city.who("desk1")) == []


def test_handed_over_to_the_police(city: World) -> None:
    """Without a case it stands with the call; an open case is referred; a finished one gets a note."""
    desk = city.who("desk1")
    first = spoken(city)
    calls.transfer(first, to="police", reason="楼下有人打架，动了刀。", by=desk)
    row = call()
    assert (row.transferred_to, row.wrap_up, reading.written(first).note) == ("110", "transferred", "楼下有人打架，动了刀。")
    act = Act.objects.get(kind="transfer")
    assert (act.by, act.subject, act.after["to"]) == (desk.tag, f"call:{first}", "110")
    second = spoken(city, "call-2")
    code = file(city, second)
    calls.transfer(second, to="fire", reason="楼道冒烟。", by=desk)
    assert city.state(code) == "referred"
    third = spoken(city, "call-3")
    calls.link(third, code=code, by=desk)
    calls.transfer(third, to="ambulance", reason="又有人不舒服。", by=desk)
    assert actions(code)[-1] == "noted"
    with pytest.raises(BadInput):
        calls.transfer(third, to="pizza", reason="饿了。", by=desk)


def test_wrap_ups(city: World) -> None:
    desk, pk = city.who("desk1"), spoken(city)
    for wrong in ("nothing", "filed"):
        with pytest.raises(BadInput) as refused:
            calls.wrap_up(pk, result=wrong, by=desk)
        assert refused.value.field == "result"
    calls.wrap_up(pk, result="harassing", note="第三次打来骂人。", by=desk)
    assert (call().wrap_up, reading.written(pk).note) == ("harassing", "第三次打来骂人。")
    assert "骂人".encode() not in bytes(call().note or b"")


def test_what_is_typed_is_kept_sealed_until_the_call_is_done(city: World) -> None:
    desk, pk = city.who("desk1"), spoken(city)
    calls.save(pk, words={"text": "路灯坏了", "name": "张先生", "place": ""}, by=desk)
    assert reading.written(pk).draft == {"text": "路灯坏了", "name": "张先生"}
    with pytest.raises(BadInput):
        calls.save(pk, words={"text": "灯" * 30_000}, by=desk)
    with pytest.raises(NotAllowed):
        calls.save(pk, words={"text": "x"}, by=city.who("desk2"))
    file(city, pk)
    assert reading.written(pk).draft == {}


def test_a_missed_call_is_made_good_by_one_that_is_answered(city: World) -> None:
    desk = city.who("desk1")
    told("ringing")
    told("missed", after=30)
    assert [one.id for one in reading.listed(desk, which="missed").rows] == [call().pk]
    told("ringing", "out-1", direction="out", after=60)
    assert reading.listed(desk, which="missed").rows != []
    told("answered", "out-1", direction="out", after=65)
    assert reading.listed(desk, which="missed").rows == []
    assert call().called_back == call("out-1")


def test_numbers_are_opened_with_a_reason(city: World) -> None:
    desk, pk = city.who("desk1"), spoken(city)
    with pytest.raises(BadInput):
        calls.open_number(pk, reason=" ", by=desk)
    assert calls.open_number(pk, reason="要回电话核实", by=desk) == CALLER
    assert Act.objects.get(kind="number").note == "要回电话核实"
    code = file(city, pk)
    assert calls.open_number(pk, reason="再核实一次", by=desk) == CALLER
    assert Opening.objects.get(case__code=code).reason == "再核实一次"


def test_listening_is_written_down(city: World) -> None:
    pk = spoken(city, recording="https://pbx.example/1.wav")
    with pytest.raises(NotAllowed):
        calls.listen(pk, by=city.who("desk2"))
    assert calls.listen(pk, by=city.who("supervisor1")) == "https://pbx.example/1.wav"
    assert Act.objects.get(kind="recording").subject == f"call:{pk}"
    with pytest.raises(NotFound):
        calls.listen(spoken(city, "call-2"), by=city.who("desk1"))


def test_an_erased_person_is_gone_from_the_calls_too(city: World) -> None:
    pk = spoken(city, recording="https://pbx.example/1.wav")
    people.erase(file(city, pk), reason="本人要求", by=city.who("supervisor1"))
    row = call()
    assert (row.number, row.number_index, row.note, row.recording) == (None, None, None, "")


def test_new_keys(city: World, settings: Any) -> None:
    pk = spoken(city)
    calls.save(pk, words={"text": "路灯"}, by=city.who("desk1"))
    settings.MINSHENG_DATA_KEYS = (("new", b"9" * 32), *settings.MINSHENG_DATA_KEYS)
    keyring.cache_clear()
    try:
        assert (calls.rekey(), calls.rekey()) == (1, 0)
        assert calls.number_of(call()) == CALLER and reading.written(pk).draft == {"text": "路灯"}
    finally:
        del settings.MINSHENG_DATA_KEYS
        keyring.cache_clear()


def test_two_matters_in_one_call(city: World) -> None:
    """The call stays with the first case; both are filed."""
    pk = spoken(city)
    first = file(city, pk)
    calls.file(pk, report=Report(body="还有一件：垃圾清运太早。", name="张先生"), by=city.who("desk1"), classifier=classifier("yunchuan"))
    assert (call().case.code, Case.objects.count()) == (first, 2)  # type: ignore[union-attr]


def test_a_withdrawn_case_cannot_be_urged_and_the_call_stays_open(city: World) -> None:
    code = city.file(body="楼下的路灯不亮。", title="路灯不亮", place="yinxing-b1", phone=CALLER)
    city.do(amending.withdraw, code, by="desk1", reason="本人撤回")
    pk = spoken(city)
    with pytest.raises(WrongState):
        calls.urge(pk, code=code, by=city.who("desk1"))
    assert call().wrap_up == ""


def test_dialling_needs_a_seat(city: World) -> None:
    from minsheng.adapters.asterisk import ConsoleTelephony

    told("ringing", extension="8099")
    told("missed", extension="8099", after=20)
    with pytest.raises(WrongState, match="分机"):
        dialling.ring_back(call().pk, telephony=ConsoleTelephony(), by=city.who("dispatch1"))

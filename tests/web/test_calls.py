"""坐席 and 通话 as pages: what is polled, who may, what comes back when something is wrong, and that no number ever reaches a browser unasked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng import wiring
from minsheng.adapters.asterisk import ConsoleTelephony
from minsheng.commands import calls, seating
from minsheng.models.calls import Call
from minsheng.models.case import Case, Opening
from minsheng.models.people import User
from minsheng.models.staff import Act
from minsheng.ports import Undelivered
from tests.commands.calling import CALLER, call, told
from tests.web.test_desk import PASSWORD, signed_in
from tests.world import World

FORM = {"kind": "help", "text": "银杏花园 1 栋门口的路灯坏了，晚上看不见路。", "place": "银杏花园1栋", "name": "张先生", "public": "1"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    seating.sit("8001", by=city.who("desk1"))
    return city


@pytest.fixture
def exchange() -> ConsoleTelephony:
    """The double that this process dials with, empty."""
    wiring.telephony.cache_clear()
    found = wiring.telephony()
    assert isinstance(found, ConsoleTelephony)
    return found


def talking(**said: Any) -> int:
    told("ringing", **said)
    told("answered", after=3, **said)
    return call().pk


def mark_of(page: str) -> str:
    return page.split("mark=", 1)[1].split('"', 1)[0]


def test_the_poll_is_silent_until_something_changes(city: World) -> None:
    desk = signed_in("desk1")
    mark = mark_of(desk.get("/desk/calls").content.decode())
    assert desk.get(f"/desk/calls/live?call=&mark={mark}").status_code == 204
    told("ringing")
    assert desk.get(f"/desk/calls/live?call=&mark={mark}&busy=").headers["HX-Redirect"] == "/desk/calls"
    busy = desk.get(f"/desk/calls/live?call=&mark={mark}&busy=1")
    assert "HX-Redirect" not in busy.headers and "138 **** 0001" in busy.content.decode(), "what is being typed stays"
    mine = call().pk
    ringing = mark_of(desk.get(f"/desk/calls?call={mine}").content.decode())
    told("answered", after=2)
    answered = desk.get(f"/desk/calls/live?call={mine}&mark={ringing}").content.decode()
    assert "正在通话" in answered and "<html" not in answered
    assert signed_in("desk2").get("/desk/calls/live?call=&mark=-_-_-").status_code == 204


def test_the_poll_is_one_query(city: World, django_assert_num_queries: Any) -> None:
    """Beside those that say who asks: session, user, city."""
    pk = talking()
    desk = signed_in("desk1")
    mark = mark_of(desk.get("/desk/calls").content.decode())
    desk.get(f"/desk/calls/live?call={pk}&mark={mark}")
    with django_assert_num_queries(3):
        assert desk.get(f"/desk/calls/live?call={pk}&mark={mark}").status_code == 204


def test_filed_answered_wrapped(city: World) -> None:
    desk, pk = signed_in("desk1"), talking()
    assert desk.post("/desk/calls/do", {**FORM, "call": pk, "do": "file"})["Location"] == "/desk/calls"
    case = Case.objects.get()
    assert (case.channel, case.place, call().wrap_up) == ("phone", "yinxing-b1", "filed")
    page = desk.get("/desk/calls").content.decode()
    assert "立好了" in page and "这通电话已经办完" in page
    told("ringing", "call-2", number="13800000002")
    told("answered", "call-2", number="13800000002", after=2)
    second = call("call-2").pk
    answered = {**FORM, "call": second, "do": "answer", "answer": "当场说明：维修工今晚 8 点前到，电话 0000-60000003。"}
    assert desk.post("/desk/calls/do", answered).status_code == 302
    assert Case.objects.latest("id").state == "closed"
    told("ringing", "call-3")
    assert desk.post("/desk/calls/do", {"call": call("call-3").pk, "do": "wrap", "result": "silent"}).status_code == 302
    assert call("call-3").wrap_up == "silent"


def test_twice_is_once(city: World) -> None:
    """A double click: the second one gets the same case."""
    desk, pk = signed_in("desk1"), talking()
    for _ in range(2):
        assert desk.post("/desk/calls/do", {**FORM, "call": pk, "do": "file"}).status_code == 302
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"text": ""}, 422, "写一写来电人说了什么"),
        ({"name": ""}, 422, "请写怎么称呼您"),
        ({"do": "answer"}, 422, "写一写当场是怎么答复的"),
        ({"do": "wrap"}, 422, "请选一个小结"),
        ({"do": "wrap", "result": "filed"}, 422, "要先立案"),
        ({"do": "transfer:police", "text": ""}, 422, "写一句是什么事"),
        ({"do": "transfer:pizza"}, 422, "110"),
        ({"category": "nope"}, 422, "没有这个类别"),
        ({"phone": "12"}, 422, "电话"),
        ({"kind": "song"}, 422, "没有「song」"),
        ({"call": "99999999"}, 404, ""),
        ({"call": "x", "do": "wrap", "result": "silent"}, 422, "现在没有电话"),
        ({"do": "urge:NOTHING"}, 404, ""),
        ({"do": "nothing"}, 200, ""),
    ],
)
def test_what_is_refused_comes_back_with_everything_typed(city: World, changed: dict[str, str], status: int, words: str) -> None:
    desk, pk = signed_in("desk1"), talking()
    typed = {**FORM, "title": "路灯不亮", "answer": "", "call": str(pk), "do": "file", **changed}
    answer = desk.post("/desk/calls/do", typed)
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert Case.objects.count() == 0
    if status != 404:
        assert "路灯不亮" in page and typed["text"] in page


def test_a_form_that_was_open_too_long_comes_back(city: World) -> None:
    talking()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="desk1"))
    answer = client.post("/desk/calls/do", {**FORM, "do": "file"})
    assert answer.status_code == 422
    assert "请再按一次" in answer.content.decode() and FORM["text"] in answer.content.decode()


def test_saved_while_typing(city: World) -> None:
    desk, pk = signed_in("desk1"), talking()
    said = desk.post(f"/desk/calls/{pk}/save", FORM)
    assert "已自动保存" in said.content.decode()
    page = desk.get("/desk/calls").content.decode()
    assert FORM["text"] in page and "张先生" in page
    assert "别的坐席" in signed_in("desk2").post(f"/desk/calls/{pk}/save", FORM).content.decode()


def test_beside_the_form(city: World) -> None:
    """The guess with its unit, the same told by others, danger; garbage is no error."""
    city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="楼下路灯不亮", place="yinxing-b1")
    desk = signed_in("desk1")
    found = desk.post("/desk/calls/beside", FORM).content.decode()
    assert "建议" in found and "楼下路灯不亮" in found and 'id="guess"' in found
    for text in ("", "\0\0\0\0\0\0\0\0", "灯" * 9000):
        assert desk.post("/desk/calls/beside", {**FORM, "text": text}).status_code == 200
    assert "没有找到" in desk.get("/desk/calls/knowledge?find=恐龙").content.decode()
    assert desk.get("/desk/calls/knowledge?find=%00").status_code == 200


def test_seats(city: World) -> None:
    desk = signed_in("desk2")
    assert desk.post("/desk/calls/seat", {"what": "sit", "extension": "分机"}).status_code == 422
    assert desk.post("/desk/calls/seat", {"what": "sit", "extension": "8001"}).status_code == 302
    assert "现在由 云川二号坐席 在用" in signed_in("desk1").get("/desk/calls").content.decode()
    assert desk.post("/desk/calls/seat", {"what": "away"}).status_code == 302
    assert desk.post("/desk/calls/seat", {"what": "dancing"}).status_code == 422
    assert desk.post("/desk/calls/seat", {"what": "leave"}).status_code == 302
    assert "填上您坐的分机" in desk.get("/desk/calls").content.decode()


def test_who_may(city: World) -> None:
    """Operators answer; supervisors look; a unit does neither; strangers are asked to sign in."""
    pk = talking()
    assert Client().get("/desk/calls")["Location"].startswith("/desk/signin")
    assert signed_in("supervisor1").get("/desk/calls").status_code == 403
    assert signed_in("supervisor1").get("/desk/calls/all").status_code == 200
    unit = signed_in("yinxing")
    for path in ("/desk/calls", "/desk/calls/all", f"/desk/calls/{pk}"):
        assert unit.get(path).status_code == 403, path
    assert unit.post("/desk/calls/do", {**FORM, "do": "file"}).status_code == 403
    assert "今天各坐席" in signed_in("supervisor1").get("/desk/calls/all").content.decode()
    assert "今天各坐席" not in signed_in("desk1").get("/desk/calls/all").content.decode()


def test_lists_and_their_pages(city: World) -> None:
    for n in range(60):
        told("ringing", f"call-{n}", after=n, number="" if n % 2 else CALLER)
        told("missed", f"call-{n}", after=n + 1, number="" if n % 2 else CALLER)
    desk = signed_in("desk1")
    first = desk.get("/desk/calls/all").content.decode()
    assert first.count("<tr>") == 51 and "再看 50 个" in first
    following = first.split('class="btn" href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert desk.get(following).content.decode().count("<tr>") == 11
    assert "号码没有显示" in first and CALLER not in first
    for path in ("which=missed", "which=mine&status=missed", "which=all&wrap_up=silent", "which=open"):
        assert desk.get(f"/desk/calls/all?{path}").status_code == 200, path
    for path in ("which=x", "status=x", "wrap_up=x", "cursor=x"):
        assert desk.get(f"/desk/calls/all?{path}").status_code == 422, path


def test_a_list_takes_a_constant_number_of_queries(city: World, django_assert_max_num_queries: Any) -> None:
    for n in range(40):
        told("ringing", f"call-{n}", after=n)
    desk = signed_in("desk1")
    desk.get("/desk/calls/all")
    with django_assert_max_num_queries(7):
        desk.get("/desk/calls/all")


def test_one_call(city: World) -> None:
    desk, pk = signed_in("desk1"), talking(recording="")
    page = desk.get(f"/desk/calls/{pk}").content.decode()
    assert "138 **** 0001" in page and CALLER not in page
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "number", "reason": ""}).status_code == 422
    assert CALLER in desk.post(f"/desk/calls/{pk}/do", {"do": "number", "reason": "核实地址"}).content.decode()
    assert Act.objects.filter(kind="number").count() == 1
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "wrap", "result": "other", "note": "问路的。"}).status_code == 302
    assert "问路的。" in desk.get(f"/desk/calls/{pk}").content.decode()
    assert "问路的。" not in signed_in("desk2").get(f"/desk/calls/{pk}").content.decode()
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "link", "code": code.lower()}).status_code == 302
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "link", "code": "NO1"}).status_code == 404
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "transfer:fire", "note": "楼道冒烟。"}).status_code == 302
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "sneeze"}).status_code == 422
    assert desk.get("/desk/calls/99999999").status_code == 404


def test_a_recording_is_opened_through_us(city: World) -> None:
    pk = talking(recording="https://pbx.example/a.wav")
    answer = signed_in("desk1").get(f"/desk/calls/{pk}/recording")
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (302, "https://pbx.example/a.wav", "no-referrer")
    assert Act.objects.get(kind="recording").subject == f"call:{pk}"
    assert signed_in("desk2").get(f"/desk/calls/{pk}/recording").status_code == 403
    assert "pbx.example" not in signed_in("desk1").get(f"/desk/calls/{pk}").content.decode()


def test_click_to_dial(city: World, exchange: ConsoleTelephony, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a case (回访) and for a missed call (回拨); the number goes to the exchange and into no page."""
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    desk = signed_in("desk1")
    answer = desk.post("/desk/dial", {"case": code, "next": "/desk?queue=callback"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk?queue=callback")
    assert exchange.dialled[-1][:2] == ("8001", CALLER)
    assert Opening.objects.get().reason == "回访拨号"
    told("ringing", "lost")
    told("missed", "lost", after=9)
    page = desk.post("/desk/dial", {"call": call("lost").pk}, follow=True).content.decode()
    assert "您的话机先响" in page and CALLER not in page
    assert desk.post("/desk/dial", {}).status_code == 422
    assert desk.post("/desk/dial", {"case": "NOTHING"}).status_code == 404
    assert signed_in("desk2").post("/desk/dial", {"case": code}).status_code == 409, "no seat"

    def dead(*_: Any, **__: Any) -> None:
        raise Undelivered("电话交换机没有答应，请用话机拨。", "The exchange does not answer.")

    monkeypatch.setattr(exchange, "dial", dead)
    refused = desk.post("/desk/dial", {"case": code})
    assert refused.status_code == 409 and "没有答应" in refused.content.decode()
    assert Call.objects.filter(status="failed").count() == 1


def test_callback_staff_sit_down_to_dial(city: World, exchange: ConsoleTelephony) -> None:
    """They answer no calls; from the list of calls they say which telephone is theirs."""
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    client = signed_in("callback1")
    assert client.get("/desk/calls").status_code == 403
    assert "先填您的分机" in client.get("/desk/calls/all").content.decode()
    assert client.post("/desk/calls/seat", {"what": "sit", "extension": "x y"}).status_code == 422
    assert client.post("/desk/calls/seat", {"what": "sit", "extension": "8050", "next": "/desk/calls/all"})["Location"] == "/desk/calls/all"
    assert "先填您的分机" not in client.get("/desk/calls/all").content.decode()
    assert client.post("/desk/dial", {"case": code}).status_code == 302
    assert exchange.dialled[-1][:2] == ("8050", CALLER)


def test_a_call_that_nobody_sits_at_is_taken_from_the_list(city: World) -> None:
    told("ringing", extension="8099")
    desk = signed_in("desk1")
    assert "我来接" in desk.get("/desk/calls/all").content.decode()
    pk = call().pk
    assert desk.post(f"/desk/calls/{pk}/do", {"do": "adopt"})["Location"] == f"/desk/calls?call={pk}"
    assert call().user == User.objects.get(username="desk1")


def test_another_matter_in_the_same_call(city: World) -> None:
    desk, pk = signed_in("desk1"), talking()
    calls.link(pk, code=city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1"), by=city.who("desk1"))
    assert "再登记" in desk.get("/desk/calls").content.decode()
    assert "<form" in desk.get(f"/desk/calls?call={pk}&again=1").content.decode()

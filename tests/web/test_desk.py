"""What staff do in a browser: sign in, open a queue, make a move; nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng.commands import dispatch, intake
from minsheng.models.case import Opening
from minsheng.models.people import User
from tests.world import World, city_files

PASSWORD = "only for tests 1"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


def signed_in(username: str) -> Client:
    client = Client()
    answer = client.post("/desk/signin", {"username": username, "password": PASSWORD, "next": "/desk"})
    assert answer.status_code == 302
    return client


def waiting(city: World) -> str:
    """A case that waits for its unit."""
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    if city.state(code) == "received":
        city.do(intake.register, code, by="desk1", category="010101")
    if city.state(code) == "registered":
        city.do(dispatch.dispatch, code, by="dispatch1", lead="yinxing")
    if city.case(code).unit != "yinxing":
        city.do(dispatch.reassign, code, by="dispatch1", lead="yinxing", reason="属地来办")
    return code


def test_sign_in(city: World) -> None:
    """Wrong words are told kindly; after five the account waits; the desk asks strangers to sign in."""
    client = Client()
    assert client.get("/desk")["Location"].startswith("/desk/signin?next=")
    wrong = client.post("/desk/signin", {"username": "dispatch1", "password": "no"})
    assert wrong.status_code == 422
    assert "账号或密码不对" in wrong.content.decode()
    for _ in range(5):
        last = client.post("/desk/signin", {"username": "dispatch1", "password": "no"})
    assert last.status_code == 429
    assert client.post("/desk/signin", {"username": "dispatch1", "password": PASSWORD}).status_code == 429


def test_a_case_is_claimed_and_answered(city: World) -> None:
    """The unit's clerk opens the queue, claims, contacts, answers; each is one form."""
    code = waiting(city)
    client = signed_in("yinxing")
    assert code in client.get("/desk?queue=dispatched").content.decode()
    page = client.get(f"/desk/cases/{code}").content.decode()
    assert "认领" in page
    version = city.case(code).version
    assert client.post(f"/desk/cases/{code}/moves", {"action": "claim", "seen": version}).status_code == 302
    assert (
        client.post(f"/desk/cases/{code}/moves", {"action": "contact", "seen": city.case(code).version, "method": "phone", "note": "说好下午去看"}).status_code
        == 302
    )
    answer = client.post(
        f"/desk/cases/{code}/moves",
        {"action": "answer", "seen": city.case(code).version, "outcome": "solved", "text": "原因是灯泡烧了，3 月 2 日下午换了新的，当晚已亮。电话 0000-3310。"},
    )
    assert answer.status_code == 302
    assert city.state(code) == "answered"
    assert "记下了" in client.get(f"/desk/cases/{code}").content.decode()
    city.holds()


def test_a_missing_field_keeps_the_rest(city: World) -> None:
    """422 with the words at the field, and everything typed is still there."""
    code = waiting(city)
    client = signed_in("yinxing")
    client.post(f"/desk/cases/{code}/moves", {"action": "claim", "seen": city.case(code).version})
    bad = client.post(f"/desk/cases/{code}/moves", {"action": "answer", "seen": city.case(code).version, "text": "写了很长的一段答复", "outcome": ""})
    page = bad.content.decode()
    assert bad.status_code == 422
    assert "写了很长的一段答复" in page
    assert "请填写「办理结果」" in page


def test_a_stale_screen_loses_nothing(city: World) -> None:
    """A colleague was faster: 409, said kindly, the text is kept."""
    code = waiting(city)
    client = signed_in("yinxing")
    client.post(f"/desk/cases/{code}/moves", {"action": "claim", "seen": city.case(code).version})
    late = client.post(f"/desk/cases/{code}/moves", {"action": "progress", "seen": city.case(code).version, "text": "到现场看过"})
    assert late.status_code == 302
    stale = client.post(f"/desk/cases/{code}/moves", {"action": "reply", "seen": 1, "text": "先告诉您一声"})
    assert stale.status_code == 409
    assert "先告诉您一声" in stale.content.decode()


def test_units_by_name_or_code(city: World) -> None:
    """The lookup takes “code name”, the code or the name; what it does not know it says."""
    code = waiting(city)
    client = signed_in("dispatch1")
    name = city_files("yunchuan").units["city.sanitation"].name
    for lead in ("city.sanitation", "city.urban_management 市城管局", name):
        done = client.post(f"/desk/cases/{code}/moves", {"action": "reassign", "seen": city.case(code).version, "lead": lead, "reason": "职责更近"})
        assert done.status_code == 302, done.content.decode()[:500]
    unknown = client.post(f"/desk/cases/{code}/moves", {"action": "reassign", "seen": city.case(code).version, "lead": "没有的单位", "reason": "职责更近"})
    assert unknown.status_code == 422


def test_opening_a_person_is_recorded(city: World) -> None:
    """Name and phone are hidden until opened with a reason; without one nothing is opened."""
    code = waiting(city)
    client = signed_in("yinxing")
    assert "13800000001" not in client.get(f"/desk/cases/{code}").content.decode()
    assert client.post(f"/desk/cases/{code}/reveal", {"reason": " "}).status_code == 422
    assert not Opening.objects.exists()
    page = client.post(f"/desk/cases/{code}/reveal", {"reason": "打电话约上门时间"}).content.decode()
    assert "13800000001" in page
    assert Opening.objects.get().reason == "打电话约上门时间"


def test_someone_elses_case_is_not_found(city: World) -> None:
    """A unit of another place sees nothing of it, not even that it exists."""
    code = waiting(city)
    client = signed_in("chengguan")
    assert client.get(f"/desk/cases/{code}").status_code == 404
    assert client.post(f"/desk/cases/{code}/moves", {"action": "claim", "seen": 1}).status_code == 404


def test_an_approval_is_decided(city: World) -> None:
    """退单 waits in the desk's queue and is consented to there."""
    code = waiting(city)
    unit = signed_in("yinxing")
    assert (
        unit.post(
            f"/desk/cases/{code}/moves",
            {"action": "send_back", "seen": city.case(code).version, "reason": "路灯归城管局管", "proposed": "city.urban_management"},
        ).status_code
        == 302
    )
    desk = signed_in("dispatch1")
    assert code in desk.get("/desk?queue=approvals").content.decode()
    assert "同意" in desk.get(f"/desk/cases/{code}").content.decode()
    assert desk.post(f"/desk/cases/{code}/moves", {"action": "grant", "number": "1", "seen": city.case(code).version}).status_code == 302
    assert city.state(code) == "registered"


def test_search_by_code_and_phone(city: World) -> None:
    """The desk finds a caller's cases by number; a unit's clerk does not."""
    code = waiting(city)
    assert signed_in("dispatch1").get("/desk", {"q": code})["Location"] == f"/desk/cases/{code}"
    assert signed_in("dispatch1").get("/desk", {"q": "138 0000 0001"})["Location"] == f"/desk/cases/{code}"
    assert signed_in("yinxing").get("/desk", {"q": "13800000001"}).status_code == 200

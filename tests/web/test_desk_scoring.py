"""考核评分 on the screen: who may look, a unit with few cases is marked, and bad input is said."""

from collections.abc import Callable

from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng import clock
from minsheng.models.people import User
from minsheng.models.read import TallyDelta
from minsheng.queries import scoring
from tests.world import World

Make = Callable[..., World]


PASSWORD = "a long password of the tests"


def signed_in(username: str) -> Client:
    User.objects.update(password=make_password(PASSWORD))
    client = Client()
    assert client.post("/desk/signin", {"username": username, "password": PASSWORD, "next": "/desk"}).status_code == 302
    return client


def test_a_table_and_what_cannot_be_read(world: Make) -> None:
    world("yunchuan")
    assert Client().get("/desk/scores").status_code == 302
    client = signed_in("supervisor1")
    assert "这段时间没有可算的" in client.get("/desk/scores").content.decode()
    today = clock.local(clock.now()).date()
    for unit, kept in zip(sorted(scoring._names("units", today, today)), (12, 3), strict=False):
        TallyDelta.objects.create(day=today, unit=unit, district="", category="", origin="citizen", metric="answer_kept", n=kept)
    page = client.get("/desk/scores").content.decode()
    assert "100.00" in page and page.count("样本不足") == 1 and "12 / 12" in page
    for wrong in ("day=2026-13-01", "day=2150-01-01", "kind=nobody", "period=decade"):
        answer = client.get(f"/desk/scores?{wrong}")
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode(), wrong


def test_others_do_not_see_it(world: Make) -> None:
    world("yunchuan")
    assert signed_in("checker1").get("/desk/scores").status_code == 403

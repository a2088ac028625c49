"""专项整治 on screens: opened, places added and finished, requests gathered, ended; what is wrong comes back with everything that was typed."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng.models.campaign import Campaign, Spot
from minsheng.models.people import User
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.world import World

PASSWORD = "only for tests 1"
NEW = {"name": "楼道灯排查", "goal": "查遍全社区的楼道灯，坏的都换好", "unit": UNIT, "due_on": ""}
SPOT = {"what": "add", "spot": "3栋一单元", "owner": UNIT, "day": "2026-03-20", "plan": "换成声控灯"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


def signed_in(username: str) -> Client:
    client = Client()
    assert client.post("/desk/signin", {"username": username, "password": PASSWORD, "next": "/desk"}).status_code == 302
    return client


def opened(client: Client) -> str:
    answer = client.post("/desk/campaigns", NEW)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"]).rsplit("/", 1)[1]


def test_from_the_first_place_to_the_last(city: World) -> None:
    """The whole of it without scripts; everybody reads it on the public page."""
    clerk, anyone = signed_in(CLERK), Client()
    code, case = opened(clerk), scenes.handled(city)
    assert clerk.post(f"/desk/campaigns/{code}", SPOT).status_code == 302
    found = clerk.get(f"/desk/campaigns/{code}", {"category": city.case(case).category}).content.decode()
    assert f'value="{case}"' in found
    assert clerk.post(f"/desk/campaigns/{code}", {"what": "gather", "code": [case]}).status_code == 302
    assert city.case(case).campaign == Campaign.objects.get(code=code).pk
    page = anyone.get(f"/campaigns/{code}").content.decode()
    assert "3栋一单元" in page and "换成声控灯" in page and "3 月 20 日 前办好" in page
    assert clerk.post(f"/desk/campaigns/{code}", {"what": "end"}).status_code == 409
    assert clerk.post(f"/desk/campaigns/{code}", {"what": "finish", "number": "1", "evidence": "三层的灯都换好了"}).status_code == 302
    assert clerk.post(f"/desk/campaigns/{code}", {"what": "end"}).status_code == 302
    assert "三层的灯都换好了" in anyone.get(f"/campaigns/{code}").content.decode()
    assert NEW["name"] not in anyone.get("/campaigns").content.decode()
    assert NEW["name"] in anyone.get("/campaigns?over=1").content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"unit": "没有的单位"}, "unit"), ({"due_on": "明天"}, "due_on")],
)
def test_what_is_wrong_comes_back_with_what_was_typed(city: World, wrong: dict[str, str], field: str) -> None:
    """Nothing is opened, nothing is lost."""
    answer = signed_in(CLERK).post("/desk/campaigns", {**NEW, **wrong})
    assert answer.status_code == 422 and NEW["goal"] in answer.content.decode() and f'id="{field}-why"' in answer.content.decode()
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("wrong", [{"day": "下周"}, {"day": ""}, {"spot": ""}, {"owner": "没有的单位"}, {"day": "2020-01-01"}])
def test_a_wrong_place_comes_back(city: World, wrong: dict[str, str]) -> None:
    """At its field, in words."""
    clerk = signed_in(CLERK)
    code = opened(clerk)
    answer = clerk.post(f"/desk/campaigns/{code}", {**SPOT, **wrong})
    assert answer.status_code == 422 and 'class="why"' in answer.content.decode() and SPOT["plan"] in answer.content.decode()
    assert not Spot.objects.exists()


@pytest.mark.parametrize("what", [{"what": "gather"}, {"what": "finish", "number": "x"}, {"what": "finish", "number": "1"}, {"what": "fly"}, {}])
def test_nonsense_is_refused_in_words(city: World, what: dict[str, str]) -> None:
    """Never a 500."""
    clerk = signed_in(CLERK)
    code = opened(clerk)
    clerk.post(f"/desk/campaigns/{code}", SPOT)
    assert clerk.post(f"/desk/campaigns/{code}", what).status_code in (404, 422)
    assert Spot.objects.get().done_at is None


def test_who_only_reads_runs_none(city: World) -> None:
    """A checker reads the public page like everybody."""
    assert signed_in("checker1").get("/desk/campaigns").status_code == 403
    assert Client().get("/campaigns/YCZ99999").status_code == 404
    assert "现在没有专项" in Client().get("/campaigns").content.decode()

"""领导联系网民 on screens: added, opened with a reason, a contact noted; what is wrong comes back with what was typed."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from minsheng.models.liaison import Liaison
from minsheng.models.people import User
from tests.world import World

PASSWORD = "only for tests 1"
NEW = {"what": "enrol", "name": "王女士", "number": "13800000061", "consent": "座谈会上当面同意"}


@pytest.fixture
def leader(world: Callable[..., World]) -> tuple[Client, str]:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    client = Client()
    assert client.post("/desk/signin", {"username": "leader1", "password": PASSWORD, "next": "/desk"}).status_code == 302
    return client, f"/desk/liaison/{city.who('leader1').id}"


def test_a_list_from_the_first_to_the_last(leader: tuple[Client, str]) -> None:
    """Covered until it is opened with a reason, which is written down; erased when the person leaves."""
    client, address = leader
    assert "还差 3 位" in client.get("/desk/liaison").content.decode()
    assert client.post(address, NEW).status_code == 302
    number = str(Liaison.objects.get().pk)
    page = client.get(address).content.decode()
    assert "王**" in page and "尾号 61" in page and "13800000061" not in page
    shown = client.post(address, {"what": "reveal", "number-of": number, "reason": "约走访"})
    assert "13800000061" in shown.content.decode() and "no-store" in shown.headers["Cache-Control"]
    sent = {"what": "log", "number-of": number, "on": "2026-03-01", "method": "phone", "text": "聊了供暖"}
    assert client.post(address, sent).status_code == 302
    assert "聊了供暖" in client.get(address).content.decode()
    assert client.post(address, {"what": "leave", "number-of": number}).status_code == 302
    assert "名单还是空的" in client.get(address).content.decode()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"number": "12"}, {"consent": ""}])
def test_a_wrong_entry_comes_back(leader: tuple[Client, str], wrong: dict[str, str]) -> None:
    """With the rest of what was typed."""
    client, address = leader
    answer = client.post(address, {**NEW, **wrong})
    assert answer.status_code == 422 and (NEW["consent"] in answer.content.decode() or "consent" in wrong)
    assert not Liaison.objects.exists()


def test_nonsense_and_strangers(leader: tuple[Client, str]) -> None:
    """Never a 500."""
    client, address = leader
    client.post(address, NEW)
    number = str(Liaison.objects.get().pk)
    for sent, status in (({"what": "fly", "number-of": number}, 422), ({"what": "log", "number-of": "x"}, 404), ({"what": "reveal", "number-of": number}, 422),
                         ({"what": "log", "number-of": number, "on": "昨天", "text": "写了很久的话"}, 422), ({}, 404)):  # fmt: skip
        answer = client.post(address, sent)
        assert answer.status_code == status and (status == 404 or sent.get("text", "") in answer.content.decode())
    assert client.get("/desk/liaison/999999").status_code == 404
    assert client.post("/desk/liaison", {}).status_code == 405

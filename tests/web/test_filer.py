"""谁在反映: a person, an enterprise, nobody; who has signed in writes nothing twice."""

from collections.abc import Callable

import pytest
from django.test import Client

from minsheng.commands import people
from minsheng.models.case import Case, Party
from tests.web.entering import PHONE, sign_in
from tests.web.test_citizen import REPORT, filed
from tests.world import World


@pytest.fixture(autouse=True)
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def caller(case: Case) -> people.Person:
    return people.opened(Party.objects.get(case=case, role="caller"))


def test_the_account_knows_name_and_number(client: Client) -> None:
    """Shown masked, never in the form; the case belongs to the account and names it in its journal."""
    account = sign_in(client)
    client.post("/mine/data/correct", {"name": "李女士", "kind": "citizen"})
    page = client.get("/new").content.decode()
    assert "138 **** 0031" in page and "（已验证）" in page and "换一个" in page
    assert "13800000031" not in page and "李女士" not in page
    case = filed(client, name="", phone="")
    assert (caller(case).name, caller(case).phone) == ("李女士", "13800000031")
    assert Party.objects.get(case=case).account == account
    assert case.events.get(seq=1).actor == f"citizen:{account}"
    assert case.code in client.get("/mine").content.decode()


def test_another_number_for_this_one(client: Client) -> None:
    """What is typed goes first, stays open after an error, and leaves the account as it was."""
    sign_in(client)
    client.post("/mine/data/correct", {"name": "李女士", "kind": "citizen"})
    answer = client.post("/new", {**REPORT, "name": "李明", "phone": "1380"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1380"' in page and 'value="李明"' in page and "<details" in page and " open>" in page
    case = filed(client, name="李明", phone="138 0000 0077")
    assert (caller(case).name, caller(case).phone) == ("李明", "13800000077")
    assert "138 **** 0031" in client.get("/new").content.decode()


def test_an_account_without_a_name_or_a_number_is_asked_for_them(client: Client) -> None:
    sign_in(client)
    answer = client.post("/new", {**REPORT, "name": "", "phone": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "写一写怎么称呼您" in page and "写上手机号" not in page
    by_mail = Client()
    sign_in(by_mail, "li@example.com")
    by_mail.post("/mine/data/correct", {"name": "王先生", "kind": "citizen"})
    assert 'value="王先生"' in by_mail.get("/new").content.decode()
    missing = by_mail.post("/new", {**REPORT, "name": "", "phone": ""}).content.decode()
    assert "写上手机号" in missing and "写一写怎么称呼您" not in missing


def test_an_enterprise_files_under_its_own_name(client: Client) -> None:
    """The requester of the case and the kind of the party; its account begins with it."""
    missing = client.post("/new", {**REPORT, "requester": "enterprise", "name": ""})
    assert "写一写企业或单位的名称" in missing.content.decode()
    case = filed(client, requester="enterprise", name="云川热力设备厂")
    assert (case.facts["requester"], Party.objects.get(case=case).kind, caller(case).name) == ("enterprise", "enterprise", "云川热力设备厂")
    other = Client()
    sign_in(other)
    other.post("/mine/data/correct", {"name": "云川热力设备厂", "kind": "enterprise"})
    page = other.get("/new").content.decode()
    assert 'id="requester-enterprise"\n' in page or 'value="enterprise" checked' in " ".join(page.split())


def test_without_a_name_where_the_city_allows_it(client: Client) -> None:
    """举报: what was typed of the person is dropped, an account that is signed in goes along nowhere; code and secret open it."""
    account = sign_in(client)
    case = filed(client, kind="report", requester="anonymous", text="有人夜里在河边倒建筑垃圾，车牌挡着。")
    assert case.facts["requester"] == "anonymous"
    assert not Party.objects.filter(case=case).exists()
    assert [event.actor for event in case.events.filter(seq=1)] == ["citizen"]
    assert f"citizen:{account}" not in [event.actor for event in case.events.all()]
    code, secret = client.session["filed"]
    page = client.get("/mine").content.decode()
    assert code in page and "只在这台设备上" in page and "把这台设备上的" not in page
    other = Client()
    assert other.post("/find", {"code": code, "secret": secret}).status_code == 302


def test_without_a_name_where_the_city_does_not(client: Client) -> None:
    """Said at the choice itself, with the city's reason; everything typed is still there."""
    page = client.get("/new").content.decode()
    assert "只有举报可以匿名" in page
    answer = client.post("/new", {**REPORT, "requester": "anonymous", "name": "", "phone": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这类事项不能匿名" in page and REPORT["text"] in page
    assert not Case.objects.exists()
    wrong = client.post("/new", {**REPORT, "requester": "robot"})
    assert (wrong.status_code, "请选个人、企业或匿名" in wrong.content.decode()) == (422, True)


def test_who_is_not_signed_in_files_as_before(client: Client) -> None:
    """Without the choice (an old page, another client) it is a person."""
    case = filed(client)
    assert (case.facts["requester"], Party.objects.get(case=case).account, caller(case).phone) == ("citizen", None, "13800000001")
    assert PHONE not in client.get("/new").content.decode()

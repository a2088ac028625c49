"""What a citizen does in a browser, without scripts: file, follow, judge, read the hall."""

from collections.abc import Callable

import pytest
from django.test import Client

from minsheng.commands import answering, callback, dispatch, handling
from minsheng.models.case import Case
from tests.world import World, city_files

REPORT = {
    "text": "小区北门的路灯全都不亮，晚上看不见路，已经一个星期了。",
    "title": "路灯不亮",
    "place": "银杏花园北门",
    "district": "qinghe",
    "name": "李女士",
    "phone": "138 0000 0001",
    "visibility": "public",
}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def filed(client: Client, **changed: str) -> Case:
    answer = client.post("/new", {**REPORT, **changed})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return Case.objects.latest("id")


def test_the_whole_way(city: World, client: Client) -> None:
    """Filed, confirmed with code and secret, followed, answered, judged."""
    case = filed(client)
    shown = client.get("/filed").content.decode()
    assert case.code in shown
    page = client.get(f"/cases/{case.code}")
    assert page.status_code == 200
    assert "路灯全都不亮" in page.content.decode()

    if city.state(case.code) == "registered":
        city.do(dispatch.dispatch, case.code, by="dispatch1", lead="city.urban_management")
    unit = city.case(case.code).unit
    who = next(p.username for p in city_files("yunchuan").people.values() if p.unit == unit)
    city.do(handling.claim, case.code, by=who)
    city.do(handling.contact, case.code, by=who, method="phone")
    city.do(answering.answer, case.code, by=who, outcome="solved", text="3 月 2 日下午换了北门 3 盏路灯和一段电缆，当晚全部亮了。坏了再打 0000-3310。")
    if not city.case(case.code).facts["checked"]:
        city.do(answering.pass_check, case.code, by="checker1")

    page = client.get(f"/cases/{case.code}").content.decode()
    assert "换了北门 3 盏路灯" in page
    assert "这件事办得怎么样" in page
    answer = client.post(f"/cases/{case.code}/rate", {"level": "5", "contacted": "yes", "solved": "yes", "comment": "来得快"})
    assert answer.status_code == 302
    assert city.state(case.code) == "closed"
    city.holds()


def test_errors_keep_what_was_typed(city: World, client: Client) -> None:
    """A wrong phone number says what to do; nothing is stored, nothing is lost."""
    answer = client.post("/new", {**REPORT, "phone": "1380000"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "手机号要 11 位" in page
    assert "路灯全都不亮" in page
    assert not Case.objects.exists()


def test_the_same_form_twice_is_one_case(city: World, client: Client) -> None:
    """A double tap files once; other words from the same browser, or the same from another, are another case."""
    client.get("/new")
    filed(client)
    filed(client)
    assert Case.objects.count() == 1
    filed(client, text="另外一件事：楼下的垃圾桶三天没人清。")
    other = Client()
    other.get("/new")
    filed(other)
    assert Case.objects.count() == 3


def test_another_browser_sees_only_what_is_public(city: World, client: Client) -> None:
    """Without code and secret there is no rating form and no phone; a private case is not found."""
    case = filed(client)
    private = filed(client, visibility="private")
    other = Client()
    page = other.get(f"/cases/{case.code}")
    if page.status_code == 200:
        assert "138" not in page.content.decode()
        assert "撤回" not in page.content.decode()
    assert other.get(f"/cases/{private.code}").status_code == 404
    assert other.post(f"/cases/{case.code}/urge").status_code == 404


def test_find_by_code_and_secret(city: World, client: Client) -> None:
    """Code and secret open the case in any browser; a wrong secret says so and no more."""
    client.post("/new", REPORT)
    code, secret = client.session["filed"]
    other = Client()
    wrong = other.post("/find", {"code": code, "secret": "nonsense"})
    assert wrong.status_code == 422
    right = other.post("/find", {"code": code, "secret": secret})
    assert right.status_code == 302
    assert "路灯全都不亮" in other.get(right["Location"]).content.decode()


def test_urge_once_a_day(city: World, client: Client) -> None:
    """The second time says when it is possible again."""
    case = filed(client)
    assert client.post(f"/cases/{case.code}/urge").status_code == 302
    again = client.post(f"/cases/{case.code}/urge")
    assert again.status_code == 429
    assert "已经催过" in again.content.decode()


def test_not_satisfied_reopens(city: World, client: Client) -> None:
    """不满意 with 请重新办理 starts a new round; without a word of reason it asks for one."""
    case = filed(client)
    if city.state(case.code) == "received":
        city.do(answering.answer_at_once, case.code, by="desk1", text="今晚 8 点前派人修好，电话 0000-3310。", category="010101")
    else:
        unit = city.case(case.code).unit
        who = next(p.username for p in city_files("yunchuan").people.values() if p.unit == unit)
        city.do(handling.claim, case.code, by=who)
        city.do(answering.answer, case.code, by=who, outcome="explained", text="3 月 2 日看过，电缆被挖断，3 月 10 日前由供电公司接好，电话 0000-3310。")
        city.do(answering.pass_check, case.code, by="checker1")
    missing = client.post(f"/cases/{case.code}/rate", {"level": "1", "reopen": "1"})
    assert missing.status_code == 422
    client.post(f"/cases/{case.code}/rate", {"level": "1", "reopen": "1", "comment": "灯还是不亮"})
    assert city.case(case.code).round == 2


def test_pages_for_everybody(city: World, client: Client) -> None:
    """Home, hall (filtered, empty, in English) and the form open without a session."""
    filed(Client())
    for path in ("/", "/hall", "/hall?q=路灯", "/hall?q=恐龙", "/hall?tag=over", "/new", "/find", "/new?place=yinxing-b1", "/new?place=lost"):
        assert client.get(path).status_code == 200, path
    english = client.get("/hall", headers={"accept-language": "en"}).content.decode()
    assert 'lang="en"' in english
    assert client.get("/cases/NOTHING").status_code == 404
    assert client.get("/hall?tag=nonsense").status_code == 422
    assert callback.LEVELS

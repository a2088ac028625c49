"""What leaders, deputies and observers do in a browser without scripts: from a figure to the case, an instruction and its answer, a suggestion."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minsheng import clock
from minsheng.commands import handling, measures, suggesting
from minsheng.models.measure import Measure
from minsheng.models.people import User
from minsheng.queries import kept
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT
from tests.commands.test_suggesting import onlooker
from tests.world import World

PASSWORD = "only for tests 1"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


def signed_in(username: str) -> Client:
    User.objects.filter(username=username).update(password=make_password(PASSWORD))
    client = Client()
    assert client.post("/desk/signin", {"username": username, "password": PASSWORD, "next": "/desk"}).status_code == 302
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_the_board_and_everything_behind_it(city: World) -> None:
    code = scenes.handled(city)
    client = signed_in("leader1")
    kept.forget()
    board = text(client, "/desk/watch")
    for word in ("今天收到", "正在办", "超时没办完", "按时答复率", "满意率", "升得最快的", "等您的"):
        assert word in board
    for path in ("/desk/watch?span=week", "/desk/watch?span=month&by=overdue", "/desk/watch?area=qinghe", "/desk/watch?scope=sector-city",
                 "/desk/watch/units", "/desk/watch/units?by=satisfaction&span=month", "/desk/watch/instructions", "/desk/watch/instructions?state=done"):  # fmt: skip
        text(client, path)
    for what in ("open", "received", "watched", "soon", "overdue", "missed", "unsatisfied"):
        rows = text(client, f"/desk/watch/cases?what={what}")
        assert (code in rows) is (what in ("open", "received")), what
    assert code in text(client, f"/desk/watch/units/{UNIT}?what=open")
    assert "批示" in text(client, "/desk/watch/cases?what=open")


@pytest.mark.parametrize(("path", "status"), [
    ("/desk/watch?span=year", 422), ("/desk/watch?area=mars", 422), ("/desk/watch?scope=mars", 422), ("/desk/watch/cases?what=mars", 404),
    ("/desk/watch/cases?unit=mars", 422), ("/desk/watch/cases?cursor=x", 422), ("/desk/watch/units/mars", 404), ("/desk/watch/instructions?state=mars", 404),
    ("/desk/watch/cases?what=topic&topic=zz", 200), ("/desk/watch/cases/NOTHING/instruct", 404),
])  # fmt: skip
def test_odd_addresses_are_said_kindly(city: World, path: str, status: int) -> None:
    text(signed_in("leader1"), path, status)


def test_whoever_does_not_lead_has_no_board(city: World) -> None:
    for username in (CLERK, "dispatch1", "checker1"):
        client = signed_in(username)
        text(client, "/desk/watch", 404)
        assert "驾驶舱" not in text(client, "/desk")
    text(signed_in("deputy1"), "/desk/watch", 404)
    assert "%2Fdesk%2Fwatch" in Client().get("/desk/watch")["Location"]


def test_a_county_sees_its_own(city: World) -> None:
    here, there = scenes.handled(city), city.file(body="湖边的路灯坏了，晚上看不见路。", title="湖边路灯", district="minghu")
    client = signed_in("qinghe-county-heads")
    rows = text(client, "/desk/watch/cases?what=open")
    assert here in rows and there not in rows
    assert "不归您看" in text(client, "/desk/watch?area=minghu", 422)
    assert there in text(signed_in("leader1"), "/desk/watch/cases?what=open")


def test_no_report_and_nothing_of_the_accused_stands_in_a_list(city: World) -> None:
    report = city.file(**{**scenes.LAMP, "body": "举报有人收钱不办事，请查。"}, kind="report", accused=(UNIT,))
    accused = city.file(**{**scenes.LAMP, "body": "街道的人态度很差，路灯也不修。"}, kind="complaint", accused=("songtao",))
    assert report not in text(signed_in("leader1"), "/desk/watch/cases?what=open")
    assert accused not in text(signed_in("songtao-street-heads"), "/desk/watch/cases?what=open")


def test_from_a_list_to_an_instruction_and_its_answer(city: World) -> None:
    """One form from the list; what is wrong comes back with what was typed; the answer comes back and is accepted or asked again."""
    code = scenes.handled(city)
    client, path = signed_in("leader1"), f"/desk/watch/cases/{code}/instruct"
    page = text(client, f"{path}?next=/desk/watch/cases")
    assert "青禾区松涛街道城管所" in page
    version = str(city.case(code).version)
    typed = {"text": "请三天内修好，并告诉居民。", "unit": UNIT, "answer_on": "2026-03-05", "next": "/desk/watch/cases", "seen": version}
    wrong = client.post(path, {**typed, "other_on": "2026-13-40"})
    assert wrong.status_code == 422 and "请三天内修好" in wrong.content.decode()
    assert client.post(path, {**typed, "unit": "nobody"}).status_code == 422
    assert client.post(path, {**typed, "text": ""}).status_code == 422
    city.do(handling.contact, code, by=CLERK, method="phone")
    stale = client.post(path, typed)
    assert stale.status_code == 409 and "请三天内修好" in stale.content.decode()
    done = client.post(path, {**typed, "seen": str(city.case(code).version)})
    assert (done.status_code, done["Location"]) == (302, "/desk/watch/cases")
    assert "批示发出去了" in text(client, "/desk/watch/cases")
    row = Measure.objects.get(case__code=code, kind="instruction")
    assert clock.local(row.answer_by).date() == date(2026, 3, 6)
    assert "请三天内修好" in text(client, "/desk/watch/instructions?state=waiting")
    city.do(measures.answer, code, number=row.number, text="明天上午换灯。", by=CLERK)
    assert "明天上午换灯" in text(client, "/desk/watch/instructions")
    assert "批示有了答复" in text(client, "/desk/watch")
    follow = f"/desk/watch/instructions/{code}/{row.number}"
    empty = client.post(follow, {"what": "again", "text": ""})
    assert empty.status_code == 422 and "明天上午换灯" in empty.content.decode()
    assert client.post(follow, {"what": "again", "text": "写明几点亮。", "answer_on": "none"}).status_code == 302
    again = Measure.objects.get(case__code=code, kind="instruction", status="opened")
    city.do(measures.answer, code, number=again.number, text="晚上七点亮。", by=CLERK)
    assert client.post(f"/desk/watch/instructions/{code}/{again.number}", {"what": "accept"}).status_code == 302
    assert client.get(follow).status_code == 302
    assert client.post(f"/desk/watch/instructions/{code}/{again.number}", {"what": "accept"}).status_code == 409
    done_list = text(client, "/desk/watch/instructions?state=done")
    assert "写明几点亮" in done_list and "请三天内修好" in done_list


def test_a_late_instruction_is_late(city: World) -> None:
    code = scenes.handled(city)
    city.do(measures.instruct, code, by="leader1", unit=UNIT, text="请修好。", answer_on=date(2026, 3, 3))
    city.until("2026-03-04T10:00+08:00")
    assert "请修好" in text(signed_in("leader1"), "/desk/watch/instructions?state=late")


def test_a_deputy_reads_suggests_and_judges_the_answer(city: World) -> None:
    """Released words only; one open suggestion; the answer is accepted, or asked for once more."""
    shown, hidden = scenes.checked(city), scenes.handled(city, body="我家住一单元，门口的灯坏了，电话 13800000009。", wish="private")
    deputy = onlooker(city, "qinghe")
    client = signed_in(deputy.name and "qinghe-deputy")
    page = text(client, "/desk/look-on")
    assert shown in page and hidden in page
    assert "一单元" not in page and "13800000009" not in text(client, f"/desk/look-on/cases/{hidden}")
    path = f"/desk/look-on/cases/{shown}"
    assert client.post(path, {"text": "", "unit": ""}).status_code == 422
    refused = client.post(path, {"text": "建议一次换完。", "unit": "nobody"})
    assert refused.status_code == 422 and "建议一次换完" in refused.content.decode()
    assert client.post(path, {"text": "建议一次换完。", "unit": UNIT}).status_code == 302
    assert client.post(path, {"text": "再来一条。", "unit": UNIT}).status_code == 409
    row = Measure.objects.get(kind="suggestion")
    assert "建议一次换完" in text(client, "/desk/look-on/suggestions")
    city.do(measures.answer, shown, number=row.number, text="已列入计划。", by=CLERK)
    assert "已列入计划" in text(client, "/desk/look-on/suggestions")
    follow = f"/desk/look-on/suggestions/{shown}/{row.number}"
    assert client.post(follow, {"what": "again", "text": " "}).status_code == 422
    assert client.post(follow, {"what": "again", "text": "哪天换，请写明。"}).status_code == 302
    second = Measure.objects.get(kind="suggestion", status="opened")
    city.do(measures.answer, shown, number=second.number, text="3 月 20 日换。", by=CLERK)
    assert client.post(f"/desk/look-on/suggestions/{shown}/{second.number}", {"what": "accept"}).status_code == 302
    assert text(client, "/desk/look-on/suggestions?state=done").count("已列入计划") == 1
    text(client, "/desk/look-on?category=01&state=answered")
    text(client, "/desk/look-on?category=zz", 422)
    text(client, "/desk/watch", 404)


def test_a_deputy_of_another_county_finds_nothing(city: World) -> None:
    code = scenes.handled(city)
    onlooker(city, "minghu")
    client = signed_in("minghu-deputy")
    assert code not in text(client, "/desk/look-on")
    text(client, f"/desk/look-on/cases/{code}", 404)
    assert client.post(f"/desk/look-on/cases/{code}", {"text": "建议。", "unit": UNIT}).status_code == 404


def test_the_number_of_queries_does_not_grow(city: World) -> None:
    def asked(client: Client, path: str) -> int:
        kept.forget()
        with CaptureQueriesContext(connection) as queries:
            text(client, path)
        return len(queries)

    paths = ("/desk/watch", "/desk/watch/cases?what=open", "/desk/watch/units", f"/desk/watch/units/{UNIT}?what=open", "/desk/watch/instructions?state=waiting")
    client = signed_in("leader1")
    deputy = onlooker(city, "qinghe")
    onlooking = signed_in("qinghe-deputy")
    looks = ("/desk/look-on", "/desk/look-on/suggestions?state=waiting")

    def fill(n: int) -> None:
        for k in range(n):
            code = scenes.handled(city, body=f"{k} 号楼门口的路灯坏了，晚上看不见路，请来修一下 {clock.now().isoformat()}。")
            city.do(measures.instruct, code, by="leader1", unit=UNIT, text="请修好。")
            city.do(suggesting.suggest, code, text="建议一次换完。", by=deputy)
            clock.advance(timedelta(minutes=1))

    fill(1)
    for path in paths:
        text(client, path)  # what a process reads once: directory, rules; that this browser is there
    text(onlooking, looks[0])
    few = [asked(client, path) for path in paths] + [asked(onlooking, path) for path in looks]
    fill(4)
    assert [asked(client, path) for path in paths] + [asked(onlooking, path) for path in looks] == few


def test_in_english(city: World) -> None:
    """The words of the pages are English; only the city's own names and what people wrote are not."""
    code = scenes.checked(city)
    city.do(measures.instruct, code, by="leader1", unit=UNIT, text="Please look again.")
    deputy = onlooker(city, "qinghe")
    city.do(suggesting.suggest, code, text="All lamps at once.", by=deputy)
    leader, onlooking = signed_in("leader1"), signed_in("qinghe-deputy")
    pages = [(leader, path) for path in ("/desk/watch", "/desk/watch/cases", f"/desk/watch/cases/{code}/instruct", "/desk/watch/units",
                                         f"/desk/watch/units/{UNIT}", "/desk/watch/instructions?state=waiting")]  # fmt: skip
    pages += [(onlooking, path) for path in ("/desk/look-on", f"/desk/look-on/cases/{code}", "/desk/look-on/suggestions?state=waiting")]
    for client, path in pages:
        client.get("/display?language=en&next=/desk")
        page = text(client, path)
        assert 'lang="en"' in page
        found = [
            word
            for word in ("我的批示", "发出批示", "我的建议", "答复", "超时", "正在办", "本月", "今天", "收到", "更新", "单位的", "工作日", "驾驶舱", "看本区")
            if word in page
        ]
        assert found == [], (path, found)

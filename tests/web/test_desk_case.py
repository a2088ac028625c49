"""一件诉求 at the desk, without scripts: what it shows to whom, what comes back, and that nothing typed is ever lost."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from web.test_desk import PASSWORD, signed_in, waiting

from minsheng import clock
from minsheng.commands import alerting, amending, dispatch, handling, noting, people, templates
from minsheng.models.case import Attachment, Case, Opening, Party
from minsheng.models.people import Member, User
from minsheng.models.places import Unit
from minsheng.models.work import AnswerTemplate, Verdict
from minsheng.queries import directory as directories
from minsheng.queries import kept
from tests.world import World

HOLLOW = "我单位高度重视，第一时间安排人员处理。"
GOOD = "原因是灯头进水烧坏了。3 月 2 日下午换了新灯头，当晚亮了。再坏请打 0000-60000003。"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


@pytest.fixture
def code(city: World) -> str:
    """A case that 银杏社区 handles."""
    code = waiting(city)
    city.do(handling.claim, code, by="yinxing")
    return code


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 70)).save(file, "JPEG")
    return file.getvalue()


def shown(client: Client, code: str, query: str = "") -> str:
    answer = client.get(f"/desk/cases/{code}{query}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def moved(client: Client, city: World, code: str, action: str, *, status: int, **fields: Any) -> str:
    """Make a move with the version that holds now, unless the fields say another."""
    answer = client.post(f"/desk/cases/{code}/moves", {"action": action, "seen": city.case(code).version, **fields})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def pane(page: str, heading: str) -> str:
    """What stands under a heading, until the next section."""
    return page.split(f'id="{heading}"')[1].split("</section>")[0]


# --- what it shows --------------------------------------------------------------------------------------------------------------------


def test_the_person_is_covered_until_opened(city: World, code: str) -> None:
    """张** and two digits; opened with a reason on this page only; who opened it stands there for everybody on the case."""
    client = signed_in("yinxing")
    page = shown(client, code)
    assert "张**" in page and "尾号 01" in page and "张先生" not in page and not re.search(r"138\d{8}", page)
    opened = unescape(client.post(f"/desk/cases/{code}/reveal", {"reason": "约上门时间"}).content.decode())
    assert "张先生 13800000001" in opened and "离开这一页就重新隐去" in opened
    page = shown(client, code)
    assert "13800000001" not in page
    assert "谁看过姓名和电话（1 次）" in page and "约上门时间" in page and User.objects.get(username="yinxing").display_name in page
    assert client.get(f"/desk/cases/{code}")["Cache-Control"].count("no-store") == 1


def test_those_who_only_look_on_read_released_words_and_open_nobody(city: World, code: str) -> None:
    """A deputy is led to the page of what was released; an analyst sees that there is a phone, and no button. Asked by hand it is refused."""
    deputy, analyst = signed_in("deputy1"), signed_in("analyst1")
    assert deputy.get(f"/desk/cases/{code}")["Location"] == f"/desk/look-on/cases/{code}"
    assert deputy.get("/desk")["Location"] == deputy.get(f"/desk?q={code}")["Location"] == "/desk/look-on"
    page = shown(analyst, code)
    assert "看姓名和电话" not in page and "尾号 01" in page
    for client in (deputy, analyst):
        assert client.post(f"/desk/cases/{code}/reveal", {"reason": "看看"}).status_code == 403
    assert not Opening.objects.exists()


def test_a_broken_seal_stops_nobody(city: World, code: str) -> None:
    """The data are damaged: the page says so, and the case is worked on."""
    Party.objects.filter(case__code=code).update(phone=b"\x01\x01x" + bytes(40))
    assert "资料打不开，请告诉系统管理员" in shown(signed_in("yinxing"), code)


def test_of_a_report_not_even_the_surname(city: World) -> None:
    code = city.file(body="有人收了摊主的钱，请查一查。", kind="report", wish="secret")
    page = shown(signed_in("desk1"), code)
    assert "张**" not in page and "尾号 01" not in page and "***" in page


def test_filters_of_the_timeline(city: World, code: str) -> None:
    """Public, internal, handling only: each with its number; an unknown filter shows all."""
    city.do(handling.contact, code, by="yinxing", method="phone", note="约了下午三点")
    city.do(handling.reply, code, by="yinxing", text="灯头坏了，明天换。")
    client = signed_in("yinxing")
    whole, public, internal, work = (
        shown(client, code, q).split('id="journal"')[1].split('id="composer"')[0] for q in ("", "?show=public", "?show=internal", "?show=work")
    )
    assert "约了下午三点" in whole and "灯头坏了" in whole and "公开文本" in whole
    assert "约了下午三点" not in public and "灯头坏了" in public
    assert "约了下午三点" in internal and "灯头坏了，明天换" not in internal
    assert "约了下午三点" in work and "公开文本" not in work
    assert shown(client, code, "?show=nothing").count("约了下午三点") == 1


def test_every_move_or_why_not(city: World, code: str) -> None:
    """What can be done is a form; what cannot stands with its reason, in two groups."""
    page = shown(signed_in("yinxing"), code)
    assert {"answer", "contact", "co_handle", "extend", "note", "assign"} <= set(re.findall(r'id="do-(\w+)"', page))
    not_now = page.split("现在不能做的")[1].split("</details>")[0]
    early, others = not_now.split("由别人来做")
    assert "现在还不到这一步" in early and "「认领」只能在「待认领」时做" in early
    assert "改派" in others and "由派单员来做" in others


def test_co_handling_with_what_was_asked(city: World, code: str) -> None:
    """Who, what was asked, its clock, then its opinion."""
    city.do(handling.co_handle, code, by="yinxing", units=["city.urban_management"], request="请看看线路")
    who = pane(shown(signed_in("yinxing"), code), "h-who")
    assert "等意见" in who and "请看看线路" in who and "ms-clock" in who
    city.do(handling.contribute, code, by="chengguan", opinion="线路没问题")
    who = pane(shown(signed_in("yinxing"), code), "h-who")
    assert "等意见" not in who and "线路没问题" in who


def test_an_assignee_who_left_and_a_unit_that_is_no_more(city: World, code: str) -> None:
    """Both are said, and the way out is open: assign again, reassign."""
    second = User.objects.create(username="yinxing2", display_name="运行二班", created_at=clock.now(), password=make_password(PASSWORD))
    Member.objects.create(user=second, unit="yinxing", roles=["staff"])
    city.do(handling.assign, code, by="yinxing", to=second.pk)
    assert "经办人已经离开单位" not in shown(signed_in("yinxing"), code)
    assert "运行二班（手上 1 件）" in shown(signed_in("yinxing"), code)
    Member.objects.filter(user=second).update(valid_until=clock.local(clock.now()).date() - timedelta(days=1))
    kept.forget()
    page = shown(signed_in("yinxing"), code)
    assert "经办人已经离开单位，请重新分派" in page
    moved(signed_in("yinxing"), city, code, "assign", status=302, to=city.who("yinxing").id)
    assert "经办人已经离开单位" not in shown(signed_in("yinxing"), code)
    Unit.objects.filter(code="yinxing").update(valid_until=clock.local(clock.now()).date() - timedelta(days=1))
    directories.forget()
    desk = signed_in("dispatch1")
    assert "单位已经撤销，请派单员改派" in shown(desk, code)
    moved(desk, city, code, "reassign", status=302, lead="songtao", reason="社区撤并了")


def test_a_constant_and_small_number_of_queries(city: World, code: str) -> None:
    """However much has happened to the case."""
    client = signed_in("yinxing")

    def asked() -> int:
        shown(client, code)
        with CaptureQueriesContext(connection) as queries:
            shown(client, code)
        return len(queries)

    before = asked()
    mate = User.objects.get(username="dispatch1")
    for n in range(5):
        city.do(handling.progress, code, by="yinxing", text=f"第 {n} 步")
        city.do(noting.note, code, by="yinxing", text=f"第 {n} 句", to=[mate.pk])
        city.do(people.open_parties, code, by="yinxing", reason=f"第 {n} 次")
    city.do(handling.co_handle, code, by="yinxing", units=["city.urban_management", "city.parks"], request="都来看看")
    city.do(alerting.alert, code, by="desk1", text="有人摔倒")
    assert asked() == before <= 13


# --- moves that come back ----------------------------------------------------------------------------------------------------------------


def test_a_hollow_answer_comes_back_once(city: World, code: str) -> None:
    """With what is missing, everything typed, photos included, and a button that sends it all the same."""
    client = signed_in("yinxing")
    shot = SimpleUploadedFile("a.jpg", photo(), content_type="image/jpeg")
    page = moved(client, city, code, "answer", status=422, outcome="solved", text=HOLLOW, evidence=[shot])
    assert HOLLOW in page and "没有说原因" in page and "高度重视" in page and "仍然发出" in page and "刚才加的 1 张照片还在" in page
    assert city.state(code) == "handling"
    ticket = re.search(r'name="kept_evidence"\s+value="([^"]+)"', page)
    assert ticket is not None
    moved(client, city, code, "answer", status=302, outcome="solved", text=HOLLOW, anyway="yes", kept_evidence=[ticket[1]])
    assert "answer" in city.actions(code)
    assert Attachment.objects.filter(case__code=code, purpose="evidence").count() == 1


def test_a_good_answer_goes_out_at_once(city: World, code: str) -> None:
    moved(signed_in("yinxing"), city, code, "answer", status=302, outcome="solved", text=GOOD)
    assert city.state(code) == "answered"


def test_what_is_missing_from_the_form_is_said_first(city: World, code: str) -> None:
    page = moved(signed_in("yinxing"), city, code, "answer", status=422, outcome="", text=HOLLOW)
    assert "请填写「办理结果」" in page and "仍然发出" not in page


def test_the_check_while_writing(city: World, code: str) -> None:
    """A part of the page for htmx, the page itself without scripts; nothing is stored."""
    client = signed_in("yinxing")
    part = unescape(client.post(f"/desk/cases/{code}/check", {"text": HOLLOW, "outcome": "partly"}, headers={"HX-Request": "true"}).content.decode())
    assert "没有说原因" in part and "下一步" in part and "<html" not in part
    assert client.post(f"/desk/cases/{code}/check", {"text": " "}, headers={"HX-Request": "true"}).content.strip() == b""
    page = unescape(client.post(f"/desk/cases/{code}/check", {"action": "answer", "text": HOLLOW}).content.decode())
    assert "没有说原因" in page and HOLLOW in page
    assert client.get(f"/desk/cases/{code}/check")["Location"] == f"/desk/cases/{code}"
    assert "answer" not in city.actions(code)


def test_a_faster_colleague(city: World, code: str) -> None:
    """409 with who did what; what was typed is in the form, and goes out with the next press."""
    client, old = signed_in("yinxing"), city.case(code).version
    city.do(handling.contact, code, by="yinxing", method="visit", note="已经上门看过")
    page = moved(client, city, code, "reply", status=409, text="明天换灯头", seen=old)
    conflict = page.split('id="conflict"')[1].split("</div>")[0]
    assert "联系" in conflict and "已经上门看过" in conflict and "再点一次按钮" in page and "明天换灯头" in page
    moved(client, city, code, "reply", status=302, text="明天换灯头")


def test_what_a_colleague_corrected_stands_in_both_versions(city: World, code: str) -> None:
    """Two correct the same thing: the slower one reads what it was, what it is now, and keeps what was chosen."""
    client, old = signed_in("dispatch1"), city.case(code).version
    city.do(amending.amend, code, by="desk1", category="010101", urgency="urgent", reason="重新归类")
    page = moved(client, city, code, "amend", status=409, reason="归错了", category="020202", seen=old)
    conflict = page.split('id="conflict"')[1].split("</div>")[0]
    tree = directories.current()
    assert f"类别 路灯不亮 → {tree.categories['010101'].name}" in conflict and "→ 紧急" in conflict
    assert 'value="020202"' in page and "归错了" in page


def test_a_faster_colleague_who_leaves_nothing_to_do(city: World, code: str) -> None:
    """Answered meanwhile: the step is gone, the words are there to be copied."""
    client, old = signed_in("yinxing"), city.case(code).version
    moved(client, city, code, "answer", status=302, outcome="solved", text=GOOD)
    page = moved(signed_in("yinxing"), city, code, "reply", status=409, text="明天换灯头", seen=old)
    assert "这一步现在不能做了" in page and re.search(r"readonly[^>]*>明天换灯头", page)


@pytest.mark.parametrize(("action", "fields"), [("contact", {"method": "phone"}), ("reply", {"text": "明天换"})])
def test_pressed_twice_with_a_version(city: World, code: str, action: str, fields: dict[str, str]) -> None:
    """The second is told kindly, and nothing is there twice."""
    client, old = signed_in("yinxing"), city.case(code).version
    moved(client, city, code, action, status=302, **fields)
    moved(client, city, code, action, status=302, seen=old, **fields)
    assert "刚刚已经记下了，没有重复记" in shown(client, code)
    assert city.actions(code).count(action) == 1


@pytest.mark.parametrize(("action", "field"), [("progress", "text"), ("note", "text")])
def test_pressed_twice_without_a_version(city: World, code: str, action: str, field: str) -> None:
    client = signed_in("yinxing")
    moved(client, city, code, action, status=302, **{field: "到现场看过"})
    answer = client.post(f"/desk/cases/{code}/moves", {"action": action, "seen": 1, field: "到现场看过"})
    assert answer.status_code in (302, 409) and "没有重复记" in unescape(
        (client.get(f"/desk/cases/{code}") if answer.status_code == 302 else answer).content.decode()
    )
    assert city.actions(code).count({"note": "noted"}.get(action, action)) == 1


def test_the_session_ended_while_writing(city: World, code: str) -> None:
    """The words stand on the page; after signing in elsewhere the same form takes them."""
    client = signed_in("yinxing")
    fields = {"action": "reply", "seen": str(city.case(code).version), "text": "明天换灯头"}
    client.logout()
    answer = client.post(f"/desk/cases/{code}/moves", fields)
    page = unescape(answer.content.decode())
    assert answer.status_code == 403 and "登录已经过期" in page and "明天换灯头" in page and "再提交一次" in page
    client.post("/desk/signin", {"username": "yinxing", "password": PASSWORD, "next": "/desk"})
    assert client.post(f"/desk/cases/{code}/moves", fields).status_code == 302
    assert client.post(f"/desk/cases/{code}/moves", {"action": "claim"}).status_code == 409
    client.logout()
    assert client.post(f"/desk/cases/{code}/moves", {"action": "claim"})["Location"].startswith("/desk/signin")
    assert client.get(f"/desk/cases/{code}?after=1", headers={"HX-Request": "true"}).status_code == 403


def test_the_case_went_elsewhere_while_writing(city: World, code: str) -> None:
    """Not found any more, but the words are there to be copied."""
    client = signed_in("yinxing")
    city.do(dispatch.reassign, code, by="dispatch1", lead="city.sanitation", reason="职责更近")
    Case.objects.filter(code=code).update(facts={**city.case(code).facts, "sensitive": True})
    Member.objects.filter(user__username="yinxing").update(unit="city.parks")
    directories.forget()
    answer = client.post(f"/desk/cases/{code}/moves", {"action": "progress", "text": "写到一半"})
    assert answer.status_code == 404 and "不在您这里了" in answer.content.decode() and "写到一半" in answer.content.decode()


@pytest.mark.parametrize("action", ["", "fly", "answer\x00", "note", "alert"])
def test_what_is_no_move(city: World, code: str, action: str) -> None:
    """Unknown or empty: said in words, never an error page of ours."""
    answer = signed_in("yinxing").post(f"/desk/cases/{code}/moves", {"action": action, "seen": "x", "text": " ", "to": ["x", "9" * 30]})
    assert answer.status_code in (403, 422)


# --- news, notes, reports ------------------------------------------------------------------------------------------------------------------


def test_an_open_page_asks_for_news(city: World, code: str) -> None:
    """Nothing new costs nothing: 204; else the timeline, with who did what."""
    client = signed_in("yinxing")
    last = city.case(code).seq
    asked = {"headers": {"HX-Request": "true"}}
    assert client.get(f"/desk/cases/{code}?after={last}", **asked).status_code == 204
    city.do(handling.contact, code, by="yinxing", method="phone")
    page = unescape(client.get(f"/desk/cases/{code}?after={last}", **asked).content.decode())
    assert "有新的经过" in page and f"after={city.case(code).seq}" in page
    assert signed_in("yuanlin").get(f"/desk/cases/{code}?after=1", **asked).status_code == 404
    assert client.get(f"/desk/cases/{code}?after=abc", **asked).status_code == 200


def test_a_note_to_a_colleague_and_the_bell(city: World, code: str) -> None:
    """Written here, read there; those who only look on see no form and no note."""
    mate = city.who("dispatch1")
    moved(signed_in("yinxing"), city, code, "note", status=302, text="请帮忙看一下线路", to=[mate.id])
    desk = signed_in("dispatch1")
    assert "1 条未读" in unescape(desk.get("/desk").content.decode())
    inbox = unescape(desk.get("/desk/mentions").content.decode())
    assert "请帮忙看一下线路" in inbox and "未读" in inbox
    link = re.search(r'href="(/desk/mentions/\d+)"', inbox)
    assert link is not None and desk.get(link[1])["Location"] == f"/desk/cases/{code}"
    assert "1 条未读" not in unescape(desk.get("/desk").content.decode())
    assert signed_in("desk1").get(link[1]).status_code == 404
    looker = shown(signed_in("analyst1"), code)
    assert "请帮忙看一下线路" not in looker and 'id="do-note"' not in looker


def test_all_are_marked_as_read(city: World, code: str) -> None:
    for n in range(3):
        city.do(noting.note, code, by="yinxing", text=f"第 {n} 句", to=[city.who("dispatch1").id])
    desk = signed_in("dispatch1")
    upto = re.search(r'name="upto"\s+value="(\d+)"', desk.get("/desk/mentions").content.decode())
    assert upto is not None
    for wrong in ("", "x", "9" * 40):
        assert desk.post("/desk/mentions", {"upto": wrong}).status_code == 302
    assert "3 条未读" in unescape(desk.get("/desk").content.decode())
    desk.post("/desk/mentions", {"upto": upto[1]})
    assert "条未读" not in unescape(desk.get("/desk").content.decode())


def test_a_report_upwards(city: World, code: str) -> None:
    """Red-edged, with who was told; the second within the hour is refused with the time."""
    client = signed_in("dispatch1")
    moved(client, city, code, "alert", status=302, text="有老人摔倒")
    assert re.search(r'class="ent alarm".*有老人摔倒', shown(client, code), re.DOTALL)
    again = moved(client, city, code, "alert", status=429, text="又一位")
    assert "分钟后可以再报" in again and "又一位" in again
    assert "有老人摔倒" in unescape(signed_in("leader1").get("/desk/mentions").content.decode())
    assert 'id="do-alert"' not in shown(signed_in("yinxing"), code)


# --- suggestions and similar cases -----------------------------------------------------------------------------------------------------------


def said(client: Client, code: str, kind: str, value: str, say: str, *, status: int = 302, **more: Any) -> Any:
    answer = client.post(f"/desk/cases/{code}/judge", {"kind": kind, "value": value, "say": say, **more})
    assert answer.status_code == status, answer.content.decode()[:1500]
    return answer


def test_suggestions_say_why_and_are_judged(city: World, code: str) -> None:
    """Confidence and reasons; accepting a category that holds only records it; wrong asks for the right one and corrects the case."""
    client = signed_in("dispatch1")
    box = pane(shown(client, code), "h-guess")
    assert "路灯不亮" in box and "「路灯" in box and "主管" in box and re.search(r"\d+%", box)
    best = city.case(code).category
    assert best is not None
    said(client, code, "category", best, "right")
    said(client, code, "category", best, "wrong", status=422)
    said(client, code, "category", best, "wrong", status=422, instead="没有这一类")
    stale = said(client, code, "category", best, "wrong", status=409, instead="010101", seen=1)
    assert "同事刚刚更新了" in unescape(stale.content.decode()) and city.case(code).category == best
    said(client, code, "category", best, "wrong", instead="010101", seen=city.case(code).version)
    assert city.case(code).category == "010101"
    assert dict(Verdict.objects.values_list("value", "right")) == {best: False, "010101": True}
    assert "不对" in pane(shown(client, code), "h-guess")


def test_the_right_unit_opens_the_form_filled_in(city: World, code: str) -> None:
    client = signed_in("dispatch1")
    unit = re.search(r'name="kind" value="unit"><input type="hidden" name="value" value="([\w.]+)"', shown(client, code))
    assert unit is not None
    target = said(client, code, "unit", unit[1], "right")["Location"]
    assert "do=reassign" in target
    page = unescape(client.get(target.split("#")[0]).content.decode())
    assert re.search(r'id="do-reassign"\s+checked', page) and f'value="{unit[1]} ' in page


def test_a_suggestion_that_is_gone_or_none(city: World, code: str) -> None:
    """Said in words; who only looks on judges nothing; strangers find nothing."""
    client = signed_in("dispatch1")
    for kind, value, say in (("category", "999", "right"), ("weather", "x", "right"), ("category", "020201", "perhaps"), ("", "", "")):
        said(client, code, kind, value, say, status=422)
    said(signed_in("yuanlin"), code, "category", "020201", "right", status=404)
    assert "h-guess" not in shown(signed_in("analyst1"), code)
    assert not Verdict.objects.exists()


def test_similar_cases_also_those_not_released(city: World, code: str) -> None:
    """With share and why; merging opens its form filled in; what was said to be another matter is not shown again; strangers' cases stay hidden."""
    hidden = city.file(body="楼下的路灯不亮，晚上看不见台阶，摔了一跤。", title="路灯不亮摔人", place="yinxing-b1", wish="private")
    other = city.file(body="食堂的菜太咸了，请管一管。", place="yinxing-b1")
    desk = signed_in("dispatch1")
    part = unescape(desk.get(f"/desk/cases/{code}/similar", headers={"HX-Request": "true"}).content.decode())
    assert hidden in part and "未公开" in part and other not in part and code not in part.replace(f"/desk/cases/{code}", "")
    assert re.search(r"\d+%", part) and "「" in part
    assert hidden in shown(desk, code + "/similar")
    assert hidden not in unescape(signed_in("yinxing").get(f"/desk/cases/{code}/similar", headers={"HX-Request": "true"}).content.decode())
    merge = re.search(r'href="(/desk/cases/[^"]+do=merge[^"]+)"', part)
    assert merge is not None
    page = unescape(desk.get(merge[1].split("#")[0]).content.decode())
    assert re.search(r'id="do-merge"\s+checked', page) and f'value="{hidden}"' in page
    said(desk, code, "similar", hidden, "wrong", share="88")
    assert hidden not in unescape(desk.get(f"/desk/cases/{code}/similar", headers={"HX-Request": "true"}).content.decode())
    assert Verdict.objects.get().share == 88


# --- templates ---------------------------------------------------------------------------------------------------------------------------------


def test_a_template_is_written_used_changed_deleted_and_put_back(city: World, code: str) -> None:
    """Filled with what is known; below what is typed, which stays; deleted with a way back."""
    client = signed_in("yinxing")
    form = {"title": "路灯修好", "body": "{date}，{unit}修好了{place}的路灯。", "action": "answer", "unit": "yinxing", "category": ""}
    assert client.post("/desk/templates", form).status_code == 302
    number = AnswerTemplate.objects.get().pk
    assert "路灯修好" in shown(client, code)
    used = client.post(f"/desk/cases/{code}/template", {"action": "answer", "template": number, "text": "您好。", "outcome": "solved"})
    page = unescape(used.content.decode())
    assert "您好。\n3 月 2 日，松涛街道银杏社区修好了银杏花园1栋的路灯。" in page and re.search(r'value="solved"\s+selected', page)
    bare = client.post(f"/desk/cases/{code}/template", {"action": "answer", "template": number}, headers={"X-Requested-With": "template"})
    assert bare.content.decode().startswith("3 月 2 日，松涛街道银杏社区")
    for wrong in ("", "x", "999999", "9" * 30):
        assert client.post(f"/desk/cases/{code}/template", {"action": "answer", "template": wrong, "text": "写了一半"}).status_code == 422
    assert client.post(f"/desk/templates/{number}", {**form, "title": ""}).status_code == 422
    assert client.post(f"/desk/templates/{number}", {**form, "title": "灯亮了"}).status_code == 302
    assert client.post(f"/desk/templates/{number}", {"what": "delete"}).status_code == 302
    gone = unescape(client.get("/desk/templates").content.decode())
    assert "「灯亮了」删掉了" in gone and "撤销删除" in gone and not AnswerTemplate.objects.exists()
    back = dict(re.findall(r'<input type="hidden"\s+name="(title|body|action|unit|category)"\s+value="([^"]*)"', gone))
    assert client.post("/desk/templates", back).status_code == 302
    assert AnswerTemplate.objects.get().title == "灯亮了"


def test_whose_templates(city: World, code: str) -> None:
    """Another unit's is nobody's here; who answers nothing writes none."""
    number = templates.write(title="园林的", body="树补种了。", action="answer", unit="city.parks", category=None, by=city.who("yuanlin"))
    client = signed_in("yinxing")
    assert "园林的" not in shown(client, code)
    assert client.get(f"/desk/templates/{number}").status_code == 404
    assert client.post(f"/desk/cases/{code}/template", {"action": "answer", "template": number}).status_code == 422
    assert signed_in("callback1").get("/desk/templates").status_code == 403

"""网格 in a browser without scripts, and as a device asks by itself: each form is one deed; what is refused comes back with everything that was typed."""

import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from minsheng.commands import answering, handling, patrolling
from minsheng.models.case import Case, Opening
from minsheng.models.patrol import PatrolSpot, PatrolVisit
from minsheng.models.people import User
from tests.commands.test_fieldwork import lies
from tests.web.test_desk import PASSWORD, signed_in
from tests.world import World

DEVICE = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def city(world: Callable[..., World], settings: object, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


@pytest.fixture
def walker(city: World) -> Client:
    return signed_in("yinxing-grid")


def photo() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "JPEG")
    return SimpleUploadedFile("photo.jpg", file.getvalue(), content_type="image/jpeg")


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


def test_the_day_holds_no_name_and_no_number(city: World, walker: Client) -> None:
    code = city.file(body="张先生说单元门坏了，电话 13800000007，请来修。", place="yinxing-b1", category="030301", title="单元门坏了，打 13800000007")
    patrolling.add_spot(unit="yinxing", place="yinxing-g1", name="3 栋配电箱", every_days=7, by=city.who("yinxing"))
    page = text(walker.get("/grid"))
    assert "单元门坏了" in page and "首次联系 剩" in page and "3 栋配电箱" in page and "今天 1 件要办" in page
    page += text(walker.get(f"/grid/cases/{code}"))
    assert "请来修" in page
    assert "1380000" not in page and "13800000001" not in page


def test_a_call_opens_the_number_for_its_reason(city: World, walker: Client) -> None:
    code = lies(city)
    assert walker.get(f"/grid/cases/{code}/call").status_code == 302 and not Opening.objects.exists()
    page = text(walker.post(f"/grid/cases/{code}/call"))
    assert 'href="tel:13800000001"' in page and "张先生" in page
    assert [(one.reason, one.by) for one in Opening.objects.all()] == [("首次联系", city.who("yinxing-grid").tag)]


def test_reached_missed_visited(city: World, walker: Client) -> None:
    code = lies(city)
    wrong = walker.post(f"/grid/cases/{code}/missed", {"result": ""})
    assert wrong.status_code == 422 and "请选没联系上的原因" in text(wrong)
    assert "记下了" in text(walker.post(f"/grid/cases/{code}/missed", {"result": "busy"}, follow=True))
    assert "联系上了，记下了" in text(walker.post(f"/grid/cases/{code}/reached", follow=True))
    short = walker.post(f"/grid/cases/{code}/visit", {"truth": "true", "then": "progress", "note": " ", "answer": "写了一半的答复"})
    assert short.status_code == 422 and "写了一半的答复" in text(short)
    told = {"truth": "true", "then": "progress", "note": "灯头坏了。", "before": [photo(), photo()], "after": photo(), "seen": "1"}
    assert "走访记下了" in text(walker.post(f"/grid/cases/{code}/visit", told, follow=True))
    assert city.actions(code)[-3:] == ["contact_tried", "contact", "progress"]


def test_a_device_is_told_in_words_and_once(city: World, walker: Client) -> None:
    code, key = lies(city), str(uuid.uuid4())
    said = {"draft_id": key, "done_at": "2026-03-01T23:30:00.000Z", "note": "约好了"}
    first, again = (walker.post(f"/grid/cases/{code}/reached", said, **DEVICE) for _ in range(2))
    assert first.json() == again.json() == {"said": "联系上了，记下了。", "code": code}
    assert city.actions(code).count("contact") == 1
    odd = walker.post(f"/grid/cases/{code}/reached", {"draft_id": str(uuid.uuid4()), "done_at": "gestern"}, **DEVICE)
    assert odd.status_code == 422 and "手机给的时间" in odd.json()["errors"][0]


def test_what_a_colleague_did_meanwhile_comes_back_with_the_reason(city: World, walker: Client) -> None:
    """To a device always as something for its person (409, 422), never as something to send again for ever."""
    code = lies(city)
    city.do(handling.claim, code, by="yinxing")
    city.do(answering.answer, code, by="yinxing", outcome="solved", text="3月2日换了灯头，当晚亮了。")
    late = walker.post(f"/grid/cases/{code}/visit", {"draft_id": str(uuid.uuid4()), "truth": "true", "then": "progress", "note": "灯头坏了"}, **DEVICE)
    assert late.status_code == 409 and "现在是「已答复」" in late.json()["errors"][0]
    gone = walker.post("/grid/cases/NOTHING/reached", {"draft_id": str(uuid.uuid4())}, **DEVICE)
    assert gone.status_code == 409 and gone.json()["errors"]


def test_a_form_of_a_colleague_waits_for_the_colleague(city: World, walker: Client) -> None:
    code = lies(city)
    answer = walker.post(f"/grid/cases/{code}/reached", {"draft_id": str(uuid.uuid4()), "person": "1"}, **DEVICE)
    assert answer.status_code == 403 and "等那位同事登录" in answer.json()["errors"][0]
    assert "contact" not in city.actions(code)


def test_a_finding_with_and_without_a_spot(city: World, walker: Client) -> None:
    spot = patrolling.add_spot(unit="yinxing", place="yinxing-g1", name="3 栋配电箱", every_days=7, by=city.who("yinxing"))
    page = text(walker.get(f"/grid/new?spot={spot.pk}"))
    assert 'value="3 栋配电箱"' in page and '<option value="yinxing-g1" selected' in page
    nowhere = walker.post("/grid/new", {"text": "楼道堆了旧家具，挡住了通道。", "place": "3 单元"})
    assert nowhere.status_code == 422 and "请选在哪个网格" in text(nowhere) and "楼道堆了旧家具" in text(nowhere)
    done = walker.post("/grid/new", {"text": "楼道堆了旧家具，挡住了通道。", "grid": "yinxing-g1", "before": photo()}, follow=True)
    case = Case.objects.get()
    assert case.code in text(done) and (case.channel, case.origin, case.place) == ("patrol", "patrol", "yinxing-g1")
    key = str(uuid.uuid4())
    values = {"text": "配电箱的门锁坏了。", "grid": "yinxing-g1", "spot": str(spot.pk), "draft_id": key}
    codes = {walker.post("/grid/new", values, **DEVICE).json()["code"] for _ in range(2)}
    assert len(codes) == 1 and PatrolVisit.objects.get().case.code in codes


def test_a_look(city: World, walker: Client) -> None:
    spot = patrolling.add_spot(unit="yinxing", place="yinxing-g1", name="3 栋配电箱", every_days=7, by=city.who("yinxing"))
    assert "看过了，记下了" in text(walker.post(f"/grid/spots/{spot.pk}/look", {"result": "fine", "draft_id": str(uuid.uuid4())}, follow=True))
    assert "今天的都看过了" in text(walker.get("/grid"))
    wrong = walker.post(f"/grid/spots/{spot.pk}/look", {"result": "fixed", "draft_id": str(uuid.uuid4())}, **DEVICE)
    assert wrong.status_code == 422


def test_guesses(city: World, walker: Client) -> None:
    page = text(walker.get("/grid/new/guess", {"text": "楼下的路灯不亮，晚上看不见台阶"}))
    assert "路灯" in page and 'name="category"' in page and "<html" not in page
    assert text(walker.get("/grid/new/guess", {"text": "路"})).strip() == ""


def test_planning(city: World, walker: Client) -> None:
    clerk = signed_in("yinxing")
    assert walker.get("/grid/spots").status_code == 403 and clerk.get("/grid").status_code == 403
    assert "还没有巡查点" in text(clerk.get("/grid/spots"))
    wrong = clerk.post("/grid/spots", {"unit": "yinxing", "place": "yinxing-g1", "name": "3 栋配电箱", "every_days": "每周"})
    assert wrong.status_code == 422 and "填一个数" in text(wrong) and 'value="3 栋配电箱"' in text(wrong)
    assert "添上了" in text(clerk.post("/grid/spots", {"unit": "yinxing", "place": "yinxing-g1", "name": "3 栋配电箱", "every_days": "7"}, follow=True))
    spot = PatrolSpot.objects.get()
    assert "改好了" in text(clerk.post(f"/grid/spots/{spot.pk}", {"place": "yinxing", "name": "配电箱", "every_days": "3"}, follow=True))
    assert clerk.post(f"/grid/spots/{spot.pk}", {"place": "qinghe", "name": "配电箱", "every_days": "3"}).status_code == 422
    assert "停了" in text(clerk.post(f"/grid/spots/{spot.pk}", {"action": "stop"}, follow=True))
    assert "恢复了" in text(clerk.post(f"/grid/spots/{spot.pk}", {"action": "resume"}, follow=True))
    assert walker.post(f"/grid/spots/{spot.pk}", {"action": "stop"}).status_code == 403


def test_strangers(city: World) -> None:
    code = lies(city)
    assert Client().get("/grid")["Location"].startswith("/desk/signin")
    assert signed_in("huanwei").get(f"/grid/cases/{code}").status_code == 403


def test_the_app_opens_at_the_list(city: World) -> None:
    said = json.loads(text(Client().get("/grid.webmanifest")))
    assert said["start_url"] == "/grid" and said["scope"] == "/" and len(said["icons"]) == 2

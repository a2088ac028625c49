"""工单列表 over HTTP: filters in the address, the preview, stars, many at once; what is typed wrongly is said, and nothing is a 500."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from minsheng.commands import dispatch, handling
from minsheng.jobs.bulk import bulk
from minsheng.models.people import User
from minsheng.models.work import BulkJob, Read, SavedFilter, Star
from tests.commands import scenes
from tests.commands.scenes import CLERK
from tests.web.test_desk import PASSWORD, signed_in
from tests.world import World

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def codes_on(text: str) -> list[str]:
    return re.findall(r'data-code="(\w+)"', text)


def test_filters_in_the_address(city: World) -> None:
    """Each narrows; names are taken as well as codes; both orders; the page says what is left out."""
    lamp = scenes.dispatched(city)
    city.wait("2 minutes")
    noise = city.file(body="工地夜里还在施工，施工噪音很大，吵得人睡不着。", title="夜间施工噪音", place="yinxing-b1")
    if city.state(noise) != "dispatched":
        pytest.fail(city.state(noise))
    client = signed_in("dispatch1")
    category = city.case(lamp).category
    base = "/desk?queue=dispatched"
    assert codes_on(page(client, base)) != [] and set(codes_on(page(client, base))) == {lamp, noise}
    assert codes_on(page(client, f"{base}&sort=new")) == [noise, lamp]
    for narrowed in (f"&category={category}", f"&category={category}%20路灯不亮", "&words=路灯", "&category=0202"):
        found = page(client, base + narrowed)
        assert codes_on(found) == [lamp], narrowed
        assert "去掉这个筛选" in found
    for narrowed in (
        "&place=qinghe",
        "&place=yinxing",
        "&place=yinxing-b1",
        "&channel=web",
        f"&unit={scenes.UNIT}",
        "&unit=songtao",
        "&received_from=2026-03-02&received_to=2026-03-02",
    ):
        assert set(codes_on(page(client, base + narrowed))) == {lamp, noise}, narrowed
    for nothing in (
        "&again=1",
        "&supporters=3",
        "&urgency=urgent",
        "&kind=praise",
        "&received_from=2026-03-03",
        "&due_to=2026-03-01",
        "&words=%25",
        "&unit=yinxing",
    ):
        assert codes_on(page(client, base + nothing)) == [], nothing
    assert "同诉" not in page(client, f"{base}&supporters=0")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ("queue=nothing", 404), ("queue=dispatched&cursor=x", 422), ("queue=dispatched&category=no", 422), ("queue=dispatched&unit=没有", 422),
        ("queue=dispatched&due_to=2026-02-30", 422), ("queue=dispatched&supporters=many", 422), ("queue=dispatched&sort=odd", 422),
        ("queue=dispatched&channel=pigeon", 422), ("queue=%00", 404), ("queue=dispatched&words=%00", 200), ("queue=quality", 404), ("q=%00", 200),
    ],
)  # fmt: skip
def test_a_wrong_address_is_said(city: World, wrong: str, status: int) -> None:
    assert "<h1" in page(signed_in(CLERK), f"/desk?{wrong}", status)


def test_pages_without_end(city: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page after page, in both orders, no row twice and none left out; the same number of questions however many rows."""
    codes = {scenes.dispatched(city) for _ in range(7)}
    monkeypatch.setattr("minsheng.web.desk.worklist.PAGE", 3)
    client = signed_in("dispatch1")
    page(client, "/desk")  # the browser is written down once
    for sort in ("due", "new"):
        seen: list[str] = []
        address: str | None = f"/desk?queue=dispatched&sort={sort}"
        while address:
            with CaptureQueriesContext(connection) as queries:
                text = page(client, address)
            assert len(queries) <= 8, [query["sql"][:80] for query in queries]
            seen += codes_on(text)
            found = re.search(r'href="(/desk\?[^"]*cursor=[^"]*)"', text)
            address = found[1].replace("&amp;", "&") if found else None
        assert len(seen) == 7 and set(seen) == codes


def test_the_preview(city: World) -> None:
    """A part for the list, marked as read; by itself the address leads to the case; what may not be seen is not there."""
    code = scenes.dispatched(city)
    client = signed_in(CLERK)
    assert client.get(f"/desk/preview/{code}")["Location"] == f"/desk/cases/{code}"
    part = client.get(f"/desk/preview/{code}", **HTMX)
    assert part.status_code == 200 and "<html" not in part.content.decode() and "我来认领" in part.content.decode()
    assert Read.objects.count() == 1
    assert signed_in("minghu-centre").get(f"/desk/preview/{code}", **HTMX).status_code == 404
    seen = city.case(code).version
    done = client.post(f"/desk/preview/{code}/move", {"action": "claim", "seen": seen}, **HTMX)
    assert (done.status_code, done["HX-Trigger"], city.state(code)) == (200, "worklist:moved", "handling")
    assert "记下了" in done.content.decode()
    answer = {"action": "answer", "seen": city.case(code).version, "text": "写了很长的一段答复", "outcome": ""}
    bad = client.post(f"/desk/preview/{code}/move", answer, **HTMX)
    assert bad.status_code == 422 and "写了很长的一段答复" in bad.content.decode() and "请填写「办理结果」" in bad.content.decode()
    stale = client.post(f"/desk/preview/{code}/move", answer | {"seen": seen, "outcome": "solved"}, **HTMX)
    assert stale.status_code == 409 and "写了很长的一段答复" in stale.content.decode() and "同事刚刚更新" in stale.content.decode()
    wrong = client.post(f"/desk/preview/{code}/move", {"action": "close", "seen": city.case(code).version}, **HTMX)
    assert wrong.status_code == 409 and 'role="alert"' in wrong.content.decode()
    assert client.post(f"/desk/preview/{code}/move", {"action": "nothing"}, **HTMX).status_code == 422
    assert client.get(f"/desk/preview/{code}/move")["Location"] == f"/desk/cases/{code}"


def test_a_move_that_takes_the_case_away(city: World) -> None:
    """Sensitive, and given to a colleague: it has left this person's sight with the move, and the preview says what was done."""
    code = scenes.handled(city)
    client = signed_in("dispatch1")
    done = client.post(f"/desk/preview/{code}/move", {"action": "reassign", "seen": city.case(code).version, "lead": "yinxing", "reason": "属地来办"}, **HTMX)
    assert done.status_code == 200 and "记下了" in done.content.decode() and city.case(code).unit == "yinxing"


def test_the_star(city: World) -> None:
    """With scripts its button comes back alone; without them the page comes again."""
    code = scenes.dispatched(city)
    client = signed_in(CLERK)
    part = client.post(f"/desk/cases/{code}/star", {"star": "on"}, **HTMX)
    assert part.status_code == 200 and 'aria-pressed="true"' in part.content.decode() and "<html" not in part.content.decode()
    back = client.post(f"/desk/cases/{code}/star", {"star": "off", "next": "/desk?queue=starred"})
    assert (back.status_code, back["Location"], Star.objects.count()) == (302, "/desk?queue=starred", 0)
    assert client.post(f"/desk/cases/{code}/star", {"star": "on", "next": "https://elsewhere.example/"})["Location"] == f"/desk/cases/{code}"
    assert client.post("/desk/cases/YC990000000/star", {"star": "on"}).status_code == 404
    assert client.get(f"/desk/cases/{code}/star")["Location"] == f"/desk/cases/{code}"


def test_why_it_may_be_a_duplicate(city: World) -> None:
    """The same caller within a week, or the same place and matter: the row names the other case. 举报 is named to nobody."""
    first = scenes.registered(city, phone="13800000009")
    other = scenes.registered(city, phone="13800000008")
    secret = city.file(**scenes.LAMP, kind="report")
    client = signed_in("dispatch1")
    text = page(client, "/desk?queue=alike")
    assert set(codes_on(text)) >= {first, other}
    assert re.search(rf"和 ({first}|{other}) (同一个电话|同地点同类)（7 天内）", text)
    assert f"和 {secret} " not in text


def test_saved_filters(city: World) -> None:
    client = signed_in("dispatch1")
    kept = client.post("/desk/filters", {"name": "路灯", "unit": "city.centre", "q-queue": "handling", "q-words": "路灯", "q-sort": "new"})
    assert kept.status_code == 302 and kept["Location"].startswith("/desk?queue=handling")
    row = SavedFilter.objects.get()
    assert row.query == {"queue": "handling", "words": "路灯", "sort": "new"}
    assert "路灯" in page(signed_in("supervisor1"), "/desk")
    again = client.post("/desk/filters", {"name": "路灯", "q-queue": "handling"})
    assert again.status_code == 422 and "同名" in again.content.decode() and 'value="路灯"' in again.content.decode()
    assert client.post("/desk/filters", {"name": "甲", "q-queue": "nothing"}).status_code == 422
    long = client.post(f"/desk/filters/{row.pk}/rename", {"name": ""})
    assert long.status_code == 422
    assert client.post(f"/desk/filters/{row.pk}/explode").status_code == 404
    assert client.get(f"/desk/filters/{row.pk}/delete")["Location"] == "/desk/filters"
    assert signed_in("supervisor1").post(f"/desk/filters/{row.pk}/delete").status_code == 404
    gone = client.post(f"/desk/filters/{row.pk}/delete").content.decode()
    assert "找回来" in gone and not SavedFilter.objects.exists()


def test_a_filter_that_names_what_is_gone(city: World) -> None:
    """Its category vanished from the directory: the list says so, the page of filters says so, neither fails."""
    user = User.objects.get(username="dispatch1")
    SavedFilter.objects.create(user=user, name="旧的", query={"queue": "handling", "category": "999999"}, at=user.created_at)
    client = signed_in("dispatch1")
    assert "没有「999999」这个类别" in page(client, "/desk/filters")
    assert "没有「999999」这个类别" in page(client, "/desk?queue=handling&category=999999", 422)


def test_the_panel_of_filters(city: World) -> None:
    client = signed_in("dispatch1")
    assert "<html" in page(client, "/desk/choose?queue=handling&unit=yinxing")
    part = client.get("/desk/choose?queue=handling&category=0202&words=路灯", **HTMX).content.decode()
    assert "<html" not in part and 'value="路灯"' in part and "0202 " in part
    assert client.get("/desk/choose?queue=nothing").status_code == 404


def test_many_at_once(city: World) -> None:
    """Asked once more with its fields; what is missing keeps the rest; the same form twice is one job; only its owner sees it."""
    codes = [scenes.handled(city) for _ in range(3)]
    client = signed_in("dispatch1")
    ticked = [f"{code}:{city.case(code).version}" for code in codes]
    asked = client.post("/desk/bulk", {"action": "merge", "code": ticked}).content.decode()
    assert "并成一件：3 件" in asked and f'value="{codes[0]}"' in asked
    once = re.search(r'name="once"\s+value="([^"]+)"', asked)
    assert once
    form = {"action": "merge", "code": ticked, "sure": "1", "once": once[1]}
    missing = client.post("/desk/bulk", {**form, "into": "x y"})
    assert missing.status_code == 422 and 'value="x y"' in missing.content.decode() and once[1] in missing.content.decode()
    first = client.post("/desk/bulk", {**form, "into": codes[0]})
    second = client.post("/desk/bulk", {**form, "into": codes[0]})
    assert first["Location"] == second["Location"] and BulkJob.objects.count() == 1
    waits = page(client, first["Location"])
    assert "every 1s" in waits and "正在办" in waits
    assert signed_in("supervisor1").get(first["Location"]).status_code == 404
    bulk(job=BulkJob.objects.get().pk)
    done = page(client, first["Location"])
    assert "every 1s" not in done and "2 件全办好了" in done
    for wrong in ({"action": "urge"}, {"action": "nothing", "code": ticked}, {"action": "urge", "code": ["x" * 30]}, {}):
        refused = client.post("/desk/bulk", wrong)
        assert refused.status_code == 422 and 'role="alert"' in refused.content.decode()
    assert client.get("/desk/bulk")["Location"] == "/desk"
    assert client.get("/desk/bulk/99999").status_code == 404


def test_a_stale_list(city: World) -> None:
    """The version that the list showed is what counts, not that of the moment the question was answered."""
    code = scenes.registered(city)
    client = signed_in("dispatch1")
    ticked = f"{code}:{city.case(code).version}"
    city.do(dispatch.dispatch, code, by="dispatch1", lead="songtao")
    city.do(handling.claim, code, by="songtao")
    city.do(dispatch.send_back, code, by="songtao", reason="不归我们管。", proposed="yinxing")
    asked = client.post("/desk/bulk", {"action": "dispatch", "code": [ticked]}).content.decode()
    assert ticked in asked
    job = client.post("/desk/bulk", {"action": "dispatch", "code": [ticked], "sure": "1", "once": "k", "lead": "yinxing"})
    bulk(job=BulkJob.objects.get().pk)
    assert "没办成" in page(client, job["Location"])


def test_an_export_is_its_owners(city: World) -> None:
    """Of what is ticked, or of the whole list; the file is fetched once the worker has made it, by whoever asked for it."""
    codes = [scenes.dispatched(city) for _ in range(2)]
    client = signed_in("dispatch1")
    job = client.post("/desk/bulk", {"action": "export-all", "q-queue": "dispatched", "q-words": "路灯", "once": "k"})["Location"]
    assert client.get(f"{job}/file").status_code == 404
    bulk(job=BulkJob.objects.get().pk)
    assert set(BulkJob.objects.get().codes) == set(codes)
    file = client.get(f"{job}/file")
    assert file.status_code == 200 and "no-store" in file["Cache-Control"] and b"".join(file.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert signed_in("supervisor1").get(f"{job}/file").status_code == 404
    assert client.post("/desk/bulk", {"action": "export-all", "q-queue": "nothing"}).status_code == 404
    checker = signed_in("checker1")
    assert checker.post("/desk/bulk", {"action": "export", "code": codes}).status_code == 403
    assert "导出" not in page(checker, "/desk?queue=dispatched")

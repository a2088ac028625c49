"""管理 without scripts: who may come in, every page, what is refused comes back as it was typed, what is taken out is recorded and holds no formula."""

import io
import zipfile
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from openpyxl import load_workbook
from web.test_desk import PASSWORD, signed_in

from minsheng import clock
from minsheng.models.people import Member, User
from minsheng.models.places import Responsibility, Unit
from minsheng.models.staff import Act
from minsheng.policy.directory_files import parse
from minsheng.queries import directory as directories
from tests.commands.scenes import handled
from tests.world import World


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    User.objects.update(password=make_password(PASSWORD))
    return city


@pytest.fixture
def desk(city: World) -> Client:
    return signed_in("admin1")


PATHS = (
    "", "/units?in=qinghe", "/units?words=银杏", "/units/yinxing", "/units/new?in=qinghe", "/places", "/places/yinxing", "/categories?in=02", "/categories/020201",
    "/rules?test_category=020201&test_place=yinxing", "/rules?test_category=nothing", "/rules/new", "/posts", "/users", "/users?words=desk&role=operator", "/users/new",
    "/calendar", "/import", "/profile", "/profile?f_category=020201&f_place=yinxing&f_day=2026-09-30", "/profile?f_day=never&f_kind=report",
    "/acts", "/acts?book=journal", "/acts?book=openings&person=desk1",
)  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page(desk: Client, language: str) -> None:
    for path in PATHS:
        answer = desk.get(f"/desk/admin{path}", headers={"accept-language": language})
        assert answer.status_code == 200, path
    for path in ("/units/nowhere", "/users/999999", "/jobs/999999", "/nothing"):
        assert desk.get(f"/desk/admin{path}").status_code == 404, path


@pytest.mark.parametrize("username", ["dispatch1", "editor1", "leader1", "yinxing"])
def test_others_read_why_not(city: World, username: str) -> None:
    client = signed_in(username)
    for path in ("", "/users", "/calendar", "/import", "/profile", "/acts"):
        answer = client.get(f"/desk/admin{path}")
        assert answer.status_code == 403 and "没有这个权限" in answer.content.decode(), path
    assert Client().get("/desk/admin").status_code == 302


def test_discipline_reads_the_record_and_nothing_else(city: World) -> None:
    client = signed_in("discipline1")
    assert client.get("/desk/admin/acts").status_code == 200
    assert client.get("/desk/admin/units").status_code == 403


def test_what_is_refused_comes_back_as_it_was_typed(desk: Client) -> None:
    typed = {"code": "songtao.trees", "name": "松涛街道绿化所", "short_name": "绿化所", "parent": "没有的单位", "level": "street", "kind": "department"}
    answer = desk.post("/desk/admin/units/new", {**typed, "phone": "0000-1", "opening_hours": "有人就开", "valid_from": "明天"})
    said = answer.content.decode()
    assert answer.status_code == 422 and not Unit.objects.filter(code="songtao.trees").exists()
    for word in ("没有的单位", "有人就开", "应写成 Mon-Fri", "不认识“没有的单位”", "松涛街道绿化所", "不是 2026-01-31 这样的日期"):
        assert word in said, word
    answer = desk.post("/desk/admin/units/new", {**typed, "parent": "songtao 青禾区松涛街道"})
    assert answer.status_code == 302 and Unit.objects.get(code="songtao.trees").parent == "songtao"


def test_an_account_whose_post_is_wrong_comes_back(desk: Client) -> None:
    typed = {"username": "trees-1", "display_name": "绿化所办理员", "unit-0": "没有的单位", "roles-0": ["staff", "grid"], "valid_until-0": "哪天"}
    answer = desk.post("/desk/admin/users/new", typed)
    assert answer.status_code == 422 and not User.objects.filter(username="trees-1").exists()
    answer = desk.post("/desk/admin/users/new", {**typed, "valid_until-0": ""})
    said = answer.content.decode()
    assert answer.status_code == 422 and "没有“没有的单位”这个单位" in said and said.count(" checked") == 2
    answer = desk.post("/desk/admin/users/new", {**typed, "unit-0": "songtao", "valid_until-0": ""})
    assert answer.status_code == 302
    assert Member.objects.get(user__username="trees-1").roles == ["staff", "grid"]


def test_a_county_may_not_post_what_it_may_not_do(city: World) -> None:
    """403 in words on every door, whatever is sent."""
    user = User.objects.create(username="qinghe-admin", display_name="青禾区管理员", created_at=clock.now(), password=make_password(PASSWORD))
    Member.objects.create(user=user, unit="qinghe.centre", roles=["admin"])
    client = signed_in("qinghe-admin")
    unit, rule = directories.current().units["city.parks"], Responsibility.objects.order_by("pk").first()
    assert rule is not None
    tries = [
        ("/units/city.parks", {"name": unit.name, "short_name": "x", "parent": "city", "level": "city", "kind": "department", "function": "parks"}),
        (f"/rules/{rule.pk}/remove", {}),
        ("/units/city.parks/end", {"last_day": "2026-03-31"}),
        ("/calendar", {"day": "2026-03-03", "works": "no", "because": "放假", "save": "1"}),
        ("/import/cases/1", {}),
    ]
    for path, values in tries:
        assert client.post(f"/desk/admin{path}", values).status_code in (403, 404), path
    number = User.objects.get(username="yuanlin").pk
    assert client.get(f"/desk/admin/users/{number}").status_code == 404
    assert not Act.objects.filter(kind__in=("directory", "rule", "calendar", "user")).exists()


def test_the_directory_taken_out_is_recorded_loads_again_and_holds_no_formula(desk: Client) -> None:
    pack = zipfile.ZipFile(io.BytesIO(desk.post("/desk/admin/export/files").content))
    parsed = parse({name: pack.read(name).decode() for name in pack.namelist()})
    assert parsed.problems == () and parsed.directory is not None and "desk1" in parsed.directory.people
    book = load_workbook(io.BytesIO(desk.post("/desk/admin/export/xlsx").content))
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    assert Act.objects.filter(kind="export", subject="directory").count() == 2
    assert desk.get("/desk/admin/export/files").status_code == 405


def test_the_record_taken_out_is_recorded(city: World, desk: Client) -> None:
    handled(city)
    answer = desk.post("/desk/admin/acts/export", {"book": "journal"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"].startswith("text/csv") and len(lines) > 1 and "认领" in answer.content.decode()
    act = Act.objects.get(kind="export", subject="acts")
    assert act.after["rows"] == len(lines) - 1
    assert "最多看" in desk.get("/desk/admin/acts?first=2020-01-01").content.decode()
    assert "没有“ghost”这个账号" in desk.get("/desk/admin/acts?person=ghost").content.decode()


def test_a_constant_number_of_questions(city: World, desk: Client, django_assert_max_num_queries: Callable[..., object]) -> None:
    desk.get("/desk/admin")  # the browser is written down once
    for path in ("/units?in=city", "/users", "/acts?book=journal", "/units/songtao"):
        with django_assert_max_num_queries(14):
            assert desk.get(f"/desk/admin{path}").status_code == 200

"""管理 in a browser: a phone changed, seen in the history and taken back; a rule tried in the box; an outline that overlaps; files with bad rows; a day that moves
deadlines; a unit dissolved; what a county may not touch. Each page light, dark, large, on a phone and at a desk."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from playwright.sync_api import Page, expect

from minsheng import clock, wiring
from minsheng.commands.administering import files, working
from minsheng.models.deadline import Deadline
from minsheng.models.people import Member, User
from minsheng.models.places import Unit
from minsheng.queries import directory as directories
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.looks import Look
from tests.commands.scenes import UNIT, handled
from tests.world import World

pytestmark = pytest.mark.browser


def sign_in(page: Page, username: str) -> Page:
    page.goto("/desk/admin")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="管理")).to_be_visible()
    return page


def worked() -> None:
    """The worker does what waits."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'administer' RETURNING args")
        args = [row[0] for row in cursor.fetchall()]
    for one in args:
        working.carry_on((json.loads(one) if isinstance(one, str) else one)["job"], blobs=wiring.blobs(), classify=wiring.classifier)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_phone_is_changed_seen_in_the_history_and_taken_back(city: World, visit: Visit, *, scripts: bool) -> None:
    page = sign_in(visit(scripts=scripts), "admin1")
    old = Unit.objects.get(code="yinxing").phone
    page.get_by_label("按名称或编码找").fill("银杏社区")
    page.get_by_role("button", name="搜索", exact=True).click()
    page.get_by_role("link", name="青禾区松涛街道银杏社区").or_(page.locator("a.t", has_text="银杏社区")).first.click()
    page.get_by_label("电话").fill("0000-60009999")
    page.get_by_label("办公时间").fill("有人就开")
    page.get_by_role("button", name="保存改动").click()
    expect(page.locator("#opening_hours-why")).to_contain_text("应写成")
    expect(page.get_by_label("电话")).to_have_value("0000-60009999")
    page.get_by_label("办公时间").fill("Mon-Fri 09:00-12:00")
    page.get_by_role("button", name="保存改动").click()
    expect(page.locator(".ms-told")).to_contain_text("改好了")
    past = page.locator(".ad-past .item").first
    expect(past).to_contain_text("云川系统管理员")
    expect(past.locator("del", has_text=old)).to_be_visible()
    expect(past.locator("ins", has_text="0000-60009999")).to_be_visible()

    page.on("dialog", lambda dialog: dialog.accept())
    past.get_by_role("button", name="改回去").click()
    expect(page.locator(".ms-told")).to_contain_text("改回去了")
    expect(page.get_by_label("电话")).to_have_value(old)
    expect(page.locator(".ad-past .item")).to_have_count(2)


def test_two_administrators_at_once(city: World, visit: Visit) -> None:
    """The second one is told, and nothing typed is lost."""
    User.objects.filter(username="desk1").update(password=make_password(PASSWORD))
    Member.objects.filter(user__username="desk1").update(roles=["operator", "admin"])
    one, two = sign_in(visit(), "admin1"), sign_in(visit(), "desk1")
    for page in (one, two):
        page.goto("/desk/admin/units/yinxing")
    one.get_by_label("电话").fill("0000-60001111")
    one.get_by_role("button", name="保存改动").click()
    expect(one.locator(".ms-told")).to_contain_text("改好了")
    two.get_by_label("简称").fill("银杏")
    two.get_by_role("button", name="保存改动").click()
    expect(two.locator("#conflict")).to_contain_text("同事刚刚改过这一条")
    expect(two.get_by_label("简称")).to_have_value("银杏")
    two.get_by_label("电话").fill("0000-60001111")
    two.get_by_role("button", name="保存改动").click()
    expect(two.locator(".ms-told")).to_contain_text("改好了")


def test_a_rule_is_added_and_tried_in_the_box(city: World, visit: Visit, look: Look) -> None:
    page = sign_in(visit(), "admin1")
    page.goto("/desk/admin/rules/new")
    page.get_by_label("事项").fill("0202")
    page.get_by_label("地点").fill("yinxing")
    page.get_by_label("主办").fill("没有这个单位")
    page.get_by_label("依据").fill("社区自己的路灯社区管")
    page.get_by_role("button", name="加上这一条").click()
    expect(page.locator("#lead-why")).to_contain_text("不认识")
    page.get_by_label("主办").fill("yinxing")
    page.get_by_role("button", name="加上这一条").click()
    expect(page.locator(".ms-told")).to_contain_text("加好了")
    look(page, "admin rule")

    page.goto("/desk/admin/rules")
    page.locator("#test_category").fill("020201")
    page.locator("#test_place").fill("yinxing")
    page.get_by_role("button", name="看谁来办").click()
    answer = page.locator("#test [role=status]")
    expect(answer).to_contain_text(directories.current().units["yinxing"].name)
    expect(answer).to_contain_text("责任规则：社区自己的路灯社区管")
    look(page, "admin rules")


def test_an_outline_that_overlaps_is_refused_before_it_is_saved(city: World, visit: Visit, look: Look, tmp_path: Path) -> None:
    page, tree = sign_in(visit(), "admin1"), directories.current()
    one, two = [p for p in tree.places.values() if p.kind == "community" and p.parent == "songtao" and p.polygon][:2]
    page.goto(f"/desk/admin/places/{two.code}")
    expect(page.locator("#map .leaflet-interactive, #map canvas").first).to_be_visible()
    wrong, right = tmp_path / "wrong.geojson", tmp_path / "right.geojson"
    for path, place in ((wrong, one), (right, two)):
        ring = [list(point) for point in place.polygon or ()]
        path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}))
    page.get_by_label("上传边界文件").set_input_files(wrong)
    page.get_by_role("button", name="保存改动").click()
    expect(page.locator(".ms-errors, .ms-note[data-k=bad]").first).to_contain_text("重叠")
    assert Unit.objects.exists() and directories.current().places[two.code].polygon == two.polygon
    look(page, "admin place refused")
    page.goto(f"/desk/admin/places/{two.code}")
    page.get_by_label("名称").fill("松涛街道新社区")
    page.get_by_label("上传边界文件").set_input_files(right)
    page.get_by_role("button", name="保存改动").click()
    expect(page.locator(".ms-told")).to_contain_text("改好了")
    look(page, "admin place")


def test_files_are_tried_and_bad_rows_named(city: World, visit: Visit, look: Look, tmp_path: Path) -> None:
    page, path = sign_in(visit(), "admin1"), tmp_path / "rules.csv"
    rows = list(csv.reader(io.StringIO(files.as_files()["rules.csv"])))
    rows += [["0202", "yinxing", "yinxing", "", "社区路灯", "", ""], ["0202", "moon", "yinxing", "", "没有这个地点", "", ""]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    page.goto("/desk/admin/import")
    look(page, "admin import")
    page.get_by_label("文件").set_input_files(path)
    page.get_by_role("button", name="试读，先不改动").click()
    trial = page.locator("#trial")
    expect(trial).to_contain_text("有 1 处要改")
    expect(trial.locator("tbody tr")).to_contain_text(["rules.csv"])
    expect(trial.locator("tbody tr").first).to_contain_text(str(len(rows)))
    look(page, "admin import refused")

    page.get_by_label("文件").set_input_files(path)
    page.get_by_label("只导入没问题的行").check()
    page.get_by_role("button", name="试读，先不改动").click()
    expect(trial).to_contain_text("这 1 行有问题，不会导入")
    look(page, "admin import trial")
    page.get_by_role("button", name="照这样导入").click()
    expect(page.locator(".ms-told")).to_contain_text("导入好了")
    assert any(rule.basis == "社区路灯" for rule in directories.current().rules)


def test_a_day_off_moves_a_deadline(city: World, visit: Visit, look: Look) -> None:
    """Said first how many; then saved, counted by the worker, and told with its progress."""
    code = handled(city)
    before = {row.kind: row.due_at for row in Deadline.objects.filter(case__code=code, ended_at=None, met_at=None)}
    day = clock.local(clock.now()).date() + timedelta(days=1)
    while not city.rules.calendar.works(day):
        day += timedelta(days=1)
    page = sign_in(visit(), "admin1")
    page.get_by_role("link", name="日历调整").click()
    page.get_by_label("哪一天").fill(day.isoformat())
    page.get_by_label("不上班").check()
    page.get_by_label("依据").fill("市里通知放假一天")
    page.get_by_role("button", name="先看会改多少时限").click()
    expect(page.locator("#told")).to_contain_text("个时限会改到新的日子")
    look(page, "admin calendar")
    page.get_by_role("button", name="保存并重算").click()
    expect(page.locator("#progress")).to_contain_text("正在办")
    worked()
    expect(page.locator("#progress")).to_contain_text("改到了新的日子")
    look(page, "admin job")
    after = {row.kind: row.due_at for row in Deadline.objects.filter(case__code=code, ended_at=None, met_at=None)}
    assert any(after[kind] > before[kind] for kind in before)


def test_a_unit_is_dissolved_with_open_work(city: World, visit: Visit, look: Look) -> None:
    code = handled(city)
    page = sign_in(visit(), "admin1")
    page.goto(f"/desk/admin/units/{UNIT}")
    end = page.get_by_role("region", name="撤销单位")
    expect(end).to_contain_text("还有 1 件没办完的工单")
    look(page, "admin unit")
    page.on("dialog", lambda dialog: dialog.accept())
    end.get_by_label("最后一天").fill((clock.local(clock.now()).date() - timedelta(days=1)).isoformat())
    end.get_by_label("由谁接手").fill("songtao")
    end.get_by_role("button", name="到这天为止").click()
    expect(page.locator("#progress")).to_be_visible()
    worked()
    expect(page.locator("#progress")).to_contain_text("办成 1 件")
    assert city.case(code).unit == "songtao"


def test_a_county_reads_what_it_may_not_touch(city: World, visit: Visit) -> None:
    user = User.objects.create(username="qinghe-admin", display_name="青禾区管理员", created_at=clock.now(), password=make_password(PASSWORD))
    Member.objects.create(user=user, unit="qinghe.centre", roles=["admin"])
    page = sign_in(visit(), "qinghe-admin")
    page.goto("/desk/admin/units/city.parks")
    expect(page.locator(".ms-note")).to_contain_text("不在您管的范围里")
    expect(page.get_by_role("button", name="保存改动")).to_have_count(0)
    page.goto("/desk/admin/units/songtao")
    page.get_by_label("电话").fill("0000-60008888")
    page.get_by_role("button", name="保存改动").click()
    expect(page.locator(".ms-told")).to_contain_text("改好了")
    page.goto("/desk/admin/calendar")
    expect(page.get_by_role("button", name="先看会改多少时限")).to_have_count(0)


PAGES = ["", "/places?in=qinghe", "/categories/020201", "/posts", "/users", "/users/new", "/profile?f_category=020201&f_place=yinxing&f_urgency=urgent&f_day=2026-09-30",
         "/acts", "/acts?book=journal", "/units/new?in=qinghe"]  # fmt: skip


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_how_the_pages_look(city: World, visit: Visit, look: Look, *, phone: bool) -> None:
    handled(city)
    page = sign_in(visit(phone=phone), "admin1")
    number = User.objects.get(username="songtao-chengguan").pk
    for path in (*PAGES, f"/users/{number}", "/units/yinxing", "/rules", "/calendar", "/import", "/places/yinxing"):
        page.goto("/desk/admin" + path)
        look(page, f"admin {'phone' if phone else 'desk'} {path}")

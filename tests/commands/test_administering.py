"""管理: one change of the directory is judged as files are, written with its version, recorded with before and after, and can be taken back."""

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection

from minsheng import clock, wiring
from minsheng.commands import handling
from minsheng.commands.administering import days, handing, items, users, working
from minsheng.commands.administering.ground import BadRow, mark, rule_keys
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, Stale, WrongState
from minsheng.domain.states import Role
from minsheng.models.case import WorkOrder
from minsheng.models.deadline import Deadline
from minsheng.models.event import CaseEvent
from minsheng.models.people import Member, User
from minsheng.models.places import City, Responsibility, Unit
from minsheng.models.staff import Act
from minsheng.models.work import BulkJob
from minsheng.policy.directory_texts import book
from minsheng.policy.responsibility import responsible
from minsheng.queries import calendar_days
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.members import Held
from tests.commands.scenes import CLERK, UNIT, answered, dispatched, handled
from tests.world import World

Make = Callable[..., World]


@pytest.fixture
def city(world: Make) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


def county_admin(city: World) -> str:
    """An administrator of 青禾区."""
    user = User.objects.create(username="qinghe-admin", display_name="青禾区管理员", created_at=clock.now(), password="!")
    Member.objects.create(user=user, unit="qinghe.centre", roles=["admin"])
    return "qinghe-admin"


def cells(file: str, key: str) -> dict[str, str]:
    return book(directories.current(), rules=rule_keys())[file][key]


def refused(call: Callable[[], object]) -> dict[str, str]:
    """field → what the refusal says."""
    with pytest.raises(BadInput) as caught:
        call()
    found = caught.value
    return {name: zh for name, (zh, _) in found.all.items()} if isinstance(found, BadRow) else {found.field: found.zh}


# --- units --------------------------------------------------------------------------------------------------------------------------


def test_a_phone_is_changed_seen_everywhere_recorded_and_taken_back(city: World) -> None:
    admin, version = city.who("admin1"), City.objects.get().directory_version
    seen = mark(cells("units.csv", "yinxing"))

    items.edit("units", key="yinxing", cells={"phone": "0000-60009999"}, seen=seen, by=admin)

    assert directories.current().units["yinxing"].phone == "0000-60009999"
    assert City.objects.get().directory_version == version + 1
    act = Act.objects.get(kind="directory", subject="unit:yinxing")
    assert (act.by, act.before["phone"] == act.after["phone"], act.after["phone"]) == (admin.tag, False, "0000-60009999")
    with pytest.raises(Stale):
        items.edit("units", key="yinxing", cells={"phone": "0000-60009998"}, seen=seen, by=admin)

    assert items.undo(act.pk, by=admin) == "units"
    assert cells("units.csv", "yinxing") == act.before
    assert Act.objects.filter(subject="unit:yinxing").count() == 2
    with pytest.raises(WrongState):
        items.undo(act.pk, by=admin)


BAD_UNITS = [
    ("parent", {"parent": "nowhere"}, "不认识“nowhere”"),
    ("parent", {"parent": "city.centre"}, "不能挂在"),
    ("function", {"function": "flying"}, "不认识“flying”"),
    ("opening_hours", {"opening_hours": "all day"}, "应写成"),
    ("valid_until", {"valid_from": "2026-05-01", "valid_until": "2026-04-01"}, "早于起日"),
    ("valid_from", {"valid_from": "tomorrow"}, "2026-01-31"),
    ("name", {"name": " "}, "不能为空"),
    ("level", {"level": "galaxy"}, "不认识“galaxy”"),
    ("code", {"code": "another"}, "编码定了就不能改"),
]


@pytest.mark.parametrize(("field", "change", "says"), BAD_UNITS, ids=[f"{row[0]}-{n}" for n, row in enumerate(BAD_UNITS)])
def test_what_a_unit_cannot_be_is_told_at_its_field(city: World, field: str, change: dict[str, str], says: str) -> None:
    before = Unit.objects.get(code="yinxing")

    found = refused(lambda: items.edit("units", key="yinxing", cells=change, seen=None, by=city.who("admin1")))

    assert says in found[field]
    assert Unit.objects.get(code="yinxing").name == before.name and not Act.objects.exists()


def test_a_cycle_and_what_hangs_below_are_told(city: World) -> None:
    """A street under its own village: the street is told; a unit whose level no longer fits says so by its name."""
    found = refused(lambda: items.edit("units", key="songtao", cells={"parent": "yinxing"}, seen=None, by=city.who("admin1")))
    assert "绕成了圈" in found["parent"]
    found = refused(lambda: items.edit("units", key="songtao", cells={"level": "community"}, seen=None, by=city.who("admin1")))
    assert "这样改会影响" in found[""]


def test_a_unit_is_added_and_ends(city: World) -> None:
    new = {**cells("units.csv", "songtao.market"), "code": "songtao.trees", "name": "松涛街道绿化所", "short_name": "绿化所", "function": "", "phone": ""}
    admin = city.who("admin1")

    assert items.add("units", cells=new, by=admin) == "songtao.trees"
    assert "已经用过" in refused(lambda: items.add("units", cells=new, by=admin))["code"]
    items.end("units", key="songtao.trees", last_day=date(2026, 3, 31), seen=None, by=admin)

    unit = directories.current().units["songtao.trees"]
    assert unit.valid(date(2026, 3, 31)) and not unit.valid(date(2026, 4, 1))
    assert "还有" in refused(lambda: items.end("units", key="songtao", last_day=date(2026, 3, 31), seen=None, by=admin))["last_day"]
    with pytest.raises(WrongState):
        items.end("units", key="city.centre", last_day=date(2026, 3, 31), seen=None, by=admin)


# --- rules --------------------------------------------------------------------------------------------------------------------------

RULE = {"category": "0202", "place": "yinxing", "lead": "yinxing", "co": "", "basis": "社区自己的路灯社区管", "valid_from": "", "valid_until": ""}


def who_leads(day: date) -> str:
    category = next(code for code in directories.current().categories if code.startswith("0202") and len(code) == 6)
    return responsible(directories.current(), category=category, place="yinxing", on=day).lead


def test_a_rule_that_holds_from_a_day_ends_the_one_before(city: World) -> None:
    admin, today = city.who("admin1"), clock.local(clock.now()).date()
    key = items.add("rules", cells=RULE, by=admin)
    assert who_leads(today) == "yinxing"

    later = today + timedelta(days=10)
    items.edit("rules", key=key, cells={"lead": "songtao"}, seen=None, from_day=later, by=admin)

    assert (who_leads(later - timedelta(days=1)), who_leads(later)) == ("yinxing", "songtao")
    assert Responsibility.objects.get(pk=key).valid_until == later - timedelta(days=1)
    assert Act.objects.filter(kind="rule", from_day=later).count() == 2
    past = refused(lambda: items.edit("rules", key=key, cells={"lead": "songtao"}, seen=None, from_day=today - timedelta(days=1), by=admin))
    assert "不能早于今天" in past["from_day"]


def test_a_rule_is_removed_and_comes_back(city: World) -> None:
    admin = city.who("admin1")
    key = items.add("rules", cells=RULE, by=admin)
    items.remove("rules", key=key, seen=None, by=admin)
    assert not Responsibility.objects.filter(pk=key).exists()
    items.undo(Act.objects.latest("pk").pk, by=admin)
    assert Responsibility.objects.get(pk=key).basis == RULE["basis"]
    items.undo(Act.objects.latest("pk").pk, by=admin)
    assert not Responsibility.objects.filter(pk=key).exists()


BAD_RULES = [
    ("lead", {"lead": "nobody"}, "不认识“nobody”"),
    ("lead", {"lead": ""}, "不能为空"),
    ("co", {"co": "@flying"}, "不认识“@flying”"),
    ("category", {"category": "9999"}, "不认识“9999”"),
    ("place", {"place": "moon"}, "不认识“moon”"),
    ("basis", {"basis": ""}, "不能为空"),
    ("valid_until", {"valid_from": "2026-05-02", "valid_until": "2026-05-01"}, "早于起日"),
]


@pytest.mark.parametrize(("field", "change", "says"), BAD_RULES, ids=[f"{row[0]}-{n}" for n, row in enumerate(BAD_RULES)])
def test_a_rule_that_points_nowhere_is_told_at_its_field(city: World, field: str, change: dict[str, str], says: str) -> None:
    assert says in refused(lambda: items.add("rules", cells={**RULE, **change}, by=city.who("admin1")))[field]


def test_places_and_categories_change_at_once_and_overlaps_are_refused(city: World) -> None:
    admin, tree = city.who("admin1"), directories.current()
    siblings = [p for p in tree.places.values() if p.kind == "community" and p.parent == "songtao" and p.polygon]
    one, two = siblings[0], siblings[1]

    found = refused(lambda: items.edit("places", key=two.code, cells={"geometry": cells("places.geojson", one.code)["geometry"]}, seen=None, by=admin))
    assert "重叠" in " ".join(found.values())
    assert "自己相交" in refused(lambda: items.edit("places", key=one.code, cells={"geometry": '{"type":"Polygon","coordinates":[[[111.9,29.6],[112.0,29.7],[112.0,29.6],[111.9,29.7],[111.9,29.6]]]}'}, seen=None, by=admin))["geometry"]  # fmt: skip
    assert refused(lambda: items.edit("places", key=one.code, cells={"geometry": "no json"}, seen=None, by=admin))["geometry"]

    items.edit("places", key=one.code, cells={"name": "松涛街道新名社区"}, seen=None, by=admin)
    items.edit("categories", key="020201", cells={"keywords": "路灯;灯杆"}, seen=None, by=admin)
    assert directories.current().places[one.code].name == "松涛街道新名社区"
    assert directories.current().categories["020201"].keywords == ("路灯", "灯杆")


def test_what_stands_on_it_keeps_it(city: World) -> None:
    code = dispatched(city)
    category = city.case(code).category
    for kind, key in (("places", "yinxing-b1"), ("categories", category)):
        with pytest.raises(WrongState):
            items.remove(kind, key=key, seen=None, by=city.who("admin1"))
    with pytest.raises(WrongState):
        items.remove("posts", key="yinxing.community_secretary", seen=None, by=city.who("admin1"))


# --- area ---------------------------------------------------------------------------------------------------------------------------

AREA = [
    ("their own street", lambda by: items.edit("units", key="songtao", cells={"phone": "0000-1"}, seen=None, by=by), True),
    ("their own county's phone", lambda by: items.edit("units", key="qinghe", cells={"phone": "0000-1"}, seen=None, by=by), True),
    ("a unit of the city", lambda by: items.edit("units", key="city.parks", cells={"phone": "0000-1"}, seen=None, by=by), False),
    ("another county", lambda by: items.edit("units", key="minghu", cells={"phone": "0000-1"}, seen=None, by=by), False),
    ("a unit moved out", lambda by: items.edit("units", key="liuan", cells={"parent": "minghu"}, seen=None, by=by), False),
    ("a category", lambda by: items.edit("categories", key="020201", cells={"name": "灯"}, seen=None, by=by), False),
    ("a rule for everywhere", lambda by: items.add("rules", cells={**RULE, "place": ""}, by=by), False),
    ("a rule for a place of theirs", lambda by: items.add("rules", cells=RULE, by=by), True),
    ("a rule that names the city's unit", lambda by: items.add("rules", cells={**RULE, "lead": "city.parks"}, by=by), False),
    ("a place of theirs", lambda by: items.edit("places", key="yinxing", cells={"name": "银杏"}, seen=None, by=by), True),
    ("a place elsewhere", lambda by: items.edit("places", key="hubin", cells={"name": "湖"}, seen=None, by=by), False),
    ("an account in the city", lambda by: users.enter("new-one", display_name="新", held=[Held("city.parks", ("staff",))], by=by), False),
    ("an account of theirs", lambda by: users.enter("new-one", display_name="新", held=[Held("songtao", ("staff",))], by=by), True),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "goes"), AREA, ids=[row[0] for row in AREA])
def test_a_county_changes_what_lies_below_it(city: World, what: str, change: Callable[..., object], goes: bool) -> None:
    by = city.who(county_admin(city))
    if goes:
        change(by)
        assert Act.objects.exists()
    else:
        with pytest.raises(NotAllowed):
            change(by)
        assert not Act.objects.exists()


@pytest.mark.parametrize("username", ["dispatch1", "editor1", "supervisor1", "leader1", "yinxing"])
def test_nobody_else_may(city: World, username: str) -> None:
    with pytest.raises(NotAllowed):
        items.edit("units", key="yinxing", cells={"phone": "0000-1"}, seen=None, by=city.who(username))


# --- accounts -----------------------------------------------------------------------------------------------------------------------


def test_an_account_with_posts_from_a_day_and_a_stand_in(city: World) -> None:
    admin, today = city.who("admin1"), clock.local(clock.now()).date()
    number = users.enter("trees-1", display_name="绿化所办理员", held=[Held("songtao", ("staff",), valid_from=today + timedelta(days=1))], by=admin)
    assert User.objects.get(pk=number).has_usable_password() is False
    assert directories.staff(number, name="", on=today).memberships == ()
    assert directories.staff(number, name="", on=today + timedelta(days=1)).units() == ("songtao",)

    until = today + timedelta(days=7)
    secretary = User.objects.get(username="yinxing-community-secretary").pk
    own = Held("yinxing", ("staff",), "yinxing.community_secretary")
    stand_in = Held("yinxing", ("staff",), "yinxing.community_secretary", today, until, "trees-1")
    users.arrange(secretary, display_name="书记", held=[own, stand_in], seen=None, by=admin)
    assert "yinxing" in directories.staff(number, name="", on=until).units()
    assert "yinxing" not in directories.staff(number, name="", on=until + timedelta(days=1)).units()

    act = Act.objects.filter(subject=f"user:{secretary}").latest("pk")
    users.put_back(act.pk, by=admin)
    assert Member.objects.filter(user=secretary).count() == 1
    with pytest.raises(WrongState):
        users.put_back(act.pk, by=admin)


BAD_POSTS = [
    ("unit-0", Held("nowhere", ("staff",)), "没有“nowhere”"),
    ("roles-0", Held("yinxing", ("king",)), "没有“king”"),
    ("roles-0", Held("yinxing", ()), "至少选一个角色"),
    ("post-0", Held("yinxing", ("staff",), "songtao.street_heads"), "不是这个单位的岗位"),
    ("valid_until-0", Held("yinxing", ("staff",), "", date(2026, 5, 2), date(2026, 5, 1)), "早于起日"),
    ("delegated_to-0", Held("yinxing", ("staff",), delegated_to="ghost"), "没有“ghost”"),
    ("valid_until-0", Held("yinxing", ("staff",), delegated_to="desk1"), "到哪天为止"),
]


@pytest.mark.parametrize(("field", "held", "says"), BAD_POSTS, ids=[f"{row[0]}-{n}" for n, row in enumerate(BAD_POSTS)])
def test_a_post_that_cannot_be_is_told_at_its_field(city: World, field: str, held: Held, says: str) -> None:
    found = refused(lambda: users.enter("new-one", display_name="新", held=[held], by=city.who("admin1")))
    assert says in found[field]
    assert not User.objects.filter(username="new-one").exists()


def test_the_last_administrator_stays(city: World) -> None:
    admin = city.who("admin1")
    assert admin.id is not None
    found = refused(lambda: users.arrange(admin.id, display_name="管理员", held=[Held("city.centre", ("operator",))], seen=None, by=admin))
    assert "最后一个管理员" in found["held"]
    desk = User.objects.get(username="desk1").pk
    users.arrange(desk, display_name="一号坐席", held=[Held("city.centre", ("operator", Role.ADMIN))], seen=None, by=admin)
    users.arrange(admin.id, display_name="管理员", held=[Held("city.centre", ("operator",))], seen=None, by=admin)
    with pytest.raises(NotAllowed):
        users.arrange(desk, display_name="一号坐席", held=[], seen=None, by=city.who("admin1"))


def test_a_county_keeps_its_hands_off_posts_elsewhere(city: World) -> None:
    """What lies outside of the area stays, whatever the form says."""
    number = users.enter("both", display_name="两头", held=[Held("city.parks", ("staff",)), Held("songtao", ("staff",))], by=city.who("admin1"))
    users.arrange(number, display_name="两头", held=[Held("liuan", ("staff",))], seen=None, by=city.who(county_admin(city)))
    assert set(Member.objects.filter(user=number).values_list("unit", flat=True)) == {"city.parks", "liuan"}
    parks = User.objects.get(username="yuanlin").pk
    with pytest.raises(MinshengError):
        users.arrange(parks, display_name="别的", held=[], seen=None, by=city.who("qinghe-admin"))


# --- open work ----------------------------------------------------------------------------------------------------------------------


def jobs_run() -> list[BulkJob]:
    """The worker does what is queued, whatever the clock says; the jobs as they stand afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'administer' RETURNING args")
        args = [row[0] for row in cursor.fetchall()]
    numbers = [(json.loads(one) if isinstance(one, str) else one)["job"] for one in args]
    for number in numbers:
        for _ in range(2):  # twice does nothing twice
            working.carry_on(number, blobs=wiring.blobs(), classify=wiring.classifier)
    return list(BulkJob.objects.filter(pk__in=numbers).order_by("pk"))


def test_a_unit_is_dissolved_and_its_open_work_goes_to_the_successor(city: World) -> None:
    """Two running cases move when the day is over, the answered one is named as left; the successor must be another unit that is there."""
    admin, today = city.who("admin1"), clock.local(clock.now()).date()
    running, claimed, done = dispatched(city), handled(city, body="另一盏路灯也坏了。"), answered(city, body="第三盏路灯坏了，晚上很黑。")
    assert {city.case(code).unit for code in (running, claimed, done)} == {UNIT}
    for bad in ("nowhere", UNIT):
        assert refused(lambda bad=bad: handing.dissolve(UNIT, last_day=today, successor=bad, seen=None, by=admin))["successor"]

    number = handing.dissolve(UNIT, last_day=today, successor="songtao", seen=None, by=admin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'administer'")
        assert cursor.fetchone()[0] == end_of(today)
    assert city.case(running).unit == UNIT
    clock.advance(timedelta(days=1))
    (job,) = jobs_run()

    assert (job.pk, job.total, job.done, job.ended_at is not None) == (number, 3, 3, True)
    assert {code: row["done"] for code, row in job.results.items()} == {running: True, claimed: True, done: False}
    assert {city.case(code).unit for code in (running, claimed)} == {"songtao"}
    assert not directories.current().units[UNIT].valid(clock.local(clock.now()).date())
    city.holds()


def test_who_moves_leaves_the_open_work(city: World) -> None:
    """Back to the unit, or to a colleague of the unit; never to somebody else."""
    admin = city.who("admin1")
    code = handled(city)
    clerk = User.objects.get(username=CLERK)
    city.do(handling.assign, code, by=CLERK, to=clerk.pk)
    other = users.enter("lamps-2", display_name="城管所二号", held=[Held(UNIT, ("staff",))], by=admin)
    elsewhere = [Held("songtao", ("staff",))]
    assert refused(lambda: users.arrange(clerk.pk, display_name="x", held=elsewhere, seen=None, hand_to="desk1", by=admin))["hand_to"]
    assert set(Member.objects.filter(user=clerk).values_list("unit", flat=True)) == {UNIT}

    users.arrange(clerk.pk, display_name="调走的人", held=elsewhere, seen=None, hand_to="lamps-2", by=admin)
    (job,) = jobs_run()
    assert job.results[code]["done"] and WorkOrder.objects.get(case__code=code, ended_at=None).assignee == other

    users.arrange(other, display_name="也调走", held=elsewhere, seen=None, by=admin)
    jobs_run()
    assert WorkOrder.objects.get(case__code=code, ended_at=None).assignee is None
    city.holds()


# --- calendar -----------------------------------------------------------------------------------------------------------------------


def test_a_day_that_is_set_moves_running_deadlines_and_can_be_taken_back(city: World) -> None:
    """Said before saving how many; moved by the worker; the journal says why; new cases count with it; a working day that works already is told."""
    admin = city.who("admin1")
    code = handled(city)
    before = {row.kind: row.due_at for row in Deadline.objects.filter(case__code=code, ended_at=None, met_at=None)}
    day = date(2026, 3, 3)
    calendar = calendar_days.calendar_with(day, works=False, because="全市停电检修")
    told = calendar_days.touched(day, calendar)
    assert told.moving >= 1 and told.cases == 1

    assert "本来就是工作日" in refused(lambda: days.set_day(day, works=True, because="通知", seen=None, by=admin))["works"]
    days.set_day(day, works=False, because="全市停电检修", seen=None, by=admin)
    (job,) = jobs_run()

    after = {row.kind: row.due_at for row in Deadline.objects.filter(case__code=code, ended_at=None, met_at=None)}
    assert job.data["moved"] == told.moving == sum(before[kind] != after[kind] for kind in before)
    assert CaseEvent.objects.filter(case__code=code, action="recomputed", data__day="2026-03-03").count() == 1
    assert rulebook.today().calendar.why_off(day) == "全市停电检修"

    act = Act.objects.get(kind="calendar")
    days.put_day_back(act.pk, by=admin)
    jobs_run()
    assert {row.kind: row.due_at for row in Deadline.objects.filter(case__code=code, ended_at=None, met_at=None)} == before
    with pytest.raises(WrongState):
        days.put_day_back(act.pk, by=admin)
    with pytest.raises(NotAllowed):
        days.set_day(day, works=False, because="县里放假", seen=None, by=city.who(county_admin(city)))
    city.holds()


@pytest.mark.parametrize(("day", "works", "because", "field"), [
    (date(2020, 1, 1), False, "很久以前", "day"), (date(2030, 1, 1), False, "很久以后", "day"), (date(2026, 3, 7), False, "周六", "works"),
    (date(2026, 3, 9), False, " ", "because"),
])  # fmt: skip
def test_days_that_cannot_be_set(city: World, day: date, works: bool, because: str, field: str) -> None:
    assert field in refused(lambda: days.set_day(day, works=works, because=because, seen=None, by=city.who("admin1")))

"""通讯录: a reload changes all of the directory or nothing; what is gone from it never breaks an old case."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from minsheng.commands import amending, answering, approvals, callback, dispatch, handling
from minsheng.commands import directory as loading
from minsheng.domain.errors import MinshengError, NotFound, WrongState
from minsheng.models.people import Member, User
from minsheng.models.places import Category, City, Place, Unit
from minsheng.models.rules import RulesVersion
from minsheng.policy.directory import Directory
from minsheng.policy.directory_files import parse
from minsheng.policy.load import of
from minsheng.queries import cases, hall, inbox
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, LAMP, UNIT, unchanged
from tests.world import ROOT, World, city_files, city_rules

Make = Callable[..., World]


def without(directory: Directory, **gone: Any) -> Directory:
    """The same directory without these units, places, categories or people; rules and posts that need them go too."""
    values: dict[str, Any] = {}
    for name, codes in gone.items():
        values[name] = MappingProxyType({code: item for code, item in getattr(directory, name).items() if code not in codes})
    units = values.get("units", directory.units)
    values.setdefault("posts", MappingProxyType({c: p for c, p in directory.posts.items() if p.unit in units}))
    values.setdefault("people", MappingProxyType({c: p for c, p in directory.people.items() if p.unit in units}))
    values["rules"] = tuple(r for r in directory.rules if r.lead.startswith("@") or r.lead in units)
    return replace(directory, **values)


# --- loading ------------------------------------------------------------------------------------------------------------


def test_a_file_with_mistakes_changes_nothing(world: Make) -> None:
    """The dry run reads the files and lists every mistake with file and line; there is then no directory that could be loaded."""
    world("yunchuan")
    files = {p.name: p.read_text(encoding="utf-8") for folder in ("yunchuan", ".") for p in (ROOT / "directories" / folder).glob("*.*") if p.is_file()}
    files["units.csv"] += "ghost,鬼,鬼,nowhere,city,area,,,,,\nghost,鬼,鬼,city,heaven,area,,,,,\n"
    with unchanged():
        parsed = parse(files)
    assert parsed.directory is None
    assert len(parsed.problems) >= 2 and all("units.csv" in str(problem) for problem in parsed.problems[:2])


def test_loading_again_keeps_passwords_and_counts_the_version(world: Make) -> None:
    """The same files a second time: same rows, same accounts, same passwords, one version higher."""
    world("yunchuan")
    loading.set_passwords([CLERK, "desk1"], "一个很长的口令")
    before = {u.username: (u.pk, u.password) for u in User.objects.all()}
    version = City.objects.get().directory_version
    with unchanged():
        loaded = loading.load(city_files("yunchuan"), city_rules("yunchuan"))
    assert (loaded.units, loaded.places) == (Unit.objects.count(), Place.objects.count())
    assert {u.username: (u.pk, u.password) for u in User.objects.all()} == before
    assert City.objects.get().directory_version == version + 1
    assert directories.city().directory_version == version + 1, "nobody in this process goes on with the old one"
    assert User.objects.get(username=CLERK).check_password("一个很长的口令")


def test_a_load_that_fails_in_the_middle_changes_nothing(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units were replaced already when the people failed: everything is as it was, in the table and in memory."""
    city = world("yunchuan")
    version, names = City.objects.get().directory_version, set(Unit.objects.values_list("code", flat=True))

    def fail(_: Directory) -> None:
        raise RuntimeError("cable cut")

    monkeypatch.setattr(loading, "_people", fail)
    with unchanged(), pytest.raises(RuntimeError):
        loading.load(without(city_files("yunchuan"), units={UNIT}), city_rules("yunchuan"))
    assert (City.objects.get().directory_version, set(Unit.objects.values_list("code", flat=True))) == (version, names)
    assert UNIT in directories.current().units
    assert scenes.dispatched(city)


def test_people_who_left_the_directory_lose_their_roles(world: Make) -> None:
    """The account stays (the journal names it), but it can do nothing any more."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    gone, user = city.who(CLERK), User.objects.get(username=CLERK)
    assert gone.memberships
    loading.load(without(city_files("yunchuan"), people={CLERK}), city_rules("yunchuan"))
    assert User.objects.filter(pk=user.pk).exists() and not Member.objects.filter(user=user).exists()
    with pytest.raises(NotFound):
        city.do(handling.claim, code, by=CLERK)


def test_a_renamed_office_is_shown_by_its_new_name(world: Make) -> None:
    """display_name is the name of a post: it follows the files."""
    world("yunchuan")
    files = city_files("yunchuan")
    people = MappingProxyType({c: replace(p, display_name="新名字") if c == CLERK else p for c, p in files.people.items()})
    loading.load(replace(files, people=people), city_rules("yunchuan"))
    assert User.objects.get(username=CLERK).display_name == "新名字"


def test_a_published_version_never_changes(world: Make) -> None:
    """The same number with another content is refused; a new number is kept beside the old."""
    city = world("yunchuan")
    body = city.rules.profile.model_dump(mode="json")
    body["extension"][0]["times"] = 5
    changed = of(type(city.rules.profile).model_validate(body), rulebook.days())
    with unchanged(), pytest.raises(WrongState):
        loading.load(city_files("yunchuan"), changed)
    body["version"] = "2026-9"
    loading.load(city_files("yunchuan"), of(type(city.rules.profile).model_validate(body), rulebook.days()))
    assert RulesVersion.objects.filter(code="yunchuan").count() == 2
    assert rulebook.today().profile.version == "2026-9"


# --- what is gone ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def gone(world: Make) -> tuple[World, list[str]]:
    """Cases in many states; then their units, places and categories vanish from the directory."""
    city = world("yunchuan")
    made = [scenes.dispatched(city), scenes.handled(city), scenes.checked(city), scenes.parked(city), scenes.registered(city), scenes.closed(city)]
    city.do(handling.co_handle, made[1], by=CLERK, units=["yinxing"], request="请社区带路。")
    city.do(dispatch.send_back, made[1], by=CLERK, reason="不归我们管。", proposed="songtao")
    accused = city.file(**LAMP, kind="report", accused=("songtao",))
    files = city_files("yunchuan")
    units = {code for code in files.units if code.startswith(("songtao", "yinxing"))}
    places = {code for code, place in files.places.items() if place.unit in units}
    categories = {code for code in files.categories if code.startswith("02")}
    loading.load(without(files, units=units, places=places, categories=categories), city_rules("yunchuan"))
    assert UNIT not in directories.current().units and not Category.objects.filter(code="020201").exists()
    return city, [*made, accused]


def test_every_view_of_an_old_case_still_opens(gone: tuple[World, list[str]]) -> None:
    """Desk, holder, public, hall, queues and timeline: codes that are gone are shown as what they were, and nothing raises."""
    city, codes = gone
    for code in codes[:-1]:
        with pytest.raises(NotFound):
            cases.desk(code, city.who("minghu-centre"))
        for username in ("desk1", "dispatch1", "supervisor1", "checker1", "leader1", "analyst1"):
            view = cases.desk(code, city.who(username))
            assert view.case.code == code and view.choices
            assert all(order.unit_name for order in view.orders)
        assert cases.holder(city.case(code)).entries
        assert cases.public(code).unit_name
    assert cases.desk(codes[-1], city.who("dispatch1")).case.visibility == "secret"
    assert {item.code for item in hall.hall(hall.Filters()).rows} == set(codes[:-1])
    for username in ("desk1", "dispatch1", CLERK, "qinghe", "qinghe-centre"):
        for queue in inbox.queues(city.who(username)):
            inbox.inbox(city.who(username), queue=queue.key)
    city.send()
    city.wait("10 days")
    city.send()
    city.holds()


def test_the_desk_can_still_move_an_old_case(gone: tuple[World, list[str]]) -> None:
    """Hand it to a unit that exists, correct its category, consent, answer it, close it: the way out of every state."""
    city, codes = gone
    fresh, handled, checked, parked, registered, closed, accused = codes
    city.do(amending.amend, fresh, by="desk1", category="0101", place="qinghe", reason="原来的编号撤销了。")
    city.do(approvals.refuse, handled, number=1, reason="单位已经撤销。", by="dispatch1")
    for code in (fresh, handled, parked):
        city.do(dispatch.reassign, code, by="dispatch1", lead="qinghe.urban_management", reason="原单位撤销。")
        city.do(handling.claim, code, by="qinghe-chengguan")
        city.do(answering.answer, code, by="qinghe-chengguan", outcome="solved", text=GOOD)
        city.do(answering.pass_check, code, by="checker1")
    city.do(dispatch.dispatch, registered, by="dispatch1")
    assert city.case(registered).unit in directories.current().units
    city.do(callback.call_back, checked, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    city.do(callback.reopen, closed, by="citizen", reason="又灭了。")
    city.do(dispatch.reassign, closed, by="dispatch1", lead="qinghe.urban_management", reason="原单位撤销。")
    with pytest.raises(MinshengError):
        city.do(dispatch.reassign, accused, by="dispatch1", lead="songtao", reason="改派。")
    city.holds()


def test_validity_ends_by_date_without_a_reload(world: Make) -> None:
    """A unit that is abolished on a day is refused from the next day on; its old cases keep its name."""
    files = city_files("yunchuan")
    units = MappingProxyType({c: replace(u, valid_until=date(2026, 3, 3)) if c == UNIT else u for c, u in files.units.items()})
    city = world("yunchuan")
    loading.load(replace(files, units=units), city_rules("yunchuan"))
    code = scenes.handled(city)
    city.until("2026-03-04T09:00+08:00")
    later = city.file(**LAMP)
    assert city.case(later).unit not in (UNIT, None)
    with unchanged(), pytest.raises(MinshengError):
        city.do(dispatch.reassign, later, by="dispatch1", lead=UNIT, reason="改派。")
    assert cases.public(code).unit_name == files.units[UNIT].name
    city.holds()

"""裁定成规则: from a dispute to a rule, always by two persons; the next case of that kind goes there by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from minsheng import clock
from minsheng.commands import directory as loading
from minsheng.commands import dispatch, handling, ruling_rules
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, NotFound, WrongState
from minsheng.models.places import City, Responsibility, RuleProposal
from minsheng.models.staff import Act
from minsheng.queries import directory as directories
from minsheng.queries import rulings
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP, UNIT, unchanged
from tests.world import World, city_files, city_rules

Make = Callable[..., World]
BASIS = "路灯在小区红线内，按《物业管理办法》由社区牵头"


def ruled(city: World, *, lead: str = "yinxing", interim: date | None = None) -> str:
    """A lamp case that two units refused and the dispatcher ruled on."""
    code = scenes.registered(city)
    city.do(dispatch.dispatch, code, by="dispatch1", lead="songtao")
    city.do(handling.claim, code, by="songtao")
    scenes.sent_back(city, code, by="songtao", proposed=UNIT)
    city.do(dispatch.rule, code, by="dispatch1", lead=lead, basis=BASIS, interim_until=interim)
    return code


def proposed(city: World, code: str, **changed: object) -> int:
    values = {"category": city.case(code).category, "place": "yinxing", "basis": BASIS, **changed}
    return ruling_rules.propose_rule(code, by=city.who("dispatch1"), **values).pk


def test_the_next_case_goes_there_by_itself(world: Make) -> None:
    city = world("yunchuan")
    code = ruled(city)
    number = proposed(city, code)
    version, rules = City.objects.get().directory_version, Responsibility.objects.count()
    assert rulings.effect(rulings.proposal(number)) == (1, False), "the case itself would have gone there"
    ruling_rules.accept_rule(number, by=city.who("supervisor1"))
    again = city.file(**{**LAMP, "body": "小区门口路灯又坏了，晚上看不见路，请来修。", "phone": "13800000077"})
    assert city.case(again).unit == "yinxing"
    assert BASIS in scenes.event(again, "dispatch").data["basis"]
    assert City.objects.get().directory_version == version + 1 and Responsibility.objects.count() == rules + 1
    act = Act.objects.get(kind="rule")
    assert (act.before["lead"], act.after["lead"], act.from_day) == (UNIT, "yinxing", clock.local(clock.now()).date())
    row = RuleProposal.objects.get()
    assert (row.status, row.by, row.decided_by) == ("accepted", city.who("dispatch1").tag, city.who("supervisor1").tag)
    city.holds()


def test_refused_with_a_reason_changes_nothing(world: Make) -> None:
    city = world("yunchuan")
    number = proposed(city, ruled(city))
    with unchanged(), pytest.raises(BadInput):
        ruling_rules.refuse_rule(number, reason=" ", by=city.who("supervisor1"))
    before = Responsibility.objects.count()
    ruling_rules.refuse_rule(number, reason="只是这一处的情况。", by=city.who("supervisor1"))
    assert (RuleProposal.objects.get().status, Responsibility.objects.count()) == ("refused", before)
    for verb in (
        lambda: ruling_rules.accept_rule(number, by=city.who("admin1")),
        lambda: ruling_rules.refuse_rule(number, reason="再说", by=city.who("admin1")),
    ):
        with unchanged(), pytest.raises(WrongState):
            verb()


def test_two_persons_always(world: Make) -> None:
    """Not the one who proposed it, though a supervisor may decide everybody else's; and nobody without the right."""
    city = world("yunchuan")
    code = ruled(city)
    number = ruling_rules.propose_rule(code, category=city.case(code).category, place=None, basis=BASIS, by=city.who("supervisor1")).pk
    for username, wanted in (("supervisor1", "自己"), ("dispatch1", "督办员或管理员"), ("desk1", "督办员或管理员"), (CLERK, "督办员或管理员")):
        with unchanged(), pytest.raises(NotAllowed) as refused:
            ruling_rules.accept_rule(number, by=city.who(username))
        assert wanted in refused.value.zh
    with unchanged(), pytest.raises(NotFound):
        ruling_rules.accept_rule(number + 1, by=city.who("admin1"))
    ruling_rules.accept_rule(number, by=city.who("admin1"))


@pytest.mark.parametrize(
    ("what", "changed", "error"),
    [
        ("another branch", {"category": "010101"}, BadInput),
        ("no such category", {"category": "99"}, BadInput),
        ("somewhere else", {"place": "qinghe"}, None),
        ("not around the case", {"place": "beiping"}, BadInput),
        ("no basis", {"basis": " "}, BadInput),
        ("a basis too long", {"basis": "长" * 201}, BadInput),
        ("the category above", {"category": "0202"}, None),
        ("everywhere", {"place": None}, None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_be_proposed(world: Make, what: str, changed: dict[str, object], error: type[MinshengError] | None) -> None:
    city = world("yunchuan")
    code = ruled(city)
    if error is None:
        assert proposed(city, code, **changed)
        return
    with unchanged(), pytest.raises(error):
        proposed(city, code, **changed)


def test_who_proposes_and_of_what(world: Make) -> None:
    """Only of a ruling; not by a unit; the same one only once while it waits."""
    city = world("yunchuan")
    plain = scenes.handled(city)
    with unchanged(), pytest.raises(WrongState):
        proposed(city, plain)
    scenes.sent_back(city, plain)
    city.do(dispatch.rule, plain, by="dispatch1", lead="yinxing", basis=BASIS)
    code = plain
    with unchanged(), pytest.raises(NotAllowed):
        ruling_rules.propose_rule(code, category=city.case(code).category, place=None, basis=BASIS, by=city.who("yinxing"))
    proposed(city, code)
    with unchanged(), pytest.raises(WrongState):
        proposed(city, code)


def test_an_interim_owner_gives_a_rule_until_that_day(world: Make) -> None:
    city = world("yunchuan")
    day = clock.local(clock.now()).date() + timedelta(days=20)
    number = proposed(city, ruled(city, interim=day))
    assert RuleProposal.objects.get(pk=number).valid_until == day


def test_a_load_from_files_keeps_accepted_rules_and_says_what_it_drops(world: Make) -> None:
    """The rule is in no file; it survives a load, once, and a second one; where its place is gone it falls away by name."""
    city = world("yunchuan")
    ruling_rules.accept_rule(proposed(city, ruled(city)), by=city.who("supervisor1"))
    files, rules = city_files("yunchuan"), city_rules("yunchuan")
    for _ in range(2):
        loading.load(files, rules)
        assert Responsibility.objects.filter(basis=BASIS).count() == 1
        assert directories.current().rules[0].basis == BASIS
    gone = replace(files, places=MappingProxyType({code: place for code, place in files.places.items() if code != "yinxing" and place.parent != "yinxing"}))
    found = rulings.with_accepted(gone)
    assert (found.kept, found.dropped) == (0, (BASIS,))
    assert found.directory.rules == gone.rules


def test_a_unit_that_is_gone_gives_no_rule(world: Make) -> None:
    city = world("yunchuan")
    number = proposed(city, ruled(city))
    RuleProposal.objects.filter(pk=number).update(lead="nobody")
    with unchanged(), pytest.raises(WrongState):
        ruling_rules.accept_rule(number, by=city.who("supervisor1"))

"""专项整治、举一反三: one case opens a class of cases; every reporter hears of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from minsheng.commands import campaigns
from minsheng.commands.campaigns import Place
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.campaign import Campaign, Spot
from minsheng.models.read import Notice
from tests.commands import scenes
from tests.commands.scenes import CLERK, UNIT, event, unchanged
from tests.world import World

Make = Callable[..., World]
SPOTS = [Place(name="1栋门口", owner=UNIT, due_on=date(2026, 3, 10), plan="换灯头"), Place(name="2栋门口", owner="songtao", due_on=date(2026, 3, 12))]


def opened(city: World, by: str = CLERK, **more: Any) -> str:
    """A campaign over two spots."""
    return campaigns.open_campaign(by=city.who(by), **{"name": "路灯排查", "goal": "查遍全街道的路灯", "unit": UNIT, "spots": SPOTS, **more})


def test_opened_with_spots_owners_and_dates(world: Make) -> None:
    """Its code, its spots in order, who opened it."""
    city = world("yunchuan")
    code = opened(city, due_on=date(2026, 4, 1))
    row = Campaign.objects.get(code=code)
    assert (row.unit, row.opened_by, row.due_on) == (UNIT, city.who(CLERK).tag, date(2026, 4, 1))
    assert list(row.spots.order_by("number").values_list("number", "name", "owner", "plan")) == [(1, "1栋门口", UNIT, "换灯头"), (2, "2栋门口", "songtao", "")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "路" * 81},
        {"goal": "\x00"},
        {"unit": "nobody"},
        {"spots": [Place(name="", owner=UNIT, due_on=date(2026, 3, 10))]},
        {"spots": [Place(name="1栋", owner="nobody", due_on=date(2026, 3, 10))]},
        {"spots": [Place(name="1栋", owner=UNIT, due_on=date(2026, 3, 10), plan="路" * 401)]},
        {"spots": [Place(name="1栋", owner=UNIT, due_on=date(2026, 3, 10), plan="\x00")]},
    ],
)
def test_a_wrong_campaign_is_refused_whole(world: Make, wrong: dict[str, Any]) -> None:
    """Every field in words; nothing half-opened."""
    city = world("yunchuan")
    with unchanged(), pytest.raises(BadInput):
        opened(city, **wrong)


def test_readers_open_and_gather_nothing(world: Make) -> None:
    """A deputy or a checker may read; a campaign is for those who act."""
    city = world("yunchuan")
    code, case = opened(city), scenes.handled(city)
    for username in ("deputy1", "checker1", "analyst1", "desk1"):
        with unchanged(), pytest.raises(NotAllowed):
            opened(city, by=username)
        with unchanged(), pytest.raises((NotAllowed, NotFound)):
            campaigns.gather(code, [case], by=city.who(username))
    with unchanged(), pytest.raises(NotFound):
        campaigns.gather("YCZ00000", [case], by=city.who(CLERK))


def test_gathering_tells_every_reporter_and_spots_report_progress(world: Make) -> None:
    """Gathered once however often; a finished spot is a line in every gathered case."""
    city = world("yunchuan")
    code = opened(city)
    cases = [scenes.handled(city), scenes.handled(city, phone="13800000002")]
    campaigns.gather(code, cases, by=city.who(CLERK))
    with unchanged():
        campaigns.gather(code, cases, by=city.who(CLERK))
    assert {city.case(c).campaign for c in cases} == {Campaign.objects.get().pk}
    for values, error in (({"number": 9}, NotFound), ({"number": 2}, NotAllowed), ({"evidence": []}, BadInput)):
        with unchanged(), pytest.raises(error):
            campaigns.spot_done(code, **{"number": 1, "evidence": ["d" * 64], "by": city.who("songtao-shijian" if error is NotAllowed else CLERK), **values})
    campaigns.spot_done(code, 1, evidence=["d" * 64], by=city.who(CLERK))
    campaigns.spot_done(code, 2, evidence=["d" * 64], by=city.who(CLERK))
    with unchanged(), pytest.raises(WrongState):
        campaigns.spot_done(code, 1, evidence=["d" * 64], by=city.who(CLERK))
    assert Spot.objects.filter(done_at=None).count() == 0
    for case in cases:
        assert city.actions(case)[-3:] == ["gathered", "spot", "spot"]
        assert event(case, "spot").data == {"campaign": Campaign.objects.get().pk, "spot": 2, "by": city.who(CLERK).tag}
    city.send()
    assert Notice.objects.filter(template="gathered", to__startswith="party:").count() == 2
    city.holds()


def test_the_owner_of_a_spot_need_not_see_every_gathered_case(world: Make) -> None:
    """Its own spot is finished by its owner; the cases of others are told of it all the same."""
    city = world("yunchuan")
    code, case = opened(city), scenes.handled(city)
    campaigns.gather(code, [case], by=city.who(CLERK))
    campaigns.spot_done(code, 2, evidence=["d" * 64], by=city.who("songtao"))
    assert city.actions(case)[-1] == "spot"
    city.holds()


def test_a_place_is_added_as_it_is_found_and_the_campaign_ends_when_all_is_done(world: Make) -> None:
    """举一反三: numbers go on; the leading unit arranges; nothing ends before it is done."""
    city = world("yunchuan")
    code, clerk = opened(city), city.who(CLERK)
    assert campaigns.add_spot(code, spot=Place(name="3栋门口", owner=UNIT, due_on=date(2026, 3, 20), plan="换灯座"), by=clerk) == 3
    with unchanged(), pytest.raises(WrongState, match="3 处"):
        campaigns.end_campaign(code, by=clerk)
    for number in (1, 2, 3):
        campaigns.spot_done(code, number, evidence=["换好了"], by=clerk)
    campaigns.end_campaign(code, by=clerk)
    assert Campaign.objects.get(code=code).ended_at is not None
    with unchanged(), pytest.raises(NotFound):
        campaigns.add_spot(code, spot=SPOTS[0], by=clerk)


@pytest.mark.parametrize(
    ("spot", "field"),
    [
        (Place(name="", owner=UNIT, due_on=date(2026, 3, 20)), "name"),
        (Place(name="4栋", owner="nobody", due_on=date(2026, 3, 20)), "owner"),
        (Place(name="4栋", owner=UNIT, due_on=date(2020, 1, 1)), "due_on"),
    ],
)
def test_a_wrong_place_is_refused(world: Make, spot: Place, field: str) -> None:
    """With the field that is wrong."""
    city = world("yunchuan")
    code = opened(city)
    with unchanged(), pytest.raises(BadInput) as wrong:
        campaigns.add_spot(code, spot=spot, by=city.who(CLERK))
    assert wrong.value.field == field


def test_another_unit_arranges_nothing(world: Make) -> None:
    """The leading unit or a supervisor."""
    city = world("yunchuan")
    code = opened(city)
    with unchanged(), pytest.raises(NotAllowed):
        campaigns.add_spot(code, spot=SPOTS[0], by=city.who("chengguan"))
    assert campaigns.add_spot(code, spot=SPOTS[0], by=city.who("supervisor1")) == 3


def test_a_report_belongs_to_no_campaign(world: Make) -> None:
    """举报 is dealt with by itself: a campaign is public."""
    city = world("yunchuan")
    code = opened(city)
    report = city.file(kind="report", body="楼下的店用过期的面粉，请查。")
    with unchanged(), pytest.raises(WrongState, match="举报"):
        campaigns.gather(code, [report], by=city.who("dispatch1"))

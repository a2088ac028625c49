"""演示的工作台: no desk of a demo is empty, in any city."""

from collections.abc import Callable

import pytest

from minsheng import clock
from minsheng.commands import demo_desk
from minsheng.models.patrol import PatrolSpot, PatrolVisit
from minsheng.models.people import Member
from minsheng.models.work import AnswerTemplate
from tests.world import ROOT, World

TEXT = (ROOT / "directories/demo_desk.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("city", ["yunchuan", "baiyin", "fuyang"])
def test_templates_and_spots_are_laid_out(world: Callable[..., World], city: str) -> None:
    world(city, at="2026-03-02T09:00+08:00")
    made = demo_desk.furnish(TEXT)

    walkers = Member.objects.filter(roles__contains=["grid"]).count()
    assert made.spots == PatrolSpot.objects.count() == 4 * walkers
    assert walkers > 0
    assert made.templates == AnswerTemplate.objects.filter(unit=None).count() == 3
    assert PatrolVisit.objects.count() == made.spots
    assert PatrolSpot.objects.filter(last_at__lt=clock.now()).count() == made.spots
    assert {"unit", "place", "phone"} <= {word for row in AnswerTemplate.objects.all() for word in ("unit", "place", "phone") if f"{{{word}}}" in row.body}

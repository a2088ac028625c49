"""The whole ladder, rung by rung, with the person who opened each: linyi to discipline, maanshan to the red card."""

from collections.abc import Callable

import pytest

from minsheng.commands import answering, dispatch, intake, measures
from minsheng.domain.errors import NotAllowed
from minsheng.models.measure import Measure
from tests.world import World


def test_officialese_to_discipline(world: Callable[..., World]) -> None:
    """linyi: hotline, media, government, 人大政协, discipline: one at a time, each absorbing the one before; the last is sealed."""
    city = world("linyi", at="2026-03-02T09:00+08:00")
    case = city.file(body="我们居民楼质量有问题，墙面开裂漏水，找了几次都没人管。", title="楼房质量问题", place="linshujiedao")
    opener = city.who("ducha-duban").tag
    for _ in range(5):
        city.wait("1 hour")
        city.do(answering.answer, case, by="linshujiedao", outcome="explained", text="街道高度重视，已责成有关单位加强监管，感谢您的理解和支持。")
        for row in Measure.objects.filter(case__code=case, status="proposed"):
            if row.kind == "referral":
                with pytest.raises(NotAllowed):
                    city.do(measures.confirm, case, by="linshujiedao", number=row.number)
            city.do(measures.confirm, case, by="ducha-duban", number=row.number)
    rows = list(Measure.objects.filter(case__code=case).exclude(kind="reminder").order_by("number"))
    assert [(m.kind, m.level, m.status, m.opened_by) for m in rows] == [
        ("supervision", "热线督办", "closed", "system"), ("exposure", "媒体督办", "closed", opener), ("instruction", "政务督办", "closed", opener),
        ("interview", "人大政协督办", "opened", opener), ("referral", "纪委督办", "opened", opener),
    ]  # fmt: skip
    city.holds()


def test_late_to_the_red_card(world: Callable[..., World]) -> None:
    """maanshan: the 督办单 stays open beside the cards; one card at a time, the red one with three points."""
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="小区门口路灯坏了半个月没人修。", title="路灯不亮", place="yanghu")
    city.do(intake.register, case, by="desk1")
    city.do(dispatch.dispatch, case, by="dispatch1", lead="city.urban_management")
    city.until("2026-03-17T00:00+08:00")
    for row in Measure.objects.filter(case__code=case, status="proposed").order_by("number"):
        city.do(measures.confirm, case, by="wenming-duban", number=row.number)
    rows = Measure.objects.filter(case__code=case).exclude(kind="reminder").order_by("number")
    assert [(m.kind, m.status, m.points) for m in rows] == [
        ("supervision", "opened", 0), ("yellow_card", "closed", 1), ("orange_card", "closed", 2), ("red_card", "opened", 3),
    ]  # fmt: skip
    assert rows[0].serial == 1
    city.holds()

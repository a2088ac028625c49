"""考核评分 from tallies: periods, units and counties, those who came or went inside the period, and an exemption that lets a unit climb back."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

import pytest

from minsheng import clock
from minsheng.commands import callback, exempting
from minsheng.domain.errors import BadInput
from minsheng.models.read import TallyDelta
from minsheng.queries import scoring
from tests.commands import scenes
from tests.world import World

Make = Callable[..., World]


def today() -> date:
    return clock.local(clock.now()).date()


def counted(unit: str, **metrics: int) -> None:
    for metric, n in metrics.items():
        TallyDelta.objects.create(day=today(), unit=unit, district="", category="", origin="citizen", metric=metric, n=n)


@pytest.mark.parametrize(("day", "period", "first", "last"), [
    ("2026-03-04", "week", "2026-03-02", "2026-03-08"),
    ("2026-01-01", "week", "2025-12-29", "2026-01-04"),
    ("2028-02-10", "month", "2028-02-01", "2028-02-29"),
    ("2026-05-31", "quarter", "2026-04-01", "2026-06-30"),
    ("2026-12-31", "quarter", "2026-10-01", "2026-12-31"),
])  # fmt: skip
def test_periods(day: str, period: scoring.Period, first: str, last: str) -> None:
    assert scoring.bounds(date.fromisoformat(day), period) == (date.fromisoformat(first), date.fromisoformat(last))


def test_ranked_marked_and_silent(world: Make) -> None:
    world("yunchuan")
    listed = scoring.table(today())
    assert listed.rows == []
    first, second, third = sorted(scoring._names("units", today(), today()))[:3]
    counted(first, answer_kept=8, answer_missed=2)
    counted(second, answer_kept=10, solved_asked=4, solved_yes=1)
    counted(third, answer_kept=3)
    found = scoring.table(today())
    assert [(row.code, row.rank, row.score.few) for row in found.rows] == [(first, 1, False), (second, 2, False), (third, None, True)]
    assert found.silent == listed.silent - 3
    assert found.rows[0].score.total == 80
    assert found.rows[1].score.total == Fraction(20 * 100 + 25 * 25, 45)


def test_a_period_that_has_not_begun_is_refused(world: Make) -> None:
    world("yunchuan")
    with pytest.raises(BadInput):
        scoring.table(today() + timedelta(days=40))


def test_closing_is_not_solving_and_an_exemption_climbs_back(world: Make) -> None:
    city = world("yunchuan")
    code = scenes.checked(city)
    city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=False, satisfied=False)

    def shares() -> dict[str, tuple[int, int]]:
        rows = scoring.table(today(), kind="streets").rows
        return {line.key: (line.share.good, line.share.of) for row in rows for line in row.score.lines if line.share.of}

    found = shares()
    assert (found["answer_on_time"], found["solved"], found["satisfied"]) == ((1, 1), (0, 1), (0, 1)), "answered in time, and nothing solved"
    city.do(exempting.ask_exemption, code, by="supervisor1", basis="《考核办法》第十二条", reason="连续三天暴雨。")
    city.do(exempting.grant_exemption, code, number=1, by="dispatch1")
    assert shares() == {}
    taken = scenes.event(code, "exempted").data["taken"]
    assert {"metric": "solved_asked", "n": -1}.items() <= next(one for one in taken if one["metric"] == "solved_asked").items()
    city.holds()

"""白银 人大代表 (CITIES §3): a deputy reads what the own district says about heating, suggests, and the unit must answer."""

from collections.abc import Callable

import pytest

from minsheng.commands import answering, handling, measures, suggesting
from minsheng.domain.errors import NotFound, WrongState
from minsheng.domain.states import MeasureKind
from minsheng.models.measure import Measure
from minsheng.queries import asked_units, directory, looking_on, reach
from tests.commands.test_suggesting import onlooker
from tests.world import World


def test_deputy(world: Callable[..., World]) -> None:
    """baiyin-deputy 人大代表看供热.

    Two houses of 白银区 are cold, one of another county too. The deputy of 白银区 sees the two, by kind of matter and place, without anybody's name;
    suggests to the heating company that it looks at the whole line; has ten working days promised; is told of the answer, is not satisfied, asks once
    more, and accepts. The cases themselves go their own way: a suggestion is no 督办.
    """
    city = world("baiyin", at="2026-11-19T10:00+08:00")
    cold = [city.file(body=f"家里暖气一直不热，只有 15 度，{n} 单元都这样。", title="暖气不热", place=f"hongweicun-b{n}", phone="13800000001") for n in (1, 2)]
    noise = city.file(body="楼下的路灯坏了，晚上看不见路。", title="路灯不亮", place="hongweicun-b3")
    other = city.file(body="家里暖气一直不热，只有 14 度。", title="暖气不热", district="jingyuan")
    deputy = onlooker(city, "baiyinqu")
    mine = reach.of(deputy, "look_on", directory.current())
    heating = looking_on.cases(reach.Reach(mine.views, ("0207",)), deputy).rows
    assert {row.code for row in heating} == set(cold)
    assert {row.code for row in looking_on.cases(mine, deputy).rows} == {*cold, noise}
    assert not any("13800000001" in f"{row.title}{row.body}" for row in heating)
    with pytest.raises(NotFound):
        city.do(suggesting.suggest, other, text="建议整条管线查一遍。", by=deputy)

    case = cold[0]
    city.do(suggesting.suggest, case, text="两栋楼同一条支线，建议整条管线查一遍，不要一户一户修。", unit="city.heating", by=deputy)
    row = Measure.objects.get(case__code=case, kind="suggestion")
    assert city.clock(row.answer_by) == "2026-12-03 24:00"
    assert not city.case(case).watched
    with pytest.raises(WrongState):
        city.do(suggesting.suggest, case, text="还有一条。", by=deputy)
    city.send()
    assert "measure_opened" in city.told("city.heating")

    city.until("2026-11-24T09:00+08:00")
    city.do(measures.answer, case, number=row.number, text="支线上两只阀门锈死，已经换了一只。", by="reli")
    city.send()
    assert city.told(f"user:{deputy.id}") == ["measure_answered"]
    (answered,) = asked_units.own(deputy, MeasureKind.SUGGESTION, state="answered").rows
    assert "换了一只" in answered.answer

    city.do(suggesting.ask_again, case, number=row.number, text="另一只哪天换，请写明。", by=deputy)
    second = Measure.objects.get(case__code=case, kind="suggestion", status="opened")
    city.do(measures.answer, case, number=second.number, text="11 月 25 日上午换，换完入户测温。", by="reli")
    city.do(suggesting.accept, case, number=second.number, by=deputy)
    assert [m[3] for m in city.measures(case) if m[0] == "suggestion"] == ["closed", "closed"]

    holder = city.clerk(city.case(case).unit or "")
    if city.state(case) == "dispatched":
        city.do(handling.claim, case, by=holder)
    city.do(handling.contact, case, by=holder, method="phone")
    city.do(answering.answer, case, by=holder, outcome="solved",
            text="11 月 25 日上午换了支线上另一只阀门，下午入户测温 20.5 度。再有问题请打 0000-60000001。")  # fmt: skip
    assert city.state(case) == "answered"
    city.holds()

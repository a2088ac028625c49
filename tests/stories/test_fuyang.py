"""阜阳 两有三解: one code a request, one platform for the city and its counties; the first unit that takes a matter must act (首接首办).

Simple and urgent matters are answered in two working days, the others in five; what cannot be done is explained, never left silent.
"""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.commands import answering, approvals, callback, dispatch, handling
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.models.measure import Measure
from minsheng.models.read import HallRow
from tests.world import World

PARENT, WALKER = "13800000001", "13800000002"


def test_gate(world: Callable[..., World]) -> None:
    """fuyang-gate 校门口的高峰.

    A parent writes about the crush before the school. The rule knows three who must act together: traffic police lead, community and school stand
    beside them. Each says in the case what it will do; the police answer for all three, in public; from the next bell on they stand there. The parent judges.
    """
    city = world("fuyang", at="2026-03-02T08:05+08:00")
    case = city.file(body="文峰小学门口上学放学堵得厉害，孩子过马路很危险。", title="学校门口堵", place="wenfengshequ", phone=PARENT)
    assert city.state(case) == "handling"
    assert [(o["unit"], o["role"]) for o in city.case(case).facts["orders"]] == [
        ("wenfeng.traffic_police", "lead"), ("wenfengshequ", "co"), ("wenfengxiaoxue", "co"),
    ]  # fmt: skip
    assert city.due(case, "dispatch") == "2026-03-02 24:00"
    assert city.due(case, "answer") == "2026-03-09 24:00"
    city.send()
    assert city.told("wenfeng.traffic_police") == city.told("wenfengshequ") == city.told("wenfengxiaoxue") == ["dispatch"]

    city.wait("2 hours")
    city.do(handling.contact, case, by="wenfeng-jiaojing", method="phone", note="早上 7:40 和下午 16:30 最堵，家长想要一段临停区。")
    city.do(handling.contribute, case, by="wenfengshequ", opinion="社区 4 名工作人员和志愿者每天两个时段到校门口疏导。")
    with pytest.raises(NotAllowed):
        city.do(dispatch.send_back, case, by="wenfengxiaoxue", reason="校外不归学校管。", proposed="wenfengshequ")
    assert city.running(case) >= {"co_handle", "answer"}  # the school's part is still open
    city.wait("1 hour")
    city.do(handling.contribute, case, by="wenfengxiaoxue", opinion="三个年级错开 10 分钟放学。")
    assert "co_handle" not in city.running(case)
    city.until("2026-03-04T16:00+08:00")
    city.do(
        answering.answer, case, by="wenfeng-jiaojing", outcome="solved", evidence=[city.photo()],
        text="3 月 3 日起，上下学时段 2 名民警、4 名社区人员在校门口疏导，学校错开 10 分钟放学，门前施划临时停车区 60 米。",
    )  # fmt: skip
    city.check(case)
    assert city.kept(case, "answer")
    assert HallRow.objects.get(code=case).answer.startswith("3 月 3 日起")  # the hall shows the answer, and soon what the citizen thinks of it
    city.do(callback.rate, case, by="citizen", level=5, reasons="这几天顺多了。")
    assert HallRow.objects.get(code=case).rating == 5
    if city.state(case) == "answered":  # drawn into the sample: the telephone decides, not the stars alone
        city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert city.tally("satisfied_yes") == city.tally("satisfied_asked") == 1
    assert city.measures(case) == []
    city.holds()


def test_nobody(world: Callable[..., World]) -> None:
    """fuyang-nobody 谁都不扫的路.

    Rubbish on a road. The district's office: not in our cleaning area. The new town: not in this year's tender. The platform hears both, asks for
    reasons, and after the second refusal has one working day to rule. It names one who sweeps until a day, though nobody's map says so. The street sweeps
    the next morning and says so. When the day comes and no contractor is there, the desk is asked to settle who it is from now on; until it has, the
    interim owner stays the owner. Then the contractor starts, and the walker is asked.
    """
    city = world("fuyang", at="2026-03-02T10:00+08:00")
    case = city.file(
        body="双清湾两个小区大门口之间的道路垃圾太多，没有人清扫。", title="路上垃圾没人扫", place="shuangqingwan", attachments=(city.photo(),), phone=WALKER
    )
    assert city.case(case).unit == "yingzhou.urban_management"
    assert city.due(case, "answer") == "2026-03-09 24:00"

    city.wait("3 hours")
    with pytest.raises(BadInput):
        city.do(dispatch.send_back, case, by="yingzhou-chengguan", reason="该路段不在保洁范围内。", proposed="yingzhou.urban_management")
    city.do(dispatch.send_back, case, by="yingzhou-chengguan", reason="该路段不在我局保洁范围内。", proposed="chengnan")
    with pytest.raises(WrongState):
        city.do(dispatch.send_back, case, by="yingzhou-chengguan", reason="再说一次，不在范围内。", proposed="chengnan")
    assert city.state(case) == "handling"
    city.send()
    assert city.told("city.centre") == ["approval_asked"]
    city.do(approvals.grant, case, by="dispatch1", number=1)
    assert (city.state(case), "ruling" in city.running(case)) == ("registered", False)
    city.do(dispatch.dispatch, case, by="dispatch1", lead="chengnan")
    city.wait("20 hours")
    city.do(dispatch.send_back, case, by="chengnan", reason="未纳入今年的市政道路保洁招标计划。", proposed="yingzhou.urban_management")
    city.do(approvals.grant, case, by="dispatch1", number=2)
    assert city.state(case) == "registered"
    assert city.due(case, "ruling") == "2026-03-04 24:00"
    assert city.tally("send_back") == 2

    city.until("2026-03-04T09:00+08:00")
    with pytest.raises(BadInput):
        city.do(dispatch.rule, case, by="dispatch1", lead="qinghe", basis="保洁单位进场前由街道组织。", interim_until=date(2026, 12, 31))  # longer than allowed
    city.do(
        dispatch.rule, case, by="dispatch1", lead="qinghe", co=["chengnan"], interim_until=date(2026, 4, 30),
        basis="属地管理：保洁养护单位进场前，由清河街道组织小区物业打扫，城南新区补办招标。",
    )  # fmt: skip
    assert (city.state(case), city.case(case).unit) == ("handling", "qinghe")
    assert city.kept(case, "ruling")
    assert city.due(case, "interim") == "2026-04-30 24:00"
    assert city.due(case, "answer") == "2026-03-09 24:00"  # the days of the quarrel were the city's, not the citizen's
    city.send()
    assert city.told(WALKER)[-1] == "rule"
    assert city.told("qinghe") == ["rule"]

    city.until("2026-03-05T11:00+08:00")
    city.do(handling.contact, case, by="qinghe", method="visit")
    city.do(handling.contribute, case, by="chengnan", opinion="道路保洁增补招标 4 月完成，5 月 6 日进场。")
    city.do(handling.reply, case, by="qinghe", text="3 月 5 日组织 3 家物业清扫完毕，今后每天一次，直到保洁单位进场。")
    assert city.kept(case, "answer")
    city.do(handling.park, case, by="qinghe", owner="qinghe", review_on=date(2026, 5, 8), plan="每天由三家物业轮流清扫；5 月 8 日前看保洁单位是否进场。")
    city.do(approvals.grant, case, by="dispatch1", number=3)
    assert city.state(case) == "parked"
    assert city.measures(case) == []

    city.until("2026-04-30T23:00+08:00")
    assert city.measures(case) == []
    city.until("2026-05-01T00:00+08:00")
    assert city.measures(case) == [("reminder", "代管期满", "city.centre", "opened")]  # the desk must settle it; nobody escalates against the street
    assert city.case(case).unit == "qinghe"  # until somebody is named, the interim owner stays: never nobody

    city.until("2026-05-06T09:00+08:00")
    city.do(dispatch.reassign, case, by="dispatch1", lead="yingzhou.urban_management", reason="保洁单位今天进场，由区城管局监管。")
    assert (city.state(case), city.case(case).unit) == ("handling", "yingzhou.urban_management")
    assert city.running(case) & {"interim", "review"} == set()
    city.do(handling.contact, case, by="yingzhou-chengguan", method="phone")
    city.do(
        answering.answer, case, by="yingzhou-chengguan", outcome="solved", evidence=[city.photo()],
        text="该路段 4 月补入道路保洁招标，5 月 6 日保洁单位进场，每天清扫两次，监督电话 0558-2345678。",
    )  # fmt: skip
    city.check(case)
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert not Measure.objects.exclude(kind="reminder").exists()
    assert [o["unit"] for o in city.case(case).facts["orders"] if o["role"] == "lead"] == [
        "yingzhou.urban_management",
        "chengnan",
        "qinghe",
        "yingzhou.urban_management",
    ]
    city.send()
    assert city.told(WALKER) == ["receive", "dispatch", "dispatch", "rule", "reply", "park", "reassign", "pass_check", "close"]
    city.holds()

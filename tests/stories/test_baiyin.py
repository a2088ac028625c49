"""白银 码上反映·马上办理: a code at the door says where it is; the community's secretary has it at once and phones within half an hour.

What is beyond one level goes up to the next; what nobody does is prompted level by level, seven levels up. The county calls everybody back.
"""

from collections.abc import Callable

import pytest

from minsheng.commands import answering, approvals, callback, dispatch, handling
from minsheng.domain.errors import NotAllowed, NotFound
from minsheng.models.measure import Measure
from minsheng.models.read import HallRow
from tests.world import World

WANG, PENG = "13800000001", "13800000002"


def test_noise(world: Callable[..., World]) -> None:
    """baiyin-noise 楼下蛋糕店的风机.

    An old man scans the code at his door: the cold-store fan below keeps the house awake. The place is known, so the community's secretary has it in
    the same second, and phones within thirty minutes. Alone the community cannot settle it: up to the street's centre, which brings the street's
    enforcement office, the food office and the community to the shop. They agree: wrap the fan, no work at night. The county calls back: satisfied.
    """
    city = world("baiyin", at="2026-05-06T20:10+08:00")
    case = city.file(
        body="楼下临街的蛋糕店冷库风机噪声太大，夜里一直响，一家人睡不好。", title="蛋糕店风机太吵", channel="qr", place="hongweicun-b3", phone=WANG
    )
    assert (city.state(case), city.case(case).unit) == ("handling", "hongweicun")
    assert city.case(case).district == "baiyinqu"
    assert city.decision(case, "dispatch")["because"] == "自动分发至村（社区）党组织书记、包村干部"
    assert city.kept(case, "dispatch")
    assert city.due(case, "contact") == "2026-05-06 20:40"
    assert city.due(case, "answer") == "2026-05-12 24:00"
    assert city.case(case).visibility == "private"  # a quarrel about noise is a risk matter: not for the hall
    assert not HallRow.objects.exists()
    city.send()
    assert city.told("hongweicun") == ["dispatch"]

    city.wait("12 minutes")
    city.do(handling.try_contact, case, by="hongweicun-community-secretary", result="no_answer")
    assert city.running(case) >= {"contact"}  # an attempt is written down, and the half hour runs on
    city.wait("9 minutes")
    city.do(handling.contact, case, by="hongweicun-community-secretary", method="phone", note="夜里十点以后最响，明早上门。")
    assert city.kept(case, "contact")
    assert city.case(case).facts["contact_attempts"] == 1

    city.until("2026-05-07T10:00+08:00")
    city.do(dispatch.escalate, case, by="hongweicun", tried="网格员两次走访，店主说冷库不能停，社区没有执法权。")
    assert city.case(case).unit == "silonglu.centre"
    assert city.order(case, "hongweicun")["end_reason"] == "escalate"
    assert "contact" not in city.running(case)  # the half hour was the first handler's, and it was kept
    assert city.due(case, "answer") == "2026-05-12 24:00"  # and the citizen's clock has not begun anew
    with pytest.raises(NotAllowed):
        city.do(answering.answer, case, by="hongweicun", outcome="solved", text="已经解决。")
    city.do(
        handling.co_handle, case, by="silonglu-centre", units=["silonglu.urban_management", "silonglu.market", "hongweicun"], request="下午三点一起到店里商量。"
    )
    city.send()
    assert [city.told(unit)[-1] for unit in ("silonglu.urban_management", "silonglu.market", "hongweicun")] == ["co_handle"] * 3
    assert city.told("silonglu.centre") == ["escalate"]

    city.until("2026-05-07T17:00+08:00")
    city.do(handling.contact, case, by="silonglu-centre", method="visit", note="和反映人、店主一起看了现场。")
    city.do(handling.contribute, case, by="silonglu-chengguan", opinion="夜间实测 52 分贝，超过夜间限值，已书面告知店主。")
    city.do(handling.contribute, case, by="silonglu-shijian", opinion="店铺证照齐全，夜间生产可以调整到白天。")
    city.do(handling.contribute, case, by="hongweicun", opinion="店主承诺风机用隔音棉包裹，夜里不再生产。")
    assert "co_handle" not in city.running(case)
    city.until("2026-05-09T09:30+08:00")
    city.do(
        answering.answer, case, by="silonglu-centre", outcome="solved", evidence=[city.photo()],
        text="5 月 7 日四方到店商定：5 月 8 日风机已用隔音棉包裹，晚上 22 点后不再生产。5 月 8 日夜间实测 41 分贝。",
    )  # fmt: skip
    city.check(case)
    assert city.running(case) >= {"callback"}  # every case is called back here
    with pytest.raises(NotFound):
        city.do(callback.call_back, case, by="fangzhilu-street-heads", reached=True, contacted=True, solved=True, satisfied=True)
    city.do(callback.call_back, case, by="baiyinqu-centre", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert city.measures(case) == []
    city.send()
    assert city.told(WANG) == ["receive", "dispatch", "escalate", "pass_check", "close"]
    city.holds()


def test_cypress(world: Callable[..., World]) -> None:
    """baiyin-cypress 挡住路口的柏树.

    A cypress at the gate hides the national road. The community looks: true, and not ours, the green belongs to the city. Up to the street's centre, up to the
    district's centre; that one hands it to the city's parks office. They look, decide, remove it. The district calls back. At each step the same case,
    the same promise to the citizen, and one unit that has it.
    """
    city = world("baiyin", at="2026-05-06T09:00+08:00")
    case = city.file(
        body="小三峡小区入口有一棵柏树挡住了开车的视线，进出都很危险。", title="柏树挡视线", channel="qr", place="yinhu-b1", name="彭先生", phone=PENG
    )
    assert city.case(case).unit == "yinhu"
    assert HallRow.objects.get(code=case).unit == "yinhu"  # no quarrel, no person in it: everybody may follow it
    city.wait("20 minutes")
    city.do(handling.contact, case, by="yinhu-community-secretary", method="phone")
    assert city.kept(case, "contact")
    city.do(handling.progress, case, by="yinhu", text="到现场看过，柏树在国道绿化带里，确实挡住视线。", evidence=[city.photo()])
    with pytest.raises(NotAllowed):
        city.do(dispatch.forward, case, by="yinhu", lead="city.parks", reason="归园林。")  # a community cannot hand work to the city

    city.wait("1 hour")
    city.do(dispatch.escalate, case, by="yinhu", tried="绿化带归市里养护，社区没有权限移树。")
    assert city.case(case).unit == "fangzhilu.centre"
    city.wait("1 hour")
    city.do(dispatch.escalate, case, by="fangzhilu-centre", tried="国道两侧绿化归市园林局，街道没有权限。")
    assert city.case(case).unit == "baiyinqu.centre"
    city.wait("1 hour")
    city.do(dispatch.forward, case, by="baiyinqu-centre", lead="city.parks", co=["yinhu"], reason="涉及市直部门，转市园林局办理。")
    assert (city.state(case), city.case(case).unit) == ("handling", "city.parks")
    assert [o["unit"] for o in city.case(case).facts["orders"] if o["role"] == "lead"] == ["yinhu", "fangzhilu.centre", "baiyinqu.centre", "city.parks"]
    assert len([o for o in city.case(case).facts["orders"] if o["ended_at"] is None and o["role"] == "lead"]) == 1

    city.until("2026-05-07T10:00+08:00")
    city.do(handling.contact, case, by="yuanlin", method="visit")
    city.do(handling.contribute, case, by="yinhu", opinion="移树时社区派人在路口疏导。")
    city.until("2026-05-09T17:00+08:00")
    city.do(
        answering.answer, case, by="yuanlin", outcome="solved", evidence=[city.photo(), city.photo()],
        text="5 月 7 日现场勘察，5 月 9 日已把柏树移栽到南侧 30 米处，路口视线恢复。",
    )  # fmt: skip
    city.check(case)
    assert city.kept(case, "answer")
    city.do(callback.call_back, case, by="baiyinqu-centre", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert city.measures(case) == []
    city.send()
    assert [t for t in city.told(PENG) if t in ("dispatch", "escalate", "forward")] == ["dispatch", "escalate", "escalate", "forward"]
    city.holds()


def test_silence(world: Callable[..., World]) -> None:
    """baiyin-silence 没有人动.

    Half an hour passes and nobody phones. The community's secretary and the cadre are prompted; an hour later the street's political-legal member; then
    the street's heads, the county leader for the street, the county's political-legal secretary, its heads, the city's. Seven levels, in order, each
    once, each named by the code of the post. Then the clock of the answer passes too, and the county centre's order comes. Nobody above has taken the case
    away from the community: prompting is not handling. When the secretary phones at last, the prompting ends, and the half hour stays missed.
    """
    city = world("baiyin", at="2026-05-06T09:00+08:00")
    case = city.file(body="三单元楼道的灯坏了一个星期，没人来修。", title="楼道灯不亮", channel="qr", place="hongweicun-b3", phone=WANG)
    assert (city.state(case), city.case(case).unit) == ("handling", "hongweicun")  # the words leave it open what it is; the place does not

    expected = [
        ("2026-05-06T09:30+08:00", "第一级", ["hongweicun.community_secretary", "hongweicun.cadre"], "hongweicun"),
        ("2026-05-06T10:30+08:00", "第二级", ["silonglu.street_political_legal"], "silonglu"),
        ("2026-05-06T11:30+08:00", "第三级", ["silonglu.street_heads"], "silonglu"),
        ("2026-05-06T13:30+08:00", "第四级", ["silonglu.county_level_lead"], "silonglu"),
        ("2026-05-06T17:30+08:00", "第五级", ["baiyinqu.county_political_legal"], "baiyinqu"),
        ("2026-05-07T09:30+08:00", "第六级", ["baiyinqu.county_heads"], "baiyinqu"),
        ("2026-05-08T09:30+08:00", "第七级", ["city.city_political_legal"], "city"),
    ]
    prompted: list[str] = []
    city.until("2026-05-06T09:29+08:00")
    assert city.measures(case) == []
    for moment, level, posts, unit in expected:
        city.until(moment)
        prompted += posts
        rows = list(Measure.objects.filter(case__code=case).order_by("number"))
        assert sorted(row.post for row in rows[len(prompted) - len(posts) :]) == sorted(posts)
        assert len(rows) == len(prompted)
        assert rows[-1].level.startswith(level)
        assert (rows[-1].kind, rows[-1].status, rows[-1].unit, rows[-1].because) == ("reminder", "opened", unit, "超时未办，自动提示各级办理人")
        assert city.case(case).unit == "hongweicun"
    city.send()
    assert [city.told(unit).count("measure_opened") for unit in ("hongweicun", "silonglu", "baiyinqu", "city")] == [2, 3, 2, 1]
    assert any("第七级" in text for text in city.read("city"))
    assert city.tally("contact_missed") == 1  # seven prompts, one missed promise

    city.until("2026-05-13T00:00+08:00")
    assert city.measures(case)[8:] == [("reminder", "第一级提示", "hongweicun", "opened")] * 2
    city.until("2026-05-14T00:00+08:00")
    assert city.measures(case)[-1] == ("supervision", "县（区）综治中心督办", "hongweicun", "opened")

    city.do(handling.contact, case, by="hongweicun-community-secretary", method="phone")
    assert not city.kept(case, "contact")
    city.do(dispatch.send_back, case, by="hongweicun", reason="楼道灯归物业，不归社区。", proposed="baiyinqu.housing")
    city.do(approvals.refuse, case, by="silonglu", number=1, reason="首接负责，请先协调物业换灯。")  # the next level up decides here
    assert city.state(case) == "handling"
    city.do(answering.answer, case, by="hongweicun", outcome="solved", text="5 月 14 日上午协调物业更换声控灯 3 盏，晚上已亮。", evidence=[city.photo()])
    city.check(case)
    city.do(callback.call_back, case, by="baiyinqu-centre", reached=True, contacted=True, solved=True, satisfied=False)
    assert city.state(case) == "handling"  # solved, and still the citizen is not content: the county's call decides, it goes on
    assert city.case(case).round == 2
    city.holds()

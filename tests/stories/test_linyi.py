"""临沂 12345·临沂首发: hotline and media. One number takes in everything; what the rules are sure of is handed over in the same second.

Answers are due in 1, 3 or 5 working days; every answer is read by a checker, every citizen is called back; who fails climbs five levels.
"""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.commands import answering, callback, campaigns, handling, measures
from minsheng.domain.errors import NotAllowed, WrongState
from minsheng.models.campaign import Campaign, Spot
from minsheng.models.measure import Measure
from minsheng.models.read import HallRow
from minsheng.queries import cases
from minsheng.queries import directory as directories
from tests.world import World

YAN, ZHAO = "13800000001", "13800000002"


def test_lamps(world: Callable[..., World]) -> None:
    """linyi-lamps 夜路上的灯.

    One villager on the night shift asks for lamps. The system knows at once whose that is: the county's transport office has it in less than three
    minutes. The office calls, and looks further: 79 villages are as dark as this one. One request becomes one campaign, each village a spot with
    an owner, a day and a photo; everybody can see how far it has come, and the villager hears of it to the end.
    """
    city = world("linyi", at="2026-03-02T20:15+08:00")
    case = city.file(
        body="我常上夜班，村里到厂里的路上没有路灯，晚上走着害怕，能不能装路灯。",
        title="村里没有路灯",
        place="luojiazhuang",
        channel="app",
        kind="help",
        phone=YAN,
    )
    assert city.actions(case) == ["receive", "released", "register", "dispatch"]
    assert (city.state(case), city.case(case).unit) == ("handling", "yishui.transport")
    assert city.kept(case, "dispatch")
    assert city.due(case, "dispatch") == "2026-03-02 20:18"
    assert city.order(case, "yicheng")["role"] == "co"
    assert city.due(case, "answer") == "2026-03-09 24:00"  # five working days, counted from the day after
    assert HallRow.objects.get(code=case).title == "村里没有路灯"
    dispatched = city.decision(case, "dispatch")
    assert dispatched["because"] == "谁主管谁负责，属地管理"
    assert dispatched["profile"].startswith("linyi@")
    city.send()
    assert city.told(YAN) == ["receive", "dispatch"]

    city.until("2026-03-03T09:30+08:00")
    city.do(handling.contact, case, by="yishui-jiaotong", method="phone", note="约好今晚 20 点到村里看夜路。")
    city.do(handling.contribute, case, by="yicheng", opinion="全街道 27 个村道路照明都不全，建议一并解决。")
    streets = ("yicheng", "longjiaquan", "xujiahu")
    tree = directories.current()
    villages = [code for street in streets for code in tree.children(street) if tree.units[code].level == "community"]
    assert len(villages) == 79
    spots = [
        campaigns.Place(name=f"{tree.units[code].name}道路照明", owner=code, due_on=date(2026, 4, 30), plan="太阳能路灯，按村道里程布点") for code in villages
    ]
    leader = city.who("yishui-jiaotong")
    campaign = campaigns.open_campaign(
        name="乡村道路照明", goal="79 个村装上太阳能路灯", unit="yishui.transport", spots=spots, due_on=date(2026, 4, 30), by=leader
    )
    campaigns.gather(campaign, [case], by=leader)
    city.do(
        handling.reply,
        case,
        by="yishui-jiaotong",
        text="3 月 2 日夜里到罗家庄看过，附近 79 个村有同样情况，4 月 30 日前全部装上太阳能路灯。",
        promised_on=date(2026, 4, 30),
    )
    assert city.kept(case, "answer")
    assert city.due(case, "promise") == "2026-04-30 24:00"
    neighbour = city.file(
        body="龙家圈街道我们村也没有路灯，老人晚上出门摔过跤。", title="村道没有路灯", place="longjiaquan", channel="phone", name="赵先生", phone=ZHAO
    )
    campaigns.gather(campaign, [neighbour], by=city.who("dispatch1"))

    city.until("2026-03-20T10:00+08:00")
    with pytest.raises(NotAllowed):
        campaigns.spot_done(campaign, 2, evidence=["photo"], by=city.who("luojiazhuang"))  # another village's spot
    own = villages.index("luojiazhuang") + 1
    campaigns.spot_done(campaign, own, evidence=["photo"], by=city.who("luojiazhuang"))  # its owner, though the case is the county's
    with pytest.raises(WrongState):
        campaigns.spot_done(campaign, own, evidence=["photo"], by=leader)
    city.until("2026-04-25T10:00+08:00")
    for number in range(1, 80):
        if number != own:
            campaigns.spot_done(campaign, number, evidence=["photo"], by=leader)
    done = Spot.objects.filter(campaign=Campaign.objects.get(code=campaign)).order_by("number")
    assert len(done) == 79
    assert all(spot.done_at and spot.evidence and spot.owner and spot.due_on and spot.done_by for spot in done)

    text = "79 个村共装太阳能路灯 1,580 盏，罗家庄村 3 月 20 日亮灯，其余 4 月 25 日全部亮灯。"
    for code in (case, neighbour):
        city.do(answering.answer, code, by="yishui-jiaotong", outcome="solved", text=text, evidence=[city.photo()])
        city.check(code)
    assert city.kept(case, "promise")
    assert HallRow.objects.get(code=case).answer == text
    seen = [entry.action for entry in cases.public(case).entries]  # what anybody can follow: the campaign, and every village that got its light
    assert (seen.count("gathered"), seen.count("spot")) == (1, 79)
    for code in (case, neighbour):
        city.do(callback.call_back, code, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
        assert city.state(code) == "closed"
    assert city.measures(case) == []
    city.send()
    for phone in (YAN, ZHAO):
        told = city.told(phone)
        assert told.count("gathered") == 1
        assert told.count("spot") == 79
        assert told[-2:] == ["pass_check", "close"]
    assert len(city.texted(YAN)) == 6  # received, handed over, campaign, reply, answer, closed: seventy-nine lamps do not ring the phone
    city.holds()


def test_pothole(world: Callable[..., World]) -> None:
    """linyi-pothole 上学路上的坑.

    Children ride over a broken crossing. The request is pressing: three working days. The unit calls at once, repairs it the same afternoon, and because it
    looks at every road with much traffic it finds 22 more such places, 1,600 square metres, and closes them under the same case. Answered and
    repaired within three days; the checker reads the answer; the citizen is called.
    """
    city = world("linyi", at="2026-03-02T07:40+08:00")
    case = city.file(body="金雀山路和太和路交会处路面破损，学生和家长骑车走容易摔。", title="路面破损", place="machanghu")
    assert (city.case(case).unit, city.case(case).urgency) == ("gaoxin.housing", "high")
    assert city.due(case, "answer") == "2026-03-05 24:00"
    assert city.deadline(case, "answer").explanation["because"] == "按紧急程度 3 个工作日回复"

    city.wait("20 minutes")
    city.do(handling.contact, case, by="gaoxin-zhujian", method="phone")
    city.until("2026-03-02T17:00+08:00")
    city.do(handling.progress, case, by="gaoxin-zhujian", text="已到现场安排施工队，先摆好警示桩。", evidence=[city.photo()])
    city.do(handling.contribute, case, by="machanghu", opinion="派人在上下学时段疏导。")
    unit = city.who("gaoxin-zhujian")
    spots = [campaigns.Place(name=f"同类破损第 {n} 处", owner="gaoxin.housing", due_on=date(2026, 3, 5)) for n in range(1, 23)]
    campaign = campaigns.open_campaign(name="车流量大的道路排查", goal="举一反三查同类破损", unit="gaoxin.housing", spots=spots, by=unit)
    campaigns.gather(campaign, [case], by=unit)
    city.until("2026-03-04T18:00+08:00")
    for number in range(1, 23):
        campaigns.spot_done(campaign, number, evidence=["before", "after"], by=unit)
    city.do(
        answering.answer, case, by="gaoxin-zhujian", outcome="solved", evidence=[city.photo(), city.photo()],
        text="经查，路面因重车碾压破损。3 月 2 日至 4 日已修复，并排查出同类破损 22 处，修补路面 1,600 平方米。",
    )  # fmt: skip
    assert city.kept(case, "answer")
    assert city.state(case) == "answered"
    assert not city.case(case).facts["checked"]  # every answer is read before the citizen reads it
    assert HallRow.objects.get(code=case).answer == ""
    assert city.running(case) >= {"quality"}
    assert "callback" not in city.running(case)
    city.do(answering.pass_check, case, by="checker1")
    assert HallRow.objects.get(code=case).answer.startswith("经查")
    assert city.running(case) >= {"callback", "confirm"}
    city.do(callback.call_back, case, by="callback1", reached=False)
    assert city.state(case) == "answered"  # nobody reached is nobody satisfied
    city.wait("1 day")
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert Spot.objects.filter(done_at=None).count() == 0
    assert (city.tally("solved_yes"), city.tally("satisfied_yes"), city.tally("answer_kept")) == (1, 1, 1)
    city.holds()


def test_officialese(world: Callable[..., World]) -> None:
    """linyi-officialese 套话过不了关.

    A street answers a complaint about a cracked building with phrases. The phrase rules send it back; the citizen never sees it, and the clock that it
    seemed to meet runs on. The hotline's supervision order opens by itself. The second answer is no better: now the rule proposes the media, and a
    named person decides. The third is no better either: the government level is proposed, and nothing is skipped. Then somebody goes and looks.
    """
    city = world("linyi", at="2026-03-02T09:00+08:00")
    case = city.file(body="我们居民楼质量有问题，墙面开裂漏水，找了几次都没人管。", title="楼房质量问题", place="linshujiedao")
    assert city.case(case).unit == "linshujiedao"
    assert city.due(case, "answer") == "2026-03-05 24:00"
    city.wait("4 hours")
    phrases = "街道高度重视，第一时间积极协调相关部门，已责成有关单位进一步加强监管，切实维护群众利益，感谢您的理解和支持。"

    city.do(answering.answer, case, by="linshujiedao", outcome="explained", text=phrases)
    assert city.state(case) == "handling"  # back, in the same second
    assert city.actions(case)[-3:] == ["answer", "return_answer", "measure_opened"]
    assert city.deadline(case, "answer").met_at is None
    assert city.measures(case) == [("supervision", "热线督办", "linshujiedao", "opened")]
    city.send()
    assert "pass_check" not in city.told("13800000001")
    assert {"return_answer", "measure_opened"} <= set(city.told("linshujiedao"))
    assert HallRow.objects.get(code=case).answer == ""

    city.wait("21 hours")
    city.do(answering.answer, case, by="linshujiedao", outcome="explained", text="您反映的问题已收悉。" + phrases)
    assert city.state(case) == "handling"
    assert [m for m in city.measures(case) if m[1] != "督办单到期提醒"] == [
        ("supervision", "热线督办", "linshujiedao", "opened"), ("exposure", "媒体督办", "linshujiedao", "proposed"),
    ]  # fmt: skip
    media = Measure.objects.get(case__code=case, kind="exposure")
    assert city.running(case) >= {"answer", "measure"}
    with pytest.raises(NotAllowed):
        city.do(measures.confirm, case, by="linshujiedao", number=media.number)
    city.wait("24 hours")
    city.do(measures.confirm, case, by="ducha-duban", number=media.number)
    media.refresh_from_db()
    assert (media.status, media.opened_by) == ("opened", city.who("ducha-duban").tag)
    assert city.clock(media.answer_by) == "2026-03-06 24:00"  # two working days from the day on which the person opened it
    with pytest.raises(WrongState):
        city.do(measures.confirm, case, by="ducha-duban", number=media.number)

    city.do(answering.answer, case, by="linshujiedao", outcome="explained", text=phrases + "我们将持续关注，妥善处理。")
    ladder = [(m[0], m[1], m[3]) for m in city.measures(case) if m[0] != "reminder"]
    assert ladder == [("supervision", "热线督办", "closed"), ("exposure", "媒体督办", "opened"), ("instruction", "政务督办", "proposed")]
    assert city.case(case).facts["quality_failures"] == 3

    city.until("2026-03-05T15:00+08:00")
    city.do(measures.answer, case, by="linshujiedao", number=media.number, text="已换人办理，今天入户查看并写明整改日期。")
    city.do(
        answering.answer, case, by="linshujiedao", outcome="planned", evidence=[city.photo()],
        text="3 月 5 日入户查看，三单元外墙有 4 处裂缝，因防水层老化渗水。已报维修资金 2.6 万元，3 月 20 日开工，4 月 5 日前完工，完工后请您验收。",
    )  # fmt: skip
    assert city.state(case) == "answered"
    city.do(answering.pass_check, case, by="checker1")
    assert city.kept(case, "answer")  # after all, and only with the answer that says something
    assert (city.tally("return_answer"), city.tally("answer_kept")) == (3, 1)
    city.do(measures.withdraw, case, by="ducha-duban", number=[m[1] for m in city.measures(case)].index("政务督办") + 1, reason="已有实际内容，不再升级。")
    city.do(measures.close, case, by="ducha-duban", number=media.number)
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=None, satisfied=True)
    assert city.state(case) == "closed"
    assert (city.tally("satisfied_yes"), city.tally("solved_asked")) == (1, 0)  # content with the answer; solved it is not yet
    city.send()
    assert city.told("13800000001").count("pass_check") == 1
    city.holds()


@pytest.mark.parametrize(("urgency", "days", "due"), [("urgent", "1", "2026-10-08"), ("high", "3", "2026-10-10"), ("normal", "5", "2026-10-13")])
def test_urgency(world: Callable[..., World], urgency: str, days: str, due: str) -> None:
    """linyi-urgency 国庆前一天收到的三件事.

    Received on 30 September 2026, the day before the holiday. The holiday does not count, the Saturday on which everybody makes up for it (10 October)
    does: one, three and five working days are the 8th, the 10th and the 13th of October, each to its midnight. The system can say why.
    """
    city = world("linyi", at="2026-09-30T16:00+08:00")
    case = city.file(body="小区停水两天了，一直没有人通知。", title="停水", place="linshujiedao", urgency=urgency)
    assert city.case(case).unit == "city.water_supply"
    answer = city.deadline(case, "answer")
    assert answer.duration == f"{days} working day{'s' if days != '1' else ''}"
    assert city.clock(answer.due_at) == f"{due} 24:00"
    why = {off["day"]: off["why"] for off in answer.explanation["skipped"]}
    assert [f"2026-10-0{n}" in why for n in range(1, 8)] == [True] * 7
    assert "2026-10-10" not in why  # a Saturday that works
    assert answer.explanation["because"] == f"按紧急程度 {days} 个工作日回复"

    # Everybody is on holiday: a warning before, nothing earlier; the hour before midnight is still in time, the minute after it is not.
    city.until(f"{due}T23:59+08:00")
    assert city.measures(case) == []
    city.until(answer.due_at)
    assert city.measures(case) == [("reminder", "热线督办", "city.water_supply", "opened")]
    assert city.tally("answer_missed") == 1
    city.holds()

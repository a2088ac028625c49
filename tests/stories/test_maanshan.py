"""马鞍山 马上办: told through the commands that the screens use, with the clock moved by the test.

A media desk reviews every request and hands it over at once; the unit claims within 24 hours, answers within 72, has done it within a week.
"""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.commands import amending, answering, approvals, callback, campaigns, deadlines, dispatch, handling, intake, measures, publishing
from minsheng.domain.errors import NotAllowed, NotFound, WrongState
from minsheng.models.campaign import Spot
from minsheng.models.case import Attachment
from minsheng.models.measure import Measure
from minsheng.models.read import HallRow
from minsheng.queries import cases
from tests.world import World

ZHANG, WANG, LIU = "13800000001", "13800000002", "13800000003"


def test_window(world: Callable[..., World]) -> None:
    """maanshan-window 掉下来的窗户.

    Monday morning a resident sends photos of a fallen stair window. The desk reads it, makes it public and hands it to the community the same
    minute. The community looks at it, and before half a day is over it answers in public: three days. The promise is a date that the citizen
    sees. Then it does not stop at one window: 26 buildings are looked through. Two days later the windows are in, the resident says yes.
    """
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(
        body="阳湖花园12栋3单元楼梯间三楼的窗户掉了，四五六楼的也松了，怕砸到人。",
        title="楼道窗户脱落",
        place="yanghu-b12",
        attachments=(city.photo(), city.photo()),
    )
    assert city.state(case) == "received"
    assert city.case(case).category == "030301"  # the words say it; at this desk a person still reads every request
    assert city.running(case) == {"dispatch", "answer", "close"}
    assert city.due(case, "answer") == "2026-03-05 09:00"
    assert city.due(case, "close") == "2026-03-09 24:00"

    city.wait("10 minutes")
    city.do(intake.register, case, by="desk1")
    city.do(publishing.release, case, by="desk1")
    assert HallRow.objects.get(code=case).state == "registered"
    city.do(dispatch.dispatch, case, by="dispatch1")
    assert city.state(case) == "dispatched"
    assert [o["unit"] for o in city.case(case).facts["orders"]] == ["yanghu", "yushan.housing"]  # the rule names community and housing office
    assert city.kept(case, "dispatch")
    assert city.due(case, "claim") == "2026-03-03 09:10"
    city.send()
    assert city.told(ZHANG) == ["receive", "dispatch"]
    assert city.told("yanghu") == ["dispatch"]

    city.wait("3 hours")
    city.do(handling.claim, case, by="yanghu")
    assert city.kept(case, "claim")
    city.do(handling.reply, case, by="yanghu", text="已到现场量过尺寸，窗户 3 日内装好，松动的同时加固。", promised_on=date(2026, 3, 5))
    assert city.state(case) == "handling"
    assert city.kept(case, "answer")  # half a day, where 72 hours are allowed
    assert city.due(case, "promise") == "2026-03-05 24:00"
    city.do(publishing.release, case, by="desk1")
    seen = cases.public(case)
    assert {promise.kind: city.clock(promise.due_at) for promise in seen.promises}["promise"] == "2026-03-05 24:00"  # everybody sees the day
    assert "窗户 3 日内装好" in next(entry.text for entry in seen.entries if entry.action == "reply")
    city.send()
    assert city.told(ZHANG)[-1] == "reply"

    spots = [campaigns.Place(name=f"阳湖花园{n}栋楼梯间", owner="yanghu", due_on=date(2026, 3, 6)) for n in range(1, 27)]
    campaign = campaigns.open_campaign(name="楼道窗户排查", goal="查遍 26 栋楼梯间的窗户", unit="yanghu", spots=spots, by=city.who("yanghu"))
    campaigns.gather(campaign, [case], by=city.who("yanghu"))
    city.wait("1 day")
    for number in range(1, 27):
        campaigns.spot_done(campaign, number, evidence=["photo"], by=city.who("yanghu"))
    assert Spot.objects.filter(done_at__isnull=False).count() == 26

    city.until("2026-03-04T15:00+08:00")
    city.do(handling.progress, case, by="yanghu", text="新窗户已装好，逐层看过。", evidence=[city.photo()])
    city.do(
        answering.answer, case, by="yanghu", outcome="solved", evidence=[city.photo()],
        text="12 栋 3 单元三楼的窗户 3 月 4 日已装好，四五六楼重新打胶加固。26 栋都查过一遍。",
    )  # fmt: skip
    assert city.state(case) == "answered"
    assert city.kept(case, "promise")
    city.check(case)
    assert city.case(case).facts["checked"]
    city.do(publishing.release, case, by="desk1")
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)

    assert city.state(case) == "closed"
    assert city.kept(case, "close")
    assert city.measures(case) == []
    row = HallRow.objects.get(code=case)
    assert row.answer.startswith("12 栋 3 单元")
    assert row.outcome == "solved"
    assert (city.tally("solved_yes"), city.tally("solved_asked"), city.tally("close_kept")) == (1, 1, 1)
    city.send()
    assert city.told(ZHANG)[:3] == ["receive", "dispatch", "reply"]
    assert city.told(ZHANG)[-2:] == ["pass_check", "close"]
    city.holds()


def test_billboard(world: Callable[..., World]) -> None:
    """maanshan-billboard 楼顶的强光广告牌.

    A lit board twenty metres from a bedroom. The city's enforcement office leads, the community stands beside it: one deals with the firm, the
    other with the neighbours. The order to remove it is attached as evidence. Both report; the board comes down; the resident is asked; closed.
    """
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="大厦楼顶的强光广告牌离我们楼不到二十米，一直亮到夜里快十一点。", title="楼顶广告牌太亮", place="dongfangcheng-b16")
    city.do(intake.register, case, by="desk1")
    city.do(dispatch.dispatch, case, by="dispatch1")
    lead, co = city.order(case, "city.urban_management"), city.order(case, "dongfangcheng")
    assert (lead["role"], co["role"]) == ("lead", "co")
    city.send()
    assert city.told("city.urban_management") == city.told("dongfangcheng") == ["dispatch"]

    city.wait("2 hours")
    with pytest.raises(NotAllowed):
        city.do(handling.claim, case, by="dongfangcheng")  # the lead claims; a co-handler gives its opinion
    city.do(handling.claim, case, by="chengguan")
    city.do(handling.contact, case, by="chengguan", method="phone", note="已和反映人通话，约好晚上到现场看亮度。")
    paper = city.photo()
    city.do(handling.progress, case, by="chengguan", text="查阅备案材料，广告牌没有审批，属于违建，已送达责令改正通知书。", evidence=[paper])
    assert Attachment.objects.get(case__code=case, purpose="evidence").ticket == ""
    with pytest.raises(NotAllowed):
        city.do(answering.answer, case, by="dongfangcheng", outcome="solved", text="已经和居民说明。")
    city.do(handling.contribute, case, by="dongfangcheng", opinion="上门走访 16 栋居民 12 户，说明处理情况和拆除时间。")
    assert city.order(case, "dongfangcheng")["answered_at"]
    assert city.kept(case, "co_handle")

    city.until("2026-03-04T10:00+08:00")
    city.do(
        answering.answer, case, by="chengguan", outcome="solved", evidence=[city.photo()],
        text="经查，广告牌未经审批，属于违法建设。3 月 2 日送达责令改正通知书，3 月 4 日上午已拆除。",
    )  # fmt: skip
    assert city.kept(case, "answer")
    city.check(case)
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert all(order["ended_at"] for order in city.case(case).facts["orders"])
    assert city.measures(case) == []
    assert [a for a in city.actions(case) if a in ("claim", "contact", "progress", "contribute", "answer", "call_back", "close")] == [
        "claim", "contact", "progress", "contribute", "answer", "call_back", "close",
    ]  # fmt: skip
    city.holds()


def test_border(world: Callable[..., World]) -> None:
    """maanshan-border 两区交界的路段.

    The road lies between two districts, and three people report it. The first district says: not mine, the other's. The desk agrees to hear the
    other. The other says the same. Twice refused, a ruling is due within one working day: the first street cleans it up. The matter is larger than one
    street, so it is folded into the campaign of the civility office. What can be cleared is cleared by its date; the illegal vegetable plots of a
    whole slope cannot: for that spot a plan of its own, an owner and a day of review. Nobody who reported it is forgotten.
    """
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    words = "华山南路马向路到印山东路这一段，路边种菜、塑料垃圾到处挂，还堆着建筑材料。"
    case = city.file(body=words, title="华山南路脏乱", lat=31.67641, lng=118.51359, name="张先生", phone=ZHANG)
    again = city.file(body="还是华山南路那一段，垃圾一直没人清。", place="huashan", name="王女士", phone=WANG)
    assert city.state(case) == "received"
    city.send()
    city.do(intake.register, case, by="desk1", category="010204")
    city.do(publishing.release, case, by="desk1")
    assert amending.merge([again], into=case, by=city.who("dispatch1")) == [again]
    assert city.state(again) == "merged"
    city.send()

    city.do(dispatch.dispatch, case, by="dispatch1", lead="huashan")
    city.wait("4 hours")
    city.do(dispatch.send_back, case, by="huashan", reason="这一段在路东，经核对不在我区养护范围。", proposed="yushan")
    assert city.state(case) == "dispatched"  # asked, not yet granted
    with pytest.raises(NotAllowed):
        city.do(approvals.grant, case, by="huashan", number=1)
    city.do(approvals.grant, case, by="dispatch1", number=1)
    assert city.state(case) == "registered"
    assert "ruling" not in city.running(case)  # one refusal is no dispute yet

    city.do(dispatch.dispatch, case, by="dispatch1", lead="yushan")
    city.wait("20 hours")
    city.do(dispatch.send_back, case, by="yushan", reason="路面中线以东归花山区，我区不能单独清理。", proposed="huashan")
    city.do(approvals.grant, case, by="dispatch1", number=2)
    refusals = city.case(case).facts["refusals"]
    assert [(r["unit"], r["proposed"]) for r in refusals] == [("huashan", "yushan"), ("yushan", "huashan")]
    assert all(r["reason"] for r in refusals)
    assert city.due(case, "ruling") == "2026-03-04 24:00"
    assert city.due(case, "answer") == "2026-03-05 09:00"  # the citizen's clock never stopped for their quarrel

    city.wait("2 hours")
    city.do(
        dispatch.rule, case, by="dispatch1", lead="hudonglu", co=["anmin"], basis="按现场红线图，主要点位在湖东路街道一侧，由湖东路街道牵头，安民街道配合。"
    )
    assert (city.state(case), city.case(case).unit) == ("dispatched", "hudonglu")
    assert city.kept(case, "ruling")
    city.do(handling.claim, case, by="hudonglu")
    city.do(handling.reply, case, by="hudonglu", text="3 月 3 日到现场看过，共 4 处：垃圾 2 处本周清完，建筑材料 1 处联系业主搬走，坡地菜地另定方案。")

    city.do(handling.contribute, case, by="anmin", opinion="南段垃圾和路口建筑材料由我街道清运，3 月 10 日前完成。")

    spots = [
        campaigns.Place(name="华山南路北段塑料垃圾", owner="hudonglu", due_on=date(2026, 3, 8)),
        campaigns.Place(name="华山南路南段塑料垃圾", owner="anmin", due_on=date(2026, 3, 8)),
        campaigns.Place(name="印山东路口建筑材料", owner="anmin", due_on=date(2026, 3, 10)),
        campaigns.Place(name="东侧坡地菜地", owner="hudonglu", due_on=date(2026, 5, 30), plan="先收边界、再移栽、后补绿，分三步清。"),
    ]
    campaign = campaigns.open_campaign(name="公路铁路沿线环境整治", goal="文明创建沿线整治", unit="city.civility", spots=spots, by=city.who("wenming-duban"))
    campaigns.gather(campaign, [case], by=city.who("dispatch1"))
    late = city.file(body="华山南路的垃圾还在吗？我也说过一次。", place="yushan", name="刘先生", phone=LIU)
    city.send()
    amending.merge([late], into=case, by=city.who("dispatch1"))  # reported again and again: every reporter is kept
    with pytest.raises(NotFound):
        city.do(handling.progress, late, by="huashan", text="不归我区。")  # the district that refused has nothing more to say here

    city.until("2026-03-07T10:00+08:00")
    with pytest.raises(NotAllowed):
        campaigns.spot_done(campaign, 1, evidence=["photo"], by=city.who("anmin"))
    campaigns.spot_done(campaign, 1, evidence=["photo"], by=city.who("hudonglu"))
    campaigns.spot_done(campaign, 2, evidence=["photo"], by=city.who("anmin"))
    campaigns.spot_done(campaign, 3, evidence=["photo"], by=city.who("anmin"))

    city.do(
        handling.park, case, by="hudonglu", owner="hudonglu", review_on=date(2026, 5, 30),
        plan="东侧坡地菜地：3 月底前和种植户签清退书，4 月补种草皮，5 月 30 日前复查。",
    )  # fmt: skip
    assert city.state(case) == "handling"  # parking waits for consent
    city.do(approvals.grant, case, by="dispatch1", number=3)
    assert city.state(case) == "parked"
    assert city.case(case).facts["parking"]["owner"] == "hudonglu"
    assert city.due(case, "review") == "2026-05-30 24:00"
    assert "close" not in city.running(case)
    assert city.measures(case) == []

    city.until("2026-05-31T00:00+08:00")
    assert city.measures(case) == [("reminder", "挂账复查提醒", "hudonglu", "opened")]
    campaigns.spot_done(campaign, 4, evidence=["photo"], by=city.who("hudonglu"))
    city.do(handling.unpark, case, by="hudonglu", note="坡地菜地已清，补种草皮成活。")
    city.do(
        answering.answer, case, by="hudonglu", outcome="solved", evidence=[city.photo()],
        text="4 处点位全部完成：垃圾 3 月 7 日清运完，建筑材料已搬走，坡地菜地 5 月 30 日改成绿地。",
    )  # fmt: skip
    city.check(case)
    city.do(publishing.release, case, by="desk1")
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    assert city.kept(case, "close")  # the weeks on the shelf are not counted, what was left of the week went on

    city.send()
    shared = ["dispatch", "dispatch", "rule", "reply", "gathered"]
    after = ["spot", "spot", "spot", "park", "spot", "unpark", "pass_check", "close"]
    assert city.told(ZHANG) == ["receive", *shared, *after]
    assert city.told(WANG) == ["receive", "merge", *shared, *after]
    assert city.told(LIU) == ["receive", "merge", *after]  # came late, and is told everything from then on
    for phone in (ZHANG, WANG, LIU):
        assert [m.text for m in city.sms.sent if m.phone == phone] == city.texted(phone)
        assert len(city.texted(phone)) == len(city.told(phone)) - 4  # a finished spot is news on the site, the phone stays silent
    assert city.told("huashan").count("dispatch") == city.told("yushan").count("dispatch") == 1
    assert "rule" in city.told("hudonglu")
    city.holds()


def test_late(world: Callable[..., World]) -> None:
    """maanshan-late 没人认领的路灯.

    Nobody claims it: after 24 hours the desk's reminder. Nobody answers: after 72 hours another. At a week it is overdue: the civility office's
    supervision order with a number and a day to answer by; a day later the yellow card with one point, by rule. Orange and red are grave: the rule
    only proposes them, a named person decides. The unit wakes up; what it then does is written beside it, and lateness stays lateness.
    """
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="小区门口路灯坏了半个月没人修。", title="路灯不亮", place="yanghu")
    city.do(intake.register, case, by="desk1")
    city.do(dispatch.dispatch, case, by="dispatch1", lead="city.urban_management")
    unit = "city.urban_management"
    assert city.due(case, "claim") == "2026-03-03 09:00"

    city.until("2026-03-03T08:59+08:00")
    assert city.measures(case) == []
    city.until("2026-03-03T09:00+08:00")
    assert city.measures(case) == [("reminder", "认领提醒", unit, "opened")]
    assert city.state(case) == "dispatched"  # a reminder changes nobody's duty

    city.until("2026-03-05T08:59+08:00")
    assert len(city.measures(case)) == 1
    city.until("2026-03-05T09:00+08:00")
    assert city.measures(case)[1:] == [("reminder", "答复提醒", unit, "opened")]

    city.until("2026-03-09T23:59+08:00")
    assert len(city.measures(case)) == 2
    assert not city.case(case).watched
    city.until("2026-03-10T00:00+08:00")
    assert city.measures(case)[2:] == [("supervision", "文明办督办单", unit, "opened")]
    order = Measure.objects.get(case__code=case, number=3)
    assert city.clock(order.answer_by) == "2026-03-12 24:00"  # two working days after the day it was opened
    assert city.case(case).watched

    city.wait("24 hours")
    yellow = Measure.objects.get(case__code=case, kind="yellow_card")
    assert (yellow.status, yellow.points, yellow.opened_by) == ("opened", 1, "system")
    assert yellow.because
    assert yellow.rule == "ladder.close[1]"

    city.until("2026-03-12T23:59+08:00")
    assert len(city.measures(case)) == 4
    city.until("2026-03-13T00:00+08:00")
    assert [m for m in city.measures(case)[4:] if m[0] == "reminder"] == [("reminder", "督办单到期提醒", unit, "opened")]
    city.until("2026-03-17T00:00+08:00")
    grave = Measure.objects.filter(case__code=case, kind__in=("orange_card", "red_card")).order_by("number")
    assert [(m.kind, m.status, m.points) for m in grave] == [("orange_card", "proposed", 2), ("red_card", "proposed", 3)]
    assert city.running(case) >= {"answer", "close", "claim", "measure"}

    # A named person opens the orange card. A clerk of the unit itself cannot touch it.
    with pytest.raises(NotAllowed):
        city.do(measures.confirm, case, by="chengguan", number=grave[0].number)
    city.do(measures.confirm, case, by="wenming-duban", number=grave[0].number)
    grave[0].refresh_from_db()
    orange = Measure.objects.get(case__code=case, kind="orange_card")
    assert (orange.status, orange.opened_by) == ("opened", city.who("wenming-duban").tag)

    # The unit wakes up.
    city.until("2026-03-17T09:00+08:00")
    city.do(handling.claim, case, by="chengguan")
    city.do(measures.answer, case, by="chengguan", number=3, text="线路已查明，3 月 17 日下午更换灯头。漏认领的值班员已换岗。")
    city.do(measures.close, case, by="wenming-duban", number=3)
    city.do(
        answering.answer, case, by="chengguan", outcome="solved", text="经查，路灯电缆接头烧坏。3 月 17 日已更换接头和灯头，当晚亮灯。", evidence=[city.photo()]
    )
    city.do(measures.withdraw, case, by="wenming-duban", number=grave[1].number, reason="督办后当天修好，不再升级为红牌。")
    assert [(m[0], m[3]) for m in city.measures(case) if m[0] in ("supervision", "yellow_card", "orange_card", "red_card")] == [
        ("supervision", "closed"), ("yellow_card", "closed"), ("orange_card", "opened"), ("red_card", "withdrawn"),
    ]  # fmt: skip
    city.check(case)
    city.wait("1 hour")
    assert deadlines.sweep() == 0  # nothing more escalates
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "closed"
    with pytest.raises(WrongState):
        city.do(measures.confirm, case, by="wenming-duban", number=grave[1].number)

    # Solved and satisfied, and still late: three promises missed, none kept.
    assert [city.kept(case, kind) for kind in ("claim", "answer", "close")] == [False, False, False]
    assert [city.tally(f"{kind}_missed") for kind in ("claim", "answer", "close")] == [1, 1, 1]
    assert [city.tally(f"{kind}_kept") for kind in ("claim", "answer", "close")] == [0, 0, 0]
    city.send()
    assert city.told(unit).count("measure_opened") == 6  # three reminders, the order, yellow, orange
    city.holds()

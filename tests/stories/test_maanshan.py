"""马鞍山: told through the commands that the screens use, with the clock moved by the test."""

from collections.abc import Callable
from datetime import date

from minsheng.commands import answering, callback, campaigns, dispatch, handling, intake, publishing
from tests.world import World


def test_window(world: Callable[..., World]) -> None:
    """maanshan-window: fallen stair windows are claimed the same day, promised for a date, widened to 26 buildings, closed within a week."""
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="楼梯间三楼的窗户掉了，四五六楼的也松了，怕砸到人。", title="楼道窗户脱落", place="yanghu-b12")
    assert city.state(case) == "received"

    city.wait("10 minutes")
    city.do(intake.register, case, by="desk1", category=city.case(case).facts["category"] or "0303")
    city.do(publishing.release, case, by="desk1")
    city.do(dispatch.dispatch, case, by="dispatch1", lead="yanghu")
    assert city.state(case) == "dispatched"

    city.wait("3 hours")
    city.do(handling.claim, case, by="yanghu")
    city.do(handling.reply, case, by="yanghu", text="已到现场量过尺寸，窗户 3 日内装好，松动的同时加固。", promised_on=date(2026, 3, 5))
    promise = city.deadline(case, "promise")
    assert promise.due_at.isoformat() == "2026-03-05T16:00:00+00:00"
    assert city.deadline(case, "answer").met_at is not None

    spots = [campaigns.Place(name=f"阳湖花园{n}栋楼梯间", owner="yanghu", due_on=date(2026, 3, 6)) for n in range(1, 27)]
    campaign = campaigns.open_campaign(name="楼道窗户排查", goal="查遍 26 栋楼梯间的窗户", unit="yanghu", spots=spots, by=city.who("yanghu"))
    campaigns.gather(campaign, [case], by=city.who("yanghu"))
    for number in range(1, 27):
        campaigns.spot_done(campaign, number, evidence=["photo"], by=city.who("yanghu"))

    city.until("2026-03-04T15:00+08:00")
    city.do(handling.progress, case, by="yanghu", text="新窗户已装好，逐层看过。")
    city.do(answering.answer, case, by="yanghu", outcome="solved", text="12 栋 3 单元三楼的窗户 3 月 4 日已装好，四五六楼重新打胶加固。26 栋都查过一遍。")
    if not city.case(case).facts["checked"]:
        city.do(answering.pass_check, case, by="checker1")
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)

    assert city.state(case) == "closed"
    assert city.deadline(case, "close").met_at is not None
    assert not city.deadline(case, "close").timer().late(city.case(case).closed_at)
    assert city.measures(case) == []
    city.holds()


def test_late(world: Callable[..., World]) -> None:
    """maanshan-late: not claimed in 24 h, not answered in 72 h: reminders; at a week 督办单, then yellow; orange and red are only proposed."""
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="小区门口路灯坏了半个月没人修。", title="路灯不亮", place="yanghu")
    city.do(intake.register, case, by="desk1", category=city.case(case).facts["category"] or "0303")
    city.do(dispatch.dispatch, case, by="dispatch1", lead="city.urban_management")

    city.wait("25 hours")
    assert city.measures(case) == [("reminder", "认领提醒", "city.urban_management", "opened")]
    city.wait("48 hours")
    assert city.measures(case)[1][:2] == ("reminder", "答复提醒")
    city.until("2026-03-10T00:00+08:00")
    assert city.measures(case)[2][:2] == ("supervision", "文明办督办单")
    city.wait("25 hours")
    assert [m[:2] for m in city.measures(case) if m[0] == "yellow_card"] == [("yellow_card", "黄牌")]
    city.until("2026-03-18T00:00+08:00")
    assert [(m[0], m[3]) for m in city.measures(case) if "card" in m[0]] == [("yellow_card", "opened"), ("orange_card", "proposed"), ("red_card", "proposed")]
    city.holds()

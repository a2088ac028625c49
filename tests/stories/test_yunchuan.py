"""云川（虚构）: everything switched on. One case through its whole life, with everything that can happen to it on the way."""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.commands import amending, answering, approvals, callback, dispatch, handling, intake, measures
from minsheng.domain.errors import NotAllowed, TooMany, WrongState
from minsheng.models.case import Relation
from minsheng.models.read import HallRow
from tests import world as worlds
from tests.world import World

SUN, QIAN, LI = "13800000001", "13800000002", "13800000003"


def test_a_whole_life(world: Callable[..., World]) -> None:
    """yunchuan-life 一件诉求的一生.

    A letter tells two matters, so it is split. Two more people tell one of them, one of those was something else, so it is taken out again. Two units say
    "not mine"; a ruling ends it. The street asks for time, parks what the weather forbids, goes on. Its first answer says nothing and comes back; its
    second is called back and does not convince; the third round of work does. Every step is in the journal, every promise kept or missed once,
    and everybody who reported it is told, from the first word to the last.
    """
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    letter = "银杏花园北门外垃圾成堆，车子压得到处都是。另外，门口的一盏灯也不亮。"
    case = city.file(body=letter, title="北门外垃圾", place="yinxing", channel="wechat", phone=SUN, category="010302", attachments=(city.photo(),))
    assert city.state(case) == "dispatched"
    first = str(city.case(case).unit)
    city.send()

    # 拆分: the lamp becomes a case of its own, with the same person in it.
    lamp = intake.Report(body="银杏花园北门口的路灯不亮，已经一周。", title="北门路灯不亮", channel="wechat", place="yinxing", name="孙先生", phone=SUN)
    (second,) = amending.split(case, parts=[lamp], by=city.who("dispatch1"), classifier=worlds.classifier("yunchuan"))
    assert city.case(second).category == "020201"
    assert Relation.objects.get(kind="split").other.code == second
    assert len(city.read(SUN)) == 2  # received, handed over; the split part has its own

    # 并案 and 拆开: two more people; one of them meant something else.
    again = city.file(body="北门的垃圾三天没收了。", title="垃圾没收", place="yinxing", name="钱女士", phone=QIAN, category="010302")
    other = city.file(body="北门垃圾桶坏了，盖子掉在地上。", title="垃圾桶坏了", place="yinxing", name="李先生", phone=LI, category="010302")
    city.send()
    assert amending.merge([again, other], into=case, by=city.who("dispatch1")) == [again, other]
    assert (city.state(again), city.state(other)) == ("merged", "merged")
    assert not HallRow.objects.filter(code=again).exists()
    assert city.running(other) == set()
    city.wait("2 hours")
    city.do(amending.unmerge, other, by="dispatch1", reason="是垃圾桶坏了，不是没收垃圾。")
    assert city.state(other) == "dispatched"
    assert city.running(other) >= {"claim", "answer", "close"}  # its promises go on with the time they had left
    assert HallRow.objects.filter(code=other).exists()
    city.do(amending.withdraw, other, by="citizen", reason="桶已经换好了。")
    city.send()

    # 推诿: first one unit, then the other.
    city.do(dispatch.send_back, case, by=city.clerk(first), reason="北门外是道路红线外，不在清运范围。", proposed="songtao.urban_management")
    city.do(approvals.grant, case, by="dispatch1", number=1)
    city.do(dispatch.dispatch, case, by="dispatch1", lead="songtao.urban_management")
    city.wait("1 hour")
    city.do(dispatch.send_back, case, by="songtao-chengguan", reason="生活垃圾归环卫清运，不归城管所。", proposed=first)
    with pytest.raises(NotAllowed):
        city.do(approvals.grant, case, by="songtao-chengguan", number=2)
    city.do(approvals.grant, case, by="dispatch1", number=2)
    assert city.due(case, "ruling") == "2026-03-03 24:00"
    city.do(dispatch.rule, case, by="supervisor1", lead="yinxing", co=["songtao.urban_management"], basis="属地管理，由社区牵头，城管所配合清理。")
    assert (city.state(case), city.case(case).unit) == ("dispatched", "yinxing")
    city.send()

    # 办理: claim, first contact, the citizen adds and urges, the leader writes.
    city.do(handling.claim, case, by="yinxing")
    city.do(handling.contact, case, by="yinxing", method="phone")
    city.do(amending.supplement, case, by="citizen", text="旁边还堆了旧沙发。")
    city.do(amending.urge, case, by="citizen")
    with pytest.raises(TooMany):
        city.do(amending.urge, case, by="citizen")
    city.do(measures.instruct, case, by="leader1", unit="yinxing", text="一周内清完，并拿出以后不再堆的办法。", answer_on=date(2026, 3, 9))
    city.do(handling.contribute, case, by="songtao-chengguan", opinion="旧沙发按大件垃圾清走，3 月 4 日出车。")
    with pytest.raises(WrongState):
        city.do(answering.answer_at_once, case, by="desk1", text="请联系社区。")

    # 延期 and 挂账, both with consent.
    before = city.due(case, "answer")
    city.do(handling.extend, case, by="yinxing", by_how_much="24 hours", reason="等清运车排期。")
    city.do(approvals.grant, case, by="dispatch1", number=3)
    assert (before, city.due(case, "answer")) == ("2026-03-05 09:00", "2026-03-06 09:00")
    city.until("2026-03-04T12:00+08:00")
    city.do(
        handling.park, case, by="yinxing", owner="yinxing", review_on=date(2026, 3, 20), plan="连续大雨，地面积水；3 月 20 日前水退后清理并硬化 40 平方米。"
    )
    city.do(approvals.grant, case, by="dispatch1", number=4)
    assert city.state(case) == "parked"
    assert city.running(case) & {"answer", "close"} == set()
    city.until("2026-03-18T12:00+08:00")
    assert [m for m in city.measures(case) if m[2] == "yinxing" and m[0] == "reminder"] == [
        ("reminder", "督办单到期提醒", "yinxing", "opened")
    ]  # the leader's word has a day, too
    city.do(handling.unpark, case, by="yinxing", note="积水已退，当天清理。")
    assert city.due(case, "answer") == "2026-03-20 09:00"  # 45 hours were left, 45 hours are left
    city.do(measures.answer, case, by="yinxing", number=1, text="3 月 18 日清完，硬化后设禁堆标志。")

    # 答复: empty, then unconvincing, then done.
    city.do(answering.answer, case, by="yinxing", outcome="explained", text="社区高度重视，第一时间积极协调相关部门，进一步加强监管，感谢您的理解和支持。")
    assert city.state(case) == "handling"
    city.wait("2 hours")
    city.do(
        answering.answer, case, by="yinxing", outcome="solved", text="3 月 18 日出动 2 车清走垃圾和旧沙发共 6 吨，地面 3 月底硬化。", evidence=[city.photo()]
    )
    city.do(answering.pass_check, case, by="checker1")
    city.send()
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=False, satisfied=False, note="昨天又有人倒。")
    assert (city.state(case), city.case(case).round) == ("handling", 2)
    assert city.due(case, "answer") == "2026-03-21 14:00"  # a new round has new clocks
    city.wait("24 hours")
    city.do(
        answering.answer,
        case,
        by="yinxing",
        outcome="solved",
        text="3 月 19 日硬化 40 平方米并装监控 1 个，每天 7 点、18 点各清一次，责任人电话 0555-2345678。",
    )
    city.do(answering.pass_check, case, by="checker1")
    city.do(callback.rate, case, by="citizen", level=4)
    assert city.state(case) == "answered"  # a call is due, so the stars do not close it
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True)
    assert city.state(case) == "answered"  # 钱先生家也有这件事，还没有说话
    city.do(callback.voice, case, by="citizen", party=city.party(QIAN), done=True)
    assert city.state(case) == "closed"

    facts = city.case(case).facts
    assert (facts["round"], facts["quality_failures"], len(facts["refusals"]), facts["extensions"], facts["urges"]) == (2, 1, 2, 1, 1)
    row = HallRow.objects.get(code=case)
    assert (row.state, row.rating, row.outcome) == ("closed", 4, "solved")
    assert row.answer.startswith("3 月 19 日硬化")
    assert [city.tally(m) for m in ("receive", "merge", "withdraw", "send_back", "reopen", "close")] == [4, 2, 1, 2, 1, 1]
    assert [city.tally(m) for m in ("solved_yes", "solved_asked", "satisfied_yes", "satisfied_asked")] == [1, 2, 1, 2]
    city.send()
    assert city.told(QIAN)[:2] == ["receive", "dispatch"]
    assert city.told(QIAN)[-4:] == ["pass_check", "reopen", "pass_check", "close"]
    assert city.told(LI)[-2:] == ["merge", "unmerge"]
    assert city.state(second) == "dispatched"  # the lamp has its own life
    city.holds()

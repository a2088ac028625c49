"""曲阜 马上就办: one hotline, day and night. What can be answered at once is answered at once; the rest goes to the office of the unit whose it is."""

from collections.abc import Callable
from datetime import date

import pytest

from minsheng.commands import answering, articles, callback, handling, measures, people
from minsheng.commands import knowledge as using
from minsheng.commands import liaison as keeping
from minsheng.domain.articles import Draft
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.intelligence.marking import text_of
from minsheng.models.case import Opening, Party
from minsheng.queries import directory as directories
from minsheng.queries import knowledge, liaison, paper, statistics
from tests.world import World

LOW_INCOME = "**带这些**：户口本、身份证、收入证明。\n\n到街道便民服务中心低保窗口办，8 个工作日审核。"
NEIGHBOUR, FAMILY = "13800000001", "13800000002"


def test_allowance(world: Callable[..., World]) -> None:
    """qufu-allowance 替邻居打的电话.

    A resident calls for the family next door: several of them gravely ill, could they get the living allowance? The operator files it with two people in
    it: who called, and whom it is about. The street has it at once. Its head writes an instruction the same day. Staff phone the caller, sit down with
    the family, and look whether the conditions are met. The handling sheet holds all of it on one page; names only for those who opened them.
    """
    city = world("qufu", at="2026-06-10T09:20+08:00")
    words = "同社区有一户人家几口人生重病，生活困难，想问能不能办低保。"
    case = city.file(body=words, title="邻居家能不能办低保", kind="help", channel="phone", place="gulouyuan", name="胡先生", phone=NEIGHBOUR, by="desk1")
    city.do(people.enter, case, by="desk1", role="concerned", name="孙家", phone=FAMILY, address="古楼苑 3 栋 201")
    assert sorted(Party.objects.filter(case__code=case).values_list("role", flat=True)) == ["caller", "concerned"]
    assert (city.state(case), city.case(case).unit) == ("handling", "lucheng")
    assert city.order(case, "city.civil_affairs")["role"] == "co"
    assert city.due(case, "contact") == "2026-06-10 24:00"
    assert city.due(case, "answer") == "2026-06-17 24:00"
    with pytest.raises(NotAllowed):
        city.do(people.enter, case, by="supervisor1", role="concerned", name="孙家")
    with pytest.raises(BadInput):
        city.do(people.enter, case, by="desk1", role="caller", name="再一位")

    city.until("2026-06-10T11:00+08:00")
    city.do(
        measures.instruct,
        case,
        by="lucheng-leader",
        unit="lucheng",
        answer_on=date(2026, 6, 12),
        text="请民政办今天就联系，入户看实际情况，符合条件的当场帮助填表。",
    )
    assert city.measures(case) == [("instruction", "批示", "lucheng", "opened")]
    assert city.due(case, "measure") == "2026-06-12 24:00"
    assert city.case(case).watched

    city.until("2026-06-10T11:30+08:00")
    city.do(handling.contact, case, by="lucheng", method="phone", note="已和来电人通话，记下住址和家里人口。")
    assert city.kept(case, "contact")
    city.until("2026-06-10T16:10+08:00")
    city.do(handling.contact, case, by="lucheng", method="visit", note="和当事人见面，核对收入、病历和家庭人口。")
    city.do(handling.contribute, case, by="minzheng", opinion="按因病支出型困难家庭的标准审核，材料齐了五天内办结。")
    city.until("2026-06-11T10:00+08:00")
    city.do(measures.answer, case, by="lucheng", number=1, text="10 日下午已入户，符合条件，11 日上午帮助提交申请。")
    city.do(measures.close, case, by="supervisor1", number=1)
    city.do(
        answering.answer, case, by="lucheng", outcome="solved",
        text="6 月 10 日入户核对，家庭人均收入低于每月 800 元，符合低保条件；6 月 11 日已提交申请，公示 7 天后按月发放。",
    )  # fmt: skip
    city.check(case)
    city.do(callback.call_back, case, by="callback1", reached=True, contacted=True, solved=True, satisfied=True, note="来电人说邻居一家很感谢。")
    assert city.state(case) == "closed"
    city.send()
    assert city.told(NEIGHBOUR) == city.told(FAMILY) == ["receive", "dispatch", "pass_check", "close"]  # both hear how it went

    # The printed sheet: everything on it, and nobody's name for somebody who has not opened it.
    sheet = paper.handling_sheet(case, by=city.who("lucheng"))
    assert (sheet.code, sheet.city, sheet.system, sheet.hotline) == (case, "曲阜市", "马上就办", "4412345")
    assert [(p.role_zh, p.name, p.phone, p.address) for p in sheet.parties] == [
        ("诉求人", "（未打开）", "（未打开）", ""), ("当事人", "（未打开）", "（未打开）", "（未打开）"),
    ]  # fmt: skip
    assert (sheet.title, sheet.content) == ("邻居家能不能办低保", words)
    assert sheet.category.endswith("最低生活保障 › 低保申请")
    assert (sheet.kind_zh, sheet.channel_zh, sheet.urgency_zh) == ("求助", "电话", "一般")
    assert sheet.place.endswith("古楼苑社区")
    assert (sheet.lead, sheet.co) == ("鲁城街道", ["曲阜市民政局"])
    assert [(n.by, n.unit_name, n.text[:6]) for n in sheet.instructions] == [("鲁城街道负责人", "鲁城街道", "请民政办今天")]
    assert city.clock(sheet.instructions[0].at) == "2026-06-10 11:00"
    assert [(n.how, n.text[:6]) for n in sheet.contacts] == [("电话", "已和来电人通"), ("上门", "和当事人见面")]
    assert [n.unit_name for n in sheet.opinions] == ["曲阜市民政局"]
    assert sheet.answer is not None
    assert (sheet.answer.outcome_zh, sheet.answer.text[:11]) == ("已解决", "6 月 10 日入户核")
    assert sheet.callback is not None
    assert (sheet.callback.contacted, sheet.callback.solved, sheet.callback.satisfied) == (True, True, True)
    assert [city.clock(at) for at in (sheet.received_at, sheet.dispatched_at, sheet.contacted_at)] == [
        "2026-06-10 09:20",
        "2026-06-10 09:20",
        "2026-06-10 11:30",
    ]
    assert {p.kind: p.state for p in sheet.promises}["answer"] == "kept"
    assert Opening.objects.count() == 0  # printing opened nobody

    opened = people.open_parties(case, reason="入户前核对", by=city.who("callback1"))
    shown = paper.handling_sheet(case, by=city.who("callback1"), opened=opened)
    assert [(p.role_zh, p.name, p.phone) for p in shown.parties] == [("诉求人", "胡先生", NEIGHBOUR), ("当事人", "孙家", FAMILY)]
    assert set(Opening.objects.values_list("reason", flat=True)) == {"入户前核对"}
    with pytest.raises(NotFound):
        paper.handling_sheet(case, by=city.who("shuyuan-leader"))  # another street
    city.holds()


def test_at_once(world: Callable[..., World]) -> None:
    """qufu-at-once 电话里就答完的事.

    Of 48,116 calls 6,925 were enquiries. Such a call is one screen: the operator files it, answers from the knowledge base, the caller has heard it, the
    call ends and so does the case. No unit is bothered. The figures count it as closed; that it was solved or that the caller was satisfied, nobody asked
    and so nobody claims.
    """
    city = world("qufu", at="2026-06-10T10:00+08:00")
    case = city.file(body="请问低保申请要带什么材料，在哪里办？", title="低保申请怎么办", kind="enquiry", channel="phone", by="desk1")
    assert city.state(case) == "received"  # also where the rules are sure whose it is: the operator looks first whether it can be answered now
    assert city.running(case) == {"dispatch", "answer"}
    with pytest.raises(NotFound):
        city.do(answering.answer_at_once, case, by="lucheng", text="带身份证。")  # a street knows nothing of a call that never reached it

    # The civil affairs bureau wrote down how it is done, an editor read it; the operator finds it with the caller's words.
    told = Draft(kind="knowledge", slug="low-income", title="低保怎么申请，带什么材料", body=LOW_INCOME, category="070101")
    number = articles.write(told, by=city.who("editor1"))
    articles.ask(number, seen=1, by=city.who("editor1"))
    articles.publish(number, seen=1, by=city.who("admin1"))
    (found,) = knowledge.find(knowledge.Wanted(q="低保 材料"), reader=knowledge.Reader(units=(), everything=False), tree=directories.current()).rows
    city.wait("2 minutes")
    city.do(answering.answer_at_once, case, by="desk1", category="070101", text=text_of(found.body))
    assert using.used(found.slug, code=case, by=city.who("desk1"))
    assert [source.title for source in knowledge.sources(case)] == [told.title]
    assert city.state(case) == "answered"
    assert city.case(case).facts["outcome"] == "explained"
    city.do(callback.close, case, by="desk1")
    assert city.state(case) == "closed"
    assert city.actions(case)[0] == "receive"
    assert city.actions(case)[-1] == "close"
    assert city.case(case).unit is None
    assert city.case(case).facts["orders"] == []
    assert city.case(case).facts["verdict"] is None
    assert city.running(case) <= {"callback"}  # one in five is still rung up, closed or not
    with pytest.raises(WrongState):
        city.do(callback.close, case, by="desk1")

    figures = statistics.figures(start=date(2026, 6, 10), end=date(2026, 6, 10))
    assert (figures.volumes["receive"], figures.volumes["answer_at_once"], figures.volumes["close"], figures.volumes["dispatch"]) == (1, 1, 1, 0)
    rates = {rate.key: (rate.numerator, rate.denominator) for rate in figures.rates}
    assert rates["closing"] == (1, 1)
    assert rates["resolution"] == rates["satisfaction"] == (0, 0)  # closed is not solved, and silence is not content
    assert rates["answer_on_time"] == (1, 1)
    city.send()
    assert city.told("13800000001") == ["receive", "answer_at_once", "close"]

    # A matter that is no enquiry goes where it belongs, also when it comes by telephone.
    other = city.file(body="我家有人生重病，生活困难，想申请低保。", title="申请低保", kind="help", channel="phone", place="gulouyuan", by="desk1")
    assert (city.state(other), city.case(other).unit) == ("handling", "lucheng")
    with pytest.raises(WrongState):
        city.do(answering.answer_at_once, other, by="desk1", text="请到街道办理。")
    city.holds()


def test_liaison(world: Callable[..., World]) -> None:
    """qufu-liaison 领导联系网民.

    Each leader keeps in touch with three citizens at least, who have agreed to it. The deputy head phones one about the heating, and what was a talk
    becomes a request like any other, with its clocks. At the end of the quarter the overview says who was not spoken with; a citizen who has had enough
    is off the list, and name and number are gone.
    """
    city = world("qufu", at="2026-03-02T09:00+08:00")
    head = city.who("leader1")
    assert head.id is not None and city.rules.profile.liaison_least == 3
    agreed = [
        keeping.enrol(head.id, name=name, number=f"138000000{n}", consent="2 月座谈会上当面同意", by=head) for n, name in ((71, "甲先生"), (72, "乙女士"))
    ]

    def overview() -> tuple[int, int]:
        return next((row.people, row.reached) for row in liaison.keepers(head) if row.id == head.id)

    assert overview() == (2, 0), "one is missing, and nobody was spoken with"
    agreed.append(keeping.enrol(head.id, name="丙先生", number="13800000073", consent="上门走访时同意", by=head))
    code = city.file(kind="help", body="单元里暖气一直不热，老人受不了，请来看看。", name="甲先生", phone="13800000071")
    keeping.log(agreed[0], on=date(2026, 3, 2), method="phone", text="说暖气不热，已经记成一件诉求。", case=code, by=head)
    keeping.log(agreed[1], on=date(2026, 3, 2), method="visit", text="路修好了，满意。", by=head)
    assert overview() == (3, 2)
    assert [c.case for c in liaison.people(head.id)[0].contacts] == [code] and city.running(code)
    keeping.leave(agreed[2], by=head)
    assert overview() == (2, 2)
    city.wait("120 days")
    assert overview() == (2, 0), "a new quarter: everybody is to be spoken with again"

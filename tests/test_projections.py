"""投影: whatever happens, in whatever order, the journal alone tells the same story as the live rows."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from minsheng import clock, projections
from minsheng.commands import (
    amending,
    answering,
    approvals,
    callback,
    checkpoints,
    dispatch,
    handling,
    intake,
    measures,
    people,
    publishing,
)
from minsheng.commands.intake import Report
from minsheng.domain.errors import MinshengError
from minsheng.models.approval import Approval
from minsheng.models.case import Case, CaseText, WorkOrder
from minsheng.models.deadline import Deadline
from minsheng.models.event import CaseEvent
from minsheng.models.measure import Measure
from minsheng.models.people import Member
from minsheng.models.read import HallRow, Tally, TallyDelta
from minsheng.queries import cases as reading
from minsheng.queries import hall
from tests.commands import scenes
from tests.commands.scenes import GOOD, HOLLOW, at_once
from tests.world import World, classifier

Make = Callable[..., World]


class Walk:
    """Somebody does something, again and again; what is refused is refused, what is done must hold."""

    def __init__(self, city: World, seed: int, units: list[str]) -> None:
        self.city, self.dice, self.units = city, random.Random(seed), units
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.codes: list[str] = []
        self.phones = iter(f"139{n:08d}" for n in range(10_000_000))

    def step(self) -> None:
        """One thing is done, by somebody who is likely to be allowed; what is refused on the way is refused in words."""
        before = self.done.total()
        while self.done.total() == before:
            self._try()

    def _try(self) -> None:
        ways = self.ways()
        name = self.dice.choice(list(ways))
        try:
            ways[name]()
            self.done[name] += 1
        except MinshengError:
            self.refused[name] += 1

    def ways(self) -> dict[str, Callable[[], Any]]:
        """Everything that can happen, weighted by repetition of the middle of a case's life."""
        dice, city = self.dice, self.city
        code = dice.choice(self.codes) if self.codes else ""
        other = dice.choice(self.codes) if self.codes else ""
        unit = dice.choice(self.units)
        lead, co = self._of(code, "lead"), self._of(code, "co")
        desk = dice.choice(["desk1", "dispatch1", "supervisor1", "citizen"])
        day = clock.local(clock.now()).date() + timedelta(days=dice.randint(1, 20))
        do = city.do
        return {
            "file": self._file,
            "file again": self._file,
            "register": lambda: do(intake.register, code, by="desk1", category=dice.choice(["020201", "0101", "0303"])),
            "dispatch": lambda: do(dispatch.dispatch, code, by="dispatch1", lead=unit, co=[dice.choice(self.units)]),
            "reassign": lambda: do(dispatch.reassign, code, by="dispatch1", lead=unit, reason="改派。"),
            "rule": lambda: do(dispatch.rule, code, by="supervisor1", lead=unit, basis="裁定。", interim_until=dice.choice([None, day])),
            "escalate": lambda: do(dispatch.escalate, code, by=lead, tried="试过了。"),
            "claim": lambda: do(handling.claim, code, by=lead),
            "contact": lambda: do(handling.contact, code, by=dice.choice([lead, co]), method="phone"),
            "send_back": lambda: do(dispatch.send_back, code, by=lead, reason="不归我们管。", proposed=unit),
            "extend": lambda: do(handling.extend, code, by=lead, by_how_much="2 working days", reason="缺货。", clock=dice.choice(["answer", "close"])),
            "park": lambda: do(handling.park, code, by=lead, plan="等货。", owner=unit, review_on=day),
            "unpark": lambda: do(handling.unpark, code, by=dice.choice([lead, "supervisor1"]), note="货到了。"),
            "co_handle": lambda: do(handling.co_handle, code, by=lead, units=[unit], request="请协助。"),
            "contribute": lambda: do(handling.contribute, code, by=co, opinion="看过了。"),
            "leave": lambda: do(handling.leave, code, by=co, reason="没有我们的事。"),
            "progress": lambda: do(handling.progress, code, by=lead, text="在办。"),
            "reply": lambda: do(handling.reply, code, by=lead, text="明天去看。", promised_on=dice.choice([None, day])),
            "answer": lambda: do(answering.answer, code, by=lead, outcome=dice.choice(["solved", "partly", "explained"]), text=dice.choice([GOOD, GOOD, HOLLOW])),
            "answer again": lambda: do(answering.answer, code, by=lead, outcome="solved", text=GOOD),
            "answer_at_once": lambda: do(answering.answer_at_once, code, by="desk1", text=GOOD, category=dice.choice([None, "0101"])),
            "pass": lambda: do(answering.pass_check, code, by="checker1"),
            "return": lambda: do(answering.return_answer, code, by="checker1", remarks="没说清楚。"),
            "call": lambda: do(callback.call_back, code, by="callback1", reached=dice.random() < 0.8, contacted=True, solved=dice.random() < 0.6, satisfied=dice.random() < 0.6),
            "rate": lambda: do(callback.rate, code, by="citizen", level=dice.randint(1, 5)),
            "close": lambda: do(callback.close, code, by="desk1"),
            "reopen": lambda: do(callback.reopen, code, by=desk, reason="又坏了。"),
            "grant": lambda: approvals.grant(*self._waiting(), by=city.who("dispatch1")),
            "grant again": lambda: approvals.grant(*self._waiting(), by=city.who("dispatch1")),
            "refuse": lambda: approvals.refuse(*self._waiting(), reason="不行。", by=city.who("supervisor1")),
            "supplement": lambda: do(amending.supplement, code, by="citizen", text="还有一盏。"),
            "urge": lambda: do(amending.urge, code, by="citizen"),
            "amend": lambda: do(amending.amend, code, by="desk1", reason="更正。", urgency=dice.choice(["urgent", "high", "normal"]), visibility=dice.choice([None, None, "private", "public"])),
            "merge": lambda: amending.merge([code], into=other, by=city.who("desk1")),
            "unmerge": lambda: do(amending.unmerge, code, by="desk1", reason="不是一件事。"),
            "withdraw": lambda: do(amending.withdraw, code, by="citizen", reason="不用了。") if dice.random() < 0.1 else None,
            "refer": lambda: do(dispatch.refer, code, by="desk1", to="police", reason="报警。", record="1 号") if dice.random() < 0.1 else None,
            "decline": lambda: do(intake.decline, code, by="desk1", reason="不归这里管。", basis="条例。", appeal="打热线。") if dice.random() < 0.5 else None,
            "split": lambda: self.codes.extend(amending.split(code, parts=[Report(body="另有一处路灯不亮。")], by=city.who("desk1"), classifier=classifier(city.city))),
            "support": lambda: do(people.support, code, by="citizen", name="李女士", phone=next(self.phones)),
            "erase": lambda: do(people.erase, code, by="desk1", reason="诉求人要求") if dice.random() < 0.1 else None,
            "release": lambda: do(publishing.release, code, by="desk1"),
            "instruct": lambda: do(measures.instruct, code, by="leader1", unit=unit, text="抓紧。", answer_on=day),
            "confirm": lambda: measures.confirm(*self._measure("proposed"), by=city.who("supervisor1")),
            "withdraw measure": lambda: measures.withdraw(*self._measure("opened"), reason="不用了。", by=city.who("supervisor1")),
            "wait": lambda: city.wait(dice.choice(["20 minutes", "5 hours", "26 hours", "2 days"])),
            "wait again": lambda: city.wait(dice.choice(["1 hour", "30 hours"])),
            "stop": lambda: city.stop(dice.choice(["30 minutes", "2 days"])) if dice.random() < 0.3 else None,
        }  # fmt: skip

    def _file(self) -> None:
        kind, wish = self.dice.choice(["complaint", "help", "report"]), self.dice.choice(["public", "public", "private"])
        told = self.dice.choice(["小区门口的路灯坏了，路灯不亮。", "楼道窗户掉了，怕砸到人。", "有一件事想当面说。"])
        self.codes.append(self.city.file(body=told, kind=kind, wish=wish, phone=next(self.phones), place=self.dice.choice([None, self.place])))

    place = ""

    def _of(self, code: str, role: str) -> str:
        order = WorkOrder.objects.filter(case__code=code, role=role, ended_at=None).order_by("-number").first()
        member = Member.objects.filter(unit=order.unit, roles__contains=["staff"]).select_related("user").first() if order else None
        return member.user.username if member else "chengguan"

    def _waiting(self) -> tuple[str, int]:
        rows = list(Approval.objects.filter(status="asked").order_by("id").values_list("case__code", "number"))
        return self.dice.choice(rows) if rows else (self.codes[0] if self.codes else "", 1)

    def _measure(self, status: str) -> tuple[str, int]:
        rows = list(Measure.objects.filter(status=status).order_by("id").values_list("case__code", "number"))
        return self.dice.choice(rows) if rows else (self.codes[0] if self.codes else "", 1)


@pytest.mark.parametrize(
    ("name", "seed", "units", "place"),
    [
        ("yunchuan", 1, ["songtao.urban_management", "songtao", "yinxing", "city.urban_management", "qinghe.housing"], "yinxing-b1"),
        ("yunchuan", 2, ["songtao.urban_management", "songtao.market", "qinghe.centre", "city.housing", "city"], "yinxing"),
        ("maanshan", 3, ["yanghu", "yushan", "city.urban_management", "dongfangcheng"], "yanghu-b12"),
        ("baiyin", 4, ["hongweicun", "silonglu.centre", "silonglu.urban_management", "city.parks"], "hongweicun-b3"),
        ("linyi", 5, ["luojiazhuang", "yishui.transport", "gaoxin.housing", "city.water_supply"], "luojiazhuang"),
    ],
)  # fmt: skip
def test_rebuilt_equals_live_wherever_a_walk_leads(world: Make, name: str, seed: int, units: list[str], place: str) -> None:
    """A hundred steps over a handful of cases; every few steps the journal is replayed and compared, row by row."""
    city = world(name)
    walk = Walk(city, seed, units)
    walk.place = place
    for number in range(1, 101):
        walk.step()
        if number % 25 == 0:
            city.holds()
    assert len(walk.done) >= 20, (walk.done, walk.refused)
    _mirrors_agree()
    _every_page_opens(city)
    _journal_is_silent()
    before = list(HallRow.objects.order_by("pk").values())
    assert projections.restore_hall() == len(before)
    assert list(HallRow.objects.order_by("pk").values()) == before
    city.send()
    assert checkpoints.verify(rebuild=1000).cases == Case.objects.count()


def _mirrors_agree() -> None:
    """What lists find in columns is what the clocks and orders say."""
    for case in Case.objects.all():
        live = Deadline.objects.filter(case=case, met_at=None, ended_at=None)
        if case.state in ("closed", "declined", "referred", "withdrawn"):
            assert not case.orders.filter(ended_at=None).exists(), case.code
            assert not live.filter(kind__in=("answer", "claim", "contact", "co_handle", "dispatch", "ruling")).exists(), case.code
        if case.state == "merged":
            assert not live.filter(paused_at=None).exclude(kind="measure").exists(), case.code
        if case.state in ("dispatched", "handling"):
            assert case.orders.filter(ended_at=None, role="lead").count() == 1, case.code
            assert live.filter(kind__in=("answer", "close"), paused_at__isnull=False).count() == 0, case.code
        for approval in case.approvals.filter(status="asked"):
            assert approval.order is None or case.orders.filter(number=approval.order, ended_at=None).exists(), case.code
        assert not live.filter(round__lt=case.round, kind__in=("answer", "close", "claim", "contact", "callback", "confirm")).exists(), case.code


#: Whatever anybody said on the way, and whoever said it.
_SAID = (
    "张先生",
    "李女士",
    "小区门口",
    "楼道窗户掉",
    "当面说",
    "不归",
    "改派。",
    "裁定。",
    "试过",
    "缺货",
    "等货",
    "货到了",
    "请协助",
    "看过了",
    "在办。",
    "明天去看",
)
_SAID += (
    "城管所更换",
    "已收悉",
    "没说清楚",
    "又坏了",
    "不行。",
    "还有一盏",
    "更正。",
    "不是一件事",
    "不用了",
    "报警。",
    "热线。",
    "另有一处",
    "诉求人要求",
    "抓紧",
)


def _journal_is_silent() -> None:
    """Ids, codes, digests, times and the rules' own reasons: none of anybody's words, names or numbers."""
    for data, actor in CaseEvent.objects.values_list("data", "actor"):
        told = json.dumps(data, ensure_ascii=False)
        # A digest of 64 hexadecimal digits has eleven decimal ones in a row now and then.
        assert not any(words in told for words in _SAID) and not re.search(r"139\d{8}", re.sub(r'"[0-9a-f]{64}"', "", told)), told
        assert actor in ("citizen", "system") or actor.startswith("staff:")
    assert CaseText.objects.exclude(body=None).exists(), "the words themselves lie beside it"


def _every_page_opens(city: World) -> None:
    """No state that a walk can reach is one that a page cannot show."""
    for case in Case.objects.all():
        for username in ("dispatch1", "supervisor1"):
            assert reading.desk(case.code, city.who(username)).case.code == case.code
        assert reading.holder(case).code == case.code
    for item in hall.hall(hall.Filters(), limit=100).rows:
        assert reading.public(item.code).code == item.code


def test_differences_are_named(world: Make) -> None:
    """A column, a fact, an order or a hall row that was changed by hand: each is said with both values."""
    city = world("yunchuan")
    code = scenes.checked(city)
    case, rows = city.case(code), list(CaseEvent.objects.filter(case__code=code).order_by("seq"))
    assert projections.differences(case, rows) == []
    case.state = "closed"
    assert projections.differences(case, rows) == ["state: live 'closed', journal <State.ANSWERED: 'answered'>"]
    case = city.case(code)
    case.facts["outcome"] = "partly"
    assert [d.split(":")[0] for d in projections.differences(case, rows)] == ["facts.outcome"]
    case = city.case(code)
    WorkOrder.objects.filter(case=case).update(unit="songtao")
    HallRow.objects.filter(case=case).update(answer="好。")
    assert [d.split(":")[0] for d in projections.differences(case, rows)] == ["order 1.unit", "hall.answer"]
    HallRow.objects.filter(case=case).delete()
    assert any(d.startswith("hall: ") for d in projections.differences(case, rows))


@pytest.mark.django_db(transaction=True)
def test_folding_at_once_loses_and_doubles_nothing(world: Make) -> None:
    """Two workers fold while cases are filed: the sums are those of the journal."""
    city = world("yunchuan")
    for _ in range(5):
        scenes.handled(city)
    results = at_once(projections.fold_tallies, projections.fold_tallies, lambda: scenes.handled(city))
    assert not any(isinstance(r, Exception) for r in results), results
    projections.fold_tallies()
    assert not TallyDelta.objects.exists()
    assert sum(Tally.objects.filter(metric="receive").values_list("n", flat=True)) == 6
    city.holds()

"""通知: who is told what, once, however often the job runs."""

from collections.abc import Callable

import pytest

from minsheng import clock
from minsheng.adapters.sms import ConsoleSms
from minsheng.commands import amending, answering, dispatch, handling, intake, measures, notifying, people
from minsheng.models.case import Party
from minsheng.models.read import Notice
from minsheng.ports import Sms, Undelivered
from minsheng.queries import directory as directories
from tests.commands import scenes
from tests.commands.scenes import CLERK, LAMP, UNIT, unchanged
from tests.world import World

Make = Callable[..., World]


class Failing(ConsoleSms):
    """Takes the first `after` messages and no more."""

    def __init__(self, after: int = 0) -> None:
        super().__init__()
        self.left = after

    def send(self, message: Sms) -> None:
        if not self.left:
            raise Undelivered("短信平台没有应答。", "The provider does not answer.")
        self.left -= 1
        super().send(message)


def told(city: World, code: str, sms: ConsoleSms) -> int:
    """Run the job over the whole journal."""
    row = city.case(code)
    return notifying.notify(row.pk, first=1, last=row.seq, sms=sms)


def test_the_job_twice_writes_and_sends_once(world: Make) -> None:
    """Every notice has a key of event and receiver; the second run finds all of them."""
    city = world("yunchuan")
    code, sms = scenes.handled(city), ConsoleSms()
    assert told(city, code, sms) > 0
    sent = sms.sent
    with unchanged():
        assert told(city, code, sms) == 0
    assert sms.sent == sent and len({m.key for m in sent}) == len(sent)
    assert {m.phone for m in sent} == {"13800000001"}
    assert all(code in m.text for m in sent)
    assert not Notice.objects.filter(channel="sms", sent_at=None).exists()


def test_the_words_name_the_unit_of_the_event(world: Make) -> None:
    """The job runs late: what was told of the first dispatch still names the first unit."""
    city = world("yunchuan")
    code, sms = scenes.handled(city), ConsoleSms()
    city.do(dispatch.reassign, code, by="dispatch1", lead="songtao", reason="改给街道。")
    told(city, code, sms)
    units = directories.current().units
    texts = {n.template: n.text for n in Notice.objects.filter(case__code=code, channel="sms")}
    assert units[UNIT].name in texts["dispatch"] and units["songtao"].name in texts["reassign"]
    assert Notice.objects.get(template="dispatch", to=f"unit:{UNIT}") and Notice.objects.get(template="reassign", to="unit:songtao")
    assert not Notice.objects.filter(template="dispatch", to="unit:songtao").exists()


def test_everybody_who_joined_or_was_merged_is_told(world: Make) -> None:
    """The callers of merged cases and those who said 我也遇到; who left is not."""
    city = world("yunchuan")
    main, one = scenes.handled(city), scenes.handled(city, phone="13800000002")
    city.do(people.support, main, by="citizen", name="李女士", phone="13800000003")
    city.do(people.support, main, by="citizen", name="王女士", phone="13800000004")
    city.do(people.leave, main, by="citizen", phone="13800000004")
    amending.merge([one], into=main, by=city.who("desk1"))
    city.send()
    city.do(handling.reply, main, by=CLERK, text="明天换灯。")
    before = len(city.sms.sent)
    city.send()
    assert sorted(m.phone for m in city.sms.sent[before:]) == ["13800000001", "13800000002", "13800000003"]
    city.do(amending.unmerge, one, by="desk1", reason="不是一件事。")
    city.send()
    before = len(city.sms.sent)
    city.do(handling.reply, main, by=CLERK, text="后天换灯。")
    city.send()
    assert sorted(m.phone for m in city.sms.sent[before:]) == ["13800000001", "13800000003"]


def test_the_accused_are_told_nothing(world: Make) -> None:
    """Neither the unit nor anything below it, whatever the event names; nor the person whom it is about."""
    city = world("yunchuan")
    code = city.file(**LAMP, kind="report", accused=("songtao",), name="", phone="", requester="anonymous")
    city.do(intake.register, code, by="desk1", category="020201")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="city.urban_management")
    city.do(handling.claim, code, by="chengguan")
    city.do(people.enter, code, by="dispatch1", role="accused", name="某站长", phone="13800000009")
    city.do(handling.reply, code, by="chengguan", text="正在核实。")
    city.wait("10 days")
    city.send()
    receivers = set(Notice.objects.filter(case__code=code).values_list("to", flat=True))
    tree = directories.current()
    assert receivers and not any(tree.under(to.removeprefix("unit:"), root="songtao") for to in receivers if to.startswith("unit:"))
    assert "13800000009" not in {m.phone for m in city.sms.sent}
    assert not {unit for _, _, unit, _ in city.measures(code)} & set(tree.subtree("songtao"))


def test_a_failing_sender_leaves_the_notice_waiting(world: Make) -> None:
    """The failure is not swallowed: the job fails and is tried again; what was handed over is not sent twice."""
    city = world("yunchuan")
    code = scenes.handled(city)
    broken = Failing(after=1)
    with pytest.raises(Undelivered):
        told(city, code, broken)
    assert Notice.objects.filter(channel="sms", sent_at=None).count() == Notice.objects.filter(channel="sms").count() - 1 > 0
    first = broken.sent
    broken.left = 99
    assert told(city, code, broken) == 0
    assert broken.sent[: len(first)] == first and len({m.key for m in broken.sent}) == len(broken.sent)
    assert not Notice.objects.filter(channel="sms", sent_at=None).exists()


def test_without_a_number_it_is_on_the_site_only(world: Make) -> None:
    """A letter without a phone: told by the site; a number that has gone is said to be missing, and nothing is tried for ever."""
    city = world("yunchuan")
    code = scenes.dispatched(city, channel="mailbox", phone="")
    city.send()
    assert set(Notice.objects.filter(case__code=code, to__startswith="party:").values_list("channel", flat=True)) == {"site"}
    gone = scenes.dispatched(city)
    row = city.case(gone)
    with pytest.raises(Undelivered):
        notifying.notify(row.pk, first=1, last=row.seq, sms=Failing())
    Party.objects.filter(case=row).update(phone=None, erased_at=clock.now())
    notifying.notify(row.pk, first=1, last=row.seq, sms=ConsoleSms())
    assert set(Notice.objects.filter(case=row, channel="sms").values_list("problem", flat=True)) == {"no number"}


def test_an_unchecked_answer_is_not_announced(world: Make) -> None:
    """The citizen hears of the answer when it may be read."""
    city = world("yunchuan")
    code = scenes.answered(city)
    city.send()
    assert not Notice.objects.filter(case__code=code, template__in=("answer", "pass_check"), to__startswith="party:").exists()
    city.do(answering.pass_check, code, by="checker1")
    city.send()
    assert Notice.objects.filter(case__code=code, template="pass_check", channel="sms").count() == 1


def test_measures_and_requests_reach_whom_they_are_for(world: Make) -> None:
    """An instruction reaches its unit, a request the unit that must consent."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(measures.instruct, code, by="leader1", unit="city.housing", text="请住建局配合。")
    city.do(dispatch.send_back, code, by=CLERK, reason="不归我们管。", proposed="songtao")
    city.send()
    to = {(n.template, n.to) for n in Notice.objects.filter(case__code=code)}
    assert ("measure_opened", "unit:city.housing") in to and ("approval_asked", "unit:city.centre") in to

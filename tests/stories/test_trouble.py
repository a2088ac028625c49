"""当出了岔子: outages, two workers, silence, failed answers, long parking, changed urgency, accused units, codes that nobody may know, an unpublished year."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from minsheng import clock
from minsheng.commands import amending, answering, approvals, callback, deadlines, dispatch, handling, intake, measures, people, publishing
from minsheng.domain.access import HOLDER
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.models.case import Case, WorkOrder
from minsheng.models.deadline import Deadline, Outage, Pulse
from minsheng.models.event import CaseEvent
from minsheng.models.measure import Measure
from minsheng.models.people import Member, User
from minsheng.models.read import HallRow, Notice
from minsheng.queries import cases, hall, inbox, statistics
from minsheng.queries import rules as rulebook
from tests.world import ROOT, World

LAMP = {"body": "三单元楼道的灯坏了一个星期，没人来修。", "title": "楼道灯不亮", "channel": "qr"}


# --- 停机 ---------------------------------------------------------------------------------------------------------------


def test_an_outage_is_nobodys_fault(world: Callable[..., World]) -> None:
    """停机免责: the platform was down for three hours while the half hour for the first call ran. The unit has the twenty minutes it had left; it is shown."""
    city = world("baiyin", at="2026-05-06T09:00+08:00")
    case = city.file(**LAMP, place="hongweicun-b3")
    city.until("2026-05-06T09:10+08:00")
    city.stop("3 hours")
    assert city.measures(case) == []
    assert city.due(case, "contact") == "2026-05-06 12:30"
    outage = Outage.objects.get()
    assert (city.clock(outage.start), city.clock(outage.end), outage.finished) == ("2026-05-06 09:10", "2026-05-06 12:10", True)
    assert outage.excused == len(city.running(case)) == 2  # the first call and the answer
    shown = next(promise for promise in cases.desk(case, city.who("dispatch1")).case.promises if promise.kind == "contact")
    assert [span["minutes"] for span in shown.explanation["excused"]] == [180]
    assert city.actions(case)[-1] == "recomputed"  # the journal says it, too
    assert city.case(case).due_at == city.deadline(case, "contact").due_at  # and the lists show the new time

    deadlines.sweep()
    assert Outage.objects.count() == 1
    assert city.due(case, "contact") == "2026-05-06 12:30"
    city.until("2026-05-06T12:30+08:00")
    assert {m[1][:3] for m in city.measures(case)} == {"第一级"}  # now it is late
    city.holds()


def test_after_an_outage_only_the_step_now_reached_fires(world: Callable[..., World]) -> None:
    """只到点一次: four rungs of the ladder lay in the night of the outage. The one now reached is prompted, once; the three before it are named, not fired."""
    city = world("baiyin", at="2026-05-06T09:00+08:00")
    case = city.file(**LAMP, place="hongweicun-b3")
    city.until("2026-05-06T09:40+08:00")
    assert [m[1][:3] for m in city.measures(case)] == ["第一级", "第一级"]
    city.stop("500 minutes")  # until 18:00: the second, third, fourth and fifth level passed in the dark
    assert [m[1][:3] for m in city.measures(case)[2:]] == ["第五级"]
    fired = CaseEvent.objects.filter(case__code=case, action="deadline_step").latest("seq")
    assert fired.data["overtaken"] == ["ladder.contact[1]", "ladder.contact[2]", "ladder.contact[3]"]
    assert city.due(case, "contact") == "2026-05-06 09:30"  # it was late before the platform went down: nothing to excuse
    deadlines.sweep()
    deadlines.sweep()
    assert len(city.measures(case)) == 3
    city.until("2026-05-07T09:30+08:00")
    assert city.measures(case)[-1][1].startswith("第六级")
    assert city.tally("contact_missed") == 1
    city.holds()


@pytest.fixture
def standing(transactional_db: None) -> Iterator[Callable[..., World]]:
    """A city whose rows are committed, so that other connections see them."""
    made: list[World] = []

    def make(city: str, *, at: str) -> World:
        made.append(World(city, at=at))
        return made[-1]

    yield make
    for one in made:
        one.leave()


def _at_once(n: int, work: Callable[[], object]) -> list[object]:
    """Run the same work in n threads with a connection each, started together at the time the clock stands at; their results or errors."""
    now, gate, results = clock.now(), threading.Barrier(n), list[object]()

    def run() -> None:
        try:
            with clock.moved(now):
                gate.wait(timeout=20)
                results.append(work())
        except Exception as error:  # noqa: BLE001  (shown by the test)
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def test_two_workers_sweep_at_once(standing: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    """并发: four workers sweep the same minute over twelve late cases. Each prompt is made once, none is missed, and the journals hold."""
    city = standing("baiyin", at="2026-05-06T09:00+08:00")
    codes = [city.file(**LAMP, place="hongweicun-b3") for _ in range(12)]
    monkeypatch.setattr(deadlines, "BATCH", 2)
    clock.advance(deadlines.timedelta(minutes=31))
    Pulse.objects.update(at=clock.now())
    fired = _at_once(4, deadlines.sweep)
    assert all(isinstance(n, int) for n in fired), fired
    deadlines.sweep()  # whatever one worker left because another held it
    for code in codes:
        assert city.actions(code).count("deadline_step") == 1  # the warning that was overtaken and the due moment are told in one entry
        assert [m[1][:3] for m in city.measures(code)] == ["第一级", "第一级"]
    assert city.tally("contact_missed") == 12
    city.holds()


def test_two_workers_notice_one_outage(standing: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    """并发停机: three workers come up together after an outage. It is one outage, and each clock is excused once."""
    city = standing("baiyin", at="2026-05-06T09:00+08:00")
    codes = [city.file(**LAMP, place="hongweicun-b3") for _ in range(8)]
    monkeypatch.setattr(deadlines, "BATCH", 3)
    clock.advance(deadlines.timedelta(hours=2))
    done = _at_once(3, deadlines.sweep)
    assert all(isinstance(n, int) for n in done), done
    outage = Outage.objects.get()
    assert (outage.finished, outage.excused) == (True, 16)
    for code in codes:
        assert city.due(code, "contact") == "2026-05-06 11:30"
        assert len(city.deadline(code, "contact").explanation["excused"]) == 1
        assert city.measures(code) == []
    city.holds()


# --- 时限 ---------------------------------------------------------------------------------------------------------------


def test_silence_is_never_satisfied(world: Callable[..., World]) -> None:
    """沉默不是满意: answered, called in vain, never rated. After seven days it is closed, and counts nowhere as contacted, solved or satisfied."""
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="小区门口路灯坏了半个月没人修。", title="路灯不亮", place="yanghu")
    city.do(intake.register, case, by="desk1")
    city.do(dispatch.dispatch, case, by="dispatch1", lead="city.urban_management")
    city.do(handling.claim, case, by="chengguan")
    city.do(answering.answer, case, by="chengguan", outcome="solved", text="经查是灯头损坏，3 月 2 日已更换灯头 1 个。")
    city.check(case)
    assert city.due(case, "confirm") == "2026-03-09 24:00"
    for _ in range(2):
        city.do(callback.call_back, case, by="callback1", reached=False)
    city.until("2026-03-09T23:59+08:00")
    assert city.state(case) == "answered"
    city.until("2026-03-10T00:00+08:00")
    assert city.state(case) == "closed"
    assert CaseEvent.objects.get(case__code=case, action="close").data["because"] == "silence"
    assert (city.case(case).facts["verdict"], city.case(case).facts["rating"]) == (None, None)
    rates = {r.key: (r.numerator, r.denominator) for r in statistics.figures(start=date(2026, 3, 1), end=date(2026, 3, 10)).rates}
    assert rates["contact"] == rates["resolution"] == rates["satisfaction"] == (0, 0)
    assert rates["closing"] == (1, 1)
    assert city.kept(case, "close")  # the unit was done on the first day; the week of waiting was the citizen's, not its own
    assert [m for m in city.measures(case) if m[2] != "city.centre"] == []
    assert city.tally("callback_unreached") == 2

    # A late word still counts, and takes back nothing that was never said.
    city.do(callback.rate, case, by="citizen", level=2)
    assert (city.tally("satisfied_asked"), city.tally("satisfied_yes")) == (1, 0)
    assert city.state(case) == "closed"
    city.holds()


def test_an_unread_answer_is_no_silence(world: Callable[..., World]) -> None:
    """没质检就没答复: an answer that waits for its checker has not been given to anybody, so nobody's silence can close the case."""
    city = world("linyi", at="2026-03-02T09:00+08:00")
    case = city.file(body="金雀山路和太和路交会处路面破损。", title="路面破损", place="machanghu")
    city.do(answering.answer, case, by="gaoxin-zhujian", outcome="solved", text="经查，路面因重车碾压破损，3 月 2 日已修复 12 平方米。")
    assert "confirm" not in city.running(case)
    city.wait("30 days")
    assert city.state(case) == "answered"
    assert ("reminder", "质检提醒", "city.centre", "opened") in city.measures(case)
    city.do(answering.pass_check, case, by="checker1")
    city.wait("7 days")
    assert city.state(case) == "closed"
    city.holds()


def test_a_failed_answer_never_met_its_clock(world: Callable[..., World]) -> None:
    """答错不算答: answered in time, sent back after the due time. It was never kept: missed once, kept never, however often it is answered afterwards."""
    city = world("linyi", at="2026-03-02T09:00+08:00")
    case = city.file(body="金雀山路和太和路交会处路面破损。", title="路面破损", place="machanghu")
    assert city.due(case, "answer") == "2026-03-05 24:00"
    city.until("2026-03-05T20:00+08:00")
    city.do(answering.answer, case, by="gaoxin-zhujian", outcome="solved", text="经查，路面因重车碾压破损，3 月 5 日已修复 12 平方米。")
    assert (city.tally("answer_kept"), city.tally("answer_missed")) == (1, 0)
    city.until("2026-03-06T10:00+08:00")
    assert [m for m in city.measures(case) if m[2] == "gaoxin.housing"] == []
    city.do(answering.return_answer, case, by="checker1", remarks="照片不是这个路口，请核对。")
    assert city.deadline(case, "answer").met_at is None
    city.wait("1 minute")
    assert (city.tally("answer_kept"), city.tally("answer_missed")) == (0, 1)
    assert ("reminder", "热线督办", "gaoxin.housing", "opened") in city.measures(case)
    city.do(answering.answer, case, by="gaoxin-zhujian", outcome="solved", text="照片传错，已重传。路口 3 月 5 日修复 12 平方米。", evidence=[city.photo()])
    city.do(answering.pass_check, case, by="checker1")
    assert not city.kept(case, "answer")
    assert (city.tally("answer_kept"), city.tally("answer_missed")) == (0, 1)
    city.holds()


def test_a_failed_answer_keeps_no_promise(world: Callable[..., World]) -> None:
    """承诺: the reply kept the answer clock and stays kept; the answer that came back kept nothing, so the promised day passes as a broken promise."""
    city = world("linyi", at="2026-03-02T09:00+08:00")
    case = city.file(body="金雀山路和太和路交会处路面破损。", title="路面破损", place="machanghu")
    city.do(handling.reply, case, by="gaoxin-zhujian", text="3 月 2 日已到现场，3 月 4 日前修好 12 平方米。", promised_on=date(2026, 3, 4))
    city.until("2026-03-04T00:00+08:00")
    city.send()
    assert city.told("gaoxin.housing")[-1] == "deadline_step"  # a day before the promised day, a word to the unit
    city.until("2026-03-04T17:00+08:00")
    city.do(answering.answer, case, by="gaoxin-zhujian", outcome="solved", text="经查，路面因重车碾压破损，3 月 4 日已修复 12 平方米。")
    assert city.kept(case, "promise")
    city.do(answering.return_answer, case, by="checker1", remarks="现场还没有修，请核实。")
    assert city.kept(case, "answer")  # the reply of the first day was a reply
    city.until("2026-03-05T00:00+08:00")
    assert ("reminder", "承诺到期提醒", "gaoxin.housing", "opened") in city.measures(case)
    assert [city.tally(m) for m in ("answer_kept", "answer_missed", "promise_kept", "promise_missed")] == [1, 0, 0, 1]
    city.holds()


def test_a_parked_clock_goes_on_with_what_was_left(world: Callable[..., World]) -> None:
    """挂账: parked with twelve hours left, taken up after six weeks: twelve hours are left. Nothing escalates the moment it is taken up."""
    city = world("maanshan", at="2026-03-02T09:00+08:00")
    case = city.file(body="小区门口路灯坏了半个月没人修。", title="路灯不亮", place="yanghu")
    city.do(intake.register, case, by="desk1")
    city.do(dispatch.dispatch, case, by="dispatch1", lead="city.urban_management")
    city.do(handling.claim, case, by="chengguan")
    city.until("2026-03-04T21:00+08:00")
    city.do(handling.park, case, by="chengguan", owner="city.urban_management", review_on=date(2026, 4, 20), plan="电缆改造 4 月 18 日完成后接通这一段路灯。")
    city.do(approvals.grant, case, by="dispatch1", number=1)
    assert city.case(case).due_at == city.deadline(case, "review").due_at
    city.until("2026-04-15T09:00+08:00")
    assert city.measures(case) == []
    city.do(handling.unpark, case, by="chengguan", note="电缆改造提前完成。")
    deadlines.sweep()
    assert city.measures(case) == []
    assert city.due(case, "answer") == "2026-04-15 21:00"
    assert city.due(case, "close") == "2026-04-20 12:00"  # five days and three hours were left of the week
    [pause] = city.deadline(case, "answer").explanation["pauses"]
    assert (pause["why"], pause["remaining_minutes"]) == ("park", 12 * 60)
    city.until("2026-04-15T21:00+08:00")
    assert city.measures(case) == [("reminder", "答复提醒", "city.urban_management", "opened")]
    city.holds()


def test_urgency_amended_counts_from_the_start(world: Callable[..., World]) -> None:
    """更正紧急程度: what turns out to be urgent is due one working day after it came, not one after somebody noticed. Down again, the same way."""
    city = world("linyi", at="2026-03-02T09:00+08:00")
    case = city.file(body="村里到厂里的路上没有路灯，晚上走着害怕。", title="村里没有路灯", place="luojiazhuang")
    assert city.due(case, "answer") == "2026-03-09 24:00"
    city.until("2026-03-03T15:00+08:00")
    city.do(amending.amend, case, by="dispatch1", urgency="urgent", reason="路边有未盖的深沟，已有人摔伤。")
    assert city.due(case, "answer") == "2026-03-03 24:00"
    assert city.deadline(case, "answer").explanation["because"] == "按紧急程度 1 个工作日回复"
    event = CaseEvent.objects.filter(case__code=case, action="amend").get()
    assert event.data["was"] == {"urgency": "normal"}  # the old value stays in the journal
    city.until("2026-03-04T00:00+08:00")
    assert city.measures(case) == [("reminder", "热线督办", "yishui.transport", "opened")]
    city.holds()

    # Amended so late that it is overdue by the change itself: late it is, and the ladder begins at its foot.
    second = city.file(body="村里到厂里的路上没有路灯，晚上走着害怕。", title="村里没有路灯", place="luojiazhuang", phone="13800000002")
    city.until("2026-03-06T10:00+08:00")
    city.do(amending.amend, second, by="dispatch1", urgency="urgent", reason="路边有深沟。")
    assert city.due(second, "answer") == "2026-03-05 24:00"
    missed = city.tally("answer_missed")
    city.wait("1 minute")
    assert [m[:2] for m in city.measures(second) if m[2] == "yishui.transport"] == [("reminder", "热线督办")]
    assert city.tally("answer_missed") == missed + 1
    city.wait("24 hours")
    assert [m[0] for m in city.measures(second) if m[2] == "yishui.transport"] == ["reminder", "supervision"]
    city.holds()


def test_a_year_that_is_not_published(world: Callable[..., World], settings: LazySettings, tmp_path: Path) -> None:
    """尚未公布的年份: counted on 30 December over a New Year whose days off nobody has announced. It says so; when they are announced it is counted again."""
    city = world("linyi", at="2026-12-30T10:00+08:00")
    case = city.file(body="村里到厂里的路上没有路灯，晚上走着害怕。", title="村里没有路灯", place="luojiazhuang")
    answer = city.deadline(case, "answer")
    assert answer.explanation["provisional"] == [2027]
    assert city.clock(answer.due_at) == "2027-01-07 24:00"  # 31, 4, 5, 6, 7: New Year's Day and a plain weekend do not count
    assert deadlines.provisional() == [city.case(case).pk]
    assert deadlines.recompute(deadlines.provisional()) == 0  # still not announced

    (tmp_path / "profiles").mkdir()
    known = (ROOT / "profiles" / "calendar.toml").read_text(encoding="utf-8").replace("2026]", "2026, 2027]")
    announced = '\n[[override]]\nday = 2027-01-04\nworks = false\nbecause = "元旦调休放假"\n'
    (tmp_path / "profiles" / "calendar.toml").write_text(known + announced, encoding="utf-8")
    settings.MINSHENG_HOME = str(tmp_path)
    rulebook.forget()
    assert deadlines.recompute(deadlines.provisional()) >= 1
    answer.refresh_from_db()
    assert city.clock(answer.due_at) == "2027-01-08 24:00"
    assert "provisional" not in answer.explanation
    assert "元旦调休放假" in [off["why"] for off in answer.explanation["skipped"]]
    assert city.actions(case)[-1] == "recomputed"
    assert city.case(case).due_at is not None
    assert deadlines.provisional() == []
    city.until("2027-01-08T23:59+08:00")
    assert city.tally("answer_missed") == 0
    city.holds()


# --- 谁可以知道 -----------------------------------------------------------------------------------------------------------


def test_the_accused_unit_never_hears_of_it(world: Callable[..., World]) -> None:
    """举报: somebody reports a street. The street, its office, its community and its leaders never receive it, see it, find it, list it or are told of it,
    though it happened in their own area, on the code at their own door; and nobody can hand it to them by mistake.
    """
    city = world("baiyin", at="2026-05-06T09:00+08:00")
    case = city.file(
        body="街道工作人员办低保时收了好处，请查。", title="举报收好处", kind="report", channel="qr", place="hongweicun-b3", accused=("silonglu",),
        requester="anonymous", name="", phone="",
    )  # fmt: skip
    facts = city.case(case).facts
    assert (city.case(case).visibility, facts["orders"]) == ("secret", [])
    assert city.state(case) in ("received", "registered")  # the community at the door belongs to the street: the desk decides
    if city.state(case) == "received":
        city.do(intake.register, case, by="desk1", category="150202")
    if city.state(case) == "registered":
        for unit in ("silonglu", "silonglu.centre", "hongweicun"):
            with pytest.raises(BadInput):
                city.do(dispatch.dispatch, case, by="dispatch1", lead=unit)
        with pytest.raises(BadInput):
            city.do(dispatch.dispatch, case, by="dispatch1", lead="city.discipline", co=["silonglu.market"])
        city.do(dispatch.dispatch, case, by="dispatch1", lead="city.discipline")
    assert city.case(case).unit == "city.discipline"
    with pytest.raises(NotFound):
        city.do(measures.instruct, case, by="leader1", unit="city.discipline", text="请说明情况。")  # not even the mayor: those who work on it, and no others
    with pytest.raises(BadInput):
        city.do(measures.open_measure, case, by="supervisor1", unit="hongweicun", kind="supervision", reason="请说明。")

    city.wait("30 days")  # nobody acts: the prompts climb, but not through the accused
    assert city.measures(case)
    assert not Measure.objects.filter(unit__in=("silonglu", "silonglu.centre", "hongweicun")).exists()
    city.send()
    assert Notice.objects.exists()
    tree_units = set(Member.objects.filter(unit__startswith="silonglu").values_list("unit", flat=True)) | {"hongweicun"}
    assert not Notice.objects.filter(to__in=[f"unit:{unit}" for unit in tree_units]).exists()

    suspects = list(User.objects.filter(memberships__unit__in=tree_units).distinct())
    assert len(suspects) >= 6
    for user in suspects:
        actor = city.who(user.username)
        with pytest.raises(NotFound):
            cases.desk(case, actor)
        with pytest.raises(NotFound):
            city.do(handling.progress, case, by=actor, text="看一下。")
        with pytest.raises(NotFound):
            people.open_parties(case, reason="看一下", by=actor)
        assert inbox.find(actor, case) == []
        for queue in inbox.queues(actor):
            assert case not in [row.code for row in inbox.inbox(actor, queue=queue.key).rows]
    with pytest.raises(NotFound):
        cases.desk(case, city.who("fangzhilu-centre"))  # nor anybody else whose work it is not
    assert cases.desk(case, city.who("jiwei")).case.code == case
    assert not HallRow.objects.exists()
    city.holds()


def test_accused_later(world: Callable[..., World]) -> None:
    """后来才知道告的是谁: the unit already had the case when the desk learns that it is the accused. From then on it knows nothing of it, and nothing reaches it."""
    city = world("baiyin", at="2026-05-06T09:00+08:00")
    case = city.file(**LAMP, place="hongweicun-b3")
    city.send()
    before = Notice.objects.filter(to="unit:hongweicun").count()
    city.do(amending.amend, case, by="dispatch1", kind="report", accused=["hongweicun"], reason="电话里说的是社区收钱不办事。")
    assert city.case(case).visibility == "secret"
    assert not HallRow.objects.filter(code=case).exists()
    with pytest.raises(NotFound):
        city.do(handling.contact, case, by="hongweicun", method="phone")
    city.wait("3 days")
    city.do(amending.urge, case, by="citizen")
    city.send()
    assert Notice.objects.filter(to="unit:hongweicun").count() == before
    city.do(dispatch.reassign, case, by="dispatch1", lead="city.supervision", reason="被反映单位不办自己的事。")
    assert city.case(case).unit == "city.supervision"
    assert not WorkOrder.objects.filter(case__code=case, unit="hongweicun", ended_at=None).exists()
    city.holds()


def test_private_and_unknown_codes_answer_alike(world: Callable[..., World]) -> None:
    """私密与不存在一个样: whoever asks by code cannot tell a private case from one that does not exist, whatever is asked."""
    city = world("linyi", at="2026-03-02T09:00+08:00")
    private = city.file(body="金雀山路和太和路交会处路面破损。", title="路面破损", place="machanghu", wish="private")
    secret = city.file(body="村干部收好处，请查。", title="举报", kind="report", place="luojiazhuang", accused=("luojiazhuang",))
    turned = city.file(body="村里到厂里的路上没有路灯，晚上走着害怕。", title="村里没有路灯", place="luojiazhuang", phone="13800000002")
    public = city.file(body="金雀山路和太和路交会处路面破损，又大了。", title="路面破损", place="machanghu", phone="13800000003")
    assert HallRow.objects.count() == 2
    city.do(amending.amend, turned, by="dispatch1", visibility="private", reason="本人要求不公开。")
    assert cases.public(public).code == public
    people.support(public, name="周女士", phone="13800000009", by=HOLDER)

    asked: list[Callable[[str], object]] = [
        cases.public, lambda code: people.support(code, name="周女士", phone="13800000009", by=HOLDER), lambda code: cases.desk(code, city.who("linshujiedao")),
    ]  # fmt: skip
    for ask in asked:
        answers = set()
        for code in (private, secret, turned, "LY269999999", "", "LY26' OR 1=1"):
            with pytest.raises(MinshengError) as refused:
                ask(code)
            answers.add((type(refused.value), refused.value.zh, refused.value.en))
        assert answers == {(NotFound, NotFound().zh, NotFound().en)}
    found = {row.code for row in hall.hall(hall.Filters(q="路灯")).rows} | {row.code for row in hall.hall(hall.Filters()).rows}
    assert found == {public}
    with suppress(MinshengError):
        city.do(publishing.release, private, by="dispatch1")
    assert HallRow.objects.count() == 1
    assert Case.objects.filter(hall__isnull=False).count() == 1
    assert Deadline.objects.filter(case__code=private).exists()  # private is not less: its clocks run like the others
    city.holds()

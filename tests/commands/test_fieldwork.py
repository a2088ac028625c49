"""网格走访: done once however often it is sent, in the words of the visit; what the rules refuse comes back with nothing stored."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from minsheng import clock
from minsheng.commands import answering, dispatch, fieldwork, handling
from minsheng.commands.fieldwork import Finding, Visit
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound, Stale, WrongState
from minsheng.domain.fieldwork import Sent
from minsheng.models.case import Attachment, Case, CaseText
from tests.commands import scenes
from tests.world import World, classifier

UNIT = "yinxing"


@pytest.fixture
def city(world: Callable[..., World]) -> World:
    return world("yunchuan", at="2026-03-02T09:00+08:00")


@pytest.fixture
def walker(city: World) -> Actor:
    return city.who("yinxing-grid")


def lies(city: World) -> str:
    """A case that waits for the grid worker's unit."""
    code = city.file(body="楼下的路灯不亮，晚上看不见台阶。", title="路灯不亮", place="yinxing-b1")
    if city.case(code).unit != UNIT:
        city.do(dispatch.reassign, code, by="dispatch1", lead=UNIT, reason="属地来办")
    assert city.state(code) == "dispatched"
    return code


def texts(code: str, kind: str) -> list[str]:
    return [text or "" for text in CaseText.objects.filter(case__code=code, kind=kind).order_by("id").values_list("body", flat=True)]


def sent(key: str = "k1", **ago: float) -> Sent:
    return Sent(key=key, done_at=clock.now() - timedelta(**ago))


def visit(**changed: Any) -> Visit:
    return Visit(**{"truth": "true", "note": "灯头坏了两只，约了下午来换。", "then": "progress", **changed})


def test_reached_meets_the_clock_and_is_recorded_once(city: World, walker: Actor) -> None:
    code = lies(city)
    first = fieldwork.reached(code, note="约好下午上门。", sent=sent(), by=walker)
    again = fieldwork.reached(code, note="约好下午上门。", sent=sent(), by=walker)
    assert (first.repeated, again.repeated) == (False, True)
    assert city.actions(code).count("contact") == 1 and city.state(code) == "handling"
    assert city.kept(code, "contact")
    assert texts(code, "contact") == ["约好下午上门。"]
    city.holds()


def test_the_same_sent_twice_at_once_is_one(transactional_db: None, world: Callable[..., World]) -> None:
    city = world("yunchuan", at="2026-03-02T09:00+08:00")
    code, walker, one = lies(city), city.who("yinxing-grid"), sent()
    done = scenes.at_once(*[lambda: fieldwork.missed(code, result="no_answer", sent=one, by=walker)] * 3)
    assert sorted(answer.repeated for answer in done) == [False, True, True]
    assert city.actions(code).count("contact_tried") == 1


def test_other_words_under_the_same_name_are_refused_not_dropped(city: World, walker: Actor) -> None:
    code = lies(city)
    fieldwork.missed(code, result="no_answer", sent=sent(), by=walker)
    with scenes.unchanged(), pytest.raises(WrongState, match="先前已经记上"):
        fieldwork.missed(code, result="busy", sent=sent(), by=walker)


def test_what_was_done_without_a_network_says_when(city: World, walker: Actor) -> None:
    """The phone's time stands in the text; the clock of the deadline is met when it came in."""
    code = lies(city)
    fieldwork.reached(code, note="约好了。", sent=sent(hours=2), by=walker)
    assert texts(code, "contact") == ["约好了。（3 月 2 日 07:00 做的，后来才有网络）"]
    assert city.deadline(code, "contact").met_at == clock.now()


@pytest.mark.parametrize("ago", [{"hours": 49}, {"hours": -3}], ids=["three days old", "from the future"])
def test_a_time_that_cannot_be_true_is_said_and_not_believed(city: World, walker: Actor, ago: dict[str, float]) -> None:
    code = lies(city)
    fieldwork.reached(code, sent=sent(**ago), by=walker)
    assert "差得太多，以收到的时间为准" in texts(code, "contact")[0]


def test_a_visit_with_photos_becomes_progress(city: World, walker: Actor) -> None:
    code = lies(city)
    fieldwork.visited(code, visit=visit(met="visit", before=(city.photo(), city.photo()), after=(city.photo(),)), sent=sent(), by=walker)
    assert city.actions(code)[-2:] == ["contact", "progress"]
    assert texts(code, "progress") == ["走访：属实。灯头坏了两只，约了下午来换。照片：处理前 2 张，处理后 1 张。"]
    assert len(scenes.event(code, "progress").data["evidence"]) == 3
    assert scenes.event(code, "contact").data["method"] == "visit"
    assert fieldwork.visited(code, visit=visit(met="visit"), sent=sent(), by=walker).repeated
    city.holds()


def test_a_visit_that_settles_it_answers(city: World, walker: Actor) -> None:
    code = lies(city)
    fieldwork.visited(code, visit=visit(then="answer", answer=scenes.GOOD, after=(city.photo(),)), sent=sent(), by=walker, seen=city.case(code).version)
    assert city.state(code) == "answered"
    assert texts(code, "answer") == [scenes.GOOD]
    city.holds()


def test_beyond_our_remit_it_goes_up_with_what_was_tried(city: World, walker: Actor) -> None:
    code = lies(city)
    fieldwork.visited(code, visit=visit(then="escalate", met="visit"), sent=sent(), by=walker)
    assert city.case(code).unit != UNIT and "escalate" in city.actions(code)


def test_what_a_colleague_did_meanwhile_refuses_it_whole(city: World, walker: Actor) -> None:
    """Answered by somebody else while the phone had no network: nothing of the visit is stored, and the words say why."""
    code = lies(city)
    seen = city.case(code).version
    city.do(handling.claim, code, by="yinxing")
    with scenes.unchanged(), pytest.raises(Stale):
        fieldwork.visited(code, visit=visit(then="answer", answer=scenes.GOOD), sent=sent(), by=walker, seen=seen)
    city.do(answering.answer, code, by="yinxing", outcome="solved", text=scenes.GOOD)
    with scenes.unchanged(), pytest.raises(WrongState, match="现在是「已答复」"):
        fieldwork.visited(code, visit=visit(), sent=sent("k2"), by=walker)


def test_what_is_missing_is_named(city: World, walker: Actor) -> None:
    code = lies(city)
    wrong = [({"truth": "?"}, "truth"), ({"then": ""}, "then"), ({"note": " "}, "note"), ({"then": "answer"}, "answer"), ({"met": "phone"}, "met"),
             ({"before": ("x",) * 10}, "before"), ({"before": ("gone",)}, "evidence")]  # fmt: skip
    for changed, field in wrong:
        with scenes.unchanged(), pytest.raises(BadInput) as refused:
            fieldwork.visited(code, visit=visit(**changed), sent=sent(), by=walker)
        assert refused.value.field == field
    with scenes.unchanged(), pytest.raises(BadInput):
        fieldwork.missed(code, result="?", sent=sent(), by=walker)


def test_a_stranger_does_not_know_of_it(city: World) -> None:
    code = lies(city)
    with scenes.unchanged(), pytest.raises(NotFound):
        fieldwork.reached(code, sent=sent(), by=city.who("huanwei"))


# --- findings -----------------------------------------------------------------------------------------------------------------


def find(city: World, walker: Actor, *, key: str = "f1", **changed: Any) -> fieldwork.Found:
    values = {"text": "楼道里堆了旧家具，挡住了消防通道。", "place": "yinxing-b1", **changed}
    return fieldwork.find(Finding(**values), sent=Sent(key=key), by=walker, classifier=classifier("yunchuan"))


def test_a_finding_is_one_case_however_often_it_is_sent(city: World, walker: Actor) -> None:
    first = find(city, walker, before=(city.photo(),))
    again = find(city, walker, before=("a-new-ticket",))
    assert first.code == again.code and again.repeated
    case = Case.objects.get()
    assert (case.channel, case.origin) == ("patrol", "patrol")
    assert Attachment.objects.filter(case=case).count() == 1
    city.holds()


def test_what_was_put_right_is_answered_where_it_is_ours(city: World, walker: Actor) -> None:
    """The rules decide whose it is. With the worker's own unit it is answered in the same breath; else the words and photos go with the case."""
    ours = find(
        city, walker, text="三楼楼道的灯不亮了。", category="030301", fixed="换了三楼楼道的声控灯一只，当场亮了，晚上上下楼看得见。", after=(city.photo(),)
    )
    case = Case.objects.get(code=ours.code)
    assert (ours.unit, ours.answered, case.state) == (UNIT, True, "answered")
    assert len(scenes.event(ours.code, "answer").data["evidence"]) == 1
    theirs = find(city, walker, key="f2", text="小区门口的路灯坏了，晚上看不见路。", fixed="先拉了警戒线，摆了反光锥。", after=(city.photo(),))
    case = Case.objects.get(code=theirs.code)
    assert theirs.unit != UNIT and not theirs.answered and case.state != "answered"
    assert "当场已经处理：先拉了警戒线" in texts(theirs.code, "body")[0]
    assert Attachment.objects.filter(case=case).count() == 1
    city.holds()


def test_a_finding_without_words_or_place_comes_back(city: World, walker: Actor) -> None:
    for changed in ({"text": " "}, {"place": "nowhere"}, {"before": ("gone",)}, {"after": ("gone",)}):
        with scenes.unchanged(), pytest.raises(BadInput):
            find(city, walker, **changed)

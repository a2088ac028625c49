"""公开: only masked text, released by a person or by the profile's rule; private and secret cases never."""

from collections.abc import Callable

import pytest

from minsheng.commands import amending, answering, dispatch, handling, intake, publishing
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.models.case import CaseText, ReleasedText
from minsheng.models.read import HallRow
from minsheng.queries import cases, hall
from tests.commands import scenes
from tests.commands.scenes import CLERK, GOOD, HOLLOW, LAMP, UNIT, event, unchanged
from tests.world import World, city_files

Make = Callable[..., World]
TOLD = {"title": "路灯不亮", "body": "我叫王小明，电话13800000001，小区门口的路灯坏了。", "place": "yanghu-b12"}
MASKED = ("13800000001", "小明")


def _everything_public(code: str) -> str:
    row = HallRow.objects.get(code=code)
    view = cases.public(code)
    return "".join(
        [row.title, row.body, row.answer, view.title, view.body, *(e.text for e in view.entries), *(i.excerpt for i in hall.hall(hall.Filters()).rows)]
    )


def test_by_rule_the_masked_text_is_public_at_once(world: Make) -> None:
    """yunchuan: the rule that released it is in the journal; what points at the person is hidden everywhere."""
    city = world("yunchuan")
    code = city.file(**{**TOLD, "place": "yinxing-b1"})
    assert event(code, "released").data["by"].startswith("publicity[") and event(code, "released").actor == "system"
    assert CaseText.objects.get(case__code=code, kind="body").body == TOLD["body"]
    assert not any(words in _everything_public(code) for words in MASKED)
    city.holds()


def test_by_person_nothing_is_public_before(world: Make) -> None:
    """maanshan: somebody reads it first; then the masked text is in the hall, with the person's tag."""
    city = world("maanshan")
    code = city.file(**TOLD)
    with pytest.raises(NotFound):
        cases.public(code)
    for username in ("checker1", "yanghu", "callback1", "citizen"):
        with unchanged(), pytest.raises((NotAllowed, NotFound)):
            city.do(publishing.release, code, by=username)
    city.do(publishing.release, code, by="desk1")
    assert event(code, "released").actor == city.who("desk1").tag
    assert not any(words in _everything_public(code) for words in MASKED)
    with unchanged(), pytest.raises(WrongState):
        city.do(publishing.release, code, by="desk1")
    city.holds()


def test_a_better_version_replaces_the_public_one_and_the_earlier_is_kept(world: Make) -> None:
    """改公开文本: versions count up; even the edited text is masked; the journal of words is unchanged."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    digest = ReleasedText.objects.get(case__code=code).digest
    for wrong in ({"title": "路" * 61}, {"title": "路\x00"}, {"body": ""}, {"body": "路" * 4001}):
        with unchanged(), pytest.raises(BadInput):
            city.do(publishing.edit_released, code, by="desk1", digest=digest, **{"title": "路灯", "body": "有一盏不亮。", **wrong})
    with unchanged(), pytest.raises(WrongState):
        city.do(publishing.edit_released, code, by="desk1", digest="0" * 64, title="路灯", body="有一盏不亮。")
    with unchanged(), pytest.raises(NotAllowed):
        city.do(publishing.edit_released, code, by=CLERK, digest=digest, title="路灯", body="有一盏不亮。")
    city.do(publishing.edit_released, code, by="desk1", digest=digest, title="路灯", body="有一盏不亮，电话13800000001。")
    assert list(ReleasedText.objects.filter(digest=digest).order_by("version").values_list("version", flat=True)) == [1, 2]
    row = HallRow.objects.get(code=code)
    assert (row.title, row.body) == ("路灯", "有一盏不亮，电话［手机号已隐去］。")
    assert [item.code for item in hall.hall(hall.Filters(q="不亮")).rows] == [code]
    assert hall.hall(hall.Filters(q="晚上")).rows == []
    city.holds()


@pytest.mark.parametrize("told", [{"wish": "private"}, {"kind": "report"}])
def test_private_and_secret_are_never_released(world: Make, told: dict[str, str]) -> None:
    """Not by rule, not by a person, not with the answer."""
    city = world("yunchuan")
    code = city.file(**LAMP, **told)
    with unchanged(), pytest.raises(WrongState):
        city.do(publishing.release, code, by="desk1")
    city.do(handling.claim, code, by=CLERK)
    city.do(answering.answer, code, by=CLERK, outcome="solved", text=GOOD)
    city.do(answering.pass_check, code, by="supervisor1")
    assert not ReleasedText.objects.filter(case__code=code).exists() and not HallRow.objects.exists()
    with pytest.raises(NotFound):
        cases.public(code)
    city.holds()


def test_an_answer_is_public_when_it_has_passed_its_check(world: Make) -> None:
    """Before: not in the hall, not on the page, and nobody can release it by hand."""
    city = world("yunchuan")
    code = scenes.answered(city)
    assert HallRow.objects.get(code=code).answer == "" and GOOD not in _everything_public(code)
    with unchanged(), pytest.raises(WrongState):
        city.do(publishing.release, code, by="desk1")
    city.do(answering.pass_check, code, by="checker1")
    assert "更换了" in HallRow.objects.get(code=code).answer
    city.holds()


def test_a_returned_answer_is_never_released(world: Make) -> None:
    """Where a person releases: only the answer that stands goes out, never the one that failed."""
    city = world("maanshan")
    code = city.file(**TOLD)
    city.do(intake.register, code, by="desk1", category="020201")
    city.do(dispatch.dispatch, code, by="dispatch1", lead="yanghu")
    city.do(handling.claim, code, by="yanghu")
    city.do(answering.answer, code, by="yanghu", outcome="solved", text="第一份答复，没有说清楚是哪盏灯。" + GOOD)
    city.do(answering.return_answer, code, by="checker1", remarks="没有写是哪一盏。")
    city.do(publishing.release, code, by="desk1")
    assert "第一份" not in _everything_public(code)
    city.do(answering.answer, code, by="yanghu", outcome="solved", text=GOOD)
    city.do(publishing.release, code, by="desk1")
    assert "更换了" in HallRow.objects.get(code=code).answer and "第一份" not in _everything_public(code)
    city.holds()


def test_what_becomes_private_leaves_the_hall_and_comes_back_whole(world: Make) -> None:
    """Amended to private and back: the row goes and returns with its words and its answer."""
    city = world("yunchuan")
    code = scenes.checked(city)
    before = HallRow.objects.values().get(code=code)
    city.do(amending.amend, code, by="desk1", visibility="private", reason="诉求人要求。")
    assert not HallRow.objects.exists()
    city.holds()
    city.do(amending.amend, code, by="desk1", visibility="public", reason="诉求人同意。")
    assert HallRow.objects.values().get(code=code) == before
    city.holds()


def test_a_hollow_answer_never_reaches_the_hall(world: Make) -> None:
    """Returned by rule in the same transaction: nobody outside has seen it."""
    city = world("yunchuan")
    code = scenes.handled(city)
    city.do(answering.answer, code, by=CLERK, outcome="explained", text=HOLLOW)
    assert city.state(code) == "handling"
    row = HallRow.objects.get(code=code)
    assert (row.answer, row.outcome, row.answered_at, row.unit) == ("", None, None, UNIT)
    city.holds()


def test_an_answer_may_say_whom_to_call(world: Make) -> None:
    """The number of the unit in charge stays in its public answer; anybody else's is hidden."""
    city = world("yunchuan")
    code = city.file(**{**TOLD, "place": "yinxing-b1"})
    if city.state(code) != "dispatched" or city.case(code).unit != "city.urban_management":
        city.do(dispatch.reassign, code, by="dispatch1", lead="city.urban_management", reason="归城管局")
    own = city_files("yunchuan").units["city.urban_management"].phone
    city.do(handling.claim, code, by="chengguan")
    text = f"3 月 3 日换了灯泡，当晚已亮。有问题打 {own}，或者打师傅手机 13800000009。"
    city.do(answering.answer, code, by="chengguan", outcome="solved", text=text)
    city.do(answering.pass_check, code, by="checker1")
    told = HallRow.objects.get(case__code=code).answer
    assert own in told
    assert "13800000009" not in told
    city.holds()


# --- preview ------------------------------------------------------------------------------------------------------------------------


def seen(**changed: object) -> publishing.Preview:
    """What others would see of a request that is being written."""
    values = {"title": "路灯不亮", "body": TOLD["body"], "kind": "complaint", "category": None, "place": None, "wish": "public", **changed}
    return publishing.preview(**values)  # type: ignore[arg-type]


def test_the_preview_is_what_the_hall_will_show(world: Make) -> None:
    """Masked in the same way, at the same place; and nothing is stored."""
    city = world("yunchuan")
    with unchanged():
        told = seen(place="yinxing-b1")
    code = city.file(**{**TOLD, "place": "yinxing-b1"})
    row = HallRow.objects.get(code=code)
    assert (told.title, told.body, told.place) == (row.title, row.body, row.place)
    assert (told.visibility, told.because, told.waits) == ("public", "", False)
    assert sorted(told.hidden) == ["mobile", "name"]


@pytest.mark.parametrize(
    ("changed", "visibility", "says_why"),
    [
        ({"wish": "private"}, "private", False),
        ({"kind": "report"}, "secret", True),
        ({"category": "080401"}, "private", True),
        ({"category": "080401", "wish": "private"}, "private", True),
    ],
)
def test_the_stricter_of_wish_and_rule_is_previewed(world: Make, changed: dict[str, str], visibility: str, *, says_why: bool) -> None:
    world("yunchuan")
    told = seen(**changed)
    assert told.visibility == visibility and bool(told.because) is says_why


def test_the_preview_says_where_a_person_reads_first_and_refuses_bad_words(world: Make) -> None:
    world("maanshan")
    assert seen().waits
    for field, changed in (("body", {"body": " "}), ("body", {"body": "字" * 4001}), ("title", {"title": "字" * 61})):
        with pytest.raises(BadInput) as refused:
            seen(**changed)
        assert refused.value.field == field
    assert seen(place="nowhere").place is None

"""发出前检查: what an answer says and leaves out, as a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.intelligence.answer_review import demands, review, warns

LAMP = "小区北门的路灯全都不亮，晚上看不见路。希望尽快修好。"
THREE = "楼道的灯坏了一个月。1、请把楼道灯修好；2、物业费收据一直不给，请补开收据；3、电梯年检报告什么时候贴出来？"
GOOD = "北门的路灯不亮，原因是电缆被挖断。3月3日已更换电缆，当晚亮灯。还不亮请打 0000-60000003。"


def levels(answer: str, question: str = LAMP, outcome: str = "solved") -> dict[str, str]:
    return {point.kind: point.level for point in review(answer, question, outcome=outcome)}


def test_a_good_answer_has_nothing_against_it() -> None:
    assert set(levels(GOOD).values()) == {"ok"}
    assert not warns(review(GOOD, LAMP, outcome="solved"))


@pytest.mark.parametrize(
    ("answer", "question", "outcome", "kind", "level"),
    [
        ("3月3日已更换电缆，电话 0000-60000003。", LAMP, "solved", "cause", "warn"),
        ("需要带身份证，到社区窗口办理，电话 0000-60000003。", "请问居住证怎么办？", "explained", "cause", "hint"),
        ("按照条例第三条，由物业来修。", LAMP, "declined", "cause", "ok"),
        ("原因是电缆被挖断。", LAMP, "solved", "done", "warn"),
        ("原因是电缆被挖断，已换了电缆。", LAMP, "solved", "done", "ok"),
        ("原因是电缆被挖断，已换了一半。", LAMP, "partly", "next", "warn"),
        ("原因是电缆被挖断，已换了一半。", LAMP, "", "next", "hint"),
        ("原因是电缆被挖断，已换了一半，剩下的将在3月9日前换好。", LAMP, "partly", "next", "ok"),
        ("已列入计划，明年开工。", LAMP, "planned", "next", "warn"),
        ("已列入改造计划，2027 年 3 月开工。", LAMP, "planned", "next", "ok"),
        ("我单位高度重视，第一时间安排。", LAMP, "solved", "phrases", "warn"),
        ("我单位高度重视，原因是电缆被挖断，3月3日已更换电缆。", LAMP, "solved", "phrases", "hint"),
        (GOOD, LAMP, "solved", "phrases", "ok"),
        ("原因是电缆被挖断，已换了电缆。", LAMP, "solved", "contact", "hint"),
        ("还不亮请打 12345 热线，或者拨打 0000-3310。", LAMP, "solved", "contact", "ok"),
        ("楼道灯 3 月 3 日修好了。", THREE, "solved", "points", "warn"),
        ("1、灯修好了；2、收据补开了；3、报告明天贴。", THREE, "solved", "points", "ok"),
        ("楼道灯修好了，物业补开了收据，电梯年检报告贴在一楼。", THREE, "solved", "points", "ok"),
        ("换好了。", LAMP, "solved", "points", "ok"),
    ],
)
def test_each_line(answer: str, question: str, outcome: str, kind: str, level: str) -> None:
    assert levels(answer, question, outcome)[kind] == level


def test_next_is_not_asked_where_all_is_done() -> None:
    for outcome in ("solved", "explained", "declined"):
        assert "next" not in levels(GOOD, outcome=outcome)
    assert "next" in levels(GOOD, outcome="partly")


def test_what_was_found_is_named() -> None:
    """The phrases, each once, and the very points that are left open."""
    found = {point.kind: point for point in review("我单位高度重视，高度重视，第一时间修楼道灯。", THREE, outcome="solved")}
    assert found["phrases"].words == ("高度重视", "第一时间")
    assert found["points"].words == ("物业费收据一直不给，请补开收据", "电梯年检报告什么时候贴出来？")
    assert all(point.zh and point.en for point in found.values())


@pytest.mark.parametrize(
    ("question", "points"),
    [
        (LAMP, ("希望尽快修好",)),
        ("灯坏了。天黑得早。", ()),
        ("路灯坏了，请派人来修。垃圾三天没清了，能不能加一个桶？谢谢。", ("路灯坏了，请派人来修", "垃圾三天没清了，能不能加一个桶")),
        ("一、修灯；二、清垃圾。", ("修灯", "清垃圾")),
        ("", ()),
    ],
)
def test_what_is_asked_for(question: str, points: tuple[str, ...]) -> None:
    assert demands(question) == points


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["", "solved", "partly", "planned"]))
def test_whatever_is_written_is_looked_at(answer: str, question: str, outcome: str) -> None:
    found = review(answer, question, outcome=outcome)
    assert len({point.kind for point in found}) == len(found) >= 5
    assert all(word in answer for point in found if point.kind == "phrases" for word in point.words)

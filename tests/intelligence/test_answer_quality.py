"""答复质检: phrases without facts fail, facts pass, and what was asked is looked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.intelligence.answer_quality import Finding, check, fails

WINDOW = "阳湖花园12栋3单元楼道的窗户掉下来了，砸坏一辆车，很危险，请尽快来修。"


def kinds(findings: tuple[Finding, ...]) -> set[str]:
    return {finding.kind for finding in findings}


@pytest.mark.parametrize(
    "answer",
    [
        "您好，您反映的问题我单位高度重视，第一时间责成相关部门处理，将进一步加强监管。感谢您的支持。",
        "我单位高度重视，积极协调有关部门，稳步推进各项工作，请您放心。",
        "接到诉求后，我街道第一时间安排，已责成有关单位举一反三，加大巡查力度，切实维护群众利益，感谢您的理解。",
        "您反映的12栋3单元窗户的问题已收悉，我们将持续关注，尽快处理，给您带来不便敬请谅解。",
        "我局将加大更换力度，研究安装方案，进一步加强管理。",
        "已解决。",
        "正在处理中",
        "您好！您于11月20日反映的问题已收悉，我单位高度重视，正在研究解决。",
        "我单位高度重视。将加大巡查力度。持续关注此事。已责成有关单位落实。于11月21日召开会议。",
    ],
)
def test_phrases_without_facts_fail(answer: str) -> None:
    findings = check(answer, WINDOW)
    assert fails(findings)
    assert all(finding.zh and finding.en for finding in findings)


@pytest.mark.parametrize(
    "answer",
    [
        "经现场查看，窗框锈蚀导致窗户脱落。11月21日已更换窗户3扇，同小区其余26栋楼11月底前检查完，有事请打0555-2345678。",
        "我局高度重视，11月21日已更换窗户3扇，窗框锈蚀是掉落的原因。",
        "窗户已于昨天修好。",
        "按照《物业管理条例》第三十条，楼道窗户由物业修，物业公司已签订合同。",
        "图书馆周一闭馆。",
        "您反映的窗户已于11月21日换好。",
    ],
)
def test_facts_pass(answer: str) -> None:
    assert not fails(check(answer, WINDOW))


def test_a_phrase_is_shown_where_it_stands_and_is_mild_beside_facts() -> None:
    answer = "我局高度重视，11月21日已更换窗户3扇，窗框锈蚀是掉落的原因。"
    found = [finding for finding in check(answer, WINDOW) if finding.kind == "phrase"]
    assert [answer[slice(*finding.span)] for finding in found if finding.span] == ["高度重视"]
    assert found[0].severity == "note"
    bare = [finding for finding in check("我局高度重视。", WINDOW) if finding.kind == "phrase"]
    assert bare[0].severity == "warning"


def test_a_long_explanation_with_one_phrase_is_only_warned() -> None:
    answer = "户口迁移要看户主是谁。只迁一个人而这个人是户主时，要先换户主。换好以后再来办迁移。材料不齐的，请到有关部门补开证明。其余的不用再跑。"
    findings = check(answer, "请问户口怎么迁？")
    assert [finding.severity for finding in findings if finding.kind == "no_fact"] == ["warning"]
    assert not fails(findings)


def test_facts_of_the_question_are_not_facts_of_the_answer() -> None:
    assert fails(check("阳湖花园12栋3单元的窗户我们高度重视，将尽快处理。", WINDOW))


def test_what_is_missing_is_named() -> None:
    assert {"no_cause", "no_when"} <= kinds(check("我们派了2名工人，已更换窗户3扇，有事请打0555-2345678。", WINDOW))
    assert "no_action" in kinds(check("窗框锈蚀是11月20日大风导致的，共3扇。", WINDOW))
    full = "窗框锈蚀导致脱落，11月21日已更换3扇。"
    assert not {"no_cause", "no_when", "no_action"} & kinds(check(full, WINDOW))


def test_an_enquiry_needs_no_cause_and_no_date() -> None:
    found = kinds(check("需要身份证和户口簿，到社区服务窗口办理，费用10元。", "请问居住证怎么办理？"))
    assert not {"no_cause", "no_when", "no_action"} & found


QUESTION = "1、窗户什么时候修？2、电梯为什么总坏？3、物业费为什么涨价？"


def test_open_points_are_quoted() -> None:
    answer = "窗户11月21日已更换3扇，电梯因曳引机老化停用，12月5日前换好。"
    unanswered = [finding.zh for finding in check(answer, QUESTION) if finding.kind == "unanswered"]
    assert unanswered == ["这一点没有答到：「物业费为什么涨价？」"]


def test_open_points_by_question_marks() -> None:
    question = "请问停车费收多少钱？公交站什么时候恢复？"
    answer = "停车费每小时3元，按《停车收费办法》收取。"
    assert ["公交站" in finding.zh for finding in check(answer, question) if finding.kind == "unanswered"] == [True]


def test_an_answer_numbered_like_the_question_answers_every_point() -> None:
    answer = "1、11月21日已更换。2、曳引机老化，12月5日前换好。3、因人工成本上涨，经业主大会同意，每平方米1.2元。"
    assert "unanswered" not in kinds(check(answer, QUESTION))


def test_an_answer_about_another_matter_is_noticed() -> None:
    assert "wrong_echo" in kinds(check("您反映的公交站台广告牌破损问题收悉，已于11月20日更换广告牌。", WINDOW))
    assert "wrong_echo" not in kinds(check("您反映的楼道窗户脱落问题收悉，已于11月20日更换窗户。", WINDOW))
    assert "wrong_echo" not in kinds(check("您好，您反映的问题收悉，已于11月20日更换窗户。", WINDOW))


def test_copying_the_question_is_no_answer() -> None:
    assert "echo" in kinds(check(WINDOW, WINDOW))
    assert fails(check("收到：" + WINDOW + "我们高度重视。", WINDOW))


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_judged_and_spans_lie_in_the_answer(answer: str, question: str) -> None:
    findings = check(answer, question)
    assert all(finding.span is None or 0 <= finding.span[0] <= finding.span[1] <= len(answer) for finding in findings)
    assert fails(findings) == any(finding.severity == "error" for finding in findings)

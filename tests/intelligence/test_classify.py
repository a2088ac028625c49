"""事项归类: the right category with the words that say why; sure only when it is; urgent only when it is now."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.intelligence.classify import KeywordClassifier


@dataclass(frozen=True)
class Row:
    code: str
    name: str
    parent: str | None
    keywords: tuple[str, ...] = ()


TREE = [
    Row("01", "市政设施", None),
    Row("0101", "照明", "01", ("照明",)),
    Row("010101", "路灯不亮", "0101", ("路灯不亮", "灯不亮", "路灯坏", "路灯")),
    Row("010102", "灯光太亮", "0101", ("太亮", "强光", "广告灯")),
    Row("0102", "供水", "01"),
    Row("010201", "停水", "0102", ("停水", "没水", "供水公司", "自来水")),
    Row("02", "生态环境", None),
    Row("0201", "噪音", "02", ("噪音", "太吵")),
    Row("020101", "施工噪音", "0201", ("施工噪音", "夜间施工", "工地")),
    Row("020102", "娱乐场所噪音", "0201", ("歌厅", "酒吧", "KTV")),
]
CLASSIFIER = KeywordClassifier(TREE)


def best(title: str, body: str, place: str | None = None) -> str:
    return CLASSIFIER.suggest(title, body, place=place).suggestions[0].code


def test_a_clear_message_is_sure_and_says_its_words() -> None:
    result = CLASSIFIER.suggest("路灯不亮", "村口三盏路灯坏了，晚上看不见", place=None)
    assert result.suggestions[0].code == "010101"
    assert result.suggestions[0].because == ("路灯不亮", "灯不亮", "路灯坏")
    assert result.suggestions[0].confidence > 0.6
    assert result.sure
    assert not result.urgent


def test_two_matters_in_one_message_are_not_sure() -> None:
    result = CLASSIFIER.suggest("路灯和停水", "停水三天，路灯也坏了", place=None)
    assert {suggestion.code for suggestion in result.suggestions[:2]} == {"010101", "010201"}
    assert not result.sure


def test_one_word_in_passing_is_not_sure() -> None:
    result = CLASSIFIER.suggest("", "我在自来水边上等了很久，想问问", place=None)
    assert result.suggestions
    assert not result.sure


def test_nothing_known_suggests_nothing() -> None:
    result = CLASSIFIER.suggest("想说几句", "没有人管", place=None)
    assert result.suggestions == ()
    assert not result.sure


def test_the_title_counts_double() -> None:
    assert best("强光", "停水") == "010102"
    assert best("停水", "强光") == "010201"


def test_a_longer_word_counts_more_and_the_shorter_one_in_it_not_at_all() -> None:
    result = CLASSIFIER.suggest("", "夜间施工", place=None).suggestions
    assert CLASSIFIER.suggest("", "工地", place=None).suggestions[0].confidence < result[0].confidence
    assert "灯不亮" in CLASSIFIER.suggest("", "路灯不亮", place=None).suggestions[0].because
    assert "路灯" not in CLASSIFIER.suggest("", "路灯不亮", place=None).suggestions[0].because


def test_the_category_above_helps_its_children_and_stands_alone_without_them() -> None:
    assert best("", "噪音") == "0201"
    result = CLASSIFIER.suggest("", "歌厅噪音", place=None)
    assert [suggestion.code for suggestion in result.suggestions] == ["020102"]
    assert result.suggestions[0].confidence > CLASSIFIER.suggest("", "歌厅", place=None).suggestions[0].confidence


def test_a_word_that_many_categories_share_weighs_less() -> None:
    shared = KeywordClassifier([*TREE, Row("03", "另一类", None, ("酒吧",)), Row("04", "第三类", None, ("酒吧",))])
    assert shared.suggest("", "酒吧", place=None).suggestions[0].confidence < CLASSIFIER.suggest("", "酒吧", place=None).suggestions[0].confidence


def test_the_place_is_no_evidence() -> None:
    assert best("供水公司宿舍路灯坏", "供水公司宿舍门口", place="供水公司宿舍") == "010101"
    assert CLASSIFIER.suggest("", "供水公司宿舍门口", place="供水公司宿舍").suggestions == ()


def test_wide_letters_and_case_are_the_same_words() -> None:
    assert best("", "楼下ｋｔｖ") == "020102"
    assert best("", "楼下Ktv") == "020102"


@pytest.mark.parametrize(
    "text",
    [
        "楼道里煤气泄漏", "闻到燃气味", "孩子差点触电", "电线掉在地上", "路面突然塌陷", "河边道路塌了一块", "有人受伤", "小孩被砸伤了", "断水断电两天",
        "停水停电", "起火了", "电梯被困", "老人困在电梯", "有人落水", "井盖丢了", "没有井盖", "墙随时会倒塌", "楼道窗户脱落", "外墙瓷砖掉落", "砸到人",
        "有生命危险", "快要塌了", "车棚失火", "学生食物中毒", "邻居持刀", "滑坡", "爆炸", "冒烟", "高空坠物", "有人要自杀", "轻生", "跳楼", "漏电", "溺水",
        "着火", "火灾",
    ],
)  # fmt: skip
def test_urgent_says_what_made_it_so(text: str) -> None:
    result = CLASSIFIER.suggest("", text, place=None)
    assert result.urgent
    assert all(words in text for words in result.urgent_because)


@pytest.mark.parametrize(
    "text", ["没有人员触电", "请防止火灾", "开展消防火灾演练", "谨防溺水的标语旧了", "路灯不亮", "未发生爆炸", "公交车太挤", "气味难闻", ""]
)
def test_what_is_not_now_is_not_urgent(text: str) -> None:
    result = CLASSIFIER.suggest("", text, place=None)
    assert not result.urgent
    assert result.urgent_because == ()


@given(st.text(max_size=200), st.text(max_size=200), st.one_of(st.none(), st.text(max_size=10)))
def test_any_text_gets_an_answer_in_bounds(title: str, body: str, place: str | None) -> None:
    result = CLASSIFIER.suggest(title, body, place=place)
    confidences = [suggestion.confidence for suggestion in result.suggestions]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < confidence <= 1 and suggestion.because for confidence, suggestion in zip(confidences, result.suggestions, strict=True))
    assert len(confidences) <= 5
    assert result.suggestions or not result.sure


def test_an_empty_tree_classifies_nothing() -> None:
    assert KeywordClassifier([]).suggest("路灯", "路灯", place=None).suggestions == ()

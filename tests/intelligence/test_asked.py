"""What of a search may be kept: words of the trade in one form, never what may point at a person."""

import pytest

from minsheng.intelligence.asked import LIMIT, kept


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("老旧小区加装电梯", "老旧小区加装电梯"),
        ("  怎么办居住证？ ", "怎么办居住证"),
        ("ＥＴＣ  退费", "etc 退费"),
        ("公积金，提取", "公积金 提取"),
        ("文明养犬", "文明养犬"),
        ("高空抛物", "高空抛物"),
        ("成都", "成都"),
        ("12345", None),
        ("12 栋 501 电费", "12 栋 501 电费"),
        ("高层", "高层"),
        ("电" * 2, "电电"),
    ],
)
def test_words_are_kept_in_one_form(text: str, words: str | None) -> None:
    assert kept(text) == words
    if words:
        assert kept(words) == words


@pytest.mark.parametrize(
    "text",
    ["", " ", "？？", "的", "热", "13800000001", "1 3 8 0 0 0 0 0 0 0 1", "一三八零零零零零零零一", "zhang@example.com", "李明", "王小明", "欧阳锋",
     "张三 欠薪", "王小明家暖气", "我叫李建国", "3单元501", "京A12345", "微信号 abc12345", "住在12-3-501"],
)  # fmt: skip
def test_what_may_point_at_a_person_is_not(text: str) -> None:
    assert kept(text) is None


def test_long_questions_are_cut() -> None:
    words = kept("加装电梯要谁同意 " * 20)
    assert words is not None and len(words) <= LIMIT and words == words.strip()

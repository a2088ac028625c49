"""The words of a question in a text: marked, and the piece around them."""

import pytest

from minsheng.intelligence.marking import excerpt, marked, plain, text_of

BODY = "# 三步\n\n- **放气** [看这里](/help/x)\n- 问邻居\n\n| 什么事 | 找谁 |\n| --- | --- |\n| 停水 | 水厂 |\n\n1. 打电话"


@pytest.mark.parametrize("words", [[], ["路灯"], ["路灯", "亮"], ["路", "路灯"], ["."], ["没有"]])
def test_put_together_the_pieces_are_the_text(words: list[str]) -> None:
    text = "路灯不亮，怎么报路灯."
    pieces = marked(text, words)
    assert "".join(piece for piece, _ in pieces) == text
    assert {piece.lower() for piece, hit in pieces if hit} <= set(words)
    assert [hit for _, hit in pieces].count(True) == {"路灯": 2, "路灯亮": 3, "路路灯": 2, ".": 1}.get("".join(words), 0)


def test_letters_are_found_in_any_case() -> None:
    assert marked("ETC 退费", ["etc"])[0] == ("ETC", True)
    assert marked("", []) == []


def test_the_excerpt_stands_around_the_first_word() -> None:
    text = "甲" * 200 + "路灯" + "乙" * 200
    piece = excerpt(text, ["路灯"])
    assert "路灯" in piece and piece.startswith("…") and piece.endswith("…") and len(piece) <= 92
    assert excerpt("短的", ["没有"]) == "短的"


def test_markdown_becomes_words() -> None:
    assert plain(BODY) == "三步 放气 看这里 问邻居 什么事 找谁 停水 水厂 打电话"
    assert text_of(BODY) == "三步\n放气 看这里\n问邻居\n什么事 找谁\n停水 水厂\n打电话"

"""分词: what is stored is found again, and no text can break out of its quotes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.intelligence.tokens import any_of_literal, query_tokens, tokens, tsquery_literal, tsvector_literal

TEXTS = [
    "阳湖花园12栋3单元楼道窗户脱落",
    "路灯不亮，晚上走路看不见",
    "李庄村的水泥路坏了，请Wi-Fi师傅也看看",
    "小区夜间施工噪音扰民，拨打了３次电话",
    "𠮷野巷的𪚥字牌",
]
mixed = st.text(alphabet=st.one_of(st.sampled_from("路灯不亮小区噪音的了李庄村𠀀Ａa1 ，'\\:&|!*()<>\"\n"), st.characters(codec="utf-8")), max_size=60)


def test_every_dictionary_word_is_stored_once() -> None:
    assert tokens("路灯不亮，路灯") == ["路灯", "灯不亮", "路"]
    assert tokens("A市第三中学 Wi-Fi １２３４５") == ["第三", "三中", "中学", "市", "a", "wi", "fi", "12345"]


def test_function_words_and_punctuation_are_left_out() -> None:
    assert tokens("的了是，。！？…—_ \n") == []
    assert "的" not in tokens("小区的路灯")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("query", ["路灯", "窗户脱落", "李庄", "噪音 扰民", "wifi", "WI-FI", "𠮷野", "12栋", "施工噪音", "路灯不亮"])
def test_a_text_that_holds_the_query_is_found(text: str, query: str) -> None:
    if all(part in text.lower() for part in query.lower().split()):
        assert set(query_tokens(query)) <= set(tokens(text))


def test_single_characters_count_only_where_there_is_no_word() -> None:
    assert query_tokens("李庄") == ["李", "庄"]
    assert query_tokens("路灯的灯") == ["路灯"]
    assert query_tokens("的") == []
    assert query_tokens("") == []


def test_a_longer_query_may_be_asked_for() -> None:
    text = "停车场 广告牌 树枝 护栏 井盖 水管 电线 垃圾 喇叭 路灯 公园 学校 医院 银行 邮局"
    assert len(query_tokens(text)) == 12 < len(query_tokens(text, most=60))


def test_a_query_is_bounded() -> None:
    assert len(query_tokens(" ".join(f"w{n}" for n in range(1000)))) == 12
    assert all(len(word) <= 64 for word in tokens("a" * 5000 + "路灯"))


def test_one_of_the_words_is_enough_but_the_district_must_be_there() -> None:
    assert any_of_literal(["路灯", "灯", "路灯"]) == "'路灯' | '灯'"
    assert any_of_literal(["路灯"], district="340503") == "'d:340503' & ('路灯')"
    assert any_of_literal([], district="340503") == any_of_literal([]) == ""
    assert any_of_literal(["it's"]) == "'it''s'"


def test_literals() -> None:
    assert tsvector_literal(["路灯", "o'clock", "a\\b"], districts=["340503"]) == r"'路灯' 'o''clock' 'a\\b' 'd:340503'"
    assert tsquery_literal(["路灯", "坏"], district="340503") == "'路灯' & '坏' & 'd:340503'"
    assert tsquery_literal([]) == ""
    assert tsvector_literal([]) == ""


@given(mixed)
def test_tokens_are_plain_words_and_repeat_nothing(text: str) -> None:
    found = tokens(text)
    assert len(found) == len(set(found))
    assert all(not re.search(r"[\s'\\:&|!*()<>，。]", word) and 0 < len(word) <= 64 for word in found)


@given(st.lists(mixed, max_size=5))
def test_no_word_breaks_out_of_its_quotes(words: list[str]) -> None:
    literal = tsvector_literal(words)
    lexemes = re.findall(r"'((?:[^'\\]|''|\\\\)*)'", literal)
    assert " ".join(f"'{lexeme}'" for lexeme in lexemes) == literal
    assert all(len(lexeme.encode()) < 4092 for lexeme in lexemes)
    assert [lexeme.replace("''", "'").replace("\\\\", "\\") for lexeme in lexemes] == list(dict.fromkeys(word.replace("\0", "") for word in words if word))


@given(mixed)
def test_a_text_is_found_by_itself(text: str) -> None:
    assert set(query_tokens(text)) <= set(tokens(text))

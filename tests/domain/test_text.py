"""收进来的文字: what deceives is removed, what nobody types is refused in words, what is rare is kept."""

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.errors import BadInput
from minsheng.domain.text import clean, headline, identity_check, identity_number, line, phone

FAMILY = "👨‍👩‍👧‍👦"
HEARTS = "👩‍❤️‍👨"
ENGLAND = "🏴󠁧󠁢󠁥󠁮󠁧󠁿"
TRICKY = (
    "a é\u0301路灯𠀀𪚥\u200b\u200c\u200d\u200e\u202e"
    "\u2066\u2069\ufeff\ufe0f\ufe00\U000e0101\U000e0067\U000e007f🏴👨👩❤🏽\u0338←\u2126\u2028\r\n\t\v\u3000 \u0627\u0628\u1820\u180e1-+"
)
anything = st.text(alphabet=st.one_of(st.sampled_from(TRICKY), st.characters(codec=None)), max_size=80)


def cleaned(text: str) -> str:
    return clean(text, limit=2000, name="body")


def refused(call: Callable[[], object]) -> BadInput:
    with pytest.raises(BadInput) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  路灯坏了 \n", "路灯坏了"),
        ("\u3000\u3000第一段\r\n第二段\r第三段\u2028第四段", "第一段\n第二段\n第三段\n第四段"),
        ("上\n\n \t\n\n\n下", "上\n\n下"),
        ("从 Word 粘贴\v换行", "从 Word 粘贴\n换行"),
        ("cafe\u0301", "café"),
        ("𠮷野家旁边的𪚥路", "𠮷野家旁边的𪚥路"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        (f"谢谢{FAMILY}{HEARTS}{ENGLAND}1️⃣👍🏽", f"谢谢{FAMILY}{HEARTS}{ENGLAND}1️⃣👍🏽"),
        ("安全\u202egpj.exe", "安全gpj.exe"),
        ("\u2067隐藏\u2069", "隐藏"),
        ("城\u200b管\u2060局\ufeff", "城管局"),
        ("普\u200d通\u200c字", "普通字"),
        ("字\ufe0f\ufe0e\ufe0f\U000e0101", "字\ufe0f"),
        ("藏\U000e0061\U000e0062话", "藏话"),
        ("ئۇيغۇر\u200cچە", "ئۇيغۇر\u200cچە"),
        ("ᠮᠣᠩᠭᠣᠯ\u180eᠠ", "ᠮᠣᠩᠭᠣᠯ\u180eᠠ"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_clean_keeps_what_people_write(text: str, expected: str) -> None:
    assert cleaned(text) == expected


@pytest.mark.parametrize("text", ["路\x00灯", "路\x07灯", "路\x1b[31m灯", "路\x9b灯", "路\ud83d灯", "路\uffff灯"])
def test_clean_refuses_what_no_keyboard_types_and_says_what_to_do(text: str) -> None:
    error = refused(lambda: cleaned(text))
    assert error.field == "body"
    assert error.zh.startswith("第 2 个字")
    assert "记事本" in error.zh
    assert "delete it" in error.en


@pytest.mark.parametrize("text", ["", "   ", "\u3000\n\t", "\u200b\u200b", "\u202e\ufeff ", "\u2800\u3164"])
def test_only_spaces_is_empty(text: str) -> None:
    assert "还没有填" in refused(lambda: cleaned(text)).zh


def test_length_is_counted_in_characters_and_said() -> None:
    assert clean("𠀀" * 2000, limit=2000, name="body") == "𠀀" * 2000
    error = refused(lambda: clean("路" * 2314, limit=2000, name="body"))
    assert error.zh.startswith("最多 2,000 字，您写了 2,314 字")
    assert "2,314" in error.en
    assert "10,485,760" in refused(lambda: clean("x" * 10 * 1024 * 1024, limit=2000, name="body")).zh


def test_what_is_removed_does_not_count() -> None:
    assert clean("灯\u200b" * 20, limit=20, name="title") == "灯" * 20


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["list"]])
def test_a_wrong_type_is_refused_in_words(value: object) -> None:
    assert refused(lambda: clean(value, limit=10, name="title")).zh == "这一项要填文字。"  # type: ignore[arg-type]


def test_line_is_one_line() -> None:
    assert line(" 楼道\r\n 窗户\t脱落 ", limit=20, name="title") == "楼道 窗户 脱落"


@given(anything)
def test_clean_raises_nothing_else_is_idempotent_and_hides_nothing(text: str) -> None:
    try:
        once = cleaned(text)
    except BadInput:
        return
    assert cleaned(once) == once
    assert once == once.strip() and once
    assert once == unicodedata.normalize("NFC", once)
    assert not set(once) & set("\x00\r\u200b\u200e\u202e\u2066\u2069\ufeff")
    once.encode("utf-8")


@given(anything)
def test_line_is_idempotent_and_has_no_newline(text: str) -> None:
    try:
        once = line(text, limit=200, name="title")
    except BadInput:
        return
    assert line(once, limit=200, name="title") == once
    assert "\n" not in once and "  " not in once


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13800000001", "13800000001"),
        (" 138 0000 0001 ", "13800000001"),
        ("138-0000-0001", "13800000001"),
        ("１３８００００ ０００１", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("0086-13800000001", "13800000001"),
        ("8613800000001", "13800000001"),
        ("05552345678", "0555-2345678"),
        ("（0555）2345678", "0555-2345678"),
        ("0555—2345678", "0555-2345678"),
        ("010-12345678", "010-12345678"),
        ("02112345678", "021-12345678"),
        ("+86 10 1234 5678", "010-12345678"),
        ("+86-555-2345678", "0555-2345678"),
        ("0555-2345678转801", "0555-2345678-801"),
        ("0555-2345678-801", "0555-2345678-801"),
        ("400 800 1234", "400-800-1234"),
    ],
)
def test_phone_has_one_normal_form(typed: str, normal: str) -> None:
    assert phone(typed) == normal
    assert phone(normal) == normal


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1380000000", "手机号要 11 位数字，您填了 10 位"),
        ("138000000012", "手机号要 11 位数字，您填了 12 位"),
        ("12800000001", "以 13 到 19 开头"),
        ("2345678", "请加上区号"),
        ("0555-234567", "您填了 10 位"),
        ("一三八零零零零零零零一", "只能写数字"),
        ("13800000001转3", "不用写分机"),
        ("()-", "只能写数字"),
        ("٠١٢٣٤٥٦٧٨٩٠", "只能写数字"),
    ],
)
def test_phone_says_what_is_wrong(typed: str, words: str) -> None:
    assert words in refused(lambda: phone(typed)).zh


@given(st.one_of(anything, st.text(alphabet="0123456789+-() 转,８６０", max_size=20), st.from_regex(r"(\+?86)?[01][0-9]{8,12}(-[0-9]{1,6})?", fullmatch=True)))
def test_phone_raises_nothing_else_and_is_idempotent(text: str) -> None:
    try:
        normal = phone(text)
    except BadInput:
        return
    assert phone(normal) == normal
    assert normal.isascii()


FIRST_17 = "34050219900101001"  # an invented number: the check character below is computed, the person does not exist


def test_identity_number_checks_and_normalises() -> None:
    check = identity_check(FIRST_17)
    assert identity_number(f" 340502 19900101 001{check.lower()} ") == FIRST_17 + check
    wrong = "0" if check != "0" else "1"
    assert "对不上" in refused(lambda: identity_number(FIRST_17 + wrong)).zh
    assert "要 18 位，您填了 17 位" in refused(lambda: identity_number(FIRST_17)).zh
    assert "没有这一天" in refused(lambda: identity_number("340502199002300017")).zh
    assert "最后一位可以是 X" in refused(lambda: identity_number("34050219900101O017")).zh


def test_check_character_agrees_with_the_standard_example() -> None:
    assert identity_check("11010519491231002") == "X"  # the worked example printed in GB 11643-1999


@given(st.dates(min_value=date(1900, 1, 1)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, serial: int, place: int, shift: int) -> None:
    first = f"340502{born:%Y%m%d}{serial:03d}"
    number = first + identity_check(first)
    assert identity_number(number) == number
    digit = str((int(number[place]) + shift) % 10)
    refused(lambda: identity_number(number[:place] + digit + number[place + 1 :]))


@given(anything)
def test_identity_number_raises_nothing_else(text: str) -> None:
    with suppress(BadInput):
        assert len(identity_number(text)) == 18


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("路灯不亮", "路灯不亮"),
        ("小区北门的路灯全都不亮，已经一个星期了。昨晚有老人摔了一跤。", "小区北门的路灯全都不亮，已经一个星期了"),
        ("！！\n路灯不亮？\n请修", "路灯不亮"),
        ("。", "。"),
        ("很长" * 30, "很长" * 19 + "很…"),
    ],
)
def test_headline_is_the_first_sentence(body: str, said: str) -> None:
    assert headline(body) == said
    assert len(said) <= 40

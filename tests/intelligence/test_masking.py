"""脱敏: nothing that points at a person stays, what the place needs does, and masking twice changes nothing. All numbers and names are invented."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.intelligence.masking import mask

MOBILE = "［手机号已隐去］"


@pytest.mark.parametrize(
    ("text", "masked", "kinds"),
    [
        ("请打13800000001找我", f"请打{MOBILE}找我", ["mobile"]),
        ("138 0000 0001、138-0000-0001", f"{MOBILE}、{MOBILE}", ["mobile", "mobile"]),
        ("+86 138 0000 0001", MOBILE, ["mobile"]),
        ("１３８００００ ０００１", MOBILE, ["mobile"]),
        ("1 3 8 0 0 0 0 0 0 0 1", MOBILE, ["mobile"]),
        ("一三八零零零零零零零一", MOBILE, ["mobile"]),
        ("幺三八〇〇〇〇〇〇〇幺一个", f"{MOBILE}一个", ["mobile"]),
        ("①③⑧⓪⓪⓪⓪⓪⓪⓪①", MOBILE, ["mobile"]),
        ("138\u200b0000\u200b0001", MOBILE, ["mobile"]),
        ("0555-2345678", "［电话已隐去］", ["landline"]),
        ("（0555）2345678转801，谢谢", "［电话已隐去］，谢谢", ["landline"]),
        ("010 1234 5678", "［电话已隐去］", ["landline"]),
        ("家里电话：2345678", "家里电话：［电话已隐去］", ["landline"]),
        ("身份证340502199001010017。", "身份证［身份证号已隐去］。", ["identity"]),
        ("身份证 340502 19900101 001x", "身份证 ［身份证号已隐去］", ["identity"]),
        ("旧证340502900101001", "旧证［身份证号已隐去］", ["identity"]),
        ("卡号6222 0000 0000 0000 000", "卡号［银行卡号已隐去］", ["bank_card"]),
        ("卡号6222000000000000", "卡号［银行卡号已隐去］", ["bank_card"]),
        ("订单20261122000123456789012", "订单［号码已隐去］", ["number"]),
        ("姓名：王小明", "姓名：王**", ["name"]),
        ("姓名 王小明 电话", "姓名 王** 电话", ["name"]),
        ("联系人李芳电话", "联系人李**电话", ["name"]),
        ("我叫欧阳小明，住在", "我叫欧**，住在", ["name"]),
        ("我叫张三住在阳湖花园", "我叫张**住在阳湖花园", ["name"]),
        ("本人李四，身份证", "本人李**，身份证", ["name"]),
        ("姓名：阿依古丽·买买提", "姓名：阿**", ["name"]),
        ("皖E12345占道", "［车牌号已隐去］占道", ["plate"]),
        ("皖Ｅ·D12345", "［车牌号已隐去］", ["plate"]),
        ("皖ED12345 是绿牌", "［车牌号已隐去］ 是绿牌", ["plate"]),
        ("写信到 abc.d@example.com", "写信到 ［邮箱已隐去］", ["email"]),
        ("abc＠example.com", "［邮箱已隐去］", ["email"]),
        ("微信号abc_123", "微信号［账号已隐去］", ["account"]),
        ("QQ：12345678", "QQ：［账号已隐去］", ["account"]),
        ("阳湖花园12栋3单元502室", "阳湖花园12栋3单元***室", ["door"]),
        ("阳湖花园12栋3单元502", "阳湖花园12栋3单元***", ["door"]),
        ("12-3-502漏水", "12-3-***漏水", ["door"]),
    ],
)
def test_mask_hides(text: str, masked: str, kinds: list[str]) -> None:
    result = mask(text)
    assert result.text == masked
    assert list(result.found) == kinds
    assert not result.clean


@pytest.mark.parametrize(
    "text",
    [
        "阳湖花园12栋3单元楼道窗户脱落",
        "2026-11-22 10:24 到 2026-12-01 都没来，拨打12345也没用",
        "人民路502号门前的路灯，A市第三中学旁，1200户",
        "每月15000-200000元，面积 135.5 平方米",
        "业主方认为物业不作为，联系人员没有来",
        "我叫马上来的人都走了，本人方便，联系人和电话都没写",
        "请安排在第三会议室，3间客房",
        "编号 20261122",
        "",
    ],
)
def test_mask_leaves_what_points_at_nobody(text: str) -> None:
    result = mask(text)
    assert result.text == text
    assert result.clean


FORMS = [
    "0123456789",
    "０１２３４５６７８９",
    "零一二三四五六七八九",
    "〇幺二三四五六七八九",
    "零壹贰叁肆伍陆柒捌玖",
    "⓪①②③④⑤⑥⑦⑧⑨",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "٠١٢٣٤٥٦٧٨٩",
    "⁰¹²³⁴⁵⁶⁷⁸⁹",
]
CHINESE = {character: str(value) for form in FORMS[2:5] for value, character in enumerate(form)}


def digits_of(text: str) -> str:
    return "".join(CHINESE.get(character) or ("" if (digit := unicodedata.digit(character, None)) is None else str(digit)) for character in text)


@st.composite
def written_mobiles(draw: st.DrawFn) -> tuple[str, str]:
    number = draw(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
    forms = draw(st.lists(st.sampled_from(FORMS), min_size=11, max_size=11)) if draw(st.booleans()) else [draw(st.sampled_from(FORMS))] * 11
    gaps = draw(st.lists(st.sampled_from(["", "", "", " ", "-", " - ", "\u3000", "—", ".", "\u200b", "·"]), min_size=11, max_size=11))
    return number, "".join(form[int(digit)] + gap for form, digit, gap in zip(forms, number, gaps, strict=True))


@given(
    written_mobiles(),
    st.sampled_from(["", "请打", "电话：", "联系人王小明", "皖E", "QQ", "3单元", "邮箱a@b."]),
    st.sampled_from(["", "找我", "，谢谢", "@qq.com", "路灯坏了", "室"]),
)
def test_no_mobile_leaks_however_it_is_written(mobile: tuple[str, str], before: str, after: str) -> None:
    number, written = mobile
    assert number not in digits_of(mask(before + written + after).text)


@given(st.from_regex(r"[0-9]{0,9}1[3-9][0-9]{9}[0-9]{0,9}", fullmatch=True))
def test_no_long_run_of_digits_leaks(run: str) -> None:
    assert digits_of(mask(f"编号{run}。").text) == ""


PIECES = [
    "13800000001", "138 0000", " 0001", "一三八", "0555", "-2345678", "340502", "19900101", "001X", "6222 0000", "姓名：", "联系人", "我叫",
    "本人", "王", "欧阳", "小明", "，", "皖", "E", "12345", "@", "a.com", "QQ", "微信", "3单元", "502",
    "室", "12-3-", "·", "*", "［手机号已隐去］", "的", "\n", "+86", "转", "Ｘ", "①", "零",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=14).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    twice = mask(once.text)
    assert twice.text == once.text
    assert twice.clean
    assert once.clean == (once.text == text)


@pytest.mark.parametrize("piece", ["a", "1 ", "a.", "0", "1-", "王", "姓名：", "@", "零", "a@", "138 0000 000"])
def test_no_text_makes_it_slow(piece: str) -> None:
    began = time.process_time()
    mask(piece * (20_000 // len(piece)))
    assert time.process_time() - began < 3

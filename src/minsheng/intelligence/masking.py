"""脱敏: hide what points at a person before a text is released: numbers, names, plates, addresses down to the door.

Better one word hidden too many than one telephone number in public: a person releases the text and can write it again. What a place needs stays
(阳湖花园12栋3单元). What is hidden becomes words without digits, so masking a masked text changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["mobile", "landline", "identity", "bank_card", "number", "name", "plate", "email", "account", "door"]

_WORDS: dict[str, str] = {
    "mobile": "［手机号已隐去］",
    "landline": "［电话已隐去］",
    "identity": "［身份证号已隐去］",
    "bank_card": "［银行卡号已隐去］",
    "number": "［号码已隐去］",
    "plate": "［车牌号已隐去］",
    "email": "［邮箱已隐去］",
    "account": "［账号已隐去］",
}

_SEP = r"(?:[\s.\-\u2010-\u2015\u2212·_/\u200b-\u200d\u2060\ufeff\ufe0e\ufe0f\u20e3]{0,3})"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_SURNAMES = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|百里|呼延|赵|钱|孙|李|周|吴|郑|王|冯|陈|褚|卫|蒋|沈|韩|杨|朱|秦|尤|许|何|吕|"
    "张|孔|曹|严|华|金|魏|陶|姜|戚|谢|邹|喻|柏|窦|章|苏|潘|葛|奚|范|彭|郎|鲁|韦|马|苗|凤|方|俞|任|袁|柳|鲍|史|唐|费|廉|岑|薛|雷|贺|倪|汤|滕|殷|罗|"
    "毕|郝|邬|安|乐|于|傅|皮|卞|齐|康|伍|余|元|卜|顾|孟|黄|穆|萧|尹|姚|邵|汪|祁|毛|禹|狄|米|贝|明|臧|计|伏|成|戴|谈|宋|茅|庞|熊|纪|舒|屈|项|祝|董|"
    "梁|杜|阮|蓝|闵|席|季|麻|强|贾|路|娄|危|江|童|颜|郭|梅|盛|林|刁|钟|徐|邱|骆|高|夏|蔡|田|樊|胡|凌|霍|虞|万|支|柯|管|卢|莫|房|裘|缪|解|宗|丁|"
    "宣|邓|单|杭|洪|包|左|石|崔|吉|龚|程|邢|裴|陆|荣|翁|荀|甄|曲|封|储|靳|邴|段|焦|谷|侯|班|仇|甘|武|符|刘|景|詹|龙|叶|幸|韶|黎|薄|白|赖|卓|蔺|屠|"
    "池|乔|阴|翟|谭|温|庄|晏|柴|瞿|阎|连|习|艾|易|廖|衡|耿|文|寇|广|欧|沃|蔚|越|隆|师|巩|聂|敖|辛|阚|饶|曾|丰|关|肖|岳|帅|涂|覃|冉|尚|牛|付|闫|鞠|"
    "佟|苟|盖|逯|桑|竺"
)
_NO_NAME = (
    "马上|马路|周围|周边|周末|高层|高兴|方便|方面|白天|白白|万一|何时|何况|任何|任意|成都|安全|安静|路边|路口|管理|单位|解决|强行|应该|连续|广大|"
    "文明|老师|关于|于是|计划"
)
_AFTER_A_NAME = "电话|手机|联系|身份|性别|住|家|是|在|系|现|的|男|女|今年|年|先生|女士|同志|老师|和|与|及|说|已|于|被|因"
_NAME = f"(?!{_NO_NAME})(?:{_SURNAMES})(?:[{_HAN}](?:[{_HAN}]??(?=[^{_HAN}]|$|{_AFTER_A_NAME})|[{_HAN}]))"
_PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"

Pattern = tuple[Kind, re.Pattern[str]]

_MOBILE: tuple[Pattern, ...] = (
    ("mobile", re.compile(r"(?<!\d)(?:(?:\+|00)?86)?1[3-9]\d{9}(?!\d)")),
    ("mobile", re.compile(rf"(?<!\d)(?:(?:\+|00)?86{_SEP})?1{_SEP}[3-9](?:{_SEP}\d){{9}}(?!\d|\s?(?:元|平方|㎡|公里|吨))")),
)
_IDENTITY: tuple[Pattern, ...] = (
    ("identity", re.compile(rf"(?<!\d)[1-9]\d{{5}}{_SEP}(?:19|20)\d\d{_SEP}[01]\d{_SEP}[0-3]\d{_SEP}\d{{3}}{_SEP}[\dXx](?!\d)")),
    ("identity", re.compile(r"(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")),
)
_NUMBERS: tuple[Pattern, ...] = (
    *_IDENTITY,
    ("bank_card", re.compile(rf"(?<!\d)[3-6]\d{{3}}(?:{_SEP}\d{{4}}){{3}}(?:{_SEP}\d{{1,3}})?(?!\d)")),
    *_MOBILE,
    ("landline", re.compile(rf"(?<!\d)[(]?(?:\+?86{_SEP})?0\d{{2,3}}[)]?{_SEP}(?:\d{{7,8}}|\d{{3,4}}{_SEP}\d{{4}})(?:[\-转]\d{{1,6}})?(?!\d)")),
    ("landline", re.compile(r"(?P<kept>(?:电话|座机|固话|手机|号码)[:是为\s]{0,3})[2-8]\d{2,3}[\s\-]?\d{4}(?!\d)")),
    ("number", re.compile(r"\d{11,}[Xx]?")),
)
_SPOKEN: tuple[Pattern, ...] = (*_IDENTITY, *_MOBILE, ("mobile", re.compile(r"1[3-9]\d{9}")))
_SIGNS: tuple[Pattern, ...] = (
    ("email", re.compile(r"(?<![A-Za-z0-9_.+\-])[A-Za-z0-9_.+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+")),
    ("plate", re.compile(rf"[{_PLATE_PROVINCES}]\s?[A-Za-z][·.\s\-]?[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![A-Za-z0-9])")),
    ("account", re.compile(r"(?P<kept>(?:QQ|qq|扣扣|微信|[VvWw][Xx])[:号是为群\s]{0,3})[A-Za-z0-9_\-]{5,20}")),
)
_DOORS: tuple[Pattern, ...] = (
    ("door", re.compile(r"(?<=单元)[\s\-]?\d{3,4}(?!\d)|(?<=\d[栋幢座])\d{3,4}(?!\d|号|米|户|元)")),
    ("door", re.compile(r"(?<![\d\-])(?P<kept>\d{1,3}-\d{1,2}-)\d{3,4}(?![\d\-])")),
    ("door", re.compile(r"(?<!\d)\d{3,4}(?=室(?![外内温友])|房(?!间|屋|产|子))")),
)
_NAMES: tuple[Pattern, ...] = (
    (
        "name",
        re.compile(f"(?P<kept>(?:姓名|名字)\\s?[:：是为叫]?\\s?)(?:{_NAME}|[{_HAN}]{{1,8}}·[{_HAN}]{{1,8}}|(?<=[:：\\s])[{_HAN}]{{2,4}}(?![{_HAN}]))"),
    ),
    (
        "name",
        re.compile(
            "(?P<kept>(?:联系人|本人叫|我叫|名叫|儿子叫|女儿叫|孩子叫|父亲叫|母亲叫|户主|当事人|投诉人|反映人|举报人|申请人|来电人|患者|死者)(?:姓名)?\\s?[:：是为]?\\s?)"
            f"{_NAME}"
        ),
    ),
    ("name", re.compile(f"(?P<kept>本人\\s?)(?!{_NO_NAME})(?:{_SURNAMES})[{_HAN}]{{1,2}}(?=[,，。(（]|身份证|电话|手机|家住|住在|系)")),
)
_SEVEN_DIGITS = re.compile(rf"\d(?:{_SEP}[()]?\d){{6}}")
_THREE_DIGITS = re.compile(r"\d{3}")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text fit to be seen by anyone, and the kinds of what was hidden in it, one entry for each place."""

    text: str
    found: tuple[Kind, ...]

    @property
    def clean(self) -> bool:
        """True when there was nothing to hide."""
        return not self.found


def mask(text: str) -> Masked:
    """Hide telephone, identity and card numbers (in any kind of digits), names after a label, plates, e-mail addresses, accounts and door numbers."""
    found: list[Kind] = []
    before = None
    while before != text:  # hiding one thing can lay bare its neighbour; each round hides something, so this ends
        before = text
        text = _hide(text, _SIGNS, _plain_digits, found)
        if _SEVEN_DIGITS.search(_plain_digits(text)):
            text = _hide(text, _NUMBERS, _plain_digits, found)
        if _SEVEN_DIGITS.search(_all_digits(text)):
            text = _hide(text, _SPOKEN, _all_digits, found)
        if _THREE_DIGITS.search(_plain_digits(text)):
            text = _hide(text, _DOORS, _plain_digits, found)
        text = _hide(text, _NAMES, str, found)
    return Masked(text, tuple(found))


def bare_name(text: str) -> bool:
    """Could this be nothing but somebody's name: a surname with one or two characters behind it?"""
    return re.fullmatch(f"(?!{_NO_NAME})(?:{_SURNAMES})[{_HAN}]{{1,2}}", text) is not None


def _hide(text: str, patterns: tuple[Pattern, ...], shadow: Callable[[str], str], found: list[Kind]) -> str:
    """Look for each pattern in the text's shadow, which has the same length but plain digits, and cut the same places out of the text."""
    seen = shadow(text)
    for kind, pattern in patterns:
        parts: list[str] = []
        end = 0
        for match in pattern.finditer(seen):
            start = match.end("kept") if "kept" in pattern.groupindex else match.start()
            parts += text[end:start], _replacement(kind, text[start : match.end()])
            end = match.end()
            found.append(kind)
        if parts:
            text = "".join(parts) + text[end:]
            seen = shadow(text)
    return text


def _replacement(kind: Kind, hidden: str) -> str:
    if kind == "name":
        return f"{hidden[0]}**"
    if kind == "door":
        return "***"
    return _WORDS[kind]


class _Shadow(dict[int, int | str]):
    """A translation table that learns: each character to one plain character, so that places stay the same."""

    def __init__(self, known: dict[int, int | str]) -> None:
        super().__init__(known)

    def __missing__(self, code: int) -> int | str:
        character = chr(code)
        digit = unicodedata.digit(character, None)
        plain = str(digit) if digit is not None else unicodedata.normalize("NFKC", character)
        learned = plain if len(plain) == 1 else character
        if len(self) < 20_000:
            self[code] = learned
        return learned


_PLAIN = _Shadow({})
_SPOKEN_DIGITS = ("零〇", "一幺壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_ALL = _Shadow({ord(character): str(value) for value, characters in enumerate(_SPOKEN_DIGITS) for character in characters})


def _plain_digits(text: str) -> str:
    return text.translate(_PLAIN)


def _all_digits(text: str) -> str:
    return text.translate(_ALL)

"""收进来的文字: every text field that comes in is cleaned here, once, before anything else sees it.

What deceives the eye (direction overrides, zero-width characters) is removed; what no keyboard types (null bytes, control characters, half
characters) is refused with words that say what to do; what is merely rare (emoji, rare Chinese characters, minority scripts) is kept whole.
Every function raises `BadInput` and nothing else, and applied to its own result changes nothing. Lengths are in characters (code points).
"""

import re
import unicodedata
from datetime import date

from minsheng.domain.errors import BadInput

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_REFUSED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ALWAYS_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a]"
)
_SOMETIMES_HIDDEN = re.compile("[\u180b-\u180e\u200c\u200d\ufe00-\ufe0f\U000e0000-\U000e0fff]")
_VARIATION = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_EMOJI = re.compile("[\u00a9\u00ae\u203c\u2049\u20e3\u2122-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_JOINING_SCRIPT = re.compile("[\u0600-\u07ff\u0860-\u0eff\u1800-\u18af]")  # Arabic (Uyghur, Kazakh), Indic, Mongolian: joiners are spelling there
_BLACK_FLAG = "\U0001f3f4"  # 🏴: the flags of regions are this and tag characters
_BLANK_LINES = re.compile("\n(?:[^\\S\n]*\n){2,}")
_GAPS = re.compile(r"\s+")
_SENTENCE = re.compile(r"[。！？!?\n]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_PHONE = re.compile(r"(?P<number>\+?[0-9\s().\-]*[0-9][)\s]*?)(?:\s*(?:转|分机|ext\.?|#|,)\s*(?P<extension>[0-9]{1,6}))?", re.IGNORECASE)
_NORMAL_WITH_EXTENSION = re.compile(r"(?P<number>0[0-9]{2,3}-[0-9]{7,8}|[48]00-[0-9]{3}-[0-9]{4})-(?P<extension>[0-9]{1,6})")


def clean(text: str, *, limit: int, name: str) -> str:
    """One field of text, fit to be stored and shown: NFC, `\\n` for newlines, no outer space, at most `limit` characters, not empty.

    `name` is the field's name in the form or the API; it comes back as `BadInput.field`.
    """
    if not isinstance(text, str):
        raise BadInput(field=name, zh="这一项要填文字。", en="This field takes text.")
    bare = text.strip()
    if len(bare) > 8 * limit + 1000:  # not worth cleaning: nothing that is removed could make it fit
        raise _too_long(name, limit, len(bare))
    _refuse_what_no_keyboard_types(bare, name)
    result = _BLANK_LINES.sub("\n\n", _without_deception(_NEWLINES.sub("\n", bare))).strip()
    if not any(unicodedata.category(character)[0] in "LNPSC" for character in result):
        raise BadInput(field=name, zh="这一项还没有填，请写上内容。", en="This field is empty: please write something.")
    if len(result) > limit:
        raise _too_long(name, limit, len(result))
    return result


def line(text: str, *, limit: int, name: str) -> str:
    """A field of one line (a title, a name, a place): as `clean`, and every gap in it becomes one space."""
    return _GAPS.sub(" ", clean(text, limit=limit, name=name))


def headline(text: str, *, limit: int = 40) -> str:
    """标题 for a text that has none: its first sentence, cut with … where it is longer than `limit`."""
    first = next((part.strip() for part in _SENTENCE.split(text) if part.strip()), text.strip())
    return first if len(first) <= limit else first[: limit - 1] + "…"


def phone(text: str, *, name: str = "phone") -> str:
    """电话: a Chinese number in its normal form: `13800000001`, `0555-2345678`, `0555-2345678-801` (extension) or `400-800-1234`."""
    typed = _DASHES.sub("-", unicodedata.normalize("NFKC", clean(text, limit=60, name=name)))
    found = _NORMAL_WITH_EXTENSION.fullmatch(typed) or _PHONE.fullmatch(typed)
    if not found:
        raise BadInput(
            field=name,
            zh="电话只能写数字，例如手机 13800000001，座机 0555-2345678。",
            en="A phone number is written in digits, such as 13800000001 or 0555-2345678.",
        )
    digits = _national(found["number"])
    plain = _mobile(digits) or _service(digits) or _landline(digits)
    if plain is None:
        raise _no_phone(digits, name)
    if not found["extension"]:
        return plain
    if "-" not in plain:
        raise BadInput(field=name, zh="手机号后面不用写分机。", en="A mobile number has no extension.")
    return f"{plain}-{found['extension']}"


def identity_number(text: str, *, name: str = "identity_number") -> str:
    """身份证号: 18 characters whose birthday exists and whose check character is right (GB 11643-1999, ISO 7064 MOD 11-2)."""
    typed = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", clean(text, limit=60, name=name))).upper()
    if not re.fullmatch(r"[0-9]*X?", typed):
        raise BadInput(field=name, zh="身份证号只有数字，最后一位可以是 X。", en="An identity number has digits only; the last character may be X.")
    if len(typed) != 18:
        raise BadInput(field=name, zh=f"身份证号要 18 位，您填了 {len(typed)} 位。", en=f"An identity number has 18 characters; you wrote {len(typed)}.")
    try:
        date(int(typed[6:10]), int(typed[10:12]), int(typed[12:14]))
    except ValueError:
        raise BadInput(
            field=name,
            zh="身份证号第 7 到 14 位是出生日期，没有这一天，请照着证件再看一遍。",
            en="Characters 7 to 14 of an identity number are the birthday, and there is no such day. Please compare it with the card.",
        ) from None
    if typed[17] != identity_check(typed[:17]):
        raise BadInput(
            field=name,
            zh="身份证号最后一位对不上，有一位写错了，请照着证件再看一遍。",
            en="The last character does not fit the others: one of them is wrong. Please compare it with the card.",
        )
    return typed


def identity_check(first_17: str) -> str:
    """The check character of an identity number's first 17 digits."""
    return "10X98765432"[sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first_17)) % 11]


def _too_long(name: str, limit: int, written: int) -> BadInput:
    return BadInput(
        field=name,
        zh=f"最多 {limit:,} 字，您写了 {written:,} 字。请删短一些再提交。",
        en=f"At most {limit:,} characters; you wrote {written:,}. Please shorten it.",
    )


def _refuse_what_no_keyboard_types(text: str, name: str) -> None:
    found = _REFUSED.search(_NEWLINES.sub(lambda newline: "\n" * len(newline[0]), text))
    if not found:
        return
    place = found.start() + 1
    half = "\ud800" <= found[0] <= "\udfff"
    raise BadInput(
        field=name,
        zh=f"第 {place:,} 个字{'残缺，显示不出来' if half else '是看不见的控制字符'}。请删掉它再提交；如果是粘贴来的，请先粘贴到记事本，再从那里复制。",
        en=f"Character {place:,} is {'half of a character' if half else 'an invisible control character'}. "
        "Please delete it; if you pasted the text, paste it into a plain editor first and copy it from there.",
    )


def _without_deception(text: str) -> str:
    """NFC without what is invisible and could deceive; joiners, selectors and tags stay where they spell something."""
    text = unicodedata.normalize("NFC", _ALWAYS_HIDDEN.sub("", text))
    if not _SOMETIMES_HIDDEN.search(text):
        return text
    kept: list[str] = []
    for place, character in enumerate(text):
        if not _SOMETIMES_HIDDEN.match(character) or _spells_something(character, kept, text[place + 1 : place + 2]):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _spells_something(character: str, before: list[str], after: str) -> bool:
    last = before[-1] if before else ""
    if not last or last.isspace():
        return False
    if _VARIATION.match(character):
        return not _SOMETIMES_HIDDEN.match(last)  # one selector per character: a pile of them is a hidden message
    if character in "\u200c\u200d\u180e":
        if _JOINING_SCRIPT.match(last) and _JOINING_SCRIPT.match(after):
            return True
        shown = before[-2] if _VARIATION.match(last) and len(before) > 1 else last
        return character == "\u200d" and bool(_EMOJI.match(shown)) and bool(_EMOJI.match(after))
    if not "\U000e0020" <= character <= "\U000e007f":
        return False
    tags = 0
    while tags < len(before) and tags < 8 and "\U000e0020" <= before[-1 - tags] <= "\U000e007f":
        tags += 1
    return tags < 7 and len(before) > tags and before[-1 - tags] == _BLACK_FLAG


def _national(number: str) -> str:
    """The digits as dialled inside the country: without 0086 or +86, with the 0 of the area code that +86 leaves out."""
    digits = re.sub(r"\D", "", number)
    foreign = number.startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if foreign else digits
    if not digits.startswith("86") or not (foreign or len(digits) == 13):
        return digits
    inland = digits[2:]
    return inland if _mobile(inland) or _service(inland) or not _landline(f"0{inland}") else f"0{inland}"


def _mobile(digits: str) -> str | None:
    return digits if re.fullmatch(r"1[3-9]\d{9}", digits) else None


def _landline(digits: str) -> str | None:
    found = re.fullmatch(r"(010|02\d)(\d{8})|(0[3-9]\d\d)(\d{7,8})", digits)
    if not found:
        return None
    return "-".join(part for part in found.groups() if part)


def _service(digits: str) -> str | None:
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if re.fullmatch(r"[48]00\d{7}", digits) else None


def _no_phone(digits: str, name: str) -> BadInput:
    if len(digits) in (7, 8) and digits[0] not in "01":  # a mobile number cut short begins with 1
        return BadInput(field=name, zh="座机请加上区号，例如 0555-2345678。", en="Please add the area code, such as 0555-2345678.")
    if digits.startswith("0"):
        return BadInput(
            field=name,
            zh=f"座机是区号加 7 或 8 位号码，例如 0555-2345678；您填了 {len(digits)} 位。",
            en=f"A landline is the area code and 7 or 8 digits, such as 0555-2345678; you wrote {len(digits)} digits.",
        )
    if len(digits) != 11:
        return BadInput(field=name, zh=f"手机号要 11 位数字，您填了 {len(digits)} 位。", en=f"A mobile number has 11 digits; you wrote {len(digits)}.")
    return BadInput(field=name, zh="手机号以 13 到 19 开头，请看看开头两位。", en="A mobile number begins with 13 to 19: please look at the first two digits.")

"""二维码牌: the number on the plate of a place, the address in its code, and the sizes a plate is printed in.

The number is the place's code, a dot and one check character: "yinxing-b1.k". The check is that of ISO/IEC 7064, MOD 37-2, with the hyphen in
the place of the standard's last letter: 37 characters and a prime modulus, so that every single wrong character and every two neighbours that
changed places are found. The address is written in capitals where that changes nothing (scheme, host, our own path): a code of capitals
and digits needs fewer modules, and the same code can be printed smaller.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from minsheng.domain.errors import BadInput

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz-"
#: The same values, as a check character shows them: a hyphen at the end of a number would be overlooked.
CHECKS = ALPHABET[:-1] + "*"
MODULUS = len(ALPHABET)
LONGEST = 60
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_SITE = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_FIT = re.compile(rf"[a-z0-9-]{{1,{LONGEST}}}")
#: What a person may type for the dot, and what a keyboard puts in by itself.
_DOTS = str.maketrans({"。": ".", "．": ".", "·": ".", "・": ".", "，": ".", ",": ".", "–": "-", "—": "-", "−": "-", "_": "-"})


@dataclass(frozen=True, slots=True)
class Read:
    """A number as somebody typed it: the code of the place, and whether its check is right (None: typed without one)."""

    code: str
    right: bool | None


def fit(code: str) -> bool:
    """Can this code stand on a plate: small letters, digits and hyphens?"""
    return _FIT.fullmatch(code) is not None


def check(code: str) -> str:
    """The check character of a place's code."""
    if not fit(code):
        raise BadInput(
            field="place",
            zh=f"编码「{code[:80]}」印不成牌子：只能用小写字母、数字和连字符，最长 {LONGEST} 个。请在地点表里换一个编码。",
            en=f"The code “{code[:80]}” cannot stand on a plate: small letters, digits and hyphens only, {LONGEST} at most. Give the place another code.",
        )
    total = 0
    for letter in code:
        total = (total + _VALUE[letter]) * 2 % MODULUS
    return CHECKS[(1 - total) % MODULUS]


def number(code: str) -> str:
    """编号 as the plate shows it: yinxing-b1.k"""
    return f"{code}.{check(code)}"


def read(typed: str) -> Read:
    """What was scanned or typed, in capitals or small letters, with the dots and spaces that people and keyboards put in."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed[: 4 * LONGEST])).casefold().translate(_DOTS)
    code, dot, mark = text.partition(".")
    if not dot:
        return Read(code, None)
    return Read(code, fit(code) and check(code) == mark)


# --- the address in the code ----------------------------------------------------------------------------------------------------


def site(text: str) -> str:
    """The public address of the platform, without a slash at the end; BadInput where it is none."""
    if _SITE.fullmatch(text.strip()) is None:
        raise BadInput(
            field="site",
            zh=f"「{text[:80]}」不是网址。要写成 https://12345.example.gov.cn 这样。",
            en=f"“{text[:80]}” is no address. Write it like https://12345.example.gov.cn.",
        )
    return text.strip().rstrip("/")


def address(base: str, code: str) -> str:
    """The address that the code of a plate holds. In capitals where the platform has its host for itself."""
    place = f"{base}/p/{number(code)}"
    return place.upper() if urlsplit(base).path in ("", "/") else place


def typed_address(base: str, code: str) -> str:
    """The address as a person types it: without https://, which browsers add."""
    return f"{base.removeprefix('https://')}/p/{number(code)}"


# --- sizes ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Size:
    """How plates lie on a sheet: `page` in millimetres (width, height), so many across and down; `look` is the drawing of one plate."""

    key: str
    zh: str
    en: str
    page: tuple[float, float]
    across: int
    down: int
    look: str

    @property
    def each(self) -> int:
        """Plates on one sheet."""
        return self.across * self.down

    @property
    def plate(self) -> tuple[float, float]:
        """Width and height of one plate in millimetres."""
        return self.page[0] / self.across, self.page[1] / self.down

    def sheets(self, plates: int) -> int:
        """How many sheets so many plates take."""
        return -(-plates // self.each)


_A4, _A5 = (210.0, 297.0), (148.0, 210.0)
SIZES = {
    size.key: size
    for size in (
        Size("a4", "A4 一张一块", "A4, one", _A4, 1, 1, "a4"),
        Size("a5", "A5 一张一块", "A5, one", _A5, 1, 1, "a5"),
        Size("a4x2", "A4 一张两块（A5）", "A4, two (A5)", (297.0, 210.0), 2, 1, "a5"),
        Size("a4x4", "A4 一张四块（A6）", "A4, four (A6)", _A4, 2, 2, "a6"),
        Size("a4x8", "A4 一张八块（A7）", "A4, eight (A7)", _A4, 2, 4, "a7"),
        Size("a4x24", "A4 一张 24 块（70×37 毫米）", "A4, 24 (70×37 mm)", _A4, 3, 8, "label"),
    )
}
#: Plates in one file: more would be slow to open and easy to mix up at the printer.
IN_A_FILE = 200


def size(key: str) -> Size:
    """The size of this name, or BadInput listing what there is."""
    if key not in SIZES:
        names = "、".join(SIZES)
        raise BadInput(field="size", zh=f"没有「{key[:20]}」这个尺寸，可选：{names}。", en=f"There is no size “{key[:20]}”; choose one of: {', '.join(SIZES)}.")
    return SIZES[key]


# --- what a plate says --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """One plate: the place, where it lies, its number, what the code holds and what a person types instead."""

    code: str
    name: str
    around: str
    number: str
    address: str
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What stands on every plate of a city. steps: (what happens, within which time), the time empty where none is promised."""

    city: str
    hotline: str
    host: str
    steps: tuple[tuple[str, str], ...]


def joined(names: Sequence[str]) -> str:
    """Names of areas, widest first, as one: 青禾区 + 青禾区松涛街道 + 松涛街道银杏社区 → 青禾区松涛街道银杏社区."""
    whole = ""
    for name in names:
        shared = next(length for length in range(len(name), -1, -1) if whole.endswith(name[:length]))
        whole += name[shared:]
    return whole

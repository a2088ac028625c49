"""照片、视频、录音: how many, how large and how long they may be, and the words for one that is not."""

import re
from datetime import timedelta

from minsheng.domain.errors import BadInput, TooLarge

KINDS = ("photo", "video", "audio")
MB = 1024 * 1024
COUNT = {"photo": 9, "video": 1, "audio": 3}
"""How many of each go into one request."""
BYTES = {"photo": 20 * MB, "video": 200 * MB, "audio": 20 * MB}
SECONDS = {"video": 60, "audio": 120}
GRACE = 2.0
"""Seconds beyond the length that are let pass: a camera that stops at sixty writes sixty and a bit."""

KEPT_UNBOUND = timedelta(days=1)
"""How long a file waits for its case, and how long an upload may take."""
TICKET = re.compile("[A-Za-z0-9_-]{1,64}")
"""What names an upload: whoever knows it may go on with it, look at it and take it back."""

_ZH = {"photo": ("照片", "张"), "video": ("视频", "段"), "audio": ("录音", "段")}
_EN = {"photo": "photo", "video": "video", "audio": "recording"}
_SMALLER = {
    "photo": ("请压缩后再传，或者截一张图。", "Please send a smaller one, or a screenshot of it."),
    "video": ("请剪短一点，或者把清晰度调低再录。", "Please cut it, or record it again at a lower quality."),
    "audio": ("请录短一点。", "Please make it shorter."),
}


def weigh(kind: str, size: int, *, field: str) -> None:
    """Is it neither empty nor too large? Else `BadInput` on `field`, or `TooLarge`, in words that say what to do."""
    zh, unit = _ZH[kind]
    en = _EN[kind]
    if size < 1:
        raise BadInput(field=field, zh=f"这{unit}{zh}是空的，请重新选一{unit}。", en=f"This {en} is empty: please choose another.")
    most = BYTES[kind] // MB
    if size > BYTES[kind]:
        has = f"{size / MB:.1f}"
        raise TooLarge(
            field=field,
            zh=f"{zh}最大 {most} MB，这{unit}有 {has} MB。{_SMALLER[kind][0]}",
            en=f"A {en} may have {most} MB; this one has {has} MB. {_SMALLER[kind][1]}",
        )


def known(kind: str) -> str:
    """The kind itself, or `BadInput`."""
    if kind not in KINDS:
        raise BadInput(field="kind", zh="只能传照片、视频和录音。", en=f"Choose one of: {', '.join(KINDS)}.")
    return kind


def count(kind: str, chosen: int, *, field: str) -> None:
    """Are there not too many of this kind? Else `BadInput` on `field`."""
    zh, unit = _ZH[kind]
    if chosen > COUNT[kind]:
        raise BadInput(
            field=field,
            zh=f"最多 {COUNT[kind]} {unit}{zh}，您选了 {chosen} {unit}。",
            en=f"At most {COUNT[kind]} {_EN[kind]}{'s' if COUNT[kind] > 1 else ''}; you chose {chosen}.",
        )

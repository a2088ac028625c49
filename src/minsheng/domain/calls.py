"""来电: what the telephone exchange tells, and how its messages add up to one call, in whatever order and however often they come. Pure.

ringing 响铃 → answered 接通 → ended 挂断        missed 未接 (in) · failed 没打通 (out): it ended and nobody had answered
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from minsheng.domain.errors import BadInput
from minsheng.domain.text import phone

#: 通话状态.
STATUS_ZH = {"ringing": "正在响铃", "answered": "正在通话", "ended": "已挂断", "missed": "未接", "failed": "没打通"}
#: What an exchange may say of a call.
EVENTS = ("ringing", "answered", "ended", "missed")
#: 坐席状态. talking is set by the exchange.
SEAT_ZH = {"ready": "可以接", "talking": "通话中", "wrapping": "整理中", "away": "离开"}
#: What an operator sets by hand.
CHOSEN_SEATS = ("ready", "wrapping", "away")
#: 小结: what came of a call. The first ones are set by what the operator does; the rest is chosen by hand.
WRAP_UPS = {
    "filed": "已立案",
    "answered": "当场答复",
    "urged": "催办已有件",
    "added": "补充已有件",
    "transferred": "转 110/119/120",
    "called": "已回拨",
    "no_answer": "没打通",
    "harassing": "骚扰",
    "wrong_number": "打错",
    "silent": "无声",
    "dropped": "没说完就断了",
    "other": "其他",
}
#: 小结 that need a case, and are never chosen by hand.
BY_DEED = frozenset({"filed", "answered", "urged", "added", "transferred"})
#: 应急转接 → number: where an operator hands a call over at once (the code is that of commands.dispatch.REFERRALS).
EMERGENCY = {"police": "110", "fire": "119", "ambulance": "120"}
#: How far the clock of an exchange may be from ours when it signs.
SKEW = timedelta(minutes=5)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_EXTENSION = re.compile(r"[0-9A-Za-z_-]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """来电消息: one message of the exchange. id: its own name of the call; number: of the person outside, as it came; line: which of our numbers."""

    id: str
    event: str
    at: datetime
    number: str = ""
    line: str = ""
    extension: str = ""
    direction: str = "in"
    recording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The times of a call, as far as they are known."""

    direction: str
    at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    extension: str = ""
    recording: str = ""

    @property
    def status(self) -> str:
        """Where it stands. A recording proves that somebody answered, also where no message said so."""
        if self.ended_at is None:
            return "answered" if self.answered_at else "ringing"
        if self.answered_at or self.recording:
            return "ended"
        return "missed" if self.direction == "in" else "failed"


def begin(told: Told) -> Course:
    """A call of which nothing was known."""
    return fold(Course(direction=told.direction, at=told.at), told)


def fold(course: Course, told: Told) -> Course:
    """What is known after this message. The order does not matter and a repeat changes nothing: each message only fills in what is not known yet."""
    match told.event:
        case "ringing":
            # A queue that passes an unanswered call on rings at the next desk: only later news moves it.
            moves = told.extension and course.answered_at is None and (not course.extension or told.at > course.at)
            course = replace(course, at=min(course.at, told.at), extension=told.extension if moves else course.extension)
        case "answered":
            earlier = min(told.at, course.answered_at or told.at)
            course = replace(course, answered_at=earlier, extension=told.extension or course.extension)
        case "ended" | "missed":
            course = replace(course, ended_at=course.ended_at or told.at, extension=course.extension or told.extension)
    return replace(course, recording=course.recording or told.recording, at=min(course.at, told.at))


def normal_number(given: str) -> str:
    """A number that can be dialled and found again: a phone number in its normal form, else its digits; "" where the number was hidden."""
    try:
        return phone(given)
    except BadInput:
        digits = re.sub(r"\D", "", given)
        return digits if 3 <= len(digits) <= 20 else ""


def masked(number: str) -> str:
    """138 **** 0001: enough to compare with what the caller says, too little to dial."""
    if len(number) == 11 and number.isdecimal():
        return f"{number[:3]} **** {number[-4:]}"
    return f"{'*' * max(3, min(len(number) - 3, 8))} {number[-3:]}" if len(number) > 6 else "****"


def extension(given: str) -> str:
    """分机号, or BadInput."""
    if not _EXTENSION.fullmatch(given.strip()):
        raise BadInput(field="extension", zh="分机号写数字或字母，最多 20 位，例如 8001。", en="An extension has up to 20 digits or letters, such as 8001.")
    return given.strip()


def recording_address(given: str, *, hosts: list[str]) -> str:
    """An address at which a recording may lie: https at a host that the settings name, or this machine itself; else BadInput."""
    parts = urlsplit(given)
    known = parts.scheme == "https" and (parts.hostname in hosts or parts.netloc in hosts)
    here = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if len(given) > 300 or parts.username or parts.password or not (known or here) or re.search(r"[\s\x00-\x1f\x7f\\]", given):
        raise BadInput(
            field="recording",
            zh="录音地址要以 https:// 开头，主机名要写进 MINSHENG_CALLS_RECORDING_HOSTS，最多 300 个字符。",
            en="A recording lies at an https address of a host in MINSHENG_CALLS_RECORDING_HOSTS, of at most 300 characters.",
        )
    return given


def sign(body: bytes, *, secret: str, time: str) -> str:
    """签名: HMAC-SHA256 in hexadecimal over the seconds since 1970, a full stop and the body, byte for byte."""
    return hmac.new(secret.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed_rightly(body: bytes, *, secret: str, time: str, signature: str, now: datetime) -> bool:
    """Is it from the exchange, and of these minutes? Compared in constant time."""
    if not re.fullmatch(r"[0-9]{1,12}", time) or not signature.isascii():
        return False
    right = hmac.compare_digest(sign(body, secret=secret, time=time), signature.strip().lower())
    return right and abs(now.timestamp() - int(time)) <= SKEW.total_seconds()

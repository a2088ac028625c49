"""规则的话: every list of rules of a profile as sentences, for a person who does not read TOML; and in what two versions differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from minsheng.domain.deadlines import CLOCKS, Duration
from minsheng.domain.moves import MOVES_ZH
from minsheng.domain.states import MEASURE_ZH, MeasureKind
from minsheng.policy.directory import Directory
from minsheng.policy.explain import COUNTED_ZH
from minsheng.policy.given import CHOICES, NAMES_EN, NAMES_ZH
from minsheng.policy.said import pick
from minsheng.policy.schema import Profile, Rule, When

LISTS = {
    "intake": ("收件", "Intake"), "registration": ("受理", "Registration"), "dispatch": ("派单", "Dispatch"), "publicity": ("公开", "Publicity"),
    "callback": ("回访", "Callback"), "quality": ("质检", "Quality"), "rating": ("评价", "Rating"), "reopening": ("重办", "Reopening"),
    "extension": ("延期", "Extension"), "parking": ("挂账", "Parking"), "send_back": ("退单", "Sending back"), "escalation": ("上交", "Escalation"),
    "urging": ("催办", "Urging"), "deadlines": ("时限", "Deadline"), "ladder": ("监督阶梯", "Ladder"), "approvals": ("审批", "Consent"),
}  # fmt: skip
KEYS = {
    "accepted": ("受理", "accepted"),
    "anonymous": ("可以匿名", "may be anonymous"),
    "mode": ("由谁", "by"),
    "receiver": ("首接", "first receiver"),
    "to": ("给谁", "to"),
    "within": ("多久以内", "within"),
    "starts": ("从哪一步算起", "from"),
    "warn": ("预警", "warning"),
    "at": ("到了", "at"),
    "count": ("第几次", "no."),
    "measure": ("措施", "measure"),
    "level": ("叫法", "called"),
    "points": ("扣分", "points"),
    "answer_within": ("多久答复", "answered within"),
    "approver": ("谁批", "approver"),
    "visibility": ("谁看得到", "visibility"),
    "release": ("怎样放行", "release"),
    "comments": ("可以评论", "comments"),
    "share": ("比例", "share"),
    "by": ("谁来打", "by"),
    "on_bad": ("结果不好", "on a bad result"),
    "on_good": ("结果好", "on a good result"),
    "everyone": ("每个人都问到", "everyone is asked"),
    "link_within": ("链接有效", "link valid"),
    "phrases": ("套话答复", "empty phrases"),
    "reasons": ("可勾的理由", "reasons"),
    "rounds": ("最多几轮", "rounds"),
    "times": ("最多几次", "times"),
    "longest": ("一次最长", "longest"),
    "review_within": ("复查在", "review within"),
    "allowed": ("可以", "allowed"),
    "ruling_after": ("退几次就裁定", "ruling after"),
    "interim_within": ("临时负责最长", "interim at most"),
    "every": ("隔多久", "once in"),
}
_VALUES = {
    ("mode", "automatic"): ("系统按规则", "the system, by rule"),
    ("mode", "desk"): ("坐席看过再定", "a person at the desk"),
    ("to", "responsible"): ("按事项和地点定的单位", "the unit by category and place"),
    ("to", "community"): ("地点所在的社区", "the community of the place"),
    ("to", "lead"): ("主办单位", "the lead unit"),
    ("to", "centre"): ("中心", "the centre"),
    ("to", "next_level"): ("上一级", "the level above"),
    ("to", "parent"): ("上一级", "the level above"),
    ("starts", "receive"): ("收件", "receipt"),
    ("starts", "dispatch"): ("派单", "dispatch"),
    ("approver", "none"): ("不用批", "nobody"),
    ("approver", "centre"): ("中心", "the centre"),
    ("approver", "next_level"): ("上一级", "the level above"),
    ("approver", "supervisor"): ("督办员", "the supervisor"),
    ("visibility", "public"): ("公开", "public"),
    ("visibility", "private"): ("不公开", "private"),
    ("visibility", "secret"): ("保密", "secret"),
    ("release", "rule"): ("打码后直接放行", "masked, by rule"),
    ("release", "person"): ("打码后由人看过放行", "masked, by a person"),
    ("by", "centre"): ("中心", "the centre"),
    ("by", "county"): ("县区中心", "the county's centre"),
    ("by", "message"): ("短信", "a message"),
    ("on_bad", "reopen"): ("自动重办", "reopened at once"),
    ("on_bad", "ask"): ("由人定", "a person decides"),
    ("on_good", "close"): ("办结", "closed"),
    ("on_good", "wait"): ("等满期限再办结", "waits for its time"),
    ("phrases", "return"): ("自动退回", "come back by rule"),
    ("phrases", "mark"): ("只做标记", "are marked"),
}
_SPANS = frozenset({"within", "link_within", "longest", "review_within", "interim_within", "every", "answer_within"})


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: when it holds, what it says, why, whether it is our own assumption."""

    when: str
    says: tuple[str, ...]
    because: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the profile with its rules, first match first. path: as in the file."""

    path: str
    title: str
    lines: tuple[Line, ...]


def sections(profile: Profile, lang: str, *, directory: Directory | None = None) -> list[Section]:
    """Every list of rules."""
    return [
        Section(path, title(path, lang), tuple(_line(rule, lang, directory, ladder=path.startswith("ladder.")) for rule in rules))
        for path, rules in profile.lists() if rules
    ]  # fmt: skip


def title(path: str, lang: str) -> str:
    """What a list is about."""
    name, _, key = path.partition(".")
    words = pick(lang, *LISTS[name])
    if not key:
        return words
    inner = CLOCKS[key].zh if key in CLOCKS else COUNTED_ZH.get(key) or MOVES_ZH.get(key) or key
    return f"{words}{pick(lang, '：', ': ')}{pick(lang, inner, key)}"


def _line(rule: Rule, lang: str, directory: Directory | None, *, ladder: bool) -> Line:
    when = conditions(rule.when, lang, directory)
    always = pick(lang, "每次", "each time") if ladder else pick(lang, "其他情况", "otherwise")
    return Line(when or always, tuple(_values(rule, lang)), rule.because, rule.assumed)


def conditions(when: When, lang: str, directory: Directory | None = None) -> str:
    """When a rule holds; "" where it always does."""
    return pick(lang, "，并且", " and ").join(_condition(name, value, lang, directory) for name, value in when.tests)


def _condition(name: str, value: Any, lang: str, directory: Directory | None) -> str:
    fact = name.removesuffix("_min")
    word = pick(lang, NAMES_ZH.get(fact, fact), NAMES_EN.get(fact, fact))
    if isinstance(value, bool):
        return word if value else pick(lang, f"不是{word}", f"not {word}")
    if name.endswith("_min"):
        return pick(lang, f"{word}至少 {value}", f"{word} at least {value}")
    said = [_fact(name, one, lang, directory) for one in (value if isinstance(value, tuple) else (value,))]
    return pick(lang, f"{word}是{'、'.join(said)}", f"{word} is {' or '.join(said)}")


def _fact(name: str, value: Any, lang: str, directory: Directory | None) -> str:
    text = str(value)
    if name == "category" and directory is not None and text in directory.categories:
        return pick(lang, directory.categories[text].name, directory.categories[text].name_en)
    return CHOICES[name].get(text, text) if name in CHOICES and lang == "zh" else text


def _values(rule: Rule, lang: str) -> Iterator[str]:
    """What a rule says, key by key; what is not set is left out."""
    colon = pick(lang, "：", ": ")
    for name in type(rule).model_fields:
        value = getattr(rule, name)
        if name in ("when", "because", "assumed") or value in (None, (), "") or (name == "points" and not value):
            continue
        yield f"{pick(lang, *KEYS.get(name, (name, name)))}{colon}{_value(name, value, lang)}"


def _value(name: str, value: Any, lang: str) -> str:
    if isinstance(value, bool):
        return pick(lang, "是" if value else "否", "yes" if value else "no")
    if name == "share":
        return f"{value:.0%}"
    if name in _SPANS:
        return pick(lang, "不计时", "does not run") if value == "none" else pick(lang, Duration.parse(value).zh, value)
    if name == "measure":
        return pick(lang, MEASURE_ZH[MeasureKind(value)], str(value))
    if isinstance(value, tuple):
        return pick(lang, "、", ", ").join(map(str, value))
    if str(value).startswith("post:"):
        return pick(lang, f"责任链第 {str(value)[5:]} 级", f"rung {str(value)[5:]}")
    return pick(lang, *_VALUES[name, str(value)]) if (name, str(value)) in _VALUES else str(value)


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(path, before, after) of everything in which two resolved profiles differ; "" where a key is not there."""
    before, after = dict(_flat(old)), dict(_flat(new))
    paths = [*before, *(path for path in after if path not in before)]
    return [(path, before.get(path, ""), after.get(path, "")) for path in paths if before.get(path) != after.get(path)]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for n, inner in enumerate(value):
            yield from _flat(inner, f"{path}[{n + 1}]")
    elif value is not None and value not in ([], {}):
        yield path, "、".join(map(str, value)) if isinstance(value, list) else str(value)

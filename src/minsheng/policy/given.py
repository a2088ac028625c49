"""给定的事实: what somebody types as `urgency=urgent category=噪声`, read into the closed list of facts, or refused in words.

Codes and Chinese names are both understood; what is not understood comes back with the nearest known words.
"""

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from minsheng.domain.errors import BadInput
from minsheng.domain.states import CHANNEL_ZH, KIND_ZH, OUTCOME_ZH, URGENCY_ZH
from minsheng.policy.directory import Directory

REQUESTER_ZH = {"citizen": "个人", "enterprise": "企业", "anonymous": "匿名"}
LEVEL_ZH = {"city": "市级", "county": "县区级", "street": "乡镇街道级", "community": "村社区级"}
ORIGIN_ZH = {"citizen": "群众反映", "patrol": "巡查发现", "unit": "单位自查", "drill": "演练"}

#: Facts with a closed list of words, and their Chinese names.
CHOICES: dict[str, Mapping[str, str]] = {
    "urgency": {str(k): v for k, v in URGENCY_ZH.items()},
    "kind": {str(k): v for k, v in KIND_ZH.items()},
    "channel": {str(k): v for k, v in CHANNEL_ZH.items()},
    "origin": ORIGIN_ZH,
    "requester": REQUESTER_ZH,
    "outcome": {str(k): v for k, v in OUTCOME_ZH.items()},
    "level": LEVEL_ZH,
}
#: Facts that hold or not.
FLAGS = ("sure", "simple", "sensitive", "risk", "place_known", "satisfied", "solved", "rated_bad")
#: Facts that are counted, and where counting begins.
COUNTS = {"round": 1, "send_backs": 0, "quality_failures": 0}

NAMES_ZH = {
    "urgency": "紧急程度", "kind": "类型", "category": "事项", "place": "地点", "channel": "渠道", "origin": "来源", "requester": "诉求人",
    "outcome": "办理结果", "level": "承办单位级别", "sure": "有把握", "simple": "简易事项", "sensitive": "涉及隐私", "risk": "风险事项",
    "place_known": "地点明确", "satisfied": "满意", "solved": "已解决", "rated_bad": "差评", "round": "第几轮", "send_backs": "退单次数",
    "quality_failures": "质检不通过次数",
}  # fmt: skip
NAMES_EN = {
    "urgency": "urgency", "kind": "kind", "category": "category", "place": "place", "channel": "channel", "origin": "origin", "requester": "requester",
    "outcome": "outcome", "level": "level of the unit", "sure": "sure", "simple": "simple matter", "sensitive": "sensitive", "risk": "risk matter",
    "place_known": "place known", "satisfied": "satisfied", "solved": "solved", "rated_bad": "rated bad", "round": "round", "send_backs": "refusals",
    "quality_failures": "failed checks",
}  # fmt: skip
KNOWN = tuple(NAMES_ZH)

_YES = frozenset({"true", "yes", "1", "是"})
_NO = frozenset({"false", "no", "0", "否"})


def read(words: Sequence[str], *, directory: Directory | None) -> dict[str, Any]:
    """The facts in words like `urgency=urgent`. Raises BadInput, with `field` naming the fact."""
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if name not in NAMES_ZH:
            raise _unknown_fact(name)
        if not equals:
            raise BadInput(field=name, zh=f"{name} 后面要写等号和值，例如 urgency=urgent。", en=f"Write {name}=value, such as urgency=urgent.")
        if name in found:
            raise BadInput(field=name, zh=f"{name} 写了两次，请只写一次。", en=f"{name} is written twice.")
        found[name] = _value(name, value, directory)
    return found


def category(text: str, *, directory: Directory) -> str:
    """事项: the code of a category by code, by name, by part of a name, or by one of its keywords."""
    if text in directory.categories:
        return text
    return _one(text, found=_named(text, directory), directory=directory)


def _value(name: str, value: str, directory: Directory | None) -> Any:
    if not value:
        raise BadInput(field=name, zh=f"{name}= 后面没有写。", en=f"There is nothing after {name}=.")
    if name == "category":
        return _category_code(value, directory)
    if name == "place":
        return _place(value, directory)
    if name in CHOICES:
        return _choice(name, value)
    if name in COUNTS:
        if not value.isdecimal() or not COUNTS[name] <= int(value) <= 99:
            raise BadInput(field=name, zh=f"{name} 要写数字，从 {COUNTS[name]} 到 99。", en=f"{name} takes a number from {COUNTS[name]} to 99.")
        return int(value)
    if value.lower() not in _YES | _NO:
        raise BadInput(field=name, zh=f"{name} 只能写 true（是）或 false（否）。", en=f"{name} takes true or false.")
    return value.lower() in _YES


def _choice(name: str, value: str) -> str:
    known = CHOICES[name]
    if value in known:
        return value
    code = next((code for code, zh in known.items() if zh == value), None)
    if code is None:
        listed, listed_en = "、".join(f"{code}（{zh}）" for code, zh in known.items()), ", ".join(known)
        raise BadInput(field=name, zh=f"{name} 没有“{value}”，可以写：{listed}。", en=f"{name} cannot be “{value}”; known: {listed_en}.")
    return code


def _unknown_fact(name: str) -> BadInput:
    zh, en = _near(name, KNOWN)
    listed = "、".join(f"{code}（{NAMES_ZH[code]}）" for code in KNOWN)
    return BadInput(
        field=name,
        zh=f"不认识“{name}”{zh}请写成“事实=值”，可以写的有：{listed}。",
        en=f"Unknown fact “{name}”{en} Write fact=value; known: {', '.join(KNOWN)}.",
    )


def _category_code(text: str, directory: Directory | None) -> str:
    if directory is not None:
        return category(text, directory=directory)
    if text.isdecimal() and len(text) in (2, 4, 6):
        return text
    raise BadInput(
        field="category",
        zh="这个城市没有通讯录，事项只能写编码，例如 0501。",
        en="This city has no directory: a category can only be given by its code, such as 0501.",
    )


def _named(text: str, directory: Directory) -> list[str]:
    """Categories of exactly this name; else those whose name holds it (of a branch only its top); else those with this keyword."""
    items = directory.categories.values()
    exact = [item.code for item in items if item.name == text]
    if exact:
        return exact
    holding = [item.code for item in items if text in item.name]
    tops = [code for code in holding if not any(other != code and code.startswith(other) for other in holding)]
    return tops or [item.code for item in items if text in item.keywords]


def _one(text: str, *, found: list[str], directory: Directory) -> str:
    if len(found) == 1:
        return found[0]
    names = {code: item.name for code, item in directory.categories.items()}
    if found:
        listed = "、".join(f"{code} {names[code]}" for code in found[:8])
        raise BadInput(field="category", zh=f"“{text}”可以是好几类，请写清楚是哪一类：{listed}。", en=f"“{text}” fits several categories; say which: {listed}.")
    near = [code for code, name in names.items() if name in difflib.get_close_matches(text, names.values(), n=3, cutoff=0.3)]
    near += [code for code, name in names.items() if code not in near and any(text[n : n + 2] in name for n in range(len(text) - 1))]
    listed = "、".join(f"{code} {names[code]}" for code in near[:5])
    raise BadInput(
        field="category",
        zh=f"没有“{text}”这一类" + (f"，相近的有：{listed}。" if listed else "。") + "也可以写编码，例如 0501。",
        en=f"There is no category “{text}”" + (f"; near ones: {listed}." if listed else ".") + " A code such as 0501 will do too.",
    )


def _place(text: str, directory: Directory | None) -> str:
    if directory is None:
        raise BadInput(field="place", zh="这个城市没有通讯录，不能按地点说明。", en="This city has no directory, so no place can be given.")
    if text in directory.places:
        return text
    found = [code for code, place in directory.places.items() if place.name == text]
    if len(found) == 1:
        return found[0]
    if found:
        listed = "、".join(f"{code}（{_inside(directory, code)}）" for code in found[:8])
        raise BadInput(field="place", zh=f"叫“{text}”的地点有好几处，请写编码：{listed}。", en=f"Several places are called “{text}”; write the code: {listed}.")
    zh, en = _near(text, [*directory.places, *{place.name for place in directory.places.values()}])
    raise BadInput(field="place", zh=f"没有“{text}”这个地点{zh}", en=f"There is no place “{text}”{en}")


def _inside(directory: Directory, code: str) -> str:
    around = directory.place_ancestors(code)[1:]
    return directory.places[around[0]].name if around else directory.name


def _near(value: str, known: Collection[str]) -> tuple[str, str]:
    """The end of a sentence that says “did you mean”, in both languages; a full stop when nothing is near."""
    near = difflib.get_close_matches(value, known, n=3, cutoff=0.5)
    if not near:
        return "。", "."
    return f"，是不是{'、'.join(f'“{word}”' for word in near)}？", f"; did you mean {', '.join(f'“{word}”' for word in near)}?"

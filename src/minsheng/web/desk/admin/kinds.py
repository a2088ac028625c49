"""What the screens know of the kinds of the directory: their fields in words, their lists, where each item lies. Everything is read from these tables."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from minsheng.domain.states import URGENCY_ZH
from minsheng.policy.directory import LEVELS, Directory
from minsheng.policy.directory_texts import Cells
from minsheng.web.desk.forms import code_of

LEVEL_ZH = {"city": "市级", "county": "县区级", "street": "乡镇街道级", "community": "村社区级"}
UNIT_KIND_ZH = {"area": "区域", "department": "部门", "company": "企业", "centre": "民声中心", "other": "其他"}
PLACE_KIND_ZH = {"district": "区县", "street": "街道乡镇", "community": "社区村", "grid": "网格", "building": "楼栋"}
YES_NO_ZH = {"no": "否", "yes": "是"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form: type is line, date, select, lookup (of `list`), several (lookups), words or outline; fixed: only when it is new."""

    name: str
    zh: str
    type: str = "line"
    list: str = ""
    hint: str = ""
    required: bool = True
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item. one: what one of them is called."""

    key: str
    zh: str
    one: str
    fields: tuple[Field, ...]
    ends: bool = False
    removable: bool = True


_CODE = Field("code", "编码", hint="小写字母、数字、点和下划线，定了就不能改", fixed=True)
_DATES = (Field("valid_from", "从哪天起", "date", required=False), Field("valid_until", "到哪天为止", "date", required=False))

KINDS = {
    "units": Kind("units", "单位", "单位", (
        _CODE,
        Field("name", "全称"),
        Field("short_name", "简称"),
        Field("parent", "上级单位", "lookup", "unit", required=False),
        Field("level", "级别", "select", "level"),
        Field("kind", "性质", "select", "unit_kind"),
        Field("function", "职能", "select", "function", hint="部门写它管什么，谁主管谁负责靠它认", required=False),
        Field("phone", "电话", required=False),
        Field("opening_hours", "办公时间", hint="例如 Mon-Fri 08:30-12:00,14:00-17:30", required=False),
        *_DATES,
    ), ends=True, removable=False),
    "places": Kind("places", "地点", "地点", (
        _CODE,
        Field("name", "名称"),
        Field("kind", "级别", "select", "place_kind"),
        Field("parent", "在哪里面", "lookup", "place", required=False),
        Field("unit", "属地单位", "lookup", "unit", hint="区、街道或社区"),
        Field("lat", "纬度", required=False),
        Field("lng", "经度", required=False),
        Field("geometry", "边界", "outline", hint="GeoJSON 的 Polygon，WGS-84 坐标；没有就空着", required=False),
    )),
    "categories": Kind("categories", "事项分类", "事项", (
        Field("code", "编码", hint="2、4 或 6 位数字，前面的位数就是上一级", fixed=True),
        Field("name", "名称"),
        Field("name_en", "英文名称"),
        Field("urgency", "紧急程度", "select", "urgency"),
        Field("sensitive", "涉及隐私", "select", "yes_no"),
        Field("department", "主管职能", "select", "function"),
        Field("keywords", "关键词", "words", hint="用分号隔开；第三级至少一个", required=False),
        Field("risk", "风险类型", hint="风险事项才写", required=False),
    )),
    "rules": Kind("rules", "职责规则", "规则", (
        Field("category", "事项", "lookup", "category", hint="不填就是所有事项", required=False),
        Field("place", "地点", "lookup", "place", hint="不填就是所有地点", required=False),
        Field("lead", "主办", "lookup", "target", hint="一个单位，或者 @职能、@area:级别：就近的那一个"),
        Field("co", "协办", "several", "target", hint="可以写几个，用分号隔开", required=False),
        Field("basis", "依据", hint="哪份文件、哪次裁定"),
        *_DATES,
    ), ends=True),
    "posts": Kind("posts", "责任岗位", "岗位", (
        Field("code", "编码", hint="写成“单位.岗位”，定了就不能改", fixed=True),
        Field("name", "名称"),
        Field("unit", "单位", "lookup", "unit"),
        Field("order", "第几级", hint="1 是最低一级"),
    )),
}  # fmt: skip
LABELS = {name: {field.name: field.zh for field in kind.fields} for name, kind in KINDS.items()}


def choices(field: Field, tree: Directory) -> list[tuple[str, str]]:
    """What a select offers."""
    tables: dict[str, Mapping[Any, str]] = {
        "level": LEVEL_ZH, "unit_kind": UNIT_KIND_ZH, "place_kind": PLACE_KIND_ZH, "yes_no": YES_NO_ZH, "urgency": URGENCY_ZH,
    }  # fmt: skip
    if field.list == "function":
        return [(code, one.name) for code, one in tree.functions.items()]
    return [(str(value), _(zh)) for value, zh in tables[field.list].items()] if field.list in tables else []


def lists(kind: Kind, tree: Directory) -> dict[str, list[str]]:
    """The lists behind the lookups of a form."""
    used = {field.list for field in kind.fields if field.type in ("lookup", "several")}
    made = {
        "unit": lambda: [f"{u.code} {u.name}" for u in tree.units.values() if kind.key != "places" or u.kind == "area"],
        "place": lambda: [f"{p.code} {p.name}" for p in tree.places.values() if p.kind != "building"],
        "category": lambda: [f"{c.code} {c.name}" for c in tree.categories.values()],
        "target": lambda: [*notations(tree), *(f"{u.code} {u.name}" for u in tree.units.values())],
    }
    return {name: made[name]() for name in made if name in used}


def notations(tree: Directory) -> list[str]:
    """What a rule may name beside a unit: the nearest department of a function, the area of a level."""
    there = {unit.function for unit in tree.units.values()}
    nearest = [f"@{code} {_('就近的')}{one.name}" for code, one in tree.functions.items() if code in there]
    return [*(f"@area:{level} {_(LEVEL_ZH[level])}" for level in LEVELS), *nearest]


def shown(kind: Kind, cells: Mapping[str, str], tree: Directory) -> dict[str, str]:
    """Cells as the form shows them: codes with their names."""
    found = dict(cells)
    for field in kind.fields:
        value = found.get(field.name, "")
        if field.type == "lookup" and value:
            found[field.name] = with_name(value, field.list, tree)
        elif field.type == "several" and value:
            found[field.name] = "; ".join(with_name(one, field.list, tree) for one in value.split(";"))
        elif field.type == "words":
            found[field.name] = value.replace(";", "；")
    return found


def with_name(code: str, what: str, tree: Directory) -> str:
    """A code with the name behind it."""
    known: dict[str, Mapping[str, Any]] = {"unit": tree.units, "target": tree.units, "place": tree.places, "category": tree.categories}
    item = known[what].get(code)
    return f"{code} {item.name}" if item is not None else code


def typed(kind: Kind, posted: Mapping[str, str], tree: Directory) -> Cells:
    """What was typed, as cells: names turned into codes, several separated by semicolons."""
    found: Cells = {}
    for field in kind.fields:
        value = posted.get(field.name, "").strip()
        if field.type == "lookup":
            value = code(value, field.list, tree)
        elif field.type == "several":
            value = ";".join(code(part, field.list, tree) for part in re.split(r"[;；,，、\n]+", value) if part.strip())
        elif field.type == "words":
            value = ";".join(part.strip() for part in re.split(r"[;；,，、\n]+", value) if part.strip())
        found[field.name] = value
    return found


def code(text: str, what: str, tree: Directory) -> str:
    """The code behind what was typed; @-notations and unknown words stay."""
    return code_of(text, "unit" if what == "target" else what, tree) if text.strip() else ""


def readable(kind: str, name: str, value: str, tree: Directory) -> str:
    """One cell in words, for histories."""
    field = next((f for f in KINDS[kind].fields if f.name == name), None)
    if field is None or not value:
        return value
    if field.type == "outline":
        return outline_words(value)
    if field.type == "select":
        return next((words for code, words in choices(field, tree) if code == value), value)
    if field.type == "lookup":
        return with_name(value, field.list, tree)
    return "；".join(with_name(one, field.list, tree) for one in value.split(";")) if field.type == "several" else value


def outline_words(text: str) -> str:
    """How many points an outline has: nobody reads its numbers."""
    try:
        points = len(json.loads(text)["coordinates"][0]) - 1
    except (ValueError, KeyError, IndexError, TypeError):
        return text[:60]
    return _("%(n)s 个点的边界") % {"n": points}


def unit_of(kind: str, cells: Mapping[str, str], tree: Directory) -> str | None:
    """The unit in whose area an item lies; None is the whole city."""
    if kind == "units":
        return cells["code"]
    if kind in ("places", "posts"):
        return cells["unit"]
    place = tree.places.get(cells.get("place", ""))
    return place.unit if kind == "rules" and place is not None else None

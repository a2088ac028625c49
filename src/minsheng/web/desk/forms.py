"""Forms of moves as the case page draws them, and what was typed as the commands take it."""

import re
from collections.abc import Mapping
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from minsheng import wiring
from minsheng.commands import forms, uploads
from minsheng.commands.forms import Field, Form
from minsheng.domain.access import Actor
from minsheng.domain.states import Role
from minsheng.policy.directory import Directory
from minsheng.queries.cases import DeskView

_TYPES = {
    "text": "textarea",
    "line": "text",
    "date": "date",
    "duration": "select",
    "choice": "select",
    "bool": "radio",
    "int": "number",
    "unit": "lookup",
    "units": "lookup",
    "person": "select",
    "category": "lookup",
    "place": "lookup",
    "urgency": "select",
    "case": "text",
    "evidence": "file",
}
#: Kinds that are chosen from a list of the directory, drawn once a page: a code and its name, "city.centre 市热线中心".
LISTS = {"unit": "unit", "units": "unit", "category": "category", "place": "place"}
EFFECTS = {
    "answer": "诉求人会看到",
    "reply": "诉求人会看到，答复时限算按时",
    "progress": "只有内部看得到",
    "contact": "记下来，首次联系的时限就停了",
    "send_back": "要经审批",
    "extend": "要经审批，批前时限照走",
    "park": "要经审批，诉求人会看到方案",
    "dispatch": "单位马上收到",
    "co_handle": "协办单位马上收到",
    "escalate": "交给上一级",
    "amend": "旧的值留在记录里",
    "decline": "理由和依据诉求人会看到",
    "return_answer": "答复时限当作没有答过",
    "rule": "两边都会看到依据",
}
#: The move that matters most in a state, in this order.
_PRIMARY = ("register", "dispatch", "rule", "claim", "answer", "pass_check", "call_back", "contribute", "unpark", "close", "progress")
_ASK = {
    "withdraw": "撤回以后不再办理，确定吗？",
    "merge": "并案以后和主件一起办，确定吗？",
    "erase": "抹除后找不回来，确定吗？",
    "decline": "不予受理会通知诉求人，确定吗？",
}
_BESIDE = {
    "try_contact": "contact",
    "assign": "progress",
    "leave": "contribute",
}


def moves(view: DeskView, actor: Actor, *, typed: Mapping[str, str], chosen: str, errors: Mapping[str, str], colleagues: list[tuple[str, str]]) -> list[Row]:
    """Every action this person may take now, the most important first."""
    allowed = [choice.action for choice in view.choices if choice.allowed and choice.action in forms.FORMS]
    allowed += [action for action, beside in _BESIDE.items() if beside in allowed]
    if view.pending_release and actor.memberships and any(m.roles & {Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR} for m in actor.memberships):
        allowed.append("release")
    if {"supervisor", "leader", "dispatcher"} & set(view.relations):
        allowed.append("open_measure")
    if {"operator", "supervisor"} & set(view.relations):
        allowed += ["relate", "erase"]
    order = {action: n for n, action in enumerate(_PRIMARY)}
    allowed.sort(key=lambda action: order.get(action, 99))
    return [
        move(forms.FORMS[action], primary=n == 0, typed=typed if action == chosen else {}, errors=errors if action == chosen else {}, colleagues=colleagues)
        for n, action in enumerate(allowed)
    ]


def move(
    form: Form,
    *,
    primary: bool = False,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    colleagues: list[tuple[str, str]] | None = None,
    number: int | None = None,
) -> Row:
    """One form. number: of the approval or measure it is about (then a hidden field)."""
    fields = [_field(field, typed or {}, errors or {}, colleagues or [], number) for field in form.fields]
    return Row(
        action=form.action,
        label=_words(form),
        effect=_(EFFECTS.get(form.action, "")) if form.action in EFFECTS else "",
        fields=fields,
        primary=primary,
        ask=_(_ASK[form.action]) if form.action in _ASK else None,
    )


def _words(item: Any) -> str:
    return str(item.zh if (get_language() or "zh").startswith("zh") else item.en)


def _field(field: Field, typed: Mapping[str, str], errors: Mapping[str, str], colleagues: list[tuple[str, str]], number: int | None) -> Row:
    kind = _TYPES[field.kind]
    choices = [(c.value, _words(c)) for c in field.choices]
    if field.kind == "bool":
        choices = [("yes", _("是")), ("no", _("否"))]
    if field.kind == "person":
        choices = colleagues
    value = typed.get(field.name, "")
    if field.name == "number" and number is not None:
        kind, value = "hidden", str(number)
    hint = field.hint_zh if (get_language() or "zh").startswith("zh") else field.hint_en
    if field.kind == "units":
        hint = hint or _("可以写几个，用逗号隔开")
    return Row(
        name=field.name,
        label=_words(field),
        type=kind,
        required=field.required,
        choices=choices,
        list=LISTS.get(field.kind, ""),
        hint=hint,
        value=value,
        error=errors.get(field.name, ""),
    )


# --- reading ----------------------------------------------------------------------------------------------------------------------


def typed(request: HttpRequest, action: str, tree: Directory) -> dict[str, Any]:
    """What was typed, with names turned into codes and photos into tickets."""
    found: dict[str, Any] = dict(request.POST.items())
    for field in forms.form(action).fields:
        raw = request.POST.get(field.name, "")
        if field.kind in LISTS:
            codes = [_code(part, field.kind, tree) for part in re.split(r"[,，、;；\n]+", raw) if part.strip()]
            found[field.name] = codes if field.many else (codes[0] if codes else "")
        elif field.kind == "evidence":
            found[field.name] = [
                uploads.store(photo.read(), redraw=wiring.redraw, blobs=wiring.blobs()).ticket for photo in request.FILES.getlist(field.name)[:9]
            ]
    return found


def _code(text: str, kind: str, tree: Directory) -> str:
    """ "city.centre 市热线中心", the code alone or the name alone → the code; anything else stays as it is and is refused by name."""
    text = text.strip()
    known: Mapping[str, Any] = {"unit": tree.units, "units": tree.units, "category": tree.categories, "place": tree.places}[kind]
    first = text.split(" ", 1)[0]
    if first in known:
        return first
    named = [code for code, item in known.items() if item.name == text or getattr(item, "short_name", None) == text]
    return named[0] if len(named) == 1 else first


def lists(tree: Directory, *, near: str | None) -> dict[str, list[str]]:
    """The lists behind the lookups: units of the city and of the case's own county, categories, places of the county."""
    root = tree.places[near].unit if near in tree.places else tree.root
    line = set(tree.subtree(root))
    units = [u for u in tree.units.values() if u.code in line or u.level == "city" or (u.level == "county" and u.kind == "area")]
    places = [p for p in tree.places.values() if p.kind != "grid" and (near is None or near in tree.place_ancestors(p.code))]
    return {
        "unit": [f"{u.code} {u.name}" for u in units[:400]],
        "category": [f"{c.code} {c.name}" for c in tree.categories.values() if c.level == 3],
        "place": [f"{p.code} {p.name}" for p in places[:400]],
    }

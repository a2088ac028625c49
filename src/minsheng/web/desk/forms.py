"""Forms of moves as the case page draws them, and what was typed as the commands take it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace as Row
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from minsheng import wiring
from minsheng.commands import alerting, forms, noting, uploads
from minsheng.commands.forms import Field, Form
from minsheng.domain.access import Actor
from minsheng.domain.states import OPEN, Role
from minsheng.policy.directory import Directory
from minsheng.queries.cases import DeskCase
from minsheng.web import frame
from minsheng.web.drawn import components

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
    "words": "lines",
}
#: What stands beside the moves and is no form of the trade: an entry for colleagues, a report upwards. The API does not know them.
_NOTE = (
    Field(name="text", kind="text", zh="留言", en="Note", limit=noting.LIMIT, hint_zh="只有办理这件事的同事看得到", hint_en="Colleagues on this case read it"),
    Field(name="to", kind="words", zh="@ 谁", en="To", required=False, hint_zh="不选也行；选了的人会收到提醒", hint_en="Whoever is chosen is told"),
)
_ALERT = (
    Field(
        name="text",
        kind="text",
        zh="什么情况",
        en="What is the matter",
        limit=alerting.LIMIT,
        hint_zh="发生了什么、有没有人受伤、已经通知了谁",
        hint_en="What happened, is anybody hurt, who knows already",
    ),
)
OWN = {
    "note": Form(action="note", zh="内部留言", en="Internal note", command=noting.note, fields=_NOTE),
    "alert": Form(action="alert", zh="紧急上报", en="Urgent report", command=alerting.alert, fields=_ALERT),
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
    "ask_exemption": "要由另一个人来批；现在只记下来，考核时再用",
    "note": "居民看不到，大厅也看不到",
    "alert": "领导和督办员马上收到，一小时一次",
}
#: What the button says: a verb with its result (UI.md §6). Where none stands here, the name of the move says it.
_BUTTONS = {
    "answer": "发出答复",
    "answer_at_once": "发出答复",
    "reply": "先答复这些",
    "dispatch": "派出去",
    "contact": "记下联系",
    "try_contact": "记下没联系上",
    "progress": "记下进展",
    "call_back": "记下回访",
    "send_back": "申请退单",
    "extend": "申请延期",
    "park": "申请挂账",
    "co_handle": "请它协办",
    "contribute": "交上意见",
    "return_answer": "退回重写",
    "instruct": "发出批示",
    "open_measure": "开出这项措施",
    "answer_measure": "交上办理情况",
    "return_measure": "退回重答",
    "urge": "催一下",
    "amend": "改过来",
    "supplement": "补充进去",
    "merge": "并成一件",
    "refer": "转出去",
    "release": "公开出去",
    "erase": "抹掉个人信息",
    "ask_exemption": "申请剔除",
    "note": "记下留言",
    "alert": "马上上报",
    "assign": "分给他",
    "claim": "我来认领",
}
#: The move that matters most in a state, in this order.
_PRIMARY = ("register", "dispatch", "rule", "claim", "answer", "pass_check", "call_back", "contribute", "unpark", "close", "progress")
_ASK = {
    "withdraw": "撤回以后不再办理，确定吗？",
    "merge": "并案以后和主件一起办，确定吗？",
    "erase": "抹除后找不回来，确定吗？",
    "decline": "不予受理会通知诉求人，确定吗？",
    "alert": "领导和督办员会马上收到，确定上报吗？",
}
_BESIDE = {
    "try_contact": "contact",
    "assign": "progress",
    "leave": "contribute",
}


@dataclass(frozen=True, slots=True)
class Again:
    """A form that was refused and comes back: its action, what was typed, and what is wrong with which field."""

    action: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def about(self, action: str, number: int | None = None) -> "Again":
        """This, if it is about that form (and that approval or measure), else nothing."""
        mine = action == self.action and (number is None or self.typed.get("number") == str(number))
        return self if mine else Again()


def form(action: str) -> Form:
    """The form of an action, or BadInput when there is none."""
    return OWN.get(action) or forms.form(action)


def moves(view: DeskCase, actor: Actor, again: Again, *, colleagues: list[tuple[str, str]], told: Sequence[tuple[str, str]] = ()) -> list[Row]:
    """Every action this person may take now, the most important first. colleagues: whom it can be given to; told: who can be named in a note."""
    allowed = [choice.action for choice in view.choices if choice.allowed and choice.action in forms.FORMS]
    allowed += [action for action, beside in _BESIDE.items() if beside in allowed]
    if view.pending_release and actor.memberships and any(m.roles & {Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR} for m in actor.memberships):
        allowed.append("release")
    if {"supervisor", "leader", "dispatcher"} & set(view.relations):
        allowed.append("open_measure")
    if {"operator", "supervisor"} & set(view.relations):
        allowed += ["relate", "erase"]
    if {"lead", "supervisor"} & set(view.relations):
        allowed.append("ask_exemption")
    if "alert" in view.deeds and view.case.state in OPEN:
        allowed.append("alert")
    running = {promise.kind for promise in view.case.promises if promise.state == "running"}
    pressing = {"rule": bool(view.refusals), "pass_check": "quality" in running, "call_back": "callback" in running}
    order = {action: n for n, action in enumerate(_PRIMARY) if pressing.get(action, True)}
    allowed.sort(key=lambda action: order.get(action, 99))
    if "note" in view.deeds:
        allowed.insert(1, "note")
    guessed = guess(view)
    people = {"person": colleagues, "words": told}
    return [
        _ready(form(action), again, primary=n == 0 and action in order, people=people, guessed=guessed) for n, action in enumerate(dict.fromkeys(allowed))
    ]  # fmt: skip


def guess(view: DeskCase) -> dict[str, str]:
    """What the machine guessed of a case that nobody has sorted yet, as the fields take it."""
    return {"category": f"{view.suggested[0]['code']} {view.suggested[0]['name']}"} if view.suggested and not view.case.category else {}


def _ready(
    form: Form, again: Again, *, primary: bool, people: Mapping[str, Sequence[tuple[str, str]]], guessed: Mapping[str, str]
) -> Row:  # fmt: skip
    """One of a dozen forms of a page: where nothing was typed its fields are kept as HTML, since every page has the same."""
    if again.about(form.action).action:
        return move(form, again, primary=primary, people=people, guessed=guessed)
    used, kinds = frozenset(one.name for one in form.fields), frozenset(one.kind for one in form.fields)
    blank = _blank(
        form.action,
        get_language() or settings.LANGUAGE_CODE,
        tuple((name, value) for name, value in guessed.items() if name in used),
        tuple((kind, tuple(some)) for kind, some in people.items() if kind in kinds),
    )
    return _row(form, [], blank, primary=primary)


def move(
    form: Form,
    again: Again,
    *,
    primary: bool = False,
    people: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    number: int | None = None,
    guessed: Mapping[str, str] | None = None,
) -> Row:
    """One form. number: of the approval or measure it is about (then a hidden field). guessed: what a person may leave as it is, or change."""
    again = again.about(form.action, number)
    known = again.typed if again.action else {**(guessed or {}), **({"number": str(number)} if number is not None else {})}
    fields = [_field(one, known, again.errors, people or {}, hidden=number is not None) for one in form.fields if one.kind != "scores"]
    return _row(form, fields, None, primary=primary)


def _row(form: Form, fields: list[Row], blank: Markup | None, *, primary: bool) -> Row:
    return Row(
        action=form.action,
        label=words(form),
        button=_(_BUTTONS[form.action]) if form.action in _BUTTONS else words(form),
        effect=_(EFFECTS.get(form.action, "")) if form.action in EFFECTS else "",
        fields=fields,
        drawn=blank,
        primary=primary,
        ask=_(_ASK[form.action]) if form.action in _ASK else None,
        tone="bad" if form.action == "alert" else "",
        checked=form.action in CHECKED,
        templates=[],
        review=None,
        anyway=False,
    )


@lru_cache(maxsize=2_000)
def _blank(action: str, language: str, known: tuple[tuple[str, str], ...], people: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Markup:
    """The fields of a form in which nothing has been typed, as HTML: the same on every page that has it, and a page has a dozen."""
    ms, found = components(language), dict(people)
    return Markup("").join(Markup(ms.control(_field(one, dict(known), {}, found, hidden=False), action)) for one in form(action).fields if one.kind != "scores")


def words(item: Any) -> str:
    """The words of a form, a field or an option in the language of the page."""
    return str(item.zh if frame.chinese() else item.en)


def _field(one: Field, typed: Mapping[str, str], errors: Mapping[str, str], people: Mapping[str, Sequence[tuple[str, str]]], *, hidden: bool) -> Row:
    kind = _TYPES[one.kind]
    choices = [(c.value, words(c)) for c in one.choices]
    if one.kind == "bool":
        choices = [("yes", _("是")), ("no", _("否"))]
    if one.kind in people:
        choices = list(people[one.kind])
        kind = "checks" if one.kind == "words" else kind
    if one.name == "number" and hidden:
        kind = "hidden"
    hint = one.hint_zh if frame.chinese() else one.hint_en
    if one.kind == "units":
        hint = hint or _("可以写几个，用逗号隔开")
    return Row(
        name=one.name,
        label=words(one),
        type=kind,
        required=one.required,
        choices=choices,
        list=LISTS.get(one.kind, ""),
        hint=hint,
        value=typed.get(one.name, ""),
        error=errors.get(one.name, ""),
        limit=one.limit,
        kept=[ticket for ticket in typed.get(KEPT + one.name, "").split(",") if ticket] if kind == "file" else [],
    )


#: Moves whose words go out to the citizen and are looked at first (intelligence.answer_review).
CHECKED = frozenset({"answer", "answer_at_once"})
#: Before the name of a field: the tickets of files that came with a form which came back.
KEPT = "kept_"
# --- reading ----------------------------------------------------------------------------------------------------------------------


def typed(request: HttpRequest, action: str, tree: Directory) -> dict[str, Any]:
    """What was typed, with names turned into codes and photos into tickets."""
    found: dict[str, Any] = dict(request.POST.items())
    for one in form(action).fields:
        raw = request.POST.get(one.name, "")
        if one.kind in LISTS:
            codes = [code_of(part, one.kind, tree) for part in re.split(r"[,，、;；\n]+", raw) if part.strip()]
            found[one.name] = codes if one.many else (codes[0] if codes else "")
        elif one.kind == "evidence":
            kept = [ticket for ticket in request.POST.getlist(KEPT + one.name) if ticket]
            fresh = request.FILES.getlist(one.name)[: max(0, MOST_PHOTOS - len(kept))]
            found[one.name] = [*kept, *(uploads.store(photo.read(), redraw=wiring.redraw, blobs=wiring.blobs()).ticket for photo in fresh)][:MOST_PHOTOS]
        elif one.kind == "words":
            found[one.name] = request.POST.getlist(one.name)
    return found


#: Photos with one form.
MOST_PHOTOS = 9


def comes_back(request: HttpRequest, action: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Everything typed, as a form takes it to be drawn again: ticked people and the tickets of photos that have arrived included."""
    again = dict(request.POST.items())
    for one in form(action).fields if action in OWN or action in forms.FORMS else ():
        if one.kind == "evidence":
            again[KEPT + one.name] = ",".join(values.get(one.name) or request.POST.getlist(KEPT + one.name))
        elif one.kind == "words":
            again[one.name] = ",".join(request.POST.getlist(one.name))
    return again


def perform(code: str, action: str, values: Mapping[str, Any], *, by: Actor, seen: int | None) -> None:
    """Do it: by the table of forms, or what is the desk's own."""
    if action == "note":
        noting.note(code, text=str(values.get("text", "")), to=[int(one) for one in values.get("to", ()) if str(one).isdecimal()], by=by)
    elif action == "alert":
        alerting.alert(code, text=str(values.get("text", "")), by=by)
    else:
        forms.perform(code, action, values, by=by, seen=seen)


def code_of(text: str, kind: str, tree: Directory) -> str:
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
    root = tree.places[near].unit if near is not None and near in tree.places else tree.root
    line = set(tree.subtree(root))
    units = [u for u in tree.units.values() if u.code in line or u.level == "city" or (u.level == "county" and u.kind == "area")]
    places = [p for p in tree.places.values() if p.kind != "grid" and (near is None or near in tree.place_ancestors(p.code))]
    return {
        "unit": [f"{u.code} {u.name}" for u in units[:400]],
        "category": [f"{c.code} {c.name}" for c in tree.categories.values() if c.level == 3],
        "place": [f"{p.code} {p.name}" for p in places[:400]],
    }


@lru_cache(maxsize=256)
def datalists(tree: Directory, near: str | None) -> Markup:
    """The lists, drawn: a directory changes seldom, and drawing a thousand options would cost more than the rest of the page."""
    return Markup("").join(_datalist(name, options) for name, options in lists(tree, near=near).items())


def _datalist(name: str, options: Iterable[str]) -> Markup:
    rows = Markup("").join(Markup('<option value="{}"></option>').format(escape(option)) for option in options)
    return Markup('<datalist id="list-{}">{}</datalist>').format(name, rows)

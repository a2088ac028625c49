"""表单: what a person fills in to make a move, described once; the pages and the API draw, read and perform the same table.

    form = FORMS["answer"]                       # label, fields, hints: for drawing
    values = parse("answer", raw)                # text of a form or JSON → the command's own arguments, or BadInput naming the field
    done = perform(code, "answer", raw, by=actor, seen=version)

A field has the name of the command's argument. What only the case can say (does the unit exist, is the day near enough) the command says itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from inspect import signature
from typing import Any, Literal

from minsheng.commands import amending, answering, approvals, callback, campaigns, dispatch, exempting, handling, intake, measures, people, publishing
from minsheng.domain.access import Actor
from minsheng.domain.deadlines import CLOCKS, PROMISES, Duration
from minsheng.domain.errors import BadInput
from minsheng.domain.moves import MOVES_ZH
from minsheng.domain.states import FAILED as FAILED_ZH
from minsheng.domain.states import KIND_ZH, MEASURE_ZH, OUTCOME_ZH, URGENCY_ZH, MeasureKind
from minsheng.domain.states import METHODS as METHODS_ZH
from minsheng.models.case import Case
from minsheng.queries.cases import Choice, choices

FieldKind = Literal[
    "text",
    "line",
    "date",
    "duration",
    "choice",
    "bool",
    "int",
    "unit",
    "units",
    "person",
    "category",
    "place",
    "urgency",
    "case",
    "evidence",
    "words",
    "scores",
]
"""text: several lines. units, evidence, words: lists (codes of units, upload tickets, sentences that were ticked).
person: id of a colleague. case: code of another case or campaign. scores: a score card, item → 0, 1 or 2; only the quality desk draws it."""

LISTS = frozenset({"units", "evidence", "words"})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its name is the command's argument. limit: characters, for text and line. For `duration`, choices are only suggestions."""

    name: str
    kind: FieldKind
    zh: str
    en: str
    required: bool = True
    limit: int | None = None
    choices: tuple[Option, ...] = ()
    hint_zh: str = ""
    hint_en: str = ""

    @property
    def many(self) -> bool:
        """Does it take a list?"""
        return self.kind in LISTS


@dataclass(frozen=True, kw_only=True)
class Form:
    """One action: its words, its fields in the order of the page, and the command that it calls."""

    action: str
    zh: str
    en: str
    command: Callable[..., Any]
    fields: tuple[Field, ...] = ()

    @cached_property
    def takes_seen(self) -> bool:
        """Is the version that the screen showed compared? Entries that change nobody's ground (a note, an urge) are always welcome."""
        return "seen" in signature(self.command).parameters


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: the case as it stands now, the actions that were recorded, in order (an approval may be asked instead of a move),
    and what this actor may do next."""

    code: str
    state: str
    version: int
    actions: tuple[str, ...]
    choices: tuple[Choice, ...]


# --- small words for the table ----------------------------------------------------------------------------------------------


def _choices(zh: Mapping[Any, str], **en: str) -> tuple[Option, ...]:
    return tuple(Option(str(value), words, en.get(str(value), str(value).replace("_", " ").capitalize())) for value, words in zh.items())


def _text(name: str, zh: str, en: str, limit: int, *, hint: tuple[str, str] = ("", "")) -> Field:
    return Field(name=name, kind="text", zh=zh, en=en, limit=limit, hint_zh=hint[0], hint_en=hint[1])


def _line(name: str, zh: str, en: str, limit: int) -> Field:
    return Field(name=name, kind="line", zh=zh, en=en, limit=limit)


def _of(kind: FieldKind, name: str, zh: str, en: str, *, hint: tuple[str, str] = ("", ""), choices: tuple[Option, ...] = ()) -> Field:
    return Field(name=name, kind=kind, zh=zh, en=en, choices=choices, hint_zh=hint[0], hint_en=hint[1])


def _may(field: Field) -> Field:
    """The field may be left empty."""
    return replace(field, required=False)


REASON = _text("reason", "理由", "Reason", 1000)
LEAD = _of("unit", "lead", "主办单位", "Lead unit")
CO = _may(_of("units", "co", "协办单位", "Co-handling units"))
NUMBER = _of("int", "number", "编号", "Number")
EVIDENCE = _may(_of("evidence", "evidence", "照片", "Photos"))
ANSWER_ON = _may(_of("date", "answer_on", "哪天前答复", "To be answered by"))
CATEGORY = _of("category", "category", "类别", "Category")
URGENCY = _of("urgency", "urgency", "紧急程度", "Urgency", choices=_choices(URGENCY_ZH))
KIND = _of("choice", "kind", "诉求类型", "Kind", choices=_choices(KIND_ZH))
SIMPLE = _of("bool", "simple", "简易事项", "Simple matter")
SCORES = _may(_of("scores", "scores", "评分卡", "Score card"))
ACCUSED = _of("units", "accused", "被反映的单位", "Accused units")
VISIBILITIES = _choices({"public": "公开", "private": "不公开", "secret": "保密"})
SPANS = _choices({span: Duration.parse(span).zh for span in ("24 hours", "48 hours", "1 working day", "2 working days", "3 working days", "5 working days",
                  "10 working days", "15 working days")})  # fmt: skip
METHODS = _choices(METHODS_ZH, message="Text message or WeChat")
FAILED = _choices(FAILED_ZH)
REFERRALS = _choices(dispatch.REFERRALS, police="Police (110)", fire="Fire brigade (119)", ambulance="Ambulance (120)", petition="Petition office",
                     arbitration="Labour arbitration", discipline="Discipline inspection", elsewhere="Another city")  # fmt: skip
LEVELS = _choices({str(n): words for n, words in callback.LEVELS.items()}, **{"5": "Very satisfied", "4": "Satisfied", "3": "Rather satisfied",
                  "2": "Dissatisfied", "1": "Very dissatisfied"})  # fmt: skip
#: 批示 and 代表建议 have a step of their own; reminders are sent by rule.
MEASURES = tuple(c for c in _choices(MEASURE_ZH) if c.value not in (MeasureKind.INSTRUCTION, MeasureKind.REMINDER, MeasureKind.SUGGESTION))


def _merge(code: str, *, into: str, by: Actor) -> None:
    """并案 of one case, as a case's page asks for it."""
    amending.merge([code], into=into, by=by)


def _gather(code: str, *, campaign: str, by: Actor) -> None:
    """纳入专项 of one case."""
    campaigns.gather(campaign, [code], by=by)


def _form(action: str, en: str, command: Callable[..., Any], *fields: Field, zh: str = "") -> Form:
    return Form(action=action, zh=zh or MOVES_ZH[action], en=en, command=command, fields=fields)


# fmt: off
_TABLE = (
    # --- moves, in the order of domain/moves.py
    _form("register", "Accept", intake.register, _may(CATEGORY), _may(URGENCY), _may(KIND), _may(SIMPLE), _may(ACCUSED)),
    _form("answer_at_once", "Answer at once", answering.answer_at_once, _text("text", "答复", "Answer", 4000), _may(CATEGORY)),
    _form("decline", "Decline", intake.decline, REASON, _text("basis", "依据", "Basis", 400, hint=("哪条规定", "Which rule")),
          _text("appeal", "不同意怎么办", "How to appeal", 400, hint=("写明可以找谁、怎么找", "Say whom to turn to, and how"))),
    _form("dispatch", "Dispatch", dispatch.dispatch,
          _may(_of("unit", "lead", "主办单位", "Lead unit", hint=("不选就按规则派", "Left empty, the rules choose"))), CO),
    _form("rule", "Rule who it is", dispatch.rule, LEAD, CO, _text("basis", "裁定依据", "Basis", 1000),
          _may(_of("date", "interim_until", "临时负责到哪天", "Interim until", hint=("只是先兜底时填", "Only for an interim owner")))),
    _form("reassign", "Reassign", dispatch.reassign, LEAD, CO, REASON),
    _form("forward", "Forward", dispatch.forward, LEAD, CO, REASON),
    _form("escalate", "Escalate", dispatch.escalate,
          _text("tried", "已经做了什么", "What was tried", 2000, hint=("做过哪些、为什么本级办不了", "And why it is beyond this level"))),
    _form("claim", "Claim", handling.claim),
    _form("contact", "Record contact", handling.contact,
          _of("choice", "method", "怎么联系的", "How", choices=METHODS), _may(_text("note", "说了什么", "What was said", 1000))),
    _form("send_back", "Send back", dispatch.send_back, REASON, _of("unit", "proposed", "建议交给谁", "Proposed owner")),
    _form("co_handle", "Ask for co-handling", handling.co_handle,
          _of("units", "units", "请谁协办", "Units"), _text("request", "请他们做什么", "What is asked of them", 1000)),
    _form("contribute", "Contribute", handling.contribute, _text("opinion", "协办意见", "Opinion", 2000)),
    _form("progress", "Record progress", handling.progress,
          _text("text", "做了什么", "What was done", 2000, hint=("只有内部看得到", "Seen inside only")), EVIDENCE),
    _form("reply", "Reply", handling.reply, _text("text", "先答复什么", "What to tell the citizen", 4000, hint=("诉求人看得到", "The citizen reads this")),
          _may(_of("date", "promised_on", "答应哪天办好", "Promised for"))),
    _form("extend", "Extend", handling.extend, _of("duration", "by_how_much", "延多久", "How long", choices=SPANS), REASON,
          _may(_of("choice", "clock", "哪个时限", "Which clock", choices=_choices({"answer": "答复", "close": "办结"})))),
    _form("answer", "Answer", answering.answer, _of("choice", "outcome", "办理结果", "Outcome", choices=_choices(OUTCOME_ZH)),
          _text("text", "答复", "Answer", 4000, hint=("先说结果，再说什么时候、谁来做", "First what came of it, then when and who")), EVIDENCE),
    _form("pass_check", "Pass the check", answering.pass_check, SCORES),
    _form("return_answer", "Return the answer", answering.return_answer, _text("remarks", "哪里要改", "What has to change", 1000), SCORES),
    _form("park", "Park", handling.park,
          _text("plan", "怎么办、办到什么程度", "Plan", 2000, hint=("诉求人看得到，一点一方案", "The citizen reads this: a plan for this very spot")),
          _of("unit", "owner", "谁负责", "Owner"), _of("date", "review_on", "哪天复查", "Review on")),
    _form("unpark", "Unpark", handling.unpark, _text("note", "说明", "Note", 1000)),
    _form("call_back", "Call back", callback.call_back, _of("bool", "reached", "联系上了吗", "Reached?"),
          _may(_of("bool", "contacted", "单位联系过吗", "Did the unit get in touch?")), _may(_of("bool", "solved", "解决了吗", "Is it solved?")),
          _may(_of("bool", "satisfied", "满意吗", "Satisfied?")), _may(_text("note", "补充说明", "Note", 1000))),
    _form("rate", "Rate", callback.rate, _of("choice", "level", "满意吗", "How satisfied", choices=LEVELS), _may(_text("reasons", "为什么", "Why", 1000)),
          _may(_of("words", "ticked", "哪里好、哪里没办好", "What was good or not"))),
    _form("close", "Close", callback.close),
    _form("reopen", "Reopen", callback.reopen, _text("reason", "为什么要重办", "Why", 1000)),
    _form("withdraw", "Withdraw", amending.withdraw, _text("reason", "为什么撤回", "Why", 1000)),
    _form("merge", "Merge into another case", _merge, _of("case", "into", "并入哪一件（编号）", "Code of the main case")),
    _form("unmerge", "Take out of the main case", amending.unmerge, REASON),
    _form("refer", "Refer outside", dispatch.refer, _of("choice", "to", "转到哪里", "Where to", choices=REFERRALS), REASON,
          _text("record", "对方的记录号或接收人", "Their record number", 200)),
    _form("supplement", "Add something", amending.supplement, _text("text", "补充什么", "What to add", 2000),
          _may(_of("evidence", "attachments", "照片", "Photos"))),
    _form("amend", "Correct", amending.amend, _text("reason", "为什么改", "Why", 1000), _may(CATEGORY), _may(URGENCY), _may(KIND), _may(SIMPLE),
          _may(_of("place", "place", "地点", "Place")), _may(_of("choice", "visibility", "公开范围", "Visibility", choices=VISIBILITIES)), _may(ACCUSED)),
    _form("instruct", "Instruct", measures.instruct, _text("text", "批示", "Instruction", 1000), _of("unit", "unit", "批给哪个单位", "Unit"), ANSWER_ON),
    _form("urge", "Urge", amending.urge),
    # --- what is no move
    _form("try_contact", "Record a failed contact", handling.try_contact, _of("choice", "result", "为什么没联系上", "What happened", choices=FAILED),
          _may(_text("note", "备注", "Note", 1000)), zh="联系未成"),
    _form("assign", "Assign", handling.assign, _of("person", "to", "交给谁", "To whom"), zh="分派到人"),
    _form("leave", "Leave as co-handler", handling.leave, REASON, zh="协办退出"),
    _form("release", "Release to the public", publishing.release, zh="公开"),
    _form("grant", "Consent", approvals.grant, NUMBER, _may(_text("reason", "说明", "Note", 1000)), zh="同意"),
    _form("refuse", "Refuse", approvals.refuse, NUMBER, REASON, zh="不同意"),
    _form("ask_exemption", "Ask not to count it", exempting.ask_exemption,
          _line("basis", "依据（哪条公布的规定）", "Basis (which published rule)", 120), REASON,
          _may(_of("choice", "clock", "哪个时限不算（整件不算就不选）", "Which clock (none: the whole case)",
                   choices=_choices({kind: CLOCKS[kind].zh for kind in CLOCKS if kind in PROMISES}))), zh="申请剔除"),
    _form("grant_exemption", "Agree not to count it", exempting.grant_exemption, NUMBER, _may(_text("reason", "说明", "Note", 1000)), zh="同意剔除"),
    _form("refuse_exemption", "Refuse: it counts", exempting.refuse_exemption, NUMBER, REASON, zh="不同意剔除"),
    _form("open_measure", "Open a measure", measures.open_measure, _of("choice", "kind", "哪种措施", "Kind", choices=MEASURES),
          _of("unit", "unit", "发给哪个单位", "Unit"), _text("reason", "依据", "Basis", 200), ANSWER_ON, zh="开出措施"),
    _form("confirm_measure", "Open the proposed measure", measures.confirm, NUMBER, zh="开出建议的措施"),
    _form("answer_measure", "Answer the measure", measures.answer, NUMBER, _text("text", "办理情况", "What was done", 2000), zh="措施答复"),
    _form("return_measure", "Return the answer of the measure", measures.return_, NUMBER, REASON,
          _of("date", "answer_on", "重答到哪天", "Answer again by"), zh="措施退回重答"),
    _form("close_measure", "Close the measure", measures.close, NUMBER, zh="措施销号"),
    _form("withdraw_measure", "Withdraw the measure", measures.withdraw, NUMBER, REASON, zh="措施撤销"),
    _form("relate", "Relate to another case", amending.relate, _of("case", "other", "和哪一件有关（编号）", "Code of the other case"), zh="关联"),
    _form("gather", "Gather into a campaign", _gather, _of("case", "campaign", "哪个专项（编号）", "Code of the campaign"), zh="纳入专项"),
    _form("support", "I have this too", people.support, _may(_line("name", "怎么称呼", "Name", 40)),
          _may(_line("phone", "手机号", "Phone", 40)), zh="我也遇到"),
    _form("unsupport", "No longer affected", people.leave, _may(_line("phone", "手机号", "Phone", 40)), zh="退出同诉"),
    _form("erase", "Erase the person", people.erase, _text("reason", "依据", "Basis", 400), zh="抹除"),
)
# fmt: on

FORMS: dict[str, Form] = {form.action: form for form in _TABLE}

#: What stands behind an actor's own button beside the moves: an approval, a measure, a person. The door decides where to draw it.
NOT_MOVES = tuple(action for action in FORMS if action not in MOVES_ZH)


# --- reading ----------------------------------------------------------------------------------------------------------------


def form(action: str) -> Form:
    """The form of an action, or BadInput when there is none."""
    found = FORMS.get(action) if isinstance(action, str) else None
    if found is None:
        raise BadInput(field="move", zh="没有这个操作。", en="There is no such move.")
    return found


def parse(action: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The command's arguments from what was typed (texts of a form) or sent (JSON). A field left empty is left out; the first wrong one is BadInput."""
    values: dict[str, Any] = {}
    for field in form(action).fields:
        given = _given(field, raw)
        if given is None or given == [] or (isinstance(given, str) and not given.strip()):
            if field.required:
                raise BadInput(field=field.name, zh=f"请填写「{field.zh}」。", en=f"Please fill in “{field.en}”.")
            continue
        values[field.name] = _READ[field.kind](field, given)
    return values


def perform(code: str, action: str, raw: Mapping[str, Any], *, by: Actor, seen: int | None = None) -> Done:
    """Read the form and call its command. Raises whatever the command refuses with."""
    asked = form(action)
    values = parse(action, raw)
    if seen is not None and asked.takes_seen:
        values["seen"] = seen
    work = asked.command(code, **values, by=by)
    if work is None:
        state, version = Case.objects.values_list("state", "version").get(code=code)
        return Done(code, state, version, (action,), ())
    next_moves = choices(work.case, work.facts, work.who(by))
    return Done(code, str(work.facts.state), work.facts.version, tuple(event.action for event in work.events), tuple(next_moves))


def _given(field: Field, raw: Mapping[str, Any]) -> Any:
    """The value of a field; a form of the browser holds several values under one name."""
    if field.many and hasattr(raw, "getlist"):
        return [value for value in raw.getlist(field.name) if value != ""]
    return raw.get(field.name)


_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_YES, _NO = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_MOST = 2**31 - 1


def _wrong(field: Field, zh: str, en: str) -> BadInput:
    return BadInput(field=field.name, zh=f"「{field.zh}」{zh}", en=f"“{field.en}” {en}")


def _read_text(field: Field, given: Any) -> str:
    """As it was typed: the command cleans it and counts it."""
    if not isinstance(given, str):
        raise _wrong(field, "要填文字。", "takes text.")
    return given


def _read_code(field: Field, given: Any) -> str:
    if not isinstance(given, str) or not _CODE.fullmatch(given.strip()):
        raise _wrong(field, "不对，请重新选。", "is not right; please choose again.")
    return given.strip()


def _read_codes(field: Field, given: Any) -> list[str]:
    if isinstance(given, str):
        given = re.split(r"[\s,，、]+", given.strip())
    if not isinstance(given, Sequence) or len(given) > 50:
        raise _wrong(field, "要填一个列表，最多 50 个。", "takes a list of at most 50.")
    return [_read_code(field, one) for one in given]


def _read_words(field: Field, given: Any) -> list[str]:
    """Sentences that were ticked; those that the city does not offer the command leaves out."""
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, Sequence) or len(given) > 20 or not all(isinstance(one, str) and len(one) <= 100 for one in given):
        raise _wrong(field, "要填一个列表，最多 20 句。", "takes a list of at most 20 sentences.")
    return list(given)


def _read_scores(field: Field, given: Any) -> dict[str, int]:
    """A score card; which items it has, and whether each has its points, the command says."""
    if not isinstance(given, Mapping) or len(given) > 20 or not all(isinstance(key, str) for key in given):
        raise _wrong(field, '要写成每一项和它的分，例如 {"cause": 2}。', 'takes each item with its points, such as {"cause": 2}.')
    return dict(given)


def _read_choice(field: Field, given: Any) -> Any:
    value = str(given).strip() if isinstance(given, str | int) else ""
    if all(value != choice.value for choice in field.choices):
        zh, en = "、".join(f"{c.value}（{c.zh}）" for c in field.choices), ", ".join(c.value for c in field.choices)
        raise _wrong(field, f"请选：{zh}。", f"is one of: {en}.")
    return int(value) if value.isdecimal() else value


def _read_bool(field: Field, given: Any) -> bool:
    word = str(given).strip().lower() if isinstance(given, bool | str | int) else ""
    if word not in _YES | _NO:
        raise _wrong(field, "请选是或否。", "is yes or no.")
    return word in _YES


def _read_int(field: Field, given: Any) -> int:
    if isinstance(given, str) and re.fullmatch(r"[0-9]{1,10}", given.strip()):
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given <= _MOST:
        raise _wrong(field, "要填一个正整数。", "takes a whole number above zero.")
    return given


def _read_date(field: Field, given: Any) -> date:
    try:
        found = date.fromisoformat(given.strip()) if isinstance(given, str) else None
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2200:
        raise _wrong(field, "请写成年-月-日，例如 2026-12-01。", "is a day written as 2026-12-01.")
    return found


def _read_duration(field: Field, given: Any) -> str:
    try:
        found = Duration.parse(given.strip()) if isinstance(given, str) and len(given) <= 40 else None
    except ValueError:
        found = None
    if found is None or found.amount > 1_000_000:
        raise _wrong(field, "请写多久，例如 3 working days（3 个工作日）、24 hours（24 小时）。", "is a length of time such as 3 working days or 24 hours.")
    return found.text


_READ: dict[str, Callable[[Field, Any], Any]] = {
    "text": _read_text, "line": _read_text, "date": _read_date, "duration": _read_duration, "choice": _read_choice, "urgency": _read_choice, "bool": _read_bool,
    "int": _read_int, "person": _read_int, "unit": _read_code, "category": _read_code, "place": _read_code, "case": _read_code,
    "units": _read_codes, "evidence": _read_codes, "words": _read_words, "scores": _read_scores,
}  # fmt: skip

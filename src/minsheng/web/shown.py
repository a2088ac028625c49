"""Rows of queries → rows of templates. What a page shows, said once for citizens and staff."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from types import SimpleNamespace as Row
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from minsheng.domain import text
from minsheng.domain.deadlines import LATE_BY
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.cases import CaseView, Entry, Promise, Shot
from minsheng.queries.hall import HallItem
from minsheng.web import formats
from minsheng.web.formats import Due

ICONS = {
    "receive": "send",
    "register": "check",
    "dispatch": "arrow-right",
    "rule": "arrow-right",
    "reassign": "arrow-right",
    "forward": "arrow-right",
    "escalate": "arrow-right",
    "claim": "user-check",
    "contact": "phone",
    "reply": "tool",
    "answer": "message-check",
    "answer_at_once": "message-check",
    "park": "calendar-pause",
    "unpark": "tool",
    "reopen": "refresh",
    "close": "check",
    "decline": "ban",
    "refer": "external-link",
    "withdraw": "circle-minus",
    "merge": "git-merge",
    "rate": "star",
    "call_back": "phone",
    "deadline_step": "bell",
    "measure_opened": "eye",
    "supplement": "notes",
}
_HOT = frozenset({"answer", "answer_at_once", "reply"})
#: What happened, in the words of people who do not work here (UI.md §6). %(who)s: the unit that did it or got it; %(person)s: 您, for others 诉求人.
_TOLD = {
    "receive": "%(who)s登记",
    "register": "%(who)s受理",
    "decline": "%(who)s不予受理",
    "dispatch": "派给%(who)s",
    "rule": "定下来由%(who)s办",
    "reassign": "改派给%(who)s",
    "forward": "转给%(who)s",
    "escalate": "交给上一级%(who)s",
    "claim": "%(who)s认领",
    "contact": "%(who)s联系了%(person)s",
    "reply": "%(who)s回复进展",
    "answer": "%(who)s答复",
    "answer_at_once": "%(who)s当场答复",
    "park": "%(who)s列入计划，到时候再办",
    "unpark": "%(who)s接着办",
    "call_back": "%(who)s回访",
    "close": "办结",
    "reopen": "重新办理",
    "withdraw": "%(who)s按%(person)s的意思撤回",
    "merge": "和同一件事并在一起办",
    "unmerge": "拆开单独办",
    "refer": "%(who)s转到别处",
    "supplement": "%(who)s补充",
}
_TOLD_OF_PERSON = {
    "receive": "%(person)s提交",
    "supplement": "%(person)s补充",
    "withdraw": "%(person)s撤回",
    "rate": "%(person)s评价",
    "call_back": "%(person)s回答了回访的问题",
    "reopen": "%(person)s要求重新办理",
}
#: What the public promise bar shows.
_PROMISES = ("claim", "contact", "answer", "close", "promise")
_CITIZEN = "诉求人"
RATED, CLOSED = "已评价", "已办结"
STAGES = ("已提交", "已派单", "已认领", "办理中", "已答复", "待评价")
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


def tag(state: str, *, overdue: bool = False, round_: int = 1, watched: bool = False) -> str:
    """The word that matters: what needs doing goes over the stage."""
    if watched:
        return "watch"
    if overdue:
        return "over"
    return "again" if round_ > 1 and state == "handling" else state


def headline(title: str, body: str) -> str:
    """The title, or where the person gave none the first sentence; what was erased says so."""
    return title or (text.headline(body) if body else _("（已抹除）"))


def request_row(item: HallItem) -> Row:
    """A row of the hall."""
    return Row(
        code=item.code,
        title=headline(item.title, item.excerpt),
        tag=tag(item.state, overdue=item.overdue),
        category=item.category_name,
        place=item.district_name,
        at=item.received_at,
        supporters=item.supporters,
        answer=Row(unit=item.unit_name, text=item.answer) if item.answer else None,
        photo=None,
    )


#: How the files of a case are called, with their number.
_SHOTS = {"photo": "照片 %(n)s", "video": "视频 %(n)s", "audio": "录音 %(n)s"}


def called(kind: str, number: int) -> str:
    """照片 2, 视频 1, 录音 1."""
    return _(_SHOTS[kind]) % {"n": number}


def photos(code: str, shots: Sequence[Shot]) -> list[Row]:
    """Photos, videos and recordings of a case by their addresses; `small` is the picture that stands for one, where there is one."""
    numbers: Counter[str] = Counter()
    rows = []
    for shot in shots:
        numbers[shot.kind] += 1
        url = reverse("photo", args=(code, shot.digest))
        small = reverse("photo", args=(code, shot.thumbnail)) if shot.thumbnail else url if shot.kind == "photo" else ""
        alt = called(shot.kind, numbers[shot.kind])
        rows.append(Row(kind=shot.kind, url=url, small=small, alt=alt, seconds=round(shot.seconds) if shot.seconds else None))
    return rows


def due(promise: Promise) -> Due:
    """A promise as a clock."""
    return Due(start=promise.started_at, due=promise.due_at, met_at=promise.met_at, paused=promise.state == "paused")


def promises(view: CaseView) -> list[Row]:
    """The promise bar."""
    return [Row(label=formats.promise(p.within_zh, p.zh), due=due(p), why=why(p)) for p in view.promises if p.kind in _PROMISES]


def why(promise: Promise) -> list[tuple[str, str]]:
    """为什么是这天: from when it counts, what did not count, what moved it, and because of which rule."""
    told = promise.explanation
    rows = [(_("从"), formats.stamp(promise.started_at)), (_("到"), formats.due_stamp(promise.due_at))]
    if told.get("skipped"):
        rows.append((_("没算"), "、".join(f"{off['day'][5:]} {off['why']}" for off in told["skipped"])))
    rows += [(_("暂停"), f"{_moment(pause['from'])} – {_moment(pause.get('to'))}") for pause in told.get("pauses", ())]
    rows += [(_("延期"), extension["by"]) for extension in told.get("extensions", ())]
    rows += [(_("平台停机不算"), _("%(n)s 分钟") % {"n": excuse["minutes"]}) for excuse in told.get("excused", ())]
    if told.get("provisional"):
        rows.append((_("暂定"), _("%(years)s 年放假安排还没公布，公布后重算") % {"years": "、".join(map(str, told["provisional"]))}))
    # The city gives its reasons in Chinese; who reads another language gets the length of time that the rule says.
    basis = str(told.get("because", "")) if (get_language() or "zh").startswith("zh") or not promise.within_zh else formats.within(promise.within_zh)
    return [*rows, (_("依据"), basis)]


def _moment(text: str | None) -> str:
    return formats.stamp(datetime.fromisoformat(text)) if text else ""


def late(view: CaseView) -> bool:
    """Is it late as the hall says it?"""
    return any(p.late_now and p.kind in LATE_BY for p in view.promises)


def running(view: CaseView) -> Row | None:
    """The promise that is counting now."""
    found = next((p for p in view.promises if p.kind in LATE_BY and p.state == "running"), None)
    if found is None:
        return None
    label = _("已经超过承诺的%(what)s时间") if found.late_now else _("距离承诺的%(what)s时间还有")
    return Row(label=label % {"what": _(found.zh)}, due=due(found))


def stages(view: CaseView) -> list[Row]:
    """Six steps; a city without a claim step has five."""
    first: dict[str, Any] = {}
    for entry in view.entries:
        first.setdefault(entry.action, entry.at)
    times = (
        view.received_at,
        first.get("dispatch") or first.get("rule"),
        first.get("claim") or first.get("contact"),
        first.get("reply") or first.get("contact"),
        view.answered_at,
        None,
    )
    if view.step == 0 and view.state not in ("received", "registered"):
        return []
    claims = "claim" not in rulebook.today().profile.disabled
    step = view.step if claims or view.step != 2 else 3
    if view.state == "answered" and answer(view) is None:
        step -= 1  # the answer has not passed its check
    last = RATED if view.rating else CLOSED
    rows = [
        Row(label=_(label), at=at if n <= step else None, status="done" if n < step else "now" if n == step else "")
        for n, (label, at) in enumerate(zip(STAGES if step < len(STAGES) else (*STAGES[:-1], last), times, strict=True))
    ]
    return rows if claims else rows[:2] + rows[3:]


def timeline(view: CaseView, *, own: bool) -> list[Row]:
    """What happened, for citizens: newest first. What stands above on the same page (the request, the answer that stands) is not said again."""
    said = {view.body, getattr(answer(view), "text", "")}
    return [
        Row(
            at=e.at,
            what=_told(e, own=own),
            text=e.text if e.text and e.text not in said else None,
            photos=[] if e.text in said else photos(view.code, e.shots),
            icon=ICONS.get(e.action, "notes"),
            hot=e.action in _HOT,
        )
        for e in reversed(view.entries)
    ]


def _told(entry: Entry, *, own: bool) -> str:
    words = (_TOLD_OF_PERSON if entry.actor == _CITIZEN else {}).get(entry.action) or _TOLD.get(entry.action)
    if words is None:
        return " ".join(word for word in (entry.unit_name, _(entry.zh)) if word)
    return _(words) % {"who": entry.unit_name or _("系统"), "person": _("您") if own else _("诉求人")}


def answer(view: CaseView) -> Row | None:
    """The answer that stands, if one does."""
    if view.answered_at is None:
        return None
    found = next((e for e in reversed(view.entries) if e.action in ("answer", "answer_at_once") and e.text), None)
    if found is None:
        return None
    pictures = photos(view.code, found.shots)
    return Row(unit=found.unit_name or view.unit_name, at=found.at, text=found.text, outcome=_(view.outcome_zh), photos=pictures, contact=None)


def mine(view: CaseView) -> Row:
    """A case in the list of those that this browser holds."""
    clock_ = running(view)
    latest = next((e for e in reversed(view.entries) if e.text and e.action in _HOT), None)
    return Row(
        code=view.code,
        title=headline(view.title, view.body),
        tag=tag(view.state, overdue=late(view)),
        at=view.received_at,
        latest=latest.text[:60] if latest else None,
        stages=stages(view),
        promise=clock_.due if clock_ else None,
    )


def handlers(view: CaseView) -> list[Row]:
    """Who answers for it, as everybody may know: the unit, or the centre where it answers or ends the matter itself."""
    if view.unit_name:
        helpers = [Row(role=_("协办"), name=name, card=None, note=None) for name in view.co_names]
        return [Row(role=_("主办"), name=view.unit_name, card=view.card, note=None), *helpers]
    if view.state in ("received", "registered"):
        return []
    tree = directories.current()
    return [Row(role=_("受理"), name=tree.units[tree.centre].name, card=None, note=None)]

"""一件诉求的各栏: timeline, facts, who handles it, deadlines, what may not be done and why."""

from types import SimpleNamespace as Row

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.moves import MOVES
from minsheng.domain.states import CHANNEL_ZH, KIND_ZH, URGENCY_ZH, Channel, Kind, State, Urgency
from minsheng.intelligence.answer_review import Point
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.case_beside import Masked
from minsheng.queries.cases import DeskCase, Entry, OrderRow, Promise
from minsheng.web import formats, frame, shown
from minsheng.web.desk import forms as drawn

STATUS = {
    "proposed": "待确认",
    "opened": "待答复",
    "answered": "已答复",
    "closed": "已销号",
    "withdrawn": "已撤销",
    "asked": "待批",
    "granted": "同意",
    "refused": "不同意",
    "lapsed": "失效",
}
_REQUESTER = {"citizen": "个人", "enterprise": "企业", "anonymous": "匿名"}
_TONE = {"return_answer": "bad", "reopen": "bad", "alerted": "bad"}
_STEP = {"warning": "快到时限：%(clock)s", "due": "超过时限：%(clock)s", "ladder": "超过时限：%(clock)s"}
#: What people did, as against what the platform did by itself: for 只看办理.
_WORK = frozenset(MOVES) | {"noted", "alerted", "contact_tried", "refused", "assigned", "measure_answered"}
_FILTERS = (("", "全部"), ("public", "公开"), ("internal", "内部"), ("work", "只看办理"))
#: So many names are said of those who were told.
NAMED = 3
_PAGE_ICONS = {"noted": "message", "alerted": "bell-ringing", "assigned": "user", "co_handle": "users-plus", "instruct": "flag"}


# --- timeline ---------------------------------------------------------------------------------------------------------------------


def journal(view: DeskCase, show: str, here: str) -> tuple[list[Row], list[Row]]:
    """The entries that are asked for, oldest first, and the filters with their numbers."""
    kept = {key: [e for e in view.case.entries if _belongs(e, key)] for key, _label in _FILTERS}
    show = show if show in kept else ""
    filters = [Row(label=_(label), url=here + (f"?show={key}" if key else ""), current=key == show, count=len(kept[key])) for key, label in _FILTERS]
    return [entry(e, view) for e in kept[show]], filters


def _belongs(one: Entry, key: str) -> bool:
    if key == "work":
        return one.action in _WORK and one.actor != "系统"
    return not key or one.public == (key == "public")


def entry(one: Entry, view: DeskCase) -> Row:
    """One entry of the timeline."""
    step = one.data.get("step") if one.action == "deadline_step" else None
    what = _(_STEP[step]) % {"clock": clock_zh(one.data["clock"])} if step in _STEP else _(one.zh)
    if one.data.get("lead"):
        what = f"{what} → {one.unit_name}"
    if one.action.startswith("measure_"):
        what = f"{what} {one.data.get('level', '')}".strip()
    changed = changes(one)
    if changed:
        what = f"{what}{_('：')}{_('；').join(changed)}"
    if one.action == "assigned":
        what = f"{what} → {view.names.get(one.data.get('assignee', 0), '')}".strip(" →")
    named = [view.names[pk] for pk in one.data.get("to", ()) if pk in view.names] if one.action in ("noted", "alerted") else []
    if len(named) > NAMED:
        named = [*named[: NAMED - 1], _("%(name)s 等 %(n)s 人") % {"name": named[NAMED - 1], "n": len(named)}]
    return Row(
        at=one.at,
        who=doer(one),
        badge=formats.badge(one.unit_name or one.actor or "系"),
        what=what,
        text=one.text or None,
        public=one.public,
        mark=_("批示") if one.action == "instruct" else _("紧急上报") if one.action == "alerted" else None,
        alarm=one.action == "alerted",
        to=("@" + _("、").join(named) if one.action == "noted" else _("已通知 %(who)s") % {"who": _("、").join(named)}) if named else None,
        icon=_PAGE_ICONS.get(one.action) or shown.ICONS.get(one.action, "notes"),
        photos=shown.photos(view.case.code, one.shots),
        because=one.because or None,
        tone={"warning": "warn"}.get(step, "bad") if step else _TONE.get(one.action, ""),
    )


#: What an amendment may change, with its word.
_CHANGED = {"category": "类别", "urgency": "紧急程度", "kind": "诉求类型", "place": "地点", "visibility": "公开范围"}


def changes(one: Entry) -> list[str]:
    """What a correction changed: 类别 路灯不亮 → 路面坑洼."""
    was = one.data.get("was") or {}
    return [f"{_(word)} {_value(name, was[name])} → {_value(name, one.data.get(name))}" for name, word in _CHANGED.items() if name in was]


def _value(name: str, value: str | None) -> str:
    tree = directories.current()
    match name:
        case "category":
            return tree.categories[value].name if value in tree.categories else _("未分类")
        case "place":
            return tree.places[value].name if value in tree.places else _("没有写明")
        case "urgency":
            return _(URGENCY_ZH[Urgency(value)])
        case "kind":
            return _(KIND_ZH[Kind(value)])
    return _(VISIBILITY.get(str(value), str(value)))


VISIBILITY = {"public": "公开", "private": "不公开", "secret": "保密"}


def doer(one: Entry) -> str:
    """Unit and person; the unit is not said twice where the person's name begins with it. Who was given the case is named after the deed."""
    unit, person = "" if one.data.get("lead") else one.unit_name, _(one.actor) if one.actor else ""
    return " ".join(word for word in ("" if unit and person.startswith(unit) else unit, person) if word) or _("系统")


def clock_zh(kind: str) -> str:
    """The name of a clock."""
    return _(CLOCKS[kind].zh) if kind in CLOCKS else kind


# --- what is known ------------------------------------------------------------------------------------------------------------------


def deadline(promise: Promise) -> Row:
    """时限, with how it was counted."""
    why = [*shown.why(promise), (_("规则条文"), promise.explanation.get("rule", ""))]
    done = _("%(when)s 做到") % {"when": formats.short(promise.met_at)} if promise.met_at else _("%(when)s 前") % {"when": formats.due_short(promise.due_at)}
    return Row(label=formats.promise(promise.within_zh, promise.zh), note=done, due=shown.due(promise), why=why)


def facts(view: DeskCase) -> list[tuple[str, str]]:
    """基本情况, without the person."""
    case = view.case
    where = " ".join(dict.fromkeys(p for p in (case.district_name, case.place_name, case.place_text) if p))
    rows = [(_("地点"), where or _("没有写明")), (_("渠道"), _(CHANNEL_ZH[Channel(view.channel)]))]
    if view.merged:
        rows.append((_("并入"), "、".join(view.merged)))
    if case.merged_into:
        rows.append((_("已并入"), case.merged_into))
    if view.external:
        rows.append((_("外部编号"), "、".join(number for _system, number in view.external)))
    for refusal in view.refusals:
        rows.append((_("退单"), f"{refusal['unit_name']} → {refusal['proposed_name']}：{refusal['text']}"))
    rows.append((_("规则"), _("%(version)s 版") % {"version": view.rules.partition("@")[2].replace("#", " · ")}))
    return rows


def person(view: DeskCase, opened: list[tuple[str, str]] | None) -> Row:
    """诉求人: covered, until somebody who may says why; then plain on this one page."""
    kind = _(_REQUESTER.get(view.requester, view.requester))
    masked = view.caller
    return Row(
        kind=kind,
        name=masked.name if masked else "",
        phone=_phone(masked),
        opened=opened,
        reveal=Row(url=reverse("desk-reveal", args=(view.case.code,)), label=_("看姓名和电话"))
        if opened is None and view.requester != "anonymous" and "open_person" in view.deeds
        else None,
    )


def _phone(masked: Masked | None) -> str:
    """Whether there is a number to call, never more of it than the end."""
    if masked is None or not (masked.phone or masked.broken):
        return _("没有留")
    if masked.broken:
        return _("资料打不开，请告诉系统管理员")
    return _("有") if masked.phone == "***" else _("有，尾号 %(last)s") % {"last": masked.phone}


def openings(view: DeskCase, tree: Directory) -> list[Row]:
    """谁看过: post, unit, reason and time of everybody who opened the person's data, newest first."""
    return [
        Row(
            who=view.names.get(int(row["by"].partition(":")[2] or 0), _("系统")),
            unit=tree.units[row["unit"]].name if row["unit"] in tree.units else row["unit"],
            reason=row["reason"],
            at=row["at"],
        )
        for row in _once(view.openings)
    ]


def _once(rows: list[dict]) -> list[dict]:  # type: ignore[type-arg]
    """One look opens every person of the case: it is one line."""
    found = {(row["by"], row["at"]): row for row in rows}
    return list(found.values())


# --- who handles it -----------------------------------------------------------------------------------------------------------------


def last(orders: list[OrderRow]) -> list[OrderRow]:
    """Those who handle it now, or handled it last."""
    return [o for o in orders if o.active] or [o for o in orders if o.role == "lead"][-1:]


def handler(order: OrderRow, view: DeskCase, members: set[int]) -> Row:
    """主办 or 协办: since when, by whom, what was asked of it, what it said. members: people of this unit today, as far as they were asked for."""
    running = next((p for p in view.case.promises if p.kind == "co_handle" and p.started_at == order.opened_at), None) if order.role == "co" else None
    entries = view.case.entries
    asked = next((e.text for e in reversed(entries) if e.action == "co_handle" and order.unit in e.data.get("co", ())), "") if order.role == "co" else ""
    opinion = next((e.text for e in reversed(entries) if e.action == "contribute" and e.data.get("order") == order.number), "")
    return Row(
        role=_("主办") if order.role == "lead" else _("协办"),
        name=order.unit_name,
        card=view.case.card if order.role == "lead" else None,
        note=_order_note(order),
        person=order.assignee or None,
        asked=asked or None,
        opinion=opinion or None,
        waiting=order.role == "co" and not opinion and order.active,
        clock=shown.due(running) if running else None,
        trouble=_trouble(order, view, members),
    )


def _order_note(order: OrderRow) -> str | None:
    if order.answered_at:
        return _("已答复") if order.role == "lead" else _("已给意见")
    if order.contacted_at:
        return _("已联系")
    return _("已认领") if order.claimed_at else _("还没认领") if order.active else None


def _trouble(order: OrderRow, view: DeskCase, members: set[int]) -> str | None:
    """What keeps an order from being worked on: its unit is no more, or the one it was given to has left."""
    if not order.active:
        return None
    unit = directories.current().units.get(order.unit)
    if unit is None or not unit.valid(clock.local(clock.now()).date()):
        return _("单位已经撤销，请派单员改派")
    person = view.assignees.get(order.number)
    gone = person is not None and (person in view.gone or (bool(members) and person not in members))
    return _("经办人已经离开单位，请重新分派") if gone else None


# --- what may not be done, and what came back ------------------------------------------------------------------------------------------


def refused(view: DeskCase) -> list[Row]:
    """现在不能做，为什么: first what the case is not ready for, then what is for somebody else."""
    rows = [c for c in view.choices if not c.allowed]
    state = State(view.case.state)
    early = [c for c in rows if state not in MOVES[c.action].start]
    groups = ((_("现在还不到这一步"), early), (_("由别人来做"), [c for c in rows if c not in early]))
    return [
        Row(label=label, rows=[Row(label=_(c.zh), reason=c.why_not_zh if frame.chinese() else c.why_not_en) for c in some]) for label, some in groups if some
    ]


def conflict(view: DeskCase, seen: int, again: drawn.Again, open_moves: set[str]) -> Row:
    """同事先了一步: what has happened since the screen was drawn, and whether what was typed can still be sent."""
    fresh = since(view, seen)
    rows = [Row(who=one.who, what=one.what, at=one.at, text=one.text) for one in (entry(e, view) for e in fresh or view.case.entries[-1:])]
    refusal = next((c for c in view.choices if c.action == again.action and not c.allowed), None)
    known = drawn.OWN.get(again.action) or drawn.forms.FORMS.get(again.action)
    typed = [Row(label=drawn.words(f), text=again.typed[f.name]) for f in (known.fields if known else ()) if f.kind == "text" and again.typed.get(f.name)]
    possible = again.action in open_moves
    why = (refusal.why_not_zh if frame.chinese() else refusal.why_not_en) if refusal else ""
    return Row(rows=rows, possible=possible, why=why, typed=[] if possible else typed)


def since(view: DeskCase, seen: int) -> list[Entry]:
    """The entries that came after the version that a screen showed."""
    versions = 0
    for n, one in enumerate(view.case.entries):
        if versions >= seen and n and one.data.get("versioned"):
            return view.case.entries[n:]
        versions += bool(one.data.get("versioned"))
    return []


def review(points: tuple[Point, ...]) -> list[Row]:
    """发出前检查, as the page shows it."""
    return [Row(level=p.level, text=p.zh if frame.chinese() else p.en, words=list(p.words)) for p in points]

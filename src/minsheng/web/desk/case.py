"""一件诉求 at the desk: facts, timeline, and every move with its own small form."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.commands import approvals, forms, people
from minsheng.domain.access import Actor
from minsheng.domain.deadlines import CLOCKS
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.domain.states import CHANNEL_ZH, Channel
from minsheng.models.people import Member
from minsheng.queries import cases
from minsheng.queries import directory as directories
from minsheng.queries.cases import DeskView, Entry, Promise
from minsheng.web import formats, frame, shown
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

_VISIBILITY = {"public": "公开", "private": "不公开", "secret": "保密"}
_STATUS = {
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


@require_safe
@staff
def show(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """一件诉求."""
    return frame.page(request, "desk/case.html", _context(request, code, actor))


@frame.posted(back_to="desk-case")
@staff
def move(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """Make a move. What is refused comes back on the page with everything that was typed."""
    action, seen = request.POST.get("action", ""), request.POST.get("seen", "")
    try:
        form = forms.form(action)
        values = drawn.typed(request, action, directories.current())
        forms.perform(code, action, values, by=actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as problem:
        words = frame.words(problem)
        known = action in forms.FORMS and any(f.name == problem.field for f in forms.FORMS[action].fields)
        if not known:
            return _again(request, code, actor, action, status=422, problem=words)
        return _again(request, code, actor, action, status=422, errors={problem.field: words})
    except Stale:
        return _again(request, code, actor, action, status=409, stale="yes")
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _again(request, code, actor, action, status=problem.status, problem=frame.words(problem))
    frame.tell(request, _("「%(what)s」记下了。") % {"what": drawn.words(form)}, draft=f"{request.path}-{action}")
    return HttpResponseRedirect(reverse("desk-case", args=(code,)))


@frame.posted(back_to="desk-case")
@staff
def reveal(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """查看诉求人: with a reason that is recorded; shown once, on this page only."""
    try:
        found = people.open_parties(code, reason=request.POST.get("reason", ""), by=actor)
    except BadInput as problem:
        return frame.page(request, "desk/case.html", _context(request, code, actor, problem=frame.words(problem)), status=422)
    facts = [(_(_PARTY.get(p.role, p.role)), " ".join(x for x in (p.name, p.phone, p.address) if x)) for p in found]
    return frame.page(request, "desk/case.html", _context(request, code, actor, opened=facts or [(_("诉求人"), _("没有留下姓名和电话"))]))


_PARTY = {"caller": "诉求人", "concerned": "当事人", "affected": "同诉人", "accused": "被反映人"}


def _again(
    request: HttpRequest,
    code: str,
    actor: Actor,
    action: str,
    *,
    status: int,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    stale: str = "",
) -> HttpResponse:
    again = drawn.Again(action, request.POST.dict(), errors or {})
    return frame.page(request, "desk/case.html", _context(request, code, actor, again, problem=problem, stale=stale), status=status)


def _context(
    request: HttpRequest,
    code: str,
    actor: Actor,
    again: drawn.Again = drawn.Again(),  # noqa: B008 (frozen)
    *,
    problem: str | None = None,
    stale: str = "",
    opened: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The context of templates/desk/case.html."""
    view = cases.desk(code, actor)
    tree = directories.current()
    moves = drawn.moves(view, actor, again, colleagues=_colleagues(view, actor))
    show = request.GET.get("show", "")
    entries = [e for e in view.case.entries if not show or e.public == (show == "public")]
    public = sum(1 for e in view.case.entries if e.public)
    here = reverse("desk-case", args=(code,))
    return {
        "staff": badge(actor),
        "q": "",
        "case": Row(
            code=code,
            title=shown.headline(view.case.title, view.case.body),
            text=view.case.body,
            tag=_tag(view),
            channel=_(CHANNEL_ZH[Channel(view.channel)]),
            at=view.case.received_at,
            version=view.case.version,
            visibility=_(_VISIBILITY[view.case.visibility]),
            chips=_chips(view),
            photos=shown.photos(code, view.case.photos),
        ),
        "back": Row(label=_("工单"), url=reverse("desk")),
        "deadlines": [_deadline(p) for p in view.case.promises if p.state != "ended"],
        "facts": _facts(view, opened),
        "reveal": None
        if opened or not {"lead", "co", "operator", "dispatcher", "callback", "supervisor"} & set(view.relations) or view.requester == "anonymous"
        else Row(url=reverse("desk-reveal", args=(code,)), label=_("看姓名和电话")),
        "journal": [_entry(e, code) for e in entries],
        "shown": [
            Row(label=_("全部"), url=here, current=not show, count=len(view.case.entries)),
            Row(label=_("公开"), url=here + "?show=public", current=show == "public", count=public),
            Row(label=_("内部"), url=here + "?show=internal", current=show == "internal", count=len(view.case.entries) - public),
        ],
        "moves": moves,
        "chosen": again.action if any(m.action == again.action for m in moves) else next((m.action for m in moves if m.primary), ""),
        "refused": [Row(label=_(c.zh), reason=c.why_not_zh if frame.chinese() else c.why_not_en) for c in view.choices if not c.allowed],
        "conflict": _conflict(view) if stale else None,
        "done": frame.told(request),
        "problem": problem,
        "handlers": [Row(role=_("主办") if o.role == "lead" else _("协办"), name=o.unit_name, card=None, note=_order_note(o)) for o in _last(view.orders)],
        "suggestions": _suggestions(view),
        "suggestion_moves": [],
        "measures": [_measure(m, view, actor, again) for m in view.measures if m["kind"] != "reminder"],
        "approvals": [_approval(a, view, actor, again) for a in view.approvals if a["status"] == "asked"],
        "similar": [],
        "lists": drawn.lists(tree, near=_district(view)),
    }


def _suggestions(view: DeskView) -> list[Row]:
    """What the machine guessed, until somebody has decided."""
    if view.case.state not in ("received", "registered"):
        return []
    return [Row(label=_("类别"), value=s["name"], share=s["percent"], reasons=[f"「{word}」" for word in s["because"]]) for s in view.suggested]


def _district(view: DeskView) -> str | None:
    tree = directories.current()
    place = tree.places.get(view.place or "")
    return next((code for code in tree.place_ancestors(place.code) if tree.places[code].kind == "district"), None) if place else None


def _tag(view: DeskView) -> str:
    watched = any(m["status"] == "opened" and m["kind"] != "reminder" for m in view.measures)
    return shown.tag(view.case.state, overdue=any(p.late_now for p in view.case.promises), round_=view.case.round, watched=watched)


def _chips(view: DeskView) -> list[str]:
    chips = [view.case.category_name or _("未分类"), _(view.urgency_zh), _(view.case.kind_zh)]
    if view.case.supporters:
        chips.append(_("%(n)s 人同诉") % {"n": view.case.supporters})
    if view.case.round > 1:
        chips.append(_("第 %(n)s 轮") % {"n": view.case.round})
    return chips


def _facts(view: DeskView, opened: list[tuple[str, str]] | None) -> list[tuple[str, str]]:
    case = view.case
    where = " ".join(dict.fromkeys(p for p in (case.district_name, case.place_name, case.place_text) if p))
    rows = opened or [(_("诉求人"), _(_REQUESTER.get(view.requester, view.requester)))]
    rows = [*rows, (_("地点"), where or _("没有写明")), (_("渠道"), _(CHANNEL_ZH[Channel(view.channel)]))]
    if view.merged:
        rows.append((_("并入"), "、".join(view.merged)))
    if case.merged_into:
        rows.append((_("已并入"), case.merged_into))
    if view.external:
        rows.append((_("外部编号"), "、".join(number for _system, number in view.external)))
    for refusal in view.refusals:
        rows.append((_("退单"), f"{refusal['unit_name']} → {refusal['proposed_name']}：{refusal['text']}"))
    for opening in view.openings[:5]:
        rows.append((_("查看记录"), f"{formats.short(opening['at'])} {opening['reason']}"))
    rows.append((_("规则"), _("%(version)s 版") % {"version": view.rules.partition("@")[2].replace("#", " · ")}))
    return rows


def _deadline(promise: Promise) -> Row:
    why = [*shown.why(promise), (_("规则条文"), promise.explanation.get("rule", ""))]
    done = _("%(when)s 做到") % {"when": formats.short(promise.met_at)} if promise.met_at else _("%(when)s 前") % {"when": formats.due_short(promise.due_at)}
    return Row(label=formats.promise(promise.within_zh, promise.zh), note=done, due=shown.due(promise), why=why)


_TONE = {"return_answer": "bad", "reopen": "bad"}
_STEP = {"warning": "快到时限：%(clock)s", "due": "超过时限：%(clock)s", "ladder": "超过时限：%(clock)s"}


def _entry(entry: Entry, code: str) -> Row:
    step = entry.data.get("step") if entry.action == "deadline_step" else None
    what = _(_STEP[step]) % {"clock": _clock_zh(entry.data["clock"])} if step in _STEP else _(entry.zh)
    if entry.data.get("lead"):
        what = f"{what} → {entry.unit_name}"
    if entry.action.startswith("measure_"):
        what = f"{what} {entry.data.get('level', '')}".strip()
    return Row(
        at=entry.at,
        who=_doer(entry),
        badge=formats.badge(entry.unit_name or entry.actor or "系"),
        what=what,
        text=entry.text or None,
        public=entry.public,
        mark=_("批示") if entry.action == "instruct" else None,
        icon=shown.ICONS.get(entry.action, "notes"),
        photos=shown.photos(code, entry.photos),
        because=entry.because or None,
        tone={"warning": "warn"}.get(step, "bad") if step else _TONE.get(entry.action, ""),
    )


def _doer(entry: Entry) -> str:
    """Unit and person; the unit is not said twice where the person's name begins with it. Who was given the case is named after the deed."""
    unit, person = "" if entry.data.get("lead") else entry.unit_name, _(entry.actor) if entry.actor else ""
    return " ".join(word for word in ("" if unit and person.startswith(unit) else unit, person) if word) or _("系统")


def _clock_zh(kind: str) -> str:
    return _(CLOCKS[kind].zh) if kind in CLOCKS else kind


def _last(orders: list[cases.OrderRow]) -> list[cases.OrderRow]:
    """Those who handle it now, or handled it last."""
    return [o for o in orders if o.active] or [o for o in orders if o.role == "lead"][-1:]


def _order_note(order: cases.OrderRow) -> str | None:
    if order.answered_at:
        return _("已答复") if order.role == "lead" else _("已给意见")
    if order.contacted_at:
        return _("已联系")
    return order.assignee or None


def _measure(row: dict[str, Any], view: DeskView, actor: Actor, again: drawn.Again) -> Row:
    due = Due(start=row["opened_at"], due=row["answer_by"], met_at=row["answered_at"]) if row["answer_by"] else None
    kind = _(row["kind_zh"])
    return Row(
        label=kind if row["level"] in (row["kind_zh"], "人工") else f"{kind}（{row['level']}）",
        number=row["number"],
        who=row["unit_name"],
        at=row["opened_at"],
        text=row["because"],
        clock=due,
        state=_(_STATUS[row["status"]]),
        card=row["kind"] if row["kind"].endswith("_card") else None,
        moves=[drawn.move(forms.FORMS[action], again, number=row["number"]) for action in _steps(row, view, actor)],
    )


def _steps(row: dict[str, Any], view: DeskView, actor: Actor) -> list[str]:
    """What this person may do about a measure: its unit answers, who opens measures confirms, closes and withdraws."""
    found = ["answer_measure"] if row["status"] == "opened" and row["unit"] in actor.units() else []
    if {"supervisor", "leader", "dispatcher"} & set(view.relations):
        found += {"proposed": ["confirm_measure", "withdraw_measure"], "opened": ["withdraw_measure"], "answered": ["close_measure"]}.get(row["status"], [])
    return found


def _approval(row: dict[str, Any], view: DeskView, actor: Actor, again: drawn.Again) -> Row:
    asked = next((e for e in view.case.entries if e.action == "approval_asked" and e.data.get("approval") == row["number"]), None)
    may = approvals.may_decide(actor, row["approver_unit"])
    return Row(
        id=row["number"],
        label=_(row["move_zh"]),
        who=row["asked_name"],
        at=row["asked_at"],
        text=asked.text if asked else "",
        state=_(_STATUS[row["status"]]),
        clock=None,
        moves=[drawn.move(forms.FORMS[action], again, number=row["number"]) for action in ("grant", "refuse")] if may else [],
    )


def _colleagues(view: DeskView, actor: Actor) -> list[tuple[str, str]]:
    units = [o.unit for o in view.orders if o.active and o.unit in actor.units()]
    if not units:
        return []
    rows = Member.objects.filter(unit__in=units, user__is_active=True).order_by("user__display_name").values_list("user_id", "user__display_name")
    return [(str(pk), name) for pk, name in dict(rows).items()]


def _conflict(view: DeskView) -> Row:
    last = view.case.entries[-1]
    return Row(who=_doer(last), what=_(last.zh), at=last.at)

"""回访: one person after another; three questions; what the answers bring is said before they are sent."""

from datetime import datetime
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import callback, people
from minsheng.commands.callback import Outlook
from minsheng.domain.access import Actor
from minsheng.domain.calendar import BEIJING
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.domain.judged import RESULTS, TRIES
from minsheng.queries import callbacks, cases
from minsheng.queries.callbacks import GROUPS, ToCall
from minsheng.queries.cases import DeskView
from minsheng.web import frame, shown
from minsheng.web.desk.approvals import capped
from minsheng.web.desk.deeds import demand
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

#: So many stand beside the case that is being called about.
BESIDE = 15
ICONS = {"bad": "alert-circle", "first": "phone", "again": "calendar-check", "tried": "phone-off"}
_GROUPS = {"bad": said("说没办好的"), "first": said("待回访"), "again": said("约好再打"), "tried": said("打不通")}
_RESULTS = {"no_answer": said("没人接"), "busy": said("占线"), "wrong_number": said("号码不对"), "refused": said("不愿意谈"), "later": said("约好再打")}
QUESTIONS = (("contacted", said("单位联系过您吗")), ("solved", said("问题解决了吗")), ("satisfied", said("您满意吗")))
_YES_NO = {"yes": True, "no": False}


@require_safe
@staff
def worklist(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Who is to be called."""
    demand(actor, "call_people")
    counted = callbacks.counts(actor)
    group = request.GET.get("group", "")
    group = group if group in GROUPS else next((key for key, n in counted.items() if n), "first")
    page = callbacks.page(actor, group=group, cursor=request.GET.get("cursor", ""))
    context = {
        "staff": badge(actor),
        "q": "",
        "groups": _groups(counted, group),
        "word": _(_GROUPS[group]),
        "rows": [_row(row, group) for row in page.rows],
        "next": reverse("desk-callbacks") + "?" + urlencode({"group": group, "cursor": page.next}) if page.next else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/judging/callbacks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """One call: what was asked, what was answered, the three questions. What is sent leads to the next one at once."""
    demand(actor, "call_people")
    if request.method != "POST":
        return _page(request, code, actor)
    typed, seen = request.POST.dict(), request.POST.get("seen", "")
    try:
        words = _record(code, typed, actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as problem:
        return _page(request, code, actor, typed=typed, errors={problem.field: frame.words(problem)}, status=422)
    except Stale:
        words = _("这件刚刚有了变化，没有记。请看一眼，再记一次。")
        return _page(request, code, actor, typed=typed, errors={"stale": words}, status=409)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, actor, typed=typed, errors={"stale": frame.words(problem)}, status=problem.status)
    frame.tell(request, words, draft=request.path)
    following = callbacks.following(actor, but=code)
    return HttpResponseRedirect(reverse("desk-callback", args=(following[0],)) + f"?group={following[1]}" if following else reverse("desk-callbacks"))


@frame.posted(back_to="desk-callback")
@staff
def number(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """看号码: with a reason that is recorded; shown once, on this page only."""
    demand(actor, "call_people")
    try:
        found = people.open_parties(code, reason=request.POST.get("reason", ""), by=actor)
    except BadInput as problem:
        return _page(request, code, actor, errors={"open": frame.words(problem)}, status=422)
    callers = [Row(name=one.name or _("没有留名"), phone=one.phone) for one in found if one.phone]
    return _page(request, code, actor, opened=callers)


def _record(code: str, typed: dict[str, str], actor: Actor, *, seen: int | None) -> str:
    """Read the form and call the command; the words of what came of it."""
    if typed.get("what") == "missed":
        result = typed.get("result", "")
        again = _moment(typed.get("again_at", "")) if result == "later" else None
        work = callback.try_call(code, result=result, again_at=again, note=typed.get("note_missed", ""), by=actor, seen=seen)
        over = work.events[-1].action == "call_back"
        return (_("%(code)s 算没有联系上，不再打了。") if over else _("%(code)s 记下了，还会排出来。")) % {"code": code}
    answers = {key: _YES_NO.get(typed.get(key, "")) for key, _label in QUESTIONS}
    missing = next((label for key, label in QUESTIONS if answers[key] is None), None)
    if missing is not None:
        raise BadInput(field="questions", zh=f"还有一问没有记：「{missing}」。", en="One of the three questions has no answer yet.")
    work = callback.call_back(code, reached=True, note=typed.get("note", ""), by=actor, seen=seen, **answers)
    last = work.events[-1].action
    found = {"reopen": _("%(code)s 重新办理。"), "close": _("%(code)s 办结。")}.get(last, _("%(code)s 记下了。"))
    return found % {"code": code}


def _moment(text: str) -> datetime:
    """An agreed time, as a browser's field says it: Beijing time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING)
    except ValueError:
        raise BadInput(field="again_at", zh="请写约在哪天几点。", en="Say the agreed day and time.") from None


# --- what is shown --------------------------------------------------------------------------------------------------------------


def _groups(counted: dict[str, int], current: str) -> list[Row]:
    return [
        Row(key=key, label=_(_GROUPS[key]), icon=ICONS[key], count=capped(counted[key], callbacks.COUNTED_TO), alarm=key == "bad" and counted[key] > 0,
            current=key == current, url=reverse("desk-callbacks") + f"?group={key}")
        for key in GROUPS
    ]  # fmt: skip


def _row(row: ToCall, group: str) -> Row:
    marks = [shown.LEVELS[row.rating]] if row.rating else []
    marks += [_("有异议")] if row.disputed else []
    marks += [_("第 %(n)s 轮") % {"n": row.round}] if row.round > 1 else []
    return Row(
        code=row.code, title=row.title or _("（已抹除）"), category=row.category_name or _("未分类"), place=row.place_name, unit=row.unit_name or "–",
        tag=shown.tag(row.state), marks=[_(mark) for mark in marks], due=Due(start=row.started_at, due=row.due_at), answered=row.answered_at,
        tries=_("打过 %(n)s 次，%(why)s") % {"n": row.tries, "why": _(row.result_zh)} if row.tries else "", again=row.again,
        url=reverse("desk-callback", args=(row.code,)) + f"?group={group}",
    )  # fmt: skip


def _page(
    request: HttpRequest, code: str, actor: Actor, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None,
    opened: list[Row] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    view = cases.desk(code, actor)
    group = request.GET.get("group", "")
    group = group if group in GROUPS else "first"
    allowed = any(choice.action == "call_back" and choice.allowed for choice in view.choices)
    running = next((promise for promise in view.case.promises if promise.kind == "callback" and promise.state == "running"), None)
    context = {
        "staff": badge(actor),
        "q": "",
        "case": Row(
            code=code, title=shown.headline(view.case.title, view.case.body), text=view.case.body, version=view.case.version, at=view.case.received_at,
            tag=shown.tag(view.case.state), photos=shown.photos(code, view.case.shots), category=view.case.category_name or _("未分类"),
            place=" ".join(dict.fromkeys(p for p in (view.case.district_name, view.case.place_name, view.case.place_text) if p)), unit=view.case.unit_name,
            round=view.case.round,
        ),
        "due": shown.due(running) if running else None,
        "answer": shown.answer(view.case),
        "said": _said(view),
        "tried": [_try(entry) for entry in view.case.entries if entry.action == "callback_tried"][-TRIES:],
        "questions": [Row(key=key, label=_(label)) for key, label in QUESTIONS],
        "results": [Row(key=key, label=_(_RESULTS[key])) for key in RESULTS],
        "tries": TRIES,
        "outlook": _outlook(callback.outlook(code, by=actor), view) if allowed else None,
        "beside": [_row(row, group) for row in callbacks.page(actor, group=group, limit=BESIDE).rows],
        "groups": _groups(callbacks.counts(actor), group),
        "group": group,
        "typed": typed or {},
        "errors": errors or {},
        "opened": opened,
        "anonymous": view.requester == "anonymous",
        "can_dial": _dial() is not None,
        "dial_url": _dial() or "",
        "earliest": clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "desk/judging/callback.html", context, status=status)


def _dial() -> str | None:
    """点击拨号: the address of the hotline desk, where this installation has one."""
    try:
        return reverse("desk-dial")
    except NoReverseMatch:
        return None


def _said(view: DeskView) -> list[str]:
    """What the person, and others whom it concerns, have said of it already."""
    rated = next((entry for entry in reversed(view.case.entries) if entry.action == "rate"), None)
    found = []
    if view.case.rating is not None:
        words = [_(shown.LEVELS[view.case.rating]), *(rated.data.get("reasons", ()) if rated else ()), rated.text if rated else ""]
        found.append(_("评价：%(words)s") % {"words": _("，").join(word for word in words if word)})
    if view.case.voices.disputed:
        found.append(_("同诉的人里有 %(n)s 位说没办好") % {"n": view.case.voices.disputed})
    if view.case.voices.silent:
        found.append(_("同诉的人里有 %(n)s 位还没说") % {"n": view.case.voices.silent})
    return found


def _try(entry: cases.Entry) -> Row:
    again = entry.data.get("again")
    return Row(at=entry.at, why=_(_RESULTS.get(entry.data["result"], "")), text=entry.text, again=datetime.fromisoformat(again) if again else None)


def _outlook(found: Outlook, view: DeskView) -> dict[str, str]:
    """What a good and a bad answer bring, in words: 这样记下后."""
    good = {
        "close": _("办结。"),
        "none": _("同诉的人还没说完，先不办结。") if found.others else _("已经办结，记下就行。") if view.case.state == "closed" else _("记下，先不办结。"),
    }
    bad: dict[str, str] = {
        "reopen": _("重新办理，回到%(unit)s。") % {"unit": view.case.unit_name} if view.case.unit_name else _("重新办理，回到待派单。"),
        "ask": _("不会自动重办，由人来定。") + (frame.words(found.no_reopen) if found.no_reopen else ""),
    }
    if found.bad == "reopen" and found.ladder:
        words = _("按规则建议「%(level)s」，由人来开。") if found.proposed else _("按规则开出「%(level)s」。")
        bad["reopen"] += words % {"level": _(found.ladder)}
    return {"good": good.get(found.good, ""), "bad": bad.get(found.bad, ""), "because": found.because if frame.chinese() else ""}

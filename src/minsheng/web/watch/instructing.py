"""批示: written to a unit from any case in one step, and followed up until the answer will do."""

from datetime import date
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import instructing, measures
from minsheng.domain.access import Actor
from minsheng.domain.deadlines import Duration, count
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.domain.states import MeasureKind
from minsheng.policy.directory import Directory
from minsheng.queries import asked_units, cases, places
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.asked_units import Asked as Answered
from minsheng.queries.cases import DeskView
from minsheng.web import environment, formats, frame, shown, words
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due
from minsheng.web.watch.asking import Asked, looking

#: Days to answer by that are offered, in working days.
DAYS = (1, 3, 5, 10)
STATES = {"answered": "有了答复", "waiting": "等答复", "late": "超时没答复", "done": "已经了结"}
#: What a measure of these kinds is called where it stands (Measure.level).
LEVELS = {word: word for word in ("批示", "再次批示", "代表建议", "观察员建议", "再次建议")}
_FIELDS = {"answer_on": "answer_on", "unit": "unit", "text": "text"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def instruct(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """批示 on one case: what, to which unit, until when. What is refused comes back with everything that was typed."""
    back = frame.back(request, default=reverse("lead"))
    if request.method != "POST":
        return _form(request, code, actor, Row(values={}, errors={}), back)
    typed = {name: request.POST.get(name, "") for name in ("text", "unit", "answer_on", "other_on")}
    seen = request.POST.get("seen", "")
    try:
        unit = drawn.code_of(typed["unit"], "unit", directories.current())
        measures.instruct(
            code, text=typed["text"], unit=unit, answer_on=_day(typed), by=actor, seen=int(seen) if seen.isdecimal() else None
        )  # fmt: skip
    except Stale:
        return _form(request, code, actor, Row(values=typed, errors={}), back, stale=True, status=409)
    except BadInput as problem:
        field = _FIELDS.get(problem.field, "text")
        return _form(request, code, actor, Row(values=typed, errors={field: frame.words(problem)}), back, status=422)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _form(request, code, actor, Row(values=typed, errors={"text": frame.words(problem)}), back, status=problem.status)
    frame.tell(request, _("批示发出去了，单位马上收到。"), draft=f"instruct-{code}")
    return HttpResponseRedirect(back)


def _day(typed: dict[str, str]) -> date | None:
    """The day that was chosen; one that was written goes before."""
    text = typed.get("other_on") or typed.get("answer_on") or ""
    if not text or text == "none":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(field="answer_on", zh="日子没看懂，要写成 2026-03-01 这样。", en="Write the day as 2026-03-01.") from None


def _form(request: HttpRequest, code: str, actor: Actor, form: Row, back: str, *, stale: bool = False, status: int = 200) -> HttpResponse:
    view, tree = cases.desk(code, actor), directories.current()
    may = next((choice for choice in view.choices if choice.action == "instruct"), None)
    if not form.values:
        form.values = {"unit": called(view.unit, tree), "answer_on": days()[1][0]}
    context = {
        "staff": badge(actor),
        "q": "",
        "case": _case(view, tree),
        "form": form,
        "may": may is not None and may.allowed,
        "why_not": "" if may is None or may.allowed else (may.why_not_zh if frame.chinese() else may.why_not_en),
        "days": [*days(), ("none", _("不限"), "")],
        "units": drawn.lists(tree, near=tree.place_ancestors(view.place)[-1] if view.place in tree.places else None)["unit"],
        "conflict": stale,
        "back": back,
    }
    return frame.page(request, "watch/instruct.html", context, status=status)


def called(unit: str | None, tree: Directory) -> str:
    """What stands in the field for a unit: its name, with its code where two have the same."""
    if unit not in tree.units:
        return ""
    name = tree.units[unit].name
    return name if sum(one.name == name for one in tree.units.values()) == 1 else f"{unit} {name}"


def _case(view: DeskView, tree: Directory) -> Row:
    due = min((p.due_at for p in view.case.promises if p.state == "running"), default=None)
    return Row(
        code=view.case.code,
        version=view.case.version,
        title=shown.headline(view.case.title, view.case.body),
        tag=shown.tag(view.case.state, overdue=any(p.late_now for p in view.case.promises), round_=view.case.round),
        unit=tree.units[view.unit].name if view.unit in tree.units else _("还没有派给单位"),
        category=view.case.category_name or _("未分类"),
        place=view.case.place_name or view.case.district_name,
        text=view.case.body[:300],
        due=Due(start=view.case.received_at, due=due) if due else None,
        before=[
            Row(level=_(LEVELS.get(m["level"], m["level"])), unit=m["unit_name"], at=m["opened_at"])
            for m in view.measures
            if m["kind"] == "instruction" and m["status"] == "opened"
        ],
    )


def days() -> list[tuple[str, str, str]]:
    """(day, words, which day that is): the end of the n-th working day from now."""
    now, calendar = clock.now(), rulebook.today().calendar
    found = []
    for n in DAYS:
        due = count(now, Duration.parse(f"{n} working days" if n > 1 else "1 working day"), calendar).due
        found.append((due, formats.within(f"{n} 个工作日")))
    return [(f"{_last(due):%Y-%m-%d}", label, formats.due_stamp(due, now)) for due, label in found]


def _last(due: Any) -> date:
    """The day that ends at this midnight."""
    local = clock.local(due)
    return local.date() if (local.hour, local.minute) != (0, 0) else date.fromordinal(local.date().toordinal() - 1)


# --- the follow-up ----------------------------------------------------------------------------------------------------------------


@require_safe
@looking("lead")
def own(request: HttpRequest, *, actor: Actor, asked: Asked) -> HttpResponse:
    """我的批示: what came back, what still waits, what is late."""
    return _own(request, actor, Row(key="", values={}, errors={}))


def _own(request: HttpRequest, actor: Actor, form: Row, *, status: int = 200) -> HttpResponse:
    counts = asked_units.counts(actor, MeasureKind.INSTRUCTION)
    state = request.GET.get("state") or ("answered" if form.key else next((key for key in ("answered", "late", "waiting") if counts[key]), "waiting"))
    page = asked_units.own(actor, MeasureKind.INSTRUCTION, state=state, cursor=request.GET.get("cursor", ""))
    here, tree = environment.url("lead-instructions"), directories.current()
    context = {
        "staff": badge(actor),
        "q": "",
        "up": environment.url("lead"),
        "tabs": [Row(label=_(STATES[key]), url=f"{here}?state={key}", current=key == state, count=counts[key]) for key in STATES],
        "state": state,
        "rows": [row(one, tree) for one in page.rows],
        "next": f"{here}?state={state}&cursor={page.next}" if page.next else None,
        "form": form,
        "days": [*days(), ("none", _("不限"), "")],
        "done": frame.told(request),
    }
    return frame.page(request, "watch/instructions.html", context, status=status)


def row(one: Answered, tree: Directory) -> Row:
    """One instruction or suggestion as its list shows it."""
    return Row(
        key=f"{one.code}-{one.number}",
        code=one.code,
        number=one.number,
        level=_(LEVELS.get(one.level, one.level)),
        title=one.case_title or one.code,
        public_title=one.public_title or "",
        category=words.category(tree, one.category) or _("未分类"),
        place=places.short(tree, one.place) if one.place in tree.places else "",
        tag=shown.tag(one.case_state),
        unit=tree.units[one.unit].short_name if one.unit in tree.units else one.unit,
        status=one.status,
        at=one.opened_at,
        due=Due(start=one.opened_at, due=one.answer_by, met_at=one.answered_at) if one.answer_by else None,
        answered_at=one.answered_at,
        ended_at=one.ended_at,
        text=one.text or _("（已抹除）"),
        answer=one.answer,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def follow(request: HttpRequest, code: str, number: int, *, actor: Actor) -> HttpResponse:
    """认可答复, or 再批: a new instruction in place of the one whose answer does not do."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("lead-instructions"))
    typed = {name: request.POST.get(name, "") for name in ("text", "answer_on", "other_on")}
    try:
        if request.POST.get("what") == "accept":
            instructing.accept(code, number, by=actor)
            frame.tell(request, _("认可了，这条批示了结。"))
        else:
            instructing.ask_again(code, number, text=typed["text"], answer_on=_day(typed), by=actor)
            frame.tell(request, _("又批给了单位，上一条了结。"), draft=f"again-{code}-{number}")
    except MinshengError as problem:
        if problem.status == 404:
            raise
        form = Row(key=f"{code}-{number}", values=typed, errors={"text": frame.words(problem)})
        return _own(request, actor, form, status=problem.status)
    return HttpResponseRedirect(reverse("lead-instructions"))

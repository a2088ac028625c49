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
from minsheng.policy.directory import Directory
from minsheng.queries import cases
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.cases import DeskView
from minsheng.web import formats, frame, shown
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due
from minsheng.web.watch import followed
from minsheng.web.watch.asking import Asked, looking

#: Days to answer by that are offered, in working days.
DAYS = (1, 3, 5, 10)
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
            Row(level=_(followed.LEVELS.get(m["level"], m["level"])), unit=m["unit_name"], at=m["opened_at"])
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
    return followed.page(request, actor, followed.instructions(), form, days=[*days(), ("none", _("不限"), "")], status=status)


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

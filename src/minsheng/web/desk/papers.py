"""打印办理单、批办单, and 手机批示: the page behind the code of a 批办单, where a leader reads it and writes the instruction."""

from collections.abc import Sequence
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wiring
from minsheng.commands import forms, limits, papers
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, Unprintable
from minsheng.queries import cases
from minsheng.queries import directory as directories
from minsheng.queries import paper as reading
from minsheng.web import frame, shown
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff
from minsheng.web.desk.printing import base_of


@require_http_methods(["GET", "POST"])
@staff
def sheet(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """One case. Asked for by its address nobody's name stands on it; with a reason, which only the form sends, the names do."""
    given = request.POST if request.method == "POST" else request.GET
    kind = given.get("kind") or "handling"
    return _file(request, [code], kind=kind, reason=request.POST.get("reason", ""), actor=actor)


@require_POST
@staff
def sheets(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Many cases in one file: `codes`, each a field of its own."""
    codes = [code for code in request.POST.getlist("codes") if code]
    return _file(request, codes, kind=request.POST.get("kind") or "handling", reason=request.POST.get("reason", ""), actor=actor)


def _file(request: HttpRequest, codes: Sequence[str], *, kind: str, reason: str, actor: Actor) -> HttpResponse:
    limits.take(limits.SHEETS, f"staff:{actor.id}")
    base, _said = base_of(request)
    try:
        pdf = papers.sheets(codes, kind=kind, reason=reason, base=base, by=actor, printer=wiring.printer(), blobs=wiring.blobs())
    except Unprintable as lacking:
        return frame.refusal(request, status=lacking.status, message=frame.words(lacking))
    answer = HttpResponse(pdf, content_type="application/pdf")
    name = f"{codes[0]}-{kind}" if len(codes) == 1 else f"{kind}-{len(codes)}"
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


# --- 手机批示 -----------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def sign(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """手机批示: the sheet to read, and the instruction to write; the same move as on the page of the case."""
    if request.method != "POST":
        return _page(request, code, actor)
    seen = request.POST.get("seen", "")
    try:
        values = drawn.typed(request, "instruct", directories.current())
        forms.perform(code, "instruct", values, by=actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as problem:
        return _page(request, code, actor, errors={problem.field: frame.words(problem)}, status=problem.status)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, actor, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("批示发给单位了，他们会收到通知。"), draft=f"{request.path}-instruct")
    return HttpResponseRedirect(reverse("desk-sign", args=(code,)))


def _page(
    request: HttpRequest, code: str, actor: Actor, *, errors: dict[str, str] | None = None, problem: str | None = None, status: int = 200
) -> HttpResponse:
    view, tree = cases.desk(code, actor), directories.current()
    (one,) = reading.instruction_sheets([code], by=actor)
    asked = next(choice for choice in view.choices if choice.action == "instruct")
    lead = tree.units.get(view.unit or "")
    again = drawn.Again("instruct", request.POST.dict(), errors or {}) if errors or problem else drawn.Again()
    guessed = {"unit": f"{lead.code} {lead.name}"} if lead else {}
    context = {
        "staff": badge(actor),
        "q": "",
        "one": one,
        "title": shown.headline(view.case.title, view.case.body),
        "photos": shown.photos(code, view.case.shots),
        "deadlines": [Row(label=_(p.zh), due=shown.due(p)) for p in view.case.promises if p.state != "ended"],
        "version": view.case.version,
        "move": drawn.move(forms.FORMS["instruct"], again, guessed=guessed) if asked.allowed else None,
        "why_not": asked.why_not_zh if frame.chinese() else asked.why_not_en,
        "lists": {"unit": drawn.lists(tree, near=None)["unit"]} if asked.allowed else {},
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/sign.html", context, status=status)

"""评价、催办、补充、撤回: what the holder of a case may do."""

from collections.abc import Callable
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng.commands import amending, callback
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.models.case import Case
from minsheng.queries import cases
from minsheng.web import frame, shown
from minsheng.web.citizen.reading import case_context, rating

_ANSWERS = {"yes": True, "no": False}


def _own(request: HttpRequest, code: str) -> Case:
    row = frame.own(request, code)
    if row is None:
        raise NotFound("请先用编号和查询码打开这件诉求。", "Please open this case with its code and secret first.")
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """评价: five levels, two questions of the callback, and once more if it was not done."""
    view = cases.holder(_own(request, code))
    if request.method != "POST":
        return _rate_page(request, view, Row(values={}, errors={}))
    typed = {name: request.POST.get(name, "") for name in ("level", "contacted", "solved", "comment", "reopen")}
    try:
        level = typed["level"]
        if level not in {str(n) for n in callback.LEVELS}:
            raise BadInput(field="level", zh="选一个最合您心意的。", en="Choose one of the five.")
        if typed["reopen"] and not typed["comment"].strip():
            raise BadInput(field="comment", zh="哪里没办好，写一句，单位才知道改哪里。", en="Say in a sentence what was not done.")
        callback.judge(
            code,
            level=int(level),
            reasons=typed["comment"],
            contacted=_ANSWERS.get(typed["contacted"]),
            solved=_ANSWERS.get(typed["solved"]),
            again=typed["comment"] if typed["reopen"] else "",
            by=frame.citizen(request),
        )
    except MinshengError as problem:
        field = problem.field if isinstance(problem, BadInput) else "level"
        field = {"reasons": "comment", "reason": "comment"}.get(field, field)
        return _rate_page(request, view, Row(values=typed, errors={field: frame.words(problem)}), status=422)
    frame.tell(request, _("谢谢您，评价记下了。"))
    return HttpResponseRedirect(reverse("case", args=(code,)))


def _rate_page(request: HttpRequest, view: cases.CaseView, form: Row, *, status: int = 200) -> HttpResponse:
    head = Row(code=view.code, title=shown.headline(view.title, view.body), tag=shown.tag(view.state))
    return frame.page(request, "citizen/rate.html", {"case": head, "answer": shown.answer(view), "rate": rating(view, form=form)}, status=status)


@frame.posted(back_to="case")
def urge(request: HttpRequest, code: str) -> HttpResponse:
    """催一下."""
    return _do(request, code, "urge", lambda: amending.urge(code, by=frame.citizen(request)), done=_("已经催了，办理单位马上会看到。"))


@frame.posted(back_to="case")
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """补充."""
    text = request.POST.get("text", "")
    return _do(request, code, "supplement", lambda: amending.supplement(code, text=text, by=frame.citizen(request)), done=_("补充的内容已经交给办理单位。"))


@frame.posted(back_to="case")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """撤回."""
    reason = request.POST.get("reason") or request.POST.get("text") or ""
    return _do(request, code, "withdraw", lambda: amending.withdraw(code, reason=reason, by=frame.citizen(request)), done=_("已经撤回。"))


def _do(request: HttpRequest, code: str, name: str, command: Callable[[], object], *, done: str) -> HttpResponse:
    """Run the command; a refusal comes back on the same page with what was typed."""
    _own(request, code)
    try:
        command()
    except MinshengError as problem:
        field = problem.field if isinstance(problem, BadInput) else "text"
        form = Row(values=request.POST.dict(), errors={field: frame.words(problem)})
        part = Row(open=True, reason=frame.words(problem), form=form)
        return frame.page(request, "citizen/case.html", case_context(request, code, **{name: part}), status=problem.status)
    frame.tell(request, done, draft=f"{name}-{code}")
    return HttpResponseRedirect(reverse("case", args=(code,)))

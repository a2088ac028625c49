"""评价、催办、补充、撤回: what the holder of a case may do, and what a link in a message lets somebody judge."""

from collections.abc import Callable
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minsheng import wiring
from minsheng.commands import amending, callback, links, uploads
from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.models.case import Case
from minsheng.queries import cases
from minsheng.web import frame, shown
from minsheng.web.citizen.showing import case_context, rating
from minsheng.web.security import client_address

_ANSWERS = {"yes": True, "no": False}


def _own(request: HttpRequest, code: str) -> Case:
    row = frame.own(request, code)
    if row is None:
        raise NotFound("请先用编号和查询码打开这件诉求。", "Please open this case with its code and secret first.")
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, code: str) -> HttpResponse:
    """评价: five levels with reasons, the questions of the callback, and once more if it was not done."""
    view = cases.holder(_own(request, code))
    if request.method != "POST":
        return _rate_page(request, view, rating(view), to=reverse("rate", args=(code,)))
    problem = _judge(request, code, by=frame.citizen(request))
    if problem is not None:
        return _rate_page(request, view, rating(view, form=problem), to=reverse("rate", args=(code,)), status=422)
    frame.tell(request, _("谢谢您，评价记下了。"))
    return HttpResponseRedirect(reverse("case", args=(code,)))


def _judge(request: HttpRequest, code: str, *, by: Actor) -> Row | None:
    """Judge as the form says; None when it was taken, else the form with what was typed and what is wrong."""
    typed = {name: request.POST.get(name, "") for name in ("level", "contacted", "solved", "comment", "reopen")}
    ticked = request.POST.getlist("why")
    try:
        if typed["level"] not in {str(n) for n in callback.LEVELS}:
            raise BadInput(field="level", zh="选一个最合您心意的。", en="Choose one of the five.")
        if typed["reopen"] and not typed["comment"].strip() and not ticked:
            raise BadInput(field="comment", zh="哪里没办好，写一句，单位才知道改哪里。", en="Say in a sentence what was not done.")
        callback.judge(
            code,
            level=int(typed["level"]),
            reasons=typed["comment"],
            ticked=ticked,
            contacted=_ANSWERS.get(typed["contacted"]),
            solved=_ANSWERS.get(typed["solved"]),
            again=(typed["comment"].strip() or "；".join(ticked)) if typed["reopen"] else "",
            by=by,
        )
    except MinshengError as problem:
        field = problem.field if isinstance(problem, BadInput) else "level"
        field = {"reasons": "comment", "reason": "comment"}.get(field, field)
        return Row(values={**typed, "why": ticked}, errors={field: frame.words(problem)})
    return None


def _rate_page(request: HttpRequest, view: cases.CaseView, asked: Row, *, to: str, status: int = 200, linked: bool = False) -> HttpResponse:
    head = Row(code=view.code, title=shown.headline(view.title, view.body), tag=shown.tag(view.state))
    context = {"case": head, "answer": shown.answer(view), "rate": asked, "to": to, "linked": linked}
    return frame.page(request, "citizen/rate.html", context, status=status)


# --- by a link, without signing in ------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def linked(request: HttpRequest, word: str) -> HttpResponse:
    """短信里的链接: the caller judges, somebody else whom it concerns says whether it is done. Nobody has to sign in."""
    found = links.find(word, address=client_address(request))
    to = reverse("linked", args=(word,))
    if found.other:
        return _voice(request, found, word, to=to)
    view = cases.holder(found.case)
    if view.rating is not None or "rate" not in view.moves or shown.answer(view) is None:
        return _thanks(request, view, again=view.rating is not None)
    if request.method != "POST":
        return _rate_page(request, view, rating(view), to=to, linked=True)
    problem = _judge(request, found.case.code, by=HOLDER)
    if problem is not None:
        return _rate_page(request, view, rating(view, form=problem), to=to, status=422, linked=True)
    links.used(word)
    return _thanks(request, cases.holder(Case.objects.get(pk=found.case.pk)), again=False)


def _voice(request: HttpRequest, found: links.Linked, word: str, *, to: str) -> HttpResponse:
    """办好了、没办好, of one of several; it may be said otherwise as long as the link is good."""
    view = cases.holder(found.case)
    form, status = Row(values={}, errors={}), 200
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("done", "words")}
        try:
            if typed["done"] not in _ANSWERS:
                raise BadInput(field="done", zh="办好了没有，选一个。", en="Is it done or not? Choose one.")
            callback.voice(found.case.code, party=found.party.pk, done=_ANSWERS[typed["done"]], words=typed["words"], by=HOLDER)
        except MinshengError as problem:
            field = problem.field if isinstance(problem, BadInput) else "done"
            form, status = Row(values=typed, errors={field: frame.words(problem)}), 422
        else:
            links.used(word)
            return _thanks(request, view, again=False)
    title = shown.headline(found.case.title, view.body)
    context = {"case": Row(code=view.code, title=title), "answer": shown.answer(view), "form": form, "to": to}
    return frame.page(request, "citizen/voice.html", context, status=status)


def _thanks(request: HttpRequest, view: cases.CaseView, *, again: bool) -> HttpResponse:
    public = view.visibility == "public"
    return frame.page(
        request, "citizen/thanks.html", {"case": Row(code=view.code, title=shown.headline(view.title, view.body)), "public": public, "again": again}
    )


@frame.posted(back_to="case")
def urge(request: HttpRequest, code: str) -> HttpResponse:
    """催一下."""
    return _do(request, code, "urge", lambda: amending.urge(code, by=frame.citizen(request)), done=_("已经催了，办理单位马上会看到。"))


@frame.posted(back_to="case")
def supplement(request: HttpRequest, code: str) -> HttpResponse:
    """补充."""

    def add() -> None:
        tickets = [uploads.store(photo.read(), redraw=wiring.redraw, blobs=wiring.blobs()).ticket for photo in request.FILES.getlist("photos")[:9]]
        amending.supplement(code, text=request.POST.get("text", ""), attachments=tickets, by=frame.citizen(request))

    return _do(request, code, "supplement", add, done=_("补充的内容已经交给办理单位。"))


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
        field = {"attachments": "photos", "evidence": "photos", "photo": "photos"}.get(field, field)
        form = Row(values=request.POST.dict(), errors={field: frame.words(problem)})
        part = Row(open=True, reason=frame.words(problem), form=form)
        return frame.page(request, "citizen/case.html", case_context(request, code, **{name: part}), status=problem.status)
    frame.tell(request, done, draft=f"{name}-{code}")
    return HttpResponseRedirect(reverse("case", args=(code,)))

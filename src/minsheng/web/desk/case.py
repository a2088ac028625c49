"""一件诉求 at the desk: read it, make a move, open the person's data. What is refused comes back on the page with everything that was typed."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.commands import forms, people
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.intelligence import answer_review
from minsheng.queries import case_news, cases
from minsheng.queries import directory as directories
from minsheng.web import frame
from minsheng.web.desk import case_panes as panes
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.case_page import ANSWERING, Said, page
from minsheng.web.desk.entering import staff
from minsheng.web.desk.knowledge import note_used

#: A step that takes no version (it changes nobody's ground) and was sent twice within this time was a button pressed twice.
TWICE = timedelta(minutes=1)
#: Such steps, with the entry that they leave and the field that says the same again.
_AGAIN = {
    "progress": ("progress", "text"),
    "contribute": ("contribute", "opinion"),
    "try_contact": ("contact_tried", "note"),
    "supplement": ("supplement", "text"),
}


@require_safe
@staff
def show(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """一件诉求. A page that is left open asks with the last entry it knows, and gets an answer only where there is another one."""
    if access.only_looks_on(actor):
        return HttpResponseRedirect(reverse("look-on-case", args=(code,)))
    after = request.GET.get("after", "")
    if after.isdecimal() and request.headers.get("HX-Request") and case_news.news(code, actor)[0] <= int(after):
        return HttpResponse(status=204)
    action = request.GET.get("do", "")
    again = drawn.Again(action, {k: v for k, v in request.GET.items() if k not in ("do", "show", "after")}) if action else drawn.Again()
    return page(request, code, actor, Said(again=again))


@frame.posted(back_to="desk-case")
@staff
def move(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """Make a move."""
    action, seen = request.POST.get("action", ""), request.POST.get("seen", "")
    values: dict[str, Any] = {}
    try:
        form = drawn.form(action)
        values = drawn.typed(request, action, directories.current())
        if request.POST.get("anyway") != "yes" and (held := _looked_at(request, code, actor, action, values)) is not None:
            return held
        if _pressed_twice(code, action, values, actor):
            return _done_already(request, code, form, action)
        drawn.perform(code, action, values, by=actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as problem:
        words = frame.words(problem)
        known = any(f.name == problem.field for f in (drawn.OWN.get(action) or forms.FORMS.get(action, _NOTHING)).fields)
        errors = {problem.field: words} if known else {}
        return _again(request, code, actor, action, values, status=problem.status, errors=errors, problem=None if known else words)
    except Stale as problem:
        return _stale(request, code, actor, action, values, problem)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _again(request, code, actor, action, values, status=problem.status, problem=frame.words(problem))
    if action in ANSWERING:
        note_used(request, code, actor=actor)
    frame.tell(request, _("「%(what)s」记下了。") % {"what": drawn.words(form)}, draft=f"{request.path}-{action}")
    return HttpResponseRedirect(reverse("desk-case", args=(code,)))


_NOTHING = forms.Form(action="", zh="", en="", command=lambda: None)


def _looked_at(request: HttpRequest, code: str, actor: Actor, action: str, values: dict[str, Any]) -> HttpResponse | None:
    """发出前检查: words for the citizen that leave something out come back once, with what it is. None: nothing to say against them."""
    if action not in drawn.CHECKED:
        return None
    checked = forms.parse(action, values)  # what is missing from the form is said first
    view = cases.desk(code, actor)
    points = answer_review.review(checked["text"], view.case.body, outcome=checked.get("outcome", ""))
    if not answer_review.warns(points):
        return None
    again = drawn.Again(action, drawn.comes_back(request, action, values))
    return page(request, code, actor, Said(again=again, review=points), status=422)


def _pressed_twice(code: str, action: str, values: dict[str, Any], actor: Actor) -> bool:
    entry, name = _AGAIN.get(action, ("", ""))
    text = str(values.get(name, "")).strip()
    return bool(entry and text) and case_news.said_again(code, action=entry, text=text, by=actor.tag, since=clock.now() - TWICE)


def _done_already(request: HttpRequest, code: str, form: forms.Form, action: str) -> HttpResponse:
    frame.tell(request, _("「%(what)s」刚刚已经记下了，没有重复记。") % {"what": drawn.words(form)}, draft=f"{request.path}-{action}")
    return HttpResponseRedirect(reverse("desk-case", args=(code,)))


def _stale(request: HttpRequest, code: str, actor: Actor, action: str, values: dict[str, Any], problem: Stale) -> HttpResponse:
    """Somebody was faster: who, and what; or it was this very person, whose button was pressed twice."""
    view = cases.desk(code, actor)
    fresh = panes.since(view, problem.seen)
    own = [e for e in fresh if e.data.get("versioned")]
    if len(own) == 1 and own[0].action == action and view.doers[own[0].seq] == actor.tag and clock.now() - own[0].at < TWICE:
        return _done_already(request, code, drawn.form(action), action)
    return _again(request, code, actor, action, values, status=409, seen=problem.seen)


@frame.posted(back_to="desk-case")
@staff
def reveal(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """查看诉求人: with a reason that is recorded; shown once, on this page only."""
    try:
        found = people.open_parties(code, reason=request.POST.get("reason", ""), by=actor)
    except BadInput as problem:
        return page(request, code, actor, Said(problem=frame.words(problem)), status=problem.status)
    facts = [(_(_PARTY.get(p.role, p.role)), " ".join(x for x in (p.name, p.phone, p.address) if x)) for p in found]
    return page(request, code, actor, Said(opened=facts or [(_("诉求人"), _("没有留下姓名和电话"))]))


_PARTY = {"caller": "诉求人", "concerned": "当事人", "affected": "同诉人", "accused": "被反映人"}


def _again(
    request: HttpRequest,
    code: str,
    actor: Actor,
    action: str,
    values: dict[str, Any],
    *,
    status: int,
    errors: dict[str, str] | None = None,
    problem: str | None = None,
    seen: int | None = None,
) -> HttpResponse:
    again = drawn.Again(action, drawn.comes_back(request, action, values), errors or {})
    return page(request, code, actor, Said(again=again, problem=problem, seen=seen), status=status)

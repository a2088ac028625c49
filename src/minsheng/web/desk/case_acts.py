"""Beside the moves of a case: the check while an answer is written, templates, what somebody says of a suggestion, similar cases."""

from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.commands import amending
from minsheng.commands import judging_suggestions as judging
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.intelligence import answer_review
from minsheng.queries import answer_templates, cases, similar
from minsheng.queries import directory as directories
from minsheng.queries.cases import DeskCase
from minsheng.web import formats, frame, shown
from minsheng.web.desk import case_panes as panes
from minsheng.web.desk import forms as drawn
from minsheng.web.desk import suggestions
from minsheng.web.desk.case_page import Said, page
from minsheng.web.desk.entering import staff

_LONGEST = 4000


# --- answers ----------------------------------------------------------------------------------------------------------------------


@frame.posted(back_to="desk-case")
@staff
def check(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """发出前检查, while it is being written: a part of the page with htmx, else the page with the form as it was typed."""
    view = cases.desk(code, actor)
    text = request.POST.get("text", "")[:_LONGEST]
    points = answer_review.review(text, view.case.body, outcome=request.POST.get("outcome", "")) if text.strip() else ()
    if request.headers.get("HX-Request"):
        return frame.page(request, "desk/case_check.html", {"review": panes.review(points)})
    action = request.POST.get("action", "")
    return page(request, code, actor, Said(again=drawn.Again(action, drawn.comes_back(request, action, {})), review=points))


@frame.posted(back_to="desk-case")
@staff
def use_template(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """套模板: its words, filled with what is known of the case; below what is typed already, which is never overwritten. With scripts only the words go out."""
    view, chosen = cases.desk(code, actor), request.POST.get("template", "")
    found = answer_templates.one(int(chosen), actor=actor) if chosen.isdecimal() and len(chosen) < 10 else None
    action = request.POST.get("action", "")
    typed = drawn.comes_back(request, action, {})
    if found is None:
        said = Said(again=drawn.Again(action, typed), problem=_("请先选一个模板。"))
        return page(request, code, actor, said, status=422)
    words = _filled(view, found.body, actor)
    if request.headers.get("X-Requested-With") == "template":
        return HttpResponse(words, content_type="text/plain; charset=utf-8")
    before = typed.get("text", "").rstrip()
    typed["text"] = f"{before}\n{words}" if before else words
    return page(request, code, actor, Said(again=drawn.Again(action, typed)))


def _filled(view: DeskCase, body: str, actor: Actor) -> str:
    tree = directories.current()
    own = next((o.unit for o in view.orders if o.active and o.unit in actor.units()), None) or next(iter(actor.units()), "")
    unit = tree.units.get(own)
    return answer_templates.filled(
        body,
        unit=unit.name if unit else "",
        phone=(unit.phone if unit else "") or "",
        place=view.case.place_name or view.case.district_name,
        date=formats.day(clock.now()),
    )


# --- suggestions --------------------------------------------------------------------------------------------------------------------


@frame.posted(back_to="desk-case")
@staff
def judge(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """对 or 不对; what can be set right at once is set right, what needs a form opens it, filled in."""
    kind, value = request.POST.get("kind", "")[:20], request.POST.get("value", "")[:60]
    view, tree = cases.desk(code, actor), directories.current()
    try:
        right = _right(request, kind)
        share = _share(view, kind, value, request.POST.get("share", ""))
        if right is None:
            judging.agree(code, kind=kind, value=value, share=share, by=actor)
        else:
            judging.disagree(code, kind=kind, value=value, share=share, instead=right, by=actor)
        return _followed(request, view, kind, value if right is None else right, actor)
    except MinshengError as problem:
        if isinstance(problem, NotFound):
            raise
        known = suggestions.find(view, tree, kind, value)
        words = f"{known.label}：{frame.words(problem)}" if known else frame.words(problem)
        return page(request, code, actor, Said(problem=words), status=problem.status)


def _right(request: HttpRequest, kind: str) -> str | None:
    """What would have been right, as a code; None where the suggestion is said to be right."""
    match request.POST.get("say"):
        case "right":
            return None
        case "wrong":
            typed = request.POST.get("instead", "")[:100]
            return drawn.code_of(typed, kind, directories.current()) if kind in ("category", "unit") and typed.strip() else typed.strip()
        case _unknown:
            raise BadInput(field="say", zh="请说这条建议对还是不对。", en="Say whether the suggestion is right or wrong.")


def _share(view: DeskCase, kind: str, value: str, typed: str) -> int:
    found = suggestions.find(view, directories.current(), kind, value)
    if kind == "similar":
        return int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    if found is None:
        raise BadInput(field="kind", zh="这条建议已经变了，请看新的。", en="This suggestion has changed; please look at the new one.")
    return found.share or 0


def _followed(request: HttpRequest, view: DeskCase, kind: str, value: str, actor: Actor) -> HttpResponse:
    """What follows from what was said: the case is corrected, or the form that would do it is opened."""
    code, here = view.case.code, reverse("desk-case", args=(view.case.code,))
    may = {c.action for c in view.choices if c.allowed}
    held = {"category": view.case.category, "urgency": view.urgency, "unit": view.unit}.get(kind)
    seen = request.POST.get("seen", "")
    if kind in ("category", "urgency") and "amend" in may and held != value:
        reason = _("按系统建议") if request.POST.get("say") == "right" else _("系统建议不对")
        changed = {"category": value} if kind == "category" else {"urgency": value}
        amending.amend(code, reason=reason, **changed, by=actor, seen=int(seen) if seen.isdecimal() else None)  # type: ignore[arg-type]
        frame.tell(request, _("记下了，已经改过来。"))
        return HttpResponseRedirect(here)
    step = next((one for one in ("dispatch", "reassign") if one in may), None)
    if kind == "unit" and step is not None and held != value:
        unit = directories.current().units[value]
        frame.tell(request, _("记下了。看一看下面填好的表，再发出去。"))
        return HttpResponseRedirect(f"{here}?{urlencode({'do': step, 'lead': f'{unit.code} {unit.name}'})}#composer")
    frame.tell(request, _("记下了，谢谢。"))
    return HttpResponseRedirect(here)


# --- similar cases ------------------------------------------------------------------------------------------------------------------


@require_safe
@staff
def alike(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """相似工单: asked for by the page once it stands (comparing words takes longer than the page); without scripts, the page with them."""
    view = cases.desk(code, actor)
    rows = _alike(view, actor)
    if request.headers.get("HX-Request"):
        return frame.page(request, "desk/case_similar.html", {"similar": rows, "case": Row(code=code), "judges": "judge_suggestion" in view.deeds})
    return page(request, code, actor, Said(similar=rows))


def _alike(view: DeskCase, actor: Actor) -> list[Row]:
    best = view.suggested[0] if view.suggested else None
    told = similar.told(
        f"{view.case.title} {view.case.body}",
        place=view.place,
        keywords=tuple(best["because"]) if best else (),
        categories={view.case.category: 1.0} if view.case.category else {best["code"]: best["percent"] / 100} if best else {},
    )
    wrong = {value for (kind, value), right in view.verdicts.items() if kind == "similar" and not right}
    may_merge = any(c.action == "merge" and c.allowed for c in view.choices)
    found = similar.for_staff(told, place=view.place, actor=actor, code=view.case.code)
    here = reverse("desk-case", args=(view.case.code,))
    return [
        Row(
            code=one.code,
            title=one.title or shown.headline("", one.excerpt),
            url=reverse("desk-case" if one.sees else "case", args=(one.code,)),
            tag=shown.tag(one.state, overdue=one.overdue),
            share=round(one.score * 100),
            reasons=[*(_("「%(word)s」") % {"word": word} for word in one.because), *([_(_NEAR[one.near])] if one.near in _NEAR else [])],
            released=one.released,
            merge=f"{here}?{urlencode({'do': 'merge', 'into': one.code})}#composer" if may_merge and one.sees and one.open else None,
        )
        for one in found
        if one.code not in wrong
    ]


_NEAR = {"building": "同一栋楼", "grid": "同一个网格", "community": "同一个社区", "street": "同一条街道"}

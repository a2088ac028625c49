"""预览: one case beside the list, with the move that it waits for; and the star."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng.commands import forms, reading, stars
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.domain.states import CHANNEL_ZH, Channel
from minsheng.models.case import Case
from minsheng.queries import cases, inbox
from minsheng.queries import colleagues as people
from minsheng.queries import directory as directories
from minsheng.queries.cases import DeskCase, Entry
from minsheng.web import frame, shown
from minsheng.web.desk import case_panes, worklist_rows
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import staff

#: The last entries that a preview shows.
LAST = 2
#: Moves by which a citizen hears something (the key R), the most thorough first.
_ANSWERS = ("answer", "answer_at_once", "reply", "contribute")


@require_safe
@staff
def preview(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """预览: a part of the list. Opened by itself, the address leads to the case."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(reverse("desk-case", args=(code,)))
    return _part(request, code, actor)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def move(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """Make a move from the preview. What is refused comes back in it with everything that was typed."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-case", args=(code,)))
    action, seen = request.POST.get("action", ""), request.POST.get("seen", "")
    try:
        form = forms.form(action)
        forms.perform(code, action, drawn.typed(request, action, directories.current()), by=actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as bad:
        known = action in forms.FORMS and any(f.name == bad.field for f in forms.FORMS[action].fields)
        again = drawn.Again(action, request.POST.dict(), {bad.field: frame.words(bad)} if known else {})
        return _part(request, code, actor, again, problem=None if known else frame.words(bad), status=422)
    except Stale:
        return _part(request, code, actor, drawn.Again(action, request.POST.dict()), stale=True, status=409)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _part(request, code, actor, drawn.Again(action, request.POST.dict()), problem=frame.words(problem), status=409)
    answer = _part(request, code, actor, done=_("「%(what)s」记下了。") % {"what": drawn.words(form)})
    answer["HX-Trigger"] = "worklist:moved"
    return answer


def _part(
    request: HttpRequest,
    code: str,
    actor: Actor,
    again: drawn.Again = drawn.Again(),  # noqa: B008 (frozen)
    *,
    problem: str | None = None,
    done: str | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    try:
        view = cases.desk(code, actor)
    except MinshengError:
        if done is None:
            raise
        context: dict[str, Any] = {"preview": Row(gone=True, done=done)}  # the case has left this person's sight with the move
    else:
        pk, version = Case.objects.values_list("pk", "version").get(code=code)
        reading.mark(pk, seq=view.case.entries[-1].seq, by=actor)
        context = {"preview": _preview(view, version, actor, again, problem=problem, done=done, stale=stale)}
    return frame.page(request, "desk/worklist/preview.html", context, status=status)


def _preview(view: DeskCase, version: int, actor: Actor, again: drawn.Again, *, problem: str | None, done: str | None, stale: bool) -> Row:
    case, tree = view.case, directories.current()
    mates = people.choices(actor)
    moves = drawn.moves(view, actor, again, colleagues=mates)
    # the forms that open beside the list, each with its fields (the page of the case keeps blank ones as HTML)
    whole = {"person": mates, "words": []}
    moves = [drawn.move(drawn.form(one.action), again, primary=one.primary, people=whole, guessed=drawn.guess(view)) for one in moves]
    by_action = {one.action: one for one in moves}
    first = next((one for one in moves if one.primary), None)
    answer = next((by_action[action] for action in _ANSWERS if action in by_action and by_action[action] is not first), None)
    urge = by_action.get("urge")
    shown_ = [one for one in (first, answer, urge) if one is not None]
    if again.action in by_action and by_action[again.action] not in shown_:
        shown_.append(by_action[again.action])
    row = worklist_rows.row(inbox.chosen(actor, [case.code])[0])
    lists = drawn.lists(tree, near=_district(view))
    needed = {drawn.LISTS[field.kind] for one in shown_ for field in drawn.form(one.action).fields if field.kind in drawn.LISTS}
    return Row(
        gone=False,
        code=case.code,
        title=shown.headline(case.title, case.body),
        text=case.body,
        channel=_(CHANNEL_ZH[Channel(view.channel)]),
        at=case.received_at,
        version=version,
        tag=row.tag,
        chips=_chips(view),
        photos=shown.photos(case.code, case.shots),
        place=" ".join(dict.fromkeys(p for p in (case.district_name, case.place_name, case.place_text) if p)),
        unit=case.unit_name,
        promises=shown.promises(case),
        latest=[_latest(entry) for entry in ([e for e in case.entries[1:] if e.text] or case.entries[1:])[-LAST:]],
        first=first,
        answer=answer,
        urge=urge,
        other=next((one for one in shown_ if one not in (first, answer, urge)), None),
        open=again.action or (first.action if first else ""),
        lists={name: words for name, words in lists.items() if name in needed},
        starred=row.starred,
        conflict=case_panes.conflict(view, int(again.typed.get("seen") or 0), again, set(by_action)) if stale else None,
        problem=problem,
        done=done,
    )


def _chips(view: DeskCase) -> list[str]:
    case = view.case
    chips = [case.category_name or _("未分类")]
    chips += [_(view.urgency_zh)] if view.urgency != "normal" else []
    chips += [_("%(n)s 人同诉") % {"n": case.supporters}] if case.supporters else []
    return [*chips, _("第 %(n)s 轮") % {"n": case.round}] if case.round > 1 else chips


def _latest(entry: Entry) -> Row:
    """One of the last entries: who did what, and the words."""
    who = entry.unit_name or (_(entry.actor) if entry.actor else _("系统"))
    return Row(who=who, what=_(entry.zh), at=entry.at, text=entry.text, public=entry.public)


def _district(view: DeskCase) -> str | None:
    tree = directories.current()
    line = tree.place_ancestors(view.place) if view.place in tree.places else ()
    return next((code for code in line if tree.places[code].kind == "district"), None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def star(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """盯着、不盯了: `off` takes it back. With scripts the star alone is drawn anew; without them the page comes again."""
    if request.method == "POST":
        if request.POST.get("star") == "off":
            stars.unstar(code, by=actor)
        else:
            stars.star(code, by=actor)
        if request.headers.get("HX-Request"):
            return frame.page(request, "desk/worklist/star.html", {"code": code, "starred": request.POST.get("star") != "off"})
    return HttpResponseRedirect(frame.back(request, default=reverse("desk-case", args=(code,))))

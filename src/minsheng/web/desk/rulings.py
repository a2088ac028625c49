"""裁定: a dispute between units side by side, the form that ends it, and the ruling that becomes a rule of responsibility."""

from datetime import date, datetime
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import forms, ruling_rules
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day
from minsheng.domain.errors import BadInput, MinshengError, Stale
from minsheng.policy.directory import Directory, Place, near_border
from minsheng.policy.responsibility import responsible
from minsheng.queries import cases, rulings
from minsheng.queries import directory as directories
from minsheng.queries.cases import DeskView
from minsheng.queries.rulings import Proposed
from minsheng.web import frame, shown
from minsheng.web.citizen import maps
from minsheng.web.desk import approvals
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.deeds import allowed, demand
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

#: How near a border makes a place doubtful, in metres.
NEAR = 150
_LEVELS = {"community": said("社区"), "street": said("街道"), "district": said("县区"), "building": said("楼栋"), "grid": said("网格")}
_STATUS = {"asked": said("等人定"), "accepted": said("已成规则"), "refused": said("没有采用")}


@require_safe
@staff
def queue(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """待裁定, most pressing first."""
    demand(actor, "rule_disputes")
    page = rulings.waiting(actor, cursor=request.GET.get("cursor", ""))
    context = {
        "staff": badge(actor),
        "q": "",
        "tabs": approvals.tabs(actor),
        "rows": [Row(**_plain(row), due=Due(start=row.started_at, due=row.due_at) if row.due_at else None) for row in page.rows],
        "next": reverse("desk-rulings") + "?" + urlencode({"cursor": page.next}) if page.next else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/judging/rulings.html", context)


def _plain(row: rulings.Disputed) -> dict[str, Any]:
    return {
        "code": row.code, "title": row.title or _("（已抹除）"), "category": row.category_name or _("未分类"), "place": row.place_name,
        "refusals": row.refusals,
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """One dispute; what is sent is the ruling itself."""
    demand(actor, "rule_disputes")
    if request.method != "POST":
        return _page(request, code, actor)
    seen = request.POST.get("seen", "")
    try:
        values = drawn.typed(request, "rule", directories.current())
        forms.perform(code, "rule", values, by=actor, seen=int(seen) if seen.isdecimal() else None)
    except BadInput as problem:
        known = any(field.name == problem.field for field in forms.FORMS["rule"].fields)
        errors = {problem.field: frame.words(problem)} if known else {}
        again = drawn.Again("rule", request.POST.dict(), errors)
        return _page(request, code, actor, again, problem=None if known else frame.words(problem), status=422)
    except Stale:
        words = _("同事刚刚动过这件。您写的还在下面，请看过最新情况再交。")
        return _page(request, code, actor, drawn.Again("rule", request.POST.dict()), problem=words, status=409)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, actor, drawn.Again("rule", request.POST.dict()), problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("裁定记下了，两边都会看到依据。以后同样的事都这样办的话，可以把它变成规则。"), draft=f"{request.path}-rule")
    return HttpResponseRedirect(reverse("desk-ruling", args=(code,)))


@frame.posted(back_to="desk-ruling")
@staff
def propose(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """变成规则: asked of a second person."""
    demand(actor, "propose_rules")
    values = {name: request.POST.get(name, "").strip() for name in ("category", "place", "basis", "valid_from")}
    try:
        day = date.fromisoformat(values["valid_from"]) if values["valid_from"] else None
        made = ruling_rules.propose_rule(
            code, category=values["category"], place=values["place"] or None, basis=values["basis"], valid_from=day, by=actor
        )  # fmt: skip
    except ValueError:
        return _page(request, code, actor, wanted=Row(values=values, problem=_("请写成年-月-日，例如 2026-12-01。")), status=422)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, actor, wanted=Row(values=values, problem=frame.words(problem)), status=problem.status)
    frame.tell(request, _("建议交上去了，由另一个人来定。"))
    return HttpResponseRedirect(reverse("desk-rule", args=(made.pk,)))


def _page(
    request: HttpRequest, code: str, actor: Actor, again: drawn.Again | None = None, *, problem: str | None = None, wanted: Row | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    view, tree = cases.desk(code, actor), directories.current()
    district = _district(view, tree)
    ruled = next((entry for entry in reversed(view.case.entries) if entry.action == "rule"), None)
    # A ruling ends the dispute; whoever sends back after it begins another.
    settled = ruled is not None and all(datetime.fromisoformat(one["at"]) <= ruled.at for one in view.refusals)
    may_rule = not settled and any(choice.action == "rule" and choice.allowed for choice in view.choices)
    context = {
        "staff": badge(actor),
        "q": "",
        "case": Row(
            code=code, title=shown.headline(view.case.title, view.case.body), text=view.case.body, version=view.case.version, tag=shown.tag(view.case.state),
            category=view.case.category_name or _("未分类"), at=view.case.received_at, photos=shown.photos(code, view.case.shots),
        ),
        "due": next((shown.due(promise) for promise in view.case.promises if promise.kind == "ruling" and promise.state == "running"), None),
        "sides": [Row(unit=one["unit_name"], at=datetime.fromisoformat(one["at"]), proposed=one["proposed_name"], text=one["text"]) for one in view.refusals],
        "rules": _rules(view, tree),
        "place": _place(view, tree),
        "earlier": rulings.earlier(actor, code=code, category=view.case.category, district=district),
        "move": drawn.move(forms.FORMS["rule"], again or drawn.Again()) if may_rule or again else None,
        "ruled": Row(unit=ruled.unit_name, at=ruled.at, text=ruled.text, interim=_day_of(ruled.data.get("interim_until"))) if ruled else None,
        "proposals": [_proposal(row) for row in rulings.of_case(code)],
        "form": _wanted(view, tree, ruled, wanted) if ruled and allowed(actor, "propose_rules") else None,
        "problem": problem,
        "done": frame.told(request),
        "lists": {"unit": drawn.lists(tree, near=district)["unit"]},
    }  # fmt: skip
    return frame.page(request, "desk/judging/ruling.html", context, status=status)


def _district(view: DeskView, tree: Directory) -> str | None:
    place = view.place if view.place in tree.places else None
    return next((code for code in tree.place_ancestors(place) if tree.places[code].kind == "district"), None) if place else None


def _day_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _rules(view: DeskView, tree: Directory) -> Row:
    """Who answers by the rules today, why, and which rules speak of it."""
    category = view.case.category if view.case.category in tree.categories else None
    place = view.place if view.place in tree.places else None
    today = beijing_day(clock.now())
    found = responsible(tree, category=category, place=place, on=today)
    near = [
        Row(category=rulings.name_of(tree.categories, rule.category) or _("所有类别"), place=rulings.name_of(tree.places, rule.place) or _("各处"),
            lead=rulings.short(tree, rule.lead), basis=rule.basis)
        for rule in tree.rules_for(category=category, place=place) if rule.valid(today)
    ]  # fmt: skip
    return Row(unit=rulings.short(tree, found.lead), basis=found.basis, near=near[:6])


def _place(view: DeskView, tree: Directory) -> Row:
    """Where it is: the places around it with the unit of each, and others that begin close by."""
    place = tree.places.get(view.place or "")
    if place is None:
        return Row(line=[], text=view.case.place_text, near=[], map=None)
    around = [tree.places[code] for code in reversed(tree.place_ancestors(place.code))]
    line = [
        Row(kind=_(_LEVELS.get(one.kind, one.kind)), name=one.name, unit=_other(one.name, rulings.short(tree, one.unit)))
        for one in around
    ]  # fmt: skip
    near = near_border(tree, lat=place.lat, lng=place.lng, metres=NEAR) if place.lat is not None and place.lng is not None else ()
    return Row(line=line, text=view.case.place_text, near=[one.name for one in near][:6], map=_map(around))


def _map(around: list[Place]) -> Row | None:
    """The communities of the street (or what is known of it), the case's own marked; static/js/ruling_map.js draws it."""
    codes = {one.kind: one.code for one in around}
    under = codes.get("street") or codes.get("district")
    if under is None:
        return None
    level = "community" if "street" in codes else "street"
    here = codes.get(level, under)
    return Row(outlines=maps.outlines_url(level, under), window=maps.window(under), here=here, tiles=maps.tiles())


def _other(place: str, unit: str) -> str:
    """The unit of a place, where its name is not the place's own."""
    return "" if place.endswith(unit) else unit


def _wanted(view: DeskView, tree: Directory, ruled: cases.Entry, again: Row | None) -> Row:
    """The form of a rule: category of the case or above it, a place around it, the ruling's own basis."""
    categories = [(code, tree.categories[code].name) for code in ruling_rules.above_category(tree, view.case.category)]
    around = tree.place_ancestors(view.place) if view.place in tree.places else ()
    places = [(code, f"{tree.places[code].name}（{_(_LEVELS.get(tree.places[code].kind, ''))}）") for code in around if tree.places[code].kind in _LEVELS]
    first = next((code for code in around if tree.places[code].kind == "community"), around[0] if around else "")
    values = {"category": view.case.category or "", "place": first, "basis": ruled.text[:200], "valid_from": beijing_day(clock.now()).isoformat()}
    return Row(
        categories=categories, places=[*places, ("", _("全市"))], values={**values, **(again.values if again else {})}, problem=again.problem if again else None
    )


# --- rules ----------------------------------------------------------------------------------------------------------------------


@require_safe
@staff
def rules(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """建议的职责规则: those that wait, or those that were decided."""
    demand(actor, "propose_rules")
    tab = "decided" if request.GET.get("tab") == "decided" else "asked"
    page = rulings.proposals(status=tab, cursor=request.GET.get("cursor", ""))
    here = reverse("desk-rules")
    tabs = [("asked", _("等人定")), ("decided", _("定过的"))]
    context = {
        "staff": badge(actor),
        "q": "",
        "tabs": [Row(label=label, url=f"{here}?tab={key}", count="", current=key == tab) for key, label in tabs],
        "rows": [_proposal(row) for row in page.rows],
        "next": f"{here}?" + urlencode({"tab": tab, "cursor": page.next}) if page.next else None,
    }
    return frame.page(request, "desk/judging/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def rule(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """One proposal: who answers now, who would, how many open cases would go elsewhere; a second person decides."""
    demand(actor, "propose_rules")
    problem, reason, status = None, "", 200
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        try:
            if request.POST.get("decision") == "accept":
                ruling_rules.accept_rule(number, by=actor)
                frame.tell(request, _("成了职责规则，从现在起同样的诉求直接派过去。"))
            elif request.POST.get("decision") == "refuse":
                ruling_rules.refuse_rule(number, reason=reason, by=actor)
                frame.tell(request, _("没有采用，理由记下了。"))
            else:
                raise BadInput(field="decision", zh="请选采用或不采用。", en="Accept it or refuse it.")
            return HttpResponseRedirect(reverse("desk-rule", args=(number,)))
        except MinshengError as refused:
            if refused.status == 404:
                raise
            problem, status = frame.words(refused), refused.status
    row = rulings.proposal(number)
    moved, more = rulings.effect(row) if row.status == "asked" else (0, False)
    context = {
        "staff": badge(actor),
        "q": "",
        "rule": _proposal(row),
        "effect": Row(count=moved, more=more) if row.status == "asked" else None,
        "may": row.status == "asked" and row.by != actor.tag and allowed(actor, "decide_rules"),
        "own": row.status == "asked" and row.by == actor.tag,
        "reason": reason,
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/judging/rule.html", context, status=status)


def _proposal(row: Proposed) -> Row:
    return Row(
        number=row.number, code=row.code, category=row.category_name, place=row.place_name or _("全市"), lead=row.lead_name,
        co=_("、").join(row.co_names), basis=row.basis, since=row.valid_from, until=row.valid_until, status=row.status, state=_(_STATUS[row.status]),
        at=row.at, decided_at=row.decided_at, reason=row.reason, before=row.before_name, before_basis=row.before_basis,
        look={"asked": "wait", "accepted": "done", "refused": "back"}[row.status],
    )  # fmt: skip

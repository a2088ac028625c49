"""一件诉求的页面: from what the queries say to what templates/desk/case.html shows."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.commands import approvals, forms, reading, stars
from minsheng.domain.access import Actor
from minsheng.domain.states import CHANNEL_ZH, Channel, MeasureKind
from minsheng.intelligence.answer_review import Point
from minsheng.policy.directory import Directory
from minsheng.queries import answer_templates, cases, colleagues, knowledge
from minsheng.queries import directory as directories
from minsheng.queries.cases import DeskCase
from minsheng.queries.colleagues import Colleague
from minsheng.web import frame, shown
from minsheng.web.desk import case_panes as panes
from minsheng.web.desk import forms as drawn
from minsheng.web.desk import suggestions
from minsheng.web.desk.entering import badge
from minsheng.web.desk.knowledge import filled
from minsheng.web.formats import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page has to say beside the case itself: a form that came back, and why."""

    again: drawn.Again = field(default_factory=drawn.Again)
    problem: str | None = None
    seen: int | None = None
    """The version that a stale screen had."""
    opened: list[tuple[str, str]] | None = None
    review: tuple[Point, ...] = ()
    similar: list[Row] | None = None
    article: str = ""
    """From which article the form was filled."""


def page(request: HttpRequest, code: str, actor: Actor, said: Said | None = None, *, status: int = 200) -> HttpResponse:
    """The whole page."""
    return frame.page(request, "desk/case.html", context(request, cases.desk(code, actor), actor, said or Said()), status=status)


def context(request: HttpRequest, view: DeskCase, actor: Actor, said: Said) -> dict[str, Any]:
    """The context of templates/desk/case.html."""
    tree, code, said = directories.current(), view.case.code, _with_article(request, view, actor, said)
    again, mates = said.again, _mates(view)
    moves = _moves(view, actor, said, tree, mates)
    chosen = again.action if any(m.action == again.action for m in moves) else next((m.action for m in moves if m.primary), "")
    here = reverse("desk-case", args=(code,))
    entries, filters = panes.journal(view, request.GET.get("show", ""), here)
    last = view.case.entries[-1].seq if view.case.entries else 0
    reading.mark_code(code, seq=last, by=actor)
    answering = next((m.action for m in moves if m.action in ANSWERING), None)
    return {
        "staff": badge(actor),
        "q": "",
        "case": _head(view),
        "back": Row(label=_("工单"), url=reverse("desk")),
        "deadlines": [panes.deadline(p) for p in view.case.promises if p.state != "ended"],
        "facts": panes.facts(view),
        "person": panes.person(view, said.opened),
        "openings": panes.openings(view, tree),
        "journal": entries,
        "last": last,
        "starred": stars.starred(code, by=actor),
        "knowledge": Row(into=f"{answering}-text", category=view.case.category or "", place=view.place or "") if answering else None,
        "sources": knowledge.sources(code),
        "news": _news(request, view),
        "shown": filters,
        "moves": moves,
        "chosen": chosen,
        "refused": panes.refused(view),
        "conflict": panes.conflict(view, said.seen, again, {m.action for m in moves}) if said.seen is not None else None,
        "done": frame.told(request),
        "problem": said.problem,
        "handlers": [panes.handler(o, view, {m.id for m in mates if o.unit in m.actor.units()}) for o in panes.last(view.orders)],
        "suggestions": suggestions.rows(view, tree),
        "measures": [_measure(m, view, actor, again) for m in view.measures if m["kind"] != "reminder"],
        "approvals": [_approval(a, view, actor, again) for a in view.approvals if a["status"] == "asked"],
        "similar": said.similar,
        "lists": drawn.datalists(tree, _district(view, tree)),
    }


def _with_article(request: HttpRequest, view: DeskCase, actor: Actor, said: Said) -> Said:
    """?article=SLUG: the answer's form filled with the words of an article, where this person may answer."""
    slug = request.GET.get("article", "")[:60]
    action = next((c.action for c in view.choices if c.allowed and c.action in ANSWERING), "")
    words = filled(slug, actor=actor) if slug and action and not said.again.action else ""
    return replace(said, again=drawn.Again(action, {"text": words}), article=slug) if words else said


def _head(view: DeskCase) -> Row:
    return Row(
        code=view.case.code,
        title=shown.headline(view.case.title, view.case.body),
        text=view.case.body,
        tag=_tag(view),
        channel=_(CHANNEL_ZH[Channel(view.channel)]),
        at=view.case.received_at,
        version=view.case.version,
        visibility=_(panes.VISIBILITY[view.case.visibility]),
        chips=_chips(view),
        media=_media(view),
    )


def _media(view: DeskCase) -> list[Row]:
    """Photos, videos and recordings of the person, by the minute in which they came, each with its number among all."""
    pictures = shown.photos(view.case.code, view.case.shots)
    groups: dict[Any, list[Row]] = {}
    for shot, picture in zip(view.case.shots, pictures, strict=True):
        groups.setdefault(view.taken.get(shot.digest, view.case.received_at).replace(second=0, microsecond=0), []).append(picture)
    return [Row(at=at, photos=photos) for at, photos in sorted(groups.items())]


def _tag(view: DeskCase) -> str:
    watched = any(m["status"] == "opened" and m["kind"] != "reminder" for m in view.measures)
    return shown.tag(view.case.state, overdue=any(p.late_now for p in view.case.promises), round_=view.case.round, watched=watched)


def _chips(view: DeskCase) -> list[str]:
    chips = [view.case.category_name or _("未分类"), _(view.urgency_zh), _(view.case.kind_zh)]
    if view.case.supporters:
        chips.append(_("%(n)s 人同诉") % {"n": view.case.supporters})
    if view.case.round > 1:
        chips.append(_("第 %(n)s 轮") % {"n": view.case.round})
    return chips


def _district(view: DeskCase, tree: Directory) -> str | None:
    place = tree.places.get(view.place or "")
    return next((code for code in tree.place_ancestors(place.code) if tree.places[code].kind == "district"), None) if place else None


def _news(request: HttpRequest, view: DeskCase) -> str:
    """What the page that is left open says of the last entry it did not know: only for the poll of an older page."""
    after = request.GET.get("after", "")
    fresh = [e for e in view.case.entries if after.isdecimal() and e.seq > int(after)]
    return _("有新的经过：%(who)s %(what)s") % {"who": panes.doer(fresh[-1]), "what": _(fresh[-1].zh)} if fresh else ""


# --- moves -----------------------------------------------------------------------------------------------------------------------


def _mates(view: DeskCase) -> list[Colleague]:
    """People of the units that have the case, and of the centre; nobody where this person neither notes nor assigns."""
    if "note" not in view.deeds:
        return []
    units = {o.unit for o in view.orders if o.active} | {directories.current().centre}
    return colleagues.kept(units, on=clock.local(clock.now()).date())


def _moves(view: DeskCase, actor: Actor, said: Said, tree: Directory, mates: list[Colleague]) -> list[Row]:
    own = {o.unit for o in view.orders if o.active} & set(actor.units())
    mine = [one for one in mates if own & set(one.actor.units())]
    load = {pk: n for unit in own for pk, n in colleagues.in_hand(unit).items()} if mine else {}
    given = [(str(one.id), _("%(name)s（手上 %(n)s 件）") % {"name": one.name, "n": load.get(one.id, 0)}) for one in mine]
    mates = sorted(mates, key=lambda one: not own & set(one.actor.units()))  # the own colleagues first, else by name
    told = [(str(one.id), f"{one.name} · {tree.units[one.unit].short_name if one.unit in tree.units else one.unit}") for one in mates if one.id != actor.id]
    found = drawn.moves(view, actor, said.again, colleagues=given, told=told)
    answers = [one for one in found if one.action in ANSWERING]
    if answers:
        fitting = answer_templates.fitting(actor, actions=[one.action for one in answers], category=view.case.category)
        for one in answers:
            one.templates = [(t.id, t.title) for t in fitting if t.action == one.action]
    for one in found:
        one.article = said.article if one.action == said.again.action else ""
        if one.action == said.again.action and said.review:
            one.review, one.anyway = panes.review(said.review), True
    return found


#: Moves that answer the person in words.
ANSWERING = frozenset({"answer", "reply", "answer_at_once"})


# --- measures and approvals ---------------------------------------------------------------------------------------------------------


def _measure(row: dict[str, Any], view: DeskCase, actor: Actor, again: drawn.Again) -> Row:
    due = Due(start=row["opened_at"], due=row["answer_by"], met_at=row["answered_at"]) if row["answer_by"] else None
    kind = _(row["kind_zh"])
    return Row(
        label=kind if row["level"] in (row["kind_zh"], "人工") else f"{kind}（{row['level']}）",
        number=row["number"],
        who=row["unit_name"],
        at=row["opened_at"],
        text=row["because"],
        clock=due,
        state=_(panes.STATUS[row["status"]]),
        card=row["kind"] if row["kind"].endswith("_card") else None,
        moves=[drawn.move(forms.FORMS[action], again, number=row["number"]) for action in steps(row, view, actor)],
    )


#: status → what whoever opens measures may do.
_STEPS = {
    "proposed": ["confirm_measure", "withdraw_measure"],
    "opened": ["withdraw_measure"],
    "answered": ["close_measure", "return_measure", "withdraw_measure"],
}


def steps(row: dict[str, Any], view: DeskCase, actor: Actor) -> list[str]:
    """What this person may do about a measure: its unit answers, who opens measures confirms, closes and withdraws."""
    found = ["answer_measure"] if row["status"] == "opened" and row["unit"] in actor.units() else []
    if {"supervisor", "leader", "dispatcher"} & set(view.relations):
        found += _STEPS.get(row["status"], [])
    # a deputy's suggestion is accepted by the deputy alone
    return [action for action in found if not (row["kind"] == MeasureKind.SUGGESTION and action in ("close_measure", "return_measure"))]


def _approval(row: dict[str, Any], view: DeskCase, actor: Actor, again: drawn.Again) -> Row:
    asked = next((e for e in view.case.entries if e.action == "approval_asked" and e.data.get("approval") == row["number"]), None)
    may = approvals.may_decide(actor, row["approver_unit"])
    return Row(
        id=row["number"],
        label=_(row["move_zh"]),
        who=row["asked_name"],
        at=row["asked_at"],
        text=asked.text if asked else "",
        state=_(panes.STATUS[row["status"]]),
        clock=None,
        moves=[drawn.move(forms.FORMS[action], again, number=row["number"]) for action in ("grant", "refuse")] if may else [],
    )

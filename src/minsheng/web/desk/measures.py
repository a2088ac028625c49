"""督办: measures by kind and status, and the page of one: its basis, its clock, what was said, and what may be done now."""

from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as said
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import forms
from minsheng.commands import measures as commands
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.domain.moves import NOTES
from minsheng.domain.states import MEASURE_ZH, MeasureKind
from minsheng.policy.directory import Directory
from minsheng.queries import cases, supervising
from minsheng.queries import directory as directories
from minsheng.queries.supervising import Line
from minsheng.web import frame
from minsheng.web.desk import case_panes as panes
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.case_page import steps
from minsheng.web.desk.deeds import demand
from minsheng.web.desk.entering import badge, staff
from minsheng.web.formats import Due

PAGE = 30
_STATES = {"opened": said("待答复"), "late": said("答复超时"), "answered": said("已答复"), "proposed": said("待确认"), "done": said("了结的")}
#: What may be done on the page of a measure.
ACTIONS = ("confirm_measure", "answer_measure", "close_measure", "return_measure", "withdraw_measure")


@require_safe
@staff
def listed(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """One kind in one status, the latest first."""
    demand(actor, "supervise")
    tree, state, kind = directories.current(), request.GET.get("state", "opened"), request.GET.get("kind", "")
    page = supervising.listed(actor, kind=kind, state=state, cursor=request.GET.get("cursor", ""), limit=PAGE)
    kinds = [("", _("全部")), *((str(one), _(MEASURE_ZH[one])) for one in supervising.KINDS)]
    context = {
        "staff": badge(actor),
        "q": "",
        "states": [Row(label=_(word), url=_link(state=key, kind=kind), current=key == state, count="") for key, word in _STATES.items()],
        "kinds": [Row(label=word, url=_link(state=state, kind=key), current=key == kind, count=None) for key, word in kinds],
        "rows": [_line(one, tree) for one in page.rows],
        "next": _link(state=state, kind=kind, cursor=page.next) if page.next else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/measures/list.html", context)


def _link(**asked: str) -> str:
    return reverse("desk-measures") + "?" + urlencode({name: value for name, value in asked.items() if value})


def _line(one: Line, tree: Directory) -> Row:
    kind = _(MEASURE_ZH[MeasureKind(one.kind)])
    return Row(
        label=kind if one.level in (MEASURE_ZH[MeasureKind(one.kind)], "人工") else f"{kind}（{one.level}）",
        serial=_("督〔%(year)s〕%(number)s 号") % {"year": clock.local(one.opened_at).year, "number": one.serial} if one.serial else "",
        url=reverse("desk-measure", args=(one.code, one.number)),
        code=one.code,
        title=one.title or _("（已抹除）"),
        unit=tree.units[one.unit].name if one.unit in tree.units else one.unit,
        at=one.opened_at,
        due=Due(start=one.opened_at, due=one.answer_by, met_at=one.answered_at) if one.answer_by and one.status in ("opened", "answered") else None,
        state=_(panes.STATUS[one.status]),
        card=one.kind if one.kind.endswith("_card") else None,
        points=one.points,
        because=one.because,
    )


@require_safe
@staff
def show(request: HttpRequest, code: str, number: int, *, actor: Actor) -> HttpResponse:
    """One measure. A sealed one is opened on the record."""
    demand(actor, "supervise")
    return _page(request, code, number, actor)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def act(request: HttpRequest, code: str, number: int, action: str, *, actor: Actor) -> HttpResponse:
    """开出、答复、销号、退回重答、撤销. What is refused comes back with what was typed."""
    demand(actor, "supervise")
    if action not in ACTIONS:
        raise NotFound()
    address = reverse("desk-measure", args=(code, number))
    if request.method != "POST":
        return HttpResponseRedirect(address)
    typed = request.POST.dict() | {"number": str(number)}
    try:
        values = {**drawn.typed(request, action, directories.current()), "number": number}
        forms.perform(code, action, values, by=actor)
    except BadInput as problem:
        return _page(request, code, number, actor, again=drawn.Again(action, typed, {problem.field: frame.words(problem)}), status=problem.status)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _page(request, code, number, actor, again=drawn.Again(action, typed), problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("「%(what)s」记下了。") % {"what": drawn.words(forms.FORMS[action])}, draft=f"{request.path}-{action}")
    return HttpResponseRedirect(address)


def _page(
    request: HttpRequest, code: str, number: int, actor: Actor, *, again: drawn.Again | None = None, problem: str | None = None, status: int = 200
) -> HttpResponse:
    view, tree = cases.desk(code, actor), directories.current()
    line = supervising.one(actor, code, number)
    if line.kind == MeasureKind.REFERRAL:
        commands.read_sealed(code, number, by=actor)
    allowed = steps({"status": line.status, "unit": line.unit, "kind": line.kind}, view, actor)
    context: dict[str, Any] = {
        "staff": badge(actor),
        "q": "",
        "one": _line(line, tree),
        "sealed": line.kind == MeasureKind.REFERRAL,
        "rule": line.rule,
        "course": [
            Row(what=_(NOTES[s.action]), at=s.at, by=s.by or _("系统"), text=s.text, into=s.into if s.because == "absorbed" else None)
            for s in supervising.course(code, number)
        ],
        "moves": [
            Row(form=drawn.move(forms.FORMS[name], again or drawn.Again(), number=number), address=reverse("desk-measure-act", args=(code, number, name)))
            for name in allowed
        ],
        "version": line.version,
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/measures/one.html", context, status=status)

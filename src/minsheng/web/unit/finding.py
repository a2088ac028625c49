"""报一件: something seen on the round, filed on the spot, with or without a network."""

from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wiring
from minsheng.commands import fieldwork, intake, patrolling
from minsheng.commands.fieldwork import Finding, Found
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import grid as reading
from minsheng.web import frame, words
from minsheng.web.citizen import placing
from minsheng.web.desk.entering import badge
from minsheng.web.unit import phone

_NAMES = ("text", "category", "grid", "place", *placing.NAMES, "fixed", "spot", "draft_id")
#: So many guesses are offered, and fewer characters say nothing yet.
GUESSES, SHORT = 3, 6
#: Field of the report → field of the page.
_FIELDS = {"body": "text", "place_text": "place", "lat": "place", "attachments": "before", "photo": "before", "evidence": "after"}


@require_http_methods(["GET", "HEAD", "POST"])
@phone.walker
def new(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """报一件."""
    spot = _spot(request.POST.get("spot") or request.GET.get("spot") or "", actor)
    if request.method != "POST":
        typed = {"grid": spot.place, "place": spot.name, "spot": str(spot.number)} if spot else {}
        return _page(request, actor, typed, {}, spot=spot)
    if stop := phone.foreign(request, actor):
        return stop
    typed = {name: request.POST.get(name, "") for name in _NAMES}
    try:
        found = _file(request, actor, typed)
    except MinshengError as problem:
        if answer := phone.refused(request, problem):
            return answer
        field = _FIELDS.get(problem.field, problem.field) if isinstance(problem, BadInput) else "text"
        return _page(request, actor, typed, {field: frame.words(problem)}, spot=spot, status=problem.status)
    return phone.taken(request, _said(found), code=found.code)


@require_safe
@phone.walker
def guess(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """像是哪一类: a few guesses from the words so far, to be taken with a tap; nothing where too little is written."""
    said, tree = request.GET.get("text", "").strip()[: intake.BODY_LIMIT], directories.current()
    found = wiring.classifier(tree).suggest("", said, place=None).suggestions[:GUESSES] if len(said) >= SHORT and "\0" not in said else ()
    rows = [Row(code=one.code, name=words.category(tree, one.code), share=round(one.confidence * 100)) for one in found]
    return frame.page(request, "unit/guess.html", {"guesses": rows})


def _file(request: HttpRequest, actor: Actor, typed: dict[str, str]) -> Found:
    tree = directories.current()
    placed = placing.read({**typed, "district": "", "known": ""}, "")
    if "place" in placed.errors:
        raise BadInput(field="place", zh=placed.errors["place"], en=placed.errors["place"])
    finding = Finding(
        text=typed["text"],
        category=typed["category"] or None,
        place=placed.place or (None if placed.lat is not None else _grid(typed["grid"], actor, tree)),
        place_text=typed["place"],
        lat=placed.lat,
        lng=placed.lng,
        fixed=typed["fixed"],
        before=phone.photos(request, "before"),
        after=phone.photos(request, "after"),
    )
    sent, classifier = phone.sent(request), wiring.classifier(tree)
    if typed["spot"].isdecimal():
        return patrolling.find(int(typed["spot"]), finding=finding, sent=sent, by=actor, classifier=classifier)
    return fieldwork.find(finding, sent=sent, by=actor, classifier=classifier)


def _grid(code: str, actor: Actor, tree: Directory) -> str:
    """The grid that was chosen; without a position one must be."""
    if code not in {place for place, _name in grids(actor, tree)}:
        raise BadInput(field="grid", zh="请选在哪个网格，或者点「用我现在的位置」。", en="Choose a grid, or use your position.")
    return code


def grids(actor: Actor, tree: Directory) -> list[tuple[str, str]]:
    """Grids and communities of the units for which this person walks."""
    mine = set(reading.units(actor))
    return [(place.code, place.name) for place in tree.places.values() if place.unit in mine and place.kind in ("grid", "community")]


def _spot(number: str, actor: Actor) -> reading.Spot | None:
    return reading.one(int(number), actor) if number.isdecimal() and len(number) < 10 else None


def _said(found: Found) -> str:
    if found.answered:
        return _("报上了，%(code)s。当场办好的，已经答复。") % {"code": found.code}
    unit = directories.current().units.get(found.unit or "")
    if unit is None:
        return _("报上了，%(code)s。由热线中心来派。") % {"code": found.code}
    return _("报上了，%(code)s。派给了%(unit)s。") % {"code": found.code, "unit": unit.name}


def _page(request: HttpRequest, actor: Actor, typed: dict[str, str], errors: dict[str, str], *, spot: reading.Spot | None, status: int = 200) -> HttpResponse:
    tree = directories.current()
    context = {
        "staff": badge(actor),
        "q": "",
        "form": phone.form(actor, typed=typed, errors=errors),
        "spot": Row(name=spot.name, place=spot.place_name) if spot else None,
        "grids": grids(actor, tree),
        "guess": reverse("grid-guess"),
        "done": None,
    }
    return frame.page(request, "unit/new.html", context, status=status)

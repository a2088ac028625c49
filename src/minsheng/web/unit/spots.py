"""巡查点: what is looked at every so many days; planned by the unit's own head, clerks and administrators."""

from collections.abc import Mapping
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import clock
from minsheng.commands import patrolling
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import grid as reading
from minsheng.web import formats, frame
from minsheng.web.desk.entering import badge, staff

#: As many units and places as a list to choose from holds.
MOST = 400


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def spots(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """巡查点: all of them, and a form for one more."""
    if not access.may(actor, "plan_patrols", directories.current()):
        raise NotAllowed("巡查点由本单位的负责人、办理员和管理员来安排。", "Spots are planned by the unit's own head, clerks and administrators.")
    if request.method != "POST":
        return _page(request, actor)
    given = request.POST
    try:
        patrolling.add_spot(unit=given.get("unit", ""), place=given.get("place", ""), name=given.get("name", ""), every_days=_days(request), by=actor)
    except BadInput as problem:
        return _page(request, actor, typed=given.dict(), errors={problem.field: frame.words(problem)}, status=422)
    frame.tell(request, _("添上了，网格员今天就能看到。"))
    return HttpResponseRedirect(reverse("grid-spots"))


@require_POST
@staff
def change(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """One spot: changed, stopped or taken up again."""
    given, action = request.POST, request.POST.get("action", "")
    try:
        if action == "stop":
            patrolling.stop_spot(number, by=actor)
            said = _("停了，看过的记录还在。")
        elif action == "resume":
            patrolling.resume_spot(number, by=actor)
            said = _("恢复了。")
        else:
            patrolling.change_spot(number, place=given.get("place", ""), name=given.get("name", ""), every_days=_days(request), by=actor)
            said = _("改好了。")
    except BadInput as problem:
        return _page(request, actor, number=number, typed=given.dict(), errors={problem.field: frame.words(problem)}, status=422)
    frame.tell(request, said)
    return HttpResponseRedirect(reverse("grid-spots"))


def _days(request: HttpRequest) -> int:
    said = request.POST.get("every_days", "").strip()
    if not (said.isascii() and said.isdecimal() and len(said) < 5):
        raise BadInput(field="every_days", zh="几天看一次，填一个数，例如 7。", en="Every how many days: a number, such as 7.")
    return int(said)


def _page(
    request: HttpRequest, actor: Actor, *, number: int = 0, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    tree, plans = directories.current(), reading.plans_for(actor)
    empty = Row(values={"every_days": "7"}, errors={})
    again = Row(values=dict(typed or {}), errors=dict(errors or {}))
    context = {
        "staff": badge(actor),
        "q": "",
        "rows": [_row(spot, again if spot.number == number else None) for spot in reading.planned(actor)],
        "form": empty if number or typed is None else again,
        "units": [(unit, tree.units[unit].name) for unit in plans[:MOST] if tree.units[unit].valid(clock.local(clock.now()).date())],
        "places": _places(tree, plans),
        "done": frame.told(request),
    }
    return frame.page(request, "unit/spots.html", context, status=status)


def _row(spot: reading.Spot, again: Row | None) -> Row:
    form = again or Row(values={"name": spot.name, "place": spot.place, "every_days": str(spot.every_days)}, errors={})
    last = formats.recent(spot.last_at, clock.now()) if spot.last_at else _("还没看过")
    return Row(
        number=spot.number, name=spot.name, unit=spot.unit_name, place=spot.place_name, every=spot.every_days, last=last, active=spot.active, due=spot.due,
        form=form, open=again is not None,
    )  # fmt: skip


def _places(tree: Directory, plans: list[str]) -> list[tuple[str, str]]:
    """Grids and communities of these units, or of the area they stand in."""
    areas = {tree.area_of(unit) for unit in plans}
    found = [(place.code, place.name) for place in tree.places.values() if place.kind in ("grid", "community") and place.unit in {*plans, *areas}]
    return found[:MOST]

"""专项整治 at the desk: opened, places added as they are found (举一反三), requests gathered by matter and area or by hand, places finished, ended."""

from datetime import date
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng.commands import campaigns as running
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, NotFound
from minsheng.queries import campaigns
from minsheng.queries import directory as directories
from minsheng.web import frame
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff

PAGE = 20
_NEW = ("name", "goal", "unit", "due_on")
_SPOT = ("spot", "owner", "day", "plan")
#: What the command calls a field → what the page calls it: two forms stand on it.
_AT = {"name": "spot", "due_on": "day"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """All of them; a new one is opened here."""
    _demand(actor)
    if request.method != "POST":
        return _list(request, actor, Row(values=dict.fromkeys(_NEW, "") | {"unit": _own(actor)}, errors={}))
    given = {name: request.POST.get(name, "") for name in _NEW}
    try:
        unit = drawn.code_of(given["unit"], "unit", directories.current())
        code = running.open_campaign(name=given["name"], goal=given["goal"], unit=unit, due_on=_day(given["due_on"], "due_on"), by=actor)
    except MinshengError as problem:
        return _list(request, actor, Row(values=given, errors={getattr(problem, "field", "name"): frame.words(problem)}), status=problem.status)
    frame.tell(request, _("专项开好了。接着把要办的地方一处一处加进来。"), draft=request.path)
    return HttpResponseRedirect(reverse("desk-campaign", args=(code,)))


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def one(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """One of them, with everything that can be done now."""
    _demand(actor)
    told = campaigns.one(code)
    if request.method != "POST":
        return _page(request, actor, told, {}, {})
    what = request.POST.get("what", "")
    try:
        done = _DO[what](request, code, actor) if what in _DO else None
    except NotFound:
        raise
    except MinshengError as problem:
        field = {**_AT, "evidence": f"evidence-{request.POST.get('number', '')}"}.get(problem.field, problem.field) if isinstance(problem, BadInput) else what
        return _page(request, actor, told, request.POST.dict(), {field: frame.words(problem)}, status=problem.status)
    if done is None:
        raise BadInput(field="what", zh="没有这个操作，请从页面上的按钮来做。", en="There is no such action; use the buttons of the page.")
    frame.tell(request, done)
    return HttpResponseRedirect(reverse("desk-campaign", args=(code,)))


def _add(request: HttpRequest, code: str, actor: Actor) -> str:
    given = {name: request.POST.get(name, "") for name in _SPOT}
    day = _day(given["day"], "day")
    if day is None:
        raise BadInput(field="day", zh="请写哪天完成。", en="Say by which day.")
    spot = running.Place(name=given["spot"], owner=drawn.code_of(given["owner"], "unit", directories.current()), due_on=day, plan=given["plan"])
    return _("加上了第 %(n)s 处。") % {"n": running.add_spot(code, spot=spot, by=actor)}


def _finish(request: HttpRequest, code: str, actor: Actor) -> str:
    number, words = request.POST.get("number", ""), request.POST.get("evidence", "").strip()[:400]
    if not number.isdecimal() or len(number) > 6:
        raise BadInput(field="number", zh="请选是哪一处。", en="Choose the spot.")
    running.spot_done(code, int(number), evidence=[words] if words else [], by=actor)
    return _("第 %(n)s 处完成，已告诉每一位反映人。") % {"n": number}


def _gather(request: HttpRequest, code: str, actor: Actor) -> str:
    codes = [one for one in request.POST.getlist("code") if one.strip()][:100]
    codes += request.POST.get("codes", "").upper().split()[:100]
    if not codes:
        raise BadInput(field="codes", zh="请勾选诉求，或写上编号。", en="Tick requests, or write their codes.")
    running.gather(code, list(dict.fromkeys(codes)), by=actor)
    return _("纳入了 %(n)s 件，已告诉每一位反映人。") % {"n": len(set(codes))}


def _end(request: HttpRequest, code: str, actor: Actor) -> str:
    running.end_campaign(code, by=actor)
    return _("专项结束了，公开页上看得到结果。")


_DO = {"add": _add, "finish": _finish, "gather": _gather, "end": _end}


def _demand(actor: Actor) -> None:
    if not access.may(actor, "run_campaigns", directories.current()):
        raise NotAllowed("专项由派单员、督办员、领导或承办单位来办。", "Campaigns are run by dispatchers, supervisors, leaders and units.")


def _own(actor: Actor) -> str:
    units = directories.current().units
    return next((f"{code} {units[code].name}" for code in actor.units() if code in units), "")


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(field=field, zh="日期请写成年-月-日，例如 2026-12-01。", en="Write the day as 2026-12-01.") from None


def _list(request: HttpRequest, actor: Actor, form: Row, *, status: int = 200) -> HttpResponse:
    over = request.GET.get("over") == "1"
    found = campaigns.page(running=not over, cursor=request.GET.get("cursor", ""), limit=PAGE)
    more = {"cursor": found.next} | ({"over": "1"} if over else {})
    context: dict[str, Any] = {
        "staff": badge(actor), "q": "", "rows": found.rows, "over": over, "form": form, "done": frame.told(request),
        "next": reverse("desk-campaigns") + "?" + urlencode(more) if found.next else None, "units": _units(),
    }  # fmt: skip
    return frame.page(request, "desk/campaigns.html", context, status=status)


def _page(request: HttpRequest, actor: Actor, told: campaigns.Told, values: dict[str, Any], errors: dict[str, str], *, status: int = 200) -> HttpResponse:
    tree, category, place = directories.current(), request.GET.get("category", "").strip(), request.GET.get("place", "").strip()
    if category:
        category = drawn.code_of(category, "category", tree)
    if place:
        place = drawn.code_of(place, "place", tree)
    found = campaigns.fitting(actor, category=category, place=place) if (category or place) and told.head.ended_at is None else None
    named = {"category": tree.categories, "place": tree.places}
    looked = {key: f"{value} {named[key][value].name}" if value in named[key] else value for key, value in (("category", category), ("place", place))}
    context = {
        "staff": badge(actor), "q": "", "told": told, "found": found, "looked": looked, "done": frame.told(request),
        "leads": told.head.ended_at is None and running.leads(told.head.unit, by=actor), "mine": set(actor.units()),
        "form": Row(values={name: values.get(name, "") for name in (*_SPOT, "codes", "evidence", "number")}, errors=errors), "units": _units(),
        "categories": [f"{c.code} {c.name}" for c in tree.categories.values()],
        "places": [f"{p.code} {p.name}" for p in tree.places.values() if p.kind in ("district", "street", "community")],
    }  # fmt: skip
    return frame.page(request, "desk/campaign.html", context, status=status)


def _units() -> list[str]:
    return [f"{u.code} {u.name}" for u in directories.current().units.values()]

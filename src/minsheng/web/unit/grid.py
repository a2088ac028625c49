"""网格: the list of the day, and one case as somebody on the way reads it. Both may be kept by the phone: nobody's name or number stands on them."""

import json
from collections.abc import Mapping
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.fieldwork import NEXT, RESULTS, TRUTH
from minsheng.domain.states import FAILED
from minsheng.intelligence.masking import mask
from minsheng.queries import cases
from minsheng.queries import directory as directories
from minsheng.queries import grid as reading
from minsheng.queries.grid import Doing, Job, Spot
from minsheng.web import formats, frame, shown
from minsheng.web.citizen.offline import GROUND, THEME
from minsheng.web.desk.entering import badge
from minsheng.web.formats import Due
from minsheng.web.unit import phone

#: How many entries of the course a phone shows; the rest is one tap away.
LATEST = 5
_ICONS = {"fine": "check", "fixed": "tool", "filed": "send"}


@require_safe
@phone.walker
def day(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """网格: today."""
    return frame.page(request, "unit/grid.html", _day(request, actor))


def _day(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    found, tree = reading.day(actor), directories.current()
    names = [tree.units[unit].name for unit in reading.units(actor) if unit in tree.units]
    due = [spot for spot in found.spots if spot.due]
    return {
        "staff": badge(actor),
        "q": "",
        "where": "、".join(names),
        "jobs": [_job(job) for job in found.jobs],
        "spots": [_spot(spot) for spot in due],
        "later": len(found.spots) - len(due),
        "done_today": [_doing(one) for one in found.done],
        "form": phone.form(actor),
        "done": frame.told(request),
    }


def _job(job: Job) -> Row:
    now = clock.now()
    contact = Due(start=job.contact_from, due=job.contact_due) if job.contact_due and job.contact_from else None
    due = Due(start=job.received_at, due=job.due_at) if job.due_at else None
    return Row(
        code=job.code,
        title=mask(shown.headline(job.title, "")).text,
        tag=shown.tag(job.state, overdue=bool(job.first and job.first < now), round_=job.round),
        category=job.category or _("未分类"),
        place=job.place or _("没有写明在哪里"),
        contact=contact,
        due=due,
        lat=job.lat,
        lng=job.lng,
    )


def _spot(spot: Spot) -> Row:
    last = _("上次 %(when)s") % {"when": formats.recent(spot.last_at, clock.now())} if spot.last_at else _("还没看过")
    return Row(number=spot.number, name=spot.name, place=spot.place_name, last=last, every=spot.every_days)


def _doing(one: Doing) -> Row:
    what = _(RESULTS[one.what]) if one.what in RESULTS else _(one.what)
    return Row(at=one.at, what=what, about=mask(one.about).text or _("（已抹除）"), url=reverse("grid-case", args=(one.code,)) if one.code else None)


@require_safe
@phone.walker
def case(request: HttpRequest, code: str, *, actor: Actor) -> HttpResponse:
    """一件: what it is about, where, and everything that can be done on the spot."""
    return show(request, code, actor)


def show(
    request: HttpRequest, code: str, actor: Actor, *, doing: str = "", typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None,
    problem: str | None = None, opened: list[Row] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page, also where a form comes back: `doing` says which one. opened: people, once, for whoever is about to call."""
    view = cases.desk(code, actor)
    case, allowed = view.case, {choice.action for choice in view.choices if choice.allowed}
    contact = next((p for p in case.promises if p.kind == "contact" and p.state == "running"), None)
    where = " ".join(dict.fromkeys(p for p in (case.place_name, case.place_text) if p)) or case.district_name
    place = directories.current().places.get(view.place or "")
    context = {
        "staff": badge(actor),
        "q": "",
        "case": Row(
            code=code,
            title=mask(shown.headline(case.title, case.body)).text,
            text=mask(case.body).text,
            tag=shown.tag(case.state, overdue=any(p.late_now for p in case.promises), round_=case.round),
            category=case.category_name or _("未分类"),
            place=where or _("没有写明在哪里"),
            version=case.version,
            photos=shown.photos(code, case.shots),
            lat=place.lat if place else None,
            lng=place.lng if place else None,
        ),
        "contact": shown.due(contact) if contact else None,
        "deadlines": [Row(label=_(p.zh), due=shown.due(p)) for p in case.promises if p.state in ("running", "paused") and p is not contact],
        "course": [Row(at=e.at, what=_(e.zh), who=e.unit_name, text=mask(e.text).text) for e in case.entries if e.text][-LATEST:],
        "may_contact": "contact" in allowed,
        "may_visit": "progress" in allowed or "answer" in allowed,
        "may_open": {"lead", "co"} & set(view.relations) and view.requester != "anonymous",
        "why_not": _("这件现在不等您做什么。"),
        "failed": [(value, _(words)) for value, words in FAILED.items()],
        "truths": [(value, _(words), "") for value, words in TRUTH.items()],
        "nexts": [(value, _(words), "") for value, words in NEXT.items() if _possible(value, allowed, case.state)],
        "form": phone.form(actor, typed=typed if doing == "visit" else None, errors=errors if doing == "visit" else None),
        "missed": phone.form(actor, typed=typed if doing == "missed" else None, errors=errors if doing == "missed" else None),
        "reached": phone.form(actor),
        "doing": doing,
        "opened": opened,
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "unit/case.html", context, status=status)


def _possible(then: str, allowed: set[str], state: str) -> bool:
    """May this come next? An answer waits for the claim, which the visit brings along."""
    return then in allowed or (then == "answer" and state == "dispatched" and "claim" in allowed)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """应用清单 of the grid: the same app, opened at the day's list."""
    icons = [{"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any"} for side in (192, 512)]
    said = {
        "id": "/grid", "name": f"{_('民声网格')}·{frame.city().name}", "short_name": _("民声网格"), "lang": "zh-CN" if frame.chinese() else "en",
        "start_url": reverse("grid"), "scope": "/", "display": "standalone", "theme_color": THEME, "background_color": GROUND, "icons": icons,
        "shortcuts": [{"name": _("报一件"), "url": reverse("grid-new")}],
    }  # fmt: skip
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/manifest+json")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer

"""答复模板 at the desk: written, changed, deleted (and put back). A unit's own; the centre also writes those for everybody."""

from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng.commands import templates
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import MinshengError, NotAllowed, NotFound
from minsheng.queries import answer_templates
from minsheng.queries import directory as directories
from minsheng.queries.answer_templates import Template
from minsheng.web import frame
from minsheng.web.desk import forms as drawn
from minsheng.web.desk.entering import badge, staff

#: What a template may leave open, and what it stands for.
PLACES = (("{place}", "地点"), ("{unit}", "单位"), ("{phone}", "单位电话"), ("{date}", "今天的日期"))
_NEW = {"title": "", "body": "", "action": "answer", "unit": "", "category": ""}
_EVERYBODY = "*"


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """All that this person may use; a new one is written here."""
    if not access.may(actor, "write_templates", directories.current()):
        raise NotAllowed("模板由承办员、坐席和编辑来写。", "Templates are written by units and operators.")
    if request.method != "POST":
        return _page(request, actor, Row(number=None, values=_first(actor), errors={}))
    try:
        templates.write(**_values(request), by=actor)
    except MinshengError as problem:
        return _wrong(request, actor, None, problem)
    frame.tell(request, _("模板存好了。"), draft=f"{request.path}-new")
    return HttpResponseRedirect(reverse("desk-templates"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def one(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """Change it or delete it."""
    row = templates.own(number, by=actor)
    if request.method != "POST":
        values = {
            "title": row.title, "body": row.body, "action": row.action, "unit": row.unit or _EVERYBODY, "category": _category(row.category),
        }  # fmt: skip
        return _page(request, actor, Row(number=number, values=values, errors={}))
    try:
        if request.POST.get("what") == "delete":
            gone = templates.delete(number, by=actor)
            request.session["template_gone"] = {name: getattr(gone, name) for name in ("title", "body", "action", "unit", "category")}
            frame.tell(request, _("「%(title)s」删掉了。") % {"title": gone.title})
        else:
            templates.edit(number, **_values(request), by=actor)
            frame.tell(request, _("模板改好了。"), draft=f"{request.path}-{number}")
    except NotFound:
        raise
    except MinshengError as problem:
        return _wrong(request, actor, number, problem)
    return HttpResponseRedirect(reverse("desk-templates"))


def _values(request: HttpRequest) -> dict[str, Any]:
    category, unit = request.POST.get("category", "").strip(), request.POST.get("unit", "")
    return {
        "title": request.POST.get("title", ""),
        "body": request.POST.get("body", ""),
        "action": request.POST.get("action", ""),
        "unit": None if unit == _EVERYBODY else unit,
        "category": drawn.code_of(category, "category", directories.current()) if category else None,
    }


def _wrong(request: HttpRequest, actor: Actor, number: int | None, problem: MinshengError) -> HttpResponse:
    """Comes back with everything that was typed."""
    values = {name: request.POST.get(name, "") for name in _NEW}
    name = getattr(problem, "field", "title")
    return _page(request, actor, Row(number=number, values=values, errors={name: frame.words(problem)}), status=problem.status)


def _page(request: HttpRequest, actor: Actor, form: Row, *, status: int = 200) -> HttpResponse:
    tree = directories.current()
    gone = request.session.pop("template_gone", None) if request.method == "GET" else None
    units = [(code, tree.units[code].name) for code in dict.fromkeys(actor.units()) if code in tree.units]
    if templates.may_change(actor, None):
        units.append((_EVERYBODY, _("大家都能用")))
    context = {
        "staff": badge(actor),
        "q": "",
        "rows": [_row(t, actor, tree.units) for t in answer_templates.listed(actor)],
        "form": form,
        "units": units,
        "actions": [(key, _(zh)) for key, zh in ACTIONS.items()],
        "places": [(name, _(zh)) for name, zh in PLACES],
        "categories": [f"{c.code} {c.name}" for c in tree.categories.values()],
        "limit": templates.BODY_LIMIT,
        "gone": Row(title=gone["title"], fields=[(k, _posted(k, v)) for k, v in gone.items()]) if gone else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/templates.html", context, status=status)


#: Where a template is offered, in the words of the page.
ACTIONS = {"answer": "答复", "reply": "阶段答复", "answer_at_once": "当场答复"}


def _first(actor: Actor) -> dict[str, str]:
    return {**_NEW, "unit": next(iter(actor.units()), "")}


def _posted(name: str, value: str | None) -> str:
    return value if value is not None else _EVERYBODY if name == "unit" else ""


def _category(code: str | None) -> str:
    name = answer_templates.category_name(code)
    return f"{code} {name}" if name else ""


def _row(t: Template, actor: Actor, units: Any) -> Row:
    return Row(
        number=t.id,
        title=t.title,
        body=t.body,
        whose=units[t.unit].short_name if t.unit in units else _("大家都能用"),
        action=_(ACTIONS.get(t.action, t.action)),
        category=answer_templates.category_name(t.category) or _("所有类别"),
        url=reverse("desk-template", args=(t.id,)) if templates.may_change(actor, t.unit) else None,
    )

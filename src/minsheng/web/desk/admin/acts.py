"""操作记录: who did what, by person, kind, day, subject and case; and the same as a file, which is an act of its own."""

from datetime import timedelta
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng.commands import spreadsheets
from minsheng.commands.administering import giving
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.acts import ACTS
from minsheng.domain.errors import BadInput
from minsheng.domain.states import Role
from minsheng.queries import acts
from minsheng.queries import directory as directories
from minsheng.queries.acts import Wanted
from minsheng.web.desk.admin.frame import day, errors, page, readers

_BOOKS = {"acts": "操作", "journal": "办理经过", "openings": "查看个人信息"}
_TYPED = ("book", "first", "last", "person", "kind", "subject", "case")
MOST = 20_000


@require_safe
@readers
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """One record, a page at a time."""
    typed = _typed(request.GET)
    found, cursor, wrong = [], "", {}
    try:
        found, cursor = acts.page(_wanted(typed, actor), cursor=request.GET.get("cursor", "")[:80])
    except BadInput as problem:
        wrong = errors(problem)
    tree = directories.current()
    context = {
        "form": Row(values=typed, errors=wrong),
        "books": [Row(url=_url({**typed, "book": book, "kind": ""}), label=_(zh), current=typed["book"] == book) for book, zh in _BOOKS.items()],
        "kinds": [(kind, _(zh)) for kind, zh in ACTS.items()],
        "rows": [Row(deed=one, unit=tree.units[one.unit].short_name if one.unit in tree.units else one.unit, what=_(one.what)) for one in found],
        "next": _url({**typed, "cursor": cursor}) if cursor else None,
        "may_undo": access.may(actor, "administer", tree),
    }
    return page(request, "acts", actor, "acts", context, status=422 if wrong else 200)


@require_POST
@readers
def export(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """导出: the same rows as a CSV; that it was taken out is written down first."""
    typed = _typed(request.POST)
    wanted = _wanted(typed, actor)
    found = list(acts.rows(wanted, most=MOST))
    giving.give_out("acts", rows=len(found), what={name: value for name, value in typed.items() if value}, by=actor)
    head = (_("时间"), _("谁"), _("账号"), _("单位"), _("做了什么"), _("对象"), _("详情"))
    body = ((f"{one.at.astimezone(acts.clock.BEIJING):%Y-%m-%d %H:%M:%S}", one.name, one.by, one.unit, _(one.what), one.about, one.more) for one in found)
    answer = HttpResponse(spreadsheets.comma_separated([head, *body]), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{wanted.book}-{wanted.first}-{wanted.last}.csv"'
    return answer


def _typed(sent: object) -> dict[str, str]:
    get = sent.get  # type: ignore[attr-defined]
    typed = {name: str(get(name, "")).strip()[:80] for name in _TYPED}
    typed["book"] = typed["book"] if typed["book"] in _BOOKS else "acts"
    today = acts.today()
    typed["last"] = typed["last"] or today.isoformat()
    back = 6 if typed["book"] == "journal" else 29
    typed["first"] = typed["first"] or (today - timedelta(days=back)).isoformat()
    return typed


def _wanted(typed: dict[str, str], actor: Actor) -> Wanted:
    """What is asked, bounded by the area of who asks. Discipline sees what is about misconduct; nobody else does."""
    tree = directories.current()
    roots = access.areas(actor, "read_acts", tree)
    first, last = day(typed["first"], "first"), day(typed["last"], "last")
    assert first is not None and last is not None
    units = None if tree.root in roots else {code for root in roots for code in tree.subtree(root)}
    secret = any(Role.DISCIPLINE in m.roles and access.at_centre(m.unit, tree) for m in actor.memberships)
    if typed["case"] and not acts.knows(typed["case"]):
        raise BadInput(field="case", zh="没有这个编号的诉求，请核对。", en="There is no case of this number.")
    return Wanted(
        book=typed["book"], first=first, last=last, by=acts.tag_of(typed["person"]) if typed["person"] else "", kind=typed["kind"],
        subject=typed["subject"], case=typed["case"], units=units, secret=secret,
    )  # fmt: skip


def _url(asked: dict[str, str]) -> str:
    return reverse("admin-acts") + "?" + urlencode({name: value for name, value in asked.items() if value})

"""分平台 1+8+N: each county and each sector with its own entrance, hall and figures, over the same cases as everybody's."""

from datetime import date, timedelta
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.policy.directory import Scope
from minsheng.queries import directory as directories
from minsheng.queries import hall, scopes
from minsheng.queries.pages import Page
from minsheng.web import drawn, environment, formats, frame, words
from minsheng.web.citizen.asking import CHIPS
from minsheng.web.rates import RATES, rate

PAGE, NEWEST = 20, 4
KINDS = {"city": "市平台", "county": "县区分平台", "sector": "行业分平台"}
_FIGURES = ("answer_on_time", "satisfaction")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """所有平台: the city's, the counties', the sectors'."""
    tree = directories.current()
    found = [scope for scope in scopes.platforms(tree) if scope.root in tree.units]
    groups = [
        Row(label=_(KINDS[kind]), platforms=[_card(scope) for scope in found if scope.kind == kind])
        for kind in scopes.KINDS
        if any(scope.kind == kind for scope in found)
    ]
    return frame.page(request, "scopes/index.html", {"groups": groups})


def _card(scope: Scope) -> Row:
    tree = directories.current()
    matters = _("、").join(words.category(tree, code) for code in scope.categories)
    return Row(name=scope.name, url=environment.url("scope", scope.code), matters=matters)


@require_safe
def home(request: HttpRequest, code: str) -> HttpResponse:
    """一个平台的首页: say it, see how it does, read what it answered last."""
    scope, tree = scopes.platform(code), directories.current()
    found, now = scopes.figures(scope), clock.now()
    answered = hall.entries(scopes.filters(scope, tree, answered=True), limit=NEWEST)
    context = {
        "platform": _platform(scope),
        "say": f"{environment.url('new')}?{urlencode({'scope': scope.code})}",
        "figures": [
            Row(label=_("本月收到"), value=formats.figure(found.received), bad=False),
            Row(label=_("本月答复"), value=formats.figure(found.answered), bad=False),
            Row(label=_("正在办"), value=formats.figure(found.open), bad=False),
            Row(label=_("超时没办完"), value=formats.figure(found.overdue), bad=found.overdue > 0),
        ],
        "rates": [rate(key, found.rates[key].numerator, found.rates[key].denominator, found.cutoff) for key in _FIGURES],
        "cutoff": found.cutoff,
        "rows": drawn.rows(answered.rows, now),
    }
    return frame.page(request, "scopes/home.html", context)


def _platform(scope: Scope) -> Row:
    card = _card(scope)
    return Row(
        code=scope.code,
        name=scope.name,
        matters=card.matters,
        url=card.url,
        hall_url=environment.url("scope-hall", scope.code),
        rank_url=environment.url("scope-rank", scope.code),
        kind=scope.kind,
    )


# --- the hall ---------------------------------------------------------------------------------------------------------------------


@require_safe
def the_hall(request: HttpRequest, code: str) -> HttpResponse:
    """这个平台的大厅: the same rows as everybody's, only its own."""
    scope, tree = scopes.platform(code), directories.current()
    notes = list[str]()
    q = "".join(letter for letter in request.GET.get("q", "").strip() if letter.isprintable())[:100]
    tag = request.GET.get("tag", "")
    if tag not in dict(CHIPS):
        notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": tag[:40]})
        tag = ""
    wanted = scopes.filters(scope, tree, q=q, state="" if tag == "over" else tag, overdue=tag == "over")
    found = _page(wanted, request.GET.get("cursor", ""), notes)
    context = {
        "platform": _platform(scope),
        "say": f"{environment.url('new')}?{urlencode({'scope': scope.code})}",
        "notes": notes,
        "asked": Row(q=q, tag=tag),
        "chips": [Row(label=_(zh), url=_link(code, q=q, tag=key), current=key == tag, count=None) for key, zh in CHIPS],
        "rows": drawn.rows(found.rows, clock.now()),
        "next": _link(code, q=q, tag=tag, cursor=found.next) if found.next else None,
    }
    return frame.page(request, "scopes/hall.html", context, status=422 if notes else 200)


def _page(wanted: hall.Filters, cursor: str, notes: list[str]) -> Page[hall.HallEntry]:
    """The rows; a cursor that is none begins anew, and says so."""
    try:
        return hall.entries(wanted, cursor=cursor, limit=PAGE)
    except BadInput as problem:
        notes.append(frame.words(problem))
        return hall.entries(wanted, limit=PAGE)


def _link(code: str, **asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value})
    return environment.url("scope-hall", code) + (f"?{query}" if query else "")


# --- its units --------------------------------------------------------------------------------------------------------------------


@require_safe
def rank(request: HttpRequest, code: str) -> HttpResponse:
    """这个平台的单位 in a month: how many they answered, in time, to whose satisfaction."""
    scope, tree = scopes.platform(code), directories.current()
    this = clock.local(clock.now()).date().replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    month, notes = _month(request.GET.get("month", ""), this, last)
    lines, cutoff = scopes.units(scope, month)
    lines.sort(key=lambda line: (-line.parts["answer_on_time"].denominator, -line.answered, line.unit))
    context: dict[str, Any] = {
        "platform": _platform(scope),
        "notes": notes,
        "months": [
            Row(label=_("上个月"), url=f"{environment.url('scope-rank', code)}?month={last:%Y-%m}", current=month == last, count=None),
            Row(label=_("本月，还没过完"), url=environment.url("scope-rank", code), current=month == this, count=None),
        ],
        "names": [_(RATES[key][0]) for key in _FIGURES],
        "lines": [
            Row(
                name=tree.units[line.unit].name if line.unit in tree.units else line.unit,
                answered=line.answered,
                rates=[rate(key, line.parts[key].numerator, line.parts[key].denominator, cutoff) for key in _FIGURES],
            )
            for line in lines
            if line.answered or line.parts["answer_on_time"].denominator or line.parts["satisfaction"].denominator
        ],
        "cutoff": cutoff,
    }
    return frame.page(request, "scopes/rank.html", context, status=422 if notes else 200)


def _month(text: str, this: date, last: date) -> tuple[date, list[str]]:
    known = {"": this, f"{this:%Y-%m}": this, f"{last:%Y-%m}": last}
    if text in known:
        return known[text], []
    return this, [_("只能看本月和上个月，看的是本月。更早的在全市的晒榜里。")]

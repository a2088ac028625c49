"""首页、大厅、一件诉求、查进度: reading."""

import re
from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import holding
from minsheng.domain.errors import NotFound, TooMany
from minsheng.domain.states import KIND_ZH, STATE_ZH, State
from minsheng.models.case import Case
from minsheng.policy import decide
from minsheng.queries import cases, hall, statistics
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.web import formats, frame, shown
from minsheng.web.security import client_address

PAGE = 20
_CODE = re.compile(r"[A-Z]{1,6}[0-9]{6,14}")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: what can be promised, what was kept, and what was not."""
    today = clock.local(clock.now()).date()
    found = statistics.figures(start=today, end=today)
    rates = {rate.key: rate for rate in found.rates}
    views = [cases.holder(case) for case in Case.objects.filter(code__in=frame.held(request)[:3]).order_by("-id")]
    context = {
        "promises": _promises(),
        "mine": [shown.mine(view) for view in views],
        "to_rate": [
            Row(code=v.code, title=shown.headline(v.title, v.body), note=_("办得好不好，由您说了算。"))
            for v in views
            if "rate" in v.moves and v.rating is None and shown.answer(v)
        ],
        "figures": [
            Row(label=_("收到诉求"), value=formats.figure(found.volumes["receive"]), unit=_("件"), of=None),
            Row(label=_("已经答复"), value=formats.figure(found.volumes["answer"] + found.volumes["answer_at_once"]), unit=_("件"), of=None),
            *(_rate(rates[key]) for key in ("answer_on_time", "satisfaction")),
        ],
        "figures_at": found.cutoff,
        "figures_title": _("今天的%(city)s") % {"city": rulebook.today().profile.city},
        "overdue": statistics.overdue(),
        "overdue_url": reverse("hall") + "?tag=over",
        "released": [shown.request_row(item) for item in hall.hall(hall.Filters(), limit=3).rows],
    }
    return frame.page(request, "citizen/home.html", context)


def _rate(rate: statistics.Rate) -> Row:
    """A rate with its numerator and denominator; nothing counted is no rate."""
    if not rate.denominator:
        return Row(label=_(rate.zh), value="–", unit="", of=_("今天还没有"))
    value = formats.percent(rate.numerator, rate.denominator).rstrip("%")
    return Row(label=_(rate.zh), value=value, unit="%", of=f"{rate.numerator} / {rate.denominator}")


_PROMISES = (("claim", "%(time)s内有人认领"), ("contact", "%(time)s内联系您"), ("answer", "%(time)s内答复"), ("close", "%(time)s内办结"))


def _promises() -> list[str]:
    """What this city promises for an ordinary matter."""
    rules, said = rulebook.today(), []
    for kind, words in _PROMISES:
        timer = decide.arm(rules, kind, {"urgency": "normal", "kind": "complaint"}, start=clock.now(), event="receive", round=1)
        if timer is not None:
            said.append(_(words) % {"time": formats.within(decide.plain(timer)["within_zh"])})
    return said[:3]


@require_safe
def the_hall(request: HttpRequest) -> HttpResponse:
    """诉求大厅. A code typed into the search opens its case, where this reader may see it."""
    code = request.GET.get("q", "").strip().upper()
    if _CODE.fullmatch(code) and (code in frame.held(request) or _public(code)):
        return HttpResponseRedirect(reverse("case", args=(code,)))
    asked = {name: request.GET.get(name, "")[:100] for name in ("q", "tag", "district", "category", "kind")}
    state = "" if asked["tag"] == "over" else asked["tag"]
    filters = hall.Filters(
        q=asked["q"], state=state, district=asked["district"], category=asked["category"], kind=asked["kind"], overdue=asked["tag"] == "over"
    )
    found = hall.hall(filters, cursor=request.GET.get("cursor", ""), limit=PAGE)
    tree = directories.current()
    context = {
        "filters": Row(**asked),
        "states": [Row(label=_(words), url=_hall(asked, tag=key), current=asked["tag"] == key, count=None) for key, words in _CHIPS],
        "districts": [(p.code, p.name) for p in tree.places.values() if p.kind == "district"],
        "categories": [(c.code, c.name) for c in tree.categories.values() if c.level == 1],
        "kinds": [(str(kind), _(words)) for kind, words in KIND_ZH.items() if kind != "report"],
        "rows": [shown.request_row(item) for item in found.rows],
        "found": _found(len(found.rows), more=bool(found.next), first="cursor" not in request.GET),
        "next": _hall(asked, cursor=found.next) if found.next else None,
    }
    return frame.page(request, "citizen/hall.html", context)


def _public(code: str) -> bool:
    try:
        cases.public(code)
    except NotFound:
        return False
    return True


def _found(n: int, *, more: bool, first: bool) -> str | None:
    """How many there are, as far as it is known without counting them all."""
    if not n:
        return None
    return (_("最新的 %(n)s 件") if more else _("共 %(n)s 件")) % {"n": n} if first else _("再往前 %(n)s 件") % {"n": n}


_CHIPS = (
    ("", "全部"),
    (State.HANDLING, STATE_ZH[State.HANDLING]),
    ("over", "已超时"),
    (State.ANSWERED, "已答复"),
    (State.CLOSED, "已办结"),
    (State.PARKED, "挂账"),
)


def _hall(asked: dict[str, str], **changed: str) -> str:
    query = urlencode({name: value for name, value in {**asked, **changed}.items() if value})
    return reverse("hall") + (f"?{query}" if query else "")


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """查进度 by code and secret; the same words for an unknown code and a wrong secret."""
    form = Row(values={}, errors={})
    if request.method == "POST":
        code, secret = request.POST.get("code", "").strip().upper(), request.POST.get("secret", "")
        try:
            found = holding.held(code, secret, address=client_address(request))
        except (NotFound, TooMany) as problem:
            form = Row(values={"code": code}, errors={"secret": frame.words(problem)})
        else:
            frame.hold(request, found.code)
            return HttpResponseRedirect(reverse("case", args=(found.code,)))
    mine = [shown.mine(cases.holder(row)) for row in Case.objects.filter(code__in=frame.held(request)).order_by("-id")]
    today = clock.local(clock.now())
    context = {"form": form, "mine": mine, "example": f"{rulebook.today().profile.code_prefix}{today:%y}0000123"}
    return frame.page(request, "citizen/find.html", context, status=422 if form.errors else 200)


@require_safe
def display(request: HttpRequest) -> HttpResponse:
    """大字、深色、语言: remembered in cookies, then back to where the person was."""
    answer = HttpResponseRedirect(frame.back(request))
    for name, known in (("size", ("", "large")), ("theme", ("", "light", "dark"))):
        if request.GET.get(name) in known:
            answer.set_cookie(name, request.GET[name], max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    if request.GET.get("language") in ("zh", "en"):
        language = "zh-hans" if request.GET["language"] == "zh" else "en"
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer

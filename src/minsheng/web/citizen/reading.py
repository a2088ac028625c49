"""首页、大厅、一件诉求、查进度: reading."""

import re
from types import SimpleNamespace as Row
from typing import Any
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


@require_safe
def case(request: HttpRequest, code: str) -> HttpResponse:
    """一件诉求: the person's own view where this browser holds it, else what everybody may read."""
    return frame.page(request, "citizen/case.html", case_context(request, code))


def case_context(request: HttpRequest, code: str, **changed: Any) -> dict[str, Any]:
    """The context of citizen/case.html; `changed` replaces parts after an error."""
    own = frame.own(request, code)
    view = cases.holder(own) if own else cases.public(code)
    clock_ = shown.running(view)
    answer = shown.answer(view)
    may = set(view.moves) if own else set()
    form = Row(values={}, errors={})
    context = {
        "case": Row(
            code=view.code,
            title=shown.headline(view.title, view.body),
            text=view.body,
            tag=_tag(view, may, answered=answer is not None),
            category=" › ".join(view.category_name.split(" › ")[-2:]),
            place=" ".join(dict.fromkeys(p for p in (view.district_name, view.place_name, view.place_text) if p)),
            by=_("您反映的") if own else _("居民 · 已隐去姓名"),
            photos=shown.photos(code, view.shots),
            supporters=view.supporters,
            public=view.visibility == "public",
        ),
        "holder": bool(own),
        "clock": clock_ if answer is None else None,
        "took": _took(view) if answer is not None else None,
        "stages": shown.stages(view),
        "promises": shown.promises(view),
        "timeline": shown.timeline(view, own=bool(own)),
        "answer": answer,
        "checking": answer is None and view.state == State.ANSWERED,
        "handlers": shown.handlers(view),
        "rating": Row(level=_(shown.LEVELS[view.rating]), comment=None, at=view.answered_at) if view.rating else None,
        "rate": rating(view) if "rate" in may and view.rating is None and answer is not None else None,
        "urge": Row(open=True, reason=_("每天可以催 1 次。超时会自动提醒，不用您一直盯着。"), form=form) if "urge" in may and answer is None else None,
        "supplement": Row(open=True, reason=_("有了新情况，写在这里，办理单位马上看得到。"), form=form) if "supplement" in may else None,
        "withdraw": Row(open=True, reason=_("撤回以后不再办理，办理记录会留着。"), form=form) if "withdraw" in may and answer is None else None,
        "done": frame.told(request),
        "openings": view.openings,
        "mine_too": None,
    }
    return {**context, **changed}


def rating(view: cases.CaseView, *, form: Row | None = None) -> Row:
    """The form in which the person judges."""
    yes_no = [("yes", _("是")), ("no", _("没有"))]
    questions = [Row(name="contacted", label=_("有人联系过您吗"), choices=yes_no), Row(name="solved", label=_("问题解决了吗"), choices=yes_no)]
    rounds = rulebook.today().profile.reopening[-1].rounds
    again = _("回到办理单位重办，时限重新算。每件事最多办 %(n)s 轮。") % {"n": rounds} if "reopen" in view.moves and view.round < rounds else None
    return Row(form=form or Row(values={}, errors={}), questions=questions, may_reopen=again)


def _tag(view: cases.CaseView, may: set[str], *, answered: bool) -> str:
    if "rate" in may and view.rating is None and answered:
        return "rate"
    return shown.tag(view.state, overdue=any(p.late_now for p in view.promises), round_=view.round)


def _took(view: cases.CaseView) -> Row | None:
    promise = next((p for p in view.promises if p.kind == "answer" and p.met_at is not None), None)
    if promise is None or promise.met_at is None:
        return None
    kept = promise.state == "kept"
    gap = abs(promise.due_at - promise.met_at)
    note = _("比承诺的早 %(time)s") if kept else _("比承诺的晚 %(time)s")
    return Row(label=_("从提交到答复用了"), words=formats.took(promise.met_at - promise.started_at), note=note % {"time": formats.span(gap)}, kept=kept)


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

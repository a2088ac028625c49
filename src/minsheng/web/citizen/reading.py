"""首页、大厅、一件诉求、查进度: reading."""

from types import SimpleNamespace as Row

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import holding
from minsheng.domain.errors import NotFound, TooMany
from minsheng.models.case import Case
from minsheng.queries import cases, mine
from minsheng.queries import rules as rulebook
from minsheng.web import frame, shown
from minsheng.web.citizen import front
from minsheng.web.security import client_address


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: what can be promised, what was kept, and what was not. What is everybody's is kept for a quarter of a minute; a person's own never is."""
    held, account = frame.held(request)[:3], frame.account(request)
    newest = mine.cases(account, held, limit=3).rows if held or account else []
    views = [cases.holder(case) for case in Case.objects.filter(code__in=[row.code for row in newest]).order_by("-id")] if newest else []
    context = {
        **front.context(front.front(), clock.now()),
        "mine": [shown.mine(view) for view in views],
        "to_rate": [
            Row(code=v.code, title=shown.headline(v.title, v.body), note=_("办得好不好，由您说了算。"))
            for v in views
            if "rate" in v.moves and v.rating is None and shown.answer(v)
        ],
    }
    return frame.page(request, "citizen/home.html", context)


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

"""What stands around every page: city, display, the cases that this browser holds, and how refusals are shown."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng import clock
from minsheng.domain import access
from minsheng.domain.access import HOLDER, Actor
from minsheng.domain.errors import MinshengError, NotFound, TooMany
from minsheng.domain.states import PartyRole
from minsheng.models.case import Case, Party
from minsheng.queries import directory as directories
from minsheng.queries import messages as messages_of
from minsheng.queries import rules as rulebook

View = Callable[..., HttpResponse]
#: How many cases a browser is remembered to hold.
HELD = 20
EMERGENCY = (("报警", "110"), ("消防", "119"), ("急救", "120"))


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """One page in its frame."""
    return render(request, template, {**frame(request), **context}, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """now, city, display and unread, as templates/layout.html asks for them."""
    return {"now": clock.now(), "city": city(), "display": display(request), "unread": unread(request)}


def city() -> Row:
    """The city as the header and footer name it."""
    tree, profile = directories.current(), rulebook.today().profile
    return Row(
        name=profile.city,
        hotline=profile.hotline,
        host=tree.units[tree.fallback].name,
        operator=tree.units[tree.centre].name,
        emergency=[Row(name=_(name), number=number) for name, number in EMERGENCY],
    )


def display(request: HttpRequest) -> Row:
    """How this person wants pages to look: kept in cookies, not in a session."""
    size = "large" if request.COOKIES.get("size") == "large" else ""
    theme = request.COOKIES.get("theme", "")
    language = "zh" if chinese() else "en"
    return Row(size=size, theme=theme if theme in ("light", "dark") else "", language=language, next=request.get_full_path())


def back(request: HttpRequest, *, default: str = "/") -> str:
    """Where to go afterwards: only to an address of our own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()) else default


def chinese() -> bool:
    """Is the page in Chinese?"""
    return (get_language() or "zh").startswith("zh")


def words(problem: MinshengError) -> str:
    """A refusal in the language of the page."""
    return problem.words(get_language() or "zh")


def tell(request: HttpRequest, done: str, *, draft: str = "") -> None:
    """Say on the next page what was done. draft: name of the draft that is no longer needed (static/js/draft.js)."""
    messages.success(request, done, extra_tags=draft)


def told(request: HttpRequest) -> Row | None:
    """What was just done, told once: the last, where an answer was never read (a button pressed twice)."""
    found = list(messages.get_messages(request))
    return Row(words=found[-1].message, draft=found[-1].extra_tags) if found else None


def posted(*, back_to: str) -> Callable[[View], View]:
    """For a view that takes a form: reading its address (a page with an error, loaded again) leads to the page that the form stands on."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return HttpResponseRedirect(reverse(back_to, args=(code,)))
            return view(request, code, **kwargs)

        return require_http_methods(["GET", "HEAD", "POST"])(guarded)

    return decorate


# --- cases of this browser ----------------------------------------------------------------------------------------------------


def held(request: HttpRequest) -> list[str]:
    """Codes of the cases whose secret this browser has shown, latest first."""
    return list(request.session.get("held", []))


def hold(request: HttpRequest, code: str) -> None:
    """Remember that this browser holds the case."""
    request.session["held"] = [code, *(c for c in held(request) if c != code)][:HELD]


def account(request: HttpRequest) -> int | None:
    """The account of the citizen who has signed in here. Staff sign in at the desk and have none."""
    found = request.session.get("account")
    return int(found) if found is not None and request.user.is_authenticated and request.user.pk == found else None


def unread(request: HttpRequest) -> int | None:
    """How many messages this account has not read, for the bell; None for somebody who has not signed in (and no query)."""
    found = account(request)
    return None if found is None else messages_of.unread(found)


def citizen(request: HttpRequest) -> Actor:
    """Who acts on a citizen's page: the account, or somebody who holds code and secret."""
    found = account(request)
    return HOLDER if found is None else access.citizen(found)


def own(request: HttpRequest, code: str) -> Case | None:
    """The case, where it is this person's: this browser has shown its secret, or the account filed it."""
    if code in held(request):
        return Case.objects.filter(code=code).first()
    mine = account(request)
    if mine is None:
        return None
    callers = Party.objects.filter(account=mine, role=PartyRole.CALLER, left_at=None, erased_at=None)
    return Case.objects.filter(code=code, pk__in=callers.values("case")).first()


# --- refusals -------------------------------------------------------------------------------------------------------------------


_PAGES = frozenset({400, 403, 404, 409, 413, 422, 429, 500})


def refusal(request: HttpRequest, *, status: int, message: str | None = None) -> HttpResponse:
    """The page of a refusal, in kind words."""
    return page(request, f"errors/{status if status in _PAGES else 400}.html", {"message": message}, status=status)


class Refusals:
    """Turns every MinshengError that a page did not show itself into the page of its status; the API words its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Called by Django for what a view raised."""
        if not isinstance(problem, MinshengError) or problem.status >= 500:
            return None
        if isinstance(problem, NotFound) and (again := written_again(request, status=problem.status)) is not None:
            return again
        known = str(problem) != str(NotFound())  # the page of 404 says it better than the bare words
        answer = refusal(request, status=problem.status, message=words(problem) if known else None)
        if isinstance(problem, TooMany):
            answer["Retry-After"] = str(problem.retry_after)
        return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return refusal(request, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return refusal(request, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return refusal(request, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """500: the frame may be what failed, so this page needs nothing of it."""
    return render(request, "errors/500.html", {"message": None}, status=500)


def untrusted(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token: an old page, or cookies that are switched off. What was written in it comes back, to be sent once more.

    Not where another site sent it: that a person finds foreign words in a form of ours, and sends them, is what the token is there against.
    """
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403)  # a part of a page takes no whole one, nor the cookie of one: the script gets a fresh token and asks again (beside.js)
    foreign = reason.startswith(("Origin", "Referer"))
    if request.method == "POST" and not foreign:
        view = resolve(request.path_info).func
        if hasattr(view, "comes_back"):
            return view.comes_back(request)  # type: ignore[no-any-return]
        if (again := written_again(request, status=422)) is not None:
            return again
    return refusal(request, status=403, message=_("这个页面放得太久了，或者浏览器没有开 Cookie。请刷新后再提交，您写的内容还在草稿里。"))


#: Forms in which somebody writes for a while: by the name of the address, the fields that hold words, with what they were.
_WRITTEN = {
    "supplement": {"text": "想补充什么"},
    "withdraw": {"reason": "为什么撤回"},
    "rate": {"comment": "再说两句"},
    "remark": {"remark": "说一句"},
    "linked": {"comment": "再说两句", "words": "再说两句"},
    "desk-move": {
        "text": "您写的内容",
        "reason": "理由",
        "opinion": "协办意见",
        "plan": "怎么办、办到什么程度",
        "basis": "依据",
        "tried": "已经做了什么",
        "note": "备注",
    },
    "desk-templates": {"body": "您写的内容"},
    "desk-template": {"body": "您写的内容"},
}


def written_again(request: HttpRequest, *, status: int) -> HttpResponse | None:
    """A page with everything that was typed, ready to be sent again: the session ended while somebody was writing. None: nothing was written here."""
    match = request.resolver_match or resolve(request.path_info)
    fields = _WRITTEN.get(match.url_name or "", {})
    words = [(name, _(label), request.POST[name]) for name, label in fields.items() if request.POST.get(name, "").strip()]
    if request.method != "POST" or not words:
        return None
    others = [(name, value) for name in request.POST if name not in fields and name != "csrfmiddlewaretoken" for value in request.POST.getlist(name)]
    code = match.kwargs.get("code", "")
    context = {"action": request.path, "words": words, "others": others, "code": code, "lost": status == 404, "signed_out": status == 403}
    template = "desk/again.html" if (match.url_name or "").startswith("desk-") else "citizen/again.html"
    return page(request, template, context, status=status)

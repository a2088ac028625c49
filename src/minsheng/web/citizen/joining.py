"""我家也是、有进展告诉我、大家说: what people do with a public case that is not their own."""

from collections.abc import Callable
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng.commands import commenting, following, limits, people
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.web import frame
from minsheng.web.citizen.showing import REMARK, case_context
from minsheng.web.security import client_address


@frame.posted(back_to="case")
def mine_too(request: HttpRequest, code: str) -> HttpResponse:
    """我家也是，算我一个."""
    typed = {name: request.POST.get(name, "") for name in ("name", "phone")}

    def join() -> None:
        limits.take(limits.SUPPORTING, client_address(request))
        people.support(code, **typed, by=frame.citizen(request))

    return _do(request, code, join, part="mine_too", typed=typed, at="join", done=_("算上您了。有了答复会告诉您，随时可以退出。"))


@frame.posted(back_to="case")
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """不再算我: by the number that joined, or by the account."""
    typed = {"phone": request.POST.get("phone", "")}

    def go() -> None:
        if frame.account(request) is None and not typed["phone"].strip():
            raise BadInput(field="leave-phone", zh="写上加入时留的手机号。", en="Give the phone number with which you joined.")
        limits.take(limits.SUPPORTING, client_address(request))
        people.leave(code, phone=typed["phone"], by=frame.citizen(request))

    return _do(request, code, go, part="mine_too", typed=typed, at="join", done=_("已经退出，以后的答复不再告诉您。"))


@frame.posted(back_to="case")
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """有进展告诉我, or no more."""
    account = frame.account(request)
    if account is None:
        return _signed_in_first(request, code)
    if request.POST.get("on") == "no":
        following.unfollow(code, account=account)
        frame.tell(request, _("不再关注，有进展不告诉您了。"))
    else:
        following.follow(code, account=account)
        frame.tell(request, _("记下了，有进展告诉您。"))
    return HttpResponseRedirect(reverse("case", args=(code,)))


@frame.posted(back_to="case")
def remark(request: HttpRequest, code: str) -> HttpResponse:
    """大家说: one remark; it is shown once somebody has read it."""
    if frame.account(request) is None:
        return _signed_in_first(request, code)
    typed = {"remark": request.POST.get("remark", "")}

    def say() -> None:
        limits.take(limits.SUPPORTING, client_address(request))
        commenting.comment(code, text=typed["remark"], by=frame.citizen(request))

    done = _("收到了，看过就公开，一般半天之内。")
    return _do(request, code, say, part="remark", typed=typed, at="remarks", done=done, draft=f"remark-{code}", names={"text": "remark"})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """改一改、撤回 one's own remark."""
    if frame.account(request) is None:
        return _signed_in_first(request, code)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("case", args=(code,)) + "#remarks")
    field = f"remark-{number}"
    typed = {field: request.POST.get(field, "")}
    if request.POST.get("back"):
        return _do(
            request, code, lambda: commenting.withdraw(code, number, by=frame.citizen(request)), part="remark", typed={}, at="remarks", done=_("已经撤回。")
        )
    say: Callable[[], object] = lambda: commenting.edit(code, number, text=typed[field], by=frame.citizen(request))  # noqa: E731
    return _do(request, code, say, part="remark", typed=typed, at="remarks", done=_("改好了，看过就换上新的。"), names={"text": field})


def _signed_in_first(request: HttpRequest, code: str) -> HttpResponse:
    """Only somebody whom the city can reach follows and comments; what was typed waits as a draft on the device."""
    return HttpResponseRedirect(reverse("mine") + "?" + urlencode({"next": reverse("case", args=(code,))}))


def _do(
    request: HttpRequest, code: str, act: Callable[[], object], *, part: str, typed: dict[str, str], at: str, done: str, draft: str = "",
    names: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """Run it; a refusal comes back on the same page, at the same place, with what was typed."""
    try:
        act()
    except MinshengError as problem:
        field = problem.field if isinstance(problem, BadInput) else part
        form = Row(values=typed, errors={(names or {}).get(field, field): frame.words(problem)})
        context = case_context(request, code)
        if context[part] is None:
            raise
        kept = vars(context[part]) | {"form": form} | ({"limit": REMARK} if part == "remark" else {})
        return frame.page(request, "citizen/case.html", {**context, part: Row(**kept)}, status=problem.status)
    frame.tell(request, done, draft=draft)
    return HttpResponseRedirect(reverse("case", args=(code,)) + f"#{at}")

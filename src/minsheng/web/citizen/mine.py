"""我的: the person's cases on one page, by account and by what this browser holds; who has not signed in finds the ways to do so."""

from collections.abc import Callable
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minsheng import clock
from minsheng.commands import accounts
from minsheng.queries import accounts as held
from minsheng.queries import mine as queries
from minsheng.queries import rules as rulebook
from minsheng.queries.accounts import Me
from minsheng.web import frame, shown
from minsheng.web.citizen import masks, signing_in

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Only for citizens who are signed in; the view gets what is held of them. Others are asked to sign in, and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = frame.account(request)
        me = held.me(account) if account is not None else None
        if me is None:
            back = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("my-data")
            return HttpResponseRedirect(reverse("sign-in") + "?" + urlencode({"why": "gone", "next": back}))
        return view(request, *args, me=me, **kwargs)

    return never_cache(guarded)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我的."""
    account = frame.account(request)
    me = held.me(account) if account is not None else None
    codes = frame.held(request)
    found = queries.cases(account, codes, cursor=request.GET.get("cursor", ""))
    part = queries.taken_part(account, cursor=request.GET.get("part", "")) if account is not None else None
    context = {
        **signing_in.context(request),
        "me": _card(me) if me else None,
        "form": Row(values={}, errors={}),
        "example": f"{rulebook.today().profile.code_prefix}{clock.local(clock.now()):%y}0000123",
        "cases": [_case(row, signed_in=me is not None) for row in found.rows],
        "next_cases": _more(request, cursor=found.next),
        "first": "cursor" not in request.GET,
        "part": [_taken_part(row) for row in part.rows] if part else [],
        "next_part": _more(request, part=part.next) if part else None,
        "adoptable": queries.adoptable(codes) if me else 0,
    }
    answer = frame.page(request, "citizen/mine.html", context)
    if me is None:
        signing_in.know_device(request, answer)
    return answer


@require_POST
@signed_in
def adopt(request: HttpRequest, me: Me) -> HttpResponse:
    """把这台设备上的放进我的账号."""
    count = accounts.adopt(me.account, codes=frame.held(request))
    frame.tell(request, _("放好了，%(n)s 件。换一台设备登录也看得到。") % {"n": count})
    return HttpResponseRedirect(reverse("mine"))


def _card(me: Me) -> Row:
    """Who is signed in, as the head of the page says it."""
    contact = masks.phone(me.phone) if me.phone else masks.mail(me.mail) if me.mail else ""
    return Row(name=masks.name(me.name), contact=contact, real_name=me.level == "real_name")


def _case(row: queries.MyCase, *, signed_in: bool) -> Row:
    tag = "rate" if row.to_rate else shown.tag(row.state, overdue=row.overdue, round_=row.round)
    return Row(
        code=row.code, title=shown.headline(row.title, ""), tag=tag, at=row.received_at, unit=row.unit_name, due=row.due_at, to_rate=row.to_rate,
        only_here=signed_in and not row.mine,
    )  # fmt: skip


def _taken_part(row: queries.TakenPart) -> Row:
    how = _("我也遇到") if row.joined else _("关注")
    return Row(
        code=row.code, title=shown.headline(row.title, row.excerpt), tag=shown.tag(row.state, overdue=row.overdue), at=row.received_at, unit=row.unit_name,
        how=how,
    )  # fmt: skip


def _more(request: HttpRequest, **cursor: str) -> str | None:
    """The address of the next page of one of the two lists."""
    (value,) = cursor.values()
    return f"{reverse('mine')}?{urlencode({**request.GET.dict(), **cursor})}" if value else None

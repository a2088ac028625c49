"""牌子的短网址: what the code on a wall opens, and what somebody types who cannot scan it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minsheng.domain import plates


@require_safe
@never_cache
def plate(request: HttpRequest, typed: str = "") -> HttpResponse:
    """扫码: to the form with the place filled in. A number that was copied wrongly comes back to be looked at again; what is lost says so kindly."""
    typed = (typed or request.GET.get("number", ""))[: 4 * plates.LONGEST]
    read = plates.read(typed)
    asked = {"number": typed} if read.right is False or not read.code else {"place": read.code}
    return HttpResponseRedirect(reverse("new") + "?" + urlencode(asked))

"""@ 我的: notes in which somebody was named, and urgent reports."""

from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng.commands import noting
from minsheng.domain.access import Actor
from minsheng.queries import mentions
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

_WHAT = {"noted": "%(who)s 给您留言", "alerted": "%(who)s 紧急上报"}
PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The newest first; a POST says that all that were shown are read."""
    assert actor.id is not None
    if request.method == "POST":
        upto = request.POST.get("upto", "")
        noting.read(actor.id, upto=int(upto) if upto.isdecimal() and len(upto) < 19 else 0)
        frame.tell(request, _("都标为已读了。"))
        return HttpResponseRedirect(reverse("desk-mentions"))
    found = mentions.page(actor, cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "staff": badge(actor),
        "q": "",
        "rows": [
            Row(
                id=row.id,
                code=row.code,
                title=row.title,
                what=_(_WHAT.get(row.what, "%(who)s")) % {"who": row.who or _("同事")},
                alarm=row.what == "alerted",
                text=row.text,
                at=row.at,
                read=row.read,
                sees=row.sees,
                url=reverse("desk-mention", args=(row.id,)),
            )
            for row in found.rows
        ],
        "upto": found.rows[0].id if found.rows else 0,
        "next": reverse("desk-mentions") + "?" + urlencode({"cursor": found.next}) if found.next else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/mentions.html", context)


@require_http_methods(["GET", "HEAD"])
@staff
def one(request: HttpRequest, message: int, *, actor: Actor) -> HttpResponse:
    """Opening it makes it read."""
    assert actor.id is not None
    return HttpResponseRedirect(reverse("desk-case", args=(noting.read_one(actor.id, message=message),)))

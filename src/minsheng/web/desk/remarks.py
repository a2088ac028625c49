"""待看的评论: what people said under public cases and nobody has read yet."""

from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng.commands import commenting
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed
from minsheng.domain.states import Role
from minsheng.queries import remarks
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

#: Who reads comments (commands/commenting.py asks again).
READERS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.EDITOR})
_BACK = ("与这件事无关", "广告", "泄露别人的信息", "辱骂、攻击他人", "重复")


@require_safe
@staff
def waiting(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Oldest first."""
    return _page(request, actor, Row(key="", values={}, errors={}))


def _page(request: HttpRequest, actor: Actor, form: Row, *, status: int = 200) -> HttpResponse:
    if not any(actor.has(role) for role in READERS):
        raise NotAllowed("评论由坐席、派单员、督办员或编辑来看。", "Comments are read by operators, dispatchers, supervisors and editors.")
    page = remarks.waiting(cursor=request.GET.get("cursor", ""))
    context = {
        "staff": badge(actor),
        "q": "",
        "rows": page.rows,
        "next": reverse("desk-remarks") + "?" + urlencode({"cursor": page.next}) if page.next else None,
        "reasons": [_(reason) for reason in _BACK],
        "form": form,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/remarks.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def decide(request: HttpRequest, code: str, number: int, *, actor: Actor) -> HttpResponse:
    """通过、不通过、撤下."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-remarks"))
    reason = request.POST.get("other", "").strip() or request.POST.get("reason", "")
    try:
        match request.POST.get("what"):
            case "show":
                commenting.show(code, number, by=actor)
                frame.tell(request, _("已经公开。"))
            case "refuse":
                commenting.refuse(code, number, reason=reason, by=actor)
                frame.tell(request, _("没有通过，理由作者看得到。"))
            case "remove":
                commenting.remove(code, number, reason=reason, by=actor)
                frame.tell(request, _("已经撤下，理由大家看得到。"))
            case _unknown:
                raise BadInput(field="what", zh="请选通过、不通过或撤下。", en="Choose show, refuse or remove.")
    except MinshengError as problem:
        form = Row(key=f"{code}-{number}", values=request.POST.dict(), errors={"reason": frame.words(problem)})
        return _page(request, actor, form, status=problem.status)
    return HttpResponseRedirect(frame.back(request, default=reverse("desk-remarks")))

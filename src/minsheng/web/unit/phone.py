"""What a phone sends and is answered: a form that may have waited for a network, and the words for it, for a page and for a device that asks by itself."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wiring
from minsheng.commands import limits, uploads
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed
from minsheng.domain.fieldwork import Sent
from minsheng.domain.media import COUNT
from minsheng.queries import directory as directories
from minsheng.web import frame
from minsheng.web.citizen import offline
from minsheng.web.desk.entering import staff

View = Callable[..., HttpResponse]


def walker(view: View) -> View:
    """Only for grid workers; the view gets the actor."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, actor: Actor, **kwargs: Any) -> HttpResponse:
        if not access.may(actor, "patrol", directories.current()):
            raise NotAllowed("这一页是网格员用的，您的岗位没有这一项。", "This page is for grid workers.")
        return view(request, *args, actor=actor, **kwargs)

    return staff(guarded)


def form(actor: Actor, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None) -> Row:
    """What every form of a phone carries: its own name (the same sent twice is one), whose it is, and what was typed."""
    return Row(values=dict(typed or {}), errors=dict(errors or {}), key=(typed or {}).get("draft_id") or str(uuid.uuid4()), person=person(actor))


def person(actor: Actor) -> str:
    """By which a phone knows whose pages and forms it keeps."""
    return str(actor.id)


def sent(request: HttpRequest) -> Sent:
    """What the phone says about the sending; a time that cannot be read counts as none."""
    said = request.POST.get("done_at", "")
    try:
        done = datetime.fromisoformat(said) if said else None
    except ValueError:
        raise BadInput(field="done_at", zh="手机给的时间认不出来，请刷新页面再交。", en="The phone's time could not be read; please reload the page.") from None
    if done is not None and done.tzinfo is None:
        raise BadInput(field="done_at", zh="手机给的时间没有时区，请刷新页面再交。", en="The phone's time says no time zone; please reload the page.")
    return Sent(key=offline.draft(request) or str(uuid.uuid4()), done_at=done)  # a form without a name is new each time


def photos(request: HttpRequest, name: str) -> tuple[str, ...]:
    """Upload tickets of the photos of one field."""
    files = request.FILES.getlist(name)
    if len(files) > COUNT["photo"]:
        raise BadInput(field=name, zh=f"照片最多 {COUNT['photo']} 张。", en=f"At most {COUNT['photo']} photos.")
    if not files:
        return ()
    limits.take(limits.UPLOADS, f"staff:{request.user.pk}")
    return tuple(uploads.store(photo.read(), redraw=wiring.redraw, blobs=wiring.blobs()).ticket for photo in files)


def foreign(request: HttpRequest, actor: Actor) -> HttpResponse | None:
    """A form that a colleague wrote on this phone: it waits until that colleague signs in again, and is never sent under another name."""
    if request.POST.get("person") in (None, person(actor)):
        return None
    words = _("这一条是同事在这部手机上写的，等那位同事登录后再传。")
    return JsonResponse({"errors": [words]}, status=403) if offline.by_itself(request) else frame.refusal(request, status=403, message=words)


def taken(request: HttpRequest, said: str, *, code: str = "", to: str = "") -> HttpResponse:
    """记下了: words for the device, or on the next page."""
    if offline.by_itself(request):
        return JsonResponse({"said": said, "code": code})
    frame.tell(request, said)
    return HttpResponseRedirect(to or reverse("grid"))


def refused(request: HttpRequest, problem: MinshengError) -> HttpResponse | None:
    """For a device: why not, as something its person must look at (never as something to try again). None: a page shows it."""
    if not offline.by_itself(request):
        return None
    if problem.status in (429, 503):
        return offline.refused({"": frame.words(problem)}, problem.status)
    return offline.refused({"": frame.words(problem)}, 422 if isinstance(problem, BadInput) else 409)

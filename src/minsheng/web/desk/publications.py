"""刊物 at the desk: what waits to be signed, a draft to preview, and drafting by hand."""

from collections.abc import Mapping
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wiring
from minsheng.commands import drafting
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.publications import KINDS
from minsheng.queries import publications
from minsheng.queries.hot_topics import Topic
from minsheng.web import frame
from minsheng.web.citizen.publications import handed
from minsheng.web.desk.deeds import allowed, demand
from minsheng.web.desk.entering import badge, staff

_FIELDS = ("kind", "period", "topic", "categories", "words", "suggestion", "addressees")


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """All of them; a form drafts another."""
    demand(actor, "read_publications")
    if request.method != "POST":
        return _index(request, actor, {}, {})
    values = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        number = _draft(values, actor)
    except BadInput as wrong:
        return _index(request, actor, values, {wrong.field if wrong.field in _FIELDS else "period": frame.words(wrong)}, status=wrong.status)
    except MinshengError as wrong:
        return _index(request, actor, values, {"period": frame.words(wrong)}, status=wrong.status)
    frame.tell(request, _("起草好了。请核对，再请另一位同事签发。"))
    return HttpResponseRedirect(reverse("desk-publication", args=(number,)))


def _draft(values: Mapping[str, str], actor: Actor) -> int:
    if values["kind"] != "hot_topic":
        return drafting.draft(values["kind"], period=values["period"], by=actor)
    topic = Topic(
        name=values["topic"], categories=_words(values["categories"]), words=_words(values["words"]), suggestion=values["suggestion"],
        addressees=_words(values["addressees"]),
    )  # fmt: skip
    return drafting.draft_topic(values["period"], topic=topic, by=actor)


def _words(text: str) -> tuple[str, ...]:
    """Words with spaces or commas between them."""
    return tuple(dict.fromkeys(text.replace("，", " ").replace("、", " ").replace(",", " ").split()))


def _index(request: HttpRequest, actor: Actor, values: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200) -> HttpResponse:
    context = {
        "staff": badge(actor),
        "q": "",
        "rows": publications.at_desk(),
        "kinds": [(kind.code, _(kind.zh)) for kind in KINDS.values()],
        "form": Row(values={name: values.get(name, "") for name in _FIELDS}, errors=dict(errors)),
        "may_draft": allowed(actor, "draft_publications"),
        "done": frame.told(request),
    }
    return frame.page(request, "desk/publications/index.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """预览, and 签发 for a second person."""
    demand(actor, "read_publications")
    problem, status = None, 200
    if request.method == "POST":
        try:
            drafting.sign(number, seen=request.POST.get("seen", ""), by=actor, press=wiring.publisher(), blobs=wiring.blobs())
        except MinshengError as wrong:
            if wrong.status == 404:
                raise
            problem, status = frame.words(wrong), wrong.status
        else:
            frame.tell(request, _("签发好了。"))
            return HttpResponseRedirect(reverse("desk-publication", args=(number,)))
    one = publications.one(number, desk=True)
    context = {
        "staff": badge(actor),
        "q": "",
        "one": one,
        "mine": one.drafted_by == actor.tag,
        "may_sign": allowed(actor, "sign_publications"),
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/publications/show.html", context, status=status)


@require_safe
@staff
def file(request: HttpRequest, number: int, ending: str, *, actor: Actor) -> HttpResponseBase:
    """A signed file, also of what is not for everybody."""
    demand(actor, "read_publications")
    digest, name = publications.file(number, ending, desk=True)
    return handed(request, digest, name, ending, keep="private, no-store")

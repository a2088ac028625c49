"""没搜到的: what people looked for and found nothing, worked off by the editors of the centre."""

from types import SimpleNamespace as Row
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng.commands import knowledge as working
from minsheng.domain.access import Actor
from minsheng.domain.errors import MinshengError, NotAllowed
from minsheng.queries import knowledge
from minsheng.web import frame
from minsheng.web.desk.entering import badge, staff

PAGE = 50


@require_safe
@staff
def missing(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Most often first. ?dropped=3: what was just dropped may be taken up again."""
    return _page(request, actor)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def decide(request: HttpRequest, number: int, what: str, *, actor: Actor) -> HttpResponse:
    """写一篇、不用写、撤销."""
    here = reverse("desk-knowledge-missing")
    if request.method != "POST" or what not in ("write", "drop", "restore"):
        return HttpResponseRedirect(here)
    try:
        if what == "write":
            article = working.write_for(number, by=actor)
            frame.tell(request, _("草稿建好了，标题是搜的词。写好再发布。"))
            return HttpResponseRedirect(reverse("desk-article", args=(article,)))
        if what == "drop":
            words = working.drop(number, by=actor)
            frame.tell(request, _("「%(words)s」不写了。") % {"words": words})
            return HttpResponseRedirect(f"{here}?{urlencode({'dropped': number})}")
        words = working.take_up(number, by=actor)
    except MinshengError as problem:
        return _page(request, actor, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("「%(words)s」放回来了。") % {"words": words})
    return HttpResponseRedirect(here)


def _page(request: HttpRequest, actor: Actor, *, problem: str | None = None, status: int = 200) -> HttpResponse:
    if not working.may_work_off(actor):
        raise NotAllowed("没搜到的词由热线中心的编辑来看。", "The centre's editors work off what was not found.")
    found = knowledge.missing(cursor=request.GET.get("cursor", ""), limit=PAGE)
    dropped = request.GET.get("dropped", "")
    context = {
        "staff": badge(actor),
        "q": "",
        "rows": [Row(number=one.number, words=one.words, times=one.times, first=one.first_at, last=one.last_at, url=_search(one.words)) for one in found.rows],
        "next": reverse("desk-knowledge-missing") + "?" + urlencode({"cursor": found.next}) if found.next else None,
        "dropped": int(dropped) if dropped.isdecimal() and len(dropped) < 10 else None,
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/knowledge/missing.html", context, status=status)


def _search(words: str) -> str:
    """The same search, to see whether something answers it by now."""
    return reverse("desk-knowledge") + "?" + urlencode({"q": words, "typing": "1"})

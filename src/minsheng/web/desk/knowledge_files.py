"""附件 of an article: added, taken away and put back by its editors."""

from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng import wiring
from minsheng.commands import articles as writing
from minsheng.commands import attaching
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.models.content import Article
from minsheng.queries import knowledge
from minsheng.web import frame
from minsheng.web.article_files import listed
from minsheng.web.desk.entering import staff

#: What a browser offers to choose from.
ACCEPTED = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"
_PROBLEM = "article-file-problem"


def attached(request: HttpRequest, row: Article, actor: Actor) -> Row:
    """The part of the editor's page. removed: what was just taken away and may be put back; problem: why a file was not taken."""
    removed = request.GET.get("removed", "")
    return Row(
        rows=listed(row.slug, knowledge.files(row.pk, waiting=True)),
        accept=ACCEPTED,
        removed=int(removed) if removed.isdecimal() and len(removed) < 10 else None,
        problem=request.session.pop(_PROBLEM, None),
        may=writing.may_edit(actor, row),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def add(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """加附件."""
    if request.method != "POST":
        return _back(number)
    try:
        sent = request.FILES.get("file")
        if sent is None:
            raise BadInput(field="file", zh="先选一个文件。", en="Choose a file first.")
        attaching.attach(number, content=sent.read(), name=sent.name or "", examine=wiring.examine, blobs=wiring.blobs(), by=actor)
    except MinshengError as problem:
        return _refused(request, number, problem)
    frame.tell(request, _("附件加上了。"))
    return _back(number)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def change(request: HttpRequest, number: int, file: int, what: str, *, actor: Actor) -> HttpResponse:
    """删掉、放回来."""
    if request.method != "POST" or what not in ("remove", "restore"):
        return _back(number)
    try:
        if what == "remove":
            attaching.detach(number, file=file, by=actor)
            return _back(number, f"?removed={file}")
        attaching.put_back(number, file=file, by=actor)
    except MinshengError as problem:
        return _refused(request, number, problem)
    frame.tell(request, _("附件放回来了。"))
    return _back(number)


def _refused(request: HttpRequest, number: int, problem: MinshengError) -> HttpResponse:
    """Said on the article's page, beside the files; what is being written there stays in its draft."""
    if problem.status == 404:
        raise problem
    request.session[_PROBLEM] = frame.words(problem)
    return _back(number)


def _back(number: int, query: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("desk-article", args=(number,)) + query + "#files")

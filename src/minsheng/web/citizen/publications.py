"""刊物 and 栏目, as everybody reads them: the list, one publication with its files, and what was exposed."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.publications import KINDS
from minsheng.queries import columns, publications
from minsheng.web import frame
from minsheng.web.citizen import files

MEDIA = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
#: How far back the column of exposures goes, in days.
COLUMN = 92


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """公开刊物, newest first."""
    kind = request.GET.get("kind", "")
    kinds = [("", _("全部")), *((one.code, _(one.zh)) for one in KINDS.values() if one.public)]
    return frame.page(request, "citizen/publications/index.html", {"rows": publications.public(kind=kind), "kinds": kinds, "kind": kind})


@require_safe
def show(request: HttpRequest, number: int) -> HttpResponse:
    """One publication as a page."""
    return frame.page(request, "citizen/publications/show.html", {"one": publications.one(number)})


@require_safe
def file(request: HttpRequest, number: int, ending: str) -> HttpResponseBase:
    """The file as it was signed."""
    digest, name = publications.file(number, ending)
    return handed(request, digest, name, ending, keep="public, max-age=3600")


def handed(request: HttpRequest, digest: str, name: str, ending: str, *, keep: str) -> HttpResponseBase:
    """A file of a publication under its own name."""
    answer = files.serve(request, digest, MEDIA[ending], keep=keep)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def column(request: HttpRequest) -> HttpResponse:
    """曝光栏目: what was exposed in the last three months, with what the unit says."""
    now = clock.now()
    return frame.page(request, "citizen/publications/column.html", {"rows": columns.exposures(start=now - timedelta(days=COLUMN), end=now)})

"""附件 of an article, as people find them: listed with what they are and how large; handed out to be saved, never shown."""

from types import SimpleNamespace as Row

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.queries import directory as directories
from minsheng.queries import knowledge
from minsheng.queries.knowledge import Attached, Reader
from minsheng.web.citizen import files
from minsheng.web.desk.entering import actor_of

_ENDINGS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel", "jpg": "JPG"}


def reader_of(actor: Actor) -> Reader:
    """What this person may read: everything published; drafts of the own units, or all where the whole base is theirs to write or review."""
    tree = directories.current()
    return Reader(units=actor.units(), everything=any(access.may(actor, deed, tree) for deed in ("write_articles", "review_articles")))


def listed(slug: str, found: list[Attached]) -> list[Row]:
    """Files as people see them: what it is, how large, where it is handed out."""
    return [
        Row(
            number=one.number,
            name=one.name,
            what=_ENDINGS[one.name.rsplit(".", 1)[-1]],
            size=weight(one.size),
            waits=one.waits,
            url=reverse("article-file", args=(slug, one.digest)),
        )
        for one in found
    ]


def weight(size: int) -> str:
    """24 KB, 1.3 MB."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, round(size / 1024))} KB"


@require_safe
def file(request: HttpRequest, slug: str, digest: str) -> HttpResponseBase:
    """附件, to be saved under its name."""
    actor = actor_of(request)
    found = knowledge.file(slug, digest, reader=reader_of(actor) if actor else None)
    answer = files.serve(request, found.digest, found.media_type, keep="private, no-cache")
    answer.headers["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    return answer

"""附件 of an article: a form or a table that people take away. What a unit adds to a published article waits with its next version.

What is taken away may be put back for a day; then the file goes too, where nobody else names it.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from django.db import transaction

from minsheng import clock
from minsheng.commands import acts, articles
from minsheng.commands.uploads import hold, wanted
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.models.content import Article, ArticleFile
from minsheng.ports import BlobStore

MOST = 8
"""Files of one article."""
NAME_LIMIT = 80
PUT_BACK = timedelta(days=1)
_ODD = re.compile(r'[\x00-\x1f\x7f"<>|:*?\\/\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


class Examined(Protocol):
    """What comes out of looking at a file (adapters/documents.py)."""

    @property
    def content(self) -> bytes: ...
    @property
    def ending(self) -> str: ...
    @property
    def media_type(self) -> str: ...


def attach(number: int, *, content: bytes, name: str, examine: Callable[[bytes], Examined], blobs: BlobStore, by: Actor) -> int:
    """加附件: known by its content, kept under its name with the ending that fits. The same file twice is there once. Returns its number."""
    document = examine(content)
    with transaction.atomic():
        held = articles.lock(number, editor=by)
        if ArticleFile.objects.filter(article=held.row, removed_at=None).count() >= MOST:
            raise BadInput(field="file", zh=f"一篇最多 {MOST} 个附件。请先删掉一个。", en=f"An article has {MOST} files at most: remove one first.")
        waits = _waits(held, by)
        kept = _kept(document, blobs)
        row, fresh = ArticleFile.objects.get_or_create(
            article=held.row, digest=kept, defaults={"name": named(name, document.ending), "media_type": document.media_type,
            "size": len(document.content), "at": clock.now(), "waits": waits},
        )  # fmt: skip
        if not fresh and row.removed_at is not None:
            row.removed_at, row.name, row.waits = None, named(name, document.ending), waits
            row.save(update_fields=["removed_at", "name", "waits"])
        _note(held.row, by, "attach", row.name)
        return row.pk


def detach(number: int, *, file: int, by: Actor) -> str:
    """删附件: nobody finds it any more; it may be put back for a day. Returns its name."""
    with transaction.atomic():
        held = articles.lock(number, editor=by)
        row = _file(held.row, file, removed=False)
        if held.row.status == "published" and not row.waits and not articles.may_write(by):
            raise NotAllowed(
                "这个附件已经公开，由热线中心的编辑来删。新的附件可以先加上，一起送审。",
                "This file is public: the centre's editors remove it. Add a new one beside it.",
            )
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])
        _note(held.row, by, "detach", row.name)
        return row.name


def put_back(number: int, *, file: int, by: Actor) -> str:
    """撤销删除: the file is there as it was. Returns its name."""
    with transaction.atomic():
        held = articles.lock(number, editor=by)
        row = _file(held.row, file, removed=True)
        row.removed_at = None
        row.save(update_fields=["removed_at"])
        _note(held.row, by, "attach", row.name)
        return row.name


def sweep_removed(*, blobs: BlobStore, batch: int = 500) -> int:
    """清理: files that were taken away more than a day ago; returns how many."""
    with transaction.atomic():
        rows = list(ArticleFile.objects.select_for_update(skip_locked=True).filter(removed_at__lt=clock.now() - PUT_BACK)[:batch])
        digests = {row.digest for row in rows}
        ArticleFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
        hold(*digests)
        for digest in digests:
            if not wanted(digest):
                blobs.erase(digest)
    return len(rows)


def named(name: str, ending: str) -> str:
    """The name without a path and what no file system takes, with the ending of what the file is."""
    bare = _ODD.sub(" ", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    stem = bare.rsplit(".", 1)[0].strip(" .") if "." in bare else bare
    return f"{stem[: NAME_LIMIT - 1 - len(ending)] or '附件'}.{ending}"


def _waits(held: articles.Held, by: Actor) -> bool:
    """Does a file that comes now wait for a review? Then a version waits beside the published one, to be sent there."""
    if articles.may_write(by):
        return False
    articles.wait(held, by=by)
    return held.row.status == "published"


def _kept(document: Examined, blobs: BlobStore) -> str:
    hold(hashlib.sha256(document.content).hexdigest())
    return blobs.put(document.content).sha256


def _file(article: Article, file: int, *, removed: bool) -> ArticleFile:
    row = ArticleFile.objects.filter(pk=file, article=article, removed_at__isnull=not removed).first()
    if row is None:
        raise NotFound("没有这个附件，可能已经删了。", "There is no such file; it may have been removed.")
    return row


def _note(article: Article, by: Actor, what: str, name: str) -> None:
    acts.record("article", by=by, subject=article.slug, after={"what": what, "file": name})

"""照片、视频、录音: taken in before the request they belong to; the upload ticket binds them to it. What nobody takes is removed after a day.

A small photo comes at once (`store`). Everything may come in pieces, which can stop and go on: `begin` hands out the ticket, `receive` takes one
piece after the other, `finish` reads what has come and writes it anew, `drop` takes it back.
"""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Q

from minsheng import clock
from minsheng.domain import access, facts_json, media
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.domain.media import KEPT_UNBOUND
from minsheng.models.case import Attachment, Case
from minsheng.models.case import Upload as Coming
from minsheng.models.content import ArticleFile
from minsheng.models.read import HallRow
from minsheng.ports import BlobStore, PartStore, Transcriber
from minsheng.queries import directory as directories
from minsheng.queries import uploads as queries
from minsheng.queries.uploads import Waiting


class Picture(Protocol):
    """What comes out of writing a photo anew (adapters/images.py)."""

    @property
    def jpeg(self) -> bytes: ...
    @property
    def thumbnail(self) -> bytes: ...
    @property
    def sha256(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...


class Film(Protocol):
    """What comes out of writing a video or a sound anew (adapters/media.py)."""

    @property
    def path(self) -> Path: ...
    @property
    def sha256(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def seconds(self) -> float: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...
    @property
    def thumbnail(self) -> bytes | None: ...


Redraw = Callable[[bytes], Picture]
Recast = Callable[[Path, str], AbstractContextManager[Film]]


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo that waits for its case: `ticket` goes into `attachments` or `evidence`; `digest` is the SHA-256 of what is kept."""

    ticket: str
    width: int
    height: int
    digest: str


def store(content: bytes, *, redraw: Redraw, blobs: BlobStore) -> Upload:
    """收照片: write it anew without its metadata, keep it, hand out a ticket. What is no photo is BadInput."""
    picture = redraw(content)
    with transaction.atomic():
        row = _photo(picture, secrets.token_urlsafe(24), blobs)
    return Upload(row.ticket, picture.width, picture.height, row.digest)


def _photo(picture: Picture, ticket: str, blobs: BlobStore) -> Attachment:
    hold(picture.sha256, hashlib.sha256(picture.thumbnail).hexdigest())
    kept, small = blobs.put(picture.jpeg), blobs.put(picture.thumbnail)
    return Attachment.objects.create(
        digest=kept.sha256, media_type="image/jpeg", size=kept.size, width=picture.width, height=picture.height, thumbnail=small.sha256,
        at=clock.now(), ticket=ticket,
    )  # fmt: skip


def _film(film: Film, kind: str, ticket: str, blobs: BlobStore) -> Attachment:
    hold(film.sha256, *([hashlib.sha256(film.thumbnail).hexdigest()] if film.thumbnail else []))
    kept = blobs.put_file(film.path)
    small = blobs.put(film.thumbnail).sha256 if film.thumbnail else ""
    return Attachment.objects.create(
        digest=kept.sha256, kind=kind, media_type=film.media_type, size=kept.size, seconds=film.seconds, width=film.width, height=film.height,
        thumbnail=small, at=clock.now(), ticket=ticket,
    )  # fmt: skip


# --- in pieces ----------------------------------------------------------------------------------------------------------------


def begin(kind: str, *, size: int) -> str:
    """开始上传: a ticket for a file of so many bytes. One that is too large is refused before its first byte."""
    media.weigh(media.known(kind), size, field=kind)
    ticket = secrets.token_urlsafe(24)
    Coming.objects.create(ticket=ticket, kind=kind, size=size, at=clock.now())
    return ticket


def receive(ticket: str, *, offset: int, content: bytes, parts: PartStore) -> int:
    """收一段: put this piece behind the first `offset` bytes; returns how many are here now. WrongState when another number is here already."""
    with transaction.atomic():
        row = _locked(ticket)
        if offset != row.received:
            raise WrongState(f"这个文件已经收到 {row.received} 字节，请从那里接着传。", f"{row.received} bytes are here: please go on from there.")
        if row.received + len(content) > row.size:
            raise BadInput(field=row.kind, zh="收到的比说好的多，请重新选这个文件。", en="More came than was declared: please choose the file again.")
        if content:
            parts.append(ticket, at=row.received, content=content)
            row.received += len(content)
            row.save(update_fields=["received"])
    return row.received


def _locked(ticket: str) -> Coming:
    """The upload, held until the end of the transaction, so that its pieces come one after the other."""
    found = Coming.objects.select_for_update().filter(ticket=ticket, at__gt=clock.now() - KEPT_UNBOUND).first() if media.TICKET.fullmatch(ticket) else None
    if found is None:
        raise queries.unknown()
    return found


def finish(ticket: str, *, redraw: Redraw, recast: Recast, parts: PartStore, blobs: BlobStore) -> Waiting:
    """收齐: look at what has come, write it anew, keep it under the same ticket. Done twice it is done once.

    What is no photo, video or sound is BadInput, and nothing of it stays.
    """
    try:
        with transaction.atomic():
            row = Coming.objects.select_for_update().filter(ticket=ticket).first()  # who asks again meanwhile waits here
            if row is not None:
                if row.received < row.size:
                    raise WrongState("这个文件还没有传完。", "This file has not come whole yet.")
                with parts.whole(ticket) as path:
                    _look(row, path, redraw, recast, blobs)
                row.delete()
    except (BadInput, NotFound):
        Coming.objects.filter(ticket=ticket).delete()
        parts.drop(ticket)
        raise
    done = queries.waiting([ticket])
    if not done:
        raise queries.unknown()
    if row is not None:
        parts.drop(ticket)
    return done[0]


def _look(row: Coming, path: Path, redraw: Redraw, recast: Recast, blobs: BlobStore) -> None:
    if row.kind == "photo":
        _photo(redraw(path.read_bytes()), row.ticket, blobs)
        return
    with recast(path, row.kind) as film:
        _film(film, row.kind, row.ticket, blobs)


def drop(ticket: str, *, parts: PartStore, blobs: BlobStore) -> None:
    """不要了: forget a file that no case has taken, whether it is whole or still comes, at once and not after a day."""
    found = queries.one(ticket)
    with transaction.atomic():
        Coming.objects.filter(ticket=ticket).delete()
        _remove(list(Attachment.objects.select_for_update().filter(ticket=ticket, case=None)), blobs)
    if isinstance(found, queries.Coming):
        parts.drop(ticket)


def transcribe(ticket: str, *, transcriber: Transcriber, blobs: BlobStore) -> str:
    """录音转文字: what is said in a recording that waits for its case. The recording stays; the words are the person's to correct."""
    found = next((one for one in queries.waiting([ticket]) if one.kind == "audio"), None)
    if found is None:
        raise queries.unknown()
    return transcriber.transcribe(blobs.get(found.digest), media_type=found.media_type)


def sweep_unfinished(*, parts: PartStore, batch: int = 500) -> int:
    """Forget uploads that were not finished within a day, and pieces of files that nobody knows any more; returns how many."""
    with transaction.atomic():
        old = Coming.objects.filter(at__lt=clock.now() - KEPT_UNBOUND).order_by("at")
        tickets = list(old.select_for_update(skip_locked=True).values_list("ticket", flat=True)[:batch])
        Coming.objects.filter(ticket__in=tickets).delete()
    kept = parts.tickets()  # before the rows are read: a file has a row as long as it is wanted
    known = set(Coming.objects.filter(ticket__in=kept).values_list("ticket", flat=True))
    for ticket in {*tickets, *kept} - known:
        parts.drop(ticket)
    return len(tickets)


# --- what nobody took, and who may read ---------------------------------------------------------------------------------------


def sweep_unbound(*, blobs: BlobStore, batch: int = 500) -> int:
    """Remove files that no case took within a day, and those that were erased; returns how many. Safe in several workers at once."""
    with transaction.atomic():
        old = Attachment.objects.filter(Q(case=None, at__lt=clock.now() - KEPT_UNBOUND) | Q(erased_at__isnull=False)).order_by("id")
        rows = list(old.select_for_update(skip_locked=True)[:batch])
        _remove(rows, blobs)
    return len(rows)


def _remove(rows: list[Attachment], blobs: BlobStore) -> None:
    """The rows, and those of their files that no other row names."""
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    files = {file for row in rows for file in (row.digest, row.thumbnail) if file}
    hold(*files)
    for file in files:
        if not wanted(file):
            blobs.erase(file)


def wanted(digest: str) -> bool:
    """Does a case or an article still name this file?"""
    return Attachment.objects.filter(Q(digest=digest) | Q(thumbnail=digest)).exists() or ArticleFile.objects.filter(digest=digest).exists()


def hold(*digests: str) -> None:
    """Until the commit nobody else stores or removes these files: the sweep must not erase what is being stored again. Always in the same order."""
    with connection.cursor() as cursor:
        for digest in sorted(digests):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 20))", [digest])


def readable(code: str, digest: str, *, by: Actor | None, holder: Case | None) -> str:
    """May this file of a case be read: by everybody (released with a public case), by the holder, or by staff who may see the case? Else NotFound.

    Returns its media type; a thumbnail is read like the file that it shows.
    """
    rows = Attachment.objects.select_related("case").filter(Q(digest=digest) | Q(thumbnail=digest), case__code=code, erased_at=None)
    for row in rows:
        assert row.case is not None
        held = holder is not None and row.case_id == holder.pk
        if held or (by is not None and _staff_may_see(row.case, by)) or (row.public and HallRow.objects.filter(case=row.case).exists()):
            return row.media_type if row.digest == digest else "image/jpeg"
    raise NotFound("没有这个文件。", "There is no such file.")


def _staff_may_see(case: Case, by: Actor) -> bool:
    facts, tree = facts_json.from_json(case.facts), directories.current()
    place = facts.place or facts.district
    return access.may_see(by, facts, tree, place_unit=tree.places[place].unit if place and place in tree.places else None)

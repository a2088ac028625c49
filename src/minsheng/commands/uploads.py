"""照片: taken in before the request they belong to; the upload ticket binds them to it. What nobody takes is removed after a day."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from django.db import connection, transaction
from django.db.models import Q

from minsheng import clock
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.models.case import Attachment, Case
from minsheng.models.read import HallRow
from minsheng.ports import BlobStore
from minsheng.queries import directory as directories

KEPT_UNBOUND = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo that waits for its case: `ticket` goes into `attachments` or `evidence`; `digest` is the SHA-256 of what is kept."""

    ticket: str
    width: int
    height: int
    digest: str


def store(content: bytes, *, redraw: Callable[[bytes], Picture], blobs: BlobStore) -> Upload:
    """收照片: write it anew without its metadata, keep it, hand out a ticket. What is no photo is BadInput."""
    picture = redraw(content)
    ticket = secrets.token_urlsafe(24)
    with transaction.atomic():
        _hold(picture.sha256)
        kept = blobs.put(picture.jpeg)
        small = blobs.put(picture.thumbnail)
        Attachment.objects.create(
            digest=kept.sha256, media_type="image/jpeg", size=kept.size, width=picture.width, height=picture.height, thumbnail=small.sha256,
            at=clock.now(), ticket=ticket,
        )  # fmt: skip
    return Upload(ticket, picture.width, picture.height, kept.sha256)


def sweep_unbound(*, blobs: BlobStore, batch: int = 500) -> int:
    """Remove photos that no case took within a day, and those that were erased, files included; returns how many. Safe in several workers at once."""
    with transaction.atomic():
        old = Attachment.objects.filter(Q(case=None, at__lt=clock.now() - KEPT_UNBOUND) | Q(erased_at__isnull=False)).order_by("id")
        rows = list(old.select_for_update(skip_locked=True)[:batch])
        Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for digest, thumbnail in sorted({(row.digest, row.thumbnail) for row in rows}):
            _hold(digest)
            for file in (digest, thumbnail):
                if not Attachment.objects.filter(Q(digest=file) | Q(thumbnail=file)).exists():
                    blobs.erase(file)
    return len(rows)


def _hold(digest: str) -> None:
    """Until the commit nobody else stores or removes the same picture: the sweep must not erase what is being stored again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 20))", [digest])


def readable(code: str, digest: str, *, by: Actor | None, holder: Case | None) -> None:
    """May this file of a case be read: by everybody (released with a public case), by the holder, or by staff who may see the case? Else NotFound."""
    rows = Attachment.objects.select_related("case").filter(Q(digest=digest) | Q(thumbnail=digest), case__code=code, erased_at=None)
    for row in rows:
        assert row.case is not None
        if holder is not None and row.case_id == holder.pk:
            return
        if by is not None and _staff_may_see(row.case, by):
            return
        if row.public and HallRow.objects.filter(case=row.case).exists():
            return
    raise NotFound("没有这张照片。", "There is no such photo.")


def _staff_may_see(case: Case, by: Actor) -> bool:
    facts, tree = facts_json.from_json(case.facts), directories.current()
    place = facts.place or facts.district
    return access.may_see(by, facts, tree, place_unit=tree.places[place].unit if place and place in tree.places else None)

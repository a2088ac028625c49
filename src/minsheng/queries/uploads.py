"""上传的文件 that no case has taken yet: what a form shows of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from minsheng import clock
from minsheng.domain.errors import NotFound
from minsheng.domain.media import KEPT_UNBOUND, TICKET
from minsheng.models.case import Attachment, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that is whole and waits for its case, by its ticket. digest and thumbnail: addresses in the blob store; a sound has no thumbnail."""

    ticket: str
    kind: str
    media_type: str
    size: int
    seconds: float | None
    width: int | None
    height: int | None
    digest: str
    thumbnail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A file that comes in pieces: how much of it is here, in bytes."""

    ticket: str
    kind: str
    size: int
    received: int

    @property
    def whole(self) -> bool:
        """Has the last piece come?"""
        return self.received == self.size


def waiting(tickets: Sequence[str]) -> list[Waiting]:
    """Those of these tickets whose file waits, in their order. What a case has taken, and what is older than a day, is not among them."""
    wanted = [ticket for ticket in dict.fromkeys(tickets) if TICKET.fullmatch(ticket)]
    if not wanted:
        return []
    rows = Attachment.objects.filter(ticket__in=wanted, case=None, erased_at=None, at__gt=clock.now() - KEPT_UNBOUND)
    found = {row.ticket: row for row in rows}
    return [
        Waiting(
            ticket=row.ticket, kind=row.kind, media_type=row.media_type, size=row.size, seconds=row.seconds, width=row.width, height=row.height,
            digest=row.digest, thumbnail=row.thumbnail,
        )
        for row in (found[ticket] for ticket in wanted if ticket in found)
    ]  # fmt: skip


def coming(tickets: Sequence[str]) -> list[Coming]:
    """Those of these tickets whose file still comes, or has come and has not been looked at."""
    wanted = [ticket for ticket in dict.fromkeys(tickets) if TICKET.fullmatch(ticket)]
    rows = Upload.objects.filter(ticket__in=wanted, at__gt=clock.now() - KEPT_UNBOUND) if wanted else []
    return [Coming(ticket=row.ticket, kind=row.kind, size=row.size, received=row.received) for row in rows]


def one(ticket: str) -> Waiting | Coming:
    """The file of this ticket, whole or coming; `NotFound` for a ticket that nobody was given, that a case has taken, or that is older than a day."""
    whole = waiting([ticket])
    if whole:
        return whole[0]
    part = coming([ticket])
    if part:
        return part[0]
    raise unknown()


def unknown() -> NotFound:
    """No such upload."""
    return NotFound("这个文件没有收到，或者放得太久已经清掉了，请重新选一次。", "This file was not received, or was kept too long. Please choose it again.")

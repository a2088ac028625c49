"""刊物: lists and single ones. Everybody reads what is published; at the desk also drafts, and what is signed for its addressees."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.errors import NotFound
from minsheng.domain.publications import KINDS, STATUSES, Content, thawed
from minsheng.models.people import User
from minsheng.models.publication import Publication

MOST = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """One publication in a list."""

    number: int
    kind: str
    title: str
    label: str
    version: int
    status: str
    status_zh: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One version whole. later: number of a newer public version, which says what it corrects."""

    number: int
    kind_zh: str
    public: bool
    version: int
    status: str
    status_zh: str
    content: Content
    changed: tuple[str, ...]
    digest: str
    drafted_by: str
    drafter: str
    drafted_at: datetime
    signed_at: datetime | None
    files: bool
    later: int | None


_ROW = ("pk", "kind", "content__title", "content__label", "version", "status", "drafted_at", "signed_at")


def public(*, kind: str = "") -> list[Listed]:
    """What everybody may read, the newest version of each, latest first. One query."""
    rows = Publication.objects.filter(status="published", **({"kind": kind} if kind in KINDS else {}))
    newest = rows.order_by("kind", "period", "topic", "-version").distinct("kind", "period", "topic").values("pk")
    return [_listed(row) for row in Publication.objects.filter(pk__in=newest).order_by("-signed_at", "-pk").values(*_ROW)[:MOST]]


def at_desk() -> list[Listed]:
    """What waits to be signed first, then what was signed, latest first. One query."""
    rows = [_listed(row) for row in Publication.objects.order_by("-drafted_at", "-pk").values(*_ROW)[:MOST]]
    return sorted(rows, key=lambda row: row.status != "draft")


def _listed(row: dict[str, object]) -> Listed:
    at = row["signed_at"] or row["drafted_at"]
    return Listed(*(row[name] for name in _ROW[:6]), STATUSES[str(row["status"])], at)  # type: ignore[arg-type]


def one(number: int, *, desk: bool = False) -> Shown:
    """One version; for everybody only if it is public, and unknown and not public answer alike."""
    row = Publication.objects.filter(pk=number, **({} if desk else {"status": "published"})).first()
    if row is None:
        raise NotFound("没有这份刊物。", "There is no such publication.")
    later = Publication.objects.filter(kind=row.kind, period=row.period, topic=row.topic, version__gt=row.version).exclude(status="draft").order_by("-version")
    kind = KINDS[row.kind]
    return Shown(
        number=row.pk, kind_zh=kind.zh, public=kind.public, version=row.version, status=row.status, status_zh=STATUSES[row.status],
        content=thawed(row.content), changed=tuple(row.changed), digest=row.digest, drafted_by=row.drafted_by, drafter=_name(row.drafted_by),
        drafted_at=row.drafted_at, signed_at=row.signed_at, files=bool(row.pdf), later=later.values_list("pk", flat=True).first(),
    )  # fmt: skip


def _name(tag: str) -> str:
    """Who drafted it; "" where the calendar did."""
    kind, _, number = tag.partition(":")
    return User.objects.filter(pk=int(number)).values_list("display_name", flat=True).first() or "" if kind == "staff" and number else ""


def file(number: int, ending: str, *, desk: bool = False) -> tuple[str, str]:
    """Digest of a file and the name to save it under. ending: pdf or docx."""
    row = Publication.objects.filter(pk=number, **({} if desk else {"status": "published"})).exclude(pdf="").first()
    if row is None or ending not in ("pdf", "docx"):
        raise NotFound("没有这个文件。", "There is no such file.")
    return getattr(row, ending), f"{row.kind}-{row.period.replace('~', '_')}-v{row.version}.{ending}"

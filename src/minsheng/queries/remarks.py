"""大家说: the comments of one case as a reader sees them, and those that wait to be read by the desk."""

from dataclasses import dataclass, field
from datetime import datetime

from minsheng.domain.states import PartyRole
from minsheng.models.case import CaseText, Party, ReleasedText
from minsheng.models.participation import Comment, CommentWords, Follow
from minsheng.queries import directory as directories
from minsheng.queries.pages import Cursor, Page, read

#: So many are shown of one case, the newest.
SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a comment said from a moment on, as it was released."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One comment. text: the released words; for its author, while it waits, the own ones. status: shown, held, refused, removed."""

    number: int
    unit_name: str
    text: str
    status: str
    reason: str
    at: datetime
    mine: bool
    earlier: list[Version] = field(default_factory=list)


def remarks(case: int, *, account: int | None) -> list[Remark]:
    """The comments of a case, oldest first: those that are shown, those taken down (with the reason), and the reader's own. Three queries."""
    rows = list(Comment.objects.filter(case=case).order_by("-number")[:SHOWN])[::-1]
    rows = [row for row in rows if row.status in ("shown", "removed") or row.edits or (account is not None and row.account == account)]
    digests = list(CommentWords.objects.filter(comment__in=[row.pk for row in rows]).order_by("id").values_list("comment", "digest", "at"))
    public = {digest: (at, body) for digest, at, body in ReleasedText.objects.filter(case=case, kind="comment").values_list("digest", "at", "body")}
    own = {row.pk for row in rows if account is not None and row.account == account}
    wanted = [digest for pk, digest, _ in digests if pk in own and digest not in public]
    held = dict(CaseText.objects.filter(case=case, digest__in=wanted).values_list("digest", "body")) if wanted else {}
    found = [_remark(row, [(d, at) for pk, d, at in digests if pk == row.pk], public, held, mine=row.pk in own) for row in rows]
    return [remark for remark in found if remark is not None]


def _remark(
    row: Comment, said: list[tuple[str, datetime]], public: dict[str, tuple[datetime, str]], held: dict[str, str | None], *, mine: bool
) -> Remark | None:
    released = [Version(at=public[digest][0], text=public[digest][1]) for digest, _ in said if digest in public]
    gone = row.status in ("removed", "refused")
    latest = said[-1][0] if said else ""
    if mine and row.status == "held":
        text = held.get(latest) or ""
    elif gone or not released:
        text = ""
    else:
        text = released[-1].text
    if not mine and (row.status == "refused" or (not gone and not released)):
        return None  # nobody has read it yet: it is not there for others
    tree = directories.current()
    return Remark(
        number=row.number, unit_name=tree.units[row.unit].name if row.unit in tree.units else "", text=text,
        status="shown" if not mine and row.status == "held" else row.status, reason=row.reason, at=row.at, mine=mine, earlier=[] if gone else released[:-1],
    )  # fmt: skip


def joined(case: int, account: int) -> bool:
    """Has this account said that it concerns it too?"""
    return Party.objects.filter(case=case, account=account, role=PartyRole.AFFECTED, left_at=None, erased_at=None).exists()


def follows(case: int, account: int) -> bool:
    """Does this account follow the case?"""
    return Follow.objects.filter(case=case, account=account).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A comment that nobody has read yet, with what was shown of it before."""

    code: str
    title: str
    number: int
    text: str
    before: str
    at: datetime


def waiting(*, cursor: str = "", limit: int = 30) -> Page[Waiting]:
    """待看的评论, oldest first. Three queries a page."""
    after = read(cursor)
    rows = Comment.objects.filter(status="held").select_related("case").order_by("at", "id")
    if after is not None and after.at is not None:
        rows = rows.filter(at__gte=after.at).exclude(at=after.at, id__lte=after.id)
    page = list(rows[: limit + 1])
    shown = page[:limit]
    said: dict[int, list[str]] = {}
    for pk, digest in CommentWords.objects.filter(comment__in=[row.pk for row in shown]).order_by("id").values_list("comment", "digest"):
        said.setdefault(pk, []).append(digest)
    digests = [digest for words in said.values() for digest in words]
    cases = [row.case_id for row in shown]
    own = dict(CaseText.objects.filter(case__in=cases, digest__in=digests).values_list("digest", "body"))
    public = dict(ReleasedText.objects.filter(case__in=cases, digest__in=digests).values_list("digest", "body"))
    found = [
        Waiting(
            code=row.case.code, title=row.case.title, number=row.number, text=own.get(said[row.pk][-1]) or "",
            before=next((public[d] for d in reversed(said[row.pk]) if d in public), ""), at=row.at,
        )
        for row in shown
    ]  # fmt: skip
    return Page(found, str(Cursor(shown[-1].at, shown[-1].pk)) if len(page) > limit else "")

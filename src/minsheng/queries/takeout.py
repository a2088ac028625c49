"""下载我的资料: everything that is held of a person, as plain values for a file: the account, the cases as their holder sees them, and who looked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from minsheng import clock
from minsheng.domain.states import PARTY_ZH, STATE_ZH, PartyRole, State
from minsheng.models.case import Attachment, CaseText, Opening, Party
from minsheng.models.participation import Comment, CommentWords, Follow
from minsheng.models.read import Notice
from minsheng.queries import accounts, cases, directory
from minsheng.sealing import keyring

_SEALED = ("name", "phone", "address", "identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One case: what goes into the table of contents, and the digests of its files by their names there."""

    told: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)


def about(account: int) -> dict[str, Any]:
    """The account itself, and everything that is not one of its cases. A constant number of questions."""
    me = accounts.me(account)
    assert me is not None, "the door knows that the account is there"
    return {
        "made_at": _time(clock.now()),
        "account": {
            "since": _time(me.at), "kind": me.kind, "name": me.name, "phone": me.phone, "mail": me.mail, "wechat": me.wechat,
            "phone_proven": me.phone_proven, "mail_proven": me.mail_proven, "level": me.level, "told_by": list(me.channels),
            "signs_in_with": [{"provider": provider, "since": _time(at)} for provider, at in me.providers],
        },
        "comments": _comments(account),
        "follows": [{"case": code, "since": _time(at)} for code, at in Follow.objects.filter(account=account).order_by("pk").values_list("case__code", "at")],
        "messages": _messages(account),
        "looked_at_by": _openings(account),
    }  # fmt: skip


def cases_of(account: int) -> Iterator[Piece]:
    """The cases in which the person has a part, oldest first, one after the other: never all of them in memory."""
    parts = Party.objects.filter(account=account, erased_at=None).select_related("case").order_by("case_id", "pk")
    for part in parts.iterator(chunk_size=100):
        yield _own(part) if part.role == PartyRole.CALLER else Piece(told=_part(part))


def _own(part: Party) -> Piece:
    view = cases.holder(part.case)
    shown = [digest for entry in view.entries if entry.text for digest in entry.photos]  # of what units attached: not before its words are shown
    rows = Attachment.objects.filter(Q(purpose="report") | Q(digest__in=shown), case=part.case, erased_at=None).order_by("pk")
    named = enumerate(rows.values_list("digest", "media_type"), start=1)
    files = {f"files/{view.code}/{n}{_SUFFIX.get(media_type, '')}": digest for n, (digest, media_type) in named}
    told = _part(part) | {
        "title": view.title, "words": view.body, "place": " ".join(p for p in (view.district_name, view.place_name, view.place_text) if p),
        "category": view.category_name, "kind": view.kind_zh, "unit": view.unit_name, "visibility": view.visibility, "rating": view.rating,
        "promises": [{"what": p.zh, "due": _time(p.due_at), "kept_at": _time(p.met_at)} for p in view.promises],
        "timeline": [{"at": _time(e.at), "what": e.zh, "by": e.unit_name or e.actor, "words": e.text} for e in view.entries],
        "files": list(files),
    }  # fmt: skip
    return Piece(told=told, files=files)


def _part(part: Party) -> dict[str, Any]:
    """What the case holds of the person, opened for them."""
    ring, case = keyring(), part.case
    held = {name: ring.open(value, context=accounts.party_context(case.pk, name)) for name in _SEALED if (value := getattr(part, name))}
    return {
        "code": case.code, "as": PARTY_ZH[PartyRole(part.role)], "state": STATE_ZH[State(case.state)], "received_at": _time(case.received_at),
        "answered_at": _time(case.answered_at), "closed_at": _time(case.closed_at), "left_at": _time(part.left_at), "about_you": held,
    }  # fmt: skip


_SUFFIX = {
    "image/jpeg": ".jpg", "image/png": ".png", "video/mp4": ".mp4", "video/webm": ".webm",
    "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "audio/ogg": ".ogg",
}  # fmt: skip


def _comments(account: int) -> list[dict[str, Any]]:
    rows = list(Comment.objects.filter(account=account).select_related("case").order_by("pk"))
    versions = list(CommentWords.objects.filter(comment__in=rows).order_by("pk").values_list("comment_id", "digest", "at"))
    bodies = dict(CaseText.objects.filter(digest__in=[digest for _, digest, _ in versions], kind="comment").values_list("digest", "body"))
    return [
        {
            "case": row.case.code, "at": _time(row.at), "status": row.status, "because": row.reason,
            "versions": [{"at": _time(at), "words": bodies.get(digest) or ""} for comment, digest, at in versions if comment == row.pk],
        }
        for row in rows
    ]  # fmt: skip


def _messages(account: int) -> list[dict[str, Any]]:
    parties = Party.objects.filter(account=account, erased_at=None).values_list("pk", flat=True)
    to = [f"account:{account}", *(f"party:{pk}" for pk in parties)]
    rows = Notice.objects.filter(to__in=to).order_by("pk").values_list("case__code", "at", "channel", "text", "sent_at", "read_at")
    return [
        {"case": code, "at": _time(at), "by": channel, "words": text, "sent_at": _time(sent), "read_at": _time(seen)}
        for code, at, channel, text, sent, seen in rows
    ]


def _openings(account: int) -> list[dict[str, Any]]:
    units = directory.current().units
    rows = Opening.objects.filter(party__account=account).order_by("pk").values_list("case__code", "at", "unit", "reason", "fields")
    return [
        {"case": code, "at": _time(at), "unit": units[unit].name if unit in units else "", "because": reason, "looked_at": list(fields)}
        for code, at, unit, reason, fields in rows
    ]


def _time(moment: datetime | None) -> str | None:
    return clock.local(moment).isoformat(timespec="seconds") if moment else None

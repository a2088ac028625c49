"""刊物: drafted by a job or an editor, signed by a second person, then it stands. What was signed never changes: a correction is a new version."""

import hashlib
import json
from dataclasses import replace

from django.db import IntegrityError, transaction

from minsheng import clock
from minsheng.commands import acts
from minsheng.domain import access
from minsheng.domain.access import DEEDS, SYSTEM, Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.publications import KINDS, Content, changes, last, thawed
from minsheng.models.publication import Publication
from minsheng.ports import BlobStore, Publisher
from minsheng.queries import directory as directories
from minsheng.queries import hot_topics, reports
from minsheng.queries.hot_topics import Topic


def draft(kind: str, *, period: str, by: Actor) -> int:
    """起草: the publication of a period from the figures of now. A draft that waits is drafted anew. Returns its number."""
    _demand(by, "draft_publications")
    return _keep(reports.content(kind, period), "", by)


def draft_topic(period: str, *, topic: Topic, by: Actor) -> int:
    """起草热点专报: on a topic in some days. Returns its number."""
    _demand(by, "draft_publications")
    if len(topic.name.strip()) > 60:
        raise BadInput(field="topic", zh="主题最多 60 个字。", en="A topic holds 60 characters at most.")
    return _keep(hot_topics.hot_topic(period, topic), topic.name.strip(), by)


def draft_due() -> list[int]:
    """按期起草: of every kind that comes by the calendar, the period that ended last, where nobody has drafted it. Returns the numbers."""
    today = clock.local(clock.now()).date()
    made = []
    for kind in KINDS.values():
        if kind.period == "days":
            continue
        text = last(kind.period, today)
        if not Publication.objects.filter(kind=kind.code, period=text).exists():
            made.append(draft(kind.code, period=text, by=SYSTEM))
    return made


def _keep(content: Content, topic: str, by: Actor) -> int:
    """A draft beside what was signed before: with the same words as that there is nothing to sign."""
    with transaction.atomic():
        versions = list(Publication.objects.select_for_update().filter(kind=content.kind, period=content.period, topic=topic).order_by("version"))
        waiting = next((row for row in versions if row.status == "draft"), None)
        before = next((row for row in reversed(versions) if row.status != "draft"), None)
        changed = changes(thawed(before.content), content) if before else ()
        if before and _words(thawed(before.content)) == _words(content):
            raise WrongState(f"和第 {before.version} 版一样，没有要更正的。", f"It says the same as version {before.version}: there is nothing to correct.")
        values = {
            "content": content.frozen(),
            "digest": digest(content),
            "changed": list(changed) if changed or not before else ["文字有更正，数字不变"],
            "drafted_by": by.tag,
            "drafted_at": clock.now(),
        }
        if waiting:
            Publication.objects.filter(pk=waiting.pk).update(**values)
            return waiting.pk
        try:
            with transaction.atomic():
                row = Publication.objects.create(kind=content.kind, period=content.period, topic=topic, version=len(versions) + 1, **values)
        except IntegrityError:
            raise WrongState("同事刚刚起草了这一期，请刷新。", "A colleague has just drafted this one; please reload.") from None
        acts.record("publication", by=by, subject=f"publication:{row.pk}", after={"what": "draft", "version": row.version})
        return row.pk


def _words(content: Content) -> Content:
    """What it says, whenever it was drafted."""
    return replace(content, dated="", cutoff="", notes=())


def digest(content: Content) -> str:
    """SHA-256 of the content as canonical JSON."""
    return hashlib.sha256(json.dumps(content.frozen(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sign(number: int, *, seen: str, by: Actor, press: Publisher, blobs: BlobStore) -> None:
    """签发: by somebody else than who drafted it. Laid out as it is now; what everybody may read stands in public from this moment.

    seen: digest of what was previewed; refused where it was drafted anew since.
    """
    _demand(by, "sign_publications")
    row = Publication.objects.filter(pk=number).first()
    if row is None:
        raise NotFound("没有这份刊物。", "There is no such publication.")
    _may_sign(row, seen, by)
    pdf, docx = blobs.put(press.pdf(row.content)).sha256, blobs.put(press.docx(row.content)).sha256
    with transaction.atomic():
        row = Publication.objects.select_for_update().get(pk=number)
        _may_sign(row, seen, by)
        row.status = "published" if KINDS[row.kind].public else "signed"
        row.signed_by, row.signed_at, row.pdf, row.docx = by.tag, clock.now(), pdf, docx
        row.save(update_fields=["status", "signed_by", "signed_at", "pdf", "docx"])
        acts.record("publication", by=by, subject=f"publication:{row.pk}", after={"what": row.status, "version": row.version, "digest": row.digest})


def _may_sign(row: Publication, seen: str, by: Actor) -> None:
    if row.status != "draft":
        raise WrongState(
            "这一版已经签发了，不能再改。要更正，请重新起草，会成为新的一版。",
            "This version is signed. To correct it, draft it again.",
        )
    if row.drafted_by == by.tag:
        raise NotAllowed("起草的人不能自己签发，请另一位同事来签。", "Who drafted it does not sign it: ask a colleague.")
    if row.digest != seen:
        raise WrongState("这份草稿刚刚重新起草过，请看过新的再签发。", "This draft has just been made anew; read it again before you sign.")


def _demand(by: Actor, deed: str) -> None:
    if not access.may(by, deed, directories.current()):
        raise NotAllowed(f"您的账号不能{DEEDS[deed].zh}。", f"Your account may not do this: {deed.replace('_', ' ')}.")

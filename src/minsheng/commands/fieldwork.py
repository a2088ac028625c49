"""网格走访: what a grid worker does on the spot, sent by a phone that may have had no network; each is recorded once, however often it is sent.

Nothing here is a move of its own: the moves of the table are made, in one transaction, with the words of the visit.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from minsheng import clock
from minsheng.casework import casework
from minsheng.commands import answering, dispatch, handling, intake
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, Stale, WrongState
from minsheng.domain.fieldwork import NEXT, TRUTH, Sent
from minsheng.domain.states import FAILED, Channel, Origin, Outcome, State
from minsheng.domain.text import clean
from minsheng.models.case import Attachment, Case, Filing
from minsheng.ports import Classifier
from minsheng.sealing import keyring

#: Room for a note: what is said about its time comes on top, within the limits of the moves.
NOTE, ANSWER = 900, 3900
MOST_PHOTOS = 9


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it. repeated: it had been recorded before, and nothing was done again."""

    code: str
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """走访记录. truth: domain.fieldwork.TRUTH. then: NEXT. met: METHODS' visit where the person was met, else empty.

    before, after: upload tickets of photos. answer: the words of the public answer, where `then` is answer.
    """

    truth: str
    note: str
    then: str
    met: str = ""
    answer: str = ""
    outcome: str = Outcome.SOLVED
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """巡查发现. fixed: what was done about it at once, empty where nothing was."""

    text: str
    category: str | None = None
    place: str | None = None
    place_text: str = ""
    lat: float | None = None
    lng: float | None = None
    fixed: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a finding: its code, the unit that has it now, and whether it is answered already."""

    code: str
    unit: str | None
    answered: bool
    repeated: bool = False


def reached(code: str, *, note: str = "", sent: Sent, by: Actor) -> Done:
    """我打过了，联系上了: the first contact by phone."""
    with _once(code, sent, ("reached", note), by) as new:
        if new:
            handling.contact(code, method="phone", note=_with_time(note, sent), by=by)
    return Done(code, repeated=not new)


def missed(code: str, *, result: str, note: str = "", sent: Sent, by: Actor) -> Done:
    """没打通: an attempt; the clock runs on."""
    if result not in FAILED:
        raise BadInput(field="result", zh="请选没联系上的原因：" + "、".join(FAILED.values()) + "。", en="Choose: " + ", ".join(FAILED))
    with _once(code, sent, ("missed", result, note), by) as new:
        if new:
            handling.try_contact(code, result=result, note=_with_time(note, sent), by=by)
    return Done(code, repeated=not new)


def visited(code: str, *, visit: Visit, sent: Sent, by: Actor, seen: int | None = None) -> Done:
    """走访: what was found, with photos; then progress, an answer to the citizen, or up to the next level. `seen` counts for the answer alone."""
    note = _checked(visit)
    said = (visit.truth, visit.note, visit.then, visit.met, visit.answer)
    with _once(code, sent, said, by) as new:
        if not new:
            return Done(code, repeated=True)
        text = f"走访：{TRUTH[visit.truth]}。{note}{_counted(visit.before, visit.after)}{sent.said(clock.now())}"
        case = Case.objects.only("state", "version").get(code=code)
        if visit.then == "answer" and seen is not None and seen != case.version:
            raise Stale(seen=seen, version=case.version)
        if visit.met:
            handling.contact(code, method="visit", note=sent.said(clock.now()), by=by)
        elif visit.then == "answer" and case.state == State.DISPATCHED:
            handling.claim(code, by=by)
        evidence = (*visit.before, *visit.after)
        if visit.then != "answer":
            handling.progress(code, text=text, evidence=evidence, by=by)
        if visit.then == "escalate":
            dispatch.escalate(code, tried=text, by=by)
        if visit.then == "answer":
            handling.progress(code, text=text, by=by)
            answering.answer(code, outcome=visit.outcome, text=visit.answer, evidence=evidence, by=by)
    return Done(code)


def find(finding: Finding, *, sent: Sent, by: Actor, classifier: Classifier) -> Found:
    """报一件: something seen on the round becomes a case. Where the rules give it to the worker's own unit and it was put right, it is answered at once."""
    fixed = clean(finding.fixed, limit=ANSWER, name="fixed") if finding.fixed.strip() else ""
    told = [finding.text.strip(), f"当场已经处理：{fixed}" if fixed else "", sent.said(clock.now())]
    report = intake.Report(
        body="\n".join(part for part in told if part) if finding.text.strip() else "", channel=Channel.PATROL, origin=Origin.PATROL, requester="citizen",
        category=finding.category, place=finding.place, place_text=finding.place_text, lat=finding.lat, lng=finding.lng, attachments=finding.before,
    )  # fmt: skip
    with transaction.atomic():
        # By the name alone: what is said about the time differs with each sending.
        earlier = Filing.objects.select_related("case").filter(key=intake._draft_digest(sent.key)).first() if sent.key else None
        if earlier is not None:
            return Found(earlier.case.code, earlier.case.unit, earlier.case.state == State.ANSWERED, repeated=True)
        filed = intake.file(report, by=by, classifier=classifier, draft=sent.key)
        case = Case.objects.only("state", "unit").get(code=filed.code)
        new, mine = not filed.repeated, case.unit in by.units() and case.state in (State.DISPATCHED, State.HANDLING)
        if new and fixed and mine:
            _answered(filed.code, fixed, finding.after, by, claim=case.state == State.DISPATCHED)
        elif new and finding.after:
            _attach(case, finding.after)
    return Found(filed.code, case.unit, bool(fixed) and mine, repeated=not new)


def _answered(code: str, fixed: str, after: Sequence[str], by: Actor, *, claim: bool) -> None:
    if claim:
        handling.claim(code, by=by)
    answering.answer(code, outcome=Outcome.SOLVED, text=fixed, evidence=after, by=by)


def _attach(case: Case, tickets: Sequence[str]) -> None:
    """Photos of what was put right, where somebody else answers for the matter."""
    if Attachment.objects.filter(ticket__in=tickets, case=None).update(case=case, ticket="") != len(set(tickets)):
        raise BadInput(field="after", zh="有照片没有传上来，请重新添加照片。", en="A photo is missing; please add it again.")


def _checked(visit: Visit) -> str:
    """The note, cleaned, or BadInput naming the field."""
    if visit.truth not in TRUTH:
        raise BadInput(field="truth", zh="请选问题是不是属实。", en="Say whether the matter is as reported.")
    if visit.then not in NEXT:
        raise BadInput(field="then", zh="请选接下来怎么办。", en="Say what comes next.")
    if visit.met not in ("", "visit"):
        raise BadInput(field="met", zh="请选见没见到人。", en="Say whether you met the person.")
    if len(visit.before) + len(visit.after) > MOST_PHOTOS:
        raise BadInput(field="before", zh=f"照片一共最多 {MOST_PHOTOS} 张。", en=f"At most {MOST_PHOTOS} photos.")
    if visit.then == "answer" and not visit.answer.strip():
        raise BadInput(field="answer", zh="写一写给诉求人的答复：什么原因、怎么办好的。", en="Write the answer to the person: the cause, and what was done.")
    return clean(visit.note, limit=NOTE, name="note")


def _counted(before: Sequence[str], after: Sequence[str]) -> str:
    said = [f"处理前 {len(before)} 张" if before else "", f"处理后 {len(after)} 张" if after else ""]
    return f"照片：{'，'.join(part for part in said if part)}。" if before or after else ""


def _with_time(note: str, sent: Sent) -> str:
    note = clean(note, limit=NOTE, name="note") if note.strip() else ""
    return note + sent.said(clock.now())


@contextmanager
def _once(code: str, sent: Sent, said: Sequence[str], by: Actor) -> Iterator[bool]:
    """One transaction about one case; False inside where this was recorded before. The same sent twice at once waits for the case's lock."""
    key = hashlib.sha256(f"phone\n{by.tag}\n{sent.key}".encode()).hexdigest()
    body = hashlib.sha256("\n".join((code, *said)).encode()).hexdigest()
    with transaction.atomic():
        if not _known(key, body):
            with casework(code, by=by):
                pass
        if _known(key, body):
            yield False
            return
        yield True
        if sent.key:
            Filing.objects.create(
                key=key, body=body, case=Case.objects.only("pk").get(code=code), secret=keyring().seal("-", context=b"filing"), at=clock.now()
            )


def _known(key: str, body: str) -> bool:
    row = Filing.objects.filter(key=key).first()
    if row is not None and row.body != body:
        raise WrongState(
            "这一条先前已经记上了，后来改的没有记。请打开这件诉求，另外记一条。", "This was recorded before; what was changed since is not. Record it anew."
        )
    return row is not None

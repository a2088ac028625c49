"""来电: what the exchange tells becomes a call; what the operator does about it is recorded with it.

take(told)                 a message of the exchange, in any order and as often as it comes
file, answer, raise_alarm  the form beside the call becomes a case, in one transaction
urge, supplement, link     the call is about a case that is there already
transfer, wrap_up          and what else can come of a call
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from minsheng import clock
from minsheng.casework import casework
from minsheng.commands import acts, alerting, amending, answering, callback, dispatch, intake, knowledge, people
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calls import BY_DEED, EMERGENCY, WRAP_UPS, Course, Told, begin, fold, normal_number
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.states import Channel, Urgency
from minsheng.domain.text import clean, line
from minsheng.models.calls import Call, Seat
from minsheng.models.case import Case
from minsheng.ports import Classifier
from minsheng.queries import directory as directories
from minsheng.queries.calls import context
from minsheng.sealing import keyring

NOTE_LIMIT = 2000
#: What the form may hold while it is being written: an autosave that is larger is no form of ours.
DRAFT_LIMIT = 20_000


# --- what the exchange tells ------------------------------------------------------------------------------------------------------


def take(told: Told) -> None:
    """来电消息: one message of the exchange. A repeat changes nothing, and what comes too early is kept until the rest arrives."""
    try:
        with transaction.atomic():
            _take(told)
    except IntegrityError:
        # Two first messages of one call at once: the other has made the row by now.
        with transaction.atomic():
            _take(told)


def _take(told: Told) -> None:
    row = Call.objects.select_for_update().filter(external=told.id).first()
    known = Course(**{name: getattr(row, name) for name in Course.__slots__}) if row is not None else None
    course = begin(told) if known is None else fold(known, told)
    row = row or Call(external=told.id, direction=told.direction)
    if row.pk and course == known and (row.number is not None or not told.number):
        return
    before = row.status if row.pk else ""
    for name in ("at", "answered_at", "ended_at", "extension", "recording"):
        setattr(row, name, getattr(course, name))
    row.status, row.line = course.status, row.line or told.line
    _seal_number(row, told.number)
    seat = _seat_of(row)
    if seat is not None and (row.user_id is None or (told.event in ("ringing", "answered") and row.ended_at is None)):
        row.user_id = seat.user_id
    row.save()
    _follow(row, seat, before)


def _seal_number(row: Call, given: str) -> None:
    number = normal_number(given)
    if row.number is None and number:
        row.number = keyring().seal(number, context=context(row.external, "number"))
        row.number_index = keyring().blind_index(number, kind="phone")


def _seat_of(row: Call) -> Seat | None:
    """Who sits where the call is; an account that has been closed sits nowhere."""
    if not row.extension:
        return None
    return Seat.objects.select_for_update().filter(extension=row.extension, user__is_active=True).first()


def _follow(row: Call, seat: Seat | None, before: str) -> None:
    """The seat goes with the call; whoever was missed before is made good by a call that was answered."""
    if row.status == before:
        return
    if row.status == "answered" or (row.status == "ended" and before != "answered"):
        make_good(row)
    if seat is None:
        return
    if row.status == "answered":
        _seated(seat, "talking")
    elif row.status == "ended" and before in ("answered", "missed", ""):
        _seated(seat, "ready" if row.wrap_up else "wrapping")


def _seated(seat: Seat, mode: str) -> None:
    Seat.objects.filter(pk=seat.pk).exclude(mode=mode).update(mode=mode, since=clock.now())


def make_good(row: Call) -> None:
    """补上未接: the same number has been spoken to since, so nobody needs to call it back."""
    if row.number_index is not None:
        Call.objects.filter(status="missed", called_back=None, number_index=row.number_index, at__lte=row.at).update(called_back=row)


# --- what the operator does -------------------------------------------------------------------------------------------------------


def save(call: int, *, words: Mapping[str, str], by: Actor) -> datetime:
    """自动保存: what has been typed so far, sealed with the call, so that it survives a lost session and another browser."""
    text = json.dumps({"draft": {name: value for name, value in words.items() if value}}, ensure_ascii=False)
    if len(text) > DRAFT_LIMIT:
        raise BadInput(field="text", zh="内容太多，没有自动保存。请删短一些。", en="Too much to be saved; please shorten it.")
    with transaction.atomic():
        row = held(call, by=by)
        if row.case_id is None and row.wrap_up == "":
            Call.objects.filter(pk=row.pk).update(note=keyring().seal(text, context=context(row.external, "note")))
    return clock.now()


def file(call: int | None, *, report: intake.Report, articles: Sequence[str] = (), by: Actor, classifier: Classifier, key: str = "") -> intake.Filed:
    """立案: the form becomes a case; the caller's number goes into it without being shown. With `key`, sent twice is one case."""
    with transaction.atomic():
        row = _open(call, by)
        filed = intake.file(_told(report, row), by=by, classifier=classifier, key=key)
        _done(row, filed.code, "filed", articles, by)
    return filed


def answer(
    call: int | None, *, report: intake.Report, text: str, articles: Sequence[str] = (), by: Actor, classifier: Classifier, key: str = ""
) -> intake.Filed:
    """当场答复，办结: filed, answered and, where the city's rules have that step, closed, all of it or nothing."""
    text = clean(text, limit=4000, name="answer")
    with transaction.atomic():
        row = _open(call, by)
        filed = intake.hold(_told(report, row), by=by, classifier=classifier, key=key)
        if not filed.repeated:
            work = answering.answer_at_once(filed.code, text=text, by=by)
            if work.why_not("close") is None:
                callback.close(filed.code, by=by)
        _done(row, filed.code, "answered", articles, by)
    return filed


def raise_alarm(call: int | None, *, report: intake.Report, articles: Sequence[str] = (), by: Actor, classifier: Classifier, key: str = "") -> intake.Filed:
    """紧急上报: filed as urgent, and the leaders are told at once, with the caller's words."""
    with transaction.atomic():
        row = _open(call, by)
        filed = intake.file(_told(replace(report, urgency=Urgency.URGENT), row), by=by, classifier=classifier, key=key)
        if not filed.repeated:
            alerting.alert(filed.code, text=report.body[:1000], by=by)
        _done(row, filed.code, "filed", articles, by)
    return filed


def urge(call: int, *, code: str, by: Actor) -> None:
    """催办已有件: the caller asks for haste in an earlier case; as often as the rules allow."""
    with transaction.atomic():
        row = held(call, by=by)
        amending.urge(code, by=by)
        _done(row, code, "urged", (), by)


def supplement(call: int, *, code: str, text: str, by: Actor) -> None:
    """补充已有件: the caller adds to an earlier case."""
    with transaction.atomic():
        row = held(call, by=by)
        amending.supplement(code, text=text, by=by)
        _done(row, code, "added", (), by)


def link(call: int, *, code: str, by: Actor) -> None:
    """关联诉求: the call is about this case."""
    with transaction.atomic():
        row = held(call, by=by)
        with casework(code.strip().upper(), by=by) as work:
            Call.objects.filter(pk=row.pk).update(case=work.case)


def transfer(call: int, *, to: str, reason: str, by: Actor) -> None:
    """转 110、119、120: who handed it over, when, and what it was about. A case that hangs on the call is referred where it can be, else it is noted there."""
    if to not in EMERGENCY:
        raise BadInput(field="to", zh="请选 110、119 或 120。", en="Choose police, fire or ambulance.")
    reason = clean(reason, limit=1000, name="reason")
    with transaction.atomic():
        row = held(call, by=by)
        if row.case_id is not None:
            _hand_over(row.case.code, to=to, reason=reason, by=by)
        acts.record("transfer", by=by, subject=f"call:{row.pk}", after={"to": EMERGENCY[to], "case": row.case.code if row.case_id else None})
        changed = {"transferred_to": EMERGENCY[to], "wrap_up": row.wrap_up or "transferred", "wrapped_at": row.wrapped_at or clock.now()}
        Call.objects.filter(pk=row.pk).update(**changed, note=_sealed_note(row, reason))
        _free(row, by)


def _hand_over(code: str, *, to: str, reason: str, by: Actor) -> None:
    with casework(code, by=by) as work:
        may_refer = work.why_not("refer") is None
        if not may_refer:
            work.note("noted", data={"text": work.write("note", f"来电已转 {EMERGENCY[to]}：{reason}")})
    if may_refer:
        dispatch.refer(code, to=to, reason=reason, record=f"电话转接 {EMERGENCY[to]}", by=by)


def wrap_up(call: int, *, result: str, note: str = "", by: Actor) -> None:
    """小结: what came of a call without a case, with a note that is sealed. Afterwards the seat is free again."""
    if result not in WRAP_UPS:
        raise BadInput(field="result", zh="请选一个小结：" + "、".join(WRAP_UPS.values()) + "。", en="Choose one of: " + ", ".join(WRAP_UPS) + ".")
    note = clean(note, limit=NOTE_LIMIT, name="note") if note.strip() else ""
    with transaction.atomic():
        row = held(call, by=by)
        if result in BY_DEED and row.case_id is None and not row.transferred_to:
            raise BadInput(
                field="result",
                zh=f"选「{WRAP_UPS[result]}」要先立案、关联或转接。没有诉求就选别的。",
                en="This needs a case or a transfer; choose another where there is none.",
            )
        changed = {"wrap_up": result, "wrapped_at": clock.now(), "user_id": row.user_id or by.id}
        Call.objects.filter(pk=row.pk).update(**changed, note=_sealed_note(row, note) if note else None)
        if row.direction == "out" and result != "no_answer":
            make_good(row)
        _free(row, by)


def adopt(call: int, *, by: Actor) -> None:
    """我来接: a call that rings or rang where nobody sits, or at a colleague's who has left, is this operator's from now on."""
    with transaction.atomic():
        row = _locked(call, by)
        seat = Seat.objects.filter(user=row.user_id, extension=row.extension).first() if row.user_id else None
        if row.wrap_up or (seat is not None and seat.user_id != by.id and row.ended_at is None):
            raise WrongState("这通电话有人在接，或者已经办完了。", "Somebody has this call, or it is done.")
        mine = Seat.objects.filter(user=by.id, extension__isnull=False).first()
        moved = {"extension": mine.extension} if mine is not None and row.ended_at is None else {}
        Call.objects.filter(pk=row.pk).update(user_id=by.id, **moved)


def open_number(call: int, *, reason: str, by: Actor) -> str:
    """查看来电号码: with a case it is an opening like any other and the caller can see it; without one the reason stands in the record of acts."""
    reason = line(reason, limit=200, name="reason")
    with transaction.atomic():
        row = _locked(call, by)
        _opened(row, reason=reason, by=by)
        return number_of(row)


def listen(call: int, *, by: Actor) -> str:
    """听录音: the address of the recording, once it is written down who listens."""
    with transaction.atomic():
        row = Call.objects.filter(pk=call).first()
        tree = directories.current()
        if row is None or not row.recording:
            raise NotFound("这通电话没有录音。", "There is no recording of this call.")
        if row.user_id != by.id and not access.may(by, "oversee_calls", tree):
            raise NotAllowed("录音由接这通电话的坐席和督办员来听。", "Recordings are for whoever took the call, and for supervisors.")
        acts.record("recording", by=by, subject=f"call:{row.pk}")
        return row.recording


# --- what the verbs share -----------------------------------------------------------------------------------------------------------


def held(call: int, *, by: Actor) -> Call:
    """The call, locked, where it is this operator's to work on: taken by them, or by nobody."""
    row = _locked(call, by)
    if row.user_id not in (None, by.id) and not access.may(by, "oversee_calls", directories.current()):
        raise NotAllowed("这通电话是别的坐席接的。", "A colleague took this call.")
    return row


def _locked(call: int, by: Actor) -> Call:
    if not access.may(by, "see_calls", directories.current()):
        raise NotAllowed("电话由坐席来接。", "Calls are for operators.")
    row = Call.objects.select_for_update(of=("self",)).select_related("case").filter(pk=call).first()
    if row is None:
        raise NotFound("没有这通电话。", "There is no such call.")
    return row


def _open(call: int | None, by: Actor) -> Call | None:
    """The call that a form belongs to; None for somebody who came in another way (an exchange that tells us nothing)."""
    if call is not None:
        return held(call, by=by)
    if not access.may(by, "answer_calls", directories.current()):
        raise NotAllowed("电话由坐席来登记。", "Calls are entered by operators.")
    return None


def number_of(row: Call) -> str:
    """The caller's number in plain. Only for what puts it into a case, dials it, or has recorded that it is shown."""
    return keyring().open(row.number, context=context(row.external, "number")) if row.number is not None else ""


def _opened(row: Call, *, reason: str, by: Actor) -> None:
    if row.case_id is not None:
        people.open_parties(row.case.code, reason=reason, by=by)
    else:
        acts.record("number", by=by, subject=f"call:{row.pk}", note=reason)


def _told(report: intake.Report, row: Call | None) -> intake.Report:
    """As the telephone tells it: the number is that of the call where the operator typed no other."""
    known = number_of(row) if row is not None and not report.phone.strip() and report.requester != "anonymous" else report.phone
    return replace(report, channel=str(Channel.PHONE), phone=known)


def _done(row: Call | None, code: str, what: str, articles: Sequence[str], by: Actor) -> None:
    """The case hangs on the call, the articles that helped hang on the case, and the call is wrapped up."""
    for slug in dict.fromkeys(articles):
        with suppress(NotFound, NotAllowed):  # withdrawn in the meantime: the call is filed all the same
            knowledge.used(slug, code=code, by=by)
    if row is None:
        return
    case = Case.objects.get(code=code)
    changed = {"wrap_up": row.wrap_up or what, "wrapped_at": row.wrapped_at or clock.now(), "user_id": row.user_id or by.id}
    Call.objects.filter(pk=row.pk).update(case_id=row.case_id or case.pk, **changed, note=None)
    _free(row, by)


def _free(row: Call, by: Actor) -> None:
    """Once the call is over and wrapped up, the next one may come."""
    if row.ended_at is not None:
        Seat.objects.filter(user=by.id, mode="wrapping").update(mode="ready", since=clock.now())


def _sealed_note(row: Call, note: str) -> bytes:
    return keyring().seal(json.dumps({"note": note}, ensure_ascii=False), context=context(row.external, "note"))


# --- keys -----------------------------------------------------------------------------------------------------------------


def rekey(batch: int = 500) -> int:
    """换密钥: seal every number and note again under the newest key; returns how many calls were changed. Run until it returns 0 (with people.rekey)."""
    ring, changed = keyring(), 0
    for row in Call.objects.filter(Q(number__isnull=False) | Q(note__isnull=False)).order_by("id").iterator(chunk_size=batch):
        old = [name for name in ("number", "note") if getattr(row, name) is not None and ring.is_old(getattr(row, name))]
        fresh = {}
        for name in old:
            bound = context(row.external, name)
            fresh[name] = ring.seal(ring.open(getattr(row, name), context=bound), context=bound)
        if fresh:
            changed += Call.objects.filter(pk=row.pk).update(**fresh)
    return changed

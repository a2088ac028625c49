"""领导联系网民: who is on a leader's list (with their consent), what was talked about, who leaves it. Their numbers are opened with a record."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from minsheng import clock
from minsheng.commands import acts
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.domain.states import METHODS, Role
from minsheng.domain.text import clean, line, phone
from minsheng.models.case import Case
from minsheng.models.liaison import Liaison
from minsheng.queries import colleagues
from minsheng.queries import directory as directories
from minsheng.queries.colleagues import Colleague
from minsheng.queries.liaison import MOST, context, may_keep
from minsheng.sealing import keyring


def enrol(leader: int, *, name: str, number: str, consent: str, by: Actor) -> int:
    """加入名单: a citizen who agreed. Returns the number of the entry."""
    _of(leader, by)
    name, number = line(name, limit=40, name="name"), phone(number, name="number")
    consent = line(consent, limit=120, name="consent")
    ring = keyring()
    with transaction.atomic():
        rows = Liaison.objects.select_for_update().filter(leader=leader, ended_at=None)
        index = ring.blind_index(number, kind="phone")
        if rows.filter(phone_index=index).exists():
            raise WrongState("这位已经在名单上了。", "This person is on the list already.")
        if rows.count() >= MOST:
            raise WrongState("名单最多 200 人。", "A list holds 200 people at most.")
        made = Liaison.objects.create(leader=leader, phone_index=index, consent=consent, added_by=by.tag, at=clock.now())
        sealed = {key: ring.seal(value, context=context(made.pk, key)) for key, value in (("name", name), ("phone", number))}
        Liaison.objects.filter(pk=made.pk).update(**sealed)
        acts.record("liaison", by=by, subject=str(made.pk), after={"leader": leader, "what": "enrol"})
    return made.pk


def leave(number: int, *, by: Actor) -> None:
    """移出名单: the name and the number are erased at once; that there were contacts stays, without words."""
    with transaction.atomic():
        row = _row(number, by)
        row.contacts.update(text="")
        Liaison.objects.filter(pk=row.pk).update(name=None, phone=None, phone_index=None, ended_at=clock.now())
        acts.record("liaison", by=by, subject=str(row.pk), after={"leader": row.leader, "what": "leave"})


def log(number: int, *, on: date, method: str, text: str, case: str = "", by: Actor) -> None:
    """记一次联系: when, how, what was said; the request that came of it, if there is one."""
    if method not in METHODS:
        raise BadInput(field="method", zh="请选是怎么联系的。", en="Choose how you were in touch.")
    if on > clock.local(clock.now()).date():
        raise BadInput(field="on", zh="联系的日子还没到。", en="That day has not come yet.")
    text, case = clean(text, limit=1000, name="text"), case.strip().upper()
    if case and not Case.objects.filter(code=case[:24]).exists():
        raise BadInput(field="case", zh=f"没有编号是「{case[:24]}」的诉求。", en=f"There is no request {case[:24]}.")
    with transaction.atomic():
        _row(number, by).contacts.create(on=on, method=method, text=text, case=case, by=by.tag, at=clock.now())


def reveal(number: int, *, reason: str, by: Actor) -> tuple[str, str]:
    """看姓名电话: with a reason; it is written down."""
    reason = line(reason, limit=200, name="reason")
    with transaction.atomic():
        row = _row(number, by)
        acts.record("liaison_person", by=by, subject=str(row.pk), note=reason)
    ring = keyring()
    name = ring.open(row.name, context=context(row.pk, "name")) if row.name else ""
    return name, ring.open(row.phone, context=context(row.pk, "phone")) if row.phone else ""


def rekey(batch: int = 500) -> int:
    """换密钥: seal every entry again under the newest key; returns how many were changed. Run until it returns 0 (with people.rekey)."""
    ring, changed = keyring(), 0
    for row in Liaison.objects.filter(Q(name__isnull=False) | Q(phone__isnull=False)).order_by("id").iterator(chunk_size=batch):
        old = [key for key in ("name", "phone") if getattr(row, key) is not None and ring.is_old(getattr(row, key))]
        fresh = {key: ring.seal(ring.open(getattr(row, key), context=context(row.pk, key)), context=context(row.pk, key)) for key in old}
        if fresh:
            changed += Liaison.objects.filter(pk=row.pk).update(**fresh)
    return changed


def keeper(leader: int, *, by: Actor) -> Colleague:
    """The leader of a list that this person keeps."""
    return _of(leader, by)


def _of(leader: int, by: Actor) -> Colleague:
    found = next(iter(colleagues.of_ids([leader], on=clock.local(clock.now()).date())), None)
    if found is None or not found.actor.has(Role.LEADER) or not may_keep(by, found, directories.current()):
        raise NotFound("没有这份名单，或它不归您管。", "There is no such list, or it is not yours.")
    return found


def _row(number: int, by: Actor) -> Liaison:
    row = Liaison.objects.select_for_update().filter(pk=number, ended_at=None).first()
    if row is None:
        raise NotFound("名单上没有这位。", "Nobody of this number is on a list.")
    _of(row.leader, by)
    return row

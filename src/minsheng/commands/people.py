"""当事人: personal data is sealed when it comes in, opened only with a reason, and every opening is recorded."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet

from minsheng.casework import casework
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, WrongState
from minsheng.domain.states import OPEN, PartyRole, Who
from minsheng.domain.text import clean, identity_number, line, phone
from minsheng.models.calls import Call
from minsheng.models.case import Attachment, Case, CaseText, Filing, Opening, Party, ReleasedText
from minsheng.models.read import Notice
from minsheng.projections import is_public
from minsheng.queries.accounts import party_context as _context
from minsheng.sealing import keyring

if TYPE_CHECKING:
    from minsheng.casework import Work
    from minsheng.commands.intake import Report

_FIELDS = ("name", "phone", "address", "identity")


@dataclass(frozen=True, slots=True)
class Person:
    """An opened person: plain values, never kept."""

    role: str
    name: str
    phone: str
    address: str
    identity: str


def check_contact(report: "Report", *, required: bool) -> dict[str, str]:
    """The contact fields of a report, cleaned, or BadInput."""
    found = dict.fromkeys(_FIELDS, "")
    if report.phone.strip():
        found["phone"] = phone(report.phone)
    elif required:
        raise BadInput(field="phone", zh="请留一个手机号，办理单位要联系您。", en="Please leave a phone number, so that the unit can reach you.")
    if report.name.strip():
        found["name"] = line(report.name, limit=40, name="name")
    elif required:
        raise BadInput(field="name", zh="请写怎么称呼您。", en="Please say how to address you.")
    if report.address.strip():
        found["address"] = line(report.address, limit=200, name="address")
    if report.identity.strip():
        found["identity"] = identity_number(report.identity, name="identity")
    return found


def add_party(
    work: "Work", *, role: str, kind: str, name: str = "", phone: str = "", address: str = "", identity: str = "", account: int | None = None
) -> None:
    """Seal one person into a case; the row is written with everything else."""
    ring = keyring()
    number = _phone(phone) if phone.strip() else ""
    sealed = {"name": name, "phone": number, "address": address, "identity": identity}
    row = {
        "case_id": work.case.pk, "role": role, "kind": kind, "account": account, "at": work.now,
        "phone_index": ring.blind_index(number, kind="phone") if number else None,
        **{field: ring.seal(value, context=_context(work.case.pk, field)) if value else None for field, value in sealed.items()},
    }  # fmt: skip
    work.beside.append(("ms_party", row))


def _phone(text: str) -> str:
    return phone(text)


def sealed_for(case: int, field: str, value: str) -> dict[str, bytes]:
    """The columns of one field of a person in this case, sealed anew."""
    ring = keyring()
    found = {field: ring.seal(value, context=_context(case, field))}
    return found | {"phone_index": ring.blind_index(value, kind="phone")} if field == "phone" else found


def open_parties(code: str, *, reason: str, by: Actor) -> list[Person]:
    """查看诉求人: open the people of a case. The reason is recorded, and the person can see it."""
    reason = line(reason, limit=200, name="reason")
    with transaction.atomic(), casework(code, by=by) as work:
        if not work.may("open_person"):
            raise NotAllowed("只有办理这件事的人能看。", "Only those who work on this case may see it.")
        rows = list(Party.objects.filter(case=work.case, left_at=None, erased_at=None).order_by("id"))
        units = by.units()
        Opening.objects.bulk_create(
            Opening(
                case=work.case, party=row, by=by.tag, unit=units[0] if units else "", reason=reason, fields=[f for f in _FIELDS if getattr(row, f)], at=work.now
            )
            for row in rows
        )
        return [opened(row) for row in rows]


def opened(row: Party) -> Person:
    """The plain values of a party row. Only for callers that have recorded the opening (or for the person itself)."""
    ring = keyring()
    plain = {field: ring.open(value, context=_context(row.case_id, field)) if (value := getattr(row, field)) else "" for field in _FIELDS}
    return Person(role=row.role, **plain)


def of_phone(number: str) -> list[Case]:
    """来电人的诉求: cases of this phone number, newest first, found by the blind index."""
    index = keyring().blind_index(phone(number), kind="phone")
    return list(Case.objects.filter(parties__phone_index=index, parties__erased_at=None).distinct().order_by("-id")[:50])


def enter(code: str, *, role: str, name: str, phone: str = "", address: str = "", by: Actor) -> None:
    """登记当事人: another person whom the matter concerns (the neighbour who calls is not the family it is about). Sealed, and told like the caller."""
    if role not in set(PartyRole) - {PartyRole.CALLER}:
        raise BadInput(field="role", zh="请选：当事人、受影响的人或被反映人。", en="Choose concerned, affected or accused.")
    name, address = line(name, limit=40, name="name"), line(address, limit=200, name="address") if address.strip() else ""
    with casework(code, by=by) as work:
        if not work.who(by) & {Who.LEAD, Who.CO, Who.OPERATOR, Who.DISPATCHER}:
            raise NotAllowed("当事人由受理和办理这件事的人登记。", "People are entered by those who take in or handle the case.")
        add_party(work, role=role, kind="citizen", name=name, phone=phone, address=address)
        work.note("entered", data={"role": role})


def support(code: str, *, name: str = "", phone: str = "", by: Actor) -> None:
    """我也遇到: one more person affected; told of every answer, may leave. Who has signed in is told as the account says, and need not say more."""
    if by.account is None and not phone.strip():
        raise BadInput(field="phone", zh="留个手机号，有了答复好告诉您。", en="Please leave a phone number, so that you can be told of the answer.")
    if by.account is None and not name.strip():
        raise BadInput(field="name", zh="写一写怎么称呼您。", en="Please say how to address you.")
    with casework(code, by=by) as work:
        if not is_public(work.facts):
            raise NotFound()
        if work.facts.state not in OPEN:
            raise WrongState(
                "这件已经结束了。您家还有这个问题，就单独反映，写上这件的编号。", "This case is over; if it troubles you too, file your own and name its code."
            )
        if _people(work, phone=phone, by=by).exists():
            raise BadInput(field="phone", zh="您已经算上了，不用再加。", en="You have joined already.")
        add_party(work, role=PartyRole.AFFECTED, kind="citizen", name=line(name, limit=40, name="name") if name.strip() else "", phone=phone,
                  account=by.account)  # fmt: skip
        work.note("supported", data={"count": 1})


def leave(code: str, *, phone: str = "", by: Actor) -> None:
    """退出同诉: no longer counted, no longer told. Whoever joined is known by the number, or by the account that acts."""
    with casework(code, by=by) as work:
        party = _people(work, phone=phone, by=by).filter(role=PartyRole.AFFECTED).order_by("id").first()
        if party is None:
            raise NotFound("这个号码没有加入这件诉求。", "This number has not joined this case.")
        Party.objects.filter(pk=party.pk).update(left_at=work.now)
        work.note("left", data={"party": party.pk})


def _people(work: "Work", *, phone: str, by: Actor) -> QuerySet[Party]:
    """Who of this case has this number, or is the account that acts."""
    found = Party.objects.filter(case=work.case, left_at=None, erased_at=None)
    same = Q(account=by.account) if by.account is not None else Q()
    if phone.strip() or by.account is None:
        same |= Q(phone_index=keyring().blind_index(_phone(phone), kind="phone"))
    return found.filter(same)


#: Kinds of text in which the person speaks; `urgent` repeats a few of the person's words.
_OWN_WORDS = ("body", "place", "urgent", "supplement", "rating", "callback", "withdraw", "reopen")


def erase(code: str, *, reason: str, by: Actor) -> None:
    """抹除: the person and the person's words go; the case, its times and its figures stay. The journal says that and why."""
    reason = clean(reason, limit=400, name="reason")
    with casework(code, by=by) as work:
        if by.kind == "staff" and not work.who(by) & {Who.OPERATOR, Who.SUPERVISOR}:
            raise NotAllowed("抹除由坐席或督办员来做。", "Erasing is for operators and supervisors.")
        work.note("erased", data={"erased": take_words(work), "text": work.write("erasure", reason)})


def take_words(work: "Work") -> list[str]:
    """The caller and everything the caller wrote leave a case that is being worked on; returns the digests of what went, for the journal."""
    words = CaseText.objects.filter(case=work.case, kind__in=_OWN_WORDS, erased_at=None)
    digests = sorted(words.values_list("digest", flat=True))
    words.update(body=None, title="", salt=None, erased_at=work.now)
    take_person(work, Q(role=PartyRole.CALLER))
    ReleasedText.objects.filter(case=work.case, digest__in=digests).update(title="", body="")
    Attachment.objects.filter(case=work.case, purpose="report").update(erased_at=work.now)
    Call.objects.filter(case=work.case).update(number=None, number_index=None, note=None, recording="")
    Notice.objects.filter(case=work.case, to__startswith="unit:").update(text=f"{work.case.code}：标题已抹除")
    work.case.title = ""
    return digests


def take_person(work: "Work", who: Q) -> None:
    """These people of the case are known no more: neither by name and number, nor by account, nor by what repeats their filing."""
    Party.objects.filter(who, case=work.case, erased_at=None).update(
        name=None, phone=None, address=None, identity=None, phone_index=None, account=None, erased_at=work.now
    )
    Filing.objects.filter(case=work.case).delete()


def rekey(batch: int = 500) -> int:
    """换密钥: seal every party and filing again under the newest key; returns how many were changed. Run until it returns 0."""
    ring, changed = keyring(), 0
    for row in Party.objects.filter(erased_at=None).order_by("id").iterator(chunk_size=batch):
        old = [field for field in _FIELDS if getattr(row, field) and ring.is_old(getattr(row, field))]
        for field in old:
            context = _context(row.case_id, field)
            setattr(row, field, ring.seal(ring.open(getattr(row, field), context=context), context=context))
        if old:  # unless the person was erased in the meantime
            changed += Party.objects.filter(pk=row.pk, erased_at=None).update(**{field: getattr(row, field) for field in old})
    for filing in Filing.objects.order_by("key").iterator(chunk_size=batch):
        if ring.is_old(filing.secret):
            secret = ring.seal(ring.open(filing.secret, context=b"filing"), context=b"filing")
            changed += Filing.objects.filter(pk=filing.pk).update(secret=secret)
    return changed

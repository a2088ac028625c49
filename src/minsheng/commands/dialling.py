"""拨号: the exchange rings at the operator's own telephone and then at the person's. The number never reaches a browser, and every time is recorded."""

import secrets

from django.db import transaction

from minsheng import clock
from minsheng.commands import acts, people
from minsheng.commands.calls import held, number_of
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotAllowed, WrongState
from minsheng.domain.states import PartyRole
from minsheng.models.calls import Call, Seat
from minsheng.models.case import Case
from minsheng.ports import Telephony, Undelivered
from minsheng.queries import directory as directories
from minsheng.queries.calls import context
from minsheng.sealing import keyring

#: The reasons that the person reads in the list of those who opened the number.
BY_CALLBACK, BY_RETURN = "回访拨号", "回拨"


def dial_case(code: str, *, telephony: Telephony | None, by: Actor) -> int:
    """回访拨号: call the person of a case; returns the call. The opening is recorded with its reason."""
    if not access.may(by, "call_people", directories.current()):
        raise NotAllowed("电话由回访员和坐席来打。", "Calls are made by callback staff and operators.")
    exchange, extension = _ready(telephony, by)
    with transaction.atomic():
        found = people.open_parties(code, reason=BY_CALLBACK, by=by)
        number = next((p.phone for p in found if p.role == PartyRole.CALLER and p.phone), "")
        row = _out(number, extension, by)
        row.case_id = Case.objects.values_list("pk", flat=True).get(code=code)
        row.save()
    _dial(exchange, row, extension, number)
    return row.pk


def ring_back(call: int, *, telephony: Telephony | None, by: Actor) -> int:
    """回拨: call somebody back whose call was missed or broke off; returns the new call. Once it is answered, the missed one is made good."""
    exchange, extension = _ready(telephony, by)
    with transaction.atomic():
        earlier = held(call, by=by) if _mine(call, by) else _missed(call, by)
        if earlier.case_id is not None:
            people.open_parties(earlier.case.code, reason=BY_RETURN, by=by)
        else:
            acts.record("dial", by=by, subject=f"call:{earlier.pk}", note=BY_RETURN)
        number = number_of(earlier)
        row = _out(number, extension, by)
        row.case_id = earlier.case_id
        row.save()
    _dial(exchange, row, extension, number)
    return row.pk


def _mine(call: int, by: Actor) -> bool:
    return Call.objects.filter(pk=call, user=by.id).exists()


def _missed(call: int, by: Actor) -> Call:
    """Missed calls are everybody's: it does not matter at whose desk they rang."""
    row = Call.objects.select_for_update(of=("self",)).select_related("case").filter(pk=call, status="missed").first()
    if row is None or not access.may(by, "answer_calls", directories.current()):
        return held(call, by=by)
    return row


def _ready(telephony: Telephony | None, by: Actor) -> tuple[Telephony, str]:
    if telephony is None:
        raise WrongState("还没有接电话交换机，不能在这里拨号。请找管理员。", "No exchange is connected: calls cannot be made from here. Ask the administrator.")
    seat = Seat.objects.filter(user=by.id, extension__isnull=False).first()
    if seat is None or seat.extension is None:
        raise WrongState("请先在「通话」页填您的分机号，再拨号。", "Choose your extension on the page of calls first.")
    return telephony, seat.extension


def _out(number: str, extension: str, by: Actor) -> Call:
    if not number:
        raise WrongState("没有可以拨的号码：来电人没有留，或者来电没有显示。", "There is no number to dial: none was left, or it was hidden.")
    external, ring = f"ms-{secrets.token_hex(12)}", keyring()
    return Call(
        external=external, direction="out", extension=extension, user_id=by.id, at=clock.now(),
        number=ring.seal(number, context=context(external, "number")), number_index=ring.blind_index(number, kind="phone"),
    )  # fmt: skip


def _dial(exchange: Telephony, row: Call, extension: str, number: str) -> None:
    """Outside of the transaction: the exchange may take its time. What it refuses is kept with the call."""
    try:
        exchange.dial(extension, number, key=row.external)
    except Undelivered:
        Call.objects.filter(pk=row.pk, status="ringing").update(status="failed", ended_at=clock.now(), wrap_up="no_answer", wrapped_at=clock.now())
        raise

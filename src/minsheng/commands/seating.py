"""坐席: who sits at which extension, and whether calls may come there."""

from django.db import IntegrityError, transaction

from minsheng import clock
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calls import CHOSEN_SEATS, SEAT_ZH
from minsheng.domain.calls import extension as checked
from minsheng.domain.errors import BadInput, NotAllowed, WrongState
from minsheng.models.calls import Call, Seat
from minsheng.queries import directory as directories


def sit(extension: str, *, by: Actor) -> None:
    """坐下: from now on calls to this extension are this operator's. Whoever sat there before is told on their screen, and has to choose another."""
    extension = checked(extension)
    _demand(by)
    try:
        with transaction.atomic():
            _sit(extension, by)
    except IntegrityError:
        # Two sat down at one extension at once: the one who comes second sits.
        with transaction.atomic():
            _sit(extension, by)


def _sit(extension: str, by: Actor) -> None:
    now = clock.now()
    # Calls before seats, in the order in which a message of the exchange locks them.
    Call.objects.filter(extension=extension, ended_at=None, user=None).update(user=by.id)
    earlier = Seat.objects.select_for_update().filter(extension=extension).first()
    if earlier is not None and earlier.user_id != by.id:
        Seat.objects.filter(pk=earlier.pk).update(extension=None, taken_by=by.id, mode="away", since=now)
    values = {"extension": extension, "mode": "ready", "taken_by": None, "since": now}
    Seat.objects.update_or_create(user_id=by.id, defaults=values)


def turn(mode: str, *, by: Actor) -> None:
    """可以接、整理、离开: what the operator says of the seat."""
    if mode not in CHOSEN_SEATS:
        words = "、".join(SEAT_ZH[one] for one in CHOSEN_SEATS)
        raise BadInput(field="mode", zh=f"请选：{words}。", en="Choose one of: " + ", ".join(CHOSEN_SEATS) + ".")
    _demand(by)
    if not Seat.objects.filter(user=by.id, extension__isnull=False).update(mode=mode, since=clock.now()):
        raise WrongState("您还没有选分机，请先填分机号坐下。", "You sit nowhere yet: choose your extension first.")


def leave(*, by: Actor) -> None:
    """下班: the extension is free again; calls to it wait in the list until somebody takes them."""
    Seat.objects.filter(user=by.id).delete()


def _demand(by: Actor) -> None:
    if not any(access.may(by, deed, directories.current()) for deed in ("answer_calls", "call_people")):
        raise NotAllowed("分机由坐席和回访员来用。", "Extensions are for operators and callback staff.")

"""盯着: somebody at the desk keeps an eye on a case. No part of the case: it stands in no journal and raises no version."""

from django.db import connection, transaction

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound, WrongState
from minsheng.models.case import Case
from minsheng.models.people import User
from minsheng.models.work import Star
from minsheng.queries import inbox

#: What one person can keep an eye on.
MOST = 500


def star(code: str, *, by: Actor) -> None:
    """盯着: once more does no harm. NotFound for what the person may not see, WrongState when there are too many."""
    case = _case(code, by)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.id)
        if not Star.objects.filter(user_id=by.id, case_id=case).exists():
            if Star.objects.filter(user_id=by.id).count() >= MOST:
                raise WrongState(f"最多盯 {MOST} 件，请先放下几件。", f"You can watch {MOST} cases at most; let some go first.")
            Star.objects.create(user_id=by.id, case_id=case, at=clock.now())


def unstar(code: str, *, by: Actor) -> None:
    """不盯了."""
    Star.objects.filter(user_id=by.id, case__code=code).delete()


def starred(code: str, *, by: Actor) -> bool:
    """Does this person keep an eye on it?"""
    with connection.cursor() as asked:
        asked.execute("SELECT EXISTS (SELECT 1 FROM ms_star s JOIN ms_case c ON c.id = s.case_id WHERE c.code = %s AND s.user_id = %s)", [code, by.id])
        return bool(asked.fetchone()[0])


def _case(code: str, by: Actor) -> int:
    if by.kind != "staff" or code not in inbox.visible(by, [code]):
        raise NotFound()
    return Case.objects.values_list("pk", flat=True).get(code=code)

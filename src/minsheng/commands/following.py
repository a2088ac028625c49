"""关注: an account wants to be told of somebody else's public case. It concerns no case: nothing of it stands in a journal."""

from minsheng import clock
from minsheng.domain.errors import NotFound
from minsheng.models.case import Case
from minsheng.models.participation import Follow
from minsheng.models.read import HallRow


def follow(code: str, *, account: int) -> None:
    """关注, once; a case that is not public answers like one that does not exist."""
    row = HallRow.objects.filter(case__code=code).first()
    if row is None:
        raise NotFound()
    Follow.objects.get_or_create(case_id=row.case_id, account=account, defaults={"at": clock.now()})


def unfollow(code: str, *, account: int) -> None:
    """不再关注: also where the case is not public any more."""
    Follow.objects.filter(case__in=Case.objects.filter(code=code), account=account).delete()

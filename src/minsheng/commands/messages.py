"""站内消息: what an account does with its messages. They concern no case: nothing of it stands in a journal."""

from minsheng import clock
from minsheng.domain.errors import NotFound
from minsheng.models.read import Notice
from minsheng.queries import messages


def read(account: int, *, upto: int) -> int:
    """全部标为已读, up to the newest one that the page showed: what has come since stays unread. Returns how many were unread."""
    return Notice.objects.filter(to__in=messages.receivers(account), id__lte=upto, read_at=None).update(read_at=clock.now())


def read_one(account: int, *, message: int) -> str:
    """打开一条: it is read now. Returns the code of its case as this person knows it; somebody else's message is not found."""
    found = messages.one(account, message=message)
    if found is None:
        raise NotFound("没有找到这条消息。", "There is no such message.")
    Notice.objects.filter(pk=found.id, read_at=None).update(read_at=clock.now())
    return found.code

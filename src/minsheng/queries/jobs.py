"""批量任务: how far a job is, for the person who asked for it."""

from minsheng.models.work import BulkJob


def one(number: int, *, user: int | None) -> BulkJob | None:
    """A job of this person."""
    return BulkJob.objects.filter(pk=number, user_id=user).first()

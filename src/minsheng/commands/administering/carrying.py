"""长活: the row of a job that the worker does, in steps, with progress; run again, it does nothing twice."""

from datetime import datetime

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.models.batch import Batch
from minsheng.models.work import BulkJob
from minsheng.queue import later, later_at

TASK = "administer"


def begin(action: str, *, codes: list[str], data: dict[str, object], when: datetime | None = None, total: int | None = None, by: Actor) -> int:
    """Write the row of a job and queue it, in the caller's transaction. when: not before this moment."""
    assert by.id is not None, "a job belongs to whoever asked for it"
    job = BulkJob.objects.create(user_id=by.id, action=action, codes=codes, data=data, results={}, total=len(codes) if total is None else total, at=clock.now())
    batch = Batch()
    if when is None:
        later(batch, TASK, job=job.pk)
    else:
        later_at(batch, TASK, when, job=job.pk)
    batch.write()
    return int(job.pk)

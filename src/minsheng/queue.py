"""later(batch, "notify", …): a job by name, written together with the rows that cause it. The worker polls; nobody is woken by NOTIFY."""

from datetime import datetime
from typing import Any

from minsheng.models.batch import Batch


def later(batch: Batch, task: str, **args: Any) -> None:
    """Queue one job: it exists if and only if what caused it does."""
    batch.insert("procrastinate_jobs", {"queue_name": "default", "task_name": task, "args": args})


def later_at(batch: Batch, task: str, moment: datetime, **args: Any) -> None:
    """Queue one job that is not to begin before this moment."""
    batch.insert("procrastinate_jobs", {"queue_name": "default", "task_name": task, "args": args, "scheduled_at": moment.isoformat()})

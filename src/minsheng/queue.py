"""later("notify", …): a job by name, as a row in the caller's transaction. The worker polls; nobody is woken by NOTIFY."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

_DEFER = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES (%s, %s, %s)"


def later(task: str, **args: Any) -> None:
    """Queue one job. Must run inside a transaction: the job exists if and only if what caused it does."""
    later_all(task, [args])


def later_all(task: str, every: Iterable[dict[str, Any]]) -> None:
    """Queue many jobs of one kind with one statement."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("later() belongs into the transaction of what caused it")
    rows = [("default", task, Jsonb(args)) for args in every]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_DEFER, rows)

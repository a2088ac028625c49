"""The queue's NOTIFY triggers must be off.

Procrastinate tells its workers of a new job by NOTIFY inside the transaction that inserts it. PostgreSQL delivers notifications in the
order of commits, so it takes a lock on the whole database from before the commit's fsync until after it: every transaction that defers
a job waits for every other. Our worker polls instead. A migration switches the triggers off with `SWITCH_OFF`; an upgrade of procrastinate
may bring them back, which is why every start asks `trigger_is_off`.
"""

from typing import Any, Protocol

# Procrastinate 3.10. The second fires only when a running job is asked to abort, which nobody does here; it is switched off for the same reason.
TRIGGERS = ("procrastinate_jobs_notify_queue_job_inserted_v1", "procrastinate_jobs_notify_queue_job_aborted_v1")

SWITCH_OFF = "\n".join(f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {name};" for name in TRIGGERS)
SWITCH_ON = "\n".join(f"ALTER TABLE procrastinate_jobs ENABLE TRIGGER {name};" for name in TRIGGERS)

# By what it does, not by its name: a later version of procrastinate may call its trigger otherwise.
NOTIFYING = """
SELECT t.tgname
  FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE t.tgrelid = to_regclass('procrastinate_jobs') AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND p.prosrc ILIKE '%pg_notify%'
 ORDER BY t.tgname
"""


class Cursor(Protocol):
    """What is needed of a database cursor."""

    def execute(self, query: Any, params: Any = None, /) -> Any:
        """Run a statement."""

    def fetchall(self) -> list[Any]:
        """All rows of the answer."""


def notifying_triggers(cursor: Cursor) -> list[str]:
    """The triggers of the queue that would still send a notification. Empty is right."""
    cursor.execute(NOTIFYING)
    return [str(row[0]) for row in cursor.fetchall()]


def trigger_is_off(cursor: Cursor) -> bool:
    """Whether deferring a job is just an insert."""
    return not notifying_triggers(cursor)

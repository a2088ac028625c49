"""procrastinate tasks: thin, idempotent by event, each found by its name in queue.later(batch, "name")."""

from minsheng.jobs import administering as administering
from minsheng.jobs import notify as notify
from minsheng.jobs import periodic as periodic

"""时限: running clocks as rows, swept each minute."""

from datetime import datetime
from typing import Any

from django.db import models

from minsheng.domain.deadlines import Timer

_FIELDS = ("kind", "started_at", "due_at", "duration", "round", "order", "subject", "met_at", "ended_at", "paused_at", "explanation")
_TIMES = ("started_at", "due_at", "met_at", "ended_at", "paused_at")


class Deadline(models.Model):
    """时限: one Timer of domain.deadlines. `next_at` is when the sweep must look at it; NULL when nothing is left to fire."""

    case = models.ForeignKey("minsheng.Case", models.CASCADE, related_name="deadlines")
    kind = models.CharField(max_length=12)
    round = models.PositiveSmallIntegerField()
    order = models.PositiveSmallIntegerField(null=True)
    subject = models.PositiveSmallIntegerField(null=True)
    duration = models.CharField(max_length=24)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    explanation = models.JSONField(default=dict)

    class Meta:
        db_table = "ms_deadline"
        indexes = [
            models.Index(fields=["next_at"], name="deadline_next", condition=models.Q(next_at__isnull=False)),
            models.Index(
                fields=["kind", "due_at", "id"], name="deadline_desk", condition=models.Q(kind__in=["callback", "quality"], met_at=None, ended_at=None)
            ),
            models.Index(fields=["case"], name="deadline_live", condition=models.Q(ended_at=None)),
            models.Index(
                fields=["kind", "due_at", "case"],
                name="deadline_waiting",
                condition=models.Q(met_at=None, ended_at=None, kind__in=("ruling", "quality", "callback")),
            ),
        ]

    def timer(self) -> Timer:
        """The pure clock of this row."""
        return _timer({name: getattr(self, name) for name in _FIELDS}, self.steps)

    def store(self, timer: Timer) -> None:
        """Take over what the clock says."""
        for name, value in timer_columns(timer).items():
            setattr(self, name, value)


def timer_of(row: dict[str, Any]) -> Timer:
    """The pure clock of a row that came as JSON."""
    times = {name: datetime.fromisoformat(row[name]) if row[name] else None for name in _TIMES}
    return _timer({name: row[name] for name in _FIELDS} | times, row["steps"])


def _timer(values: dict[str, Any], steps: list[dict[str, Any]]) -> Timer:
    return Timer(**values, steps=[{**step, "at": datetime.fromisoformat(step["at"])} for step in steps])


def timer_columns(timer: Timer) -> dict[str, Any]:
    """What a row holds of a clock."""
    return {
        **{name: getattr(timer, name) for name in _FIELDS},
        "steps": [{**step, "at": step["at"].isoformat()} for step in timer.steps],
        "next_at": timer.next_at,
    }


class Pulse(models.Model):
    """心跳: when the sweep last ran to its end; a gap is an outage of the platform."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_pulse"


class Outage(models.Model):
    """停机: a stretch in which the platform itself was down. Units are excused for it, and it is shown."""

    start = models.DateTimeField()
    end = models.DateTimeField()
    excused = models.PositiveIntegerField(default=0, help_text="deadlines moved on account of it")
    done_upto = models.BigIntegerField(default=0, help_text="case id up to which it has been applied")
    finished = models.BooleanField(default=False)

    class Meta:
        db_table = "ms_outage"

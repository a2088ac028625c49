"""流转记录: the journal. Append-only (a trigger refuses UPDATE and DELETE) and hash-chained per case."""

from django.db import models


class CaseEvent(models.Model):
    """One event. hash = SHA-256(previous hash ‖ canonical JSON of the event); the first event's previous hash is 32 zero bytes."""

    case = models.ForeignKey("minsheng.Case", models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=20)
    actor = models.CharField(max_length=40)
    unit = models.CharField(max_length=40, null=True)
    before = models.CharField(max_length=12, null=True)
    after = models.CharField(max_length=12)
    data = models.JSONField(default=dict)
    decision = models.JSONField(null=True)
    hash = models.BinaryField()

    class Meta:
        db_table = "ms_event"
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="event_once")]
        indexes = [
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["at"], name="event_judged", condition=models.Q(action__in=["pass_check", "return_answer", "call_back", "spot_checked"])),
            models.Index(fields=["at"], name="event_ruled", condition=models.Q(action="rule")),
        ]


class Checkpoint(models.Model):
    """存证点: signed heads of all cases touched since the last one. The file is kept off the server by an administrator."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    upto = models.BigIntegerField(help_text="highest event id covered")
    body = models.TextField(help_text="the signed text: number, time, previous digest, one line a case: code seq hash")
    digest = models.CharField(max_length=64)
    signature = models.BinaryField()

    class Meta:
        db_table = "ms_checkpoint"

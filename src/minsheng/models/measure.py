"""监督措施: who is watching, and what they demand."""

from django.db import models


class Measure(models.Model):
    """监督措施: reminder, 督办单, card, 批示 … are kinds of it. Opened by rule or by hand, answered, closed or withdrawn.

    status: proposed, opened, answered, closed, withdrawn. evidence: seq numbers of the events that caused it.
    """

    case = models.ForeignKey("minsheng.Case", models.CASCADE, related_name="measures")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16)
    level = models.CharField(max_length=60)
    unit = models.CharField(max_length=40, help_text="the unit it is addressed to")
    post = models.CharField(max_length=60, blank=True, default="")
    points = models.PositiveSmallIntegerField(default=0)
    ladder = models.CharField(max_length=24, blank=True, default="")
    rule = models.CharField(max_length=60, blank=True, default="")
    because = models.CharField(max_length=200)
    evidence = models.JSONField(default=list)
    text = models.CharField(max_length=64, blank=True, default="", help_text="digest of the words, where a person wrote some")
    status = models.CharField(max_length=10)
    opened_by = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_measure"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="measure_once")]
        indexes = [
            models.Index(fields=["unit", "kind", "-opened_at"], name="measure_unit"),
            models.Index(fields=["status", "-opened_at"], name="measure_status"),
            models.Index(fields=["opened_by", "-opened_at", "-id"], name="measure_own", condition=models.Q(kind__in=["instruction", "suggestion"])),
        ]

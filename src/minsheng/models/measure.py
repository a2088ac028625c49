"""监督措施: who is watching, and what they demand."""

from django.db import connection, models

from minsheng.domain.states import MeasureKind


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
    serial = models.PositiveIntegerField(null=True, help_text="督办单 number in the year of its opening")
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


class MeasureSerial(models.Model):
    """督办单编号: the last number that was given in a year. A row, not a sequence: what is printed leaves no gap when a command fails."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "ms_measure_serial"


def serial_of(kind: str, year: int) -> int | None:
    """The next number of a 督办单 in this year; None for what bears no number. Whoever draws one holds the row until the end of the transaction."""
    if kind != MeasureKind.SUPERVISION:
        return None
    with connection.cursor() as db:
        db.execute("INSERT INTO ms_measure_serial AS s (year, last) VALUES (%s, 1) ON CONFLICT (year) DO UPDATE SET last = s.last + 1 RETURNING last", [year])
        number: int = db.fetchone()[0]
    return number

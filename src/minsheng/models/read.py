"""Read tables 投影: rebuilt from the journal at any time, never written but by projections."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from minsheng.models.fields import TsVector


class HallRow(models.Model):
    """大厅: what everybody may read of a public case. Only released text; unreleased, private and secret cases have no row."""

    case = models.OneToOneField("minsheng.Case", models.CASCADE, primary_key=True, related_name="hall")
    code = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    body = models.TextField()
    answer = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12)
    kind = models.CharField(max_length=12)
    category = models.CharField(max_length=12, null=True)
    district = models.CharField(max_length=40, null=True)
    place = models.CharField(max_length=40, null=True, help_text="as near as everybody may know: never nearer than a grid")
    unit = models.CharField(max_length=40, null=True)
    photo = models.CharField(max_length=64, blank=True, default="", help_text="a small released picture, if there is one")
    outcome = models.CharField(max_length=10, null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    supporters = models.IntegerField(default=0)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="the public promise that runs: answer, then close")
    words = TsVector()

    class Meta:
        db_table = "ms_hall"
        indexes = [
            models.Index(fields=["-received_at", "-case"], name="hall_newest"),
            models.Index(fields=["district", "-received_at", "-case"], name="hall_district"),
            models.Index(fields=["state", "-received_at", "-case"], name="hall_state"),
            models.Index(fields=["category", "-received_at", "-case"], name="hall_category"),
            models.Index(fields=["kind", "-received_at", "-case"], name="hall_kind"),
            models.Index(fields=["due_at"], name="hall_due", condition=models.Q(due_at__isnull=False)),
            GinIndex(fields=["words"], name="hall_words"),
        ]


class TallyDelta(models.Model):
    """计数增量: inserted with each event, folded into Tally by a job, so that no counter row serialises commits."""

    day = models.DateField()
    unit = models.CharField(max_length=40)
    district = models.CharField(max_length=40)
    category = models.CharField(max_length=12, help_text="first level")
    origin = models.CharField(max_length=8)
    metric = models.CharField(max_length=24)
    n = models.IntegerField()

    class Meta:
        db_table = "ms_tally_delta"


class Tally(models.Model):
    """计数: how often a metric happened on a Beijing day, by unit, district, first-level category and origin."""

    day = models.DateField()
    unit = models.CharField(max_length=40)
    district = models.CharField(max_length=40)
    category = models.CharField(max_length=12)
    origin = models.CharField(max_length=8)
    metric = models.CharField(max_length=24)
    n = models.IntegerField()

    class Meta:
        db_table = "ms_tally"
        constraints = [models.UniqueConstraint(fields=["day", "metric", "unit", "district", "category", "origin"], name="tally_once")]


class Notice(models.Model):
    """站内消息: what somebody was told, in which way, and whether it arrived. key makes sending idempotent."""

    key = models.CharField(max_length=80, unique=True)
    case = models.ForeignKey("minsheng.Case", models.CASCADE, null=True, related_name="notices", help_text="None: a word to a unit about something else")
    to = models.CharField(max_length=60, help_text="party:id, unit:code or user:id")
    channel = models.CharField(max_length=8)
    template = models.CharField(max_length=24)
    text = models.TextField()
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "ms_notice"
        indexes = [models.Index(fields=["to", "-id"], name="notice_to")]

"""专项整治: many cases or many spots handled as one class of matter."""

from django.db import models


class Campaign(models.Model):
    """专项: a goal, gathered cases, spots with owners and dates. 举一反三 opens one from a single case."""

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    goal = models.CharField(max_length=400)
    unit = models.CharField(max_length=40)
    opened_by = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    public = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_campaign"


class Spot(models.Model):
    """点位: one place of a campaign (一点一方案), with owner, date, and evidence when done."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="spots")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    owner = models.CharField(max_length=40)
    due_on = models.DateField()
    plan = models.CharField(max_length=400, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=40, blank=True, default="")
    evidence = models.JSONField(default=list)

    class Meta:
        db_table = "ms_spot"
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="spot_once")]

"""巡查: what a grid worker looks at regularly."""

from django.db import models

from minsheng.models.case import Case
from minsheng.models.people import User


class PatrolSpot(models.Model):
    """巡查点: a thing in a grid that is to be looked at every so many days."""

    unit = models.CharField(max_length=40, help_text="the unit whose people walk there")
    place = models.CharField(max_length=40, help_text="grid or community")
    name = models.CharField(max_length=80)
    every_days = models.PositiveSmallIntegerField(default=7)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    active = models.BooleanField(default=True)
    last_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ms_patrol_spot"
        indexes = [models.Index(fields=["unit", "last_at"], name="patrol_due", condition=models.Q(active=True))]


class PatrolVisit(models.Model):
    """巡查记录. result: fine, fixed (put right on the spot), filed (a case came of it). key: the phone's own id, so that a visit sent twice is one."""

    spot = models.ForeignKey(PatrolSpot, models.CASCADE, related_name="visits")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=64, unique=True)
    result = models.CharField(max_length=10)
    note = models.CharField(max_length=200, blank=True, default="")
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(help_text="when it was seen, by the phone; never later than it came in")
    came_at = models.DateTimeField()

    class Meta:
        db_table = "ms_patrol_visit"
        indexes = [models.Index(fields=["spot", "-at"], name="visit_spot")]

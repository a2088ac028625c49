"""The directory as rows. Codes are keys; the pure form is policy.directory.Directory, which queries.directory builds from these."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Dated(models.Model):
    """Valid from a day until a day (both inclusive, NULL is open)."""

    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)

    class Meta:
        abstract = True


class Unit(Dated):
    """承办单位."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    parent = models.CharField(max_length=40, null=True)
    level = models.CharField(max_length=10)
    kind = models.CharField(max_length=12)
    function = models.CharField(max_length=40, null=True)
    phone = models.CharField(max_length=40, blank=True, default="")
    opening_hours = models.CharField(max_length=120, blank=True, default="")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ms_unit"


class Place(models.Model):
    """地点: district, street, community, grid or building."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    parent = models.CharField(max_length=40, null=True)
    unit = models.CharField(max_length=40)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    polygon = models.JSONField(null=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ms_place"


class Category(models.Model):
    """事项分类: three levels."""

    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=120)
    parent = models.CharField(max_length=12, null=True)
    level = models.PositiveSmallIntegerField()
    urgency = models.CharField(max_length=8)
    sensitive = models.BooleanField()
    department = models.CharField(max_length=40)
    keywords = ArrayField(models.CharField(max_length=40))
    risk = models.CharField(max_length=60, null=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ms_category"


class Responsibility(Dated):
    """职责规则: category × place → lead and co-handling units."""

    category = models.CharField(max_length=12)
    place = models.CharField(max_length=40, null=True)
    lead = models.CharField(max_length=60)
    co = ArrayField(models.CharField(max_length=60))
    basis = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "ms_responsibility"


class RuleProposal(models.Model):
    """建议的职责规则: what a ruling taught, to become a rule of responsibility once a second person agrees. status: asked, accepted, refused."""

    case = models.ForeignKey("minsheng.Case", models.SET_NULL, null=True, related_name="+")
    category = models.CharField(max_length=12)
    place = models.CharField(max_length=40, null=True)
    lead = models.CharField(max_length=60)
    co = ArrayField(models.CharField(max_length=60), default=list)
    basis = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    status = models.CharField(max_length=8, default="asked")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "ms_rule_proposal"
        indexes = [models.Index(fields=["at"], name="rule_proposal_asked", condition=models.Q(status="asked"))]


class CalendarDay(models.Model):
    """日历调整: a day that is a working day or not against the published calendar (a late 调休 notice, a city's own day off). because: the notice."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()
    because = models.CharField(max_length=120)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_calendar_day"


class Post(models.Model):
    """责任岗位: a post of the chain of responsibility, in its order."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "ms_post"


class Scope(models.Model):
    """平台: the city's, a county's or a sector's own entrance (1+8+N)."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    root = models.CharField(max_length=40)
    categories = ArrayField(models.CharField(max_length=12))

    class Meta:
        db_table = "ms_scope"


class City(models.Model):
    """城市: the one row that says which city this database is, and which version of the directory is loaded."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    centre = models.CharField(max_length=40)
    fallback = models.CharField(max_length=40)
    rules = models.CharField(max_length=64, help_text="hash of today's resolved profile")
    directory_version = models.PositiveIntegerField(default=0)
    functions = models.JSONField(default=list)

    class Meta:
        db_table = "ms_city"

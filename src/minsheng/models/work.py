"""Tools of people who work at the desk. None of it is part of a case: nothing here stands in a journal."""

from django.db import models

from minsheng.models.case import Case
from minsheng.models.people import User


class SavedFilter(models.Model):
    """存下的筛选: a choice of cases under a name. unit: shared with all colleagues of that unit; None: the person's own."""

    user = models.ForeignKey(User, models.CASCADE, related_name="filters")
    unit = models.CharField(max_length=40, null=True)
    name = models.CharField(max_length=40)
    query = models.JSONField(help_text="the words of the address, as queries.inbox takes them")
    position = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_saved_filter"
        indexes = [models.Index(fields=["unit"], name="filter_unit", condition=models.Q(unit__isnull=False))]


class Star(models.Model):
    """我盯着的: somebody at the desk wants to keep an eye on a case."""

    user = models.ForeignKey(User, models.CASCADE, related_name="stars")
    case = models.ForeignKey(Case, models.CASCADE, related_name="stars")
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_star"
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="star_once")]


class Read(models.Model):
    """看过: up to which event somebody has seen a case; bold in a list is what has come since."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()

    class Meta:
        db_table = "ms_read"
        constraints = [models.UniqueConstraint(fields=["user", "case"], name="read_once")]


class BulkJob(models.Model):
    """批量办理: one action on many cases, done by the worker, row by row. results: code → {"done": bool, "zh": str, "en": str}.

    file: digest of what was made (a print, an export) in the blob store; only the person who asked may fetch it.
    """

    key = models.CharField(max_length=64, unique=True, null=True, help_text="SHA-256 of the form's key and what was asked: a double click is one job")
    user = models.ForeignKey(User, models.CASCADE, related_name="bulk_jobs")
    action = models.CharField(max_length=20)
    codes = models.JSONField()
    data = models.JSONField(default=dict)
    results = models.JSONField(default=dict)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    file = models.CharField(max_length=64, blank=True, default="")
    file_name = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_bulk_job"
        indexes = [models.Index(fields=["user", "-id"], name="bulk_user")]


class AnswerTemplate(models.Model):
    """答复模板: words to begin an answer with. unit None: everybody's; category None: for all matters. {place} {unit} {phone} {date} are filled in."""

    unit = models.CharField(max_length=40, null=True)
    category = models.CharField(max_length=12, null=True)
    action = models.CharField(max_length=20, default="answer", help_text="the move that it is written for")
    title = models.CharField(max_length=60)
    body = models.TextField()
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_answer_template"
        indexes = [models.Index(fields=["unit", "action"], name="template_unit")]


class Verdict(models.Model):
    """对不对: what a person said of a suggestion of the machine (category, unit, similar, urgency). About matters, never persons."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="verdicts")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=60)
    right = models.BooleanField()
    share = models.PositiveSmallIntegerField(help_text="the confidence it was shown with, in percent")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_verdict"
        constraints = [models.UniqueConstraint(fields=["case", "kind", "value"], name="verdict_once")]

"""规则版本: every resolved profile that a case was ever pinned to."""

from django.db import models


class RulesVersion(models.Model):
    """A published version never changes; `hash` is that of the resolved profile (base included)."""

    hash = models.CharField(max_length=64, primary_key=True)
    code = models.CharField(max_length=40)
    version = models.CharField(max_length=12)
    schema_version = models.PositiveSmallIntegerField()
    body = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        db_table = "ms_rules_version"

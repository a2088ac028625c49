"""刊物: what the city publishes on schedule, frozen as it was signed."""

from django.db import models


class Publication(models.Model):
    """刊物: one version of one publication. status: draft, signed (for its addressees), published (for everybody).

    content: domain.publications.Content as JSON; a draft may be drafted anew, what is signed never changes. changed: what this version corrects.
    digest: SHA-256 of the content as it was signed. pdf, docx: the files as they were signed, by their digests in the blob store.
    """

    kind = models.CharField(max_length=12)
    period = models.CharField(max_length=24)
    topic = models.CharField(max_length=60, blank=True, default="", help_text="of a 《热点专报》")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, default="draft")
    content = models.JSONField()
    changed = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    drafted_by = models.CharField(max_length=40)
    drafted_at = models.DateTimeField()
    signed_by = models.CharField(max_length=40, blank=True, default="")
    signed_at = models.DateTimeField(null=True)
    pdf = models.CharField(max_length=64, blank=True, default="")
    docx = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        db_table = "ms_publication"
        constraints = [
            models.UniqueConstraint(fields=["kind", "period", "topic", "version"], name="publication_once"),
            models.UniqueConstraint(fields=["kind", "period", "topic"], condition=models.Q(status="draft"), name="publication_one_draft"),
        ]
        indexes = [models.Index(fields=["status", "-signed_at", "-id"], name="publication_newest")]

"""审批: whatever needs consent holds a move to be performed later. 剔除: what shall not count, with a second person's consent."""

from django.db import models


class Approval(models.Model):
    """审批: a move that waits for consent (退单, 延期, 挂账). Lapses when its work order ends. status: asked, granted, refused, lapsed."""

    case = models.ForeignKey("minsheng.Case", models.CASCADE, related_name="approvals")
    number = models.PositiveSmallIntegerField()
    move = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField(null=True)
    data = models.JSONField()
    approver = models.CharField(max_length=12, help_text="centre, next_level or supervisor, as the profile says")
    approver_unit = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=40)
    asked_unit = models.CharField(max_length=40, null=True)
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=8, default="asked")
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_approval"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="approval_once")]
        indexes = [models.Index(fields=["approver_unit", "asked_at", "id"], name="approval_queue", condition=models.Q(status="asked"))]


class Exemption(models.Model):
    """剔除: a case, or one clock of it, is asked not to count under a published basis; a second person decides. status: asked, granted, refused.

    It is recorded and shown; the figures of issue 5 will leave out what was granted. clock: a kind of domain.deadlines.CLOCKS, "" for the whole case.
    """

    case = models.ForeignKey("minsheng.Case", models.CASCADE, related_name="exemptions")
    number = models.PositiveSmallIntegerField()
    clock = models.CharField(max_length=12, blank=True, default="")
    text = models.CharField(max_length=64, help_text="digest of the basis (title) and the reason (body)")
    asked_by = models.CharField(max_length=40)
    asked_unit = models.CharField(max_length=40, null=True)
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=8, default="asked")
    decided_by = models.CharField(max_length=40, blank=True, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_exemption"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="exemption_once")]
        indexes = [models.Index(fields=["asked_at", "id"], name="exemption_queue", condition=models.Q(status="asked"))]

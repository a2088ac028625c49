"""领导联系网民: which citizens a leader keeps in touch with, sealed as all personal data, and every contact."""

from django.db import models


class Liaison(models.Model):
    """联系对象: one citizen, who agreed to it, and the leader who keeps in touch. name, phone: AES-GCM with the key id inside."""

    leader = models.BigIntegerField(help_text="user id")
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    consent = models.CharField(max_length=120, help_text="when and how the person agreed")
    added_by = models.CharField(max_length=40)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_liaison"
        constraints = [
            models.UniqueConstraint(fields=["leader", "phone_index"], name="liaison_once", condition=models.Q(ended_at=None, phone_index__isnull=False))
        ]
        indexes = [models.Index(fields=["leader", "id"], name="liaison_leader", condition=models.Q(ended_at=None))]


class LiaisonContact(models.Model):
    """联系记录: when, by which way, what was said, and the request that came of it."""

    liaison = models.ForeignKey(Liaison, models.CASCADE, related_name="contacts")
    on = models.DateField()
    method = models.CharField(max_length=8)
    text = models.CharField(max_length=1000)
    case = models.CharField(max_length=24, blank=True, default="", help_text="code of the request that came of it")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_liaison_contact"
        indexes = [models.Index(fields=["liaison", "-on", "-id"], name="liaison_contacts")]

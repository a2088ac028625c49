"""What guards the accounts of staff, and who did what outside of cases."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from minsheng.models.people import User


class TwoFactor(models.Model):
    """两步验证: the shared secret of an authenticator (TOTP, RFC 6238), sealed, and digests of codes for the day the phone is lost.

    last_step: the time step that was used last, so that a code that somebody overheard is worth nothing.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="two_factor")
    secret = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    rescue = ArrayField(models.CharField(max_length=64), default=list)
    at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_two_factor"


class SignedIn(models.Model):
    """登录着的: one browser in which a staff member is signed in; ends by signing out, from afar, by the limit, or with the account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="signed_in")
    key = models.CharField(max_length=64, unique=True, help_text="of the row in django_session, so that it can be ended from afar")
    at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True, default="")
    agent = models.CharField(max_length=120, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        db_table = "ms_signed_in"
        indexes = [models.Index(fields=["user", "-seen_at"], name="signed_in_now", condition=models.Q(ended_at=None))]


class StaffIdentity(models.Model):
    """单点登录: by which subject an identity provider (OIDC) knows a staff member."""

    user = models.ForeignKey(User, models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_staff_identity"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]


class Act(models.Model):
    """操作记录: who did what outside of a case: signed in, exported, printed, changed the directory or an account. Never changed, never deleted.

    kind: domain.acts.ACTS. subject: what it was done to, such as unit:city.parks or user:12. before, after: the values, never a secret.
    from_day: the day from which a change of the directory holds.
    """

    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    unit = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=80, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    from_day = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "ms_act"
        indexes = [
            models.Index(fields=["-at", "-id"], name="act_newest"),
            models.Index(fields=["by", "-at"], name="act_by"),
            models.Index(fields=["subject", "-at"], name="act_subject", condition=~models.Q(subject="")),
        ]

"""来电: what the telephone exchange tells, and who took which call."""

from django.db import models

from minsheng.models.case import Case
from minsheng.models.people import User


class Seat(models.Model):
    """坐席座位: at which extension an operator sits, and whether calls may come. mode: away, ready, talking, wrapping.

    extension: None once a colleague (`taken_by`) has sat down there, so that the earlier one can be told.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="seat")
    extension = models.CharField(max_length=20, unique=True, null=True)
    taken_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    mode = models.CharField(max_length=10, default="away")
    since = models.DateTimeField()

    class Meta:
        db_table = "ms_seat"


class Call(models.Model):
    """通话: one call, in or out. The number is sealed and found by its blind index; the exchange's own id makes its messages idempotent.

    status: ringing, answered, ended, missed (nobody took it), failed (out: nobody answered). wrap_up: domain.calls.WRAP_UPS, "" until it is wrapped up.
    note: what the operator wrote down where no case came of it, or has typed so far, sealed. recording: address at the exchange.
    """

    external = models.CharField(max_length=80, unique=True)
    direction = models.CharField(max_length=3, default="in")
    line = models.CharField(max_length=40, blank=True, default="")
    number = models.BinaryField(null=True)
    number_index = models.BinaryField(null=True)
    status = models.CharField(max_length=10, default="ringing")
    extension = models.CharField(max_length=20, blank=True, default="")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="calls")
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="calls")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recording = models.CharField(max_length=300, blank=True, default="")
    wrap_up = models.CharField(max_length=20, blank=True, default="")
    wrapped_at = models.DateTimeField(null=True)
    transferred_to = models.CharField(max_length=40, blank=True, default="")
    note = models.BinaryField(null=True)
    called_back = models.ForeignKey("self", models.SET_NULL, null=True, related_name="answers", help_text="the call out that made a missed call good")

    class Meta:
        db_table = "ms_call"
        indexes = [
            models.Index(fields=["-at", "-id"], name="call_newest"),
            models.Index(fields=["user", "-at"], name="call_user", condition=models.Q(user__isnull=False)),
            models.Index(fields=["number_index"], name="call_number", condition=models.Q(number_index__isnull=False)),
            models.Index(fields=["at"], name="call_missed", condition=models.Q(status="missed", called_back=None)),
            models.Index(fields=["extension", "-at"], name="call_live", condition=models.Q(ended_at=None)),
        ]

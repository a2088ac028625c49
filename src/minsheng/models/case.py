"""诉求 Case: the state row, its texts, files, parties and outside numbers."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Case(models.Model):
    """诉求: where the case stands now. Written by casework only; `facts` is what the journal tells (domain.facts.CaseFacts).

    The other columns repeat what lists must find fast. `head` is the hash of the last event.
    """

    code = models.CharField(max_length=24, unique=True)
    secret = models.BinaryField(help_text="HMAC of the secret that the person holds; never the secret itself")
    state = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=0, help_text="raised by staff moves and by every change of state; `seen` is compared with it")
    seq = models.PositiveIntegerField(default=0)
    head = models.BinaryField()
    facts = models.JSONField()
    rules = models.CharField(max_length=64, help_text="hash of the resolved profile that this case is pinned to")
    kind = models.CharField(max_length=12)
    category = models.CharField(max_length=12, null=True)
    urgency = models.CharField(max_length=8)
    channel = models.CharField(max_length=12)
    origin = models.CharField(max_length=8)
    visibility = models.CharField(max_length=8)
    place = models.CharField(max_length=40, null=True)
    district = models.CharField(max_length=40, null=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    title = models.CharField(max_length=120, help_text="erasable: emptied when the person's words are erased")
    unit = models.CharField(max_length=40, null=True, help_text="the unit that has the case, or had it last")
    round = models.PositiveSmallIntegerField(default=1)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="earliest running promise to the citizen or duty of the unit")
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    watched = models.BooleanField(default=False, help_text="an open measure stricter than a reminder")
    likes = models.IntegerField(default=0, help_text="supporters counted by an older system (import); a number, no persons")
    merged_into = models.BigIntegerField(null=True)
    campaign = models.BigIntegerField(null=True)
    sensitive = models.BooleanField(default=False, help_text="its category touches privacy: only those who work on it read it")
    disputed = models.BooleanField(default=False, help_text="somebody whom it concerns says, in this round, that it is not done")

    class Meta:
        db_table = "ms_case"
        indexes = [
            models.Index(fields=["state", "due_at", "id"], name="case_queue", condition=models.Q(closed_at=None)),
            models.Index(fields=["unit", "state", "due_at", "id"], name="case_unit_queue", condition=models.Q(closed_at=None)),
            models.Index(fields=["due_at", "id"], name="case_due", condition=models.Q(closed_at=None)),
            models.Index(fields=["due_at", "id"], name="case_watched", condition=models.Q(closed_at=None, watched=True)),
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            models.Index(fields=["due_at", "id"], name="case_disputed", condition=models.Q(disputed=True)),
            models.Index(fields=["merged_into"], name="case_merged", condition=models.Q(merged_into__isnull=False)),
            models.Index(fields=["campaign"], name="case_campaign", condition=models.Q(campaign__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.code


class CaseText(models.Model):
    """文字: a person's or unit's words, outside the journal so that they can be erased. The journal holds SHA-256(salt ‖ text).

    body and salt are NULL once erased. public: meant for the citizen (an answer), as against internal notes.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="texts")
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=120, blank=True, default="")
    body = models.TextField(null=True)
    salt = models.BinaryField(null=True)
    public = models.BooleanField(default=False)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_case_text"
        constraints = [models.UniqueConstraint(fields=["case", "digest"], name="case_text_once")]


class ReleasedText(models.Model):
    """公开文本: the masked version of a text that everybody may read, versioned. Only this reaches hall, search and suggestions."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="released")
    digest = models.CharField(max_length=64, help_text="which CaseText this is a public version of")
    kind = models.CharField(max_length=16)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120, blank=True, default="")
    body = models.TextField()
    by = models.CharField(max_length=40, help_text="staff:id, or the rule that released it")
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_released_text"
        constraints = [models.UniqueConstraint(fields=["case", "digest", "version"], name="released_once")]


class Attachment(models.Model):
    """附件: a file by its digest; the bytes lie in the blob store. digest is that of the file as it was written anew, without where and when.

    kind: photo, video, audio. thumbnail: digest of a small picture (of a video: of its first moments; a sound has none).
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="attachments", null=True)
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, default="photo")
    purpose = models.CharField(max_length=12, default="report", help_text="report, evidence, plan")
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True, help_text="length of a video or a sound")
    thumbnail = models.CharField(max_length=64, blank=True, default="")
    public = models.BooleanField(default=False)
    at = models.DateTimeField()
    ticket = models.CharField(max_length=64, blank=True, default="", help_text="upload ticket until a case takes the file")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_attachment"
        indexes = [models.Index(fields=["ticket"], name="attachment_ticket", condition=~models.Q(ticket=""))]


class Upload(models.Model):
    """正在上传: a file that comes in pieces (tus 1.0) and may stop and go on. Its bytes lie beside the blobs until they are whole."""

    ticket = models.CharField(max_length=64, primary_key=True, help_text="names the upload in its address; whoever knows it may go on")
    kind = models.CharField(max_length=12, help_text="photo, video, audio")
    size = models.BigIntegerField(help_text="bytes in all, as the sender declared them")
    received = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_upload"
        indexes = [models.Index(fields=["at"], name="upload_at")]


class Party(models.Model):
    """当事人: one person or enterprise in one case, sealed (HOUSE §7). Opened only with a reason, and every opening is recorded.

    name, phone, address, identity: AES-GCM with the key id inside. phone_index: HMAC blind index, for finding a caller's cases.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    role = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, default="citizen")
    account = models.BigIntegerField(null=True, help_text="the person's own account, where there is one")
    name = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    address = models.BinaryField(null=True)
    identity = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_party"
        indexes = [
            models.Index(fields=["phone_index"], name="party_phone", condition=models.Q(phone_index__isnull=False)),
            models.Index(fields=["account"], name="party_account", condition=models.Q(account__isnull=False)),
        ]


class ExternalId(models.Model):
    """外部编号: the number of this case in another system; one system never files the same number twice."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="external_ids")
    system = models.CharField(max_length=40)
    number = models.CharField(max_length=80)

    class Meta:
        db_table = "ms_external_id"
        constraints = [models.UniqueConstraint(fields=["system", "number"], name="external_once")]


class Relation(models.Model):
    """关联: two cases that belong together. kind: related, split (other came out of case), merged (case went into other)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="relations")
    other = models.ForeignKey(Case, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_relation"
        constraints = [models.UniqueConstraint(fields=["case", "other", "kind"], name="relation_once")]


class Filing(models.Model):
    """防重: which case an Idempotency-Key made, so that the same request sent twice is filed once."""

    key = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of actor and key")
    body = models.CharField(max_length=64, help_text="SHA-256 of the request; another body under the same key is refused")
    case = models.ForeignKey(Case, models.CASCADE)
    secret = models.BinaryField(help_text="sealed, so that the repeated answer is the same")
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_filing"


class Link(models.Model):
    """免登录链接: a word in a message that lets one person judge one round of one case, until a day. Only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    case = models.ForeignKey(Case, models.CASCADE, related_name="links")
    party = models.ForeignKey(Party, models.CASCADE, related_name="links")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_link"


class WorkOrder(models.Model):
    """工单: one unit's duty in one case, mirrored from the case's facts for the unit's queue."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="orders")
    number = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=40)
    role = models.CharField(max_length=4)
    round = models.PositiveSmallIntegerField()
    assignee = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=16, blank=True, default="")
    state = models.CharField(max_length=12, help_text="state of the case, repeated for the unit's queue")
    due_at = models.DateTimeField(null=True, help_text="earliest due time that concerns this order, repeated for the queue")

    class Meta:
        db_table = "ms_work_order"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="order_once")]
        indexes = [models.Index(fields=["unit", "state", "due_at", "case"], name="order_queue", condition=models.Q(ended_at=None))]


class Opening(models.Model):
    """查看记录: who opened which person's sealed data, when and why. The person can see it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="openings")
    party = models.ForeignKey(Party, models.CASCADE, related_name="openings")
    by = models.CharField(max_length=40)
    unit = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=200)
    fields = ArrayField(models.CharField(max_length=12))
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_opening"
        indexes = [models.Index(fields=["-at", "-id"], name="opening_newest")]

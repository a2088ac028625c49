"""参与: what people do with cases that are not their own."""

from django.db import models

from minsheng.models.case import Case


class Follow(models.Model):
    """关注: an account wants to be told of the progress of somebody else's public case. No part of the case: it is in no journal."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="follows")
    account = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_follow"
        constraints = [models.UniqueConstraint(fields=["account", "case"], name="follow_once")]


class Comment(models.Model):
    """评论 (大家说): one remark on a public case. Its words are texts of the case, its public words released texts; the journal tells who and when.

    number: 1, 2, … within the case. status: held, shown, refused, removed. An edited remark is held again; what was released of it stays until then.
    unit: set where a unit speaks.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="comments")
    number = models.PositiveIntegerField()
    account = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, null=True)
    status = models.CharField(max_length=8)
    reason = models.CharField(max_length=200, blank=True, default="", help_text="why it was refused or removed, for its author and the readers")
    edits = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ms_comment"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="comment_once")]
        indexes = [
            models.Index(fields=["at", "id"], name="comment_held", condition=models.Q(status="held")),
            models.Index(fields=["account"], name="comment_account", condition=models.Q(account__isnull=False)),
        ]


class CommentWords(models.Model):
    """One version of a comment, by the digest of its text (models.case.CaseText); its public words are released under the same digest."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="versions")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_comment_words"
        constraints = [models.UniqueConstraint(fields=["comment", "digest"], name="comment_words_once")]

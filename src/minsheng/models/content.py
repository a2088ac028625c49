"""内容: what the city tells by itself: notices, how-to pages, answers of the knowledge base, and the pages every site must have."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from minsheng.models.fields import TsVector


class Article(models.Model):
    """文章. kind: notice 通知, guide 怎么用, knowledge 办事知识, page (privacy, accessibility and the like, found by their slug).

    status: draft, review, published, withdrawn. body is Markdown; what stands here is the version that is in force, earlier ones are kept beside it,
    and so is a later one that waits for its review: what everybody reads stays as it is until then.
    owner: the unit that answers for it. since, until: from and to when it holds; afterwards it leaves what citizens see.
    """

    slug = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField()
    language = models.CharField(max_length=8, default="zh")
    category = models.CharField(max_length=12, null=True, help_text="what it is about; suggestions look for it")
    place = models.CharField(max_length=40, null=True, help_text="where a notice holds; None: everywhere")
    label = models.CharField(max_length=12, blank=True, default="", help_text="a word before a notice: 停水, 供热")
    status = models.CharField(max_length=10, default="draft")
    version = models.PositiveSmallIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=40, null=True)
    since = models.DateTimeField(null=True, help_text="not shown to citizens before")
    until = models.DateTimeField(null=True, help_text="a notice that is over leaves the lists")
    asked_by = models.CharField(max_length=40, blank=True, default="", help_text="who sent it to review; somebody else agrees")
    asked_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=200, blank=True, default="", help_text="why the review sent it back")
    updated_at = models.DateTimeField()
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)
    words = TsVector()

    class Meta:
        db_table = "ms_article"
        indexes = [
            models.Index(fields=["kind", "status", "-published_at", "-id"], name="article_newest"),
            GinIndex(fields=["words"], name="article_words"),
            models.Index(fields=["asked_at"], name="article_review", condition=models.Q(asked_at__isnull=False)),
            models.Index(fields=["until"], name="article_until", condition=models.Q(until__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.slug


class ArticleVersion(models.Model):
    """What an article said, as it was saved. A later one than the article's own version waits for its review."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField()
    facts = models.JSONField(default=dict, help_text="label, category, place, owner, since, until as they were to be; {} of old versions: not kept then")
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_article_version"
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="article_version_once")]


class ArticleFile(models.Model):
    """A form or a table that people take away with an article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="files")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    waits = models.BooleanField(default=False, help_text="comes with a version that waits for its review")
    removed_at = models.DateTimeField(null=True, help_text="taken away; it may be put back for a day")

    class Meta:
        db_table = "ms_article_file"
        constraints = [models.UniqueConstraint(fields=["article", "digest"], name="article_file_once")]


class ArticleUse(models.Model):
    """An answer that was given from an article, so that editors see what helps."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="uses")
    case = models.ForeignKey("minsheng.Case", models.CASCADE, related_name="article_uses")
    version = models.PositiveSmallIntegerField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_article_use"
        constraints = [models.UniqueConstraint(fields=["article", "case"], name="article_use_once")]


class SearchMiss(models.Model):
    """没搜到的: words that somebody looked for in the knowledge base and found nothing. Numbers and addresses are masked; nobody is named."""

    words = models.CharField(max_length=60, unique=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    article = models.ForeignKey(Article, models.SET_NULL, null=True, related_name="+", help_text="what was written because of it")

    class Meta:
        db_table = "ms_search_miss"
        indexes = [models.Index(fields=["-times", "-last_at"], name="miss_open", condition=models.Q(done_at=None))]

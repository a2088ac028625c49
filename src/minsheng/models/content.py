"""内容: what the city tells by itself: notices, how-to pages, answers of the knowledge base, and the pages every site must have."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from minsheng.models.fields import TsVector


class Article(models.Model):
    """文章. kind: notice 通知, guide 怎么用, knowledge 办事知识, page (privacy, accessibility and the like, found by their slug).

    status: draft, published, withdrawn. body is Markdown; what stands here is the version that is in force, earlier ones are kept beside it.
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
    until = models.DateTimeField(null=True, help_text="a notice that is over leaves the lists")
    updated_at = models.DateTimeField()
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)
    words = TsVector()

    class Meta:
        db_table = "ms_article"
        indexes = [models.Index(fields=["kind", "status", "-published_at", "-id"], name="article_newest"), GinIndex(fields=["words"], name="article_words")]

    def __str__(self) -> str:
        return self.slug


class ArticleVersion(models.Model):
    """What an article said, as it was saved; the last one is what stands in the article."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=200, blank=True, default="")
    body = models.TextField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        db_table = "ms_article_version"
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="article_version_once")]

"""文章: notices, guides, knowledge and the pages every site must have. Written by editors of the centre; every saving keeps what was said before.

What is saved of a published article is seen at once; a version is kept each time, so that an earlier one can be taken up again.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.db.models import F

from minsheng import clock
from minsheng.commands.intake import known_category
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.articles import ALWAYS_THERE, KIND_ZH, Draft, check
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from minsheng.intelligence.tokens import tokens, tsvector_literal
from minsheng.models.content import Article, ArticleVersion
from minsheng.queries import directory as directories

#: What an editor changes.
_FIELDS = ("title", "summary", "body", "label", "category", "place", "until")
#: What a reader may say of an answer, and the column that counts it.
_JUDGED = {"helped": "helped", "no_help": "not_helped"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Slugs that a load brought, and those that were there already and were left as they are."""

    new: tuple[str, ...]
    kept: tuple[str, ...]


def may_write(actor: Actor) -> bool:
    """Editors and administrators whose unit stands for the whole city; the system, which loads the first texts."""
    return access.may(actor, "write_articles", directories.current())


def write(draft: Draft, *, by: Actor) -> int:
    """写: a new article, as a draft. Returns its number."""
    _demand(by)
    draft = _checked(draft)
    draft = draft if draft.slug else _named(draft)
    with _one_slug():
        return _create(draft, by, status="draft").pk


def edit(number: int, *, draft: Draft, seen: int, by: Actor) -> int:
    """改: new words and facts; nothing new changes nothing. kind, language and slug stay: they are the article's address. Returns the version."""
    _demand(by)
    with transaction.atomic():
        row = _locked(number, seen)
        draft = _checked(replace(draft, kind=row.kind, slug=row.slug, language=row.language))
        if all(getattr(row, name) == getattr(draft, name) for name in _FIELDS):
            return row.version
        for name in _FIELDS:
            setattr(row, name, getattr(draft, name))
        row.words = _words(draft)
        return _save(row, by)


def publish(number: int, *, seen: int, by: Actor) -> int:
    """发布: everybody may read it. Returns the version."""
    _demand(by)
    with transaction.atomic():
        row = _locked(number, seen)
        if row.status == "published":
            raise WrongState("这篇文章已经发布了。", "This article is published already.")
        if row.until is not None and row.until <= clock.now():
            raise BadInput(
                field="until", zh="这条通知的截止日已经过了，请先改日子再发布。", en="The day on which this notice ends has passed; change it first."
            )
        row.status, row.published_at = "published", clock.now()
        return _save(row, by)


def withdraw(number: int, *, seen: int, by: Actor) -> int:
    """撤下: nobody but editors sees it any more. Pages that every page leads to cannot go. Returns the version."""
    _demand(by)
    with transaction.atomic():
        row = _locked(number, seen)
        if row.status != "published":
            raise WrongState("这篇文章没有发布，不用撤下。", "This article is not published.")
        if row.kind == "page" and row.slug in ALWAYS_THERE:
            raise WrongState("这一页每个页面都有链接，不能撤下，可以改写。", "Every page leads to this one: it can be rewritten, not withdrawn.")
        row.status = "withdrawn"
        return _save(row, by)


def restore(number: int, *, version: int, seen: int, by: Actor) -> int:
    """用回旧版: an earlier version's words become the newest version; nothing in between is lost. Returns the version."""
    _demand(by)
    with transaction.atomic():
        row = _locked(number, seen)
        old = ArticleVersion.objects.filter(article=row, version=version).first()
        if old is None:
            raise NotFound("没有这一版，请从历史里选。", "There is no such version; choose one of the history.")
        row.title, row.summary, row.body = old.title, old.summary, old.body
        row.words = _words(Draft(kind=row.kind, title=old.title, summary=old.summary, body=old.body))
        return _save(row, by)


def judge(slug: str, *, verdict: str) -> None:
    """有用 / 没用: what a reader says of a published answer, counted. verdict: helped, no_help."""
    column = _JUDGED.get(verdict)
    if column is None:
        raise BadInput(field="verdict", zh="请选「有用」或「没用」。", en="Choose whether it helped.")
    judged = Article.objects.filter(slug=slug, kind__in=("knowledge", "guide"), status="published")
    if not judged.update(**{column: F(column) + 1}):
        raise NotFound("没有找到这篇文章，可能已经撤下。", "This article was not found; it may have been withdrawn.")


def load(drafts: Sequence[Draft], *, by: Actor) -> Loaded:
    """载入: publish texts from files, all or none. An article that is there already is never overwritten: it may have been rewritten."""
    _demand(by)
    with transaction.atomic():
        there = set(Article.objects.filter(slug__in=[draft.slug for draft in drafts]).values_list("slug", flat=True))
        fresh = [draft for draft in drafts if draft.slug not in there]
        for draft in fresh:
            _create(_checked(draft), by, status="published")
    return Loaded(tuple(draft.slug for draft in fresh), tuple(draft.slug for draft in drafts if draft.slug in there))


# --- the small steps --------------------------------------------------------------------------------------------------------------


def _demand(by: Actor) -> None:
    if not may_write(by):
        raise NotAllowed("文章由热线中心的编辑或管理员来写。", "Articles are written by editors and administrators of the centre.")


def _checked(draft: Draft) -> Draft:
    """The draft cleaned, its codes known, and beside a Chinese article of its kind where it is English."""
    draft = check(draft)
    tree = directories.current()
    if draft.category is not None:
        known_category(tree, draft.category)
    if draft.place is not None and draft.place not in tree.places:
        raise BadInput(field="place", zh="没有这个地点，请重新选。", en="There is no such place; choose another.")
    if draft.language == "en" and not Article.objects.filter(slug=draft.original, kind=draft.kind, language="zh").exists():
        raise BadInput(
            field="slug",
            zh=f"没有网址名是「{draft.original}」的中文{KIND_ZH[draft.kind]}。先写中文的，再写英文的。",
            en=f"There is no Chinese article “{draft.original}” of this kind: write that one first.",
        )
    return draft


def _named(draft: Draft) -> Draft:
    """A slug from the kind and the day: notice-20261124, and -2, -3 … behind it where there are several."""
    first = f"{draft.kind}-{clock.local(clock.now()):%Y%m%d}"
    taken = set(Article.objects.filter(slug__startswith=first).values_list("slug", flat=True))
    slug = next(name for n in range(1, len(taken) + 2) if (name := first if n == 1 else f"{first}-{n}") not in taken)
    return replace(draft, slug=slug)


@contextmanager
def _one_slug() -> Iterator[None]:
    """A transaction in which a slug that somebody else has taken is said in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise BadInput(field="slug", zh="这个网址名已经用过了，请换一个。", en="This name is taken; choose another.") from None


def _create(draft: Draft, by: Actor, *, status: str) -> Article:
    now = clock.now()
    row = Article.objects.create(
        slug=draft.slug, kind=draft.kind, title=draft.title, summary=draft.summary, body=draft.body, language=draft.language, category=draft.category,
        place=draft.place, label=draft.label, until=draft.until, status=status, version=1, published_at=now if status == "published" else None,
        updated_at=now, words=_words(draft),
    )  # fmt: skip
    _keep(row, by)
    return row


def _locked(number: int, seen: int) -> Article:
    """The article, locked; Stale where the editor's screen showed an older version."""
    row = Article.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise NotFound("没有找到这篇文章。", "There is no such article.")
    if row.version != seen:
        raise Stale(
            seen=seen,
            version=row.version,
            zh="同事刚刚改过这篇文章。请看过现在的内容再保存，您写的还在下面。",
            en="A colleague has just changed this article. Look at it and save again; what you typed is kept.",
        )
    return row


def _save(row: Article, by: Actor) -> int:
    row.version += 1
    row.updated_at = clock.now()
    row.save()
    _keep(row, by)
    return row.version


def _keep(row: Article, by: Actor) -> None:
    ArticleVersion.objects.create(article=row, version=row.version, title=row.title, summary=row.summary, body=row.body, by=by.tag, at=row.updated_at)


def _words(draft: Draft) -> str:
    return tsvector_literal(tokens(f"{draft.title} {draft.summary} {draft.body}"))

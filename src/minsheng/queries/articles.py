"""文章: what everybody may read of notices, guides, knowledge and pages; and what editors see of them. One query each.

What is published is in force from `since` to `until`: lists, searches and suggestions leave out what is not yet, and what is over.

Readers of English get the English article that stands beside a Chinese one, where one is published; else the Chinese one, which says so (`translated`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from minsheng import clock
from minsheng.domain.articles import ANSWERING, ENGLISH, KIND_ZH, STATUS_ZH, holds
from minsheng.domain.errors import BadInput, NotFound
from minsheng.intelligence import similar
from minsheng.intelligence.similar import Earlier, Told
from minsheng.intelligence.tokens import any_of_literal, query_tokens, tsquery_literal
from minsheng.models.content import Article, ArticleVersion
from minsheng.models.people import User
from minsheng.queries.pages import Cursor, Page, read

#: How many articles a search looks at.
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """An article in a list. translated: it is in the reader's language."""

    slug: str
    kind: str
    title: str
    summary: str
    label: str
    category: str | None
    published_at: datetime
    updated_at: datetime
    until: datetime | None
    translated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Headline):
    """An article as it is read. over: its day has passed. number: as the desk knows it."""

    number: int

    body: str
    place: str | None
    helped: int
    not_helped: int
    over: bool


_COLUMNS = "a.slug, a.kind, coalesce(e.title, a.title), CASE WHEN e.slug IS NULL THEN a.summary ELSE e.summary END, \
coalesce(nullif(e.label, ''), a.label), a.category, a.published_at, coalesce(e.updated_at, a.updated_at), a.until, e.slug IS NOT NULL, a.id"
_FROM = f"ms_article a LEFT JOIN ms_article e ON %s AND e.slug = a.slug || '{ENGLISH}' AND e.status = 'published'"
_PUBLISHED = "a.language = 'zh' AND a.status = 'published'"
#: What holds now; takes the moment twice.
_READABLE = f"{_PUBLISHED} AND (a.since IS NULL OR a.since <= %s) AND (a.until IS NULL OR a.until > %s)"


def newest(kind: str, *, limit: int, language: str = "zh") -> list[Headline]:
    """The newest of a kind, newest first; a notice that is over is left out."""
    return _page(kind, None, limit, language=language)[0]


def listed(kind: str, *, cursor: str = "", limit: int = 20, language: str = "zh") -> Page[Headline]:
    """All of a kind, newest first, by pages."""
    rows, last = _page(kind, read(cursor), limit + 1, language=language)
    following = str(Cursor(rows[limit - 1].published_at, last[limit - 1])) if len(rows) > limit else ""
    return Page(rows[:limit], following)


def _page(kind: str, after: Cursor | None, most: int, *, language: str) -> tuple[list[Headline], list[int]]:
    beyond = "AND (a.published_at, a.id) < (%s, %s) " if after else ""
    values: list[Any] = [language == "en", _kind(kind), *[clock.now()] * 2, *((after.at, after.id) if after else ())]
    with connection.cursor() as cursor:
        # Every fragment is a constant of this file.
        cursor.execute(
            f"SELECT {_COLUMNS} FROM {_FROM} WHERE a.kind = %s AND {_READABLE} {beyond}"  # noqa: S608
            f"ORDER BY a.published_at DESC, a.id DESC LIMIT {most:d}",
            values,
        )
        rows = cursor.fetchall()
    return [_headline(row) for row in rows], [row[10] for row in rows]


def _headline(row: tuple[Any, ...]) -> Headline:
    return Headline(**_named(row))


def _named(row: tuple[Any, ...]) -> dict[str, Any]:
    names = ("slug", "kind", "title", "summary", "label", "category", "published_at", "updated_at", "until", "translated")
    return dict(zip(names, row, strict=False))


def by_slug(slug: str, *, language: str = "zh") -> Shown:
    """A published article by the slug of the Chinese one (or of its English twin: both name the same). NotFound for all else, and before it begins."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS}, coalesce(e.body, a.body), a.place, a.helped, a.not_helped, a.since FROM {_FROM} WHERE a.slug = %s AND {_PUBLISHED}",  # noqa: S608
            [language == "en", slug.removesuffix(ENGLISH)],
        )
        row = cursor.fetchone()
    stands = "later" if row is None else holds(since=row[15], until=row[8], now=now)
    if row is None or stands == "later":
        raise NotFound("没有这一篇，可能已经撤下。", "There is no such article; it may have been withdrawn.")
    return Shown(**_named(row), number=row[10], body=row[11], place=row[12], helped=row[13], not_helped=row[14], over=stands == "over")


# --- looking for an answer --------------------------------------------------------------------------------------------------------


def search(q: str, *, category: str = "", limit: int = 20, language: str = "zh") -> list[Headline]:
    """Answers that hold the words (any of them; those with more of them first), in a category and what lies below it."""
    words = query_tokens(q[:100])
    if q.strip() and not words:
        return []
    where: list[str] = ["a.kind = ANY(%s)", _READABLE]
    values: list[Any] = [list(ANSWERING), *[clock.now()] * 2]
    if words:
        where.append("(a.words @@ %s::tsquery OR e.words @@ %s::tsquery)")
        values += [any_of_literal(words)] * 2
    if category:
        where.append("a.category >= %s AND a.category < %s")
        values += [category, category + "~"]
    each = [tsquery_literal([word]) for word in words]
    rank = "(SELECT count(*) FROM unnest(%s::text[]::tsquery[]) AS q (word) WHERE a.words @@ q.word OR e.words @@ q.word)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM {_FROM} WHERE {' AND '.join(where)} ORDER BY {rank} DESC, a.helped DESC, a.id LIMIT {limit:d}",  # noqa: S608
            [language == "en", *values, each],
        )
        return [_headline(row) for row in cursor.fetchall()]


def answer(told: Told, *, places: tuple[str, ...] = (), without: tuple[str, ...] = (), language: str = "zh") -> Headline | None:
    """The one article that answers what is being written, if one does.

    places: where it is, and what lies around it; an article for somewhere else does not answer. without: slugs that did not help before.
    """
    words = tuple(told.weights)
    if not words:
        return None
    branches = [code[:length] for code in told.categories for length in (2, 4, 6)]
    shared = "ARRAY(SELECT q.n FROM unnest(%s::text[]::tsquery[]) WITH ORDINALITY AS q (word, n) WHERE a.words @@ q.word)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS}, {shared} FROM {_FROM} WHERE a.kind = ANY(%s) AND {_READABLE} AND NOT a.slug = ANY(%s)"  # noqa: S608
            " AND (a.place IS NULL OR a.place = ANY(%s))"
            f" AND (a.words @@ %s::tsquery OR a.category = ANY(%s)) ORDER BY a.helped DESC, a.id LIMIT {_LOOKED_AT:d}",
            [
                [tsquery_literal([word]) for word in words],
                language == "en",
                list(ANSWERING),
                *[clock.now()] * 2,
                list(without),
                list(places),
                any_of_literal(words),
                branches,
            ],
        )
        rows = {row[0]: row for row in cursor.fetchall()}
    found = similar.answer(told, (Earlier(key=slug, shared=tuple(words[n - 1] for n in row[11]), title=row[2], category=row[5]) for slug, row in rows.items()))
    return _headline(rows[found.key]) if found else None


# --- for editors ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """An article in the editors' list."""

    number: int
    slug: str
    kind: str
    status: str
    title: str
    language: str
    label: str
    owner: str | None
    updated_at: datetime
    asked_at: datetime | None
    remark: str
    since: datetime | None
    until: datetime | None
    helped: int
    not_helped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said once, and who saved it. same: words and facts are those of the version before (it was published or withdrawn)."""

    version: int
    title: str
    summary: str
    body: str
    facts: dict[str, Any]
    by: str
    at: datetime
    same: bool


_DESK = ("id", "slug", "kind", "status", "title", "language", "label", "owner", "updated_at", "asked_at", "remark", "since", "until", "helped", "not_helped")


def desk_list(*, kind: str = "", status: str = "", q: str = "", owners: tuple[str, ...] | None = None, cursor: str = "", limit: int = 50) -> Page[DeskRow]:
    """Every article (or those of some units), the latest changed first; words are looked for in title, summary and body.

    status review: whatever has been sent to review, also what waits beside a published article.
    """
    rows = Article.objects.order_by("-updated_at", "-id")
    if owners is not None:
        rows = rows.filter(owner__in=owners, kind__in=ANSWERING)
    if kind:
        rows = rows.filter(kind=_kind(kind))
    if status:
        rows = rows.filter(asked_at__isnull=False) if _status(status) == "review" else rows.filter(status=status)
    if q.strip():
        words = query_tokens(q[:100])
        rows = rows.extra(where=["words @@ %s::tsquery"], params=[tsquery_literal(words)]) if words else rows.none()
    after = read(cursor)
    if after is not None:
        rows = rows.filter(Q(updated_at__lt=after.at) | Q(updated_at=after.at, id__lt=after.id))
    found = [DeskRow(number=row[0], **dict(zip(_DESK[1:], row[1:], strict=True))) for row in rows.values_list(*_DESK)[: limit + 1]]
    following = str(Cursor(found[limit - 1].updated_at, found[limit - 1].number)) if len(found) > limit else ""
    return Page(found[:limit], following)


def desk(number: int) -> Article:
    """The article with everything, in whatever stage."""
    row = Article.objects.filter(pk=number).first()
    if row is None:
        raise NotFound("没有找到这篇文章。", "There is no such article.")
    return row


def twin(row: Article) -> int | None:
    """The number of the article in the other language that stands beside this one, in whatever stage."""
    slug = row.slug.removesuffix(ENGLISH) if row.language == "en" else row.slug + ENGLISH
    return Article.objects.filter(slug=slug).values_list("pk", flat=True).first()


def versions(number: int, *, limit: int = 50) -> list[Version]:
    """What the article said before, newest first, with the names of those who saved it."""
    rows = list(ArticleVersion.objects.filter(article=number).order_by("-version")[: limit + 1])
    users = {int(row.by.removeprefix("staff:")) for row in rows if row.by.startswith("staff:")}
    names = dict(User.objects.filter(pk__in=users).values_list("pk", "display_name"))
    before = [*rows[1:], None]
    return [
        Version(
            version=row.version, title=row.title, summary=row.summary, body=row.body, facts=row.facts, at=row.at,
            by=names.get(int(row.by.removeprefix("staff:")), "") if row.by.startswith("staff:") else "",
            same=old is not None and _said(row) == _said(old),
        )
        for row, old in list(zip(rows, before, strict=True))[:limit]
    ]  # fmt: skip


def _said(version: ArticleVersion) -> tuple[Any, ...]:
    return version.title, version.summary, version.body, {name: value for name, value in version.facts.items() if value}


def newest_version(number: int) -> ArticleVersion:
    """The newest version, in force or not yet."""
    row = ArticleVersion.objects.filter(article=number).order_by("-version").first()
    if row is None:
        raise NotFound("没有找到这篇文章。", "There is no such article.")
    return row


def kinds() -> dict[str, str]:
    """slug → kind of every article: what files of texts are compared with."""
    return dict(Article.objects.values_list("slug", "kind"))


def _kind(kind: str) -> str:
    if kind not in KIND_ZH:
        raise BadInput(field="kind", zh="没有这种文章，请重新选。", en="There is no such kind; choose another.")
    return kind


def _status(status: str) -> str:
    if status not in STATUS_ZH:
        raise BadInput(field="status", zh="没有这个阶段，请重新选。", en="There is no such stage; choose another.")
    return status

"""知识库, as the people at the desk read it: searched, filtered, one article with what belongs to it; what ends soon; what was not found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from minsheng import clock
from minsheng.domain.articles import ANSWERING, HOLDS_ZH, KIND_ZH, TOLD_BEFORE, holds
from minsheng.domain.errors import BadInput, NotFound
from minsheng.intelligence.tokens import any_of_literal, query_tokens, tsquery_literal
from minsheng.models.content import Article, ArticleFile, SearchMiss
from minsheng.policy.directory import Directory
from minsheng.queries.pages import Cursor, Page, read

#: What a list at the desk may be asked for, beside HOLDS_ZH.
STATES = (*HOLDS_ZH, "ending", "draft", "review", "withdrawn")
_HOLDS = {
    "now": "a.status = 'published' AND (a.since IS NULL OR a.since <= %(now)s) AND (a.until IS NULL OR a.until > %(now)s)",
    "later": "a.status = 'published' AND a.since > %(now)s",
    "over": "a.status = 'published' AND a.until <= %(now)s",
    "ending": "a.status = 'published' AND a.until > %(now)s AND a.until <= %(soon)s",
    "draft": "a.status = 'draft'",
    "review": "a.asked_at IS NOT NULL",
    "withdrawn": "a.status = 'withdrawn'",
}
_HITS = "(SELECT count(*) FROM unnest(%(each)s::text[]::tsquery[]) AS q (word) WHERE a.words @@ q.word)"
_USES = "(SELECT count(*) FROM ms_article_use u WHERE u.article_id = a.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: everybody at the desk what is or was published; drafts only whose they are, or who may write or review everything."""

    units: tuple[str, ...]
    everything: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. state: one of STATES; category: with all below it; place: articles for it, for what it lies in, and for everywhere."""

    q: str = ""
    category: str = ""
    place: str = ""
    owner: str = ""
    kind: str = ""
    state: str = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as the desk finds it."""

    number: int
    slug: str
    kind: str
    title: str
    summary: str
    body: str
    category: str | None
    place: str | None
    owner: str | None
    status: str
    asked_at: datetime | None
    remark: str
    since: datetime | None
    until: datetime | None
    updated_at: datetime
    helped: int
    not_helped: int
    uses: int

    @property
    def stands(self) -> str:
        """now, later, over for what is published; else its stage."""
        return holds(since=self.since, until=self.until, now=clock.now()) if self.status == "published" else self.status


_COLUMNS = tuple(name for name in Entry.__dataclass_fields__ if name not in ("number", "uses"))


def find(wanted: Wanted, *, reader: Reader, tree: Directory, cursor: str = "", limit: int = 20) -> Page[Entry]:
    """Articles that hold the words (any of them; those with more first, then the latest changed), by pages. One query."""
    words = query_tokens(wanted.q[:100])
    if wanted.q.strip() and not words:
        return Page([], "")
    where, values = _where(wanted, reader, tree)
    if words:
        where.append("a.words @@ %(any)s::tsquery")
    hits = _HITS if words else "0"
    values |= {"any": any_of_literal(words), "each": [tsquery_literal([word]) for word in words], "limit": limit + 1}
    after, beyond = _after(cursor), ""
    if after is not None:
        beyond = "WHERE (x.hits, x.updated_at, x.id) < (%(hits)s, %(at)s, %(id)s)"
        values |= {"hits": after[0], "at": after[1].at, "id": after[1].id}
    columns = ", ".join(f"a.{name}" for name in _COLUMNS)
    with connection.cursor() as asked:
        # Every fragment is a constant of this file.
        asked.execute(
            f"SELECT * FROM (SELECT {hits} AS hits, a.id, {columns}, {_USES} FROM ms_article a WHERE {' AND '.join(where)}) x {beyond}"  # noqa: S608
            " ORDER BY x.hits DESC, x.updated_at DESC, x.id DESC LIMIT %(limit)s",
            values,
        )
        rows = asked.fetchall()
    entries = [Entry(number=row[1], uses=row[-1], **dict(zip(_COLUMNS, row[2:-1], strict=True))) for row in rows]
    last = entries[limit - 1] if len(rows) > limit else None
    return Page(entries[:limit], f"{rows[limit - 1][0]}.{Cursor(last.updated_at, last.number)}" if last else "")


def _where(wanted: Wanted, reader: Reader, tree: Directory) -> tuple[list[str], dict[str, Any]]:
    if wanted.state not in STATES:
        raise BadInput(field="state", zh="没有这种时效，请重新选。", en="There is no such state; choose another.")
    if wanted.kind and wanted.kind not in KIND_ZH:
        raise BadInput(field="kind", zh="没有这种文章，请重新选。", en="There is no such kind; choose another.")
    now = clock.now()
    where, values = ["a.language = 'zh'", _HOLDS[wanted.state]], {"now": now, "soon": now + TOLD_BEFORE}
    kinds = [wanted.kind] if wanted.kind else [*ANSWERING, "notice"] if wanted.state in ("over", "ending", "later") else list(ANSWERING)
    where.append("a.kind = ANY(%(kinds)s)")
    values["kinds"] = kinds
    if not reader.everything and wanted.state in ("draft", "review", "withdrawn"):
        where.append("a.owner = ANY(%(units)s)")
        values["units"] = list(reader.units)
    if wanted.category:
        where.append("a.category >= %(category)s AND a.category < %(category)s || '~'")
        values["category"] = wanted.category
    if wanted.place:
        line = [wanted.place, *tree.place_ancestors(wanted.place)] if wanted.place in tree.places else []
        where.append("(a.place IS NULL OR a.place = ANY(%(places)s))")
        values["places"] = line
    if wanted.owner:
        where.append("a.owner = %(owner)s")
        values["owner"] = wanted.owner
    return where, values


def _after(text: str) -> tuple[int, Cursor] | None:
    """How many words the last row held, and where it stood."""
    if not text:
        return None
    hits, _, rest = text.partition(".")
    cursor = read(rest)
    if not hits.isdecimal() or len(hits) > 9 or cursor is None or cursor.at is None:
        raise BadInput(field="cursor", zh="翻页的位置不对，请从第一页开始。", en="This cursor is not valid; start from the first page.")
    return int(hits), cursor


def entry(number: int, *, reader: Reader) -> Entry:
    """One article. NotFound for a draft of somebody else."""
    found = _one("a.id = %s", number)
    if found is None or (found.status != "published" and not reader.everything and found.owner not in reader.units):
        raise NotFound("没有找到这篇文章，可能已经撤下。", "This article was not found; it may have been withdrawn.")
    return found


def by_slug(slug: str) -> Entry | None:
    """One article by its name in the address, in whatever stage."""
    return _one("a.slug = %s", slug)


def _one(which: str, value: int | str) -> Entry | None:
    columns = ", ".join(f"a.{name}" for name in _COLUMNS)
    with connection.cursor() as asked:
        asked.execute(f"SELECT a.id, {columns}, {_USES} FROM ms_article a WHERE {which}", [value])  # noqa: S608 (constants of this file)
        row = asked.fetchone()
    return Entry(number=row[0], uses=row[-1], **dict(zip(_COLUMNS, row[1:-1], strict=True))) if row else None


def owners() -> list[str]:
    """Units that answer for an article."""
    return list(Article.objects.filter(owner__isnull=False).order_by("owner").values_list("owner", flat=True).distinct())


# --- files and answers --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """附件 of an article. waits: comes with the version that waits for its review."""

    number: int
    digest: str
    name: str
    media_type: str
    size: int
    waits: bool


def files(number: int, *, waiting: bool = False) -> list[Attached]:
    """What people may take away with an article, in the order in which it came; also what waits, for its editors."""
    rows = ArticleFile.objects.filter(article=number, removed_at=None).order_by("id")
    rows = rows if waiting else rows.filter(waits=False)
    return [Attached(number=r.pk, digest=r.digest, name=r.name, media_type=r.media_type, size=r.size, waits=r.waits) for r in rows]


def file(slug: str, digest: str, *, reader: Reader | None) -> Attached:
    """One file of an article: of what is in force for everybody (reader None), of what one may read at the desk. NotFound for all else."""
    row = ArticleFile.objects.select_related("article").filter(article__slug=slug, digest=digest, removed_at=None).first()
    if row is None or not _may_take(row, reader):
        raise NotFound("没有这个附件，可能已经换了新的。请回到文章里再点一次。", "There is no such file; it may have been replaced. Go back to the article.")
    return Attached(number=row.pk, digest=row.digest, name=row.name, media_type=row.media_type, size=row.size, waits=row.waits)


def _may_take(row: ArticleFile, reader: Reader | None) -> bool:
    article = row.article
    if reader is not None and (reader.everything or article.owner in reader.units):
        return True
    if row.waits or article.status != "published":
        return False
    return reader is not None or holds(since=article.since, until=article.until, now=clock.now()) == "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An article from which a case was answered. changed: it says something else today."""

    number: int
    slug: str
    title: str
    at: datetime
    changed: bool


def sources(code: str) -> list[Source]:
    """From which articles this case was answered, as the desk's page of the case shows under the answer."""
    with connection.cursor() as asked:
        asked.execute(_SOURCES, [code])
        return [Source(number=number, slug=slug, title=title, at=at, changed=changed) for number, slug, title, at, changed in asked.fetchall()]


_SOURCES = """SELECT a.id, a.slug, a.title, u.at, a.version > u.version
FROM ms_case c JOIN ms_article_use u ON u.case_id = c.id JOIN ms_article a ON a.id = u.article_id WHERE c.code = %s ORDER BY u.id"""


# --- what ends, and what is missing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many articles are in each state that somebody should look at, counted to 100."""

    ending: int
    over: int
    review: int
    missing: int


_WAITING = """SELECT
 (SELECT count(*) FROM (SELECT 1 FROM ms_article WHERE status = 'published' AND language = 'zh' AND until > %(now)s AND until <= %(soon)s LIMIT 100) x),
 (SELECT count(*) FROM (SELECT 1 FROM ms_article WHERE status = 'published' AND language = 'zh' AND until <= %(now)s LIMIT 100) x),
 (SELECT count(*) FROM (SELECT 1 FROM ms_article a WHERE asked_at IS NOT NULL AND (%(all)s OR owner = ANY(%(units)s)) LIMIT 100) x),
 (SELECT count(*) FROM (SELECT 1 FROM ms_search_miss WHERE done_at IS NULL LIMIT 100) x)"""


def waiting(*, reader: Reader) -> Waiting:
    """What should be looked at. One query."""
    now = clock.now()
    with connection.cursor() as asked:
        asked.execute(_WAITING, {"now": now, "soon": now + TOLD_BEFORE, "all": reader.everything, "units": list(reader.units)})
        ending, over, review, missing = asked.fetchone()
    return Waiting(ending=ending, over=over, review=review, missing=missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Words that were looked for and not found."""

    number: int
    words: str
    times: int
    first_at: datetime
    last_at: datetime


def missing(*, cursor: str = "", limit: int = 50) -> Page[Miss]:
    """没搜到的: what nobody has dealt with, most often first, by pages."""
    rows = SearchMiss.objects.filter(done_at=None).order_by("-times", "-last_at", "-id")
    after = _after(cursor)
    if after is not None:
        times, stood = after
        later = Q(times=times, last_at__lt=stood.at) | Q(times=times, last_at=stood.at, id__lt=stood.id)
        rows = rows.filter(Q(times__lt=times) | later)
    found = [Miss(number=r.pk, words=r.words, times=r.times, first_at=r.first_at, last_at=r.last_at) for r in rows[: limit + 1]]
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], f"{last.times}.{Cursor(last.last_at, last.number)}" if last else "")

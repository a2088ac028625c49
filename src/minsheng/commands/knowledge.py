"""知识库: answers given from an article, what was looked for and not found, and the word to the units whose articles end."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import F

from minsheng import clock
from minsheng.commands import articles, limits
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.articles import TOLD_BEFORE, Draft
from minsheng.domain.calendar import beijing_day
from minsheng.domain.errors import NotAllowed, NotFound, TooMany, WrongState
from minsheng.intelligence import asked
from minsheng.models.case import Case
from minsheng.models.content import Article, ArticleUse, SearchMiss
from minsheng.models.read import Notice
from minsheng.queries import directory as directories

logger = logging.getLogger(__name__)
_DAY = timedelta(days=1)
#: An article that ended longer ago is no news any more.
_STALE = timedelta(days=7)


# --- answers ------------------------------------------------------------------------------------------------------------------------


def used(slug: str, *, code: str, by: Actor) -> bool:
    """用它答复: the answer of this case was given from this article; counted once for a case. Returns whether it is new."""
    tree = directories.current()
    if not access.may(by, "read_articles", tree):
        raise _not_allowed()
    article = Article.objects.filter(slug=slug, status="published").first()
    if article is None:
        raise NotFound("没有找到这篇文章，可能已经撤下。", "This article was not found; it may have been withdrawn.")
    case = Case.objects.filter(code=code).first()
    facts = facts_json.from_json(case.facts) if case else None
    place = tree.places[where].unit if facts and (where := facts.place or facts.district) in tree.places else None
    if case is None or facts is None or not access.may(by, "see", tree, facts=facts, place_unit=place):
        raise NotFound("没有找到这件诉求。", "There is no such case.")
    _row, fresh = ArticleUse.objects.get_or_create(article=article, case=case, defaults={"version": article.version, "by": by.tag, "at": clock.now()})
    return fresh


# --- what was not found -------------------------------------------------------------------------------------------------------------


def missed(words: str, *, address: str) -> bool:
    """没搜到: count the words, where they may be kept at all (intelligence/asked.py). Returns whether they were.

    Nobody who searches is ever stopped by it: too many from one address, or a database that does not take them, and they are just not counted.
    """
    kept = asked.kept(words)
    if kept is None:
        return False
    try:
        limits.take(limits.MISSES, address)
        limits.take(limits.MISSES_AT_ALL, "")
        with transaction.atomic():
            _count(kept)
    except TooMany:
        return False
    except DatabaseError:
        logger.warning("a search that found nothing was not counted", exc_info=True)
        return False
    return True


def _count(words: str) -> None:
    now = clock.now()
    SearchMiss.objects.bulk_create([SearchMiss(words=words, times=0, first_at=now, last_at=now)], ignore_conflicts=True)
    SearchMiss.objects.filter(words=words).update(times=F("times") + 1, last_at=now)


def write_for(miss: int, *, by: Actor) -> int:
    """写一篇: a draft with the words as its title, so that what was not found will be. Returns its number; the miss is done."""
    with transaction.atomic():
        row = _open(miss)
        _demand(by)
        number = articles.write(Draft(kind="knowledge", title=row.words, body=_OUTLINE), by=by)
        row.article_id, row.done_at = number, clock.now()
        row.save(update_fields=["article", "done_at"])
        return number


_OUTLINE = "# 先看结论\n\n# 怎么办\n\n# 找谁问\n"


def drop(miss: int, *, by: Actor) -> str:
    """不用写: there will be no article. Returns the words."""
    with transaction.atomic():
        row = _open(miss)
        _demand(by)
        row.done_at = clock.now()
        row.save(update_fields=["done_at"])
        return row.words


def take_up(miss: int, *, by: Actor) -> str:
    """撤销「不用写」: it stands in the list again. Returns the words."""
    _demand(by)
    with transaction.atomic():
        row = SearchMiss.objects.select_for_update().filter(pk=miss).first()
        if row is None or row.article_id is not None:
            raise WrongState("这一条已经写成文章了。", "An article has been written for it.")
        row.done_at = None
        row.save(update_fields=["done_at"])
        return row.words


def _open(miss: int) -> SearchMiss:
    row = SearchMiss.objects.select_for_update().filter(pk=miss, done_at=None).first()
    if row is None:
        raise WrongState("这一条同事已经处理了。", "A colleague has dealt with it already.")
    return row


def _demand(by: Actor) -> None:
    if not may_work_off(by):
        raise NotAllowed("没搜到的词由热线中心的编辑来看。", "The centre's editors work off what was not found.")


def may_work_off(actor: Actor) -> bool:
    """Editors of the centre."""
    return articles.may_write(actor)


def _not_allowed() -> NotAllowed:
    return NotAllowed("您的账号不能查知识库。", "Your account may not read the knowledge base.")


# --- articles that end --------------------------------------------------------------------------------------------------------------


def warn_owners() -> int:
    """知识到期: a word to the unit that answers for an article, thirty days before its end and on the day; each once. Returns how many are new."""
    now = clock.now()
    ending = Article.objects.filter(status="published", owner__isnull=False, until__gt=now - _STALE, until__lte=now + TOLD_BEFORE)
    notices = [_warning(row, row.until, now) for row in ending if row.until is not None]
    with transaction.atomic():
        known = set(Notice.objects.filter(key__in=[notice.key for notice in notices]).values_list("key", flat=True))
        fresh = [notice for notice in notices if notice.key not in known]
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _warning(row: Article, until: datetime, now: datetime) -> Notice:
    last = beijing_day(until - timedelta(seconds=1))
    today = until - now <= _DAY
    text = f"「{row.title}」{last:%Y-%m-%d} 到期，到期后居民看不到。还有效的，请改到期日再送审。"
    if until <= now:
        text = f"「{row.title}」{last:%Y-%m-%d} 已到期，居民看不到了。还有效的，请改到期日再送审。"
    key = f"article:{row.pk}:{last:%Y%m%d}:{'day' if today else 'month'}"
    return Notice(key=key, case=None, to=f"unit:{row.owner}", channel="site", template="article_ends", text=text, at=now)

"""文章: notices, guides, knowledge and the pages every site must have. Written by editors of the centre; every saving keeps what was said before.

Units propose what they answer for (办事知识): they write in their own name, send it to review (送审), and somebody else who may review publishes it or
sends it back. Whoever has sent an article to review never publishes it. What a unit changes of a published article waits beside it as a later version:
everybody goes on reading the one in force. What an editor of the centre saves of a published article is seen at once.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from minsheng import clock
from minsheng.commands import acts
from minsheng.commands.intake import known_category
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.articles import ALWAYS_THERE, ANSWERING, KIND_ZH, REMARK_LIMIT, Draft, check
from minsheng.domain.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from minsheng.domain.text import line
from minsheng.intelligence.tokens import tokens, tsvector_literal
from minsheng.models.content import Article, ArticleFile, ArticleVersion
from minsheng.queries import directory as directories

#: What an editor changes: words, and facts that a version keeps beside them.
_WORDS = ("title", "summary", "body")
_FACTS = ("label", "category", "place", "owner", "since", "until")
_FIELDS = (*_WORDS, *_FACTS)
#: What a reader may say of an answer, and the column that counts it.
_JUDGED = {"helped": "helped", "no_help": "not_helped"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Slugs that a load brought, and those that were there already and were left as they are."""

    new: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """An article, locked, and its newest version. waits: the newest is later than what everybody reads."""

    row: Article
    last: ArticleVersion

    @property
    def waits(self) -> bool:
        """Is there a version that waits for its review beside the published one?"""
        return self.row.status == "published" and self.last.version > self.row.version


class Owned(Protocol):
    """An article as far as it decides who writes it."""

    @property
    def kind(self) -> str: ...
    @property
    def owner(self) -> str | None: ...


# --- who ----------------------------------------------------------------------------------------------------------------------------


def may_write(actor: Actor) -> bool:
    """Editors and administrators whose unit stands for the whole city; the system, which loads the first texts."""
    return access.may(actor, "write_articles", directories.current())


def may_propose(actor: Actor) -> bool:
    """Whoever may write an article in the name of the own unit, or any at all."""
    return may_write(actor) or access.may(actor, "propose_articles", directories.current())


def may_edit(actor: Actor, row: Owned) -> bool:
    """Editors of the centre, every article; others, what their own unit answers for."""
    return may_write(actor) or (row.kind in ANSWERING and row.owner in actor.units() and may_propose(actor))


def may_judge(actor: Actor, row: Article) -> bool:
    """审: somebody else than who sent it, with the right to review."""
    return row.asked_at is not None and row.asked_by != actor.tag and access.may(actor, "review_articles", directories.current())


def may_publish(actor: Actor, row: Article) -> bool:
    """发布: who may review it; editors of the centre also what nobody has sent to review. Never who has sent it."""
    return row.asked_by != actor.tag and (may_write(actor) or may_judge(actor, row))


# --- verbs --------------------------------------------------------------------------------------------------------------------------


def write(draft: Draft, *, by: Actor) -> int:
    """写: a new article, as a draft. Who is no editor of the centre writes in the name of the own unit. Returns its number."""
    draft = _checked(_owned(draft, by))
    draft = draft if draft.slug else _named(draft)
    with _one_slug():
        return _create(draft, by, status="draft").pk


def edit(number: int, *, draft: Draft, seen: int, by: Actor) -> int:
    """改: new words and facts; nothing new changes nothing. kind, language and slug stay: they are the article's address. Returns the version."""
    with transaction.atomic():
        held = lock(number, seen=seen, editor=by)
        row = held.row
        owner = draft.owner if may_write(by) else row.owner
        draft = _checked(replace(draft, kind=row.kind, slug=row.slug, language=row.language, owner=owner))
        stands = _newest(held)
        if all(getattr(stands, name) == getattr(draft, name) for name in _FIELDS):
            return held.last.version
        return _put(held, draft, by)


def ask(number: int, *, seen: int, by: Actor) -> None:
    """送审: a draft, or the version that waits beside a published article, goes to somebody else to be read."""
    with transaction.atomic():
        held = lock(number, seen=seen, editor=by)
        row = held.row
        if row.asked_at is not None:
            raise WrongState("这篇已经送审了，等着别人看。", "This article has been sent to review already.")
        if row.status == "published" and not held.waits:
            raise WrongState("现在公开的就是最新一版，没有要审的改动。", "What is published is the newest version: there is nothing to review.")
        row.asked_by, row.asked_at, row.remark = by.tag, clock.now(), ""
        row.status = "published" if held.waits else "review"
        row.save(update_fields=["asked_by", "asked_at", "remark", "status"])


def send_back(number: int, *, remark: str, seen: int, by: Actor) -> None:
    """退回: the review does not agree; the remark says what is missing. What everybody reads stays as it is."""
    with transaction.atomic():
        row = lock(number, seen=seen).row
        if row.asked_at is None:
            raise WrongState("这篇没有送审，不用退回。", "This article has not been sent to review.")
        if not may_judge(by, row):
            raise _not_yours(by, row)
        row.remark = line(remark, limit=REMARK_LIMIT, name="remark")
        row.asked_at = None
        row.status = "draft" if row.status == "review" else row.status
        row.save(update_fields=["remark", "asked_at", "status"])
        acts.record("article", by=by, subject=row.slug, after={"what": "send_back", "remark": row.remark})


def publish(number: int, *, seen: int, by: Actor) -> int:
    """发布: everybody may read it, with what waited beside it. Returns the version."""
    with transaction.atomic():
        held = lock(number, seen=seen)
        row = held.row
        if not may_publish(by, row):
            raise _not_yours(by, row)
        if row.status == "published" and not held.waits:
            raise WrongState("这篇文章已经发布了。", "This article is published already.")
        if held.waits:
            _fill(row, _newest(held))
        if row.until is not None and row.until <= clock.now():
            raise BadInput(field="until", zh="到期的日子已经过了，请先改日子再发布。", en="The day on which it ends has passed; change it first.")
        row.published_at = row.published_at if held.waits else clock.now()
        row.status, row.asked_by, row.asked_at, row.remark = "published", "", None, ""
        ArticleFile.objects.filter(article=row, waits=True).update(waits=False)
        version = _save(held, by)
        acts.record("article", by=by, subject=row.slug, after={"what": "publish", "version": version})
        return version


def withdraw(number: int, *, seen: int, by: Actor) -> int:
    """撤下: nobody but editors sees it any more. Pages that every page leads to cannot go. Returns the version."""
    _demand_writer(by)
    with transaction.atomic():
        held = lock(number, seen=seen)
        row = held.row
        if row.status != "published":
            raise WrongState("这篇文章没有发布，不用撤下。", "This article is not published.")
        if row.kind == "page" and row.slug in ALWAYS_THERE:
            raise WrongState("这一页每个页面都有链接，不能撤下，可以改写。", "Every page leads to this one: it can be rewritten, not withdrawn.")
        row.status, row.asked_at = "withdrawn", None
        version = _save(held, by)
        acts.record("article", by=by, subject=row.slug, after={"what": "withdraw", "version": version})
        return version


def restore(number: int, *, version: int, seen: int, by: Actor) -> int:
    """用回旧版: an earlier version's words become the newest version; nothing in between is lost. Returns the version."""
    with transaction.atomic():
        held = lock(number, seen=seen, editor=by)
        old = ArticleVersion.objects.filter(article=held.row, version=version).first()
        if old is None:
            raise NotFound("没有这一版，请从历史里选。", "There is no such version; choose one of the history.")
        return _put(held, replace(_newest(held), title=old.title, summary=old.summary, body=old.body), by)


def judge(slug: str, *, verdict: str) -> None:
    """有用 / 没用: what a reader says of a published answer, counted. verdict: helped, no_help."""
    column = _JUDGED.get(verdict)
    if column is None:
        raise BadInput(field="verdict", zh="请选「有用」或「没用」。", en="Choose whether it helped.")
    now = clock.now()
    judged = Article.objects.filter(Q(since=None) | Q(since__lte=now), Q(until=None) | Q(until__gt=now), slug=slug, kind__in=ANSWERING, status="published")
    if not judged.update(**{column: F(column) + 1}):
        raise NotFound("没有找到这篇文章，可能已经撤下。", "This article was not found; it may have been withdrawn.")


def load(drafts: Sequence[Draft], *, by: Actor) -> Loaded:
    """载入: publish texts from files, all or none. An article that is there already is never overwritten: it may have been rewritten."""
    _demand_writer(by)
    with transaction.atomic():
        there = set(Article.objects.filter(slug__in=[draft.slug for draft in drafts]).values_list("slug", flat=True))
        fresh = [draft for draft in drafts if draft.slug not in there]
        for draft in fresh:
            _create(_checked(draft), by, status="published")
    return Loaded(tuple(draft.slug for draft in fresh), tuple(draft.slug for draft in drafts if draft.slug in there))


# --- the small steps --------------------------------------------------------------------------------------------------------------


def lock(number: int, *, seen: int | None = None, editor: Actor | None = None) -> Held:
    """The article, locked. Stale where the screen showed an older version; NotAllowed where this editor may not change it."""
    row = Article.objects.select_for_update().filter(pk=number).first()
    last = ArticleVersion.objects.filter(article=number).order_by("-version").first()
    if row is None or last is None:
        raise NotFound("没有找到这篇文章。", "There is no such article.")
    if editor is not None and not may_edit(editor, row):
        raise NotAllowed("这篇不归您的单位写。可以改自己单位的，别的请找热线中心的编辑。", "You may change what your own unit answers for.")
    if seen is not None and last.version != seen:
        raise Stale(
            seen=seen,
            version=last.version,
            zh="同事刚刚改过这篇文章。请看过现在的内容再保存，您写的还在下面。",
            en="A colleague has just changed this article. Look at it and save again; what you typed is kept.",
        )
    return Held(row, last)


def wait(held: Held, *, by: Actor) -> None:
    """Let a version wait beside a published article, as it stands, where none does yet: something else of it has changed (a file)."""
    if held.row.status == "published" and not held.waits:
        _keep(held.row, held.last.version + 1, _newest(held), by)
    _take_back(held.row, by)


def _demand_writer(by: Actor) -> None:
    if not may_write(by):
        raise NotAllowed("文章由热线中心的编辑或管理员来写。", "Articles are written by editors and administrators of the centre.")


def _not_yours(by: Actor, row: Article) -> NotAllowed:
    """Why this person may not decide."""
    if row.asked_by == by.tag:
        return NotAllowed("您自己送审的，要由另一位同事来看。", "You have sent it to review yourself: a colleague decides.")
    if row.asked_at is None and access.may(by, "review_articles", directories.current()):
        return NotAllowed("这篇还没有送审。送审以后您再来看。", "This article has not been sent to review yet.")
    return NotAllowed(
        "文章由热线中心的编辑、管理员或督办员审过才发布。请点「送审」。", "Editors and supervisors of the centre review articles: send it to review."
    )


def _owned(draft: Draft, by: Actor) -> Draft:
    """The draft with its owner: what an editor of the centre says; else the own unit of who proposes it."""
    if may_write(by):
        return draft
    if not may_propose(by):
        raise NotAllowed("知识由各单位的办理员和热线中心来写。您的账号没有这个权限。", "Articles are written by the staff of units and of the centre.")
    if draft.kind not in ANSWERING:
        raise NotAllowed("各单位写办事知识和使用指南；通知和固定页面由热线中心的编辑来写。", "Units write knowledge and guides; the centre's editors the rest.")
    own = by.units()
    if draft.owner is not None and draft.owner not in own:
        raise BadInput(field="owner", zh="只能用自己单位的名义写。", en="You write in the name of your own unit.")
    return replace(draft, owner=draft.owner or own[0])


def _checked(draft: Draft) -> Draft:
    """The draft cleaned, its codes known, and beside a Chinese article of its kind where it is English."""
    draft = check(draft)
    tree = directories.current()
    if draft.category is not None:
        known_category(tree, draft.category)
    if draft.place is not None and draft.place not in tree.places:
        raise BadInput(field="place", zh="没有这个地点，请重新选。", en="There is no such place; choose another.")
    if draft.owner is not None and draft.owner not in tree.units:
        raise BadInput(field="owner", zh="没有这个单位，请重新选。", en="There is no such unit; choose another.")
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
    row = Article(slug=draft.slug, kind=draft.kind, language=draft.language, status=status, version=1, updated_at=now)
    row.published_at = now if status == "published" else None
    _fill(row, draft)
    row.save()
    _keep(row, 1, draft, by)
    return row


def _put(held: Held, draft: Draft, by: Actor) -> int:
    """The draft as the newest version: in force at once, or beside the published one until somebody has read it."""
    row = held.row
    if row.status == "published" and (held.waits or not may_write(by)):
        _keep(row, held.last.version + 1, draft, by)
        _take_back(row, by)
        return held.last.version + 1
    _take_back(row, by)
    _fill(row, draft)
    return _save(held, by)


def _take_back(row: Article, by: Actor) -> None:
    """What was sent to review and changed since is to be sent again, but not where who reviews it puts in a word."""
    if row.asked_at is not None and not may_judge(by, row):
        row.asked_at, row.status = None, "draft" if row.status == "review" else row.status
        row.save(update_fields=["asked_at", "status"])


def _fill(row: Article, draft: Draft) -> None:
    for name in _FIELDS:
        setattr(row, name, getattr(draft, name))
    row.words = _words(draft)


def _newest(held: Held) -> Draft:
    """The newest version as a draft: what waits, else what stands in the article."""
    row, last = held.row, held.last
    values = {name: getattr(row, name) for name in _FIELDS}
    if held.waits:
        values |= {name: getattr(last, name) for name in _WORDS} | unpacked(last.facts)
    return Draft(kind=row.kind, slug=row.slug, language=row.language, **values)


def unpacked(facts: dict[str, str | None]) -> dict[str, str | datetime | None]:
    """The facts of a version as a draft has them."""
    return {name: datetime.fromisoformat(value) if value and name in ("since", "until") else value for name, value in facts.items()}


def _save(held: Held, by: Actor) -> int:
    row = held.row
    row.version, row.updated_at = held.last.version + 1, clock.now()
    row.save()
    _keep(row, row.version, Draft(kind=row.kind, **{name: getattr(row, name) for name in _FIELDS}), by)
    return row.version


def _keep(row: Article, version: int, draft: Draft, by: Actor) -> None:
    facts = {name: value.isoformat() if isinstance(value := getattr(draft, name), datetime) else value for name in _FACTS}
    words = {name: getattr(draft, name) for name in _WORDS}
    ArticleVersion.objects.create(article=row, version=version, facts=facts, by=by.tag, at=clock.now(), **words)


def _words(draft: Draft) -> str:
    return tsvector_literal(tokens(f"{draft.title} {draft.summary} {draft.body}"))

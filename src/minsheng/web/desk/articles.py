"""文章 at the desk: list, write, see how it will look, send to review, review, publish, withdraw, compare versions and take an old one up again.

Editors of the centre write everything; others write what their own unit answers for, and somebody else reads it before everybody does.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import articles as writing
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.articles import ALWAYS_THERE, ANSWERING, BODY_LIMIT, ENGLISH, HOLDS_ZH, KIND_ZH, PLACEHOLDERS, STATUS_ZH, Draft, holds
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, Stale
from minsheng.models.content import Article
from minsheng.queries import articles
from minsheng.queries import directory as directories
from minsheng.queries.articles import Version
from minsheng.web import frame, markdown
from minsheng.web.citizen import content
from minsheng.web.desk.article_history import changes, history
from minsheng.web.desk.entering import badge, staff
from minsheng.web.desk.forms import code_of
from minsheng.web.desk.knowledge_files import attached

PAGE = 50
_TYPED = ("kind", "language", "slug", "title", "summary", "body", "category", "place", "label", "owner", "since", "until", "remark")
_DAYS = ("since", "until")
_LANGUAGES = {"zh": "中文", "en": "英文"}
#: Look of a stage (data-s of a tag).
LOOKS = {"draft": "wait", "review": "rate", "published": "reply", "withdrawn": "back"}
_DONE = {
    "save": "保存了。",
    "ask": "送审了，由另一位同事来看。",
    "publish": "发布了，大家现在看得到。",
    "approve": "发布了，大家现在看得到。",
    "send_back": "退回了，写的人看得到理由。",
    "withdraw": "撤下了，大家看不到了。",
    "restore": "用回了旧版，成为最新的一版。",
}
_KINDS = {"": "全部", **KIND_ZH}
_STAGES = {"": "不限阶段", **STATUS_ZH}


def reviews(actor: Actor) -> bool:
    """May this person review articles at all?"""
    return access.may(actor, "review_articles", directories.current())


def writers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for those who may write or review; somebody else at the desk reads why not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, actor: Actor, **kwargs: Any) -> HttpResponse:
        if not (writing.may_propose(actor) or reviews(actor)):
            raise NotAllowed("知识由各单位的办理员和热线中心来写。您的账号没有这个权限。", "Articles are written by the staff of units and of the centre.")
        return view(request, *args, actor=actor, **kwargs)

    return staff(guarded)


def reachable(number: int, actor: Actor) -> Article:
    """The article, where this person may change or review it."""
    row = articles.desk(number)
    if not (writing.may_edit(actor, row) or reviews(actor)):
        raise NotAllowed("这篇不归您的单位写。可以改自己单位的，别的请找热线中心的编辑。", "You may change what your own unit answers for.")
    return row


@require_safe
@writers_only
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """文章: the latest changed first."""
    asked = {name: request.GET.get(name, "")[:100] for name in ("kind", "status", "words")}
    owners = None if writing.may_write(actor) or reviews(actor) else actor.units()
    found = articles.desk_list(kind=asked["kind"], status=asked["status"], q=asked["words"], owners=owners, cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "staff": badge(actor),
        "q": "",
        "centre": writing.may_write(actor),
        "words": asked["words"],
        "kind": asked["kind"],
        "status": asked["status"],
        "kinds": [Row(label=_(zh), url=_index(asked, kind=kind), current=asked["kind"] == kind) for kind, zh in _KINDS.items()],
        "stages": [Row(label=_(zh), url=_index(asked, status=key), current=asked["status"] == key) for key, zh in _STAGES.items()],
        "rows": [_row(item) for item in found.rows],
        "next": _index(asked, cursor=found.next) if found.next else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/articles/list.html", context)


def _index(asked: dict[str, str], **changed: str) -> str:
    query = urlencode({name: value for name, value in {**asked, **changed}.items() if value})
    return reverse("desk-articles") + (f"?{query}" if query else "")


def _row(item: articles.DeskRow) -> Row:
    return Row(
        number=item.number,
        title=item.title,
        slug=item.slug,
        kind=_(KIND_ZH[item.kind]),
        status=_(STATUS_ZH[item.status]),
        look=LOOKS[item.status],
        language=_(_LANGUAGES[item.language]) if item.language != "zh" else None,
        label=item.label,
        owner=_unit(item.owner),
        asked=item.asked_at is not None,
        remark=item.remark,
        at=item.updated_at,
        over=item.until is not None and item.until <= clock.now(),
        helped=item.helped,
        not_helped=item.not_helped,
    )


def _unit(code: str | None) -> str:
    unit = directories.current().units.get(code or "")
    return unit.short_name or unit.name if unit else ""


# --- writing ----------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def new(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """写一篇: stored as a draft."""
    if request.method != "POST":
        known = {name: request.GET[name][:80] for name in ("kind", "language", "slug", "title") if request.GET.get(name)}
        kind = "notice" if writing.may_write(actor) else "knowledge"
        return _page(request, actor, None, {**dict.fromkeys(_TYPED, ""), "kind": kind, "language": "zh", **known}, {})
    typed = _typed(request)
    try:
        number = writing.write(_draft(typed), by=actor)
    except BadInput as problem:
        return _page(request, actor, None, typed, {problem.field: frame.words(problem)}, status=422)
    except NotAllowed as problem:
        return _page(request, actor, None, typed, {}, problem=frame.words(problem), status=403)
    frame.tell(request, _("草稿存好了。看过预览，再发布。") if writing.may_write(actor) else _("草稿存好了。看过预览，再送审。"), draft="article-new")
    return HttpResponseRedirect(reverse("desk-article", args=(number,)))


@require_safe
@writers_only
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """一篇文章, to be rewritten; with ?version=3 what that version changed."""
    row = reachable(number, actor)
    return _page(request, actor, row, _stored(row), {})


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def act(request: HttpRequest, number: int, action: str, *, actor: Actor) -> HttpResponse:
    """保存、送审、发布、退回、撤下、用回旧版. What is refused comes back with everything that was typed."""
    here = HttpResponseRedirect(reverse("desk-article", args=(number,)))
    if request.method != "POST" or action not in _DONE:
        return here
    seen = request.POST.get("seen", "")
    shown = int(seen) if seen.isdecimal() else 0
    typed = _typed(request)
    try:
        _do(action, number, typed, shown, version=request.POST.get("version", ""), by=actor)
    except Stale as problem:
        return _again(request, actor, number, typed, {}, conflict=frame.words(problem), status=409)
    except BadInput as problem:
        return _again(request, actor, number, typed, {problem.field: frame.words(problem)}, status=422)
    except MinshengError as problem:
        if problem.status == 404:
            raise
        return _again(request, actor, number, typed, {}, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _(_DONE[action]), draft=f"article-{number}-{shown}")
    return here


def _do(action: str, number: int, typed: dict[str, str], seen: int, *, version: str, by: Actor) -> None:
    """Saving goes before publishing and sending to review, so that it is what the editor sees."""
    if action == "approve":
        writing.publish(number, seen=seen, by=by)
    elif action == "send_back":
        writing.send_back(number, remark=typed["remark"], seen=seen, by=by)
    elif action == "withdraw":
        writing.withdraw(number, seen=seen, by=by)
    elif action == "restore":
        writing.restore(number, version=int(version) if version.isdecimal() else 0, seen=seen, by=by)
    else:
        seen = writing.edit(number, draft=_draft(typed), seen=seen, by=by)
        if action == "publish":
            writing.publish(number, seen=seen, by=by)
        if action == "ask":
            writing.ask(number, seen=seen, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def preview(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """预览: how it will look; nothing is stored. A part of the page with htmx, else the same page."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-articles"))
    typed, number = _typed(request), request.POST.get("number", "")
    seen = _preview(typed)
    if request.headers.get("HX-Request"):
        return frame.page(request, "desk/articles/preview.html", {"preview": seen})
    row = reachable(int(number), actor) if number.isdecimal() else None
    return _page(request, actor, row, typed, {}, preview=seen)


@writers_only
def _comes_back(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The page was open too long and its token is no longer good (frame.untrusted): nothing is stored, nothing typed is lost."""
    posted, addressed = request.POST.get("number", ""), resolve(request.path_info).kwargs.get("number")
    row = reachable(addressed or int(posted), actor) if addressed or posted.isdecimal() else None
    typed = _typed(request)
    values = typed if row is None or typed["body"] else {**_stored(row), "remark": typed["remark"]}
    return _page(request, actor, row, values, {}, problem=_("这个页面放得太久，还没有存。您写的都在，再点一次就好。"), status=422)


new.comes_back = act.comes_back = preview.comes_back = _comes_back  # type: ignore[attr-defined]


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in _TYPED}


def _draft(typed: dict[str, str]) -> Draft:
    tree = directories.current()
    category, place = (code_of(typed[name], name, tree) if typed[name].strip() else None for name in ("category", "place"))
    since = _day("since", typed["since"])
    return Draft(
        kind=typed["kind"] or "notice",
        language=typed["language"] or "zh",
        slug=typed["slug"],
        title=typed["title"],
        summary=typed["summary"],
        body=typed["body"],
        category=category,
        place=place,
        label=typed["label"],
        owner=code_of(typed["owner"], "unit", tree) if typed["owner"].strip() else None,
        since=since - timedelta(days=1) if since else None,
        until=_day("until", typed["until"]),
    )


def _day(name: str, text: str) -> datetime | None:
    """The end of that day."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
        if not 2000 <= day.year < 2200:
            raise ValueError
        return end_of(day)
    except ValueError:
        raise BadInput(field=name, zh="日子要写成 2026-01-31 这样。", en="Write the day like 2026-01-31.") from None


def _stored(row: Article) -> dict[str, str]:
    """The newest version as it is typed: what waits beside a published one, else what stands in the article."""
    tree, last = directories.current(), articles.newest_version(row.pk)
    waits = row.status == "published" and last.version > row.version
    facts = {name: getattr(row, name) for name in ("label", "category", "place", "owner", *_DAYS)} | (writing.unpacked(last.facts) if waits else {})
    known = {"category": tree.categories, "place": tree.places, "owner": tree.units}
    coded = {name: f"{code} {known[name][code].name}" if (code := facts[name] or "") in known[name] else code for name in known}
    days = {name: clock.local(facts[name] - timedelta(seconds=1 if name == "until" else 0)).date().isoformat() if facts[name] else "" for name in _DAYS}
    words = {name: getattr(last if waits else row, name) for name in ("title", "summary", "body")}
    return {"kind": row.kind, "language": row.language, "slug": row.slug, "label": facts["label"] or "", "remark": "", **words, **coded, **days}


def _preview(typed: dict[str, str]) -> Row:
    return Row(
        title=typed["title"].strip() or _("（还没有标题）"),
        summary=typed["summary"].strip(),
        label=Row(word=typed["label"].strip()[:12], tone=content.tone(typed["label"].strip())) if typed["label"].strip() else None,
        body=markdown.html(typed["body"][:BODY_LIMIT], content.filled()),
    )


# --- the page ---------------------------------------------------------------------------------------------------------------------


def _again(request: HttpRequest, actor: Actor, number: int, typed: dict[str, str], errors: dict[str, str], **said: Any) -> HttpResponse:
    """The page after a refusal. A form that sent no words (撤下, 用回旧版, 退回) comes back with those that are stored."""
    row = reachable(number, actor)
    values = typed if typed["body"] or (errors and "remark" not in errors) else {**_stored(row), "remark": typed["remark"]}
    return _page(request, actor, row, values, errors, **said)


def _page(
    request: HttpRequest,
    actor: Actor,
    row: Article | None,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    preview: Row | None = None,
    conflict: str | None = None,
    problem: str | None = None,
    status: int = 200,
) -> HttpResponse:
    tree = directories.current()
    versions = articles.versions(row.pk) if row else []
    kinds = KIND_ZH if writing.may_write(actor) else {kind: KIND_ZH[kind] for kind in ANSWERING}
    context = {
        "staff": badge(actor),
        "q": "",
        "form": Row(values={**values, **({"kind": row.kind, "language": row.language, "slug": row.slug} if row else {})}, errors=errors),
        "article": _facts(row, versions, actor) if row else None,
        "centre": writing.may_write(actor),
        "files": attached(request, row, actor) if row else None,
        "kinds": [(kind, _(zh)) for kind, zh in kinds.items()],
        "languages": [(code, _(zh)) for code, zh in _LANGUAGES.items()],
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
        "limit": BODY_LIMIT,
        "preview": preview or _preview(values),
        "history": history(request, row, versions) if row else [],
        "changes": changes(request, versions) if row else None,
        "lists": {
            "category": [f"{c.code} {c.name}" for c in tree.categories.values()],
            "place": [f"{p.code} {p.name}" for p in tree.places.values() if p.kind not in ("grid", "building")][:400],
            "owner": [f"{code} {tree.units[code].name}" for code in (tree.units if writing.may_write(actor) else actor.units())][:600],
        },
        "conflict": conflict,
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/articles/edit.html", context, status=status)


def _facts(row: Article, versions: list[Version], actor: Actor) -> Row:
    twin, newest = articles.twin(row), versions[0].version
    fresh = urlencode({"kind": row.kind, "language": "en", "slug": row.slug + ENGLISH})
    stands = holds(since=row.since, until=row.until, now=clock.now())
    public = row.status == "published" and stands != "later"
    return Row(
        number=row.pk,
        title=row.title,
        slug=row.slug,
        kind=_(KIND_ZH[row.kind]),
        status=row.status,
        stage=_(STATUS_ZH[row.status]),
        look=LOOKS[row.status],
        language=_(_LANGUAGES[row.language]),
        english=row.language == "en",
        version=newest,
        waits=row.status == "published" and newest > row.version,
        public_version=row.version,
        stands=Row(key=stands, word=_(HOLDS_ZH[stands])) if row.status == "published" else None,
        asked_at=row.asked_at,
        mine=row.asked_by == actor.tag,
        remark=row.remark,
        owner=_unit(row.owner),
        at=row.updated_at,
        address=reverse(content.ADDRESSES[row.kind], args=(row.slug.removesuffix(ENGLISH),)) if public else None,
        may_edit=writing.may_edit(actor, row),
        may_publish=writing.may_publish(actor, row),
        may_judge=writing.may_judge(actor, row),
        may_withdraw=writing.may_write(actor) and row.status == "published" and not (row.kind == "page" and row.slug in ALWAYS_THERE),
        twin=reverse("desk-article", args=(twin,)) if twin else None,
        write_twin=None if twin or row.language == "en" or not writing.may_write(actor) else reverse("desk-article-new") + "?" + fresh,
        helped=row.helped,
        not_helped=row.not_helped,
    )

"""文章 at the desk: list, write, see how it will look, publish, withdraw, compare versions and take an old one up again. For editors of the centre."""

import difflib
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import wraps
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import articles as writing
from minsheng.domain.access import Actor
from minsheng.domain.articles import ALWAYS_THERE, BODY_LIMIT, ENGLISH, KIND_ZH, PLACEHOLDERS, STATUS_ZH, Draft
from minsheng.domain.calendar import end_of
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, Stale
from minsheng.models.content import Article
from minsheng.queries import articles
from minsheng.queries import directory as directories
from minsheng.web import frame, markdown
from minsheng.web.citizen import content
from minsheng.web.desk.entering import badge, staff
from minsheng.web.desk.forms import code_of

PAGE = 50
_TYPED = ("kind", "language", "slug", "title", "summary", "body", "category", "place", "label", "until")
_LANGUAGES = {"zh": "中文", "en": "英文"}
#: Look of a stage (data-s of a tag).
LOOKS = {"draft": "wait", "published": "reply", "withdrawn": "back"}
_DONE = {
    "save": "保存了。",
    "publish": "发布了，大家现在看得到。",
    "withdraw": "撤下了，大家看不到了。",
    "restore": "用回了旧版，成为最新的一版。",
}
_KINDS = {"": "全部", **KIND_ZH}
_STAGES = {"": "不限阶段", **STATUS_ZH}
#: Lines shown around a change.
_AROUND = 2


def editors_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for those who may write; somebody else at the desk reads why not."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, actor: Actor, **kwargs: Any) -> HttpResponse:
        if not writing.may_write(actor):
            raise NotAllowed("文章由热线中心的编辑和管理员来写。您的账号没有这个权限。", "Articles are written by editors and administrators of the centre.")
        return view(request, *args, actor=actor, **kwargs)

    return staff(guarded)


@require_safe
@editors_only
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """文章: the latest changed first."""
    asked = {name: request.GET.get(name, "")[:100] for name in ("kind", "status", "words")}
    found = articles.desk_list(kind=asked["kind"], status=asked["status"], q=asked["words"], cursor=request.GET.get("cursor", ""), limit=PAGE)
    context = {
        "staff": badge(actor),
        "q": "",
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
        at=item.updated_at,
        over=item.until is not None and item.until <= clock.now(),
        helped=item.helped,
        not_helped=item.not_helped,
    )


# --- writing ----------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def new(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """写一篇: stored as a draft."""
    if request.method != "POST":
        known = {name: request.GET[name][:60] for name in ("kind", "language", "slug") if request.GET.get(name)}
        return _page(request, actor, None, {**dict.fromkeys(_TYPED, ""), "kind": "notice", "language": "zh", **known}, {})
    typed = _typed(request)
    try:
        number = writing.write(_draft(typed), by=actor)
    except BadInput as problem:
        return _page(request, actor, None, typed, {problem.field: frame.words(problem)}, status=422)
    frame.tell(request, _("草稿存好了。看过预览，再发布。"), draft="article-new")
    return HttpResponseRedirect(reverse("desk-article", args=(number,)))


@require_safe
@editors_only
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """一篇文章, to be rewritten; with ?version=3 what that version changed."""
    row = articles.desk(number)
    return _page(request, actor, row, _stored(row), {})


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def act(request: HttpRequest, number: int, action: str, *, actor: Actor) -> HttpResponse:
    """保存、发布、撤下、用回旧版. What is refused comes back with everything that was typed."""
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
    """Saving goes before publishing, so that what is published is what the editor sees."""
    if action == "withdraw":
        writing.withdraw(number, seen=seen, by=by)
    elif action == "restore":
        writing.restore(number, version=int(version) if version.isdecimal() else 0, seen=seen, by=by)
    else:
        seen = writing.edit(number, draft=_draft(typed), seen=seen, by=by)
        if action == "publish":
            writing.publish(number, seen=seen, by=by)


@require_http_methods(["GET", "HEAD", "POST"])
@editors_only
def preview(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """预览: how it will look; nothing is stored. A part of the page with htmx, else the same page."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk-articles"))
    typed, number = _typed(request), request.POST.get("number", "")
    seen = _preview(typed)
    if request.headers.get("HX-Request"):
        return frame.page(request, "desk/articles/preview.html", {"preview": seen})
    row = articles.desk(int(number)) if number.isdecimal() else None
    return _page(request, actor, row, typed, {}, preview=seen)


@editors_only
def _comes_back(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The page was open too long and its token is no longer good (frame.untrusted): nothing is stored, nothing typed is lost."""
    number = request.POST.get("number", "")
    row = articles.desk(int(number)) if number.isdecimal() else None
    return _page(request, actor, row, _typed(request), {}, problem=_("这个页面放得太久，还没有存。您写的都在，再点一次就好。"), status=422)


new.comes_back = act.comes_back = preview.comes_back = _comes_back  # type: ignore[attr-defined]


def _typed(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in _TYPED}


def _draft(typed: dict[str, str]) -> Draft:
    tree = directories.current()
    category, place = (code_of(typed[name], name, tree) if typed[name].strip() else None for name in ("category", "place"))
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
        until=_until(typed["until"]),
    )


def _until(text: str) -> Any:
    """The end of that day."""
    if not text.strip():
        return None
    try:
        return end_of(date.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        raise BadInput(field="until", zh="日子要写成 2026-01-31 这样。", en="Write the day like 2026-01-31.") from None


def _stored(row: Article) -> dict[str, str]:
    tree = directories.current()
    category, place = tree.categories.get(row.category or ""), tree.places.get(row.place or "")
    last = clock.local(row.until - timedelta(seconds=1)).date().isoformat() if row.until else ""
    return {
        **{name: getattr(row, name) for name in ("kind", "language", "slug", "title", "summary", "body", "label")},
        "category": f"{category.code} {category.name}" if category else row.category or "",
        "place": f"{place.code} {place.name}" if place else row.place or "",
        "until": last,
    }


def _preview(typed: dict[str, str]) -> Row:
    return Row(
        title=typed["title"].strip() or _("（还没有标题）"),
        summary=typed["summary"].strip(),
        label=Row(word=typed["label"].strip()[:12], tone=content.tone(typed["label"].strip())) if typed["label"].strip() else None,
        body=markdown.html(typed["body"][:BODY_LIMIT], content.filled()),
    )


# --- the page ---------------------------------------------------------------------------------------------------------------------


def _again(request: HttpRequest, actor: Actor, number: int, typed: dict[str, str], errors: dict[str, str], **said: Any) -> HttpResponse:
    """The page after a refusal. A form that sent no words (撤下, 用回旧版) comes back with those that are stored."""
    row = articles.desk(number)
    return _page(request, actor, row, typed if typed["body"] or errors else _stored(row), errors, **said)


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
    context = {
        "staff": badge(actor),
        "q": "",
        "form": Row(values={**values, **({"kind": row.kind, "language": row.language, "slug": row.slug} if row else {})}, errors=errors),
        "article": _facts(row) if row else None,
        "kinds": [(kind, _(zh)) for kind, zh in KIND_ZH.items()],
        "languages": [(code, _(zh)) for code, zh in _LANGUAGES.items()],
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
        "limit": BODY_LIMIT,
        "preview": preview or _preview(values),
        "history": _history(request, row) if row else [],
        "changes": _changes(request, row) if row else None,
        "lists": {
            "category": [f"{c.code} {c.name}" for c in tree.categories.values()],
            "place": [f"{p.code} {p.name}" for p in tree.places.values() if p.kind not in ("grid", "building")][:400],
        },
        "conflict": conflict,
        "problem": problem,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/articles/edit.html", context, status=status)


def _facts(row: Article) -> Row:
    twin = articles.twin(row)
    fresh = urlencode({"kind": row.kind, "language": "en", "slug": row.slug + ENGLISH})
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
        version=row.version,
        at=row.updated_at,
        address=reverse(content.ADDRESSES[row.kind], args=(row.slug.removesuffix(ENGLISH),)) if row.status == "published" else None,
        may_withdraw=row.status == "published" and not (row.kind == "page" and row.slug in ALWAYS_THERE),
        twin=reverse("desk-article", args=(twin,)) if twin else None,
        write_twin=None if twin or row.language == "en" else reverse("desk-article-new") + "?" + fresh,
        helped=row.helped,
        not_helped=row.not_helped,
    )


def _history(request: HttpRequest, row: Article) -> list[Row]:
    wanted = request.GET.get("version", "")
    return [
        Row(
            version=one.version,
            at=one.at,
            by=one.by or _("系统"),
            same=one.same,
            url=reverse("desk-article", args=(row.pk,)) + f"?version={one.version}#changes",
            current=wanted == str(one.version),
            newest=one.version == row.version,
        )
        for one in articles.versions(row.pk)
    ]


def _changes(request: HttpRequest, row: Article) -> Row | None:
    """What a version changed against the one before, line by line."""
    wanted = request.GET.get("version", "")
    if not wanted.isdecimal():
        return None
    every = {one.version: one for one in articles.versions(row.pk)}
    one = every.get(int(wanted))
    if one is None:
        return None
    before = every.get(one.version - 1)
    return Row(
        version=one.version,
        before=before.version if before else None,
        newest=one.version == row.version,
        lines=list(difference(_lines(before), _lines(one))),
    )


def _lines(version: articles.Version | None) -> list[str]:
    return [] if version is None else [line for line in (version.title, version.summary, *version.body.split("\n")) if line.strip()]


def difference(old: list[str], new: list[str]) -> Iterator[Row]:
    """Lines that were put in or taken out, with a little around them; what is long and the same is counted. mark: + - = or … (words: how many)."""
    for kind, start, end, there, until in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _same(old[start:end], first=start == there == 0, last=(end, until) == (len(old), len(new)))
            continue
        yield from (Row(mark="-", words=line) for line in old[start:end])
        yield from (Row(mark="+", words=line) for line in new[there:until])


def _same(lines: list[str], *, first: bool, last: bool) -> Iterator[Row]:
    head, tail = 0 if first else _AROUND, 0 if last else _AROUND
    if len(lines) <= head + tail + 1:
        yield from (Row(mark="=", words=line) for line in lines)
        return
    yield from (Row(mark="=", words=line) for line in lines[:head])
    yield Row(mark="…", words=_("%(n)s 行没有变") % {"n": len(lines) - head - tail})
    yield from (Row(mark="=", words=line) for line in lines[len(lines) - tail :])

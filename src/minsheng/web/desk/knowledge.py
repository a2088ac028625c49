"""知识库 at the desk: searched while somebody types, filtered, read as an operator reads it, and taken into an answer."""

from contextlib import suppress
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.commands import articles as writing
from minsheng.commands import knowledge as working
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.articles import ANSWERING, HOLDS_ZH, KIND_ZH, STATUS_ZH, TOLD_BEFORE
from minsheng.domain.errors import NotAllowed, NotFound
from minsheng.intelligence.marking import excerpt, marked, plain, text_of
from minsheng.intelligence.tokens import query_tokens
from minsheng.queries import directory as directories
from minsheng.queries import knowledge
from minsheng.queries.knowledge import Entry, Waiting, Wanted
from minsheng.web import frame, markdown
from minsheng.web.article_files import listed, reader_of
from minsheng.web.citizen import content
from minsheng.web.desk.articles import LOOKS
from minsheng.web.desk.entering import badge, staff

PAGE = 20
#: How many a search beside an answer shows.
_FOUND = 6
_ASKED = ("q", "category", "place", "owner", "kind", "state")
#: state → word, icon; those with a count name it.
_STATES = (
    ("now", "有效的", "book", ""),
    ("ending", "30 天内到期", "hourglass", "ending"),
    ("over", "已过期", "clock-exclamation", "over"),
    ("later", "还没生效", "calendar-pause", ""),
    ("review", "待审", "eye-check", "review"),
    ("draft", "草稿", "notes", ""),
)
_KINDS = {"": "办事知识和指南", **{kind: KIND_ZH[kind] for kind in ANSWERING}}
_STANDS = {"now": "reply", "later": "wait", "over": "over"}
#: Counters that turn red.
_ALARM = frozenset({"over"})


def read_by(actor: Actor) -> None:
    """NotAllowed for whom the knowledge base is not for (deputies, observers)."""
    if not access.may(actor, "read_articles", directories.current()):
        raise NotAllowed("您的账号不能查知识库。公开的办事知识在大厅的「办事知识」里。", "Your account may not read this; what is public stands under Help.")


@require_safe
@staff
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """知识库: with htmx while somebody types the list alone."""
    read_by(actor)
    tree = directories.current()
    asked = {name: request.GET.get(name, "").strip()[:100] for name in _ASKED}
    wanted = Wanted(**{**asked, "state": asked["state"] or "now"})
    found = knowledge.find(wanted, reader=reader_of(actor), tree=tree, cursor=request.GET.get("cursor", ""), limit=PAGE)
    if asked["q"] and not found.rows and not request.GET.get("typing") and not any(asked[name] for name in _ASKED[1:]):
        content.count_miss(request, asked["q"])
    words = query_tokens(asked["q"])
    context: dict[str, Any] = {
        "rows": [_row(item, words) for item in found.rows],
        "words": asked["q"],
        "next": _address(asked, cursor=found.next) if found.next else None,
        "state": wanted.state,
        "filtered": any(asked[name] for name in ("category", "place", "owner", "kind")),
        "may_write": writing.may_propose(actor),
    }
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") == "list":
        return frame.page(request, "desk/knowledge/list.html", context)
    counts = knowledge.waiting(reader=reader_of(actor))
    context |= {
        "staff": badge(actor),
        "q": "",
        "asked": asked,
        "states": _states(asked, wanted.state, counts, actor),
        "kinds": [Row(label=_(zh), url=_address(asked, kind=kind), current=asked["kind"] == kind) for kind, zh in _KINDS.items()],
        "choices": _choices(),
        "missing": Row(url=reverse("desk-knowledge-missing"), count=counts.missing) if working.may_work_off(actor) else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/knowledge/index.html", context)


def _address(asked: dict[str, str], **changed: str) -> str:
    query = urlencode({name: value for name, value in {**asked, **changed}.items() if value})
    return reverse("desk-knowledge") + (f"?{query}" if query else "")


def _states(asked: dict[str, str], state: str, counts: Waiting, actor: Actor) -> list[Row]:
    shown = _STATES if writing.may_propose(actor) or reader_of(actor).everything else _STATES[:4]
    return [
        Row(
            label=_(zh),
            icon=icon,
            url=_address(asked, state="" if key == "now" else key),
            current=key == state,
            count=getattr(counts, counted) if counted else None,
            alarm=key in _ALARM,
        )
        for key, zh, icon, counted in shown
    ]


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What the list is filtered by: categories of the first level, districts, units that answer for an article."""
    tree = directories.current()
    return {
        "category": [(c.code, content.name(c)) for c in tree.categories.values() if c.level == 1],
        "place": [(p.code, p.name) for p in tree.places.values() if p.kind == "district"],
        "owner": [(code, tree.units[code].short_name or tree.units[code].name) for code in knowledge.owners() if code in tree.units],
    }


def _row(item: Entry, words: list[str]) -> Row:
    tree = directories.current()
    category, place, owner = tree.categories.get(item.category or ""), tree.places.get(item.place or ""), tree.units.get(item.owner or "")
    text = plain(item.body)
    shown = excerpt(text, words) if words or not item.summary else ""
    return Row(
        number=item.number,
        url=reverse("desk-knowledge-article", args=(item.number,)),
        title=marked(item.title, words),
        summary=marked(item.summary, words),
        excerpt=marked(shown, words),
        kind=_(KIND_ZH[item.kind]) if item.kind != "knowledge" else None,
        category=content.name(category) if category else None,
        place=place.name if place else None,
        owner=(owner.short_name or owner.name) if owner else None,
        mark=_mark(item),
        asked=item.asked_at is not None and item.status == "published",
        until=item.until,
        at=item.updated_at,
        helped=item.helped,
        not_helped=item.not_helped,
        uses=item.uses,
    )


def _mark(item: Entry) -> Row | None:
    """How it stands, where it is not simply in force."""
    if item.status != "published":
        return Row(word=_(STATUS_ZH[item.status]), look=LOOKS[item.status])
    if item.stands != "now":
        return Row(word=_(HOLDS_ZH[item.stands]), look=_STANDS[item.stands])
    if item.until is not None and item.until <= clock.now() + TOLD_BEFORE:
        return Row(word=_("快到期"), look="soon")
    return None


# --- one article ------------------------------------------------------------------------------------------------------------------


@require_safe
@staff
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """一篇, as the operator reads it. ?case=CODE: the answer of that case may be given from it."""
    read_by(actor)
    item = knowledge.entry(number, reader=reader_of(actor))
    row = _row(item, [])
    code = request.GET.get("case", "")[:24]
    context = {
        "staff": badge(actor),
        "q": "",
        "article": Row(
            **{
                **vars(row),
                "title": item.title,
                "summary": item.summary,
                "slug": item.slug,
                "kind": _(KIND_ZH[item.kind]),
                "body": markdown.html(item.body, content.filled()),
                "text": taken(item),
                "stands": item.stands,
                "since": item.since,
                "ending": bool(row.mark) and item.stands == "now",
                "remark": item.remark,
                "address": reverse(content.ADDRESSES[item.kind], args=(item.slug,)) if item.stands == "now" else None,
                "edit": reverse("desk-article", args=(number,)) if writing.may_edit(actor, item) or reader_of(actor).everything else None,
            }
        ),
        "files": listed(item.slug, knowledge.files(number, waiting=False)),
        "answer": reverse("desk-case", args=(code,)) + "?" + urlencode({"article": item.slug}) + "#composer" if code and item.stands == "now" else None,
        "done": frame.told(request),
    }
    return frame.page(request, "desk/knowledge/article.html", context)


def filled(slug: str, *, actor: Actor) -> str:
    """The words for an answer, where its page is opened with ?article=SLUG; "" for what is not in force."""
    found = knowledge.by_slug(slug)
    return taken(found) if found is not None and found.stands == "now" and access.may(actor, "read_articles", directories.current()) else ""


def note_used(request: HttpRequest, code: str, *, actor: Actor) -> None:
    """After an answer was given: from which articles, as its form says (static/js/knowledge.js). One that has gone since is left out."""
    for slug in dict.fromkeys(request.POST.getlist("article")[:5]):
        with suppress(NotFound, NotAllowed):
            working.used(slug[:60], code=code, by=actor)


def taken(item: Entry) -> str:
    """The article as it goes into an answer: its words without marks, what is filled in filled in."""
    body = item.body
    for name, words in content.filled().items():
        body = body.replace(f"{{{name}}}", words)
    return text_of(body)


# --- beside an answer -------------------------------------------------------------------------------------------------------------


@require_safe
@staff
def find(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """搜知识 beside an answer or a call: a part of a page. q, category, place; into: id of the text field; case: whose answer it is."""
    read_by(actor)
    q, category, place, into, code = (request.GET.get(name, "").strip()[:100] for name in ("q", "category", "place", "into", "case"))
    tree = directories.current()
    wanted = Wanted(q=q, category="" if q else category, place=place if place in tree.places else "")
    found = knowledge.find(wanted, reader=reader_of(actor), tree=tree, limit=_FOUND) if q or category else None
    words = query_tokens(q)
    if found is not None and q and not found.rows and not request.GET.get("typing"):
        content.count_miss(request, q)
    rows = [
        Row(
            **{
                **vars(_row(item, words)),
                "slug": item.slug,
                "text": taken(item),
                "url": reverse("desk-knowledge-article", args=(item.number,)) + (f"?{urlencode({'case': code})}" if code else ""),
            }
        )
        for item in (found.rows if found else [])
    ]
    return frame.page(request, "desk/knowledge/found.html", {"rows": rows, "words": q, "into": into, "looked": found is not None})

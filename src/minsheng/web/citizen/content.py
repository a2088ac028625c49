"""通知、办事知识、固定页面: what the city tells by itself, in the reader's language where there is one."""

import hashlib
from types import SimpleNamespace as Row
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock
from minsheng.commands import articles as writing
from minsheng.commands import knowledge as working
from minsheng.commands import limits
from minsheng.intelligence import asked
from minsheng.policy import decide
from minsheng.queries import articles, knowledge
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.articles import Headline, Shown
from minsheng.web import formats, frame, markdown
from minsheng.web.article_files import listed
from minsheng.web.security import client_address

PAGE = 20
#: How many judgements a browser is remembered to have made.
_JUDGED = 50
#: How many searches without a find a browser is remembered to have made.
_MISSED = 40
#: Name of the address under which each kind is read.
ADDRESSES = {"page": "page", "notice": "notice", "knowledge": "article", "guide": "article"}
_LABELS = {"停水": "soon", "停电": "soon", "停气": "soon", "供热": "sent", "提醒": "over"}


def language() -> str:
    """zh or en: which article of two is meant."""
    return "zh" if frame.chinese() else "en"


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """个人信息、无障碍、怎么用 …"""
    return _read(request, slug, "citizen/content/page.html")


@require_safe
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """一条通知."""
    return _read(request, slug, "citizen/content/notice.html")


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """一篇办事知识 or a guide, with 有用 / 没用."""
    return _read(request, slug, "citizen/content/article.html")


def _read(request: HttpRequest, slug: str, template: str) -> HttpResponse:
    found = articles.by_slug(slug, language=language())
    wanted = ADDRESSES[found.kind]
    if wanted != request.resolver_match.url_name or slug != found.slug:  # type: ignore[union-attr]
        return HttpResponseRedirect(reverse(wanted, args=(found.slug,)))
    if found.over and found.kind != "notice":
        words = {"title": found.title, "search": reverse("help") + "?" + urlencode({"q": found.title}), "until": found.until}
        return frame.page(request, "citizen/content/over.html", {"article": Row(**words)}, status=410)
    judged = found.slug in request.session.get("judged", [])
    return frame.page(request, template, {"article": _shown(found), "judged": judged, "done": frame.told(request)})


def _shown(found: Shown) -> Row:
    tree = directories.current()
    place = tree.places.get(found.place or "")
    return Row(
        slug=found.slug,
        title=found.title,
        summary=found.summary,
        body=markdown.html(found.body, filled()),
        label=Row(word=found.label, tone=tone(found.label)) if found.label else None,
        updated_at=found.updated_at,
        published_at=found.published_at,
        until=found.until,
        over=found.over,
        place=place.name if place else None,
        other_language=language() == "en" and not found.translated,
        helped=found.helped,
        files=listed(found.slug, knowledge.files(found.number)),
    )


def filled() -> dict[str, str]:
    """What stands for the placeholders of a body (domain/articles.py), in Markdown."""
    tree, profile = directories.current(), rulebook.today().profile
    return {"city": profile.city, "hotline": profile.hotline, "centre": tree.units[tree.centre].name, "promises": _promises()}


_PROMISES = (
    ("dispatch", "%(time)s内派给该办的单位"),
    ("claim", "%(time)s内单位认领"),
    ("contact", "%(time)s内单位联系您"),
    ("answer", "%(time)s内答复"),
    ("close", "%(time)s内办结"),
)


def _promises() -> str:
    """The times that this city promises, for an ordinary matter and for an urgent one where that is sooner."""
    rules, said = rulebook.today(), []
    for kind, words in _PROMISES:
        lengths = []
        for urgency in ("normal", "urgent"):
            timer = decide.arm(rules, kind, {"urgency": urgency, "kind": "complaint"}, start=clock.now(), event="receive", round=1)
            lengths.append(formats.within(decide.plain(timer)["within_zh"]) if timer else "")
        usual, urgent = lengths
        if usual:
            more = _("（紧急的 %(time)s内）") % {"time": urgent} if urgent and urgent != usual else ""
            said.append(f"- {_(words) % {'time': usual}}{more}")
    return "\n".join(said)


# --- lists ------------------------------------------------------------------------------------------------------------------------


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """通知: the newest first; what is over has left."""
    found = articles.listed("notice", cursor=request.GET.get("cursor", ""), limit=PAGE, language=language())
    following = reverse("notices") + "?" + urlencode({"cursor": found.next}) if found.next else None
    context = {"rows": [row(item) for item in found.rows], "next": following}
    return frame.page(request, "citizen/content/notices.html", context)


@require_safe
def help_(request: HttpRequest) -> HttpResponse:
    """办事知识: search, by what it is about, and how to use this platform."""
    q, category = request.GET.get("q", "").strip()[:100], request.GET.get("category", "")[:6]
    tree = directories.current()
    category = category if category in tree.categories else ""
    found = articles.search(q, category=category, limit=60, language=language())
    answers = [item for item in found if item.kind == "knowledge"]
    if q and not category and not found:
        count_miss(request, q)
    context = {
        "q": q,
        "category": category,
        "categories": [(c.code, name(c)) for c in tree.categories.values() if c.level == 1],
        "answers": [row(item) for item in answers],
        "guides": [row(item) for item in found if item.kind == "guide"],
        "found": _found(len(answers), q) if q or category else None,
    }
    return frame.page(request, "citizen/content/help.html", context)


def _found(n: int, q: str) -> str:
    if not n:
        return _("没有找到「%(q)s」") % {"q": q} if q else _("这一类还没有文章")
    return _("找到 %(n)s 篇") % {"n": n}


def name(category: Any) -> str:
    """A category's name in the language of the page."""
    return str(category.name if frame.chinese() else category.name_en)


def row(item: Headline) -> Row:
    """An article in a list."""
    return Row(
        url=reverse(ADDRESSES[item.kind], args=(item.slug,)),
        title=item.title,
        summary=item.summary,
        label=Row(word=item.label, tone=tone(item.label)) if item.label else None,
        at=item.published_at,
        until=item.until,
        other_language=language() == "en" and not item.translated,
    )


def tone(label: str) -> str:
    """The colour of a notice's label: the word says what it is."""
    return _LABELS.get(label, "sent")


def count_miss(request: HttpRequest, words: str) -> None:
    """没搜到: counted once for a browser and the same words (commands/knowledge.py says what is kept of them)."""
    kept = asked.kept(words)
    name = hashlib.sha256((kept or "").encode()).hexdigest()[:12]
    known = list(request.session.get("missed", []))
    if kept and name not in known and working.missed(words, address=client_address(request)):
        request.session["missed"] = [name, *known][:_MISSED]


# --- judging an answer ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, slug: str) -> HttpResponse:
    """有用 / 没用 of a knowledge article, counted once for each browser."""
    back = HttpResponseRedirect(reverse("article", args=(slug,)))
    if request.method != "POST":
        return back
    verdict = request.POST.get("verdict", "")
    count_once(request, slug, verdict=verdict)
    if verdict == "helped" and request.POST.get("from") == "new":
        return HttpResponseRedirect(reverse("solved") + "?" + urlencode({"article": slug}))
    frame.tell(request, _("谢谢，记下了。") if verdict == "helped" else _("记下了，我们会把它改好。还没解决的，点「我要反映」。"))
    return back


def count_once(request: HttpRequest, slug: str, *, verdict: str) -> None:
    """Count a judgement, unless this browser has judged the article already."""
    judged = list(request.session.get("judged", []))
    if slug in judged:
        return
    limits.take(limits.JUDGING, client_address(request))
    writing.judge(slug, verdict=verdict)
    request.session["judged"] = [slug, *judged][:_JUDGED]


@require_safe
def solved(request: HttpRequest) -> HttpResponse:
    """问题解决了: nothing was filed. What had been written is still there for who taps by mistake."""
    slug = request.GET.get("article", "")[:60]
    found = articles.by_slug(slug, language=language()) if slug else None
    return frame.page(
        request, "citizen/content/solved.html", {"article": Row(title=found.title, url=reverse("article", args=(found.slug,))) if found else None}
    )

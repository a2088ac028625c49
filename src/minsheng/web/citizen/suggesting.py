"""边写边提示: what happens beside the form while somebody writes: the same told nearby, an answer that is known already, the category we guess; and a preview.

Nothing here is stored and nothing stops the person: each part works by itself, without scripts as a button that brings the same form back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng import wiring
from minsheng.commands import intake, limits, publishing
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.states import OPEN, Kind, Visibility
from minsheng.domain.text import clean, headline
from minsheng.intelligence.classify import Classification
from minsheng.policy.directory import Directory
from minsheng.queries import articles, similar
from minsheng.queries import directory as directories
from minsheng.web import formats, frame, shown
from minsheng.web.citizen import content, filing
from minsheng.web.security import client_address

#: Fewer characters say nothing yet.
_SHORT = 6
#: So many guesses are offered.
_GUESSES = 3
_HIDDEN = {
    "mobile": "手机号",
    "landline": "电话号码",
    "identity": "身份证号",
    "bank_card": "银行卡号",
    "number": "长号码",
    "name": "姓名",
    "plate": "车牌号",
    "email": "邮箱",
    "account": "账号",
    "door": "门牌号",
}
_NEAR = {"building": "就在您这里", "grid": "就在您这里", "community": "同一个社区", "street": "同一个街道", "district": "同一个区县"}


@dataclass(frozen=True, slots=True)
class Writing:
    """What has been written so far, as far as it can be read. place: where it will be filed; near: where it seems to be, by the words too."""

    text: str
    title: str
    kind: str
    category: str
    place: str | None
    near: str | None
    wish: str

    @classmethod
    def of(cls, request: HttpRequest, tree: Directory) -> "Writing":
        """From the form. Words that no keyboard types, and too many of them, are refused; an odd place is no place yet: the form says so when it is sent."""
        typed, placed = filing.written(request)
        text = clean(typed["text"], limit=intake.BODY_LIMIT, name="text") if typed["text"].strip() else ""
        title = clean(typed["title"], limit=intake.TITLE_LIMIT, name="title") if typed["title"].strip() else ""
        district = typed["district"] if typed["district"] in tree.places else None
        place = placed.place or (placed.spot.place if placed.spot else None) or district
        said = f"{typed['place'][: intake.PLACE_LIMIT]} {text}"
        return cls(
            text=text,
            title=title,
            kind=typed["kind"] if typed["kind"] in set(Kind) else Kind.COMPLAINT,
            category=filing.chosen_category(request),
            place=place,
            near=similar.named(tree, said, district=district) if place in (None, district) else place,
            wish=typed["visibility"] if typed["visibility"] in set(Visibility) else Visibility.PUBLIC,
        )


@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """看看有没有类似的: a part of the page with htmx, else the same form with the suggestions in it."""
    return _beside(request, "citizen/new/suggested.html", _suggested, trouble="suggest_problem")


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest) -> HttpResponse:
    """别人会看到的样子."""
    return _beside(request, "citizen/new/previewed.html", _previewed, trouble="preview_problem")


#: A page that was open too long comes back with everything that was typed (frame.untrusted).
suggest.comes_back = preview.comes_back = filing.comes_back  # type: ignore[attr-defined]


def _beside(request: HttpRequest, template: str, work: Callable[[HttpRequest], dict[str, Any]], *, trouble: str) -> HttpResponse:
    """Do the work, and show it in its part of the page. What is wrong with the words is said there (as `trouble`); the form keeps everything."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("new"))
    status = 200
    try:
        limits.take(limits.SUGGESTIONS, client_address(request))
        found = work(request)
    except MinshengError as problem:
        found, status = {trouble: frame.words(problem)}, problem.status if problem.status in (422, 429) else 422
    if request.headers.get("HX-Request"):
        return frame.page(request, template, {**filing.NOTHING_BESIDE, **found}, status=status)
    return filing.again(request, found, status=status)


# --- suggestions ------------------------------------------------------------------------------------------------------------------


def _suggested(request: HttpRequest) -> dict[str, Any]:
    tree = directories.current()
    no_help = tuple(dict.fromkeys(slug for slug in request.POST.getlist("no_help") if slug))[:5]
    pressed = request.POST.get("not_this", "")
    if pressed:
        content.count_once(request, pressed[:60], verdict="no_help")
        no_help = (*no_help, pressed[:60])
    told = Writing.of(request, tree)
    if len(told.text) < _SHORT:
        return {"suggested": _nothing(request, no_help)}
    guessed = wiring.classifier(tree).suggest(told.title, told.text, place=request.POST.get("place", "")[:200] or None)
    weighed = similar.told(
        f"{told.title} {told.text}",
        place=told.near,
        keywords=guessed.suggestions[0].because if guessed.suggestions else (),
        categories={told.category: 1.0} if told.category else {s.code: s.confidence for s in guessed.suggestions[:2]},
    )
    around = tree.place_ancestors(told.near) if told.near else ()
    answer = articles.answer(weighed, places=around, without=no_help, language=content.language())
    if answer is None and not no_help and guessed.suggestions and guessed.suggestions[0].because:
        content.count_miss(request, guessed.suggestions[0].because[0])  # a word of the trade, not one of theirs
    return {
        "suggested": Row(
            danger=list(guessed.urgent_because),
            near=told.near is not None,
            asked=_asked(request),
            similar=[_similar(one) for one in similar.requests(weighed, place=told.near)],
            answer=Row(slug=answer.slug, title=answer.title, summary=answer.summary, url=reverse("article", args=(answer.slug,))) if answer else None,
            no_help=no_help,
            guess=_guess(tree, told.category, guessed),
            guesses=_guesses(tree, told.category, guessed),
        )
    }


def _asked(request: HttpRequest) -> bool:
    """By a button that brought the page, not by what was being typed."""
    return "HX-Request" not in request.headers


def _nothing(request: HttpRequest, no_help: tuple[str, ...]) -> Row:
    return Row(danger=[], near=False, asked=_asked(request), similar=[], answer=None, no_help=no_help, guess=None, guesses=[])


def _similar(one: similar.Similar) -> Row:
    return Row(
        code=one.code,
        title=one.title or headline(one.excerpt),
        tag=shown.tag(one.state, overdue=one.overdue),
        place=one.place_name,
        near=_(_NEAR[one.near]) if one.near in _NEAR else "",
        at=one.received_at,
        supporters=one.supporters,
        open=one.state in OPEN,
    )


def _guess(tree: Directory, chosen: str, guessed: Classification) -> Row | None:
    """Where it goes: what the person chose, else the best guess with how sure it is and why."""
    if chosen:
        return Row(name=path(tree, chosen), share=None, because=[], chosen=True)
    if not guessed.suggestions:
        return None
    best = guessed.suggestions[0]
    return Row(name=path(tree, best.code), share=round(best.confidence * 100), because=list(best.because[:3]), chosen=False)


def _guesses(tree: Directory, chosen: str, guessed: Classification) -> list[Row]:
    """The guesses to choose from, and what was chosen, if it is none of them."""
    codes = [s.code for s in guessed.suggestions[:_GUESSES]]
    codes += [chosen] if chosen and chosen not in codes else []
    return [Row(code=code, name=path(tree, code), chosen=code == chosen) for code in codes]


def path(tree: Directory, code: str) -> str:
    """供热 › 暖气不热."""
    names: list[str] = []
    at = tree.categories.get(code)
    while at is not None and len(names) < 2:
        names.append(content.name(at))
        at = tree.categories.get(at.parent or "")
    return " › ".join(reversed(names))


# --- preview ----------------------------------------------------------------------------------------------------------------------


def _previewed(request: HttpRequest) -> dict[str, Any]:
    tree = directories.current()
    told = Writing.of(request, tree)
    if not told.text:
        raise BadInput(field="text", zh="先在第 1 项写上发生了什么事，再来看。", en="Write first what happened, then look.")
    seen = publishing.preview(title=told.title, body=told.text, kind=told.kind, category=told.category or None, place=told.place, wish=told.wish)
    place = tree.places.get(seen.place or "")
    district = next((tree.places[code] for code in tree.place_ancestors(seen.place) if tree.places[code].kind == "district"), None) if seen.place else None
    hidden = {name: list(seen.hidden).count(name) for name in dict.fromkeys(seen.hidden)}
    return {
        "preview": Row(
            public=seen.visibility == "public",
            secret=seen.visibility == "secret",
            because=seen.because,
            title=seen.title or headline(seen.body),
            body=seen.body,
            own_title=told.title,
            own=told.text,
            own_place=request.POST.get("place", "")[: intake.PLACE_LIMIT],
            place=" ".join(dict.fromkeys(p.name for p in (district, place) if p)),
            tag="received",
            hidden=[_("%(what)s %(n)s 处") % {"what": _(_HIDDEN[name]), "n": formats.figure(n)} for name, n in hidden.items()],
            waits=seen.waits,
        )
    }

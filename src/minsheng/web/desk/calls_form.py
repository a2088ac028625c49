"""登记: the form beside a call: what stands in it, what a report it makes, what is guessed and found beside it."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from minsheng import wiring
from minsheng.commands import calls, intake
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.calls import EMERGENCY
from minsheng.domain.errors import BadInput, NotAllowed
from minsheng.domain.states import KIND_ZH, URGENCY_ZH, Visibility
from minsheng.domain.text import clean, headline
from minsheng.intelligence.similar import Told
from minsheng.policy.directory import Directory
from minsheng.queries import articles, places, similar
from minsheng.queries import directory as directories
from minsheng.queries.articles import Headline
from minsheng.web import frame, shown, words

#: What somebody types or chooses. `public` is a tick; `used` holds slugs of articles; `known` a place that was taken over from the suggestions.
NAMES = ("kind", "title", "text", "place", "known", "category", "urgency", "requester", "name", "phone", "answer", "find")
KINDS = ("enquiry", "help", "complaint", "report", "suggestion", "praise")
#: Beside a person, who is meant where nothing is chosen.
REQUESTERS = {"enterprise": "企业", "anonymous": "不留姓名"}
#: Field of the report → field of the form.
FIELDS = {"body": "text", "place_text": "place", "wish": "public", "reason": "text", "note": "text", "district": "place", "lat": "place"}
#: Fewer characters say nothing yet.
SHORT = 6
_LIMITS = {"title": intake.TITLE_LIMIT, "text": intake.BODY_LIMIT, "answer": 4000, "place": intake.PLACE_LIMIT, "name": 40, "phone": 40, "find": 100}


def typed(request: HttpRequest) -> dict[str, Any]:
    """Everything that stands in the form, as it was typed."""
    values: dict[str, Any] = {name: request.POST.get(name, "")[: 2 * _LIMITS.get(name, 40)] for name in NAMES}
    return values | {"public": request.POST.get("public", ""), "used": request.POST.getlist("used")[:10]}


def blank() -> dict[str, Any]:
    """An empty form: what most calls are, is chosen."""
    return dict.fromkeys(NAMES, "") | {"kind": "enquiry", "public": "1", "used": []}


def restored(draft: dict[str, str]) -> dict[str, Any]:
    """The form as it was saved."""
    if not draft:
        return blank()
    used = [slug for slug in draft.get("used", "").split() if slug]
    return blank() | {name: draft.get(name, "") for name in NAMES} | {"public": draft.get("public", ""), "used": used}


def to_save(values: dict[str, Any]) -> dict[str, str]:
    """… and how it is saved."""
    return {name: str(values[name]) for name in (*NAMES, "public")} | {"used": " ".join(values["used"])}


def report(values: dict[str, Any]) -> intake.Report:
    """What the form says. Place and category that are none are refused by the command."""
    tree = directories.current()
    if not values["text"].strip():
        raise BadInput(field="text", zh="写一写来电人说了什么。", en="Write down what the caller said.")
    return intake.Report(
        body=values["text"],
        title=values["title"],
        kind=values["kind"] or "enquiry",
        requester=values["requester"] or "citizen",
        name=values["name"],
        phone=values["phone"],
        place=place(tree, values),
        place_text=values["place"],
        wish=Visibility.PUBLIC if values["public"] else Visibility.PRIVATE,
        category=values["category"] or None,
        urgency=values["urgency"] or None,
    )


def place(tree: Directory, values: dict[str, Any]) -> str | None:
    """The place that was taken over from the suggestions, while its name still stands there; else the one that the words name."""
    known = values["known"]
    if known in tree.places and places.short(tree, known) in values["place"]:
        return str(known)
    return similar.named(tree, values["place"], district=None) if values["place"].strip() else None


# --- what the buttons do ------------------------------------------------------------------------------------------------------------

Deed = Callable[[HttpRequest, "int | None", dict[str, Any], str, Actor], str]


def _filing(request: HttpRequest, call: int | None, values: dict[str, Any], by: Actor) -> dict[str, Any]:
    """What the three ways to file share. The same words from the same browser about the same call are one case."""
    said = "\n".join((request.META.get("CSRF_COOKIE", ""), str(call or ""), *(str(values[name]) for name in NAMES if name != "find")))
    key = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    tree = directories.current()
    return {"report": report(values), "articles": values["used"], "by": by, "classifier": wiring.classifier(tree), "key": key}


def _file(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    filed = calls.file(call, **_filing(request, call, values, by))
    return _("%(code)s 立好了，会按规则派出去。") % {"code": filed.code}


def _answer(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    if not values["answer"].strip():
        raise BadInput(field="answer", zh="写一写当场是怎么答复的，或者从右边填进来。", en="Write down what was answered, or take it from the right.")
    filed = calls.answer(call, text=values["answer"], **_filing(request, call, values, by))
    return _("%(code)s 当场答复，记下了。") % {"code": filed.code}


def _alert(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    filed = calls.raise_alarm(call, **_filing(request, call, values, by))
    return _("%(code)s 按紧急立案，已经上报负责人。") % {"code": filed.code}


def _transfer(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    if not values["text"].strip():
        raise BadInput(field="text", zh="写一句是什么事，和转接一起记下。", en="Write what it is about; it is recorded with the transfer.")
    calls.transfer(_needed(call), to=what, reason=values["text"][:1000], by=by)
    return _("转 %(number)s 记下了。请把电话转过去。") % {"number": EMERGENCY.get(what, "")}


def _urge(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    calls.urge(_needed(call), code=what, by=by)
    return _("%(code)s 催过了，办理单位会看到。") % {"code": what}


def _supplement(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    if not values["text"].strip():
        raise BadInput(field="text", zh="先在「详细情况」里写要补充的内容，再点补充。", en="Write what is to be added under the details first.")
    calls.supplement(_needed(call), code=what, text=values["text"], by=by)
    return _("补充进 %(code)s 了。") % {"code": what}


def _wrap(request: HttpRequest, call: int | None, values: dict[str, Any], what: str, by: Actor) -> str:
    calls.wrap_up(_needed(call), result=request.POST.get("result", ""), note=values["text"], by=by)
    return _("小结记下了。")


def _needed(call: int | None) -> int:
    if call is None:
        raise BadInput(field="call", zh="现在没有电话。来电后再点。", en="There is no call now.")
    return call


DEEDS: dict[str, Deed] = {
    "file": _file,
    "answer": _answer,
    "alert": _alert,
    "transfer": _transfer,
    "urge": _urge,
    "supplement": _supplement,
    "wrap": _wrap,
}


# --- what stands beside it --------------------------------------------------------------------------------------------------------------


def demand(actor: Actor) -> None:
    """The desk is for who answers calls."""
    if not access.may(actor, "answer_calls", directories.current()):
        raise NotAllowed("这里是坐席接电话的地方。要看通话，请到通话列表。", "This is where operators answer calls. Calls are listed elsewhere.")


def choices() -> dict[str, Any]:
    """The lists that the form chooses from."""
    return {
        "kinds": [(kind, _(KIND_ZH[kind])) for kind in KINDS],  # type: ignore[index]  # a StrEnum is its word
        "urgencies": [(str(urgency), _(zh)) for urgency, zh in URGENCY_ZH.items()],
        "requesters": [(value, _(zh)) for value, zh in REQUESTERS.items()],
        "groups": _groups(directories.current(), chinese=frame.chinese()),
        "limits": _LIMITS,
        "emergency": [Row(to=to, number=number) for to, number in EMERGENCY.items()],
    }


@lru_cache(maxsize=4)
def _groups(tree: Directory, *, chinese: bool) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Categories to choose from: those of the second level with what lies in them; kept for each directory."""
    named = {c.code: c.name if chinese else c.name_en or c.name for c in tree.categories.values()}
    found = ((named[code], tuple((c, name) for c, name in named.items() if c[:-2] == code)) for code in named if len(code) == 4)
    return tuple((name, items) for name, items in found if items)


def guess(values: dict[str, Any]) -> Row | None:
    """我们归到: what the machine would choose, with how sure it is and why, and whose it would be. None where too little is said."""
    if len(values["text"].strip()) + len(values["title"].strip()) < SHORT:
        return None
    tree = directories.current()
    found = wiring.classifier(tree).suggest(values["title"], values["text"], place=values["place"] or None)
    code = values["category"] if values["category"] in tree.categories else found.suggestions[0].code if found.suggestions else ""
    best = found.suggestions[0] if found.suggestions else None
    unit = intake.suggest_unit(tree, category=code or None, place=place(tree, values)) if code else ""
    return Row(
        code=best.code if best else "",
        name=words.category(tree, best.code) if best else "",
        share=round(best.confidence * 100) if best else 0,
        because=list(best.because[:3]) if best else [],
        unit=tree.units[unit].short_name if unit in tree.units else "",
        danger=list(found.urgent_because),
    )


def near(values: dict[str, Any]) -> list[Row]:
    """可能是一件事: requests that others have told, by the words and the place."""
    told, where = _told(values)
    found = similar.requests(told, place=where) if told else []
    return [
        Row(code=one.code, title=one.title or headline(one.excerpt), tag=shown.tag(one.state, overdue=one.overdue), place=one.place_name, at=one.received_at,
            supporters=one.supporters)
        for one in found
    ]  # fmt: skip


def best(values: dict[str, Any], *, language: str) -> list[Row]:
    """可以这样答: the one article that answers what is being written, if one does."""
    told, _where = _told(values)
    found = articles.answer(told, language=language) if told else None
    return [_article(found)] if found else []


def _told(values: dict[str, Any]) -> tuple[Told | None, str | None]:
    """What has been written so far, weighed, and where it is. None where too little is said."""
    text = f"{values['title']} {values['text']}".strip()
    if len(text) < SHORT:
        return None, None
    tree = directories.current()
    where = place(tree, values)
    found = wiring.classifier(tree).suggest(values["title"], values["text"], place=values["place"] or None)
    told = similar.told(
        clean(text, limit=intake.BODY_LIMIT + 100, name="text"),
        place=where,
        keywords=found.suggestions[0].because if found.suggestions else (),
        categories={s.code: s.confidence for s in found.suggestions[:2]},
    )
    return told, where


def answers(q: str, *, language: str) -> list[Row]:
    """知识: articles that hold the words."""
    return [_article(one) for one in articles.search(q, limit=5, language=language)] if q.strip() else []


def _article(one: Headline) -> Row:
    return Row(slug=one.slug, title=one.title, summary=one.summary, updated_at=one.updated_at)

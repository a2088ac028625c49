"""我要反映: one page, four questions; what was typed is never lost."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock, wiring
from minsheng.commands import intake, limits
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.states import KIND_ZH
from minsheng.models.case import Case
from minsheng.policy import decide
from minsheng.policy.directory import Directory
from minsheng.queries import cases, scopes
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.web import environment, formats, frame, shown
from minsheng.web.citizen import filer, maps, offline, placing
from minsheng.web.citizen.media import Media, asked
from minsheng.web.security import client_address

TEXT = intake.BODY_LIMIT
_NAMES = ("kind", "title", "text", "place", "district", *placing.NAMES, "visibility", *filer.NAMES, "category")
#: What stands beside the form until somebody asks for it (web/citizen/suggesting.py).
NOTHING_BESIDE: dict[str, Any] = {"suggested": None, "suggest_problem": None, "preview": None, "preview_problem": None}
#: Field of the report → field of the page.
_FIELDS = {"body": "text", "place_text": "place", "wish": "visibility", "attachments": "photos", "evidence": "photos", "lat": "place", "photo": "photos"}


@offline.kept
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """我要反映."""
    scanned = request.GET.get("place") or request.POST.get("scanned") or ""
    if request.method != "POST":
        entered = scopes.preset(request.GET.get("scope", ""))  # by the entrance of a county or a sector
        return _form(request, Row(values={"visibility": "public", **entered}, errors={}), scanned=scanned)
    typed = {name: request.POST.get(name, "") for name in _NAMES}
    who, placed = filer.Filer(request), placing.read(typed, scanned)
    errors, status, media = _wrong(typed, placed) | who.wrong(typed), 422, Media(request)
    if not errors:
        try:
            filed = _file(request, typed, media, placed, who)
        except MinshengError as problem:
            field = _FIELDS.get(problem.field, problem.field) if isinstance(problem, BadInput) else "text"
            errors, status = {field: frame.words(problem)}, problem.status if problem.status in (409, 429) else 422
        else:
            if filed.repeated != "changed":
                return offline.taken(request, filed)
            errors, status = {"text": offline.changed(request, filed)}, 409
    if offline.by_itself(request):
        return offline.refused(errors, status)
    return _again(request, typed, media, errors, scanned=scanned, placed=placed, status=status)


def _again(
    request: HttpRequest, typed: dict[str, str], media: Media, errors: dict[str, str], *, scanned: str, placed: placing.Placed, status: int,
    beside: Mapping[str, Any] = NOTHING_BESIDE,
) -> HttpResponse:  # fmt: skip
    """The form once more, with everything that was typed and chosen."""
    try:
        limits.take(limits.UPLOADS, client_address(request))
        media.take_in()  # so that nobody has to choose them again
    except MinshengError as problem:
        field = _FIELDS.get(problem.field, problem.field) if isinstance(problem, BadInput) else "photos"
        errors.setdefault(field, frame.words(problem))
    form = Row(values={**typed, "kept": media.shown()}, errors=errors)
    return _form(request, form, scanned=scanned, placed=placed, beside=beside, status=status)


def written(request: HttpRequest) -> tuple[dict[str, str], placing.Placed]:
    """What stands in the form, and the place that it says."""
    typed = {name: request.POST.get(name, "") for name in _NAMES}
    return typed, placing.read(typed, request.POST.get("scanned", ""))


def again(request: HttpRequest, beside: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """The form as it was filled in, with something beside it (suggestions, a preview), for a browser without scripts."""
    typed, placed = written(request)
    return _again(request, typed, Media(request), {}, scanned=request.POST.get("scanned", ""), placed=placed, beside=beside, status=status)


def chosen_category(request: HttpRequest) -> str:
    """The category that the person chose on the form, "" for none; one that there is not is refused in words."""
    code = request.POST.get("category", "")
    return intake.known_category(directories.current(), code) if code else ""


def comes_back(request: HttpRequest) -> HttpResponse:
    """The page was open too long and its token is no longer good (frame.untrusted): nothing is filed, nothing typed is lost."""
    if offline.by_itself(request):
        return HttpResponse(status=403)  # a device asks for a fresh token and sends it again
    typed, placed = written(request)
    return _again(request, {**typed, "returned": "yes"}, Media(request), {}, scanned=request.POST.get("scanned", ""), placed=placed, status=422)


new.comes_back = comes_back  # type: ignore[attr-defined]


def _wrong(typed: dict[str, str], placed: placing.Placed) -> dict[str, str]:
    """What has to be filled in and is not, all at once, in the order of the page."""
    said = {
        "text": _("写一写发生了什么事。"),
        "place": _("写明在哪里，写到能找得到就行。"),
    }
    found = {field for field in said if not typed[field].strip()}
    if typed["district"] or placed.known:
        found.discard("place")
    errors = {}
    for field, words in said.items():
        errors |= {field: words} if field in found else {}
        errors |= placed.errors if field == "place" else {}
    return errors


def _file(request: HttpRequest, typed: dict[str, str], media: Media, placed: placing.Placed, who: filer.Filer) -> intake.Filed:
    for limit in limits.FILING:
        limit.check(client_address(request))
    directory = directories.current()
    report = intake.Report(
        body=typed["text"],
        title=typed["title"],
        kind=typed["kind"] or "complaint",
        channel="qr" if placed.scanned else "web",
        **who.contact(typed),
        district=typed["district"] or None,
        place=placed.place,
        place_text=typed["place"],
        lat=placed.lat,
        lng=placed.lng,
        wish=typed["visibility"] or "public",
        category=typed["category"] or None,
    )
    intake.check(report, directory)  # before the photos are taken in: a missing word must not cost an upload
    report = replace(report, attachments=media.take_in())
    for limit in limits.FILING:
        limit.count(client_address(request))
    # The same words from the same browser are one case, tapped twice or sent again with the back button; other words are another.
    key = hashlib.sha256("\n".join((request.META.get("CSRF_COOKIE", ""), placed.place or "", *typed.values())).encode()).hexdigest()
    return intake.file(report, by=who.by, classifier=wiring.classifier(directory), key=key, draft=offline.draft(request))


def _form(
    request: HttpRequest, form: Row, *, scanned: str, placed: placing.Placed | None = None, beside: Mapping[str, Any] = NOTHING_BESIDE, status: int = 200
) -> HttpResponse:  # fmt: skip
    tree, profile = directories.current(), rulebook.today().profile
    place = tree.places.get(scanned)
    if place is not None and "place" not in form.values:
        form.values["place"] = place.name
    context = {
        "form": form,
        "kinds": [(str(kind), _(words)) for kind, words in KIND_ZH.items()],
        "districts": [(p.code, p.name) for p in tree.places.values() if p.kind == "district"],
        "place": place.name if place else None,
        "scanned": scanned if place else "",
        "lost": bool(scanned) and place is None,
        **filer.Filer(request).context(form),
        "spot": placed.spot if placed else None,
        "choices": placing.offered(placed.choices) if placed else [],
        "problem": "",
        "picker": Row(outlines=environment.url("outlines"), version=directories.city().directory_version, window=maps.window(), tiles=maps.tiles()),
        "number": request.GET.get("number"),
        "visibilities": [
            ("public", _("公开，让大家看到问题和答复"), _("不显示姓名、电话、门牌号")),
            ("private", _("不公开，只给办理单位看"), ""),
        ],
        **asked(),
        "text_limit": TEXT,
        "promise": None if "kept" in request.GET else _promise(),
        "hotline": profile.hotline,
        "groups": _groups(tree, chinese=frame.chinese(), branch=form.values.get("branch", "")),
    }
    return frame.page(request, "citizen/new.html", {**context, **NOTHING_BESIDE, **beside}, status=status)


@lru_cache(maxsize=40)
def _groups(tree: Directory, *, chinese: bool, branch: str) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Categories to choose from: those of the second level with what lies in them, those of a branch first; kept for each directory."""
    named = {c.code: c.name if chinese else c.name_en for c in tree.categories.values()}
    found = (
        (named[code], tuple((c, name) for c, name in named.items() if c[:-2] == code))
        for code in sorted(filter(lambda code: len(code) == 4, named), key=lambda code: not branch or not code.startswith(branch))
    )
    return tuple((name, items) for name, items in found if items)


def _promise() -> str | None:
    timer = decide.arm(rulebook.today(), "answer", {"urgency": "normal", "kind": "complaint"}, start=clock.now(), event="receive", round=1)
    return _("%(due)s 前给您答复") % {"due": formats.due_stamp(timer.due_at, clock.now())} if timer else None


@require_safe
def filed(request: HttpRequest) -> HttpResponse:
    """收到了: code and secret, and what happens next. Shown to the browser that filed."""
    code, secret = request.session.get("filed") or ("", "")
    row = Case.objects.filter(code=code).first()
    if row is None:
        return HttpResponseRedirect(reverse("find"))
    view = cases.holder(row)
    dues = {p.kind: p.due_at for p in view.promises if p.state == "running"}
    steps = [Row(what=words, by=dues[kind]) for kind, words in _NEXT if kind in dues]
    steps.append(Row(what=_("您来评价，没办好可以要求重办"), by=None))
    return frame.page(
        request,
        "citizen/filed.html",
        {
            "case": Row(code=code, title=shown.headline(view.title, view.body), tag=shown.tag(view.state)),
            "secret": secret,
            "draft": request.session.get("filed_draft", ""),
            "next_steps": steps,
        },
    )


_NEXT = (("dispatch", "派给该办的单位"), ("claim", "单位认领"), ("contact", "单位联系您"), ("answer", "给您答复"), ("close", "办结"))

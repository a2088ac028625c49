"""我要反映: one page, four questions; what was typed is never lost."""

import hashlib
from dataclasses import replace
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import clock, wiring
from minsheng.commands import intake, limits
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.states import KIND_ZH
from minsheng.domain.text import phone as number
from minsheng.models.case import Case
from minsheng.policy import decide
from minsheng.queries import cases
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.web import formats, frame, shown
from minsheng.web.citizen.media import Media, asked
from minsheng.web.security import client_address

TEXT = intake.BODY_LIMIT
_NAMES = ("kind", "title", "text", "place", "district", "lat", "lng", "name", "phone", "visibility")
#: Field of the report → field of the page.
_FIELDS = {"body": "text", "place_text": "place", "wish": "visibility", "attachments": "photos", "evidence": "photos", "lat": "place", "photo": "photos"}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """我要反映."""
    scanned = request.GET.get("place") or request.POST.get("scanned") or ""
    if request.method != "POST":
        return _form(request, Row(values={"visibility": "public"}, errors={}), scanned=scanned)
    typed = {name: request.POST.get(name, "") for name in _NAMES}
    errors, status, media = _wrong(typed), 422, Media(request)
    if not errors:
        try:
            filed = _file(request, typed, media, scanned)
        except MinshengError as problem:
            field = _FIELDS.get(problem.field, problem.field) if isinstance(problem, BadInput) else "text"
            errors, status = {field: frame.words(problem)}, problem.status if problem.status in (409, 429) else 422
        else:
            frame.hold(request, filed.code)
            request.session["filed"] = [filed.code, filed.secret]
            return HttpResponseRedirect(reverse("filed"))
    try:
        limits.take(limits.UPLOADS, client_address(request))
        media.take_in()  # so that nobody has to choose them again
    except MinshengError as problem:
        field = _FIELDS.get(problem.field, problem.field) if isinstance(problem, BadInput) else "photos"
        errors.setdefault(field, frame.words(problem))
    return _form(request, Row(values={**typed, "kept": media.shown()}, errors=errors), scanned=scanned, status=status)


def _wrong(typed: dict[str, str]) -> dict[str, str]:
    """What has to be filled in and is not, and a number that is none: all at once, in the order of the page."""
    said = {
        "text": _("写一写发生了什么事。"),
        "place": _("写明在哪里，写到能找得到就行。"),
        "name": _("写一写怎么称呼您，比如「李女士」。"),
        "phone": _("写上手机号，单位好联系您。"),
    }
    found = {field for field in said if not typed[field].strip()}
    if typed["district"] or typed["lat"]:
        found.discard("place")
    errors = {field: words for field, words in said.items() if field in found}
    if "phone" not in errors:
        try:
            number(typed["phone"])
        except BadInput as problem:
            errors["phone"] = frame.words(problem)
    return errors


def _file(request: HttpRequest, typed: dict[str, str], media: Media, scanned: str) -> intake.Filed:
    for limit in limits.FILING:
        limit.check(client_address(request))
    directory = directories.current()
    known = scanned if scanned in directory.places else ""  # an old code on a wall: the place was written instead
    report = intake.Report(
        body=typed["text"],
        title=typed["title"],
        kind=typed["kind"] or "complaint",
        channel="qr" if known else "web",
        name=typed["name"],
        phone=typed["phone"],
        district=typed["district"] or None,
        place=known or None,
        place_text=typed["place"],
        lat=_degrees(typed["lat"]),
        lng=_degrees(typed["lng"]),
        wish=typed["visibility"] or "public",
    )
    intake.check(report, directory)  # before the photos are taken in: a missing word must not cost an upload
    report = replace(report, attachments=media.take_in())
    for limit in limits.FILING:
        limit.count(client_address(request))
    # The same words from the same browser are one case, tapped twice or sent again with the back button; other words are another.
    key = hashlib.sha256("\n".join((request.META.get("CSRF_COOKIE", ""), scanned, *typed.values())).encode()).hexdigest()
    return intake.file(report, by=frame.citizen(request), classifier=wiring.classifier(directory), key=key)


def _degrees(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text)
    except ValueError:
        raise BadInput(field="place", zh="位置没有读出来，请用文字写在哪里。", en="The position could not be read; please describe the place.") from None


def _form(request: HttpRequest, form: Row, *, scanned: str, status: int = 200) -> HttpResponse:
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
        "name_required": True,
        "phone_required": True,
        "visibilities": [
            ("public", _("公开，让大家看到问题和答复"), _("不显示姓名、电话、门牌号")),
            ("private", _("不公开，只给办理单位看"), ""),
        ],
        **asked(),
        "text_limit": TEXT,
        "promise": _promise(),
        "hotline": profile.hotline,
    }
    return frame.page(request, "citizen/new.html", context, status=status)


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
        {"case": Row(code=code, title=shown.headline(view.title, view.body), tag=shown.tag(view.state)), "secret": secret, "next_steps": steps},
    )


_NEXT = (("dispatch", "派给该办的单位"), ("claim", "单位认领"), ("contact", "单位联系您"), ("answer", "给您答复"), ("close", "办结"))

"""我要反映: one page, four questions; what was typed is never lost."""

import secrets
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from minsheng import clock, wiring
from minsheng.commands import intake, limits, uploads
from minsheng.domain.access import HOLDER
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.domain.states import KIND_ZH
from minsheng.models.case import Case
from minsheng.policy import decide
from minsheng.queries import cases
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.web import formats, frame, shown
from minsheng.web.security import client_address

PHOTOS, PHOTO_MB, TEXT = 9, 9, intake.BODY_LIMIT
_NAMES = ("kind", "title", "text", "place", "district", "lat", "lng", "name", "phone", "visibility", "key")
#: Field of the report → field of the page.
_FIELDS = {"body": "text", "place_text": "place", "wish": "visibility", "attachments": "photos", "evidence": "photos", "lat": "place", "photo": "photos"}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """我要反映."""
    scanned = request.GET.get("place") or request.POST.get("scanned") or ""
    if request.method != "POST":
        return _form(request, Row(values={"visibility": "public", "key": secrets.token_urlsafe(16)}, errors={}), scanned=scanned)
    typed = {name: request.POST.get(name, "") for name in _NAMES}
    try:
        filed = _file(request, typed, scanned)
    except MinshengError as problem:
        field = _FIELDS.get(problem.field, problem.field) if isinstance(problem, BadInput) else "text"
        status = problem.status if problem.status in (409, 422, 429) else 422
        return _form(request, Row(values=typed, errors={field: frame.words(problem)}), scanned=scanned, status=status)
    frame.hold(request, filed.code)
    request.session["filed"] = [filed.code, filed.secret]
    return HttpResponseRedirect(reverse("filed"))


def _file(request: HttpRequest, typed: dict[str, str], scanned: str) -> intake.Filed:
    for limit in limits.FILING:
        limit.check(client_address(request))
    report = intake.Report(
        body=typed["text"],
        title=typed["title"],
        kind=typed["kind"] or "complaint",
        channel="qr" if scanned else "web",
        name=typed["name"],
        phone=typed["phone"],
        district=typed["district"] or None,
        place=scanned or None,
        place_text=typed["place"],
        lat=_degrees(typed["lat"]),
        lng=_degrees(typed["lng"]),
        wish=typed["visibility"] or "public",
    )
    directory = directories.current()
    intake.check(report, directory)  # before the photos are taken in: a missing word must not cost an upload
    if not (report.place_text.strip() or report.place or report.district or report.lat):
        raise BadInput(field="place", zh="写明在哪里，写到能找得到就行。", en="Say where it is, so that it can be found.")
    photos = request.FILES.getlist("photos")
    if len(photos) > PHOTOS:
        raise BadInput(field="photos", zh=f"最多 {PHOTOS} 张照片，您选了 {len(photos)} 张。", en=f"At most {PHOTOS} photos; you chose {len(photos)}.")
    tickets = tuple(uploads.store(photo.read(), redraw=wiring.redraw, blobs=wiring.blobs()).ticket for photo in photos)
    for limit in limits.FILING:
        limit.count(client_address(request))
    values = {name: getattr(report, name) for name in intake.Report.__slots__} | {"attachments": tickets}
    # The key makes a double tap one case; with photos their tickets differ, so the key alone decides.
    return intake.file(intake.Report(**values), by=HOLDER, classifier=wiring.classifier(directory), key=typed["key"])


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
    if scanned and place is None and not form.errors:
        form.errors["place"] = _("这个二维码已经失效，请写明在哪里，一样能办。")
    context = {
        "form": form,
        "kinds": [(str(kind), _(words)) for kind, words in KIND_ZH.items()],
        "districts": [(p.code, p.name) for p in tree.places.values() if p.kind == "district"],
        "place": place.name if place else None,
        "name_required": True,
        "phone_required": True,
        "visibilities": [
            ("public", _("公开，让大家看到问题和答复"), _("不显示姓名、电话、门牌号")),
            ("private", _("不公开，只给办理单位看"), ""),
        ],
        "photo_limit": PHOTOS,
        "photo_mb": PHOTO_MB,
        "text_limit": TEXT,
        "promise": _promise(),
        "key": form.values.get("key") or secrets.token_urlsafe(16),
        "hotline": profile.hotline,
    }
    return frame.page(request, "citizen/new.html", context, status=status)


def _promise() -> str | None:
    timer = decide.arm(rulebook.today(), "answer", {"urgency": "normal", "kind": "complaint"}, start=clock.now(), event="receive", round=1)
    return _("%(due)s 前给您答复") % {"due": formats.due_stamp(timer.due_at, clock.now())} if timer else None


@require_GET
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
        request, "citizen/filed.html", {"case": Row(code=code, title=view.title, tag=shown.tag(view.state)), "secret": secret, "next_steps": steps}
    )


_NEXT = (("dispatch", "派给该办的单位"), ("claim", "单位认领"), ("contact", "单位联系您"), ("answer", "给您答复"), ("close", "办结"))


@require_GET
def photo(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """A picture of a case, for whom may see it."""
    own = Case.objects.filter(code=code).first() if code in frame.held(request) else None
    actor = directories.staff(request.user.pk, name="", on=clock.local(clock.now()).date()) if request.user.is_authenticated and request.user.pk else None
    uploads.readable(code, digest, by=actor, holder=own)
    if not wiring.blobs().has(digest):
        raise NotFound()
    answer = HttpResponse(wiring.blobs().get(digest), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer

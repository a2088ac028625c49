"""我的资料: what is held, who looked at it, correct it, take it along, delete it."""

import json
import tempfile
import zipfile
from types import SimpleNamespace as Row
from typing import Any

from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import clock, wiring
from minsheng.commands import accounts, allowances, correcting, leaving
from minsheng.domain.errors import MinshengError, NotFound
from minsheng.queries import mine as queries
from minsheng.queries import takeout
from minsheng.queries.accounts import Me
from minsheng.web import frame
from minsheng.web.citizen import masks, providers
from minsheng.web.citizen.mine import signed_in
from minsheng.web.citizen.signing_in import wrong

#: A file with everything weighs on the server: so many a day.
DOWNLOADS = {"times": 3, "seconds": 86400}
_FIELDS = {"name": "姓名", "phone": "电话", "address": "住址", "identity": "身份证号"}
_LEVELS = {"real_name": "已实名", "phone": "手机号已验证", "mail": "邮箱已验证", "": "还没有验证"}
_CHANNELS = {"sms": "发短信", "mail": "发邮件", "wechat": "发微信"}


@require_safe
@signed_in
def show(request: HttpRequest, me: Me) -> HttpResponse:
    """我的资料."""
    return _page(request, me)


@require_POST
@signed_in
def correct(request: HttpRequest, me: Me) -> HttpResponse:
    """改称呼和身份."""
    typed = {name: request.POST.get(name, "") for name in ("name", "kind")}
    try:
        correcting.correct(me.account, **typed)
    except MinshengError as problem:
        return _page(request, me, form=Row(values=typed, errors=wrong(problem, field="name")), status=problem.status)
    frame.tell(request, _("改好了。正在办的诉求里也改了。"))
    return HttpResponseRedirect(reverse("my-data"))


@require_POST
@signed_in
def channels(request: HttpRequest, me: Me) -> HttpResponse:
    """怎么告诉我."""
    try:
        correcting.choose_channels(me.account, channels=request.POST.getlist("channels"))
    except MinshengError as problem:
        return _page(request, me, form=Row(values={}, errors=wrong(problem, field="channels")), status=problem.status)
    frame.tell(request, _("记下了。"))
    return HttpResponseRedirect(reverse("my-data"))


@require_POST
@signed_in
def unlink(request: HttpRequest, me: Me) -> HttpResponse:
    """断开微信、统一身份."""
    try:
        accounts.unlink_provider(me.account, provider=request.POST.get("provider", ""))
    except MinshengError as problem:
        return _page(request, me, form=Row(values={}, errors={"providers": frame.words(problem)}), status=problem.status)
    frame.tell(request, _("断开了，以后不能用它登录。"))
    return HttpResponseRedirect(reverse("my-data"))


@require_safe
@signed_in
def openings(request: HttpRequest, me: Me) -> HttpResponse:
    """谁看过我的资料: all of it, page by page."""
    found = queries.openings(me.account, cursor=request.GET.get("cursor", ""))
    following = f"{reverse('my-data-openings')}?cursor={found.next}" if found.next else None
    return frame.page(request, "citizen/openings.html", {"openings": [_opening(row) for row in found.rows], "next": following})


@require_POST
@signed_in
def download(request: HttpRequest, me: Me) -> HttpResponseBase:
    """下载: data.json and the files, written to disk piece by piece and streamed from there."""
    try:
        allowances.take("download", str(me.account), **DOWNLOADS)
    except MinshengError as problem:
        return _page(request, me, form=Row(values={}, errors={"download": frame.words(problem)}), status=problem.status)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer that streams it)
    _pack(file, me.account)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"minsheng-{clock.local(clock.now()):%Y%m%d}.zip", content_type="application/zip")


def _pack(file: Any, account: int) -> None:
    told, blobs = takeout.about(account), wiring.blobs()
    told["cases"] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for piece in takeout.cases_of(account):
            told["cases"].append(piece.told)
            for name, digest in piece.files.items():
                try:
                    content = blobs.get(digest)
                except NotFound:
                    piece.told["files"].remove(name)  # the store has lost it: the contents must not promise it
                    continue
                packed.writestr(zipfile.ZipInfo(name), content)
        packed.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def delete(request: HttpRequest, me: Me) -> HttpResponse:
    """删除账号: the page says what goes and what stays; its button does it."""
    if request.method != "POST":
        return frame.page(request, "citizen/leave.html", {"open_cases": _any_open(me)})
    leave = leaving.close_with_words if request.POST.get("words") else leaving.close
    leave(me.account)
    logout(request)
    frame.tell(request, _("账号删除了。您的手机号、邮箱和称呼已经不在系统里。"))
    return HttpResponseRedirect(reverse("mine"))


def _any_open(me: Me) -> bool:
    return any(row.state not in ("closed", "declined", "referred", "withdrawn", "merged") for row in queries.cases(me.account, ()).rows)


# --- the page -----------------------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, me: Me, *, form: Row | None = None, status: int = 200) -> HttpResponse:
    plain, looked = request.GET.get("show") == "1", queries.openings(me.account, limit=5)
    linked = {provider for provider, _at in me.providers}
    refused = request.session.pop("refused", None)  # what a provider's answer could not do (allauth_adapter)
    form = form or Row(values={}, errors={"providers": refused[0] if frame.chinese() else refused[1]} if refused else {})
    form.values = {"name": me.name, "kind": me.kind, **form.values}
    context = {
        "me": Row(
            name=me.name if plain else masks.name(me.name), phone=_shown(me.phone, masks.phone, plain=plain), mail=_shown(me.mail, masks.mail, plain=plain),
            phone_proven=me.phone_proven, mail_proven=me.mail_proven, level=_(_LEVELS[me.level]), since=me.at, plain=plain,
        ),
        "form": form,
        "channels": [
            Row(id=key, words=_(words), on=key in me.channels, ready={"sms": me.phone_proven, "mail": me.mail_proven, "wechat": bool(me.wechat)}[key])
            for key, words in _CHANNELS.items()
        ],
        "providers": [Row(**vars(one), linked=one.id in linked) for one in providers.offered()],
        "openings": [_opening(row) for row in looked.rows],
        "more_openings": bool(looked.next),
        "downloads": DOWNLOADS["times"],
        "done": frame.told(request),
    }  # fmt: skip
    return frame.page(request, "citizen/my_data.html", context, status=status)


def _shown(value: str, mask: Any, *, plain: bool) -> str:
    return value if plain or not value else str(mask(value))


def _opening(row: queries.MyOpening) -> Row:
    return Row(code=row.code, at=row.at, unit=row.unit_name, reason=row.reason, fields=_("、").join(_(_FIELDS[f]) for f in row.fields if f in _FIELDS))

"""没有网络的时候: the app on a phone, the page without a network, and what the outbox of a device asks for (static/js/outbox.js).

The three pages that a device keeps are drawn for a stranger: the service worker asks for them without cookies.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minsheng import __version__
from minsheng.commands.intake import Filed
from minsheng.web import frame

_DRAFT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
THEME, GROUND = "#143763", "#f3f5f8"
#: What the service worker runs: the outbox, then itself.
_SCRIPTS = ("js/outbox.js", "js/worker.js")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """应用清单: name, colours and pictures for the home screen of a phone."""
    name = _("民声")
    icons = [{"src": static(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any"} for side in (192, 512)]
    icons.append({"src": static("img/icon-maskable.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"})
    said = {
        "id": "/",
        "name": f"{name}·{frame.city().name}",
        "short_name": name,
        "description": _("有事说给我们听：一分钟写完，办到哪一步都看得见。"),
        "lang": "zh-CN" if frame.chinese() else "en",
        "dir": "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": GROUND,
        "icons": icons,
        "shortcuts": [{"name": _("我要反映"), "url": reverse("new")}, {"name": _("查进度"), "url": reverse("find")}],
    }
    answer = HttpResponse(json.dumps(said, ensure_ascii=False), content_type="application/manifest+json")
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: what it keeps, and where its code lies. Another version of any file is another worker."""
    scripts = [static(path) for path in _SCRIPTS]
    pages = [reverse("offline"), reverse("outbox"), reverse("new")]
    said = {"version": _version(scripts), "pages": pages, "offline": reverse("offline")}
    body = f"self.MINSHENG = {json.dumps(said)};\nimportScripts({', '.join(json.dumps(script) for script in scripts)});\n"
    answer = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer


def _version(scripts: list[str]) -> str:
    """Of all our files, by the hash of their manifest; where they are not hashed (tests), of the program."""
    return getattr(staticfiles_storage, "manifest_hash", "") or hashlib.sha256(f"{__version__} {scripts}".encode()).hexdigest()[:12]


def kept(view: frame.View) -> frame.View:
    """For a page that devices keep: asked for without cookies, it is told in which language (?kept=zh-CN, ?kept=en)."""

    @wraps(view)
    def in_language(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("kept")
        if wanted is None:
            return view(request, **kwargs)
        with translation.override("en" if wanted == "en" else settings.LANGUAGE_CODE):
            return view(request, **kwargs)

    return in_language


@kept
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """没加载出来: shown by the service worker where there is no network."""
    return frame.page(request, "offline/offline.html", {})


@kept
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """待发送: what waits on this device. The server knows nothing of it: the list is drawn by the device."""
    return frame.page(request, "offline/outbox.html", {})


@require_safe
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """A fresh token for a form that was written long ago or without a network."""
    return JsonResponse({"token": get_token(request)})


# --- answers to a form that a device sends by itself -----------------------------------------------------------------------------


def draft(request: HttpRequest) -> str:
    """The name that the device gave this request, so that it is one case however often it is sent; empty from a page without scripts."""
    said = request.POST.get("draft_id", "")
    return said if _DRAFT.fullmatch(said) else ""


def by_itself(request: HttpRequest) -> bool:
    """Does the device ask, and not a person who waits for a page?"""
    return request.headers.get("Accept") == "application/json"


def taken(request: HttpRequest, filed: Filed) -> HttpResponse:
    """收到了: on to the confirmation; a device gets code and secret and keeps them until the person has seen them."""
    frame.hold(request, filed.code)
    request.session["filed"] = [filed.code, filed.secret]
    request.session["filed_draft"] = draft(request)
    if by_itself(request):
        return JsonResponse({"code": filed.code, "secret": filed.secret})
    return HttpResponseRedirect(reverse("filed"))


def refused(errors: Mapping[str, str], status: int) -> HttpResponse:
    """What the person has to do, for the device to show: it still has everything that was written."""
    answer = JsonResponse({"errors": list(errors.values())}, status=status)
    if status == 429:
        answer["Retry-After"] = "60"
    return answer


def changed(request: HttpRequest, filed: Filed) -> str:
    """Sent again with other words after it had arrived: what to do now. The case is this person's, who can go on with it."""
    frame.hold(request, filed.code)
    return _("这一件先前已经收到，编号 %(code)s，查询码 %(secret)s。后来改的没有送上：请在进度里补充；要是另一件事，再交一次就行。") % {
        "code": filed.code,
        "secret": filed.secret,
    }

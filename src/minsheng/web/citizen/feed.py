"""订阅: the hall under any conditions as an Atom feed (RFC 4287). Released text only, as in the hall."""

import hashlib
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date, parse_http_date_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.queries import directory as directories
from minsheng.queries import hall
from minsheng.queries.hall import HallEntry
from minsheng.web import environment, frame, shown, words
from minsheng.web.citizen.asking import asked, said

ENTRIES = 50
SECONDS = 60
#: Letters that no XML may hold, whoever typed them.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATOM = "http://www.w3.org/2005/Atom"


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest 50 that fit; a reader that has them already is told so with 304."""
    wanted = asked(request.GET.dict())
    rows = hall.entries(wanted.filters, limit=ENTRIES).rows
    updated = max((_updated(row) for row in rows), default=None)
    told = "\n".join(f"{row.code} {_updated(row).isoformat()} {_tag(row)} {row.title} {row.excerpt} {row.answer}" for row in rows)
    etag = '"' + hashlib.sha256(f"{get_language()} {request.build_absolute_uri()}\n{told}".encode()).hexdigest()[:32] + '"'
    if _has(request, etag, updated):
        answer = HttpResponse(status=304)
    else:
        title = _("%(city)s民声：%(what)s") % {"city": directories.city().name, "what": said(wanted)}
        body = _write(request, title, wanted.link("hall"), wanted.link("feed"), rows, updated)
        answer = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = f"public, max-age={SECONDS}"
    if updated is not None:
        answer["Last-Modified"] = http_date(updated.timestamp())
    return answer


def _updated(row: HallEntry) -> datetime:
    """The last change that the hall knows of."""
    return max(moment for moment in (row.received_at, row.answered_at, row.closed_at) if moment is not None)


def _tag(row: HallEntry) -> str:
    return shown.tag(row.state, overdue=row.due_at is not None and row.due_at < clock.now())


def _has(request: HttpRequest, etag: str, updated: datetime | None) -> bool:
    """Does the reader have this already? Its ETag decides where it sends one; else the time, to the second."""
    known = request.headers.get("If-None-Match")
    if known is not None:
        return known.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in known.split(",")]
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and updated is not None and int(updated.timestamp()) <= since


def _write(request: HttpRequest, title: str, page: str, own: str, rows: list[HallEntry], updated: datetime | None) -> bytes:
    host = request.get_host().split(":")[0]
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-CN" if frame.chinese() else "en"})
    _text(root, "id", f"tag:{host},2026:{own.lstrip('/')}")
    _text(root, "title", title)
    _text(root, "updated", _stamp(updated or clock.now()))
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=request.build_absolute_uri(own))
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=request.build_absolute_uri(page))
    _text(ET.SubElement(root, "author"), "name", frame.city().operator)
    for row in rows:
        _entry(root, request, host, row)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _entry(root: ET.Element, request: HttpRequest, host: str, row: HallEntry) -> None:
    tree = directories.current()
    entry = ET.SubElement(root, "entry")
    address = environment.url("case", row.code)
    _text(entry, "id", f"tag:{host},2026:{address.lstrip('/')}")
    _text(entry, "title", shown.headline(row.title, row.excerpt))
    _text(entry, "updated", _stamp(_updated(row)))
    _text(entry, "published", _stamp(row.received_at))
    ET.SubElement(entry, "link", rel="alternate", type="text/html", href=request.build_absolute_uri(address))
    if row.category in tree.categories:
        ET.SubElement(entry, "category", term=row.category or "", label=words.category(tree, row.category))
    state = _(words.TAGS[_tag(row)].word)
    unit = tree.units[row.unit].name if row.unit in tree.units else ""
    answer = f"\n\n{unit}{_('：')}{row.answer}" if row.answer else ""
    _text(entry, "summary", f"{state}\n\n{row.excerpt}{answer}")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("", text)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

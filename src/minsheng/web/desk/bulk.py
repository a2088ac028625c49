"""批量办理: choose in the list, say what is needed, watch it being done case by case."""

import secrets
from types import SimpleNamespace as Row
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wiring
from minsheng.commands import bulk, forms
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.queries import bulk as done
from minsheng.queries import colleagues as people
from minsheng.queries import directory as directories
from minsheng.queries import inbox
from minsheng.queries import wanted as choosing
from minsheng.queries.wanted import NAMES
from minsheng.web import frame
from minsheng.web.desk import forms as drawn
from minsheng.web.desk import worklist_rows
from minsheng.web.desk.entering import badge, staff

#: Rows that the question shows; more are only counted.
_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def start(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """What was ticked, and the action: asked once more with its fields, then handed to the worker."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("desk"))
    key = request.POST.get("action", "")
    try:
        codes, seen = _all(request, actor) if key == _WHOLE else _ticked(request)
        key = "export" if key == _WHOLE else key
        asked = bulk.check(key, codes, by=actor)
    except BadInput as problem:
        return _refused(request, actor, frame.words(problem), status=problem.status)
    if key in _AT_ONCE or request.POST.get("sure"):
        try:
            form = drawn.typed(request, asked.form, directories.current()) if asked.form else {}
            job = bulk.start(key, codes, form=_said(asked, form), seen=seen, once=request.POST.get("once", "")[:64], by=actor)
        except BadInput as problem:
            return _ask(request, actor, asked, codes, seen, problem=problem)
        return HttpResponseRedirect(reverse("desk-bulk", args=(job,)))
    return _ask(request, actor, asked, codes, seen)


#: What needs neither a field nor a second thought.
_AT_ONCE = frozenset({"star", "export", "print"})


def _said(asked: bulk.Action, form: dict[str, Any]) -> dict[str, Any]:
    """Only the fields of the form: the rest of what was sent is ours."""
    return {field.name: form[field.name] for field in forms.form(asked.form).fields if field.name in form} if asked.form else {}


#: The button that takes the whole list away as a file.
_WHOLE = "export-all"


def _all(request: HttpRequest, actor: Actor) -> tuple[list[str], dict[str, int]]:
    """Everything that the queue and its filters hold."""
    wanted = choosing.read({name: request.POST.get(f"q-{name}", "") for name in NAMES}, directories.current())
    return inbox.codes(actor, queue=request.POST.get("q-queue", ""), wanted=wanted, limit=bulk.MOST_IN_FILE), {}


def _ticked(request: HttpRequest) -> tuple[list[str], dict[str, int]]:
    """The codes that were ticked, with the version that the list showed."""
    codes, seen = [], {}
    for value in request.POST.getlist("code")[: bulk.MOST_IN_FILE + 1]:
        code, _colon, version = value.partition(":")
        codes.append(code)
        if version.isdecimal() and len(version) < 10:
            seen[code] = int(version)
    return list(dict.fromkeys(codes)), seen


def _refused(request: HttpRequest, actor: Actor, words: str, *, status: int) -> HttpResponse:
    context = {"staff": badge(actor), "q": "", "problem": words, "back": reverse("desk")}
    return frame.page(request, "desk/worklist/refused.html", context, status=status)


def _ask(request: HttpRequest, actor: Actor, asked: bulk.Action, codes: list[str], seen: dict[str, int], *, problem: BadInput | None = None) -> HttpResponse:
    """What is about to be done with which cases, and what is needed for it."""
    found = inbox.chosen(actor, codes[: bulk.MOST])
    given = request.POST.dict() if problem is not None or request.POST.get("sure") else {}
    if asked.key == "merge" and not given.get("into") and found:
        given["into"] = min(found, key=lambda item: (item.received_at, item.code)).code
    known = problem is not None and any(f.name == problem.field for f in forms.form(asked.form).fields) if asked.form else False
    again = drawn.Again(asked.form, given, {problem.field: frame.words(problem)} if problem is not None and known else {})
    move = drawn.move(forms.FORMS[asked.form], again, people={"person": people.choices(actor)}) if asked.form else None
    lists = drawn.lists(directories.current(), near=None)
    needed = {field.list for field in move.fields if field.type == "lookup"} if move else set()
    context = {
        "staff": badge(actor),
        "q": "",
        "action": Row(key=asked.key, label=_words(asked), effect=move.effect if move else ""),
        "move": move,
        "rows": [worklist_rows.row(item) for item in found[:_SHOWN]],
        "count": len(codes),
        "hidden": [(code, seen.get(code, version)) for code, version in _versions(found, codes)],
        "once": request.POST.get("once", "")[:64] if request.POST.get("sure") else secrets.token_urlsafe(12),
        "lists": {name: words for name, words in lists.items() if name in needed},
        "problem": frame.words(problem) if problem is not None and not known else None,
    }
    return frame.page(request, "desk/worklist/ask.html", context, status=problem.status if problem is not None else 200)


def _versions(found: list[inbox.InboxItem], codes: list[str]) -> list[tuple[str, int]]:
    """Every code with the version it has now; one that this person cannot see stays, and is refused in its turn."""
    now = {item.code: item.version for item in found}
    return [(code, now.get(code, 0)) for code in codes]


def _words(asked: bulk.Action) -> str:
    return asked.zh if frame.chinese() else asked.en


@require_safe
@staff
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """How far it is, and what became of each."""
    job = done.job(number, actor)
    asked = bulk.ACTIONS.get(job.action)
    rows = [Row(code=r.code, title=r.title, done=r.done, why=r.zh if frame.chinese() else r.en) for r in job.rows]
    context = {
        "staff": badge(actor),
        "q": "",
        "job": Row(
            id=job.id,
            action=job.action,
            label=_words(asked) if asked else job.action,
            total=job.total,
            done=job.done,
            good=job.done - job.failed,
            failed=job.failed,
            ended=job.ended_at is not None,
            at=job.at,
            file=reverse("desk-bulk-file", args=(job.id,)) if job.file else None,
            makes_file=asked is not None and asked.make is not None,
        ),
        "rows": sorted(rows, key=lambda row: (row.done is not False, row.done is None)),
        "again": [row.code for row in rows if row.done is False] if job.ended_at and (asked is None or asked.make is None) else [],
    }
    return frame.page(request, "desk/worklist/bulk.html", context)


@require_safe
@staff
def file(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponseBase:
    """The file, for whoever asked for it and nobody else."""
    job = done.job(number, actor)
    asked = bulk.ACTIONS.get(job.action)
    if not job.file or asked is None:
        raise NotFound("这个文件已经不在了，请重新导出。", "This file is no longer there; export again.")
    try:
        content = wiring.blobs().open(job.file)
    except MinshengError:
        raise NotFound("这个文件已经不在了，请重新导出。", "This file is no longer there; export again.") from None
    return FileResponse(content, as_attachment=True, filename=job.file_name, content_type=asked.media_type)

"""导入导出: the directory's files tried and applied, the directory as files and as a workbook; old cases from a table."""

import io
import zipfile
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wiring
from minsheng.commands import spreadsheets
from minsheng.commands.administering import cases, files, giving, loading
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotFound
from minsheng.policy.directory_files import FILES
from minsheng.queries import directory as directories
from minsheng.queries import jobs
from minsheng.web import frame
from minsheng.web.desk.admin.frame import administrators, errors, page, within

_CHANGES = {"units": "单位", "places": "地点", "categories": "事项", "rules": "责任规则", "posts": "责任岗位", "scopes": "分平台"}
_MARKS = {"+": "新增", "~": "改动", "-": "停用或去掉"}
#: Problems and changes that a page lists; the others are counted.
SHOWN = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@administrators
def index(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The page; sent, the files are tried and nothing is changed."""
    if request.method != "POST":
        return _page(request, actor)
    uploaded = {one.name or "": one.read(files.LIMIT + 1) for one in request.FILES.getlist("files")}
    try:
        trial = loading.rehearse(uploaded, leave_out=bool(request.POST.get("leave_out")), by=actor)
    except BadInput as problem:
        return _page(request, actor, wrong=errors(problem), status=problem.status)
    except MinshengError as problem:
        return _page(request, actor, problem=frame.words(problem), status=problem.status)
    return _page(request, actor, trial=_trial(trial), status=422 if trial.problems else 200)


@require_POST
@administrators
def apply(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """照试读的导入."""
    try:
        loading.apply(number, by=actor)
    except MinshengError as problem:
        return _page(request, actor, problem=frame.words(problem), status=problem.status)
    frame.tell(request, _("导入好了，每一条改动都记在它自己的记录里。"))
    return HttpResponseRedirect(reverse("admin-import"))


@require_POST
@administrators
def try_cases(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """试读一张诉求表."""
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise BadInput(field="file", zh="请选一张表，CSV 或 XLSX。", en="Choose a table, CSV or XLSX.")
        trial = cases.rehearse(upload.read(), name=upload.name or "table.csv", system=request.POST.get("system", ""), blobs=wiring.blobs(), by=actor)
    except BadInput as problem:
        wrong = errors(problem)
        return _page(request, actor, wrong={("file" if name == "map" else name): words for name, words in wrong.items()}, status=problem.status)
    except MinshengError as problem:
        return _page(request, actor, problem=frame.words(problem), status=problem.status)
    chinese = frame.chinese()
    bad = [Row(line=one.row.line, words=one.zh if chinese else one.en) for one in trial.bad[:SHOWN]]
    told = Row(
        good=trial.good, already=trial.already, bad=bad, bad_count=len(trial.bad), number=trial.number, columns=list(trial.columns.items()),
        total=trial.good + trial.already + len(trial.bad),
    )  # fmt: skip
    return _page(request, actor, tried=told)


@require_POST
@administrators
def begin_cases(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """开始导入诉求."""
    cases.begin(number, by=actor)
    return HttpResponseRedirect(reverse("admin-job", args=(number,)))


@require_safe
@administrators
def report(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """逐行的结果: a CSV without anybody's name."""
    job = jobs.one(number, user=actor.id)
    if job is None or not job.file:
        raise NotFound()
    answer = HttpResponse(wiring.blobs().get(job.file), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{job.file_name}"'
    return answer


@require_POST
@administrators
def export(request: HttpRequest, kind: str, *, actor: Actor) -> HttpResponse:
    """导出通讯录: as a workbook, or as the files that `minsheng load` reads."""
    tree = directories.current()
    roots = directories.administered(actor)
    units = None if tree.root in roots else {code for root in roots for code in tree.subtree(root)}
    tables = files.tables(units)
    giving.give_out("directory", rows=sum(len(rows) - 1 for rows in tables.values()), what={"as": kind}, by=actor)
    if kind == "xlsx":
        answer = HttpResponse(spreadsheets.workbook(tables), content_type=XLSX)
    else:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
            for name, text in files.as_files(units).items():
                pack.writestr(name, text)
        answer = HttpResponse(out.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="directory-{tree.city}.{"xlsx" if kind == "xlsx" else "zip"}"'
    return answer


def _page(
    request: HttpRequest, actor: Actor, *, trial: Row | None = None, tried: Row | None = None, wrong: dict[str, str] | None = None,
    problem: str | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "trial": trial,
        "tried": tried,
        "form": Row(values={"system": request.POST.get("system", "")}, errors=wrong or {}),
        "names": FILES,
        "mine": within(actor, directories.current(), None),
        "problem": problem,
        "conflict": None,
    }
    return page(request, "import", actor, "import", context, status=status)


def _trial(trial: loading.Trial) -> Row:
    chinese = frame.chinese()

    def told(problem: Any) -> Row:
        return Row(file=problem.file, line=problem.line, key=problem.key, words=problem.zh if chinese else problem.en)

    changes = [
        Row(
            label=_(_CHANGES[one.kind]),
            parts=[Row(mark=mark, words=_(zh), items=items[:SHOWN], more=max(0, len(items) - SHOWN), count=len(items))
                   for (mark, zh), items in zip(_MARKS.items(), (one.new, one.changed, one.gone), strict=True) if items],
        )
        for one in trial.changes
    ]  # fmt: skip
    return Row(
        problems=[told(one) for one in trial.problems[:SHOWN]], count=len(trial.problems), forgivable=trial.forgivable,
        left_out=[told(one) for one in trial.left_out], changes=changes, people=trial.people, number=trial.number, several=trial.several,
    )  # fmt: skip

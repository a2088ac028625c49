"""办得怎样了: the progress of a job, and what became of each row. The page asks again every few seconds while the worker is at it."""

from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.models.work import BulkJob
from minsheng.queries import jobs
from minsheng.web import frame
from minsheng.web.desk.admin.frame import administrators, page

#: action → what is done, in words.
WORDS = {"adm_dissolve": "移交撤销单位的工单", "adm_hand_back": "移交个人手上的工单", "adm_recount": "按新日历重算时限", "adm_cases": "导入诉求"}
#: Rows shown that were not done: the rest stands in the file.
SHOWN = 200


@require_safe
@administrators
def show(request: HttpRequest, number: int, *, actor: Actor) -> HttpResponse:
    """One job of this person."""
    found = jobs.one(number, user=actor.id)
    if found is None:
        raise NotFound(_("没有这项任务，或者不是您发起的。"), "There is no such job, or it is not yours.")
    left = [Row(code=code, words=row["zh"] if frame.chinese() else row["en"]) for code, row in found.results.items() if not row["done"]]
    context = {
        "job": found,
        "what": _(WORDS.get(found.action, found.action)),
        "left": left[:SHOWN],
        "left_count": len(left),
        "percent": min(100, found.done * 100 // found.total) if found.total else (100 if found.ended_at else 0),
        "cases": found.action != "adm_cases",
        "said": _said(found, len(left)),
    }
    template = "progress" if request.headers.get("HX-Request") else "job"
    return page(request, template, actor, "", context)


def _said(job: BulkJob, left: int) -> str:
    """What has come of it, in a sentence."""
    if job.action == "adm_recount":
        return str(_("看了 %(n)s 件，%(moved)s 个时限改到了新的日子。") % {"n": job.done, "moved": job.data.get("moved", 0)})
    if job.action == "adm_cases":
        counts = {"filed": 0, "already": 0, "bad": 0, **job.data.get("counts", {})}
        return str(_("新建 %(filed)s 件，以前导入过 %(already)s 件，没有导入 %(bad)s 行。") % counts)
    return str(_("办成 %(good)s 件，没办成 %(bad)s 件。") % {"good": job.done - left, "bad": left})

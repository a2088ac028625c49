"""干长活: the worker's side of the jobs of the administration. Each case is a transaction of its own; the row says how far it is."""

from collections.abc import Callable

from minsheng import clock
from minsheng.commands import deadlines
from minsheng.commands.administering import cases, days, handing
from minsheng.domain.errors import MinshengError
from minsheng.models.work import BulkJob
from minsheng.policy.directory import Directory
from minsheng.ports import BlobStore, Classifier
from minsheng.queries import calendar_days, members
from minsheng.queries import directory as directories

#: How many cases are done before the row says so.
STEP = 10
_EACH = {"adm_dissolve": handing.take_over, "adm_hand_back": handing.give_back}


def carry_on(number: int, *, blobs: BlobStore, classify: Callable[[Directory], Classifier]) -> None:
    """Do the job, from where it stands."""
    job = BulkJob.objects.get(pk=number)
    if job.ended_at is not None:
        return
    directories.forget()  # what another process has just changed is what the job is about
    if job.action == "adm_recount":
        _recount(job)
    elif job.action == cases.ACTION:
        cases.file_all(job, blobs=blobs, classifier=classify(directories.current()))
    else:
        _each_case(job, _EACH[job.action])


def _each_case(job: BulkJob, each: Callable[[str, BulkJob], None]) -> None:
    # A unit that is dissolved on a day may have got more until then.
    codes = members.order_codes(str(job.data["unit"])) if job.action == "adm_dissolve" else list(job.codes)
    job.codes = list(dict.fromkeys([*job.results, *codes]))
    job.total = len(job.codes)
    for n, code in enumerate([code for code in job.codes if code not in job.results], start=1):
        job.results[code] = _tried(each, code, job)
        if n % STEP == 0:
            job.done = len(job.results)
            job.save(update_fields=["codes", "total", "results", "done"])
    job.done, job.ended_at = len(job.results), clock.now()
    job.save(update_fields=["codes", "total", "results", "done", "ended_at"])


def _tried(each: Callable[[str, BulkJob], None], code: str, job: BulkJob) -> dict[str, object]:
    """What became of one case; what is refused is named, and the others go on."""
    try:
        each(code, job)
    except MinshengError as refused:
        return {"done": False, "zh": refused.zh, "en": refused.en}
    return {"done": True, "zh": "", "en": ""}


def _recount(job: BulkJob) -> None:
    """Running clocks that span the day, a few cases a transaction, by their keys."""
    day = days.day_of(job)
    while ids := calendar_days.cases_over(day, after=int(job.data.get("upto", 0)), limit=deadlines.BATCH):
        job.data = {**job.data, "upto": ids[-1], "moved": int(job.data.get("moved", 0)) + deadlines.recount(ids, day=day)}
        job.done += len(ids)
        job.total = max(job.total, job.done)
        job.save(update_fields=["data", "done", "total"])
    job.total, job.ended_at = job.done, clock.now()
    job.save(update_fields=["total", "ended_at"])

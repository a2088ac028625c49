"""批量办理: one action on many cases. A worker takes them one by one, each through the same command as by hand and with the rights of whoever asked.

    job = start("urge", codes, form={}, seen={code: version}, key="…", by=actor)     # a double click is the same job
    work_off(job, blobs=…)                                                           # the worker; started anew, it goes on where it stopped

What became of each row is written in the transaction of its deed: done, or why not.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from minsheng import clock
from minsheng.commands import acts, forms, papers, stars, tables
from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, MinshengError, NotAllowed, NotFound
from minsheng.models.batch import Batch
from minsheng.models.case import Case
from minsheng.models.work import BulkJob
from minsheng.ports import BlobStore, Printer
from minsheng.queries import directory as directories
from minsheng.queries import inbox
from minsheng.queue import later

#: Rows of one job; a file may hold more.
MOST, MOST_IN_FILE = 500, 10_000
#: How long a file waits for its owner.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What can be done with many cases. form: the move whose fields are asked for, "" for none. make: for those that end in a file."""

    key: str
    zh: str
    en: str
    form: str = ""
    make: Callable[..., bytes] | None = None
    ending: str = ""
    media_type: str = ""
    deed: str = ""
    limit: int = 0

    @property
    def most(self) -> int:
        """How many cases at once."""
        return self.limit or (MOST if self.make is None else MOST_IN_FILE)


def _print(codes: Sequence[str], *, by: Actor, printer: Printer, blobs: BlobStore) -> bytes:
    """办理单 of each, without names and numbers: those are opened case by case, with a reason."""
    return papers.sheets(codes, kind="handling", base=settings.MINSHENG_SITE, by=by, printer=printer, blobs=blobs)


def _table(codes: Sequence[str], *, by: Actor, printer: Printer, blobs: BlobStore) -> bytes:
    return tables.cases(codes, by=by)


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: In the order of the bar.
ACTIONS = {
    action.key: action
    for action in (
        Action(key="dispatch", zh="派单", en="Dispatch", form="dispatch"),
        Action(key="assign", zh="分派到人", en="Assign", form="assign"),
        Action(key="urge", zh="催办", en="Urge", form="urge"),
        Action(key="merge", zh="并成一件", en="Merge", form="merge"),
        Action(key="star", zh="盯着", en="Watch"),
        Action(key="print", zh="打印办理单", en="Print", make=_print, ending="pdf", media_type="application/pdf", limit=papers.MOST),
        Action(key="export", zh="导出", en="Export", make=_table, ending="xlsx", media_type=XLSX, deed="export"),
    )
}


def action(key: str) -> Action:
    """The action of this name, or BadInput."""
    if key not in ACTIONS:
        raise BadInput(field="action", zh="没有这个批量操作。", en="There is no such action for many cases.")
    return ACTIONS[key]


def start(key: str, codes: Sequence[str], *, form: Mapping[str, Any], seen: Mapping[str, int], once: str, by: Actor) -> int:
    """Check what is asked and hand it to the worker; returns the job. once: the key of the form: the same asked again is the same job."""
    asked = check(key, codes, by=by)
    if asked.form:
        forms.parse(asked.form, form)
    rows = [code for code in dict.fromkeys(codes) if not (key == "merge" and code == form.get("into"))]
    if not rows:
        raise BadInput(field="into", zh="除了主件，还要选至少一件。", en="Choose at least one case beside the main one.")
    told = json.dumps([by.tag, once, key, rows, dict(form)], ensure_ascii=False, sort_keys=True, default=str)
    with transaction.atomic():
        job, made = BulkJob.objects.get_or_create(
            key=hashlib.sha256(told.encode()).hexdigest(),
            defaults={
                "user_id": by.id, "action": key, "codes": rows, "total": len(rows), "at": clock.now(),
                "data": {"form": dict(form), "seen": {code: seen[code] for code in rows if code in seen}},
            },
        )  # fmt: skip
        if made:
            acts.record("bulk", by=by, subject=f"bulk:{job.pk}", after={"action": key, "count": len(rows)})
            batch = Batch()
            later(batch, "bulk", job=job.pk)
            batch.write()
    return job.pk


def check(key: str, codes: Sequence[str], *, by: Actor) -> Action:
    """Can this be asked for so many? Each case is asked for itself when its turn comes."""
    asked = action(key)
    if asked.deed and not access.may(by, asked.deed, directories.current()):
        raise NotAllowed("您的岗位不能导出。", "Your post does not export.")
    if not codes:
        raise BadInput(field="code", zh="还没有选。请先勾选要办的诉求。", en="Nothing is chosen. Tick some cases first.")
    if len(set(codes)) > asked.most:
        raise BadInput(
            field="code",
            zh=f"一次最多 {asked.most:,} 件，您选了 {len(set(codes)):,} 件。请分几次。",
            en=f"At most {asked.most:,} at once; please do it in parts.",
        )
    if any(len(code) > 24 or "\0" in code for code in codes):
        raise BadInput(field="code", zh="有的编号不对，请回到列表重新勾选。", en="Some codes are not right; tick the cases again.")
    return asked


def work_off(job: int, *, blobs: BlobStore, printer: Printer) -> None:
    """Do what is left of a job: every row in a transaction of its own, the file (where there is one) at the end."""
    while _one_row(job):
        pass
    _finish(job, blobs, printer)


def _one_row(job: int) -> bool:
    """The next row that has no result yet; False when there is none."""
    with transaction.atomic():
        row = BulkJob.objects.select_for_update().filter(pk=job, ended_at=None).first()
        if row is None or ACTIONS[row.action].make is not None:
            return False
        code = next((code for code in row.codes if code not in row.results), None)
        if code is None:
            return False
        try:
            with transaction.atomic():
                _perform(row, code, _actor(row))
        except MinshengError as problem:
            row.results[code] = {"done": False, "zh": problem.zh, "en": problem.en}
        else:
            row.results[code] = {"done": True, "zh": "", "en": ""}
        row.done = len(row.results)
        row.save(update_fields=["results", "done"])
    return True


def _actor(row: BulkJob) -> Actor:
    """Whoever asked, with the rights of today."""
    user = row.user
    found = directories.staff(user.pk, name=user.display_name, on=clock.local(clock.now()).date())
    if not user.is_active or not found.memberships:
        raise NotAllowed("您的账号现在没有岗位。", "Your account holds no post now.")
    return found


def _perform(row: BulkJob, code: str, by: Actor) -> None:
    if row.action == "star":
        stars.star(code, by=by)
    else:
        forms.perform(code, ACTIONS[row.action].form, row.data["form"], by=by, seen=row.data["seen"].get(code))


def _finish(job: int, blobs: BlobStore, printer: Printer) -> None:
    """Make the file of those cases that may be seen, and end the job. Act, file and end are one transaction."""
    with transaction.atomic():
        row = BulkJob.objects.select_for_update().filter(pk=job, ended_at=None).first()
        if row is None:
            return
        asked = ACTIONS[row.action]
        if asked.make is not None:
            try:
                by = _actor(row)
                left = _left_out(row, by)
                codes = [code for code in row.codes if code not in left]
                if codes:
                    row.file = blobs.put(asked.make(codes, by=by, printer=printer, blobs=blobs)).sha256
                    row.file_name = f"{row.action}-{clock.local(clock.now()):%Y%m%d-%H%M}.{asked.ending}"
            except MinshengError as problem:
                left = {code: {"done": False, "zh": problem.zh, "en": problem.en} for code in row.codes}
            row.results, row.done = left, len(row.codes)
        row.ended_at = clock.now()
        row.save(update_fields=["results", "done", "file", "file_name", "ended_at"])


def _left_out(row: BulkJob, by: Actor) -> dict[str, Any]:
    """What is not in the file, and why not."""
    visible = inbox.visible(by, row.codes)
    secret = set(Case.objects.filter(code__in=row.codes, visibility="secret").values_list("code", flat=True)) if row.action == "export" else set()
    unseen, report = NotFound(), NotAllowed("举报不导出。", "Reports of misconduct are not exported.")
    why = {code: report if code in visible else unseen for code in row.codes if code not in visible or code in secret}
    return {code: {"done": False, "zh": problem.zh, "en": problem.en} for code, problem in why.items()}


def sweep(*, blobs: BlobStore) -> int:
    """清理: files that nobody fetched in time, and the jobs with them; returns how many."""
    old = list(BulkJob.objects.filter(at__lt=clock.now() - KEPT)[:200])
    for row in old:
        with transaction.atomic():
            row.delete()
            if row.file and not BulkJob.objects.filter(file=row.file).exists():
                blobs.erase(row.file)
    return len(old)

"""导入诉求: old cases of another system from a table, tried first, then filed by the worker; each row ends as a case or with its reason.

The table itself holds people's names: it lies in the store of files until the job is over. Of a row its line, its number and the reason are kept.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from minsheng import clock
from minsheng.commands import importing
from minsheng.commands.acts import record
from minsheng.commands.administering import carrying
from minsheng.commands.administering.ground import areas_of
from minsheng.commands.importing import Outcome
from minsheng.commands.spreadsheets import Table, comma_separated
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.models.batch import Batch
from minsheng.models.work import BulkJob
from minsheng.ports import BlobStore, Classifier
from minsheng.queries import directory as directories
from minsheng.queue import later

ACTION = "adm_cases"
#: A table that is tried on a screen; longer ones go by `minsheng import`.
MOST = 20_000
STEP = 20
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trial:
    """试读: columns as they were understood, rows by what would become of them, the bad ones with their reasons; the number under which it can begin."""

    columns: dict[str, str]
    good: int
    already: int
    bad: tuple[Outcome, ...]
    number: int


def rehearse(content: bytes, *, name: str, system: str, blobs: BlobStore, by: Actor) -> Trial:
    """试读一张表: look at every row, file nothing."""
    tree = directories.current()
    if tree.root not in areas_of(by, tree):
        raise NotAllowed("导入诉求要由全市的管理员来做。", "Cases are imported by an administrator of the whole city.")
    system = f"import:{system.strip() or Path(name).stem}"
    if len(system) > 40:
        raise BadInput(field="system", zh="原来系统的名字最多 33 个字。", en="The name of the old system takes at most 33 characters.")
    with _on_disk(content, name) as table:
        where = importing.columns(table.headers, {})
        outcomes = list(importing.rehearse(table.rows(), where, system=system))
    if len(outcomes) > MOST:
        raise BadInput(field="file", zh=f"这张表超过 {MOST:,} 行，请用命令行 minsheng import 导入。", en=f"More than {MOST:,} rows: use minsheng import.")
    bad = tuple(one for one in outcomes if one.status == "bad")
    good = sum(one.status == "filed" for one in outcomes)
    assert by.id is not None
    data = {"sha": blobs.put(content).sha256, "name": name[:80], "system": system, "columns": where, "bad": len(bad)}
    job = BulkJob.objects.create(user_id=by.id, action=ACTION, codes=[], data=data, total=len(outcomes), at=clock.now())
    return Trial(where, good, len(outcomes) - good - len(bad), bad, int(job.pk))


def begin(number: int, *, by: Actor) -> None:
    """开始导入: the rows that are good; the worker files them."""
    with transaction.atomic():
        job = BulkJob.objects.select_for_update().filter(pk=number, user_id=by.id, action=ACTION, ended_at=None).first()
        if job is None or "begun" in job.data:
            raise NotFound("没有这次试读，或者已经开始导入了。", "There is no such dry run, or it has begun already.")
        job.data = {**job.data, "begun": clock.now().isoformat()}
        job.save(update_fields=["data"])
        record("import", by=by, subject="cases", after={"rows": job.total, "bad": job.data["bad"], "name": job.data["name"]})
        batch = Batch()
        later(batch, carrying.TASK, job=job.pk)
        batch.write()


def sweep_untaken(*, blobs: BlobStore) -> int:
    """清理: tables that were tried a day ago and never begun go, with the names in them."""
    old = BulkJob.objects.filter(action=ACTION, ended_at=None, at__lt=clock.now() - KEPT_FOR)
    gone = [job for job in old if "begun" not in job.data]
    for job in gone:
        blobs.erase(job.data["sha"])
        job.delete()
    return len(gone)


def file_all(job: BulkJob, *, blobs: BlobStore, classifier: Classifier) -> None:
    """The worker's part: every row of the table, from where it stands; rows that were filed before are known by their numbers."""
    counts = {"filed": 0, "already": 0, "bad": 0}
    report: list[tuple[object, ...]] = [("行号", "编号", "结果", "诉求编号", "原因")]
    number = job.data["columns"].get("number", "")
    with _on_disk(blobs.get(job.data["sha"]), job.data["name"]) as table:
        for n, one in enumerate(importing.file_all(table.rows(), job.data["columns"], system=job.data["system"], classifier=classifier), start=1):
            counts[one.status] += 1
            report.append((one.row.line, one.row.cells.get(number) or "", _SAID[one.status], one.code, one.zh))
            if one.status == "bad":
                job.results[f"{one.row.line}"] = {"done": False, "zh": f"第 {one.row.line} 行 {one.zh}", "en": f"Line {one.row.line}: {one.en}"}
            if n % STEP == 0:
                _note(job, n, counts)
    job.file = blobs.put(comma_separated(report).encode()).sha256
    job.file_name = f"import-{job.pk}.csv"
    job.ended_at = clock.now()
    _note(job, sum(counts.values()), counts)
    blobs.erase(job.data["sha"])


_SAID = {"filed": "新建", "already": "以前导入过", "bad": "没有导入"}


def _note(job: BulkJob, done: int, counts: dict[str, int]) -> None:
    job.done, job.data = done, {**job.data, "counts": dict(counts)}
    job.save(update_fields=["done", "data", "results", "file", "file_name", "ended_at"])


@contextmanager
def _on_disk(content: bytes, name: str) -> Iterator[Table]:
    """The table as a file, for as long as it is read."""
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix[:8]) as file:
        file.write(content)
        file.flush()
        yield Table(Path(file.name), encoding=None, name=name)

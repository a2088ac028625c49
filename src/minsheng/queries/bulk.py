"""批量办理 as whoever asked for it sees it: how far it is, and what became of each case."""

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.access import Actor
from minsheng.domain.errors import NotFound
from minsheng.models.case import Case
from minsheng.models.work import BulkJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One case of a job. done: None while it waits."""

    code: str
    title: str
    done: bool | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job. file_name is empty while there is no file, or none to be had."""

    id: int
    action: str
    total: int
    done: int
    failed: int
    file: str
    file_name: str
    at: datetime
    ended_at: datetime | None
    rows: list[Outcome]


def job(number: int, actor: Actor) -> Job:
    """A job of this person, with every row that did not go (or all, where each is a deed); NotFound for other people's. Two queries."""
    row = BulkJob.objects.filter(pk=number, user_id=actor.id).first()
    if row is None:
        raise NotFound("没有这个批量任务，或者已经过期。", "There is no such job, or it is too old.")
    shown = [code for code in row.codes if code in row.results or not row.file_name][:500]
    titles = dict(Case.objects.filter(code__in=[code for code in shown if row.results.get(code, {}).get("done")]).values_list("code", "title"))
    waits = {"done": None, "zh": "", "en": ""}
    rows = [Outcome(code=code, title=titles.get(code, ""), **row.results.get(code, waits)) for code in shown]
    failed = sum(1 for result in row.results.values() if not result["done"])
    return Job(
        id=row.pk, action=row.action, total=row.total, done=row.done, failed=failed, file=row.file, file_name=row.file_name, at=row.at,
        ended_at=row.ended_at, rows=rows,
    )  # fmt: skip

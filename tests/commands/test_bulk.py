"""批量办理: many cases, each as by hand; what was done and what was not, and why. Started anew it goes on, asked twice it is one job."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from openpyxl import load_workbook

from minsheng import wiring
from minsheng.adapters.storage import MemoryBlobs
from minsheng.commands import amending, bulk, dispatch, handling
from minsheng.domain.errors import BadInput, NotAllowed, NotFound
from minsheng.jobs.bulk import bulk as task
from minsheng.models.case import Case
from minsheng.models.people import User
from minsheng.models.read import HallRow
from minsheng.models.staff import Act
from minsheng.models.work import BulkJob, Star
from minsheng.queries import bulk as reading
from tests.commands import scenes
from tests.commands.scenes import CLERK, unchanged
from tests.world import World

Make = Callable[..., World]


def ask(city: World, action: str, codes: list[str], *, by: str = "dispatch1", once: str = "k", **form: Any) -> int:
    seen = dict(Case.objects.filter(code__in=codes).values_list("code", "version"))
    return bulk.start(action, codes, form=form, seen=seen, once=once, by=city.who(by))


def run(job: int) -> dict[str, Any]:
    bulk.work_off(job, blobs=MemoryBlobs(), printer=wiring.printer())
    return dict(BulkJob.objects.get(pk=job).results)


def queued() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'bulk'")
        return [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]


def test_what_was_done_and_what_not_and_why(world: Make) -> None:
    """Four to urge: one was urged today, one is over, one does not exist; the fourth is urged. Each says so in both languages."""
    city = world("yunchuan")
    good, urged, over = scenes.handled(city), scenes.handled(city), scenes.handled(city)
    city.do(amending.urge, urged, by="dispatch1")
    city.do(amending.withdraw, over, by="citizen", reason="自己修好了。")
    job = ask(city, "urge", [good, urged, over, "YC990000000"])
    assert queued() == [{"job": job}]
    results = run(job)
    assert [results[code]["done"] for code in (good, urged, over, "YC990000000")] == [True, False, False, False]
    assert "已经催过" in results[urged]["zh"] and "already" in results[urged]["en"]
    assert "已撤回" in results[over]["zh"]
    assert city.case(good).facts["urged_at"]
    row = BulkJob.objects.get(pk=job)
    assert (row.total, row.done, row.ended_at is not None) == (4, 4, True)
    view = reading.job(job, city.who("dispatch1"))
    assert (view.done, view.failed, len(view.rows)) == (4, 3, 4)
    with pytest.raises(NotFound):
        reading.job(job, city.who("supervisor1"))
    assert Act.objects.get(kind="bulk").after == {"action": "urge", "count": 4}
    city.holds()


def test_a_double_click_is_one_job(world: Make) -> None:
    """The same form twice is the same job; another choice, or the form drawn anew, is another."""
    city = world("yunchuan")
    codes = [scenes.handled(city) for _ in range(2)]
    first = ask(city, "urge", codes)
    assert ask(city, "urge", codes) == first
    assert ask(city, "urge", [*codes, codes[0]]) == first, "what is ticked twice is ticked"
    assert len({first, ask(city, "urge", codes[:1]), ask(city, "urge", codes, once="k2"), ask(city, "urge", codes, by="desk1")}) == 4
    assert len(queued()) == 4
    assert run(first) and run(first)
    events = city.case(codes[0]).seq
    run(first)
    assert city.case(codes[0]).seq == events


def test_it_goes_on_where_it_stopped(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies in the middle: what is done stays done, the case it was at is as it was, the next worker does the rest, nothing twice."""
    city = world("yunchuan")
    codes = [scenes.handled(city) for _ in range(3)]
    job = ask(city, "urge", codes)
    perform, calls = bulk._perform, []

    def dies(row: BulkJob, code: str, by: Any) -> None:
        calls.append(code)
        perform(row, code, by)
        if len(calls) == 2:
            raise RuntimeError("the power went off")

    monkeypatch.setattr(bulk, "_perform", dies)
    with pytest.raises(RuntimeError):
        run(job)
    row = BulkJob.objects.get(pk=job)
    assert (row.done, row.ended_at) == (1, None)
    assert [bool(city.case(code).facts["urged_at"]) for code in codes] == [True, False, False]
    assert all(result["done"] for result in run(job).values())
    assert calls == [codes[0], codes[1], codes[1], codes[2]]
    city.holds()


def test_a_stale_row_is_refused_alone(world: Make) -> None:
    """A colleague dispatched one of them meanwhile: that row says so, the others go."""
    city = world("yunchuan")
    codes = [scenes.registered(city) for _ in range(2)]
    job = ask(city, "dispatch", codes, lead="yinxing")
    city.do(dispatch.dispatch, codes[0], by="desk1" if city.who("desk1").has("dispatcher") else "dispatch1", lead="songtao")  # type: ignore[arg-type]
    results = run(job)
    assert [results[code]["done"] for code in codes] == [False, True]
    assert "同事" in results[codes[0]]["zh"] or "待派单" in results[codes[0]]["zh"]
    assert city.case(codes[1]).unit == "yinxing"
    city.holds()


def test_with_the_rights_of_whoever_asked(world: Make) -> None:
    """A clerk may not urge; somebody who has lost the post meanwhile may nothing; another county sees nothing."""
    city = world("yunchuan")
    code = scenes.handled(city)
    assert "坐席" in run(ask(city, "urge", [code], by=CLERK))[code]["zh"]
    assert run(ask(city, "urge", [code], by="minghu-centre"))[code]["zh"] == NotFound().zh
    job = ask(city, "urge", [code], by="dispatch1")
    User.objects.filter(username="dispatch1").update(is_active=False)
    assert "没有岗位" in run(job)[code]["zh"]
    assert not city.case(code).facts["urged_at"]


def test_merge_assign_star(world: Make) -> None:
    """The main case is left out of its own merging; a colleague gets what is assigned; stars are set."""
    city = world("yunchuan")
    codes = [scenes.handled(city) for _ in range(3)]
    results = run(ask(city, "merge", codes, into=codes[0]))
    assert set(results) == set(codes[1:]) and all(one["done"] for one in results.values())
    assert [city.state(code) for code in codes[1:]] == ["merged", "merged"]
    with pytest.raises(BadInput) as alone:
        ask(city, "merge", codes[:1], into=codes[0])
    assert alone.value.field == "into"
    clerk = city.who(CLERK)
    assert run(ask(city, "assign", codes[:1], by=CLERK, to=str(clerk.id)))[codes[0]]["done"]
    assert city.case(codes[0]).facts["orders"][0]["assignee"] == clerk.id
    outsider = run(ask(city, "assign", codes[:1], by=CLERK, to=str(city.who("dispatch1").id), once="k2"))
    assert "本单位" in outsider[codes[0]]["zh"]
    assert run(ask(city, "star", codes[:1]))[codes[0]]["done"]
    assert Star.objects.count() == 1
    city.holds()


@pytest.mark.parametrize(
    ("action", "codes", "form", "field"),
    [
        ("nothing", 1, {}, "action"), ("urge", 0, {}, "code"), ("merge", 1, {}, "into"), ("assign", 1, {"to": "x"}, "to"), ("urge", 501, {}, "code"),
        ("dispatch", 1, {"lead": "a b"}, "lead"),
    ],
)  # fmt: skip
def test_what_does_not_begin(world: Make, action: str, codes: int, form: dict[str, str], field: str) -> None:
    city = world("yunchuan")
    made = [f"YC99{n:07d}" for n in range(codes)]
    with unchanged(), pytest.raises(BadInput) as refused:
        ask(city, action, made, **form)
    assert refused.value.field == field
    with pytest.raises(BadInput):
        ask(city, "urge", ["x" * 25])


def test_export(world: Make) -> None:
    """Only what may be seen, released words, no person, no formula, no 举报; an act is written; the file is its owner's."""
    city = world("yunchuan")
    good = city.file(**{**scenes.LAMP, "title": "=1+1 路灯"})
    secret = city.file(**{**scenes.LAMP, "kind": "report", "title": "有人收钱", "body": "某单位有人收钱才办事。"})
    private = city.file(**{**scenes.LAMP, "wish": "private", "title": "私事", "body": "邻居的私事。"})
    blobs = MemoryBlobs()
    job = ask(city, "export", [good, secret, private, "YC990000000"])
    bulk.work_off(job, blobs=blobs, printer=wiring.printer())
    row = BulkJob.objects.get(pk=job)
    assert row.file_name.endswith(".xlsx") and row.ended_at
    assert set(row.results) == {secret, "YC990000000"} and "举报" in row.results[secret]["zh"]
    sheet = load_workbook(BytesIO(blobs.get(row.file))).worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line]
    words = "\n".join(str(cell.value) for cell in cells)
    assert good in words and private in words and secret not in words
    for hidden in ("13800000001", "张先生", "邻居的私事", "收钱"):
        assert hidden not in words
    assert all(cell.data_type != "f" for cell in cells)
    released = HallRow.objects.filter(code=good).values_list("title", flat=True).first()
    assert released is None or f"'{released}" in words
    assert Act.objects.get(kind="export").after == {"count": 2}
    with pytest.raises(NotAllowed):
        ask(city, "export", [good], by="checker1")
    with pytest.raises(NotFound):
        reading.job(job, city.who("supervisor1"))
    city.wait("8 days")
    assert bulk.sweep(blobs=blobs) == 1 and not blobs.has(row.file)
    assert bulk.sweep(blobs=blobs) == 0


def test_the_task_of_the_worker(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job as it is queued."""
    city, blobs = world("yunchuan"), MemoryBlobs()
    monkeypatch.setattr(wiring, "blobs", lambda: blobs)
    code = scenes.dispatched(city)
    city.do(handling.claim, code, by=CLERK)
    job = ask(city, "urge", [code])
    (args,) = queued()
    for _ in range(2):
        task(**args)
    assert BulkJob.objects.get(pk=job).results[code]["done"]
    task(job=999_999)

"""The jobs: found by their names, thin, tried again when sending fails, and the same however often they run."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from minsheng import clock, wiring
from minsheng.adapters.parts import MemoryParts
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.commands import uploads
from minsheng.jobs import notify, periodic
from minsheng.models.case import Attachment, Upload
from minsheng.models.event import Checkpoint
from minsheng.models.read import Notice, Tally, TallyDelta
from minsheng.ports import Sms, Undelivered
from tests.commands import scenes
from tests.world import World

Make = Callable[..., World]


def test_every_queued_name_is_a_task(world: Make) -> None:
    """What a command queues, a worker finds; with arguments that the task takes."""
    city = world("yunchuan")
    scenes.handled(city)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT task_name, args FROM procrastinate_jobs")
        queued = cursor.fetchall()
    assert queued
    for name, _ in queued:
        assert name in app.tasks
    assert {"sweep", "fold", "checkpoint", "tidy"} <= set(app.tasks)


def test_the_clock_of_every_periodic_task_is_named() -> None:
    """Each periodic task is registered with its cron."""
    registered = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert registered["sweep"] == registered["fold"] == "* * * * *"
    assert registered["checkpoint"] == "10 16 * * *", "ten past midnight in Beijing"


def test_notify_sends_through_the_wired_sender_and_twice_is_once(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job as the worker calls it."""
    city, sms = world("yunchuan"), ConsoleSms()
    monkeypatch.setattr(wiring, "sms", lambda: sms)
    row = city.case(scenes.handled(city))
    for _ in range(2):
        notify.notify(case=row.pk, first=1, last=row.seq)
    assert len(sms.sent) == Notice.objects.filter(channel="sms").count() > 0


def test_a_failed_notify_is_tried_again_later(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The failure reaches the worker, which waits longer each time: a provider that is down for an hour costs no message."""

    class Down(ConsoleSms):
        def send(self, message: Sms) -> None:
            raise Undelivered("没有应答。", "No answer.")

    city = world("yunchuan")
    monkeypatch.setattr(wiring, "sms", Down)
    row = city.case(scenes.dispatched(city))
    with pytest.raises(Undelivered):
        notify.notify(case=row.pk, first=1, last=row.seq)
    assert Notice.objects.filter(channel="sms", sent_at=None).exists()
    strategy = notify.notify.retry_strategy
    assert strategy is not None
    waits = []
    for attempt in range(1, 20):
        decision = strategy.get_retry_decision(exception=Undelivered("", ""), job=SimpleNamespace(attempts=attempt, task_kwargs={}, id=1))
        if decision is None:
            break
        waits.append(decision)
    assert 8 <= len(waits) < 19


def test_sweep_fold_checkpoint_run_and_run_again(world: Make) -> None:
    """Each as the worker calls it, twice: the second time there is nothing left to do."""
    city = world("yunchuan")
    code = scenes.dispatched(city)
    city.wait("25 hours")
    for _ in range(2):
        periodic.sweep(timestamp=0)
        periodic.fold(timestamp=0)
        periodic.checkpoint(timestamp=0)
    assert not TallyDelta.objects.exists() and Tally.objects.filter(metric="claim_missed", n=1).count() == 1
    assert Checkpoint.objects.count() == 1
    assert city.actions(code).count("measure_opened") == 1
    city.holds()


def test_tidy_removes_what_nobody_took(world: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Files without a case after a day, erased ones at once, uploads that were not finished."""
    city = world("yunchuan")
    blobs, parts = LocalBlobs(Path(str(tmp_path))), MemoryParts()
    monkeypatch.setattr(wiring, "blobs", lambda: blobs)
    monkeypatch.setattr(wiring, "parts", lambda: parts)
    tickets = [uploads.begin("video", size=100) for _ in range(2)]
    for ticket in tickets:
        uploads.receive(ticket, offset=0, content=b"x", parts=parts)
    Upload.objects.filter(ticket=tickets[0]).update(at=clock.now() - timedelta(days=2))
    code = scenes.dispatched(city)
    kept, fresh, old, erased = (blobs.put(bytes([n]) * 10).sha256 for n in range(4))
    day = timedelta(days=2)
    rows = {
        kept: (city.case(code), clock.now() - day, None),
        fresh: (None, clock.now(), None),
        old: (None, clock.now() - day, None),
        erased: (city.case(code), clock.now(), clock.now()),
    }
    for digest, (case, at, erased_at) in rows.items():
        Attachment.objects.create(
            case=case, digest=digest, thumbnail=digest, media_type="image/jpeg", size=10, at=at, erased_at=erased_at, ticket="t" if case is None else ""
        )
    periodic.tidy(timestamp=0)
    assert [blobs.has(d) for d in (kept, fresh, old, erased)] == [True, True, False, False]
    assert uploads.sweep_unbound(blobs=blobs) == 0
    assert parts.tickets() == (tickets[1],)

"""The jobs: found by their names, thin, tried again when sending fails, and the same however often they run."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from procrastinate.contrib.django import app

from minsheng import clock, wiring
from minsheng.adapters.mail import ConsoleMail
from minsheng.adapters.parts import MemoryParts
from minsheng.adapters.sms import ConsoleSms
from minsheng.adapters.storage import LocalBlobs
from minsheng.adapters.wechat import ConsoleWechat
from minsheng.commands import accounts, allowances, sending, uploads
from minsheng.commands.codes import Contact
from minsheng.jobs import notify, periodic
from minsheng.models.case import Attachment, Upload
from minsheng.models.event import Checkpoint
from minsheng.models.people import Account, Allowance
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
    assert registered["forget"] == "45 * * * *"
    assert registered["warn_owners"] == "20 0 * * *", "twenty past eight in the morning in Beijing"
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
    for attempts in (0, 5, notify.TIMES):
        decision = strategy.get_retry_decision(exception=Undelivered("", ""), job=SimpleNamespace(attempts=attempts, task_kwargs={}, id=1))
        assert (decision is None) == (notify.pause(attempts) is None)
    pauses = [seconds for attempts in range(50) if (seconds := notify.pause(attempts)) is not None]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 10
    assert sum(pauses[:-1]) < sending.LATE.total_seconds() < sum(pauses) < 1.3 * sending.LATE.total_seconds(), "the last run finds that it is too late"


def test_the_job_gives_each_way_its_sender(world: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none where the installation offers none."""
    city, doubles = world("yunchuan"), {"sms": ConsoleSms(), "mail": ConsoleMail(), "wechat": ConsoleWechat()}
    for way, double in doubles.items():
        monkeypatch.setattr(wiring, way, lambda double=double: double)
    account = city.account("sms", "mail", "wechat", phone="13800000001", mail="someone@example.com", wechat="o-example")
    row = city.case(city.file(**scenes.LAMP, account=account))
    notify.notify(case=row.pk, first=1, last=1)
    assert all(len(double.sent) == 1 for double in doubles.values())
    monkeypatch.setattr(wiring, "ways", lambda: ("mail",))
    notify.notify(case=row.pk, first=2, last=row.seq)
    assert [len(double.sent) for double in doubles.values()] == [1, 2, 1]


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


def test_each_hour_what_nobody_proved_and_what_is_over_is_forgotten(world: Make) -> None:
    """Accounts, limits and sessions; what is in use stays."""
    world("yunchuan")
    accounts.find_or_make(Contact("phone", "13800000031"))
    allowances.take("tries", "a", times=1, seconds=60)
    for year in (2000, 2999):
        Session.objects.create(session_key=f"until-{year}", session_data="", expire_date=datetime(year, 1, 1, tzinfo=UTC))
    periodic.forget(timestamp=0)
    assert (Account.objects.count(), Allowance.objects.count()) == (1, 1)
    clock.advance(timedelta(days=1, minutes=1))
    periodic.forget(timestamp=0)
    assert not Account.objects.exists() and not Allowance.objects.exists()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["until-2999"]

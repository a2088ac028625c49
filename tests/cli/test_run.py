"""The command line's ground: lazy commands, the choice of the city, the parts of `up`, the doctor."""

import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.db import connection
from pytest_django import Settings

from minsheng.cli import COMMANDS, doctor, local, main, run
from minsheng.models.read import Notice
from minsheng.ports import Health
from minsheng.server import queue_check
from tests.world import World

HELP = """
import sys
from minsheng.cli import main

try:
    main(["--help"])
finally:
    assert "django" not in sys.modules
    assert "psycopg" not in sys.modules
"""


def test_help_names_every_command_and_loads_none() -> None:
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in COMMANDS)


def test_an_unknown_command_is_said_kindly() -> None:
    answer = CliRunner().invoke(main, ["dance"])
    assert answer.exit_code == 2
    assert "No such command 'dance'" in answer.output


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "profiles").mkdir()
    for name, text in (("base", "a = 1"), ("here", 'extends = "base"'), ("there", '# there\nextends = "base"'), ("calendar", "b = 2")):
        (tmp_path / "profiles" / f"{name}.toml").write_text(text)
    monkeypatch.setenv("MINSHENG_HOME", str(tmp_path))
    monkeypatch.setenv("MINSHENG_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("MINSHENG_CITY", raising=False)
    return tmp_path


def test_the_city_is_said_or_set_or_remembered(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(click.ClickException, match=r"Which city.*here, there"):
        local.choose_city(None)
    (home / "var").mkdir()
    (home / "var" / "city").write_text("there\n")
    assert local.choose_city(None) == "there"
    monkeypatch.setenv("MINSHENG_CITY", "here")
    assert local.choose_city(None) == "here"
    assert local.choose_city("there") == "there"
    with pytest.raises(click.ClickException, match='no profile "calendar"'):
        local.choose_city("calendar")


def test_up_says_that_the_port_is_taken(home: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = CliRunner().invoke(run.up, ["--city", "here", "--port", str(port)])
    assert answer.exit_code == 1
    assert f"PORT={port + 1} make run" in answer.output


def test_static_files_are_collected_once(settings: Any, tmp_path: Path) -> None:
    source = tmp_path / "static"
    source.mkdir()
    (source / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = tmp_path / "hashed"
    run.collect_static()
    (tmp_path / "hashed" / "a.css").unlink()
    run.collect_static()
    assert not (tmp_path / "hashed" / "a.css").exists()
    (source / "a.css").write_text("a{color:red}")
    run.collect_static()
    assert (tmp_path / "hashed" / "a.css").read_text() == "a{color:red}"


# --- doctor -------------------------------------------------------------------------------------------------------------


def test_a_finding_shows_its_advice_only_when_needed() -> None:
    assert str(doctor.Finding(right=True, words="disk", advice="buy one")) == "✓ disk"
    assert str(doctor.Finding(right=False, words="disk", advice="buy one")) == "✗ disk\n    → buy one"
    assert str(doctor.Finding(right=None, words="fonts")) == "· fonts"


@pytest.mark.django_db
@pytest.mark.smoke
def test_the_doctor_finds_a_sound_database_sound() -> None:
    with connection.cursor() as cursor:
        for finding in (doctor.server(cursor), doctor.locale(cursor), doctor.skew(cursor), doctor.migrations(), doctor.triggers(cursor), doctor.queue(cursor)):
            assert finding.right, str(finding)


@pytest.mark.django_db
def test_the_doctor_finds_what_is_wrong() -> None:
    with connection.cursor() as cursor:
        assert str(doctor.worker(cursor)).startswith("✗ no worker has reported")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes')")
        assert str(doctor.worker(cursor)).startswith("✗ the worker reported 600 s ago")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        assert doctor.worker(cursor).right
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 't', 'failed')")
        assert "1 failed" in str(doctor.queue(cursor))
        assert not doctor.queue(cursor).right
        assert "0 units" in str(doctor.directory(cursor))
        assert str(doctor.pages(cursor)).startswith("✗ pages that are missing: accessibility, how, privacy, scope")
        cursor.execute(queue_check.SWITCH_ON)
        assert "procrastinate_jobs_notify_queue_job_inserted_v1" in str(doctor.triggers(cursor))


def test_the_doctor_tells_what_plates_and_messages_lack(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_library", lambda name: None if name == "pango-1.0" else f"lib{name}.so.0")
    assert str(doctor.pango()).startswith("· for plates there is no pango-1.0\n    → Needed to print: apt-get install")
    settings.MINSHENG_SITE = ""
    assert doctor.site().right is None and "MINSHENG_SITE" in str(doctor.site())
    settings.MINSHENG_SITE = "https://12345.example.cn"
    assert str(doctor.site()) == "✓ public address https://12345.example.cn"


def test_the_doctor_asks_every_sender_that_is_connected(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not connected is no fault and is said; a provider that refuses is one; a template that nobody registered is named."""

    class Sender:
        def check(self) -> Health:
            return Health(name="sms", ok=False, zh="拒绝", en="It refuses: AuthFailure.")

    assert [finding.right for finding in doctor.senders()] == [None, None, None]
    assert "sms is not connected" in str(next(doctor.senders()))
    settings.MINSHENG_SMS_PROVIDER, settings.MINSHENG_SMS_TEMPLATES = "tencent", {"received": "1"}
    monkeypatch.setattr("minsheng.wiring.sms", Sender)
    health, missing, *_ = doctor.senders()
    assert str(health).startswith("✗ sms: It refuses: AuthFailure.")
    assert missing.right is None
    assert "answer" in missing.words
    assert "code" in missing.words
    assert "received" not in missing.words


@pytest.mark.django_db
def test_the_doctor_counts_messages_that_did_not_arrive(world: Callable[..., World]) -> None:
    city = world("yunchuan")
    city.file(body="路灯坏了，晚上看不见路。", place="yinxing-b1")
    city.send()
    with connection.cursor() as cursor:
        assert doctor.notices(cursor).right
        Notice.objects.filter(channel="sms").update(problem="not delivered within a day")
        said = str(doctor.notices(cursor))
        assert f"{Notice.objects.filter(channel='sms').count()} did not arrive" in said
        assert "by sms: not delivered within a day" in said


def test_the_doctor_finds_a_published_profile_that_was_changed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        class profile:  # noqa: N801
            code, version = "here", "2026-1"

        hash = "abc"

    monkeypatch.setattr("minsheng.policy.load.load", lambda *_, **__: Found)
    monkeypatch.setattr("minsheng.queries.rules.profile_files", functools.cache(dict))
    monkeypatch.setattr("minsheng.queries.rules.days", functools.cache(lambda: None))
    lock = home / "profiles" / "LOCK"
    assert doctor.profile(None, city="here").right is None
    lock.write_text("# code version hash\nhere 2026-1 abc\n")
    assert doctor.profile(None, city="here").right is True
    lock.write_text("here 2026-1 another\n")
    assert "A published version never changes" in str(doctor.profile(None, city="here"))


def test_secrets_are_checked_for_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINSHENG_SECRET_KEY", "short")
    monkeypatch.setenv("MINSHENG_DATA_KEYS", "k1:AAAA")
    monkeypatch.delenv("MINSHENG_INDEX_KEY", raising=False)
    found = [str(finding) for finding in doctor.secrets()]
    assert "5 characters" in found[0]
    assert "has 3 bytes" in found[1]
    assert "MINSHENG_INDEX_KEY is not set" in found[2]

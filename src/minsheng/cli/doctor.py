"""`minsheng doctor`: everything that can be wrong with an installation, in words, with what to do about it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from minsheng import clock
from minsheng.cli import local
from minsheng.server import queue_check

OLDEST_POSTGRESQL = 150000
ENOUGH_DISK = 2 * 1024**3
HEARTBEAT_SECONDS = 60
WAITING_SECONDS = 300
SKEW_SECONDS = 2
SECRET_LENGTH = 32
NOTICED = timedelta(days=7)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `right` is None for what is good to have and not needed."""

    right: bool | None
    words: str
    advice: str = ""

    def __str__(self) -> str:
        mark = {True: "✓", False: "✗", None: "·"}[self.right]
        return f"{mark} {self.words}" + (f"\n    → {self.advice}" if self.advice and not self.right else "")


@click.command()
@click.option("--city", help="the city's code (default: the one that was served last)")
def doctor(city: str | None) -> None:
    """Look for everything that can be wrong. Ends with code 1 if something is."""
    wrong = 0
    for finding in findings(city):
        click.echo(str(finding))
        wrong += finding.right is False
    if wrong:
        raise click.ClickException(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
    click.echo("All is well.")


def findings(city: str | None) -> Iterator[Finding]:
    """The machine first; then, as far as it carries, settings, database and city."""
    yield python()
    yield node()
    yield writable(local.var())
    yield disk(local.var())
    yield fonts()
    yield pango()
    try:
        chosen = local.choose_city(city)
        with local.database(chosen):
            yield from secrets()
            local.set_django_up()
            yield Finding(right=True, words=f"settings {os.environ['DJANGO_SETTINGS_MODULE']} for {chosen}")
            yield static_files()
            yield site()
            yield from senders()
            yield from hotline()
            yield from in_the_database(chosen)
    except click.ClickException as stopped:
        yield Finding(right=False, words="the program cannot start", advice=stopped.message)


# --- the machine --------------------------------------------------------------------------------------------------------


def python() -> Finding:
    """Python's version."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(right=sys.version_info >= (3, 11), words=f"Python {version}", advice="Python 3.11 or newer is needed.")


def node() -> Finding:
    """Node is needed once, to copy the browser's libraries."""
    found = shutil.which("node")
    words = f"Node {_output([found, '--version'])}" if found else "Node is not installed"
    return Finding(right=True if found else None, words=words, advice="Needed only to copy the browser's libraries: apt-get install nodejs npm")


def writable(var: Path) -> Finding:
    """Data, files and logs lie in var."""
    place = var if var.exists() else var.parent
    return Finding(right=os.access(place, os.W_OK), words=f"{var} can be written", advice=f"Give this user the right to write in {place}, or set MINSHENG_VAR.")


def disk(var: Path) -> Finding:
    """A full disk stops the database."""
    free = shutil.disk_usage(var if var.exists() else var.parent).free
    return Finding(right=free >= ENOUGH_DISK, words=f"{free / 1024**3:.1f} GB free below {var}", advice="Make room: with less than 2 GB the database may stop.")


def fonts() -> Finding:
    """Chinese fonts, for documents and for the browser tests."""
    found = shutil.which("fc-list") and _output(["fc-list", ":lang=zh-cn", "family"])
    return Finding(
        right=True if found else None, words="Chinese fonts" if found else "no Chinese fonts", advice="Needed to print: apt-get install fonts-noto-cjk"
    )


def pango() -> Finding:
    """Plates with codes are drawn with it."""
    missing = [name for name in ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset") if not find_library(name)]
    words = f"for plates there is no {', '.join(missing)}" if missing else "Pango, for plates"
    return Finding(right=None if missing else True, words=words, advice="Needed to print: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


# --- the installation ---------------------------------------------------------------------------------------------------


def secrets() -> Iterator[Finding]:
    """The three secrets: there, and of the right size."""
    from django.core.exceptions import ImproperlyConfigured

    from minsheng.conf import environment as env

    hint = "Set it in the environment; `minsheng up` makes all three in var/secrets.env."
    readers: dict[str, Callable[[str], object]] = {
        "MINSHENG_SECRET_KEY": _long_enough,
        "MINSHENG_DATA_KEYS": env.data_keys,
        "MINSHENG_INDEX_KEY": lambda value: env.key(value, name="MINSHENG_INDEX_KEY"),
    }
    for name, read in readers.items():
        try:
            read(env.required(name, hint=hint))
        except ImproperlyConfigured as wrong:
            yield Finding(right=False, words=f"secret {name}", advice=str(wrong))
        else:
            yield Finding(right=True, words=f"secret {name}")


def _long_enough(value: str) -> None:
    from django.core.exceptions import ImproperlyConfigured

    if len(value) < 40:
        raise ImproperlyConfigured(f"It has {len(value)} characters; it must have at least 40.")


def static_files() -> Finding:
    """The browser's libraries copied, the icons drawn, everything hashed."""
    from django.conf import settings

    source, hashed = Path(settings.STATICFILES_DIRS[0]), Path(settings.STATIC_ROOT)
    for path, advice in ((source / "vendor", "make ground"), (source / "icons.svg", "make ground"), (hashed / "staticfiles.json", "minsheng migrate")):
        if not path.exists():
            return Finding(right=False, words=f"static files: {path} is missing", advice=f"Run: {advice}")
    return Finding(right=True, words="static files")


def site() -> Finding:
    """The public address: it stands in messages and on plates."""
    from django.conf import settings

    said = settings.MINSHENG_SITE
    advice = "Messages carry no links and no plate can be printed. Set MINSHENG_SITE, such as https://12345.example.cn"
    return Finding(right=True if said else None, words=f"public address {said}" if said else "no public address", advice=advice)


def senders() -> Iterator[Finding]:
    """What leads out to people: SMS, mail, WeChat. Each that is connected is asked; what is not connected is said."""
    from django.conf import settings

    from minsheng import wiring
    from minsheng.commands.notice_words import TEMPLATES

    ways = {
        "sms": (wiring.sms, {*TEMPLATES, "code"} - set(settings.MINSHENG_SMS_TEMPLATES)),
        "mail": (wiring.mail, set[str]()),
        "wechat": (wiring.wechat, set(TEMPLATES) - set(settings.MINSHENG_WECHAT_TEMPLATES)),
    }
    for way, (sender, missing) in ways.items():
        if way not in wiring.connected():
            yield Finding(right=None, words=f"{way} is not connected: nobody is told by it", advice="docs/howto/notices.md says how.")
            continue
        health = sender().check()
        yield Finding(right=health.ok, words=f"{way}: {health.en}", advice="docs/howto/notices.md says what it needs.")
        if missing:
            words = f"{way}: no template for {', '.join(sorted(missing))}"
            yield Finding(right=None, words=words, advice="Such messages do not go out. docs/howto/notices.md says what to register.")


def hotline() -> Iterator[Finding]:
    """The exchange: does it tell of calls, and can it dial?"""
    from django.conf import settings

    from minsheng import wiring

    guide = "docs/howto/hotline.md says how."
    secret = settings.MINSHENG_CALLS_SECRET
    if not secret:
        yield Finding(right=None, words="calls: no exchange is connected (MINSHENG_CALLS_SECRET is not set)", advice=guide)
    else:
        yield Finding(
            right=len(secret) >= SECRET_LENGTH, words="calls: taken at /api/v1/calls", advice=f"MINSHENG_CALLS_SECRET is short: openssl rand -hex 32. {guide}"
        )
        hosts = settings.MINSHENG_CALLS_RECORDING_HOSTS
        words = f"recordings at {', '.join(hosts)}" if hosts else "recordings: none but of this machine (MINSHENG_CALLS_RECORDING_HOSTS is not set)"
        yield Finding(right=True if hosts else None, words=words, advice=guide)
    if not settings.MINSHENG_AMI_HOST:
        yield Finding(right=None, words="dialling: no Asterisk is connected (MINSHENG_AMI_HOST is not set)", advice=guide)
        return
    telephony = wiring.telephony()
    assert telephony is not None
    health = telephony.check()
    yield Finding(right=health.ok, words=f"dialling: {health.en}", advice=guide)


def in_the_database(city: str) -> Iterator[Finding]:
    """What the database says. If it does not answer, that is the only finding."""
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            yield server(cursor)
            yield locale(cursor)
            yield skew(cursor)
            pending = migrations()
            yield pending
            if pending.right:
                yield triggers(cursor)
                yield worker(cursor)
                yield queue(cursor)
                yield notices(cursor)
                yield profile(cursor, city=city)
                yield directory(cursor)
                yield pages(cursor)
    except Error as wrong:
        yield Finding(right=False, words="the database does not answer", advice=f"{str(wrong).strip()} Is it running, and is DATABASE_URL right?")
    finally:
        connection.close()


def server(cursor: Any) -> Finding:
    """PostgreSQL's version."""
    cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    number, name = cursor.fetchone()
    return Finding(right=number >= OLDEST_POSTGRESQL, words=f"PostgreSQL {name}", advice="PostgreSQL 15 or newer is needed.")


def locale(cursor: Any) -> Finding:
    """In the locale C, lower case and full-text search pass everything but English by in silence."""
    cursor.execute("SELECT current_setting('server_encoding'), lower('ÀÉ') = 'àé' AND to_tsvector('simple', '诉求') @@ to_tsquery('simple', '诉求')")
    encoding, speaks = cursor.fetchone()
    advice = "Make the database anew with encoding UTF8 and locale C.UTF-8; the locale C does not know Chinese."
    return Finding(right=encoding == "UTF8" and speaks, words=f"encoding {encoding}, text search knows Chinese", advice=advice)


def skew(cursor: Any) -> Finding:
    """Deadlines are counted by the program's clock and swept by both."""
    cursor.execute("SELECT clock_timestamp()")
    (theirs,) = cursor.fetchone()
    apart = abs((clock.now() - theirs).total_seconds()) if isinstance(theirs, datetime) else 0.0
    advice = "Let both machines set their clocks by NTP."
    return Finding(right=apart <= SKEW_SECONDS, words=f"clocks of program and database are {apart:.1f} s apart", advice=advice)


def migrations() -> Finding:
    """The database is of this version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    return Finding(
        right=not missing,
        words=f"migrations ({len(missing)} missing)" if missing else "migrations",
        advice=f"Run: minsheng migrate ({', '.join(missing[:3])} …)",
    )


def triggers(cursor: Any) -> Finding:
    """See server/queue_check.py."""
    loud = queue_check.notifying_triggers(cursor)
    advice = f"{', '.join(loud)} makes commits wait for each other. Run: minsheng django dbshell, then: {queue_check.SWITCH_OFF.splitlines()[0]}"
    return Finding(right=not loud, words="the queue sends no notifications", advice=advice)


def worker(cursor: Any) -> Finding:
    """Without a worker no deadline fires and no message is sent."""
    cursor.execute("SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers")
    (age,) = cursor.fetchone()
    words = "no worker has reported" if age is None else f"the worker reported {age:.0f} s ago"
    return Finding(right=age is not None and age < HEARTBEAT_SECONDS, words=words, advice="Start it: minsheng up, or minsheng worker")


def queue(cursor: Any) -> Finding:
    """Jobs are done soon, and none has failed for good."""
    cursor.execute(
        "SELECT count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'todo'),"
        " count(*) FILTER (WHERE status = 'todo' AND coalesce(j.scheduled_at, e.at) < now() - make_interval(secs => %s))"
        " FROM procrastinate_jobs j LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id) e ON true"
        " WHERE status IN ('failed', 'todo')",
        [WAITING_SECONDS],
    )
    failed, waiting, late = cursor.fetchone()
    advice = "Look at the worker's log; `minsheng django procrastinate shell` lists and retries jobs."
    return Finding(right=not failed and not late, words=f"queue: {waiting} jobs waiting, {late} for over five minutes, {failed} failed", advice=advice)


def notices(cursor: Any) -> Finding:
    """Messages that did not arrive, and why most of them did not."""
    cursor.execute(
        "SELECT channel, problem, sum(count(*)) OVER () FROM ms_notice WHERE problem <> '' AND at > %s"
        " GROUP BY channel, problem ORDER BY count(*) DESC LIMIT 1",
        [clock.now() - NOTICED],
    )
    row = cursor.fetchone()
    if row is None:
        return Finding(right=True, words="messages: none failed in the last seven days")
    channel, problem, failed = row
    return Finding(right=None, words=f"messages: {failed} did not arrive in the last seven days", advice=f"Most of them by {channel}: {problem}")


def profile(cursor: Any, *, city: str) -> Finding:
    """The city's rules can be read, and a published version has not been changed."""
    from minsheng.cli.load import LOCK, read_lock
    from minsheng.domain.errors import MinshengError
    from minsheng.policy import load
    from minsheng.queries import rules

    try:
        found = load.load(rules.profile_files(), name=city, days=rules.days())
    except MinshengError as wrong:
        return Finding(right=False, words=f"profile {city}", advice=str(wrong))
    key = f"{found.profile.code}@{found.profile.version}"
    lock = local.home() / "profiles" / LOCK
    published = read_lock(lock.read_text()) if lock.exists() else {}
    kept = published.get((found.profile.code, found.profile.version))
    if kept not in {None, found.hash}:
        return Finding(
            right=False, words=f"profile {key} has changed since it was published", advice="A published version never changes: give it a new `version`."
        )
    return Finding(right=True if kept else None, words=f"profile {key}", advice=f"Not published yet: profiles/{LOCK} does not name it (minsheng load --lock).")


def directory(cursor: Any) -> Finding:
    """Units, places and categories."""
    cursor.execute("SELECT (SELECT count(*) FROM ms_unit), (SELECT count(*) FROM ms_place), (SELECT count(*) FROM ms_category)")
    units, places, categories = cursor.fetchone()
    words = f"directory: {units} units, {places} places, {categories} categories"
    return Finding(right=bool(units and categories), words=words, advice="Load it: minsheng demo, or minsheng load")


def pages(cursor: Any) -> Finding:
    """The pages to which every page leads: who processes people's data has to say so."""
    from minsheng.domain.articles import ALWAYS_THERE

    cursor.execute("SELECT slug FROM ms_article WHERE kind = 'page' AND status = 'published'")
    missing = ALWAYS_THERE - {slug for (slug,) in cursor.fetchall()}
    words = f"pages that are missing: {', '.join(sorted(missing))}" if missing else "privacy, accessibility and the other pages that every page leads to"
    return Finding(right=not missing, words=words, advice="Write them at the desk, or load the first texts: minsheng content load")

"""`minsheng up` and its parts: serve, worker, migrate; and `minsheng django` for everything that Django's own commands do."""

import asyncio
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minsheng import clock
from minsheng.cli import local, main
from minsheng.server import cluster, queue_check
from minsheng.server.binaries import ClusterError
from minsheng.server.processes import die_with_parent, port_is_free
from minsheng.server.up import Child, Database, Stopped, Supervisor

if TYPE_CHECKING:
    from procrastinate import App

WORKERS = 2
THREADS = 3
READY_SECONDS = 60.0
STALLED_SECONDS = 30.0
MINSHENG = (sys.executable, "-m", "minsheng.cli")
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104


@click.command()
@click.option("--city", help="the city's code: the name of its profile")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="address to listen on; 0.0.0.0 for all")
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
def up(city: str | None, host: str, port: int) -> None:
    """Start everything for one city: the database (unless DATABASE_URL names one), the web server and the worker. Ctrl-C stops all."""
    city = local.choose_city(city)
    if not port_is_free(host, port):
        raise click.ClickException(
            f"Port {port} on {host} is taken by another program, perhaps by another `minsheng up`. Stop it, or choose another: PORT={port + 1} make run"
        )
    local.prepare_environment(city)
    local.var().mkdir(parents=True, exist_ok=True)
    (local.var() / local.LAST_CITY).write_text(city + "\n")
    supervisor = Supervisor(say=_say)
    try:
        _start(supervisor, city=city, host=host, port=port)
        supervisor.watch()
    except Stopped:
        _say("stopping …")
    except ClusterError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    finally:
        supervisor.stop()


def _start(supervisor: Supervisor, *, city: str, host: str, port: int) -> None:
    """Database, migrations, demo, web, worker, in this order; then say where it is."""
    environment = dict(os.environ, PYTHONUNBUFFERED="1", MALLOC_ARENA_MAX="2")
    environment.setdefault("MINSHENG_HOSTS", "*" if host in EVERYWHERE else f"localhost,127.0.0.1,[::1],{host}")
    address = f"http://{'127.0.0.1' if host in EVERYWHERE else f'[{host}]' if ':' in host else host}:{port}/"
    environment.setdefault("MINSHENG_SITE", address.rstrip("/"))
    if not environment.get("DATABASE_URL"):
        environment["DATABASE_URL"] = _database(supervisor, city=city)
    code = supervisor.run_once([*MINSHENG, "prepare"], environment=environment)
    if code != 0:
        raise click.ClickException(f"`minsheng prepare` (migrate, then demo) ended with code {code}; its words stand above. Nothing was started.")
    supervisor.add(Child(name="web", command=[*MINSHENG, "serve", "--host", host, "--port", str(port)], environment=environment))
    if not supervisor.wait_for(f"{address}healthz", seconds=READY_SECONDS):
        raise click.ClickException(f"The page did not answer within {READY_SECONDS:.0f} s. What web said stands above.")
    supervisor.add(Child(name="worker", command=[*MINSHENG, "worker"], environment=environment))
    _greet(city, address=address)


def _database(supervisor: Supervisor, *, city: str) -> str:
    """Start the private cluster and return the address of the city's database."""
    wanted = local.var() / "postgresql"
    place = cluster.place_for(wanted)
    if place != wanted.resolve():
        _say(f"database: PostgreSQL's account cannot reach {wanted}, so the data lie in {place}")
    server = cluster.Cluster(place)
    supervisor.add(Database(server))
    return server.create_database(local.database_name(city))


def _greet(city: str, *, address: str) -> None:
    """Where it is, and who may sign in."""
    click.echo(f"\n  民声 {city} is running: {address}\n  API: {address}api/openapi.json\n")
    accounts = local.var() / city / "accounts.txt"
    if accounts.exists():
        click.echo("".join(f"  {line}\n" for line in accounts.read_text().splitlines()))
    click.echo("  Ctrl-C stops everything.\n")


def _say(words: str) -> None:
    click.echo(f"minsheng | {words}", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@local.on_database
def serve(host: str, port: int) -> None:
    """Only the web server. The program is loaded once and forked, so that its processes share most of their memory."""
    import gc

    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from minsheng.wsgi import application

    assert isinstance(application, WSGIHandler)
    # What the first request would load in each process by itself: the middleware, and by the addresses all views and the dictionary of words.
    application.load_middleware()
    importlib.import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()
    # granian forks its processes and does not outlive them, but they would outlive it when it is killed.
    os.register_at_fork(after_in_child=lambda: die_with_parent(by=signal.SIGTERM))
    Server(
        "minsheng.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=WORKERS,
        blocking_threads=THREADS,
        # A thread keeps its database connection: one that goes idle for a moment must not throw it away.
        blocking_threads_idle_timeout=600,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        # Its own words go where ours go, as lines of JSON on stderr; it would print them on stdout, into what a command prints there.
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}}},
    ).serve()


@click.command()
@local.on_database
def worker() -> None:
    """Only the worker: it does what was deferred, and sweeps the deadlines each minute."""
    from django.db import connection
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params

    with connection.cursor() as cursor:
        loud = queue_check.notifying_triggers(cursor)
    if loud:
        raise click.ClickException(f"The queue's trigger {', '.join(loud)} is on and would make every commit wait for every other. Run: minsheng migrate")
    connection.close()
    # One job at a time, beside polls and heartbeats: a pool of two, not of the four that procrastinate would open.
    with app.replace_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2)):
        asyncio.run(_work(app))


async def _work(app: "App") -> None:
    """Work until a signal asks to stop; now and then take back what a killed worker left unfinished."""
    async with app.open_async():
        rescue = asyncio.create_task(_rescue(app))
        try:
            await app.run_worker_async()
        finally:
            rescue.cancel()


async def _rescue(app: "App") -> None:
    """A job whose worker died stays "doing" for ever unless somebody gives it back; jobs bear being done twice."""
    while True:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
            await app.job_manager.retry_job(job, retry_at=clock.now())
        await asyncio.sleep(STALLED_SECONDS)


@click.command()
@local.on_database
def migrate() -> None:
    """Bring the database to this version, and the static files in place. Run twice, it does nothing the second time."""
    _migrate()


@click.command()
@local.on_database
def prepare() -> None:
    """What `up` does before it opens the doors: migrate, and fill an empty city. One process, since loading the program takes a second."""
    _migrate()
    main(["demo", "--if-empty"], prog_name="minsheng", standalone_mode=False)


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    collect_static()


def collect_static() -> None:
    """Hash and compress the static files, if one has changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    source, target = Path(settings.STATICFILES_DIRS[0]), Path(settings.STATIC_ROOT)
    stamp = target.with_name("static.stamp")
    present = "".join(f"{path.relative_to(source)} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in sorted(source.rglob("*")) if path.is_file())
    if target.is_dir() and stamp.exists() and stamp.read_text() == present:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(present)


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@local.on_database
def django(arguments: tuple[str, ...]) -> None:
    """Call a django-admin command on the city's database, such as `minsheng django shell`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["minsheng django", *arguments])

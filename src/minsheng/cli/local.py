"""Where a command on the command line finds its city and its database.

`@on_database` is what a command needs that reads or writes cases:

    @click.command()
    @on_database
    def verify() -> None: …

It adds `--city`, starts or joins the private cluster when DATABASE_URL is unset, sets Django up, and cleans up at the end.
"""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
R = TypeVar("R")

LAST_CITY = "city"


def home() -> Path:
    """Where profiles/ and directories/ lie. Without Django, unlike `conf.environment.home`, with the same answer."""
    return Path(os.environ.get("MINSHENG_HOME") or Path(__file__).resolve().parents[3])


def var() -> Path:
    """Where the program writes."""
    return Path(os.environ.get("MINSHENG_VAR") or home() / "var")


def cities() -> list[str]:
    """The cities there are profiles for: what lies beside them (the base, the calendar) extends nothing."""
    return sorted(path.stem for path in (home() / "profiles").glob("*.toml") if "\nextends = " in "\n" + path.read_text())


def choose_city(city: str | None) -> str:
    """The city that is meant: as said, else from MINSHENG_CITY, else the one that `minsheng up` served last."""
    last = var() / LAST_CITY
    chosen = city or os.environ.get("MINSHENG_CITY") or (last.read_text().strip() if last.exists() else "")
    known = cities()
    if not chosen:
        raise click.ClickException(f"Which city? Say --city CODE. There are: {', '.join(known) or 'none, profiles/ is empty'}.")
    if known and chosen not in known:
        raise click.ClickException(f'There is no profile "{chosen}" in {home() / "profiles"}. There are: {", ".join(known)}.')
    return chosen


def prepare_environment(city: str) -> None:
    """Put into the environment, for this process and its children, what the settings read. What is set already stays."""
    from minsheng.server import secrets

    os.environ["MINSHENG_CITY"] = city
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.conf.dev")
    os.environ.setdefault("MINSHENG_HOME", str(home()))
    os.environ.setdefault("MINSHENG_VAR", str(var()))
    if os.environ["DJANGO_SETTINGS_MODULE"] == "minsheng.conf.dev":
        try:
            secrets.into_environment(var())
        except secrets.SecretsError as wrong:
            raise click.ClickException(str(wrong)) from wrong


def database_name(city: str) -> str:
    """One database is one city."""
    return f"minsheng_{city.replace('-', '_')}"


@contextmanager
def database(city: str) -> Iterator[None]:
    """The city's database, reachable inside the `with`: DATABASE_URL if set, else the private cluster, joined or started."""
    prepare_environment(city)
    if os.environ.get("DATABASE_URL"):
        yield
        return
    from minsheng.server import cluster
    from minsheng.server.binaries import ClusterError

    try:
        with cluster.running(var() / "postgresql") as server:
            os.environ["DATABASE_URL"] = server.create_database(database_name(city))
            yield
    except ClusterError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    finally:
        os.environ.pop("DATABASE_URL", None)


def set_django_up() -> None:
    """Load Django; a setting that is missing or wrong is said in words."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as wrong:
        raise click.ClickException(str(wrong)) from wrong


def on_database(command: Callable[P, R]) -> Callable[..., R]:
    """Decorate a command that needs the city's database; it gets an option --city and runs with Django set up."""

    @click.option("--city", help="the city's code: the name of its profile (default: the one that was served last)")
    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        city = choose_city(kwargs.pop("city", None))  # type: ignore[arg-type]
        with database(city):
            set_django_up()
            from django.db import connections

            try:
                return command(*args, **kwargs)
            finally:
                connections.close_all()

    return wrapped

"""The ground of every bench: a private cluster of its own, and in it a city with many cases, made once and copied for each run.

Some two thousand cases are lived through with the real commands; then PostgreSQL multiplies them, shifted in number and time. The copies' journals
keep the text of their originals: their hashes are not checked here.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from psycopg import sql

from minsheng.cli import local
from minsheng.cli.benches.lived import CITY
from minsheng.server import cluster

LIVED = 2000
#: What hangs on a case: table, and the columns with a time.
_TABLES = {
    "ms_case_text": ("at",),
    "ms_released_text": ("at",),
    "ms_party": ("at",),
    "ms_event": ("at",),
    "ms_work_order": ("opened_at", "claimed_at", "contacted_at", "answered_at", "ended_at", "due_at"),
    "ms_deadline": ("started_at", "due_at", "met_at", "ended_at", "next_at"),
    "ms_hall": ("received_at", "answered_at", "closed_at", "due_at"),
}
_CASE_TIMES = ("received_at", "due_at", "answered_at", "closed_at")
#: What is over lies two days further back with every copy; what is open only a minute, so that it is due when it was.
_SHIFT = "make_interval(mins => CASE WHEN c.closed_at IS NULL THEN k ELSE k * 2880 END)"


@contextmanager
def city(place: Path, *, cases: int) -> Iterator[tuple[cluster.Cluster, str]]:
    """A running cluster (with fsync, as everywhere) and the address of a fresh copy of the city in it, which is dropped at the end."""
    with cluster.running(place / "postgresql") as server:
        model = f"bench_{cases}_{_fingerprint()}"
        if not _names(server, f"^{model}$"):
            _make(server, model, cases=cases)
        _drop(server, "^run_")
        run = f"run_{os.getpid()}"
        with _admin(server) as admin:
            copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY OWNER {}")
            admin.execute(copy.format(*map(sql.Identifier, (run, model, cluster.ROLE))))
        try:
            yield server, server.dsn(run)
        finally:
            _drop(server, f"^{run}$")


def _admin(server: cluster.Cluster, database: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(server.dsn(database, role=cluster.SUPERUSER), autocommit=True)


def _names(server: cluster.Cluster, pattern: str) -> list[str]:
    with _admin(server) as admin:
        return [name for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [pattern]).fetchall()]


def _drop(server: cluster.Cluster, pattern: str) -> None:
    for name in _names(server, pattern):
        with _admin(server) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _fingerprint() -> str:
    """Changes with what the city is made of: tables, rules, directory, and the programs that make it."""
    here, home = Path(__file__), local.home()
    files = [here, here.with_name("lived.py"), here.with_name("words.py"), *(here.parents[2] / "migrations").glob("*.py")]
    files += [home / "profiles" / "base.toml", home / "profiles" / f"{CITY}.toml", *(home / "directories" / CITY).iterdir()]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(files))).hexdigest()[:8]


def _make(server: cluster.Cluster, name: str, *, cases: int) -> None:
    """Make the model city; it gets its name last, so that a broken attempt is never taken for it."""
    draft, began, lived = "bench_draft", time.monotonic(), min(LIVED, cases)
    _drop(server, f"^({draft}|bench_{cases}_)")
    click.echo(f"making a city of {cases:,} cases (once, some minutes): {lived:,} are lived through, then multiplied", err=True)
    environment = dict(os.environ, DATABASE_URL=server.create_database(draft), MINSHENG_CITY=CITY)
    subprocess.run([sys.executable, "-m", "minsheng.cli.benches.lived", str(lived)], env=environment, check=True)
    click.echo(f"  lived through in {time.monotonic() - began:.0f} s", err=True)
    with _admin(server, draft) as connection:
        with connection.transaction():
            _multiply(connection, copies=-(-cases // lived) - 1)
        connection.execute("VACUUM (ANALYZE, FREEZE)")
        connection.execute("CHECKPOINT")
    with _admin(server) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
    click.echo(f"  made in {time.monotonic() - began:.0f} s", err=True)


def _multiply(connection: psycopg.Connection, *, copies: int) -> None:
    """Copy every case `copies` times. Foreign keys are true by construction: their triggers are off meanwhile."""
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute("SET LOCAL synchronous_commit = off")
    row = connection.execute("SELECT max(id) FROM ms_case").fetchone()
    assert row is not None
    stride = int(row[0])
    number = f"left(c.code, 4) || lpad((substr(c.code, 5)::bigint + k * {stride})::text, 7, '0')"
    own = {"id": f"c.id + k * {stride}", "code": number} | {name: f"c.{name} - {_SHIFT}" for name in _CASE_TIMES}
    originals = f"generate_series(1, {copies}) k CROSS JOIN (SELECT * FROM ms_case WHERE id <= {stride}) c"
    _copy(connection, "ms_case", own, f"{originals} ORDER BY k, c.id", "c")
    for table, times in _TABLES.items():
        changed = {"case_id": f"t.case_id + k * {stride}"} | {name: f"t.{name} - {_SHIFT}" for name in times}
        if table == "ms_hall":
            changed["code"] = number
        _copy(connection, table, changed, f"{originals} JOIN {table} t ON t.case_id = c.id ORDER BY k, t.case_id", "t")
    connection.execute("UPDATE ms_tally SET n = n * %s", [copies + 1])
    connection.execute("TRUNCATE procrastinate_jobs CASCADE")
    for sequence in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'S' AND relname ~ '^ms_(case_id_seq|number_)'").fetchall():
        connection.execute("SELECT setval(%s, %s)", [sequence[0], stride * (copies + 1)])


def _copy(connection: psycopg.Connection, table: str, changed: dict[str, str], source: str, alias: str) -> None:
    """Insert the rows of `source` into the table, with these columns changed; identity columns count on."""
    rows = connection.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table]).fetchall()
    names = [name for (name,) in rows if name != "id" or name in changed]
    values = ", ".join(changed.get(name, f'{alias}."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {source}".encode())

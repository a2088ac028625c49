"""`minsheng bench`: what a request costs in CPU time, beside what the database itself can do. A benchmark, never a timed test."""

import json
import os
from pathlib import Path

import click

from minsheng.cli import local

#: name → what must hold, for the table; in this order.
MUST = {
    "create": "≤ 6 CPU-ms, p99 ≤ 60 ms, ratio ≥ 0.10",
    "hall-json": "≤ 1.5 CPU-ms",
    "hall-html": "≤ 3 CPU-ms",
    "home-html": "≤ 3 CPU-ms",
    "request-html": "≤ 3 CPU-ms",
    "inbox": "≤ 8 CPU-ms",
    "worklist": "≤ 10 CPU-ms",
    "case-page": "≤ 10 CPU-ms",
    "move": "≤ 6 CPU-ms",
    "bulk": "≤ 5 s for 200 cases",
    "pdf": "≤ 1.5 s",
    "report": "≤ 10 s",
    "shift": "p95 ≤ 300 ms, no error",
    "sweep": "≤ 60 s, no lock over 1 s",
    "simulate": "≥ 15 cases_per_s",
    "rehearse": "≤ 60 s, ≤ 1024 MB",
    "score": "≤ 5 s for a month of 300 units",
    "memory": "≤ 400 MB",
    "start": "≤ 5 s",
}
NAMES = tuple(MUST)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--json", "form", flag_value="json", default=None, help="one JSON line for each bench")
@click.option("--seconds", default=20.0, show_default=True, type=click.FloatRange(0.2), help="how long clients ask")
@click.option("--cases", default=100_000, show_default=True, type=click.IntRange(10), help="cases in the city")
@click.option("--place", type=click.Path(file_okay=False, path_type=Path), help="where the cluster lies (default: var/bench)")
def bench(names: tuple[str, ...], form: str | None, seconds: float, cases: int, place: Path | None) -> None:
    """Measure NAMES (default: all) on this machine, with a database of its own that nothing else uses.

    CPU-ms are those of the server processes and of PostgreSQL per request; ratio is requests a second over transactions a second of pgbench, which
    does the same rows or questions in turns with the clients. What else runs on the machine shows: load_before says how busy it was.
    """
    from minsheng.cli.benches import ground as grounds
    from minsheng.server import cluster

    place = cluster.place_for((place or local.var() / "bench").resolve())
    place.mkdir(parents=True, exist_ok=True)
    os.environ["MINSHENG_VAR"] = str(place)
    os.environ["DJANGO_SETTINGS_MODULE"] = "minsheng.conf.dev"
    os.environ.pop("DATABASE_URL", None)
    os.environ.setdefault("MINSHENG_LOG_LEVEL", "ERROR")
    local.prepare_environment(grounds.CITY)
    with grounds.city(place, cases=cases) as (server, address):
        os.environ["DATABASE_URL"] = address
        local.set_django_up()
        from django.core.management import call_command
        from django.db import connections

        from minsheng.cli.benches import runs
        from minsheng.cli.run import collect_static

        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        if form is None:
            click.echo(HEAD)
        for name in names or NAMES:
            result = runs.BENCHES[name](runs.Ground(server, address, place, seconds))
            click.echo(json.dumps(result.row(), ensure_ascii=False) if form else _line(result.row()))
        connections.close_all()


HEAD = f"{'bench':<12} {'rps':>8} {'p50 ms':>8} {'p99 ms':>8} {'app ms':>8} {'pg ms':>8} {'both ms':>8} {'pgbench':>9} {'ratio':>7}  must"


def _line(row: dict[str, object]) -> str:
    def cell(name: str, width: int, digits: int) -> str:
        value = row.get(name)
        return f"{value:>{width}.{digits}f}" if isinstance(value, (int, float)) else " " * (width - 1) + "–"

    app, database = row.get("cpu_ms_app"), row.get("cpu_ms_pg")
    both = {"both": app + database} if isinstance(app, (int, float)) and isinstance(database, (int, float)) else {}
    row = row | both
    figures = [cell(*column) for column in (
        ("rps", 8, 1), ("p50_ms", 8, 1), ("p99_ms", 8, 1), ("cpu_ms_app", 8, 2), ("cpu_ms_pg", 8, 2), ("both", 8, 2), ("pgbench_tps", 9, 1), ("ratio", 7, 3),
    )]  # fmt: skip
    known = {"name", "rps", "p50_ms", "p99_ms", "cpu_ms_app", "cpu_ms_pg", "pgbench_tps", "ratio", "both"}
    more = ", ".join(f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in row.items() if name not in known)
    return f"{row['name']!s:<12} {' '.join(figures)}  {MUST[str(row['name'])]}  ({more})"

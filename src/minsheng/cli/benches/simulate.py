"""The bench of the simulator: whole cases a second, on one core, from filing to the last word that was said of them by the end."""

import os
import subprocess
import time
from typing import Any

import psycopg
from psycopg import sql

from minsheng.cli.benches.lived import CITY
from minsheng.cli.benches.server import MINSHENG
from minsheng.server import cluster

DAYS = 3


def run(server: cluster.Cluster, *, seconds: float) -> dict[str, Any]:
    """Three days in an empty database of its own, as many cases as keep it busy about as long as a bench lasts. The program's start is counted."""
    name = f"simulate_{os.getpid()}"
    around = {**os.environ, "DATABASE_URL": server.create_database(name)}
    per_day = str(max(10, round(20 * seconds / DAYS)))
    try:
        subprocess.run([*MINSHENG, "migrate", "--city", CITY], env=around, check=True, capture_output=True)
        began = time.monotonic()
        subprocess.run([*MINSHENG, "simulate", "--city", CITY, "--days", str(DAYS), "--per-day", per_day], env=around, check=True, capture_output=True)
        took = time.monotonic() - began
        with psycopg.connect(around["DATABASE_URL"]) as connection:
            found = connection.execute("SELECT (SELECT count(*) FROM ms_case), (SELECT count(*) FROM ms_event)").fetchone()
        assert found is not None
    finally:
        with psycopg.connect(server.dsn("postgres", role=cluster.SUPERUSER), autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    return {"cases_per_s": found[0] / took, "cases": found[0], "events": found[1], "seconds": took}

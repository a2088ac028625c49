"""The benches run, and print what they promise to print. What they measure is no test: a machine that is busy would fail it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from minsheng.cli.benches import machine, raw, runs, words
from minsheng.cli.benches.server import Load

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"name", "rps", "p50_ms", "p99_ms", "cpu_ms_app", "cpu_ms_pg", "pgbench_tps", "ratio"}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's account can reach; nothing of it is left."""
    found = Path(os.environ["MINSHENG_VAR"]) / f"bench-{os.getpid()}"
    found.mkdir(parents=True, exist_ok=True)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture(scope="module")
def printed(place: Path) -> dict[str, dict[str, Any]]:
    """All benches that share the city, once, with next to nothing in it."""
    names = ["create", "hall-json", "hall-html", "home-html", "request-html", "inbox", "worklist", "case-page", "bulk", "move", "pdf", "sweep"]
    command = [sys.executable, "-m", "minsheng.cli", "bench", *names, "--json", "--seconds", "0.4", "--cases", "40", "--place", str(place)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MINSHENG_HOME": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["name"] for line in lines] == names
    return {line["name"]: line for line in lines}


@pytest.mark.parametrize("name", ["create", "hall-json", "hall-html", "home-html", "request-html", "inbox", "worklist", "case-page", "move"])
def test_what_clients_ask(printed: dict[str, dict[str, Any]], name: str) -> None:
    row = printed[name]
    assert row.keys() >= KEYS
    assert row["requests"] > 0 and row["rps"] > 0 and 0 < row["p50_ms"] <= row["p99_ms"]
    assert row["ratio"] == pytest.approx(row["rps"] / row["pgbench_tps"], rel=0.02, abs=0.001)  # printed with three decimals


def test_bulk(printed: dict[str, dict[str, Any]]) -> None:
    row = printed["bulk"]
    assert row.keys() >= KEYS | {"cases", "done", "seconds"}
    assert 0 < row["done"] == row["cases"] and row["seconds"] > 0


def test_sweep(printed: dict[str, dict[str, Any]]) -> None:
    row = printed["sweep"]
    assert row.keys() >= KEYS | {"fired", "seconds", "longest_lock_ms"}
    assert row["fired"] > 0


def test_paper(printed: dict[str, dict[str, Any]]) -> None:
    row = printed["pdf"]
    assert row.keys() >= KEYS | {"seconds", "slowest", "kilobytes"}
    assert 0 < row["seconds"] <= row["slowest"] and row["kilobytes"] > 5


def test_an_installation(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """memory and start run the whole program; here without make, which may not be there."""
    monkeypatch.setenv("MINSHENG_HOME", str(ROOT))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setattr(runs.local, "home", lambda: place)
    ground = runs.Ground(server=None, address="", place=place, seconds=0.2)  # type: ignore[arg-type]
    started, idle = runs.start(ground).row(), runs.memory(ground).row()
    assert started.keys() >= KEYS | {"seconds"} and started["seconds"] > 0
    assert idle.keys() >= KEYS | {"mb", "mb_web", "mb_worker", "mb_postgresql"}
    assert all(idle[part] > 1 for part in ("mb_web", "mb_worker", "mb_postgresql"))
    assert idle["mb"] == pytest.approx(sum(value for name, value in idle.items() if name.startswith("mb_")), rel=0.01)


def test_requests_are_many_and_the_same_every_time() -> None:
    bodies = [words.request(number).body for number in range(2000)]
    assert bodies[17] == words.request(17).body
    assert len(set(bodies)) > 1500
    assert max(map(len, bodies)) < 200


def test_percentiles() -> None:
    load = Load([float(n) for n in range(100)], 2.0)
    assert (load.percentile(0.5), load.percentile(0.99), load.rps) == (50.0, 99.0, 50.0)
    assert Load([3.0], 1.0).percentile(0.99) == 3.0


def test_cpu_counts_children() -> None:
    before = machine.cpu_ms(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)
    assert machine.cpu_ms(os.getpid()) - before >= 20
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        assert child.pid in machine.family(os.getpid())
    finally:
        child.kill()
        child.wait()


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (None, "NULL"),
        (True, "True"),
        (7, "7"),
        ("it's 10:30, a:b\n", r"E'it''s 10\x3a30, a\x3ab\n'"),
        (b"\x00\xff", r"'\x00ff'"),
        ({"a": ["路灯"]}, r"""E'{"a"\x3a ["路灯"]}'"""),
    ],
)
def test_literals_hide_colons(value: object, sql: str) -> None:
    """pgbench would take a colon before a letter for one of its variables."""
    assert raw._literal(value) == sql

"""The database of the tests: DATABASE_URL, or a private cluster below var/ that lives as long as the run.

Loaded with `-p` before pytest-django reads the settings. With xdist the controller starts the cluster and the workers inherit its address;
pytest-django then makes one database per worker on it. Without fsync; made anew when a run left it broken.
"""

import atexit
import os
import shutil
from pathlib import Path

import pytest

from minsheng.server import binaries, cluster

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("MINSHENG_TEST_VAR", ROOT / "var" / "test"))

_running: list[cluster.Cluster] = []


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Before the settings are read: start the cluster and name it in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.conf.test")
    os.environ.setdefault("MINSHENG_HOME", str(ROOT))
    os.environ.setdefault("MINSHENG_VAR", str(VAR))
    if os.environ.get("DATABASE_URL"):
        return
    started = _start()
    atexit.register(_end, started)
    _running.append(started)
    os.environ["DATABASE_URL"] = started.dsn("minsheng")


def _start() -> cluster.Cluster:
    """Two runs at once (two terminals) join one cluster: it goes when the one that started it goes, so each run has its own number."""
    place = cluster.place_for(VAR / f"postgresql-{binaries.find().major}-{os.getpid()}")
    _sweep(place.parent)
    started = cluster.Cluster(place, settings=cluster.CARELESS)
    started.start()
    return started


def _sweep(parent: Path) -> None:
    """Remove what killed runs left behind."""
    for left in parent.glob("postgresql-*-*"):
        pid = left.name.rsplit("-", 1)[1]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _end(started: cluster.Cluster) -> None:
    """At the end of the process, also when collecting failed: stop it and leave nothing."""
    started.stop()
    shutil.rmtree(started.directory, ignore_errors=True)


def pytest_report_header() -> str:
    """Say which server the tests ran on."""
    return f"database: {_running[0].directory if _running else os.environ['DATABASE_URL'].rpartition('@')[2]}"

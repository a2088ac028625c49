"""The private PostgreSQL: what it promises when things go wrong."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from minsheng.server import binaries, cluster
from minsheng.server.binaries import ClusterError

SOURCE = Path(cluster.__file__).resolve().parents[2]
OWNER = """
import pathlib, sys, time
from minsheng.server import cluster
with cluster.running(pathlib.Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that PostgreSQL's account can reach (pytest's own are closed to others)."""
    directory = Path(tempfile.mkdtemp(prefix="minsheng-test-", dir="/var/tmp"))
    directory.chmod(0o755)
    yield directory / "pg"
    shutil.rmtree(directory)


def one(server: cluster.Cluster, query: str) -> object:
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def until(done: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.smoke
def test_it_starts_speaks_chinese_and_leaves_nothing(place: Path) -> None:
    with cluster.running(place, settings=cluster.CARELESS) as server:
        assert one(server, "SELECT lower('ÀÉ') || '诉求'") == "àé诉求"
        assert one(server, "SELECT 'b' > 'B'") is True
        assert one(server, "SHOW server_encoding") == "UTF8"
        assert one(server, "SHOW listen_addresses") == ""
        assert one(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        pid = server.postmaster()
        assert pid is not None
    assert not Path(f"/proc/{pid}").exists()
    assert not server.alive()


@pytest.mark.smoke
def test_a_database_is_made_once(place: Path) -> None:
    with cluster.running(place, settings=cluster.CARELESS) as server:
        address = server.create_database("minsheng_city")
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE t (n int)")
        assert server.create_database("minsheng_city") == address
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_killed_it_comes_back_with_every_committed_row(place: Path) -> None:
    """A backend that is still busy when its postmaster dies holds the shared memory for a while: the start waits for it."""
    with cluster.running(place) as server:
        address = server.create_database("kept")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        busy = psycopg.connect(address)
        asleep = threading.Thread(target=_cut_off_while_busy, args=(busy,))
        asleep.start()
        assert until(lambda: one(server, "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'") == 1)
        assert server.process is not None
        server.process.kill()
        server.process.wait(5)
        server.start()
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
        asleep.join(10)
        assert not asleep.is_alive()
        busy.close()


def _cut_off_while_busy(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT pg_sleep(30)")


def test_it_dies_with_its_owner_and_starts_again(place: Path) -> None:
    """`kill -9` of the program that started it leaves no server behind."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(place)], stdout=subprocess.PIPE, text=True, env=dict(os.environ, PYTHONPATH=str(SOURCE)))
    assert owner.stdout is not None
    assert owner.stdout.readline() == "up\n"
    pid = cluster.Cluster(place).postmaster()
    assert pid is not None
    owner.kill()
    owner.wait(5)
    owner.stdout.close()
    with cluster.running(place) as server:  # at once: the old one is perhaps still going down
        assert server.process is not None
        assert server.postmaster() == server.process.pid != pid
        assert one(server, "SELECT 1") == 1
    assert until(lambda: _gone(pid))


def _gone(pid: int) -> bool:
    """Dead, perhaps still waiting to be reaped by init."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_second_one_joins_and_leaves_it_running(place: Path) -> None:
    with cluster.running(place, settings=cluster.CARELESS) as first:
        with cluster.running(place, settings=cluster.CARELESS) as second:
            assert second.process is None
            assert one(second, "SELECT 1") == 1
        assert first.alive()


def test_a_pid_file_of_another_program_is_stale(place: Path) -> None:
    with cluster.running(place, settings=cluster.CARELESS):
        pass
    (place / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{place / 'data'}\n0\n5432\n\n\n")
    with cluster.running(place, settings=cluster.CARELESS) as server:
        assert one(server, "SELECT 1") == 1


def test_half_an_initdb_is_no_cluster(place: Path) -> None:
    (place / "data.new").mkdir(parents=True)
    (place / "data.new" / "PG_VERSION").write_text("18\n")
    with cluster.running(place, settings=cluster.CARELESS) as server:
        assert one(server, "SELECT 1") == 1
    assert not (place / "data.new").exists()


def test_it_never_runs_as_root_and_lets_nobody_else_in(place: Path) -> None:
    with cluster.running(place, settings=cluster.CARELESS) as server:
        socket = cluster.socket_directory(place)
        assert socket.stat().st_mode & 0o777 == 0o700
        assert socket.stat().st_uid != 0
        assert Path(f"/proc/{server.postmaster()}").stat().st_uid == socket.stat().st_uid
        rules = (place / "pg_hba.conf").read_text()
        assert "trust" not in rules
        assert "host" not in rules


def test_a_path_too_long_for_a_socket_gets_a_short_one(place: Path) -> None:
    deep = place / ("a-directory-with-a-rather-long-name/" * 4)
    assert len(str(deep)) > 107
    with cluster.running(deep, settings=cluster.CARELESS) as server:
        assert len(str(cluster.socket_directory(deep))) < 90
        assert one(server, "SELECT 1") == 1
    shutil.rmtree(cluster.socket_directory(deep))


def test_data_of_another_version_are_not_touched(place: Path) -> None:
    (place / "data").mkdir(parents=True)
    (place / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match="PostgreSQL 9, which made the data directory"):
        cluster.Cluster(place).start()
    assert (place / "data" / "PG_VERSION").read_text() == "9\n"


def test_what_postgresql_says_when_it_cannot_start_is_passed_on(place: Path) -> None:
    with pytest.raises(ClusterError, match="work_mem"):
        cluster.Cluster(place, settings={"work_mem": "many"}).start()


def test_without_programs_it_says_where_it_looked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MINSHENG_PG_BIN", str(tmp_path))
    with pytest.raises(ClusterError, match=f"(?s)Looked in: {tmp_path}.*MINSHENG_PG_BIN"):
        binaries.find()


def test_only_the_main_thread_starts_it(place: Path) -> None:
    """The kernel watches the thread that made a child, not the process."""
    met: list[BaseException] = []

    def start() -> None:
        try:
            cluster.Cluster(place).start()
        except RuntimeError as error:
            met.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(met[0])


def test_root_with_a_closed_directory_goes_elsewhere(tmp_path: Path) -> None:
    """An ordinary user's server runs as the user, and stays where it was put."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    elsewhere = cluster.place_for(closed / "pg").parts[:4] == ("/", "var", "lib", "minsheng")
    assert elsewhere is (os.geteuid() == 0)
    assert cluster.place_for(Path("/var/tmp/open/pg")) == Path("/var/tmp/open/pg")


def test_stop_is_polite_first(place: Path) -> None:
    """An open transaction is rolled back and does not keep the server."""
    server = cluster.Cluster(place, settings=cluster.CARELESS)
    server.start()
    process = server.process
    assert process is not None
    open_one = psycopg.connect(server.dsn("postgres"))
    open_one.execute("SELECT 1")
    begun = time.monotonic()
    server.stop()
    assert process.returncode == 0
    assert time.monotonic() - begun < cluster.STOP_SECONDS
    open_one.close()


def test_programs_that_others_cannot_reach_are_copied_with_their_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment below /root is closed to PostgreSQL's account. The copy must find its libraries by itself."""
    monkeypatch.delenv("MINSHENG_PG_BIN", raising=False)
    home = Path(tempfile.mkdtemp(prefix="minsheng-test-", dir="/var/tmp"))
    home.chmod(0o755)
    try:
        account = binaries.account_for(home / "data")
        original = binaries.find()
        runs = binaries._runs
        monkeypatch.setattr(binaries, "_runs", lambda place, *, account: place != original.bin and runs(place, account=account))
        copy = binaries.reachable(original, account=account, home=home)
        assert home in copy.bin.parents
        monkeypatch.setenv("MINSHENG_PG_BIN", str(copy.bin))
        with cluster.running(home / "pg", settings=cluster.CARELESS) as server:
            assert one(server, "SELECT lower('Ä')") == "ä"
    finally:
        shutil.rmtree(home)

"""A private PostgreSQL for one machine: made on first use, reached through a socket only, gone when its owner is gone.

Nothing of it lies outside its directory (as root, if that directory is closed to other accounts, outside /var/lib/minsheng):

    <directory>/data          the cluster, owned by the account that PostgreSQL runs as
    <directory>/socket        0700; or a short path elsewhere when this one is too long for a socket
    <directory>/postgres.log  <directory>/lock  pg_hba.conf  pg_ident.conf

Who may connect: root and that account, known by the socket (peer). There is no password and no TCP.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from minsheng.server import binaries
from minsheng.server.binaries import Account, ClusterError
from minsheng.server.processes import child_setup

ROLE = "minsheng"
SUPERUSER = "postgres"
PORT = 5432
SOCKET_LIMIT = 107 - len(f"/.s.PGSQL.{PORT}")
START_SECONDS = 60.0
STOP_SECONDS = 20.0
LOG_LIMIT = 20_000_000

# For a small machine: web, worker and PostgreSQL share 400 MB. JIT costs more than it gains on queries of milliseconds.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "40",
    "shared_buffers": "64MB",
    "huge_pages": "off",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_max_workers": "2",
    # Nobody copies this cluster by streaming: the leanest log.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "max_logical_replication_workers": "0",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    # An error's statement and details hold what people wrote: they stay out of the log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# From version 18 on reading may be given to helper processes: three more of them, for nothing on a small machine.
SETTINGS_18 = {"io_method": "sync"}
# For tests: a crash of the machine may cost the cluster, and nobody would miss it. Errors are told in full: no real person is in there.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_error_statement": "error",
    "log_error_verbosity": "default",
}


@dataclass
class Cluster:
    """One data directory. `start` and `stop` belong together; a cluster that another process runs is joined and left running."""

    directory: Path
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's own directory."""
        return self.directory / "data"

    def dsn(self, database: str, *, role: str = ROLE) -> str:
        """The address of a database in it, good for DATABASE_URL and psycopg."""
        return f"postgresql://{role}@/{quote(database)}?host={quote(str(socket_directory(self.directory)), safe='/')}&port={PORT}"

    def start(self) -> None:
        """Make the cluster if there is none, start it if nobody runs it, and return when it answers. Call it from the main thread."""
        if self.process is not None and self.process.poll() is not None:
            self.process = None
        self.directory.mkdir(parents=True, exist_ok=True)
        with _locked(self.directory):
            account = binaries.account_for(self.data)
            made_by = self.data / "PG_VERSION"
            programs = binaries.find(major=int(made_by.read_text()) if made_by.exists() else None)
            programs = binaries.reachable(programs, account=account, home=self.directory)
            _prepare_socket(socket_directory(self.directory), account=account)
            if not made_by.exists():
                hurry = ["--no-sync"] if self.settings.get("fsync") == "off" else []
                _make(self.data, programs=programs, account=account, options=hurry)
            self._write_access_rules(account)
            self._start_or_join(programs, account=account)
            self._ensure_role()

    def stop(self) -> None:
        """Stop what `start` started: politely (SIGINT, open transactions are rolled back), then less so. A joined cluster is left alone."""
        process, self.process = self.process, None
        if process is None:
            return
        for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            if process.poll() is not None:
                return
            process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)

    def alive(self) -> bool:
        """Whether it answers, whoever runs it."""
        try:
            psycopg.connect(self.dsn("postgres", role=SUPERUSER), connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str) -> str:
        """The address of the database of that name, which is made if it does not exist."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.dsn(name)

    def postmaster(self) -> int | None:
        """The process that runs this cluster. A pid file whose number now belongs to another program is stale and is removed."""
        file = self.data / "postmaster.pid"
        try:
            pid = int(file.read_text().split("\n", 1)[0])
            at_home = Path(os.readlink(f"/proc/{pid}/cwd")) == self.data.resolve()
        except (FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
            return None
        if not at_home:
            file.unlink(missing_ok=True)
            return None
        return pid

    def _start_or_join(self, programs: binaries.Binaries, *, account: Account) -> None:
        """Try until it answers. A cluster that is just stopping, recovering, or whose orphans still hold the shared memory, needs a moment."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.postmaster() is None and self.process is None:
                self._spawn(programs, account=account)
            if self.alive():
                return
            if self.process is not None and self.process.poll() is not None:
                self.process = None
                self._check_end()
            if time.monotonic() > deadline:
                self.stop()
                raise ClusterError(f"PostgreSQL did not answer within {START_SECONDS:.0f} seconds. Its last words, in {self._log}:\n{self._last_words()}")
            time.sleep(0.02)

    def _spawn(self, programs: binaries.Binaries, *, account: Account) -> None:
        settings = SETTINGS | (SETTINGS_18 if programs.major >= 18 else {}) | self.settings
        settings |= {
            "unix_socket_directories": str(socket_directory(self.directory)),
            "unix_socket_permissions": "0700",
            "hba_file": str(self.directory / "pg_hba.conf"),
            "ident_file": str(self.directory / "pg_ident.conf"),
        }
        command = [str(programs.bin / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=binaries.environment(),
                start_new_session=True,
                preexec_fn=child_setup(by=signal.SIGINT),
                **account.switch,
            )

    def _check_end(self) -> None:
        """After a start that failed: return if another try may help, else say what PostgreSQL said."""
        words = self._last_words()
        if any(known in words for known in ("is still in use", "already exists", "pre-existing shared memory")):
            time.sleep(0.2)
            return
        raise ClusterError(f"PostgreSQL stopped while starting. Its last words, in {self._log}:\n{words}")

    @property
    def _log(self) -> Path:
        return self.directory / "postgres.log"

    _said_before: int = 0

    def _last_words(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._said_before)
            return log.read().decode(errors="replace").strip()[-2000:]

    def _write_access_rules(self, account: Account) -> None:
        """Only root and the account itself, by what the kernel says about the socket's other end."""
        mine = sorted({account.name, "root"})
        _write(self.directory / "pg_hba.conf", "local all all peer map=minsheng\n")
        _write(self.directory / "pg_ident.conf", "".join(f"minsheng {name} {role}\n" for name in mine for role in (ROLE, SUPERUSER)))

    def _ensure_role(self) -> None:
        """The program's own role: it owns its databases and is no superuser, so that SQL alone never reaches the machine."""
        with psycopg.connect(self.dsn("postgres", role=SUPERUSER), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))


def place_for(directory: Path) -> Path:
    """`directory`, or, for root with a closed parent (such as /root), a place that PostgreSQL's account can walk to."""
    directory = directory.resolve()
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in directory.parents if parent.exists()):
        return directory
    return Path("/var/lib/minsheng") / f"{directory.name}-{_fingerprint(directory)}"


@contextlib.contextmanager
def running(directory: Path, *, settings: dict[str, str] | None = None) -> Iterator[Cluster]:
    """The cluster of that directory, started or joined; stopped at the end if it was started here."""
    cluster = Cluster(place_for(directory), settings=settings or {})
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def socket_directory(directory: Path) -> Path:
    """Where the socket lies: a socket's path has 107 bytes and no more, so a deep directory gets a short one elsewhere."""
    inside = directory / "socket"
    if len(os.fsencode(inside)) <= SOCKET_LIMIT:
        return inside
    return Path(tempfile.gettempdir()) / f"minsheng-{os.geteuid()}-{_fingerprint(directory)}"


def _prepare_socket(path: Path, *, account: Account) -> None:
    """Make the socket's directory for its account alone; refuse one that somebody else put there."""
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        os.chown(path, account.uid, account.gid)
    state = path.lstat()
    if path.is_symlink() or not path.is_dir() or state.st_uid not in {account.uid, os.geteuid()}:
        raise ClusterError(f"{path} belongs to somebody else. Remove it, or set DATABASE_URL.")
    if state.st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
    if state.st_mode & 0o777 != 0o700:
        path.chmod(0o700)


def _make(data: Path, *, programs: binaries.Binaries, account: Account, options: list[str]) -> None:
    """initdb beside, then rename: a cluster exists whole or not at all."""
    draft = data.with_name("data.new")
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    os.chown(draft, account.uid, account.gid)
    # Never the locale C: `lower` and full-text search would pass Chinese by in silence.
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if programs.major >= 17 else ["--locale=C.UTF-8"]
    command = ["initdb", "-D", str(draft), "-U", SUPERUSER, "--encoding=UTF8", *locale, *options, "--auth=peer", "--no-instructions"]
    done = binaries.run(command, place=programs.bin, account=account)
    if done.returncode != 0:
        raise ClusterError(f"initdb could not make {data}:\n{(done.stdout + done.stderr).strip()[-2000:]}")
    draft.rename(data)


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One process at a time makes or starts a cluster."""
    try:
        file = (directory / "lock").open("a")
    except PermissionError:
        owner = directory.stat().st_uid
        raise ClusterError(
            f"{directory} belongs to the account number {owner}, not to you: it was made by another user. Run as that user, remove it, or set MINSHENG_VAR."
        ) from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
        path.chmod(0o644)


def _fingerprint(directory: Path) -> str:
    return hashlib.sha256(os.fsencode(directory)).hexdigest()[:10]

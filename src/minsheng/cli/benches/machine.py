"""What processes have cost: CPU time and memory, read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Stat:
    parent: int
    own: int
    ended_children: int


def _stat(pid: int) -> _Stat | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return _Stat(int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14]))


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    parents = {int(path.name): found.parent for path in Path("/proc").iterdir() if path.name.isdecimal() and (found := _stat(int(path.name)))}
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def cpu_ms(pid: int) -> float:
    """CPU time of the process, of all that descend from it, and of those of them that have ended and were waited for."""
    stats = [found for one in family(pid) if (found := _stat(one))]
    return sum(found.own + found.ended_children for found in stats) * _TICK_MS


def memory_mb(pid: int) -> float:
    """Memory of one process; what several share counts in parts (PSS), so that a sum over them counts it once."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024

"""The equal raw transaction: the same rows written, or the same pages read, by pgbench with prepared statements. What the database itself can do."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import dict_row

from minsheng.server import binaries, cluster

CLIENTS = 8


def pgbench(address: str, script: str, *, seconds: float) -> float | None:
    """Transactions a second at eight clients, or None where there is no pgbench."""
    beside = binaries.find().bin / "pgbench"
    program = str(beside) if beside.exists() else shutil.which("pgbench")
    if program is None:
        return None
    info = psycopg.conninfo.conninfo_to_dict(address)
    with tempfile.NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        command = [program, "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(round(seconds), 1)), "-f", file.name]
        command += ["-h", str(info["host"]), "-p", str(info["port"]), "-U", cluster.ROLE, str(info["dbname"])]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench failed: {done.stderr[-1000:]}")
    return float(found[1])


def reading(queries: list[str]) -> str:
    """A script that asks the same questions."""
    return "\n".join(" ".join(query.split()) + ";" for query in queries) + "\n"


#: What is written with a new case, in the program's order.
_WRITTEN = ("ms_case_text", "ms_released_text", "ms_event", "ms_work_order", "ms_deadline", "ms_hall", "ms_party")


def creating(connection: psycopg.Connection, code: str) -> str:
    """A script that writes the rows that this new case consists of, again and again under new numbers."""
    cursor = connection.cursor(row_factory=dict_row)
    case = cursor.execute("SELECT * FROM ms_case WHERE code = %s", [code]).fetchone()
    assert case is not None
    year = int(code[2:4]) + 2000
    lines = [f"SELECT nextval('ms_case_id_seq') AS id, ms_next_number({year}) AS number \\gset", "BEGIN;"]
    lines.append(_insert("ms_case", [case | {"id": _Word(":id"), "code": _NUMBERED}]))
    for table in _WRITTEN:
        rows = cursor.execute(f"SELECT * FROM {table} WHERE case_id = %s ORDER BY {'seq' if table == 'ms_event' else 1}", [case["id"]]).fetchall()
        changed = {"case_id": _Word(":id")} | ({"code": _NUMBERED} if table == "ms_hall" else {})
        lines.append(_insert(table, [{name: value for name, value in (row | changed).items() if name != "id"} for row in rows]))
    day = {"day": case["received_at"].date(), "unit": case["unit"], "district": case["district"] or "", "category": "01", "origin": "citizen", "n": 1}
    lines.append(_insert("ms_tally_delta", [day | {"metric": metric} for metric in ("receive", "register", "dispatch", "dispatch_kept")]))
    lines.append(_job())
    return "\n".join([*lines, "COMMIT;"]) + "\n"


def moving(connection: psycopg.Connection) -> str:
    """A script that changes what a move changes: the case read and locked with its clocks, then state, order, clock, hall, an event, a figure, a job."""
    row = connection.execute("SELECT max(id) FROM ms_case").fetchone()
    assert row is not None
    event = connection.cursor(row_factory=dict_row).execute("SELECT * FROM ms_event WHERE action = 'claim' LIMIT 1").fetchone()
    assert event is not None
    event = {name: value for name, value in event.items() if name != "id"} | {"case_id": _Word(":id"), "seq": _Word(":seq")}
    return "\n".join([
        f"\\set id random(1, {row[0]})",
        "\\set seq random(1000, 2000000000)",
        "BEGIN;",
        "SELECT * FROM ms_case WHERE id = :id FOR UPDATE;",
        "SELECT * FROM ms_deadline WHERE case_id = :id AND ended_at IS NULL ORDER BY id;",
        "UPDATE ms_case SET state = 'handling', version = version + 1, seq = seq + 1, head = head, facts = facts, due_at = now() WHERE id = :id;",
        _insert("ms_event", [event]),
        "UPDATE ms_work_order SET state = 'handling', claimed_at = now(), due_at = now() WHERE case_id = :id;",
        "UPDATE ms_deadline SET met_at = now(), next_at = NULL, explanation = explanation WHERE case_id = :id AND kind = 'claim';",
        "UPDATE ms_hall SET state = 'handling', due_at = now() WHERE case_id = :id;",
        _insert("ms_tally_delta", [
            {"day": event["at"].date(), "unit": "u", "district": "d", "category": "01", "origin": "citizen", "metric": "claim_kept", "n": 1},
        ]),
        _job(),
        "COMMIT;",
    ]) + "\n"  # fmt: skip


class _Word(str):
    """SQL as it stands."""


_NUMBERED = _Word("'RW' || lpad(:id::text, 9, '0')")


def _job() -> str:
    return _insert("procrastinate_jobs", [{"queue_name": "default", "task_name": "notify", "args": {"case": 1, "first": 1, "last": 3}}])


def _insert(table: str, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    columns = ", ".join(f'"{name}"' for name in rows[0])
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join('(' + ', '.join(map(_literal, row.values())) + ')' for row in rows)};"


def _literal(value: Any) -> str:
    """A value in SQL. pgbench takes a colon before a letter for a variable, also inside quotes: it is written as \\x3a."""
    if value is None:
        return "NULL"
    if isinstance(value, _Word):
        return value
    if isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return f"'\\x{bytes(value).hex()}'"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value.isoformat() if isinstance(value, date) else str(value)
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n").replace(":", "\\x3a")
    return f"E'{escaped}'"

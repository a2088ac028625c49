"""一次写完: the rows of a transaction, in any number of tables, as one statement.

A command writes a dozen rows into as many tables. A model object, a compiled query and a trip to the server for each of them costs four times
what PostgreSQL needs to store them. Here the rows travel as JSON, and one prepared statement with a part for every table unpacks them.

Every part sees the database as it was before the statement: a batch never touches the same row twice. Foreign keys are checked at commit.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connection
from pydantic_core import to_json

Row = Mapping[str, Any]
_Part = tuple[str, str, tuple[str, ...], int]


class Batch:
    """Rows by table, columns named as in the database; nothing is written before `write`."""

    def __init__(self) -> None:
        self._parts: dict[_Part, list[Row]] = {}

    def insert(self, table: str, row: Row) -> None:
        """A new row. A column that is left out gets its default."""
        self._add("insert", table, row, 0)

    def upsert(self, table: str, row: Row) -> None:
        """A new row, or the new content of the row with the same first column."""
        self._add("upsert", table, row, 1)

    def update(self, table: str, row: Row, *, key: int = 1) -> None:
        """New content for the row that the first `key` columns name."""
        self._add("update", table, row, key)

    def _add(self, how: str, table: str, row: Row, key: int) -> None:
        self._parts.setdefault((how, table, tuple(row), key), []).append(row)

    def write(self) -> None:
        """Write everything with one statement."""
        if self._parts:
            with connection.cursor() as cursor:
                cursor.execute(_statement(tuple(self._parts)), [value for part, rows in self._parts.items() for value in _values(part, rows)])
            self._parts = {}


@lru_cache(maxsize=256)
def _statement(parts: tuple[_Part, ...]) -> str:
    return f"WITH {', '.join(f'p{n} AS ({_sql(*part)})' for n, part in enumerate(parts))} SELECT 1"


def _sql(how: str, table: str, columns: tuple[str, ...], key: int) -> str:
    """One part. The server knows the columns' types from the table."""
    names, rows = [f'"{name}"' for name in columns], f"json_populate_recordset(NULL::{table}, %s)"
    if how == "update":
        values = ", ".join(f"{name} = x.{name}" for name in names[key:])
        same = " AND ".join(f"{table}.{name} = x.{name}" for name in names[:key])
        return f"UPDATE {table} SET {values} FROM {rows} x WHERE {same} AND {table}.{names[0]} = ANY(%s::bigint[])"  # noqa: S608
    insert = f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(names)} FROM {rows}"  # noqa: S608
    if how == "insert":
        return insert
    return f"{insert} ON CONFLICT ({names[0]}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names[1:])}"


def _values(part: _Part, rows: list[Row]) -> list[str]:
    """The parameters of one part. An update says twice which rows are meant: the list leads the planner to the index."""
    how, _, columns, _ = part
    told = to_json([{name: f"\\x{value.hex()}" if isinstance(value, bytes) else value for name, value in row.items()} for row in rows]).decode()
    return [told, f"{{{','.join(str(row[columns[0]]) for row in rows)}}}"] if how == "update" else [told]

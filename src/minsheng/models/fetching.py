"""取行: objects for the few questions that every command asks. Compiling such a query anew costs five times what the server needs to answer it."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


def fetch(model: type[M], rest: str, values: Sequence[Any]) -> list[M]:
    """The rows that `SELECT … FROM its table` with this `rest` finds, as objects. `rest` is a constant of the program, never a person's words."""
    return [found for found, *_ in fetch_with(model, (), rest, values)]


def fetch_with(model: type[M], beside: tuple[str, ...], rest: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """As `fetch`; each object comes with the values of the expressions `beside`."""
    names, columns, decoded = _shape(model)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join((columns, *beside))} FROM {model._meta.db_table} {rest}", values)  # noqa: S608 (constants)
        return [(model.from_db("default", names, _decode(row[: len(names)], decoded)), *row[len(names) :]) for row in cursor.fetchall()]


@cache
def _shape(model: type[models.Model]) -> tuple[list[str], str, tuple[int, ...]]:
    """Names of the fields, their columns, and where JSON stands."""
    fields, table = model._meta.concrete_fields, model._meta.db_table
    columns = ", ".join(f'{table}."{field.column}"' for field in fields)
    return [field.attname for field in fields], columns, tuple(n for n, field in enumerate(fields) if isinstance(field, models.JSONField))


def _decode(row: tuple[Any, ...], decoded: tuple[int, ...]) -> Sequence[Any]:
    if not decoded:
        return row
    values = list(row)
    for n in decoded:
        if values[n] is not None:
            values[n] = json.loads(values[n])
    return values

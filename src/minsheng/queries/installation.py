"""What this installation holds already: asked before a directory is loaded or a demo is made."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Count

from minsheng.domain.errors import WrongState
from minsheng.domain.states import OPEN
from minsheng.models.case import Case
from minsheng.models.places import City


def demand_ready() -> None:
    """Raise in words when the tables are not there yet: the database was made, and never brought to this version."""
    if City._meta.db_table not in connection.introspection.table_names():
        raise WrongState("数据库还没有建好，请先运行 minsheng migrate。", "The database has no tables yet: run minsheng migrate first.")


def city() -> str | None:
    """The code of the city that is loaded; None in an empty database."""
    return City.objects.values_list("code", flat=True).first()


def has_cases() -> bool:
    """Has anybody filed anything yet?"""
    return Case.objects.exists()


def in_use(column: str, codes: Collection[str]) -> dict[str, int]:
    """How many open cases stand on each of these codes. column: unit, place or category."""
    rows = Case.objects.filter(state__in=OPEN, **{f"{column}__in": list(codes)}).values_list(column).annotate(n=Count("id"))
    return dict(rows.order_by(column))


def ever_used(kind: str, key: str) -> bool:
    """Does any case, open or over, stand on this unit, place or category?"""
    columns = {"units": ("unit",), "places": ("place", "district"), "categories": ("category",)}
    return any(Case.objects.filter(**{column: key}).exists() for column in columns.get(kind, ()))

"""What this installation holds already: asked before a directory is loaded or a demo is made."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection
from django.db.models import Count

from minsheng.domain.errors import WrongState
from minsheng.domain.states import OPEN
from minsheng.models.case import Case
from minsheng.models.deadline import Pulse
from minsheng.models.places import City

#: The mark of a database whose cases are simulated, every one: a row beside the pulse of the sweep.
SIMULATED = "simulated"
_simulating: ContextVar[bool] = ContextVar("minsheng_simulating", default=False)


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


# --- simulated cases and real ones never stand in one database ------------------------------------------------------------


@contextmanager
def simulating() -> Iterator[None]:
    """模拟: what is filed inside the `with` is simulated; only a database that is marked takes it, and it takes nothing else."""
    token = _simulating.set(True)
    try:
        yield
    finally:
        _simulating.reset(token)


def simulated() -> bool:
    """Are the cases of this database simulated?"""
    return Pulse.objects.filter(name=SIMULATED).exists()


def demand_same_world(*, marked: bool) -> None:
    """Raise in words when a real request comes to a simulated city, or a simulated one to a real city. marked: what the database says of itself."""
    if marked and not _simulating.get():
        raise WrongState("这里是模拟的城市，不收真的诉求。", "This city is simulated: it takes no real requests.")
    if _simulating.get() and not marked:
        raise WrongState("这里不是模拟的城市，不收模拟的诉求。", "This city is not simulated: it takes no simulated requests.")

"""流转记录: the database itself refuses to change or remove what was written into the journal."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from minsheng.models.event import CaseEvent, Checkpoint
from tests.world import World


@pytest.fixture
def written(world: Callable[..., World]) -> World:
    """A city with one case and one checkpoint."""
    city = world("linyi")
    city.file(body="路灯不亮，晚上看不见路。", title="路灯不亮", place="luojiazhuang")
    city.holds()
    assert CaseEvent.objects.count() > 0
    assert Checkpoint.objects.count() == 1
    return city


@pytest.mark.parametrize("table", ["ms_event", "ms_checkpoint"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET at = at + interval '1 second'", "DELETE FROM {}", "UPDATE {} SET at = at WHERE id = (SELECT max(id) FROM {})"]
)
def test_what_is_written_stays(written: World, table: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.replace("{}", table))
    written.holds()


def test_also_through_the_models(written: World) -> None:
    event = CaseEvent.objects.first()
    assert event is not None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CaseEvent.objects.filter(pk=event.pk).update(action="close")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()
    event.actor = "staff:999"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()

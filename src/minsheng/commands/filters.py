"""存筛选: a choice of cases under a name, one's own or shared with the colleagues of a unit."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.domain.text import clean
from minsheng.models.people import User
from minsheng.models.work import SavedFilter
from minsheng.queries import directory as directories
from minsheng.queries import wanted as choosing
from minsheng.queries.inbox import QUEUES

#: What one person can keep.
MOST = 30


def save(name: str, *, query: Mapping[str, Any], unit: str | None = None, by: Actor) -> int:
    """存筛选: `query` is queue and filters as the address says them; with `unit` all colleagues of that unit see it. Returns its key."""
    name, kept = _name(name), _query(query)
    if unit is not None:
        _own_unit(unit, by)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.id)
        mine = list(SavedFilter.objects.filter(user_id=by.id).order_by("position", "id"))
        if len(mine) >= MOST:
            raise WrongState(f"最多存 {MOST} 个筛选，请先删掉不用的。", f"You can keep {MOST} filters at most; delete some first.")
        _unused(name, mine)
        position = mine[-1].position + 1 if mine else 1
        return SavedFilter.objects.create(user_id=by.id, unit=unit, name=name, query=kept, position=position, at=clock.now()).pk


def rename(number: int, *, name: str, by: Actor) -> None:
    """改名."""
    name = _name(name)
    with transaction.atomic():
        row, mine = _mine(number, by)
        _unused(name, [one for one in mine if one.pk != row.pk])
        row.name = name
        row.save(update_fields=["name"])


def share(number: int, *, unit: str, by: Actor) -> None:
    """给同事用: the colleagues of a unit of one's own see it too."""
    _own_unit(unit, by)
    with transaction.atomic():
        row, _ = _mine(number, by)
        row.unit = unit
        row.save(update_fields=["unit"])


def unshare(number: int, *, by: Actor) -> None:
    """只给自己用."""
    with transaction.atomic():
        row, _ = _mine(number, by)
        row.unit = None
        row.save(update_fields=["unit"])


def raise_(number: int, *, by: Actor) -> None:
    """往上移."""
    _swap(number, -1, by)


def lower(number: int, *, by: Actor) -> None:
    """往下移."""
    _swap(number, 1, by)


def _swap(number: int, step: int, by: Actor) -> None:
    with transaction.atomic():
        row, mine = _mine(number, by)
        at = [one.pk for one in mine].index(row.pk)
        if 0 <= at + step < len(mine):
            mine[at], mine[at + step] = mine[at + step], mine[at]
        for position, one in enumerate(mine, start=1):
            one.position = position
        SavedFilter.objects.bulk_update(mine, ["position"])


def delete(number: int, *, by: Actor) -> SavedFilter:
    """删掉: returns what was deleted, so that it can be saved again."""
    with transaction.atomic():
        row, _ = _mine(number, by)
        row.delete()
    return row


def _mine(number: int, by: Actor) -> tuple[SavedFilter, list[SavedFilter]]:
    mine = list(SavedFilter.objects.select_for_update().filter(user_id=by.id).order_by("position", "id"))
    row = next((one for one in mine if one.pk == number), None)
    if row is None:
        raise NotFound("没有这个筛选，或者它是同事存的，由同事来改。", "There is no such filter, or a colleague keeps it.")
    return row, mine


def _name(name: str) -> str:
    return clean(name, limit=40, name="name")


def _unused(name: str, mine: list[SavedFilter]) -> None:
    if any(one.name == name for one in mine):
        raise BadInput(field="name", zh="您已经有一个同名的筛选，请换个名字。", en="You have a filter of this name already; choose another.")


def _query(query: Mapping[str, Any]) -> dict[str, str]:
    queue = str(query.get("queue") or "")
    if queue not in QUEUES:
        raise BadInput(field="queue", zh="没有这个队列，请先打开一个队列再存。", en="There is no such queue; open one first.")
    return {"queue": queue, **choosing.read(query, directories.current()).query()}


def _own_unit(unit: str, by: Actor) -> None:
    if unit not in by.units():
        raise BadInput(field="unit", zh="只能和自己单位的同事共用。", en="A filter is shared with colleagues of your own unit.")

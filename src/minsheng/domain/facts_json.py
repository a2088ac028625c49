"""The facts of a case as JSON, as the row of the case keeps them, and back."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from minsheng.domain.facts import CaseFacts, OrderFacts
from minsheng.domain.states import OrderRole, State

_TIMES = frozenset(f.name for f in fields(CaseFacts) if "datetime" in str(f.type))
_ORDER_TIMES = frozenset(f.name for f in fields(OrderFacts) if "datetime" in str(f.type))
_FIELDS = tuple(f.name for f in fields(CaseFacts))
_ORDER_FIELDS = tuple(f.name for f in fields(OrderFacts))


def to_json(facts: CaseFacts) -> dict[str, Any]:
    """The facts as JSON values; times as ISO 8601."""
    found = {name: getattr(facts, name) for name in _FIELDS}
    for name in _TIMES:
        if found[name] is not None:
            found[name] = found[name].isoformat()
    orders = []
    for order in facts.orders:
        row = {name: getattr(order, name) for name in _ORDER_FIELDS}
        for name in _ORDER_TIMES:
            if row[name] is not None:
                row[name] = row[name].isoformat()
        orders.append(row)
    found["orders"] = orders
    return found


def from_json(found: dict[str, Any]) -> CaseFacts:
    """The inverse of `to_json`."""
    values = dict(found)
    for name in _TIMES:
        if values.get(name) is not None:
            values[name] = datetime.fromisoformat(values[name])
    for name in ("state", "state_before_merge"):
        if values.get(name) is not None:
            values[name] = State(values[name])
    orders = []
    for row in values.pop("orders", ()):
        row = dict(row)
        for name in _ORDER_TIMES:
            if row[name] is not None:
                row[name] = datetime.fromisoformat(row[name])
        row["role"] = OrderRole(row["role"])
        orders.append(OrderFacts(**row))
    return CaseFacts(**values, orders=orders)

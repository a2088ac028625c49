"""工单队列: what waits for whom. One query for a page, one for all counts, however many cases are open."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound
from minsheng.domain.states import STATE_ZH, URGENCY_ZH, Role, State, Urgency
from minsheng.domain.text import phone
from minsheng.queries import directory as directories
from minsheng.queries.pages import Cursor, Page, read
from minsheng.sealing import keyring

#: Counts stop here: "99+" says enough, and no count runs over everything.
COUNTED_TO = 100
SOON = timedelta(hours=12)

_DESK = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CHECKER, Role.CALLBACK, Role.ANALYST, Role.ADMIN})
_SECRET = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CHECKER, Role.CALLBACK, Role.DISCIPLINE})
#: Who reads what touches privacy without working on it (domain.access.may_see says the same of one case).
_PRIVY = _SECRET | {Role.LEADER}
_RUNNING = "EXISTS (SELECT 1 FROM ms_deadline d WHERE d.case_id = c.id AND d.kind = '{kind}' AND d.met_at IS NULL AND d.ended_at IS NULL)"


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: its key, name, and the condition on the case (c) — or on the unit's order (o) — that puts a case into it."""

    key: str
    zh: str
    roles: frozenset[Role]
    where: str
    everywhere: bool = False
    """Drawn from all cases instead of the actor's own scope: the condition itself names whose it is (%(mine)s: units the actor belongs to)."""


_OPEN = "c.closed_at IS NULL AND c.state IN ('received', 'registered', 'dispatched', 'handling', 'answered', 'parked')"


def _r(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_ALL = frozenset(Role)
_QUEUES = (
    Queue("received", "待受理", _r(Role.OPERATOR, Role.DISPATCHER), "c.state = 'received' AND c.closed_at IS NULL"),
    Queue("registered", "待派单", _r(Role.DISPATCHER, Role.OPERATOR), "c.state = 'registered' AND c.closed_at IS NULL"),
    Queue("ruling", "退单待裁", _r(Role.DISPATCHER, Role.SUPERVISOR), _OPEN + " AND " + _RUNNING.format(kind="ruling")),
    Queue("dispatched", "待认领", _ALL, "c.state = 'dispatched' AND c.closed_at IS NULL"),
    Queue("handling", "办理中", _ALL, "c.state = 'handling' AND c.closed_at IS NULL"),
    Queue("soon", "将超时", _ALL, _OPEN + " AND c.due_at >= %(now)s AND c.due_at < %(soon)s"),
    Queue("overdue", "已超时", _ALL, _OPEN + " AND c.due_at < %(now)s"),
    Queue("quality", "待质检", _r(Role.CHECKER, Role.SUPERVISOR), "c.state = 'answered' AND c.closed_at IS NULL AND " + _RUNNING.format(kind="quality")),
    Queue("callback", "待回访", _r(Role.CALLBACK, Role.OPERATOR), "c.state IN ('answered', 'closed') AND " + _RUNNING.format(kind="callback")),
    Queue("disputed", "有异议", _r(Role.CALLBACK, Role.OPERATOR, Role.SUPERVISOR), "c.state IN ('answered', 'closed') AND c.disputed"),
    Queue("watched", "督办", _ALL, _OPEN + " AND c.watched"),
    Queue("answered", "已答复", _ALL, "c.state = 'answered' AND c.closed_at IS NULL"),
    Queue("parked", "挂账", _ALL, "c.state = 'parked' AND c.closed_at IS NULL"),
)
_WAITS_FOR_US = "EXISTS (SELECT 1 FROM ms_approval a WHERE a.case_id = c.id AND a.status = 'asked' AND a.approver_unit = ANY(%(mine)s))"
_QUEUES += (Queue("approvals", "等您审批", _r(Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR, Role.LEADER, Role.STAFF), _WAITS_FOR_US, everywhere=True),)
QUEUES = {queue.key: queue for queue in _QUEUES}


@dataclass(frozen=True, slots=True)
class Counted:
    """A queue with how many wait in it; `more` when there are at least COUNTED_TO."""

    key: str
    zh: str
    count: int
    more: bool


@dataclass(slots=True, kw_only=True)  # not frozen: made by the page, and that would take four times as long
class InboxItem:
    """One line of a queue."""

    code: str
    title: str
    state: str
    state_zh: str
    urgency: str
    urgency_zh: str
    category_name: str
    unit_name: str
    district_name: str
    channel: str
    round: int
    watched: bool
    version: int
    received_at: datetime
    due_at: datetime | None
    overdue: bool
    soon: bool


@dataclass(frozen=True, slots=True)
class _Scope:
    """Which cases an actor's lists are drawn from: a FROM clause, its alias conditions and parameters."""

    source: str
    where: str
    params: dict[str, Any]
    order: str
    row: str = "c"

    def holds(self, queue: Queue) -> str:
        """The queue's condition. A unit's order repeats the state, so that one index finds the queue in its order."""
        return f"{self.where} AND {queue.where.replace('c.state', f'{self.row}.state')}"


_COUNT = f"(SELECT count(*) FROM (SELECT 1 FROM {{source}} WHERE {{where}} LIMIT {COUNTED_TO}) x)"  # noqa: S608 (a constant)


def queues(actor: Actor) -> list[Counted]:
    """The queues of this person with their counts: one query."""
    mine = _allowed(actor)
    scope = _scope(actor)
    if not mine:
        return []
    columns = ", ".join(_COUNT.format(source=own.source, where=own.holds(q)) for q in mine for own in (_for(q, scope),))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", _params(scope))  # every fragment is a constant of this file
        row = cursor.fetchone()
    return [Counted(q.key, q.zh, n, n >= COUNTED_TO) for q, n in zip(mine, row, strict=True)]


def inbox(actor: Actor, *, queue: str, cursor: str = "", limit: int = 30) -> Page[InboxItem]:
    """One page of a queue, most pressing first: one query."""
    chosen = next((q for q in _allowed(actor) if q.key == queue), None)
    if chosen is None:
        raise NotFound("没有这个队列，或它不归您看。", "There is no such queue, or it is not yours.")
    scope, after = _for(chosen, _scope(actor)), read(cursor)
    params, beyond = _params(scope), ""
    if after is not None:
        params |= {"at": after.at, "id": after.id}
        beyond = f" AND (({scope.order}, c.id) > (%(at)s, %(id)s) OR {scope.order} IS NULL)" if after.at else f" AND {scope.order} IS NULL AND c.id > %(id)s"
    with connection.cursor() as cursor_:
        where = scope.holds(chosen) + beyond
        cursor_.execute(
            f"SELECT {_COLUMNS}, {scope.order} FROM {scope.source} WHERE {where} ORDER BY {scope.order}, c.id LIMIT {limit + 1}",  # noqa: S608 (constants)
            params,
        )
        rows = cursor_.fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([_item(row, params["now"]) for row in rows[:limit]], str(Cursor(last[-1], last[0])) if last else "")


_COLUMNS = "c.id, c.code, c.title, c.state, c.urgency, c.category, c.unit, c.district, c.channel, c.round, c.watched, c.version, c.received_at, c.due_at"


def _allowed(actor: Actor) -> list[Queue]:
    roles = frozenset(role for m in actor.memberships for role in m.roles)
    return [q for q in _QUEUES if q.roles & roles]


def _for(queue: Queue, scope: _Scope) -> _Scope:
    """The scope a queue is drawn from."""
    return replace(scope, source="ms_case c", where="TRUE", order="c.due_at", row="c") if queue.everywhere else scope


def _params(scope: _Scope) -> dict[str, Any]:
    now = clock.now()
    return {**scope.params, "now": now, "soon": now + SOON}


def _scope(actor: Actor) -> _Scope:
    """Desk people see the cases of their area; people of a unit see their unit's orders. The accused never see a 举报 against them."""
    tree = directories.current()
    roles = frozenset(role for m in actor.memberships for role in m.roles)
    mine = list(actor.units())
    above = sorted({code for m in actor.memberships if m.unit in tree.units for code in tree.ancestors(m.unit)})
    hidden = "NOT (c.visibility = 'secret' AND c.facts->'accused' ?| %(above)s)"
    if not roles & _SECRET:
        hidden = "c.visibility <> 'secret'"
    if not roles & _PRIVY:
        hidden += " AND NOT c.sensitive"
    desk = [m.unit for m in actor.memberships if m.unit in tree.units and (m.roles & _DESK or (Role.LEADER in m.roles and tree.area_of(m.unit) == m.unit))]
    if any(unit == tree.centre or tree.under(tree.centre, root=tree.area_of(unit)) for unit in desk):
        return _Scope("ms_case c", hidden, {"above": above, "mine": mine}, "c.due_at")
    if desk:
        roots = [tree.area_of(unit) for unit in desk]
        units = sorted({code for root in roots for code in tree.subtree(root)})
        places = [p.code for p in tree.places.values() if p.kind == "district" and p.unit in units]
        return _Scope(
            "ms_case c",
            f"{hidden} AND (c.unit = ANY(%(mine)s) OR (c.visibility <> 'secret' AND (c.unit = ANY(%(units)s) OR c.district = ANY(%(places)s))))",
            {"above": above, "units": units, "places": places, "mine": mine},
            "c.due_at",
        )
    # With one unit, the usual case, the index alone gives the order; with several the rows must be sorted.
    unit = "o.unit = %(unit)s" if len(mine) == 1 else "o.unit = ANY(%(mine)s)"
    orders = "ms_work_order o JOIN ms_case c ON c.id = o.case_id"
    own = "" if Role.LEADER in roles else " AND (NOT c.sensitive OR o.assignee IS NULL OR o.assignee = %(me)s)"
    return _Scope(orders, f"{unit} AND o.ended_at IS NULL{own}", {"mine": mine, "unit": mine[0] if mine else "", "me": actor.id}, "o.due_at", row="o")


def _item(row: tuple[Any, ...], now: datetime) -> InboxItem:
    tree = directories.current()
    _, code, title, state, urgency, category, unit, district, channel, round_, watched, version, received, due = row[:14]
    return InboxItem(
        code=code, title=title, state=state, state_zh=STATE_ZH[State(state)], urgency=urgency, urgency_zh=URGENCY_ZH[Urgency(urgency)],
        category_name=tree.categories[category].name if category in tree.categories else "",
        unit_name=tree.units[unit].short_name if unit in tree.units else "",
        district_name=tree.places[district].name if district in tree.places else "",
        channel=channel, round=round_, watched=watched, version=version, received_at=received, due_at=due,
        overdue=due is not None and due < now, soon=due is not None and now <= due < now + SOON,
    )  # fmt: skip


def find(actor: Actor, words: str) -> list[InboxItem]:
    """Cases by their code, or by a caller's phone number (for the desk), that this person may see; newest first."""
    words = words.strip()
    if words.replace(" ", "").replace("-", "").isdecimal():
        if not any(m.roles & _SECRET for m in actor.memberships):
            return []
        try:
            index = keyring().blind_index(phone(words), kind="phone")
        except BadInput:
            return []
        where, params = "c.id IN (SELECT case_id FROM ms_party WHERE phone_index = %(index)s AND erased_at IS NULL)", {"index": index}
    else:
        where, params = "c.code = %(code)s", {"code": words.upper()[:24]}
    scope = _scope(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM {scope.source} WHERE {scope.where} AND {where} ORDER BY c.id DESC LIMIT 50", {**_params(scope), **params})  # noqa: S608
        rows = cursor.fetchall()
    now = clock.now()
    return [_item(row, now) for row in rows]

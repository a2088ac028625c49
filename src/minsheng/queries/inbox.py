"""工单队列: what waits for whom. One query for a page, one for all counts, however many cases are open."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor, only_looks_on
from minsheng.domain.errors import BadInput, NotFound
from minsheng.domain.states import STATE_ZH, URGENCY_ZH, Role, State, Urgency
from minsheng.domain.text import phone
from minsheng.queries import directory as directories
from minsheng.queries import sight as seeing
from minsheng.queries import wanted as choosing
from minsheng.queries.pages import Cursor, Page, read
from minsheng.queries.sight import NOT_ACCUSED, Scope
from minsheng.queries.wanted import Wanted
from minsheng.sealing import keyring

#: Counts stop here: "99+" says enough, and no count runs over everything.
COUNTED_TO = 100
SOON = timedelta(hours=12)
#: Two cases of one place and matter, or of one caller, so near in time may be one.
ALIKE = timedelta(days=7)

_RUNNING = "d.kind = '{kind}' AND d.met_at IS NULL AND d.ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: its key, name, and the condition on the case (c) — or on the unit's order (o) — that puts a case into it."""

    key: str
    zh: str
    roles: frozenset[Role]
    where: str
    drawn: str = "scope"
    """From which cases: the actor's own scope; clock: the same, led by a running clock (d); orders: those of the actor's units;
    seen: all that the actor may see."""
    group: str = ""
    rare: bool = False
    """So few that they are better sorted than looked for in the order of all."""


_OPEN = "c.closed_at IS NULL AND c.state IN ('received', 'registered', 'dispatched', 'handling', 'answered', 'parked')"


def _r(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


def _asked(move: str) -> str:
    kind = f" AND a.move = '{move}'" if move else ""
    return f"c.id IN (SELECT a.case_id FROM ms_approval a WHERE a.status = 'asked' AND a.approver_unit = ANY(%(units)s){kind})"  # noqa: S608 (a constant)


#: Another open case of the same caller (p), or of the same place and matter (x), within a week. 举报 and private matters are nobody's duplicate.
#: The interval of nought keeps the planner from reading all cases of those two weeks: the place or the caller leads to a handful.
_OTHER = (
    "x.closed_at IS NULL AND x.id <> c.id AND x.visibility <> 'secret' AND NOT x.sensitive"
    " AND x.received_at + interval '0' BETWEEN c.received_at - %(alike)s AND c.received_at + %(alike)s"
)
_SAME_PLACE = f"FROM ms_case x WHERE x.place = c.place AND x.category = c.category AND {_OTHER}"
_SAME_CALLER = (
    "FROM ms_party p JOIN ms_party q ON q.phone_index = p.phone_index AND q.case_id <> p.case_id AND q.erased_at IS NULL JOIN ms_case x ON x.id = q.case_id"
    f" WHERE p.case_id = c.id AND p.phone_index IS NOT NULL AND p.erased_at IS NULL AND {_OTHER}"
)
_ALIKE = f"c.closed_at IS NULL AND c.state IN ('received', 'registered') AND (EXISTS (SELECT 1 {_SAME_PLACE}) OR EXISTS (SELECT 1 {_SAME_CALLER}))"

_ALL = frozenset(Role)
_DECIDES = _r(Role.DISPATCHER, Role.SUPERVISOR, Role.OPERATOR, Role.LEADER, Role.STAFF)
_MINE = "mine"
_QUEUES = (
    Queue("received", "待受理", _r(Role.OPERATOR, Role.DISPATCHER), "c.state = 'received' AND c.closed_at IS NULL"),
    Queue("registered", "待派单", _r(Role.DISPATCHER, Role.OPERATOR), "c.state = 'registered' AND c.closed_at IS NULL"),
    Queue("ruling", "退单待裁", _r(Role.DISPATCHER, Role.SUPERVISOR), _OPEN + " AND " + _RUNNING.format(kind="ruling"), "clock"),
    Queue("dispatched", "待认领", _ALL, "c.state = 'dispatched' AND c.closed_at IS NULL"),
    Queue("handling", "办理中", _ALL, "c.state = 'handling' AND c.closed_at IS NULL"),
    Queue("soon", "将超时", _ALL, _OPEN + " AND c.due_at >= %(now)s AND c.due_at < %(soon)s", rare=True),
    Queue("overdue", "已超时", _ALL, _OPEN + " AND c.due_at < %(now)s"),
    Queue(
        "quality", "待质检", _r(Role.CHECKER, Role.SUPERVISOR), "c.state = 'answered' AND c.closed_at IS NULL AND " + _RUNNING.format(kind="quality"), "clock"
    ),
    Queue("callback", "待回访", _r(Role.CALLBACK, Role.OPERATOR), "c.state IN ('answered', 'closed') AND " + _RUNNING.format(kind="callback"), "clock"),
    Queue("disputed", "有异议", _r(Role.CALLBACK, Role.OPERATOR, Role.SUPERVISOR), "c.state IN ('answered', 'closed') AND c.disputed", rare=True),
    Queue("watched", "督办", _ALL, _OPEN + " AND c.watched", rare=True),
    Queue("answered", "已答复", _ALL, "c.state = 'answered' AND c.closed_at IS NULL"),
    Queue("parked", "挂账", _ALL, "c.state = 'parked' AND c.closed_at IS NULL"),
    Queue("assigned", "已指派给我", _r(Role.STAFF, Role.GRID, Role.LEADER), "o.assignee = %(me)s AND c.closed_at IS NULL", "orders", _MINE),
    Queue("starred", "我盯着的", _ALL, "c.id IN (SELECT s.case_id FROM ms_star s WHERE s.user_id = %(me)s)", "seen", _MINE),
    Queue("approvals", "等您审批", _DECIDES, _asked(""), "seen", _MINE),
    Queue("extensions", "延期待批", _DECIDES, _asked("extend"), "seen", _MINE),
    Queue("parkings", "挂账待批", _DECIDES, _asked("park"), "seen", _MINE),
    Queue("alike", "疑似重复", _r(Role.OPERATOR, Role.DISPATCHER), _ALIKE, group=_MINE),
)
QUEUES = {queue.key: queue for queue in _QUEUES}


@dataclass(frozen=True, slots=True)
class Counted:
    """A queue with how many wait in it; `more` when there are at least COUNTED_TO. group: "" by stage, mine by what concerns this person."""

    key: str
    zh: str
    count: int
    more: bool
    group: str = ""


@dataclass(slots=True, kw_only=True)  # not frozen: made by the page, and that would take four times as long
class InboxItem:
    """One line of a queue. clock: which deadline is due_at, running since clock_at. unread: something has happened since this person looked.

    alike: code of another case that may be the same, and why (place, caller); only in the queue of such.
    """

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
    clock: str
    clock_at: datetime | None
    supporters: int
    card: str
    unread: bool
    starred: bool
    alike: str
    alike_by: str


def queues(actor: Actor) -> list[Counted]:
    """The queues of this person with their counts: one query."""
    mine = _allowed(actor)
    scopes = _scopes(actor)
    if not mine:
        return []
    columns = ", ".join(_COUNT.format(source=own.source, where=_holds(q, own)) for q in mine for own in (scopes[q.drawn],))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", _params(scopes))  # every fragment is a constant of this file
        row = cursor.fetchone()
    return [Counted(q.key, q.zh, n, n >= COUNTED_TO, q.group) for q, n in zip(mine, row, strict=True)]


_COUNT = f"(SELECT count(*) FROM (SELECT 1 FROM {{source}} WHERE {{where}} LIMIT {COUNTED_TO}) x)"  # noqa: S608 (a constant)


def inbox(actor: Actor, *, queue: str, wanted: Wanted = Wanted(), cursor: str = "", limit: int = 30) -> Page[InboxItem]:  # noqa: B008 (frozen)
    """One page of a queue, most pressing first (or the newest): one query."""
    chosen = _chosen(actor, queue)
    scopes = _scopes(actor)
    scope, after, tree = scopes[chosen.drawn], read(cursor), directories.current()
    narrowing, values = choosing.conditions(wanted, tree)
    params = _params(scopes) | values | {"limit": limit + 1, "me": actor.id}
    if after is not None:
        params |= {"at": after.at, "id": after.id}
    where = " AND ".join([_holds(chosen, scope), *narrowing, NOT_ACCUSED])
    if chosen.rare or wanted.again or wanted.urgency not in ("", Urgency.NORMAL):
        scope = replace(scope, newest=f"({scope.newest} + interval '0')")
    page = _page(scope, where, after, newest=wanted.sort == "new")
    alike = _ALIKE_SHOWN if chosen.key == "alike" else "NULL, NULL"
    with connection.cursor() as cursor_:
        cursor_.execute(
            _SHOWN.format(page=page, alike=alike, order="DESC" if wanted.sort == "new" else "NULLS LAST", id="DESC" if wanted.sort == "new" else ""), params
        )
        rows = cursor_.fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([_item(row, params["now"]) for row in rows[:limit]], str(Cursor(last[1], last[0])) if last else "")


def codes(actor: Actor, *, queue: str, wanted: Wanted, limit: int) -> list[str]:
    """The codes of everything in a queue that is wanted, up to `limit`: one query."""
    chosen = _chosen(actor, queue)
    scopes = _scopes(actor)
    scope = scopes[chosen.drawn]
    narrowing, values = choosing.conditions(wanted, directories.current())
    where = " AND ".join([_holds(chosen, scope), *narrowing, NOT_ACCUSED])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.code FROM {scope.source} WHERE {where} ORDER BY {scope.order}, c.id LIMIT {limit}", _params(scopes) | values)  # noqa: S608
        return list(dict.fromkeys(code for (code,) in cursor.fetchall()))


def _page(scope: Scope, where: str, after: Cursor | None, *, newest: bool) -> str:
    """The rows of one page, in two parts where what has no deadline follows what has one: so that an index leads to where the last page ended."""
    order, direction = (scope.newest, " DESC") if newest else (scope.order, "")
    parts = [""]
    if after is not None and newest:
        parts = [f" AND ({order}, c.id) < (%(at)s, %(id)s)"]
    elif after is not None and after.at is None:
        parts = [f" AND {order} IS NULL AND c.id > %(id)s"]
    elif after is not None:
        parts = [f" AND ({order}, c.id) > (%(at)s, %(id)s)", f" AND {order} IS NULL"]
    key = "c.id" if scope.row == "c" else f"{scope.row}.case_id"
    rows = f"SELECT c.*, {order} AS at, {scope.order} AS due FROM {scope.source}"  # noqa: S608 (constants)
    one = f"({rows} WHERE {where}{{beyond}} ORDER BY {order}{direction}, {key}{direction} LIMIT %(limit)s)"
    return " UNION ALL ".join(one.format(beyond=beyond.replace("c.id", key)) for beyond in parts)


#: A page and what stands beside each of its rows. Everything is looked up for the rows of the page only.
_SHOWN = """
SELECT c.id, c.at, c.code, c.title, c.state, c.urgency, c.category, c.unit, c.district, c.channel, c.round, c.watched, c.version, c.received_at, c.due,
       t.kind, t.started_at, h.supporters, m.kind, r.seq IS NULL OR r.seq < c.seq, s.id IS NOT NULL, {alike}
FROM ({page}) c
LEFT JOIN LATERAL (
  SELECT d.kind, d.started_at FROM ms_deadline d
  WHERE d.case_id = c.id AND d.ended_at IS NULL AND d.met_at IS NULL AND d.paused_at IS NULL AND d.due_at = c.due LIMIT 1
) t ON true
LEFT JOIN ms_hall h ON h.case_id = c.id
LEFT JOIN LATERAL (
  SELECT m.kind FROM ms_measure m WHERE m.case_id = c.id AND m.unit = c.unit AND m.status IN ('opened', 'answered')
  AND m.kind IN ('red_card', 'orange_card', 'yellow_card') ORDER BY array_position(ARRAY['red_card', 'orange_card', 'yellow_card'], m.kind::text) LIMIT 1
) m ON true
LEFT JOIN ms_read r ON r.case_id = c.id AND r.user_id = %(me)s
LEFT JOIN ms_star s ON s.case_id = c.id AND s.user_id = %(me)s
ORDER BY c.at {order}, c.id {id} LIMIT %(limit)s
"""
_DIRECTIONS = {"due": {"order": "NULLS LAST", "id": ""}, "new": {"order": "DESC", "id": "DESC"}}
_ALIKE_SHOWN = f"(SELECT min(x.code) {_SAME_PLACE}), (SELECT min(x.code) {_SAME_CALLER})"


def _chosen(actor: Actor, key: str) -> Queue:
    found = next((q for q in _allowed(actor) if q.key == key), None)
    if found is None:
        raise NotFound("没有这个队列，或它不归您看。", "There is no such queue, or it is not yours.")
    return found


def _allowed(actor: Actor) -> list[Queue]:
    if only_looks_on(actor):
        return []
    roles = frozenset(role for m in actor.memberships for role in m.roles)
    return [q for q in _QUEUES if q.roles & roles]


def _scopes(actor: Actor) -> dict[str, Scope]:
    """What each queue is drawn from, by `Queue.drawn`."""
    tree = directories.current()
    seen, own = seeing.sight(actor, tree), seeing.scope(actor)
    clock_ = replace(own, source="ms_deadline d JOIN ms_case c ON c.id = d.case_id", order="d.due_at", where=own.where if own.row == "c" else "FALSE", row="c")
    return {"scope": own, "clock": clock_, "orders": seeing.orders(seen, own.params), "seen": Scope("ms_case c", seeing.seeable(seen), own.params)}


def _holds(queue: Queue, scope: Scope) -> str:
    """The queue's condition. A unit's order repeats state and deadline, so that one index finds the queue in its order."""
    where = queue.where if scope.row == "c" else queue.where.replace("c.state", "o.state").replace("c.due_at", "o.due_at")
    return f"{where} AND {scope.where}"


def _params(scopes: dict[str, Scope]) -> dict[str, Any]:
    now = clock.now()
    return {**scopes["scope"].params, **scopes["orders"].params, "now": now, "soon": now + SOON, "alike": ALIKE}


def _item(row: tuple[Any, ...], now: datetime) -> InboxItem:
    tree = directories.current()
    _, _, code, title, state, urgency, category, unit, district, channel, round_, watched, version, received, due = row[:15]
    kind, since, supporters, card, unread, starred, place, caller = row[15:23]
    return InboxItem(
        code=code, title=title, state=state, state_zh=STATE_ZH[State(state)], urgency=urgency, urgency_zh=URGENCY_ZH[Urgency(urgency)],
        category_name=tree.categories[category].name if category in tree.categories else "",
        unit_name=tree.units[unit].short_name if unit in tree.units else "",
        district_name=tree.places[district].name if district in tree.places else "",
        channel=channel, round=round_, watched=watched, version=version, received_at=received, due_at=due,
        overdue=due is not None and due < now, soon=due is not None and now <= due < now + SOON, clock=kind or "", clock_at=since,
        supporters=supporters or 0, card=card or "", unread=unread, starred=starred,
        alike=caller or place or "", alike_by="caller" if caller else "place" if place else "",
    )  # fmt: skip


def find(actor: Actor, words: str) -> list[InboxItem]:
    """Cases by their code, or by a caller's phone number (for the desk), that this person may see; newest first."""
    words = words.strip()
    if words.replace(" ", "").replace("-", "").isdecimal():
        if not any(m.roles & seeing.SECRET for m in actor.memberships):
            return []
        try:
            index = keyring().blind_index(phone(words), kind="phone")
        except BadInput:
            return []
        where, params = "c.id IN (SELECT case_id FROM ms_party WHERE phone_index = %(index)s AND erased_at IS NULL)", {"index": index}
    else:
        where, params = "c.code = %(code)s", {"code": words.upper().replace("\0", "")[:24]}
    return _some(actor, where, params, limit=50)


def of_caller(actor: Actor, call: int, *, limit: int) -> list[InboxItem]:
    """以前的诉求 of the number that calls, found by the blind index without opening anything; one query."""
    same = "SELECT p.case_id FROM ms_party p JOIN ms_call m ON m.number_index = p.phone_index WHERE m.id = %(call)s AND p.erased_at IS NULL"
    return _some(actor, f"c.id IN ({same})", {"call": call}, limit=limit)


def _some(actor: Actor, where: str, values: dict[str, Any], *, limit: int) -> list[InboxItem]:
    """Rows of some cases that this person may see, the newest first."""
    if only_looks_on(actor):
        return []
    scopes = _scopes(actor)
    params = _params(scopes) | values | {"limit": limit, "me": actor.id}
    rows = "SELECT c.*, c.received_at AS at, c.due_at AS due FROM ms_case c"
    page = f"({rows} WHERE {where} AND {scopes['seen'].where} ORDER BY c.id DESC LIMIT %(limit)s)"
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN.format(page=page, alike="NULL, NULL", **_DIRECTIONS["new"]), params)
        return [_item(row, params["now"]) for row in cursor.fetchall()]


def chosen(actor: Actor, wanted: list[str]) -> list[InboxItem]:
    """These cases, as far as this person may see them; one query."""
    return _some(actor, "c.code = ANY(%(codes)s)", {"codes": _codes(wanted)}, limit=len(wanted)) if wanted else []


def visible(actor: Actor, wanted: list[str]) -> set[str]:
    """Those of these codes that this person may see: for exports, prints and whatever takes many at once. One query."""
    scopes = _scopes(actor)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.code FROM ms_case c WHERE c.code = ANY(%(codes)s) AND {scopes['seen'].where}", _params(scopes) | {"codes": _codes(wanted)})  # noqa: S608
        return {code for (code,) in cursor.fetchall()}


def _codes(wanted: list[str]) -> list[str]:
    """Codes as the database can compare them."""
    return [code for code in wanted if "\0" not in code]

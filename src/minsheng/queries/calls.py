"""来电: the call on an operator's screen, lists of calls, the caller's earlier cases, and the figures of a day. One query each."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, Q, QuerySet

from minsheng import clock
from minsheng.domain import calls as pure
from minsheng.domain.access import Actor
from minsheng.domain.calendar import beijing_day, midnight
from minsheng.domain.errors import BadInput, NotFound
from minsheng.models.calls import Call, Seat
from minsheng.queries import inbox
from minsheng.queries.inbox import InboxItem
from minsheng.queries.pages import Cursor, Page, read
from minsheng.sealing import keyring

#: A call that has not ended after so long has been forgotten by the exchange; a screen does not show it for ever.
LONGEST = timedelta(hours=4)
#: Until then a call that is over waits on the screen for its wrap-up; afterwards it stands in the list of those without one.
WAITS = timedelta(hours=2)
#: Counts stop here.
COUNTED_TO = 100
LISTS = {"today": "今天", "mine": "我接的", "missed": "未接", "open": "没有小结", "all": "全部"}


def context(external: str, field: str) -> bytes:
    """What a sealed value of a call is bound to."""
    return f"call:{external}:{field}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A call as lists and screens show it. number: masked, "" where it was hidden; live: it has not ended."""

    id: int
    status: str
    direction: str
    number: str
    line: str
    extension: str
    user: int | None
    user_name: str
    case: str
    at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wrap_up: str
    transferred_to: str
    recorded: bool
    good: bool

    @property
    def live(self) -> bool:
        """Is somebody on the line, or is it ringing?"""
        return self.ended_at is None

    @property
    def mark(self) -> str:
        """Changes whenever a screen has to be drawn again."""
        return f"{self.id}.{self.status}.{self.wrap_up or '-'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """The operator's seat. extension: "" where a colleague (taken_by) has sat down there since."""

    extension: str
    state: str
    since: datetime
    taken_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What an operator's screen shows now: the seat, the call that goes first, and another one that rings while the first is not done."""

    seat: SeatRow | None
    call: CallRow | None
    other: CallRow | None

    @property
    def mark(self) -> str:
        """Changes whenever something on the screen has changed."""
        seat = f"{self.seat.extension}.{self.seat.state}" if self.seat else "-"
        return "_".join([seat, *(one.mark if one else "-" for one in (self.call, self.other))])


_CALL = (
    "c.id, c.external, c.status, c.direction, c.number, c.line, c.extension, c.user_id, u.display_name, k.code,"
    " c.at, c.answered_at, c.ended_at, c.wrap_up, c.transferred_to, c.recording <> '', c.called_back_id IS NOT NULL"
)
_WITH = "LEFT JOIN ms_user u ON u.id = c.user_id LEFT JOIN ms_case k ON k.id = c.case_id"
#: One statement over two indexes (call_live, call_user): it is asked every two seconds by everybody who sits at a desk.
_SCREEN = f"""
SELECT s.extension, s.mode, s.since, t.display_name, x.*
FROM ms_seat s LEFT JOIN ms_user t ON t.id = s.taken_by_id
LEFT JOIN LATERAL (
  (SELECT 'live', {_CALL} FROM ms_call c {_WITH}
   WHERE c.extension = s.extension AND c.ended_at IS NULL AND c.at > %(live)s ORDER BY c.at DESC LIMIT 2)
  UNION ALL
  (SELECT 'last', {_CALL} FROM (SELECT * FROM ms_call m WHERE m.user_id = s.user_id AND m.at > %(last)s ORDER BY m.at DESC LIMIT 3) c {_WITH}
   WHERE c.ended_at IS NOT NULL AND c.wrap_up = '' AND c.status = 'ended' LIMIT 1)
) x ON true
WHERE s.user_id = %(me)s
"""  # noqa: S608 (constants of this file)


def screen(actor: Actor) -> Screen:
    """What stands on this operator's screen: one query. A call that is spoken on goes first, then one that waits for its wrap-up, then one that rings."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_SCREEN, {"me": actor.id, "live": now - LONGEST, "last": now - WAITS})
        rows = cursor.fetchall()
    if not rows:
        return Screen(seat=None, call=None, other=None)
    extension, state, since, taken_by = rows[0][:4]
    seat = SeatRow(extension=extension or "", state=state, since=since, taken_by=taken_by or "")
    found = [_row(row[5:]) for row in rows if row[4] is not None]
    order = sorted(found, key=lambda one: (one.status != "answered", one.live, -one.at.timestamp()))
    return Screen(seat=seat, call=order[0] if order else None, other=next((one for one in order[1:] if one.live), None))


def _row(row: tuple[Any, ...]) -> CallRow:
    pk, external, status, direction, number, line, extension, user, name, code, at, answered, ended, wrap_up, transferred, recorded, good = row
    plain = keyring().open(number, context=context(external, "number")) if number is not None else ""
    return CallRow(
        id=pk, status=status, direction=direction, number=pure.masked(plain) if plain else "", line=line, extension=extension, user=user,
        user_name=name or "", case=code or "", at=at, answered_at=answered, ended_at=ended, wrap_up=wrap_up, transferred_to=transferred,
        recorded=recorded, good=good,
    )  # fmt: skip


def one(call: int) -> CallRow:
    """One call, or NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_CALL} FROM ms_call c {_WITH} WHERE c.id = %s", [call])  # noqa: S608 (constants)
        row = cursor.fetchone()
    if row is None:
        raise NotFound("没有这通电话。", "There is no such call.")
    return _row(row)


@dataclass(frozen=True, slots=True)
class Written:
    """What the operator has written: so far (draft: name of the field → words), or for good (note)."""

    draft: dict[str, str]
    note: str


def written(call: int) -> Written:
    """The note of a call, opened. For the operator who wrote it and for supervisors."""
    external, note = Call.objects.values_list("external", "note").get(pk=call)
    found = json.loads(keyring().open(note, context=context(external, "note"))) if note is not None else {}
    return Written(draft=dict(found.get("draft", {})), note=str(found.get("note", "")))


def seat_of(actor: Actor) -> str:
    """At which extension somebody sits; "" nowhere."""
    return Seat.objects.filter(user=actor.id).values_list("extension", flat=True).first() or ""


def seats() -> dict[str, str]:
    """Who sits where: extension → name."""
    return dict(Seat.objects.filter(extension__isnull=False).values_list("extension", "user__display_name"))


# --- the caller -------------------------------------------------------------------------------------------------------------------


def earlier(call: int, actor: Actor, *, limit: int = 6) -> list[InboxItem]:
    """以前的诉求: cases of the same number that this operator may see, newest first; found by the blind index, without opening anything."""
    return inbox.of_caller(actor, call, limit=limit)


def calls_before(call: int, *, limit: int = 5) -> list[CallRow]:
    """以前的来电: earlier calls of the same number, newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_CALL} FROM ms_call c {_WITH} WHERE c.id <> %(call)s"  # noqa: S608 (constants)
            " AND c.number_index = (SELECT number_index FROM ms_call WHERE id = %(call)s) ORDER BY c.at DESC LIMIT %(limit)s",
            {"call": call, "limit": limit},
        )
        return [_row(row) for row in cursor.fetchall()]


# --- lists ------------------------------------------------------------------------------------------------------------------------


def listed(actor: Actor, *, which: str, status: str = "", wrap_up: str = "", cursor: str = "", limit: int = 50) -> Page[CallRow]:
    """One page of calls, newest first; missed calls that nobody has made good the oldest first, because they have waited longest."""
    rows = _which(which, actor)
    if status:
        rows = rows.filter(status=_known(status, pure.STATUS_ZH, "status"))
    if wrap_up:
        rows = rows.filter(wrap_up=_known(wrap_up, pure.WRAP_UPS, "wrap_up"))
    after, oldest = read(cursor), which == "missed"
    if after is not None and after.at is not None:
        way = "gt" if oldest else "lt"
        rows = rows.filter(Q(**{f"at__{way}": after.at}) | Q(**{"at": after.at, f"id__{way}": after.id}))
    rows = rows.order_by("at", "id") if oldest else rows.order_by("-at", "-id")
    found = [_row(row) for row in _values(rows)[: limit + 1]]
    following = str(Cursor(found[limit - 1].at, found[limit - 1].id)) if len(found) > limit else ""
    return Page(found[:limit], following)


def _values(rows: QuerySet[Call]) -> QuerySet[Call, tuple[Any, ...]]:
    return rows.values_list(
        "id", "external", "status", "direction", "number", "line", "extension", "user_id", "user__display_name", "case__code", "at", "answered_at",
        "ended_at", "wrap_up", "transferred_to", Q(recording__gt=""), Q(called_back__isnull=False),
    )  # fmt: skip


def _which(which: str, actor: Actor) -> QuerySet[Call]:
    today = midnight(beijing_day(clock.now()))
    match which:
        case "today":
            return Call.objects.filter(at__gte=today)
        case "mine":
            return Call.objects.filter(user=actor.id)
        case "missed":
            return Call.objects.filter(status="missed", called_back=None)
        case "open":
            return Call.objects.filter(user=actor.id, status="ended", wrap_up="", at__gte=today - timedelta(days=7))
        case "all":
            return Call.objects.all()
    raise BadInput(field="which", zh="没有这个列表，请重新选。", en="There is no such list; choose another.")


def _known(value: str, table: dict[str, str], field: str) -> str:
    if value not in table:
        raise BadInput(field=field, zh="没有这个选项，请重新选。", en="There is no such choice; choose another.")
    return value


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many ring now and how many missed calls wait, at most COUNTED_TO of each."""

    ringing: int
    missed: int
    open: int


def waiting(actor: Actor) -> Waiting:
    """The counts beside the lists: one query over small indexes, each stopping at COUNTED_TO."""
    now = clock.now()
    parts = (
        "(SELECT count(*) FROM (SELECT 1 FROM ms_call WHERE ended_at IS NULL AND status = 'ringing' AND at > %(live)s LIMIT %(most)s) a)",
        "(SELECT count(*) FROM (SELECT 1 FROM ms_call WHERE status = 'missed' AND called_back_id IS NULL LIMIT %(most)s) b)",
        "(SELECT count(*) FROM (SELECT 1 FROM ms_call WHERE user_id = %(me)s AND at > %(week)s AND status = 'ended' AND wrap_up = '' LIMIT %(most)s) d)",
    )
    with connection.cursor() as cursor:
        values = {"me": actor.id, "live": now - LONGEST, "week": midnight(beijing_day(now)) - timedelta(days=7), "most": COUNTED_TO}
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return Waiting(*cursor.fetchone())


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An operator's day. spoken: average length of a call; wrapped: from its end to its wrap-up, on average; open: without one."""

    user: int | None
    name: str
    offered: int
    answered: int
    out: int
    spoken: timedelta | None
    wrapped: timedelta | None
    open: int


def figures(*, user: int | None = None) -> list[Figures]:
    """今天: one row for each operator who was rung or who rang; `user`: only this one."""
    today = midnight(beijing_day(clock.now()))
    rows = Call.objects.filter(at__gte=today)
    if user is not None:
        rows = rows.filter(user=user)
    found = (
        rows.values("user_id", "user__display_name")
        .annotate(
            offered=Count("id", filter=Q(direction="in")),
            answered=Count("id", filter=Q(direction="in", answered_at__isnull=False)),
            out=Count("id", filter=Q(direction="out")),
            spoken=Avg(F("ended_at") - F("answered_at")),
            wrapped=Avg(F("wrapped_at") - F("ended_at"), filter=Q(wrapped_at__gt=F("ended_at"))),
            open=Count("id", filter=Q(status="ended", wrap_up="")),
        )
        .order_by("-answered", "user_id")
    )
    return [
        Figures(
            user=row["user_id"], name=row["user__display_name"] or "", offered=row["offered"], answered=row["answered"], out=row["out"],
            spoken=row["spoken"], wrapped=row["wrapped"], open=row["open"],
        )
        for row in found
    ]  # fmt: skip

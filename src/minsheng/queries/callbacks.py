"""回访: who is to be called, in the order of the need: those who said that it is not done, then whoever is due first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.facts import BAD_TO
from minsheng.domain.judged import RESULTS
from minsheng.queries import directory as directories
from minsheng.queries.areas import cases_of
from minsheng.queries.pages import Cursor, Page, read
from minsheng.queries.rulings import name_of, short

#: Counts stop here.
COUNTED_TO = 100
_BAD = f"(coalesce((c.facts->>'rating')::int, 9) <= {BAD_TO} OR c.disputed)"
_AGAIN = "c.facts->'calls'->>'result' = 'later'"
_TRIED = "(c.facts->'calls'->>'tries')::int > 0 AND c.facts->'calls'->>'result' <> 'later'"
_FRESH = "coalesce(c.facts->'calls', 'null') = 'null'"
#: key → word, condition. Each running callback is in exactly one; the first that holds something is opened first.
GROUPS = {
    "bad": ("说没办好的", f"{_BAD} AND {_FRESH}"),
    "first": ("待回访", f"NOT {_BAD} AND {_FRESH}"),
    "again": ("约好再打", _AGAIN),
    "tried": ("打不通", _TRIED),
}
_FROM = (
    "ms_deadline d JOIN ms_case c ON c.id = d.case_id WHERE d.kind = 'callback' AND d.met_at IS NULL AND d.ended_at IS NULL AND d.paused_at IS NULL"
    " AND c.state IN ('answered', 'closed')"
)

#: Who is waiting when everybody has been answered and nobody called: no more are looked at for the counts.
MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCall:
    """One person to call. result, tries, again: of the calls so far in this round."""

    code: str
    title: str
    category_name: str
    place_name: str
    unit_name: str
    state: str
    round: int
    rating: int | None
    disputed: bool
    answered_at: datetime | None
    started_at: datetime
    due_at: datetime
    tries: int
    result_zh: str
    again: datetime | None


def counts(actor: Actor) -> dict[str, int]:
    """How many are in each group, at most COUNTED_TO. One query."""
    where, params = cases_of(actor, "call_people")
    columns = ", ".join(f"least(count(*) FILTER (WHERE {group}), {COUNTED_TO})" for _, group in GROUPS.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM (SELECT c.facts, c.disputed FROM {_FROM} AND {where} LIMIT {MOST}) c", params)  # noqa: S608 (constants)
        return dict(zip(GROUPS, cursor.fetchone(), strict=True))


def page(actor: Actor, *, group: str, cursor: str = "", limit: int = 30) -> Page[ToCall]:
    """One page of a group, whoever is due first at the top; of those who were put off, whose time comes first. One query."""
    where, params = cases_of(actor, "call_people")
    order = "(c.facts->'calls'->>'again')::timestamptz" if group == "again" else "d.due_at"
    after, beyond = read(cursor), ""
    if after is not None and after.at is not None:
        params |= {"at": after.at, "id": after.id}
        beyond = f" AND ({order}, d.id) > (%(at)s, %(id)s)"
    with connection.cursor() as cursor_:
        cursor_.execute(
            f"SELECT {_COLUMNS}, {order} FROM {_FROM} AND {where} AND {GROUPS[group][1]}{beyond} ORDER BY {order}, d.id LIMIT {limit + 1}",  # noqa: S608 (constants)
            params,
        )
        rows = cursor_.fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([_row(row) for row in rows[:limit]], str(Cursor(last[-1], last[0])) if last else "")


def following(actor: Actor, *, but: str = "") -> tuple[str, str] | None:
    """(code, group) of the next one to call, never `but`: whose agreed time has come, then in the order of the groups. At most four queries."""
    now = clock.now()
    for row in page(actor, group="again", limit=2).rows:
        if row.code != but and row.again is not None and row.again <= now:
            return row.code, "again"
    for group in ("bad", "first", "tried"):
        for row in page(actor, group=group, limit=2).rows:
            if row.code != but:
                return row.code, group
    return None


_COLUMNS = (
    "d.id, c.code, c.title, c.category, coalesce(c.place, c.district), c.unit, c.state, c.round, c.facts->>'rating', c.disputed, d.due_at, d.started_at,"
    " c.answered_at, c.facts->'calls'->>'tries', c.facts->'calls'->>'result', c.facts->'calls'->>'again'"
)


def _row(row: tuple[Any, ...]) -> ToCall:
    tree = directories.current()
    _, code, title, category, place, unit, state, round_, rating, disputed, due, started, answered, tries, result, again = row[:16]
    return ToCall(
        code=code, title=title, category_name=name_of(tree.categories, category), place_name=name_of(tree.places, place), unit_name=short(tree, unit),
        state=state, round=round_, rating=int(rating) if rating else None, disputed=disputed, answered_at=answered, started_at=started, due_at=due,
        tries=int(tries or 0), result_zh=RESULTS.get(result or "", ""), again=datetime.fromisoformat(again) if again else None,
    )  # fmt: skip

"""专项整治: what is dealt with as one class of matter, how far it is, and which public requests it came from. A constant number of queries a page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.calendar import midnight
from minsheng.domain.errors import NotFound
from minsheng.models.campaign import Spot
from minsheng.queries import directory as directories
from minsheng.queries import sight as seeing
from minsheng.queries.pages import Cursor, Page, read

#: Requests and spots that one page lists; a campaign has hundreds at most.
MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A campaign in a list. done of spots; gathered: how many requests belong to it."""

    code: str
    name: str
    goal: str
    unit: str
    unit_name: str
    opened_at: datetime
    due_on: date | None
    ended_at: datetime | None
    spots: int
    done: int
    late: int
    gathered: int

    @property
    def due(self) -> datetime | None:
        """The day until which all is to be done, as screens take it."""
        return midnight(self.due_on) if self.due_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """点位. late: its day has passed and it is not done."""

    number: int
    name: str
    owner: str
    owner_name: str
    due_on: date
    plan: str
    done_at: datetime | None
    evidence: list[str]
    late: bool

    @property
    def due(self) -> datetime:
        """Its day, as screens take it."""
        return midnight(self.due_on)


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign with its spots and the requests that everybody may read. more: how many others it gathered that are not public."""

    head: Headline
    spots: list[Place]
    requests: list[tuple[str, str]]

    @property
    def more(self) -> int:
        """Requests that are not shown."""
        return self.head.gathered - len(self.requests)


_HEAD = """
SELECT k.id, k.code, k.name, k.goal, k.unit, k.opened_at, k.due_on, k.ended_at,
       (SELECT count(*) FROM ms_spot s WHERE s.campaign_id = k.id),
       (SELECT count(*) FROM ms_spot s WHERE s.campaign_id = k.id AND s.done_at IS NOT NULL),
       (SELECT count(*) FROM ms_spot s WHERE s.campaign_id = k.id AND s.done_at IS NULL AND s.due_on < %(today)s),
       (SELECT count(*) FROM ms_case c WHERE c.campaign = k.id)
FROM ms_campaign k WHERE {where} ORDER BY k.opened_at DESC, k.id DESC LIMIT %(limit)s
"""


def page(*, running: bool, cursor: str = "", limit: int = 20) -> Page[Headline]:
    """Campaigns that run, or that have ended, newest first: one query."""
    after = read(cursor)
    where = ["k.public", f"k.ended_at IS {'' if running else 'NOT '}NULL"]
    params: dict[str, Any] = {"limit": limit + 1}
    if after is not None:
        where.append("(k.opened_at, k.id) < (%(at)s, %(id)s)")
        params |= {"at": after.at, "id": after.id}
    rows = _ask(" AND ".join(where), params)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page([_head(row) for row in rows[:limit]], str(Cursor(last[5], last[0])) if last else "")


def one(code: str) -> Told:
    """A campaign: three queries."""
    rows = _ask("k.public AND k.code = %(code)s", {"code": code, "limit": 1})
    if not rows:
        raise NotFound("没有这个专项。", "There is no such campaign.")
    head, tree, today = _head(rows[0]), directories.current(), clock.local(clock.now()).date()
    spots = [
        Place(
            number=spot.number, name=spot.name, owner=spot.owner, owner_name=tree.units[spot.owner].name if spot.owner in tree.units else spot.owner,
            due_on=spot.due_on, plan=spot.plan, done_at=spot.done_at, evidence=[str(one) for one in spot.evidence],
            late=spot.done_at is None and spot.due_on < today,
        )
        for spot in Spot.objects.filter(campaign=rows[0][0]).order_by("number")[:MOST]
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.code, h.title FROM ms_case c JOIN ms_hall h ON h.case_id = c.id WHERE c.campaign = %s ORDER BY c.id LIMIT %s", [rows[0][0], MOST]
        )
        return Told(head, spots, [(code, title) for code, title in cursor.fetchall()])


def fitting(actor: Actor, *, category: str, place: str, limit: int = 100) -> list[tuple[str, str]]:
    """Open requests of a matter and an area that this person may see and that belong to no campaign yet: code and title, oldest first. One query."""
    tree = directories.current()
    seen = seeing.sight(actor, tree)
    params: dict[str, Any] = {**seeing.values(seen, tree), "limit": limit, "category": f"{category}%"}
    # 举报 and what touches privacy are dealt with one by one: a campaign is public.
    where = [
        "c.closed_at IS NULL",
        "c.campaign IS NULL",
        "c.visibility <> 'secret'",
        "NOT c.sensitive",
        "c.state IN ('received', 'registered', 'dispatched', 'handling', 'answered', 'parked')",
    ]
    if category:
        where.append("c.category LIKE %(category)s")
    if place:
        where.append("(c.place = ANY(%(places)s) OR c.district = %(place)s)")
        params |= {"place": place, "places": [code for code in tree.places if place in tree.place_ancestors(code)]}
    where.append(seeing.seeable(seen))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.code, c.title FROM ms_case c WHERE {' AND '.join(where)} ORDER BY c.id LIMIT %(limit)s", params)  # noqa: S608 (constants)
        return [(code, title) for code, title in cursor.fetchall()]


def _ask(where: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_HEAD.format(where=where), {**params, "today": clock.local(clock.now()).date()})
        return cursor.fetchall()


def _head(row: tuple[Any, ...]) -> Headline:
    _, code, name, goal, unit, opened_at, due_on, ended_at, spots, done, late, gathered = row
    tree = directories.current()
    return Headline(
        code=code, name=name, goal=goal, unit=unit, unit_name=tree.units[unit].name if unit in tree.units else unit, opened_at=opened_at, due_on=due_on,
        ended_at=ended_at, spots=spots, done=done, late=late, gathered=gathered,
    )  # fmt: skip

"""相似: has somebody nearby told of the same? Looked for in released text only, in one query; PostgreSQL's own statistics say how common a word is."""

import re
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from psycopg import sql

from minsheng import clock
from minsheng.domain import access, facts_json
from minsheng.domain.access import Actor
from minsheng.domain.states import OPEN, State
from minsheng.intelligence import similar
from minsheng.intelligence.similar import Earlier, Match, Told
from minsheng.intelligence.tokens import any_of_literal, tsquery_literal
from minsheng.models.case import Case
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories

#: What was answered longer ago is over: who meets it again says so anew.
RECENT = timedelta(days=90)
_RUNNING = sorted(OPEN - {State.ANSWERED})
#: How long the statistics of words are kept, in seconds: they change with the hall, slowly.
_KEPT_FOR = 600.0
_NAME = 3  # characters of a place's name that are enough to find it in a text
_ABOVE = re.compile("^.*(?:街道|镇|乡|[^社]区|县)(?=..)")
_NUMBER = re.compile(r"第?\d+\s?(?:号楼|[栋幢座号楼]|网格)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """One earlier request. place_name: as near as everybody may know; near: kind of the smallest place in common, "" where it is not known."""

    code: str
    title: str
    excerpt: str
    state: str
    overdue: bool
    place_name: str
    received_at: datetime
    supporters: int
    near: str
    because: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ForStaff(Similar):
    """… for somebody at the desk. released: everybody may read it; sees: this person may open it at the desk; open: it has not ended."""

    released: bool
    sees: bool
    open: bool


#: The words stand in the statement itself, quoted by the driver. As a parameter they would be planned for once and for all, as if no word were common,
#: and a common one would then cost forty times as much.
_CANDIDATES = sql.SQL("""
SELECT h.code, h.title, left(h.body, 160), h.state, h.due_at, h.category, h.district, h.place, h.supporters, h.received_at,
       ARRAY(SELECT q.n FROM unnest({each}::tsquery[]) WITH ORDINALITY AS q (word, n) WHERE h.words @@ q.word)
FROM (
  SELECT case_id FROM ms_hall WHERE words @@ {some}::tsquery AND (state = ANY({running}) OR answered_at >= {since})
  ORDER BY received_at DESC, case_id DESC LIMIT 200
) found JOIN ms_hall h USING (case_id)
""")


def requests(told: Told, *, place: str | None, most: int = 3) -> list[Similar]:
    """What has been told before, of the newest 200 that share a word (within the same district, where the place is known); best first."""
    words = tuple(told.weights)
    if not words:
        return []
    tree, now = directories.current(), clock.now()
    with connection.cursor() as cursor:
        values = {
            "each": [tsquery_literal([word]) for word in words],
            "some": any_of_literal(similar.sought(told.weights), district=_district(tree, place)),
            "running": _RUNNING,
            "since": now - RECENT,
        }
        cursor.execute(_CANDIDATES.format(**values))
        rows = {row[0]: row for row in cursor.fetchall()}
    earlier = (
        Earlier(key=row[0], shared=tuple(words[n - 1] for n in row[10]), title=row[1], places=_around(tree, row[7] or row[6]), category=row[5], at=row[9])
        for row in rows.values()
    )
    return [_shown(rows[match.key], match, tree, now) for match in similar.requests(told, earlier, now=now, most=most)]


# Of the newest cases those that nobody has released: their words stand in no index, so they are few and compared as they are.
_UNRELEASED = """
SELECT c.code, c.title, left(t.body, 400), c.state, c.due_at, c.category, c.district, c.place, 0, c.received_at
FROM (SELECT id FROM ms_case WHERE received_at >= %(since)s ORDER BY received_at DESC, id DESC LIMIT 400) n
JOIN ms_case c ON c.id = n.id
JOIN LATERAL (SELECT body FROM ms_case_text WHERE case_id = c.id AND kind = 'body' ORDER BY id LIMIT 1) t ON true
WHERE t.body IS NOT NULL AND c.merged_into IS NULL AND (%(district)s::text IS NULL OR c.district = %(district)s)
  AND NOT EXISTS (SELECT 1 FROM ms_hall h WHERE h.case_id = c.id)
ORDER BY c.received_at DESC LIMIT 100
"""
_FRESH = timedelta(days=30)


def for_staff(told: Told, *, place: str | None, actor: Actor, code: str, most: int = 5) -> list[ForStaff]:
    """相似工单: as `requests`, and beside the released ones those of the last thirty days that this person may see; never the case itself. Three queries."""
    words = tuple(told.weights)
    if not words:
        return []
    tree, now = directories.current(), clock.now()
    released = {one.code: one for one in requests(told, place=place, most=most + 1) if one.code != code}
    with connection.cursor() as cursor:
        cursor.execute(_UNRELEASED, {"since": now - _FRESH, "district": _district(tree, place)})
        rows = {row[0]: (*row, None) for row in cursor.fetchall() if row[0] != code}
    earlier = (
        Earlier(
            key=row[0],
            shared=tuple(w for w in words if w in row[1] or w in row[2]),
            title=row[1],
            places=_around(tree, row[7] or row[6]),
            category=row[5],
            at=row[9],
        )
        for row in rows.values()
    )
    hidden = {match.key: _shown(rows[match.key], match, tree, now) for match in similar.requests(told, earlier, now=now, most=4 * most)}
    open_, seen = _which(actor, tree, [*released, *hidden])
    found = [
        ForStaff(**{name: getattr(one, name) for name in Similar.__slots__}, released=key in released, sees=key in seen, open=key in open_)
        for key, one in {**hidden, **released}.items()
        if key in released or key in seen
    ]
    return sorted(found, key=lambda one: (-one.score, one.code))[:most]


def _which(actor: Actor, tree: Directory, codes: list[str]) -> tuple[set[str], set[str]]:
    """Which of these cases have not ended, and which this person may see at the desk: one query."""
    open_, seen = set(), set()
    for code, found in Case.objects.filter(code__in=codes).values_list("code", "facts"):
        facts = facts_json.from_json(found)
        place = facts.place or facts.district
        if facts.state in OPEN:
            open_.add(code)
        if access.may_see(actor, facts, tree, place_unit=tree.places[place].unit if place in tree.places else None):
            seen.add(code)
    return open_, seen


def _shown(row: tuple[Any, ...], match: Match, tree: Directory, now: datetime) -> Similar:
    code, title, excerpt, state, due, _category, district, place, supporters, at, _shared = row
    where = tree.places.get(place or "") or tree.places.get(district or "")
    return Similar(
        code=code, title=title, excerpt=excerpt, state=state, overdue=due is not None and due < now, place_name=where.name if where else "",
        received_at=at, supporters=supporters, near=match.near, because=match.because, score=match.score,
    )  # fmt: skip


def _around(tree: Directory, place: str | None) -> frozenset[str]:
    return frozenset(tree.place_ancestors(place)) if place is not None and place in tree.places else frozenset()


def _district(tree: Directory, place: str | None) -> str | None:
    if place is None:
        return None
    return next((code for code in tree.place_ancestors(place) if tree.places[code].kind == "district"), None)


# --- what is known of the one who writes ------------------------------------------------------------------------------------------


def named(tree: Directory, said: str, *, district: str | None) -> str | None:
    """The place that is named in the words (within the chosen district, where one is), else that district. None: nobody knows."""
    found = [(name, code) for name, code in _spoken_names(tree).items() if name in said]
    if district is not None:
        found = [(name, code) for name, code in found if district in tree.place_ancestors(code)]
    return max(found, key=lambda pair: (len(pair[0]), len(tree.place_ancestors(pair[1])), pair[1]))[1] if found else district


@lru_cache(maxsize=2)
def _spoken_names(tree: Directory) -> dict[str, str]:
    """What people call a place → its code: the whole name, without what stands above it (银杏社区), a building without its number (银杏花园).

    A name that several places share means the smallest place around them all; one that they do not even share a district for means none.
    """
    found: dict[str, str | None] = {}
    for code, place in tree.places.items():
        for name in {place.name, _ABOVE.sub("", place.name), _NUMBER.sub("", place.name)}:
            if len(name) >= _NAME:
                found[name] = code if name not in found else _common(tree, found[name], code)
    return {name: code for name, code in found.items() if code is not None}


def _common(tree: Directory, one: str | None, other: str) -> str | None:
    around = tree.place_ancestors(other)
    return next((code for code in tree.place_ancestors(one) if code in around), None) if one is not None else None


def told(text: str, *, place: str | None, keywords: tuple[str, ...], categories: dict[str, float]) -> Told:
    """What is being written, weighed: keywords are those by which its category was guessed. The names of places say where, not what: they do not count."""
    tree = directories.current()
    for name in sorted((name for name in _spoken_names(tree) if name in text), key=len, reverse=True):
        text = text.replace(name, " ")
    words = similar.words(text, keywords=keywords)
    around = {code: tree.places[code].kind for code in tree.place_ancestors(place)} if place is not None else {}
    return Told(weights=similar.weigh(words, frequency=frequencies(), keywords=keywords), places=around, categories=categories)


_frequencies: tuple[float, dict[str, float]] | None = None


def frequencies() -> dict[str, float]:
    """In what share of the hall's texts each common word stands, as PostgreSQL's ANALYZE last counted. Empty where it has not counted yet."""
    global _frequencies
    tick = time.monotonic()  # not the clock of the trade: it only limits how often the statistics are read
    if _frequencies is None or tick - _frequencies[0] > _KEPT_FOR:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
                " WHERE schemaname = current_schema() AND tablename = 'ms_hall' AND attname = 'words'"
            )
            row = cursor.fetchone()
        # Behind the shares of the words stand the least, the greatest and that of NULL.
        found = dict(zip(row[0], row[1], strict=False)) if row and row[0] else {}
        _frequencies = (tick, {word: share for word, share in found.items() if not word.startswith("d:")})
    return _frequencies[1]


def forget() -> None:
    """Drop what is kept (tests)."""
    global _frequencies
    _frequencies = None

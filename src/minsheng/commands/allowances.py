"""限次: how often something may be done, counted in rows, so that the limit holds in every process and after a restart.

commands/limits.py counts in memory what may be N times as much with N processes; what is counted here may not: codes cost money, and guessing them
opens an account. Keys are kept as a keyed hash: no row says whose number or address it is.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

from minsheng import clock
from minsheng.commands import limits
from minsheng.domain.errors import TooMany
from minsheng.models.people import Allowance

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

#: No window is longer, so that a row of yesterday says nothing any more.
LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `times` within `seconds` for each key, in windows that begin with the first use."""

    name: str
    times: int
    seconds: int


def take(name: str, key: str, *, times: int, seconds: int) -> None:
    """Count one use, or raise TooMany with the seconds to wait. A refused use is not counted."""
    take_all([(Rule(name, times, seconds), key)])


def take_all(wanted: list[tuple[Rule, str]]) -> None:
    """Count one use in each of these limits, or raise TooMany and count it in none."""
    if not limits.on():
        return
    rows = sorted(((_row(rule, key), rule) for rule, key in wanted), key=lambda row: row[0])  # one order everywhere: two never wait for each other
    with transaction.atomic(), connection.cursor() as cursor:
        for row, rule in rows:
            _take(cursor, row, rule)


def _take(cursor: "CursorWrapper", row: str, rule: Rule) -> None:
    """One statement: the row is locked by it, so two at once are counted one after the other."""
    now = clock.now()
    ended = now - timedelta(seconds=rule.seconds)
    cursor.execute(_TAKE, [row, now, ended, ended, ended, rule.times])
    if cursor.fetchone() is None:
        since = Allowance.objects.values_list("since", flat=True).get(pk=row)
        wait = max(1, round((since - ended).total_seconds()))
        raise TooMany(retry_after=wait, zh=f"次数用完了，请过{words(wait)}再试。", en=f"That was too often. Please try again in {words_en(wait)}.")


_TAKE = """
INSERT INTO ms_allowance AS a (key, since, used) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
    since = CASE WHEN a.since <= %s THEN excluded.since ELSE a.since END,
    used = CASE WHEN a.since <= %s THEN 1 ELSE a.used + 1 END
WHERE a.since <= %s OR a.used < %s
RETURNING a.used
"""


def forgive(name: str, key: str) -> None:
    """It went well: what was counted against this key counts no more."""
    Allowance.objects.filter(key=_row(Rule(name, 1, 1), key)).delete()


def sweep() -> int:
    """清理: rows whose window is over; returns how many."""
    gone, _ = Allowance.objects.filter(since__lt=clock.now() - LONGEST).delete()
    return gone


def words(seconds: int) -> str:
    """How long to wait, in Chinese."""
    if seconds < 90:
        return f" {seconds} 秒"
    return f" {-(-seconds // 60)} 分钟" if seconds < 5400 else f" {-(-seconds // 3600)} 小时"


def words_en(seconds: int) -> str:
    """How long to wait, in English."""
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes" if seconds < 5400 else f"{-(-seconds // 3600)} hours"


def _row(rule: Rule, key: str) -> str:
    assert timedelta(seconds=rule.seconds) <= LONGEST, "sweep would forget it too early"
    digest = hmac.new(settings.SECRET_KEY.encode(), f"allowance:{rule.name}:{key}".encode(), hashlib.sha256).hexdigest()
    return f"{rule.name}:{digest[:40]}"

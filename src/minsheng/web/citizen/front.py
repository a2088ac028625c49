"""首页的数: what stands on the home page for everybody, worked out at most every fifteen seconds and said with its time. Never a person's own."""

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace as Row
from typing import Any

from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.policy import decide
from minsheng.queries import articles, hall, ranking, statistics
from minsheng.queries import rules as rulebook
from minsheng.queries.articles import Headline
from minsheng.queries.hall import HallEntry
from minsheng.queries.kept import Kept
from minsheng.queries.ranking import Line, Ranked
from minsheng.web import drawn, environment, formats
from minsheng.web.citizen import content
from minsheng.web.rates import rate

SECONDS = 15
#: Rows of the hall on the home page, notices, and units at either end of the table of units.
NEWEST, NOTICES, ENDS = 3, 2, 2
_PROMISES = (("claim", "%(time)s内有人认领"), ("contact", "%(time)s内联系您"), ("answer", "%(time)s内答复"), ("close", "%(time)s内办结"))
_SAID = 3

_kept: Kept["Front"] = Kept(most=1)


@dataclass(frozen=True, slots=True)
class Front:
    """What everybody sees, and when it was looked up. promised: kind of clock and its time, for an ordinary matter. notices: by language."""

    at: datetime
    today: statistics.Figures
    overdue: int
    newest: list[HallEntry]
    ranked: Ranked | None
    promised: list[tuple[str, str]]
    notices: dict[str, list[Headline]]


def front() -> Front:
    """Today's figures, what is overdue, the newest of the hall, the last published table of units, what is promised."""
    now = clock.now()
    return _kept.for_a_while("front", lambda: _look_up(now), now, SECONDS)


def overdue() -> int:
    """How many public cases have passed a promise."""
    return front().overdue


def _look_up(now: datetime) -> Front:
    today, rules = clock.local(now).date(), rulebook.today()
    timers = [decide.arm(rules, kind, {"urgency": "normal", "kind": "complaint"}, start=now, event="receive", round=1) for kind, _words in _PROMISES]
    return Front(
        at=now,
        today=statistics.figures(start=today, end=today),
        overdue=statistics.overdue(),
        newest=hall.entries(hall.Filters(), limit=NEWEST).rows,
        ranked=ranking.published(),
        promised=[(timer.kind, decide.plain(timer)["within_zh"]) for timer in timers if timer is not None],
        notices={language: articles.newest("notice", limit=NOTICES, language=language) for language in ("zh", "en")},
    )


def context(found: Front, now: datetime) -> dict[str, Any]:
    """The part of citizen/home.html that is everybody's, in the language of the page."""
    said, rates = dict(_PROMISES), {one.key: one for one in found.today.rates}
    answered = found.today.volumes["answer"] + found.today.volumes["answer_at_once"]
    return {
        "promises": [_(said[kind]) % {"time": formats.within(length)} for kind, length in found.promised[:_SAID]],
        "figures": [Row(label=_("收到诉求"), value=formats.figure(found.today.volumes["receive"])), Row(label=_("已经答复"), value=formats.figure(answered))],
        "rates": [rate(key, rates[key].numerator, rates[key].denominator, found.at) for key in ("answer_on_time", "satisfaction")],
        "figures_at": found.at,
        "figures_title": _("今天的%(city)s") % {"city": rulebook.today().profile.city},
        "overdue": found.overdue,
        "overdue_url": environment.url("hall") + "?tag=over",
        "released": drawn.rows(found.newest, now),
        "notices": [content.row(one) for one in found.notices[content.language()]],
        "ranked": _ranked(found.ranked),
    }


def _ranked(found: Ranked | None) -> Row | None:
    """The ends of the table: who was best and who was last, as soon as there are enough to tell them apart."""
    if found is None or len(found.ranked) < 2 * ENDS:
        return None
    best, last = found.ranked[:ENDS], found.ranked[-ENDS:]
    return Row(
        title=_("%(month)s 月晒榜") % {"month": found.month.month, "month_en": formats.MONTHS_EN[found.month.month - 1]},
        url=environment.url("rank"),
        best=[_line(line, found) for line in best],
        last=[_line(line, found) for line in last],
    )


def _line(line: Line, found: Ranked) -> Row:
    part = line.parts[found.measure]
    return Row(rank=line.rank, name=line.short, rate=rate(found.measure, part.numerator, part.denominator, found.cutoff))

"""考核评分: who comes to how much in a week, month or quarter, and what it is made of."""

from datetime import date
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput
from minsheng.domain.scoring import INDICATORS, Line
from minsheng.queries import ranking, scoring
from minsheng.web import formats, frame
from minsheng.web.desk.deeds import demand
from minsheng.web.desk.entering import badge, staff

_KINDS = {"units": "承办单位", "counties": "县区", "streets": "街道乡镇"}
_PERIODS: dict[str, tuple[scoring.Period, str]] = {"week": ("week", "周"), "month": ("month", "月"), "quarter": ("quarter", "季度")}


@require_safe
@staff
def scores(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """The table of a period; what cannot be read is said, and today's month is shown."""
    demand(actor, "lead")
    today, notes = clock.local(clock.now()).date(), list[str]()
    kind, asked, text = (request.GET.get(name, "").strip()[:20] for name in ("kind", "period", "day"))
    day = _day(text, today, notes)
    for value, known in ((kind, _KINDS), (asked, _PERIODS)):
        if value and value not in known:
            notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": value})
    kind, asked = kind if kind in _KINDS else "units", asked if asked in _PERIODS else "month"
    try:
        found = scoring.table(day, period=_PERIODS[asked][0], kind=kind)
    except BadInput as wrong:
        notes.append(wrong.zh if frame.chinese() else wrong.en)
        kind, asked, day = "units", "month", today
        found = scoring.table(today)
    context = {
        "staff": badge(actor),
        "q": "",
        "notes": notes,
        "day": day.isoformat(),
        "kinds": [(key, _(label), key == kind) for key, label in _KINDS.items()],
        "periods": [(key, _(label), key == asked) for key, (_period, label) in _PERIODS.items()],
        "start": found.start,
        "end": found.end,
        "running": found.running,
        "minimum": found.rules.minimum,
        "heads": [Row(name=_name(key), weight=weight) for key, weight in found.rules.weights.items()],
        "rows": [
            Row(name=row.name, rank=row.rank, whole=row.whole, total=f"{float(row.score.total or 0):.2f}", cards=row.score.card_points,
                lines=[_cell(line) for line in row.score.lines])
            for row in found.rows
        ],
        "silent": found.silent,
    }  # fmt: skip
    return frame.page(request, "desk/scoring.html", context, status=422 if notes else 200)


def _day(text: str, today: date, notes: list[str]) -> date:
    try:
        found = date.fromisoformat(text) if text else today
        if not ranking.FIRST <= found <= ranking.LAST:
            raise ValueError
    except ValueError:
        notes.append(_("「%(value)s」不是日期，要写成 2026-03-01 这样。") % {"value": text})
        return today
    return found


def _name(key: str) -> str:
    one = INDICATORS[key]
    return one.zh if frame.chinese() else one.en


def _cell(line: Line) -> Row:
    """A rate, what it is made of, and between what it may lie."""
    span = line.share.interval
    return Row(
        rate=formats.percent(line.share.good, line.share.of) if line.share.of else "–",
        of=f"{line.share.good} / {line.share.of}" if line.share.of else "",
        span=f"{span[0] * 100:.1f}–{span[1] * 100:.1f}" if span else "",
    )

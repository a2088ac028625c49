"""晒榜: who answers in time and solves, month by month; the last are shown as plainly as the best."""

import csv
import io
from datetime import date
from types import SimpleNamespace as Row

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain import ranking as months_of
from minsheng.domain.cells import harmless
from minsheng.queries import cards, ranking
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook
from minsheng.queries.cards import Card
from minsheng.queries.ranking import KINDS, MEASURES, TREND, Line, Part, Ranked
from minsheng.web import environment, formats, frame
from minsheng.web.rates import RATES, rate

_KINDS = (("units", "承办单位"), ("counties", "县区"), ("streets", "街道乡镇"))
#: Months to choose from at once; the older ones are one link further.
MONTHS = 12
_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)
#: The line of a trend: a box of 88 × 24.
_WIDE, _HIGH, _EDGE = 88, 24, 2


@require_safe
def rank(request: HttpRequest) -> HttpResponse:
    """晒榜 of a month."""
    asked, notes = _asked(request)
    found = ranking.table(asked.month, kind=asked.kind, measure=asked.by)
    months, shown = ranking.months(before=asked.before, most=MONTHS), cards.cards(asked.month)
    worst = cards.worst(shown)
    for line in found.lines:
        line.card = worst.get(line.code, "")
    ends = found.ends if len(found.ranked) >= 2 * found.ends else len(found.ranked) // 2
    context = {
        "notes": notes,
        "month": _month(asked.month),
        "state": _state(found),
        "months": [(f"{month:%Y-%m}", _month(month), month == asked.month) for month in sorted({*months, asked.month}, reverse=True)],
        "older": _url(asked, before=f"{months[-1]:%Y-%m}") if len(months) == MONTHS else None,
        "kinds": [Row(label=_label(key), url=_url(asked, kind=key), current=key == asked.kind, count=None) for key in _kinds()],
        "measures": [Row(label=_(RATES[key][0]), url=_url(asked, by=key), current=key == asked.by, count=None) for key in MEASURES],
        "asked": asked,
        "average": [_average(found, key) for key in MEASURES],
        "ends": ends,
        "best": [_line(found, line) for line in found.ranked[:ends]],
        "last": [_line(found, line) for line in found.ranked[len(found.ranked) - ends :]],
        "lines": [_line(found, line) for line in found.lines],
        "measure": _(RATES[asked.by][0]),
        "minimum": found.rules.minimum,
        "silent": found.silent,
        "published_on": found.rules.published_on,
        "by_place": asked.kind == "counties",
        "cutoff": found.cutoff,
        "cards": [_card(card) for card in shown],
        "csv_url": _url(asked, page="rank-csv"),
    }
    return frame.page(request, "citizen/rank.html", context, status=422 if notes else 200)


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """/rank.csv: the same table with numerators and denominators, for a spreadsheet (UTF-8 with BOM, so that Excel reads Chinese)."""
    asked, _notes = _asked(request)
    found = ranking.table(asked.month, kind=asked.kind, measure=asked.by)
    file = io.StringIO()
    sheet = csv.writer(file)
    names = {key: _(RATES[key][0]) for key in MEASURES}
    parts = [head for name in names.values() for head in (_("%(name)s（%%）") % {"name": name}, _("%(name)s：分子（件）") % {"name": name},
                                                          _("%(name)s：分母（件）") % {"name": name})]  # fmt: skip
    sheet.writerow([_("月份"), _("名次（按%(name)s）") % {"name": names[asked.by]}, _label(asked.kind), _("答复（件）"), *parts, _("截至")])
    for line in found.lines:
        figures = [value for key in MEASURES for value in _cells(line.parts[key])]
        sheet.writerow([f"{asked.month:%Y-%m}", line.rank or _("样本不足"), harmless(line.name), line.volume, *figures, _stamp(found)])
    answer = HttpResponse("\ufeff" + file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rank-{asked.month:%Y-%m}-{asked.kind}.csv"'
    return answer


def _cells(part: Part) -> tuple[str, int, int]:
    return formats.percent(part.numerator, part.denominator) if part.denominator else "", part.numerator, part.denominator


def _stamp(found: Ranked) -> str:
    return f"{clock.local(found.cutoff):%Y-%m-%d %H:%M}"


# --- what is asked --------------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> tuple[Row, list[str]]:
    """Month, kind and measure; what is unknown is said and left at what is shown first."""
    notes: list[str] = []
    values = {name: request.GET.get(name, "").strip()[:20] for name in ("month", "kind", "by", "before")}
    for name, known, first in (("kind", KINDS, KINDS[0]), ("by", tuple(MEASURES), "answer_on_time")):
        if values[name] and values[name] not in known:
            notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": values[name]})
        values[name] = values[name] if values[name] in known else first
    today = clock.local(clock.now()).date()
    month, before = _read(values["month"], notes), _read(values["before"], notes)
    if month is not None and month > today:
        notes.append(_("那个月还没到。"))
        month = None
    return Row(month=month or _first(today, values["kind"]), chosen=month is not None, kind=values["kind"], by=values["by"], before=before), notes


def _first(today: date, kind: str) -> date:
    """The month that was published last; a city that began after it shows how it goes so far."""
    published = months_of.last_published(today, published_on=rulebook.today().profile.ranking.published_on)
    return published if ranking.table(published, kind=kind).lines else months_of.month_of(today)


def _read(text: str, notes: list[str]) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(f"{text}-01")
        if not _FIRST <= found <= _LAST:
            raise ValueError
    except ValueError:
        notes.append(_("「%(value)s」不是月份，要写成 2026-03 这样。") % {"value": text})
        return None
    return found


def _url(asked: Row, *, page: str = "rank", **changed: str) -> str:
    values = {"month": f"{asked.month:%Y-%m}" if asked.chosen else "", "kind": asked.kind, "by": asked.by, **changed}
    query = "&".join(f"{name}={value}" for name, value in values.items() if value)
    return f"{environment.url(page)}?{query}"


# --- what is shown --------------------------------------------------------------------------------------------------------------


def _kinds() -> list[str]:
    """What can be compared here: a city that is one district has nothing to compare its districts with."""
    districts = sum(1 for place in directories.current().places.values() if place.kind == "district")
    return [kind for kind in KINDS if kind != "counties" or districts > 1]


def _label(kind: str) -> str:
    """What the table compares; the level below the city is called as this city calls it."""
    return rulebook.today().profile.county_label if kind == "counties" and frame.chinese() else _(dict(_KINDS)[kind])


def _month(month: date) -> str:
    return _("%(year)s 年 %(month)s 月") % {"year": month.year, "month": month.month, "month_en": formats.MONTHS_EN[month.month - 1]}


def _state(found: Ranked) -> str | None:
    """What the reader must know of a table that is not final."""
    if found.running:
        return _("还没过完")
    return None if found.published else _("还没公布，数还会变")


def _average(found: Ranked, key: str) -> Row:
    """All of them together, and how it changed."""
    now, before = found.average[key], found.earlier[key]
    change = None if now.rate is None or before.rate is None else round((now.rate - before.rate) * 100, 1)
    said = "" if change is None else _("比上个月 %(change)s") % {"change": f"{change:+.1f}".replace("-", "−") if change else "±0"}
    return Row(rate=rate(key, now.numerator, now.denominator, found.cutoff), change=said, better=bool(change and change > 0), worse=bool(change and change < 0))


def _line(found: Ranked, line: Line) -> Row:
    part = line.parts[found.measure]
    return Row(
        code=line.code,
        name=line.name,
        short=line.short,
        rank=line.rank,
        move=_move(line),
        volume=formats.figure(line.volume),
        value=formats.percent(part.numerator, part.denominator),
        bar=round((part.rate or 0) * 100),
        rates=[rate(key, line.parts[key].numerator, line.parts[key].denominator, found.cutoff) for key in MEASURES],
        card=line.card or None,
        trend=_trend(line),
    )


def _move(line: Line) -> Row | None:
    """How the place changed against the month before."""
    if line.rank is None:
        return None
    if line.before is None:
        return Row(words=_("新进榜"), look="")
    gone = line.before - line.rank
    if gone == 0:
        return Row(words=_("持平"), look="")
    words = _("上升 %(n)s 名") if gone > 0 else _("下降 %(n)s 名")
    return Row(words=words % {"n": abs(gone)}, look="up" if gone > 0 else "down")


def _trend(line: Line) -> Row:
    """Six months as a small line (of the measure that ranks), and the same in words."""
    step = (_WIDE - 2 * _EDGE) / (TREND - 1)
    known = [value for value in line.trend if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    room = max(high - low, 0.1)
    drawn = [(n, value) for n, value in enumerate(line.trend) if value is not None]
    points = [f"{_EDGE + n * step:.0f},{_HIGH - _EDGE - (value - low) / room * (_HIGH - 2 * _EDGE):.1f}" for n, value in drawn]
    words = _("、").join("–" if value is None else f"{value * 100:.1f}%" for value in line.trend)
    falls = len(known) > 1 and known[-1] < known[0]
    return Row(points=" ".join(points) if len(points) > 1 else "", words=_("近 6 个月：%(rates)s") % {"rates": words}, falls=falls)


def _card(card: Card) -> Row:
    return Row(
        kind=card.kind,
        unit=card.unit_name,
        at=card.opened_at,
        because=card.because or _("事由不公开"),
        ended=card.ended_at,
        url=environment.url("case", card.code) if card.code else None,
    )

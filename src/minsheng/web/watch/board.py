"""驾驶舱: the figures of the area, what grows, where it is, who has cards, what waits. Each figure leads to the list behind it."""

from datetime import datetime
from types import SimpleNamespace as Row
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import clock
from minsheng.domain.access import Actor
from minsheng.domain.moves import MOVES_ZH
from minsheng.domain.rising import Topic
from minsheng.domain.states import MEASURE_ZH, MeasureKind
from minsheng.policy.directory import Directory
from minsheng.queries import asked_units, cockpit, hall_map, places
from minsheng.queries import directory as directories
from minsheng.queries.cockpit import Board, Running, Spot, Waiting
from minsheng.queries.ranking import Part
from minsheng.web import environment, formats, frame, words
from minsheng.web.citizen import maps
from minsheng.web.desk.entering import badge
from minsheng.web.formats import Due
from minsheng.web.rates import RATES
from minsheng.web.watch import asking
from minsheng.web.watch.asking import Asked, looking

BY = (("n", "按正在办"), ("overdue", "按超时"))
#: Places that the list beside the map names; a city has hardly more districts.
LISTED = 40
#: rate → the list of those who bring it down.
_BEHIND = {"answer_on_time": "missed", "satisfaction": "unsatisfied"}
_TOLD = {"day": "今天收到", "week": "7 天收到", "month": "本月收到"}


@require_safe
@looking("lead")
def board(request: HttpRequest, *, actor: Actor, asked: Asked) -> HttpResponse:
    """驾驶舱."""
    tree, now = directories.current(), clock.now()
    by = "overdue" if request.GET.get("by") == "overdue" else "n"
    found = cockpit.board(asked.reach, span=asked.span)
    context = {
        "staff": badge(actor),
        "q": "",
        "notes": asked.notes,
        "done": frame.told(request),
        "here": asking.here(asked, tree),
        "spans": asking.spans(asked, "lead"),
        "areas": asking.areas(asked, actor, tree, "lead"),
        "refresh": asked.link("lead", by="" if by == "n" else by),
        "cutoff": found.cutoff,
        "figures": _figures(found, asked),
        "topics": [_topic(one, tree, asked) for one in found.topics],
        "map": _map(found, by, tree, asked),
        "cards": [_running(one, tree) for one in cockpit.measures(asked.reach, actor, most=5)],
        "hours": _hours(found, now),
        "waiting": [_waiting(one, tree) for one in cockpit.waiting(asked.reach, actor, most=5)],
        "mine": _mine(actor),
        "units_url": asked.link("lead-units"),
    }
    return frame.page(request, "watch/board.html", context, status=422 if asked.notes else 200)


def _figures(found: Board, asked: Asked) -> list[Row]:
    """Five, each with what it is made of and where it leads."""
    place = _("按发生地") if found.by_place else _("按承办单位")
    change = None
    if found.before:
        share = round((found.by_now - found.before) / found.before * 100)
        change = _("到 %(hour)s 点比上周同一天 %(change)s%%（%(n)s 件）") % {
            "hour": clock.local(found.cutoff).hour, "n": formats.figure(found.before), "change": f"{share:+d}",
        }  # fmt: skip
    made = _("答复 %(n)s 件") % {"n": formats.figure(found.answered)}
    return [
        Row(key="received", label=_(_TOLD[asked.span]), value=formats.figure(found.received), unit=_("件"), url=asked.link("lead-cases", what="received"),
            bad=False, of=f"{made}{_('；')}{change}" if change else f"{made}{_('，')}{place}"),
        Row(key="open", label=_("正在办"), value=formats.figure(found.open), unit=_("件"), url=asked.link("lead-cases", what="open"), bad=False,
            of=_("其中督办 %(n)s 件") % {"n": formats.figure(found.watched)}),
        Row(key="overdue", label=_("超时没办完"), value=formats.figure(found.overdue), unit=_("件"), url=asked.link("lead-cases", what="overdue"),
            bad=found.overdue > 0,
            of=_("正在办的 %(open)s 件里；4 小时内还会超 %(soon)s 件") % {"open": formats.figure(found.open), "soon": formats.figure(found.soon)}),
        *(_rate(key, found.rates[key], asked) for key in ("answer_on_time", "satisfaction")),
    ]  # fmt: skip


def _rate(key: str, part: Part, asked: Asked) -> Row:
    name, above, below = RATES[key]
    of = f"{_(above) % {'n': formats.figure(part.numerator)}} ÷ {_(below) % {'n': formats.figure(part.denominator)}}"
    value = formats.percent(part.numerator, part.denominator)
    return Row(key=key, label=_(name), value=value, unit="%" if part.denominator else "", url=asked.link("lead-cases", what=_BEHIND[key]), bad=False, of=of)


# --- topics and the map -----------------------------------------------------------------------------------------------------------


def _topic(one: Topic, tree: Directory, asked: Asked) -> Row:
    growth = one.growth
    return Row(
        key=f"{one.category}-{one.street}",
        name=words.category(tree, one.category) or one.category,
        where=places.short(tree, one.street),
        n=one.now,
        places=one.places,
        growth=_("新出现") if growth is None else f"+{growth:,}%",
        share=min(100, max(5, round(one.now / (one.now + one.before) * 20) * 5)),
        url=asked.link("lead-cases", what="topic", topic=one.category, place=one.street),
    )


def _map(found: Board, by: str, tree: Directory, asked: Asked) -> Row:
    """Districts or streets, shaded by what is open or overdue; the list says the same."""
    counts = [getattr(spot, by) for spot in found.spots]
    limits = hall_map.shades(counts)
    rows = sorted(found.spots, key=lambda spot: (-getattr(spot, by), spot.place))
    under = next((view.root for view in asked.reach.views if view.root != tree.root), "")
    inside = next((place.code for place in tree.places.values() if place.unit == under and place.kind in ("district", "street")), "") if under else ""
    return Row(
        by=[Row(label=_(zh), url=asked.link("lead", by="" if key == "n" else key), current=key == by) for key, zh in BY],
        spots=[_spot(spot, by, limits, tree, asked) for spot in rows[:LISTED]],
        finding=_finding(rows, by, tree),
        outlines=maps.outlines_url(found.level, inside if found.level == "street" else ""),
        window=maps.window(inside),
        tiles=maps.tiles(),
        steps=[0, *range(1, len(limits) + 1)],
        level=_("区县") if found.level == "district" else _("街道"),
    )


def _spot(spot: Spot, by: str, limits: tuple[int, ...], tree: Directory, asked: Asked) -> Row:
    place = tree.places[spot.place]
    return Row(
        code=spot.place,
        name=places.short(tree, spot.place),
        n=spot.n,
        overdue=spot.overdue,
        shade=sum(getattr(spot, by) >= limit for limit in limits),
        url=asked.link("lead", area=place.unit),
        open_url=asked.link("lead-cases", what="open", place=spot.place),
        overdue_url=asked.link("lead-cases", what="overdue", place=spot.place),
    )


def _finding(rows: list[Spot], by: str, tree: Directory) -> str:
    if not rows or not getattr(rows[0], by):
        return _("没有正在办的。") if by == "n" else _("没有超时的。")
    values = {"place": places.short(tree, rows[0].place), "n": formats.figure(getattr(rows[0], by))}
    return (_("最多的是%(place)s，正在办 %(n)s 件") if by == "n" else _("最多的是%(place)s，超时 %(n)s 件")) % values


# --- hours ------------------------------------------------------------------------------------------------------------------------

#: Drawn twice, for a wide panel and for a phone: width and height of the box; left and below there is room for the numbers of the axis.
_BOXES = (("wide", 960, 128), ("narrow", 340, 150))
_LEFT, _BOTTOM, _TOP = 30, 18, 6


def _hours(found: Board, now: datetime) -> Row:
    """Bars of today, a line of the same day a week ago, a line of the answers; the same as a table, and in one sentence."""
    most = max(found.hours, key=lambda row: row[1])
    total, out = sum(row[1] for row in found.hours), sum(row[3] for row in found.hours)
    said = _("今天到现在收到 %(n)s 件，答复 %(out)s 件") % {"n": formats.figure(total), "out": formats.figure(out)}
    if most[1]:
        said += _("；%(hour)s 点最多，%(n)s 件") % {"hour": most[0], "n": formats.figure(most[1])}
    upto = clock.local(now).hour
    return Row(
        drawings=[_drawing(name, wide, high, found, upto) for name, wide, high in _BOXES],
        top=max(max(row[1:]) for row in found.hours) or 1,
        rows=[row for row in found.hours if any(row[1:])],
        finding=said,
    )


def _drawing(name: str, wide: int, high: int, found: Board, upto: int) -> Row:
    top = max(max(row[1:]) for row in found.hours) or 1
    step, height = (wide - _LEFT) / 24, high - _BOTTOM - _TOP
    gap = step * 0.18

    def y(n: int) -> float:
        return round(_TOP + height - n / top * height, 1)

    def line(which: int, last: int) -> str:
        return " ".join(f"{round(_LEFT + step * (row[0] + 0.5), 1)},{y(row[which])}" for row in found.hours[:last])

    return Row(
        name=name,
        wide=wide,
        high=high,
        bars=[
            Row(x=round(_LEFT + step * row[0] + gap, 1), y=y(row[1]), w=round(step - 2 * gap, 1), h=round(_TOP + height - y(row[1]), 1))
            for row in found.hours
            if row[1]
        ],
        before=line(2, 24),
        answered=line(3, upto + 1),
        base=_TOP + height,
        marks=[Row(x=round(_LEFT + step * (hour + 0.5), 1), label=hour) for hour in range(0, 24, 4)],
    )


# --- measures and what waits ------------------------------------------------------------------------------------------------------


def _unit(code: str, tree: Directory) -> str:
    return tree.units[code].short_name if code in tree.units else code


def _running(one: Running, tree: Directory) -> Row:
    return Row(
        key=f"{one.code}-{one.kind}-{one.level}",
        card=one.kind if one.kind.endswith("_card") else None,
        word=_(MEASURE_ZH[MeasureKind(one.kind)]),
        unit=_unit(one.unit, tree),
        unit_url=environment.url("lead-unit", one.unit) if one.unit in tree.units else None,
        because=one.because,
        code=one.code,
        due=Due(start=one.opened_at, due=one.answer_by) if one.answer_by else None,
        at=one.opened_at,
    )


_WAITS = {"instruction": "批示有了答复", "approval": "等您审批", "proposed": "规则建议，等人开出"}


def _waiting(one: Waiting, tree: Directory) -> Row:
    detail = {"approval": lambda: _(MOVES_ZH[one.detail]), "proposed": lambda: _(MEASURE_ZH[MeasureKind(one.detail)])}.get(one.what, lambda: "")()
    url = environment.url("lead-instructions") + f"#i-{one.code}-{one.number}" if one.what == "instruction" else environment.url("desk-case", one.code)
    return Row(key=f"{one.what}-{one.code}-{one.number}", what=_(_WAITS[one.what]), detail=detail, title=one.title or one.code, unit=_unit(one.unit, tree),
               url=url, at=one.at)  # fmt: skip


def _mine(actor: Actor) -> Any:
    counts = asked_units.counts(actor, MeasureKind.INSTRUCTION)
    return Row(waiting=counts["waiting"], late=counts["late"], answered=counts["answered"], url=environment.url("lead-instructions"))

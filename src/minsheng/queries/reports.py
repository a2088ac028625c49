"""刊物内容: what each publication says of its days. Figures from tallies and measures, words only as they were released; no name, no number of anybody.

A week in which nothing was counted says 没有数据 where a rate would stand: nought would be a lie. A period that is not over is refused.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta

from django.db import connection

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.domain.publications import KINDS, Bar, Chart, Content, Period, Section, Table, period, rate
from minsheng.domain.states import Origin
from minsheng.policy.directory import Directory
from minsheng.queries import columns, ranking, supervised
from minsheng.queries import directory as directories
from minsheng.queries import rules as rulebook

#: name, metrics of the numerator, metrics of the denominator: as in queries/statistics.py.
RATES = (
    ("按时答复率", ("answer_kept",), ("answer_kept", "answer_missed")),
    ("响应率", ("contacted_yes",), ("contacted_asked",)),
    ("解决率", ("solved_yes",), ("solved_asked",)),
    ("满意率", ("satisfied_yes",), ("satisfied_asked",)),
)
VOLUMES = (
    ("收件", ("receive",)),
    ("派单", ("dispatch",)),
    ("答复", ("answer", "answer_at_once")),
    ("办结", ("close",)),
    ("重办", ("reopen",)),
    ("催办", ("urge",)),
)
#: Units that stand in a table; the others are counted in the totals.
MOST = 20

Metrics = Mapping[str, int]


def content(kind: str, text: str) -> Content:
    """The content of one publication. kind: KINDS but hot_topic (queries/hot_topics.py). BadInput for a period that is not over, or written wrong."""
    makers: dict[str, Callable[[Period], Content]] = {
        "feedback": _feedback,
        "exposure": _exposure,
        "special": _special,
        "ranking": _ranking,
        "yearly": _yearly,
    }
    if kind not in makers:
        raise BadInput(field="kind", zh="请选一种：" + "、".join(KINDS[name].zh for name in makers) + "。", en="Choose: " + ", ".join(makers))
    return makers[kind](over(period(text, of=KINDS[kind].period)))


def over(days: Period) -> Period:
    """These days, once they are over: what still runs has no final figures."""
    today = clock.local(clock.now()).date()
    if days.start > today:
        raise BadInput(field="period", zh=f"{days.zh}还没到，没有数字可以写。", en=f"{days.text} has not come yet: there is nothing to report.")
    if days.end >= today:
        day = f"{days.end:%Y-%m-%d}"
        raise BadInput(field="period", zh=f"{days.zh}还没过完，{day} 以后再写。", en=f"{days.text} is not over: write it after {day}.")
    return days


def frame(kind: str, days: Period, *, title: str, sections: tuple[Section, ...], figures: Mapping[str, int], notes: tuple[str, ...] = (), addressees: tuple[str, ...] = ()) -> Content:  # fmt: skip  # noqa: E501 one call of keywords
    """What stands around every publication: the issuer, the day, and up to when was counted."""
    tree, now = directories.current(), clock.now()
    here = clock.local(now)
    return Content(
        kind=kind, period=days.text, title=title, label=days.zh, issuer=tree.units[tree.centre].name, addressees=addressees, sections=sections,
        dated=f"{here.year}年{here.month}月{here.day}日", cutoff=f"{here:%Y-%m-%d %H:%M}", figures=figures,
        notes=(*notes, f"数字截至{here.year}年{here.month}月{here.day}日{here:%H:%M}，只统计居民和企业的诉求；"
               "每个比率后面是分子和分母，没有人被问到的写「没有数据」。"),
    )  # fmt: skip


# --- tallies ----------------------------------------------------------------------------------------------------------------------

_SUMS = """
SELECT unit, district, category, sum(n), metric FROM (
  SELECT unit, district, category, metric, n FROM ms_tally WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
  UNION ALL
  SELECT unit, district, category, metric, n FROM ms_tally_delta WHERE day BETWEEN %(start)s AND %(end)s AND origin = %(origin)s AND metric = ANY(%(metrics)s)
) t GROUP BY GROUPING SETS ((unit, metric), (district, metric), (category, metric))
"""
_METRICS = sorted({metric for _, *parts in RATES for metrics in parts for metric in metrics} | {metric for _, metrics in VOLUMES for metric in metrics})


class Sums:
    """Sums of some days: by unit, by district, by first-level category, and of all."""

    def __init__(self, days: Period) -> None:
        self.units: dict[str, Counter[str]] = defaultdict(Counter)
        self.districts: dict[str, Counter[str]] = defaultdict(Counter)
        self.categories: dict[str, Counter[str]] = defaultdict(Counter)
        with connection.cursor() as cursor:
            cursor.execute(_SUMS, {"start": days.start, "end": days.end, "origin": str(Origin.CITIZEN), "metrics": _METRICS})
            for unit, district, category, n, metric in cursor.fetchall():
                side, code = (self.units, unit) if unit is not None else (self.districts, district) if district is not None else (self.categories, category)
                side[code][metric] += int(n)
        self.all: Counter[str] = Counter()
        for said in self.units.values():
            self.all.update(said)

    def figures(self) -> dict[str, int]:
        """Every count that a publication prints of all, by its name."""
        found = {name: add(self.all, metrics) for name, metrics in VOLUMES}
        for name, part, whole in RATES:
            found |= {f"{name}（分子）": add(self.all, part), f"{name}（分母）": add(self.all, whole)}
        return found


def add(said: Metrics, metrics: Iterable[str]) -> int:
    """These metrics together."""
    return sum(said.get(metric, 0) for metric in metrics)


def _cells(said: Metrics) -> tuple[str, ...]:
    return tuple(rate(add(said, part), add(said, whole)) for _, part, whole in RATES)


def _table(title: str, head: str, rows: Iterable[tuple[str, Metrics]], *, first: tuple[str, tuple[str, ...]]) -> Table:
    """One row a name: a volume, then the rates; those with most stand first."""
    name, metrics = first
    ordered = sorted(rows, key=lambda row: (-add(row[1], metrics), row[0]))
    printed = {*metrics, *(metric for _, _, whole in RATES for metric in whole)}
    shown = [row for row in ordered if add(row[1], printed)][:MOST]
    return Table(title, (head, name, *(rate_name for rate_name, _, _ in RATES)), tuple((row, f"{add(said, metrics):,}", *_cells(said)) for row, said in shown))


def _units(tree: Directory, sums: Sums) -> Table:
    """City units with all that hangs below them, and the counties' own bodies under their county."""
    gathered: dict[str, Counter[str]] = defaultdict(Counter)
    for code, said in sums.units.items():
        gathered[unit_name(tree, code)].update(said)
    return _table("各承办单位", "单位", gathered.items(), first=("答复", ("answer", "answer_at_once")))


def unit_name(tree: Directory, code: str) -> str:
    """A unit as it is written in a publication."""
    return tree.units[code].name if code in tree.units else "还没有确定单位"


def _districts(tree: Directory, sums: Sums) -> Table:
    rows = ((tree.places[code].name if code in tree.places else "地点不明", said) for code, said in sums.districts.items())
    return _table("各县区（按事发地）", "县区", rows, first=("收件", ("receive",)))


def _matters(tree: Directory, sums: Sums) -> Chart:
    """What it was about: first-level categories by cases received, at most ten."""
    counted = (
        (tree.categories[code].name if code in tree.categories else "未分类", said["receive"]) for code, said in sums.categories.items() if said["receive"] > 0
    )
    ordered = sorted(counted, key=lambda row: (-row[1], row[0]))[:10]
    return Chart("各类诉求（件）", tuple(Bar(name, n, f"{n:,}") for name, n in ordered), max((n for _, n in ordered), default=1))


def _rates(sums: Sums) -> Chart:
    bars = []
    for name, part, whole in RATES:
        yes, asked = add(sums.all, part), add(sums.all, whole)
        bars.append(Bar(name, yes / asked if asked else 0.0, rate(yes, asked)))
    return Chart("四项比率", tuple(bars), 1.0)


def _said(sums: Sums, days: Period) -> tuple[str, ...]:
    counts = [(name, add(sums.all, metrics)) for name, metrics in VOLUMES]
    if not any(n for _, n in counts):
        return (f"{days.zh}，平台没有收到诉求，也没有办理记录，各项比率没有数据。",)
    return (
        f"{days.zh}，" + "，".join(f"{name} {n:,} 件" for name, n in counts) + "。",
        "；".join(f"{name} {cell}" for (name, _, _), cell in zip(RATES, _cells(sums.all), strict=True)) + "。",
    )


def _part(heading: str, *paragraphs: str, tables: Iterable[Table] = (), charts: Iterable[Chart] = ()) -> Section:
    """A section without its empty tables and charts; it says so where nothing is left."""
    filled, drawn = tuple(table for table in tables if table.rows), tuple(chart for chart in charts if chart.bars)
    return Section(heading, paragraphs if paragraphs or filled or drawn else ("没有数据。",), filled, drawn)


# --- the kinds --------------------------------------------------------------------------------------------------------------------


def _feedback(days: Period) -> Content:
    tree, sums = directories.current(), Sums(days)
    return frame("feedback", days, title=f"{_city()}群众诉求办理情况反馈", figures=sums.figures(), sections=(
        _part("一、总体情况", *_said(sums, days), charts=(_rates(sums),)),
        _part("二、诉求内容", charts=(_matters(tree, sums),)),
        _part("三、承办单位办理情况", tables=(_units(tree, sums),)),
        _part("四、县区情况", tables=(_districts(tree, sums),)),
    ))  # fmt: skip


def _exposure(days: Period) -> Content:
    start, end = moments(days)
    shown, late = columns.exposures(start=start, end=end), supervised.overdue_in_public(by=end)
    exposed = Table("曝光", ("日期", "单位", "事项", "情况", "单位答复"), tuple(
        (f"{clock.local(one.at):%m-%d}", one.unit, f"{one.title}（{one.code}）", one.text, one.answer or "还没有答复") for one in shown
    ))  # fmt: skip
    overdue = Table("超期未办结", ("编号", "事项", "单位", "应办到", "超过"), tuple(
        (one.code, one.title, one.unit, f"{clock.local(one.due):%m-%d %H:%M}", f"{max(0, (end - one.due).days)} 天") for one in late.rows
    ))  # fmt: skip
    said = f"本期超过时限还没有办结、并且已经公开的诉求 {late.total:,} 件" + (
        f"，列出时间最长的 {len(late.rows)} 件。" if late.total > len(late.rows) else "。"
    )
    return frame("exposure", days, title=f"{_city()}群众诉求办理曝光", figures={"曝光": len(shown), "公开的超期诉求": late.total}, sections=(
        _part("一、曝光事项", f"本期曝光 {len(shown)} 件。" if shown else "本期没有曝光事项。", tables=(exposed,)),
        _part("二、超期诉求", said if late.total else "本期没有超期的公开诉求。", tables=(overdue,)),
    ), notes=("曝光由专人审核后公开。文字都是脱敏后公开的内容，不含姓名和电话。",))  # fmt: skip


def _special(days: Period) -> Content:
    tree = directories.current()
    start, end = moments(days)
    found, late = supervised.opened(start=start, end=end), supervised.overdue(by=end)
    kinds: Counter[str] = Counter()
    by_unit: dict[str, Counter[str]] = defaultdict(Counter)
    for one in found:
        kinds[one.kind_zh] += one.n
        by_unit[unit_name(tree, one.unit)].update({one.kind_zh: one.n, "扣分": one.points})
    names = [name for name, _ in kinds.most_common()]
    points = sum(one.points for one in found)
    table = Table("按单位", ("单位", *names, "扣分"), tuple(
        (name, *(f"{said[kind]:,}" for kind in names), f"{said['扣分']:,}")
        for name, said in sorted(by_unit.items(), key=lambda row: (-row[1]["扣分"], -row[1].total(), row[0]))
    ))  # fmt: skip
    lines = Table("按单位", ("单位", "超期件数"), tuple((unit_name(tree, unit), f"{n:,}") for unit, n in late[:MOST]))
    total = sum(n for _, n in late)
    chart = Chart("监督措施（件）", tuple(Bar(name, n, f"{n:,}") for name, n in kinds.most_common()), max(kinds.values(), default=1))
    said = "本期发出" + "，".join(f"{name} {n:,} 件" for name, n in kinds.most_common()) + f"；共扣 {points:,} 分。" if kinds else "本期没有发出监督措施。"
    return frame("special", days, title=f"{_city()}群众诉求督办专报", figures={**kinds, "扣分": points, "超期诉求": total}, addressees=_heads(tree), sections=(
        _part("一、监督措施", said, tables=(table,), charts=(chart,)),
        _part("二、超期诉求", f"到期末超过时限还没有办结的诉求 {total:,} 件。" if total else "到期末没有超期的诉求。", tables=(lines,)),
    ), notes=("内部材料。举报线索和移送纪检的事项不在其中。",))  # fmt: skip


def _ranking(days: Period) -> Content:
    sections = []
    figures: dict[str, int] = {}
    for number, (kind, heading) in enumerate((("units", "市直单位和企业"), ("counties", "县区")), start=1):
        found = ranking.table(days.start, kind=kind)
        ranked = found.ranked
        ends = min(found.ends, len(ranked) // 2 or len(ranked))
        rows = [("前列", line) for line in ranked[:ends]] + ([("末位", line) for line in ranked[-ends:]] if len(ranked) > ends else [])
        table = Table(f"{heading}：按时答复率前 {ends} 名和后 {ends} 名", ("", "名次", "单位", "按时答复率", "解决率", "满意率"), tuple(
            (where, str(line.rank), line.name, *(_part_of(line, key) for key in ("answer_on_time", "resolution", "satisfaction")))
            for where, line in rows
        ))  # fmt: skip
        chart = Chart(f"{heading}按时答复率", tuple(
            Bar(line.short, line.parts["answer_on_time"].rate or 0.0, _part_of(line, "answer_on_time"))
            for _, line in rows
        ), 1.0)  # fmt: skip
        few = len(found.lines) - len(ranked)
        said = f"参加排名 {len(ranked)} 个；应答复不足 {found.rules.minimum} 件、只列出不排名的 {few} 个。" if found.lines else f"{days.zh}没有数据。"
        sections.append(_part(f"{'一二'[number - 1]}、{heading}", said, tables=(table,), charts=(chart,)))
        for line in found.lines:
            part = line.parts["answer_on_time"]
            figures |= {f"{line.name}应答复": part.denominator, f"{line.name}按时答复": part.numerator}
    return frame("ranking", days, title=f"{_city()}群众诉求办理亮晒比", figures=figures, sections=tuple(sections))


def _part_of(line: ranking.Line, key: str) -> str:
    return rate(line.parts[key].numerator, line.parts[key].denominator)


def _yearly(days: Period) -> Content:
    tree, sums = directories.current(), Sums(days)
    start, end = moments(days)
    kinds: Counter[str] = Counter()
    for one in supervised.opened(start=start, end=end):
        kinds[one.kind_zh] += one.n
    measures = "全年发出" + "，".join(f"{name} {n:,} 件" for name, n in kinds.most_common()) + "。" if kinds else "全年没有发出监督措施。"
    return frame("yearly", days, title=f"{_city()}群众诉求办理年度报告", figures={**sums.figures(), **kinds}, sections=(
        _part("一、总体情况", *_said(sums, days), charts=(_rates(sums),)),
        _part("二、诉求内容", charts=(_matters(tree, sums),)),
        _part("三、承办单位办理情况", tables=(_units(tree, sums),)),
        _part("四、县区情况", tables=(_districts(tree, sums),)),
        _part("五、监督", measures),
    ))  # fmt: skip


# --- small parts ------------------------------------------------------------------------------------------------------------------


def moments(days: Period) -> tuple[datetime, datetime]:
    """From the first moment of these Beijing days to the first one after them."""
    first = datetime.combine(days.start, time(), clock.BEIJING)
    return first, datetime.combine(days.end + timedelta(days=1), time(), clock.BEIJING)


def _city() -> str:
    return rulebook.today().profile.city


def _heads(tree: Directory) -> tuple[str, ...]:
    """Whom an internal report goes to: the city, and the unit that answers where nobody else does."""
    root = tree.area_of(tree.centre)
    return tuple(dict.fromkeys((tree.units[root].name, tree.units[tree.fallback].name)))

"""热点专报: one topic, by categories or by words: its groups of matters, its places, cases, figures and chart. Counts of all, words only as released."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db import connection

from minsheng import clock
from minsheng.domain.errors import BadInput
from minsheng.domain.publications import Bar, Chart, Content, Section, Table, period, rate
from minsheng.domain.states import OPEN, STATE_ZH, Origin, State
from minsheng.queries import directory as directories
from minsheng.queries import reports

#: Cases told of one group, groups and places in a table.
TOLD, GROUPS, PLACES = 2, 12, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What is asked for. name: the topic as it stands in the title; categories: codes, each with what lies below it; words: any of them in the released text.

    suggestion, addressees: a person's own words; where nobody wrote a suggestion, the paper says that it waits for one.
    """

    name: str
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    suggestion: str = ""
    addressees: tuple[str, ...] = ()


_CASES = """
SELECT c.category, c.district, coalesce(h.place, ''), c.state, c.received_at, h.code, h.title, coalesce(h.answer, ''), c.due_at
FROM ms_case c LEFT JOIN ms_hall h ON h.case_id = c.id
WHERE c.received_at >= %(start)s AND c.received_at < %(end)s AND c.origin = %(origin)s AND c.visibility <> 'secret' AND NOT c.sensitive
  AND c.state NOT IN ('withdrawn', 'merged') AND (c.category LIKE ANY(%(below)s) OR h.title LIKE ANY(%(holds)s) OR h.body LIKE ANY(%(holds)s))
ORDER BY c.received_at, c.id
"""


def hot_topic(text: str, topic: Topic) -> Content:
    """《热点专报》 on a topic in some days (2026-09-01~2026-09-30). One query; a topic that nothing belongs to says so."""
    tree = directories.current()
    if not topic.name.strip() or not (topic.categories or topic.words):
        raise BadInput(field="topic", zh="请写主题，再选类别或者写关键词。", en="Name the topic, and choose categories or words.")
    unknown = [code for code in topic.categories if code not in tree.categories]
    if unknown:
        raise BadInput(field="categories", zh=f"没有这个类别：{unknown[0]}。", en=f"There is no category {unknown[0]}.")
    days = reports.over(period(text, of="days"))
    start, end = reports.moments(days)
    with connection.cursor() as cursor:
        cursor.execute(_CASES, {
            "start": start, "end": end, "origin": str(Origin.CITIZEN), "below": [f"{code}%" for code in topic.categories],
            "holds": [f"%{word.replace(chr(92), chr(92) * 2).replace('%', chr(92) + '%').replace('_', chr(92) + '_')}%" for word in topic.words],
        })  # fmt: skip
        found = cursor.fetchall()
    groups: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    places: Counter[str] = Counter()
    for row in found:
        groups[tree.categories[row[0]].name if row[0] in tree.categories else "未分类"].append(row)
        places[tree.places[row[1]].name if row[1] in tree.places else "地点不明"] += 1
    ordered = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    done = sum(1 for row in found if State(row[3]) not in OPEN)
    return reports.frame("hot_topic", days, title=f"热点专报：{topic.name.strip()}", addressees=topic.addressees, notes=_NOTES, sections=(
        _whole(days.zh, topic.name, len(found), done, ordered, places),
        *_told(ordered),
        Section(f"{_number(2 + len(ordered[:GROUPS]))}、建议", tuple(topic.suggestion.strip().splitlines()) or ("（建议由起草人填写。）",)),
    ), figures={"诉求": len(found), "已办完": done, **{name: len(rows) for name, rows in ordered}})  # fmt: skip


_NOTES = ("内部参考。诉求原文只用已经公开、脱敏的文字；没有公开的只计数，不引用。",)


def _whole(days: str, name: str, total: int, done: int, ordered: list[tuple[str, list[tuple[object, ...]]]], places: Counter[str]) -> Section:
    if not total:
        return Section("一、总体情况", (f"{days}，没有收到关于{name}的诉求。",))
    said = f"{days}，收到关于{name}的诉求 {total:,} 件，涉及 {len(ordered)} 类问题、{len(places)} 个县区；已办完 {rate(done, total)}。"
    chart = Chart("各类问题（件）", tuple(Bar(group, len(rows), f"{len(rows):,}") for group, rows in ordered[:GROUPS]), len(ordered[0][1]))
    table = Table("发生在哪里", ("县区", "件数", "占比"), tuple((place, f"{n:,}", rate(n, total)) for place, n in places.most_common(PLACES)))
    return Section("一、总体情况", (said,), (table,), (chart,))


def _told(ordered: list[tuple[str, list[tuple[object, ...]]]]) -> list[Section]:
    """One section a group: how many, how they stand, and two that everybody may read."""
    sections = []
    for number, (group, rows) in enumerate(ordered[:GROUPS], start=2):
        states = Counter(STATE_ZH[State(str(row[3]))] for row in rows)
        said = [f"共 {len(rows):,} 件：" + "，".join(f"{state} {n:,} 件" for state, n in states.most_common()) + "。"]
        for row in [row for row in rows if row[5]][-TOLD:]:
            at = clock.local(row[4])  # type: ignore[arg-type]
            answer = f"答复：{_short(str(row[7]))}" if row[7] else "还没有公开的答复。"
            said.append(f"{row[5]}（{at.month}月{at.day}日）：{row[6]}。{answer}")
        sections.append(Section(f"{_number(number)}、{group}", tuple(said)))
    return sections


def _short(text: str, limit: int = 120) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _number(n: int) -> str:
    """1–19 as headings are counted."""
    digits = "一二三四五六七八九"
    return digits[n - 1] if n < 10 else "十" + (digits[n - 11] if n > 10 else "")

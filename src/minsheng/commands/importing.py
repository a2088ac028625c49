"""导入: old cases of another system, filed in the order of their times at the time they happened.

Nobody is told and no ladder runs. Every row ends as a case or as a bad row with its reason: nothing is cut to fit, because half a complaint is
worse than one that somebody looks at. The row's own number is kept as an external id, so a run that was broken off is simply started again.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from minsheng import clock
from minsheng.commands import intake
from minsheng.domain.access import SYSTEM
from minsheng.domain.errors import BadInput, MinshengError
from minsheng.domain.states import Channel
from minsheng.models.case import ExternalId
from minsheng.ports import Classifier
from minsheng.queries import directory as directories

#: What a column may be, and the headers by which it is known without being told.
HEADERS: dict[str, tuple[str, ...]] = {
    "number": ("留言编号", "编号", "工单编号", "工单号", "诉求编号", "受理编号", "id", "number"),
    "time": ("留言时间", "时间", "受理时间", "来电时间", "提交时间", "创建时间", "反映时间", "登记时间", "time", "created_at"),
    "title": ("留言主题", "主题", "标题", "诉求标题", "工单标题", "title"),
    "body": ("留言详情", "详情", "内容", "诉求内容", "工单内容", "反映内容", "留言内容", "来电内容", "body", "content"),
    "name": ("留言用户", "用户", "姓名", "诉求人", "来电人", "联系人", "user", "name"),
    "place": ("地点", "地址", "事发地点", "发生地点", "place", "address"),
    "likes": ("点赞数", "点赞", "支持数", "likes"),
}
NEEDED = ("time", "body")
Cell = str | int | float | datetime | date | None
Line = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of the table: the line it begins on, its cells by header, and what is wrong with its form ("" for nothing)."""

    line: int
    cells: Line
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: filed as `code`, known `already`, or `bad` and why."""

    row: Numbered
    status: Literal["filed", "already", "bad"]
    code: str = ""
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class _Old:
    row: Numbered
    at: datetime
    report: intake.Report


def columns(headers: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Which header holds which field: as `given`, else by the known names. Refused where a needed field is missing or a name unknown."""
    there = [header for header in headers if header]
    plain = {_plain(header): header for header in reversed(there)}
    for field, header in given.items():
        if field not in HEADERS:
            raise _fault("map", f"没有「{field}」这一项，可用：{'、'.join(HEADERS)}。", f"There is no field “{field}”; there are: {', '.join(HEADERS)}.")
        if header not in there:
            raise _fault("map", f"表里没有「{header}」这一列，有：{'、'.join(there)}。", f"The table has no column “{header}”; it has: {', '.join(there)}.")
    found = {field: next((plain[_plain(n)] for n in names if _plain(n) in plain), "") for field, names in HEADERS.items()} | dict(given)
    missing = [field for field in NEEDED if not found[field]]
    if missing:
        zh = "、".join({"time": "时间", "body": "内容"}[field] for field in missing)
        raise _fault(
            "map",
            f'认不出哪一列是{zh}。表里有：{"、".join(there)}。请用 --map 写明，例如 {missing[0]} = "{there[0] if there else "…"}"。',
            f"No column is known as: {', '.join(missing)}. The table has: {', '.join(there)}. Name it with --map.",
        )
    return {field: header for field, header in found.items() if header}


def file_all(rows: Iterable[Numbered], where: Mapping[str, str], *, system: str, classifier: Classifier) -> Iterator[Outcome]:
    """File every row that is good and not filed yet, oldest first; one transaction each, so that a run may end at any point."""
    known = set(ExternalId.objects.filter(system=system).values_list("number", flat=True))
    for found in _in_order(rows, where, system=system, known=known):
        yield found if isinstance(found, Outcome) else _file(found, classifier)


def rehearse(rows: Iterable[Numbered], where: Mapping[str, str], *, system: str) -> Iterator[Outcome]:
    """What `file_all` would do, without doing it."""
    known = set(ExternalId.objects.filter(system=system).values_list("number", flat=True))
    for found in _in_order(rows, where, system=system, known=known):
        yield found if isinstance(found, Outcome) else Outcome(found.row, "filed")


def _file(old: _Old, classifier: Classifier) -> Outcome:
    try:
        with clock.moved(old.at):
            return Outcome(old.row, "filed", code=intake.file_old(old.report, by=SYSTEM, classifier=classifier).code)
    except MinshengError as wrong:
        return _bad(old.row, wrong)


def _in_order(rows: Iterable[Numbered], where: Mapping[str, str], *, system: str, known: set[str]) -> Iterator[Outcome | _Old]:
    """Bad and known rows at once, as they come; then the good ones, oldest first."""
    now, seen, good = clock.now(), dict[str, int](), list[_Old]()
    for row in rows:
        try:
            old = _read(row, where, now=now, system=system)
            assert old.report.external is not None
            number = old.report.external[1]
            if number in seen:
                raise _fault("number", f"编号「{number}」和第 {seen[number]} 行重复。", f"The number “{number}” stands in line {seen[number]} already.")
            seen[number] = row.line
            if number in known:
                yield Outcome(row, "already")
                continue
            with clock.moved(old.at):
                intake.check(old.report, directories.current())
            good.append(old)
        except MinshengError as wrong:
            yield _bad(row, wrong)
    yield from sorted(good, key=lambda old: (old.at, old.row.line))


def _bad(row: Numbered, wrong: MinshengError) -> Outcome:
    field = getattr(wrong, "field", "")
    return Outcome(row, "bad", zh=f"{_FIELD_ZH[field]}：{wrong.zh}" if field in _FIELD_ZH else wrong.zh, en=f"{field}: {wrong.en}" if field else wrong.en)


_FIELD_ZH = {"number": "编号", "time": "时间", "title": "标题", "body": "内容", "name": "用户", "place_text": "地点", "likes": "点赞数"}


# --- one row --------------------------------------------------------------------------------------------------------------


def _read(row: Numbered, where: Mapping[str, str], *, now: datetime, system: str) -> _Old:
    if row.fault:
        raise _fault("row", row.fault, row.fault)
    cells = {field: row.cells.get(header) for field, header in where.items()}
    at = when(cells["time"])
    if at > now:
        raise _fault("time", f"{clock.local(at):%Y-%m-%d %H:%M} 还没有到。", f"{clock.local(at):%Y-%m-%d %H:%M} lies in the future.")
    title, body = _text(cells.get("title")), _text(cells["body"])
    if title and (not body or len(title) > intake.TITLE_LIMIT):
        # A title alone is the complaint; one that is too long for a title begins it. No word is lost.
        title, body = "", f"{title}\n{body}"
    number = _text(cells.get("number")) or hashlib.sha256(repr(sorted((k, str(v)) for k, v in row.cells.items())).encode()).hexdigest()[:32]
    if len(number) > 80:
        raise _fault("number", "最多 80 个字。", "At most 80 characters.")
    report = intake.Report(
        title=title, body=body, name=_text(cells.get("name")), place_text=_text(cells.get("place")), likes=_count(cells.get("likes")),
        channel=Channel.IMPORT, external=(system, number),
    )  # fmt: skip
    return _Old(row, at, report)


_WRITTEN = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[\sT]*(上午|下午|中午|晚上|AM|PM)?\s*(\d{1,2})\s*[:：时点]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2})(?:\.\d+)?\s*秒?)?\s*分?\s*(AM|PM)?)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_AFTERNOON = frozenset({"下午", "晚上", "pm"})
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (a count of days, no moment)


def when(cell: Cell) -> datetime:
    """The moment a cell names, Beijing time unless it says otherwise: 2019/2/28 11:25:05, 2019年2月28日 下午3点05分, 20190228112505, a date of Excel."""
    try:
        found = _moment(cell)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise _fault("time", f"「{_text(cell)[:40]}」不是时间，写成 2019-02-28 11:25 这样。", f"“{_text(cell)[:40]}” is no time; write 2019-02-28 11:25.")
    return found if found.tzinfo else found.replace(tzinfo=clock.BEIJING)


def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 (made aware by `when`)
    text = _text(cell)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _EXCEL_DAY_ZERO + timedelta(seconds=round(float(text) * 86400))
    if match := _DIGITS.fullmatch(text):
        return datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    if match := _WRITTEN.fullmatch(text):
        year, month, day, before, hour, minute, second, after = match.groups()
        half, hours = (before or after or "").lower(), int(hour or 0)
        if half in _AFTERNOON and hours < 12:
            hours += 12
        elif half == "am" and hours == 12:
            hours = 0
        return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0))  # noqa: DTZ001
    return datetime.fromisoformat(text) if text[:4].isdigit() else None


def _text(cell: Cell) -> str:
    """A cell as words. Excel keeps numbers as fractions: 1.0 is 1."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _count(cell: Cell) -> int:
    text = _text(cell).replace(",", "")
    if not text:
        return 0
    if not text.isdecimal() or len(text) > 8:
        raise _fault("likes", f"「{text[:40]}」不是个数。", f"“{text[:40]}” is no count.")
    return int(text)


def _plain(header: str) -> str:
    return re.sub(r"[\s_]", "", header).casefold()


def _fault(field: str, zh: str, en: str) -> BadInput:
    return BadInput(field=field, zh=zh, en=en)

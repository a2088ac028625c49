"""筛选: which cases of a queue somebody wants to see. The words of the address, read; conditions for SQL, made of constants."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from minsheng.domain.calendar import midnight
from minsheng.domain.errors import BadInput
from minsheng.domain.states import CHANNEL_ZH, KIND_ZH, URGENCY_ZH
from minsheng.policy.directory import Directory

#: Orders of a list.
SORTS = ("due", "new")
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """筛选: each may be left empty. unit, category, place: with everything below it. received and due by Beijing days, both ends count."""

    category: str = ""
    place: str = ""
    unit: str = ""
    channel: str = ""
    kind: str = ""
    urgency: str = ""
    words: str = ""
    received_from: date | None = None
    received_to: date | None = None
    due_to: date | None = None
    again: bool = False
    supporters: int = 0
    sort: str = "due"

    def query(self) -> dict[str, str]:
        """As the address says it."""
        said = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in said.items() if value and (name, value) != ("sort", "due")}

    @property
    def narrows(self) -> bool:
        """Does it leave anything out?"""
        return bool(set(self.query()) - {"sort"})


NAMES = tuple(f.name for f in fields(Wanted))


def read(raw: Mapping[str, Any], tree: Directory) -> Wanted:
    """What was chosen, or BadInput that names the field and says what to do."""
    given = {name: str(raw.get(name) or "").strip()[:60] for name in NAMES}
    return Wanted(
        category=_known("category", given, tree.categories, "没有「%s」这个类别，请从列表里选。", "There is no category “%s”; choose one of the list."),
        place=_known("place", given, tree.places, "没有「%s」这个地方，请从列表里选。", "There is no place “%s”; choose one of the list."),
        unit=_known("unit", given, tree.units, "没有「%s」这个单位，请从列表里选。", "There is no unit “%s”; choose one of the list."),
        channel=_known("channel", given, CHANNEL_ZH, "没有「%s」这个渠道。", "There is no channel “%s”."),
        kind=_known("kind", given, KIND_ZH, "没有「%s」这个类型。", "There is no kind “%s”."),
        urgency=_known("urgency", given, URGENCY_ZH, "没有「%s」这个紧急程度。", "There is no urgency “%s”."),
        words=given["words"].replace("\0", ""), received_from=_day("received_from", given), received_to=_day("received_to", given),
        due_to=_day("due_to", given), again=given["again"] in ("1", "yes", "on"), supporters=_number("supporters", given),
        sort=_known("sort", given, SORTS, "没有「%s」这个排序。", "There is no order “%s”.") or "due",
    )  # fmt: skip


def _known(name: str, given: Mapping[str, str], known: Any, zh: str, en: str) -> str:
    value = given[name]
    if value and value not in known:
        raise BadInput(field=name, zh=zh % value, en=en % value)
    return value


def _day(name: str, given: Mapping[str, str]) -> date | None:
    if not given[name]:
        return None
    try:
        found = date.fromisoformat(given[name])
    except ValueError:
        found = None
    if found is None or not _FIRST_DAY <= found <= _LAST_DAY:
        raise BadInput(field=name, zh="日期请写成年-月-日，例如 2026-12-01。", en="Write the day as 2026-12-01.")
    return found


def _number(name: str, given: Mapping[str, str]) -> int:
    if not given[name]:
        return 0
    if not given[name].isascii() or not given[name].isdecimal() or len(given[name]) > 6:
        raise BadInput(field=name, zh="人数请填一个整数，例如 10。", en="Say how many people as a whole number, such as 10.")
    return int(given[name])


def conditions(wanted: Wanted, tree: Directory) -> tuple[list[str], dict[str, Any]]:
    """Conditions on the case (c), the cheap ones first, and their values."""
    found: list[str] = []
    params: dict[str, Any] = {}

    def one(condition: str, **values: Any) -> None:
        found.append(condition)
        params.update(values)

    for name in ("channel", "kind", "urgency"):
        if getattr(wanted, name):
            one(f"c.{name} = %(w_{name})s", **{f"w_{name}": getattr(wanted, name)})
    if wanted.category:
        below = [code for code, c in tree.categories.items() if wanted.category in _line(tree, code)]
        one("c.category = ANY(%(w_category)s)", w_category=below)
    if wanted.place:
        if tree.places[wanted.place].kind == "district":
            one("c.district = %(w_place)s", w_place=wanted.place)
        else:
            one("c.place = ANY(%(w_place)s)", w_place=[code for code in tree.places if wanted.place in tree.place_ancestors(code)])
    if wanted.unit:
        one("c.unit = ANY(%(w_unit)s)", w_unit=list(tree.subtree(wanted.unit)))
    if wanted.received_from:
        one("c.received_at >= %(w_from)s", w_from=midnight(wanted.received_from))
    if wanted.received_to:
        one("c.received_at < %(w_to)s", w_to=midnight(wanted.received_to + timedelta(days=1)))
    if wanted.due_to:
        one("c.due_at < %(w_due)s", w_due=midnight(wanted.due_to + timedelta(days=1)))
    if wanted.again:
        one("c.round > 1")
    if wanted.words:
        like = wanted.words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        one("c.title ILIKE %(w_words)s", w_words=f"%{like}%")
    if wanted.supporters:
        one("EXISTS (SELECT 1 FROM ms_hall s WHERE s.case_id = c.id AND s.supporters >= %(w_supporters)s)", w_supporters=wanted.supporters)
    return found, params


def _line(tree: Directory, code: str) -> list[str]:
    """The category and those above it."""
    line: list[str] = []
    at: str | None = code
    while at is not None and at in tree.categories and at not in line:
        line.append(at)
        at = tree.categories[at].parent
    return line

"""大厅的条件: what a reader asks of the hall, read from an address. The same for the page, the map, the feed and the links between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from minsheng import clock
from minsheng.domain.states import KIND_ZH, STATE_ZH, State
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries.hall import PLACES, Filters
from minsheng.web import environment, words

#: Names in the address. place: a district or what lies in it; matter: a category below `category`; when: one of WHEN; from, to: days, both inclusive.
NAMES = ("q", "tag", "district", "place", "category", "matter", "kind", "when", "from", "to")
CHIPS = (
    ("", "全部"),
    (State.HANDLING, STATE_ZH[State.HANDLING]),
    ("over", "已超时"),
    (State.ANSWERED, "已答复"),
    (State.CLOSED, "已办结"),
    (State.PARKED, "挂账"),
)
WHEN = (("", "不限时间"), ("7", "最近 7 天"), ("30", "最近 30 天"), ("90", "最近 90 天"), ("year", "今年"))
#: 举报 is never public.
KINDS = tuple((str(kind), zh) for kind, zh in KIND_ZH.items() if kind != "report")
_LONGEST = 100
_FIRST, _LAST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(slots=True)
class Asked:
    """values: what holds, by name, as links and forms carry it on; filters: the same for the query; notes: what could not be understood, in words."""

    values: dict[str, str]
    filters: Filters = field(default_factory=Filters)
    notes: list[str] = field(default_factory=list)

    def link(self, page: str = "hall", **changed: str) -> str:
        """The address of a page under these conditions, some of them changed."""
        query = urlencode({name: value for name, value in {**self.values, **changed}.items() if value})
        return environment.url(page) + (f"?{query}" if query else "")

    @property
    def bare(self) -> bool:
        """Nothing is asked but, perhaps, how far a case has come."""
        return not any(value for name, value in self.values.items() if name != "tag")


def asked(given: Mapping[str, str]) -> Asked:
    """Read an address. What is unknown is left out, and said."""
    found = Asked({name: "".join(letter for letter in given.get(name, "").strip() if letter.isprintable())[:_LONGEST] for name in NAMES})
    tree, values = directories.current(), found.values
    _choice(found, "tag", [key for key, _words in CHIPS] + list(State))
    _choice(found, "kind", [key for key, _words in KINDS])
    _choice(found, "when", [key for key, _words in WHEN])
    _where(found, tree)
    _what(found, tree)
    since, until = _days(found)
    found.filters = Filters(
        q=values["q"],
        state="" if values["tag"] == "over" else values["tag"],
        overdue=values["tag"] == "over",
        district=values["district"] if values["place"] in ("", values["district"]) else "",
        place="" if values["place"] == values["district"] else values["place"],
        category=values["matter"] or values["category"],
        kind=values["kind"],
        since=since,
        until=until,
    )
    return found


def _choice(found: Asked, name: str, known: list[str]) -> None:
    if found.values[name] and found.values[name] not in known:
        found.notes.append(_("没有「%(value)s」这个选项，没有按它筛选。") % {"value": found.values[name]})
        found.values[name] = ""


def _where(found: Asked, tree: Directory) -> None:
    """A district, and a place in it. A place of another district is what the form held before the district was changed: it goes."""
    values = found.values
    for name in ("district", "place"):
        if values[name] and values[name] not in tree.places:
            found.notes.append(_("没有「%(value)s」这个地方，没有按它筛选。") % {"value": values[name]})
            values[name] = ""
    for name in ("district", "place"):
        if values[name] and tree.places[values[name]].kind not in PLACES:
            values[name] = next(one for one in tree.place_ancestors(values[name]) if tree.places[one].kind in PLACES)
            found.notes.append(_("不能只看一栋楼，现在看的是%(place)s。") % {"place": tree.places[values[name]].name})
    if values["district"] and tree.places[values["district"]].kind != "district":
        values["place"] = values["place"] or values["district"]
        values["district"] = ""
    if values["place"]:
        line = tree.place_ancestors(values["place"])
        if values["district"] and values["district"] not in line:
            values["place"] = ""
        values["district"] = values["district"] or line[-1]
        if values["place"] == values["district"]:
            values["place"] = ""


def _what(found: Asked, tree: Directory) -> None:
    """A category of the first level and one below it; a longer code in either place is taken apart."""
    values = found.values
    for name in ("category", "matter"):
        if values[name] and values[name] not in tree.categories:
            found.notes.append(_("没有「%(value)s」这类事，没有按它筛选。") % {"value": values[name]})
            values[name] = ""
    if len(values["category"]) > 2:
        values["matter"], values["category"] = values["matter"] or values["category"], values["category"][:2]
    if values["matter"]:
        values["category"] = values["category"] or values["matter"][:2]
        if not values["matter"].startswith(values["category"]) or values["matter"] == values["category"]:
            values["matter"] = ""


def _days(found: Asked) -> tuple[datetime | None, datetime | None]:
    """From the beginning of a day to the end of one, on a Beijing clock. Days that are written go before "the last 30"."""
    values, today = found.values, clock.local(clock.now()).date()
    days: dict[str, date] = {}
    for name in ("from", "to"):
        if values[name]:
            try:
                days[name] = date.fromisoformat(values[name])
                if not _FIRST <= days[name] <= _LAST:
                    raise ValueError
            except ValueError:
                days.pop(name, None)
                found.notes.append(_("「%(value)s」不是日期，要写成 2026-03-01 这样。") % {"value": values[name]})
                values[name] = ""
    if len(days) == 2 and days["from"] > days["to"]:
        found.notes.append(_("开始的日子在结束之后，没有按时间筛选。"))
        days, values["from"], values["to"] = {}, "", ""
    if days:
        values["when"] = ""
    elif values["when"]:
        days["from"] = today.replace(month=1, day=1) if values["when"] == "year" else today - timedelta(days=int(values["when"]) - 1)
    return _midnight(days.get("from")), _midnight(days["to"] + timedelta(days=1) if "to" in days else None)


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=clock.BEIJING)


def said(found: Asked) -> str:
    """The conditions in a few words, for titles: "青禾区 · 市容环境 · 已超时"; everything is "全市"."""
    tree, values = directories.current(), found.values
    place = values["place"] or values["district"]
    parts = [
        tree.places[place].name if place else "",
        words.category(tree, values["matter"] or values["category"]),
        next((_(zh) for key, zh in CHIPS if key == values["tag"] and key), _(STATE_ZH[State(values["tag"])]) if values["tag"] in list(State) else ""),
        next((_(zh) for key, zh in KINDS if key == values["kind"]), ""),
        next((_(zh) for key, zh in WHEN if key == values["when"] and key), ""),
        " – ".join((values["from"], values["to"])) if values["from"] or values["to"] else "",
        values["q"],
    ]
    return " · ".join(part for part in parts if part) or _("全市")

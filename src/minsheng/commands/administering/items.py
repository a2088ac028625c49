"""改一条: units, places, categories, responsibility rules and posts are added, changed, ended, taken away; and each change can be taken back by its opposite.

Rules have dates: a change "from a day" ends the old row the day before and adds a new one. Units have dates too, but one code is one row: what changes in a
unit holds at once, and a unit that is re-founded gets a successor with its own code. Places and categories change at once.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from minsheng import clock
from minsheng.commands.acts import record
from minsheng.commands.administering.ground import FILES, SUBJECTS, BadRow, Bench, changing, demand_seen, demand_within, pruned, subject
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotFound, WrongState
from minsheng.models.places import Category, Place, Post, Responsibility, Unit
from minsheng.models.staff import Act
from minsheng.policy.directory import Directory
from minsheng.policy.directory_texts import Cells, book
from minsheng.queries import directory as directories
from minsheng.queries import installation, members

_MODELS = {"units": Unit, "places": Place, "categories": Category, "posts": Post}
_COLUMNS = {
    "units": "name short_name parent level kind function phone opening_hours valid_from valid_until",
    "places": "name kind parent unit lat lng",
    "categories": "name name_en parent level urgency sensitive department risk",
    "posts": "name unit order",
    "rules": "category place lead basis valid_from valid_until",
}


def add(kind: str, *, cells: Mapping[str, str], by: Actor) -> str:
    """新增一条; returns its key."""
    with changing(by=by) as bench:
        return _put(bench, kind, None, pruned(dict(cells)))


def edit(kind: str, *, key: str, cells: Mapping[str, str], seen: int | None, from_day: date | None = None, by: Actor) -> str:
    """改一条. from_day: rules only; the row of today ends the day before, and a new one begins. Returns the key of the row that says it from now on."""
    with changing(by=by) as bench:
        old = _row(bench, kind, key)
        demand_seen(old, seen)
        new = {**old, **pruned(dict(cells))}
        if new == old:
            raise BadInput(field="", zh="没有改动任何一项，所以没有保存。", en="Nothing was changed, so nothing was saved.")
        if kind == "rules" and from_day is not None and not old["valid_from"] >= from_day.isoformat():
            return _from_day(bench, key, old, new, from_day)
        return _put(bench, kind, key, new)


def end(kind: str, *, key: str, last_day: date, seen: int | None, by: Actor) -> None:
    """到某天为止: a unit or a rule holds for the last time on that day. What the unit still has is handed over by `handing.dissolve`."""
    with changing(by=by) as bench:
        old = _row(bench, kind, key)
        demand_seen(old, seen)
        if kind == "units":
            demand_endable(bench.tree, key, last_day)
        _put(bench, kind, key, {**old, "valid_until": last_day.isoformat()})


def remove(kind: str, *, key: str, seen: int | None, by: Actor) -> None:
    """去掉一条 that nothing stands on: a place or category without cases, a post that nobody holds, a rule that was a mistake."""
    with changing(by=by) as bench:
        demand_seen(_row(bench, kind, key), seen)
        _drop(bench, kind, key)


def undo(number: int, *, by: Actor) -> str:
    """改回去: the opposite of a change, as a new change. Refused where somebody has changed the same item since."""
    act = Act.objects.filter(pk=number, kind__in=("directory", "rule")).first()
    if act is None:
        raise NotFound("没有这条记录。", "There is no such record.")
    kind = next(kind for kind, (word, _) in SUBJECTS.items() if act.subject.startswith(f"{word}:"))
    key = act.subject.partition(":")[2]
    with changing(by=by) as bench:
        now = bench.cells[FILES[kind]].get(key)
        if now != act.after:
            raise WrongState("这一条后来又改过，请从最近一次改动开始，一步一步改回去。", "This was changed again later: undo the latest change first.")
        if act.before is None:
            _drop(bench, kind, key)
        else:
            _put(bench, kind, key if now is not None else None, act.before, key_wanted=key)
    return kind


def demand_mine(unit: str, *, by: Actor) -> None:
    """The unit lies where the actor administers."""
    tree = directories.current()
    demand_within(unit, tree=tree, by=by)


def demand_endable(tree: Directory, key: str, last_day: date) -> None:
    """The city's own centre and its last resort stay; what hangs below a unit goes first."""
    if key in (tree.centre, tree.fallback, tree.root):
        raise WrongState("这是全市的受理中心、兜底单位或最上级，不能撤销。", "This is the city's centre, its last resort or its root: it cannot end.")
    below = [tree.units[code] for code in tree.subtree(key)[1:] if tree.units[code].valid(last_day + timedelta(days=1))]
    if below:
        names = "、".join(unit.short_name for unit in below[:5])
        raise BadInput(
            field="last_day",
            zh=f"下面还有 {len(below)} 个单位（{names}），请先把它们撤销或改挂到别处。",
            en=f"{len(below)} units hang below it; end or move them first.",
        )


# --- one row ------------------------------------------------------------------------------------------------------------------------


def _row(bench: Bench, kind: str, key: str) -> Cells:
    found = bench.cells[FILES[kind]].get(key)
    if found is None:
        raise NotFound("没有这一条，也许同事刚刚把它去掉了。", "There is no such row; perhaps a colleague has just removed it.")
    return found


def _from_day(bench: Bench, key: str, old: Cells, new: Cells, day: date) -> str:
    """The old row until the day before, the new one from that day on."""
    today = clock.local(clock.now()).date()
    if day < today:
        raise BadInput(field="from_day", zh=f"从哪天起，不能早于今天（{today}）。", en=f"It cannot hold from a day before today ({today}).")
    _put(bench, "rules", key, {**old, "valid_until": (day - timedelta(days=1)).isoformat()}, from_day=day)
    return _put(bench, "rules", None, {**new, "valid_from": day.isoformat()}, from_day=day)


def _put(bench: Bench, kind: str, key: str | None, cells: Cells, *, key_wanted: str = "", from_day: date | None = None) -> str:
    """Write one row, judged with everything else. key None: a new one (rules get their number, or the one they had)."""
    file, before = FILES[kind], bench.cells[FILES[kind]].get(key or "")
    if key is None:
        key = (key_wanted or "new") if kind == "rules" else cells["code"]
        if key in bench.cells[file]:
            raise BadRow({"code": (f"编码“{key}”已经用过，请换一个。", f"The code “{key}” is taken.")})
    elif kind != "rules" and cells["code"] != key:
        raise BadRow({"code": ("编码定了就不能改：别的内容靠它认。", "A code never changes: other rows point to it.")})
    bench.cells[file][key] = cells
    tree = bench.judge(kind, key)
    _demand_area(bench, kind, before, cells, tree)
    number = list(bench.cells[file]).index(key)
    if kind == "rules":
        key = _store_rule(key, tree, number)
    else:
        _store(kind, key, tree, number)
    bench.tree = tree
    kept = _cells_now(bench, kind, number)
    bench.cells[file] = {(str(key) if at == number else name): (kept if at == number else row) for at, (name, row) in enumerate(bench.cells[file].items())}
    record(SUBJECTS[kind][1], by=bench.by, subject=subject(kind, key), before=before, after=kept, from_day=from_day)
    return key


def _cells_now(bench: Bench, kind: str, number: int) -> Cells:
    """The cells as they will be read from now on: dates, numbers and lists in their one spelling."""
    return list(book(bench.tree)[FILES[kind]].values())[number]


def _store(kind: str, key: str, tree: Directory, number: int) -> None:
    item: Any = getattr(tree, kind)[key]
    values = {name: getattr(item, name) for name in _COLUMNS[kind].split()}
    if kind == "places":
        values["polygon"] = item.polygon
    if kind == "categories":
        values["keywords"] = list(item.keywords)
    if kind != "posts":
        values["position"] = number
    _MODELS[kind].objects.update_or_create(code=key, defaults={n: v for n, v in values.items() if n != "position"}, create_defaults={**values, "code": key})


def _store_rule(key: str, tree: Directory, number: int) -> str:
    rule = tree.rules[number]
    values: dict[str, Any] = {name: getattr(rule, name) for name in _COLUMNS["rules"].split()} | {"co": list(rule.co)}
    if key.isdecimal():
        row, _made = Responsibility.objects.update_or_create(pk=int(key), defaults=values, create_defaults={**values, "position": number})
    else:
        row = Responsibility.objects.create(**values, position=number)
    return str(row.pk)


def _drop(bench: Bench, kind: str, key: str) -> None:
    before = bench.cells[FILES[kind]].pop(key)
    _demand_area(bench, kind, before, None, bench.tree)
    _demand_unused(kind, key)
    tree = bench.judge(kind, None)
    if kind == "rules":
        Responsibility.objects.filter(pk=int(key)).delete()
    else:
        _MODELS[kind].objects.filter(code=key).delete()
    bench.tree = tree
    record(SUBJECTS[kind][1], by=bench.by, subject=subject(kind, key), before=before, after=None)


def _demand_unused(kind: str, key: str) -> None:
    """What cases and people stand on cannot go."""
    cases = installation.ever_used(kind, key)
    if cases:
        raise WrongState("已经有诉求用到它，不能去掉，只能停用或改名。", "Cases stand on it: it can be changed or ended, not removed.")
    if kind in ("units", "posts") and (held := members.holders(kind, key)):
        raise WrongState(f"还有 {held} 个账号在这里任职，请先改他们。", f"{held} accounts hold a post there: change them first.")


def _demand_area(bench: Bench, kind: str, before: Cells | None, after: Cells | None, tree: Directory) -> None:
    """An administrator of a county changes what lies below the county, before and after the change."""
    for cells in (before, after):
        if cells is None:
            continue
        if kind == "units":
            bench.tree = tree if after is cells else bench.tree
            moved = before is None or after is None or before["parent"] != after["parent"]
            bench.demand(cells["code"], *((cells["parent"] or None,) if moved else ()))
        elif kind in ("places", "posts"):
            bench.demand(cells["unit"])
        elif kind == "categories":
            bench.demand(None)
        else:
            where = tree.places[cells["place"]].unit if cells["place"] in tree.places else None
            named = [code for code in (cells["lead"], *cells["co"].split(";")) if code in tree.units]
            bench.demand(where, *(named if where is not None else ()))

"""改通讯录的底子: one change of the directory is judged by the rules by which files are loaded, written, counted and recorded, in one transaction.

The directory with the change in it is written as files and read again (policy.directory_texts, policy.directory_files). What is wrong with the changed
row comes back by its fields; what the change would break elsewhere comes back in words. Rows that were wrong before do not stop anybody.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from minsheng.domain import access
from minsheng.domain.access import Actor
from minsheng.domain.errors import BadInput, NotAllowed, Stale
from minsheng.models.places import City, Responsibility
from minsheng.policy.directory import Directory
from minsheng.policy.directory_files import parse
from minsheng.policy.directory_texts import Book, Cells, book, line_of, texts
from minsheng.policy.tables import Problem
from minsheng.queries import directory as directories

#: Kind of item → the file that holds it.
FILES = {"units": "units.csv", "places": "places.geojson", "categories": "categories.csv", "rules": "rules.csv", "posts": "posts.csv"}
#: Kind of item → (its word before the colon of an act's subject, kind of act).
SUBJECTS = {"units": ("unit", "directory"), "places": ("place", "directory"), "categories": ("category", "directory"), "posts": ("post", "directory"),
            "rules": ("rule", "rule")}  # fmt: skip
Pair = tuple[str, str]


class BadRow(BadInput):
    """填错了几处: every field of a row that is wrong (`all`: name → Chinese and English; "" is what the change would break elsewhere)."""

    def __init__(self, found: Mapping[str, Pair]) -> None:
        name, (zh, en) = next(iter(found.items()))
        super().__init__(field=name, zh=zh, en=en)
        self.all = dict(found)


@dataclass
class Bench:
    """The directory on the bench: locked, as rows and as cells. keys of rules are their row numbers."""

    city: City
    tree: Directory
    cells: Book
    by: Actor
    acts: list[dict[str, Any]] = field(default_factory=list)

    def judge(self, kind: str, key: str | None) -> Directory:
        """The directory with what now stands in the cells, or BadRow. key: the row that was changed, None where one went away."""
        file = FILES[kind]
        parsed = parse(texts(self.tree, self.cells))
        if parsed.directory is not None:
            return parsed.directory
        before = {_same(p) for p in parse(texts(self.tree, self._untouched())).problems}
        fresh = [p for p in parsed.problems if _same(p) not in before]
        line = line_of(self.cells, file, key) if key is not None else None
        found: dict[str, Pair] = {}
        for problem in fresh:
            mine = problem.file == file and problem.line == line
            name = problem.key if mine else ""
            zh, en = (problem.zh, problem.en) if mine else self._elsewhere(problem)
            found.setdefault(name, (f"{zh}。", f"{en}."))
        if found:
            raise BadRow(found)
        raise BadRow({"": ("通讯录里有别的错误，这一处先改不了：" + str(parsed.problems[0]), f"Other rows of the directory are wrong: {parsed.problems[0]}")})

    def demand(self, *units: str | None) -> None:
        """Every one of these units lies where the actor administers; None stands for the whole city."""
        for unit in units:
            demand_within(unit, tree=self.tree, by=self.by)

    def _untouched(self) -> Book:
        return book(self.tree, rules=rule_keys())

    def _elsewhere(self, problem: Problem) -> Pair:
        """Another row, by its name: it is not the one on the screen."""
        rows = list(self.cells.get(problem.file, {}).values())
        row = rows[problem.line - 2] if problem.line is not None and 2 <= problem.line < len(rows) + 2 else {}
        name = row.get("name") or row.get("basis") or row.get("display_name") or problem.file
        return f"这样改会影响“{name}”：{problem.zh}", f"This would break “{name}”: {problem.en}"


@contextmanager
def changing(*, by: Actor) -> Iterator[Bench]:
    """One change of the directory: nobody else changes it meanwhile, every process sees a new version afterwards."""
    with transaction.atomic():
        row = City.objects.select_for_update().get()
        tree = directories.built(row)
        if not access.may(by, "administer", tree):
            raise NotAllowed("只有管理员能改这里。", "Only administrators may change this.")
        yield Bench(row, tree, book(tree, rules=rule_keys()), by)
        row.directory_version += 1
        row.save(update_fields=["directory_version"])
    directories.forget()


def rule_keys() -> list[str]:
    """Row numbers of the responsibility rules, in the order in which the directory holds them."""
    return [str(pk) for pk in Responsibility.objects.order_by("position", "id").values_list("pk", flat=True)]


def areas_of(by: Actor, tree: Directory) -> tuple[str, ...]:
    """Where somebody administers; the system everywhere."""
    return (tree.root,) if by.kind == "system" else directories.administered(by, tree)


def demand_within(unit: str | None, *, tree: Directory, by: Actor) -> None:
    """The unit lies where the actor administers; None stands for the whole city."""
    roots = areas_of(by, tree)
    if not (tree.root in roots if unit is None else any(tree.under(unit, root=root) for root in roots)):
        raise _not_yours(tree, unit, roots)


def demand_seen(cells: Mapping[str, Any] | None, seen: int | None) -> None:
    """What the screen showed is what stands there."""
    now = mark(cells)
    if seen is not None and seen != now:
        raise Stale(
            seen=seen,
            version=now,
            zh="同事刚刚改过这一条，请看过新的内容再改，您写的还在。",
            en="A colleague has just changed this. Look at what is new and try again; what you typed is kept.",
        )


def mark(cells: Mapping[str, Any] | None) -> int:
    """A number that stands for what an item says: the version that a form shows."""
    told = json.dumps(cells, sort_keys=True, ensure_ascii=False, default=str)
    return int(hashlib.sha256(told.encode()).hexdigest()[:12], 16)


def subject(kind: str, key: str) -> str:
    """As an act names an item: unit:city.parks."""
    return f"{SUBJECTS[kind][0]}:{key}"


def pruned(cells: Cells) -> Cells:
    """Cells as they are compared: without blanks at the ends."""
    return {name: value.strip() for name, value in cells.items()}


def _same(problem: Problem) -> tuple[str, str, str]:
    return problem.file, problem.key, problem.zh


def _not_yours(tree: Directory, unit: str | None, roots: tuple[str, ...]) -> NotAllowed:
    names = "、".join(tree.units[root].name for root in roots) or "（没有）"
    what = "全市的内容" if unit is None else f"“{tree.units[unit].name if unit in tree.units else unit}”"
    return NotAllowed(f"{what}不归您管。您能管的是：{names}。", f"This lies outside of your area ({names}).")

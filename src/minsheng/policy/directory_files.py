"""通讯录文件: eight texts → a Directory, or every problem with file, line and key.

`directory.toml` names the city, its centre and scopes; `units.csv`, `places.geojson`, `rules.csv`, `posts.csv` and `people.csv` are
the city's; `categories.csv` and `functions.csv` are common to all. One problem is enough and there is no Directory: nothing is half loaded.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar, cast, get_args

from minsheng.domain.calendar import parse_hours
from minsheng.policy.directory import LEVELS, ROLES, Category, Directory, Function, Level, Person, Post, Rule, Scope, ScopeKind, Unit, UnitKind, Urgency
from minsheng.policy.place_files import read_places
from minsheng.policy.tables import Findings, Problem, Row, decode, hints, rows

__all__ = ["FILES", "Parsed", "Problem", "decode", "parse"]

FILES = ("directory.toml", "functions.csv", "categories.csv", "units.csv", "places.geojson", "rules.csv", "posts.csv", "people.csv")
"""The texts that `parse` expects, by these names."""

SETTINGS = ("city", "name", "centre", "fallback", "scopes")
SCOPE_KEYS = ("code", "name", "kind", "root", "categories")
HOURS = re.compile(r"(?P<days>(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?) (?P<periods>[0-9:,-]+)")
USERNAME = re.compile(r"[a-z][a-z0-9-]{1,59}")


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


C = TypeVar("C", bound=_Coded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The directory, or None with the problems that stand in its way."""

    directory: Directory | None
    problems: tuple[Problem, ...]


class _Table(Generic[C]):
    """Items of one file by code, with the row that each came from."""

    def __init__(self) -> None:
        self.items: dict[str, C] = {}
        self.rows: dict[str, Row] = {}

    def add(self, row: Row, item: C) -> None:
        if item.code in self.items:
            row.wrong(
                "code",
                zh=f"编码“{item.code}”在第 {self.rows[item.code].line} 行已用过",
                en=f"code “{item.code}” is already used in line {self.rows[item.code].line}",
            )
        elif item.code:
            self.items[item.code] = item
            self.rows[item.code] = row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Codes that other files may point to; None where the file that defines them could not be read."""

    units: Collection[str] | None
    categories: Collection[str] | None
    places: Collection[str] | None


def parse(files: Mapping[str, str]) -> Parsed:
    """Read all files of one directory and check that they fit together.

    Every problem is listed, by file and line. What points into a file that could not be read is not judged, so that one wrong
    header does not bring a thousand complaints.
    """
    findings = Findings()
    for name in (name for name in FILES if name not in files):
        findings.add(file=name, line=None, key="", zh="缺少这个文件", en="this file is missing")
    functions = _functions(files, findings)
    categories = _categories(files, findings, functions=findings.codes("functions.csv", functions.items))
    units = _units(files, findings, functions=findings.codes("functions.csv", functions.items))
    places = read_places(files["places.geojson"], units=units.items, findings=findings) if "places.geojson" in files else {}
    known = _Known(
        units=findings.codes("units.csv", units.items),
        categories=findings.codes("categories.csv", categories.items),
        places=findings.codes("places.geojson", places),
    )
    rules = _rules(files, findings, known=known, units=units.items)
    posts = _posts(files, findings, known=known)
    people = _people(files, findings, known=known, posts=findings.codes("posts.csv", posts.items))
    settings, scopes = _settings(files["directory.toml"], findings, known=known) if "directory.toml" in files else ({}, {})
    if findings.problems:
        return Parsed(directory=None, problems=tuple(sorted(findings.problems, key=lambda p: (FILES.index(p.file), p.line or 0))))
    directory = Directory(
        **settings,
        units=MappingProxyType(units.items),
        places=MappingProxyType(places),
        categories=MappingProxyType(categories.items),
        rules=rules,
        posts=MappingProxyType(posts.items),
        people=MappingProxyType(people),
        scopes=MappingProxyType(scopes),
        functions=MappingProxyType(functions.items),
    )
    return Parsed(directory=directory, problems=())


def _rows(file: str, files: Mapping[str, str], *, columns: tuple[str, ...], findings: Findings) -> Iterator[Row]:
    return rows(file, files[file], columns=columns, findings=findings) if file in files else iter(())


def _functions(files: Mapping[str, str], findings: Findings) -> _Table[Function]:
    table = _Table[Function]()
    for row in _rows("functions.csv", files, columns=("code", "name_zh", "name_en"), findings=findings):
        table.add(row, Function(code=row.required("code"), name=row.required("name_zh"), name_en=row.required("name_en")))
    return table


def _categories(files: Mapping[str, str], findings: Findings, *, functions: Collection[str] | None) -> _Table[Category]:
    """The tree is in the codes: 03, 0302, 030201."""
    table = _Table[Category]()
    columns = ("code", "name", "name_en", "urgency", "sensitive", "department", "keywords", "risk")
    for row in _rows("categories.csv", files, columns=columns, findings=findings):
        code = row.required("code")
        if code and not re.fullmatch(r"([0-9]{2}){1,3}", code):
            row.wrong("code", zh=f"编码“{code}”应是 2、4 或 6 位数字", en=f"code “{code}” must have 2, 4 or 6 digits")
        category = Category(
            code=code,
            name=row.required("name"),
            name_en=row.required("name_en"),
            parent=code[:-2] or None,
            level=len(code) // 2,
            urgency=cast(Urgency, row.choice("urgency", among=get_args(Urgency))),
            sensitive=row.yes_or_no("sensitive"),
            department=row.choice("department", among=functions),
            keywords=row.several("keywords"),
            risk=row.optional("risk") or None,
        )
        if category.level == 3 and not category.keywords:
            row.wrong("keywords", zh="第三级事项至少要有一个关键词", en="a category of the third level needs at least one keyword")
        table.add(row, category)
    for code, category in table.items.items():
        if category.parent is not None and category.parent not in table.items:
            table.rows[code].wrong("code", zh=f"没有上一级“{category.parent}”", en=f"its parent “{category.parent}” is missing")
    return table


def _units(files: Mapping[str, str], findings: Findings, *, functions: Collection[str] | None) -> _Table[Unit]:
    table = _Table[Unit]()
    columns = ("code", "name", "short_name", "parent", "level", "kind", "function", "phone", "opening_hours", "valid_from", "valid_until")
    for row in _rows("units.csv", files, columns=columns, findings=findings):
        unit = Unit(
            code=row.required("code"),
            name=row.required("name"),
            short_name=row.required("short_name"),
            parent=row.optional("parent") or None,
            level=cast(Level, row.choice("level", among=LEVELS)),
            kind=cast(UnitKind, row.choice("kind", among=get_args(UnitKind))),
            function=(row.choice("function", among=functions) if row.optional("function") else None),
            phone=row.optional("phone"),
            opening_hours=_hours(row),
            valid_from=row.day("valid_from"),
            valid_until=row.day("valid_until"),
        )
        _check_period(row)
        table.add(row, unit)
    _check_unit_tree(table, findings)
    return table


def _hours(row: Row) -> str:
    """Opening hours like “Mon-Fri 08:30-12:00,14:00-17:30”, or nothing."""
    text = row.optional("opening_hours")
    if text:
        form = HOURS.fullmatch(text)
        try:
            if form is None:
                raise ValueError("no days or no periods")
            parse_hours(form["periods"])
        except ValueError as error:
            row.wrong(
                "opening_hours", zh=f"“{text}”应写成 Mon-Fri 08:30-12:00,14:00-17:30", en=f"“{text}” must be like Mon-Fri 08:30-12:00,14:00-17:30 ({error})"
            )
    return text


def _check_period(row: Row) -> None:
    first, last = row.optional("valid_from"), row.optional("valid_until")
    if first and last and last < first:
        row.wrong("valid_until", zh=f"止日 {last} 早于起日 {first}", en=f"the last day {last} is before the first day {first}")


def _check_unit_tree(table: _Table[Unit], findings: Findings) -> None:
    """One root, known parents, no cycle, areas that go down and bodies that stay on the level of their area."""
    units = table.items
    roots = [code for code, unit in units.items() if unit.parent is None]
    if not roots:
        findings.add(
            file="units.csv",
            line=None,
            key="parent",
            zh="没有最上级单位：要有一个 parent 为空的市级单位",
            en="no root: one unit of level city must have an empty parent",
        )
    for extra in roots[1:]:
        table.rows[extra].wrong("parent", zh=f"上级为空，而最上级已是“{roots[0]}”", en=f"empty, but the root is already “{roots[0]}”")
    for code, unit in units.items():
        row = table.rows[code]
        parent = None if unit.parent is None else units.get(unit.parent)
        if unit.parent is None:
            if unit.kind != "area" or unit.level != "city":
                row.wrong("parent", zh="只有市一级的区域单位可以没有上级", en="only the area unit of level city may have no parent")
        elif parent is None:
            row.check("parent", value=unit.parent, known=units)
        elif _in_cycle(code, units):
            row.wrong("parent", zh="上下级绕成了圈", en="parents form a cycle")
        elif unit.level in LEVELS and parent.level in LEVELS:
            _check_level(row, unit, parent)


def _check_level(row: Row, unit: Unit, parent: Unit) -> None:
    if unit.kind == "area" and parent.kind != "area":
        row.wrong("parent", zh=f"区域单位不能挂在“{parent.name}”下面", en=f"an area cannot hang under “{parent.code}”, which is no area")
    elif unit.kind == "area" and LEVELS.index(unit.level) <= LEVELS.index(parent.level):
        row.wrong("level", zh=f"级别要低于上级“{parent.name}”", en=f"must be below the level of “{parent.code}” ({parent.level})")
    elif unit.kind != "area" and unit.level != parent.level:
        row.wrong("level", zh=f"级别要与“{parent.name}”相同", en=f"must be the level of “{parent.code}” ({parent.level})")


def _in_cycle(code: str, units: Mapping[str, Unit]) -> bool:
    seen: set[str] = set()
    above: str | None = code
    while above is not None and above in units and above not in seen:
        seen.add(above)
        above = units[above].parent
    return above == code


def _rules(files: Mapping[str, str], findings: Findings, *, known: _Known, units: Mapping[str, Unit]) -> tuple[Rule, ...]:
    found = []
    functions = {unit.function for unit in units.values() if unit.function is not None}
    notations = (*(f"@{function}" for function in functions), *(f"@area:{level}" for level in LEVELS))
    targets = None if known.units is None else {*known.units, *notations}
    for row in _rows("rules.csv", files, columns=("category", "place", "lead", "co", "basis", "valid_from", "valid_until"), findings=findings):
        category, place, co = row.optional("category"), row.optional("place"), row.several("co")
        lead = row.required("lead")
        for key, value, among in (
            ("category", category, known.categories),
            ("place", place, known.places),
            ("lead", lead, targets),
            *(("co", code, targets) for code in co),
        ):
            if value:
                row.check(key, value=value, known=among)
        _check_period(row)
        found.append(
            Rule(
                category=category,
                place=place or None,
                lead=lead,
                co=co,
                basis=row.required("basis"),
                valid_from=row.day("valid_from"),
                valid_until=row.day("valid_until"),
            )
        )
    return tuple(found)


def _posts(files: Mapping[str, str], findings: Findings, *, known: _Known) -> _Table[Post]:
    table = _Table[Post]()
    for row in _rows("posts.csv", files, columns=("code", "name", "unit", "order"), findings=findings):
        post = Post(code=row.required("code"), name=row.required("name"), unit=row.choice("unit", among=known.units), order=row.count("order"))
        if post.code and not post.code.startswith(f"{post.unit}."):
            row.wrong("code", zh=f"编码应写成“{post.unit}.岗位”", en=f"must be written “{post.unit}.post”")
        table.add(row, post)
    return table


def _people(files: Mapping[str, str], findings: Findings, *, known: _Known, posts: Collection[str] | None) -> dict[str, Person]:
    people: dict[str, Person] = {}
    for row in _rows("people.csv", files, columns=("username", "display_name", "unit", "roles", "post"), findings=findings):
        username, roles = row.required("username"), row.several("roles")
        if username and not USERNAME.fullmatch(username):
            row.wrong(
                "username",
                zh=f"“{username}”只能用小写字母、数字和连字符，字母开头",
                en=f"“{username}” may hold lower-case letters, digits and hyphens, a letter first",
            )
        if username in people:
            row.wrong("username", zh=f"账号“{username}”已用过", en=f"username “{username}” is already used")
        if not roles:
            row.wrong("roles", zh="至少要有一个角色", en="at least one role is needed")
        for role in roles:
            row.check("roles", value=role, known=ROLES)
        post = row.optional("post")
        if post:
            row.check("post", value=post, known=posts)
        unit = row.choice("unit", among=known.units)
        people[username] = Person(username=username, display_name=row.required("display_name"), unit=unit, roles=roles, post=post or None)
    return people


def _settings(text: str, findings: Findings, *, known: _Known) -> tuple[dict[str, str], dict[str, Scope]]:
    """The head of the directory and its scopes; lines are found by looking for the key, as TOML readers forget them."""
    file = "directory.toml"
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        findings.add(
            file=file, line=int(line[1]) if line else len(text.splitlines()), key="", zh=f"TOML 格式不对：{error}", en=f"not well-formed TOML: {error}"
        )
        return {}, {}
    tables = [number for number, content in enumerate(text.splitlines(), 1) if content.strip() == "[[scopes]]"]
    entries = data.get("scopes", [])
    _check_keys(data, SETTINGS, start=0, optional=("scopes",), text=text, findings=findings)
    for key in (key for key in ("centre", "fallback") if isinstance(data.get(key), str)):
        findings.check(file=file, line=_line_of(key, start=0, text=text), key=key, value=data[key], known=known.units)
    scopes: dict[str, Scope] = {}
    for position, entry in enumerate(entries if isinstance(entries, list) else []):
        scope = _scope(entry, start=tables[position] if position < len(tables) else 0, text=text, findings=findings, known=known)
        if scope is not None and scope.code in scopes:
            findings.add(
                file=file,
                line=tables[position] if position < len(tables) else None,
                key="code",
                zh=f"编码“{scope.code}”已用过",
                en=f"code “{scope.code}” is already used",
            )
        elif scope is not None:
            scopes[scope.code] = scope
    return {key: value for key, value in data.items() if key != "scopes"}, scopes


def _scope(entry: Any, *, start: int, text: str, findings: Findings, known: _Known) -> Scope | None:
    file = "directory.toml"
    if not isinstance(entry, dict) or not _check_keys(entry, SCOPE_KEYS, start=start, optional=(), text=text, findings=findings):
        return None
    for key, value, among in (
        ("kind", entry["kind"], get_args(ScopeKind)),
        ("root", entry["root"], known.units),
        *(("categories", code, known.categories) for code in entry["categories"]),
    ):
        findings.check(file=file, line=_line_of(key, start=start, text=text), key=key, value=value, known=among)
    return Scope(code=entry["code"], name=entry["name"], kind=entry["kind"], root=entry["root"], categories=tuple(entry["categories"]))


def _check_keys(data: dict[str, Any], known: tuple[str, ...], *, start: int, optional: tuple[str, ...], text: str, findings: Findings) -> bool:
    """Every key known, none missing, each of its type; `start` is the line where this table begins (0 = the file)."""
    file, before = "directory.toml", len(findings.problems)
    for key, value in data.items():
        line = _line_of(key, start=start, text=text)
        if key not in known:
            zh_hint, en_hint = hints(key, known)
            findings.add(file=file, line=line, key=key, zh=f"不认识这一项{zh_hint}", en=f"unknown key{en_hint}")
        elif key in ("scopes", "categories"):
            inner = dict if key == "scopes" else str
            if not isinstance(value, list) or not all(isinstance(item, inner) for item in value):
                findings.add(file=file, line=line, key=key, zh="应是一个列表", en="must be a list")
        elif not isinstance(value, str) or not value:
            findings.add(file=file, line=line, key=key, zh="应是一段文字", en="must be text")
    for key in (key for key in known if key not in data and key not in optional):
        findings.add(file=file, line=start or None, key=key, zh="缺少这一项", en="this key is missing")
    return len(findings.problems) == before


def _line_of(key: str, *, start: int, text: str) -> int | None:
    pattern = re.compile(rf'\s*(\[\[)?["\']?{re.escape(key)}["\']?\s*(=|\]\])')
    return next((number for number, line in enumerate(text.splitlines(), 1) if number > start and pattern.match(line)), start or None)

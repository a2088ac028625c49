"""通讯录写成文件: a Directory → the texts that `directory_files.parse` reads, and its items as cells by column, for screens that change one of them.

`parse(texts(directory))` gives the same directory, and no cell is a formula (`domain.cells`):
what a screen has changed is judged by exactly the rules by which files are loaded.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from minsheng.domain.cells import harmless
from minsheng.policy.directory import Category, Directory, Person, Place, Post, Rule, Unit

Cells = dict[str, str]
Book = dict[str, dict[str, Cells]]
"""file → key of the item → cells by column. Rules have no code: their key is whatever the caller knows them by."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "functions.csv": ("code", "name_zh", "name_en"),
    "categories.csv": ("code", "name", "name_en", "urgency", "sensitive", "department", "keywords", "risk"),
    "units.csv": ("code", "name", "short_name", "parent", "level", "kind", "function", "phone", "opening_hours", "valid_from", "valid_until"),
    "places.geojson": ("code", "name", "kind", "parent", "unit", "lat", "lng", "geometry"),
    "rules.csv": ("category", "place", "lead", "co", "basis", "valid_from", "valid_until"),
    "posts.csv": ("code", "name", "unit", "order"),
    "people.csv": ("username", "display_name", "unit", "roles", "post"),
}


def unit_cells(unit: Unit) -> Cells:
    """承办单位."""
    return _cells(unit, COLUMNS["units.csv"])


def rule_cells(rule: Rule) -> Cells:
    """责任规则."""
    return _cells(rule, COLUMNS["rules.csv"])


def category_cells(category: Category) -> Cells:
    """事项."""
    return _cells(category, COLUMNS["categories.csv"])


def post_cells(post: Post) -> Cells:
    """责任岗位."""
    return _cells(post, COLUMNS["posts.csv"])


def person_cells(person: Person) -> Cells:
    """账号."""
    return _cells(person, COLUMNS["people.csv"])


def place_cells(place: Place) -> Cells:
    """地点; the outline is the text of a GeoJSON geometry."""
    found = _cells(place, COLUMNS["places.geojson"][:-1])
    outline = {"type": "Polygon", "coordinates": [[list(point) for point in place.polygon]]} if place.polygon is not None else None
    return {**found, "geometry": _json(outline) if outline else ""}


def book(directory: Directory, *, rules: Iterable[str] | None = None) -> Book:
    """Everything as cells. rules: the keys of the responsibility rules, in their order (default: their numbers)."""
    keys = [str(n) for n in range(len(directory.rules))] if rules is None else list(rules)
    return {
        "functions.csv": {f.code: {"code": f.code, "name_zh": f.name, "name_en": f.name_en} for f in directory.functions.values()},
        "categories.csv": {code: category_cells(one) for code, one in directory.categories.items()},
        "units.csv": {code: unit_cells(one) for code, one in directory.units.items()},
        "places.geojson": {code: place_cells(one) for code, one in directory.places.items()},
        "rules.csv": {key: rule_cells(one) for key, one in zip(keys, directory.rules, strict=True)},
        "posts.csv": {code: post_cells(one) for code, one in directory.posts.items()},
        "people.csv": {code: person_cells(one) for code, one in directory.people.items()},
    }


def texts(directory: Directory, cells: Book) -> dict[str, str]:
    """The eight files: the head of this directory, and these cells. The n-th item of a file stands in its n+2nd line (`line_of`)."""
    found = {file: _csv(COLUMNS[file], rows.values()) for file, rows in cells.items() if file != "places.geojson"}
    return {"directory.toml": head(directory), "places.geojson": places_text(cells["places.geojson"].values()), **found}


def line_of(cells: Book, file: str, key: str) -> int:
    """The line in which an item stands in `texts`."""
    return list(cells[file]).index(key) + 2


def head(directory: Directory) -> str:
    """directory.toml."""
    lines = [f"{name} = {_json(getattr(directory, name))}" for name in ("city", "name", "centre", "fallback")]
    for scope in directory.scopes.values():
        lines += ["", "[[scopes]]", *(f"{name} = {_json(getattr(scope, name))}" for name in ("code", "name", "kind", "root"))]
        lines.append(f"categories = {_json(list(scope.categories))}")
    return "\n".join(lines) + "\n"


def _cells(item: object, names: tuple[str, ...]) -> Cells:
    return {name: _cell(getattr(item, name)) for name in names}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ";".join(value)
    return "" if value is None else str(value)


def _csv(columns: tuple[str, ...], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(_one_line(row[name])) for name in columns] for row in rows)
    return out.getvalue()


def _one_line(text: str) -> str:
    """A cell stays on its line, so that a problem can be found by its line."""
    return " ".join(text.split()) if "\n" in text or "\r" in text else text


def places_text(rows: Iterable[Mapping[str, str]]) -> str:
    """places.geojson, one feature a line."""
    features = ",\n".join(_feature(row) for row in rows)
    return f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'


def _feature(row: Mapping[str, str]) -> str:
    values: dict[str, Any] = {name: row[name] for name in ("code", "name", "kind")}
    values |= {"parent": row["parent"] or None, "unit": row["unit"]}
    values |= {name: _number(row[name]) for name in ("lat", "lng") if row[name]}
    return f'{{"type":"Feature","properties":{_json(values)},"geometry":{_json(_geometry(row["geometry"]))}}}'


def _number(text: str) -> float | str:
    """What is no number stays as it is written, and is refused by name."""
    try:
        return float(text)
    except ValueError:
        return text


def _geometry(text: str) -> Any:
    """The outline as GeoJSON; what cannot be read becomes a geometry of no kind, and is refused by name."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {"type": "unreadable"}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""通讯录生成: writes the six demonstration directories from `city_tables.py`, always the same bytes.

    python tools/make_directories.py [FOLDER]

FOLDER is `directories/` by default. `categories.csv` is written by hand and left alone. Borders are Voronoi cells cut out of
convex areas, so that neighbours share their corners exactly and nothing overlaps. Also writes UNITS.md for the story writer
when the default folder is used.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from city_tables import ALWAYS, BODIES, CHAIN, CITIES, COMMON_RULES, COMMUNITY_NAMES, DESK, OFFICE, STATIONS, VILLAGE_NAMES, City, Street

ROOT = Path(__file__).resolve().parent.parent
Point = tuple[float, float]

UNIT_COLUMNS = ("code", "name", "short_name", "parent", "level", "kind", "function", "phone", "opening_hours", "valid_from", "valid_until")
RULE_COLUMNS = ("category", "place", "lead", "co", "basis", "valid_from", "valid_until")
BODY_OF = {body.function: body for body in BODIES}


# --- geometry: convex polygons as open lists of corners --------------------------------------------------------------


def _cut(polygon: Sequence[Point], own: Point, other: Point) -> list[Point]:
    """The part of a convex polygon that is nearer to `own` than to `other`."""
    mx, my, dx, dy = (own[0] + other[0]) / 2, (own[1] + other[1]) / 2, other[0] - own[0], other[1] - own[1]

    def beyond(p: Point) -> float:
        return (p[0] - mx) * dx + (p[1] - my) * dy

    kept: list[Point] = []
    for here, after in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        a, b = beyond(here), beyond(after)
        if a <= 0:
            kept.append(here)
        if (a < 0 < b) or (b < 0 < a):
            share = a / (a - b)
            kept.append((here[0] + share * (after[0] - here[0]), here[1] + share * (after[1] - here[1])))
    return kept


def _cells(polygon: Sequence[Point], centres: Sequence[Point]) -> list[list[Point]]:
    """The Voronoi cells of the centres inside a convex polygon."""
    cells = []
    for centre in centres:
        cell = list(polygon)
        for other in centres:
            if other != centre:
                cell = _cut(cell, centre, other)
        cells.append(cell)
    return cells


def _middle(polygon: Sequence[Point]) -> Point:
    """The centre of gravity, counted from the first corner to keep precision."""
    ox, oy = polygon[0]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy)
        area, x, y = area + cross, x + (ax + bx - 2 * ox) * cross, y + (ay + by - 2 * oy) * cross
    return ox + x / (3 * area), oy + y / (3 * area)


def _inside(polygon: Sequence[Point], p: Point) -> bool:
    corners = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    turns = [(bx - ax) * (p[1] - ay) - (by - ay) * (p[0] - ax) > 0 for (ax, ay), (bx, by) in corners]
    return all(turns) or not any(turns)


def _divide(polygon: Sequence[Point], count: int, *, chance: Random) -> list[list[Point]]:
    """Cut a convex polygon into `count` cells of about the same size (scattered centres, smoothed three times)."""
    if count == 1:
        return [list(polygon)]
    lows, highs = [min(axis) for axis in zip(*polygon, strict=True)], [max(axis) for axis in zip(*polygon, strict=True)]
    centres: list[Point] = []
    while len(centres) < count:
        p = (chance.uniform(lows[0], highs[0]), chance.uniform(lows[1], highs[1]))
        if _inside(polygon, p):
            centres.append(p)
    for _ in range(3):
        centres = [_middle(cell) for cell in _cells(polygon, centres)]
    return _cells(polygon, centres)


def _rounded(cells: Sequence[Sequence[Point]]) -> list[list[Point]]:
    """Closed rings of 5 decimals (about a metre); corners that siblings share stay shared after rounding."""
    known: list[Point] = []

    def snap(p: Point) -> Point:
        near = next((k for k in known if abs(k[0] - p[0]) < 2e-5 and abs(k[1] - p[1]) < 2e-5), None)
        if near is None:
            near = (round(p[0], 5), round(p[1], 5))
            known.append(near)
        return near

    rings = []
    for cell in cells:
        corners = list(dict.fromkeys(snap(p) for p in cell))
        rings.append([*corners, corners[0]])
    return rings


def _outline(city: City) -> list[Point]:
    """A box with cut corners around the seats of the counties."""
    points = [(county.lng, county.lat) for county in city.counties] or [(city.lng, city.lat)]
    west, east = min(p[0] for p in points) - 0.18, max(p[0] for p in points) + 0.18
    south, north = min(p[1] for p in points) - 0.15, max(p[1] for p in points) + 0.15
    a, b = (east - west) / 6, (north - south) / 6
    return [
        (west + a, south),
        (east - a, south),
        (east, south + b),
        (east, north - b),
        (east - a, north),
        (west + a, north),
        (west, north - b),
        (west, south + b),
    ]


# --- the tree of areas -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area: unit and place at once. `base` is the name that its bodies carry."""

    code: str
    name: str
    base: str
    level: str
    parent: str | None
    polygon: list[Point]
    ring: list[Point]
    place_parent: str | None


def _areas(city: City, chance: Random) -> Iterator[Area]:
    """The city, then each county with its streets and each street with its communities."""
    outline = _outline(city)
    yield Area(code="city", name=city.name, base=city.name, level="city", parent=None, polygon=outline, ring=_rounded([outline])[0], place_parent=None)
    if city.streets:
        yield from _streets(city.streets, polygon=outline, parent="city", place_parent="city", prefix="", chance=chance)
        return
    cells = _cells(outline, [(county.lng, county.lat) for county in city.counties])
    for county, cell, ring in zip(city.counties, cells, _rounded(cells), strict=True):
        yield Area(code=county.code, name=county.name, base=county.name, level="county", parent="city", polygon=cell, ring=ring, place_parent=None)
        yield from _streets(county.streets, polygon=cell, parent=county.code, place_parent=county.code, prefix=county.name, chance=chance)


def _streets(streets: tuple[Street, ...], *, polygon: list[Point], parent: str, place_parent: str, prefix: str, chance: Random) -> Iterator[Area]:
    cells = _divide(polygon, len(streets), chance=chance)
    for street, cell, ring in zip(streets, cells, _rounded(cells), strict=True):
        yield Area(
            code=street.code, name=f"{prefix}{street.name}", base=street.name, level="street", parent=parent, polygon=cell, ring=ring, place_parent=place_parent
        )
        names = _communities(street, chance)
        parts = _divide(cell, len(names), chance=chance)
        for (code, name), part, part_ring in zip(names, parts, _rounded(parts), strict=True):
            yield Area(
                code=code, name=f"{street.name}{name}", base=name, level="community", parent=street.code, polygon=part, ring=part_ring, place_parent=street.code
            )


def _communities(street: Street, chance: Random) -> list[tuple[str, str]]:
    """The named communities, then generated ones: villages in a town (but its seat) and in a street of many villages."""
    wanted = street.size - len(street.communities)
    if street.size > 3:
        picked = chance.sample(VILLAGE_NAMES, wanted)
        return [*street.communities, *((f"{street.code}-{code}", f"{name}村") for code, name in picked)]
    picked = chance.sample(COMMUNITY_NAMES, wanted)
    return [
        *street.communities,
        *((f"{street.code}-{code}", f"{name}{'村' if street.rural and position else '社区'}") for position, (code, name) in enumerate(picked)),
    ]


# --- files -----------------------------------------------------------------------------------------------------------


def _table(columns: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _unit_rows(city: City, areas: Sequence[Area]) -> Iterator[list[str]]:
    """Areas with their bodies; telephone numbers are dummies in the order of the file."""
    rows: list[tuple[str, ...]] = []
    for area in areas:
        short = city.short if area.level == "city" else area.base
        rows.append((area.code, area.name, short, area.parent or "", area.level, "area", "", OFFICE, "", ""))
        if area.level in city.centre_names:
            name = city.centre_names[area.level].format(area.name)
            rows.append((f"{area.code}.centre", name, name.replace(city.name, ""), area.code, area.level, "centre", city.centre_function, ALWAYS, "", ""))
        for body in BODIES:
            if area.level in body.levels:
                own = body.county_body or body.body if area.level == "county" or city.streets else body.body
                first, last = city.closed.get(f"{area.code}.{body.function}", ("", ""))
                short = f"市{body.short}" if area.level == "city" else f"{area.base}{body.short}"
                rows.append(
                    (f"{area.code}.{body.function}", f"{area.name}{own}", short, area.code, area.level, body.kind, body.function, body.hours, first, last)
                )
        if area.level == "street":
            for function, station in STATIONS:
                own, hours = city.stations.get(function, station), BODY_OF[function].hours
                rows.append((f"{area.code}.{function}", f"{area.name}{own}", f"{area.base}{own}", area.code, "street", "department", function, hours, "", ""))
    rows.extend(city.extra_units)
    for number, row in enumerate(rows, 1):
        yield [*row[:7], f"0000-{60000000 + number}", *row[7:]]


def _feature(code: str, name: str, kind: str, parent: str | None, unit: str, middle: Point, ring: list[Point]) -> str:
    properties = {"code": code, "name": name, "kind": kind, "parent": parent, "unit": unit, "lat": round(middle[1], 5), "lng": round(middle[0], 5)}
    feature = {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))


def _places(city: City, areas: Sequence[Area], chance: Random) -> str:
    """One feature a line. The city itself is a place only where it has no counties."""
    features = []
    for area in areas:
        if area.level == "city" and city.counties:
            continue
        kind = "district" if area.level in ("city", "county") else area.level
        features.append(_feature(area.code, area.name, kind, area.place_parent, area.code, _middle(area.polygon), area.ring))
        if area.level == "community":
            features.extend(_grids(city, area, chance))
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"


def _grids(city: City, area: Area, chance: Random) -> Iterator[str]:
    """Two grids a community and its buildings in the first; one of many villages is one grid, drawn by the village itself."""
    many = area.base.endswith("村") and any(street.size > 3 for county in city.counties for street in county.streets if street.code == area.parent)
    if many and area.code not in city.staffed:
        return
    cells = _divide(area.polygon, 2, chance=chance)
    for number, (cell, ring) in enumerate(zip(cells, _rounded(cells), strict=True), 1):
        yield _feature(f"{area.code}-g{number}", f"{area.base}第{number}网格", "grid", area.code, area.code, _middle(cell), ring)
    fallback = f"{area.base}便民服务站" if area.base.endswith("村") else f"{area.base.removesuffix('社区')}花园"
    estate, count = city.buildings.get(area.code, (fallback, 1))
    x, y = _middle(cells[0])
    for number in range(1, count + 1):
        # Rows of six, 60 metres apart, around the middle of the grid.
        column, row = (number - 1) % 6, (number - 1) // 6
        cx, cy = x + (column - 2.5) * 0.0006, y + (row - 2) * 0.0006
        corners = [(cx - 0.0002, cy - 0.0001), (cx + 0.0002, cy - 0.0001), (cx + 0.0002, cy + 0.0001), (cx - 0.0002, cy + 0.0001)]
        if not all(_inside(cells[0], corner) for corner in corners):
            raise SystemExit(f"{city.code}: building {number} of {area.code} leaves its grid")
        name = estate if estate.endswith("站") else f"{estate}{number}栋"
        yield _feature(f"{area.code}-b{number}", name, "building", f"{area.code}-g1", area.code, (cx, cy), _rounded([corners])[0])


def _rules(city: City) -> list[tuple[str, ...]]:
    own = {(category, place) for category, place, *_ in city.rules}
    rules = [*city.rules, *(rule for rule in COMMON_RULES if rule[:2] not in own and rule[0] not in city.without)]
    return [(*rule, "", "") for rule in rules]


def _posts(city: City, areas: Sequence[Area]) -> list[tuple[object, ...]]:
    if not city.posts:
        return []
    return [(f"{area.code}.{post}", name.format(area.name), area.code, rung) for area in areas for post, level, name, rung in CHAIN if level == area.level]


def _people(city: City, areas: Sequence[Area], names: dict[str, str]) -> list[tuple[str, ...]]:
    """The desk, one clerk a body of city level, a county and a unit of the stories, and holders of the posts in the stories."""
    people = [(username, name.format(city.short), unit, roles, "") for username, name, unit, roles in DESK]
    people += [(body.username, f"{names[f'city.{body.function}']}办理员", f"city.{body.function}", "staff", "") for body in BODIES if "city" in body.levels]
    people.append(("wenming-duban", f"{city.name}文明办督办员", "city.civility", "supervisor", ""))
    people.append(("ducha-duban", f"{city.name}督查室督办员", "city.supervision", "supervisor", ""))
    for county in city.counties:
        people.append((county.code, f"{county.name}办理员", county.code, "staff", ""))
        if "county" in city.centre_names:
            people.append((f"{county.code}-centre", f"{names[f'{county.code}.centre']}派单员", f"{county.code}.centre", "dispatcher;callback;staff", ""))
    levels = defaultdict(str, {area.code: area.level for area in areas})
    for unit in city.staffed:
        roles = "dispatcher;callback;staff" if unit.endswith(".centre") else "staff"
        people.append((_username(unit), f"{names[unit]}办理员", unit, roles, ""))
        if levels[unit] == "street" and "." not in unit and not city.posts:
            people.append((f"{unit}-leader", f"{names[unit]}负责人", unit, "leader", ""))
        if levels[unit] == "community":
            people.append((f"{unit}-grid", f"{names[unit]}网格员", unit, "grid", ""))
    held = {unit for unit in city.staffed if "." not in unit} | {county.code for county in city.counties} | {"city"}
    for post, name, unit, rung in _posts(city, areas):
        if unit in held:
            kind = str(post).rpartition(".")[2]
            roles = "staff" if rung == 1 else "leader;supervisor"
            people.append((f"{unit}-{kind.replace('_', '-')}", str(name), str(unit), roles, str(post)))
    if len({person[0] for person in people}) != len(people):
        raise SystemExit(f"{city.code}: two accounts with one username")
    return people


def _username(unit: str) -> str:
    """`yushan.urban_management` → `yushan-chengguan`."""
    area, dot, function = unit.partition(".")
    if not dot:
        return unit
    return f"{area}-{'centre' if function == 'centre' else BODY_OF[function].username}"


def _head(city: City) -> str:
    lines = ["# Made by tools/make_directories.py; change that and run it again.", f'city = "{city.code}"', f'name = "{city.name}"']
    lines += ['centre = "city.centre"', 'fallback = "city.government_office"']
    scopes: list[tuple[str, str, str, str, tuple[str, ...]]] = [("city", f"{city.name}总平台", "city", "city", ())]
    if "county" in city.centre_names:
        scopes += [(county.code, f"{county.name}分平台", "county", county.code, ()) for county in city.counties if county.scope]
    scopes += [(code, name, "sector", root, categories) for code, name, root, categories in city.sectors]
    for code, name, kind, root, categories in scopes:
        lines += [
            "",
            "[[scopes]]",
            f'code = "{code}"',
            f'name = "{name}"',
            f'kind = "{kind}"',
            f'root = "{root}"',
            f"categories = {json.dumps(list(categories))}",
        ]
    return "\n".join(lines) + "\n"


def make(city: City) -> dict[str, str]:
    """All files of one city by name."""
    chance = Random(city.code)
    areas = list(_areas(city, chance))
    units = list(_unit_rows(city, areas))
    people = _people(city, areas, {row[0]: row[1] for row in units})
    return {
        "directory.toml": _head(city),
        "units.csv": _table(UNIT_COLUMNS, units),
        "places.geojson": _places(city, areas, chance),
        "rules.csv": _table(RULE_COLUMNS, _rules(city)),
        "posts.csv": _table(("code", "name", "unit", "order"), _posts(city, areas)),
        "people.csv": _table(("username", "display_name", "unit", "roles", "post"), people),
    }


def functions() -> str:
    """The table of functions, common to all cities."""
    return _table(("code", "name_zh", "name_en"), [(body.function, body.name, body.name_en) for body in BODIES])


def _border(city: City) -> Point:
    """The middle of the border that the two counties named in `border` share."""
    cells = _rounded(_cells(_outline(city), [(county.lng, county.lat) for county in city.counties]))
    first, second = (set(cells[position]) for position, county in enumerate(city.counties) if county.code in city.border[:2])
    (ax, ay), (bx, by) = sorted(first & second)
    return round((ax + bx) / 2, 5), round((ay + by) / 2, 5)


TOLD_HEAD = """# Units, places and accounts of the stories

Made by `python tools/make_directories.py`. In every city: `city` (the city itself), `city.centre` (the desk), `city.<function>` and
`<county>.<function>` (departments; functions in `directories/functions.csv`), `<street>.urban_management|market|police`, grids
`<community>-g1`, buildings `<community>-b1`. The place of an area has the code of its unit.

Accounts of departments: city `chengguan`, county `yushan-chengguan`. Each county: its code (staff); its centre `<county>-centre`
(dispatcher, callback, staff). Story streets of cities without posts: `<street>-leader`; story communities: `<community>-grid`.
"""


def told() -> str:
    """The table for the story writer."""
    desk = ", ".join(f"`{username}` ({roles} @ {unit})" for username, _, unit, roles in DESK)
    clerks = ", ".join(f"`{body.username}` ({body.function})" for body in BODIES if "city" in body.levels)
    lines = [TOLD_HEAD, f"Desk of every city: {desk}; `wenming-duban`, `ducha-duban` (supervisor).", "", f"One clerk of each body of city level: {clerks}."]
    for city in CITIES:
        people = list(csv.DictReader(io.StringIO(make(city)["people.csv"])))
        accounts = {row["unit"]: row["username"] for row in people if "staff" in row["roles"] and not row["post"]}
        lines += ["", f"## {city.code}", "", "| story | what | code | account |", "|---|---|---|---|"]
        for story, what, code in city.told:
            found = " · ".join(f"`{accounts[unit]}`" for unit in code.replace(" · ", " ").split() if unit in accounts)
            lines.append(f"| {story} | {what} | `{code}` | {found} |")
        holders = ", ".join(f"`{row['username']}`" for row in people if row["post"])
        if holders:
            lines += ["", f"Holders of posts: {holders}."]
        if city.border:
            lng, lat = _border(city)
            lines += ["", f"border: {city.border[2]} lat={lat}, lng={lng}; `near_border(…, metres=200)` names the other side."]
    return "\n".join(lines) + "\n"


def write(folder: Path) -> None:
    """Write functions.csv and the files of all cities under the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "functions.csv").write_text(functions(), encoding="utf-8")
    for city in CITIES:
        (folder / city.code).mkdir(exist_ok=True)
        for name, text in make(city).items():
            (folder / city.code / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "directories")
    if len(sys.argv) == 1:
        (ROOT / "tests" / "stories" / "UNITS.md").write_text(told(), encoding="utf-8")

"""地点文件: a GeoJSON text → places, with every problem named by the line of its feature.

Best written with one feature a line; otherwise a problem names the feature by its position. Coordinates are (longitude, latitude) in WGS-84.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from minsheng.policy.directory import PLACE_KINDS, Place, Unit
from minsheng.policy.shapes import Ring, crossing, overlaps
from minsheng.policy.tables import Findings, hints

FILE = "places.geojson"
PROPERTIES = ("code", "name", "kind", "parent", "unit", "lat", "lng")
OPTIONAL = ("parent", "lat", "lng")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feature:
    """One feature, and where it stands in the text."""

    line: int | None
    position: int
    findings: Findings

    def wrong(self, key: str, *, zh: str, en: str) -> None:
        self.findings.add(file=FILE, line=self.line, key=self.key(key), zh=zh, en=en)

    def check(self, key: str, *, value: str, known: Collection[str] | None) -> None:
        self.findings.check(file=FILE, line=self.line, key=self.key(key), value=value, known=known)

    def key(self, key: str) -> str:
        return key if self.line is not None else f"features[{self.position}].{key}"


def read_places(text: str, *, units: Mapping[str, Unit], findings: Findings) -> dict[str, Place]:
    """Read and check all places: known codes, kinds that go down, closed rings that neither cross themselves nor overlap their siblings."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else None
        findings.add(file=FILE, line=line, key="", zh=f"JSON 格式不对：{error}", en=f"not well-formed JSON: {error}")
        return {}
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or data.get("type") != "FeatureCollection":
        findings.add(file=FILE, line=1, key="type", zh="应是一个 FeatureCollection", en="must be a FeatureCollection")
        return {}
    lines = _lines_of(text, count=len(features))
    places: dict[str, Place] = {}
    where: dict[str, _Feature] = {}
    for position, raw in enumerate(features):
        feature = _Feature(line=lines[position], position=position, findings=findings)
        place = _place(raw, feature)
        if place is None:
            continue
        if place.code in places:
            feature.wrong("code", zh=f"编码“{place.code}”已用过", en=f"code “{place.code}” is already used")
            continue
        places[place.code], where[place.code] = place, feature
    _check_references(places, where, units=units)
    _check_overlaps(places, where)
    return places


def _lines_of(text: str, *, count: int) -> list[int | None]:
    """The line of each feature where the text has one feature a line, else None for all."""
    found: list[int | None] = [number for number, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith('{"type":"Feature",')]
    return found if len(found) == count else [None] * count


def _place(raw: Any, feature: _Feature) -> Place | None:
    """One feature as a place, or None when it cannot be read at all."""
    values = raw.get("properties") if isinstance(raw, dict) else None
    if not isinstance(values, dict):
        feature.wrong("properties", zh="缺少 properties", en="properties are missing")
        return None
    _check_properties(values, feature)
    polygon, point = _geometry(raw.get("geometry"), feature)
    lat, lng = (values.get("lat"), values.get("lng")) if point is None else (point[1], point[0])
    kind = str(values.get("kind", ""))
    if kind not in PLACE_KINDS:
        feature.check("kind", value=kind, known=PLACE_KINDS)
        return None
    if not values.get("code"):
        return None
    return Place(
        code=str(values["code"]),
        name=str(values.get("name", "")),
        kind=kind,
        parent=str(values["parent"]) if values.get("parent") else None,
        unit=str(values.get("unit", "")),
        lat=lat if isinstance(lat, int | float) else None,
        lng=lng if isinstance(lng, int | float) else None,
        polygon=polygon,
    )


def _check_properties(values: dict[str, Any], feature: _Feature) -> None:
    for key, value in values.items():
        if key not in PROPERTIES:
            zh_hint, en_hint = hints(key, PROPERTIES)
            feature.wrong(key, zh=f"不认识这一项{zh_hint}", en=f"unknown property{en_hint}")
        elif key in ("lat", "lng"):
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                feature.wrong(key, zh="应是数字", en="must be a number")
        elif not (isinstance(value, str) and value) and not (key == "parent" and value is None):
            feature.wrong(key, zh="应是一段文字", en="must be text")
    for key in (key for key in PROPERTIES if key not in values and key not in OPTIONAL):
        feature.wrong(key, zh="缺少这一项", en="this property is missing")


def _geometry(raw: Any, feature: _Feature) -> tuple[Ring | None, tuple[float, float] | None]:
    """(ring, None) of a polygon, (None, point) of a point, (None, None) without geometry or with a bad one."""
    if raw is None:
        return None, None
    kind, coordinates = (raw.get("type"), raw.get("coordinates")) if isinstance(raw, dict) else (None, None)
    if kind == "Point":
        points = _points([coordinates], feature)
        return None, None if points is None else points[0]
    if kind != "Polygon" or not isinstance(coordinates, list) or len(coordinates) != 1:
        feature.wrong("geometry", zh="应是 Point，或只有一圈的 Polygon", en="must be a Point or a Polygon of one ring")
        return None, None
    ring = _points(coordinates[0], feature)
    if ring is None:
        return None, None
    if len(ring) < 4 or ring[0] != ring[-1]:
        feature.wrong(
            "geometry",
            zh="多边形没有闭合：最后一点要与第一点相同，至少四点",
            en="the polygon is not closed: the last point must repeat the first, four points at least",
        )
        return None, None
    if crossing(ring):
        feature.wrong("geometry", zh="多边形的边自己相交", en="the polygon crosses itself")
        return None, None
    return ring, None


def _points(raw: Any, feature: _Feature) -> Ring | None:
    """Pairs of numbers inside China's rough bounds; swapped pairs are the usual mistake and are named as such."""
    points = []
    for pair in raw if isinstance(raw, list) else [None]:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int | float) and not isinstance(n, bool) for n in pair)):
            feature.wrong("geometry", zh="坐标应是 [经度, 纬度] 两个数字", en="coordinates must be pairs of numbers [longitude, latitude]")
            return None
        lng, lat = pair
        if not (73 <= lng <= 136 and 3 <= lat <= 54):
            swapped = 73 <= lat <= 136 and 3 <= lng <= 54
            zh, en = ("，经度纬度写反了？", "; are longitude and latitude swapped?") if swapped else ("", "")
            feature.wrong("geometry", zh=f"坐标 {pair} 不在境内{zh}", en=f"coordinates {pair} lie outside the country{en}")
            return None
        points.append((float(lng), float(lat)))
    return tuple(points)


def _check_references(places: dict[str, Place], where: dict[str, _Feature], *, units: Mapping[str, Unit]) -> None:
    for code, place in places.items():
        feature = where[code]
        unit = units.get(place.unit)
        if unit is None:
            feature.check("unit", value=place.unit, known=feature.findings.codes("units.csv", units))
        elif unit.kind != "area":
            feature.wrong("unit", zh=f"“{unit.name}”不是区域单位，不能承担属地责任", en=f"“{place.unit}” is no area unit")
        if place.parent is None:
            continue
        parent = places.get(place.parent)
        if parent is None:
            feature.check("parent", value=place.parent, known=places)
        elif PLACE_KINDS.index(place.kind) <= PLACE_KINDS.index(parent.kind):
            # This also rules out cycles: kinds only go down.
            feature.wrong("parent", zh=f"“{place.name}”不能在“{parent.name}”里面：层级不对", en=f"a {place.kind} cannot lie in a {parent.kind}")


def _check_overlaps(places: dict[str, Place], where: dict[str, _Feature]) -> None:
    siblings: defaultdict[tuple[str | None, str], list[tuple[str, Ring]]] = defaultdict(list)
    for code, place in places.items():
        if place.polygon is not None:
            siblings[place.parent, place.kind].append((code, place.polygon))
    for group in siblings.values():
        for first, second in overlaps([ring for _, ring in group]):
            a, b = places[group[first][0]], places[group[second][0]]
            where[b.code].wrong("geometry", zh=f"与“{a.name}”（{a.code}）重叠", en=f"overlaps “{a.code}”")

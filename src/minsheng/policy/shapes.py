"""地块: plane geometry on rings of (longitude, latitude), in WGS-84 degrees. Shapely is loaded on first use, to keep idle memory low."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from math import cos, hypot, radians
from typing import Any

Ring = tuple[tuple[float, float], ...]
"""A closed line of (longitude, latitude) points: the first point is repeated at the end."""

METRES_PER_DEGREE = 111_320.0
"""Length of one degree of latitude; of one degree of longitude on the equator."""
SLIVER = 1e-6
"""Siblings may share this part of the smaller one: rounding coordinates leaves slivers along a common border."""


class Shapes:
    """Many polygons with a spatial index. Positions in the answers are positions in `rings`."""

    def __init__(self, rings: Sequence[Ring]) -> None:
        self._rings = rings

    def covering(self, *, lat: float, lng: float) -> list[int]:
        """Polygons that hold the point, borders included."""
        return sorted(int(found) for found in self._tree.query(_shapely().Point(lng, lat), predicate="intersects"))

    def within(self, *, lat: float, lng: float, metres: float) -> list[int]:
        """Polygons that hold the point or whose border is no further than `metres`."""
        high, wide = metres / METRES_PER_DEGREE, metres / (METRES_PER_DEGREE * cos(radians(lat)))
        window = _shapely().box(lng - wide, lat - high, lng + wide, lat + high)
        near = (int(found) for found in self._tree.query(window, predicate="intersects"))
        inside = set(self.covering(lat=lat, lng=lng))
        return sorted(found for found in near if found in inside or border_metres(self._rings[found], lat=lat, lng=lng) <= metres)

    @cached_property
    def _tree(self) -> Any:
        return _shapely().STRtree([_shapely().Polygon(ring) for ring in self._rings])


def _shapely() -> Any:
    import shapely

    return shapely


def border_metres(ring: Ring, *, lat: float, lng: float) -> float:
    """Metres from the point to the nearest part of the ring, on a plane laid at the point's latitude (good for tens of kilometres)."""
    narrow = cos(radians(lat))
    plane = [((x - lng) * narrow * METRES_PER_DEGREE, (y - lat) * METRES_PER_DEGREE) for x, y in ring]
    return min(_to_segment(ax, ay, bx, by) for (ax, ay), (bx, by) in pairwise(plane))


def _to_segment(ax: float, ay: float, bx: float, by: float) -> float:
    """Distance from the origin to the segment a–b."""
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
    return hypot(ax + along * dx, ay + along * dy)


def simplified(ring: Ring, *, degrees: float) -> Ring:
    """The same outline with fewer points, none further off than about `degrees`; a ring that would vanish stays as it is."""
    if len(ring) <= 8:
        return ring
    rough = _shapely().Polygon(ring).simplify(degrees, preserve_topology=True)
    return tuple((x, y) for x, y in rough.exterior.coords) if len(rough.exterior.coords) > 3 else ring


def crossing(ring: Ring) -> bool:
    """True when the ring crosses or touches itself."""
    return not _shapely().Polygon(ring).is_valid


def overlaps(rings: Sequence[Ring]) -> list[tuple[int, int]]:
    """Pairs of polygons that share more than a sliver of ground."""
    shapes = [_shapely().Polygon(ring) for ring in rings]
    pairs = _shapely().STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    return [(a, b) for a, b in sorted(pairs) if a < b and shapes[a].intersection(shapes[b]).area > SLIVER * min(shapes[a].area, shapes[b].area)]

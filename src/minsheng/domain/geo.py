"""坐标: between WGS-84, in which places are kept (天地图 and satellites use it), and GCJ-02, in which 高德 and other Chinese maps are drawn.

GCJ-02 is a published obfuscation of WGS-84 for mainland China: a smooth shift of up to some 700 m. Its way there is a formula, its way back has
none and is found by correcting a guess until it fits. Degrees in and out; all functions are pure.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt
from typing import Literal, NamedTuple

Datum = Literal["wgs84", "gcj02"]
DATUMS: tuple[Datum, ...] = ("wgs84", "gcj02")

#: The ellipsoid of the formula (Krasovsky 1940): half axis in metres, square of the eccentricity.
_AXIS, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
#: The rectangle in which the formula shifts; outside it a position is the same in both.
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347
#: A tenth of a millimetre, in degrees: as far as the way back is followed.
_CLOSE = 1e-9


class Point(NamedTuple):
    """A position in degrees."""

    lat: float
    lng: float


def shifted(lat: float, lng: float) -> bool:
    """Does GCJ-02 differ from WGS-84 here? In the rectangle around mainland China."""
    return _SOUTH <= lat <= _NORTH and _WEST <= lng <= _EAST


def to_gcj02(lat: float, lng: float) -> Point:
    """WGS-84 → GCJ-02, as maps of 高德 are drawn."""
    if not shifted(lat, lng):
        return Point(lat, lng)
    north, east = _shift(lat, lng)
    return Point(lat + north, lng + east)


def to_wgs84(lat: float, lng: float) -> Point:
    """GCJ-02 → WGS-84: a point picked on such a map, as it is kept. Exact to less than a metre."""
    if not shifted(lat, lng):
        return Point(lat, lng)
    guess = Point(lat, lng)
    for _ in range(30):
        there = to_gcj02(*guess)
        off = Point(there.lat - lat, there.lng - lng)
        guess = Point(guess.lat - off.lat, guess.lng - off.lng)
        if abs(off.lat) < _CLOSE and abs(off.lng) < _CLOSE:
            break
    return guess


def _shift(lat: float, lng: float) -> tuple[float, float]:
    """How far the formula moves a point, in degrees north and east: waves over a plane laid at 105° E 35° N."""
    x, y = lng - 105.0, lat - 35.0
    ripple = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    flat = 1.0 - _ECCENTRICITY * sin(radians(lat)) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY) / (flat * sqrt(flat))
    parallel = _AXIS / sqrt(flat) * cos(radians(lat))
    return north * 180.0 / (meridian * pi), east * 180.0 / (parallel * pi)

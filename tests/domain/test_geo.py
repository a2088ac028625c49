"""WGS-84 and GCJ-02: there and back, and nothing moved that is not to be moved."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import geo

METRES = 111_320.0
INSIDE = st.tuples(st.floats(3.0, 54.0), st.floats(73.5, 135.5))
ANYWHERE = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return hypot((a[0] - b[0]) * METRES, (a[1] - b[1]) * METRES * cos(radians(a[0])))


@given(INSIDE)
def test_there_and_back_within_a_metre(point: tuple[float, float]) -> None:
    assert metres(geo.to_wgs84(*geo.to_gcj02(*point)), point) < 1
    assert metres(geo.to_gcj02(*geo.to_wgs84(*point)), point) < 1


@given(ANYWHERE.filter(lambda point: not geo.shifted(*point)))
def test_outside_china_nothing_is_moved(point: tuple[float, float]) -> None:
    assert geo.to_gcj02(*point) == point
    assert geo.to_wgs84(*point) == point


@given(INSIDE)
def test_the_shift_is_some_hundred_metres(point: tuple[float, float]) -> None:
    assert 5 < metres(geo.to_gcj02(*point), point) < 1500


#: Published pairs of the formula, as several maps' own converters give them.
KNOWN = [
    ((39.90734, 116.39089), (39.90874, 116.39713)),
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), KNOWN)
def test_known_pairs(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert metres(geo.to_gcj02(*wgs84), gcj02) < 3


@pytest.mark.parametrize("point", [(48.8566, 2.3522), (40.7128, -74.006), (-33.87, 151.21), (35.68, 139.69)])
def test_cities_elsewhere_are_outside(point: tuple[float, float]) -> None:
    assert not geo.shifted(*point)

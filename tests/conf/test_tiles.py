"""Whose tiles: by default nobody's; a provider brings its hosts for the content security policy, its datum and its name along."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from minsheng.conf.tiles import Tiles, tiles
from minsheng.web.security import policy


@pytest.mark.parametrize("name", ["", "none", " none "])
def test_by_default_nobody_is_asked(name: str) -> None:
    assert tiles(name) == Tiles()
    assert "http" not in policy(list(tiles(name).hosts))


def test_tianditu_needs_a_key_and_is_not_shifted() -> None:
    with pytest.raises(ImproperlyConfigured, match="MINSHENG_TILES_KEY"):
        tiles("tianditu")
    found = tiles("tianditu", key="abc")
    assert (found.datum, len(found.layers), found.note) == ("wgs84", 2, "天地图")
    assert all(layer.endswith("&tk=abc") and "{z}" in layer for layer in found.layers)
    assert found.hosts[0] == "https://t0.tianditu.gov.cn"
    assert len(found.hosts) == len(found.subdomains) == 8


def test_amap_is_drawn_in_gcj02() -> None:
    found = tiles("amap", note="高德地图 GS(2025)0000号")
    assert (found.datum, found.note) == ("gcj02", "高德地图 GS(2025)0000号")
    assert found.hosts == tuple(f"https://webrd0{n}.is.autonavi.com" for n in range(1, 5))


def test_an_address_of_ones_own() -> None:
    found = tiles("http://10.0.0.8:8080/vec/{z}/{x}/{y}.png?k={key}", key="xyz", datum="gcj02")
    assert found.layers == ("http://10.0.0.8:8080/vec/{z}/{x}/{y}.png?k=xyz",)
    assert (found.hosts, found.datum, found.note) == (("http://10.0.0.8:8080",), "gcj02", "")
    assert tiles("https://{s}.tiles.example.cn/{z}/{x}/{y}").hosts == tuple(f"https://{letter}.tiles.example.cn" for letter in "abc")


@pytest.mark.parametrize("name", ["google", "https://tiles.example.cn/{z}/{x}.png", "ftp://tiles.example.cn/{z}/{x}/{y}", "//x/{z}/{x}/{y}"])
def test_what_is_none_of_these_is_refused_in_words(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="MINSHENG_TILES is none"):
        tiles(name)


def test_a_wrong_datum_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="MINSHENG_TILES_DATUM"):
        tiles("https://tiles.example.cn/{z}/{x}/{y}", datum="bd09")


def test_the_policy_lets_the_hosts_through_and_nobody_else() -> None:
    found = policy(list(tiles("amap").hosts))
    assert "img-src 'self' data: blob: https://webrd01.is.autonavi.com" in found
    assert found.count("autonavi") == 4

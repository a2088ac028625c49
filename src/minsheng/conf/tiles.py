"""底图: whose map tiles are laid under the districts, by setting. By default none: the map then draws the city's own outlines and asks nobody.

MINSHENG_TILES       none, tianditu (天地图), amap (高德), or the address of a tile server with {z}, {x}, {y} and, where it has several hosts, {s}
MINSHENG_TILES_KEY   the key that the provider gave (天地图's browser key; it stands in the page, as every browser key does)
MINSHENG_TILES_DATUM wgs84 (the default) or gcj02, for an address of one's own
MINSHENG_TILES_NOTE  what the provider wants to be read on the map, such as its 审图号; without it the provider's name is
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

_TIANDITU = (
    "https://t{s}.tianditu.gov.cn/%(layer)s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=%(layer)s&STYLE=default&TILEMATRIXSET=w"
    "&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk="
)
_AMAP = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
#: One tile address: a scheme and a host, and the three numbers somewhere behind it.
_TEMPLATE = re.compile(r"(https?://[A-Za-z0-9.{}:-]+)/\S*")


@dataclass(frozen=True, slots=True)
class Tiles:
    """A provider: layers from below to above, hosts that the browser may ask, datum of its maps (wgs84 or gcj02), and what must be read on it."""

    layers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    subdomains: str = ""
    datum: str = "wgs84"
    note: str = ""


def tiles(name: str, *, key: str = "", datum: str = "wgs84", note: str = "") -> Tiles:
    """The provider of this name, or ImproperlyConfigured in words that an operator understands."""
    name = name.strip()
    if name in ("", "none"):
        return Tiles()
    if name == "tianditu":
        if not key:
            raise ImproperlyConfigured("MINSHENG_TILES=tianditu needs MINSHENG_TILES_KEY: the browser key of an account at 天地图.")
        layers = tuple(_TIANDITU % {"layer": layer} + key for layer in ("vec", "cva"))
        return Tiles(layers, _hosts(_TIANDITU, "01234567"), "01234567", "wgs84", note or "天地图")
    if name == "amap":
        return Tiles((_AMAP,), _hosts(_AMAP, "1234"), "1234", "gcj02", note or "高德地图")
    found = _TEMPLATE.fullmatch(name)
    if found is None or not all(part in name for part in ("{z}", "{x}", "{y}")):
        raise ImproperlyConfigured("MINSHENG_TILES is none, tianditu, amap, or an address such as https://tiles.example.cn/{z}/{x}/{y}.png.")
    if datum not in ("wgs84", "gcj02"):
        raise ImproperlyConfigured("MINSHENG_TILES_DATUM is wgs84 or gcj02.")
    subdomains = "abc" if "{s}" in found[1] else ""
    return Tiles((name.replace("{key}", key),), _hosts(name, subdomains), subdomains, datum, note)


def _hosts(template: str, subdomains: str) -> tuple[str, ...]:
    """Scheme and host of every server that a template names: what the content security policy must let through."""
    found = _TEMPLATE.fullmatch(template.replace("%(layer)s", "layer"))
    assert found is not None
    return tuple(dict.fromkeys(found[1].replace("{s}", letter) for letter in subdomains or " "))

"""在哪里: words, a point on the map, the position of the phone, a place known by name, a scanned or copied code; and what the person is asked back.

A position near a border, or in another district than the one that was chosen, is not decided for the person: both sides are offered, with scripts
as soon as it is known (`at`), without them when the form is sent (`read`). Nothing that was typed is lost; a position outside the city goes.
"""

import math
from dataclasses import dataclass, field
from types import SimpleNamespace as Row
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng.domain import geo, plates
from minsheng.domain.errors import BadInput
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories
from minsheng.queries import places
from minsheng.queries.places import Choice, Spot
from minsheng.web import frame

#: Fields of the form that say where, beside `place` (words) and `district`. plate: the code under a sign, copied by hand; known: a suggestion that was taken.
NAMES = ("lat", "lng", "datum", "known", "plate", "border")


@dataclass(slots=True)
class Placed:
    """What the form says about the place. place: a code of the directory; scanned: it came from a sign; choices: what the person is asked back."""

    place: str | None = None
    scanned: bool = False
    lat: float | None = None
    lng: float | None = None
    spot: Spot | None = None
    choices: tuple[Choice, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Is there a place, even without a word about it?"""
        return self.place is not None or self.lat is not None


def read(typed: dict[str, str], scanned: str) -> Placed:
    """The place of a form that was sent. A wrong position is taken out of `typed`, so that sending again is possible."""
    tree, found = directories.current(), Placed()
    sign = scanned
    if typed["plate"].strip():
        sign, wrong = sign_of(typed["plate"])
        if wrong:
            found.errors["plate"] = wrong
    if sign in tree.places:
        found.place, found.scanned, found.spot = sign, True, places.at(sign)
    _position(typed, found)
    if found.scanned or found.errors:
        return found
    if found.lat is None and (known := typed["known"]) in tree.places and places.short(tree, known) in typed["place"]:
        found.place, found.spot = known, places.at(known)
    if found.spot is not None:
        found.choices = _sides(tree, found.spot, typed["district"])
    if found.choices:
        chosen = next((one for one in found.choices if one.place == typed["border"]), None)
        if chosen is None:
            between = found.spot is not None and found.spot.choices
            found.errors["border"] = _("这个位置在交界处，请选是哪一边。") if between else _("地图上的位置和您选的区县不一样，请选一个。")
        else:
            found.place = chosen.place
            if chosen.place == typed["district"]:
                found.lat = found.lng = None  # the person knows better than the map: the point goes, the district stays
    return found


def _position(typed: dict[str, str], found: Placed) -> None:
    """The point, if there is one; outside the city it is taken out again."""
    try:
        point = _point(typed["lat"], typed["lng"], typed["datum"])
    except BadInput as problem:
        found.errors["place"] = frame.words(problem)
        point = None
    if point is not None:
        spot = places.spot(point.lat, point.lng)
        if spot is None:
            found.errors["place"] = _outside()
        else:
            found.lat, found.lng = point.lat, point.lng
            found.spot = found.spot or spot
    if "place" in found.errors:
        typed["lat"] = typed["lng"] = ""


def _sides(tree: Directory, spot: Spot, district: str) -> tuple[Choice, ...]:
    """Between what the person must choose: the sides of a border, and the district that was named where it is another one."""
    sides = spot.choices
    if district in tree.places and district != spot.district and district not in {tree.place_ancestors(one.place)[-1] for one in sides}:
        sides = (*(sides or (Choice(spot.place, spot.words),)), Choice(district, tree.places[district].name))
    return sides


def _point(lat: str, lng: str, datum: str) -> geo.Point | None:
    """Degrees of either datum → WGS-84; None where no position was given."""
    if not lat.strip() and not lng.strip():
        return None
    try:
        found = geo.Point(float(lat), float(lng))
        if not (math.isfinite(found.lat) and math.isfinite(found.lng) and abs(found.lat) <= 90 and abs(found.lng) <= 180):
            raise ValueError
    except ValueError:
        raise BadInput(field="place", zh="位置没有读出来，请用文字写在哪里。", en="The position could not be read; please describe the place.") from None
    return geo.to_wgs84(*found) if datum == "gcj02" else found


def sign_of(text: str) -> tuple[str, str]:
    """The place that a sign names (an address with ?place=, an address that ends in its number, or the bare number), or "" and what to do instead."""
    parts = urlsplit(text.strip()[:300])
    named = parse_qs(parts.query).get("place")
    read = plates.read(named[0] if named else parts.path.rstrip("/").rpartition("/")[2])
    if read.right is False:
        return "", _("这个编号好像抄错了，请再看一眼")
    return (read.code, "") if read.code in directories.current().places else ("", _no_such_sign())


def _outside() -> str:
    return _("这个位置不在%(city)s，已经去掉了。请在地图上重新选，或者用文字写在哪里。") % {"city": directories.current().name}


def _no_such_sign() -> str:
    return _("没有这个编号，看看有没有抄错。找不到也不要紧，用文字写在哪里就行。")


# --- answers while the form is filled in ------------------------------------------------------------------------------------------


@require_safe
def at(request: HttpRequest) -> HttpResponse:
    """/places/at: where a point lies (lat, lng, datum), or a place of this code (place), or what a sign says (code), in words; near a border with its sides."""
    given, tree = request.GET, directories.current()
    spot, problem, place, status = None, "", "", 200
    if "code" in given or "place" in given:
        place, problem = sign_of(given.get("code") or given.get("place") or "")
        spot = places.at(place)
    else:
        try:
            point = _point(given.get("lat", "?"), given.get("lng", "?"), given.get("datum", ""))
            spot = places.spot(point.lat, point.lng) if point is not None else None
            problem = _outside() if spot is None else ""
        except BadInput as wrong:
            problem, status = frame.words(wrong), wrong.status
    context = {"spot": spot, "scanned": place if "code" in given else "", "form": Row(values={}, errors={}), "problem": problem}
    choices = _sides(tree, spot, "") if spot is not None else ()
    return render(request, "citizen/new/spot.html", {**context, "choices": offered(choices)}, status=status)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """/places/suggest: places that are known by these words, to be taken over with a tap."""
    found = places.suggest(request.GET.get("q", ""))
    answer = render(request, "citizen/new/known.html", {"known": found})
    answer["Cache-Control"] = "private, max-age=60"
    return answer


def offered(choices: tuple[Choice, ...]) -> list[tuple[str, str, str]]:
    """Choices as `ms.radios` takes them."""
    return [(one.place, one.words, "") for one in choices]

"""通讯录: units, places and categories, as they stand today."""

from dataclasses import fields
from functools import lru_cache
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from minsheng.api.errors import Problem
from minsheng.api.schemas import Categories, CategoryRow, PlaceRow, Places, UnitRow, Units, send
from minsheng.policy.directory import Directory
from minsheng.queries import directory as directories

router = Router(tags=["directory"])

Row = TypeVar("Row", UnitRow, PlaceRow, CategoryRow)


class Wanted(BaseModel):
    """How much of the places."""

    polygons: bool = False


@router.get("/units", summary="Units", response={200: Units, 304: None}, operation_id="units")
def units(request: HttpRequest) -> HttpResponse:
    """承办单位: the whole tree."""
    return _kept(request, "units")


@router.get("/places", summary="Places", response={200: Places, 304: None, 422: Problem}, operation_id="places")
def places(request: HttpRequest, wanted: Query[Wanted]) -> HttpResponse:
    """地点: from districts to buildings; with `polygons=1` the borders of districts."""
    return _kept(request, "places-polygons" if wanted.polygons else "places")


@router.get("/categories", summary="Categories", response={200: Categories, 304: None}, operation_id="categories")
def categories(request: HttpRequest) -> HttpResponse:
    """事项: the tree of three levels."""
    return _kept(request, "categories")


def _kept(request: HttpRequest, what: str) -> HttpResponse:
    city = directories.city()
    tag = f'"{city.code}-{what}-{city.directory_version}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(_written(directories.current(), what), content_type="application/json")
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@lru_cache(maxsize=4)
def _written(directory: Directory, what: str) -> bytes:
    """The JSON, written once for each directory: a reload makes a new one."""
    match what:
        case "units":
            return send(Units, Units([_columns(UnitRow, unit) for unit in directory.units.values()])).content
        case "categories":
            return send(Categories, Categories([_columns(CategoryRow, category) for category in directory.categories.values()])).content
    drawn = what == "places-polygons"
    rows = [_columns(PlaceRow, place) for place in directory.places.values()]
    for row in rows:
        row.polygon = row.polygon if drawn and row.kind == "district" else None
    return send(Places, Places(rows)).content


def _columns(kind: type[Row], item: object) -> Row:
    return kind(**{field.name: getattr(item, field.name) for field in fields(kind)})

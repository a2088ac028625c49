"""Addresses of the grid worker's phone."""

from django.urls import path

from minsheng.web.unit import doing, finding, grid, spots

urlpatterns = [
    path("grid", grid.day, name="grid"),
    path("grid.webmanifest", grid.manifest, name="grid-manifest"),
    path("grid/new", finding.new, name="grid-new"),
    path("grid/new/guess", finding.guess, name="grid-guess"),
    path("grid/cases/<code>", grid.case, name="grid-case"),
    path("grid/cases/<code>/call", doing.call, name="grid-call"),
    path("grid/cases/<code>/reached", doing.reached, name="grid-reached"),
    path("grid/cases/<code>/missed", doing.missed, name="grid-missed"),
    path("grid/cases/<code>/visit", doing.visit, name="grid-visit"),
    path("grid/spots", spots.spots, name="grid-spots"),
    path("grid/spots/<int:number>", spots.change, name="grid-spot"),
    path("grid/spots/<int:number>/look", doing.look, name="grid-look"),
]

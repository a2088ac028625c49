"""Addresses of the pages for leaders, deputies and observers."""

from django.urls import path

from minsheng.web.watch import board, instructing, lists, onlooking

urlpatterns = [
    path("desk/watch", board.board, name="lead"),
    path("desk/watch/cases", lists.cases, name="lead-cases"),
    path("desk/watch/cases/<code>/instruct", instructing.instruct, name="lead-instruct"),
    path("desk/watch/units", lists.units, name="lead-units"),
    path("desk/watch/units/<code>", lists.unit, name="lead-unit"),
    path("desk/watch/instructions", instructing.own, name="lead-instructions"),
    path("desk/watch/instructions/<code>/<int:number>", instructing.follow, name="lead-instruction"),
    path("desk/look-on", onlooking.index, name="look-on"),
    path("desk/look-on/cases/<code>", onlooking.case, name="look-on-case"),
    path("desk/look-on/suggestions", onlooking.suggestions, name="look-on-suggestions"),
    path("desk/look-on/suggestions/<code>/<int:number>", onlooking.follow, name="look-on-suggestion"),
]

"""Addresses around the worklist."""

from django.urls import path

from minsheng.web.desk import bulk, filters, previewing

urlpatterns = [
    path("desk/preview/<code>", previewing.preview, name="desk-preview"),
    path("desk/preview/<code>/move", previewing.move, name="desk-preview-move"),
    path("desk/cases/<code>/star", previewing.star, name="desk-star"),
    path("desk/choose", filters.panel, name="desk-choose"),
    path("desk/filters", filters.index, name="desk-filters"),
    path("desk/filters/<int:number>/<action>", filters.change, name="desk-filter"),
    path("desk/bulk", bulk.start, name="desk-bulk-start"),
    path("desk/bulk/<int:number>", bulk.show, name="desk-bulk"),
    path("desk/bulk/<int:number>/file", bulk.file, name="desk-bulk-file"),
]

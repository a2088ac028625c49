"""Addresses of 督办."""

from django.urls import path

from minsheng.web.desk import measures

urlpatterns = [
    path("desk/measures", measures.listed, name="desk-measures"),
    path("desk/measures/<code>/<int:number>", measures.show, name="desk-measure"),
    path("desk/measures/<code>/<int:number>/<action>", measures.act, name="desk-measure-act"),
]

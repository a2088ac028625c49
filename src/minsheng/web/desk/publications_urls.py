"""Addresses of publications, in public and at the desk."""

from django.urls import path

from minsheng.web.citizen import publications as public
from minsheng.web.desk import publications

urlpatterns = [
    path("publications", public.index, name="publications"),
    path("publications/<int:number>", public.show, name="publication"),
    path("publications/<int:number>/file.<ending>", public.file, name="publication-file"),
    path("exposed", public.column, name="exposed"),
    path("desk/publications", publications.index, name="desk-publications"),
    path("desk/publications/<int:number>", publications.show, name="desk-publication"),
    path("desk/publications/<int:number>/file.<ending>", publications.file, name="desk-publication-file"),
]

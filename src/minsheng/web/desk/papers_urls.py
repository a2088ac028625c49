"""Addresses of what is printed, and of the page behind the code of a 批办单."""

from django.urls import path

from minsheng.web.desk import papers

urlpatterns = [
    path("desk/sheets", papers.sheets, name="desk-sheets"),
    path("desk/cases/<code>/sheet.pdf", papers.sheet, name="desk-sheet"),
    path("desk/cases/<code>/sign", papers.sign, name="desk-sign"),
]

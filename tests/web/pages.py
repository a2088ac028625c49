"""Addresses of the thin web, for templates rendered without the views."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nothing, name="home"),
    path("hall", nothing, name="hall"),
    path("new", nothing, name="new"),
    path("new/transcribe", nothing, name="transcribe"),
    path("uploads", nothing, name="uploads"),
    path("find", nothing, name="find"),
    path("display", nothing, name="display"),
    path("cases/<code>", nothing, name="case"),
    path("cases/<code>/rate", nothing, name="rate"),
    path("cases/<code>/urge", nothing, name="urge"),
    path("cases/<code>/supplement", nothing, name="supplement"),
    path("cases/<code>/withdraw", nothing, name="withdraw"),
    path("cases/<code>/mine-too", nothing, name="mine-too"),
    path("desk", nothing, name="desk"),
    path("desk/signin", nothing, name="signin"),
    path("desk/signout", nothing, name="signout"),
    path("desk/cases/<code>", nothing, name="desk-case"),
    path("desk/cases/<code>/moves", nothing, name="desk-move"),
]

"""Addresses of the thin web, for templates rendered without the views."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nothing, name="home"),
    path("hall", nothing, name="hall"),
    path("new", nothing, name="new"),
    path("find", nothing, name="find"),
    path("new/suggest", nothing, name="suggest"),
    path("new/preview", nothing, name="preview"),
    path("pages/<slug>", nothing, name="page"),
    path("notices", nothing, name="notices"),
    path("notices/<slug>", nothing, name="notice"),
    path("help", nothing, name="help"),
    path("help/<slug>", nothing, name="article"),
    path("help/<slug>/judge", nothing, name="article-judge"),
    path("solved", nothing, name="solved"),
    path("desk/articles", nothing, name="desk-articles"),
    path("desk/articles/new", nothing, name="desk-article-new"),
    path("desk/articles/preview", nothing, name="desk-article-preview"),
    path("desk/articles/<number>", nothing, name="desk-article"),
    path("desk/articles/<number>/<action>", nothing, name="desk-article-act"),
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

"""Addresses of the thin web, for templates rendered without the views."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", nothing, name="home"),
    path("hall", nothing, name="hall"),
    path("hall.atom", nothing, name="feed"),
    path("rank", nothing, name="rank"),
    path("places/at", nothing, name="places-at"),
    path("places/suggest", nothing, name="places-suggest"),
    path("new", nothing, name="new"),
    path("find", nothing, name="find"),
    path("display", nothing, name="display"),
    path("cases/<code>", nothing, name="case"),
    path("cases/<code>/rate", nothing, name="rate"),
    path("cases/<code>/urge", nothing, name="urge"),
    path("cases/<code>/supplement", nothing, name="supplement"),
    path("cases/<code>/withdraw", nothing, name="withdraw"),
    path("cases/<code>/mine-too", nothing, name="mine-too"),
    path("cases/<code>/leave", nothing, name="leave"),
    path("cases/<code>/follow", nothing, name="follow"),
    path("cases/<code>/remarks", nothing, name="remark"),
    path("cases/<code>/remarks/<int:number>", nothing, name="remark-edit"),
    path("r/<word>", nothing, name="linked"),
    path("desk/remarks", nothing, name="desk-remarks"),
    path("desk/remarks/<code>/<int:number>", nothing, name="desk-remark"),
    path("mine/messages", nothing, name="messages"),
    path("mine/messages/<int:message>", nothing, name="message"),
    path("mine", nothing, name="mine"),
    path("mine/adopt", nothing, name="adopt"),
    path("mine/data", nothing, name="my-data"),
    path("mine/data/correct", nothing, name="my-data-correct"),
    path("mine/data/channels", nothing, name="my-data-channels"),
    path("mine/data/openings", nothing, name="my-data-openings"),
    path("mine/data/download", nothing, name="my-data-download"),
    path("mine/data/delete", nothing, name="my-data-delete"),
    path("mine/data/unlink", nothing, name="my-data-unlink"),
    path("mine/data/contact", nothing, name="my-data-contact"),
    path("mine/data/code", nothing, name="my-data-code"),
    path("account/signin", nothing, name="sign-in"),
    path("account/code", nothing, name="account_confirm_login_code"),
    path("account/signout", nothing, name="sign-out"),
    path("manifest.webmanifest", nothing, name="manifest"),
    path("sw.js", nothing, name="worker"),
    path("offline", nothing, name="offline"),
    path("outbox", nothing, name="outbox"),
    path("token", nothing, name="token"),
    path("p", nothing, name="plate-number"),
    path("p/<typed>", nothing, name="plate"),
    path("desk/plates", nothing, name="plates"),
    path("desk", nothing, name="desk"),
    path("desk/signin", nothing, name="signin"),
    path("desk/signout", nothing, name="signout"),
    path("desk/cases/<code>", nothing, name="desk-case"),
    path("desk/cases/<code>/moves", nothing, name="desk-move"),
]
